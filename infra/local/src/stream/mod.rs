//! The stream's way to a function, as Lambda's event source mapping goes it: in order, batch by batch, with filters,
//! windows, partial failures, bisection, a limit of retries, and dead letters.

mod delivery;
mod window;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use crate::clock;
use crate::database::{DatabaseError, StreamReader};
use crate::filter::Pattern;
use crate::invoke::InvocationError;
pub(crate) use delivery::Destination;
use window::Window;

/// How long an idle pump waits at most: writes that do not pass the stack's door ring no bell.
const IDLE: Duration = Duration::from_millis(50);

/// Records that are read at once, at least: filters leave few of them, and a batch is to be full nevertheless.
const READ_AT_LEAST: usize = 500;

/// Carries the stream's records to one function.
pub(crate) struct Pump {
    destination: Arc<Destination>,
    reader: Mutex<StreamReader>,
    /// The sequence number up to which all records are dealt with.
    position: Mutex<Option<String>>,
    /// Where the position survives the process.
    position_file: Option<PathBuf>,
}

impl Pump {
    pub(crate) fn new(
        destination: Destination,
        database: dynoxide::Database,
        position_file: Option<PathBuf>,
    ) -> Result<Self, DatabaseError> {
        let kept = position_file.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
        let position = kept.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let reader = Mutex::new(StreamReader::new(database, position.as_deref())?);
        Ok(Self { destination: Arc::new(destination), reader, position: Mutex::new(position), position_file })
    }

    /// Whether everything in the stream is dealt with. A window may still be open.
    pub(crate) fn is_idle(&self) -> bool {
        let newest = self.reader.lock().unwrap_or_else(PoisonError::into_inner).newest().ok().flatten();
        // Sequence numbers have one width, so they sort as text.
        newest <= *self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries records until it is dropped.
    pub(crate) async fn run(self: Arc<Self>, mut written: watch::Receiver<()>) {
        let trigger = &self.destination.trigger;
        let mut window = None;
        loop {
            written.mark_unchanged();
            let records = self.read((trigger.batch_size * trigger.lanes).max(READ_AT_LEAST));
            let Some(last) = records.last().map(|record| sequence_number(record).to_owned()) else {
                self.end_windows_before(clock::now().as_second(), &mut window).await;
                tokio::select! {
                    _ = tokio::time::sleep(IDLE) => {}
                    _ = written.changed() => {}
                }
                continue;
            };
            let wanted = records.into_iter().filter(|record| matches(&trigger.patterns, record));
            match trigger.window_seconds {
                Some(seconds) => self.carry_in_windows(wanted, seconds, &mut window).await,
                None => self.carry(wanted).await,
            }
            self.keep_position(last);
        }
    }

    fn read(&self, most: usize) -> Vec<Value> {
        let next = self.reader.lock().unwrap_or_else(PoisonError::into_inner).next(most);
        next.unwrap_or_else(|error| {
            tracing::error!(error = %InvocationError::from_error(&error), "the stream cannot be read");
            Vec::new()
        })
    }

    async fn carry(&self, records: impl Iterator<Item = Value>) {
        let mut lanes = tokio::task::JoinSet::new();
        for lane in split(records, self.destination.trigger.lanes) {
            let destination = Arc::clone(&self.destination);
            lanes.spawn(async move { destination.deliver(lane, None).await });
        }
        lanes.join_all().await;
    }

    /// Each record belongs to the window in which it was written.
    async fn carry_in_windows(&self, records: impl Iterator<Item = Value>, seconds: i64, window: &mut Option<Window>) {
        let now = clock::now().as_second();
        let mut records = records.map(|record| (written_at(&record).unwrap_or(now), record)).peekable();
        while let Some((at, first)) = records.next() {
            self.end_windows_before(at, window).await;
            let open = window.get_or_insert_with(|| {
                let shard = self.reader.lock().unwrap_or_else(PoisonError::into_inner).shard();
                Window::around(at, seconds, shard)
            });
            let mut batch = vec![first];
            while let Some((_, record)) = records.next_if(|(at, _)| !open.is_over(*at)) {
                batch.push(record);
            }
            self.destination.deliver(batch, Some(open)).await;
        }
    }

    async fn end_windows_before(&self, at: i64, window: &mut Option<Window>) {
        if let Some(over) = window.take_if(|window| window.is_over(at)) {
            self.destination.end(over).await;
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

fn matches(patterns: &[Pattern], record: &Value) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(record))
}

fn sequence_number(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

/// When a record came into the stream, in seconds since the epoch.
fn written_at(record: &Value) -> Option<i64> {
    let seconds = &record["dynamodb"]["ApproximateCreationDateTime"];
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fraction does not matter, and a float too large saturates"
    )]
    seconds.as_i64().or_else(|| seconds.as_f64().map(|seconds| seconds.floor() as i64))
}

#[cfg(test)]
mod tests;
