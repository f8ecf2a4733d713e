//! The door to the table: counts what passes, by function and operation, holds each function to its policy and notes
//! which of its rights it uses, and makes requests fail when asked to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::Full;
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::clock;
use crate::credentials::function_of;
use crate::faults::{Faults, TableFault};
use crate::policy::{Policy, Right};
use crate::serve::{self, NoAnswer, Response, read_body};

/// DynamoDB's own limit of a request.
const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";

/// Runs on a schedule: its requests would use up faults, at random, that are meant for what someone is just trying.
const SCHEDULED: &str = "watch";

/// Requests to the table, by function and operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableRequests(BTreeMap<String, BTreeMap<String, u64>>);

impl TableRequests {
    /// How many requests of `operation` (say, `UpdateItem`) `function` (say, `track`) has made.
    pub fn of(&self, function: &str, operation: &str) -> u64 {
        self.0.get(function).and_then(|operations| operations.get(operation)).copied().unwrap_or(0)
    }

    /// Requests of a function, by operation.
    pub fn by(&self, function: &str) -> BTreeMap<String, u64> {
        self.0.get(function).cloned().unwrap_or_default()
    }

    /// Requests of all functions, by operation.
    pub fn by_operation(&self) -> BTreeMap<String, u64> {
        let mut sums = BTreeMap::new();
        for (operation, count) in self.0.values().flatten() {
            *sums.entry(operation.clone()).or_insert(0) += count;
        }
        sums
    }

    /// All requests.
    pub fn total(&self) -> u64 {
        self.0.values().flat_map(BTreeMap::values).sum()
    }

    /// What was added since `earlier`.
    pub fn since(&self, earlier: &Self) -> Self {
        let mut rest = self.clone();
        for (function, operations) in &mut rest.0 {
            for (operation, count) in operations.iter_mut() {
                *count = count.saturating_sub(earlier.of(function, operation));
            }
            operations.retain(|_, count| *count > 0);
        }
        rest.0.retain(|_, operations| !operations.is_empty());
        rest
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "total": self.total(), "by_operation": self.by_operation(), "by_function": self.0 })
    }

    fn count(&mut self, function: &str, operation: &str) {
        *self.0.entry(function.to_owned()).or_default().entry(operation.to_owned()).or_insert(0) += 1;
    }
}

/// The door, in front of the table's own server.
pub(crate) struct TableProxy {
    upstream: String,
    client: reqwest::Client,
    faults: Arc<Faults>,
    policies: BTreeMap<String, Policy>,
    requests: Mutex<TableRequests>,
    rights_used: Mutex<BTreeMap<String, BTreeSet<Right>>>,
    /// Rung after each request that may have written, so that the stream is read at once.
    written: watch::Sender<()>,
}

impl TableProxy {
    pub(crate) fn new(
        upstream: String,
        client: reqwest::Client,
        policies: BTreeMap<String, Policy>,
        faults: Arc<Faults>,
        written: watch::Sender<()>,
    ) -> Self {
        Self { upstream, client, faults, policies, requests: Mutex::default(), rights_used: Mutex::default(), written }
    }

    /// What has passed so far.
    pub(crate) fn requests(&self) -> TableRequests {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What has passed so far, and by which rights: `dynamodb:Query on the index due`.
    pub(crate) fn to_json(&self) -> Value {
        let used = self.rights_used.lock().unwrap_or_else(PoisonError::into_inner);
        let text = |rights: &BTreeSet<Right>| rights.iter().map(ToString::to_string).collect::<Vec<_>>();
        let used: BTreeMap<_, _> = used.iter().map(|(function, rights)| (function, text(rights))).collect();
        let mut requests = self.requests().to_json();
        requests["rights_used"] = json!(used);
        requests
    }

    /// Answers one request of a function.
    pub(crate) async fn answer(self: Arc<Self>, request: http::Request<Incoming>) -> Result<Response, NoAnswer> {
        let (parts, body) = request.into_parts();
        let Ok(body) = read_body(body, MOST_BODY_BYTES).await else {
            return Ok(refuse(413, "SerializationException", "The request is too large."));
        };
        let function = function_of(&parts.headers);
        let operation = operation_of(&parts.headers);
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).count(&function, &operation);
        if let Some(policy) = self.policies.get(&function) {
            match policy.check(&operation, &serde_json::from_slice(&body).unwrap_or(Value::Null)) {
                Ok(rights) => self.note(&function, rights),
                Err(denied) => {
                    tracing::error!(function, error = %denied, "a request to the table is denied");
                    return Ok(refuse(400, "AccessDeniedException", &format!("{function}: {denied}")));
                }
            }
        }
        let fault = if function == SCHEDULED { None } else { self.faults.next_table() };
        match fault {
            Some(TableFault::Throttle) => Ok(refuse(
                400,
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded.",
            )),
            Some(TableFault::Error) => Ok(refuse(500, "InternalServerError", "The request could not be completed.")),
            None => {
                let response = self.forward(parts, body).await;
                if !matches!(operation.as_str(), "GetItem" | "BatchGetItem" | "Query" | "Scan") {
                    self.written.send_replace(());
                }
                Ok(response)
            }
        }
    }

    fn note(&self, function: &str, rights: Vec<Right>) {
        let mut used = self.rights_used.lock().unwrap_or_else(PoisonError::into_inner);
        used.entry(function.to_owned()).or_default().extend(rights);
    }

    async fn forward(&self, parts: http::request::Parts, body: Vec<u8>) -> Response {
        let mut headers = parts.headers;
        // These two belong to the connection, and ours is another one.
        headers.remove(http::header::HOST);
        headers.remove(http::header::CONTENT_LENGTH);
        let sent = self.client.request(parts.method, &self.upstream).headers(headers).body(body).send().await;
        let answered = match sent {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                response.bytes().await.map(|body| (status, headers, body))
            }
            Err(error) => Err(error),
        };
        match answered {
            Ok((status, mut headers, body)) => {
                headers.remove(http::header::TRANSFER_ENCODING);
                headers.remove(http::header::CONTENT_LENGTH);
                headers.remove(http::header::CONNECTION);
                let mut response = http::Response::new(Full::new(body));
                *response.status_mut() = status;
                *response.headers_mut() = headers;
                response
            }
            Err(error) => {
                tracing::error!(error = %error, "the table does not answer");
                refuse(500, "InternalServerError", "The table does not answer.")
            }
        }
    }
}

/// A DynamoDB error, in the shape that the SDKs read.
fn refuse(status: u16, kind: &str, message: &str) -> Response {
    let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": message });
    let mut response = serve::answer(status, CONTENT_TYPE, body.to_string());
    if let Ok(id) = http::HeaderValue::from_str(&clock::uuid()) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

fn operation_of(headers: &http::HeaderMap) -> String {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    target.rsplit('.').next().filter(|name| !name.is_empty()).unwrap_or("unknown").to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::faults::Plan;
    use tokio::net::TcpListener;

    #[test]
    fn requests_are_counted_by_function_and_operation() {
        let mut requests = TableRequests::default();
        requests.count("track", "UpdateItem");
        let earlier = requests.clone();
        requests.count("track", "UpdateItem");
        requests.count("report", "Query");
        assert_eq!(requests.total(), 3);
        assert_eq!(requests.of("track", "UpdateItem"), 2);
        assert_eq!(
            requests.to_json(),
            json!({
                "total": 3,
                "by_operation": { "Query": 1, "UpdateItem": 2 },
                "by_function": { "report": { "Query": 1 }, "track": { "UpdateItem": 2 } },
            })
        );
        let added = requests.since(&earlier);
        assert_eq!((added.total(), added.of("track", "UpdateItem")), (2, 1));
    }

    async fn call(address: &str, key: &str) -> (u16, Value) {
        let scope = format!("{key}/20261121/eu/dynamodb/aws4_request");
        let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let response = reqwest::Client::new()
            .post(format!("http://{address}/"))
            .header("x-amz-target", "DynamoDB_20120810.ListTables")
            .header("content-type", CONTENT_TYPE)
            .header("x-amz-date", "20261121T000000Z")
            .header("authorization", authorization)
            .body("{}")
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
    }

    #[tokio::test]
    async fn faults_fail_so_many_requests_and_spare_the_scheduled_function() {
        let table = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = format!("http://{}/", table.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(table, dynoxide::Database::memory().unwrap()));
        let faults = Arc::new(Faults::default());
        let policies = BTreeMap::from([("send".to_owned(), Policy::default())]);
        let client = reqwest::Client::new();
        let proxy = TableProxy::new(upstream, client, policies, Arc::clone(&faults), watch::Sender::new(()));
        let proxy = Arc::new(proxy);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let door = Arc::clone(&proxy);
        tokio::spawn(serve::serve(listener, None, move |request, _| Arc::clone(&door).answer(request)));

        faults.set(Plan::parse(br#"{"table":{"throttle":1,"error":1}}"#).unwrap());
        assert_eq!(call(&address, "LOCALWATCH").await.0, 200);
        let (status, body) = call(&address, "LOCALTRACK").await;
        assert_eq!(status, 400);
        assert_eq!(body["__type"], "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException");
        assert_eq!(call(&address, "LOCALTRACK").await.0, 500);
        assert_eq!(call(&address, "LOCALTRACK").await, (200, json!({ "TableNames": [] })));
        assert_eq!(
            call(&address, "LOCALSEND").await.1["__type"],
            "com.amazonaws.dynamodb.v20120810#AccessDeniedException"
        );
        assert_eq!(proxy.requests().of("track", "ListTables"), 3);
        assert_eq!(proxy.requests().of("watch", "ListTables"), 1);
    }
}
