//! The report: who was e-mailed what, and what became of it.

use std::collections::BTreeSet;

use domain::address::comparison_key;
use domain::fold::{Rare, fold_under};
use domain::ids::{Client, Invoice};
use domain::recipient::Recipient;
use jiff::Timestamp;
use lambda::reply;
use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use table::{Place, Selection, Table, TableError};

use crate::csv;
use crate::days::Days;
use crate::error::ReportError;
use crate::format::Format;
use crate::gathering::{Gathering, KEYS_AHEAD, READ_AHEAD};
use crate::invoice::{self, InvoicePlace};
use crate::query::{Asker, Listing, ReportQuery, Sieve};
use crate::rows::Row;

/// What stays as it is in a query's values: the unreserved characters of RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A page of rows.
#[derive(Debug, Serialize)]
pub(crate) struct PageOf<R> {
    pub(crate) rows: Vec<R>,
    pub(crate) next_cursor: Option<String>,
}

/// Answers `GET /v1/reports/invoice-emails`.
pub(crate) async fn answer(
    table: &Table,
    pairs: Vec<(String, String)>,
    accept: &str,
    asker: Asker<'_>,
) -> Result<Response<Body>, ReportError> {
    let query = ReportQuery::read(pairs.clone(), accept, asker)?;
    let (rows, place) = match &query.listing {
        Listing::Firm(after) => of_firm(table, &query, *after, asker).await?,
        Listing::Invoice(invoice, after) => of_invoice(table, &query, invoice, *after, asker).await?,
    };
    let next_cursor = place.map(|place| query.cursor(asker.keys, &place));
    match query.format {
        Format::Json | Format::Html => Ok(reply::json(StatusCode::OK, &PageOf { rows, next_cursor })),
        Format::Csv => {
            let link = next_cursor.map(|cursor| next_link(&pairs, &cursor));
            Ok(file(csv::file(&rows)?, &query.days, link.as_deref()))
        }
    }
}

type RowsAndPlace = (Vec<Row>, Option<Vec<u8>>);

/// A page from the firm's months, or from the index of what the query asks for.
async fn of_firm(
    table: &Table,
    query: &ReportQuery,
    after: Option<Place>,
    asker: Asker<'_>,
) -> Result<RowsAndPlace, TableError> {
    let span = query.days.span();
    let selection = query.sieve.selection();
    let mut gathering = Gathering::new(query.limit, query.sieve.ahead(&selection), after);
    while let Some(wanted) = gathering.wants() {
        let page = table.report(asker.firm, &span, &selection, gathering.after(), wanted).await?;
        let row = |recipient: &Recipient| query.sieve.row(recipient, asker.now);
        gathering.add(&page.recipients, page.next, row, |recipient| Place::in_report(&recipient.key));
    }
    let (rows, place) = gathering.finish();
    Ok((rows, place.map(|place| place.to_bytes())))
}

/// A page from an invoice's own partition.
async fn of_invoice(
    table: &Table,
    query: &ReportQuery,
    invoice: &Invoice,
    after: Option<InvoicePlace>,
    asker: Asker<'_>,
) -> Result<RowsAndPlace, TableError> {
    let span = query.days.span();
    let start = InvoicePlace::end_of_span(span.until);
    let mut gathering = Gathering::new(query.limit, READ_AHEAD, after);
    while gathering.wants().is_some() {
        let after = gathering.after().copied().unwrap_or(start);
        let history = table.history(asker.firm, invoice, Some(after.before()), invoice::SENDS_PER_QUERY).await?;
        let (recipients, next) = invoice::within(history, &after, &span);
        gathering.add(&recipients, next, |recipient| query.sieve.row(recipient, asker.now), InvoicePlace::of);
    }
    let (rows, place) = gathering.finish();
    Ok((rows, place.map(InvoicePlace::to_bytes)))
}

impl Sieve {
    /// What the table reads at all: of an address or a client few; of the rare statuses those alone; else everything.
    fn selection(&self) -> Selection {
        if let Some(address_key) = &self.address_key {
            return Selection::Address(address_key.clone());
        }
        if let Some(client) = &self.client {
            return Selection::Client(client.clone());
        }
        let rare: Option<BTreeSet<Rare>> = self.statuses.iter().map(|status| Rare::of(*status)).collect();
        match rare {
            // By other rules one that they list may be opened, but none that they do not list fails.
            Some(rare) if !rare.is_empty() => Selection::Rare(rare),
            _ => Selection::All,
        }
    }

    /// How many recipients a query should ask for at least, because some of them will not become rows.
    fn ahead(&self, selection: &Selection) -> usize {
        match selection {
            Selection::All if self.statuses.is_empty() => 0,
            Selection::All | Selection::Domain(_) | Selection::Unlisted => READ_AHEAD,
            Selection::Address(_) if self.statuses.is_empty() && self.client.is_none() => 0,
            Selection::Client(_) if self.statuses.is_empty() => 0,
            Selection::Address(_) | Selection::Client(_) | Selection::Rare(_) => KEYS_AHEAD,
        }
    }

    /// The row of a recipient that passes.
    fn row(&self, recipient: &Recipient, now: Timestamp) -> Option<Row> {
        let client = self.client.as_ref().map(Client::as_str);
        if client.is_some() && client != recipient.client.as_deref() {
            return None;
        }
        let address_key = || comparison_key(recipient.mailbox.address.as_str());
        if self.address_key.as_ref().is_some_and(|wanted| *wanted != address_key()) {
            return None;
        }
        let view = fold_under(recipient, now, self.ruleset);
        let passes = self.statuses.is_empty() || self.statuses.contains(&view.sent_status);
        passes.then(|| Row::of(recipient, &view))
    }
}

/// A page as a file to keep.
fn file(text: String, days: &Days, link: Option<&str>) -> Response<Body> {
    let mut response = reply::with_type(StatusCode::OK, "text/csv; charset=utf-8; header=present", Body::from(text));
    let name = format!("attachment; filename=\"invoice-emails-{}-{}.csv\"", days.from, days.to);
    let headers = [(header::CONTENT_DISPOSITION, Some(name.as_str())), (header::LINK, link)];
    for (header, text) in headers {
        // Both are ASCII without control characters: days, and a query that is percent-encoded.
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(text).ok()) {
            response.headers_mut().insert(header, value);
        }
    }
    response
}

/// The `Link` header (RFC 8288) to the next page: the same query with another cursor.
fn next_link(pairs: &[(String, String)], cursor: &str) -> String {
    let given = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| *name != "cursor");
    let parts: Vec<String> = given
        .chain([("cursor", cursor)])
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, ENCODED)))
        .collect();
    format!("<?{}>; rel=\"next\"", parts.join("&"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::rows::tests::{at, deferred, recipient, with_events};
    use domain::evidence::Ruleset;
    use domain::fold::SentStatus;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    #[test]
    fn a_file_has_a_name_and_a_link_to_the_next_page() {
        let days = Days::new(date(2026, 11, 1), date(2026, 11, 30), TimeZone::UTC).unwrap();
        let given =
            [("status", "sent,opened"), ("recipient", "o'neil+x@ex&mple.com"), ("cursor", "old"), ("limit", "")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let link = next_link(&given, "n-_w");
        let response = file("a\r\n".to_owned(), &days, Some(&link));
        let header = |name: &str| response.headers()[name].to_str().unwrap();
        assert_eq!(header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(header("content-disposition"), "attachment; filename=\"invoice-emails-2026-11-01-2026-11-30.csv\"");
        assert_eq!(
            header("link"),
            "<?status=sent%2Copened&recipient=o%27neil%2Bx%40ex%26mple.com&limit=&cursor=n-_w>; rel=\"next\""
        );
        assert_eq!(header("cache-control"), "no-store");
        assert!(!file(String::new(), &days, None).headers().contains_key("link"));
    }

    #[test]
    fn a_sieve_keeps_what_it_names() {
        let now = at("2026-11-21T12:00:00Z");
        let sieve = |statuses: &[SentStatus], client: Option<&str>, address_key: Option<&str>| Sieve {
            statuses: statuses.iter().copied().collect(),
            client: client.map(|client| client.parse().unwrap()),
            address_key: address_key.map(str::to_owned),
            ruleset: Ruleset::CURRENT,
        };
        let delayed = with_events(recipient("1042"), vec![("2026-11-21T10:00:05Z", deferred())]);
        let (ann, acme) = (Some("ann@example.com"), Some("client-7"));
        for (sieve, keeps) in [
            (sieve(&[], None, None), true),
            (sieve(&[SentStatus::Delayed, SentStatus::Sent], acme, ann), true),
            (sieve(&[SentStatus::Sent], None, None), false),
            (sieve(&[], Some("client-8"), None), false),
            (sieve(&[], None, Some("bob@example.com")), false),
        ] {
            assert_eq!(sieve.row(&delayed, now).is_some(), keeps, "{sieve:?}");
        }
        let mut nobodys = delayed;
        nobodys.client = None;
        assert!(sieve(&[], acme, None).row(&nobodys, now).is_none());
    }

    #[test]
    fn what_is_asked_for_decides_what_is_read() {
        use SentStatus::{Delayed, MarkedSpam, Opened, Queued, Rejected};
        let sieve = |statuses: &[SentStatus], client: Option<&str>, address_key: Option<&str>| Sieve {
            statuses: statuses.iter().copied().collect(),
            client: client.map(|client| client.parse().unwrap()),
            address_key: address_key.map(str::to_owned),
            ruleset: Ruleset::CURRENT,
        };
        let (ann, acme) = (Some("ann@example.com"), Some("client-7"));
        let rare = |kinds: &[Rare]| Selection::Rare(kinds.iter().copied().collect());
        let (of_ann, of_acme) =
            (Selection::Address("ann@example.com".into()), Selection::Client("client-7".parse().unwrap()));
        for (sieve, selection, ahead) in [
            (sieve(&[], None, None), Selection::All, 0),
            (sieve(&[Opened], None, None), Selection::All, READ_AHEAD),
            (sieve(&[Rejected, Opened], None, None), Selection::All, READ_AHEAD),
            (sieve(&[Rejected, Delayed, MarkedSpam], None, None), rare(&[Rare::Failing]), KEYS_AHEAD),
            (sieve(&[Queued, MarkedSpam], None, None), rare(&[Rare::Queued, Rare::Failing]), KEYS_AHEAD),
            (sieve(&[], acme, None), of_acme.clone(), 0),
            (sieve(&[Rejected], acme, None), of_acme, KEYS_AHEAD),
            (sieve(&[], None, ann), of_ann.clone(), 0),
            (sieve(&[], acme, ann), of_ann, KEYS_AHEAD),
        ] {
            assert_eq!((sieve.selection(), sieve.ahead(&selection)), (selection, ahead), "{sieve:?}");
        }
    }
}
