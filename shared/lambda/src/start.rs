//! How a function's `main` starts: logs, configuration, and the loop that asks Lambda for the next event.

use std::process::ExitCode;
use std::sync::Arc;

use lambda_http::{Body, Request, Response};
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::{Call, ConfigurationError, Environment};

/// The crates that promise to log nothing personal, at whatever level.
const OUR_CRATES: [&str; 11] =
    ["domain", "lambda", "mail", "record", "report", "send", "settings", "submit", "table", "track", "watch"];

/// What an event's handler may fail with; Lambda shows it in the log and counts it.
pub type Error = Box<dyn std::error::Error + std::marker::Send + Sync>;

/// Serves an HTTP function: `build` makes it from the environment, `handle` answers one request.
pub async fn http<F, B, H, A>(name: &'static str, build: B, handle: H) -> ExitCode
where
    F: Send + Sync + 'static,
    B: FnOnce(&Environment) -> Result<F, ConfigurationError>,
    H: Fn(Arc<F>, Request, Call) -> A + Send + Sync,
    A: Future<Output = Response<Body>> + Send,
{
    let Some(function) = begin(name, build) else { return ExitCode::FAILURE };
    let service = lambda_http::service_fn(|request: Request| {
        let answer = handle(Arc::clone(&function), request, Call::begin());
        async { Ok::<_, Error>(answer.await) }
    });
    finish(lambda_http::run(service).await)
}

/// Serves a function that takes events as JSON.
pub async fn events<F, B, H, A>(name: &'static str, build: B, handle: H) -> ExitCode
where
    F: Send + Sync + 'static,
    B: FnOnce(&Environment) -> Result<F, ConfigurationError>,
    H: Fn(Arc<F>, Value, Call) -> A + Send + Sync,
    A: Future<Output = Result<Value, Error>> + Send,
{
    let Some(function) = begin(name, build) else { return ExitCode::FAILURE };
    let service = lambda_runtime::service_fn(|event: LambdaEvent<Value>| {
        handle(Arc::clone(&function), event.payload, Call::begin())
    });
    finish(lambda_runtime::run(service).await)
}

fn begin<F>(name: &'static str, build: impl FnOnce(&Environment) -> Result<F, ConfigurationError>) -> Option<Arc<F>> {
    let environment = Environment::process();
    logs(&environment);
    build(&environment)
        .inspect_err(|error| tracing::error!(function.name = name, %error, "cannot start: {error}"))
        .ok()
        .map(Arc::new)
}

fn finish(result: Result<(), Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "the runtime ended");
            ExitCode::FAILURE
        }
    }
}

/// Logs as Lambda's settings ask for them.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>
fn logs(environment: &Environment) {
    let level = environment.optional("AWS_LAMBDA_LOG_LEVEL").and_then(|level| level.parse().ok());
    let level = level.unwrap_or(LevelFilter::INFO);
    // Below INFO the libraries write whole events and requests, with everybody's addresses in them.
    let ours = OUR_CRATES.map(|name| (name, level));
    let filter = Targets::new().with_default(level.min(LevelFilter::INFO)).with_targets(ours);
    let layer = tracing_subscriber::fmt::layer().with_target(false).with_ansi(false);
    // A second subscriber in one process is refused, which is as good: the first one has the logs.
    let _ = match environment.optional("AWS_LAMBDA_LOG_FORMAT").as_deref() {
        Some("JSON") => {
            let layer = layer.json().flatten_event(true).with_current_span(false);
            tracing_subscriber::registry().with(layer.with_filter(filter)).try_init()
        }
        _ => tracing_subscriber::registry().with(layer.without_time().with_filter(filter)).try_init(),
    };
}
