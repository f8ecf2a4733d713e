//! How much goes through: events through `record`, opens through `track`, e-mails through `send` at SES's rate.
//!
//! The functions are the binaries that AWS runs, as many processes of each as [`PROCESSES`]; table, SES and the Runtime API
//! are in this process. All share the machine's cores, so that a rate says less than the time on a processor for one item,
//! of the function and, apart, of the embedded table with all that stands around it. AWS runs as many functions as are
//! asked for, and its table is no limit that a machine has.

mod mails;
mod ses;

use std::collections::VecDeque;
use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::payload::{http, pairs, queued};
use tests::process::{Process, cpu_of_this_process};
use tests::ses::{Event, Format};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::Section;
use crate::arguments::Arguments;
use crate::functions::binaries;
use mails::Mails;
use ses::Ses;

/// As many of a function at once as keep two cores busy while some wait for the table.
const PROCESSES: usize = 4;

/// Messages of the queue, or records of the stream, that Lambda hands over at once: the template's `BatchSize` of both.
const BATCH: usize = 10;

/// E-mails whose events, opens and sending are measured; a tenth of them with `--short`.
const MAILS: usize = 4_000;
const FEW_MAILS: usize = 400;

/// How many mails a second SES takes: the rate that the plan counts with.
const SES_RATE: u32 = 200;

/// SES publishes an event up to so many times.
const MOST_COPIES: u64 = 8;

/// What was measured of one function.
struct Row {
    name: &'static str,
    items: usize,
    wall: Duration,
    function_cpu: Duration,
    bench_cpu: Duration,
    remark: String,
}

/// Measures the three.
pub(crate) fn section(arguments: &Arguments) -> Section {
    let count = if arguments.short { FEW_MAILS } else { MAILS };
    let rows = Runtime::new().expect("a runtime").block_on(measure(arguments, count));
    let mut text = format!(
        "{PROCESSES} processes of each function, {count} e-mails; table, SES and Runtime API in one further process, on the \
         same cores.\n\n| | items | a second | CPU of the function for one, µs | CPU of the embedded table and the bench for one, µs | |\n\
         | --- | --- | --- | --- | --- | --- |\n"
    );
    for row in rows {
        let one = |time: Duration| time.as_secs_f64() * 1e6 / row.items as f64;
        let rate = row.items as f64 / row.wall.as_secs_f64();
        let (function, bench) = (one(row.function_cpu), one(row.bench_cpu));
        let (name, items, remark) = (row.name, row.items, row.remark);
        let _ = writeln!(text, "| {name} | {items} | {rate:.0} | {function:.0} | {bench:.0} | {remark} |");
    }
    Section { title: "Throughput", text }
}

async fn measure(arguments: &Arguments, count: usize) -> Vec<Row> {
    let mails = Mails::submit(count).await;
    let ses = Ses::start(SES_RATE).await;
    let mut rows = Vec::new();

    let batches: VecDeque<String> =
        mails.records.chunks(BATCH).map(|records| json!({ "Records": records }).to_string()).collect();
    let again = |answer: &Value, event: &str| {
        let failed = answer["batchItemFailures"].as_array().expect("failures").len();
        // Lambda brings what failed again; so does this, as a whole: what is done is done.
        (failed > 0).then(|| event.to_owned())
    };
    let variables = mails.variables(ses.url());
    let mut row =
        run("`send`, SES at 200 a second", &binaries::function(arguments, "send"), &variables, batches, again).await;
    row.items = ses.taken();
    row.remark = format!(
        "{} answers of SES were \"too many\"; {} of {count} e-mails left for `watch` to drive again",
        ses.refused(),
        count - ses.taken()
    );
    rows.push(row);

    let sent = ses.mails();
    let messages = events(&sent);
    let (distinct, items) = (sent.len() * 2, messages.len());
    let batches: VecDeque<String> = messages
        .chunks(BATCH)
        .map(|messages| {
            let records = messages.iter().enumerate().map(|(number, body)| queued(&number.to_string(), body));
            json!({ "Records": records.collect::<Vec<_>>() }).to_string()
        })
        .collect();
    let mut row =
        run("`record`, ten messages at once", &binaries::function(arguments, "record"), &variables, batches, again)
            .await;
    row.items = items;
    row.remark = format!(
        "{distinct} events, each one to {MOST_COPIES} times and in no order: {:.0} different ones a second",
        distinct as f64 / row.wall.as_secs_f64()
    );
    mails.has_all_events(&sent).await;
    rows.push(row);

    let opens: VecDeque<String> = sent
        .iter()
        .map(|mail| {
            let pixel = mail.pixel();
            let token = pixel.rsplit('/').next().expect("a token").to_owned();
            http("ANY /o/{token}", &format!("/o/{token}"), json!({ "token": token }), None).to_string()
        })
        .collect();
    let items = opens.len();
    let shown = |answer: &Value, _: &str| {
        assert_eq!(answer["statusCode"], 200, "{answer}");
        None
    };
    let mut row = run("`track`, pixels", &binaries::function(arguments, "track"), &variables, opens, shown).await;
    row.items = items;
    mails.has_all_opens(&sent).await;
    rows.push(row);
    rows
}

/// The messages of the queue about these mails: each mail's Send and Delivery, one to eight times, in no order. The numbers
/// that decide are the same in each run.
fn events(mails: &[tests::Mail]) -> Vec<String> {
    let mut number = 1_u64;
    let mut next = move || {
        // Knuth's generator for 64 bits; its upper half is what varies.
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        number >> 33
    };
    let mut messages = Vec::new();
    for mail in mails {
        for event in [Event::send(mail), Event::delivery(mail)] {
            // Most come once; of the others as many have two copies as eight.
            let copies = if next() % 10 < 8 { 1 } else { 2 + next() % (MOST_COPIES - 1) };
            let body = event.body(Format::PublishedInSns);
            messages.extend((0..copies).map(|_| (next(), body.clone())));
        }
    }
    messages.sort_by_key(|(place, _)| *place);
    messages.into_iter().map(|(_, body)| body).collect()
}

/// Has processes of a function work on events until there are none. `again` says which come again after an answer.
async fn run(
    name: &'static str,
    binary: &Path,
    variables: &[(String, String)],
    events: VecDeque<String>,
    again: impl Fn(&Value, &str) -> Option<String> + Clone + Send + 'static,
) -> Row {
    let (mut first, mut events) = (Vec::new(), events);
    for _ in 0..PROCESSES {
        first.extend(events.pop_front());
    }
    let events = Arc::new(Mutex::new(events));
    let variables: std::collections::BTreeMap<String, String> = variables.iter().cloned().collect();
    let (began, bench_cpu) = (Instant::now(), cpu_of_this_process());
    let mut running = JoinSet::new();
    for event in first {
        let (events, variables, binary, again) =
            (Arc::clone(&events), variables.clone(), binary.to_owned(), again.clone());
        running.spawn(async move {
            let (mut process, mut answer) =
                Process::start(&binary, &pairs(&variables), &event).await.expect("it answers");
            let mut event = event;
            loop {
                let said: Value = serde_json::from_slice(&answer.answer).expect("JSON");
                let next = again(&said, &event).or_else(|| events.lock().unwrap().pop_front());
                let Some(next) = next else { break };
                event = next;
                answer = process.invoke(&event).await.expect("it answers");
            }
            let cpu = process.cpu();
            process.end().await;
            cpu
        });
    }
    let function_cpu = running.join_all().await.into_iter().sum();
    let (wall, bench_cpu) = (began.elapsed(), cpu_of_this_process().saturating_sub(bench_cpu));
    Row { name, items: 0, wall, function_cpu, bench_cpu, remark: String::new() }
}

/// The time at which the stand-in accepts a mail: a little before its answer arrives, as from SES, so that the answer and
/// the event `Send` are never of the same millisecond and one entry of the log.
fn accepted_at() -> Timestamp {
    lambda::Call::begin().now - SignedDuration::from_millis(20)
}
