//! One invocation's messages: taking them out of the event, bringing together what goes to one recipient, and
//! answering which of them failed.

use std::collections::BTreeMap;

use domain::event::Event;
use domain::ids::RecipientKey;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::RecordError;
use crate::timestamp;

/// One message of an invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    /// From a queue, with the id that a partial answer names and the time at which it was queued. Each may be missing
    /// from what is not SQS's own.
    Queued { id: Option<&'a str>, body: Option<&'a str>, sent_at: Option<Timestamp> },
    /// Straight from SNS, already out of its envelope, which said when it was published.
    Published { message: Option<&'a str>, published_at: Option<Timestamp> },
}

/// The messages of an invocation.
///
/// # Errors
/// The event is neither SQS's nor SNS's.
pub(crate) fn messages(event: &Value) -> Result<Vec<Message<'_>>, RecordError> {
    let records = event["Records"].as_array().ok_or(RecordError::NotABatch)?;
    // Lambda spells SNS's own `EventSource` with a capital, SQS's `eventSource` without.
    let is_published = |record: &Value| record["EventSource"] == "aws:sns" || record["Sns"].is_object();
    Ok(records
        .iter()
        .map(|record| {
            if is_published(record) {
                let sns = &record["Sns"];
                Message::Published {
                    message: sns["Message"].as_str(),
                    published_at: timestamp::read(&sns["Timestamp"]),
                }
            } else {
                let id = record["messageId"].as_str().filter(|id| !id.is_empty());
                Message::Queued { id, body: record["body"].as_str(), sent_at: sent_at(record) }
            }
        })
        .collect())
}

/// When a record of SQS was sent to the queue; each receive of it has the same time, in milliseconds as text.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
fn sent_at(record: &Value) -> Option<Timestamp> {
    let ms: i64 = record["attributes"]["SentTimestamp"].as_str()?.parse().ok()?;
    Timestamp::from_millisecond(ms).ok()
}

/// What one message adds to a recipient's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Addition {
    pub(crate) key: RecipientKey,
    pub(crate) event: Event,
    pub(crate) message_id: Option<String>,
}

/// What a batch adds to one recipient's log, in one write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// Each event once, though it came several times: the copy that came first.
    pub(crate) events: Vec<Event>,
    /// SES's id of the message, if any of the records has it.
    pub(crate) message_id: Option<String>,
    /// Which messages the group comes from, by their place in the batch.
    pub(crate) places: Vec<usize>,
}

/// Brings together what goes to one recipient. The numbers are the messages' places in the batch.
pub(crate) fn by_recipient(additions: impl IntoIterator<Item = (usize, Addition)>) -> BTreeMap<RecipientKey, Group> {
    let mut groups: BTreeMap<RecipientKey, Group> = BTreeMap::new();
    for (place, Addition { key, event, message_id }) in additions {
        let group = groups.entry(key).or_default();
        group.places.push(place);
        group.message_id = group.message_id.take().or(message_id);
        if !group.events.iter().any(|known| known.is_copy_of(&event)) {
            group.events.push(event);
        }
    }
    groups
}

/// The answer to Lambda, given whether each message failed: exactly the failed ones of a queue come again.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>
///
/// # Errors
/// A failed message has no id to be named by, so that the whole batch must come again. What was recorded changes
/// nothing the second time.
pub(crate) fn answer(messages: &[Message<'_>], failed: &[bool]) -> Result<Value, RecordError> {
    let mut failures = Vec::new();
    for (message, _) in messages.iter().zip(failed).filter(|(_, failed)| **failed) {
        match message {
            Message::Queued { id: Some(id), .. } => failures.push(json!({ "itemIdentifier": id })),
            Message::Queued { id: None, .. } | Message::Published { .. } => {
                let count = failed.iter().filter(|failed| **failed).count();
                return Err(RecordError::Failed { failed: count, of: messages.len() });
            }
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use domain::digest::Digest;
    use domain::event::EventKind;
    use domain::time::from_millisecond;

    fn key(position: &str) -> RecipientKey {
        RecipientKey {
            firm: "demo".parse().unwrap(),
            invoice: "1042".parse().unwrap(),
            send: domain::ids::SendId::new(from_millisecond(1_795_300_000_000), 7),
            position: position.parse().unwrap(),
        }
    }

    fn addition(position: &str, ms: i64, message_id: Option<&str>) -> Addition {
        let event = Event::new(from_millisecond(ms), EventKind::Delivered { detail: None });
        Addition { key: key(position), event, message_id: message_id.map(str::to_owned) }
    }

    #[test]
    fn messages_of_a_queue_have_their_ids() {
        let event: Value = serde_json::from_str(include_str!("../fixtures/sqs_event.json")).unwrap();
        let messages = messages(&event).unwrap();
        let ids: Vec<_> = messages
            .iter()
            .map(|message| match message {
                Message::Queued { id, body: Some(_), sent_at } => (*id, sent_at.map(Timestamp::as_millisecond)),
                _ => panic!("a message of the queue has a body"),
            })
            .collect();
        let first = "19dd0b57-b21e-4ac1-bd88-01bbb068cb78";
        let second = "2e1424d4-f796-459a-8184-9c92662be6da";
        let sent_at = Some(1_795_166_045_231);
        assert_eq!(ids, [(Some(first), sent_at), (Some(second), sent_at)]);
    }

    #[test]
    fn messages_straight_from_sns_are_out_of_their_envelope() {
        let event: Value = serde_json::from_str(include_str!("../fixtures/sns_event.json")).unwrap();
        let messages = messages(&event).unwrap();
        let [Message::Published { message: Some(message), published_at }] = messages[..] else {
            panic!("{messages:?}")
        };
        assert!(message.contains("\"eventType\":\"Bounce\""));
        assert_eq!(published_at, Some("2026-11-20T09:14:05.120Z".parse().unwrap()));
    }

    #[test]
    fn what_is_no_message_is_kept_with_what_it_has() {
        let event = json!({ "Records": [{ "messageId": "a" }, 7, { "body": 5, "messageId": "" }, { "Sns": {} }] });
        assert_eq!(
            messages(&event).unwrap(),
            [
                Message::Queued { id: Some("a"), body: None, sent_at: None },
                Message::Queued { id: None, body: None, sent_at: None },
                Message::Queued { id: None, body: None, sent_at: None },
                Message::Published { message: None, published_at: None },
            ]
        );
    }

    #[test]
    fn a_time_in_the_queue_that_cannot_be_read_is_none() {
        for time in [json!(null), json!(1_795_166_045_231_i64), json!(""), json!("soon"), json!(i64::MAX.to_string())] {
            let record = json!({ "messageId": "a", "attributes": { "SentTimestamp": time } });
            assert_eq!(sent_at(&record), None, "{record}");
        }
    }

    #[test]
    fn what_is_no_batch_is_an_error() {
        for event in [json!(null), json!({}), json!({ "Records": {} }), json!([])] {
            assert!(matches!(messages(&event), Err(RecordError::NotABatch)), "{event}");
        }
        assert_eq!(messages(&json!({ "Records": [] })).unwrap(), []);
    }

    #[test]
    fn a_recipient_is_written_once_with_each_event_once() {
        let groups = by_recipient([
            (0, addition("to:0", 1, None)),
            (1, addition("cc:0", 1, None)),
            (2, addition("to:0", 2, Some("first"))),
            (4, addition("to:0", 1, Some("second"))),
        ]);
        assert_eq!(groups.len(), 2);
        let to = &groups[&key("to:0")];
        assert_eq!(to.places, [0, 2, 4]);
        assert_eq!(to.message_id.as_deref(), Some("first"));
        assert_eq!(to.events, [addition("to:0", 1, None).event, addition("to:0", 2, None).event]);
        let read = |place, record: &[u8]| {
            let Addition { event, .. } = addition("to:0", 1, None);
            (place, Addition { event: event.with_source(Digest::of(record)), ..addition("to:0", 1, None) })
        };
        let copies = by_recipient([read(0, b"first"), read(1, b"second")]);
        assert_eq!(copies[&key("to:0")].events, [read(0, b"first").1.event]);
        let cc = &groups[&key("cc:0")];
        assert_eq!((cc.places.as_slice(), cc.events.len(), &cc.message_id), (&[1][..], 1, &None));
    }

    #[test]
    fn the_answer_names_exactly_the_failed_messages() {
        let queued = |id| Message::Queued { id: Some(id), body: None, sent_at: None };
        let batch = [queued("a"), queued("b"), queued("c")];
        assert_eq!(answer(&batch, &[false; 3]).unwrap(), json!({ "batchItemFailures": [] }));
        assert_eq!(
            answer(&batch, &[true, false, true]).unwrap(),
            json!({ "batchItemFailures": [{ "itemIdentifier": "a" }, { "itemIdentifier": "c" }] })
        );
    }

    #[test]
    fn a_failure_without_an_id_fails_the_invocation() {
        let unnamed = Message::Queued { id: None, body: Some("junk"), sent_at: None };
        let named = Message::Queued { id: Some("a"), body: None, sent_at: None };
        let published = Message::Published { message: Some("junk"), published_at: None };
        for message in [unnamed, published] {
            let batch = [named, message];
            assert!(matches!(answer(&batch, &[false, true]), Err(RecordError::Failed { failed: 1, of: 2 })));
            assert!(answer(&batch, &[false, false]).is_ok());
        }
    }
}
