//! The stream's way to a function, as Lambda's event source mapping goes it: in order, batch by batch, with filters,
//! partial failures, bisection, a limit of retries, and dead letters.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::database::{DatabaseError, StreamReader};
use crate::dead_letters::DeadLetters;
use crate::filter::Pattern;
use crate::invoke::{EventFunction, InvocationError, apart_flat};
use crate::template::StreamTrigger;

/// How long an idle pump waits at most: writes that do not pass the stack's door ring no bell.
const IDLE: Duration = Duration::from_millis(50);

/// The first wait before a retry; it doubles up to [`LONGEST_BACKOFF`]. Lambda waits longer, people at a terminal do
/// not.
const FIRST_BACKOFF: Duration = Duration::from_millis(20);
const LONGEST_BACKOFF: Duration = Duration::from_secs(1);

/// Carries the stream's records to one function.
pub(crate) struct Pump {
    trigger: StreamTrigger,
    function: EventFunction,
    dead_letters: Arc<DeadLetters>,
    reader: Mutex<StreamReader>,
    /// The sequence number up to which all records are dealt with.
    position: Mutex<Option<String>>,
    /// Where the position survives the process.
    position_file: Option<PathBuf>,
}

/// What is left of a batch after an invocation.
#[derive(Debug, PartialEq)]
enum Verdict {
    Done,
    /// The first of the records that must be tried again.
    FailedFrom(usize),
    /// The whole invocation failed, and why.
    Failed(String),
}

impl Pump {
    pub(crate) fn new(
        trigger: StreamTrigger,
        function: EventFunction,
        database: dynoxide::Database,
        position_file: Option<PathBuf>,
        dead_letters: Arc<DeadLetters>,
    ) -> Result<Self, DatabaseError> {
        let kept = position_file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let position = kept.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let reader = Mutex::new(StreamReader::new(database, position.as_deref())?);
        Ok(Self { trigger, function, dead_letters, reader, position: Mutex::new(position), position_file })
    }

    /// Whether everything in the stream is dealt with.
    pub(crate) fn is_idle(&self) -> bool {
        let newest = self.reader.lock().unwrap_or_else(PoisonError::into_inner).newest().ok().flatten();
        // Sequence numbers have one width, so they sort as text.
        newest <= *self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries records until it is dropped.
    pub(crate) async fn run(self: Arc<Self>, mut written: watch::Receiver<()>) {
        loop {
            written.mark_unchanged();
            let most = self.trigger.batch_size * self.trigger.lanes;
            let next = self.reader.lock().unwrap_or_else(PoisonError::into_inner).next(most);
            let records = next.unwrap_or_else(|error| {
                tracing::error!(error = %InvocationError::from_error(&error), "the stream cannot be read");
                Vec::new()
            });
            let Some(last) = records.last().map(|record| sequence_number(record).to_owned()) else {
                tokio::select! {
                    _ = tokio::time::sleep(IDLE) => {}
                    _ = written.changed() => {}
                }
                continue;
            };
            let wanted = records.into_iter().filter(|record| matches(&self.trigger.patterns, record));
            let mut lanes = tokio::task::JoinSet::new();
            for lane in split(wanted, self.trigger.lanes) {
                let pump = Arc::clone(&self);
                lanes.spawn(async move { deliver(&pump.trigger, &pump.function, &pump.dead_letters, lane).await });
            }
            lanes.join_all().await;
            self.keep_position(last);
        }
    }

    fn keep_position(&self, position: String) {
        if let Some(file) = &self.position_file
            && let Err(error) = std::fs::write(file, &position)
        {
            tracing::warn!(error = %error, "the stream's position was not kept; its records will come again");
        }
        *self.position.lock().unwrap_or_else(PoisonError::into_inner) = Some(position);
    }
}

/// Splits records into lanes. Those of one item stay in one lane, in their order.
fn split(records: impl Iterator<Item = Value>, lanes: usize) -> Vec<Vec<Value>> {
    let mut split = vec![Vec::new(); lanes];
    for record in records {
        let mut hasher = DefaultHasher::new();
        record["dynamodb"]["Keys"].to_string().hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % lanes as u64).unwrap_or_default();
        split[lane].push(record);
    }
    split.retain(|lane| !lane.is_empty());
    split
}

/// Hands the records of one lane on, until each is done or a dead letter.
async fn deliver(trigger: &StreamTrigger, function: &EventFunction, dead_letters: &DeadLetters, records: Vec<Value>) {
    let batches = records.chunks(trigger.batch_size).map(|batch| (batch.to_vec(), 1_u32));
    let mut batches: VecDeque<_> = batches.collect();
    let mut backoff = FIRST_BACKOFF;
    while let Some((mut records, attempt)) = batches.pop_front() {
        if records.is_empty() {
            continue;
        }
        let response = apart_flat(function(json!({ "Records": records }))).await;
        let (rest, attempt) = match judge(&records, response) {
            Verdict::Done => continue,
            // The records before it are done; the rest is another batch, which has failed for the first time.
            Verdict::FailedFrom(index) if index > 0 => (records.split_off(index), 1),
            Verdict::FailedFrom(_) => (records, attempt),
            Verdict::Failed(error) => {
                let count = records.len();
                tracing::warn!(function = trigger.function, attempt, records = count, error, "a stream batch failed");
                if trigger.bisect && records.len() > 1 {
                    let second = records.split_off(records.len() / 2);
                    batches.push_front((second, attempt));
                    batches.push_front((records, attempt));
                    continue;
                }
                (records, attempt)
            }
        };
        if attempt > trigger.retries {
            let count = rest.len();
            tracing::error!(
                function = trigger.function,
                attempt,
                records = count,
                "stream records became dead letters"
            );
            dead_letters.add("stream", attempt, json!({ "function": trigger.function, "Records": rest }));
            continue;
        }
        tokio::time::sleep(backoff).await;
        backoff = (backoff * 2).min(LONGEST_BACKOFF);
        batches.push_front((rest, attempt + 1));
    }
}

/// Reads a partial batch response as Lambda does: the lowest failed sequence number counts, and an answer that makes no
/// sense fails the whole batch.
fn judge(records: &[Value], response: Result<Value, InvocationError>) -> Verdict {
    let response = match response {
        Ok(response) => response,
        Err(error) => return Verdict::Failed(error.to_string()),
    };
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

fn matches(patterns: &[Pattern], record: &Value) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(record))
}

fn sequence_number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::database;
    use crate::template::Template;

    fn trigger(retries: u32, bisect: bool) -> StreamTrigger {
        StreamTrigger { function: "send".to_owned(), batch_size: 10, lanes: 1, retries, bisect, patterns: Vec::new() }
    }

    fn record(number: u32) -> Value {
        json!({ "dynamodb": { "SequenceNumber": format!("{number:021}") } })
    }

    fn numbers(event: &Value) -> Vec<u32> {
        event["Records"].as_array().unwrap().iter().map(|record| sequence_number(record).parse().unwrap()).collect()
    }

    /// A function that follows a script and keeps what it was given.
    fn scripted(
        script: impl Fn(usize, &[u32]) -> Result<Value, InvocationError> + Send + Sync + 'static,
    ) -> (EventFunction, Arc<Mutex<Vec<Vec<u32>>>>) {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&calls);
        let function: EventFunction = Arc::new(move |event| {
            let numbers = numbers(&event);
            let answer = script(kept.lock().unwrap().len(), &numbers);
            kept.lock().unwrap().push(numbers);
            Box::pin(async move { answer })
        });
        (function, calls)
    }

    fn failures(of: &[u32]) -> Value {
        let items = of.iter().map(|number| json!({ "itemIdentifier": format!("{number:021}") }));
        json!({ "batchItemFailures": items.collect::<Vec<_>>() })
    }

    #[tokio::test(start_paused = true)]
    async fn a_partial_failure_is_tried_again_from_the_lowest_failed_record() {
        let (function, calls) = scripted(|call, _| Ok(if call == 0 { failures(&[3, 2]) } else { Value::Null }));
        let dead = DeadLetters::default();
        deliver(&trigger(2, false), &function, &dead, (1..=4).map(record).collect()).await;
        assert_eq!(*calls.lock().unwrap(), [vec![1, 2, 3, 4], vec![2, 3, 4]]);
        assert!(dead.all().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_is_bisected_until_the_poison_is_alone() {
        let (function, _) =
            scripted(
                |_, numbers| {
                    if numbers.contains(&3) { Err(InvocationError::Panicked) } else { Ok(failures(&[])) }
                },
            );
        let dead = DeadLetters::default();
        deliver(&trigger(1, true), &function, &dead, (1..=4).map(record).collect()).await;
        let dead = dead.all();
        assert_eq!(dead.len(), 1);
        assert_eq!(numbers(&dead[0]["message"]), [3]);
        assert_eq!(dead[0]["attempts"], 2);
    }

    #[tokio::test(start_paused = true)]
    async fn retries_have_a_limit() {
        let (function, calls) = scripted(|_, _| Ok(failures(&[1])));
        let dead = DeadLetters::default();
        deliver(&trigger(3, false), &function, &dead, vec![record(1)]).await;
        assert_eq!(calls.lock().unwrap().len(), 4);
        assert_eq!(dead.all().len(), 1);
    }

    #[test]
    fn an_items_records_stay_in_one_lane_in_their_order() {
        let record = |key: u32, number: u32| json!({ "dynamodb": { "Keys": { "pk": key }, "SequenceNumber": number } });
        let records: Vec<_> = (0..100).map(|number| record(number % 10, number)).collect();
        let lanes = split(records.into_iter(), 4);
        assert!((2..=4).contains(&lanes.len()));
        assert_eq!(lanes.iter().map(Vec::len).sum::<usize>(), 100);
        for key in 0..10 {
            let holding = lanes.iter().filter(|lane| lane.iter().any(|record| record["dynamodb"]["Keys"]["pk"] == key));
            assert_eq!(holding.count(), 1);
        }
        for lane in lanes {
            assert!(lane.is_sorted_by_key(|record| record["dynamodb"]["SequenceNumber"].as_u64()));
        }
    }

    #[test]
    fn an_answer_that_makes_no_sense_fails_the_batch() {
        let records = [record(1), record(2)];
        assert_eq!(judge(&records, Ok(Value::Null)), Verdict::Done);
        assert_eq!(judge(&records, Ok(failures(&[]))), Verdict::Done);
        assert_eq!(judge(&records, Ok(failures(&[2]))), Verdict::FailedFrom(1));
        for answer in [
            failures(&[9]),
            json!({ "batchItemFailures": [{}] }),
            json!({ "batchItemFailures": [{ "itemIdentifier": "" }] }),
            json!({ "batchItemFailures": "all" }),
        ] {
            assert!(matches!(judge(&records, Ok(answer)), Verdict::Failed(_)));
        }
    }

    #[tokio::test]
    async fn the_pump_carries_what_its_filter_takes_and_keeps_its_position() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("position");
        let (database, _) = database::open(None, &Template::parse(database::tests::TABLE).unwrap()).unwrap();
        let (sender, mut received) = tokio::sync::mpsc::unbounded_channel();
        let function: EventFunction = Arc::new(move |event| {
            sender.send(event).unwrap();
            Box::pin(async { Ok(Value::Null) })
        });
        let patterns = vec![Pattern::parse(r#"{"dynamodb":{"Keys":{"pk":{"S":["wanted"]}}}}"#).unwrap()];
        let trigger = StreamTrigger { patterns, ..trigger(1, false) };
        let pump = Pump::new(trigger, function, database.clone(), Some(file.clone()), Arc::default()).unwrap();
        let pump = Arc::new(pump);
        let written = watch::Sender::new(());
        let running = tokio::spawn(Arc::clone(&pump).run(written.subscribe()));
        database::tests::put(&database, "other");
        database::tests::put(&database, "wanted");
        assert!(!pump.is_idle());
        written.send_replace(());
        let event = received.recv().await.unwrap();
        assert_eq!(event["Records"].as_array().unwrap().len(), 1);
        assert_eq!(event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"], "wanted");
        while !pump.is_idle() {
            tokio::task::yield_now().await;
        }
        assert!(std::fs::read_to_string(file).unwrap().len() >= 21);
        running.abort();
    }
}
