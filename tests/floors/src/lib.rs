//! The least that a function of ours can be: a program that makes the same requests of AWS and does nothing else.
//!
//! A floor has its function's runtime, its clients with their settings, and its requests: as many, of the same kinds and
//! sizes, in the same order and as many at a time, with what they ask for written out. It reads nothing of its event and
//! of what AWS answers, checks, composes and decides nothing, and logs nothing. The bench report measures each function
//! beside it, counts the requests of both, and fails when they differ.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda::Environment;
use lambda::aws::{Service, config};
use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::{Body, Error, Request, Response};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde::de::IgnoredAny;

pub mod requests;

/// What is known of a table: its client with the functions' settings, and its name.
pub struct Table {
    /// The client.
    pub client: Client,
    /// The name.
    pub name: String,
}

impl Table {
    /// The table that the variables name.
    pub fn from_environment() -> Self {
        let environment = Environment::process();
        let client = Client::new(&config(&environment, Service::DynamoDb).expect("the variables are there"));
        Self { client, name: environment.required("TABLE_NAME").expect("a variable") }
    }
}

/// A text.
pub fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// A number.
pub fn number(text: &str) -> AttributeValue {
    AttributeValue::N(text.to_owned())
}

/// An item or a key of these texts.
pub fn texts<const N: usize>(texts: [(&str, &str); N]) -> HashMap<String, AttributeValue> {
    texts.into_iter().map(|(name, value)| (name.to_owned(), text(value))).collect()
}

/// The key of an item.
pub fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    texts([("pk", pk), ("sk", sk)])
}

/// An answer to a batch of which nothing failed.
#[derive(Serialize)]
pub struct Done {
    #[serde(rename = "batchItemFailures")]
    failures: [(); 0],
    /// A stream that is read in windows wants one.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<HashMap<String, String>>,
}

impl Done {
    /// What queues and streams are answered.
    pub fn all() -> Self {
        Self { failures: [], state: None }
    }

    /// What streams are answered that are read in windows: it has a state, too.
    pub fn all_of_window() -> Self {
        Self { state: Some(HashMap::new()), ..Self::all() }
    }
}

/// Serves HTTP: does the work, and answers with this body.
///
/// # Errors
/// The runtime ended.
pub async fn http<W, A, B>(work: W, content_type: &'static str, body: B) -> Result<(), Error>
where
    W: Fn() -> A + Sync,
    A: Future<Output = ()> + Send,
    B: Fn() -> Body + Sync,
{
    let (work, body) = (&work, &body);
    let answer = |_: Request| async move {
        work().await;
        let answer = Response::builder().header(CONTENT_TYPE, content_type).body(body());
        Ok::<_, Error>(answer.expect("it is well formed"))
    };
    lambda_http::run(lambda_http::service_fn(answer)).await
}

/// Serves events: does the work, and answers that nothing failed.
///
/// # Errors
/// The runtime ended.
pub async fn events<W, A>(work: W, done: &Done) -> Result<(), Error>
where
    W: Fn() -> A,
    A: Future<Output = ()>,
{
    let work = &work;
    let take = |_: LambdaEvent<IgnoredAny>| async move {
        work().await;
        Ok::<_, Error>(done)
    };
    lambda_runtime::run(lambda_runtime::service_fn(take)).await
}
