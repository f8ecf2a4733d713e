//! What a page of the report costs as CSV: a thousand recipients folded, made into rows, written as a file.
//! `cargo bench -p report`.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use domain::event::{Event, EventKind};
use domain::evidence::{Agent, Facts, Method, NetworkClass};
use domain::fold::fold;
use domain::ids::{Kind, Position, RecipientKey, SendId};
use domain::log::Hit;
use domain::recipient::{Recipient, Source};
use domain::time::from_millisecond;
use jiff::{SignedDuration, Timestamp};
use report::csv::file;
use report::rows::Row;

/// The most rows of one answer.
const ROWS: u64 = 1_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let now = submitted_at() + SignedDuration::from_hours(48);
    let recipients: Vec<Recipient> = (0..ROWS).map(recipient).collect();
    let rows = |recipients: &[Recipient]| -> Vec<Row> {
        recipients.iter().map(|recipient| Row::of(recipient, &fold(recipient, now))).collect()
    };
    let made = rows(&recipients);
    let mut group = criterion.benchmark_group("1,000 rows");
    group.throughput(Throughput::Elements(ROWS));
    group.bench_function("fold", |bencher| bencher.iter(|| rows(black_box(&recipients))));
    group.bench_function("CSV", |bencher| bencher.iter(|| file(black_box(&made)).unwrap()));
    group.bench_function("JSON", |bencher| bencher.iter(|| serde_json::to_string(black_box(&made)).unwrap()));
    group.finish();
    criterion.final_summary();
}

fn submitted_at() -> Timestamp {
    "2026-11-20T09:14:02Z".parse().unwrap()
}

/// A recipient whose mail was delivered, and opened twice.
fn recipient(number: u64) -> Recipient {
    let key = RecipientKey {
        firm: "roe".parse().unwrap(),
        invoice: format!("2026-{number:06}").parse().unwrap(),
        send: SendId::new(submitted_at(), number.into()),
        position: Position { kind: Kind::To, index: 0 },
    };
    let mailbox = format!("Person {number} <person.{number}@client-{}.example>", number % 50).parse().unwrap();
    let mut recipient = Recipient {
        sent_by: Some("anna@roe.example".to_owned()),
        number: Some(number.to_string()),
        client: Some(format!("client-{}", number % 50)),
        client_name: Some("Harbor, Linden & Söhne".to_owned()),
        ..Recipient::new(key, mailbox, "Invoice from Roe & Partners", Source::Manual)
    };
    let delivered = EventKind::Delivered { detail: Some("250 2.6.0 Message received".to_owned()) };
    recipient.log.extend([Event::new(seconds_later(1), EventKind::Processed), Event::new(seconds_later(3), delivered)]);
    for (seconds, agent) in [(4, Agent::AppleProxy), (3_600, Agent::Browser)] {
        let facts =
            Facts { agent, method: Method::Get, prefetch: false, network_class: NetworkClass::Other, network: 1 };
        recipient.log.opens.add(Hit { at: seconds_later(seconds), link: 0, facts });
    }
    recipient
}

fn seconds_later(seconds: i64) -> Timestamp {
    from_millisecond(submitted_at().as_millisecond() + 1_000 * seconds)
}
