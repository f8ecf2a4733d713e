//! The functions of a history, in the test's own process, called with what their triggers hand them.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda::{Call, ConfigurationError, Environment};
use lambda_http::{Body, Response};
use serde_json::{Value, json};
use tests::payload;

use super::database::TABLE;

/// A function, as it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Function {
    Submit,
    Send,
    Record,
    Track,
    Portal,
    Follow,
    Watch,
    Report,
    Settings,
}

impl Function {
    /// How long it may run: as the template says, and API Gateway for those that answer requests.
    pub(super) fn limit(self) -> Duration {
        Duration::from_secs(match self {
            Self::Submit | Self::Portal | Self::Report | Self::Settings => 29,
            Self::Track => 5,
            Self::Record => 60,
            Self::Send => 120,
            Self::Watch => 240,
            Self::Follow => 300,
        })
    }
}

/// One instance of each function.
pub(super) struct Functions {
    name: String,
    submit: submit::Submit,
    send: send::Send,
    record: record::Record,
    track: track::Track,
    portal: portal::Portal,
    follow: follow::Follow,
    watch: watch::Watch,
    report: report::Report,
    settings: settings::Settings,
}

impl Functions {
    /// Instances of a name of their own, by which the door tells who asks.
    pub(super) fn start(name: &str, url: &str, region: &str) -> Self {
        let environment = environment(name, url, region);
        Self::build(name, &environment).expect("the variables are complete")
    }

    fn build(name: &str, environment: &Environment) -> Result<Self, ConfigurationError> {
        Ok(Self {
            name: name.to_owned(),
            submit: submit::Submit::from_environment(environment)?,
            send: send::Send::from_environment(environment)?,
            record: record::Record::from_environment(environment)?,
            track: track::Track::from_environment(environment)?,
            portal: portal::Portal::from_environment(environment)?,
            follow: follow::Follow::from_environment(environment)?,
            watch: watch::Watch::from_environment(environment)?,
            report: report::Report::from_environment(environment)?,
            settings: settings::Settings::from_environment(environment)?,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Calls one; a function of HTTP answers `{ "status", "body" }`.
    pub(super) async fn call(&self, function: Function, event: Value, call: Call) -> Result<Value, String> {
        let request = || payload::request(&event);
        match function {
            Function::Submit => Ok(answered(&self.submit.handle(request(), call).await)),
            Function::Track => Ok(answered(&self.track.handle(request(), call).await)),
            Function::Portal => Ok(answered(&self.portal.handle(request(), call).await)),
            Function::Report => Ok(answered(&self.report.handle(request(), call).await)),
            Function::Settings => Ok(answered(&self.settings.handle(request(), call).await)),
            Function::Send => self.send.handle(event, call).await.map_err(|error| error.to_string()),
            Function::Record => self.record.handle(event, call).await.map_err(|error| error.to_string()),
            Function::Follow => self.follow.handle(event, call).await.map_err(|error| error.to_string()),
            Function::Watch => self.watch.handle(event, call).await.map_err(|error| error.to_string()),
        }
    }
}

/// The sealing keys of all histories.
pub(super) fn token_keys() -> String {
    format!("k1:{}", STANDARD.encode([7; 32]))
}

/// The variables. The region is the history's own, because the SDK shares its allowance of retries within a region.
fn environment(name: &str, url: &str, region: &str) -> Environment {
    let keys = token_keys();
    let variables: BTreeMap<&str, &str> = [
        ("TABLE_NAME", TABLE),
        ("TRACKING_BASE_URL", "https://mail.example.com"),
        ("TOKEN_KEYS", &keys),
        ("CONFIGURATION_SET", "invoices"),
        ("EVENT_BUS_NAME", "default"),
        ("FROM_ADDRESS", "billing@example.com"),
        ("AWS_REGION", region),
        ("AWS_ACCESS_KEY_ID", name),
        ("AWS_SECRET_ACCESS_KEY", "EXAMPLEKEY"),
        ("AWS_ENDPOINT_URL", url),
    ]
    .into();
    Environment::of(variables)
}

fn answered(response: &Response<Body>) -> Value {
    let body = match response.body() {
        Body::Text(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        _ => Value::Null,
    };
    json!({ "status": response.status().as_u16(), "body": body })
}

/// A request of the firm `roe`, or of another one.
pub(super) fn request(firm: &str, route: &str, path: &str, parameters: Value, body: Option<&Value>) -> Value {
    let mut event = payload::http(route, path, parameters, body);
    if route.contains(" /v1/") {
        event["requestContext"]["authorizer"]["jwt"]["claims"]["custom:firm"] = json!(firm);
    }
    event
}
