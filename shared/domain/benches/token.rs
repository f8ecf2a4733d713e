//! What a pixel's and a link's token cost: sealed once for each copy of a mail, opened at each fetch.
//! `cargo bench -p domain --bench token`.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;

use criterion::Criterion;
use domain::ids::{Kind, Position, RecipientKey, SendId};
use domain::token::{Purpose, TokenKeys};

const TARGET: &str = "https://portal.example.com/i/1042?client=client-7&utm_source=email&utm_campaign=november";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let keys = TokenKeys::parse(NEW_AND_OLD).unwrap();
    let old = TokenKeys::parse(OLD).unwrap();
    let key = key();
    let (open, click) = (keys.seal_recipient(Purpose::Open, &key), keys.seal_click(&key, 3, TARGET));
    let sealed_before = old.seal_recipient(Purpose::Open, &key);
    let forged = format!("{}A", &open[..open.len() - 1]);

    let mut group = criterion.benchmark_group("token");
    group.bench_function("parse keys", |bencher| bencher.iter(|| TokenKeys::parse(black_box(NEW_AND_OLD))));
    group.bench_function("seal, pixel", |bencher| bencher.iter(|| keys.seal_recipient(Purpose::Open, black_box(&key))));
    group.bench_function("seal, link", |bencher| bencher.iter(|| keys.seal_click(black_box(&key), 3, TARGET)));
    group
        .bench_function("open, pixel", |bencher| bencher.iter(|| keys.open_recipient(Purpose::Open, black_box(&open))));
    group.bench_function("open, link", |bencher| bencher.iter(|| keys.open_click(black_box(&click))));
    group.bench_function("open, by the older of two keys", |bencher| {
        bencher.iter(|| keys.open_recipient(Purpose::Open, black_box(&sealed_before)));
    });
    group.bench_function("refuse, forged", |bencher| {
        bencher.iter(|| keys.open_recipient(Purpose::Open, black_box(&forged)));
    });
    group.finish();
    criterion.final_summary();
}

/// Two keys of 32 bytes, as during a rotation.
const NEW_AND_OLD: &str =
    "new:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=,old:CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";
const OLD: &str = "old:CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";

fn key() -> RecipientKey {
    RecipientKey {
        firm: "roe-and-partners".parse().unwrap(),
        invoice: "2026-11-001042".parse().unwrap(),
        send: SendId::new("2026-11-20T09:14:02Z".parse().unwrap(), 7),
        position: Position { kind: Kind::To, index: 0 },
    }
}
