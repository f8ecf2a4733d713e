//! The metrics that functions write into their logs: what each invocation did, once, in the form that CloudWatch reads,
//! and under the names that the functions' pages have.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use domain::event::EventKind;
use domain::token::Purpose;
use jiff::Timestamp;
use lambda::Call;
use lambda::metric::{DIMENSION, NAMESPACE};
use serde_json::{Value, json};
use tests::binary::{self, Invocation, REQUEST_ID};
use tests::cloud::Cloud;
use tests::door::Trouble;
use tests::payload::{body_of, http, pairs, queued};
use tests::ses::{Event, Format, in_sns};
use tests::written::{at, event, send_to};
use tests::{api, workspace};
use watch::Watch;

/// More than all attempts of the SDK.
const ALL: usize = 100;

type Counts = BTreeMap<String, u64>;

fn counts<const N: usize>(counts: [(&str, u64); N]) -> Counts {
    counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

/// What an invocation counted, read as CloudWatch reads it.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
fn counted(function: &str, Invocation { log, .. }: &Invocation) -> Counts {
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("_aws")).collect();
    let [line] = lines[..] else {
        assert!(lines.is_empty(), "one line for an invocation: {log}");
        return Counts::new();
    };
    let mut line: Value = serde_json::from_str(line).unwrap();
    // Out of the way of what follows: some day a clock's digits are an invoice's.
    let (timestamp, written) = (line["_aws"]["Timestamp"].take(), line["timestamp"].take());
    let timestamp = Timestamp::from_millisecond(timestamp.as_i64().unwrap()).unwrap();
    assert_eq!(timestamp, written.as_str().unwrap().parse().unwrap());
    for personal in ["@", "roe", "203.0.113.7", "1042"] {
        assert!(!line.to_string().contains(personal), "{personal:?} is nothing for a metric: {line}");
    }
    let directives = &line["_aws"]["CloudWatchMetrics"];
    assert_eq!(directives.as_array().unwrap().len(), 1, "{line}");
    let directive = &directives[0];
    assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!(NAMESPACE), &json!([[DIMENSION]])));
    // The name by which Lambda knows the function, which the alarms get from CloudFormation.
    assert_eq!((&line[DIMENSION], &line["requestId"]), (&json!("function"), &json!(REQUEST_ID)));
    let metrics = directive["Metrics"].as_array().unwrap().iter();
    metrics
        .map(|metric| {
            let (name, count) = (metric["Name"].as_str().unwrap(), line[metric["Name"].as_str().unwrap()].as_u64());
            assert_eq!(metric["Unit"], "Count");
            assert!(documented(function).contains(name), "{name} is not in functions/{function}/README.md");
            (name.to_owned(), count.filter(|count| *count > 0).unwrap_or_else(|| panic!("{name}: {line}")))
        })
        .collect()
}

/// A cloud in which each binary counts.
struct Counting {
    cloud: Cloud,
    variables: BTreeMap<String, String>,
}

impl Counting {
    async fn start() -> Self {
        Self::around(Cloud::start().await)
    }

    fn around(cloud: Cloud) -> Self {
        Self { variables: cloud.variables(), cloud }
    }

    /// The same with another variable.
    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    async fn invoke(&self, function: &str, event: &Value) -> Invocation {
        binary::invoke_with_log(function, &pairs(&self.variables), event).await
    }

    async fn counts(&self, function: &str, event: &Value) -> Counts {
        let invocation = self.invoke(function, event).await;
        invocation.answer.as_ref().unwrap_or_else(|error| panic!("{function}: {error}"));
        counted(function, &invocation)
    }

    /// The stream that brings recipients to `send`, submitted just now: the binaries' clock is the machine's.
    async fn stream(&self, to: &str) -> Value {
        let mut request = emails(&json!({ "to": to, "subject": "Counted" }));
        request["headers"].as_object_mut().unwrap().remove("idempotency-key");
        body_of(&self.invoke("submit", &request).await.answer.unwrap(), 202);
        self.cloud.to_be_sent().await
    }
}

/// Where an SES answers every call with this error.
async fn ses_that_answers(status: StatusCode, kind: &'static str) -> String {
    let answer = move || async move { (status, [("x-amzn-errortype", kind)], r#"{"message":"No."}"#) };
    let router = Router::new().route("/v2/email/outbound-emails", post(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn emails(body: &Value) -> Value {
    let path = "/v1/invoices/1042/emails";
    let mut request = http("POST /v1/invoices/{invoice}/emails", path, json!({ "invoice": "1042" }), Some(body));
    request["headers"]["idempotency-key"] = json!("key");
    request
}

#[tokio::test]
async fn submit_counts_recipients_and_repetitions() {
    let counting = Counting::start().await;
    let body = json!({ "to": "ann@example.com; bob@example.com", "cc": "carl@example.com", "subject": "Counted" });
    let first = counting.invoke("submit", &emails(&body)).await;
    assert_eq!(counted("submit", &first), counts([("Submitted", 3)]));
    let send = api::id(&body_of(&first.answer.unwrap(), 202)).to_owned();
    assert_eq!(counting.counts("submit", &emails(&body)).await, counts([("Repeated", 1)]));
    // Refused: another request under the same key, and one that is malformed.
    assert_eq!(counting.counts("submit", &emails(&json!({ "to": "d@example.com", "subject": "x" }))).await, counts([]));
    assert_eq!(counting.counts("submit", &emails(&json!({ "to": "nobody" }))).await, counts([]));

    let path = format!("/v1/invoices/1042/emails/{send}/resend");
    let parameters = json!({ "invoice": "1042", "send": send });
    let body = json!({ "recipient": "cc:0", "address": "charles@example.com" });
    let resend = http("POST /v1/invoices/{invoice}/emails/{send}/resend", &path, parameters, Some(&body));
    assert_eq!(counting.counts("submit", &resend).await, counts([("Submitted", 1)]));
}

#[tokio::test]
async fn send_counts_what_became_of_each_recipient() {
    let counting = Counting::start().await;
    let stream = counting.stream("ann@example.com; bob@example.com").await;
    assert_eq!(counting.counts("send", &stream).await, counts([("Accepted", 2)]));
    assert_eq!(counting.counts("send", &stream).await, counts([]), "records that come again find nothing to do");

    let stream = counting.stream("carl@example.com").await;
    counting.cloud.door().spoil(Trouble::Throttled, "GetItem", 0, ALL);
    assert_eq!(counting.counts("send", &stream).await, counts([("Failed", 1)]));
    counting.cloud.door().spoil(Trouble::Throttled, "GetItem", 0, 0);
    assert_eq!(counting.counts("send", &stream).await, counts([("Accepted", 1)]));

    let silent = Counting::around(Cloud::with_silent_ses().await).with("SES_TIMEOUT_MS", "300");
    let stream = silent.stream("ann@example.com").await;
    assert_eq!(silent.counts("send", &stream).await, counts([("Unanswered", 1)]));

    for (status, kind, name) in [
        (StatusCode::BAD_REQUEST, "MessageRejected", "Refused"),
        (StatusCode::FORBIDDEN, "AccessDeniedException", "Postponed"),
    ] {
        let ses = ses_that_answers(status, kind).await;
        let counting = Counting::start().await.with("AWS_ENDPOINT_URL_SESV2", &ses);
        let stream = counting.stream("ann@example.com").await;
        assert_eq!(counting.counts("send", &stream).await, counts([(name, 1)]));
    }
}

#[tokio::test]
async fn track_counts_what_was_recorded_and_what_was_not() {
    let counting = Counting::start().await;
    let cloud = &counting.cloud;
    let key = send_to(&cloud.table(), "1042", "ann@example.com").await;
    let keys = cloud.environment().token_keys().unwrap();
    let request = |path: &str, token: &str, method: &str| {
        let mut request =
            http(&format!("ANY /{path}/{{token}}"), &format!("/{path}/x"), json!({ "token": token }), None);
        request["requestContext"]["http"]["method"] = json!(method);
        request
    };
    let pixel = request("o", &keys.seal_recipient(Purpose::Open, &key), "GET");
    let link = request("c", &keys.seal_click(&key, 0, "https://portal.example.com/i/1"), "GET");
    let unsubscribe = |method| request("u", &keys.seal_recipient(Purpose::Unsubscribe, &key), method);
    assert_eq!(counting.counts("track", &pixel).await, counts([("Opens", 1)]));
    assert_eq!(counting.counts("track", &link).await, counts([("Clicks", 1)]));
    assert_eq!(counting.counts("track", &unsubscribe("GET")).await, counts([]));
    assert_eq!(counting.counts("track", &unsubscribe("POST")).await, counts([("Unsubscribes", 1)]));
    for path in ["o", "c", "u"] {
        assert_eq!(counting.counts("track", &request(path, "junk", "GET")).await, counts([("InvalidTokens", 1)]));
    }
    cloud.door().spoil(Trouble::Throttled, "UpdateItem", 0, ALL);
    for request in [pixel, link, unsubscribe("POST")] {
        assert_eq!(counting.counts("track", &request).await, counts([("NotRecorded", 1)]));
    }
}

#[tokio::test]
async fn record_counts_a_batch_in_one_line() {
    let counting = Counting::start().await;
    let stream = counting.stream("ann@example.com; bob@example.com").await;
    counting.counts("send", &stream).await;
    let mails = counting.cloud.mails();
    let batch = json!({ "Records": [
        queued("1", &Event::delivery(&mails[0]).body(Format::PublishedInSns)),
        queued("2", &Event::delivery(&mails[1]).body(Format::PublishedInSns)),
        queued("3", "poison"),
        queued("4", &in_sns("Successfully validated SNS topic for Amazon SES event publishing.")),
    ] });
    let expected = counts([("Failed", 1), ("Ignored", 1), ("Recorded", 2)]);
    assert_eq!(counting.counts("record", &batch).await, expected);

    // From a topic there is no partial answer: the invocation fails, and what it did is counted all the same.
    let published =
        |message: &str| json!({ "EventSource": "aws:sns", "Sns": { "Type": "Notification", "Message": message } });
    let good = Event::complaint(&mails[0], "abuse").published().to_string();
    let batch = json!({ "Records": [published(&good), published("poison")] });
    let invocation = counting.invoke("record", &batch).await;
    assert!(invocation.answer.is_err());
    assert_eq!(counted("record", &invocation), counts([("Failed", 1), ("Recorded", 1)]));
}

#[tokio::test]
async fn watch_counts_whom_it_found() {
    let cloud = Cloud::start().await;
    let (table, watch) = (cloud.table(), Watch::from_environment(&cloud.environment()).unwrap());
    let run = async |seconds| {
        let call = Call::new(at(seconds), 0);
        let metrics = call.metrics.clone();
        watch.handle(json!({}), call).await.map(|_| metrics.counts())
    };
    send_to(&table, "1", "left@example.com").await;
    for (invoice, address) in [("2", "silent@example.com"), ("3", "spoilt@example.com")] {
        let key = send_to(&table, invoice, address).await;
        table.append(&key, &[event(1, EventKind::Processed)], None, at(1)).await.unwrap();
    }
    cloud.spoil("spoilt@example.com", "source").await;
    let expected = BTreeMap::from([("LookFailed", 1), ("Redriven", 1), ("SentWithoutEvents", 1)]);
    assert_eq!(run(25 * 60).await.unwrap(), expected);
    let expected = BTreeMap::from([("LookFailed", 1), ("Redriven", 1), ("SentWithoutEvents", 1), ("Silent", 1)]);
    assert_eq!(run(25 * 3600).await.unwrap(), expected);
}

/// The metrics that a function's page names.
fn documented(function: &str) -> BTreeSet<String> {
    let page = workspace::read(&format!("functions/{function}/README.md"));
    let table = page.lines().skip_while(|line| !line.starts_with("| metric |")).skip(2);
    let rows = table.map_while(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split('`').next().unwrap().to_owned()).collect()
}

#[test]
fn each_functions_page_names_its_metrics() {
    for function in workspace::functions() {
        assert_eq!(documented(&function), workspace::metrics(&function), "functions/{function}/README.md");
    }
    assert!(documented("watch").contains("SentWithoutEvents"));
}
