//! Errors as clients see them: RFC 9457 problem documents.

use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

/// Where in a request a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum In {
    /// The JSON body; the pointer is a JSON Pointer.
    Body,
    /// The query; the pointer is the parameter's name.
    Query,
    /// The path; the pointer is the parameter's name.
    Path,
    /// A header; the pointer is its name.
    Header,
}

/// How many wrong fields one answer names; a body of nothing but unknown fields must not make an answer larger than
/// Lambda can give.
pub(crate) const MAX_FIELD_ERRORS: usize = 100;
/// The longest pointer, in bytes: several times the longest of our own fields. A request's unknown fields may have names
/// as long as the request.
const MAX_POINTER_BYTES: usize = 256;
/// The longest detail, in bytes: the longest sentence of ours with what it quotes takes some 700.
const MAX_DETAIL_BYTES: usize = 1_000;
/// No problem document is larger, in bytes: a hundred fields of that size with each byte written as six, and the rest. It
/// stays below the 6 MB that Lambda answers, in which quotes and backslashes are escaped once more.
pub const MAX_DOCUMENT_BYTES: usize = 800_000;
/// Stands where a text was cut.
const CUT: &str = "…";

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where it stands.
    #[serde(rename = "in")]
    pub location: In,
    /// Which one it is. Ends with `…` where it is longer than an answer can hold.
    pub pointer: String,
    /// What is wrong with it, in a sentence.
    pub detail: String,
}

impl FieldError {
    /// A wrong field.
    pub fn new(location: In, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let (pointer, detail) = (cut(pointer.into(), MAX_POINTER_BYTES), cut(detail.into(), MAX_DETAIL_BYTES));
        Self { location, pointer, detail }
    }
}

/// A text of at most that many bytes.
fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most - CUT.len()));
        text.push_str(CUT);
    }
    text
}

/// An answer that says what went wrong and what the caller can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
    /// A header that belongs to the status.
    header: Option<Extra>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extra {
    AcceptEncoding(&'static str),
    Allow(&'static str),
    RetryAfter(&'static str),
    WwwAuthenticate(&'static str),
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Problem {
    /// A problem with a status of its own.
    #[must_use]
    pub fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: cut(detail.into(), MAX_DETAIL_BYTES), errors: Vec::new(), header: None }
    }

    /// 400: these fields are wrong.
    #[must_use]
    pub fn invalid(mut errors: Vec<FieldError>) -> Self {
        errors.truncate(MAX_FIELD_ERRORS);
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            several => format!("{} fields are wrong; see errors.", several.len()),
        };
        Self { errors, ..Self::new(StatusCode::BAD_REQUEST, "Invalid request", detail) }
    }

    /// 401: the caller's token names no firm.
    #[must_use]
    pub fn no_firm(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "No firm", detail).with_header(Extra::WwwAuthenticate("Bearer"))
    }

    /// 403: the caller is known and may not do this.
    #[must_use]
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Not allowed", detail)
    }

    /// 404: there is no such thing, or it belongs to another firm.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", detail)
    }

    /// 405: the path knows other methods.
    #[must_use]
    pub fn method_not_allowed(allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", format!("This path answers {allow} only."))
            .with_header(Extra::Allow(allow))
    }

    /// 409: it contradicts what was done before.
    #[must_use]
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", detail)
    }

    /// 412: the record is not the one that the request expects.
    #[must_use]
    pub fn precondition_failed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "Changed meanwhile", detail)
    }

    /// 413: the body is over its limit.
    #[must_use]
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", detail)
    }

    /// 415: the body is compressed, which no function undoes: what little came could be made into anything.
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-15.5.16>
    #[must_use]
    pub fn unsupported_coding() -> Self {
        Self::unsupported_media_type("The body must not be compressed.").with_header(Extra::AcceptEncoding("identity"))
    }

    /// 415: the body is not JSON.
    #[must_use]
    pub fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type", detail)
    }

    /// 503: nothing was done; the same request may succeed in a moment.
    #[must_use]
    pub fn try_again() -> Self {
        Self::unavailable("The service is busy; nothing was done. Try again in a moment.")
    }

    /// 503 with what the caller should know before trying again.
    #[must_use]
    pub fn unavailable(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Try again", detail).with_header(Extra::RetryAfter("1"))
    }

    /// 503: a part of the table that the answer is read from is not there yet. Somebody has to add it, so that there is
    /// no saying when to try again.
    #[must_use]
    pub fn not_set_up() -> Self {
        let detail = "This part of the service is not fully set up yet, so that the request could not be answered; \
                      everything else works. The operators can find in the log what is missing. Try again later.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Not set up yet", detail)
    }

    /// 503: there is more than an answer holds, now and the next time.
    #[must_use]
    pub fn too_much(detail: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Too much for one answer", detail)
    }

    /// 500: a defect of ours.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "The request could not be handled. The operators can find the cause in the log.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal error", detail)
    }

    fn with_header(mut self, header: Extra) -> Self {
        self.header = Some(header);
        self
    }

    /// The answer.
    #[must_use]
    pub fn into_response(self) -> Response<Body> {
        let document = Document {
            r#type: "about:blank",
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            errors: &self.errors,
        };
        // The document is made of strings and a number, which always serialise.
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(extra) = self.header {
            let (name, value) = match extra {
                Extra::AcceptEncoding(codings) => (header::ACCEPT_ENCODING, codings),
                Extra::Allow(methods) => (header::ALLOW, methods),
                Extra::RetryAfter(seconds) => (header::RETRY_AFTER, seconds),
                Extra::WwwAuthenticate(scheme) => (header::WWW_AUTHENTICATE, scheme),
            };
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::invalid(vec![error])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_field_is_named() {
        let response = Problem::from(FieldError::new(In::Body, "/to", "must not be empty")).into_response();
        assert_eq!(response.status(), 400);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let Body::Text(body) = response.body() else { panic!("text") };
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["errors"][0]["in"], "body");
        assert_eq!(body["errors"][0]["pointer"], "/to");
        assert_eq!(body["detail"], "/to: must not be empty");
    }

    #[test]
    fn the_largest_document_is_bounded() {
        let errors = vec![FieldError::new(In::Body, "\u{1}".repeat(2_000_000), "\0".repeat(2_000_000)); 5_000];
        let response = Problem::invalid(errors).into_response();
        let Body::Text(body) = response.body() else { panic!("text") };
        assert!(body.len() > 600_000, "not the largest: {}", body.len());
        assert!(body.len() <= MAX_DOCUMENT_BYTES, "{}", body.len());
        // What Lambda is handed has the text as JSON again.
        assert!(serde_json::to_string(body).unwrap().len() < 6_000_000);
    }

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        let error = FieldError::new(In::Body, format!("/{}", "ü".repeat(200)), "is unknown");
        assert_eq!(error.pointer, format!("/{}…", "ü".repeat(126)));
        assert!(error.pointer.len() <= MAX_POINTER_BYTES);
        let longest = "p".repeat(MAX_POINTER_BYTES);
        assert_eq!(FieldError::new(In::Path, longest.clone(), "").pointer, longest);
    }
}
