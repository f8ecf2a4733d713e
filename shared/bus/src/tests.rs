//! The bus against servers that answer as EventBridge does, and as it does when it is in trouble.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_eventbridge::config::BehaviorVersion;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::region::Region;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;

fn bus(address: std::net::SocketAddr) -> Bus {
    let timeouts = aws_sdk_eventbridge::config::timeout::TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_millis(200))
        .build();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .timeout_config(timeouts)
        .retry_config(aws_sdk_eventbridge::config::retry::RetryConfig::standard().with_max_attempts(2))
        .endpoint_url(format!("http://{address}"))
        .build();
    Bus::new(&config, "firm-events", "invoice-email-tracking", "Invoice Email Status Changed")
}

async fn read_request(stream: &mut TcpStream) -> Value {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        if let Ok(body) = serde_json::from_str(&body) {
            assert!(text.contains("AWSEvents.PutEvents"), "{text}");
            return body;
        }
        assert!(read > 0, "half a request: {text}");
    }
}

/// Puts two entries on a bus that gives each call this answer, or none; what came of it, and the requests.
async fn put(status: &str, body: Option<Value>) -> (Result<Vec<Refused>, BusError>, Vec<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bus = bus(listener.local_addr().unwrap());
    let answer = body.map(|body| {
        let (body, kind) = (body.to_string(), "content-type: application/x-amz-json-1.1");
        format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
    });
    let (seen, mut requests) = mpsc::unbounded_channel();
    let server = tokio::spawn(async move {
        let mut unanswered = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            seen.send(read_request(&mut stream).await).unwrap();
            match &answer {
                Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
                None => unanswered.push(stream),
            }
        }
    });
    let at: Timestamp = "2026-11-21T23:05:00.250Z".parse().unwrap();
    let entries = ["1", "2"].map(|id| Entry { at, detail: json!({ "id": id }).to_string() });
    let result = bus.put(&entries).await;
    server.abort();
    let mut all = Vec::new();
    while let Ok(request) = requests.try_recv() {
        all.push(request);
    }
    (result, all)
}

#[tokio::test]
async fn entries_go_to_the_bus_with_their_time() {
    let taken = json!({ "FailedEntryCount": 0, "Entries": [{ "EventId": "a" }, { "EventId": "b" }] });
    let (result, requests) = put("200 OK", Some(taken)).await;
    assert_eq!(result.unwrap(), []);
    let [request] = &requests[..] else { panic!("{requests:?}") };
    let entry = &request["Entries"][1];
    assert_eq!((&entry["EventBusName"], &entry["Source"]), (&json!("firm-events"), &json!("invoice-email-tracking")));
    assert_eq!(
        (&entry["DetailType"], &entry["Detail"]),
        (&json!("Invoice Email Status Changed"), &json!("{\"id\":\"2\"}"))
    );
    assert_eq!(entry["Time"], json!(1_795_302_300.25));
}

#[tokio::test]
async fn what_is_refused_is_named() {
    let answer = json!({ "FailedEntryCount": 1, "Entries": [
        { "EventId": "a" }, { "ErrorCode": "ThrottlingException", "ErrorMessage": "slow down" },
    ] });
    let (result, requests) = put("200 OK", Some(answer)).await;
    assert_eq!(result.unwrap(), [Refused { index: 1, code: "ThrottlingException".to_owned() }]);
    assert_eq!(requests.len(), 1, "who asks knows which to put again");
}

#[tokio::test]
async fn a_refusal_of_all_has_the_code() {
    let answer = json!({ "__type": "AccessDeniedException", "message": "not authorized" });
    let (result, requests) = put("400 Bad Request", Some(answer)).await;
    assert_eq!((result.unwrap_err().code.as_str(), requests.len()), ("AccessDeniedException", 1));
}

#[tokio::test]
async fn a_fault_and_silence_are_tried_again() {
    let (result, requests) = put("500 Internal Server Error", Some(json!({ "__type": "InternalException" }))).await;
    assert_eq!((result.unwrap_err().code.as_str(), requests.len()), ("InternalException", 2));
    let (result, requests) = put("", None).await;
    assert_eq!((result.unwrap_err().code.as_str(), requests.len()), ("no answer", 2));
}
