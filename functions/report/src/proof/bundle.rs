//! The proof itself: the object that is signed.

use std::collections::BTreeSet;

use domain::client::Skipped;
use domain::digest::Digest;
use domain::evidence::{Evidence, RULES, Rule, Ruleset};
use domain::fold::{SentStatus, Status, StatusEntry, fold_under};
use domain::ids::{Firm, Invoice, Kind, SendId};
use domain::recipient::{Recipient, Source};
use domain::time::rfc3339_ms;
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use table::WholeSend;

/// The version of the form. Another one may add members; what is here keeps its meaning.
const VERSION: u8 = 1;

/// A time in JSON as everywhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time(pub(crate) Timestamp);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339_ms(self.0))
    }
}

fn named<T: Copy, S: Serializer>(name: fn(T) -> &'static str, value: T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name(value))
}

/// What is known of one send, in the order of the answer.
#[derive(Debug, Serialize)]
pub(crate) struct Proof<'a> {
    version: u8,
    pub(crate) issued_at: Time,
    pub(crate) firm: &'a str,
    pub(crate) invoice: &'a str,
    pub(crate) send: String,
    pub(crate) submitted_at: Time,
    #[serde(serialize_with = "source")]
    pub(crate) source: Source,
    pub(crate) sent_by: Option<&'a str>,
    pub(crate) tracked: bool,
    pub(crate) subject: &'a str,
    pub(crate) ruleset: &'static str,
    pub(crate) body_sha256: Option<String>,
    pub(crate) recipients: Vec<ProofRecipient<'a>>,
    /// Automatic sends only: whom it did not go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) skipped: Option<Vec<ProofSkipped<'a>>>,
    /// The rules by which the opens and clicks above were judged.
    pub(crate) rules: Vec<ProofRule>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProofRecipient<'a> {
    pub(crate) recipient: String,
    #[serde(serialize_with = "kind")]
    pub(crate) kind: Kind,
    pub(crate) address: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) ses_message_id: Option<&'a str>,
    pub(crate) message_sha256: Option<String>,
    #[serde(serialize_with = "sent_status")]
    pub(crate) sent_status: SentStatus,
    #[serde(serialize_with = "evidence")]
    pub(crate) evidence: Evidence,
    pub(crate) reason: Option<String>,
    pub(crate) supersedes: Option<String>,
    pub(crate) superseded_by: Option<String>,
    pub(crate) opens: u64,
    pub(crate) automatic_opens: u64,
    pub(crate) clicks: u64,
    pub(crate) automatic_clicks: u64,
    pub(crate) first_opened_at: Option<Time>,
    pub(crate) last_opened_at: Option<Time>,
    pub(crate) events: Vec<ProofEvent>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProofEvent {
    #[serde(serialize_with = "status")]
    pub(crate) status: Status,
    pub(crate) at: Time,
    /// The server's own text, or an explanation. Of opens and clicks the rule tells.
    pub(crate) detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) automatic: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_sha256: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProofSkipped<'a> {
    pub(crate) address: &'a str,
    pub(crate) reason: &'static str,
    pub(crate) since: Option<Time>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProofRule {
    pub(crate) id: &'static str,
    pub(crate) automatic: bool,
    pub(crate) sentence: &'static str,
}

fn source<S: Serializer>(value: &Source, serializer: S) -> Result<S::Ok, S::Error> {
    named(Source::as_str, *value, serializer)
}

fn kind<S: Serializer>(value: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    named(Kind::as_str, *value, serializer)
}

fn sent_status<S: Serializer>(value: &SentStatus, serializer: S) -> Result<S::Ok, S::Error> {
    named(SentStatus::as_str, *value, serializer)
}

fn evidence<S: Serializer>(value: &Evidence, serializer: S) -> Result<S::Ok, S::Error> {
    named(Evidence::as_str, *value, serializer)
}

fn status<S: Serializer>(value: &Status, serializer: S) -> Result<S::Ok, S::Error> {
    named(Status::as_str, *value, serializer)
}

impl<'a> Proof<'a> {
    /// The proof of a send, judged by a version of the rules.
    pub(crate) fn of(
        firm: &'a Firm,
        invoice: &'a Invoice,
        send: SendId,
        whole: &'a WholeSend,
        body_sha256: Option<Digest>,
        ruleset: Ruleset,
        now: Timestamp,
    ) -> Self {
        // What belongs to the send as a whole is the same in each recipient; only an automatic one may have none.
        let first = whole.recipients.first();
        let source = first.map_or(Source::Automatic, |first| first.source);
        let recipients: Vec<_> =
            whole.recipients.iter().map(|recipient| ProofRecipient::of(recipient, ruleset, now)).collect();
        let rules = rules(&recipients);
        let skipped = whole.skipped.as_deref().or((source == Source::Automatic).then_some(&[][..]));
        Self {
            version: VERSION,
            issued_at: Time(now),
            firm: firm.as_str(),
            invoice: invoice.as_str(),
            send: send.to_string(),
            submitted_at: Time(send.submitted_at()),
            source,
            sent_by: first.and_then(|first| first.sent_by.as_deref()),
            tracked: first.is_some_and(|first| first.tracked),
            subject: first.map_or("", |first| &first.subject),
            ruleset: ruleset.as_str(),
            body_sha256: body_sha256.map(|digest| digest.to_string()),
            recipients,
            skipped: skipped.map(|skipped| skipped.iter().map(ProofSkipped::of).collect()),
            rules,
        }
    }
}

impl<'a> ProofRecipient<'a> {
    fn of(recipient: &'a Recipient, ruleset: Ruleset, now: Timestamp) -> Self {
        let view = fold_under(recipient, now, ruleset);
        Self {
            recipient: recipient.key.position.to_string(),
            kind: recipient.key.position.kind,
            address: recipient.mailbox.address.as_str(),
            name: recipient.mailbox.name.as_deref(),
            ses_message_id: recipient.message_id.as_deref(),
            message_sha256: recipient.message_sha256.map(|digest| digest.to_string()),
            sent_status: view.sent_status,
            evidence: view.evidence,
            reason: view.reason,
            supersedes: recipient.supersedes().map(|send| send.to_string()),
            superseded_by: recipient.superseded_by.map(|send| send.to_string()),
            opens: view.opens.human,
            automatic_opens: view.opens.automatic,
            clicks: view.clicks.human,
            automatic_clicks: view.clicks.automatic,
            first_opened_at: view.first_opened_at.map(Time),
            last_opened_at: view.last_opened_at.map(Time),
            events: view.statuses.into_iter().map(ProofEvent::of).collect(),
        }
    }
}

impl ProofEvent {
    fn of(entry: StatusEntry) -> Self {
        let StatusEntry { at, status, detail, automatic, rule, source } = entry;
        Self {
            status,
            at: Time(at),
            detail: detail.filter(|_| rule.is_none()),
            automatic,
            rule,
            source_sha256: source.map(|digest| digest.to_string()),
        }
    }
}

impl<'a> ProofSkipped<'a> {
    fn of(Skipped { address, reason, since }: &'a Skipped) -> Self {
        Self { address: address.as_str(), reason: reason.as_str(), since: since.map(Time) }
    }
}

/// The rules that decided about any fetch, in their own order.
fn rules(recipients: &[ProofRecipient<'_>]) -> Vec<ProofRule> {
    let events = recipients.iter().flat_map(|recipient| &recipient.events);
    let used: BTreeSet<&str> = events.filter_map(|event| event.rule).collect();
    let rule = |rule: &Rule| ProofRule { id: rule.id, automatic: rule.automatic, sentence: rule.sentence };
    RULES.iter().filter(|rule| used.contains(rule.id)).map(rule).collect()
}
