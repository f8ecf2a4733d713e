//! What a firm has set up: how its e-mails look, and what its clients may see.
//!
//! A firm that has set up nothing has the defaults: nothing is shown that might not be meant for clients, and nothing is
//! sent that nobody asked for.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use url::Url;

use crate::address::Mailbox;
use crate::client::Profile;
use crate::facts::WebAddress;
use crate::ids::Invoice;
use crate::locale::Locale;

/// The longest name of a firm or of its sender, in characters: mail programs show about forty.
pub const MAX_NAME_CHARS: usize = 100;

/// What stands for the invoice's id in the address of a payment page.
const INVOICE_PLACEHOLDER: &str = "{invoice}";

/// All that a firm can set up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The name that clients know the firm by.
    pub firm_name: Option<HeaderName>,
    /// The sender's name, where it is not the firm's.
    pub from_name: Option<HeaderName>,
    /// Where replies go.
    pub reply_to: Option<Mailbox>,
    /// Where the firm's days begin and end.
    pub timezone: Zone,
    /// How amounts and dates are written to clients.
    pub locale: Locale,
    /// Whether clients are shown what is still to be paid.
    pub display_balances: bool,
    /// Whether clients who have signed in see all their invoices and payments.
    pub allow_account_history: bool,
    /// Whether an invoice is e-mailed as soon as it is final.
    pub send_automatic_invoice_emails: bool,
    /// Whether e-mails carry a pixel and links of ours.
    pub open_tracking: OpenTracking,
    /// After how many days what is known of single opens and clicks is deleted; never, if missing.
    pub retention_days: Option<RetentionDays>,
    /// Where an invoice is paid.
    pub payment_url: Option<PaymentUrl>,
    /// The colour of buttons and headings in what clients see.
    pub brand_color: Option<BrandColor>,
}

impl Settings {
    /// The name that clients know the firm by; its id until it has given one.
    #[must_use]
    pub fn name_of<'a>(&'a self, firm: &'a crate::ids::Firm) -> &'a str {
        self.firm_name.as_ref().map_or(firm.as_str(), HeaderName::as_str)
    }

    /// Whether e-mails to this client carry a pixel and links of ours: only where both the firm and the client want it.
    #[must_use]
    pub fn tracks(&self, client: Option<&Profile>) -> bool {
        let client = client.map_or(OpenTracking::Individual, |client| client.open_tracking);
        [self.open_tracking, client] == [OpenTracking::Individual; 2]
    }
}

/// What is wrong with a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingError {
    /// CR, LF, NUL or another control character in what goes into a header.
    #[error("must not contain line breaks or other control characters")]
    ControlCharacter,
    /// Longer than [`MAX_NAME_CHARS`].
    #[error("must be at most {MAX_NAME_CHARS} characters")]
    TooLong,
    /// Nothing but blanks.
    #[error("must not be blank")]
    Blank,
    /// No zone of the IANA database.
    #[error("must be a time zone of the IANA database, such as \"Europe/Berlin\"")]
    Zone,
    /// Not one of [`OpenTracking`].
    #[error("must be \"individual\" or \"off\"")]
    OpenTracking,
    /// No address of a page, or the invoice's place is missing in it.
    #[error("must be a whole http or https address with {{invoice}} in its path or query")]
    PaymentUrl,
    /// Not between 1 and [`MAX_RETENTION_DAYS`].
    #[error("must be a whole number of days from 1 to {MAX_RETENTION_DAYS}")]
    RetentionDays,
    /// No colour.
    #[error("must be a colour such as \"#1f5fbf\"")]
    BrandColor,
}

/// A name that may stand in a header of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName(String);

impl HeaderName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HeaderName {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        if text.chars().any(char::is_control) {
            return Err(SettingError::ControlCharacter);
        }
        let name = text.trim();
        if name.is_empty() {
            return Err(SettingError::Blank);
        }
        if name.chars().count() > MAX_NAME_CHARS {
            return Err(SettingError::TooLong);
        }
        Ok(Self(name.to_owned()))
    }
}

/// A time zone by its IANA name; UTC if a firm says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone's rules.
    #[must_use]
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        // Made from a name of the database, so that it always has one.
        self.0.iana_name().unwrap_or("UTC")
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl FromStr for Zone {
    type Err = SettingError;

    fn from_str(name: &str) -> Result<Self, SettingError> {
        let zone = TimeZone::get(name).map_err(|_| SettingError::Zone)?;
        // The database itself is not asked for by blanks or paths; a POSIX rule has no name.
        if zone.iana_name().is_none() {
            return Err(SettingError::Zone);
        }
        Ok(Self(zone))
    }
}

/// Whether it is seen what recipients do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenTracking {
    /// Each copy carries its own pixel and links.
    #[default]
    Individual,
    /// None does.
    Off,
}

impl OpenTracking {
    /// The name in JSON and items.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Off => "off",
        }
    }
}

impl FromStr for OpenTracking {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        [Self::Individual, Self::Off]
            .into_iter()
            .find(|tracking| tracking.as_str() == text)
            .ok_or(SettingError::OpenTracking)
    }
}

/// The longest time that facts are kept for, where they are not kept for ever: ten years.
pub const MAX_RETENTION_DAYS: u16 = 3_653;

/// For how many days what is known of single opens and clicks is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetentionDays(u16);

impl RetentionDays {
    /// The number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }

    /// Before which time nothing is kept.
    #[must_use]
    pub fn begin(self, now: Timestamp) -> Timestamp {
        now.saturating_sub(SignedDuration::from_hours(24 * i64::from(self.0))).unwrap_or(Timestamp::MIN)
    }
}

impl TryFrom<i64> for RetentionDays {
    type Error = SettingError;

    fn try_from(days: i64) -> Result<Self, SettingError> {
        let days = u16::try_from(days).ok().filter(|days| (1..=MAX_RETENTION_DAYS).contains(days));
        days.map(Self).ok_or(SettingError::RetentionDays)
    }
}

/// The address of a payment page, with a place for the invoice's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentUrl(String);

impl PaymentUrl {
    /// The address with its placeholder, as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where this invoice is paid. Ids consist of letters, digits, `.`, `_` and `-`, which need no escape in a path or in a
    /// query.
    #[must_use]
    pub fn of(&self, invoice: &Invoice) -> String {
        self.0.replace(INVOICE_PLACEHOLDER, invoice.as_str())
    }
}

impl FromStr for PaymentUrl {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        // Whatever the invoice, its payer is sent to the same site: an id within the host's name could choose another.
        let examples = ["1", ".2.example", "@3.example"].map(|id| {
            let example = text.replace(INVOICE_PLACEHOLDER, id);
            let url = Url::parse(&example).ok().filter(|_| example.parse::<WebAddress>().is_ok())?;
            (url.username().is_empty() && url.password().is_none()).then(|| (url.origin(), url.fragment().is_some()))
        });
        let [Some(first), Some(second), Some(third)] = examples else { return Err(SettingError::PaymentUrl) };
        let is_in_place = text.contains(INVOICE_PLACEHOLDER) && first == second && second == third;
        if is_in_place && text.is_ascii() { Ok(Self(text.to_owned())) } else { Err(SettingError::PaymentUrl) }
    }
}

/// A colour as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrandColor([u8; 3]);

impl BrandColor {
    /// Whether black words are easier to read on it than white ones: the contrast of WCAG 2, 1.4.3.
    fn is_light(self) -> bool {
        self.contrast_with_black() > self.contrast_with_white()
    }

    /// The colour of words on it: the one that is easier to read.
    #[must_use]
    pub fn text(self) -> &'static str {
        if self.is_light() { "#000000" } else { "#ffffff" }
    }

    fn contrast_with_black(self) -> f64 {
        (self.luminance() + 0.05) / 0.05
    }

    fn contrast_with_white(self) -> f64 {
        1.05 / (self.luminance() + 0.05)
    }

    /// <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for BrandColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for BrandColor {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(SettingError::BrandColor)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(SettingError::BrandColor);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| SettingError::BrandColor)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_may_stand_in_headers() {
        assert_eq!("  Roe & Partners ".parse::<HeaderName>().unwrap().as_str(), "Roe & Partners");
        for (text, error) in [
            ("Roe\r\nBcc: e@x.example", SettingError::ControlCharacter),
            ("Roe\0", SettingError::ControlCharacter),
            (" ", SettingError::Blank),
            (&"ü".repeat(101), SettingError::TooLong),
        ] {
            assert_eq!(text.parse::<HeaderName>(), Err(error), "{text:?}");
        }
        assert!("ü".repeat(100).parse::<HeaderName>().is_ok());
    }

    #[test]
    fn zones_are_those_of_the_database() {
        for name in ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kolkata"] {
            assert_eq!(name.parse::<Zone>().unwrap().name(), name);
        }
        for name in ["", "Mars/Olympus", "+02:00", "CET-1CEST,M3.5.0,M10.5.0/3", "../etc/passwd", "Europe/Berlin "] {
            assert_eq!(name.parse::<Zone>(), Err(SettingError::Zone), "{name:?}");
        }
        assert_eq!(Zone::default().name(), "UTC");
    }

    #[test]
    fn a_payment_page_is_an_invoices_own_and_always_the_same_hosts() {
        let url: PaymentUrl = "https://pay.example.com/i/{invoice}?from=mail".parse().unwrap();
        assert_eq!(url.of(&"INV-1.2_3".parse().unwrap()), "https://pay.example.com/i/INV-1.2_3?from=mail");
        assert_eq!(url.as_str(), "https://pay.example.com/i/{invoice}?from=mail");
        assert!("http://localhost:3000?i={invoice}".parse::<PaymentUrl>().is_ok());
        for text in [
            "",
            "{invoice}",
            "https://pay.example.com/",
            "https://{invoice}/",
            "https://{invoice}.example.com/",
            "https://pay.example.com{invoice}",
            "https:///pay.example.com{invoice}",
            "https://pay.example.com:80{invoice}/",
            "https://{invoice}@pay.example.com/",
            "https://a:{invoice}@pay.example.com/",
            "javascript:alert({invoice})",
            "/pay/{invoice}",
            "https://pay.example.com/{invoice}\r\nSet-Cookie: a=b",
            "https://pay.example.com/ü/{invoice}",
        ] {
            assert_eq!(text.parse::<PaymentUrl>(), Err(SettingError::PaymentUrl), "{text:?}");
        }
    }

    #[test]
    fn a_colour_is_six_digits() {
        assert_eq!("#1F5fbf".parse::<BrandColor>().unwrap().to_string(), "#1f5fbf");
        for text in ["", "#fff", "1f5fbf", "#1f5fbg", "#+f5fbf", "#1f5fbf;", "red", "#ü5fb"] {
            assert_eq!(text.parse::<BrandColor>(), Err(SettingError::BrandColor), "{text:?}");
        }
    }

    #[test]
    fn words_on_a_colour_can_be_read() {
        for (colour, is_light) in
            [("#000000", false), ("#ffffff", true), ("#1f5fbf", false), ("#ffd400", true), ("#808080", true)]
        {
            assert_eq!(colour.parse::<BrandColor>().unwrap().is_light(), is_light, "{colour}");
        }
    }
}
