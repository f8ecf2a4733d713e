//! The binaries that AWS runs, started as AWS starts them: against a stand-in of the Lambda Runtime API.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use escargot::CargoBuild;
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::runtime_api::RuntimeApi;
use crate::{secrecy, workspace};

pub use crate::runtime_api::{REQUEST_ID, TRACE_ID};

/// Far longer than a start and an answer take, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The folder of the binaries, built from the code at hand.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let this = std::env::current_exe().expect("the path of the test");
        let profile = this.ancestors().nth(2).expect("target/PROFILE/deps/TEST").to_owned();
        // The same folder and profile as the tests', so that what they built is not built again.
        let build = CargoBuild::new().manifest_path(workspace::root().join("Cargo.toml"));
        let build = build.target_dir(profile.parent().expect("target")).current_release();
        // The floors are measured, not tested; linking ten of them takes as long as linking the functions.
        let build = build.args(["--workspace", "--exclude", "floors"]).bins();
        for message in build.exec().expect("cargo starts") {
            message.expect("the binaries build");
        }
        profile
    })
}

pub(crate) fn command(binary: &Path, variables: &[(&str, &str)]) -> Command {
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
    let runtime = RuntimeApi::start().await;
    let mut command = command(&folder().join(function), variables);
    let child = command.envs(runtime.variables()).spawn().expect("it starts");
    let ended = async {
        tokio::select! {
            (success, text) = output(child) => if success { Err(format!("ended well: {text}")) } else { Ok(text) },
            () = runtime.asked() => Err("it started and waits for an event".to_owned()),
            reported = runtime.reported() => Err(format!("{reported:?}")),
        }
    };
    timeout(PATIENCE, ended).await.unwrap_or_else(|_| Err(format!("did nothing for {PATIENCE:?}")))
}

/// Starts a function, hands it one event, and gives its answer, or else the error that it reported.
pub async fn invoke(function: &str, variables: &[(&str, &str)], event: &Value) -> Result<Value, String> {
    invoke_with_log(function, variables, event).await.answer
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
    let runtime = RuntimeApi::start().await;
    runtime.hand_out(event.to_string());
    let mut child = command(&folder().join(function), variables).envs(runtime.variables()).spawn().expect("it starts");
    let (mut stdout, mut stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let reading = tokio::spawn(async move {
        let (mut log, mut errors) = (String::new(), String::new());
        tokio::try_join!(stdout.read_to_string(&mut log), stderr.read_to_string(&mut errors)).expect("text");
        log + &errors
    });
    let mut has_ended = false;
    let answered = async {
        tokio::select! {
            reported = runtime.reported() => reported.answer,
            ended = child.wait() => {
                has_ended = true;
                Err(format!("{function} ended: {ended:?}"))
            }
        }
    };
    let answered = timeout(PATIENCE, answered).await;
    // One that has ended by itself cannot be ended.
    let _ = child.kill().await;
    let log = reading.await.expect("its output can be read");
    let answer = answered.unwrap_or_else(|_| Err(format!("{function} did not answer in {PATIENCE:?}")));
    let answer = answer.map(|body| serde_json::from_slice(&body).expect("JSON"));
    let answer = answer.map_err(|error| if has_ended { format!("{error}: {log}") } else { error });
    for line in log.lines() {
        assert_eq!(secrecy::told(line), None, "the log of {function} tells it: {line}");
    }
    Invocation { answer, log }
}

/// Runs a binary that is no function with these arguments until it ends: its exit code, and what it wrote.
pub async fn run(binary: &str, arguments: &[&str]) -> (i32, String) {
    let child = command(&folder().join(binary), &[]).args(arguments).spawn().expect("it starts");
    let ended = timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").expect("its output can be read");
    let text = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    (ended.status.code().expect("it ended by itself"), text)
}
