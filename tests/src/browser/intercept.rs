//! Answers that the harness gives in the server's stead, so that a page meets every kind of trouble.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// An answer to a request, in place of the server's.
#[derive(Debug, Clone)]
pub struct Reply {
    outcome: Outcome,
    method: Option<String>,
    times: Option<usize>,
}

#[derive(Debug, Clone)]
enum Outcome {
    Whole { status: u16, headers: Vec<(String, String)>, body: String },
    Half(String),
    Lost,
    Never,
    Late(Duration),
}

impl Reply {
    fn of(outcome: Outcome) -> Self {
        Self { outcome, method: None, times: None }
    }

    /// An answer with this status, and nothing in it.
    pub fn status(status: u16) -> Self {
        Self::of(Outcome::Whole { status, headers: Vec::new(), body: String::new() })
    }

    /// A problem document (RFC 9457), as the API answers errors.
    pub fn problem(status: u16, detail: &str) -> Self {
        let problem = json!({ "type": "about:blank", "title": "Trouble", "status": status, "detail": detail });
        Self::status(status).header("content-type", "application/problem+json").body(&problem.to_string())
    }

    /// 200 with this JSON.
    pub fn json(body: &Value) -> Self {
        Self::status(200).header("content-type", "application/json").body(&body.to_string())
    }

    /// A connection that ends before the answer.
    pub fn lost() -> Self {
        Self::of(Outcome::Lost)
    }

    /// No answer ever.
    pub fn never() -> Self {
        Self::of(Outcome::Never)
    }

    /// The server's own answer, asked for only after this time.
    pub fn late(delay: Duration) -> Self {
        Self::of(Outcome::Late(delay))
    }

    /// 200 with the beginning of JSON, after which the connection ends.
    pub fn half(beginning: &str) -> Self {
        Self::of(Outcome::Half(beginning.to_owned()))
    }

    /// With a header; only for whole answers.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match &mut self.outcome {
            Outcome::Whole { headers, .. } => headers.push((name.to_owned(), value.to_owned())),
            other => panic!("{other:?} has no headers"),
        }
        self
    }

    /// With a body; only for whole answers.
    #[must_use]
    pub fn body(mut self, text: &str) -> Self {
        match &mut self.outcome {
            Outcome::Whole { body, .. } => text.clone_into(body),
            other => panic!("{other:?} has no body"),
        }
        self
    }

    /// Only to requests with this method.
    #[must_use]
    pub fn to(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only to so many requests; later ones reach the server.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }
}

/// A reply, and to which requests.
#[derive(Debug)]
pub(super) struct Rule {
    part: String,
    reply: Reply,
    /// Where the half answer comes from.
    broken_server: Option<String>,
}

/// A command that answers a paused request, and how long to wait before it.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) method: &'static str,
    pub(super) parameters: Value,
    pub(super) delay: Option<Duration>,
}

impl Rule {
    /// For requests whose URL contains `part`.
    pub(super) async fn new(part: &str, reply: Reply) -> Self {
        let broken_server = match &reply.outcome {
            Outcome::Half(beginning) => Some(broken_server(beginning.clone()).await),
            _ => None,
        };
        Self { part: part.to_owned(), reply, broken_server }
    }

    fn takes(&mut self, request: &Value) -> bool {
        let is_meant = request["url"].as_str().is_some_and(|url| url.contains(&self.part))
            && self.reply.method.as_ref().is_none_or(|method| request["method"] == **method);
        match &mut self.reply.times {
            _ if !is_meant => false,
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    fn verdict(&self, id: &Value) -> Option<Verdict> {
        let verdict = |method, parameters| Some(Verdict { method, parameters, delay: None });
        match &self.reply.outcome {
            Outcome::Whole { status, headers, body } => {
                let header = |(name, value): &(String, String)| json!({ "name": name, "value": value });
                let headers: Vec<Value> = headers.iter().map(header).collect();
                let body = BASE64_STANDARD.encode(body);
                let answer = json!({
                    "requestId": id, "responseCode": status, "responseHeaders": headers, "body": body,
                });
                verdict("Fetch.fulfillRequest", answer)
            }
            Outcome::Half(_) => verdict("Fetch.continueRequest", json!({ "requestId": id, "url": self.broken_server })),
            Outcome::Lost => {
                verdict("Fetch.failRequest", json!({ "requestId": id, "errorReason": "ConnectionClosed" }))
            }
            Outcome::Never => None,
            Outcome::Late(delay) => {
                let parameters = json!({ "requestId": id });
                Some(Verdict { method: "Fetch.continueRequest", parameters, delay: Some(*delay) })
            }
        }
    }
}

/// What happens to a paused request (`Fetch.requestPaused`): the latest rule that means it decides. `None`: nothing, ever.
pub(super) fn judge(rules: &mut [Rule], paused: &Value) -> Option<Verdict> {
    let id = &paused["requestId"];
    match rules.iter_mut().rev().find_map(|rule| rule.takes(&paused["request"]).then_some(rule)) {
        Some(rule) => rule.verdict(id),
        None => Some(Verdict { method: "Fetch.continueRequest", parameters: json!({ "requestId": id }), delay: None }),
    }
}

/// Where every answer promises more than it has.
async fn broken_server(beginning: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer_half(stream, beginning.clone()));
        }
    });
    url
}

async fn answer_half(mut stream: TcpStream, beginning: String) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => request.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let promised = beginning.len() + 1_000;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {promised}\r\n\r\n");
    // A browser that has gone needs no answer.
    stream.write_all(format!("{head}{beginning}").as_bytes()).await.ok();
    stream.shutdown().await.ok();
}
