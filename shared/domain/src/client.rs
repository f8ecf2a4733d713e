//! A firm's client: where its invoices go, and who of it may have them without being asked for.

use jiff::{SignedDuration, Timestamp};

use crate::address::{Address, Mailbox};

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
    fn names_of_reasons_lead_back() {
        for reason in SkipReason::ALL {
            assert_eq!(SkipReason::from_name(reason.as_str()), Some(reason));
        }
        assert_eq!(SkipReason::from_name("moved"), None);
    }
}
