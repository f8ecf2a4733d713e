//! What a queue's message carries: an SNS envelope around a record of SES, the record itself (raw message delivery),
//! or one of the texts with which AWS announces that something was set up.
//!
//! No URL in a message is ever visited: a subscription is confirmed by whoever made it, not by whom it is sent to.

use domain::digest::Digest;
use jiff::Timestamp;
use serde_json::Value;

use crate::ses::{SesError, type_of};
use crate::timestamp;

/// What SES publishes to a topic when it becomes an event destination.
const TOPIC_VALIDATED: &str = "Successfully validated SNS topic";
/// What that text says.
const TOPIC_IS_VALIDATED: Content = Content::SetUp("SES validated its topic");
/// What SES publishes to a topic when it becomes an identity's feedback topic.
const TOPIC_SUBSCRIBED: &str = "AmazonSnsSubscriptionSucceeded";

/// What was in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A record that claims to be SES's.
    Record {
        /// The record itself.
        record: Value,
        /// When SNS published it, or else when it came here.
        received_at: Timestamp,
        /// Of its text as SES wrote it, the same whatever it came in.
        source: Digest,
    },
    /// Nothing to record, and why, in plain words.
    SetUp(&'static str),
}

/// Opens the body of a message that came at that time, with or without an envelope, which may tell better.
///
/// # Errors
/// It is none of what is expected here.
pub fn open(body: &str, received_at: Timestamp) -> Result<Content, SesError> {
    let Some(value) = read(body)? else { return Ok(TOPIC_IS_VALIDATED) };
    match (value["Type"].as_str(), &value["Message"]) {
        (Some("Notification"), Value::String(message)) => {
            open_message(message, timestamp::read(&value["Timestamp"]).unwrap_or(received_at))
        }
        (Some("SubscriptionConfirmation"), _) => Ok(Content::SetUp("SNS asks to confirm a subscription")),
        (Some("UnsubscribeConfirmation"), _) => Ok(Content::SetUp("SNS confirms the end of a subscription")),
        _ => check(value, body, received_at),
    }
}

/// Reads a message that is out of its envelope.
///
/// # Errors
/// It is none of what is expected here.
pub fn open_message(message: &str, received_at: Timestamp) -> Result<Content, SesError> {
    match read(message)? {
        Some(value) => check(value, message, received_at),
        None => Ok(TOPIC_IS_VALIDATED),
    }
}

/// The JSON of a text; None for the one text of AWS that is none.
fn read(text: &str) -> Result<Option<Value>, SesError> {
    if text.trim_start().starts_with(TOPIC_VALIDATED) {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(SesError::NotJson)
}

fn check(record: Value, text: &str, received_at: Timestamp) -> Result<Content, SesError> {
    match type_of(&record) {
        Some((_, TOPIC_SUBSCRIBED)) => Ok(Content::SetUp("SES was given its feedback topic")),
        Some(_) => Ok(Content::Record { record, received_at, source: Digest::of(text.as_bytes()) }),
        None => Err(SesError::NotAnEvent),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn received_at() -> Timestamp {
        "2026-11-20T09:20:00Z".parse().unwrap()
    }

    fn fixture(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    fn envelope(message: &str) -> String {
        let mut envelope = fixture(include_str!("../fixtures/sns_notification.json"));
        envelope["Message"] = json!(message);
        envelope.to_string()
    }

    #[test]
    fn an_envelope_and_raw_delivery_carry_the_same_record() {
        let raw = include_str!("../fixtures/delivery.json");
        let record = fixture(raw);
        let source = Digest::of(raw.as_bytes());
        let content = |received_at| Content::Record { record: record.clone(), received_at, source };
        assert_eq!(open(raw, received_at()).unwrap(), content(received_at()));
        assert_eq!(open_message(raw, received_at()).unwrap(), content(received_at()));
        assert_eq!(open(&envelope(raw), received_at()).unwrap(), content("2026-11-20T09:14:05.120Z".parse().unwrap()));
    }

    #[test]
    fn an_envelopes_time_may_be_missing_or_odd() {
        for (time, at) in [
            (json!("2026-11-20T09:14:05 +0000"), "2026-11-20T09:14:05Z".parse().unwrap()),
            (json!("soon"), received_at()),
            (json!(1_795_166_045), received_at()),
            (json!(null), received_at()),
        ] {
            let mut envelope = fixture(include_str!("../fixtures/sns_notification.json"));
            envelope["Timestamp"] = time;
            let Ok(Content::Record { received_at: found, .. }) = open(&envelope.to_string(), received_at()) else {
                panic!("{envelope} holds a record")
            };
            assert_eq!(found, at, "{envelope}");
        }
    }

    #[test]
    fn the_fixture_of_an_envelope_holds_a_delivery() {
        let opened = open(include_str!("../fixtures/sns_notification.json"), received_at()).unwrap();
        let Content::Record { record, .. } = opened else { panic!("a delivery is a record") };
        assert_eq!(record["eventType"], "Delivery");
    }

    #[test]
    fn set_up_texts_are_set_up_inside_and_outside_an_envelope() {
        let validated = "Successfully validated SNS topic for Amazon SES event publishing.";
        let subscribed = include_str!("../fixtures/feedback_topic_set_up.json");
        for text in [validated, subscribed] {
            for body in [text.to_owned(), envelope(text)] {
                assert!(matches!(open(&body, received_at()), Ok(Content::SetUp(_))), "{body}");
            }
            assert!(matches!(open_message(text, received_at()), Ok(Content::SetUp(_))), "{text}");
        }
    }

    #[test]
    fn confirmations_of_sns_are_set_up() {
        let confirmation = include_str!("../fixtures/sns_subscription_confirmation.json");
        assert!(matches!(open(confirmation, received_at()), Ok(Content::SetUp(_))));
        let ended = confirmation.replace("SubscriptionConfirmation", "UnsubscribeConfirmation");
        assert!(matches!(open(&ended, received_at()), Ok(Content::SetUp(_))));
    }

    #[test]
    fn anything_else_is_unreadable() {
        let twice = envelope(&envelope(include_str!("../fixtures/delivery.json")));
        let junk_inside = envelope("junk");
        for body in [
            "",
            "junk",
            "{",
            "[]",
            "{}",
            "null",
            "7",
            "\"Delivery\"",
            "{\"eventType\":7}",
            "{\"eventType\":\"\"}",
            "{\"Type\":\"Notification\"}",
            "{\"Type\":\"Notification\",\"Message\":{}}",
            &twice,
            &junk_inside,
        ] {
            assert!(open(body, received_at()).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(body in ".{0,200}") {
            let _ = open(&body, received_at());
            let _ = open(&envelope(&body), received_at());
        }
    }
}
