//! How the stack calls a function: as Lambda does, with one event, apart from the caller, and surviving its panics.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;

/// A boxed future that may move between threads.
pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A function with an HTTP trigger.
pub(crate) type HttpFunction =
    Arc<dyn Fn(lambda_http::Request) -> BoxFuture<lambda_http::Response<lambda_http::Body>> + Send + Sync>;

/// A function that takes event JSON and answers JSON, such as a partial batch response.
pub(crate) type EventFunction = Arc<dyn Fn(Value) -> BoxFuture<Result<Value, InvocationError>> + Send + Sync>;

/// The recorder's way of taking one message, which tells what became of it.
pub(crate) type MessageFunction = Arc<dyn Fn(String) -> BoxFuture<Result<Outcome, InvocationError>> + Send + Sync>;

/// What became of one message that the recorder took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is in a recipient's log.
    Recorded(String),
    /// It is none of ours, or a set-up text.
    Ignored(String),
    /// It is about a message that nobody knows yet: it failed, so that the queue tries it again.
    NotKnownYet(String),
}

/// Why an invocation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvocationError {
    /// The function answered an error: its text with all causes.
    #[error("{0}")]
    Failed(String),
    /// The function panicked.
    #[error("the function panicked")]
    Panicked,
}

impl InvocationError {
    /// The text of an error and of all its causes.
    pub(crate) fn from_error(error: &(dyn std::error::Error + 'static)) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        Self::Failed(text)
    }
}

/// Runs an invocation apart: it goes on when the caller has gone away, and its panic ends nothing but itself.
pub(crate) async fn apart<T: Send + 'static>(invocation: BoxFuture<T>) -> Result<T, InvocationError> {
    tokio::spawn(invocation).await.map_err(|_| InvocationError::Panicked)
}

/// The same for an invocation that can itself fail.
pub(crate) async fn apart_flat<T: Send + 'static>(
    invocation: BoxFuture<Result<T, InvocationError>>,
) -> Result<T, InvocationError> {
    apart(invocation).await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_ends_nothing_else() {
        let failed = apart::<()>(Box::pin(async { panic!("a bug in a function") })).await;
        assert_eq!(failed, Err(InvocationError::Panicked));
        assert_eq!(apart(Box::pin(async { 7 })).await, Ok(7));
    }

    #[test]
    fn an_errors_causes_are_all_told() {
        let error = crate::invoke::InvocationError::from_error(&std::io::Error::other("outer"));
        assert_eq!(error.to_string(), "outer");
    }
}
