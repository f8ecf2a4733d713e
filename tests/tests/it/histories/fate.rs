//! What becomes of a mail once SES has it, and in which words SES tells.

use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::json;
use tests::Mail;
use tests::ses::{Event, Format};

/// The most copies of one event that SES was seen to send.
const MOST_COPIES: usize = 8;

/// One fact, as the reference model has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Send,
    Delivered(Timestamp),
    Deferred { at: Timestamp, kind: &'static str, until: Timestamp },
    Bounced { at: Timestamp, kind: &'static str, sub_type: &'static str, elsewhere: bool },
    Complained(Timestamp),
    Rejected,
    NotRendered,
    Unsubscribed(Timestamp),
}

/// What SES says of one fact: several copies, of which each is a message in the queue.
#[derive(Debug)]
pub(super) struct Emitted {
    /// Which mail, by its place in the mailbox.
    pub(super) mail: usize,
    pub(super) fact: Fact,
    /// The messages that have not been recorded yet.
    pub(super) messages: Vec<Message>,
    /// Nothing is said of a fact before it happens.
    pub(super) from: Timestamp,
    /// At least one copy was recorded, as far as the function said so.
    pub(super) recorded: bool,
    /// At least one copy was handed over.
    pub(super) handed_over: bool,
}

/// A copy on its way through the queue.
#[derive(Debug, Clone)]
pub(super) struct Message {
    /// By which emitted event it is, and which copy of it.
    pub(super) of: usize,
    pub(super) number: usize,
    pub(super) body: String,
    pub(super) receives: usize,
    pub(super) visible_from: Timestamp,
}

/// The course that a mail takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Delivered,
    DeliveredLate,
    Delayed,
    HardBounce,
    SoftBounce(&'static str),
    OutOfOffice(&'static str),
    SpamReport,
    BouncedElsewhere,
    SuppressedBySes(&'static str),
    Rejected,
    NotRendered,
    UnsubscribedThroughSes,
    Silent,
}

impl Fate {
    pub(super) fn any(rng: &mut StdRng) -> Self {
        let soft = ["General", "MailboxFull", "MessageTooLarge", "ContentRejected", "AttachmentRejected"];
        let lists = ["Suppressed", "OnAccountSuppressionList", "UnsubscribedRecipient"];
        match rng.random_range(0..20) {
            0..=6 => Self::Delivered,
            7 => Self::DeliveredLate,
            8 => Self::Delayed,
            9..=10 => Self::HardBounce,
            11 => Self::SoftBounce(soft.choose(rng).unwrap()),
            12 => Self::OutOfOffice(["Transient", "Undetermined"].choose(rng).unwrap()),
            13 => Self::SpamReport,
            14 => Self::BouncedElsewhere,
            15 => Self::SuppressedBySes(lists.choose(rng).unwrap()),
            16 => Self::Rejected,
            17 => Self::NotRendered,
            18 => Self::UnsubscribedThroughSes,
            _ => Self::Silent,
        }
    }

    /// What SES says in the course of it; `lost` is for one of the facts never to be told.
    /// The events count on from `first`.
    pub(super) fn events(self, number: usize, first: usize, mail: &Mail, lost: bool, rng: &mut StdRng) -> Vec<Emitted> {
        let at = |seconds| mail.accepted_at + SignedDuration::from_secs(seconds);
        let delivered = || (Fact::Delivered(at(2)), Event::delivery(mail), 2);
        let bounce = |kind, sub_type| {
            let fact = Fact::Bounced { at: at(5), kind, sub_type, elsewhere: false };
            (fact, Event::bounce(mail, kind, sub_type), 5)
        };
        let deferred = |kind: &'static str| {
            let fact = Fact::Deferred { at: at(3), kind, until: at(14 * 3600) };
            (fact, Event::delay(mail, kind), 3)
        };
        let mut told = match self {
            Self::Delivered => vec![delivered()],
            Self::DeliveredLate => vec![deferred("MailboxFull"), delivered()],
            Self::Delayed => vec![deferred(["SpamDetected", "IPFailure"].choose(rng).unwrap())],
            Self::HardBounce => vec![bounce("Permanent", "General")],
            Self::SoftBounce(sub_type) => vec![bounce("Transient", sub_type)],
            Self::OutOfOffice(kind) => vec![delivered(), bounce(kind, "General")],
            Self::SpamReport => vec![delivered(), (Fact::Complained(at(7)), Event::complaint(mail, "abuse"), 7)],
            Self::BouncedElsewhere => {
                let (kind, sub_type) = ("Permanent", "NoEmail");
                let fact = Fact::Bounced { at: at(5), kind, sub_type, elsewhere: true };
                vec![delivered(), (fact, Event::bounce_of(mail, kind, sub_type, &["other@elsewhere.example"]), 5)]
            }
            Self::SuppressedBySes(sub_type) => vec![bounce("Permanent", sub_type)],
            Self::Rejected => vec![(Fact::Rejected, Event::reject(mail), 0)],
            Self::NotRendered => vec![(Fact::NotRendered, Event::rendering_failure(mail), 0)],
            Self::UnsubscribedThroughSes => {
                vec![delivered(), (Fact::Unsubscribed(at(8)), Event::subscription(mail), 8)]
            }
            Self::Silent => Vec::new(),
        };
        told.push((Fact::Send, Event::send(mail), 0));
        if lost {
            told.swap_remove(rng.random_range(0..told.len()));
        }
        let emitted = told.into_iter().enumerate().map(|(place, (fact, event, seconds))| {
            let copies = copies(&event, mail, rng).into_iter().enumerate();
            let of = first + place;
            let message = |(number, body)| Message { of, number, body, receives: 0, visible_from: mail.accepted_at };
            let messages = copies.map(message).collect();
            Emitted { mail: number, fact, messages, from: at(seconds), recorded: false, handed_over: false }
        });
        emitted.collect()
    }
}

/// An event as often, and in as many forms, as SES and SNS bring it. The first can always be told whose it is by itself.
fn copies(event: &Event, mail: &Mail, rng: &mut StdRng) -> Vec<String> {
    let count = if rng.random_bool(0.6) { 1 } else { rng.random_range(2..=MOST_COPIES) };
    let published = [Format::Published, Format::PublishedInSns];
    let mut bodies = vec![event.body(*published.choose(rng).unwrap())];
    for _ in 1..count {
        // The message's own time differs between the copies.
        let moved = json!(mail.after(rng.random_range(0..2)));
        let copy = event.clone().with_mail("timestamp", moved);
        let formats: Vec<Format> = Format::ALL.into_iter().filter(|format| copy.has(*format)).collect();
        bodies.push(copy.body(*formats.choose(rng).unwrap()));
    }
    bodies
}
