//! The binaries that AWS runs, started as AWS starts them: against a stand-in of the Lambda Runtime API.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use escargot::CargoBuild;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::workspace;

/// Far longer than a start and an answer take, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The request id of every invocation.
pub const REQUEST_ID: &str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
/// The trace of every invocation, as X-Ray names it.
pub const TRACE_ID: &str = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";

/// The folder of the binaries, built from the code at hand.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let this = std::env::current_exe().expect("the path of the test");
        let profile = this.ancestors().nth(2).expect("target/PROFILE/deps/TEST").to_owned();
        // The same folder and profile as the tests', so that what they built is not built again.
        let build = CargoBuild::new().manifest_path(workspace::root().join("Cargo.toml"));
        let build = build.target_dir(profile.parent().expect("target")).arg("--workspace").bins().current_release();
        for message in build.exec().expect("cargo starts") {
            message.expect("the binaries build");
        }
        profile
    })
}

fn command(binary: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn output(child: Child) -> (bool, String) {
    let output = child.wait_with_output().await.expect("its output can be read");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

/// Starts a function with these variables and no others, where the start must fail: what it wrote, or else what it did.
pub async fn fails_to_start(function: &str, variables: &[(&str, &str)]) -> Result<String, String> {
    let mut runtime = RuntimeApi::start(None).await;
    let mut command = command(&folder().join(function), variables);
    let child = command.envs(runtime.variables()).spawn().expect("it starts");
    let ended = async {
        tokio::select! {
            (success, text) = output(child) => if success { Err(format!("ended well: {text}")) } else { Ok(text) },
            asked = runtime.answers.recv() => Err(format!("{asked:?}")),
        }
    };
    timeout(PATIENCE, ended).await.unwrap_or_else(|_| Err(format!("did nothing for {PATIENCE:?}")))
}

/// Starts a function, hands it one event, and gives its answer, or else the error that it reported.
pub async fn invoke(function: &str, variables: &[(&str, &str)], event: &Value) -> Result<Value, String> {
    first_answer(&folder().join(function), variables, event).await.map(|(answer, _)| answer)
}

/// Starts this binary, hands it one event, and gives its answer and the time from the start until then.
pub async fn first_answer(
    binary: &Path,
    variables: &[(&str, &str)],
    event: &Value,
) -> Result<(Value, Duration), String> {
    let mut runtime = RuntimeApi::start(Some(event.to_string())).await;
    let mut command = command(binary, variables);
    command.envs(runtime.variables());
    let began = Instant::now();
    let child = command.spawn().expect("it starts");
    let answered = async {
        tokio::select! {
            answer = runtime.answers.recv() => answer.expect("the stand-in runs"),
            (_, text) = output(child) => Err(format!("{} ended: {text}", binary.display())),
        }
    };
    let answered = timeout(PATIENCE, answered).await;
    let body = answered.unwrap_or_else(|_| Err(format!("{} did not answer in {PATIENCE:?}", binary.display())))?;
    let took = began.elapsed();
    Ok((serde_json::from_slice(&body).expect("JSON"), took))
}

/// What came of one invocation.
#[derive(Debug)]
pub struct Invocation {
    /// The answer, or else the error that was reported.
    pub answer: Result<Value, String>,
    /// What was written meanwhile, on standard output and then on standard error: Lambda keeps it as the log.
    pub log: String,
}

impl Invocation {
    /// The lines of the log that are JSON.
    pub fn lines(&self) -> Vec<Value> {
        self.log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// Starts a function, hands it one event, and gives its answer with its log.
pub async fn invoke_with_log(function: &str, variables: &[(&str, &str)], event: &Value) -> Invocation {
    let mut runtime = RuntimeApi::start(Some(event.to_string())).await;
    let mut child = command(&folder().join(function), variables).envs(runtime.variables()).spawn().expect("it starts");
    let (mut stdout, mut stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let reading = tokio::spawn(async move {
        let (mut log, mut errors) = (String::new(), String::new());
        tokio::try_join!(stdout.read_to_string(&mut log), stderr.read_to_string(&mut errors)).expect("text");
        log + &errors
    });
    let answered = async {
        tokio::select! {
            answer = runtime.answers.recv() => answer.expect("the stand-in runs"),
            ended = child.wait() => Err(format!("{function} ended: {ended:?}")),
        }
    };
    let answered = timeout(PATIENCE, answered).await;
    // One that has ended by itself cannot be ended.
    let _ = child.kill().await;
    let answer = answered.unwrap_or_else(|_| Err(format!("{function} did not answer in {PATIENCE:?}")));
    let answer = answer.map(|body| serde_json::from_slice(&body).expect("JSON"));
    Invocation { answer, log: reading.await.expect("its output can be read") }
}

/// Runs a binary that is no function with these arguments until it ends: its exit code, and what it wrote.
pub async fn run(binary: &str, arguments: &[&str]) -> (i32, String) {
    let child = command(&folder().join(binary), &[]).args(arguments).spawn().expect("it starts");
    let ended = timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").expect("its output can be read");
    let text = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    (ended.status.code().expect("it ended by itself"), text)
}

type Reported = Result<Vec<u8>, String>;

struct RuntimeApi {
    address: String,
    answers: mpsc::UnboundedReceiver<Reported>,
}

impl RuntimeApi {
    /// A stand-in that hands out one event, if there is one, and then none any more.
    async fn start(event: Option<String>) -> Self {
        let (sender, answers) = mpsc::unbounded_channel();
        let event = Arc::new(Mutex::new(event));
        let waiting = sender.clone();
        let next = move || {
            let event = event.lock().unwrap().take();
            let waiting = waiting.clone();
            async move {
                let Some(event) = event else {
                    // Whoever has its answer listens no more.
                    let _ = waiting.send(Err("it started and waits for an event".to_owned()));
                    return std::future::pending().await;
                };
                with_event(event)
            }
        };
        let good = sender.clone();
        let response = move |body: Bytes| async move {
            good.send(Ok(body.to_vec())).unwrap();
            StatusCode::ACCEPTED
        };
        let error = move |body: Bytes| async move {
            sender.send(Err(String::from_utf8_lossy(&body).into_owned())).unwrap();
            StatusCode::ACCEPTED
        };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error.clone()))
            .route("/2018-06-01/runtime/init/error", post(error));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, answers }
    }

    /// The variables that Lambda itself sets.
    fn variables(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.clone()),
            ("AWS_LAMBDA_FUNCTION_NAME", "function".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ]
    }
}

fn with_event(event: String) -> Response {
    let headers = [
        ("lambda-runtime-aws-request-id", REQUEST_ID),
        ("lambda-runtime-trace-id", TRACE_ID),
        // The year 2100: nothing here depends on the deadline.
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:function"),
        ("content-type", "application/json"),
    ];
    (headers, event).into_response()
}
