//! A stand-in of the Lambda Runtime API, as one process of a function sees it: it asks for events, one after the other,
//! and answers each.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Semaphore, mpsc};

/// The request id of every invocation.
pub const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
/// The trace of every invocation, as X-Ray names it.
pub const TRACE_ID: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";

/// What came of an event.
#[derive(Debug)]
pub struct Reported {
    /// The answer, or else the error that was reported.
    pub answer: Result<Vec<u8>, String>,
    /// When it arrived.
    pub at: Instant,
}

/// One of the stand-ins.
pub struct RuntimeApi {
    address: String,
    events: mpsc::UnboundedSender<String>,
    asked: Arc<Semaphore>,
    reports: Mutex<mpsc::UnboundedReceiver<Reported>>,
}

impl RuntimeApi {
    /// A stand-in without events.
    pub async fn start() -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let (sender, reports) = mpsc::unbounded_channel();
        let (waiting, asked) = (Arc::new(Mutex::new(waiting)), Arc::new(Semaphore::new(0)));
        let asks = Arc::clone(&asked);
        let next = move || {
            let waiting = Arc::clone(&waiting);
            asks.add_permits(1);
            async move {
                match waiting.lock().await.recv().await {
                    Some(event) => with_event(event),
                    // Whoever had events to hand out is gone, and the function's process with it.
                    None => std::future::pending().await,
                }
            }
        };
        // Nobody may be left to hear it: one answer was enough.
        let report = |sender: &mpsc::UnboundedSender<Reported>, answer| {
            let _ = sender.send(Reported { answer, at: Instant::now() });
            StatusCode::ACCEPTED
        };
        let good = sender.clone();
        let response = move |body: Bytes| async move { report(&good, Ok(body.to_vec())) };
        let error = move |body: Bytes| async move { report(&sender, Err(String::from_utf8_lossy(&body).into_owned())) };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error.clone()))
            .route("/2018-06-01/runtime/init/error", post(error));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, events, asked, reports: Mutex::new(reports) }
    }

    /// Has an event for whoever asks next.
    pub fn hand_out(&self, event: String) {
        self.events.send(event).expect("the stand-in runs");
    }

    /// Waits until an event is asked for: as often as one was, it ends at once.
    pub async fn asked(&self) {
        self.asked.acquire().await.expect("the stand-in runs").forget();
    }

    /// Waits for what comes of an event, or of the start.
    pub async fn reported(&self) -> Reported {
        self.reports.lock().await.recv().await.expect("the stand-in runs")
    }

    /// The variables that Lambda itself sets.
    pub fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.clone()),
            ("AWS_LAMBDA_FUNCTION_NAME", "function".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ]
    }
}

fn with_event(event: String) -> Response {
    let headers = [
        ("lambda-runtime-aws-request-id", REQUEST_ID),
        ("lambda-runtime-trace-id", TRACE_ID),
        // The year 2100: nothing here depends on the deadline.
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:function"),
        ("content-type", "application/json"),
    ];
    (headers, event).into_response()
}
