//! The reference model: what must be shown of a recipient, from the facts that those outside know. It is written from
//! the contract (sections 5 to 8), as plainly as it can be, and shares nothing with the fold.

use std::collections::{BTreeMap, BTreeSet};

use domain::time::rfc3339_ms;
use jiff::{SignedDuration, Timestamp};

use super::fate::{Emitted, Fact};
use super::mailbox::Mailbox;
use super::story::{Recipient, State, Story, TouchKind};

/// What must be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) sent_status: &'static str,
    pub(super) evidence: &'static str,
    pub(super) next_action: Option<&'static str>,
    /// Names with their times, where others know them.
    pub(super) statuses: Vec<(String, String)>,
    pub(super) opens: [usize; 2],
    pub(super) clicks: [usize; 2],
    /// Staff should do something about it.
    pub(super) needs_somebody: bool,
}

/// What our own functions noted, as far as those outside cannot know whether they came to it. It is judged apart
/// whether they could and had to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) processed: bool,
    /// `refused`, `gave_up`, `superseded`.
    pub(super) dropped: BTreeSet<&'static str>,
}

/// All facts about one recipient.
struct Facts<'a> {
    known: BTreeSet<&'a Fact>,
    suppressed: Option<&'static str>,
    noted: &'a Noted,
    unsubscribed: bool,
}

/// The facts that SES told of a recipient and that were recorded in the end.
pub(super) fn told<'a>(mailbox: &'a Mailbox, recipient: &Recipient) -> BTreeSet<&'a Fact> {
    let of_it = mailbox.emitted.iter().filter(|emitted| mailbox.mails[emitted.mail].key == recipient.key);
    of_it.filter(|emitted| emitted.recorded).map(|emitted| &emitted.fact).collect()
}

/// What must be shown of a recipient. `suppressed` is why the firm's list had the address when it was submitted.
pub(super) fn expected(
    story: &Story,
    mailbox: &Mailbox,
    place: usize,
    notes: &[Noted],
    suppressed: Option<&'static str>,
    updates: impl Fn(usize) -> usize,
    now: Timestamp,
) -> Expected {
    let recipient = &story.recipients[place];
    let happened: Vec<_> = recipient.touches.iter().filter(|touch| updates(touch.invocation) > 0).collect();
    let unsubscribed = happened.iter().any(|touch| touch.kind == TouchKind::Unsubscribe);
    let noted = &notes[place];
    let facts = Facts { known: told(mailbox, recipient), suppressed, noted, unsubscribed };
    // Two fetches of one thing in one millisecond are one.
    let of = |kinds: &[TouchKind], automatic: bool| -> BTreeSet<(Timestamp, u8)> {
        let these = happened.iter().filter(|touch| kinds.contains(&touch.kind) && touch.automatic == automatic);
        these.map(|touch| (touch.at, touch.kind as u8)).collect()
    };
    let opens = [false, true].map(|automatic| of(&[TouchKind::Open], automatic));
    let clicks = [false, true].map(|automatic| of(&[TouchKind::Click, TouchKind::View], automatic));
    let confirmed = of(&[TouchKind::Confirm], false);

    let delivered = facts.delivered();
    let evidence = if !confirmed.is_empty() {
        "portal_confirmed"
    } else if !clicks[0].is_empty() {
        "clicked"
    } else if !opens[0].is_empty() {
        "possibly_opened"
    } else if !opens[1].is_empty() || !clicks[1].is_empty() {
        "fetched_automatically"
    } else if delivered {
        "delivered"
    } else if facts.accepted() {
        "accepted"
    } else {
        "none"
    };
    let failure = facts.failure();
    let opened = matches!(evidence, "portal_confirmed" | "clicked" | "possibly_opened");
    let sent_status = if facts.complained() {
        "marked_spam"
    } else if failure.is_some() {
        "rejected"
    } else if opened {
        "opened"
    } else if facts.delays().next().is_some() && !delivered {
        "delayed"
    } else if facts.accepted() || evidence != "none" {
        "sent"
    } else {
        "queued"
    };
    let silent = sent_status == "sent" && evidence == "accepted";
    let next_action = if story.replacement_of(place).is_some() {
        None
    } else if facts.complained() {
        Some("do_not_email")
    } else if let Some(action) = failure {
        action
    } else if facts.is_unsubscribed() {
        Some("do_not_email")
    } else if sent_status == "delayed" {
        Some(facts.wait(now))
    } else {
        silent.then_some("call")
    };

    let mut statuses = facts.statuses();
    let mut hits = |name: &str, both: &[BTreeSet<(Timestamp, u8)>; 2]| {
        for (automatic, these) in [("", &both[0]), (" automatic", &both[1])] {
            statuses.extend(these.iter().map(|(at, _)| (format!("{name}{automatic}"), rfc3339_ms(*at))));
        }
    };
    hits("opened", &opens);
    hits("clicked", &clicks);
    statuses.extend(confirmed.iter().map(|(at, _)| ("portal_confirmed".to_owned(), rfc3339_ms(*at))));
    statuses.sort();
    let [human, automatic] = opens.map(|hits| hits.len());
    let needs = silent || !matches!(sent_status, "sent" | "opened");
    Expected {
        sent_status,
        evidence,
        next_action,
        statuses,
        opens: [human, automatic],
        clicks: clicks.map(|hits| hits.len()),
        needs_somebody: needs && !is_relieved(story, mailbox, notes, place),
    }
}

impl Facts<'_> {
    fn delivered(&self) -> bool {
        self.known.iter().any(|fact| matches!(fact, Fact::Delivered(_)))
    }

    fn complained(&self) -> bool {
        self.known.iter().any(|fact| matches!(fact, Fact::Complained(_)))
    }

    fn is_unsubscribed(&self) -> bool {
        self.unsubscribed || self.known.iter().any(|fact| matches!(fact, Fact::Unsubscribed(_)))
    }

    /// Something shows that SES has had the message.
    fn accepted(&self) -> bool {
        let shows = |fact: &&&Fact| !matches!(fact, Fact::Rejected | Fact::NotRendered);
        self.noted.processed || self.unsubscribed || self.known.iter().any(|fact| shows(&fact))
    }

    fn delays(&self) -> impl Iterator<Item = (&'static str, Timestamp)> {
        self.known.iter().filter_map(|fact| match fact {
            Fact::Deferred { kind, until, .. } => Some((*kind, *until)),
            _ => None,
        })
    }

    fn wait(&self, now: Timestamp) -> &'static str {
        match self.delays().last() {
            // The end of the trying has passed, and an hour for its result.
            Some((_, until)) if until + SignedDuration::from_hours(1) <= now => "call",
            Some(("SpamDetected", _)) => "ask_to_allow",
            _ => "wait",
        }
    }

    /// The gravest failure, by what is to be done about it: a bounce, then what was never sent, then what SES gave up.
    fn failure(&self) -> Option<Option<&'static str>> {
        let bounces = || {
            self.known.iter().filter_map(|fact| match fact {
                Fact::Bounced { kind, sub_type, elsewhere, .. } => Some((*kind, *sub_type, *elsewhere)),
                _ => None,
            })
        };
        let named = |name: &str| bounces().any(|bounce| self.as_status(bounce) == name);
        if named("bounced") {
            return Some(Some("correct_address"));
        }
        if named("dropped") {
            let unsubscribed = bounces().any(|(_, sub_type, _)| sub_type == "UnsubscribedRecipient");
            return Some(Some(if unsubscribed { "do_not_email" } else { "correct_address" }));
        }
        if let Some(reason) = self.suppressed {
            return Some(Some(if reason == "bounced" { "correct_address" } else { "do_not_email" }));
        }
        let rejected = self.known.iter().any(|fact| matches!(fact, Fact::Rejected | Fact::NotRendered));
        let ours = (!self.accepted()).then(|| self.noted.dropped.first()).flatten();
        match (rejected, ours) {
            (true, _) => return Some(Some("send_again")),
            (false, Some(&"superseded")) => return Some(None),
            (false, Some(_)) => return Some(Some("send_again")),
            (false, None) => {}
        }
        let (_, sub_type, _) = bounces().find(|bounce| self.as_status(*bounce) == "blocked")?;
        Some(Some(match sub_type {
            "MailboxFull" => "call",
            "ContentRejected" | "AttachmentRejected" | "MessageTooLarge" => "ask_to_allow",
            _ => "send_again",
        }))
    }

    fn as_status(&self, (kind, sub_type, elsewhere): (&str, &str, bool)) -> &'static str {
        if elsewhere && self.delivered() {
            "bounced_elsewhere"
        } else if matches!(sub_type, "Suppressed" | "OnAccountSuppressionList" | "UnsubscribedRecipient") {
            "dropped"
        } else if kind == "Permanent" {
            "bounced"
        } else if self.delivered() && sub_type == "General" {
            "auto_replied"
        } else {
            "blocked"
        }
    }

    fn statuses(&self) -> Vec<(String, String)> {
        let mut statuses: Vec<(&str, Option<Timestamp>)> = Vec::new();
        for fact in &self.known {
            match fact {
                Fact::Send => {}
                Fact::Delivered(at) => statuses.push(("delivered", Some(*at))),
                Fact::Deferred { at, .. } => statuses.push(("deferred", Some(*at))),
                Fact::Bounced { at, kind, sub_type, elsewhere } => match self.as_status((kind, sub_type, *elsewhere)) {
                    "dropped" => statuses.push(("dropped", None)),
                    name => statuses.push((name, Some(*at))),
                },
                Fact::Complained(at) => statuses.push(("complained", Some(*at))),
                Fact::Rejected | Fact::NotRendered => statuses.push(("dropped", None)),
                Fact::Unsubscribed(_) => statuses.push(("unsubscribed", None)),
            }
        }
        statuses.extend(self.unsubscribed.then_some(("unsubscribed", None)));
        statuses.extend(self.suppressed.map(|_| ("dropped", None)));
        statuses.extend(self.noted.dropped.iter().map(|_| ("dropped", None)));
        statuses.extend(self.noted.processed.then_some(("processed", None)));
        let as_text = |(name, at): (&str, Option<Timestamp>)| (name.to_owned(), at.map(rfc3339_ms).unwrap_or_default());
        statuses.into_iter().map(as_text).collect()
    }
}

/// Whether a later send has taken a recipient's place in the work queue: the one that replaces it, or the next to the
/// same person, once its result is known; or a later one in the same way.
fn is_relieved(story: &Story, mailbox: &Mailbox, notes: &[Noted], place: usize) -> bool {
    let is_replaced_for_good = story.replacement_of(place).is_some_and(|by| {
        let mut replacement = story.recipients.iter().filter(|recipient| recipient.submission == by);
        notes[place].dropped.contains("superseded") || replacement.all(|recipient| recipient.dropped_at_once)
    });
    is_replaced_for_good || is_followed_by_a_result(story, mailbox, notes, place)
}

fn is_followed_by_a_result(story: &Story, mailbox: &Mailbox, notes: &[Noted], place: usize) -> bool {
    let later = (0..story.recipients.len()).filter(|later| predecessor(story, *later) == Some(place));
    later.into_iter().any(|later| {
        let (recipient, noted) = (&story.recipients[later], &notes[later]);
        let is_final = |fact: &&Fact| !matches!(fact, Fact::Send | Fact::Deferred { .. } | Fact::Unsubscribed(_));
        let gave_up = noted.dropped.contains("refused") || noted.dropped.contains("gave_up");
        let has_result = !recipient.dropped_at_once && (gave_up || told(mailbox, recipient).iter().any(is_final));
        has_result || is_followed_by_a_result(story, mailbox, notes, later)
    })
}

/// In whose place a recipient came: of the one that it replaces, else of the last one of the invoice to the same person
/// that was to be sent at all.
fn predecessor(story: &Story, place: usize) -> Option<usize> {
    let own = &story.recipients[place];
    let replaced = story.submissions[own.submission].replaces;
    replaced.or_else(|| {
        let earlier = (0..story.recipients.len()).filter(|other| {
            let other = &story.recipients[*other];
            let is_same = other.address == own.address && other.key.invoice == own.key.invoice;
            is_same && other.key.send < own.key.send && !other.dropped_at_once
        });
        earlier.max_by_key(|other| story.recipients[*other].key.send)
    })
}

/// Why an address must not be written to: the gravest reason that staff have not forgiven. Where `only_certain` it
/// counts what was surely recorded by now, else whatever may have been.
pub(super) fn suppression(
    story: &Story,
    mailbox: &Mailbox,
    address: &str,
    only_certain: bool,
    updates: &impl Fn(usize) -> usize,
) -> Option<&'static str> {
    let forgiven = story.forgiven.get(address).copied().unwrap_or(Timestamp::MIN);
    let mut found: BTreeMap<u8, &'static str> = BTreeMap::new();
    // A mail of which nobody knows yet that it was accepted counts, too.
    for mail in mailbox.mails.iter().filter(|mail| mail.address == address) {
        let own = || mailbox.emitted.iter().filter(|emitted| mailbox.mails[emitted.mail].key == mail.key);
        // A delivery that may be known disproves what is not certain.
        let known = |emitted: &Emitted| if only_certain { emitted.handed_over } else { emitted.recorded };
        let delivered = own().any(|emitted| known(emitted) && matches!(emitted.fact, Fact::Delivered(_)));
        for emitted in own().filter(|emitted| emitted.recorded || (!only_certain && emitted.handed_over)) {
            let (rank, reason, at) = match &emitted.fact {
                Fact::Complained(at) => (3, "complained", *at),
                Fact::Unsubscribed(at) => (2, "unsubscribed", *at),
                Fact::Bounced { at, sub_type: "UnsubscribedRecipient", .. } => (2, "unsubscribed", *at),
                Fact::Bounced { sub_type: "OnAccountSuppressionList", .. } => continue,
                Fact::Bounced { at, kind: "Permanent", elsewhere, .. } => match (elsewhere, delivered) {
                    (true, true) => continue,
                    (true, false) => (0, "bounced", *at),
                    (false, _) => (1, "bounced", *at),
                },
                _ => continue,
            };
            if at > forgiven {
                found.insert(rank, reason);
            }
        }
    }
    for recipient in story.recipients.iter().filter(|recipient| recipient.address == address) {
        let unsubscribed = recipient.touches.iter().filter(|touch| touch.kind == TouchKind::Unsubscribe);
        let mut unsubscribed =
            unsubscribed.filter(|touch| touch.is_done || (!only_certain && updates(touch.invocation) > 0));
        if unsubscribed.any(|touch| touch.at > forgiven) {
            found.insert(2, "unsubscribed");
        }
    }
    found.into_values().last()
}

/// The sends that were accepted, by invoice.
pub(super) fn accepted_sends(story: &Story) -> BTreeMap<String, BTreeSet<String>> {
    let mut sends: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for submission in &story.submissions {
        let of_invoice = sends.entry(submission.invoice.clone()).or_default();
        if let State::Accepted(answer) = &submission.state {
            of_invoice.insert(answer["send"].as_str().unwrap().to_owned());
        }
    }
    sends
}
