//! What recipients' mail programs and browsers ask for: the pixel, links, the unsubscribe page.
//!
//! The reader comes first: the pixel always renders and a valid link always redirects, whatever the token, the
//! headers or the table. Nobody is answered differently for being a machine; what a request tells is kept, and the
//! fold judges it later.

mod page;

use std::time::Duration;

use domain::event::{Event, EventKind, UnsubscribedBy};
use domain::evidence::{HitKind, Method};
use domain::ids::RecipientKey;
use domain::log::Hit;
use domain::token::{Purpose, TokenKeys};
use lambda::problem::Problem;
use lambda::{Call, ConfigurationError, Environment, request};
use lambda_http::http::{HeaderName, HeaderValue, Method as HttpMethod, StatusCode, header};
use lambda_http::{Body, Request, Response};
use table::{Table, TableError};

/// How long a reader waits for the recording at most. A healthy table takes single milliseconds; a page or an image
/// that hangs costs the sender more than one uncounted open.
const RECORDING_TIMEOUT: Duration = Duration::from_secs(2);

/// How long an unsubscribe may take; the function's timeout of 5 s would give no page at all.
const UNSUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(4);

/// A transparent GIF of one pixel: header, a screen of 1x1 with two colours, the first of them transparent, one
/// image of one pixel, the end. <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Whoever caches the pixel or a redirect hides the next reader.
const NO_STORE: &str = "no-store, no-cache, must-revalidate, private, max-age=0";

/// Counts tokens that do not open: many of them mean that a key is missing, or that somebody guesses.
const INVALID_TOKENS: &str = "InvalidTokens";

/// Counts what the table did not take; whoever asked was answered all the same.
const NOT_RECORDED: &str = "NotRecorded";

/// The function.
#[derive(Debug)]
pub struct Track {
    table: Table,
    keys: TokenKeys,
}

impl Track {
    /// Reads `TABLE_NAME` and `TOKEN_KEYS`.
    ///
    /// # Errors
    /// Names the variable that is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let name = environment.required("TABLE_NAME")?;
        let keys = environment.token_keys()?;
        let config = lambda::aws::config(environment, lambda::aws::Service::DynamoDb)?;
        Ok(Self { table: Table::new(&config, name), keys })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request, call: Call) -> Response<Body> {
        let token = request::path_parameter(&request, "token");
        let route = request::route_key(&request);
        let path = route.split_once(' ').map_or(route, |(_, path)| path);
        match path {
            "/o/{token}" => self.pixel(&request, token, &call).await,
            "/c/{token}" => self.click(&request, token, &call).await,
            "/u/{token}" => self.unsubscribe(&request, token, &call).await,
            _ => Problem::not_found("There is nothing at this address.").into_response(),
        }
    }

    async fn pixel(&self, request: &Request, token: &str, call: &Call) -> Response<Body> {
        let Some(method) = method_of(request) else {
            return Problem::method_not_allowed("GET, HEAD").into_response();
        };
        let token = token.strip_suffix(".gif").unwrap_or(token);
        match self.keys.open_recipient(Purpose::Open, token) {
            Ok(key) => {
                self.record(&key, HitKind::Open, request::hit(request, &self.keys, &key, 0, call.now), call).await
            }
            Err(_) => call.metrics.add(INVALID_TOKENS, 1),
        }
        let body = match method {
            Method::Get => Body::from(PIXEL),
            Method::Head => Body::Empty,
        };
        with_headers(
            StatusCode::OK,
            body,
            &[
                (header::CONTENT_TYPE, "image/gif"),
                (header::CACHE_CONTROL, NO_STORE),
                (header::PRAGMA, "no-cache"),
                (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
            ],
        )
    }

    async fn click(&self, request: &Request, token: &str, call: &Call) -> Response<Body> {
        if method_of(request).is_none() {
            return Problem::method_not_allowed("GET, HEAD").into_response();
        }
        let Ok((key, link, url)) = self.keys.open_click(token) else { return invalid_token(call) };
        let Ok(location) = HeaderValue::try_from(&url) else { return page::not_found() };
        self.record(&key, HitKind::Click, request::hit(request, &self.keys, &key, link, call.now), call).await;
        let mut response = with_headers(
            StatusCode::FOUND,
            Body::Empty,
            &[(header::CACHE_CONTROL, NO_STORE), (header::REFERRER_POLICY, "no-referrer")],
        );
        response.headers_mut().insert(header::LOCATION, location);
        response
    }

    /// GET shows what a POST would do and changes nothing, because scanners follow links; POST is the button on that
    /// page, or a mail program's own button (RFC 8058).
    async fn unsubscribe(&self, request: &Request, token: &str, call: &Call) -> Response<Body> {
        let asks = match *request.method() {
            HttpMethod::GET => true,
            HttpMethod::POST => false,
            _ => return Problem::method_not_allowed("GET, POST").into_response(),
        };
        let Ok(key) = self.keys.open_recipient(Purpose::Unsubscribe, token) else { return invalid_token(call) };
        if asks {
            return page::unsubscribe();
        }
        let events = [Event::new(call.now, EventKind::Unsubscribed { by: UnsubscribedBy::Link })];
        match tokio::time::timeout(UNSUBSCRIBE_TIMEOUT, self.table.append(&key, &events, None, call.now)).await {
            Ok(Ok(Some(_))) => {
                call.metrics.add("Unsubscribes", 1);
                page::unsubscribed()
            }
            Ok(Ok(None)) => page::not_found(),
            Ok(Err(error)) => {
                log_failure("an unsubscribe", &error);
                call.metrics.add(NOT_RECORDED, 1);
                page::try_again()
            }
            Err(_) => {
                tracing::error!("an unsubscribe was not recorded in time");
                call.metrics.add(NOT_RECORDED, 1);
                page::try_again()
            }
        }
    }

    /// Recording must not keep the reader waiting, and its failure is nobody's but ours.
    async fn record(&self, key: &RecipientKey, kind: HitKind, hit: Hit, call: &Call) {
        let metric = match tokio::time::timeout(RECORDING_TIMEOUT, self.table.hit(key, kind, hit)).await {
            Ok(Ok(true)) => match kind {
                HitKind::Open => "Opens",
                HitKind::Click => "Clicks",
            },
            Ok(Ok(false)) => {
                tracing::warn!(hit.kind = ?kind, "a valid token names a recipient that is not there");
                return;
            }
            Ok(Err(error)) => {
                log_failure("a fetch", &error);
                NOT_RECORDED
            }
            Err(_) => {
                tracing::error!(hit.kind = ?kind, "a fetch was not recorded in time");
                NOT_RECORDED
            }
        };
        call.metrics.add(metric, 1);
    }
}

/// A page for a link that was cut off, changed, or guessed.
fn invalid_token(call: &Call) -> Response<Body> {
    call.metrics.add(INVALID_TOKENS, 1);
    page::not_found()
}

fn method_of(request: &Request) -> Option<Method> {
    match *request.method() {
        HttpMethod::GET => Some(Method::Get),
        HttpMethod::HEAD => Some(Method::Head),
        _ => None,
    }
}

fn log_failure(what: &str, error: &TableError) {
    tracing::error!(error = lambda::log::chain(error), "{what} was not recorded");
}

fn with_headers(status: StatusCode, body: Body, headers: &[(HeaderName, &'static str)]) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pixel_is_a_whole_gif_of_one_transparent_pixel() {
        assert_eq!(&PIXEL[..6], b"GIF89a");
        assert_eq!(&PIXEL[6..10], [1, 0, 1, 0]);
        assert_eq!(PIXEL.len(), 43);
        // The graphic control extension: transparency on, colour 0.
        assert_eq!(&PIXEL[19..27], [0x21, 0xf9, 4, 1, 0, 0, 0, 0]);
        assert_eq!(PIXEL.last(), Some(&b';'));
    }
}
