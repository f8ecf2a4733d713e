//! `cargo run`: starts the local stack and tells where it is.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local::{Options, Stack};
use tracing_subscriber::EnvFilter;

/// The stack's own words, and warnings of everything else; RUST_LOG asks for more.
const LOG_FILTER: &str = "warn,local=info,dynoxide=off";

/// Runs invoice e-mail tracking on this computer: the functions, the table, SES, its events, and the gateway.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port of the gateway on 127.0.0.1
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Keep the table in this directory; without it, all is forgotten at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Start without demo data
    #[arg(long)]
    empty: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { port, data, empty } = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr).init();
    let stack = match Stack::start(Options { port, data, empty, ..Options::default() }).await {
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
