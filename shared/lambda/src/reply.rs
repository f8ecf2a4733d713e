//! Answers that are no problems.

use lambda_http::http::{HeaderValue, Method, StatusCode, header};
use lambda_http::{Body, Request, Response};
use serde::Serialize;

use crate::problem::Problem;

/// A JSON answer; never cached, because it is about a firm's clients.
#[must_use]
pub fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    match serde_json::to_string(value) {
        Ok(text) => json_text(status, text),
        Err(error) => {
            tracing::error!(%error, "an answer could not be serialised");
            Problem::internal().into_response()
        }
    }
}

/// A JSON answer that is text already.
#[must_use]
pub fn json_text(status: StatusCode, text: String) -> Response<Body> {
    with_type(status, "application/json", Body::from(text))
}

/// 204: it is done, and there is nothing to say about it.
#[must_use]
pub fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// The answer to a method that a path does not have. OPTIONS is no mistake: a browser asks so before it calls from
/// another origin, and takes nothing but success; API Gateway adds the headers of CORS.
///
/// # Errors
/// It is any other method: 405.
pub fn other_method(request: &Request, allow: &'static str) -> Result<Response<Body>, Problem> {
    if request.method() != Method::OPTIONS {
        return Err(Problem::method_not_allowed(allow));
    }
    let mut response = no_content();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    Ok(response)
}

/// An answer of any other type; never cached.
#[must_use]
pub fn with_type(status: StatusCode, content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
