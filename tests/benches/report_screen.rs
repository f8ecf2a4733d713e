//! How the report feels in a large firm: in headless Chromium, over a table of 100,000 e-mails, all in this process.
//!
//! `cargo bench -p tests --bench report_screen`; `SCALE=80` takes a firm of a tenth of that. Figures are medians of a
//! browser and a server that share the machine's cores; the network comes on top.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Instant;

use lambda::Environment;
use local::{Options, Stack};
use tests::browser::{Browser, Page};

/// As many times the small firm's invoices as make 100,000 e-mails in sixty days.
const SCALE: u32 = 800;

/// Pages that are scrolled through, each of 100 rows.
const PAGES: usize = 50;

/// After so many the report drops as many rows as it adds.
const PAGES_IN_MEMORY: usize = 6;

/// Loads of the page, for the median.
const LOADS: usize = 10;

const REPORT: &str = "document.querySelector('invoice-email-report')?.shadowRoot";

#[tokio::main]
async fn main() {
    let scale = Environment::process().optional("SCALE").map_or(SCALE, |text| text.parse().expect("SCALE is a number"));
    let Some(browser) = Browser::open().await else { return };
    let started = Instant::now();
    let stack = Stack::start(Options { scale, ..Options::default() }).await.expect("the local stack starts");
    stack.settled().await;
    println!("written in {} s", started.elapsed().as_secs());

    let page = browser.page(stack.url()).viewport(1280, 900).await;
    // The page's clock; a benchmark reads none.
    let span =
        page.evaluate("[61, 0].map((ago) => new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10))").await;
    let (from, to) = (span[0].as_str().expect("a day"), span[1].as_str().expect("a day"));
    let url = format!("{}/?from={from}&to={to}", stack.url().trim_end_matches('/'));
    let total = page.evaluate(&total(from, to)).await;
    println!("\n| {total} e-mails | median | fastest | slowest |\n| --- | --- | --- | --- |");
    let (mut paints, mut rows) = (Vec::new(), Vec::new());
    for _ in 0..LOADS {
        page.goto(&url).await;
        rows.push(milliseconds(&page, &wait_for(&format!("{REPORT}?.querySelector('tbody.page td')"))).await);
        paints.push(page.first_paint_ms().await);
    }
    print_row("first paint, ms", paints);
    print_row("first rows, ms", rows);

    let mut next = Vec::new();
    for _ in 0..PAGES_IN_MEMORY {
        next.push(milliseconds(&page, NEXT_PAGE).await);
    }
    let early = page.memory().await;
    for _ in PAGES_IN_MEMORY..PAGES {
        next.push(milliseconds(&page, NEXT_PAGE).await);
    }
    let (first_ten, last_ten) = (next[..10].to_vec(), next[PAGES - 10..].to_vec());
    print_row("each next page, ms", next);
    print_row("the first ten, ms", first_ten);
    print_row("the last ten, ms", last_ten);
    let late = page.memory().await;
    println!("\n| memory of the tab | MB of heap | nodes |\n| --- | --- | --- |");
    print_memory(&format!("after {PAGES_IN_MEMORY} pages"), early);
    print_memory(&format!("after {PAGES} pages"), late);
    download(&page).await;
    // Not `finish`: the embedded table may not count so many within the gateway's time, and the totals say so.
    drop(page);
    stack.shutdown().await;
}

/// The whole report as CSV, and what it costs the tab.
async fn download(page: &Page) {
    let started = Instant::now();
    page.role("button", "Download CSV").click().await;
    let (mut most, mut samples) = (0, 0);
    let file = loop {
        most = most.max(page.memory().await.heap_bytes);
        samples += 1;
        if let Some(name) = page.downloads().into_iter().find(|name| name.ends_with(".csv")) {
            break page.download(&name).await;
        }
    };
    let bytes = std::fs::read(&file).expect("a file");
    let lines = bytes.split(|byte| *byte == b'\n').count() - 2;
    println!("| most of {samples} looks while {} MB of CSV came | {:.1} | |", bytes.len() / 1_000_000, megabytes(most));
    print_memory("after it", page.memory().await);
    println!("\n{lines} rows of CSV in {:.1} s", started.elapsed().as_secs_f64());
}

/// Scrolls to the end and waits for one more page, asking for it where the report asks back; the time until its rows are in
/// the document.
const NEXT_PAGE: &str = "() => new Promise((done) => {
    const root = document.querySelector('invoice-email-report').shadowRoot;
    const last = () => Math.max(...[...root.querySelectorAll('tbody.page tr[aria-rowindex]')].map((row) => row.ariaRowIndex));
    const more = () => [...root.querySelectorAll('button')].find((button) => button.textContent.includes('Load more'));
    const before = last();
    const started = performance.now();
    more()?.click();
    const look = () => {
        window.scrollTo(0, document.documentElement.scrollHeight);
        last() > before ? done(performance.now() - started) : requestAnimationFrame(look);
    };
    look();
})";

/// The milliseconds since the navigation at which something is there.
fn wait_for(expression: &str) -> String {
    format!(
        "() => new Promise((done) => {{
            const look = () => ({expression}) ? done(performance.now()) : requestAnimationFrame(look);
            look();
        }})"
    )
}

/// How many e-mails the report counts.
fn total(from: &str, to: &str) -> String {
    let path = format!("/v1/reports/invoice-emails/summary?from={from}&to={to}");
    format!("fetch('{path}').then((answer) => answer.json()).then((summary) => summary.total?.recipients ?? 0)")
}

async fn milliseconds(page: &Page, function: &str) -> f64 {
    page.evaluate(&format!("({function})()")).await.as_f64().expect("a number")
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

fn print_memory(when: &str, memory: tests::browser::Memory) {
    println!("| {when} | {:.1} | {} |", megabytes(memory.heap_bytes), memory.nodes);
}

fn print_row(what: &str, mut figures: Vec<f64>) {
    figures.sort_by(f64::total_cmp);
    let (median, least, most) = (figures[figures.len() / 2], figures[0], figures[figures.len() - 1]);
    println!("| {what} | {median:.0} | {least:.0} | {most:.0} |");
}
