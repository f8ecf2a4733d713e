//! The door to the cloud's table: it counts what passes, and spoils what a test names.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// DynamoDB's own limit of a request.
const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// How a request is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Turned away as too much, and not carried out.
    Throttled,
    /// Carried out, and answered with an error.
    AnswerLost,
    /// Turned away because another transaction is at the same item, and not carried out.
    Conflict,
}

/// Which requests are spoilt.
#[derive(Debug, Clone, Copy)]
struct Plan {
    trouble: Trouble,
    operation: &'static str,
    /// How many of them pass before.
    spared: usize,
    /// How many of them are spoilt then.
    count: usize,
}

#[derive(Debug, Default)]
struct State {
    counts: BTreeMap<String, u64>,
    plan: Option<Plan>,
}

/// An open door.
#[derive(Debug)]
pub struct Door {
    url: String,
    state: Arc<Mutex<State>>,
}

impl Door {
    /// Opens one in front of a table's server.
    pub async fn open(table_url: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let (client, guard) = (reqwest::Client::new(), Arc::clone(&state));
        let router = Router::new().fallback(move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let operation = operation(&parts.headers);
            let trouble = guard.lock().unwrap().pass(&operation);
            if trouble == Some(Trouble::Throttled) {
                return refusal(StatusCode::BAD_REQUEST, "ProvisionedThroughputExceededException");
            }
            if trouble == Some(Trouble::Conflict) {
                return match operation.as_str() {
                    "TransactWriteItems" => conflict(),
                    _ => refusal(StatusCode::BAD_REQUEST, "TransactionConflictException"),
                };
            }
            let body = to_bytes(body, MOST_BODY_BYTES).await.unwrap();
            let mut headers = parts.headers;
            // These two belong to the connection, and ours is another one.
            headers.remove(header::HOST);
            headers.remove(header::CONTENT_LENGTH);
            let answer = client.post(&table_url).headers(headers).body(body).send().await.unwrap();
            let (status, content_type) = (answer.status(), answer.headers()[header::CONTENT_TYPE].clone());
            let body = answer.bytes().await.unwrap();
            match trouble {
                Some(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
                None => (status, [(header::CONTENT_TYPE, content_type)], body).into_response(),
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    /// Where functions find the table.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests since the last time that this was asked: `{ "UpdateItem": 2 }`.
    pub fn requests(&self) -> Value {
        json!(std::mem::take(&mut self.state.lock().unwrap().counts))
    }

    /// Spoils requests of one operation from now on: the first ones pass, then so many are spoilt.
    pub fn spoil(&self, trouble: Trouble, operation: &'static str, spared: usize, count: usize) {
        self.state.lock().unwrap().plan = Some(Plan { trouble, operation, spared, count });
    }

    /// How many requests are still to be spoilt.
    pub fn still_to_be_spoilt(&self) -> usize {
        self.state.lock().unwrap().plan.map_or(0, |plan| plan.count)
    }
}

impl State {
    fn pass(&mut self, operation: &str) -> Option<Trouble> {
        *self.counts.entry(operation.to_owned()).or_default() += 1;
        let plan = self.plan.as_mut().filter(|plan| plan.operation == operation && plan.count > 0)?;
        if let Some(spared) = plan.spared.checked_sub(1) {
            plan.spared = spared;
            return None;
        }
        plan.count -= 1;
        Some(plan.trouble)
    }
}

fn operation(headers: &HeaderMap) -> String {
    let target = headers["x-amz-target"].to_str().unwrap();
    target.rsplit('.').next().unwrap().to_owned()
}

/// What a transaction is answered whose second write met another transaction.
fn conflict() -> Response {
    let reasons = json!([{ "Code": "None" }, { "Code": "TransactionConflict", "Message": "Transaction is ongoing" }]);
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    let body = json!({ "__type": kind, "Message": "Transaction cancelled", "CancellationReasons": reasons });
    let content_type = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    (StatusCode::BAD_REQUEST, content_type, body.to_string()).into_response()
}

/// A DynamoDB error, in the shape that the SDKs read.
fn refusal(status: StatusCode, kind: &str) -> Response {
    let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "No." });
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body.to_string()).into_response()
}
