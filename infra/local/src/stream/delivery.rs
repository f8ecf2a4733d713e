//! One function's side of the stream: its invocations, what it answers to them, and what then becomes of a batch.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::sequence_number;
use super::window::Window;
use crate::dead_letters::DeadLetters;
use crate::faults::Faults;
use crate::invoke::{EventFunction, InvocationError, apart_flat};
use crate::template::StreamTrigger;

/// The first wait before a retry; it doubles up to [`LONGEST_BACKOFF`]. Lambda waits longer, people at a terminal do
/// not.
const FIRST_BACKOFF: Duration = Duration::from_millis(20);
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);

/// Where the records go.
pub(crate) struct Destination {
    pub(crate) trigger: StreamTrigger,
    pub(crate) function: EventFunction,
    pub(crate) dead_letters: Arc<DeadLetters>,
    pub(crate) faults: Arc<Faults>,
}

/// Records that are handed over together.
#[derive(Debug)]
struct Batch {
    records: Vec<Value>,
    /// The number of the next invocation with these records.
    attempt: u32,
    /// Whether it was delivered before, all of it, as a fault asks.
    repeated: bool,
}

/// What is left of a batch after an invocation.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    Done,
    /// The first of the records that must be tried again.
    FailedFrom(usize),
    /// The whole invocation failed, and why.
    Failed(String),
}

impl Batch {
    fn new(records: Vec<Value>) -> Self {
        Self { records, attempt: 1, repeated: false }
    }
}

impl Destination {
    /// Hands records on, in their order, until each is done or a dead letter.
    pub(super) async fn deliver(&self, records: Vec<Value>, mut window: Option<&mut Window>) {
        let batches = records.chunks(self.trigger.batch_size).map(|batch| Batch::new(batch.to_vec()));
        let mut batches: VecDeque<_> = batches.collect();
        let mut backoff = FIRST_BACKOFF;
        while let Some(mut batch) = batches.pop_front() {
            let verdict = self.invoke(&batch.records, window.as_deref_mut()).await;
            match verdict {
                Verdict::Done => {
                    if window.is_some() && !batch.repeated && self.faults.next_batch_is_repeated() {
                        batches.push_front(Batch { repeated: true, ..Batch::new(batch.records) });
                    }
                    continue;
                }
                // The records before it are done; the rest is another batch, which has failed for the first time.
                Verdict::FailedFrom(index) if index > 0 => batch = Batch::new(batch.records.split_off(index)),
                Verdict::FailedFrom(_) => {}
                Verdict::Failed(error) => {
                    self.warn(batch.attempt, batch.records.len(), &error);
                    if self.trigger.bisect && batch.records.len() > 1 {
                        // Splitting does not count towards the retries.
                        let second = batch.records.split_off(batch.records.len() / 2);
                        batches.push_front(Batch { records: second, ..batch });
                        batches.push_front(batch);
                        continue;
                    }
                }
            }
            if batch.attempt > self.trigger.retries {
                self.give_up(batch);
                continue;
            }
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(LONGEST_BACKOFF);
            batch.attempt += 1;
            batches.push_front(batch);
        }
    }

    /// Tells the function that a window has ended. Nothing is delivered before it has heard, or the retries are over.
    pub(super) async fn end(&self, window: Window) {
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1..=self.trigger.retries + 1 {
            let response = apart_flat((self.function)(window.event(Vec::new(), true))).await;
            match judge(&[], &response, true) {
                Verdict::Done | Verdict::FailedFrom(_) => return,
                Verdict::Failed(error) => self.warn(attempt, 0, &error),
            }
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(LONGEST_BACKOFF);
        }
    }

    async fn invoke(&self, records: &[Value], window: Option<&mut Window>) -> Verdict {
        let event = match &window {
            Some(window) => window.event(records.to_vec(), false),
            None => json!({ "Records": Value::Array(records.to_vec()) }),
        };
        let mut response = apart_flat((self.function)(event)).await;
        if window.is_some() && self.faults.next_batch_loses_its_answer() {
            response = Err(InvocationError::Failed("the answer is lost, as a fault asks".to_owned()));
        }
        let verdict = judge(records, &response, window.is_some());
        if let (Some(window), Ok(mut answer), Verdict::Done | Verdict::FailedFrom(_)) = (window, response, &verdict) {
            window.keep(answer["state"].take());
        }
        verdict
    }

    fn warn(&self, attempt: u32, records: usize, error: &str) {
        tracing::warn!(function = self.trigger.function, attempt, records, error, "a stream batch failed");
    }

    fn give_up(&self, batch: Batch) {
        let function = &self.trigger.function;
        let records = batch.records.len();
        tracing::error!(function, attempt = batch.attempt, records, "stream records became dead letters");
        let letter = json!({ "function": function, "Records": batch.records });
        self.dead_letters.add("stream", batch.attempt, letter);
    }
}

/// Reads a partial batch response as Lambda does: the lowest failed sequence number counts, and an answer that makes no
/// sense fails the whole batch, as in a window one without a state does.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>
pub(super) fn judge(records: &[Value], response: &Result<Value, InvocationError>, in_window: bool) -> Verdict {
    let response = match response {
        Ok(response) => response,
        Err(error) => return Verdict::Failed(error.to_string()),
    };
    if in_window && response["state"].is_null() {
        return Verdict::Failed("the answer has no state".to_owned());
    }
    let failures = match &response["batchItemFailures"] {
        Value::Null => return Verdict::Done,
        Value::Array(failures) => failures,
        _ => return Verdict::Failed("batchItemFailures is not a list".to_owned()),
    };
    let mut lowest = None;
    for failure in failures {
        let identifier = failure["itemIdentifier"].as_str().unwrap_or_default();
        let Some(index) = records.iter().position(|record| sequence_number(record) == identifier) else {
            return Verdict::Failed(format!("the batch has no item {identifier:?}"));
        };
        lowest = Some(lowest.map_or(index, |lowest: usize| lowest.min(index)));
    }
    lowest.map_or(Verdict::Done, Verdict::FailedFrom)
}
