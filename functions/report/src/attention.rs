//! The work queue: who needs something done, oldest first.

use domain::fold::{SentStatus, fold};
use domain::recipient::Recipient;
use domain::tally::Quarter;
use jiff::{SignedDuration, Timestamp};
use lambda::parameters::Parameters;
use lambda::reply;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use serde::Serialize;
use table::{Place, Table};

use crate::counts::Counts;
use crate::error::ReportError;
use crate::gathering::{Gathering, READ_AHEAD};
use crate::query::{Asker, AttentionQuery};
use crate::report::PageOf;
use crate::rows::Row;

/// For how long a queued recipient is nobody's business: sending takes seconds, and `watch` re-drives what was missed
/// every 5 minutes, so that after 10 both have failed.
const QUEUED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// A row of the report, and since when somebody should look at it.
#[derive(Debug, Serialize)]
struct AttentionRow {
    #[serde(flatten)]
    row: Row,
    since: String,
}

/// Answers `GET /v1/attention`.
pub(crate) async fn answer(
    table: &Table,
    pairs: Vec<(String, String)>,
    asker: Asker<'_>,
) -> Result<Response<Body>, ReportError> {
    let query = AttentionQuery::read(pairs, asker)?;
    // The index also holds what was sent within the last 24 hours and has no result yet; those become no rows.
    let mut gathering = Gathering::new(query.limit, READ_AHEAD, query.after);
    while let Some(wanted) = gathering.wants() {
        let page = table.attention(asker.firm, gathering.after(), wanted).await?;
        gathering.add(&page.recipients, page.next, |recipient| row(recipient, asker.now), place);
    }
    let (rows, place) = gathering.finish();
    let next_cursor = place.map(|place| query.cursor(asker.keys, &place));
    Ok(reply::json(StatusCode::OK, &PageOf { rows, next_cursor }))
}

/// Answers `GET /v1/attention/summary`: how many rows the work queue has, from counters.
pub(crate) async fn summary(
    table: &Table,
    pairs: Vec<(String, String)>,
    asker: Asker<'_>,
) -> Result<Response<Body>, ReportError> {
    let parameters = Parameters::new(pairs, &[]);
    if !parameters.are_valid() {
        return Err(parameters.into_errors().into());
    }
    // A quarter of an hour counts once all of it has waited for long enough.
    let since = Quarter::of(asker.now.saturating_sub(QUEUED_FOR).unwrap_or(asker.now)).start();
    let waiting = table.waiting(asker.firm, since).await?;
    let mut counts = Counts::default();
    for (status, count) in waiting {
        counts.add(status, u64::try_from(count).unwrap_or_default());
    }
    Ok(reply::json(StatusCode::OK, &counts))
}

/// The place right after a recipient. The index knows it by the time that was stored; the fold may know better since.
fn place(recipient: &Recipient) -> Place {
    Place::in_attention(&recipient.key, recipient.attention_since.unwrap_or_else(|| recipient.submitted_at()))
}

/// The row of a recipient that needs somebody.
fn row(recipient: &Recipient, now: Timestamp) -> Option<AttentionRow> {
    let view = fold(recipient, now);
    let since = view.attention_since?;
    if view.sent_status == SentStatus::Queued && now.duration_since(since) < QUEUED_FOR {
        return None;
    }
    Some(AttentionRow { row: Row::of(recipient, &view), since: domain::time::rfc3339_ms(since) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rows::tests::{at, deferred, recipient, with_events};
    use domain::event::EventKind;
    use serde_json::json;

    #[test]
    fn a_row_is_a_row_of_the_report_and_since() {
        let delayed = with_events(recipient("1042"), vec![("2026-11-21T10:00:05Z", deferred())]);
        let row = row(&delayed, at("2026-11-21T10:01:00Z")).unwrap();
        let json = serde_json::to_string(&row).unwrap();
        assert!(json.starts_with(r#"{"invoice":"1042","number":"1042","#), "{json}");
        assert!(json.ends_with(r#","since":"2026-11-21T10:00:05.000Z"}"#), "{json}");
        let value = serde_json::to_value(&row).unwrap();
        assert_eq!((&value["next_action"], &value["wait_until"]), (&json!("wait"), &json!("2026-11-22T00:00:05.000Z")));
    }

    #[test]
    fn a_queued_recipient_is_given_ten_minutes() {
        let queued = recipient("1042");
        assert!(row(&queued, at("2026-11-21T10:09:59.999Z")).is_none());
        assert!(row(&queued, at("2026-11-21T10:10:00Z")).is_some());
    }

    #[test]
    fn silence_counts_after_a_day_and_relief_ends_it() {
        let mut sent = with_events(recipient("1042"), vec![("2026-11-21T10:00:01Z", EventKind::Processed)]);
        assert!(row(&sent, at("2026-11-22T10:00:00Z")).is_none());
        assert!(row(&sent, at("2026-11-22T10:00:01Z")).is_some());
        sent.relieved = true;
        assert!(row(&sent, at("2026-11-22T10:00:01Z")).is_none());
    }
}
