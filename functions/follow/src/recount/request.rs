//! What is to be recounted.

use std::time::Duration;

use domain::ids::Firm;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use table::Span;

use super::RecountError;

/// The longest span of one call: a year and its leap day.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// How far apart two readings are unless the caller says: what was written before the first one has been counted by then.
const PAUSE_SECONDS: u64 = 30;
/// The longest pause that fits into an invocation.
const MAX_PAUSE_SECONDS: u64 = 120;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    firm: String,
    from: String,
    to: Option<String>,
    #[serde(default)]
    correct: bool,
    #[serde(default)]
    list: bool,
    #[serde(default = "yes")]
    attention: bool,
    pause_seconds: Option<u64>,
}

fn yes() -> bool {
    true
}

/// A firm and days of UTC, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(super) firm: Firm,
    /// As it was given: a day, or an hour to go on from.
    pub(super) from: String,
    pub(super) to: Date,
    pub(super) span: Span,
    /// Whether to put right what differs.
    pub(super) correct: bool,
    /// Whether to list recipients that were written before there were indexes of them.
    pub(super) list: bool,
    /// Whether to look at the work queue, too.
    pub(super) attention: bool,
    pub(super) pause: Duration,
}

impl Request {
    pub(crate) fn read(value: &Value) -> Result<Self, RecountError> {
        let wrong = |what: &str| RecountError::Request(what.to_owned());
        let raw: RawRequest =
            serde_json::from_value(value.clone()).map_err(|error| RecountError::Request(error.to_string()))?;
        let (first, from) =
            hour(&raw.from).ok_or_else(|| wrong("from must be 2026-11-30, or an hour: 2026-11-30T09"))?;
        let to = raw.to.as_deref().map_or(Some(first), day);
        let to = to.ok_or_else(|| wrong("to must be a day such as 2026-11-30"))?;
        let until = to.tomorrow().ok().and_then(start).ok_or_else(|| wrong("to is too far off"))?;
        if until <= from || until.duration_since(from) > LONGEST {
            return Err(wrong("to must be the day of from or one of the 365 days after it"));
        }
        let seconds = raw.pause_seconds.unwrap_or(PAUSE_SECONDS);
        if seconds > MAX_PAUSE_SECONDS {
            return Err(wrong("pause_seconds must be at most 120"));
        }
        Ok(Self {
            firm: raw.firm.parse().map_err(|_| wrong("firm must be the id of a firm"))?,
            from: raw.from,
            to,
            span: Span { from, until },
            correct: raw.correct,
            list: raw.list,
            attention: raw.attention,
            pause: Duration::from_secs(seconds),
        })
    }
}

fn start(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp())
}

fn day(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|day| day.to_string() == text)
}

/// A day's first moment, or an hour's.
fn hour(text: &str) -> Option<(Date, Timestamp)> {
    let (date, hour) = text.split_once('T').unwrap_or((text, "00"));
    let date = day(date)?;
    let hour: i64 =
        Some(hour).filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    let within = (0..24).contains(&hour).then_some(SignedDuration::from_hours(hour))?;
    Some((date, start(date)?.checked_add(within).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_recount_is_asked_for_by_firm_and_days() {
        let read = |request: Value| Request::read(&request).unwrap();
        let one = read(json!({ "firm": "roe", "from": "2026-11-21" }));
        assert_eq!(
            (one.span.from.to_string(), one.span.until.to_string()),
            ("2026-11-21T00:00:00Z".into(), "2026-11-22T00:00:00Z".into())
        );
        assert_eq!((one.correct, one.list, one.attention, one.pause), (false, false, true, Duration::from_secs(30)));
        let year = read(json!({
            "firm": "roe", "from": "2024-01-01T00", "to": "2024-12-31", "correct": true, "list": true, "attention": false,
            "pause_seconds": 0,
        }));
        assert_eq!((year.to.to_string().as_str(), year.pause), ("2024-12-31", Duration::ZERO));
        assert_eq!((year.correct, year.list, year.attention), (true, true, false));
        let rest = read(json!({ "firm": "roe", "from": "2026-11-21T09", "to": "2026-11-21" }));
        assert_eq!(rest.span.from.to_string(), "2026-11-21T09:00:00Z");
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (wrong, named) in [
            (json!(7), "invalid type"),
            (json!({ "from": "2026-11-21" }), "firm"),
            (json!({ "firm": "a#b", "from": "2026-11-21" }), "firm"),
            (json!({ "firm": "roe", "from": "yesterday" }), "from must be"),
            (json!({ "firm": "roe", "from": "2026-11-21T24" }), "from must be"),
            (json!({ "firm": "roe", "from": "2026-11-21T+9" }), "from must be"),
            (json!({ "firm": "roe", "from": "2026-11-21", "to": "2026-11-22T09" }), "to must be"),
            (json!({ "firm": "roe", "from": "2026-11-21", "to": "2026-11-20" }), "to must be"),
            (json!({ "firm": "roe", "from": "2024-01-01", "to": "2025-01-01" }), "to must be"),
            (json!({ "firm": "roe", "from": "2026-11-21", "corect": true }), "corect"),
            (json!({ "firm": "roe", "from": "2026-11-21", "pause_seconds": 500 }), "pause_seconds"),
        ] {
            let error = Request::read(&wrong).unwrap_err().to_string();
            assert!(error.contains(named), "{wrong}: {error}");
        }
    }
}
