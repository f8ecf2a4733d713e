//! Requests of the HTTP API, as API Gateway hands them to `submit`, `settings`, `portal`, `report` and `track`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::http::StatusCode;
use lambda_http::http::uri::Uri;
use lambda_http::request::{RequestContext, from_str};
use lambda_http::{Body, Request, RequestExt, Response};
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::answer::is_whole;
use crate::table::stays_within;
use crate::world::{CLIENT, FIRM, World, call, with_table};

/// The route of the client's account, whose callers are clients.
const ACCOUNT: &str = "/v1/portal/account";

/// What cannot stand in a query as it travels (RFC 3986, 3.4).
const NOT_IN_A_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'`');

/// A request: its route, the parameters of its path as a query has them, its query, its headers, a blank line, its body.
/// What begins with `{` is the function's event itself: API Gateway's, or one of EventBridge for `submit`.
///
/// Every answer is a valid one of bounded size, the same for the same request, and no request reaches another firm's
/// part of the table.
pub fn requests(data: &[u8]) {
    let event = if data.starts_with(b"{") { given_event(data) } else { Some(event_of(data)) };
    let Some(event) = event else { return };
    with_table(Vec::new(), |world| {
        if event.get("requestContext").is_none() {
            // A failure is logged and tried again; nobody waits for an answer.
            let handled = world.runtime.block_on(world.submit.handle_event(event.clone(), call()));
            if let (Ok(_), Some(firm)) = (handled, event["detail"]["firm"].as_str()) {
                stays_within(firm, &world.asked());
            }
            return;
        }
        let event = event.to_string();
        let Ok(request) = from_str(&event) else { return };
        let firm = firm_of(&request);
        let answers = answer(world, &event);
        assert_eq!(answers, answer(world, &event), "the same request is answered otherwise");
        stays_within(&firm, &world.asked());
    });
}

/// What each function answers: the one whose route it is, and the others, who do not know it.
fn answer(world: &World, event: &str) -> Vec<String> {
    let request = || from_str(event).expect("it was read before");
    let (first, second) = (world.submit.handle(request(), call()), world.settings.handle(request(), call()));
    let (third, fourth) = (world.portal.handle(request(), call()), world.report.handle(request(), call()));
    let responses = world.runtime.block_on(async {
        [first.await, second.await, third.await, fourth.await, world.track.handle(request(), call()).await]
    });
    responses.iter().inspect(|response| judge(response)).map(|response| format!("{response:?}")).collect()
}

fn judge(response: &Response<Body>) {
    is_whole(response);
    // The stand-in takes every write and is never busy, so that a 500 would be a defect.
    assert_ne!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{response:?}");
}

fn firm_of(request: &Request) -> String {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return String::new() };
    let jwt = context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref());
    jwt.and_then(|jwt| jwt.claims.get("custom:firm").cloned()).unwrap_or_default()
}

/// An event that is given whole, unless API Gateway cannot have made it: it has parsed the request line and `Host`
/// and encoded the body itself, and `lambda_http` counts on that.
fn given_event(data: &[u8]) -> Option<Value> {
    let event: Value = serde_json::from_slice(data).ok()?;
    let path = event["rawPath"].as_str().unwrap_or("/");
    let query = event["rawQueryString"].as_str().unwrap_or_default();
    let stage = event["requestContext"]["stage"].as_str().unwrap_or("$default");
    let headers = event["headers"].as_object().cloned().unwrap_or_default();
    let host_names = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    let hosts =
        host_names.filter_map(|(_, value)| value.as_str()).chain(event["requestContext"]["domainName"].as_str());
    let body = event["body"].as_str().unwrap_or_default();
    let is_encoded = event["isBase64Encoded"].as_bool().unwrap_or_default();
    let plain = |host: &str| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    let possible = path.starts_with('/')
        && format!("https://example.com{path}?{query}").parse::<Uri>().is_ok()
        && !query.contains('#')
        && stage == "$default"
        && headers.keys().all(|name| !name.to_ascii_lowercase().starts_with("x-forwarded-"))
        && hosts.into_iter().all(plain)
        && (!is_encoded || STANDARD.decode(body).is_ok());
    possible.then_some(event)
}

/// The event that API Gateway makes of a request.
fn event_of(data: &[u8]) -> Value {
    let mut rest = data;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = rest.get(end + 1..).unwrap_or_default();
        line
    };
    let (route, path_parameters, query) = (line(), line(), line());
    let mut headers = BTreeMap::from([("host".to_owned(), "api.example.com".to_owned())]);
    loop {
        let header = line();
        let Some((name, value)) = header.split_once(':') else { break };
        // Two of a name come as one, joined by a comma; what is no header API Gateway has refused.
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
        if lambda_http::http::HeaderName::try_from(&name).is_ok()
            && lambda_http::http::HeaderValue::try_from(&value).is_ok()
            && name != "host"
            && !name.starts_with("x-forwarded-")
        {
            headers.entry(name).and_modify(|values| *values = format!("{values},{value}")).or_insert(value);
        }
    }
    let (method, path) = route.split_once(' ').unwrap_or(("GET", &route));
    let query = percent_encode(query.as_bytes(), NOT_IN_A_QUERY).to_string();
    let path_parameters: BTreeMap<String, String> =
        form_urlencoded::parse(path_parameters.as_bytes()).into_owned().collect();
    let query_parameters: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let mut claims = json!({ "custom:firm": FIRM, "sub": "anna", "email": "anna@firm.example" });
    if path == ACCOUNT {
        claims["custom:client"] = json!(CLIENT);
    }
    let text = std::str::from_utf8(rest).ok();
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": "/",
        "rawQueryString": query,
        "headers": headers,
        "queryStringParameters": query_parameters,
        "pathParameters": path_parameters,
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "domainName": "api.example.com", "domainPrefix": "api",
            "http": { "method": if method == "ANY" { "OPTIONS" } else { method }, "path": "/", "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7", "userAgent": "" },
            "authorizer": { "jwt": { "claims": claims, "scopes": null } },
            "requestId": "id", "routeKey": route, "stage": "$default", "time": "", "timeEpoch": 0,
        },
        "isBase64Encoded": text.is_none(),
        "body": text.map_or_else(|| STANDARD.encode(rest), str::to_owned),
    })
}
