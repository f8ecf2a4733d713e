//! How long answers took, and how many were a "try again".

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use tests::Answer;

/// By kind of request.
#[derive(Debug, Default)]
pub(super) struct Times(BTreeMap<&'static str, Kind>);

#[derive(Debug, Default)]
struct Kind {
    took: Vec<Duration>,
    try_again: usize,
}

impl Times {
    /// Sends a request and notes how long its whole answer took. Only what was done and "try again" are answers.
    pub(super) async fn of(&mut self, kind: &'static str, request: RequestBuilder) -> Answer {
        let began = Instant::now();
        let answer = Answer::of(request).await;
        let noted = self.0.entry(kind).or_default();
        noted.took.push(began.elapsed());
        match answer.status {
            200..400 => {}
            503 => noted.try_again += 1,
            status => panic!("{kind}: {status} {}", answer.text()),
        }
        answer
    }

    pub(super) fn add(&mut self, other: Self) {
        for (name, kind) in other.0 {
            let own = self.0.entry(name).or_default();
            own.took.extend(kind.took);
            own.try_again += kind.try_again;
        }
    }

    pub(super) fn table(&mut self) -> String {
        let mut text =
            "| request | how many | 503 | p50 ms | p99 ms | slowest |\n| --- | --- | --- | --- | --- | --- |\n"
                .to_owned();
        for (name, kind) in &mut self.0 {
            kind.took.sort();
            let took = &kind.took;
            let ms = |place: usize| took[place.min(took.len() - 1)].as_secs_f64() * 1e3;
            let (half, most, last) = (ms(took.len() / 2), ms(took.len() * 99 / 100), ms(took.len()));
            let (count, try_again) = (took.len(), kind.try_again);
            let _ = writeln!(text, "| {name} | {count} | {try_again} | {half:.1} | {most:.1} | {last:.0} |");
        }
        text
    }
}
