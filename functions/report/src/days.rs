//! Spans of civil days in a time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use table::Span;

/// The longest span of a report, in days: a year and its leap day. It touches at most 14 months of the index.
pub(crate) const MAX_DAYS: usize = 366;

/// How many days a request without `from` and `to` covers, today included.
pub(crate) const DEFAULT_DAYS: i64 = 30;

/// Days in a time zone, first and last included. `from` is never after `to`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Days {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) zone: TimeZone,
}

/// What is wrong with a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DaysError {
    /// `to` is before `from`.
    Reversed,
    /// More than [`MAX_DAYS`].
    TooLong,
    /// So far off that its moments cannot be expressed.
    OutOfRange,
}

impl Days {
    /// The days from one to another.
    pub(crate) fn new(from: Date, to: Date, zone: TimeZone) -> Result<Self, DaysError> {
        if to < from {
            return Err(DaysError::Reversed);
        }
        let days = Self { from, to, zone };
        if days.count() > MAX_DAYS {
            return Err(DaysError::TooLong);
        }
        if days.start_of(from).is_none() || to.tomorrow().ok().and_then(|day| days.start_of(day)).is_none() {
            return Err(DaysError::OutOfRange);
        }
        Ok(days)
    }

    /// The moments that the days cover. A day that summer time begins or ends on has 23 or 25 hours.
    pub(crate) fn span(&self) -> Span {
        // `new` has computed both, so that neither default is ever taken.
        let until = self.to.tomorrow().ok().and_then(|day| self.start_of(day));
        Span { from: self.start_of(self.from).unwrap_or(Timestamp::MIN), until: until.unwrap_or(Timestamp::MAX) }
    }

    /// How many days they are.
    pub(crate) fn count(&self) -> usize {
        days_between(self.from, self.to) + 1
    }

    /// Each day, oldest first.
    pub(crate) fn each(&self) -> impl Iterator<Item = Date> {
        self.from.series(1.day()).take(self.count())
    }

    /// The place, from 0, of the day that a moment falls on.
    pub(crate) fn index_of(&self, at: Timestamp) -> Option<usize> {
        let day = self.zone.to_datetime(at).date();
        (self.from <= day && day <= self.to).then(|| days_between(self.from, day))
    }

    /// The first moment of a day, which is not midnight where summer time begins at midnight.
    fn start_of(&self, day: Date) -> Option<Timestamp> {
        day.to_zoned(self.zone.clone()).ok().map(|start| start.timestamp())
    }
}

/// The first day of a span of [`DEFAULT_DAYS`] that ends with `to`.
pub(crate) fn default_from(to: Date) -> Date {
    to.saturating_sub((DEFAULT_DAYS - 1).days())
}

fn days_between(from: Date, to: Date) -> usize {
    usize::try_from((to - from).get_days()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use jiff::civil::date;

    fn days(from: Date, to: Date, zone: &str) -> Days {
        Days::new(from, to, TimeZone::get(zone).unwrap()).unwrap()
    }

    fn bounds(day: Date, zone: &str) -> (String, String) {
        let span = days(day, day, zone).span();
        (span.from.to_string(), span.until.to_string())
    }

    #[test]
    fn a_day_begins_and_ends_in_its_zone() {
        let expected = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        let day = date(2026, 11, 21);
        assert_eq!(bounds(day, "UTC"), expected("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"));
        assert_eq!(bounds(day, "America/New_York"), expected("2026-11-21T05:00:00Z", "2026-11-22T05:00:00Z"));
        assert_eq!(bounds(day, "Pacific/Auckland"), expected("2026-11-20T11:00:00Z", "2026-11-21T11:00:00Z"));
    }

    #[test]
    fn a_day_of_changing_clocks_has_23_or_25_hours() {
        let hours = |day, zone| {
            let span = days(day, day, zone).span();
            span.until.duration_since(span.from).as_hours()
        };
        assert_eq!(hours(date(2026, 3, 8), "America/New_York"), 23);
        assert_eq!(hours(date(2026, 11, 1), "America/New_York"), 25);
        assert_eq!(hours(date(2026, 9, 27), "Pacific/Auckland"), 23);
        // Lebanon's clocks go from 23:59 to 01:00.
        let (from, _) = bounds(date(2026, 3, 29), "Asia/Beirut");
        assert_eq!(from, "2026-03-28T22:00:00Z");
        assert_eq!(hours(date(2026, 3, 29), "Asia/Beirut"), 23);
    }

    #[test]
    fn a_moment_belongs_to_one_day() {
        let november = days(date(2026, 11, 1), date(2026, 11, 30), "America/New_York");
        let index = |at: &str| november.index_of(at.parse().unwrap());
        assert_eq!(index("2026-11-01T03:59:59.999Z"), None);
        assert_eq!(index("2026-11-01T04:00:00Z"), Some(0));
        assert_eq!(index("2026-11-02T04:59:59.999Z"), Some(0));
        assert_eq!(index("2026-11-02T05:00:00Z"), Some(1));
        assert_eq!(index("2026-12-01T04:59:59.999Z"), Some(29));
        assert_eq!(index("2026-12-01T05:00:00Z"), None);
        assert_eq!(november.each().count(), 30);
    }

    #[test]
    fn spans_have_limits() {
        let new = |from, to| Days::new(from, to, TimeZone::UTC).map(|days| days.count());
        assert_eq!(new(date(2026, 11, 2), date(2026, 11, 1)), Err(DaysError::Reversed));
        assert_eq!(new(date(2024, 1, 1), date(2024, 12, 31)), Ok(366));
        assert_eq!(new(date(2024, 1, 1), date(2025, 1, 1)), Err(DaysError::TooLong));
        assert_eq!(new(date(9999, 12, 31), date(9999, 12, 31)), Err(DaysError::OutOfRange));
        assert_eq!(default_from(date(2026, 11, 30)), date(2026, 11, 1));
    }
}
