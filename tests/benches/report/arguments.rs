//! What the bench report is asked for.

use std::path::PathBuf;

use clap::Parser;
use tests::workspace;

/// Measures the system and prints a report in Markdown; the same is in `target/bench-report/report.md`, with its plots
/// beside it.
#[derive(Debug, Clone, Parser)]
pub(crate) struct Arguments {
    /// The sections to measure; all of them if none is named.
    pub(crate) sections: Vec<String>,
    /// Few rounds of little: shows that the measuring works, and coarse figures.
    #[arg(long)]
    pub(crate) short: bool,
    /// The functions to measure beside their floors; all of them if none is named, or, with `--short`, `track` and
    /// `record`.
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) only: Vec<String>,
    /// A folder with the functions' binaries, as `sam build` or `cargo lambda build` leaves them or by their names;
    /// `cargo build --release` makes them if none is named.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) functions: Option<PathBuf>,
    /// The same for the floors.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) floors: Option<PathBuf>,
    /// What cargo hands to each bench.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    /// Where the report and its plots go: a plot `NAME.svg` is shown by `![…](NAME.svg)`.
    #[allow(clippy::unused_self, reason = "sections ask the arguments for all that they are given")]
    pub(crate) fn folder(&self) -> PathBuf {
        workspace::root().join("target/bench-report")
    }
}
