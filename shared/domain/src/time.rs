//! Times as everyone outside sees them: RFC 3339, UTC, milliseconds, `Z`.

use jiff::Timestamp;

/// The one text form of a time in JSON, CSV and items: `2026-11-21T23:05:00.000Z`.
#[must_use]
pub fn rfc3339_ms(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// A time cut to the millisecond, the resolution that is kept; anything finer would not survive storage.
#[must_use]
pub fn to_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// The time a number of milliseconds after the epoch, clamped to what a [`Timestamp`] can hold.
#[must_use]
pub fn from_millisecond(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_exactly_three_fraction_digits() {
        assert_eq!(rfc3339_ms(from_millisecond(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339_ms(from_millisecond(1_795_300_000_120)), "2026-11-21T22:26:40.120Z");
    }

    #[test]
    fn times_out_of_range_are_clamped() {
        assert_eq!(from_millisecond(i64::MAX), Timestamp::MAX);
        assert_eq!(from_millisecond(i64::MIN), Timestamp::MIN);
    }
}
