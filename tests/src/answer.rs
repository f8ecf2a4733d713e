//! An answer of the system, with what a test asks of it.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// A complete HTTP answer.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Sends a request and reads the whole answer.
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.expect("the system answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("the whole answer").to_vec();
        Self { status, headers, body }
    }

    /// A header's value; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in a {}: {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// The body as JSON of an answer that must have this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The problem document (RFC 9457) of an answer that must have this status.
    pub fn problem(&self, status: u16) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json", "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        for text in ["type", "title", "detail"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{text} of {problem}");
        }
        problem
    }

    /// The problem document of an answer that must be a 400 naming this place; `pointer` may be its beginning.
    pub fn problem_at(&self, place: &str, pointer: &str) -> Value {
        let problem = self.problem(400);
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors in {problem}"));
        let named = errors.iter().any(|error| {
            assert!(error["detail"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
            error["in"] == place && error["pointer"].as_str().is_some_and(|text| text.starts_with(pointer))
        });
        assert!(named, "{place} {pointer} is not named in {problem}");
        problem
    }
}
