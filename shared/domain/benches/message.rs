//! What composing a mail costs: the built-in template, a send to fifty, and the largest HTML that a caller may bring.
//! `cargo bench -p domain --bench message`.
#![allow(clippy::unwrap_used)]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, Throughput};
use domain::address::{Mailbox, parse_list};
use domain::facts::{Facts, RawFacts};
use domain::ids::{Kind, Position, RecipientKey, SendId};
use domain::message::{Body, Letter, Links, Look, MAX_BODY_BYTES, compose};
use domain::recipient::{Recipient, Source};
use domain::token::{Purpose, TokenKeys};

/// The most recipients of a send: each copy shows all of them.
const MOST_RECIPIENTS: usize = 50;

const BASE_URL: &str = "https://mail.example.com";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let from: Mailbox = "\"Roe & Partners\" <invoices@example.com>".parse().unwrap();
    let keys = TokenKeys::parse("k1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=").unwrap();
    let recipient = recipient();

    let mut group = criterion.benchmark_group("compose");
    let cases = [
        ("built-in template, one recipient", body(1, None)),
        ("built-in template, one of fifty recipients", body(MOST_RECIPIENTS, None)),
        ("own HTML of 100 KB", body(1, Some(html()))),
    ];
    for (name, body) in cases {
        group.throughput(Throughput::Bytes(composed(&from, &body, &recipient, &keys).len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| composed(&from, black_box(&body), &recipient, &keys));
        });
    }
    let all = body(MOST_RECIPIENTS, None);
    group.throughput(Throughput::Elements(MOST_RECIPIENTS as u64));
    group.bench_function("built-in template, all of fifty recipients", |bencher| {
        bencher.iter(|| (0..MOST_RECIPIENTS).map(|_| composed(&from, &all, &recipient, &keys).len()).sum::<usize>());
    });
    group.finish();
    criterion.final_summary();
}

/// One copy, as `send` makes it: with a pixel, and links that are sealed while it is written.
fn composed(from: &Mailbox, body: &Body, recipient: &Recipient, keys: &TokenKeys) -> Vec<u8> {
    let key = &recipient.key;
    let track_link = |link: u8, target: &str| format!("{BASE_URL}/c/{}", keys.seal_click(key, link, target));
    let links = Links {
        pixel_url: Some(format!("{BASE_URL}/o/{}.gif", keys.seal_recipient(Purpose::Open, key))),
        unsubscribe_url: format!("{BASE_URL}/u/{}", keys.seal_recipient(Purpose::Unsubscribe, key)),
        page_url: Some(format!("{BASE_URL}/p/{}", keys.seal_recipient(Purpose::Portal, key))),
        track_link: Some(&track_link),
    };
    compose(&Letter::new(from, body, recipient, links)).unwrap()
}

fn recipient() -> Recipient {
    let key = RecipientKey {
        firm: "roe".parse().unwrap(),
        invoice: "1042".parse().unwrap(),
        send: SendId::new("2026-11-20T09:14:02Z".parse().unwrap(), 7),
        position: Position { kind: Kind::To, index: 0 },
    };
    let mailbox = "Ann Example <ann@example.com>".parse().unwrap();
    Recipient::new(key, mailbox, "Invoice 1042 from Roe & Partners", Source::Manual)
}

fn body(recipients: usize, html: Option<String>) -> Body {
    let addresses: Vec<String> =
        (0..recipients).map(|number| format!("Person Number {number} <person.{number}@example.com>")).collect();
    let facts = RawFacts {
        number: Some("1042"),
        client: Some("client-7"),
        client_name: Some("Acme"),
        currency: Some("USD"),
        amount: Some("1250.00"),
        balance: Some("1000.00"),
        due_on: Some("2026-12-01"),
        url: Some("https://portal.example.com/i/1042"),
    };
    Body {
        subject: "Invoice 1042 from Roe & Partners".to_owned(),
        firm_name: "Roe & Partners".to_owned(),
        to: parse_list(&addresses.join(", ")).unwrap(),
        cc: Vec::new(),
        message: Some("Dear Ann,\n\nplease find the invoice below.\n\nKind regards\nBob".to_owned()),
        html,
        text: None,
        facts: Facts::parse(&facts).unwrap(),
        look: Look { shows_balance: true, ..Look::default() },
    }
}

/// A table of positions with a link in each row, up to the size that is accepted.
fn html() -> String {
    let mut html = String::from("<!doctype html><html><body><table>");
    for position in 0.. {
        let mut row = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            row,
            "<tr><td>{position}</td><td>Review of the agreement &amp; calls</td>\
             <td><a href=\"https://portal.example.com/positions/{position}\">details</a></td><td>125.00</td></tr>"
        );
        if html.len() + row.len() + END.len() > MAX_BODY_BYTES {
            break;
        }
        html += &row;
    }
    html + END
}

const END: &str = "</table></body></html>";
