//! Measuring a function and its floor beside each other: in turns, so that whatever else the machine does meets both.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tests::process::Process;

use super::exchange::{Counterpart, Counts, Exchange};

/// How often is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounds {
    /// Cold starts of each binary.
    pub(crate) cold: usize,
    /// Turns of each of the two processes.
    pub(crate) turns: usize,
    /// Invocations of one turn.
    pub(crate) warm_in_turn: usize,
}

impl Rounds {
    /// Enough for medians that repeat to some percent on a quiet machine, and for a 99th percentile of twenty.
    pub(crate) const FULL: Self = Self { cold: 40, turns: 100, warm_in_turn: 20 };
    /// Enough to show that all of it works.
    pub(crate) const SHORT: Self = Self { cold: 8, turns: 20, warm_in_turn: 10 };
}

/// Invocations before those that count: what is made once (connections, tables) is made.
const WARMING: usize = 20;

/// What one binary takes.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    /// From the process's start to its first answer: the median.
    pub(crate) cold: Duration,
    /// From an event's arrival to its answer: the median.
    pub(crate) warm: Duration,
    /// The same: the 99th percentile.
    pub(crate) warm_p99: Duration,
    /// On a processor, for an event.
    pub(crate) cpu: Duration,
    /// The most memory, in bytes.
    pub(crate) memory_bytes: u64,
    /// What it asked of AWS, all together.
    pub(crate) asked: Counts,
    /// How many events it was handed.
    pub(crate) events: usize,
}

/// One of the two.
pub(crate) struct Runner<'a> {
    binary: &'a Path,
    variables: &'a [(&'a str, &'a str)],
    event: &'a str,
    cold: Vec<Duration>,
    warm: Vec<Duration>,
    cpu: Duration,
    asked: Counts,
    events: usize,
    process: Option<Process>,
}

impl<'a> Runner<'a> {
    fn new(binary: &'a Path, variables: &'a [(&'a str, &'a str)], event: &'a str) -> Self {
        let (cold, warm, cpu, asked) = (Vec::new(), Vec::new(), Duration::ZERO, Counts::new());
        Self { binary, variables, event, cold, warm, cpu, asked, events: 0, process: None }
    }

    async fn start(&mut self, counterpart: &Counterpart) {
        if let Some(process) = self.process.take() {
            process.end().await;
        }
        let (process, timed) = Process::start(self.binary, self.variables, self.event).await.expect("it answers");
        self.cold.push(timed.took);
        self.process = Some(process);
        self.done(counterpart, 1);
    }

    async fn take_turn(&mut self, counterpart: &Counterpart, events: usize, counts: bool) {
        let process = self.process.as_mut().expect("it was started");
        let before = process.cpu();
        for _ in 0..events {
            let timed = process.invoke(self.event).await.expect("it answers");
            if counts {
                self.warm.push(timed.took);
            }
        }
        // Until it asks for the next event it is at work for this one, which the last one's share of the time lacks.
        if counts {
            self.cpu += process.cpu() - before;
        }
        self.done(counterpart, events);
    }

    fn done(&mut self, counterpart: &Counterpart, events: usize) {
        self.events += events;
        for (operation, (count, bytes)) in counterpart.counts() {
            let sum = self.asked.entry(operation).or_default();
            *sum = (sum.0 + count, sum.1 + bytes);
        }
    }

    async fn figures(mut self) -> Figures {
        let process = self.process.take().expect("it was started");
        let memory_bytes = process.peak_memory();
        process.end().await;
        self.cold.sort();
        self.warm.sort();
        Figures {
            cold: percentile(&self.cold, 50),
            warm: percentile(&self.warm, 50),
            warm_p99: percentile(&self.warm, 99),
            cpu: self.cpu / u32::try_from(self.warm.len()).expect("fewer"),
            memory_bytes,
            asked: self.asked,
            events: self.events,
        }
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

/// Measures both binaries with one event, whose requests are answered from a record: the function, then the floor.
pub(crate) async fn both(
    binaries: [&Path; 2],
    variables: &[(&str, &str)],
    event: &str,
    (counterpart, exchange): (&Counterpart, &Arc<Exchange>),
    rounds: Rounds,
) -> [Figures; 2] {
    let [mut function, mut floor] = binaries.map(|binary| Runner::new(binary, variables, event));
    counterpart.replay(exchange);
    // The first start of each finds its file on the disk rather than in memory.
    for runner in [&mut function, &mut floor] {
        runner.start(counterpart).await;
        runner.cold.clear();
    }
    for _ in 0..rounds.cold {
        function.start(counterpart).await;
        floor.start(counterpart).await;
    }
    for runner in [&mut function, &mut floor] {
        runner.take_turn(counterpart, WARMING, false).await;
    }
    for _ in 0..rounds.turns {
        function.take_turn(counterpart, rounds.warm_in_turn, true).await;
        floor.take_turn(counterpart, rounds.warm_in_turn, true).await;
    }
    [function.figures().await, floor.figures().await]
}
