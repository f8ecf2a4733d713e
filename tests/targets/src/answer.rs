//! What every answer of the API is, whatever was asked.

use lambda::problem::MAX_DOCUMENT_BYTES;
use lambda_http::http::{StatusCode, header};
use lambda_http::{Body, Response};
use serde_json::Value;

/// What Lambda hands on, in bytes of the JSON around the body: 6 MB, and some of it is headers.
const MAX_ANSWER_BYTES: usize = 6_000_000;

/// Panics unless the answer is one that the API's description allows.
pub(crate) fn is_whole(response: &Response<Body>) {
    let (status, content_type) = (response.status(), header_of(response, header::CONTENT_TYPE.as_str()));
    let body: &[u8] = match response.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    };
    let text = String::from_utf8_lossy(body);
    let in_json = serde_json::to_string(&text).expect("a text").len();
    assert!(in_json <= MAX_ANSWER_BYTES, "an answer of {in_json} bytes");
    for name in response.headers().keys() {
        assert!(!header_of(response, name.as_str()).contains(char::is_control), "{name}");
    }
    if content_type == "application/problem+json" {
        return problem(status, &text);
    }
    let is_page = content_type.starts_with("text/html");
    assert!(is_page || !(status.is_client_error() || status.is_server_error()), "{status} as {content_type}: {text}");
    if content_type.starts_with("application/json") {
        serde_json::from_str::<Value>(&text).expect("an answer of JSON is JSON");
    }
}

fn header_of<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().expect("a header of ours is text")).unwrap_or_default()
}

/// A problem document (RFC 9457) of bounded size that names what is wrong.
fn problem(status: StatusCode, text: &str) {
    assert!(text.len() <= MAX_DOCUMENT_BYTES, "a problem document of {} bytes", text.len());
    assert!(status.is_client_error() || status.is_server_error(), "{status} with a problem");
    let document: Value = serde_json::from_str(text).expect("a problem document is JSON");
    assert_eq!(document["status"], status.as_u16(), "{text}");
    assert_eq!(document["type"], "about:blank", "{text}");
    for name in ["title", "detail"] {
        assert!(document[name].as_str().is_some_and(|said| !said.is_empty()), "no {name}: {text}");
    }
    for error in document["errors"].as_array().map_or(&[][..], Vec::as_slice) {
        let place = error["in"].as_str().expect("a field stands somewhere");
        let pointer = error["pointer"].as_str().expect("a field has a name");
        assert!(error["detail"].as_str().is_some_and(|said| !said.is_empty()), "{text}");
        // RFC 6901; the whole body's pointer is the empty one.
        let is_pointer = pointer.is_empty() || pointer.starts_with('/');
        assert!(matches!(place, "query" | "path" | "header") || (place == "body" && is_pointer), "{text}");
    }
}
