//! What callers ask for, read from the query into types that cannot be wrong.

use std::collections::BTreeSet;

use domain::address::{Address, comparison_key};
use domain::evidence::Ruleset;
use domain::fold::SentStatus;
use domain::ids::{Client, Firm, Invoice};
use domain::token::TokenKeys;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lambda::problem::FieldError;
use table::Place;

use crate::days::{Days, DaysError, MAX_DAYS, default_from};
use crate::format::Format;
use crate::invoice::InvoicePlace;
use lambda::cursor::{self, Context};
use lambda::parameters::Parameters;

/// Rows of a page if the query does not say.
const DEFAULT_ROWS: usize = 100;
/// The most rows of a page: one answer of DynamoDB (1 MB) holds about as many recipients, and the rows stay well below
/// the 6 MB that Lambda answers.
const MAX_ROWS: usize = 1_000;

/// Which version of the rules judges; the current one unless a query names another.
pub(crate) const RULESET: &str = "ruleset";

/// What a query of the report can have.
const KNOWN: [&str; 11] =
    ["from", "to", "timezone", "status", "client", "recipient", "invoice", RULESET, "limit", "cursor", "format"];

/// What requests are answered with beside the query itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) firm: &'a Firm,
    pub(crate) keys: &'a TokenKeys,
    /// Where days begin and end for a query that names no zone.
    pub(crate) zone: &'a TimeZone,
    pub(crate) now: Timestamp,
}

/// Which recipients the report shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sieve {
    /// Empty: all.
    pub(crate) statuses: BTreeSet<SentStatus>,
    pub(crate) client: Option<Client>,
    /// The recipient's address as [`comparison_key`] has it.
    pub(crate) address_key: Option<String>,
    /// By which rules the fetches are judged.
    pub(crate) ruleset: Ruleset,
}

/// What the report lists, and after which place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Listing {
    /// All e-mails of the firm.
    Firm(Option<Place>),
    /// Those of one invoice.
    Invoice(Invoice, Option<InvoicePlace>),
}

/// A query of the report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReportQuery {
    pub(crate) days: Days,
    pub(crate) sieve: Sieve,
    pub(crate) listing: Listing,
    pub(crate) limit: usize,
    pub(crate) format: Format,
    context: Context,
}

impl ReportQuery {
    /// Reads a query; `accept` is the request's header.
    pub(crate) fn read(pairs: Vec<(String, String)>, accept: &str, asker: Asker<'_>) -> Result<Self, Vec<FieldError>> {
        let mut parameters = Parameters::new(pairs, &KNOWN);
        let dates = Dates::read(&mut parameters);
        let sieve = Sieve {
            statuses: parameters.read("status", statuses).unwrap_or_default(),
            client: parameters.parsed("client"),
            address_key: parameters.parsed("recipient").map(|address: Address| comparison_key(address.as_str())),
            ruleset: parameters.parsed(RULESET).unwrap_or_default(),
        };
        let invoice: Option<Invoice> = parameters.parsed("invoice");
        let limit = parameters.limit(DEFAULT_ROWS, MAX_ROWS);
        let format = Format::of(&mut parameters, accept, Format::Csv);
        let context = report_context(asker.firm, &dates, &sieve, invoice.as_ref());
        let Some(cursor) = parameters.text("cursor").map(str::to_owned) else {
            let days = dates.resolve(asker, &mut parameters);
            let listing = invoice.map_or(Listing::Firm(None), |invoice| Listing::Invoice(invoice, None));
            return match days {
                Some(days) if parameters.are_valid() => Ok(Self { days, sieve, listing, limit, format, context }),
                _ => Err(parameters.into_errors()),
            };
        };
        if !parameters.are_valid() {
            return Err(parameters.into_errors());
        }
        let (days, listing) = cursor::open(asker.keys, &context, &cursor, |bytes| read_place(bytes, invoice))
            .map_err(|error| vec![error])?;
        Ok(Self { days, sieve, listing, limit, format, context })
    }

    /// The cursor of the page that goes on after a place. The days and their zone ride in it, because a query that
    /// leaves them out means those of its first page, even when midnight has passed since.
    pub(crate) fn cursor(&self, keys: &TokenKeys, place: &[u8]) -> String {
        let zone = self.days.zone.iana_name().unwrap_or("UTC");
        let mut bytes = format!("{}{}{zone}\0", self.days.from, self.days.to).into_bytes();
        bytes.extend_from_slice(place);
        cursor::seal(keys, &self.context, &bytes)
    }
}

fn report_context(firm: &Firm, dates: &Dates, sieve: &Sieve, invoice: Option<&Invoice>) -> Context {
    let statuses: Vec<&str> = sieve.statuses.iter().map(|status| status.as_str()).collect();
    Context::new("report", firm)
        .with(dates.from.map(|day| day.to_string()).as_deref())
        .with(dates.to.map(|day| day.to_string()).as_deref())
        .with(dates.zone.as_ref().and_then(TimeZone::iana_name))
        .with(Some(&statuses.join(",")))
        .with(sieve.client.as_ref().map(Client::as_str))
        .with(sieve.address_key.as_deref())
        .with(Some(sieve.ruleset.as_str()))
        .with(invoice.map(Invoice::as_str))
}

/// What [`ReportQuery::cursor`] wrote: two days of ten characters, their zone, and the place.
fn read_place(bytes: &[u8], invoice: Option<Invoice>) -> Option<(Days, Listing)> {
    let day = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse::<Date>().ok();
    let (from, rest) = bytes.split_at_checked(10)?;
    let (to, rest) = rest.split_at_checked(10)?;
    let end_of_zone = rest.iter().position(|byte| *byte == 0)?;
    let (zone, place) =
        (TimeZone::get(std::str::from_utf8(&rest[..end_of_zone]).ok()?).ok()?, &rest[end_of_zone + 1..]);
    let days = Days::new(day(from)?, day(to)?, zone).ok()?;
    let listing = match invoice {
        None => Listing::Firm(Some(Place::from_bytes(place)?)),
        Some(invoice) => Listing::Invoice(invoice, Some(InvoicePlace::from_bytes(place)?)),
    };
    Some((days, listing))
}

fn statuses(text: &str) -> Result<BTreeSet<SentStatus>, String> {
    let named = text.split(',').map(|name| SentStatus::from_name(name.trim()));
    named.collect::<Option<_>>().ok_or_else(|| {
        let names = SentStatus::ALL.map(SentStatus::as_str).join(", ");
        format!("must be a list, separated by commas, of {names}.")
    })
}

/// A query of the summary.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SummaryQuery {
    pub(crate) days: Days,
    pub(crate) ruleset: Ruleset,
}

impl SummaryQuery {
    /// Reads a query.
    pub(crate) fn read(pairs: Vec<(String, String)>, asker: Asker<'_>) -> Result<Self, Vec<FieldError>> {
        let mut parameters = Parameters::new(pairs, &["from", "to", "timezone", RULESET]);
        let dates = Dates::read(&mut parameters);
        let ruleset = parameters.parsed(RULESET).unwrap_or_default();
        match dates.resolve(asker, &mut parameters) {
            Some(days) if parameters.are_valid() => Ok(Self { days, ruleset }),
            _ => Err(parameters.into_errors()),
        }
    }
}

/// A query of the work queue.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AttentionQuery {
    pub(crate) limit: usize,
    pub(crate) after: Option<Place>,
    context: Context,
}

impl AttentionQuery {
    /// Reads a query.
    pub(crate) fn read(pairs: Vec<(String, String)>, asker: Asker<'_>) -> Result<Self, Vec<FieldError>> {
        let mut parameters = Parameters::new(pairs, &["limit", "cursor"]);
        let limit = parameters.limit(DEFAULT_ROWS, MAX_ROWS);
        let context = Context::new("attention", asker.firm);
        let cursor = parameters.text("cursor").map(|text| cursor::open(asker.keys, &context, text, Place::from_bytes));
        let after = cursor.and_then(|opened| parameters.keep(opened));
        if parameters.are_valid() { Ok(Self { limit, after, context }) } else { Err(parameters.into_errors()) }
    }

    /// The cursor of the page that goes on after a place.
    pub(crate) fn cursor(&self, keys: &TokenKeys, place: &Place) -> String {
        cursor::seal(keys, &self.context, &place.to_bytes())
    }
}

/// The days of a query as they were given.
#[derive(Debug)]
struct Dates {
    from: Option<Date>,
    to: Option<Date>,
    zone: Option<TimeZone>,
}

impl Dates {
    fn read(parameters: &mut Parameters) -> Self {
        Self {
            from: parameters.read("from", civil_day),
            to: parameters.read("to", civil_day),
            zone: parameters.read("timezone", zone),
        }
    }

    /// The span that is meant: up to today and the last 30 days where nothing else is said.
    fn resolve(&self, asker: Asker<'_>, parameters: &mut Parameters) -> Option<Days> {
        if ["from", "to", "timezone"].iter().any(|name| parameters.has_error(name)) {
            return None;
        }
        let zone = self.zone.as_ref().unwrap_or(asker.zone);
        let to = self.to.unwrap_or_else(|| zone.to_datetime(asker.now).date());
        let from = self.from.unwrap_or_else(|| default_from(to));
        let (name, detail) = match Days::new(from, to, zone.clone()) {
            Ok(days) => return Some(days),
            Err(DaysError::Reversed) if self.to.is_none() => ("from", format!("must not be after today, {to}.")),
            Err(DaysError::Reversed) => ("to", format!("must not be before from, {from}.")),
            Err(DaysError::TooLong) => ("from", format!("must be at most {MAX_DAYS} days before the end, {to}.")),
            Err(DaysError::OutOfRange) => ("to", "is too far off.".to_owned()),
        };
        parameters.error(name, detail);
        None
    }
}

fn civil_day(text: &str) -> Result<Date, String> {
    let day = text.parse::<Date>().ok();
    // The parser also takes times and other spellings; only one text names a day.
    day.filter(|day| day.to_string() == text).ok_or_else(|| "must be a day such as 2026-11-30.".to_owned())
}

fn zone(name: &str) -> Result<TimeZone, String> {
    let zone = TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some());
    zone.ok_or_else(|| "must be the IANA name of a time zone, such as America/New_York.".to_owned())
}

#[cfg(test)]
mod tests;
