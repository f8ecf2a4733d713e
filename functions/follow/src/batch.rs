//! Batches of the table's stream, as Lambda hands them over in windows: only then it names the shard.
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html>

use domain::fold::fold;
use domain::recipient::Recipient;
use domain::tally::{Counted, Tally};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use table::{Change, SequenceNumber, TableError};
use thiserror::Error;

use crate::announcement::{self, Announcement};

/// Why a batch as a whole cannot be worked on. Lambda halves it until what is at fault is alone.
#[derive(Debug, Error)]
pub enum BatchError {
    /// It is no batch of a stream.
    #[error("it is no event of a stream")]
    Event(#[source] serde_json::Error),
    /// There is nothing in it, though it does not end a window.
    #[error("it has no Records")]
    Records,
    /// Without its name nothing tells what of the shard was counted before.
    #[error("it names no shard, as Lambda does for a mapping with TumblingWindowInSeconds")]
    Shard,
    /// A record could not be named as failed.
    #[error("a record has no sequence number")]
    SequenceNumber,
    /// A record cannot be read.
    #[error("the record {sequence_number} cannot be read")]
    Record {
        /// Which one.
        sequence_number: String,
        /// Why.
        #[source]
        source: TableError,
    },
}

/// Records of one shard, in their order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) shard: String,
    /// They were given up before: whether they were counted is unknown, and a recount follows.
    pub(crate) redriven: bool,
    /// Those that change what is counted; all others need nothing.
    pub(crate) steps: Vec<Step>,
}

/// What one record asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// What names the record in the answer.
    pub(crate) identifier: String,
    pub(crate) number: SequenceNumber,
    change: Change,
    old: Option<Counted>,
    new: Option<Counted>,
    /// The change of the sent status, if it is one.
    pub(crate) announcement: Option<Announcement>,
}

#[derive(Deserialize)]
struct Event {
    /// A window may end without any.
    #[serde(rename = "Records")]
    records: Option<Vec<Value>>,
    #[serde(rename = "isFinalInvokeForWindow", default)]
    is_final: bool,
    #[serde(rename = "shardId", default)]
    shard_id: String,
    #[serde(default)]
    redriven: bool,
}

impl Batch {
    pub(crate) fn read(event: Value, now: Timestamp) -> Result<Self, BatchError> {
        let event: Event = serde_json::from_value(event).map_err(BatchError::Event)?;
        let records = match event.records {
            None if !event.is_final => return Err(BatchError::Records),
            records => records.unwrap_or_default(),
        };
        if event.shard_id.is_empty() {
            return Err(BatchError::Shard);
        }
        let steps = records.iter().map(|record| step(record, now)).filter_map(Result::transpose);
        Ok(Self { shard: event.shard_id, redriven: event.redriven, steps: steps.collect::<Result<_, _>>()? })
    }
}

fn step(record: &Value, now: Timestamp) -> Result<Option<Step>, BatchError> {
    let identifier = record["dynamodb"]["SequenceNumber"].as_str().ok_or(BatchError::SequenceNumber)?.to_owned();
    let number = SequenceNumber::parse(&identifier).ok_or(BatchError::SequenceNumber)?;
    let change =
        Change::read(record).map_err(|source| BatchError::Record { sequence_number: identifier.clone(), source })?;
    let Some(change) = change else { return Ok(None) };
    let counted = |recipient: &Option<Recipient>| recipient.as_ref().map(Counted::of);
    let (old, new) = (counted(&change.old), counted(&change.new));
    if old == new {
        return Ok(None);
    }
    let status = |counted: Option<Counted>| counted.map(|counted| counted.standing.sent_status);
    let announcement = match &change.new {
        Some(recipient) if status(old) != status(new) => {
            let view = fold(recipient, written_at(record).unwrap_or(now));
            Some(announcement::of(recipient, status(old), &view, &number))
        }
        _ => None,
    };
    Ok(Some(Step { identifier, number, change, old, new, announcement }))
}

/// When the change was written, to the second: what depends on the time must not depend on when it is read.
fn written_at(record: &Value) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "seconds of this age")]
    let seconds = record["dynamodb"]["ApproximateCreationDateTime"].as_f64()? as i64;
    Timestamp::from_second(seconds).ok()
}

impl Step {
    /// Adds what the record changes.
    pub(crate) fn count(&self, tally: &mut Tally) {
        let key = &self.change.key;
        tally.change(&key.firm, key.send.submitted_at(), self.old, self.new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn recipient(events: Value, attention: bool) -> Value {
        let mut image = json!({
            "pk": { "S": "invoice#roe#1042" }, "sk": { "S": "send#01KAF8T2400000000000000001#c99" },
            "address": { "S": "ann@example.com" }, "address_key": { "S": "ann@example.com" },
            "subject": { "S": "Invoice 1042" }, "source": { "S": "manual" }, "tracked": { "BOOL": true },
            "events": { "M": events },
        });
        if attention {
            image["attention_pk"] = json!({ "S": "attention#roe" });
            image["attention_sk"] = json!({ "S": "2026-11-20T00:00:00.000Z#01KAF8T2400000000000000001#c99" });
        }
        image
    }

    fn event(kind: &str) -> Value {
        json!({ kind: { "M": { "at": { "N": "1795300000000" }, "kind": { "S": kind } } } })
    }

    fn record(number: &str, images: Value) -> Value {
        let mut change = json!({
            "Keys": { "pk": { "S": "invoice#roe#1042" }, "sk": { "S": "send#01KAF8T2400000000000000001#c99" } },
            "ApproximateCreationDateTime": 1_795_300_001.0,
            "SequenceNumber": number,
        });
        change.as_object_mut().unwrap().extend(images.as_object().unwrap().clone());
        json!({ "eventName": "MODIFY", "dynamodb": change })
    }

    fn read(records: Value) -> Result<Batch, BatchError> {
        Batch::read(json!({ "Records": records, "shardId": "shard-1", "window": {}, "state": {} }), NOW)
    }

    #[test]
    fn only_what_changes_a_count_is_a_step() {
        let (nothing, sent) = (json!({}), event("processed"));
        let changes = [
            ("1", json!({ "NewImage": recipient(nothing.clone(), true) })),
            // A claim changes nothing that is counted.
            (
                "2",
                json!({ "OldImage": recipient(nothing.clone(), true), "NewImage": recipient(nothing.clone(), true) }),
            ),
            ("3", json!({ "OldImage": recipient(nothing, true), "NewImage": recipient(sent.clone(), false) })),
            // Silence for a day: the work queue has one more, the status is the same.
            ("4", json!({ "OldImage": recipient(sent.clone(), false), "NewImage": recipient(sent.clone(), true) })),
            (
                "5",
                json!({ "OldImage": recipient(sent.clone(), true), "NewImage": recipient(event("delivered"), false) }),
            ),
            ("6", json!({ "OldImage": recipient(sent, true) })),
        ];
        let records: Vec<Value> = changes.into_iter().map(|(number, images)| record(number, images)).collect();
        let batch = read(json!(records)).unwrap();
        let steps: Vec<(&str, bool)> =
            batch.steps.iter().map(|step| (step.identifier.as_str(), step.announcement.is_some())).collect();
        assert_eq!(steps, [("1", true), ("3", true), ("4", false), ("5", false), ("6", false)]);
        assert_eq!((batch.shard.as_str(), batch.redriven), ("shard-1", false));
    }

    #[test]
    fn other_items_are_nothing_to_do() {
        let mut body = record("1", json!({}));
        body["dynamodb"]["Keys"]["sk"]["S"] = json!("body#01KAF8T2400000000000000001");
        assert_eq!(read(json!([body])).unwrap().steps, []);
        assert_eq!(read(json!([])).unwrap().steps, []);
        let end = json!({ "shardId": "shard-1", "isFinalInvokeForWindow": true });
        assert_eq!(Batch::read(end, NOW).unwrap().steps, []);
    }

    #[test]
    fn what_cannot_be_read_fails_the_batch_and_is_named() {
        let broken = read(json!([record("17", json!({ "NewImage": { "pk": { "S": "x" } } }))])).unwrap_err();
        assert!(broken.to_string().contains("17"), "{broken}");
        assert!(matches!(read(json!([{}])), Err(BatchError::SequenceNumber)));
        assert!(matches!(Batch::read(json!({ "shardId": "s" }), NOW), Err(BatchError::Records)));
        assert!(matches!(Batch::read(json!({ "Records": 7, "shardId": "s" }), NOW), Err(BatchError::Event(_))));
        assert!(matches!(Batch::read(json!({ "Records": [] }), NOW), Err(BatchError::Shard)));
    }
}
