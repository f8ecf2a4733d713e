//! What it costs to read a recipient: the fold of logs of several lengths. `cargo bench -p domain --bench fold`.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use domain::event::{Bounce, BounceType, Event, EventKind};
use domain::evidence::{Agent, Facts, HitKind, Method, NetworkClass};
use domain::fold::fold;
use domain::ids::{Kind, Position, RecipientKey, SendId};
use domain::log::{Hit, MAX_EVENTS};
use domain::recipient::{Recipient, Source};
use domain::time::from_millisecond;
use jiff::{SignedDuration, Timestamp};

/// A fresh e-mail, a lively one, and one that somebody floods.
const LENGTHS: [usize; 3] = [5, 50, 500];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("fold");
    let now = submitted_at() + SignedDuration::from_hours(48);
    for length in LENGTHS {
        let recipient = recipient(length);
        group.throughput(Throughput::Elements(length as u64));
        group.bench_with_input(BenchmarkId::from_parameter(length), &recipient, |bencher, recipient| {
            bencher.iter(|| fold(black_box(recipient), now));
        });
    }
    group.finish();
    criterion.final_summary();
}

fn submitted_at() -> Timestamp {
    "2026-11-20T09:14:02Z".parse().unwrap()
}

/// A recipient with so many entries: events of SES for a fifth of them, as far as a log keeps them; for the others opens
/// and clicks in turn, added as the table adds them.
fn recipient(length: usize) -> Recipient {
    let key = RecipientKey {
        firm: "roe".parse().unwrap(),
        invoice: "1042".parse().unwrap(),
        send: SendId::new(submitted_at(), 7),
        position: Position { kind: Kind::To, index: 0 },
    };
    let mailbox = "Ann Example <ann@example.com>".parse().unwrap();
    let mut recipient = Recipient::new(key, mailbox, "Invoice 1042 from Roe & Partners", Source::Manual);
    let events = (length / 5).clamp(2, MAX_EVENTS);
    recipient.log.extend((0..events).map(|number| Event::new(minutes_later(number), kind(number))));
    for number in events..length {
        let kind = if number % 2 == 0 { HitKind::Open } else { HitKind::Click };
        recipient.log.hits_mut(kind).add(hit(number, kind));
    }
    recipient
}

fn minutes_later(minutes: usize) -> Timestamp {
    from_millisecond(submitted_at().as_millisecond() + 60_000 * minutes as i64)
}

/// What SES says, in the order in which it mostly says it: accepted, delivered, and then whatever comes late.
fn kind(number: usize) -> EventKind {
    match number {
        0 => EventKind::Processed,
        1 => EventKind::Delivered { detail: Some("250 2.6.0 Message received".to_owned()) },
        number if number % 2 == 0 => EventKind::Deferred {
            delay_type: "TransientCommunicationFailure".to_owned(),
            until: Some(minutes_later(number + 840)),
            detail: Some("smtp; 421 4.4.1 try later".to_owned()),
        },
        number => EventKind::Bounce(Bounce {
            bounce_type: BounceType::Transient,
            sub_type: "General".to_owned(),
            feedback_id: Some(format!("010f01a2b3c4e7f8-{number:08x}-000000")),
            addresses: vec!["ann@example.com".to_owned()],
            detail: Some("smtp; 550 5.7.1 out of office".to_owned()),
        }),
    }
}

/// Fetches of a handful of programs out of a handful of networks.
fn hit(number: usize, kind: HitKind) -> Hit {
    let agent = Agent::ALL[number % Agent::ALL.len()];
    let network_class = NetworkClass::ALL[number % NetworkClass::ALL.len()];
    let link = if kind == HitKind::Open { 0 } else { (number % 4) as u8 };
    let facts = Facts { agent, method: Method::Get, prefetch: false, network_class, network: number as u64 % 11 };
    Hit { at: minutes_later(number), link, facts }
}
