//! What functions talk to while they are measured: first the embedded table and an SES, whose answers are recorded; then
//! the record, which answers at once.
//!
//! An embedded table takes as long for a request as a function needs for everything else, in the same two or more cores,
//! and would hide what is measured. So functions and floors are answered from the record of one real invocation, again
//! and again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;

/// DynamoDB's own limit of a request.
const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// What a stream of events on EventBridge is answered, whatever is put there.
const PUT: &str = r#"{"FailedEntryCount":0,"Entries":[{"EventId":"11710aed-b79e-4468-a20b-bb3c0c3b4860"}]}"#;

/// One request as it was made, and what it was answered.
#[derive(Debug, Clone)]
pub(crate) struct Exchanged {
    /// `UpdateItem`, `SendEmail`, `PutEvents`, ….
    pub(crate) operation: String,
    /// What was asked.
    pub(crate) request: Bytes,
    /// The key of the item that it is about, if it is about one.
    key: Option<String>,
    status: StatusCode,
    content_type: String,
    answer: Bytes,
}

/// The requests of one invocation.
pub(crate) type Exchange = Vec<Exchanged>;

/// How many requests of each kind were made, and how many bytes they had together.
pub(crate) type Counts = BTreeMap<String, (usize, usize)>;

/// Where requests go.
enum Mode {
    /// To where they belong.
    Recording(Exchange),
    /// Nowhere: they are answered as requests of their kind were, in turn.
    Replaying { exchange: Arc<Exchange>, next: BTreeMap<String, usize>, counts: Counts },
}

/// Where functions believe that AWS is.
pub(crate) struct Counterpart {
    url: String,
    mode: Arc<Mutex<Mode>>,
}

impl Counterpart {
    /// Starts one in front of a table and an SES.
    pub(crate) async fn start(table_url: String, ses_url: String) -> Self {
        let mode = Arc::new(Mutex::new(Mode::Recording(Vec::new())));
        let (client, answering) = (reqwest::Client::new(), Arc::clone(&mode));
        let router = Router::new().fallback(move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, MOST_BODY_BYTES).await.unwrap();
            let operation = operation(&parts.headers);
            let key = key(&body);
            if let Some(answer) = answering.lock().unwrap().replayed(&operation, key.as_deref(), body.len()) {
                return answer;
            }
            let exchanged = if operation == "PutEvents" {
                let content_type = "application/x-amz-json-1.1".to_owned();
                let answer = Bytes::from_static(PUT.as_bytes());
                Exchanged { operation, request: body, key, status: StatusCode::OK, content_type, answer }
            } else {
                let to = if operation == "SendEmail" { &ses_url } else { &table_url };
                let mut headers = parts.headers;
                // These two belong to the connection, and ours is another one.
                headers.remove(HOST);
                headers.remove(CONTENT_LENGTH);
                let url = format!("{to}{}", parts.uri.path());
                let answer = client.post(url).headers(headers).body(body.clone()).send().await.unwrap();
                let content_type = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
                let (status, answer) = (answer.status(), answer.bytes().await.unwrap());
                Exchanged { operation, request: body, key, status, content_type, answer }
            };
            answering.lock().unwrap().recorded(exchanged)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, mode }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets requests through from now on.
    pub(crate) fn record(&self) {
        *self.mode.lock().unwrap() = Mode::Recording(Vec::new());
    }

    /// What passed since it records.
    pub(crate) fn recorded(&self) -> Exchange {
        match &mut *self.mode.lock().unwrap() {
            Mode::Recording(exchange) => std::mem::take(exchange),
            Mode::Replaying { .. } => panic!("it does not record"),
        }
    }

    /// Answers from a record from now on.
    pub(crate) fn replay(&self, exchange: &Arc<Exchange>) {
        let exchange = Arc::clone(exchange);
        *self.mode.lock().unwrap() = Mode::Replaying { exchange, next: BTreeMap::new(), counts: Counts::new() };
    }

    /// What was asked since it replays, or since the last time that this was.
    pub(crate) fn counts(&self) -> Counts {
        match &mut *self.mode.lock().unwrap() {
            Mode::Recording(_) => panic!("it does not replay"),
            Mode::Replaying { counts, .. } => std::mem::take(counts),
        }
    }
}

impl Mode {
    fn replayed(&mut self, operation: &str, key: Option<&str>, bytes: usize) -> Option<Response> {
        let Self::Replaying { exchange, next, counts } = self else { return None };
        let count = counts.entry(operation.to_owned()).or_default();
        *count = (count.0 + 1, count.1 + bytes);
        let alike: Vec<&Exchanged> = exchange.iter().filter(|one| one.operation == operation).collect();
        let Some(of) = place(&alike, key, next) else {
            // The counts will tell.
            return Some(StatusCode::NOT_IMPLEMENTED.into_response());
        };
        Some(alike[of].response())
    }

    fn recorded(&mut self, exchanged: Exchanged) -> Response {
        let response = exchanged.response();
        match self {
            Self::Recording(exchange) => exchange.push(exchanged),
            // It was asked while recording and answered afterwards: there is no such time in which both happen.
            Self::Replaying { .. } => panic!("{} is late", exchanged.operation),
        }
        response
    }
}

/// Which of the recorded requests of a kind answers this one: of those about the same item, or else of all, the next.
fn place(alike: &[&Exchanged], key: Option<&str>, next: &mut BTreeMap<String, usize>) -> Option<usize> {
    let operation = &alike.first()?.operation;
    let mut places: Vec<usize> = (0..alike.len()).filter(|place| alike[*place].key.as_deref() == key).collect();
    if places.is_empty() {
        places = (0..alike.len()).collect();
    }
    let turn = next.entry(format!("{operation} {}", key.unwrap_or_default())).or_default();
    *turn += 1;
    Some(places[(*turn - 1) % places.len()])
}

/// The key of the item that a request is about, if it is about one.
fn key(request: &[u8]) -> Option<String> {
    let request: Value = serde_json::from_slice(request).ok()?;
    request.get("Key").map(Value::to_string)
}

impl Exchanged {
    fn response(&self) -> Response {
        let headers = [(CONTENT_TYPE, self.content_type.clone())];
        (self.status, headers, self.answer.clone()).into_response()
    }
}

fn operation(headers: &HeaderMap) -> String {
    let target = headers.get("x-amz-target").map(|target| target.to_str().unwrap());
    // SES v2 has no such header, and one operation that is used.
    target.map_or("SendEmail", |target| target.rsplit('.').next().unwrap()).to_owned()
}

/// What a record has of each kind.
pub(crate) fn counts_of(exchange: &Exchange) -> Counts {
    let mut counts = Counts::new();
    for one in exchange {
        let count = counts.entry(one.operation.clone()).or_default();
        *count = (count.0 + 1, count.1 + one.request.len());
    }
    counts
}
