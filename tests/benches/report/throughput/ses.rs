//! An SES that takes so many mails a second and turns the others away, as SES does.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tests::Mail;
use tokio::net::TcpListener;

use super::accepted_at;

/// The stand-in.
pub(super) struct Ses {
    url: String,
    bucket: Arc<Mutex<Bucket>>,
}

/// A token bucket that holds a second's worth.
struct Bucket {
    rate: f64,
    tokens: f64,
    filled: Instant,
    taken: Vec<(Value, Timestamp)>,
    refused: usize,
}

impl Bucket {
    fn takes(&mut self) -> bool {
        let now = Instant::now();
        self.tokens = (self.tokens + (now - self.filled).as_secs_f64() * self.rate).min(self.rate);
        self.filled = now;
        let takes = self.tokens >= 1.0;
        if takes {
            self.tokens -= 1.0;
        } else {
            self.refused += 1;
        }
        takes
    }
}

impl Ses {
    /// Starts one that takes `rate` mails a second.
    pub(super) async fn start(rate: u32) -> Self {
        let bucket = Bucket { rate: rate.into(), tokens: 0.0, filled: Instant::now(), taken: Vec::new(), refused: 0 };
        let bucket = Arc::new(Mutex::new(bucket));
        let router = Router::new().route("/v2/email/outbound-emails", post(answer)).with_state(Arc::clone(&bucket));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, bucket }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// How many mails it took, and how often it said that there are too many.
    pub(super) fn taken(&self) -> usize {
        self.bucket.lock().unwrap().taken.len()
    }

    pub(super) fn refused(&self) -> usize {
        self.bucket.lock().unwrap().refused
    }

    /// What it took.
    pub(super) fn mails(&self) -> Vec<Mail> {
        let taken = &self.bucket.lock().unwrap().taken;
        taken.iter().enumerate().map(|(number, (call, at))| mail(number, call, *at)).collect()
    }
}

async fn answer(State(bucket): State<Arc<Mutex<Bucket>>>, Json(call): Json<Value>) -> Response {
    let mut bucket = bucket.lock().unwrap();
    if bucket.takes() {
        bucket.taken.push((call, accepted_at()));
        return Json(json!({ "MessageId": message_id(bucket.taken.len() - 1) })).into_response();
    }
    let error = json!({ "message": "Maximum sending rate exceeded." });
    (StatusCode::TOO_MANY_REQUESTS, [("x-amzn-errortype", "TooManyRequestsException")], Json(error)).into_response()
}

fn message_id(number: usize) -> String {
    format!("0107019aa8c0f3b2-{number:08x}-0000-4000-8000-000000000000-000000")
}

fn mail(number: usize, call: &Value, at: Timestamp) -> Mail {
    let raw = STANDARD.decode(call["Content"]["Raw"]["Data"].as_str().expect("raw content")).expect("base64");
    let tags = call["EmailTags"].as_array().into_iter().flatten();
    let tags = tags.map(|tag| (tag["Name"].as_str().expect("a name").to_owned(), tag["Value"].clone()));
    Mail::of(&json!({
        "message_id": message_id(number),
        "accepted_at": format!("{at:.3}"),
        "envelope_to": call["Destination"]["ToAddresses"],
        "subject": "",
        "tags": tags.collect::<Map<_, _>>(),
        "configuration_set": call["ConfigurationSetName"],
        "raw": String::from_utf8(raw).expect("7 bits"),
    }))
}
