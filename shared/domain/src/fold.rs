//! The fold: a recipient's log goes in, every status that anyone sees comes out.
//!
//! It is a pure function of the set of events: their order and their repetition change nothing (property tests at
//! the bottom hold it to that). A later failure is never hidden behind an open, nor an open behind a failure.

mod copies;
mod forwarded;
mod invoice;
mod rare;
mod suppress;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

pub use self::invoice::{InvoiceStatus, invoice_status};
pub use self::rare::Rare;
pub use self::suppress::Suppress;

use self::copies::{Fact, without_copies};
use self::forwarded::possibly_forwarded_at;
use crate::address::comparison_key;
use crate::digest::Digest;
use crate::event::{
    Bounce, BounceType, DropCause, EventKind, SES_SUPPRESSION_SUB_TYPES, SuppressionReason, UnsubscribedBy,
};
use crate::evidence::{Evidence, HitKind, Ruleset, Verdicts};
use crate::log::Log;
use crate::reason::{self, Explanation, NextAction};
use crate::recipient::Recipient;

/// After how long without a result a sent message counts as silent. SES reports a delivery within seconds to
/// minutes, and gives up a delayed one after 14 hours.
pub const NO_NEWS_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// After how long a delay without an end that SES named is none any more: SES tries for 14 hours.
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html#event-publishing-retrieving-sns-contents-deliverydelay-object>
const DELAY_OVERDUE_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// How long after the named end of a delay its result may take to arrive.
const RESULT_TAKES: SignedDuration = SignedDuration::from_hours(1);

/// The one status per recipient that a report shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SentStatus {
    /// SES has not accepted it yet.
    Queued,
    /// SES accepted it, and nothing worse or better is known.
    Sent,
    /// It was not sent or came back.
    Rejected,
    /// The receiving server lets it wait.
    Delayed,
    /// The recipient's provider reported it as spam.
    MarkedSpam,
    /// A person possibly opened it.
    Opened,
}

impl SentStatus {
    /// All of them, in the order of the report's columns.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Sent, Self::Rejected, Self::Delayed, Self::MarkedSpam, Self::Opened];

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Rejected => "rejected",
            Self::Delayed => "delayed",
            Self::MarkedSpam => "marked_spam",
            Self::Opened => "opened",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// One line of a recipient's history.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusEntry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub status: Status,
    /// The server's own text or an explanation.
    pub detail: Option<String>,
    /// For opens and clicks: whether a machine did it.
    pub automatic: Option<bool>,
    /// For opens and clicks: the rule that says so.
    pub rule: Option<&'static str>,
    /// The digest of the provider's record of it, where there is one.
    pub source: Option<Digest>,
}

/// What a line of the history says. The order is the one in which things happen that share a millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// SES accepted the message.
    Processed,
    /// It was not sent.
    Dropped,
    /// The receiving server asked to try later.
    Deferred,
    /// The receiving server accepted it.
    Delivered,
    /// It came back for good.
    Bounced,
    /// It came back after delivery from an address that we did not write to: probably forwarded.
    BouncedElsewhere,
    /// SES stopped trying.
    Blocked,
    /// An automatic answer, such as an out-of-office notice.
    AutoReplied,
    /// The pixel was fetched.
    Opened,
    /// A link was fetched.
    Clicked,
    /// A person acted on the portal's page.
    PortalConfirmed,
    /// A spam report.
    Complained,
    /// The person wants no further mail.
    Unsubscribed,
    /// Something that this version does not know.
    Unknown,
}

impl Status {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Dropped => "dropped",
            Self::Deferred => "deferred",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::BouncedElsewhere => "bounced_elsewhere",
            Self::Blocked => "blocked",
            Self::AutoReplied => "auto_replied",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::PortalConfirmed => "portal_confirmed",
            Self::Complained => "complained",
            Self::Unsubscribed => "unsubscribed",
            Self::Unknown => "unknown",
        }
    }
}

/// Opens or clicks, by who made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HitCounts {
    /// By a person, possibly.
    pub human: u64,
    /// By a machine.
    pub automatic: u64,
}

/// Everything that is derived from a recipient's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The one status.
    pub sent_status: SentStatus,
    /// Since when it holds.
    pub status_at: Timestamp,
    /// How much is known about a reader.
    pub evidence: Evidence,
    /// Opens.
    pub opens: HitCounts,
    /// Clicks.
    pub clicks: HitCounts,
    /// The first open or click by a possible person.
    pub first_opened_at: Option<Timestamp>,
    /// The last one.
    pub last_opened_at: Option<Timestamp>,
    /// Since when people's clicks come from so many networks, days apart, that the mail may have been passed on.
    pub possibly_forwarded_at: Option<Timestamp>,
    /// Why it failed or waits.
    pub reason: Option<String>,
    /// The same for programs: one of [`reason::CODES`].
    pub reason_code: Option<&'static str>,
    /// What to do about it.
    pub next_action: Option<NextAction>,
    /// With [`NextAction::Wait`]: until when SES goes on trying.
    pub wait_until: Option<Timestamp>,
    /// All that happened, by time.
    pub statuses: Vec<StatusEntry>,
    /// Since when somebody should look at it, if anybody should.
    pub attention_since: Option<Timestamp>,
    /// As what it must be found whatever the rules say of its opens.
    pub rare: Option<Rare>,
    /// Why the address must not be written to again, the gravest reason first: what the firm's suppression list should
    /// say.
    pub suppress: Vec<Suppress>,
}

impl View {
    /// Whether SES has the message, and nobody has said yet what became of it.
    #[must_use]
    pub fn awaits_news(&self) -> bool {
        matches!(self.sent_status, SentStatus::Sent | SentStatus::Delayed) && self.evidence <= Evidence::Accepted
    }
}

/// Derives everything from a recipient's log by the rules of today; `now` decides only whether silence has lasted too
/// long.
#[must_use]
pub fn fold(recipient: &Recipient, now: Timestamp) -> View {
    fold_under(recipient, now, Ruleset::CURRENT)
}

/// The same by another version of the rules.
#[must_use]
pub fn fold_under(recipient: &Recipient, now: Timestamp, ruleset: Ruleset) -> View {
    let mut gathered = Gathered::default();
    gathered.add_events(recipient);
    let verdicts = Verdicts::on(&recipient.log, recipient.submitted_at(), ruleset);
    let opens = gathered.add_hits(HitKind::Open, &recipient.log, &verdicts);
    let clicks = gathered.add_hits(HitKind::Click, &recipient.log, &verdicts);
    for at in &recipient.log.portal_actions {
        gathered.entry(*at, Status::PortalConfirmed, None, None);
    }
    gathered.statuses.sort();

    let evidence = gathered.evidence(&opens, &clicks);
    let (sent_status, status_at) = gathered.sent_status(evidence, recipient);
    let no_news = sent_status == SentStatus::Sent
        && evidence == Evidence::Accepted
        && now.duration_since(status_at) >= NO_NEWS_AFTER;
    let overdue = sent_status == SentStatus::Delayed && gathered.is_overdue(now);
    let explanation = gathered.explanation(sent_status, no_news, overdue).map(|explanation| {
        let failed_again = sent_status == SentStatus::Rejected && recipient.supersedes().is_some();
        if failed_again { explanation.again() } else { explanation }
    });
    let needs_somebody = no_news || !matches!(sent_status, SentStatus::Sent | SentStatus::Opened);
    let next_action = match recipient.superseded_by {
        Some(_) => None,
        None => explanation.as_ref().and_then(|explanation| explanation.next_action),
    };
    let possible: Vec<Timestamp> = gathered
        .statuses
        .iter()
        .filter(|entry| entry.automatic == Some(false) || entry.status == Status::PortalConfirmed)
        .map(|entry| entry.at)
        .collect();
    View {
        sent_status,
        status_at,
        evidence,
        opens,
        clicks,
        first_opened_at: possible.first().copied(),
        last_opened_at: possible.last().copied(),
        possibly_forwarded_at: {
            let kept = recipient.log.outcome.as_ref().and_then(|kept| kept.possibly_forwarded_at);
            kept.or_else(|| possibly_forwarded_at(recipient, &verdicts))
        },
        reason_code: explanation.as_ref().map(|explanation| explanation.code),
        reason: explanation.map(|explanation| explanation.reason),
        next_action,
        wait_until: match next_action {
            Some(NextAction::Wait) => gathered.wait_until(),
            _ => None,
        },
        rare: Rare::of(gathered.sent_status(Evidence::None, recipient).0),
        attention_since: (needs_somebody && !recipient.relieved).then_some(status_at),
        suppress: {
            gathered.suppress.sort_by_key(|suppress| Reverse(suppress.weight()));
            gathered.suppress
        },
        statuses: gathered.statuses,
    }
}

/// A failure with what decides between several of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Failure {
    // The order is the strength: what says most about the address comes first.
    Bounced(Timestamp, Bounce),
    Dropped(Timestamp, DropCause, Option<String>),
    Blocked(Timestamp, Bounce),
}

#[derive(Debug, Default)]
struct Gathered {
    statuses: Vec<StatusEntry>,
    processed_at: Option<Timestamp>,
    /// The earliest sign of any kind that SES took the message.
    accepted_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
    deferrals: Vec<(Timestamp, String, Option<Timestamp>, Option<String>)>,
    failures: Vec<Failure>,
    complaints: Vec<(Timestamp, Option<String>, Option<String>)>,
    unsubscribed: bool,
    suppress: Vec<Suppress>,
}

fn earliest(slot: &mut Option<Timestamp>, at: Timestamp) {
    *slot = Some(slot.map_or(at, |known| known.min(at)));
}

impl Gathered {
    fn entry(&mut self, at: Timestamp, status: Status, detail: Option<String>, source: Option<Digest>) {
        self.statuses.push(StatusEntry { at, status, detail, automatic: None, rule: None, source });
    }

    fn add_events(&mut self, recipient: &Recipient) {
        let own = comparison_key(recipient.mailbox.address.as_str());
        let facts = without_copies(recipient.log.events());
        // First what later judgements depend on: whether the message was delivered, and whether SES took it at all.
        for Fact { event, .. } in &facts {
            match &event.kind {
                EventKind::Delivered { .. } => earliest(&mut self.delivered_at, event.at),
                EventKind::Processed => earliest(&mut self.processed_at, event.at),
                _ => {}
            }
            if implies_accepted(&event.kind) {
                earliest(&mut self.accepted_at, event.at);
            }
        }
        for fact in facts {
            self.add_fact(fact, &own);
        }
        // Who unsubscribes again has heard that it was in vain: it is shown once, and counts each time.
        for event in recipient.log.events().filter(|event| matches!(event.kind, EventKind::Unsubscribed { .. })) {
            self.suppress(SuppressionReason::Unsubscribed, event.at, true);
        }
        self.failures.sort();
        self.complaints.sort();
        self.deferrals.sort();
    }

    fn add_fact(&mut self, Fact { event, source }: Fact<'_>, own: &str) {
        let at = event.at;
        match &event.kind {
            EventKind::Processed => self.entry(at, Status::Processed, None, source),
            EventKind::Delivered { detail } => self.entry(at, Status::Delivered, detail.clone(), source),
            EventKind::Dropped { cause, detail } => {
                self.entry(at, Status::Dropped, Some(reason::dropped(cause, detail.as_deref()).reason), source);
                if !(cause.is_ours() && self.accepted_at.is_some()) {
                    self.failures.push(Failure::Dropped(at, cause.clone(), detail.clone()));
                }
            }
            EventKind::Deferred { delay_type, until, detail } => {
                self.entry(at, Status::Deferred, labelled(delay_type, detail.as_deref()), source);
                self.deferrals.push((at, delay_type.clone(), *until, detail.clone()));
            }
            EventKind::Bounce(bounce) => self.add_bounce(at, bounce, source, own),
            EventKind::Complained { feedback_type, sub_type, .. } => {
                let words = reason::complained(feedback_type.as_deref(), sub_type.as_deref()).reason;
                self.entry(at, Status::Complained, Some(words), source);
                self.complaints.push((at, feedback_type.clone(), sub_type.clone()));
                self.suppress(SuppressionReason::Complained, at, true);
            }
            EventKind::Unsubscribed { by } => {
                self.unsubscribed = true;
                let words = match by {
                    UnsubscribedBy::Link => "By the link or the header of the e-mail.",
                    UnsubscribedBy::Ses => "Through Amazon SES.",
                };
                self.entry(at, Status::Unsubscribed, Some(words.to_owned()), source);
            }
            EventKind::Unknown { name, raw } => {
                self.entry(at, Status::Unknown, Some(format!("{name}: {raw}")), source);
            }
        }
    }

    fn add_bounce(&mut self, at: Timestamp, bounce: &Bounce, source: Option<Digest>, own: &str) {
        let status = classify_bounce(bounce, own, self.delivered_at.is_some());
        let label = format!("{}/{}", bounce.bounce_type.as_str(), bounce.sub_type);
        let detail = match status {
            Status::BouncedElsewhere => {
                let named = bounce.addresses.join(", ");
                Some(format!("Probably forwarded: {named} bounced, which we did not write to. {label}"))
            }
            _ => labelled(&label, bounce.detail.as_deref()),
        };
        self.entry(at, status, detail, source);
        let certain = names(bounce, own);
        match status {
            Status::Bounced => {
                self.failures.push(Failure::Bounced(at, bounce.clone()));
                self.suppress(SuppressionReason::Bounced, at, certain);
            }
            Status::Blocked => self.failures.push(Failure::Blocked(at, bounce.clone())),
            Status::Dropped => {
                match bounce.sub_type.as_str() {
                    // SES itself holds these, for the whole account; two lists would have to be kept in step.
                    "OnAccountSuppressionList" | "OnTenantSuppressionList" => {}
                    "UnsubscribedRecipient" => self.suppress(SuppressionReason::Unsubscribed, at, certain),
                    _ => self.suppress(SuppressionReason::Bounced, at, certain),
                }
                let cause = DropCause::SuppressedBySes(bounce.sub_type.clone());
                self.failures.push(Failure::Dropped(at, cause, bounce.detail.clone()));
            }
            _ => {}
        }
    }

    fn add_hits(&mut self, kind: HitKind, log: &Log, verdicts: &Verdicts) -> HitCounts {
        let hits = log.hits(kind);
        let status = match kind {
            HitKind::Open => Status::Opened,
            HitKind::Click => Status::Clicked,
        };
        let mut counts = HitCounts::default();
        let kept = log.outcome.as_ref().map(|kept| kept.of_kind(kind)).unwrap_or_default();
        for (automatic, seen) in [(false, kept.human), (true, kept.automatic)] {
            let Some(seen) = seen else { continue };
            *counts.of(automatic) += seen.count;
            for at in BTreeSet::from([seen.first, seen.last]) {
                let (detail, automatic) = (Some(reason::DETAILS_DELETED.to_owned()), Some(automatic));
                self.statuses.push(StatusEntry { at, status, detail, automatic, rule: None, source: None });
            }
        }
        for hit in hits.distinct() {
            let verdict = verdicts.of(kind, &hit);
            *counts.of(verdict.automatic) += 1;
            self.statuses.push(StatusEntry {
                at: hit.at,
                status,
                detail: Some(verdict.sentence.to_owned()),
                automatic: Some(verdict.automatic),
                rule: Some(verdict.id),
                source: None,
            });
        }
        for (&class, tally) in &hits.tallies {
            *counts.of(verdicts.of_uncounted(kind, hits, class, tally).automatic) += hits.uncounted(class);
        }
        counts
    }

    fn evidence(&self, opens: &HitCounts, clicks: &HitCounts) -> Evidence {
        if self.statuses.iter().any(|entry| entry.status == Status::PortalConfirmed) {
            Evidence::PortalConfirmed
        } else if clicks.human > 0 {
            Evidence::Clicked
        } else if opens.human > 0 {
            Evidence::PossiblyOpened
        } else if opens.automatic + clicks.automatic > 0 {
            Evidence::FetchedAutomatically
        } else if self.delivered_at.is_some() {
            Evidence::Delivered
        } else if self.accepted_at.is_some() {
            Evidence::Accepted
        } else {
            Evidence::None
        }
    }

    fn sent_status(&self, evidence: Evidence, recipient: &Recipient) -> (SentStatus, Timestamp) {
        if let Some((at, ..)) = self.complaints.first() {
            return (SentStatus::MarkedSpam, *at);
        }
        if let Some(failure) = self.failures.first() {
            return (SentStatus::Rejected, failure.at());
        }
        if evidence >= Evidence::PossiblyOpened {
            let opened = self
                .statuses
                .iter()
                .find(|entry| entry.automatic == Some(false) || entry.status == Status::PortalConfirmed);
            return (SentStatus::Opened, opened.map_or_else(|| recipient.submitted_at(), |entry| entry.at));
        }
        if let (Some((at, ..)), None) = (self.deferrals.first(), self.delivered_at) {
            return (SentStatus::Delayed, *at);
        }
        // A fetch, be it a machine's, proves that the mail left.
        let fetched_at = self.statuses.iter().find(|entry| entry.automatic.is_some()).map(|entry| entry.at);
        match self.delivered_at.or(self.processed_at).or(self.accepted_at).or(fetched_at) {
            Some(at) => (SentStatus::Sent, at),
            None => (SentStatus::Queued, recipient.submitted_at()),
        }
    }

    /// Whether SES should have said long ago how a delay ended.
    fn is_overdue(&self, now: Timestamp) -> bool {
        let end = self.wait_until().map(|until| until.saturating_add(RESULT_TAKES));
        let first = self.deferrals.first().map(|(at, ..)| at.saturating_add(DELAY_OVERDUE_AFTER));
        end.or(first).and_then(Result::ok).is_some_and(|end| end <= now)
    }

    fn explanation(&self, status: SentStatus, no_news: bool, overdue: bool) -> Option<Explanation> {
        if let Some((_, feedback_type, sub_type)) = self.complaints.first() {
            return Some(reason::complained(feedback_type.as_deref(), sub_type.as_deref()));
        }
        match self.failures.first() {
            Some(Failure::Bounced(_, bounce) | Failure::Blocked(_, bounce)) => return Some(reason::bounced(bounce)),
            Some(Failure::Dropped(_, cause, detail)) => return Some(reason::dropped(cause, detail.as_deref())),
            None => {}
        }
        if self.unsubscribed {
            return Some(reason::unsubscribed());
        }
        match (status, self.deferrals.last()) {
            (SentStatus::Delayed, Some((_, delay_type, _, detail))) => {
                let delayed = reason::deferred(delay_type, detail.as_deref());
                Some(if overdue { delayed.overdue() } else { delayed })
            }
            _ => no_news.then(reason::no_news),
        }
    }

    fn wait_until(&self) -> Option<Timestamp> {
        self.deferrals.iter().filter_map(|(_, _, until, _)| *until).max()
    }

    fn suppress(&mut self, reason: SuppressionReason, since: Timestamp, certain: bool) {
        self.suppress.push(Suppress { reason, since, certain });
    }
}

impl HitCounts {
    fn of(&mut self, automatic: bool) -> &mut u64 {
        if automatic { &mut self.automatic } else { &mut self.human }
    }
}

impl Failure {
    fn at(&self) -> Timestamp {
        match self {
            Self::Bounced(at, _) | Self::Dropped(at, ..) | Self::Blocked(at, _) => *at,
        }
    }
}

fn labelled(label: &str, detail: Option<&str>) -> Option<String> {
    Some(match detail {
        Some(detail) => format!("{label}: {detail}"),
        None => label.to_owned(),
    })
}

fn implies_accepted(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Processed
            | EventKind::Deferred { .. }
            | EventKind::Bounce(_)
            | EventKind::Delivered { .. }
            | EventKind::Complained { .. }
            // Whoever unsubscribes has the mail.
            | EventKind::Unsubscribed { .. }
    )
}

/// Whether a bounce names this address, or none at all.
fn names(bounce: &Bounce, own: &str) -> bool {
    bounce.addresses.is_empty() || bounce.addresses.iter().any(|address| address == own)
}

/// What a bounce message means for the recipient whose copy it is about. `own` is the recipient's address as
/// [`comparison_key`] has it.
#[must_use]
pub fn classify_bounce(bounce: &Bounce, own: &str, delivered: bool) -> Status {
    if delivered && !names(bounce, own) {
        return Status::BouncedElsewhere;
    }
    if SES_SUPPRESSION_SUB_TYPES.contains(&bounce.sub_type.as_str()) {
        return Status::Dropped;
    }
    match bounce.bounce_type {
        BounceType::Permanent => Status::Bounced,
        // Out-of-office notices come as Transient/General, sometimes Undetermined, after the Delivery.
        BounceType::Undetermined if delivered => Status::AutoReplied,
        BounceType::Transient if delivered && matches!(bounce.sub_type.as_str(), "General" | "Undetermined") => {
            Status::AutoReplied
        }
        BounceType::Transient | BounceType::Undetermined => Status::Blocked,
    }
}

#[cfg(test)]
mod tests;
