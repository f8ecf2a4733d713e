//! Records of the table's stream, as Lambda hands them over.
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>

use domain::ids::RecipientKey;
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// Why a batch cannot be read.
#[derive(Debug, Error)]
pub enum StreamError {
    /// There are no records.
    #[error("it has no Records")]
    Records(#[source] serde_json::Error),
    /// A record that must come again could not be named.
    #[error("a record has no sequence number")]
    SequenceNumber,
}

/// What matters of a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// What names it in the answer.
    pub(crate) sequence_number: String,
    /// Whether its item waits to be sent. The stream's filter admits no others, if it is as it should be.
    pub(crate) waits: bool,
    /// The recipient, unless the record cannot be read.
    pub(crate) key: Option<RecipientKey>,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

/// The records of a batch; each is read by itself, so that an unreadable one fails alone.
pub(crate) fn records(event: Value) -> Result<Vec<Record>, StreamError> {
    let batch: Batch = serde_json::from_value(event).map_err(StreamError::Records)?;
    batch.records.iter().map(record).collect()
}

fn record(record: &Value) -> Result<Record, StreamError> {
    let change = &record["dynamodb"];
    let sequence_number = change["SequenceNumber"].as_str().ok_or(StreamError::SequenceNumber)?.to_owned();
    let text = |name: &str| change["Keys"][name]["S"].as_str();
    let key = text("pk").zip(text("sk")).and_then(|(pk, sk)| table::parse_stream_keys(pk, sk));
    // Without an image nothing says that it does not wait; the claim will tell.
    let waits = change.get("NewImage").is_none_or(|image| image.get("drive").is_some());
    let removed = record["eventName"] == "REMOVE";
    Ok(Record { sequence_number, waits: waits && !removed, key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(keys: Value, image: Value) -> Value {
        json!({ "Records": [{
            "eventID": "c4ca4238a0b923820dcc509a6f75849b",
            "eventName": "INSERT",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "eu-central-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1795300000,
                "Keys": keys,
                "NewImage": image,
                "SequenceNumber": "4421584500000000017450439091",
                "SizeBytes": 26,
                "StreamViewType": "NEW_AND_OLD_IMAGES"
            }
        }] })
    }

    #[test]
    fn a_waiting_recipient_is_read() {
        let keys = json!({ "pk": { "S": "invoice#demo#1042" }, "sk": { "S": "send#01KAF8T2400000000000000001#c99" } });
        let records = records(change(keys, json!({ "drive": { "N": "1" } }))).unwrap();
        assert!(records[0].waits);
        assert_eq!(records[0].key.as_ref().unwrap().position.to_string(), "to:0");
    }

    #[test]
    fn other_items_do_not_wait() {
        let keys = json!({ "pk": { "S": "invoice#demo#1042" }, "sk": { "S": "recent" } });
        assert!(!records(change(keys, json!({}))).unwrap()[0].waits);
    }

    #[test]
    fn junk_in_a_record_is_its_own_failure() {
        let records = records(change(json!({ "pk": 7 }), json!({ "drive": { "N": "1" } }))).unwrap();
        assert!(records[0].waits && records[0].key.is_none());
    }

    #[test]
    fn junk_in_place_of_a_batch_is_refused() {
        assert!(matches!(records(json!({ "Records": 7 })), Err(StreamError::Records(_))));
        assert!(matches!(records(json!({ "Records": [{}] })), Err(StreamError::SequenceNumber)));
    }
}
