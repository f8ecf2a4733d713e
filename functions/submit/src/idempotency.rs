//! Idempotency keys: a request may be repeated, by a double click or a lost answer, and sends once.

use lambda::problem::{FieldError, In};
use lambda::{body, request};
use lambda_http::Request;
use serde_json::Value;
use sha2::{Digest, Sha256};
use table::Once;

const HEADER: &str = "Idempotency-Key";
/// The longest key; it is part of a DynamoDB key, and a UUID has 36 characters.
const MAX_LENGTH: usize = 128;

/// The key of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Idempotency {
    key: String,
}

impl Idempotency {
    /// The request's key, if it has one.
    pub(crate) fn of(request: &Request) -> Result<Option<Self>, FieldError> {
        let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
        let error = |detail: String| FieldError::new(In::Header, HEADER, detail);
        let key = value.to_str().map_err(|_| error("must be ASCII".to_owned()))?;
        if key.is_empty() || key.len() > MAX_LENGTH {
            return Err(error(format!("must have 1 to {MAX_LENGTH} characters")));
        }
        Ok(Some(Self { key: key.to_owned() }))
    }

    /// The key, as the table knows it.
    pub(crate) fn once(&self) -> Once<'_> {
        Once::Key(&self.key)
    }
}

/// What makes two requests the same: the route, the invoice and the content, however it is spaced or ordered.
pub(crate) fn fingerprint(request: &Request) -> String {
    let mut hash = Sha256::new();
    for name in ["invoice", "send"] {
        hash.update(request::path_parameter(request, name).as_bytes());
        hash.update([0]);
    }
    let bytes = body::bytes(request);
    match serde_json::from_slice::<Value>(bytes) {
        // serde_json keeps an object's fields sorted.
        Ok(value) => hash.update(value.to_string().as_bytes()),
        Err(_) => hash.update(bytes),
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Body;

    fn request(body: &str) -> Request {
        Request::new(Body::from(body))
    }

    #[test]
    fn order_and_space_do_not_matter_and_content_does() {
        let one = fingerprint(&request(r#"{"to":"a@x.example","cc":[]}"#));
        assert_eq!(one, fingerprint(&request("{ \"cc\": [],\n \"to\": \"a@x.example\" }")));
        assert_ne!(one, fingerprint(&request(r#"{"to":"b@x.example","cc":[]}"#)));
    }

    #[test]
    fn keys_have_a_length() {
        let with = |key: &str| {
            let mut request = request("");
            request.headers_mut().insert(HEADER, key.parse().unwrap());
            Idempotency::of(&request)
        };
        assert!(with(&"k".repeat(128)).unwrap().is_some());
        assert_eq!(with(&"k".repeat(129)).unwrap_err().pointer, HEADER);
        assert!(with("").is_err());
        assert_eq!(Idempotency::of(&request("")), Ok(None));
    }
}
