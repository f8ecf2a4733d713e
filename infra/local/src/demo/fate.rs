//! What became of one demo e-mail: the events and fetches in its log.

use domain::event::{Bounce, BounceType, DropCause, Event, EventKind, SuppressionReason, UnsubscribedBy};
use domain::evidence::{Agent, Facts, HitKind, Method, NetworkClass};
use domain::log::{Hit, Log};
use jiff::{SignedDuration, Timestamp};

/// The course of one recipient's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// A person opened it, so many times, and clicked if `clicked`.
    Read { times: u8, clicked: bool },
    /// Delivered, and nothing more.
    Unread,
    /// Apple's proxy fetched the pixel on arrival, and nobody else did.
    AppleOnly,
    /// A scanner fetched everything within seconds; a person read it the next day.
    ScannedThenRead,
    /// There is no such mailbox.
    HardBounce,
    /// The mailbox stayed full until SES gave up.
    MailboxFull,
    /// The server does not take such mail.
    ContentRejected,
    /// Late, but delivered and read.
    DeferredThenRead,
    /// The server still asks to try later.
    Deferred,
    /// Delivered, then reported as spam.
    Complaint,
    /// Delivered, then an out-of-office reply.
    AutoReply,
    /// Delivered, then a bounce from where it was forwarded to.
    Forwarded,
    /// SES holds the address back.
    SuppressedBySes,
    /// The firm's own list holds the address back, after a spam report.
    SuppressedByUs,
    /// Read, and the person wants no more of them.
    Unsubscribed,
    /// Accepted by SES, and silence.
    Silent,
}

/// When what happened after the submission.
const ACCEPTED: i64 = 2;
const DELIVERED: i64 = 7;
const BOUNCED: i64 = 9;
const GAVE_UP: i64 = 14 * 3_600;
const HOUR: i64 = 3_600;

/// Writes a log, without what would lie after `now`.
pub(crate) struct Writer {
    pub(crate) submitted_at: Timestamp,
    pub(crate) now: Timestamp,
    pub(crate) address: String,
    /// Where this recipient's requests come from.
    pub(crate) network: u64,
    /// Until a person first reads it, in seconds.
    pub(crate) reads_after: i64,
}

impl Writer {
    pub(crate) fn log(&self, fate: Fate) -> Log {
        let mut log = Log::of(self.events(fate).into_iter().filter(|event| event.at <= self.now));
        for (kind, hit) in self.hits(fate).into_iter().filter(|(_, hit)| hit.at <= self.now) {
            log.hits_mut(kind).add(hit);
        }
        log
    }

    fn events(&self, fate: Fate) -> Vec<Event> {
        let processed = self.event(ACCEPTED, EventKind::Processed);
        let delivered =
            self.event(DELIVERED, EventKind::Delivered { detail: Some("250 2.0.0 OK: message accepted".to_owned()) });
        match fate {
            Fate::Read { .. } | Fate::Unread | Fate::AppleOnly | Fate::ScannedThenRead => vec![processed, delivered],
            Fate::HardBounce => {
                vec![processed, self.bounce(BOUNCED, BounceType::Permanent, "General", "smtp; 550 5.1.1 user unknown")]
            }
            Fate::MailboxFull => {
                let detail = "smtp; 552 5.2.2 mailbox full: the recipient is over quota";
                vec![
                    processed,
                    self.deferral(40, detail),
                    self.bounce(GAVE_UP, BounceType::Transient, "MailboxFull", detail),
                ]
            }
            Fate::ContentRejected => {
                let detail = "smtp; 554 5.7.1 message refused by content policy";
                vec![processed, self.bounce(BOUNCED, BounceType::Transient, "ContentRejected", detail)]
            }
            Fate::DeferredThenRead => {
                vec![
                    processed,
                    self.deferral(60, GREYLISTED),
                    self.event(2 * HOUR, EventKind::Delivered { detail: None }),
                ]
            }
            Fate::Deferred => vec![processed, self.deferral(60, UNREACHABLE)],
            Fate::Complaint => {
                let (feedback_id, feedback_type) = (Some(self.feedback_id()), Some("abuse".to_owned()));
                let complaint = EventKind::Complained { feedback_id, feedback_type, sub_type: None };
                vec![processed, delivered, self.event(26 * HOUR, complaint)]
            }
            Fate::AutoReply => {
                vec![processed, delivered, self.bounce(25, BounceType::Transient, "General", "")]
            }
            Fate::Forwarded => {
                let elsewhere = Bounce {
                    addresses: vec!["former.colleague@elsewhere.example".to_owned()],
                    ..self.bounce_of(BounceType::Permanent, "General", "smtp; 550 5.1.1 user unknown")
                };
                vec![processed, delivered, self.event(31, EventKind::Bounce(elsewhere))]
            }
            Fate::SuppressedBySes => {
                vec![processed, self.dropped(BOUNCED, DropCause::SuppressedBySes("Suppressed".to_owned()))]
            }
            Fate::SuppressedByUs => vec![self.dropped(1, DropCause::Suppressed(SuppressionReason::Complained))],
            Fate::Unsubscribed => {
                let unsubscribed = EventKind::Unsubscribed { by: UnsubscribedBy::Link };
                vec![processed, delivered, self.event(self.reads_after + 50, unsubscribed)]
            }
            Fate::Silent => vec![processed],
        }
    }

    fn hits(&self, fate: Fate) -> Vec<(HitKind, Hit)> {
        let open = |after: i64, agent: Agent, network: u64| (HitKind::Open, self.hit(after, 0, agent, network));
        let click = |after: i64, agent: Agent, network: u64| (HitKind::Click, self.hit(after, 1, agent, network));
        let read = self.reads_after;
        match fate {
            Fate::Read { times, clicked } => {
                let again = |time: u8| open(read + i64::from(time) * 19 * HOUR, Agent::Browser, self.network);
                let mut hits: Vec<_> = (0..times).map(again).collect();
                if clicked {
                    hits.push(click(read + 35, Agent::Browser, self.network));
                }
                hits
            }
            Fate::AppleOnly => vec![open(DELIVERED + 4, Agent::AppleProxy, self.network ^ 1)],
            Fate::ScannedThenRead => {
                let scanner =
                    |number: u64| [12, 13, 15].map(|after| open(after, Agent::Browser, self.network ^ (number + 2)));
                let mut hits: Vec<_> = (0..3).flat_map(scanner).collect();
                hits.push(click(14, Agent::Program, self.network ^ 2));
                hits.push(open(read + 20 * HOUR, Agent::ImageProxy, self.network));
                hits
            }
            Fate::DeferredThenRead => vec![open(2 * HOUR + read, Agent::Browser, self.network)],
            Fate::Unsubscribed => vec![open(read, Agent::Browser, self.network)],
            _ => Vec::new(),
        }
    }

    fn after(&self, seconds: i64) -> Timestamp {
        self.submitted_at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(self.submitted_at)
    }

    fn event(&self, after: i64, kind: EventKind) -> Event {
        Event::new(self.after(after), kind)
    }

    fn hit(&self, after: i64, link: u8, agent: Agent, network: u64) -> Hit {
        Hit {
            at: self.after(after),
            link,
            facts: Facts { agent, method: Method::Get, prefetch: false, network_class: NetworkClass::Other, network },
        }
    }

    fn dropped(&self, after: i64, cause: DropCause) -> Event {
        self.event(after, EventKind::Dropped { cause, detail: None })
    }

    fn deferral(&self, after: i64, detail: &str) -> Event {
        self.event(
            after,
            EventKind::Deferred {
                delay_type: "TransientCommunicationFailure".to_owned(),
                until: Some(self.after(GAVE_UP)),
                detail: Some(detail.to_owned()),
            },
        )
    }

    fn bounce(&self, after: i64, bounce_type: BounceType, sub_type: &str, detail: &str) -> Event {
        self.event(after, EventKind::Bounce(self.bounce_of(bounce_type, sub_type, detail)))
    }

    fn bounce_of(&self, bounce_type: BounceType, sub_type: &str, detail: &str) -> Bounce {
        Bounce {
            bounce_type,
            sub_type: sub_type.to_owned(),
            feedback_id: Some(self.feedback_id()),
            addresses: vec![self.address.to_ascii_lowercase()],
            detail: (!detail.is_empty()).then(|| detail.to_owned()),
        }
    }

    fn feedback_id(&self) -> String {
        format!("0107{:012x}-demo-{:x}", self.submitted_at.as_millisecond(), self.network)
    }
}

const GREYLISTED: &str = "smtp; 450 4.2.0 greylisted, please try again later";
const UNREACHABLE: &str = "smtp; 421 4.4.1 unable to connect to remote host";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_after_now() {
        let submitted_at = Timestamp::UNIX_EPOCH;
        let writer = |seconds: i64| Writer {
            submitted_at,
            now: submitted_at + SignedDuration::from_secs(seconds),
            address: "ann@example.com".to_owned(),
            network: 7,
            reads_after: 600,
        };
        let read = Fate::Read { times: 2, clicked: true };
        let log = writer(10).log(read);
        assert_eq!((log.events().count(), log.opens.kept.len(), log.clicks.kept.len()), (2, 0, 0));
        let log = writer(100_000).log(read);
        assert_eq!((log.events().count(), log.opens.kept.len(), log.clicks.kept.len()), (2, 2, 1));
    }
}
