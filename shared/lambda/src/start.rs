//! How a function's `main` starts: logs, configuration, and the loop that asks Lambda for the next event.

use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;

use lambda_http::http::{HeaderValue, header};
use lambda_http::{Body, Request, RequestExt, Response, Service};
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde_json::Value;

use crate::metric::Sink;
use crate::payload::Either;
use crate::{Call, ConfigurationError, Environment, log};

/// What an event's handler may fail with; Lambda shows it in the log and counts it.
pub type Error = Box<dyn std::error::Error + std::marker::Send + Sync>;

/// What each answer tells browsers: to ask this host over TLS only, for a year from now on. API Gateway takes nothing else,
/// but whoever types the address asks in the clear first, and somebody on the way could answer in its place. Subdomains
/// are not spoken for: the tracking domain is the operator's, and so is what lies below it.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// A function that runs, and where its metrics go.
struct Running<F> {
    function: Arc<F>,
    metrics: Sink,
}

/// Why an invocation failed, with all causes. Lambda's runtime writes an error into the log by its `Debug`, which for
/// most errors is a dump of their insides.
struct Failure(String);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the invocation failed: {}", self.0)
    }
}

impl From<Failure> for Diagnostic {
    fn from(Failure(error_message): Failure) -> Self {
        Self { error_type: "Failure".to_owned(), error_message }
    }
}

/// Serves an HTTP function: `build` makes it from the environment, `handle` answers one request.
pub async fn http<F, B, H, A>(name: &'static str, build: B, handle: H) -> ExitCode
where
    F: Send + Sync + 'static,
    B: FnOnce(&Environment) -> Result<F, ConfigurationError>,
    H: Fn(Arc<F>, Request, Call) -> A + Send + Sync,
    A: Future<Output = Response<Body>> + Send,
{
    let Some(running) = begin(name, build) else { return ExitCode::FAILURE };
    finish(lambda_http::run(lambda_http::service_fn(|request| answer(&running, &handle, request))).await)
}

/// Serves a function that takes events as JSON.
pub async fn events<F, B, H, A>(name: &'static str, build: B, handle: H) -> ExitCode
where
    F: Send + Sync + 'static,
    B: FnOnce(&Environment) -> Result<F, ConfigurationError>,
    H: Fn(Arc<F>, Value, Call) -> A + Send + Sync,
    A: Future<Output = Result<Value, Error>> + Send,
{
    let Some(running) = begin(name, build) else { return ExitCode::FAILURE };
    finish(lambda_runtime::run(lambda_runtime::service_fn(|event| take(&running, &handle, event))).await)
}

/// Serves a function that has an HTTP trigger and takes events besides: requests go the very way of [`http`].
pub async fn http_and_events<F, B, H, A, T, R>(name: &'static str, build: B, handle: H, handle_event: T) -> ExitCode
where
    F: Send + Sync + 'static,
    B: FnOnce(&Environment) -> Result<F, ConfigurationError>,
    H: Fn(Arc<F>, Request, Call) -> A + Send + Sync,
    A: Future<Output = Response<Body>> + Send,
    T: Fn(Arc<F>, Value, Call) -> R + Send + Sync,
    R: Future<Output = Result<Value, Error>> + Send,
{
    let Some(running) = begin(name, build) else { return ExitCode::FAILURE };
    let (running, handle, handle_event) = (&running, &handle, &handle_event);
    let requests = lambda_http::service_fn(move |request| answer(running, handle, request));
    // What `lambda_http::run` puts around a service.
    let mut requests = lambda_http::Adapter::from(requests);
    let service = lambda_runtime::service_fn(move |LambdaEvent { payload, context }| {
        let working = match payload {
            Either::Http(request) => Either::Http(requests.call(LambdaEvent::new(request, context))),
            Either::Other(event) => Either::Other(take(running, handle_event, LambdaEvent::new(event, context))),
        };
        async {
            match working {
                Either::Http(answering) => answering.await.map(Either::Http),
                Either::Other(taking) => taking.await.map(Either::Other),
            }
        }
    });
    finish(lambda_runtime::run(service).await)
}

async fn answer<F, H, A>(running: &Running<F>, handle: &H, request: Request) -> Result<Response<Body>, Failure>
where
    H: Fn(Arc<F>, Request, Call) -> A,
    A: Future<Output = Response<Body>>,
{
    let request_id = request.lambda_context_ref().map(|context| context.request_id.clone()).unwrap_or_default();
    let mut response = running.run(&request_id, |function, call| handle(function, request, call)).await;
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    Ok(response)
}

async fn take<F, H, A>(running: &Running<F>, handle: &H, event: LambdaEvent<Value>) -> Result<Value, Failure>
where
    H: Fn(Arc<F>, Value, Call) -> A,
    A: Future<Output = Result<Value, Error>>,
{
    let LambdaEvent { payload, context } = event;
    let taken = running.run(&context.request_id, |function, call| handle(function, payload, call)).await;
    taken.map_err(|error| Failure(log::chain(&*error)))
}

impl<F> Running<F> {
    /// Runs one invocation, and writes what it counted.
    async fn run<A: Future>(&self, request_id: &str, handle: impl FnOnce(Arc<F>, Call) -> A) -> A::Output {
        let call = Call::begin();
        let (now, metrics) = (call.now, call.metrics.clone());
        let output = handle(Arc::clone(&self.function), call).await;
        self.metrics.write(&metrics, now, request_id);
        output
    }
}

fn begin<F>(
    name: &'static str,
    build: impl FnOnce(&Environment) -> Result<F, ConfigurationError>,
) -> Option<Running<F>> {
    let environment = Environment::process();
    log::begin(&environment);
    let function = build(&environment)
        .inspect_err(|error| tracing::error!(function.name = name, %error, "cannot start: {error}"))
        .ok()?;
    Some(Running { function: Arc::new(function), metrics: Sink::of(&environment) })
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
