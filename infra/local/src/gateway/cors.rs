//! CORS as API Gateway's HTTP API does it once it is configured: it answers for the functions, whatever they say.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html>: a configured API ignores the
//! headers of CORS that its integrations answer with, adds its own to what is asked with an `Origin` (of an OPTIONS
//! only with `Access-Control-Request-Method` as well), and answers a preflight itself where no route takes it. An API
//! without a configuration leaves all of it to the integrations.

use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;

use crate::serve::Response;

/// How the names of all headers begin by which a server answers for CORS.
const ANSWERS_OF_CORS: &str = "access-control-";

/// The template's CorsConfiguration, with the origins that the stack was started with.
#[derive(Debug)]
pub(crate) struct Cors {
    origins: Vec<String>,
    /// Added to whatever an allowed origin asks.
    to_all: Vec<(HeaderName, HeaderValue)>,
    /// Added to the answer of a preflight.
    to_preflights: Vec<(HeaderName, HeaderValue)>,
}

impl Cors {
    /// Reads the template's CorsConfiguration, which is there on a condition: that there are origins.
    pub(crate) fn read(configuration: &Value, origins: &[String]) -> Option<Self> {
        let configuration = match &configuration["Fn::If"] {
            Value::Array(branches) => branches.get(1)?,
            _ => configuration,
        };
        if origins.is_empty() || !configuration.is_object() {
            return None;
        }
        let lists = |pairs: &[(HeaderName, &str)]| -> Vec<(HeaderName, HeaderValue)> {
            let given = pairs.iter().filter_map(|(header, name)| Some((header.clone(), text(&configuration[*name])?)));
            given.collect()
        };
        Some(Self {
            origins: origins.to_vec(),
            to_all: lists(&[
                (header::ACCESS_CONTROL_EXPOSE_HEADERS, "ExposeHeaders"),
                (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "AllowCredentials"),
            ]),
            to_preflights: lists(&[
                (header::ACCESS_CONTROL_ALLOW_METHODS, "AllowMethods"),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, "AllowHeaders"),
                (header::ACCESS_CONTROL_MAX_AGE, "MaxAge"),
            ]),
        })
    }

    /// The answer to a preflight that no route takes.
    pub(crate) fn preflight(method: &Method, headers: &HeaderMap) -> Option<Response> {
        let asks = method == Method::OPTIONS
            && headers.contains_key(header::ORIGIN)
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        asks.then(|| {
            let mut response = Response::default();
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        })
    }

    /// Puts the API's own headers in the place of the function's.
    pub(crate) fn apply(&self, method: &Method, asked: &HeaderMap, answered: &mut HeaderMap) {
        let of_function: Vec<HeaderName> =
            answered.keys().filter(|name| name.as_str().starts_with(ANSWERS_OF_CORS)).cloned().collect();
        for name in of_function {
            answered.remove(name);
        }
        vary_by_origin(answered);
        let Some(origin) = asked.get(header::ORIGIN).filter(|origin| self.allows(origin)) else { return };
        let is_options = method == Method::OPTIONS;
        if is_options && !asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return;
        }
        answered.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        let to_preflight = self.to_preflights.iter().filter(|_| is_options);
        for (name, value) in self.to_all.iter().chain(to_preflight) {
            answered.insert(name.clone(), value.clone());
        }
    }

    fn allows(&self, origin: &HeaderValue) -> bool {
        self.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
    }
}

/// A list as its header has it, or a single value.
fn text(value: &Value) -> Option<HeaderValue> {
    let text = match value {
        Value::Null => return None,
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    HeaderValue::try_from(text).ok()
}

/// No cache may hand one origin's answer to another.
fn vary_by_origin(headers: &mut HeaderMap) {
    let named = headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
    let mut named = named.flat_map(|value| value.split(',')).map(str::trim);
    if !named.any(|name| name == "*" || name.eq_ignore_ascii_case("origin")) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    const PORTAL: &str = "https://portal.example.com";

    fn configuration() -> Value {
        let configuration = json!({
            "AllowOrigins": { "Fn::Split": [",", { "Ref": "OptionalPortalOrigins" }] },
            "AllowMethods": ["GET", "POST"],
            "AllowHeaders": ["authorization", "content-type"],
            "ExposeHeaders": ["etag", "link"],
            "MaxAge": 600,
        });
        json!({ "Fn::If": ["HasPortalOrigins", configuration, { "Ref": "AWS::NoValue" }] })
    }

    fn cors() -> Cors {
        Cors::read(&configuration(), &["https://other.example.com".to_owned(), PORTAL.to_owned()]).unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        pairs.collect()
    }

    /// All headers, sorted, of an answer that had these ones before.
    fn answered(method: &Method, asked: &[(&'static str, &str)], before: &[(&'static str, &str)]) -> Vec<String> {
        let mut answered = headers(before);
        cors().apply(method, &headers(asked), &mut answered);
        let mut lines: Vec<String> =
            answered.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        lines
    }

    #[test]
    fn without_origins_or_a_configuration_there_is_no_cors() {
        assert!(Cors::read(&configuration(), &[]).is_none());
        assert!(Cors::read(&Value::Null, &[PORTAL.to_owned()]).is_none());
    }

    #[test]
    fn a_preflight_hears_what_it_may_do() {
        let asked = [("origin", PORTAL), ("access-control-request-method", "POST")];
        assert_eq!(
            answered(&Method::OPTIONS, &asked, &[]),
            [
                "access-control-allow-headers: authorization,content-type",
                "access-control-allow-methods: GET,POST",
                "access-control-allow-origin: https://portal.example.com",
                "access-control-expose-headers: etag,link",
                "access-control-max-age: 600",
                "vary: Origin",
            ]
        );
        assert_eq!(answered(&Method::OPTIONS, &asked[..1], &[]), ["vary: Origin"]);
    }

    #[test]
    fn the_functions_own_headers_give_way() {
        let before =
            [("access-control-allow-origin", "*"), ("access-control-max-age", "5"), ("content-type", "text/html")];
        assert_eq!(
            answered(&Method::GET, &[("origin", PORTAL)], &before),
            [
                "access-control-allow-origin: https://portal.example.com",
                "access-control-expose-headers: etag,link",
                "content-type: text/html",
                "vary: Origin",
            ]
        );
        for asked in [&[][..], &[("origin", "https://evil.example")], &[("origin", "null")]] {
            assert_eq!(answered(&Method::GET, asked, &before), ["content-type: text/html", "vary: Origin"]);
        }
    }

    #[test]
    fn what_varies_already_is_not_said_twice() {
        for vary in ["Accept-Encoding, origin", "*"] {
            assert_eq!(answered(&Method::GET, &[], &[("vary", vary)]), [format!("vary: {vary}")]);
        }
        let both = answered(&Method::GET, &[], &[("vary", "Accept-Encoding")]);
        assert_eq!(both, ["vary: Accept-Encoding", "vary: Origin"]);
    }

    #[test]
    fn only_a_preflight_is_answered_without_a_route() {
        let asked = headers(&[("origin", PORTAL), ("access-control-request-method", "POST")]);
        assert_eq!(Cors::preflight(&Method::OPTIONS, &asked).unwrap().status(), 204);
        assert!(Cors::preflight(&Method::OPTIONS, &headers(&[("origin", PORTAL)])).is_none());
        assert!(Cors::preflight(&Method::GET, &asked).is_none());
    }
}
