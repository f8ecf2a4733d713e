//! What reading an event of SES costs, in each form in which it comes. `cargo bench -p record`.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use jiff::Timestamp;
use record::envelope::{Content, open};
use record::ses::normalise;

macro_rules! forms {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../fixtures/", $name, ".json")))),*]
    };
}

/// A message of each form, as the queue hands it over.
const FORMS: [(&str, &str); 16] = forms![
    "send",
    "delivery",
    "delivery_delay",
    "bounce",
    "bounce_mailbox_full",
    "bounce_out_of_office",
    "complaint",
    "reject",
    "rendering_failure",
    "open",
    "click",
    "subscription",
    "feedback_bounce",
    "feedback_complaint",
    "feedback_delivery",
    "sns_notification",
];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let received_at: Timestamp = "2026-11-20T23:59:59.999Z".parse().unwrap();
    let mut group = criterion.benchmark_group("read");
    for (name, message) in FORMS {
        group.throughput(Throughput::Bytes(message.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| match open(black_box(message), received_at).unwrap() {
                Content::Record { record, received_at, .. } => normalise(&record, received_at).unwrap().event.id(),
                Content::SetUp(why) => panic!("{name}: {why}"),
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
