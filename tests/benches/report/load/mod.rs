//! Half an hour of a month's end, as fast as the machine takes it, while one in a hundred calls of SES, of the table and of
//! the bus fails, one in a hundred batches of the stream comes twice, and events come doubled and out of order.
//!
//! All of it runs in this process over HTTP on loopback: the local stack with every function, and those who call it.
//! Afterwards each recipient is held against what must have become of it; a figure is printed only if nothing was lost.

mod people;
mod times;
mod traffic;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::token::TokenKeys;
use serde_json::{Value, json};
use tests::System;

use crate::Section;
use crate::arguments::Arguments;
use crate::machine::resident_bytes;
use people::Invoice;
use times::Times;
use traffic::Traffic;

/// Half an hour of the 100,000 invoices an hour that are planned for.
const INVOICES: usize = 50_000;
/// Enough for each kind of request and of fault.
const FEW_INVOICES: usize = 1_000;
/// Who calls at once: some more than there are cores, so that none of them is idle.
const CALLERS: usize = 8;
/// One in a hundred.
const FAULTS_ONE_IN: u32 = 100;
/// How often the memory is looked at.
const LOOKS: usize = 5;
/// Far longer than an unanswered SendEmail, its lease and the next run of `watch` take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often is looked whether all has been sent.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Measures it.
pub(crate) fn section(arguments: &Arguments) -> Section {
    let invoices = if arguments.short { FEW_INVOICES } else { INVOICES };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let text = runtime.block_on(run(invoices));
    Section { title: "Load with faults", text }
}

async fn run(invoices: usize) -> String {
    let data = tempfile::tempdir().expect("a directory");
    let system = System::start_on(data.path()).await;
    let keys = std::fs::read_to_string(data.path().join("token-keys")).expect("the stack keeps its keys here");
    let keys = TokenKeys::parse(keys.trim()).expect("keys");
    system
        .faults(json!({
            "one_in": FAULTS_ONE_IN,
            "events": { "duplicate": 1, "shuffle": true, "delay_ms": 50 },
        }))
        .await;

    let traffic = Arc::new(Traffic::new(system, keys));
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let callers = (0..CALLERS).map(|_| tokio::spawn(caller(Arc::clone(&traffic), Arc::clone(&next), invoices)));
    let callers: Vec<_> = callers.collect();
    let memory = memory_on_the_way(&next, invoices).await;
    let mut times = Times::default();
    for caller in callers {
        times.add(caller.await.expect("a caller comes to its end"));
    }
    let submitted = began.elapsed();
    traffic.system.faults(json!({})).await;
    everything_is_sent(&traffic).await;
    let sent = began.elapsed();
    let found = check(&traffic, invoices).await;

    let mails = found.mails;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{invoices} invoices of {} firms to {} recipients, {CALLERS} callers at once; one in {FAULTS_ONE_IN} calls of SES, \
         of the table and of the bus fails, and events come doubled and out of order. Accepted in {:.0} s, all sent after \
         {:.0} s: {:.0} mails a second with all that belongs to them. Each recipient was mailed once ({mails} mails; {} more \
         than needed), has the status, opens and clicks that it must have, and counters say the same; no dead letters.\n",
        people::FIRMS.len(),
        found.recipients,
        submitted.as_secs_f64(),
        sent.as_secs_f64(),
        mails as f64 / sent.as_secs_f64(),
        found.mailed_again,
    );
    text.push_str(&times.table());
    let megabytes = |bytes: u64| format!("{:.0}", bytes as f64 / 1e6);
    let memory: Vec<String> = memory.into_iter().map(megabytes).collect();
    let _ = writeln!(
        text,
        "\nMemory of the process after each fifth of the invoices: {} MB (stack, table's cache, the newest 20,000 mails, and \
         what the callers remember).",
        memory.join(", ")
    );
    text
}

/// Submits, looks and reads until all invoices are submitted, and then reads on until nobody is left who would.
async fn caller(traffic: Arc<Traffic>, next: Arc<AtomicUsize>, invoices: usize) -> Times {
    let mut times = Times::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= invoices {
            break;
        }
        traffic.submit(Invoice(number), &mut times).await;
        traffic.look(Invoice(number), &mut times).await;
        traffic.read_some(&mut times).await;
    }
    traffic.read_the_rest(&mut times).await;
    times
}

/// What the process held after each fifth of the invoices.
async fn memory_on_the_way(next: &AtomicUsize, invoices: usize) -> Vec<u64> {
    let mut looks = Vec::new();
    while looks.len() < LOOKS {
        if next.load(Ordering::Relaxed) >= invoices * (looks.len() + 1) / LOOKS {
            looks.push(resident_bytes());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    looks
}

async fn everything_is_sent(traffic: &Traffic) {
    let waiting = async {
        for firm in people::FIRMS {
            while !traffic.system.firm(firm).report("?status=queued&limit=1").await.is_empty() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("nobody waits for ever");
    traffic.system.settled().await;
}

struct Found {
    recipients: usize,
    mails: u64,
    mailed_again: u64,
}

/// Holds every recipient against what must have become of it.
async fn check(traffic: &Traffic, invoices: usize) -> Found {
    let mut expected: Vec<_> = (0..invoices).map(Invoice).flat_map(|invoice| invoice.people()).collect();
    let recipients = expected.len();
    expected.retain(|person| person.is_mailed());
    let needed = expected.len() as u64;
    let mut rows = 0;
    for firm in people::FIRMS {
        rows += check_firm(traffic, firm).await;
        let recount = traffic.system.recount(firm).await;
        assert_eq!(recount["differences"], json!([]), "{firm}");
    }
    assert_eq!(rows, recipients, "each recipient that was accepted has a row");
    traffic.system.dead_letters(0).await;
    let mails = traffic.system.mails_accepted();
    let mailed_again = mails.checked_sub(needed).expect("each who must be mailed was");
    Found { recipients, mails, mailed_again }
}

async fn check_firm(traffic: &Traffic, name: &str) -> usize {
    let firm = traffic.system.firm(name);
    let mut cursor = String::new();
    let mut rows = 0;
    loop {
        let page = firm.get(&format!("/v1/reports/invoice-emails?limit=1000{cursor}")).await.expect(200);
        for row in page["rows"].as_array().expect("rows") {
            let person = Invoice::of_id(row["invoice"].as_str().expect("an id")).person(&row["recipient"]);
            let told = |name: &str| row[name].as_u64().expect("a number");
            let (opens, automatic, clicks) = person.reads();
            let found = (
                row["sent_status"].as_str().expect("a status"),
                told("opens"),
                told("automatic_opens"),
                told("clicks"),
            );
            assert_eq!(found, (person.sent_status(), opens, automatic, clicks), "{row:#}");
            rows += 1;
        }
        match &page["next_cursor"] {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => return rows,
        }
    }
}
