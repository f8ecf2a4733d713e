//! Follows the table's stream: counts what became of each firm's e-mails, and announces each change of a sent status.
//!
//! The stream brings every record at least once, and in the order of its shard at first. What a stretch of a shard adds up
//! to is counted in one transaction that also moves the shard's watermark, under the condition that the watermark is before
//! it: so each record is counted once, however often it comes. It is announced before it is counted, so that none that
//! was counted goes unheard; whoever hears it twice knows it by its id.

mod announcement;
mod announcing;
mod batch;
mod recount;

use bus::Bus;
use domain::tally::Tally;
use lambda::{Call, ConfigurationError, Environment};
use serde_json::{Value, json};
use table::{Counting, MAX_COUNTERS, SequenceNumber, Table, TableError, number_of_counters};
use thiserror::Error;
use tokio::time::Instant;

use crate::announcing::{Announcing, FIRST_PAUSE, LONGEST_PAUSE, TRYING_BUDGET, Unheard};
use crate::batch::{Batch, BatchError, Step};
use crate::recount::{RecountError, Request};

/// The function.
#[derive(Debug)]
pub struct Follow {
    table: Table,
    bus: Bus,
    /// Whether events carry the recipient's address.
    addresses: bool,
}

/// Why an event could not be worked on.
#[derive(Debug, Error)]
pub enum FollowError {
    /// A batch of the stream cannot be read.
    #[error("the batch of the stream cannot be worked on")]
    Batch(#[from] BatchError),
    /// A recount came to nothing.
    #[error("the recount came to nothing")]
    Recount(#[from] RecountError),
}

/// Why a record comes again.
#[derive(Debug, Error)]
enum StepError {
    #[error("the event bus did not take its event")]
    Bus(#[from] Unheard),
    #[error("the table failed")]
    Table(#[from] TableError),
}

impl Follow {
    /// Reads `TABLE_NAME`, `EVENT_BUS_NAME` and, if it is there, `EVENT_ADDRESSES`: `true` puts the recipients' addresses
    /// into the events.
    ///
    /// # Errors
    /// Names the variable that is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let name = environment.required("TABLE_NAME")?;
        let bus = environment.required("EVENT_BUS_NAME")?;
        let addresses = environment.parsed("EVENT_ADDRESSES")?.unwrap_or(false);
        let config = lambda::aws::config(environment, lambda::aws::Service::DynamoDb)?;
        let bus_config = lambda::aws::config(environment, lambda::aws::Service::EventBridge)?;
        Ok(Self {
            table: Table::new(&config, name),
            bus: Bus::new(&bus_config, bus, announcement::SOURCE, announcement::DETAIL_TYPE),
            addresses,
        })
    }

    /// Works on one batch of the stream and names the record from which on it must come again; or recounts, if that is
    /// what it is called for.
    ///
    /// # Errors
    /// The batch or one of its records cannot be read, or a recount failed.
    pub async fn handle(&self, event: Value, call: Call) -> Result<Value, FollowError> {
        if let Some(request) = event.get("recount") {
            return Ok(Box::pin(recount::answer(&self.table, Request::read(request)?, call.now)).await?);
        }
        let batch = Batch::read(event, call.now)?;
        let mut failures = Vec::new();
        if let Err((step, error)) = Box::pin(self.work_on(&batch, &call)).await {
            tracing::error!(
                error = lambda::log::chain(&error),
                record.sequence_number = step.identifier,
                "a record could not be worked on"
            );
            let rest = batch.steps.iter().filter(|other| other.number >= step.number).count();
            call.metrics.add("Failed", rest as u64);
            failures.push(json!({ "itemIdentifier": step.identifier }));
        }
        // Lambda takes an answer without a state for a failed invocation.
        Ok(json!({ "state": {}, "batchItemFailures": failures }))
    }

    /// Announces and counts all records, or fails at one: all before it are done.
    async fn work_on<'a>(&self, batch: &'a Batch, call: &Call) -> Result<(), (&'a Step, StepError)> {
        let Some(first) = batch.steps.first() else { return Ok(()) };
        let began = Instant::now();
        let announcing = Announcing { bus: &self.bus, addresses: self.addresses, began };
        if batch.redriven {
            return announcing.all(&batch.steps, call).await.map_err(|(step, unheard)| (step, unheard.into()));
        }
        let counted_through = patiently(began, || self.table.counted_through(&batch.shard)).await;
        let mut through = counted_through.map_err(|error| (first, error.into()))?;
        let mut rest = batch.steps.as_slice();
        loop {
            let known = rest.iter().take_while(|step| Some(&step.number) <= through.as_ref()).count();
            call.metrics.add("Repeated", known as u64);
            rest = &rest[known..];
            let (mut stretch, mut tally) = stretch(rest);
            let Some(first) = stretch.first() else { return Ok(()) };
            let unheard = announcing.all(stretch, call).await.err();
            if let Some((step, _)) = &unheard {
                stretch = &stretch[..stretch.iter().take_while(|heard| heard.number < step.number).count()];
                tally = sum(stretch);
            }
            if let Some(last) = stretch.last() {
                let ends = (&first.number, &last.number);
                let counting = patiently(began, || self.table.count(&batch.shard, ends, &tally, call.now)).await;
                match counting.map_err(|error| (first, error.into()))? {
                    Counting::Done => call.metrics.add("Counted", stretch.len() as u64),
                    // Another invocation has been here since the watermark was read.
                    Counting::Before(counted) => {
                        through = Some(counted);
                        continue;
                    }
                }
            }
            if let Some((step, unheard)) = unheard {
                return Err((step, unheard.into()));
            }
            rest = &rest[stretch.len()..];
            through = None::<SequenceNumber>;
        }
    }
}

/// Asks the table again for as long as it is busy and there is time: whoever gives up has the same announced again.
async fn patiently<T, A>(began: Instant, ask: impl Fn() -> A) -> Result<T, TableError>
where
    A: Future<Output = Result<T, TableError>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        match ask().await {
            Err(error) if error.is_busy() && began.elapsed() + pause <= TRYING_BUDGET => {
                tracing::warn!(error = lambda::log::chain(&error), "the table is busy; it is asked again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            result => return result,
        }
    }
}

/// As many records as one transaction can count, and what they add up to.
fn stretch(steps: &[Step]) -> (&[Step], Tally) {
    let mut steps = steps;
    loop {
        let tally = sum(steps);
        // A record alone changes two of them.
        if number_of_counters(&tally) <= MAX_COUNTERS || steps.len() < 2 {
            return (steps, tally);
        }
        steps = &steps[..steps.len() / 2];
    }
}

fn sum(steps: &[Step]) -> Tally {
    let mut tally = Tally::default();
    steps.iter().for_each(|step| step.count(&mut tally));
    tally
}
