//! The report's totals, as a whole and by day.

use domain::evidence::Ruleset;
use domain::fold::{SentStatus, fold_under};
use domain::recipient::Recipient;
use jiff::Timestamp;
use lambda::reply;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Response};
use serde::Serialize;
use table::{Filter, Table};

use crate::days::Days;
use crate::error::ReportError;
use crate::gathering::READ_AHEAD;
use crate::query::{Asker, SummaryQuery};
use lambda::parameters::wrong;

/// The most queries that one summary may cost: about 100,000 recipients, read and counted in well under the 30 seconds
/// that API Gateway waits. A span with more is refused, because half a total is none.
const MAX_SUMMARY_QUERIES: usize = 120;

/// How many recipients have which status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Counts {
    recipients: u64,
    queued: u64,
    sent: u64,
    rejected: u64,
    delayed: u64,
    marked_spam: u64,
    opened: u64,
}

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
    days: Vec<DayCounts>,
}

/// Answers `GET /v1/reports/invoice-emails/summary`.
pub(crate) async fn answer(
    table: &Table,
    pairs: Vec<(String, String)>,
    asker: Asker<'_>,
) -> Result<Response<Body>, ReportError> {
    let SummaryQuery { days, ruleset } = SummaryQuery::read(pairs, asker)?;
    let (span, filter) = (days.span(), Filter::default());
    let mut tally = Tally::new(&days, ruleset);
    let mut place = None;
    for _ in 0..MAX_SUMMARY_QUERIES {
        let page = table.report(asker.firm, &span, &filter, place.as_ref(), READ_AHEAD).await?;
        page.recipients.iter().for_each(|recipient| tally.add(recipient, asker.now));
        place = page.next;
        if place.is_none() {
            return Ok(reply::json(StatusCode::OK, &tally.finish()));
        }
    }
    Err(too_many(&days))
}

fn too_many(days: &Days) -> ReportError {
    let detail = match days.count() {
        1 => "names a day with more e-mails than one request can count.",
        _ => "begins a span with more e-mails than one request can count; take a shorter span.",
    };
    vec![wrong("from", detail)].into()
}

/// Counters of each day; the recipients themselves are not kept.
struct Tally<'a> {
    days: &'a Days,
    ruleset: Ruleset,
    counts: Vec<Counts>,
}

impl<'a> Tally<'a> {
    fn new(days: &'a Days, ruleset: Ruleset) -> Self {
        Self { days, ruleset, counts: vec![Counts::default(); days.count()] }
    }

    fn add(&mut self, recipient: &Recipient, now: Timestamp) {
        let index = self.days.index_of(recipient.submitted_at());
        if let Some(counts) = index.and_then(|index| self.counts.get_mut(index)) {
            counts.recipients += 1;
            *counts.of(fold_under(recipient, now, self.ruleset).sent_status) += 1;
        }
    }

    fn finish(self) -> Summary {
        let total = self.counts.iter().fold(Counts::default(), Counts::plus);
        let days = self.days.each().zip(self.counts).map(|(day, counts)| DayCounts { day: day.to_string(), counts });
        Summary { from: self.days.from.to_string(), to: self.days.to.to_string(), total, days: days.collect() }
    }
}

impl Counts {
    fn of(&mut self, status: SentStatus) -> &mut u64 {
        match status {
            SentStatus::Queued => &mut self.queued,
            SentStatus::Sent => &mut self.sent,
            SentStatus::Rejected => &mut self.rejected,
            SentStatus::Delayed => &mut self.delayed,
            SentStatus::MarkedSpam => &mut self.marked_spam,
            SentStatus::Opened => &mut self.opened,
        }
    }

    fn plus(self, other: &Self) -> Self {
        Self {
            recipients: self.recipients + other.recipients,
            queued: self.queued + other.queued,
            sent: self.sent + other.sent,
            rejected: self.rejected + other.rejected,
            delayed: self.delayed + other.delayed,
            marked_spam: self.marked_spam + other.marked_spam,
            opened: self.opened + other.opened,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rows::tests::{at, deferred, open, sent, with_events};
    use domain::event::{DropCause, EventKind};
    use domain::evidence::Agent;
    use domain::ids::Kind;
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
        let zone = TimeZone::get("America/New_York").unwrap();
        let days = Days::new(date(2026, 11, 20), date(2026, 11, 22), zone).unwrap();
        let mut tally = Tally::new(&days, Ruleset::CURRENT);
        let submitted = |time: &str| sent("1042", time, Kind::To, 0);
        let complaint = EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None };
        let refused = EventKind::Dropped { cause: DropCause::GaveUp, detail: None };
        let mut opened = submitted("2026-11-22T04:59:59Z");
        opened.log.opens.add(open("2026-11-22T06:00:00Z", Agent::Browser));
        for recipient in [
            submitted("2026-11-20T05:00:00Z"),
            with_events(submitted("2026-11-21T04:59:59Z"), vec![("2026-11-21T05:00:01Z", EventKind::Processed)]),
            with_events(submitted("2026-11-22T05:00:00Z"), vec![("2026-11-22T05:00:01Z", refused)]),
            with_events(submitted("2026-11-22T05:00:00Z"), vec![("2026-11-22T05:00:01Z", deferred())]),
            with_events(submitted("2026-11-22T05:00:00Z"), vec![("2026-11-22T05:00:01Z", complaint)]),
            opened,
            // Neither end of the span: the table would not answer these.
            submitted("2026-11-20T04:59:59Z"),
            submitted("2026-11-23T05:00:00Z"),
        ] {
            tally.add(&recipient, at("2026-11-23T00:00:00Z"));
        }
        let expected = json!({
            "from": "2026-11-20",
            "to": "2026-11-22",
            "total": counts([6, 1, 1, 1, 1, 1, 1]),
            "days": [
                on("2026-11-20", counts([2, 1, 1, 0, 0, 0, 0])),
                on("2026-11-21", counts([1, 0, 0, 0, 0, 0, 1])),
                on("2026-11-22", counts([3, 0, 0, 1, 1, 1, 0])),
            ],
        });
        assert_eq!(serde_json::to_value(tally.finish()).unwrap(), expected);
    }

    #[test]
    fn a_summary_without_mail_lists_its_days() {
        let days = Days::new(date(2026, 11, 21), date(2026, 11, 21), TimeZone::UTC).unwrap();
        let none = r#""recipients":0,"queued":0,"sent":0,"rejected":0,"delayed":0,"marked_spam":0,"opened":0"#;
        assert_eq!(
            serde_json::to_string(&Tally::new(&days, Ruleset::CURRENT).finish()).unwrap(),
            format!(
                r#"{{"from":"2026-11-21","to":"2026-11-21","total":{{{none}}},"days":[{{"day":"2026-11-21",{none}}}]}}"#
            ),
        );
    }
}
