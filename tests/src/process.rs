//! A function's process that takes one event after the other, as Lambda keeps one, and what it costs its machine.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio::time::timeout;

use crate::binary::{PATIENCE, command};
use crate::runtime_api::RuntimeApi;

/// A function that runs.
pub struct Process {
    runtime: RuntimeApi,
    child: Child,
    name: String,
}

/// An answer, and how long it took.
#[derive(Debug)]
pub struct Timed {
    /// What the function answered.
    pub answer: Vec<u8>,
    /// From the process's start, or else from the event's arrival, to the answer's.
    pub took: Duration,
}

impl Process {
    /// Starts a binary, hands it one event, and waits for the answer: a cold start. Its log goes nowhere.
    ///
    /// # Errors
    /// What it reported instead of an answer, or that it gave none.
    pub async fn start(binary: &Path, variables: &[(&str, &str)], event: &str) -> Result<(Self, Timed), String> {
        let runtime = RuntimeApi::start().await;
        runtime.hand_out(event.to_owned());
        let mut command = command(binary, variables);
        command.envs(runtime.variables()).stdout(Stdio::null()).stderr(Stdio::null());
        let began = Instant::now();
        let child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        let mut process = Self { runtime, child, name: binary.display().to_string() };
        let timed = process.answer(began).await?;
        // It asked for the event that it has answered.
        process.runtime.asked().await;
        Ok((process, timed))
    }

    /// Hands it one more event when it waits for one.
    ///
    /// # Errors
    /// What it reported instead of an answer, or that it gave none.
    pub async fn invoke(&mut self, event: &str) -> Result<Timed, String> {
        timeout(PATIENCE, self.runtime.asked()).await.map_err(|_| format!("{} asks for no event", self.name))?;
        let began = Instant::now();
        self.runtime.hand_out(event.to_owned());
        self.answer(began).await
    }

    async fn answer(&mut self, began: Instant) -> Result<Timed, String> {
        let answered = async {
            tokio::select! {
                reported = self.runtime.reported() => Ok(reported),
                ended = self.child.wait() => Err(format!("{} ended: {ended:?}", self.name)),
            }
        };
        let answered = timeout(PATIENCE, answered).await;
        let reported = answered.unwrap_or_else(|_| Err(format!("{} did not answer in {PATIENCE:?}", self.name)))?;
        Ok(Timed { answer: reported.answer?, took: reported.at - began })
    }

    /// The time that its threads have run so far.
    pub fn cpu(&self) -> Duration {
        cpu_in(&self.proc("task"))
    }

    /// The most memory that it has had so far, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.memory("VmHWM")
    }

    /// The memory that it has now, in bytes.
    pub fn resident_memory(&self) -> u64 {
        self.memory("VmRSS")
    }

    fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(self.proc("status")).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kilobytes.unwrap_or_else(|| panic!("{name} in {status}")) * 1024
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id().expect("it runs"))
    }

    /// Ends it.
    pub async fn end(mut self) {
        self.child.kill().await.expect("it ran until now");
    }
}

/// Ticks of `/proc/self/stat` in a second: Linux shows programs 100 of them, whatever its own clock does.
const TICKS_PER_SECOND: f64 = 100.0;

/// The time that this process's own threads have run so far, also of those that have ended.
pub fn cpu_of_this_process() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    // The program's name comes before and may hold blanks; user and system time are the 14th and 15th field.
    let (_, fields) = stat.rsplit_once(')').expect("a name in parentheses");
    let ticks = fields.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().expect("a number"));
    Duration::from_secs_f64(ticks.sum::<f64>() / TICKS_PER_SECOND)
}

fn cpu_in(threads: &str) -> Duration {
    let of_thread = |thread: fs::DirEntry| {
        // The first number is the time on a processor in nanoseconds; `stat` has ticks of 10 ms.
        let text = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
        Duration::from_nanos(nanoseconds.unwrap_or(0))
    };
    let threads = fs::read_dir(threads).expect("it runs");
    threads.filter_map(Result::ok).map(of_thread).sum()
}
