//! Records what SES says about our messages: from SNS through a queue, or straight from SNS, into the logs of the
//! recipients.
//!
//! Nothing is decided here. A record is normalised into one event ([`ses`]), its recipient is found, and the event is
//! added to the recipient's log; what it means is the fold's business, on reading. Adding is idempotent, so a
//! message may come as often as it likes and in any order.

mod batch;
pub mod envelope;
pub mod ses;
mod timestamp;

use std::sync::Arc;

use domain::ids::RecipientKey;
use domain::token::{Purpose, TokenKeys};
use futures_util::{StreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use lambda::aws::Service;
use lambda::log::chain;
use lambda::metric::Metrics;
use lambda::{Call, ConfigurationError, Environment};
use serde_json::Value;
use table::{Table, TableError};

use crate::batch::{Addition, Group, Message};
use crate::envelope::Content;
use crate::ses::{Normalised, Reference, SesError, SourceFormat};

/// How many requests to the table one invocation makes at a time. A batch of ten mostly goes to ten recipients; more
/// would only queue up within one connection pool.
const MAX_CONCURRENT_REQUESTS: usize = 8;
/// How long after its sending a message whose id we do not know may still become ours: feedback can come before our
/// own write of SendEmail's answer, which is retried for a few minutes at most.
const ANSWER_IS_WRITTEN_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// The function.
#[derive(Debug)]
pub struct Record {
    table: Table,
    token_keys: TokenKeys,
}

/// What became of a message that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in a recipient's log.
    Recorded,
    /// It is not about a message of ours; why, in plain words.
    Ignored(String),
}

/// Why a message, or a whole invocation, failed.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The message cannot be read, and never will be: it belongs in the dead-letter queue.
    #[error(transparent)]
    Unreadable(#[from] SesError),
    /// A record of the invocation has no message in it.
    #[error("the record holds no message of SQS or SNS")]
    NotAMessage,
    /// The message id of recent feedback is unknown, but may be about to be written: try again.
    #[error("the feedback is about a message sent within the last minutes whose id is not known yet")]
    NotKnownYet,
    /// The table did not do its part. Several messages may share the failure.
    #[error("the table did not take it")]
    Table(#[source] Arc<TableError>),
    /// The invocation brought something else than messages.
    #[error("the invocation is neither an SQS nor an SNS event")]
    NotABatch,
    /// Some messages failed that cannot be named in a partial answer, so that all must come again.
    #[error("{failed} of {of} messages failed")]
    Failed {
        /// How many failed.
        failed: usize,
        /// How many there were.
        of: usize,
    },
}

impl From<TableError> for RecordError {
    fn from(error: TableError) -> Self {
        Self::Table(Arc::new(error))
    }
}

type Result<T, E = RecordError> = std::result::Result<T, E>;

/// What is known of a message before the table is written.
enum Found {
    Addition(Box<Addition>),
    Ignored(&'static str),
}

/// What became of the messages that went into one write.
struct Appended {
    places: Vec<usize>,
    outcome: Result<Outcome, Arc<TableError>>,
}

impl Record {
    /// The function as its variables configure it.
    ///
    /// # Errors
    /// `TABLE_NAME`, `TOKEN_KEYS` or a variable of the SDK is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let config = lambda::aws::config(environment, Service::DynamoDb)?;
        let table = Table::new(&config, environment.required("TABLE_NAME")?);
        Ok(Self { table, token_keys: environment.token_keys()? })
    }

    /// Handles one invocation: an SQS event, answered with the messages that failed, or an SNS event.
    ///
    /// # Errors
    /// The event is neither, or a message failed that has no id to be named by, as none has that SNS hands over
    /// itself: Lambda tries the whole event again.
    pub async fn handle(&self, event: Value, call: Call) -> Result<Value> {
        let messages = batch::messages(&event)?;
        let outcomes = self.record(&messages, call.now).await;
        tell(&messages, &outcomes, &call.metrics);
        let failed: Vec<bool> = outcomes.iter().map(Result::is_err).collect();
        batch::answer(&messages, &failed)
    }

    /// Handles the body of one message of the queue, and says what became of it.
    ///
    /// # Errors
    /// The message cannot be read, or must be tried again.
    pub async fn handle_message(&self, body: &str, call: Call) -> Result<Outcome> {
        let message = Message::Queued { id: None, body: Some(body), sent_at: None };
        let outcome = self.record(&[message], call.now).await.pop();
        outcome.unwrap_or(Err(RecordError::NotAMessage))
    }

    /// What became of each message, in their order.
    async fn record(&self, messages: &[Message<'_>], now: Timestamp) -> Vec<Result<Outcome>> {
        let found: Vec<Result<Found>> = stream::iter(0..messages.len())
            .map(|place| self.find(messages[place], now))
            .buffered(MAX_CONCURRENT_REQUESTS)
            .collect()
            .await;
        let mut additions = Vec::new();
        let mut outcomes = Vec::with_capacity(found.len());
        for (place, found) in found.into_iter().enumerate() {
            outcomes.push(match found {
                Ok(Found::Addition(addition)) => {
                    additions.push((place, *addition));
                    Ok(Outcome::Recorded)
                }
                Ok(Found::Ignored(why)) => Ok(Outcome::Ignored(why.to_owned())),
                Err(error) => Err(error),
            });
        }
        let appended: Vec<Appended> = stream::iter(batch::by_recipient(additions))
            .map(|(key, group)| self.append(key, group, now))
            .buffer_unordered(MAX_CONCURRENT_REQUESTS)
            .collect()
            .await;
        for Appended { places, outcome } in appended {
            for place in places {
                outcomes[place] = outcome.clone().map_err(RecordError::Table);
            }
        }
        outcomes
    }

    /// What a message adds, and to whose log.
    async fn find(&self, message: Message<'_>, now: Timestamp) -> Result<Found> {
        let normalised = match content(message, now)? {
            Content::SetUp(why) => return Ok(Found::Ignored(why)),
            Content::Record { record, received_at, source } => {
                let normalised = ses::normalise(&record, received_at)?;
                Normalised { event: normalised.event.with_source(source), ..normalised }
            }
        };
        match self.recipient(&normalised.reference).await? {
            Some(key) => {
                let Normalised { reference: Reference { message_id, .. }, event, .. } = normalised;
                Ok(Found::Addition(Box::new(Addition { key, event, message_id })))
            }
            None => unknown(&normalised, now).map(Found::Ignored),
        }
    }

    /// The recipient whom a record is about: the tag's token says it, else the table knows it by the message's id.
    async fn recipient(&self, reference: &Reference) -> Result<Option<RecipientKey>> {
        let token = reference.tag.as_deref();
        if let Some(key) = token.and_then(|token| self.token_keys.open_recipient(Purpose::Tag, token).ok()) {
            return Ok(Some(key));
        }
        match &reference.message_id {
            Some(message_id) => Ok(self.table.recipient_of_message(message_id).await?),
            None => Ok(None),
        }
    }

    /// Writes what the batch adds to one recipient's log.
    async fn append(&self, key: RecipientKey, group: Group, now: Timestamp) -> Appended {
        let appended = self.table.append(&key, &group.events, group.message_id.as_deref(), now).await;
        let outcome = match appended {
            Ok(Some(_)) => Ok(Outcome::Recorded),
            Ok(None) => Ok(Outcome::Ignored("the recipient that it names does not exist".to_owned())),
            Err(error) => Err(Arc::new(error)),
        };
        Appended { places: group.places, outcome }
    }
}

/// What is in a message, with the time for an event that has none of its own: SNS's, else the queue's, both of which are
/// the same when the message comes again, else the invocation's.
fn content(message: Message<'_>, now: Timestamp) -> Result<Content> {
    match message {
        Message::Queued { body: Some(body), sent_at, .. } => Ok(envelope::open(body, sent_at.unwrap_or(now))?),
        Message::Published { message: Some(message), published_at } => {
            Ok(envelope::open_message(message, published_at.unwrap_or(now))?)
        }
        Message::Queued { body: None, .. } | Message::Published { message: None, .. } => Err(RecordError::NotAMessage),
    }
}

/// What to do with a record that names no recipient of ours: others may send through the same account, so it is
/// ignored, unless it may have overtaken our own write of the message's id.
fn unknown(normalised: &Normalised, now: Timestamp) -> Result<&'static str> {
    match (normalised.source_format, normalised.sent_at) {
        _ if normalised.reference == Reference::default() => Ok("it names no message"),
        // A message of ours published with its tags would have named its recipient.
        (SourceFormat::EventPublishing, _) => Ok("it is about a message that is not ours"),
        (SourceFormat::IdentityFeedback, Some(sent_at))
            if now.duration_since(sent_at).abs() <= ANSWER_IS_WRITTEN_WITHIN =>
        {
            Err(RecordError::NotKnownYet)
        }
        (SourceFormat::IdentityFeedback, _) => Ok("it is about a message that is not ours"),
    }
}

/// One line of the log for the invocation and one for each message that was not recorded, and the numbers as metrics.
/// A body may hold addresses and tokens, so that a message is named by its id in the queue only.
fn tell(messages: &[Message<'_>], outcomes: &[Result<Outcome>], metrics: &Metrics) {
    let (mut recorded, mut ignored, mut failed) = (0, 0, 0);
    for (message, outcome) in messages.iter().zip(outcomes) {
        let id = match message {
            Message::Queued { id, .. } => id.unwrap_or("none"),
            Message::Published { .. } => "none",
        };
        match outcome {
            Ok(Outcome::Recorded) => recorded += 1,
            Ok(Outcome::Ignored(why)) => {
                ignored += 1;
                tracing::info!(queue.message_id = id, "a message is ignored: {why}");
            }
            Err(error @ RecordError::Unreadable(_)) => {
                failed += 1;
                tracing::error!(queue.message_id = id, error = %chain(error), "a message cannot be read");
            }
            Err(error) => {
                failed += 1;
                tracing::warn!(queue.message_id = id, error = %chain(error), "a message failed and comes again");
            }
        }
    }
    tracing::info!(
        messages.recorded = recorded,
        messages.ignored = ignored,
        messages.failed = failed,
        "recorded {recorded} of {} messages",
        messages.len(),
    );
    for (name, count) in [("Recorded", recorded), ("Ignored", ignored), ("Failed", failed)] {
        metrics.add(name, count);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn normalised(format: &str, reference: Value, sent_at: &str) -> Normalised {
        let mut record = json!({ format: "Delivery", "delivery": { "timestamp": "2026-11-21T10:00:00.000Z" } });
        record["mail"] = reference;
        record["mail"]["timestamp"] = json!(sent_at);
        ses::normalise(&record, CALL.parse().unwrap()).unwrap()
    }

    #[test]
    fn an_event_without_a_time_has_the_envelopes_else_the_queues_else_the_invocations() {
        let timeless = r#"{"eventType":"Delivery","mail":{"messageId":"m"},"delivery":{}}"#;
        let envelope =
            |time: &str| json!({ "Type": "Notification", "Message": timeless, "Timestamp": time }).to_string();
        let published = "2026-11-21T10:00:01Z";
        let (in_sns, in_odd_sns) = (envelope(published), envelope("soon"));
        let sent_at = Some("2026-11-21T10:00:02Z".parse().unwrap());
        let queued = |body, sent_at| Message::Queued { id: None, body: Some(body), sent_at };
        let direct = |published_at| Message::Published { message: Some(timeless), published_at };
        for (message, at) in [
            (queued(&in_sns, sent_at), published),
            (queued(&in_sns, None), published),
            (queued(&in_odd_sns, sent_at), "2026-11-21T10:00:02Z"),
            (queued(timeless, sent_at), "2026-11-21T10:00:02Z"),
            (queued(timeless, None), CALL),
            (direct(Some(published.parse().unwrap())), published),
            (direct(None), CALL),
        ] {
            let Content::Record { record, received_at, .. } = content(message, CALL.parse().unwrap()).unwrap() else {
                panic!("{message:?} holds a record")
            };
            let normalised = ses::normalise(&record, received_at).unwrap();
            assert_eq!((normalised.event.at, normalised.sent_at), (at.parse().unwrap(), None), "{message:?}");
        }
    }

    #[tokio::test]
    async fn an_event_without_a_time_is_recorded_or_ignored_like_any_other() {
        let record = without_table();
        for (body, ignored) in [
            (r#"{"eventType":"Send","mail":{},"send":{}}"#, true),
            (r#"{"eventType":"Delivery"}"#, true),
            (r#"{"notificationType":"Bounce","bounce":{"timestamp":"soon"},"mail":{"timestamp":5}}"#, true),
            // It would be looked up.
            (r#"{"eventType":"Send","mail":{"messageId":"x"},"send":{}}"#, false),
        ] {
            let outcome = record.handle_message(body, call()).await;
            let as_expected = match &outcome {
                Ok(Outcome::Ignored(_)) => ignored,
                Err(RecordError::Table(_)) => !ignored,
                _ => false,
            };
            assert!(as_expected, "{body}: {outcome:?}");
        }
    }

    #[test]
    fn recent_feedback_about_an_unknown_message_comes_again_and_old_does_not() {
        let now: Timestamp = "2026-11-21T10:15:00Z".parse().unwrap();
        let feedback = |sent_at| unknown(&normalised("notificationType", json!({ "messageId": "m" }), sent_at), now);
        for recent in ["2026-11-21T10:00:00.000Z", "2026-11-21T10:14:59.000Z", "2026-11-21T10:15:05.000Z"] {
            assert!(matches!(feedback(recent), Err(RecordError::NotKnownYet)), "{recent}");
        }
        for other in ["2026-11-21T09:59:59.999Z", "2026-11-22T10:15:00.000Z", "soon", ""] {
            assert!(feedback(other).is_ok(), "{other}");
        }
    }

    #[test]
    fn a_published_event_about_an_unknown_message_is_ignored_however_recent() {
        let now: Timestamp = "2026-11-21T10:15:00Z".parse().unwrap();
        for reference in [json!({ "messageId": "m" }), json!({ "tags": { "recipient": ["junk"] } }), json!({})] {
            let event = normalised("eventType", reference, "2026-11-21T10:14:59.000Z");
            assert!(unknown(&event, now).is_ok());
        }
        let timeless = json!({ "eventType": "Send", "mail": { "messageId": "x" }, "send": {} });
        assert!(unknown(&ses::normalise(&timeless, now).unwrap(), now).is_ok());
    }

    #[test]
    fn feedback_that_names_no_message_is_ignored_however_recent() {
        let now: Timestamp = "2026-11-21T10:15:00Z".parse().unwrap();
        let feedback = normalised("notificationType", json!({}), "2026-11-21T10:14:59.000Z");
        assert_eq!(unknown(&feedback, now).unwrap(), "it names no message");
    }

    const CALL: &str = "2026-11-21T10:15:00Z";
    const TOKEN_KEYS: &str = "new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn call() -> Call {
        Call::new(CALL.parse().unwrap(), 7)
    }

    /// The function with a table that cannot be reached.
    fn without_table() -> Record {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let endpoint = format!("http://{closed}");
        let environment = Environment::of([
            ("TABLE_NAME", "invoice-emails"),
            ("TOKEN_KEYS", TOKEN_KEYS),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL_DYNAMODB", &endpoint),
        ]);
        Record::from_environment(&environment).unwrap()
    }

    fn tagged_delivery() -> String {
        let key = RecipientKey {
            firm: "demo".parse().unwrap(),
            invoice: "1042".parse().unwrap(),
            send: domain::ids::SendId::new(CALL.parse().unwrap(), 7),
            position: "to:0".parse().unwrap(),
        };
        let token = TokenKeys::parse(TOKEN_KEYS).unwrap().seal_recipient(Purpose::Tag, &key);
        let mut record: Value = serde_json::from_str(include_str!("../fixtures/delivery.json")).unwrap();
        record["mail"]["tags"]["recipient"] = json!([token]);
        record.to_string()
    }

    #[tokio::test]
    async fn each_message_of_a_batch_fails_or_passes_by_itself() {
        let body = |id: &str, body: &str| json!({ "messageId": id, "body": body, "eventSource": "aws:sqs" });
        let event = json!({ "Records": [
            body("set-up", "Successfully validated SNS topic for Amazon SES event publishing."),
            body("junk", "junk"),
            body("ours", &tagged_delivery()),
            body("feedback topic", include_str!("../fixtures/feedback_topic_set_up.json")),
            { "messageId": "no message" },
        ] });
        let call = call();
        let metrics = call.metrics.clone();
        let answer = without_table().handle(event, call).await.unwrap();
        assert_eq!(metrics.counts(), BTreeMap::from([("Ignored", 2), ("Failed", 3)]));
        let failed = ["junk", "ours", "no message"].map(|id| json!({ "itemIdentifier": id }));
        assert_eq!(answer, json!({ "batchItemFailures": failed }));
    }

    #[tokio::test]
    async fn a_failure_of_direct_sns_fails_the_invocation() {
        let event = |message: &str| json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "Message": message } }] });
        let record = without_table();
        let set_up = event(include_str!("../fixtures/feedback_topic_set_up.json"));
        assert_eq!(record.handle(set_up, call()).await.unwrap(), json!({ "batchItemFailures": [] }));
        for message in ["junk", &tagged_delivery()] {
            let call = call();
            let metrics = call.metrics.clone();
            let error = record.handle(event(message), call).await.unwrap_err();
            assert_eq!(metrics.counts(), BTreeMap::from([("Failed", 1)]));
            assert!(matches!(error, RecordError::Failed { failed: 1, of: 1 }), "{error}");
        }
    }

    #[tokio::test]
    async fn one_message_says_what_became_of_it() {
        let record = without_table();
        let set_up = record.handle_message("Successfully validated SNS topic", call()).await;
        assert!(matches!(set_up, Ok(Outcome::Ignored(_))));
        assert!(matches!(record.handle_message("junk", call()).await, Err(RecordError::Unreadable(_))));
        assert!(matches!(record.handle_message(&tagged_delivery(), call()).await, Err(RecordError::Table(_))));
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = Record::from_environment(&Environment::of([("AWS_REGION", "eu-central-1")])).unwrap_err();
        assert!(matches!(error, ConfigurationError::Missing(_)));
    }

    #[test]
    fn a_failure_is_logged_with_its_causes() {
        let error = RecordError::from(serde_json::from_str::<Value>("junk").map_err(SesError::NotJson).unwrap_err());
        assert_eq!(chain(&error), "the message is not JSON: expected value at line 1 column 1");
    }
}
