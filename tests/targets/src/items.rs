//! Items of the table: what this version makes of what another wrote, or an operator's hand.

use domain::token::Purpose;
use lambda_http::request::from_str;
use lambda_http::{Body, Response};
use serde_json::{Value, json};
use table::parse_stream_keys;

use crate::answer::is_whole;
use crate::world::{CLIENT, FIRM, World, call, with_table};

/// The send that seeds and requests name.
const SEND: &str = "01M805P6B0000000000000001A";

/// More than one of each kind show nothing new.
const MAX_ITEMS: usize = 8;

/// What reads items: each route, and the parameters that its path and query need.
const READERS: [(&str, &str); 14] = [
    ("GET /v1/invoices/{invoice}/emails", ""),
    ("GET /v1/invoices/{invoice}/emails/{send}/proof", ""),
    ("GET /v1/reports/invoice-emails", ""),
    ("GET /v1/reports/invoice-emails", "invoice=1042&status=rejected&format=csv"),
    ("GET /v1/reports/invoice-emails/summary", "timezone=UTC"),
    ("GET /v1/attention", ""),
    ("GET /v1/attention/summary", ""),
    ("GET /v1/domains/{domain}", ""),
    ("GET /v1/settings", ""),
    ("GET /v1/invoices/{invoice}", ""),
    ("GET /v1/suppressions", "removed=true"),
    ("GET /v1/clients", ""),
    ("GET /v1/portal/account", ""),
    ("GET /p/{token}", ""),
];

/// What makes something of an item that it reads.
const WRITERS: [(&str, &str); 3] = [
    ("POST /v1/invoices/{invoice}/emails/preview", r#"{"to":"ann@example.com","facts":{"number":"1042"}}"#),
    ("POST /v1/invoices/{invoice}/emails/{send}/resend/preview", r#"{"recipient":"to:0"}"#),
    ("POST /v1/invoices/{invoice}/payments", r#"{"id":"p1","amount":"1.00","paid_on":"2026-11-21"}"#),
];

/// A table's items as DynamoDB writes them, in an array. Whatever reads them answers: with what they hold, or with an error
/// that says nothing of it.
pub fn items(data: &[u8]) {
    let Ok(Value::Array(items)) = serde_json::from_slice(data) else { return };
    let is_item = |item: &Value| {
        let has_keys = ["pk", "sk"].iter().all(|name| item[name]["S"].is_string());
        has_keys && item.as_object().is_some_and(|attributes| attributes.values().all(is_value))
    };
    if items.is_empty() || items.len() > MAX_ITEMS || !items.iter().all(is_item) {
        return;
    }
    with_table(items, |world| {
        for (route, query) in READERS {
            reads(world, route, query, "");
        }
        for (route, body) in WRITERS {
            reads(world, route, "", body);
        }
    });
}

/// Whether a value has one of DynamoDB's types: it never answers with another one, and the SDK counts on that.
fn is_value(value: &Value) -> bool {
    let Some(fields) = value.as_object().filter(|fields| fields.len() == 1) else { return false };
    let all = |value: &Value, test: fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(test));
    fields.iter().all(|(kind, value)| match kind.as_str() {
        "S" | "B" => value.is_string(),
        "N" => is_number(value),
        "BOOL" | "NULL" => value.is_boolean(),
        "SS" | "BS" => all(value, Value::is_string),
        "NS" => all(value, is_number),
        "L" => all(value, is_value),
        "M" => value.as_object().is_some_and(|fields| fields.values().all(is_value)),
        _ => false,
    })
}

fn is_number(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.parse::<f64>().is_ok())
}

fn reads(world: &World, route: &str, query: &str, body: &str) {
    let key = parse_stream_keys(&format!("invoice#{FIRM}#1042"), &format!("send#{SEND}#c99"));
    let token = world.keys.seal_recipient(Purpose::Portal, &key.expect("the key of a recipient"));
    let (method, path) = route.split_once(' ').expect("a method and a path");
    let mut claims = json!({ "custom:firm": FIRM });
    if path == "/v1/portal/account" {
        claims["custom:client"] = json!(CLIENT);
    }
    let event = json!({
        "version": "2.0", "routeKey": route, "rawPath": "/", "rawQueryString": query, "headers": {},
        "pathParameters": { "invoice": "1042", "send": SEND, "domain": "example.com", "token": token, "client": CLIENT },
        "isBase64Encoded": false, "body": body,
        "requestContext": {
            "http": { "method": method, "path": "/", "sourceIp": "203.0.113.7" }, "routeKey": route, "stage": "$default",
            "timeEpoch": 0, "authorizer": { "jwt": { "claims": claims, "scopes": null } },
        },
    });
    let request = || from_str(&event.to_string()).expect("a request as API Gateway makes it");
    let response: Response<Body> = world.runtime.block_on(async {
        match path {
            "/v1/settings"
            | "/v1/suppressions"
            | "/v1/clients"
            | "/v1/invoices/{invoice}"
            | "/v1/invoices/{invoice}/payments" => world.settings.handle(request(), call()).await,
            "/p/{token}" | "/v1/portal/account" => world.portal.handle(request(), call()).await,
            _ if method == "POST" => world.submit.handle(request(), call()).await,
            _ => world.report.handle(request(), call()).await,
        }
    });
    is_whole(&response);
}
