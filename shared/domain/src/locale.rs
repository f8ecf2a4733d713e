//! How a firm writes amounts and dates: by the Unicode Common Locale Data Repository.

use std::fmt;
use std::str::FromStr;

use fixed_decimal::Decimal;
use icu_calendar::Gregorian;
use icu_calendar::types::RataDie;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_decimal::DecimalFormatter;
use jiff::civil::Date;
use thiserror::Error;

use crate::facts::Money;

/// The longest tag: a tag may go on for ever with subtags of private use, and stands in each e-mail's item.
const MAX_BYTES: usize = 64;

/// What is written where a firm says nothing: `1 December 2026`, `1,250.00`.
const DEFAULT: icu_locale_core::Locale = icu_locale_core::locale!("en-GB");

/// A language and a country, whose people write amounts and dates in a certain way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale(icu_locale_core::Locale);

/// It is no BCP 47 language tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must be a language tag such as \"en-US\" or \"de-CH\"")]
pub struct LocaleError;

impl Locale {
    /// A day, with the month in letters: `1 December 2026`, `1. Dezember 2026`.
    #[must_use]
    pub fn day(&self, day: Date) -> String {
        let formatter = FixedCalendarDateTimeFormatter::<Gregorian, YMD>::try_new((&self.0).into(), YMD::long());
        // Days of the epoch are the same in every calendar.
        let days = i64::from((day - jiff::civil::date(1970, 1, 1)).get_days());
        let date = icu_calendar::Date::from_rata_die(UNIX_EPOCH + days, Gregorian);
        formatter.map_or_else(|_| day.to_string(), |formatter| formatter.format(&date).to_string())
    }

    /// An amount, with as many digits after the point as its currency has: `EUR 1.250,00`.
    #[must_use]
    pub fn money(&self, money: Money) -> String {
        let exact = format!("{:.*}", money.digits() as usize, money.amount());
        let formatter = DecimalFormatter::try_new((&self.0).into(), Default::default());
        match (formatter, exact.parse::<Decimal>()) {
            (Ok(formatter), Ok(amount)) => format!("{} {}", money.currency().code(), formatter.format(&amount)),
            _ => money.to_string(),
        }
    }
}

/// 1 January 1970, counted from 1 January of the year 1, which is day 1.
const UNIX_EPOCH: RataDie = RataDie::new(719_163);

impl Default for Locale {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(text: &str) -> Result<Self, LocaleError> {
        if text.len() > MAX_BYTES {
            return Err(LocaleError);
        }
        let locale: icu_locale_core::Locale = text.parse().map_err(|_| LocaleError)?;
        // `und` stands for a language that nobody knows.
        if locale.id.language.is_unknown() { Err(LocaleError) } else { Ok(Self(locale)) }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use iso_currency::Currency;

    fn written(locale: &str, currency: Currency, amount: &str) -> String {
        let locale: Locale = locale.parse().unwrap();
        let (money, day) = (Money::parse(currency, amount).unwrap(), jiff::civil::date(2026, 12, 1));
        format!("{} | {}", locale.money(money), locale.day(day)).replace(['\u{a0}', '\u{202f}'], "_")
    }

    #[test]
    fn amounts_and_dates_are_written_as_people_there_do() {
        for (locale, currency, amount, expected) in [
            ("en-GB", Currency::USD, "1250", "USD 1,250.00 | 1 December 2026"),
            ("en-US", Currency::USD, "1250.5", "USD 1,250.50 | December 1, 2026"),
            ("de", Currency::EUR, "1234567.89", "EUR 1.234.567,89 | 1. Dezember 2026"),
            ("de-CH", Currency::CHF, "-1250", "CHF -1'250.00 | 1. Dezember 2026"),
            ("fr-FR", Currency::JPY, "1250", "JPY 1_250 | 1 décembre 2026"),
            ("en-IN", Currency::INR, "1234567.5", "INR 12,34,567.50 | 1 December 2026"),
            ("ja", Currency::KWD, "0.125", "KWD 0.125 | 2026年12月1日"),
            // Nobody has told how these write: the root's way, and never nothing.
            ("tlh", Currency::USD, "1250", "USD 1,250.00 | 2026 M12 1"),
        ] {
            assert_eq!(written(locale, currency, amount), expected, "{locale}");
        }
    }

    #[test]
    fn the_year_is_everywhere_that_of_the_invoice() {
        for locale in ["th-TH", "ar-SA", "fa-IR", "he-IL", "ja-JP-u-ca-japanese"] {
            let day = locale.parse::<Locale>().unwrap().day(jiff::civil::date(2026, 12, 1));
            let digits: String = day.chars().filter_map(|c| c.to_digit(10).map(|digit| digit.to_string())).collect();
            assert!(digits.is_empty() || digits.contains("2026"), "{locale}: {day}");
        }
    }

    #[test]
    fn a_locale_is_a_language_tag() {
        assert_eq!("DE-ch".parse::<Locale>().unwrap().to_string(), "de-CH");
        for text in ["", "und", "german", "de-", "e", "de CH", "de\r\nX", &format!("de-x{}", "-abcdefgh".repeat(9))] {
            assert_eq!(text.parse::<Locale>(), Err(LocaleError), "{text:?}");
        }
        assert_eq!(Locale::default().to_string(), "en-GB");
    }

    #[test]
    fn days_far_away_are_written_too() {
        for (day, expected) in
            [("0001-01-01", "1 January 1"), ("1969-12-31", "31 December 1969"), ("9999-12-31", "31 December 9999")]
        {
            assert!(Locale::default().day(day.parse().unwrap()).starts_with(expected), "{day}");
        }
    }
}
