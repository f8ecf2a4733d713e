//! How long a function takes from the start of its process to its first answer, and how large it is: `track` answers a
//! pixel with one `UpdateItem`, `send` sends one mail.
//!
//! `BINARIES=.aws-sam/build cargo bench -p tests --bench cold_start` measures what `sam build` made; any other folder
//! may hold the binaries by their own names. Table and SES are on loopback without TLS: the network comes on top.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use lambda::{Call, Environment};
use serde_json::{Value, json};
use submit::Submit;
use tests::cloud::Cloud;
use tests::payload::{http, pairs};
use tests::template::id;
use tests::{binary, workspace};

/// Enough for a median that repeats to a tenth of a millisecond on a quiet machine.
const ROUNDS: usize = 40;

#[tokio::main]
async fn main() {
    let folder = Environment::process().optional("BINARIES").unwrap_or_else(|| ".aws-sam/build".to_owned());
    let folder = workspace::root().join(folder);
    let cloud = Cloud::start().await;
    println!("| binary | MB | median ms | fastest | slowest |\n| --- | --- | --- | --- | --- |");
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        submit(&cloud).await;
        times.push(start(&folder, "send", &cloud, &cloud.to_be_sent().await).await);
    }
    print_row(&folder, "send", times);

    let token = cloud.mails()[0].pixel().rsplit('/').next().unwrap().to_owned();
    let pixel = http("ANY /o/{token}", &format!("/o/{token}"), json!({ "token": token }), None);
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(start(&folder, "track", &cloud, &pixel).await);
    }
    print_row(&folder, "track", times);
}

/// A function's binary where `sam build` puts it, or else under its own name.
fn binary_in(folder: &Path, function: &str) -> PathBuf {
    let built_by_sam = folder.join(id(function, "Function")).join("bootstrap");
    if built_by_sam.exists() { built_by_sam } else { folder.join(function) }
}

async fn start(folder: &Path, function: &str, cloud: &Cloud, event: &Value) -> Duration {
    let variables = cloud.variables();
    binary::first_answer(&binary_in(folder, function), &pairs(&variables), event).await.expect("it answers").1
}

fn print_row(folder: &Path, function: &str, mut times: Vec<Duration>) {
    times.sort();
    let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1000.0);
    let bytes = std::fs::metadata(binary_in(folder, function)).unwrap().len();
    let (median, fastest, slowest) = (times[ROUNDS / 2], times[0], times[ROUNDS - 1]);
    let megabytes = format!("{:.1}", bytes as f64 / 1e6);
    println!("| {function} | {megabytes} | {} | {} | {} |", ms(median), ms(fastest), ms(slowest));
}

/// One more recipient that waits to be sent.
async fn submit(cloud: &Cloud) {
    let body = json!({ "to": "ann@example.com", "subject": "Invoice 1042" });
    let path = "/v1/invoices/1042/emails";
    let event = http("POST /v1/invoices/{invoice}/emails", path, json!({ "invoice": "1042" }), Some(&body));
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let submit = Submit::from_environment(&cloud.environment()).unwrap();
    assert_eq!(submit.handle(request, Call::begin()).await.status(), 202);
}
