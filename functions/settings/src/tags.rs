//! `ETag` and `If-Match`: whoever changes a whole record says which one they have seen.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1>

use lambda::problem::{FieldError, In, Problem};
use lambda::{reply, request};
use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::Expected;

const IF_MATCH: &str = "If-Match";

/// The most tags of a condition; a caller has seen one. DynamoDB compares with at most 100.
const MAX_TAGS: usize = 20;

/// Which record the caller expects to change.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    Missing,
    Any,
    Tags(Vec<String>),
}

impl IfMatch {
    /// The request's condition.
    pub(crate) fn of(request: &Request) -> Result<Self, FieldError> {
        let error = || FieldError::new(In::Header, IF_MATCH, "must be * or a list of the ETags that GET answered");
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

    /// The same for the table.
    pub(crate) fn expected(&self) -> Expected<'_> {
        match self {
            Self::Missing => Expected::Anything,
            Self::Any => Expected::Present,
            Self::Tags(tags) => Expected::OneOf(tags),
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
    Problem::precondition_failed("It has been changed meanwhile, or is not there: GET it and decide anew.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(value: &str) -> Result<IfMatch, String> {
        let mut request = Request::new(Body::Empty);
        request.headers_mut().insert(IF_MATCH, value.parse().unwrap());
        IfMatch::of(&request).map_err(|error| error.pointer)
    }

    #[test]
    fn conditions_are_lists_of_tags() {
        let tags = |tags: &[&str]| Ok(IfMatch::Tags(tags.iter().map(|tag| (*tag).to_owned()).collect()));
        assert_eq!(IfMatch::of(&Request::new(Body::Empty)), Ok(IfMatch::Missing));
        assert_eq!(of(" * "), Ok(IfMatch::Any));
        assert_eq!(of("\"a1\""), tags(&["a1"]));
        assert_eq!(of("\"a1\", \"b2\""), tags(&["a1", "b2"]));
        assert_eq!(of("W/\"a1\""), tags(&["W/\"a1\""]));
        for wrong in ["", &["\"a\""; MAX_TAGS + 1].join(","), "a1", "\"a1", ",", "\"a1\", b2"] {
            assert_eq!(of(wrong), Err(IF_MATCH.to_owned()), "{wrong}");
        }
    }
}
