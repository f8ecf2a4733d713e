//! One firm: its month is written, read in every way, and fetched as a whole.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use local::seed::{self, Seed};
use serde_json::{Value, json};
use tests::cloud::{Cloud, serve};
use tests::meter::Meter;
use tests::payload::pairs;
use tests::process::{Process, cpu_of_this_process};

use crate::arguments::Arguments;
use crate::functions::binaries;
use crate::world::{FIRM, reading, variables};

/// What is read; the pages have a hundred rows.
pub(super) const READINGS: [&str; 8] = [
    "report, first page",
    "report, page in the middle",
    "report, last page",
    "CSV, 1,000 rows in the middle",
    "report, all failures, first page",
    "work queue",
    "totals of the month",
    "history of an invoice",
];

const REPORT: &str = "/v1/reports/invoice-emails";
const SUMMARY: &str = "/v1/reports/invoice-emails/summary";
const ATTENTION: &str = "/v1/attention";
const HISTORY: &str = "/v1/invoices/{invoice}/emails";

/// Rounds of each reading, for a median; the first ones warm up.
const ROUNDS: usize = 21;
const WARM_UP: usize = 3;

/// What was measured of a reading.
pub(super) struct Figure {
    pub(super) median: Duration,
    pub(super) requests: usize,
}

/// What was measured of a firm.
pub(super) struct Figures {
    pub(super) recipients: u64,
    /// In the order of [`READINGS`]; none of the totals where nobody counted.
    pub(super) readings: Vec<Option<Figure>>,
    pub(super) rows: usize,
    pub(super) pages: usize,
    pub(super) csv_bytes: usize,
    pub(super) export: Duration,
    pub(super) slowest: Duration,
    pub(super) function_cpu: Duration,
    pub(super) bench_cpu: Duration,
    pub(super) idle_bytes: u64,
    pub(super) peak_bytes: u64,
}

impl Figures {
    /// How much more memory the function had than when it was idle.
    pub(super) fn above_idle(&self) -> u64 {
        self.peak_bytes.saturating_sub(self.idle_bytes)
    }
}

/// Writes a firm's month and measures it; its counters are counted if that is wanted.
pub(super) async fn measure(arguments: &Arguments, recipients: u64, counted: bool) -> Figures {
    let data = tempfile::tempdir().expect("a folder");
    let seed = Seed { count: recipients, data: data.path().to_owned(), firm: FIRM.parse().expect("a firm") };
    // A thread of its own: it works for minutes and awaits nothing.
    let writing = seed.clone();
    let seeded = tokio::task::spawn_blocking(move || seed::write(&writing, |_| ())).await.expect("no panic");
    let seeded = seeded.expect("the month is written");
    if counted {
        seed::recount_all(&seed, &seeded, |_| ()).await.expect("the month is counted");
    }
    let (database, table) = seed::open(&seed).expect("what was written can be opened");
    let table_url = serve(database).await;
    let (cloud, meter) = (Cloud::start().await, Meter::open(table_url.clone()).await);
    let binary = binaries::function(arguments, "report");
    let of = |url: &str| variables(&cloud, table, url, "http://127.0.0.1:9");
    let span = [("from", seeded.from.to_string()), ("to", seeded.to.to_string())];

    let mut figures = export(&binary, &of(&table_url), recipients, &span).await;
    let (mut timed, mut metered) = (start(&binary, &of(&table_url)).await, start(&binary, &of(meter.url())).await);
    for (place, name) in READINGS.iter().enumerate() {
        let event = event(name, &figures, &span);
        if *name == "totals of the month" && !counted {
            figures.figures.readings.push(None);
            continue;
        }
        let mut times = Vec::new();
        for _ in 0..ROUNDS + WARM_UP {
            let (_, took) = ask(&mut timed, &event).await;
            times.push(took);
        }
        times.drain(..WARM_UP);
        times.sort();
        meter.spent();
        ask(&mut metered, &event).await;
        let requests = meter.spent().len();
        assert_eq!(figures.figures.readings.len(), place);
        figures.figures.readings.push(Some(Figure { median: times[ROUNDS / 2], requests }));
    }
    timed.end().await;
    metered.end().await;
    figures.figures
}

/// The figures, and what was met on the way: cursors, an invoice.
struct Exported {
    figures: Figures,
    middle: String,
    last: String,
    invoice: String,
}

fn event(name: &str, exported: &Exported, span: &[(&str, String); 2]) -> String {
    let [from, to] = span;
    let days = [(from.0, from.1.as_str()), (to.0, to.1.as_str())];
    let page = |more: &[(&str, &str)]| {
        let query: Vec<(&str, &str)> = days.iter().chain(more).copied().collect();
        reading(REPORT, json!({}), &query)
    };
    let event = match name {
        "report, first page" => page(&[("limit", "100")]),
        "report, page in the middle" => page(&[("limit", "100"), ("cursor", exported.middle.as_str())]),
        "report, last page" => page(&[("limit", "100"), ("cursor", exported.last.as_str())]),
        "CSV, 1,000 rows in the middle" => {
            page(&[("limit", "1000"), ("format", "csv"), ("cursor", exported.middle.as_str())])
        }
        "report, all failures, first page" => page(&[("limit", "100"), ("status", "rejected,delayed,marked_spam")]),
        "work queue" => reading(ATTENTION, json!({}), &[("limit", "100")]),
        "totals of the month" => reading(SUMMARY, json!({}), &days),
        _ => reading(HISTORY, json!({ "invoice": exported.invoice }), &[]),
    };
    event.to_string()
}

async fn start(binary: &Path, variables: &BTreeMap<String, String>) -> Process {
    // Of an invoice that nobody knows: the least that opens the function's connection.
    let event = reading(HISTORY, json!({ "invoice": "nobody-knows" }), &[]);
    let started = Process::start(binary, &pairs(variables), &event.to_string()).await;
    started.unwrap_or_else(|error| panic!("{}: {error}", binary.display())).0
}

async fn ask(process: &mut Process, event: &str) -> (Value, Duration) {
    let timed = process.invoke(event).await.expect("it answers");
    let answer: Value = serde_json::from_slice(&timed.answer).expect("JSON");
    assert_eq!(answer["statusCode"], 200, "{answer}");
    (answer, timed.took)
}

/// Fetches the whole report as the front end does: page after page, each with the cursor that the one before gave.
async fn export(
    binary: &Path,
    variables: &BTreeMap<String, String>,
    recipients: u64,
    span: &[(&str, String); 2],
) -> Exported {
    let mut process = start(binary, variables).await;
    let (idle_bytes, function_cpu, bench_cpu) = (process.resident_memory(), process.cpu(), cpu_of_this_process());
    let mut cursors = vec![String::new()];
    let (mut rows, mut full, mut csv_bytes) = (0, 0, 0);
    let (mut took, mut slowest, mut invoice) = (Duration::ZERO, Duration::ZERO, String::new());
    loop {
        let cursor = cursors[cursors.len() - 1].clone();
        let [from, to] = span;
        let query = [
            (from.0, from.1.as_str()),
            (to.0, to.1.as_str()),
            ("limit", "1000"),
            ("format", "csv"),
            ("cursor", &cursor),
        ];
        let (answer, page) = ask(&mut process, &reading(REPORT, json!({}), &query).to_string()).await;
        took += page;
        slowest = slowest.max(page);
        let text = answer["body"].as_str().expect("text");
        csv_bytes += text.len();
        // No cell of the demonstration's has a line break, and the first line names the columns.
        let of_page = text.matches("\r\n").count() - 1;
        rows += of_page;
        full += usize::from(of_page > 0);
        invoice = text.lines().nth(1).and_then(|row| row.split(',').next()).unwrap_or(&invoice).to_owned();
        let Some(next) = answer["headers"]["link"].as_str().and_then(cursor_of) else { break };
        cursors.push(next.to_owned());
    }
    assert_eq!(rows as u64, recipients, "each row is in the file once");
    let figures = Figures {
        recipients,
        readings: Vec::new(),
        rows,
        pages: cursors.len(),
        csv_bytes,
        export: took,
        slowest,
        function_cpu: process.cpu() - function_cpu,
        bench_cpu: cpu_of_this_process() - bench_cpu,
        idle_bytes,
        peak_bytes: process.peak_memory(),
    };
    process.end().await;
    // A page that is full does not know whether it is the last, so that one without rows may follow.
    let (middle, last) = (cursors[full / 2].clone(), cursors[full - 1].clone());
    Exported { figures, middle, last, invoice }
}

/// The cursor in a `Link` header.
fn cursor_of(link: &str) -> Option<&str> {
    let (_, rest) = link.split_once("cursor=")?;
    rest.split(['&', '>']).next()
}
