//! The request as API Gateway writes it for a function: payload format 2.0.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;
use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::routes::Match;

/// A request at the gateway, and the route it takes.
pub(crate) struct Arrival<'request> {
    pub(crate) parts: &'request http::request::Parts,
    pub(crate) body: &'request [u8],
    pub(crate) peer: SocketAddr,
    pub(crate) route: &'request Match<'request>,
    /// The claims of the JWT, on routes that ask for one.
    pub(crate) claims: Option<Map<String, Value>>,
    pub(crate) request_id: &'request str,
    pub(crate) at: Timestamp,
}

impl Arrival<'_> {
    /// The event that the function is invoked with.
    pub(crate) fn to_event(&self) -> Value {
        let uri = &self.parts.uri;
        let query = uri.query().unwrap_or_default();
        let (headers, cookies) = headers(&self.parts.headers, self.peer);
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.route.route.route_key,
            "rawPath": uri.path(),
            "rawQueryString": query,
            "headers": headers,
            "requestContext": self.context(&headers),
            "isBase64Encoded": false,
        });
        if !cookies.is_empty() {
            event["cookies"] = json!(cookies);
        }
        if !query.is_empty() {
            event["queryStringParameters"] = json!(query_parameters(query));
        }
        if !self.route.parameters.is_empty() {
            event["pathParameters"] = json!(self.route.parameters);
        }
        if !self.body.is_empty() {
            let text = std::str::from_utf8(self.body).ok().filter(|_| is_text(&self.parts.headers));
            event["isBase64Encoded"] = json!(text.is_none());
            event["body"] = text.map_or_else(|| json!(STANDARD.encode(self.body)), |text| json!(text));
        }
        event
    }

    fn context(&self, headers: &BTreeMap<String, String>) -> Value {
        let domain = headers.get("host").map_or("127.0.0.1", String::as_str);
        let mut context = json!({
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next().unwrap_or_default(),
            "http": {
                "method": self.parts.method.as_str(),
                "path": self.parts.uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": self.peer.ip().to_string(),
                "userAgent": headers.get("user-agent").map_or("", String::as_str),
            },
            "requestId": self.request_id,
            "routeKey": self.route.route.route_key,
            "stage": "$default",
            "time": self.at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": self.at.as_millisecond(),
        });
        if let Some(claims) = &self.claims {
            context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
        }
        context
    }
}

/// Headers in lower case, repeated ones joined by commas; cookies have a field of their own. API Gateway adds who
/// asked.
fn headers(headers: &http::HeaderMap, peer: SocketAddr) -> (BTreeMap<String, String>, Vec<String>) {
    let mut joined = BTreeMap::<String, String>::new();
    let mut cookies = Vec::new();
    let all = headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value.as_bytes()).into_owned()));
    for (name, value) in all {
        if name == header::COOKIE {
            cookies.extend(value.split(';').map(|cookie| cookie.trim().to_owned()));
        } else {
            joined
                .entry(name.as_str().to_owned())
                .and_modify(|values| *values = format!("{values},{value}"))
                .or_insert(value);
        }
    }
    let peer_ip = peer.ip().to_string();
    let forwarded = match joined.get("x-forwarded-for") {
        Some(before) => format!("{before}, {peer_ip}"),
        None => peer_ip,
    };
    joined.insert("x-forwarded-for".to_owned(), forwarded);
    joined.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    (joined, cookies)
}

/// Query parameters, decoded, repeated ones joined by commas.
pub(crate) fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let mut joined = BTreeMap::<String, String>::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name), decode(value));
        joined.entry(name).and_modify(|values| *values = format!("{values},{value}")).or_insert(value);
    }
    joined
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// What API Gateway hands on as text. All else is base64, forms too.
fn is_text(headers: &http::HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type.starts_with("text/")
        || matches!(media_type.as_str(), "application/json" | "application/xml" | "application/javascript")
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::template::RouteDefinition;

    fn event(
        request: http::request::Builder,
        body: &[u8],
        route_key: &str,
        claims: Option<Map<String, Value>>,
    ) -> Value {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let definition = RouteDefinition { route_key: route_key.to_owned(), function: "submit".to_owned(), jwt: true };
        let parameters = match route_key {
            "$default" => BTreeMap::new(),
            _ => BTreeMap::from([("invoice".to_owned(), "10 42".to_owned())]),
        };
        let route = Match { route: &definition, parameters };
        Arrival {
            parts: &parts,
            body,
            peer: "127.0.0.9:5000".parse().unwrap(),
            route: &route,
            claims,
            request_id: "request-1",
            at: "2026-11-21T23:05:00.123Z".parse().unwrap(),
        }
        .to_event()
    }

    #[test]
    fn a_request_is_written_as_api_gateway_does() {
        let request = http::Request::post("/v1/invoices/10%2042/emails?tag=a&tag=b%20c&x=1+2")
            .header("Host", "127.0.0.1:8787")
            .header("User-Agent", "test/1")
            .header("Content-Type", "application/json; charset=utf-8")
            .header("X-Twice", "one")
            .header("X-Twice", "two")
            .header("X-Forwarded-For", "198.51.100.7")
            .header("Cookie", "a=1; b=2");
        let claims = super::super::authorizer::claims(Some(b"Bearer local:roe")).unwrap();
        assert_eq!(
            event(request, br#"{"to":"x"}"#, "POST /v1/invoices/{invoice}/emails", Some(claims)),
            json!({
                "version": "2.0",
                "routeKey": "POST /v1/invoices/{invoice}/emails",
                "rawPath": "/v1/invoices/10%2042/emails",
                "rawQueryString": "tag=a&tag=b%20c&x=1+2",
                "cookies": ["a=1", "b=2"],
                "headers": {
                    "host": "127.0.0.1:8787",
                    "user-agent": "test/1",
                    "content-type": "application/json; charset=utf-8",
                    "x-twice": "one,two",
                    "x-forwarded-for": "198.51.100.7, 127.0.0.9",
                    "x-forwarded-proto": "http",
                },
                "queryStringParameters": { "tag": "a,b c", "x": "1 2" },
                "pathParameters": { "invoice": "10 42" },
                "requestContext": {
                    "accountId": "000000000000",
                    "apiId": "local",
                    "authorizer": { "jwt": {
                        "claims": { "custom:firm": "roe", "sub": "local", "email": "staff@roe.example" },
                        "scopes": null,
                    } },
                    "domainName": "127.0.0.1:8787",
                    "domainPrefix": "127",
                    "http": {
                        "method": "POST",
                        "path": "/v1/invoices/10%2042/emails",
                        "protocol": "HTTP/1.1",
                        "sourceIp": "127.0.0.9",
                        "userAgent": "test/1",
                    },
                    "requestId": "request-1",
                    "routeKey": "POST /v1/invoices/{invoice}/emails",
                    "stage": "$default",
                    "time": "21/Nov/2026:23:05:00 +0000",
                    "timeEpoch": 1_795_302_300_123_i64,
                },
                "body": "{\"to\":\"x\"}",
                "isBase64Encoded": false,
            })
        );
    }

    #[test]
    fn the_event_is_one_that_the_runtime_reads() {
        let claims = super::super::authorizer::claims(None).unwrap();
        let event = event(http::Request::post("/v1/x?y=1"), b"\x00\xff", "POST /v1/{x}", Some(claims));
        assert_eq!(event["isBase64Encoded"], true);
        let request = lambda_http::request::from_str(&event.to_string()).unwrap();
        assert_eq!(request.method(), http::Method::POST);
        assert_eq!(request.uri().path(), "/v1/x");
        assert_eq!(request.body().as_ref(), b"\x00\xff");
    }

    #[test]
    fn what_is_absent_is_left_out_and_forms_are_base64() {
        let plain = event(http::Request::get("/nowhere"), b"", "$default", None);
        for field in ["cookies", "queryStringParameters", "pathParameters", "body"] {
            assert!(plain.get(field).is_none(), "{field}");
        }
        assert!(plain["requestContext"].get("authorizer").is_none());
        let form = http::Request::post("/u/x").header("content-type", "application/x-www-form-urlencoded");
        let form = event(form, b"List-Unsubscribe=One-Click", "ANY /u/{token}", None);
        assert_eq!(form["isBase64Encoded"], true);
        let broken = http::Request::post("/u/x").header("content-type", "application/json");
        assert_eq!(event(broken, b"\xff", "ANY /u/{token}", None)["isBase64Encoded"], true);
    }
}
