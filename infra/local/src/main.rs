//! `cargo run`: starts the local stack and tells where it is; `cargo run -- verify FILE` judges a proof instead.

use std::error::Error;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use domain::ids::Firm;
use indicatif::{ProgressBar, ProgressStyle};
use local::seed::{self, Seed, SeedError};
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
    /// Put addresses into the events on the bus, as on AWS with EVENT_ADDRESSES
    #[arg(long)]
    event_addresses: bool,
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
    /// Fill a table with the last month of a firm that e-mails a lot, to see how all does with it
    Seed {
        /// How many recipients to write; a million takes ten minutes and 6 GB
        #[arg(value_parser = clap::value_parser!(u64).range(1..=MOST_SEEDED))]
        count: u64,
        /// Where the table is kept: for `--data` of the next start
        #[arg(long, value_name = "DIR", default_value = "data")]
        data: PathBuf,
        /// Whose e-mails they are
        #[arg(long, value_name = "NAME", default_value = "demo")]
        firm: Firm,
    },
}

/// Names of clients and people would run out soon after.
const MOST_SEEDED: u64 = 10_000_000;

/// Far more than a proof has, so that a wrong file ends soon.
const MAX_PROOF_BYTES: u64 = 64 * 1024 * 1024;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { task, port, data, empty, scale, portal_origins, event_addresses } = Arguments::parse();
    match task {
        Some(Task::Verify { file, key }) => return judge(&file, key.as_deref()),
        Some(Task::Seed { count, data, firm }) => return fill(Seed { count, data, firm }).await,
        None => {}
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
    tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_writer(std::io::stderr).init();
    let options = Options { port, data, empty, scale, portal_origins, event_addresses, ..Options::default() };
    let stack = match Stack::start(options).await {
        Ok(stack) => stack,
        Err(error) => {
            eprintln!("{}.", told("The local stack does not start", &error));
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

/// Fills a table, and shows how far it is.
async fn fill(seed: Seed) -> ExitCode {
    let bar = bar("Writing", seed.count);
    match fill_with(&seed, &bar).await {
        Ok(()) => {
            println!("Now: cargo run --release -- --data {}", seed.data.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            bar.abandon();
            eprintln!("{}.", told("Not all is done", &error));
            ExitCode::FAILURE
        }
    }
}

async fn fill_with(seed: &Seed, bar: &ProgressBar) -> Result<(), SeedError> {
    let seeded = seed::write(seed, |written| bar.set_position(written))?;
    bar.finish();
    let (from, to) = (seeded.from, seeded.to);
    println!("{} recipients of the firm {} from {from} to {to} are written.", seeded.recipients, seed.firm);
    println!("The stream did not hear of them, so the counters are counted anew.");
    let days = bar_of_days(&seeded);
    let corrected = seed::recount_all(seed, &seeded, |_| days.inc(1)).await?;
    days.finish();
    println!("{corrected} counters were put right.");
    Ok(())
}

fn bar_of_days(seeded: &seed::Seeded) -> ProgressBar {
    let days = (seeded.to - seeded.from).get_days() + 1;
    bar("Counting", u64::try_from(days).unwrap_or_default())
}

/// A bar on the terminal; nothing elsewhere.
fn bar(deed: &'static str, length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len}, {eta} left");
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_message(deed)
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

/// What went wrong, with its causes, in one line.
fn told(what: &str, error: &dyn Error) -> String {
    let mut text = format!("{what}: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
