//! What an e-mail says about its invoice: number, client, amounts, due date, link.
//!
//! Every field keeps the very text it was given as, so that it is stored and shown unchanged; parsing only refuses.

use std::fmt;
use std::str::FromStr;

use iso_currency::Currency;
use jiff::civil::Date;
use rust_decimal::Decimal;
use thiserror::Error;
use url::Url;

use crate::ids::{Client, IdError};

/// The longest invoice number, in characters. It stands in subjects and reports beside other words.
pub const MAX_NUMBER_CHARS: usize = 64;

/// The longest name of a client, in characters.
pub const MAX_CLIENT_NAME_CHARS: usize = 200;

/// The longest link, in bytes: what every mail program and proxy still follows.
pub const MAX_URL_BYTES: usize = 2_000;

/// The most digits before the decimal point: a thousand billions, and exact in a decimal of 28 digits.
pub const MAX_INTEGER_DIGITS: usize = 15;

/// The fields of [`RawFacts`] by their names in JSON, in their order.
pub const FIELDS: [&str; 8] = ["number", "client", "client_name", "currency", "amount", "balance", "due_on", "url"];

/// The fields of [`Facts`] as they come from a request or an item. A missing field and an empty text are the same.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "they are the fields of Facts")]
pub struct RawFacts<'a> {
    pub number: Option<&'a str>,
    pub client: Option<&'a str>,
    pub client_name: Option<&'a str>,
    pub currency: Option<&'a str>,
    pub amount: Option<&'a str>,
    pub balance: Option<&'a str>,
    pub due_on: Option<&'a str>,
    pub url: Option<&'a str>,
}

/// What is known about an invoice. Nothing of it is required.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The number that the client knows the invoice by.
    pub number: Option<String>,
    /// The portal's id of the client.
    pub client: Option<Client>,
    /// The client's name.
    pub client_name: Option<String>,
    /// The currency of the amounts. There is no amount without one.
    pub currency: Option<Currency>,
    /// The whole amount of the invoice.
    pub amount: Option<Money>,
    /// What is still to be paid.
    pub balance: Option<Money>,
    /// The day by which it is to be paid.
    pub due_on: Option<Date>,
    /// Where the invoice can be seen: http or https.
    pub url: Option<WebAddress>,
}

/// Which fact is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FactsError {
    /// CR, LF, NUL or another control character.
    #[error("must not contain line breaks or other control characters")]
    ControlCharacter {
        /// The field's name in JSON.
        field: &'static str,
    },
    /// More characters than the field may have.
    #[error("must be at most {limit} characters")]
    TooLong {
        /// The field's name in JSON.
        field: &'static str,
        /// The most it may have.
        limit: usize,
    },
    /// The client is no id.
    #[error("{0}")]
    Client(IdError),
    /// The currency is none of ISO 4217 that people pay in.
    #[error("must be an ISO 4217 currency code such as USD")]
    Currency,
    /// There is an amount, and no currency.
    #[error("is given without a currency")]
    AmountWithoutCurrency {
        /// The field's name in JSON.
        field: &'static str,
    },
    /// The amount is no exact decimal in the currency.
    #[error("{fault}")]
    Amount {
        /// The field's name in JSON.
        field: &'static str,
        /// How it is wrong.
        fault: MoneyFault,
    },
    /// The due date is none.
    #[error("must be a date such as 2026-12-01")]
    DueOn,
    /// The link is none.
    #[error("must be a whole http or https address")]
    Url,
}

impl FactsError {
    /// The JSON name of the field that is wrong.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::ControlCharacter { field }
            | Self::TooLong { field, .. }
            | Self::AmountWithoutCurrency { field }
            | Self::Amount { field, .. } => field,
            Self::Client(_) => "client",
            Self::Currency => "currency",
            Self::DueOn => "due_on",
            Self::Url => "url",
        }
    }
}

impl Facts {
    /// Reads the facts out of their texts.
    ///
    /// # Errors
    ///
    /// The first field that is wrong.
    pub fn parse(raw: &RawFacts<'_>) -> Result<Self, FactsError> {
        let currency = given(raw.currency).map(parse_currency).transpose()?;
        Ok(Self {
            number: header_text("number", raw.number, MAX_NUMBER_CHARS)?,
            client: given(raw.client).map(str::parse).transpose().map_err(FactsError::Client)?,
            client_name: header_text("client_name", raw.client_name, MAX_CLIENT_NAME_CHARS)?,
            currency,
            amount: money("amount", raw.amount, currency)?,
            balance: money("balance", raw.balance, currency)?,
            due_on: given(raw.due_on).map(parse_date).transpose()?,
            url: given(raw.url).map(str::parse).transpose()?,
        })
    }
}

impl Facts {
    /// These facts, and where one is missing what the stored ones say. Amounts are taken over in their own currency
    /// only.
    #[must_use]
    pub fn or(self, stored: Self) -> Self {
        let currency = self.currency.or(stored.currency);
        let same_currency = |money: &Money| Some(money.currency) == currency;
        let same_client = self.client.is_none() || self.client == stored.client;
        Self {
            number: self.number.or(stored.number),
            client_name: self.client_name.or(stored.client_name.filter(|_| same_client)),
            client: self.client.or(stored.client),
            currency,
            amount: self.amount.or(stored.amount.filter(same_currency)),
            balance: self.balance.or(stored.balance.filter(same_currency)),
            due_on: self.due_on.or(stored.due_on),
            url: self.url.or(stored.url),
        }
    }

    /// These facts, with the client's name as it is known elsewhere if they do not say it.
    #[must_use]
    pub fn or_client_name(self, name: Option<String>) -> Self {
        Self { client_name: self.client_name.or(name), ..self }
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// A text that may end in a header.
fn header_text(field: &'static str, text: Option<&str>, limit: usize) -> Result<Option<String>, FactsError> {
    let Some(text) = given(text) else { return Ok(None) };
    if text.chars().any(char::is_control) {
        return Err(FactsError::ControlCharacter { field });
    }
    if text.chars().count() > limit {
        return Err(FactsError::TooLong { field, limit });
    }
    Ok(Some(text.to_owned()))
}

fn parse_currency(code: &str) -> Result<Currency, FactsError> {
    Currency::from_code(code)
        // Metals, funds of account and test codes have no minor unit, and nobody is billed in them.
        .filter(|currency| currency.code() == code && currency.exponent().is_some())
        .ok_or(FactsError::Currency)
}

fn money(field: &'static str, text: Option<&str>, currency: Option<Currency>) -> Result<Option<Money>, FactsError> {
    let Some(text) = given(text) else { return Ok(None) };
    let currency = currency.ok_or(FactsError::AmountWithoutCurrency { field })?;
    Money::parse(currency, text).map(Some).map_err(|fault| FactsError::Amount { field, fault })
}

fn parse_date(text: &str) -> Result<Date, FactsError> {
    // The parser reads date-times and signed years too; only the canonical text is a date here.
    text.parse::<Date>().ok().filter(|date| date.to_string() == text).ok_or(FactsError::DueOn)
}

/// How a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MoneyFault {
    /// Not digits, an optional point and an optional minus.
    #[error("must be a decimal number such as \"1250.00\"")]
    NotADecimal,
    /// More than [`MAX_INTEGER_DIGITS`] before the point.
    #[error("must have at most {MAX_INTEGER_DIGITS} digits before the decimal point")]
    TooLarge,
    /// More digits after the point than the currency has.
    #[error("must have at most {0} digits after the decimal point in this currency")]
    TooFine(u32),
}

/// An exact amount in a currency. Displays as `USD 1,250.00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    currency: Currency,
    amount: Decimal,
}

impl Money {
    /// Reads `1250`, `1250.5`, `-3.00`: no sign but minus, no grouping, no exponent, no needless zeros in front.
    ///
    /// # Errors
    ///
    /// The text is no such decimal, or does not fit the currency.
    pub fn parse(currency: Currency, text: &str) -> Result<Self, MoneyFault> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (integer, fraction) = match unsigned.split_once('.') {
            Some((integer, fraction)) => (integer, Some(fraction)),
            None => (unsigned, None),
        };
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(integer) || !fraction.is_none_or(digits) || (integer.len() > 1 && integer.starts_with('0')) {
            return Err(MoneyFault::NotADecimal);
        }
        if integer.len() > MAX_INTEGER_DIGITS {
            return Err(MoneyFault::TooLarge);
        }
        let most = minor_digits(currency);
        if fraction.is_some_and(|fraction| fraction.len() > most as usize) {
            return Err(MoneyFault::TooFine(most));
        }
        let amount = Decimal::from_str(text).map_err(|_| MoneyFault::NotADecimal)?;
        if amount.is_zero() && text.starts_with('-') {
            return Err(MoneyFault::NotADecimal);
        }
        Ok(Self { currency, amount })
    }

    /// The amount without the currency, exactly as it was given: `1250.5`.
    #[must_use]
    pub fn amount(&self) -> Decimal {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Whether it is less than nothing: what somebody has paid too much.
    #[must_use]
    pub fn is_credit(&self) -> bool {
        self.amount.is_sign_negative() && !self.amount.is_zero()
    }

    /// The same without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self { amount: self.amount.abs(), ..self }
    }

    /// How many digits its currency has after the point.
    #[must_use]
    pub fn digits(&self) -> u32 {
        minor_digits(self.currency)
    }

    /// So much more, in the same currency and with as many digits after the point as it has.
    #[must_use]
    pub fn plus(self, amount: Decimal) -> Self {
        let mut amount = self.amount.saturating_add(amount);
        amount.rescale(minor_digits(self.currency));
        // Adding nothing to nothing may leave a sign, which no amount of zero has.
        if amount.is_zero() {
            amount.set_sign_positive(true);
        }
        Self { amount, ..self }
    }

    /// So much less, in the same currency.
    #[must_use]
    pub fn minus(self, amount: Decimal) -> Self {
        self.plus(-amount)
    }
}

fn minor_digits(currency: Currency) -> u32 {
    u32::from(currency.exponent().unwrap_or(0))
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:.*}", minor_digits(self.currency) as usize, self.amount.abs());
        let (integer, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        write!(f, "{} {}", self.currency.code(), if self.amount.is_sign_negative() { "-" } else { "" })?;
        for (at, digit) in integer.chars().enumerate() {
            if at > 0 && (integer.len() - at).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if !fraction.is_empty() {
            write!(f, ".{fraction}")?;
        }
        Ok(())
    }
}

/// A whole http or https address, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress {
    text: String,
    ascii: String,
}

impl WebAddress {
    /// The text as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same address as a browser would ask for it: ASCII, percent-encoded, IDNs in Punycode. Fit for a header.
    #[must_use]
    pub fn as_ascii(&self) -> &str {
        &self.ascii
    }
}

impl FromStr for WebAddress {
    type Err = FactsError;

    fn from_str(text: &str) -> Result<Self, FactsError> {
        if text.chars().any(char::is_control) {
            return Err(FactsError::ControlCharacter { field: "url" });
        }
        let url = Url::parse(text).map_err(|_| FactsError::Url)?;
        // The parser takes `https:example.com` and blanks around it, as browsers do; a portal has no reason to.
        let scheme = url.scheme();
        let written = text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && text[scheme.len()..].starts_with("://");
        if !matches!(scheme, "http" | "https") || !written || text.contains(char::is_whitespace) {
            return Err(FactsError::Url);
        }
        if text.len() > MAX_URL_BYTES || url.as_str().len() > MAX_URL_BYTES {
            return Err(FactsError::TooLong { field: "url", limit: MAX_URL_BYTES });
        }
        Ok(Self { text: text.to_owned(), ascii: url.into() })
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use proptest::prelude::*;

    use super::*;

    const ALL: RawFacts<'static> = RawFacts {
        number: Some("1042"),
        client: Some("client-7"),
        client_name: Some("Acme"),
        currency: Some("USD"),
        amount: Some("1250.00"),
        balance: Some("1000.00"),
        due_on: Some("2026-12-01"),
        url: Some("https://portal.example.com/i/1042"),
    };

    fn error(raw: RawFacts<'_>) -> (&'static str, String) {
        let error = Facts::parse(&raw).unwrap_err();
        (error.field(), error.to_string())
    }

    #[test]
    fn all_facts_are_kept_as_given() {
        let facts = Facts::parse(&ALL).unwrap();
        assert_eq!(facts.number.as_deref(), ALL.number);
        assert_eq!(facts.client.as_ref().map(Client::as_str), ALL.client);
        assert_eq!(facts.client_name.as_deref(), ALL.client_name);
        assert_eq!(facts.currency.unwrap().code(), "USD");
        assert_eq!(facts.amount.unwrap().amount().to_string(), "1250.00");
        assert_eq!(facts.balance.unwrap().amount().to_string(), "1000.00");
        assert_eq!(facts.due_on.unwrap().to_string(), "2026-12-01");
        assert_eq!(facts.url.unwrap().as_str(), ALL.url.unwrap());
    }

    #[test]
    fn nothing_is_required_and_empty_is_missing() {
        assert_eq!(Facts::parse(&RawFacts::default()), Ok(Facts::default()));
        let empty = Some("");
        let raw = RawFacts {
            number: empty,
            client: empty,
            client_name: empty,
            currency: empty,
            amount: empty,
            balance: empty,
            due_on: empty,
            url: empty,
        };
        assert_eq!(Facts::parse(&raw), Ok(Facts::default()));
        assert!(Facts::parse(&RawFacts { currency: Some("EUR"), ..RawFacts::default() }).is_ok());
    }

    #[test]
    fn what_is_missing_comes_from_the_stored_facts() {
        let stored = Facts::parse(&ALL).unwrap();
        assert_eq!(Facts::default().or(stored.clone()), stored);
        let given =
            Facts::parse(&RawFacts { number: Some("7"), currency: Some("JPY"), ..RawFacts::default() }).unwrap();
        let merged = given.or(stored.clone());
        assert_eq!((merged.number.as_deref(), merged.client_name.as_deref()), (Some("7"), Some("Acme")));
        assert_eq!((merged.currency.unwrap().code(), merged.amount, merged.balance), ("JPY", None, None));
        let given = Facts::parse(&RawFacts { client: Some("client-8"), ..RawFacts::default() }).unwrap();
        assert_eq!(given.or(stored).client_name, None, "another client has another name");
    }

    #[test]
    fn what_could_break_a_header_is_refused() {
        for text in ["10\r\n42", "10\n42", "10\0 42", "10\t42", "10\u{85}42"] {
            assert_eq!(error(RawFacts { number: Some(text), ..ALL }).0, "number");
            assert_eq!(error(RawFacts { client_name: Some(text), ..ALL }).0, "client_name");
            assert_eq!(error(RawFacts { client: Some(text), ..ALL }).0, "client");
            assert_eq!(error(RawFacts { url: Some(&format!("https://x.example/{text}")), ..ALL }).0, "url");
        }
    }

    #[test]
    fn limits_are_named() {
        let long = "ü".repeat(65);
        assert_eq!(error(RawFacts { number: Some(&long), ..ALL }), ("number", "must be at most 64 characters".into()));
        assert!(Facts::parse(&RawFacts { number: Some(&long["ü".len()..]), ..ALL }).is_ok());
        assert_eq!(error(RawFacts { client_name: Some(&"x".repeat(201)), ..ALL }).0, "client_name");
        assert_eq!(error(RawFacts { client: Some(&"x".repeat(65)), ..ALL }).0, "client");
        let long = format!("https://x.example/{}", "x".repeat(2_000));
        assert_eq!(error(RawFacts { url: Some(&long), ..ALL }), ("url", "must be at most 2000 characters".into()));
        assert!(Facts::parse(&RawFacts { url: Some(&long[..2_000]), ..ALL }).is_ok());
    }

    #[test]
    fn currencies_are_those_that_people_pay_in() {
        for code in ["US", "usd", "Usd", "XYZ", "XXX", "XAU", "USDX", " USD"] {
            assert_eq!(error(RawFacts { currency: Some(code), ..ALL }).0, "currency", "{code}");
        }
        assert_eq!(error(RawFacts { currency: None, ..ALL }), ("amount", "is given without a currency".into()));
        assert_eq!(error(RawFacts { currency: None, amount: None, ..ALL }).0, "balance");
    }

    proptest! {
        #[test]
        fn what_is_computed_can_be_written_and_read(start in -10_000_i64..10_000, paid in -10_000_i64..10_000, digits in 0_u32..3) {
            for currency in [Currency::USD, Currency::JPY, Currency::KWD] {
                let digits = digits.min(minor_digits(currency));
                let start = Money { currency, amount: Decimal::new(start, digits) };
                let left = start.minus(Decimal::new(paid, digits));
                prop_assert_eq!(Money::parse(currency, &left.amount().to_string()), Ok(left));
            }
        }
    }

    #[test]
    fn nothing_less_nothing_has_no_sign() {
        for text in ["0", "0.00", "0.0"] {
            let nothing = Money::parse(Currency::USD, text).unwrap();
            assert_eq!(nothing.minus(Decimal::ZERO).amount().to_string(), "0.00", "{text}");
        }
    }

    #[test]
    fn amounts_are_exact_decimals_that_fit_the_currency() {
        for text in [
            "1,250.00", "1250.", ".5", "+1", "1e3", " 1", "1 ", "-", "--1", "0x1", "NaN", "007", "-0", "-0.00",
            "1.2.3", "١", "1_000",
        ] {
            assert_eq!(Money::parse(Currency::USD, text), Err(MoneyFault::NotADecimal), "{text}");
        }
        assert_eq!(Money::parse(Currency::USD, "0.001"), Err(MoneyFault::TooFine(2)));
        assert_eq!(Money::parse(Currency::JPY, "1.0"), Err(MoneyFault::TooFine(0)));
        assert!(Money::parse(Currency::KWD, "0.001").is_ok());
        assert_eq!(Money::parse(Currency::USD, "1000000000000000"), Err(MoneyFault::TooLarge));
        assert_eq!(
            error(RawFacts { balance: Some("1.234"), ..ALL }),
            ("balance", "must have at most 2 digits after the decimal point in this currency".into())
        );
    }

    #[test]
    fn money_is_shown_grouped_with_the_digits_of_its_currency() {
        for (currency, text, shown) in [
            (Currency::USD, "1250.00", "USD 1,250.00"),
            (Currency::USD, "1250.5", "USD 1,250.50"),
            (Currency::USD, "1250", "USD 1,250.00"),
            (Currency::USD, "0", "USD 0.00"),
            (Currency::EUR, "-50", "EUR -50.00"),
            (Currency::JPY, "1234567", "JPY 1,234,567"),
            (Currency::KWD, "999.5", "KWD 999.500"),
            (Currency::USD, "999999999999999.99", "USD 999,999,999,999,999.99"),
        ] {
            assert_eq!(Money::parse(currency, text).unwrap().to_string(), shown);
        }
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        for text in ["2026-02-30", "2026-2-3", "20261201", "2026-12-01T00:00:00", "01.12.2026", "+002026-12-01", "soon"]
        {
            assert_eq!(error(RawFacts { due_on: Some(text), ..ALL }).0, "due_on", "{text}");
        }
    }

    #[test]
    fn links_are_whole_web_addresses() {
        for text in [
            "javascript:alert(1)",
            "ftp://x.example/",
            "//x.example/",
            "/i/1042",
            "https:x.example",
            "https://",
            " https://x.example",
            "https://x.example/a b",
            "data:text/html,x",
        ] {
            assert_eq!(error(RawFacts { url: Some(text), ..ALL }).0, "url", "{text}");
        }
        let address: WebAddress = "HTTPS://münchen.example/ü?a=b&c=d#e".parse().unwrap();
        assert_eq!(address.as_str(), "HTTPS://münchen.example/ü?a=b&c=d#e");
        assert_eq!(address.as_ascii(), "https://xn--mnchen-3ya.example/%C3%BC?a=b&c=d#e");
    }

    proptest! {
        #[test]
        fn an_amount_keeps_its_text(text in "-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,2})?") {
            prop_assume!(!text.starts_with('-') || text.contains(|c| ('1'..='9').contains(&c)));
            let money = Money::parse(Currency::USD, &text).unwrap();
            prop_assert_eq!(money.amount().to_string(), text);
        }

        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let text = Some(text.as_str());
            let raw = RawFacts {
                number: text, client: text, client_name: text, currency: Some("USD"), amount: text, balance: text, due_on: text, url: text,
            };
            let _ = Facts::parse(&raw);
            let _ = Facts::parse(&RawFacts { url: text, ..RawFacts::default() });
        }
    }
}
