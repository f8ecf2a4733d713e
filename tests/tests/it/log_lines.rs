//! The log that an operator reads: each line can be read alone, leads to the invocation that wrote it, and names nobody.

use domain::token::Purpose;
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::binary::{self, Invocation, REQUEST_ID, TRACE_ID};
use tests::cloud::Cloud;
use tests::door::Trouble;
use tests::payload::{http, pairs, queued};
use tests::written::send_to;

/// More than all attempts of the SDK.
const ALL: usize = 100;

/// Invokes a function with settings of Lambda besides its own variables.
async fn invoke(cloud: &Cloud, function: &str, settings: &[(&str, &str)], event: &Value) -> Invocation {
    let mut variables = cloud.variables();
    variables.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    binary::invoke_with_log(function, &pairs(&variables), event).await
}

fn poison() -> Value {
    json!({ "Records": [queued("poison", "not JSON, of ann@example.com"), queued("set-up", "Successfully validated SNS topic")] })
}

fn finalized(firm: &str) -> Value {
    let detail = json!({ "firm": firm, "invoice": "1042" });
    json!({ "version": "0", "source": "billing.portal", "detail-type": "Invoice Finalized", "detail": detail })
}

/// A function, an operation of the table that fails meanwhile, an event, and what the log must say of it.
async fn cases(cloud: &Cloud) -> Vec<(&'static str, &'static str, Value, [&'static str; 2])> {
    let key = send_to(&cloud.table(), "1042", "ann@example.com").await;
    let token = cloud.environment().token_keys().unwrap().seal_recipient(Purpose::Open, &key);
    let pixel = http("ANY /o/{token}", &format!("/o/{token}"), json!({ "token": token }), None);
    let body = json!({ "to": "ann@example.com", "subject": "Secret" });
    let submit =
        http("POST /v1/invoices/{invoice}/emails", "/v1/invoices/1/emails", json!({ "invoice": "1" }), Some(&body));
    vec![
        ("record", "", poison(), ["ERROR", "a message cannot be read"]),
        ("record", "", json!({ "Records": 7 }), ["ERROR", "neither an SQS nor an SNS event"]),
        ("track", "UpdateItem", pixel, ["ERROR", "a fetch was not recorded"]),
        ("submit", "BatchGetItem", submit, ["ERROR", "what decides about a send could not be read"]),
        ("submit", "", finalized("roe"), ["INFO", "automatic e-mails are not enabled"]),
        ("submit", "", finalized("ann@example.com"), ["ERROR", "detail.firm is malformed"]),
        ("send", "GetItem", cloud.to_be_sent().await, ["ERROR", "a recipient could not be worked on"]),
        ("watch", "Query", json!({}), ["ERROR", "the invocation failed"]),
    ]
}

#[tokio::test]
async fn each_line_can_be_read_alone_and_leads_to_its_invocation() {
    let cloud = Cloud::start().await;
    for (function, operation, event, [level, message]) in cases(&cloud).await {
        cloud.door().spoil(Trouble::Throttled, operation, 0, ALL);
        let invocation = invoke(&cloud, function, &[("AWS_LAMBDA_LOG_FORMAT", "JSON")], &event).await;
        let lines = invocation.lines();
        let log = &invocation.log;
        assert_eq!(lines.len(), log.lines().count(), "every line is JSON: {log}");
        assert!(
            lines.iter().any(|line| line["level"] == level && line["message"].as_str().unwrap_or("").contains(message)),
            "{function}: {log}"
        );
        for line in &lines {
            assert_eq!(line["requestId"], REQUEST_ID, "{log}");
            assert!(line["timestamp"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{log}");
            if line["_aws"].is_null() {
                assert_eq!(line["xrayTraceId"], TRACE_ID, "{log}");
                assert!(line["message"].is_string(), "{log}");
                // Fields have dotted names, and no structure that a query would have to know.
                assert!(
                    line.as_object().unwrap().values().all(|value| !value.is_object() && !value.is_array()),
                    "{log}"
                );
            }
        }
        for personal in ["example.com", "ann@", "anna", "Secret", "203.0.113.7", "k1:"] {
            assert!(!log.contains(personal), "{function} tells {personal:?}: {log}");
        }
    }
}

#[tokio::test]
async fn an_error_is_told_with_its_causes() {
    let cloud = Cloud::start().await;
    let event = finalized("roe & partners");
    let invocation = invoke(&cloud, "submit", &[("AWS_LAMBDA_LOG_FORMAT", "JSON")], &event).await;
    // What Lambda keeps with a failed event is the same.
    let reported: Value = serde_json::from_str(&invocation.answer.unwrap_err()).unwrap();
    let message = reported["errorMessage"].as_str().unwrap();
    assert_eq!(message, "the event's detail.firm is malformed: must consist of A-Z a-z 0-9 . _ - only, not ' '");
    assert!(invocation.log.contains(message), "{}", invocation.log);
}

/// Lambda drops what is below the function's level; so do functions, which then need not write it.
#[tokio::test]
async fn the_request_id_and_the_metrics_outlast_every_level() {
    let cloud = Cloud::start().await;
    for (level, messages) in [("DEBUG", 3), ("INFO", 3), ("WARN", 1), ("ERROR", 1)] {
        let settings = [("AWS_LAMBDA_LOG_FORMAT", "JSON"), ("AWS_LAMBDA_LOG_LEVEL", level)];
        let invocation = invoke(&cloud, "record", &settings, &poison()).await;
        let (metrics, lines): (Vec<Value>, Vec<Value>) =
            invocation.lines().into_iter().partition(|line| line["_aws"].is_object());
        assert_eq!((metrics.len(), lines.len()), (1, messages), "{level}: {}", invocation.log);
        assert_eq!((&metrics[0]["level"], &metrics[0]["requestId"]), (&json!(level), &json!(REQUEST_ID)));
        assert!(lines.iter().all(|line| line["requestId"] == REQUEST_ID), "{}", invocation.log);
    }
}

#[tokio::test]
async fn plain_text_leads_to_its_invocation_too() {
    let cloud = Cloud::start().await;
    let log = invoke(&cloud, "record", &[], &poison()).await.log;
    let (metrics, lines): (Vec<&str>, Vec<&str>) = log.lines().partition(|line| line.starts_with('{'));
    assert_eq!((metrics.len(), lines.len()), (1, 3), "{log}");
    assert!(lines.iter().all(|line| line.contains(REQUEST_ID)), "{log}");
}
