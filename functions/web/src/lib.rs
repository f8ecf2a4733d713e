//! What staff look at: the page at `/`, and the modules under `/ui/` that it and portals load.
//!
//! The files are embedded, with every coding and tag made beforehand, so that a request is one look into a table. What
//! is served is public and the same for everybody; all that is about a firm comes from the API, with a token.

mod assets;
mod negotiation;

use lambda::problem::Problem;
use lambda::{Call, ConfigurationError, Environment, reply, request};
use lambda_http::http::header::{self, HeaderMap};
use lambda_http::http::{HeaderName, HeaderValue, Method, StatusCode};
use lambda_http::{Body, Request, Response};

use assets::{Asset, Copy};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The methods of every path.
const METHODS: &str = "GET, HEAD";

/// What the page may load: its own modules, styles and frames, and nothing from elsewhere. Text cannot become script,
/// because only lit's own templates may make HTML of strings.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types lit-html";

/// What the frame that shows a mail may load: its own script, the mail's inline styles and pictures, and nothing from
/// the network. Portals embed it, so that anybody may be its ancestor.
const MAIL_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; \
    form-action 'none'; base-uri 'none'";

/// What the pages could ask a browser for and never do.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

/// The content of a hashed name never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Kept, and asked for by its tag each time: a deployment shows at once.
const ASKED_EACH_TIME: &str = "public, no-cache";

/// The function. It has no variables and touches nothing.
#[derive(Debug)]
pub struct Web;

impl Web {
    /// Reads no variables.
    ///
    /// # Errors
    /// None; it is the form that all functions have.
    pub fn from_environment(_environment: &Environment) -> Result<Self, ConfigurationError> {
        Ok(Self)
    }

    /// Answers one request.
    #[expect(clippy::unused_async, reason = "the form that all functions have")]
    pub async fn handle(&self, request: Request, _call: Call) -> Response<Body> {
        let route = request::route_key(&request);
        let path = route.split_once(' ').map_or(route, |(_, path)| path);
        let path = match path {
            "/ui/{file}" => format!("/ui/{}", request::path_parameter(&request, "file")),
            other => other.to_owned(),
        };
        let mut response = answer(&request, &path).unwrap_or_else(Problem::into_response);
        if path != "/" {
            let headers = response.headers_mut();
            // Modules are loaded with CORS wherever they come from. Where the API has origins of its own, API Gateway
            // puts its answer in this one's place.
            insert(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            insert(headers, CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin");
            // API Gateway's answer depends on who asks, and a cache must not mix them up.
            insert(headers, header::VARY, "Accept-Encoding, Origin");
        }
        response
    }
}

/// The answer to any path and method.
fn answer(request: &Request, path: &str) -> Result<Response<Body>, Problem> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return reply::other_method(request, METHODS);
    }
    let asset = assets::find(path).ok_or_else(|| Problem::not_found("There is no such file."))?;
    let accepted = joined(request, header::ACCEPT_ENCODING);
    let copy = asset.copy(negotiation::choose(accepted.as_deref(), asset.copies.iter().map(|copy| copy.coding)));
    let is_known = joined(request, header::IF_NONE_MATCH).is_some_and(|tags| negotiation::names_tag(&tags, copy.tag));
    let mut response = Response::new(Body::Empty);
    validators(response.headers_mut(), asset, copy);
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response);
    }
    representation(response.headers_mut(), asset, copy);
    if request.method() == Method::GET {
        *response.body_mut() = Body::from(copy.bytes);
    }
    Ok(response)
}

/// What a 304 repeats of a 200 (RFC 9110, 15.4.5).
fn validators(headers: &mut HeaderMap, asset: &Asset, copy: &Copy) {
    insert(headers, header::ETAG, copy.tag);
    insert(headers, header::CACHE_CONTROL, if asset.immutable { FOR_EVER } else { ASKED_EACH_TIME });
    insert(headers, header::VARY, "Accept-Encoding");
}

fn representation(headers: &mut HeaderMap, asset: &Asset, copy: &Copy) {
    insert(headers, header::CONTENT_TYPE, asset.content_type);
    if let Some(coding) = copy.coding.name() {
        insert(headers, header::CONTENT_ENCODING, coding);
    }
    insert(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    insert(headers, header::REFERRER_POLICY, "no-referrer");
    if !asset.is_page() {
        return;
    }
    insert(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    insert(headers, HeaderName::from_static("x-robots-tag"), "noindex");
    if asset.path == "/" {
        insert(headers, header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
        insert(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
        insert(headers, CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    } else {
        insert(headers, header::CONTENT_SECURITY_POLICY, MAIL_POLICY);
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// All values of a header as one list; what is no text is as good as absent.
fn joined(request: &Request, name: HeaderName) -> Option<String> {
    let values: Vec<&str> = request.headers().get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

#[cfg(test)]
mod tests;
