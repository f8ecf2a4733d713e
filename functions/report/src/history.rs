//! An invoice's e-mail history: its sends, their recipients, and everything that happened to each.

use std::collections::BTreeMap;

use domain::client::Skipped;
use domain::evidence::Ruleset;
use domain::fold::{StatusEntry, View, fold_under, invoice_status};
use domain::ids::{Invoice, SendId};
use domain::recipient::{Recipient, Source};
use domain::time::rfc3339_ms;
use domain::token::TokenKeys;
use jiff::Timestamp;
use lambda::problem::FieldError;
use lambda::reply;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use serde::Serialize;
use table::{Table, TableError};

use crate::error::ReportError;
use crate::query::{Asker, RULESET};
use lambda::cursor::{self, Context};
use lambda::parameters::Parameters;

/// The most sends of a page.
const MAX_SENDS: usize = 50;

/// After how many lines of status a page is cut at the next send. A line takes about 250 bytes and Lambda answers at
/// most 6 MB; one send has at most 50 recipients, whose logs are bounded.
const MAX_LINES: usize = 10_000;

/// The most queries that read on for the invoice's status alone when the page does not hold the whole history. Together
/// 500 sends; an older one could only matter for a person who was in none of them.
const MAX_STATUS_QUERIES: usize = 10;

/// A recipient and what its log says.
type Folded = (Recipient, View);

/// A query of the history.
#[derive(Debug, PartialEq)]
struct HistoryQuery {
    invoice: Invoice,
    limit: usize,
    before: Option<SendId>,
    ruleset: Ruleset,
    context: Context,
}

impl HistoryQuery {
    fn read(
        invoice: Result<Invoice, FieldError>,
        pairs: Vec<(String, String)>,
        asker: Asker<'_>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut parameters = Parameters::new(pairs, &["limit", "cursor", RULESET]);
        let limit = parameters.limit(MAX_SENDS, MAX_SENDS);
        let ruleset: Ruleset = parameters.parsed(RULESET).unwrap_or_default();
        let Some(invoice) = parameters.keep(invoice) else { return Err(parameters.into_errors()) };
        let context = Context::new("history", asker.firm).with(Some(invoice.as_str())).with(Some(ruleset.as_str()));
        let place = |bytes: &[u8]| bytes.try_into().ok().map(SendId::from_bytes);
        let cursor = parameters.text("cursor").map(|text| cursor::open(asker.keys, &context, text, place));
        let before = cursor.and_then(|opened| parameters.keep(opened));
        if parameters.are_valid() {
            Ok(Self { invoice, limit, before, ruleset, context })
        } else {
            Err(parameters.into_errors())
        }
    }

    fn cursor(&self, keys: &TokenKeys, oldest: SendId) -> String {
        cursor::seal(keys, &self.context, &oldest.to_bytes())
    }
}

/// Answers `GET /v1/invoices/{invoice}/emails`.
pub(crate) async fn answer(
    table: &Table,
    invoice: Result<Invoice, FieldError>,
    pairs: Vec<(String, String)>,
    asker: Asker<'_>,
) -> Result<Response<Body>, ReportError> {
    let query = HistoryQuery::read(invoice, pairs, asker)?;
    let read = table.history(asker.firm, &query.invoice, query.before, query.limit).await?;
    let mut page = folded(read.recipients, asker.now, query.ruleset);
    let mut skipped = read.skipped;
    let oldest = match cut(&mut page, MAX_LINES) {
        true => page.last().map(|(recipient, _)| recipient.key.send),
        false => read.older_than,
    };
    skipped.retain(|send, _| oldest.is_none_or(|oldest| *send >= oldest));
    let older = match (query.before, oldest) {
        (None, None) => Vec::new(),
        (None, Some(oldest)) => read_on(table, &query, Some(oldest), asker).await?,
        // Newer sends than the page's decide first.
        (Some(_), _) => read_on(table, &query, None, asker).await?,
    };
    let all = page.iter().chain(&older);
    let status = invoice_status(all.map(|(recipient, view)| (recipient, view)));
    let history = History {
        invoice: query.invoice.as_str(),
        sent_status: status.map(|status| status.sent_status.as_str()),
        evidence: status.map_or("none", |status| status.evidence.as_str()),
        ruleset: query.ruleset.as_str(),
        sends: sends(&page, &skipped),
        next_cursor: oldest.map(|oldest| query.cursor(asker.keys, oldest)),
    };
    Ok(reply::json(StatusCode::OK, &history))
}

/// The recipients of older sends, or of all of them, as far as the bound reaches.
async fn read_on(
    table: &Table,
    query: &HistoryQuery,
    before: Option<SendId>,
    asker: Asker<'_>,
) -> Result<Vec<Folded>, TableError> {
    let mut all = Vec::new();
    let mut before = before;
    for _ in 0..MAX_STATUS_QUERIES {
        let read = table.history(asker.firm, &query.invoice, before, MAX_SENDS).await?;
        before = read.older_than;
        all.extend(folded(read.recipients, asker.now, query.ruleset));
        if before.is_none() {
            break;
        }
    }
    Ok(all)
}

fn folded(recipients: Vec<Recipient>, now: Timestamp, ruleset: Ruleset) -> Vec<Folded> {
    let with_view = |recipient: Recipient| {
        let view = fold_under(&recipient, now, ruleset);
        (recipient, view)
    };
    recipients.into_iter().map(with_view).collect()
}

/// Cuts a page at the first send that begins after `most` lines. Whether it did.
fn cut(page: &mut Vec<Folded>, most: usize) -> bool {
    let mut lines = 0;
    let end = page.chunk_by(same_send).scan(0, |end, send| {
        let start = *end;
        *end += send.len();
        lines += send.iter().map(|(_, view)| view.statuses.len()).sum::<usize>();
        Some((start, lines))
    });
    let kept = end.filter(|(start, lines)| *start > 0 && *lines > most).map(|(start, _)| start).next();
    page.truncate(kept.unwrap_or(page.len()));
    kept.is_some()
}

fn same_send(one: &Folded, other: &Folded) -> bool {
    one.0.key.send == other.0.key.send
}

#[derive(Debug, Serialize)]
struct History<'a> {
    invoice: &'a str,
    sent_status: Option<&'static str>,
    evidence: &'static str,
    /// By which version of the rules opens and clicks are judged.
    ruleset: &'static str,
    sends: Vec<SendEntry<'a>>,
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
struct SendEntry<'a> {
    send: String,
    submitted_at: String,
    subject: &'a str,
    source: &'static str,
    sent_by: Option<&'a str>,
    tracked: bool,
    recipients: Vec<RecipientEntry<'a>>,
    /// Automatic sends only: whom it did not go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<Vec<SkippedEntry<'a>>>,
}

#[derive(Debug, Serialize)]
struct SkippedEntry<'a> {
    address: &'a str,
    reason: &'static str,
    since: Option<String>,
}

#[derive(Debug, Serialize)]
struct RecipientEntry<'a> {
    recipient: String,
    kind: &'static str,
    address: &'a str,
    name: Option<&'a str>,
    sent_status: &'static str,
    evidence: &'static str,
    opens: u64,
    automatic_opens: u64,
    clicks: u64,
    automatic_clicks: u64,
    first_opened_at: Option<String>,
    last_opened_at: Option<String>,
    /// People's clicks came from several networks, days apart.
    possibly_forwarded: bool,
    /// The send that this one was sent again for.
    supersedes: Option<String>,
    superseded_by: Option<String>,
    reason: Option<&'a str>,
    next_action: Option<&'static str>,
    /// With the action `wait`: until when.
    wait_until: Option<String>,
    statuses: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    status: &'static str,
    at: String,
    detail: Option<&'a str>,
    /// Opens and clicks only.
    #[serde(skip_serializing_if = "Option::is_none")]
    automatic: Option<bool>,
    /// The rule that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
}

/// The sends, latest first: those with recipients, and automatic ones that went to nobody.
fn sends<'a>(page: &'a [Folded], skipped: &'a BTreeMap<SendId, Vec<Skipped>>) -> Vec<SendEntry<'a>> {
    let mut sends: BTreeMap<SendId, SendEntry<'_>> =
        skipped.iter().map(|(send, skipped)| (*send, send_to_nobody(*send, skipped))).collect();
    for recipients in page.chunk_by(same_send) {
        let Some(entry) = send_entry(recipients) else { continue };
        let send = recipients[0].0.key.send;
        let skipped = skipped.get(&send).map(|skipped| skipped_entries(skipped));
        let is_automatic = entry.source == Source::Automatic.as_str();
        let skipped = skipped.or_else(|| is_automatic.then(Vec::new));
        sends.insert(send, SendEntry { skipped, ..entry });
    }
    sends.into_values().rev().collect()
}

fn send_to_nobody(send: SendId, skipped: &[Skipped]) -> SendEntry<'_> {
    SendEntry {
        send: send.to_string(),
        submitted_at: rfc3339_ms(send.submitted_at()),
        subject: "",
        source: Source::Automatic.as_str(),
        sent_by: None,
        tracked: false,
        recipients: Vec::new(),
        skipped: Some(skipped_entries(skipped)),
    }
}

fn skipped_entries(skipped: &[Skipped]) -> Vec<SkippedEntry<'_>> {
    let entries = skipped.iter().map(|Skipped { address, reason, since }| SkippedEntry {
        address: address.as_str(),
        reason: reason.as_str(),
        since: since.map(rfc3339_ms),
    });
    entries.collect()
}

/// A send, told by its recipients. What belongs to the send as a whole is the same in each of them.
fn send_entry(recipients: &[Folded]) -> Option<SendEntry<'_>> {
    let (first, _) = recipients.first()?;
    Some(SendEntry {
        send: first.key.send.to_string(),
        submitted_at: rfc3339_ms(first.submitted_at()),
        subject: &first.subject,
        source: first.source.as_str(),
        sent_by: first.sent_by.as_deref(),
        tracked: first.tracked,
        recipients: recipients.iter().map(recipient_entry).collect(),
        skipped: None,
    })
}

fn recipient_entry((recipient, view): &Folded) -> RecipientEntry<'_> {
    RecipientEntry {
        recipient: recipient.key.position.to_string(),
        kind: recipient.key.position.kind.as_str(),
        address: recipient.mailbox.address.as_str(),
        name: recipient.mailbox.name.as_deref(),
        sent_status: view.sent_status.as_str(),
        evidence: view.evidence.as_str(),
        opens: view.opens.human,
        automatic_opens: view.opens.automatic,
        clicks: view.clicks.human,
        automatic_clicks: view.clicks.automatic,
        first_opened_at: view.first_opened_at.map(rfc3339_ms),
        last_opened_at: view.last_opened_at.map(rfc3339_ms),
        possibly_forwarded: view.possibly_forwarded_at.is_some(),
        supersedes: recipient.supersedes().map(|send| send.to_string()),
        superseded_by: recipient.superseded_by.map(|send| send.to_string()),
        reason: view.reason.as_deref(),
        next_action: view.next_action.map(|action| action.as_str()),
        wait_until: view.wait_until.map(rfc3339_ms),
        statuses: view.statuses.iter().map(line).collect(),
    }
}

fn line(entry: &StatusEntry) -> Line<'_> {
    Line {
        status: entry.status.as_str(),
        at: rfc3339_ms(entry.at),
        detail: entry.detail.as_deref(),
        automatic: entry.automatic,
        rule: entry.rule,
    }
}

#[cfg(test)]
mod tests;
