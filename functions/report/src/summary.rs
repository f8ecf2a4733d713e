//! The report's totals, as a whole and by day.

use domain::evidence::Ruleset;
use domain::fold::fold_under;
use domain::tally::Standing;
use jiff::Timestamp;
use lambda::reply;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use serde::Serialize;
use table::{Selection, Table};

use crate::counts::{Counts, EvidenceCounts};
use crate::days::Days;
use crate::error::ReportError;
use crate::gathering::READ_AHEAD;
use crate::query::{Asker, SummaryQuery};
use lambda::parameters::wrong;

/// The most queries that one summary by other rules may cost: about 100,000 recipients, read and counted in well under the
/// 30 seconds that API Gateway waits. A span with more is refused, because half a total is none.
const MAX_SUMMARY_QUERIES: usize = 120;

#[derive(Debug, Serialize)]
struct DayCounts {
    day: String,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Debug, Serialize)]
struct Summary {
    from: String,
    to: String,
    total: Counts,
    evidence: EvidenceCounts,
    days: Vec<DayCounts>,
}

/// Answers `GET /v1/reports/invoice-emails/summary`: from counters, whatever there is to count.
pub(crate) async fn answer(
    table: &Table,
    pairs: Vec<(String, String)>,
    asker: Asker<'_>,
) -> Result<Response<Body>, ReportError> {
    let SummaryQuery { days, ruleset } = SummaryQuery::read(pairs, asker)?;
    let mut sums = Sums::new(&days);
    if ruleset == Ruleset::CURRENT {
        for (quarter, standings) in table.totals(asker.firm, &days.span()).await? {
            for (standing, count) in standings {
                // Below zero is what counters are that did not count from the beginning; a recount puts them right.
                sums.add(quarter.start(), standing, u64::try_from(count).unwrap_or_default());
            }
        }
    } else {
        add_rows(table, &mut sums, ruleset, asker).await?;
    }
    Ok(reply::json(StatusCode::OK, &sums.finish()))
}

/// Counts recipients by rules that the counters know nothing of.
async fn add_rows(table: &Table, sums: &mut Sums<'_>, ruleset: Ruleset, asker: Asker<'_>) -> Result<(), ReportError> {
    let (days, span) = (sums.days, sums.days.span());
    let mut place = None;
    for _ in 0..MAX_SUMMARY_QUERIES {
        let page = table.report(asker.firm, &span, &Selection::All, place.as_ref(), READ_AHEAD).await?;
        for recipient in &page.recipients {
            let view = fold_under(recipient, asker.now, ruleset);
            let standing = Standing { sent_status: view.sent_status, evidence: view.evidence };
            sums.add(recipient.submitted_at(), standing, 1);
        }
        place = page.next;
        if place.is_none() {
            return Ok(());
        }
    }
    Err(too_many(days))
}

fn too_many(days: &Days) -> ReportError {
    let detail = match days.count() {
        1 => "names a day with more e-mails than one request can judge by other rules.",
        _ => "begins a span with more e-mails than one request can judge by other rules; take a shorter span.",
    };
    vec![wrong("from", detail)].into()
}

/// The sums of each day.
struct Sums<'a> {
    days: &'a Days,
    total: Counts,
    evidence: EvidenceCounts,
    counts: Vec<Counts>,
}

impl<'a> Sums<'a> {
    fn new(days: &'a Days) -> Self {
        let (total, evidence) = (Counts::default(), EvidenceCounts::default());
        Self { days, total, evidence, counts: vec![Counts::default(); days.count()] }
    }

    /// Adds recipients that were submitted at a moment, or in the quarter of an hour that begins with it.
    fn add(&mut self, at: Timestamp, standing: Standing, count: u64) {
        let index = self.days.index_of(at);
        if let Some(counts) = index.and_then(|index| self.counts.get_mut(index)) {
            counts.add(standing.sent_status, count);
            self.total.add(standing.sent_status, count);
            self.evidence.add(standing.evidence, count);
        }
    }

    fn finish(self) -> Summary {
        let days = self.days.each().zip(self.counts).map(|(day, counts)| DayCounts { day: day.to_string(), counts });
        Summary {
            from: self.days.from.to_string(),
            to: self.days.to.to_string(),
            total: self.total,
            evidence: self.evidence,
            days: days.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::evidence::Evidence;
    use domain::fold::SentStatus;
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use serde_json::json;

    fn counts(numbers: [u64; 7]) -> serde_json::Value {
        let names = ["recipients", "queued", "sent", "rejected", "delayed", "marked_spam", "opened"];
        json!(std::collections::BTreeMap::from_iter(names.into_iter().zip(numbers)))
    }

    fn on(day: &str, mut counts: serde_json::Value) -> serde_json::Value {
        counts["day"] = json!(day);
        counts
    }

    #[test]
    fn each_status_is_counted_on_its_day() {
        let zone = TimeZone::get("Asia/Kathmandu").unwrap();
        let days = Days::new(date(2026, 11, 20), date(2026, 11, 22), zone).unwrap();
        let mut sums = Sums::new(&days);
        for (at, sent_status, evidence, count) in [
            // Neither end of the span: it begins at 18:15 of UTC.
            ("2026-11-19T18:00:00Z", SentStatus::Sent, Evidence::Accepted, 9),
            ("2026-11-19T18:15:00Z", SentStatus::Queued, Evidence::None, 2),
            ("2026-11-20T18:00:00Z", SentStatus::Sent, Evidence::Accepted, 3),
            ("2026-11-20T18:15:00Z", SentStatus::Opened, Evidence::Clicked, 4),
            ("2026-11-22T18:00:00Z", SentStatus::Rejected, Evidence::Delivered, 5),
            ("2026-11-22T18:00:00Z", SentStatus::Delayed, Evidence::Accepted, 6),
            ("2026-11-22T18:00:00Z", SentStatus::MarkedSpam, Evidence::PortalConfirmed, 7),
            ("2026-11-22T18:15:00Z", SentStatus::Sent, Evidence::Accepted, 9),
        ] {
            sums.add(at.parse().unwrap(), Standing { sent_status, evidence }, count);
        }
        let expected = json!({
            "from": "2026-11-20",
            "to": "2026-11-22",
            "total": counts([27, 2, 3, 5, 6, 7, 4]),
            "evidence": {
                "none": 2, "accepted": 9, "delivered": 5, "fetched_automatically": 0, "possibly_opened": 0,
                "clicked": 4, "portal_confirmed": 7,
            },
            "days": [
                on("2026-11-20", counts([5, 2, 3, 0, 0, 0, 0])),
                on("2026-11-21", counts([4, 0, 0, 0, 0, 0, 4])),
                on("2026-11-22", counts([18, 0, 0, 5, 6, 7, 0])),
            ],
        });
        assert_eq!(serde_json::to_value(sums.finish()).unwrap(), expected);
    }

    #[test]
    fn a_summary_without_mail_lists_its_days() {
        let days = Days::new(date(2026, 11, 21), date(2026, 11, 21), TimeZone::UTC).unwrap();
        let none = r#""recipients":0,"queued":0,"sent":0,"rejected":0,"delayed":0,"marked_spam":0,"opened":0"#;
        let summary = serde_json::to_string(&Sums::new(&days).finish()).unwrap();
        let head = format!(r#"{{"from":"2026-11-21","to":"2026-11-21","total":{{{none}}},"evidence":{{"none":0,"#);
        assert!(summary.starts_with(&head), "{summary}");
        assert!(summary.ends_with(&format!(r#""days":[{{"day":"2026-11-21",{none}}}]}}"#)), "{summary}");
    }
}
