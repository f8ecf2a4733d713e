//! Amazon EventBridge: the only code that knows it.
//!
//! What is put on the bus may be put there again: an event carries its own id, by which whoever hears it knows a repeat.
//! The SDK repeats calls by itself.

use std::error::Error;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_types::SdkConfig;
use jiff::Timestamp;
use thiserror::Error;

/// The most entries of one call.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
pub const MAX_ENTRIES: usize = 10;

/// Why a call as a whole came to nothing.
#[derive(Debug, Error)]
#[error("the event bus did not take the events ({code})")]
pub struct BusError {
    /// EventBridge's code, or what went wrong on the way.
    pub code: String,
    /// The cause.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// An entry that EventBridge did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place among the entries.
    pub index: usize,
    /// EventBridge's code: `ThrottlingException`, `InternalFailure`, …
    pub code: String,
}

/// What is put on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub at: Timestamp,
    /// A JSON object.
    pub detail: String,
}

/// One bus, one kind of event.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
    source: &'static str,
    detail_type: &'static str,
}

impl Bus {
    /// The bus of that name (or ARN), for events of one source and kind.
    pub fn new(config: &SdkConfig, name: impl Into<String>, source: &'static str, detail_type: &'static str) -> Self {
        Self { client: Client::new(config), name: name.into(), source, detail_type }
    }

    /// Puts at most [`MAX_ENTRIES`] entries on the bus, and tells which it did not take. One PutEvents.
    ///
    /// # Errors
    /// None was taken, or there was no answer: they may be put again.
    pub async fn put(&self, entries: &[Entry]) -> Result<Vec<Refused>, BusError> {
        let entries = entries.iter().map(|entry| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(self.source)
                .detail_type(self.detail_type)
                .time(DateTime::from_millis(entry.at.as_millisecond()))
                .detail(&entry.detail)
                .build()
        });
        let answer = self.client.put_events().set_entries(Some(entries.collect())).send().await.map_err(failed)?;
        let refused = answer
            .entries()
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some(Refused { index, code: entry.error_code()?.to_owned() }));
        Ok(refused.collect())
    }
}

fn failed<E>(error: SdkError<E>) -> BusError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let code = error.code().unwrap_or("no answer").to_owned();
    BusError { code, source: error.into() }
}

#[cfg(test)]
mod tests;
