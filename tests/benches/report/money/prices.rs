//! Dollars: prices of AWS as facts with their pages, what is assumed of a firm's e-mails, and the sum for 100,000 invoices.
//!
//! The prices are those of `infra/README.md`, from AWS's lists as found between July 2024 and August 2026.

use std::fmt::Write;

use super::life::{Life, Step};
use super::operations::Operation;
use super::{read, written};
use tests::meter::Spent;

/// What the bill is for.
const INVOICES: f64 = 100_000.0;

const MILLION: f64 = 1_000_000.0;

/// Dollars for a million units, on demand, us-east-1: <https://aws.amazon.com/dynamodb/pricing/on-demand/>.
const WRITE_UNITS: f64 = 0.625;
const READ_UNITS: f64 = 0.125;

/// Dollars for a million messages: <https://aws.amazon.com/ses/pricing/>.
const SES_MESSAGES: f64 = 100.0;
/// <https://aws.amazon.com/eventbridge/pricing/>: custom events.
const BUS_EVENTS: f64 = 1.0;
/// <https://aws.amazon.com/api-gateway/pricing/>: HTTP API.
const API_REQUESTS: f64 = 1.0;
/// <https://aws.amazon.com/lambda/pricing/>: invocations, and GB-seconds on arm64.
const INVOCATIONS: f64 = 0.20;
const GB_SECONDS: f64 = 13.3334;
/// <https://aws.amazon.com/sns/pricing/> and <https://aws.amazon.com/sqs/pricing/>.
const SNS_EVENTS: f64 = 0.50;
const SQS_REQUESTS: f64 = 0.40;
/// <https://aws.amazon.com/xray/pricing/>: traces recorded.
const TRACES: f64 = 5.0;
/// <https://aws.amazon.com/cloudwatch/pricing/>: dollars for a GB of logs taken in.
const LOG_GB: f64 = 0.50;
/// <https://aws.amazon.com/ec2/pricing/on-demand/>: dollars for a GB out.
const OUT_GB: f64 = 0.09;

/// Assumed of each e-mail: how often its history is looked at, and pages of the report.
const HISTORIES: f64 = 2.0;
const REPORT_PAGES: f64 = 0.02;
/// Changes of the sent status, which are announced: queued, sent, opened.
const ANNOUNCED: f64 = 3.0;
/// Requests to the API: the submit, the history, pages, three opens, 0.3 clicks.
const REQUESTS: f64 = 1.0 + HISTORIES + REPORT_PAGES + 3.3;
/// Writes of the recipient, each of which `follow` hears of: submit, claim, answer, Send, Delivery, three opens, 0.3 clicks.
const RECORDS: f64 = 8.3;
/// Invocations: those requests, `send`, each record for `follow`, each event.
const CALLS: f64 = REQUESTS + 1.0 + RECORDS + EVENTS;
/// GB-seconds of an invocation: 256 MB for 42 ms on average, between 30 ms and 200 ms.
const GB_SECONDS_OF_A_CALL: f64 = 0.25 * 0.042;
/// Events of SES, and requests to the queue for each: in, out, deleted.
const EVENTS: f64 = 2.0;
const REQUESTS_OF_AN_EVENT: f64 = 3.0;
/// KB of logs and of answers.
const LOG_KB: f64 = 21.0;
const OUT_KB: f64 = 13.0;

/// Dollars for so many units of one e-mail.
pub(crate) fn dollars(reads: f64, writes: f64) -> f64 {
    (reads * READ_UNITS + writes * WRITE_UNITS) / MILLION
}

/// What 100,000 invoices cost, one recipient each.
pub(crate) fn bill(operations: &[Operation], life: &Life) -> String {
    let of = |name: &str| {
        let found = operations.iter().find(|operation| operation.name.starts_with(name));
        &found.unwrap_or_else(|| panic!("{name} was not measured")).spent
    };
    let sum = |units: fn(&[Spent]) -> f64| -> f64 {
        life.steps.iter().map(|step: &Step| step.times * units(&step.spent)).sum()
    };
    let counted = |units: fn(&[Spent]) -> f64| -> f64 {
        life.steps.iter().map(|step: &Step| step.times * units(&step.counted)).sum()
    };
    let looked = HISTORIES * read(of("history, one send")) + REPORT_PAGES * read(of("report, first page"));
    let million = |count: f64, price: f64| (count * INVOICES, price, count * INVOICES * price / MILLION);
    let rows = [
        ("SES, messages without attachments", million(1.0, SES_MESSAGES)),
        ("DynamoDB, write units of the e-mails", million(sum(written), WRITE_UNITS)),
        ("DynamoDB, write units of counters, at most", million(counted(written), WRITE_UNITS)),
        ("DynamoDB, read units: sending, readers", million(sum(read) + looked, READ_UNITS)),
        ("DynamoDB, read units of counters, at most", million(counted(read), READ_UNITS)),
        ("EventBridge, events", million(ANNOUNCED, BUS_EVENTS)),
        ("HTTP API, requests", million(REQUESTS, API_REQUESTS)),
        ("Lambda, invocations", million(CALLS, INVOCATIONS)),
        ("Lambda, GB-seconds", million(CALLS * GB_SECONDS_OF_A_CALL, GB_SECONDS)),
        ("SNS, events", million(EVENTS, SNS_EVENTS)),
        ("SQS, requests", million(EVENTS * REQUESTS_OF_AN_EVENT, SQS_REQUESTS)),
        ("X-Ray, traces, at most", million(CALLS, TRACES)),
        ("logs, KB", million(LOG_KB, LOG_GB)),
        ("data out, KB", million(OUT_KB, OUT_GB)),
    ];
    let mut text = String::from(HEAD);
    let mut total = 0.0;
    for (name, (count, price, cost)) in rows {
        total += cost;
        let _ = writeln!(text, "| {name} | {count:.0} | {price} | {cost:.2} |");
    }
    let _ = writeln!(text, "| **sum** | | | **{total:.2}** |\n");
    let _ = writeln!(
        text,
        "Counters are those of e-mails that come singly; a hundred changes that come together cost as much as one. Assumed of \
         each e-mail: three opens, 0.3 clicks, {HISTORIES} looks at the history, {REPORT_PAGES} pages of the report, one \
         invocation for each request, each event and each record of the stream, all of them traced."
    );
    text
}

const HEAD: &str = "
### 100,000 invoices

One recipient each; list prices of us-east-1 in dollars, without free tiers. The units are those of the table above; all else \
is assumed.

| | how many | dollars a million | dollars |
| --- | --- | --- | --- |
";
