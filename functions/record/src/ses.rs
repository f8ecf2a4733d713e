//! What SES says, normalised once: either of its two formats goes in, one [`Event`] in our own vocabulary comes out.
//!
//! Event publishing (a configuration set's) has `eventType`, identity feedback has `notificationType`; the rest is
//! nearly the same, and one fact gives one and the same event whichever way it came. Nothing is required that is not
//! needed: SES may add fields and types at any time, and fields that it documents can be missing.
//!
//! - <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>
//! - <https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html>

use domain::address::comparison_key;
use domain::event::{Bounce, BounceType, DropCause, Event, EventKind, UnsubscribedBy};
use jiff::Timestamp;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::timestamp;

/// The name of the SES message tag that holds the recipient's sealed token.
pub const RECIPIENT_TAG: &str = "recipient";
/// The longest SES message id that is looked up, in bytes; real ones have about 60, an index's key may have 2,048.
const MAX_MESSAGE_ID_BYTES: usize = 256;
/// What stands for a type or subtype that is missing: SES's own word for what it cannot tell.
const UNDETERMINED: &str = "Undetermined";

/// What one record of SES says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    /// Which message, and so which recipient, it is about.
    pub reference: Reference,
    /// In which of SES's formats it came.
    pub source_format: SourceFormat,
    /// About when the message was sent. It differs between events of one message, so it is neither a key nor an
    /// order; it only tells whether the message is a recent one.
    pub sent_at: Option<Timestamp>,
    /// What happened.
    pub event: Event,
}

/// How a record names its message. Both may be there, or neither.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// The recipient's token, still sealed.
    pub tag: Option<String>,
    /// SES's id of the message.
    pub message_id: Option<String>,
}

/// The formats of SES.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceFormat {
    /// Published by a configuration set, with the message's tags.
    EventPublishing,
    /// Published for an identity, whoever sent the message, and always without tags.
    IdentityFeedback,
}

/// Why a text is not an event of SES. No further attempt can change it.
#[derive(Debug, Error)]
pub enum SesError {
    /// It is not JSON.
    #[error("the message is not JSON")]
    NotJson(#[source] serde_json::Error),
    /// It has neither `eventType` nor `notificationType`.
    #[error("the message is neither an event of SES nor an SNS notification of one")]
    NotAnEvent,
}

/// The event that a record of SES describes.
///
/// `received_at` is the event's time where neither the event nor its mail has one that can be read: what happened is
/// worth more than when.
///
/// # Errors
/// It is no event of SES.
pub fn normalise(record: &Value, received_at: Timestamp) -> Result<Normalised, SesError> {
    let (source_format, name) = type_of(record).ok_or(SesError::NotAnEvent)?;
    let payload = &record[payload_key(name)];
    let mail = &record["mail"];
    let sent_at = timestamp::read(&mail["timestamp"]);
    // Send, Reject and Rendering Failure have no time of their own; the message's is all there is.
    let own =
        timestamp::read(&payload["timestamp"]).or_else(|| if payload.is_null() { stray_time(record) } else { None });
    let at = own.or(sent_at).unwrap_or(received_at);
    let reference = Reference { tag: tag(mail), message_id: message_id(mail) };
    Ok(Normalised { reference, source_format, sent_at, event: Event::new(at, kind(name, payload, record)) })
}

/// The format of a record and its type, as SES names it.
pub(crate) fn type_of(record: &Value) -> Option<(SourceFormat, &str)> {
    let name = |key: &str| record[key].as_str().map(str::trim).filter(|name| !name.is_empty());
    name("eventType")
        .map(|name| (SourceFormat::EventPublishing, name))
        .or_else(|| name("notificationType").map(|name| (SourceFormat::IdentityFeedback, name)))
}

/// Under which key a type keeps what it has to say: its own name in lower camel case, but for one.
fn payload_key(name: &str) -> String {
    if is_rendering_failure(name) {
        return "failure".to_owned();
    }
    let mut characters = name.chars().filter(|character| !character.is_whitespace());
    let first = characters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(characters).collect()
}

/// SES writes the type with a blank in events and without one in the settings of an event destination.
fn is_rendering_failure(name: &str) -> bool {
    matches!(name, "Rendering Failure" | "RenderingFailure")
}

fn kind(name: &str, payload: &Value, record: &Value) -> EventKind {
    match name {
        "Send" => EventKind::Processed,
        "Delivery" => EventKind::Delivered { detail: text(&payload["smtpResponse"]) },
        "DeliveryDelay" => EventKind::Deferred {
            delay_type: text(&payload["delayType"]).unwrap_or_else(|| UNDETERMINED.to_owned()),
            until: timestamp::read(&payload["expirationTime"]),
            detail: server_text(&payload["delayedRecipients"]),
        },
        "Bounce" => EventKind::Bounce(Bounce {
            bounce_type: BounceType::from_name(payload["bounceType"].as_str().unwrap_or(UNDETERMINED)),
            sub_type: text(&payload["bounceSubType"]).unwrap_or_else(|| UNDETERMINED.to_owned()),
            feedback_id: text(&payload["feedbackId"]),
            addresses: addresses(&payload["bouncedRecipients"]),
            detail: server_text(&payload["bouncedRecipients"]),
        }),
        "Complaint" => complaint(payload, record),
        "Reject" => EventKind::Dropped {
            cause: DropCause::Rejected(text(&payload["reason"]).unwrap_or_else(|| UNDETERMINED.to_owned())),
            detail: None,
        },
        name if is_rendering_failure(name) => {
            EventKind::Dropped { cause: DropCause::RenderingFailure, detail: text(&payload["errorMessage"]) }
        }
        "Subscription" if !subscribes(payload) => EventKind::Unsubscribed { by: UnsubscribedBy::Ses },
        // SES's own opens and clicks cannot say who it was; ours do. What SES adds later ends here too.
        name => EventKind::Unknown { name: name.to_owned(), raw: raw(record) },
    }
}

fn complaint(payload: &Value, record: &Value) -> EventKind {
    let feedback_type = text(&payload["complaintFeedbackType"]);
    // The recipient took the mail out of the spam folder: the opposite of a complaint.
    if feedback_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("not-spam")) {
        return EventKind::Unknown { name: "not_spam".to_owned(), raw: raw(record) };
    }
    EventKind::Complained {
        feedback_id: text(&payload["feedbackId"]),
        feedback_type,
        sub_type: text(&payload["complaintSubType"]),
    }
}

/// Whether a change of preferences leaves the person subscribed to everything: SES publishes those as well, and they
/// must not end in the suppression list.
fn subscribes(payload: &Value) -> bool {
    let preferences = &payload["newTopicPreferences"];
    let topics = preferences["topicSubscriptionStatus"].as_array().map_or(&[][..], Vec::as_slice);
    preferences["unsubscribeAll"] == Value::Bool(false)
        && topics.iter().all(|topic| topic["subscriptionStatus"] == "OptIn")
}

fn tag(mail: &Value) -> Option<String> {
    match &mail["tags"][RECIPIENT_TAG] {
        Value::Array(values) => values.iter().find_map(text),
        value => text(value),
    }
}

fn message_id(mail: &Value) -> Option<String> {
    text(&mail["messageId"]).filter(|id| id.len() <= MAX_MESSAGE_ID_BYTES)
}

/// A text that is there and says something; anything of another type is as good as missing.
fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The time of a type that keeps what it has to say under another key than its name suggests.
fn stray_time(record: &Value) -> Option<Timestamp> {
    record
        .as_object()?
        .iter()
        .filter(|(key, _)| *key != "mail")
        .find_map(|(_, part)| timestamp::read(&part["timestamp"]))
}

fn people(recipients: &Value) -> &[Value] {
    recipients.as_array().map_or(&[], Vec::as_slice)
}

fn addresses(recipients: &Value) -> Vec<String> {
    people(recipients)
        .iter()
        .filter_map(|person| text(&person["emailAddress"]).or_else(|| text(person)))
        .map(|address| comparison_key(&address))
        .collect()
}

/// The receiving server's own words about the first of these people of whom it said any: the diagnostic code, or at
/// least the status and action of the delivery status notification (RFC 3464).
fn server_text(recipients: &Value) -> Option<String> {
    people(recipients).iter().find_map(|person| {
        text(&person["diagnosticCode"]).or_else(|| {
            let parts = [text(&person["status"]), text(&person["action"])];
            let said: Vec<String> = parts.into_iter().flatten().collect();
            (!said.is_empty()).then(|| said.join(" "))
        })
    })
}

/// The record as it came, without what is not the event's own: its type is its name, and `mail`, which both formats
/// fill differently, holds the message's headers and the sealed token. The reader's IP address is never kept.
fn raw(record: &Value) -> String {
    let mut kept: Map<String, Value> = record.as_object().cloned().unwrap_or_default();
    for key in ["eventType", "notificationType", "mail"] {
        kept.remove(key);
    }
    for part in kept.values_mut().filter_map(Value::as_object_mut) {
        part.remove("ipAddress");
    }
    Value::Object(kept).to_string()
}

#[cfg(test)]
mod tests;
