//! The gateway: HTTP on loopback, turned into API Gateway's JSON, handed to the very handlers that AWS runs.

pub(crate) mod authorizer;
pub(crate) mod cors;
pub(crate) mod event;
mod routes;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use serde_json::json;

use crate::clock;
use crate::invoke::{HttpFunction, apart};
use crate::pages::Pages;
use crate::serve::{self, BodyError, NoAnswer, Response, read_body};
use crate::template::RouteDefinition;
use cors::Cors;
use event::Arrival;
use routes::{Match, Routes};

/// API Gateway's limit of a request.
const MOST_BODY_BYTES: usize = 10 * 1024 * 1024;

/// Lambda's limit of an answer.
const MOST_ANSWER_BYTES: usize = 6 * 1024 * 1024;

/// API Gateway's limit of an integration.
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

/// The gateway.
pub(crate) struct Gateway {
    routes: Routes,
    functions: HashMap<String, HttpFunction>,
    pages: Pages,
    /// `None` leaves CORS to the functions.
    cors: Option<Cors>,
    /// How long a body may take to come.
    request_timeout: Duration,
}

/// A route leads to a function that the stack does not know.
#[derive(Debug, thiserror::Error)]
#[error("the route {route_key} leads to the function {function}, which the local stack does not run")]
pub struct UnknownFunction {
    route_key: String,
    function: String,
}

impl Gateway {
    pub(crate) fn new(
        definitions: &[RouteDefinition],
        functions: HashMap<String, HttpFunction>,
        pages: Pages,
        cors: Option<Cors>,
        request_timeout: Duration,
    ) -> Result<Self, UnknownFunction> {
        match definitions.iter().find(|definition| !functions.contains_key(&definition.function)) {
            Some(RouteDefinition { route_key, function, .. }) => {
                Err(UnknownFunction { route_key: route_key.clone(), function: function.clone() })
            }
            None => Ok(Self { routes: Routes::new(definitions), functions, pages, cors, request_timeout }),
        }
    }

    /// Answers one request.
    pub(crate) async fn answer(
        self: Arc<Self>,
        request: http::Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response, NoAnswer> {
        let (parts, body) = request.into_parts();
        // A function hears of a request when the whole of it is there, and of one that never is not at all.
        let reading = tokio::time::timeout(self.request_timeout, read_body(body, MOST_BODY_BYTES)).await;
        let mut response = match reading.unwrap_or(Err(BodyError::Late)) {
            Ok(body) => {
                // The stack's own pages lie before the API's routes, and are none of its.
                if let Some(response) = self.pages.answer(&parts, &body).await {
                    return Ok(response);
                }
                self.route(&parts, &body, peer).await
            }
            Err(BodyError::TooLarge) => own(413, "Request Entity Too Large"),
            Err(BodyError::Broken) => own(400, "Bad Request"),
            Err(BodyError::Late) => own(408, "Request Timeout"),
        };
        if let Some(cors) = &self.cors {
            cors.apply(&parts.method, &parts.headers, response.headers_mut());
        }
        Ok(response)
    }

    async fn route(&self, parts: &http::request::Parts, body: &[u8], peer: SocketAddr) -> Response {
        match self.routes.find(parts.method.as_str(), parts.uri.path()) {
            Some(found) => self.invoke(parts, body, peer, &found).await,
            None => {
                let preflight = self.cors.as_ref().and_then(|_| Cors::preflight(&parts.method, &parts.headers));
                preflight.unwrap_or_else(|| own(404, "Not Found"))
            }
        }
    }

    async fn invoke(&self, parts: &http::request::Parts, body: &[u8], peer: SocketAddr, found: &Match<'_>) -> Response {
        let mut claims = None;
        if found.route.jwt {
            match authorizer::claims(parts.headers.get(http::header::AUTHORIZATION).map(http::HeaderValue::as_bytes)) {
                Ok(granted) => claims = Some(granted),
                Err(error) => {
                    tracing::info!(route = found.route.route_key, error = %error, "turned away");
                    let mut response = own(401, "Unauthorized");
                    let challenge = http::HeaderValue::from_static("Bearer");
                    response.headers_mut().insert(http::header::WWW_AUTHENTICATE, challenge);
                    return response;
                }
            }
        }
        let request_id = clock::uuid();
        let arrival = Arrival { parts, body, peer, route: found, claims, request_id: &request_id, at: clock::now() };
        let request = match lambda_http::request::from_str(&arrival.to_event().to_string()) {
            Ok(request) => request,
            Err(error) => {
                tracing::error!(error = %error, "the runtime does not read the gateway's event");
                return own(500, "Internal Server Error");
            }
        };
        let Some(function) = self.functions.get(&found.route.function) else {
            return own(500, "Internal Server Error");
        };
        match tokio::time::timeout(INTEGRATION_TIMEOUT, apart(function(request))).await {
            Ok(Ok(response)) => from_function(response, &request_id, parts.method == http::Method::HEAD),
            Ok(Err(error)) => {
                tracing::error!(function = found.route.function, error = %error, "an invocation failed");
                own(500, "Internal Server Error")
            }
            Err(_) => own(503, "Service Unavailable"),
        }
    }
}

/// An answer of API Gateway's own.
fn own(status: u16, message: &str) -> Response {
    serve::json(status, &json!({ "message": message }))
}

fn from_function(response: lambda_http::Response<lambda_http::Body>, request_id: &str, to_head: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = match body {
        lambda_http::Body::Text(text) => Bytes::from(text),
        lambda_http::Body::Binary(bytes) => Bytes::from(bytes),
        _ => Bytes::new(),
    };
    if body.len() > MOST_ANSWER_BYTES {
        tracing::error!(bytes = body.len(), "an answer is larger than Lambda allows");
        return own(500, "Internal Server Error");
    }
    if let Ok(id) = http::HeaderValue::from_str(request_id) {
        parts.headers.insert("apigw-requestid", id);
    }
    // The connection's own business, since a wrong length from a function would break it; only the answer to a HEAD may
    // speak of a body that is not there.
    if !to_head {
        parts.headers.remove(http::header::CONTENT_LENGTH);
    }
    http::Response::from_parts(parts, Full::new(body))
}
