//! What Lambda's triggers hand to functions, and what functions hand back.

use std::collections::BTreeMap;

use lambda_http::{Body, Request, Response};
use serde_json::{Value, json};

use crate::system::BROWSER;

/// Variables as a command takes them.
pub fn pairs(variables: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// A request as API Gateway hands it over (payload format 2.0).
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
pub fn http(route_key: &str, path: &str, parameters: Value, body: Option<&Value>) -> Value {
    let method = route_key.split(' ').next().unwrap().replace("ANY", "GET");
    let authorizer = if route_key.contains(" /v1/") {
        json!({ "jwt": { "claims": { "custom:firm": "roe", "email": "anna@roe.example", "sub": "1" }, "scopes": [] } })
    } else {
        Value::Null
    };
    json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "host": "api.example.com", "content-type": "application/json", "user-agent": BROWSER },
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3", "authorizer": authorizer,
            "domainName": "api.example.com", "domainPrefix": "api",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "x" },
            "requestId": "JKJaXmPLvHcESHA=", "routeKey": route_key, "stage": "$default",
            "time": "21/Nov/2026:23:05:00 +0000", "timeEpoch": 1_795_302_300_000_u64,
        },
        "pathParameters": parameters,
        "body": body.map(Value::to_string),
        "isBase64Encoded": false,
    })
}

/// A request of [`http`] as a function in the test's own process takes it.
pub fn request(event: &Value) -> Request {
    lambda_http::request::from_str(&event.to_string()).unwrap()
}

/// The status and the JSON of such a function's answer.
pub fn answered(response: &Response<Body>) -> (u16, Value) {
    let Body::Text(text) = response.body() else { panic!("{response:?}") };
    (response.status().as_u16(), serde_json::from_str(text).unwrap())
}

/// The JSON that a function answers API Gateway with, if it has this status.
pub fn body_of(answer: &Value, status: u16) -> Value {
    assert_eq!(answer["statusCode"], status, "{answer:#}");
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

/// A message of a queue.
pub fn queued(id: &str, body: &str) -> Value {
    json!({
        "messageId": id, "receiptHandle": "AQEB", "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1", "SentTimestamp": "1795302300000", "SenderId": "AIDA",
            "ApproximateFirstReceiveTimestamp": "1795302300001",
        },
        "messageAttributes": {}, "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:events", "awsRegion": "eu-central-1",
    })
}
