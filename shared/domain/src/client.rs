//! A firm's client: where its invoices go, and who of it may have them without being asked for.

use jiff::{SignedDuration, Timestamp};

use crate::address::{Address, Mailbox};
use crate::settings::OpenTracking;

/// The longest name of a client or a contact, in characters.
pub const MAX_NAME_CHARS: usize = crate::facts::MAX_CLIENT_NAME_CHARS;

/// The most contacts of a client: an item of DynamoDB holds them with room to spare.
pub const MAX_CONTACTS: usize = 200;

/// For how long an invitation to the portal can be accepted.
const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a firm has told about a client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The client's name.
    pub name: Option<String>,
    /// Where its invoices go.
    pub email: Vec<Mailbox>,
    /// Its people, as the portal knows them.
    pub contacts: Vec<Contact>,
    /// Whether its e-mails carry a pixel and links of ours, where the firm's do.
    pub open_tracking: OpenTracking,
}

/// A person of the client's, and how far they have come into the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Their address.
    pub address: Address,
    /// Their name.
    pub name: Option<String>,
    /// When they were invited into the portal.
    pub invited_at: Option<Timestamp>,
    /// When they accepted.
    pub accepted_at: Option<Timestamp>,
    /// Since when they have a login.
    pub login_created_at: Option<Timestamp>,
}

impl Profile {
    /// Whether a contact is known by the old one of two addresses, and none by the new one: what was allowed to a person
    /// at one address is not allowed to whoever reads another.
    #[must_use]
    pub fn contact_keeps(&self, old: &Address, new: &Address) -> bool {
        let knows = |address: &Address| {
            let key = address.same_mailbox_key();
            self.contacts.iter().any(|contact| contact.address.same_mailbox_key() == key)
        };
        knows(old) && !knows(new)
    }
}

/// Puts a corrected address in the place of the old one, and not beside itself if it is there already. Whether the new one
/// is among the addresses then.
pub fn correct(addresses: &mut Vec<Mailbox>, old: &Address, new: &Mailbox) -> bool {
    let (old, key) = (old.same_mailbox_key(), new.address.same_mailbox_key());
    let is_known = addresses.iter().any(|known| known.address.same_mailbox_key() == key);
    if is_known && old != key {
        addresses.retain(|known| known.address.same_mailbox_key() != old);
        return true;
    }
    let place = addresses.iter_mut().find(|known| known.address.same_mailbox_key() == old);
    let Some(place) = place else { return false };
    place.address = new.address.clone();
    place.name = place.name.take().or_else(|| new.name.clone());
    true
}

/// Why an automatic e-mail did not go to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Nobody has invited them into the portal.
    NotInvited,
    /// They have not accepted yet.
    InvitationPending,
    /// They did not accept within seven days.
    InvitationExpired,
    /// They have accepted, and created no login.
    NoLogin,
    /// The address must not be written to.
    Suppressed,
}

impl SkipReason {
    const ALL: [Self; 5] =
        [Self::NotInvited, Self::InvitationPending, Self::InvitationExpired, Self::NoLogin, Self::Suppressed];

    /// The name in JSON and items.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotInvited => "not_invited",
            Self::InvitationPending => "invitation_pending",
            Self::InvitationExpired => "invitation_expired",
            Self::NoLogin => "no_login",
            Self::Suppressed => "suppressed",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Somebody whom an automatic e-mail did not go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Their address.
    pub address: Address,
    /// Why.
    pub reason: SkipReason,
    /// Since when it is so: the invitation, its acceptance, or the suppression.
    pub since: Option<Timestamp>,
}

impl Contact {
    /// Why an invoice does not go to them unasked, and since when.
    fn hindrance(&self, now: Timestamp) -> Option<(SkipReason, Option<Timestamp>)> {
        let Some(invited_at) = self.invited_at else { return Some((SkipReason::NotInvited, None)) };
        if self.accepted_at.is_none() {
            let is_over = now.duration_since(invited_at) >= INVITATION_LASTS;
            let reason = if is_over { SkipReason::InvitationExpired } else { SkipReason::InvitationPending };
            return Some((reason, self.invited_at));
        }
        self.login_created_at.is_none().then_some((SkipReason::NoLogin, self.accepted_at))
    }
}

/// Parts a client's addresses into those that an invoice goes to unasked and the others. `suppressed` says since when an
/// address must not be written to.
#[must_use]
pub fn for_automatic_email(
    addresses: &[Mailbox],
    contacts: &[Contact],
    suppressed: impl Fn(&Address) -> Option<Timestamp>,
    now: Timestamp,
) -> (Vec<Mailbox>, Vec<Skipped>) {
    let (mut reached, mut skipped) = (Vec::new(), Vec::new());
    for mailbox in addresses {
        let key = mailbox.address.same_mailbox_key();
        let contact = contacts.iter().find(|contact| contact.address.same_mailbox_key() == key);
        let hindrance = contact.map_or(Some((SkipReason::NotInvited, None)), |contact| contact.hindrance(now));
        let hindrance =
            hindrance.or_else(|| suppressed(&mailbox.address).map(|since| (SkipReason::Suppressed, Some(since))));
        match hindrance {
            Some((reason, since)) => skipped.push(Skipped { address: mailbox.address.clone(), reason, since }),
            None => {
                let name = mailbox.name.clone().or_else(|| contact.and_then(|contact| contact.name.clone()));
                reached.push(Mailbox { name, address: mailbox.address.clone() });
            }
        }
    }
    (reached, skipped)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::address::parse_list;

    const NOW: &str = "2026-11-21T12:00:00Z";

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    fn contact(address: &str, steps: [Option<Timestamp>; 3]) -> Contact {
        let [invited_at, accepted_at, login_created_at] = steps;
        Contact { address: address.parse().unwrap(), name: None, invited_at, accepted_at, login_created_at }
    }

    fn reason(steps: [Option<Timestamp>; 3], suppressed: bool) -> Option<(SkipReason, Option<Timestamp>)> {
        let contacts = [contact("ann@x.example", steps)];
        let suppressed = |_: &Address| suppressed.then(|| NOW.parse().unwrap());
        let addresses = parse_list("ANN@x.example").unwrap();
        let (reached, skipped) = for_automatic_email(&addresses, &contacts, suppressed, NOW.parse().unwrap());
        assert_eq!(reached.len() + skipped.len(), 1, "nobody is lost, and nobody stands in both");
        skipped.first().map(|skipped| (skipped.reason, skipped.since))
    }

    #[test]
    fn only_whoever_was_invited_and_accepted_and_has_a_login_is_reached() {
        let (invited, accepted, login) =
            (at("2026-11-20T09:00:00Z"), at("2026-11-20T10:00:00Z"), at("2026-11-20T11:00:00Z"));
        assert_eq!(reason([invited, accepted, login], false), None);
        assert_eq!(reason([invited, accepted, None], false), Some((SkipReason::NoLogin, accepted)));
        for login in [None, login] {
            assert_eq!(reason([invited, None, login], false), Some((SkipReason::InvitationPending, invited)));
            for accepted in [None, accepted] {
                assert_eq!(reason([None, accepted, login], false), Some((SkipReason::NotInvited, None)));
            }
        }
        assert_eq!(reason([invited, accepted, login], true), Some((SkipReason::Suppressed, at(NOW))));
        assert_eq!(reason([invited, None, None], true), Some((SkipReason::InvitationPending, invited)));
    }

    #[test]
    fn an_invitation_is_over_after_seven_days() {
        for (invited, expected) in [
            ("2026-11-14T12:00:00.001Z", SkipReason::InvitationPending),
            ("2026-11-14T12:00:00Z", SkipReason::InvitationExpired),
            ("2026-11-22T00:00:00Z", SkipReason::InvitationPending),
        ] {
            assert_eq!(reason([at(invited), None, None], false), Some((expected, at(invited))));
        }
    }

    #[test]
    fn whoever_is_no_contact_was_not_invited_and_contacts_without_the_address_get_nothing() {
        let done = at("2026-11-20T09:00:00Z");
        let mut known = contact("bob@x.example", [done; 3]);
        known.name = Some("Bob".to_owned());
        let contacts = [known, contact("carl@x.example", [done; 3])];
        let addresses = parse_list("Ann <ann@x.example>; bob@x.example").unwrap();
        let (reached, skipped) = for_automatic_email(&addresses, &contacts, |_| None, NOW.parse().unwrap());
        let reached: Vec<String> = reached.iter().map(Mailbox::to_string).collect();
        assert_eq!(reached, ["\"Bob\" <bob@x.example>"]);
        let skipped: Vec<_> = skipped.iter().map(|skipped| (skipped.address.as_str(), skipped.reason)).collect();
        assert_eq!(skipped, [("ann@x.example", SkipReason::NotInvited)]);
    }

    #[test]
    fn a_corrected_address_takes_the_old_ones_place() {
        let corrected = |old: &str, new: &str| {
            let mut addresses = parse_list("ann@x.example; Bob <old@x.example>; carl@x.example").unwrap();
            let is_there = correct(&mut addresses, &old.parse().unwrap(), &new.parse().unwrap());
            let addresses: Vec<String> = addresses.iter().map(Mailbox::to_string).collect();
            (is_there, addresses.join("; "))
        };
        let done = |addresses: &str| (true, addresses.to_owned());
        assert_eq!(
            corrected("OLD@x.example", "new@x.example"),
            done("ann@x.example; \"Bob\" <new@x.example>; carl@x.example")
        );
        assert_eq!(
            corrected("ann@x.example", "Ann <a@x.example>"),
            done("\"Ann\" <a@x.example>; \"Bob\" <old@x.example>; carl@x.example")
        );
        let unchanged = "ann@x.example; \"Bob\" <old@x.example>; carl@x.example";
        assert_eq!(corrected("moved@x.example", "carl@x.example"), done(unchanged), "again");
        assert_eq!(corrected("moved@x.example", "new@x.example"), (false, unchanged.to_owned()));
        assert_eq!(corrected("old@x.example", "carl@x.example"), done("ann@x.example; carl@x.example"), "never twice");
    }

    #[test]
    fn names_of_reasons_lead_back() {
        for reason in SkipReason::ALL {
            assert_eq!(SkipReason::from_name(reason.as_str()), Some(reason));
        }
        assert_eq!(SkipReason::from_name("moved"), None);
    }
}
