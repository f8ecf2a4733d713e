//! Queries of the report and the summary.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::rows::tests::{at, recipient};
use crate::tests::KEYS;
use jiff::civil::date;

const NOW: &str = "2026-11-21T23:30:00Z";

fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
    query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read_as(firm: &str, now: &str, query: &[(&str, &str)]) -> Result<ReportQuery, Vec<String>> {
    let (firm, keys) = (firm.parse().unwrap(), TokenKeys::parse(KEYS).unwrap());
    let asker = Asker { firm: &firm, keys: &keys, zone: &TimeZone::UTC, now: at(now) };
    ReportQuery::read(pairs(query), "", asker).map_err(|errors| errors.into_iter().map(|error| error.pointer).collect())
}

fn read(query: &[(&str, &str)]) -> Result<ReportQuery, Vec<String>> {
    read_as("firm-a", NOW, query)
}

fn cursor_of(query: &ReportQuery) -> String {
    let place = match &query.listing {
        Listing::Firm(_) => Place::in_report(&recipient("1042").key).to_bytes(),
        Listing::Invoice(..) => InvoicePlace::of(&recipient("1042")).to_bytes(),
    };
    query.cursor(&TokenKeys::parse(KEYS).unwrap(), &place)
}

#[test]
fn each_bad_parameter_is_named() {
    for (name, value) in [
        ("from", "2026-11-31"),
        ("from", "20261101"),
        ("from", "2026-11-01T00:00"),
        ("from", "01.11.2026"),
        ("from", "2026-11-22"),
        ("from", "2025-11-20"),
        ("to", "2026-13-01"),
        ("to", "yesterday"),
        ("to", "9999-12-31"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "+02:00"),
        ("status", "failed"),
        ("status", "sent,"),
        ("status", "Sent"),
        ("client", "a/b"),
        ("recipient", "ann"),
        ("recipient", "a@x.com, b@x.com"),
        ("invoice", "10 42"),
        ("limit", "0"),
        ("limit", "1001"),
        ("format", "xml"),
        ("cursor", "nonsense"),
        ("page", "2"),
    ] {
        assert_eq!(read(&[(name, value)]).unwrap_err(), [name], "{name}={value}");
    }
}

#[test]
fn all_bad_parameters_are_named_at_once() {
    let bad = [("from", "x"), ("to", "x"), ("timezone", "x"), ("status", "x"), ("limit", "x"), ("x", "x")];
    assert_eq!(read(&bad).unwrap_err(), ["x", "from", "to", "timezone", "status", "limit"]);
    assert_eq!(read(&[("from", "2026-11-02"), ("to", "2026-11-01")]).unwrap_err(), ["to"]);
    assert_eq!(read(&[("limit", "5"), ("limit", "5")]).unwrap_err(), ["limit"]);
}

#[test]
fn empty_parameters_mean_nothing() {
    let empty: Vec<_> =
        ["from", "to", "status", "client", "recipient", "invoice", "cursor"].iter().map(|name| (*name, "")).collect();
    assert_eq!(read(&empty), read(&[]));
}

#[test]
fn without_dates_the_last_30_days_of_the_zone_are_meant() {
    let days = |query: &[(&str, &str)]| read(query).map(|query| (query.days.from, query.days.to)).unwrap();
    assert_eq!(days(&[]), (date(2026, 10, 23), date(2026, 11, 21)));
    assert_eq!(days(&[("timezone", "Pacific/Auckland")]), (date(2026, 10, 24), date(2026, 11, 22)));
    assert_eq!(days(&[("to", "2026-11-10")]), (date(2026, 10, 12), date(2026, 11, 10)));
    assert_eq!(days(&[("from", "2026-11-10")]), (date(2026, 11, 10), date(2026, 11, 21)));
}

#[test]
fn filters_are_read() {
    let query = read(&[("status", "rejected,delayed"), ("client", "client-7"), ("recipient", "\"Ann\"@Example.COM")]);
    let sieve = query.unwrap().sieve;
    assert_eq!(sieve.statuses, BTreeSet::from([SentStatus::Rejected, SentStatus::Delayed]));
    assert_eq!(sieve.client.unwrap().as_str(), "client-7");
    assert_eq!(sieve.address_key.unwrap(), "ann@example.com");
}

#[test]
fn a_cursor_continues_its_own_query() {
    let query = [("status", "sent,opened"), ("timezone", "America/New_York"), ("recipient", "Ann@example.com")];
    let first = read(&query).unwrap();
    let cursor = cursor_of(&first);
    // The same query in other words, with another size and format.
    let again = read(&[
        ("status", "opened,sent"),
        ("timezone", "america/new_york"),
        ("recipient", "ann@EXAMPLE.com"),
        ("limit", "7"),
        ("format", "csv"),
        ("cursor", &cursor),
    ]);
    let again = again.unwrap();
    assert_eq!(again.days, first.days);
    assert_eq!(again.listing, Listing::Firm(Some(Place::in_report(&recipient("1042").key))));
}

#[test]
fn a_cursor_is_refused_elsewhere() {
    let cursor = cursor_of(&read(&[("status", "sent")]).unwrap());
    for other in [
        vec![],
        vec![("status", "opened")],
        vec![("status", "sent"), ("from", "2026-10-23")],
        vec![("status", "sent"), ("to", "2026-11-21")],
        vec![("status", "sent"), ("timezone", "Europe/Berlin")],
        vec![("status", "sent"), ("client", "client-7")],
        vec![("status", "sent"), ("recipient", "ann@example.com")],
        vec![("status", "sent"), ("invoice", "1042")],
    ] {
        let query = [other.as_slice(), &[("cursor", &cursor)]].concat();
        assert_eq!(read(&query).unwrap_err(), ["cursor"], "{other:?}");
    }
    assert!(read(&[("status", "sent"), ("cursor", &cursor)]).is_ok());
    assert_eq!(read_as("firm-b", NOW, &[("status", "sent"), ("cursor", &cursor)]).unwrap_err(), ["cursor"]);
}

#[test]
fn midnight_does_not_move_the_days_of_a_cursor() {
    let first = read(&[]).unwrap();
    let next = read_as("firm-a", "2026-11-22T00:10:00Z", &[("cursor", &cursor_of(&first))]).unwrap();
    assert_eq!(next.days, first.days);
    // Nor does it make a span too long that began as the longest.
    let longest = read(&[("from", "2025-11-21")]).unwrap();
    assert_eq!(longest.days.count(), MAX_DAYS);
    let cursor = cursor_of(&longest);
    let next = read_as("firm-a", "2026-11-22T00:10:00Z", &[("from", "2025-11-21"), ("cursor", &cursor)]).unwrap();
    assert_eq!(next.days, longest.days);
}

#[test]
fn an_invoice_has_places_of_its_own() {
    let first = read(&[("invoice", "1042")]).unwrap();
    let cursor = cursor_of(&first);
    let next = read(&[("invoice", "1042"), ("cursor", &cursor)]).unwrap();
    let place = InvoicePlace::of(&recipient("1042"));
    assert_eq!(next.listing, Listing::Invoice("1042".parse().unwrap(), Some(place)));
    assert_eq!(read(&[("invoice", "1043"), ("cursor", &cursor)]).unwrap_err(), ["cursor"]);
}

#[test]
fn the_summary_takes_days_only() {
    let (firm, keys) = ("firm-a".parse().unwrap(), TokenKeys::parse(KEYS).unwrap());
    let asker = Asker { firm: &firm, keys: &keys, zone: &TimeZone::UTC, now: at(NOW) };
    let read = |query: &[(&str, &str)]| {
        SummaryQuery::read(pairs(query), asker)
            .map_err(|errors| errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>())
    };
    assert_eq!(read(&[]).unwrap().days.count(), 30);
    assert_eq!(read(&[("status", "sent"), ("cursor", "x"), ("from", "x")]).unwrap_err(), ["status", "cursor", "from"]);
}

#[test]
fn the_work_queue_takes_its_own_cursor() {
    let (firm, keys) = ("firm-a".parse().unwrap(), TokenKeys::parse(KEYS).unwrap());
    let other: Firm = "firm-b".parse().unwrap();
    let read = |firm, query: &[(&str, &str)]| {
        AttentionQuery::read(pairs(query), Asker { firm, keys: &keys, zone: &TimeZone::UTC, now: at(NOW) })
            .map_err(|errors| errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>())
    };
    let place = Place::in_attention(&recipient("1042").key, at(NOW));
    let cursor = read(&firm, &[]).unwrap().cursor(&keys, &place);
    assert_eq!(read(&firm, &[("cursor", &cursor), ("limit", "5")]).unwrap().after, Some(place));
    assert_eq!(read(&other, &[("cursor", &cursor)]).unwrap_err(), ["cursor"]);
    assert_eq!(read(&firm, &[("cursor", &cursor), ("limit", "x")]).unwrap_err(), ["limit"]);
    let report = cursor_of(&super::tests::read(&[]).unwrap());
    assert_eq!(read(&firm, &[("cursor", &report)]).unwrap_err(), ["cursor"]);
}

#[test]
fn days_are_the_firms_unless_the_query_names_a_zone() {
    let (firm, keys) = ("firm-a".parse().unwrap(), TokenKeys::parse(KEYS).unwrap());
    let zone = TimeZone::get("Asia/Tokyo").unwrap();
    let asker = Asker { firm: &firm, keys: &keys, zone: &zone, now: at(NOW) };
    let read = |query: &[(&str, &str)]| ReportQuery::read(pairs(query), "", asker).unwrap();
    assert_eq!(read(&[]).days.to, date(2026, 11, 22));
    assert_eq!(read(&[("timezone", "UTC")]).days.to, date(2026, 11, 21));
    // The first page's zone stays, whatever the firm sets up meanwhile.
    let cursor = cursor_of(&read(&[]));
    let moved = Asker { zone: &TimeZone::UTC, ..asker };
    let next = ReportQuery::read(pairs(&[("cursor", &cursor)]), "", moved).unwrap();
    assert_eq!((next.days.to, next.days.zone), (date(2026, 11, 22), zone.clone()));
}
