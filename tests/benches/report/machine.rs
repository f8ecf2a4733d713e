//! What was measured, and on what: figures of different machines say nothing beside each other.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use tests::workspace;

/// The commit, the processor and the system, in a line.
pub(crate) fn description() -> String {
    let cores = available_parallelism().map_or(1, usize::from);
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let system = said(Command::new("uname").arg("-sr"));
    let commit = said(Command::new("git").args(["describe", "--always", "--dirty"]).current_dir(workspace::root()));
    format!("Commit {commit}, on {cores} cores of {}, {system}.", model.unwrap_or("an unnamed processor"))
}

fn said(command: &mut Command) -> String {
    let said = command.output().ok().filter(|output| output.status.success());
    said.map_or_else(|| "unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What this process holds in memory.
pub(crate) fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes.map_or(0, |kilobytes: u64| kilobytes * 1024)
}
