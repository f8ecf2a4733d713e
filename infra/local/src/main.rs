//! `cargo run`: starts the local stack and tells where it is; `cargo run -- verify FILE` judges a proof instead.

use std::error::Error;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use local::verify::{Unverified, verify};
use local::{Options, Stack};
use tracing_subscriber::EnvFilter;

/// The stack's own words, and warnings of everything else; RUST_LOG asks for more.
const LOG_FILTER: &str = "warn,local=info,dynoxide=off";

/// Runs invoice e-mail tracking on this computer: the functions, the table, SES, its events, and the gateway.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
    /// Port of the gateway on 127.0.0.1
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Keep the table in this directory; without it, all is forgotten at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start without demo data
    #[arg(long)]
    empty: bool,
    /// Make the demo firm so many times as large; 800 gives some 100,000 e-mails, and takes minutes to write
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    scale: u32,
    /// Let pages of this origin call the API, as on AWS with OptionalPortalOrigins; may be given several times
    #[arg(long = "portal-origin", value_name = "ORIGIN", value_parser = origin)]
    portal_origins: Vec<String>,
}

/// What is done instead of starting the stack.
#[derive(Subcommand)]
enum Task {
    /// Verify the proof of an e-mail, without the service that issued it; 1 if it does not hold, 2 if there is no verdict
    Verify {
        /// The proof as the API answered it, or the signature alone
        file: PathBuf,
        /// The public key, or its id, that must have signed it
        #[arg(long, value_name = "PUBLIC_KEY_OR_ID", allow_hyphen_values = true)]
        key: Option<String>,
    },
}

/// Far more than a proof has, so that a wrong file ends soon.
const MAX_PROOF_BYTES: u64 = 64 * 1024 * 1024;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { task, port, data, empty, scale, portal_origins } = Arguments::parse();
    if let Some(Task::Verify { file, key }) = task {
        return judge(&file, key.as_deref());
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr).init();
    let options = Options { port, data, empty, scale, portal_origins, ..Options::default() };
    let stack = match Stack::start(options).await {
        Ok(stack) => stack,
        Err(error) => {
            eprintln!("{}", sentence(&error));
            return ExitCode::FAILURE;
        }
    };
    let url = stack.url();
    println!("Invoice e-mail tracking runs here. Ctrl-C ends it.\n");
    println!("  Report   {url}/");
    println!("  Mailbox  {url}/mailbox");
    println!(
        "  API      {url}/v1/reports/invoice-emails   (firm `demo`; others by `Authorization: Bearer local:<firm>`)"
    );
    wait_for_the_end().await;
    stack.shutdown().await;
    ExitCode::SUCCESS
}

/// Verifies a file and says what it found.
fn judge(file: &Path, key: Option<&str>) -> ExitCode {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(MAX_PROOF_BYTES).read_to_end(&mut bytes));
    if let Err(error) = read {
        eprintln!("{} cannot be read: {error}.", file.display());
        return ExitCode::from(2);
    }
    match verify(&bytes, key) {
        Ok(told) => {
            print!("{told}");
            ExitCode::SUCCESS
        }
        Err(Unverified::DoesNotHold(what)) => {
            eprintln!("The proof does NOT hold. {what}");
            ExitCode::FAILURE
        }
        Err(Unverified::NoVerdict(why)) => {
            eprintln!("There is no verdict. {why}");
            ExitCode::from(2)
        }
    }
}

/// Ctrl-C, or the signal by which other programs ask to end.
async fn wait_for_the_end() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    if let Err(error) = interrupt.await {
        tracing::error!(%error, "Ctrl-C cannot be heard");
    }
}

/// An origin as browsers write it, since it is compared with their header letter by letter.
fn origin(text: &str) -> Result<String, &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let is_origin = !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) && text == text.to_ascii_lowercase();
    is_origin.then(|| text.to_owned()).ok_or("it must be like http://127.0.0.1:5173, in lower case and without a path")
}

/// An error and its causes in one line.
fn sentence(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    format!("The local stack does not start: {text}.")
}
