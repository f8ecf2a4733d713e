//! What a queue's message carries: an SNS envelope around a record of SES, the record itself (raw message delivery),
//! or one of the texts with which AWS announces that something was set up.
//!
//! No URL in a message is ever visited: a subscription is confirmed by whoever made it, not by whom it is sent to.

use serde_json::Value;

use crate::ses::{SesError, type_of};

/// What SES publishes to a topic when it becomes an event destination.
const TOPIC_VALIDATED: &str = "Successfully validated SNS topic";
/// What SES publishes to a topic when it becomes an identity's feedback topic.
const TOPIC_SUBSCRIBED: &str = "AmazonSnsSubscriptionSucceeded";

/// What was in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A record that claims to be SES's.
    Record(Value),
    /// Nothing to record, and why, in plain words.
    SetUp(&'static str),
}

/// Opens a message's body, with or without an envelope.
///
/// # Errors
/// It is none of what is expected here.
pub fn open(body: &str) -> Result<Content, SesError> {
    let value = match read(body)? {
        Content::Record(value) => value,
        set_up => return Ok(set_up),
    };
    match (value["Type"].as_str(), &value["Message"]) {
        (Some("Notification"), Value::String(message)) => open_message(message),
        (Some("SubscriptionConfirmation"), _) => Ok(Content::SetUp("SNS asks to confirm a subscription")),
        (Some("UnsubscribeConfirmation"), _) => Ok(Content::SetUp("SNS confirms the end of a subscription")),
        _ => check(value),
    }
}

/// Reads the message that SNS hands over, without its envelope.
///
/// # Errors
/// It is none of what is expected here.
pub fn open_message(message: &str) -> Result<Content, SesError> {
    match read(message)? {
        Content::Record(value) => check(value),
        set_up => Ok(set_up),
    }
}

fn read(text: &str) -> Result<Content, SesError> {
    if text.trim_start().starts_with(TOPIC_VALIDATED) {
        return Ok(Content::SetUp("SES validated its topic"));
    }
    serde_json::from_str(text).map(Content::Record).map_err(SesError::NotJson)
}

fn check(value: Value) -> Result<Content, SesError> {
    match type_of(&value) {
        Some((_, TOPIC_SUBSCRIBED)) => Ok(Content::SetUp("SES was given its feedback topic")),
        Some(_) => Ok(Content::Record(value)),
        None => Err(SesError::NotAnEvent),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

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
        let Content::Record(record) = open(raw).unwrap() else { panic!("a delivery is a record") };
        assert_eq!(open(&envelope(raw)).unwrap(), Content::Record(record.clone()));
        assert_eq!(open_message(raw).unwrap(), Content::Record(record));
    }

    #[test]
    fn the_fixture_of_an_envelope_holds_a_delivery() {
        let opened = open(include_str!("../fixtures/sns_notification.json")).unwrap();
        let Content::Record(record) = opened else { panic!("a delivery is a record") };
        assert_eq!(record["eventType"], "Delivery");
    }

    #[test]
    fn set_up_texts_are_set_up_inside_and_outside_an_envelope() {
        let validated = "Successfully validated SNS topic for Amazon SES event publishing.";
        let subscribed = include_str!("../fixtures/feedback_topic_set_up.json");
        for text in [validated, subscribed] {
            for body in [text.to_owned(), envelope(text)] {
                assert!(matches!(open(&body), Ok(Content::SetUp(_))), "{body}");
            }
            assert!(matches!(open_message(text), Ok(Content::SetUp(_))), "{text}");
        }
    }

    #[test]
    fn confirmations_of_sns_are_set_up() {
        let confirmation = include_str!("../fixtures/sns_subscription_confirmation.json");
        assert!(matches!(open(confirmation), Ok(Content::SetUp(_))));
        let ended = confirmation.replace("SubscriptionConfirmation", "UnsubscribeConfirmation");
        assert!(matches!(open(&ended), Ok(Content::SetUp(_))));
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
            assert!(open(body).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(body in ".{0,200}") {
            let _ = open(&body);
            let _ = open(&envelope(&body));
        }
    }
}
