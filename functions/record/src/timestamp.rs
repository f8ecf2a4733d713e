//! Times as SES writes them: nearly always RFC 3339 with milliseconds and `Z`, but not always.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A time in any of the forms that were seen: `2016-01-27T14:59:38.237Z`, microseconds, an offset such as `-07:00` or
/// `+0000`, a blank before the offset, and no zone at all, which means UTC.
fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let without_blank = match text.rsplit_once(' ') {
        Some((time, zone)) if zone.starts_with(['+', '-', 'Z', 'z']) => format!("{}{zone}", time.trim_end()),
        _ => text.to_owned(),
    };
    without_blank.parse().ok().or_else(|| {
        let civil: DateTime = without_blank.parse().ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

/// The time that a field holds; none if it is missing, of another type, or in a form that nobody has seen.
pub(crate) fn read(field: &Value) -> Option<Timestamp> {
    field.as_str().and_then(parse)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use domain::time::rfc3339_ms;
    use proptest::prelude::*;

    #[test]
    fn every_form_that_was_seen_is_read() {
        for (text, time) in [
            ("2016-01-27T14:59:38.237Z", "2016-01-27T14:59:38.237Z"),
            ("2016-01-27T14:59:38Z", "2016-01-27T14:59:38.000Z"),
            ("2018-10-08T14:05:45 +0000", "2018-10-08T14:05:45.000Z"),
            ("2018-10-08T14:05:45 -0730", "2018-10-08T21:35:45.000Z"),
            ("2018-10-08T14:05:45+0000", "2018-10-08T14:05:45.000Z"),
            ("2024-04-25T18:10:04.973666+03:00", "2024-04-25T15:10:04.973Z"),
            ("2016-01-27T14:59:38.123456Z", "2016-01-27T14:59:38.123Z"),
            ("2016-01-27T14:59:38.123456789Z", "2016-01-27T14:59:38.123Z"),
            ("2016-01-27T14:59:38.123456", "2016-01-27T14:59:38.123Z"),
            ("2016-01-27T14:59:38", "2016-01-27T14:59:38.000Z"),
            ("2016-01-27 14:59:38", "2016-01-27T14:59:38.000Z"),
            ("2016-01-27 14:59:38 Z", "2016-01-27T14:59:38.000Z"),
            ("2016-01-27T07:59:38.237-07:00", "2016-01-27T14:59:38.237Z"),
            (" 2016-01-27T14:59:38.237Z\n", "2016-01-27T14:59:38.237Z"),
        ] {
            assert_eq!(parse(text).map(rfc3339_ms).as_deref(), Some(time), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", " ", "soon", "1453906778", "2016-13-01T00:00:00Z", "2016-01-27T25:00:00Z", "14:59:38"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn our_own_form_comes_back(ms in -62_135_596_800_000i64..253_402_300_799_000) {
            let time = Timestamp::from_millisecond(ms).unwrap();
            prop_assert_eq!(parse(&rfc3339_ms(time)), Some(time));
        }
    }
}
