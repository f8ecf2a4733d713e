//! The figures as a table: each with its ratio to the floor's, and whether that meets its target.

use std::fmt::Write;
use std::time::Duration;

use super::binaries::Weight;
use super::measure::Figures;

/// A function's figures and its floor's.
pub(crate) struct Row {
    pub(crate) function: &'static str,
    pub(crate) what: &'static str,
    pub(crate) figures: [Figures; 2],
    pub(crate) weights: [Weight; 2],
}

/// The most that a figure may be, as a multiple of the floor's.
struct Target {
    name: &'static str,
    most: f64,
    of: fn(&Row) -> f64,
}

const TARGETS: [Target; 4] = [
    Target { name: "cold start", most: 1.15, of: |row| ratio(row, |figures| figures.cold.as_secs_f64()) },
    Target { name: "warm p50", most: 1.2, of: |row| ratio(row, |figures| figures.warm.as_secs_f64()) },
    Target { name: "memory", most: 1.25, of: |row| ratio(row, |figures| figures.memory_bytes as f64) },
    Target { name: "zip", most: 1.3, of: |row| row.weights[0].zip_bytes as f64 / row.weights[1].zip_bytes as f64 },
];

fn ratio(row: &Row, figure: impl Fn(&Figures) -> f64) -> f64 {
    let [function, floor] = &row.figures;
    figure(function) / figure(floor)
}

/// The section's text.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::from(INTRODUCTION);
    text.push_str(
        "\n| function | event | cold ms | warm p50 ms | warm p99 ms | CPU ms | memory MB | binary MB | zip MB |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in rows {
        let ms =
            |of: fn(&Figures) -> Duration| beside(row.figures.each_ref().map(|one| of(one).as_secs_f64() * 1e3), 2);
        let [cold, warm, p99, cpu] = [
            ms(|figures| figures.cold),
            ms(|figures| figures.warm),
            ms(|figures| figures.warm_p99),
            ms(|figures| figures.cpu),
        ];
        let megabytes = |bytes: [f64; 2]| beside(bytes.map(|bytes| bytes / 1e6), 1);
        let memory = megabytes(row.figures.each_ref().map(|one| one.memory_bytes as f64));
        let binary = megabytes(row.weights.each_ref().map(|one| one.binary_bytes as f64));
        let zip = megabytes(row.weights.each_ref().map(|one| one.zip_bytes as f64));
        let (function, what) = (row.function, row.what);
        writeln!(text, "| `{function}` | {what} | {cold} | {warm} | {p99} | {cpu} | {memory} | {binary} | {zip} |")
            .expect("memory takes it");
    }
    text.push_str("\n| function | requests | bytes asked |");
    for target in TARGETS {
        write!(text, " {} ≤ {} |", target.name, target.most).expect("memory takes it");
    }
    text.push_str("\n| --- | --- | --- | --- | --- | --- | --- |\n");
    for row in rows {
        let verdicts = TARGETS.map(|target| {
            let ratio = (target.of)(row);
            format!("{ratio:.2} {}", if ratio <= target.most { "met" } else { "**missed**" })
        });
        let [function, floor] = &row.figures;
        let bytes = [function, floor]
            .map(|one| one.asked.values().map(|(_, bytes)| *bytes as f64).sum::<f64>() / one.events as f64);
        let bytes = if bytes[1] == 0.0 { "none".to_owned() } else { beside(bytes, 0) };
        writeln!(text, "| `{}` | {} | {bytes} | {} |", row.function, requests(function), verdicts.join(" | "))
            .expect("memory takes it");
    }
    text
}

const INTRODUCTION: &str = "Each figure is the function's / its floor's (and their ratio). Cold: from the process's start \
to its first answer. Warm: from an event's arrival to its answer. CPU: of an event, with the Runtime API's share. Memory: \
the peak. Zip: deflated. Medians where nothing else is said. Runtime API and AWS are on loopback without TLS, and AWS's \
answers come from the record of one invocation on the embedded table, at once.\n";

/// `3.50 / 3.10 (1.13)`.
fn beside([function, floor]: [f64; 2], digits: usize) -> String {
    format!("{function:.digits$} / {floor:.digits$} ({:.2})", function / floor)
}

/// What an event makes a function ask for: `2 UpdateItem, 1 SendEmail`.
fn requests(figures: &Figures) -> String {
    let each = figures.asked.iter().map(|(operation, (count, _))| format!("{} {operation}", count / figures.events));
    let all: Vec<String> = each.collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}
