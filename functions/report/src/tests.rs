//! Requests that are answered without the table.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use domain::time::from_millisecond;
use serde_json::{Value, json};

pub(crate) const KEYS: &str = "new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn function() -> Report {
    let environment = Environment::of([
        ("TABLE_NAME", "table"),
        ("TOKEN_KEYS", KEYS),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        // Nobody listens there: a test that came as far as the table would see 503.
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9"),
    ]);
    Report::from_environment(&environment).unwrap()
}

/// Asks as API Gateway would, and gives the status, the header `Allow` and the document.
async fn ask(route_key: &str, invoice: &str, query: &str, claims: Value) -> (u16, Option<String>, Value) {
    let event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": "/",
        "rawQueryString": query,
        "headers": { "host": "api.example.com" },
        "pathParameters": { "invoice": invoice, "send": "01KAMD4V5T6W7X8Y9Z0A1B2C3D" },
        "requestContext": {
            "authorizer": { "jwt": { "claims": claims, "scopes": null } },
            "http": { "method": "GET", "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "t" },
            "routeKey": route_key,
            "stage": "$default",
            "time": "21/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_255_200_000_u64,
        },
        "isBase64Encoded": false,
    });
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let call = Call::new(from_millisecond(1_795_255_200_000), 0);
    let response = function().handle(request, call).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let allow = response.headers().get("allow").map(|allow| allow.to_str().unwrap().to_owned());
    let Body::Text(text) = response.body() else { panic!("a problem is text") };
    (response.status().as_u16(), allow, serde_json::from_str(text).unwrap())
}

const ROUTES: [&str; 5] = [
    "GET /v1/invoices/{invoice}/emails",
    "GET /v1/reports/invoice-emails",
    "GET /v1/reports/invoice-emails/summary",
    "GET /v1/attention",
    "GET /v1/invoices/{invoice}/emails/{send}/proof",
];

#[tokio::test]
async fn who_names_no_firm_is_refused() {
    for route in ROUTES {
        for claims in [json!({}), json!({ "custom:firm": "" }), json!({ "custom:firm": "a/b" }), json!({ "sub": "x" })]
        {
            let (status, _, problem) = ask(route, "1042", "", claims).await;
            assert_eq!((status, &problem["status"]), (401, &json!(401)), "{route}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_named() {
    for (route, methods) in [
        ("ANY /v1/invoices/{invoice}/emails", "GET, POST"),
        ("ANY /v1/invoices/{invoice}/emails/{send}/proof", "GET"),
        ("ANY /v1/reports/invoice-emails", "GET"),
        ("ANY /v1/reports/invoice-emails/summary", "GET"),
        ("ANY /v1/attention", "GET"),
    ] {
        let (status, allow, _) = ask(route, "1042", "", json!({ "custom:firm": "firm-a" })).await;
        assert_eq!((status, allow.as_deref()), (405, Some(methods)), "{route}");
    }
    let (status, ..) = ask("$default", "1042", "", json!({ "custom:firm": "firm-a" })).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let query = "limit=0&cursor=x&from=2026-11-01";
    let (status, _, problem) = ask(ROUTES[0], "10%2F42", query, json!({ "custom:firm": "firm-a" })).await;
    assert_eq!(status, 400);
    let places: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|e| (&e["in"], &e["pointer"])).collect();
    let [query, path] = [json!("query"), json!("path")];
    assert_eq!(places, [(&query, &json!("from")), (&query, &json!("limit")), (&path, &json!("invoice"))]);
}

#[tokio::test]
async fn a_cursor_of_nobody_is_refused() {
    for route in [ROUTES[0], ROUTES[1], ROUTES[3]] {
        let (status, _, problem) = ask(route, "1042", "cursor=x", json!({ "custom:firm": "firm-a" })).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (400, &json!("cursor")), "{route}");
    }
}

#[tokio::test]
async fn a_table_out_of_reach_is_a_reason_to_try_again() {
    for route in ROUTES {
        let (status, _, _) = ask(route, "1042", "", json!({ "custom:firm": "firm-a" })).await;
        assert_eq!(status, 503, "{route}");
    }
}

#[test]
fn a_missing_variable_is_named() {
    let error = Report::from_environment(&Environment::of([("TOKEN_KEYS", KEYS)])).unwrap_err();
    assert!(error.to_string().contains("the variable "), "{error}");
}
