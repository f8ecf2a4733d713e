//! A small HTTP server for all parts of the stack. Unlike a web framework it can also close a connection without an
//! answer, which the faults need.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// What a request is answered with.
pub(crate) type Response = http::Response<Full<Bytes>>;

/// A refused body is read to its end, up to this many bytes: a client that is cut off while it writes never sees the
/// answer.
const DISCARDED_BYTES: usize = 64 * 1024 * 1024;

/// The connection closes without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection closes without an answer, as a fault asks")]
pub(crate) struct NoAnswer;

/// Why a body could not be had.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    #[error("the body is larger than the limit")]
    TooLarge,
    #[error("the body ended early")]
    Broken,
    #[error("the body took too long")]
    Late,
}

/// Serves until it is dropped, which also ends its connections. Whoever takes longer for the headers of a request than
/// `header_timeout`, if there is one, is cut off.
pub(crate) async fn serve<Answer, Answering>(listener: TcpListener, header_timeout: Option<Duration>, answer: Answer)
where
    Answer: Fn(http::Request<Incoming>, SocketAddr) -> Answering + Clone + Send + 'static,
    Answering: Future<Output = Result<Response, NoAnswer>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        // Finished connections are taken off the list as new ones come.
        while connections.try_join_next().is_some() {}
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of file descriptors, say: others must end before another can begin.
            connections.join_next().await;
            continue;
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(error = %error, "a connection keeps Nagle's delay");
        }
        let answer = answer.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| answer(request, peer));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(header_timeout)
                .serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection ended early");
            }
        });
    }
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read_body(mut body: Incoming, limit: usize) -> Result<Vec<u8>, BodyError> {
    let (mut bytes, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| BodyError::Broken)?;
        let Some(data) = frame.data_ref() else { continue };
        length = length.saturating_add(data.len());
        if length <= limit {
            bytes.extend_from_slice(data);
        } else if length > limit.saturating_add(DISCARDED_BYTES) {
            break;
        }
    }
    if length > limit { Err(BodyError::TooLarge) } else { Ok(bytes) }
}

/// An answer of the stack's own.
pub(crate) fn answer(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = http::Response::new(Full::new(body.into()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    response
}

/// A JSON answer of the stack's own.
pub(crate) fn json(status: u16, body: &Value) -> Response {
    answer(status, "application/json", body.to_string())
}

/// A problem document (RFC 9457).
pub(crate) fn problem(status: u16, title: &str, detail: &str) -> Response {
    let body = serde_json::json!({ "type": "about:blank", "title": title, "status": status, "detail": detail });
    answer(status, "application/problem+json", body.to_string())
}
