//! Each function as the binary that AWS runs, beside its floor: a program that makes the same requests of AWS with the
//! same SDK and settings, and does nothing else (`tests/floors`).

pub(crate) mod binaries;
mod cases;
mod exchange;
mod measure;
mod table;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use serde_json::Value;
use tests::payload::pairs;
use tests::process::Process;
use tokio::runtime::Runtime;

use crate::Section;
use crate::arguments::Arguments;
use cases::{Case, World};
use exchange::{Counterpart, Exchange, counts_of};
use measure::Rounds;
use table::Row;

/// What `--short` measures where nothing is named: what readers wait for, and what SES's events come to.
const SHORT: [&str; 2] = ["track", "record"];

/// Measures the functions.
pub(crate) fn section(arguments: &Arguments) -> Section {
    let rows = Runtime::new().expect("a runtime").block_on(rows(arguments));
    Section { title: "Functions beside their floors", text: table::text(&rows) }
}

async fn rows(arguments: &Arguments) -> Vec<Row> {
    let world = World::build().await;
    let mut cases = world.cases().await;
    cases.retain(|case| match arguments.only.as_slice() {
        [] => !arguments.short || SHORT.contains(&case.function),
        wanted => wanted.iter().any(|wanted| wanted == case.function),
    });
    let mut variables = world.cloud().variables();
    let counterpart =
        Counterpart::start(variables["AWS_ENDPOINT_URL_DYNAMODB"].clone(), variables["AWS_ENDPOINT_URL_SESV2"].clone())
            .await;
    for service in ["DYNAMODB", "SESV2", "EVENTBRIDGE"] {
        variables.insert(format!("AWS_ENDPOINT_URL_{service}"), counterpart.url().to_owned());
    }
    let mut rows = Vec::new();
    for case in cases {
        eprintln!("measuring {}", case.function);
        let pair = binaries::pair(arguments, case.function);
        let event = case.event.to_string();
        let exchange = Arc::new(record(&pair.function, &variables, &case, &counterpart).await);
        note(arguments, case.function, &exchange);
        let rounds = if arguments.short { Rounds::SHORT } else { Rounds::FULL };
        let binaries = [pair.function.as_path(), pair.floor.as_path()];
        let with = (&counterpart, &exchange);
        let figures = measure::both(binaries, &pairs(&variables), &event, with, rounds).await;
        // A floor that asks for less than the function is none, and a function that asks for more is another one.
        for (name, figures) in ["the function", "the floor"].into_iter().zip(&figures) {
            for (operation, (count, _)) in counts_of(&exchange) {
                let asked = figures.asked.get(&operation).map_or(0, |(count, _)| *count);
                assert_eq!(asked, count * figures.events, "{}: {operation} by {name}", case.function);
            }
        }
        let weights = binaries.map(binaries::weigh);
        rows.push(Row { function: case.function, what: case.what, figures, weights });
    }
    rows
}

/// Has a function work on its event once, on the embedded table, and keeps what it asked.
async fn record(
    binary: &std::path::Path,
    variables: &BTreeMap<String, String>,
    case: &Case,
    counterpart: &Counterpart,
) -> Exchange {
    counterpart.record();
    let (process, timed) =
        Process::start(binary, &pairs(variables), &case.event.to_string()).await.expect("it answers");
    process.end().await;
    let answer: Value = serde_json::from_slice(&timed.answer).expect("JSON");
    let is_well = match answer.get("statusCode") {
        Some(status) => status.as_u64().is_some_and(|status| status < 300),
        None => answer["batchItemFailures"].as_array().is_none_or(Vec::is_empty),
    };
    assert!(is_well, "{}: {answer:#}", case.function);
    counterpart.recorded()
}

/// Leaves what a function asked beside the report: whoever changes its requests finds there what its floor must ask.
fn note(arguments: &Arguments, function: &str, exchange: &Exchange) {
    let mut text = String::new();
    for one in exchange {
        let request = String::from_utf8_lossy(&one.request);
        writeln!(text, "{} {request}", one.operation).expect("memory takes it");
    }
    let file = arguments.folder().join(format!("requests-of-{function}.txt"));
    std::fs::write(file, text).expect("it can be written");
}
