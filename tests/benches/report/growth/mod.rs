//! The report on firms of growing size: whether a page costs the same in each, the file grows by its rows only, and the
//! function's memory does not grow.
//!
//! `report` runs as the binary that AWS runs. The table is the embedded one in this process, so that the times are those of
//! two programs on one machine; requests and memory are what they would be on AWS.

mod firm;

use std::fmt::Write;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::Section;
use crate::arguments::Arguments;
use crate::plot::Plot;
use firm::{Figures, READINGS};

/// Recipients of the firms.
const FIRMS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// The same with `--short`.
const SMALL_FIRMS: [u64; 2] = [1_000, 10_000];

/// Counting a larger firm's month anew takes minutes, and the totals are read from as many counters in any firm: as many as a
/// month has hours.
const MOST_COUNTED: u64 = 100_000;

/// What a reading may ask of the table in any firm: the firm's time zone, a query of the month and one of the month before
/// where the page reaches there, and the rows where an index has keys only.
const MOST_REQUESTS: usize = 4;

/// What the function's memory may grow by over its idle state, whatever is asked of it.
const MOST_MEMORY_BYTES: u64 = 64 * 1024 * 1024;

/// Measures the firms one after the other.
pub(crate) fn section(arguments: &Arguments) -> Section {
    let firms: &[u64] = if arguments.short { &SMALL_FIRMS } else { &FIRMS };
    let figures: Vec<Figures> = firms
        .iter()
        .map(|recipients| {
            eprintln!("writing a firm with {recipients} recipients");
            let runtime = Runtime::new().expect("a runtime");
            runtime.block_on(firm::measure(arguments, *recipients, *recipients <= MOST_COUNTED))
        })
        .collect();
    plots(arguments, &figures);
    Section { title: "Growth", text: text(&figures) }
}

fn text(figures: &[Figures]) -> String {
    let mut text = String::from(
        "Milliseconds (median) from the event to the answer of `report`, and requests to the table, by the recipients in the \
         firm's month. Pages have a hundred rows, where there are so many: a small firm's failures and work queue have not.\n\n",
    );
    heads(&mut text, "", figures);
    for (place, reading) in READINGS.iter().enumerate() {
        let cells = figures.iter().map(|firm| {
            let Some(figure) = &firm.readings[place] else { return "not counted".to_owned() };
            format!("{:.1}; {}", milliseconds(figure.median), figure.requests)
        });
        line(&mut text, reading, cells);
    }
    text.push_str("\n![Pages](growth-pages.svg)\n\nThe whole report as CSV, 1,000 rows a page:\n\n");
    heads(&mut text, "", figures);
    line(&mut text, "rows", figures.iter().map(|firm| firm.rows.to_string()));
    line(&mut text, "pages", figures.iter().map(|firm| firm.pages.to_string()));
    line(&mut text, "MB", figures.iter().map(|firm| format!("{:.1}", firm.csv_bytes as f64 / 1e6)));
    line(&mut text, "seconds", figures.iter().map(|firm| format!("{:.2}", firm.export.as_secs_f64())));
    let thousand = |time: Duration, firm: &Figures| format!("{:.1}", milliseconds(time) * 1_000.0 / firm.rows as f64);
    line(&mut text, "ms for 1,000 rows", figures.iter().map(|firm| thousand(firm.export, firm)));
    line(&mut text, "of it CPU of `report`", figures.iter().map(|firm| thousand(firm.function_cpu, firm)));
    line(
        &mut text,
        "of it CPU of the embedded table and the bench",
        figures.iter().map(|firm| thousand(firm.bench_cpu, firm)),
    );
    line(&mut text, "slowest page, ms", figures.iter().map(|firm| format!("{:.0}", milliseconds(firm.slowest))));
    line(&mut text, "memory of `report`, idle, MB", figures.iter().map(|firm| megabytes(firm.idle_bytes)));
    line(&mut text, "most above it, MB", figures.iter().map(|firm| megabytes(firm.above_idle())));
    text.push_str("\n![CSV](growth-csv.svg)\n\n");
    verdict(&mut text, figures);
    text
}

/// Says what was found: requests, time by row, memory.
fn verdict(text: &mut String, figures: &[Figures]) {
    let (first, last) = (&figures[0], &figures[figures.len() - 1]);
    let requests = figures.iter().flat_map(|firm| firm.readings.iter().flatten()).map(|figure| figure.requests);
    let requests = requests.max().unwrap_or(0);
    let bounded = if requests <= MOST_REQUESTS { "met" } else { "**missed**" };
    let _ =
        writeln!(text, "- Requests for one reading: {requests} at most; the bound of {MOST_REQUESTS} is {bounded}.");
    let per_row = |firm: &Figures| firm.export.as_secs_f64() / firm.rows as f64;
    let _ = writeln!(
        text,
        "- Time for a row of the file: {:.2} times as much in the largest firm as in the smallest; 1 is linear.",
        per_row(last) / per_row(first)
    );
    let most = figures.iter().map(Figures::above_idle).max().unwrap_or(0);
    let met = if most <= MOST_MEMORY_BYTES { "met" } else { "**missed**" };
    let _ = writeln!(text, "- Memory above idle: {} MB at most; the target of 64 MB is {met}.", megabytes(most));
}

fn plots(arguments: &Arguments, figures: &[Figures]) {
    let line = |place: usize| {
        let points = figures
            .iter()
            .filter_map(|firm| Some((firm.recipients as f64, milliseconds(firm.readings[place].as_ref()?.median))));
        (READINGS[place], points.collect())
    };
    let pages = Plot {
        title: "Reading: level is right",
        x: "recipients in the firm's month",
        y: "milliseconds",
        lines: (0..READINGS.len()).map(line).collect(),
    };
    pages.draw(&arguments.folder().join("growth-pages.svg"));
    let of = |value: fn(&Figures) -> f64| figures.iter().map(|firm| (firm.rows as f64, value(firm))).collect();
    let csv = Plot {
        title: "The whole report as CSV: time by its rows, memory level",
        x: "rows",
        y: "seconds, MB",
        lines: vec![
            ("seconds", of(|firm| firm.export.as_secs_f64())),
            ("MB above idle", of(|firm| firm.above_idle() as f64 / 1e6)),
        ],
    };
    csv.draw(&arguments.folder().join("growth-csv.svg"));
}

fn heads(text: &mut String, first: &str, figures: &[Figures]) {
    line(text, first, figures.iter().map(|firm| firm.recipients.to_string()));
    line(text, "---", figures.iter().map(|_| "---".to_owned()));
}

fn line(text: &mut String, first: &str, cells: impl Iterator<Item = String>) {
    let _ = writeln!(text, "| {first} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
