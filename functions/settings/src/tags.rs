//! `ETag`, `If-Match` and `If-None-Match`: whoever changes a whole record says which one they have seen, or that there was
//! none. <https://www.rfc-editor.org/rfc/rfc9110#section-13.1>

use lambda::problem::{FieldError, In, Problem};
use lambda::{reply, request};
use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::Expected;

const IF_MATCH: &str = "If-Match";
const IF_NONE_MATCH: &str = "If-None-Match";

/// The most tags of a condition; a caller has seen one. DynamoDB compares with at most 100.
const MAX_TAGS: usize = 20;

/// Which record the caller expects to change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Nothing was said.
    Missing,
    /// Whichever is there.
    Any,
    /// One with one of these tags.
    Tags(Vec<String>),
    /// None: it is to be a new one.
    New,
}

impl Condition {
    /// The request's condition.
    pub(crate) fn of(request: &Request) -> Result<Self, FieldError> {
        let error = || FieldError::new(In::Header, IF_MATCH, "must be * or a list of the ETags that GET answered");
        if request.headers().contains_key(IF_NONE_MATCH) {
            return Self::of_new(request);
        }
        if !request.headers().contains_key(IF_MATCH) {
            return Ok(Self::Missing);
        }
        let text = request::header(request, IF_MATCH).ok_or_else(error)?;
        if text.trim() == "*" {
            return Ok(Self::Any);
        }
        // Our tags hold no comma. A weak one says that the content may differ, so that it never fits.
        let tags = text.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        let tags = tags.map(|tag| tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).or(weak(tag)));
        let tags: Vec<String> = tags.map(|tag| tag.map(str::to_owned)).collect::<Option<_>>().ok_or_else(error)?;
        if tags.is_empty() || tags.len() > MAX_TAGS { Err(error()) } else { Ok(Self::Tags(tags)) }
    }

    fn of_new(request: &Request) -> Result<Self, FieldError> {
        let error = |detail: &str| FieldError::new(In::Header, IF_NONE_MATCH, detail);
        if request.headers().contains_key(IF_MATCH) {
            return Err(error("cannot be given together with If-Match"));
        }
        let is_new = request::header(request, IF_NONE_MATCH).is_some_and(|text| text.trim() == "*");
        if is_new { Ok(Self::New) } else { Err(error("must be *: write only what is not there yet")) }
    }

    /// The same for the table.
    pub(crate) fn expected(&self) -> Expected<'_> {
        match self {
            Self::Missing => Expected::Anything,
            Self::Any => Expected::Present,
            Self::Tags(tags) => Expected::OneOf(tags),
            Self::New => Expected::Absent,
        }
    }
}

/// A weak tag as it stands, which no record has.
fn weak(tag: &str) -> Option<&str> {
    (tag.starts_with("W/\"") && tag.ends_with('"')).then_some(tag)
}

/// A record with its tag.
pub(crate) fn tagged(status: StatusCode, value: &impl Serialize, etag: &str) -> Response<Body> {
    let mut response = reply::json(status, value);
    if let Ok(etag) = HeaderValue::try_from(format!("\"{etag}\"")) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// Another record is there than the one that the caller has seen.
pub(crate) fn changed() -> Problem {
    Problem::precondition_failed(
        "It is not as it was expected: changed meanwhile, gone, or there already. GET it and decide anew.",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn with(headers: &[(&'static str, &str)]) -> Result<Condition, String> {
        let mut request = Request::new(Body::Empty);
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Condition::of(&request).map_err(|error| error.pointer)
    }

    fn of(value: &str) -> Result<Condition, String> {
        with(&[("if-match", value)])
    }

    #[test]
    fn conditions_are_lists_of_tags() {
        let tags = |tags: &[&str]| Ok(Condition::Tags(tags.iter().map(|tag| (*tag).to_owned()).collect()));
        assert_eq!(with(&[]), Ok(Condition::Missing));
        assert_eq!(of(" * "), Ok(Condition::Any));
        assert_eq!(of("\"a1\""), tags(&["a1"]));
        assert_eq!(of("\"a1\", \"b2\""), tags(&["a1", "b2"]));
        assert_eq!(of("W/\"a1\""), tags(&["W/\"a1\""]));
        for wrong in ["", &["\"a\""; MAX_TAGS + 1].join(","), "a1", "\"a1", ",", "\"a1\", b2"] {
            assert_eq!(of(wrong), Err(IF_MATCH.to_owned()), "{wrong}");
        }
    }

    #[test]
    fn what_is_to_be_new_has_no_tag() {
        let none_match = "if-none-match";
        assert_eq!(with(&[(none_match, " * ")]), Ok(Condition::New));
        for wrong in ["", "\"a1\"", "a1"] {
            assert_eq!(with(&[(none_match, wrong)]), Err(IF_NONE_MATCH.to_owned()), "{wrong}");
        }
        assert_eq!(with(&[(none_match, "*"), ("if-match", "\"a1\"")]), Err(IF_NONE_MATCH.to_owned()));
    }
}
