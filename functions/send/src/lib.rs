//! Sends what waits: driven by the table's stream, one SES message per recipient.
//!
//! SES has no idempotency token. So a conditional write claims the recipient before the call, for longer than the
//! function can run; after a call whose outcome is unknown the lease stays, and the Send event (or its absence when
//! the lease ends) decides. One recipient's failure never touches another's.

mod bodies;
mod letter;
mod stream;

use std::num::NonZeroU32;
use std::time::Duration;

use domain::address::Mailbox;
use domain::digest::Digest;
use domain::event::{CONTENT_UNREADABLE, DropCause, Event, EventKind, NOT_COMPOSED};
use domain::recipient::Recipient;
use domain::token::{Purpose, TokenKeys};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use lambda::{Call, ConfigurationError, Environment, malformed};
use mail::{Mailer, Message, SendError};
use serde_json::{Value, json};
use table::{Claim, Table, TableError};
use thiserror::Error;
use tokio::time::Instant;

use crate::bodies::Bodies;
use crate::stream::{Record, StreamError};

/// How many recipients one invocation works on at once. A call to SES takes some 50 ms; the function's parallelism
/// times this must stay near SES's rate.
const CONCURRENCY: usize = 4;
/// How long an invocation waits for SES's rate before it gives recipients back to `watch`. With the calls themselves
/// it must stay well below the function's timeout of 120 s.
const WAITING_BUDGET: Duration = Duration::from_secs(45);
/// The first pause after SES asked to try again; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause within one invocation.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After how long `watch` drives a recipient again that SES did not take: doubled with each attempt, at most.
const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(30);
/// After how long we stop trying: SES's daily quota has come round by then.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(26);
/// How long SES may take to answer one call, if `SES_TIMEOUT_MS` does not say.
const DEFAULT_SES_TIMEOUT_MS: u32 = 10_000;
/// How long an unanswered call keeps its recipient claimed, if `SEND_LEASE_SECONDS` does not say: longer than the
/// function can run, and long enough for SES's events to arrive.
const DEFAULT_LEASE_SECONDS: u32 = 900;

/// The function.
#[derive(Debug)]
pub struct Send {
    table: Table,
    mailer: Mailer,
    keys: TokenKeys,
    from: Mailbox,
    base_url: String,
    ses_timeout: Duration,
    lease: SignedDuration,
}

/// The event as a whole cannot be worked on.
#[derive(Debug, Error)]
pub enum SendFunctionError {
    /// It is no batch of a stream, or a record could not be named as failed.
    #[error("the event is no batch of a DynamoDB stream")]
    Event(#[from] StreamError),
}

/// What became of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// SES took the message.
    Accepted,
    /// SES will not take it, or not any more: the recipient is dropped.
    Refused,
    /// SES may take it later: the recipient is given back to `watch`.
    Postponed,
    /// SES may have taken it.
    Unanswered,
    /// There was nothing to do.
    Idle,
}

/// Why one recipient could not be worked on; the stream brings it again.
#[derive(Debug, Error)]
enum RecipientError {
    #[error("the record names no recipient")]
    Poison,
    #[error("the table failed")]
    Table(#[from] TableError),
    #[error("the send has no body")]
    NoBody,
}

impl Send {
    /// Reads `TABLE_NAME`, `TOKEN_KEYS`, `TRACKING_BASE_URL`, `CONFIGURATION_SET`, `FROM_ADDRESS` and, if they are
    /// there, `SES_TIMEOUT_MS` and `SEND_LEASE_SECONDS`.
    ///
    /// # Errors
    /// Names the variable that is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let name = environment.required("TABLE_NAME")?;
        let keys = environment.token_keys()?;
        let base_url = environment.required("TRACKING_BASE_URL")?.trim_end_matches('/').to_owned();
        if !base_url.starts_with("https://") && !base_url.starts_with("http://") {
            return Err(malformed("TRACKING_BASE_URL", "it must begin with https:// or http://"));
        }
        let configuration_set = environment.required("CONFIGURATION_SET")?;
        let from = environment.from_address()?;
        let timeout_ms = environment.parsed("SES_TIMEOUT_MS")?.map_or(DEFAULT_SES_TIMEOUT_MS, NonZeroU32::get);
        let ses_timeout = Duration::from_millis(timeout_ms.into());
        let lease = environment.parsed("SEND_LEASE_SECONDS")?.map_or(DEFAULT_LEASE_SECONDS, NonZeroU32::get);
        if Duration::from_secs(lease.into()) <= ses_timeout * 2 {
            return Err(malformed("SEND_LEASE_SECONDS", "it must be more than twice SES_TIMEOUT_MS"));
        }
        let table_config = lambda::aws::config(environment, lambda::aws::Service::DynamoDb)?;
        let ses_config = lambda::aws::config(environment, lambda::aws::Service::SesV2)?;
        Ok(Self {
            table: Table::new(&table_config, name),
            mailer: Mailer::new(&ses_config, configuration_set, ses_timeout),
            ses_timeout,
            keys,
            from,
            base_url,
            lease: SignedDuration::from_secs(lease.into()),
        })
    }

    /// Works on one batch of the stream and names the records that must come again.
    ///
    /// # Errors
    /// The event is no batch of a stream.
    pub async fn handle(&self, event: Value, call: Call) -> Result<Value, SendFunctionError> {
        let records = stream::records(event)?;
        let invocation =
            Invocation { began: Instant::now(), now: call.now, random: call.random, bodies: Bodies::default() };
        let invocation = &invocation;
        let results: Vec<(String, Result<Outcome, RecipientError>)> = futures_util::stream::iter(records)
            .map(|record| async move { (record.sequence_number.clone(), self.work_on(record, invocation).await) })
            .buffer_unordered(CONCURRENCY)
            .collect()
            .await;
        for (_, result) in &results {
            if let Some(name) = metric(result) {
                call.metrics.add(name, 1);
            }
        }
        let failures: Vec<Value> = results
            .into_iter()
            .filter_map(|(sequence_number, result)| {
                let error = result.err()?;
                tracing::error!(
                    record.sequence_number = sequence_number,
                    error = lambda::log::chain(&error),
                    "a recipient could not be worked on"
                );
                Some(json!({ "itemIdentifier": sequence_number }))
            })
            .collect();
        Ok(json!({ "batchItemFailures": failures }))
    }

    async fn work_on(&self, record: Record, invocation: &Invocation) -> Result<Outcome, RecipientError> {
        if !record.waits {
            return Ok(Outcome::Idle);
        }
        let key = record.key.ok_or(RecipientError::Poison)?;
        // Before the claim: a table that is busy leaves the recipient free, so that the stream brings it again at once
        // rather than `watch` when the lease ends. What cannot be read by then will not be in a moment either: the
        // recipient is claimed all the same, so that somebody gives it up in the end.
        let body = match invocation.bodies.get(&self.table, &key).await {
            Err(RecipientError::Table(error)) if error.is_busy() => return Err(error.into()),
            body => body,
        };
        let now = invocation.now();
        let lease_until = now.saturating_add(self.lease).unwrap_or(Timestamp::MAX);
        let owner = format!("{:032x}.{}", invocation.random, record.sequence_number);
        let recipient = match self.table.claim(&key, now, lease_until, &owner).await? {
            Claim::Claimed(recipient) => recipient,
            // An earlier attempt may have failed after the result was written.
            Claim::Settled(recipient) => {
                self.table.follow_up(*recipient, now).await?;
                return Ok(Outcome::Idle);
            }
            Claim::Taken | Claim::Missing => return Ok(Outcome::Idle),
        };
        let is_over = now.duration_since(recipient.submitted_at()) > GIVE_UP_AFTER;
        let body = match body {
            Ok(_) if is_over => return self.drop(&recipient, DropCause::GaveUp, None, now).await,
            Ok(body) => body,
            Err(error) => {
                tracing::error!(error = lambda::log::chain(&error), "the content of a send could not be read");
                if is_over {
                    let cause = DropCause::Refused(CONTENT_UNREADABLE.to_owned());
                    return self.drop(&recipient, cause, None, now).await;
                }
                // Another version of the functions may be able to.
                return self.postpone(&recipient, now).await;
            }
        };
        let raw = match self.compose(&recipient, &body) {
            Ok(raw) => raw,
            // Submit refuses what cannot be composed, so that this is our defect; the recipient shows it.
            Err(error) => {
                tracing::error!(error = lambda::log::chain(&error), "a message could not be composed");
                let cause = DropCause::Refused(NOT_COMPOSED.to_owned());
                return self.drop(&recipient, cause, Some(error.to_string()), now).await;
            }
        };
        self.hand_over(&recipient, &raw, invocation).await
    }

    /// Calls SES until it takes or refuses the message, or the invocation has waited long enough. SES is called only
    /// while the lease outlasts the call.
    async fn hand_over(
        &self,
        recipient: &Recipient,
        raw: &[u8],
        invocation: &Invocation,
    ) -> Result<Outcome, RecipientError> {
        let key = &recipient.key;
        let recipient_token = self.keys.seal_recipient(Purpose::Tag, key);
        let message = Message { to: &recipient.mailbox.address, raw, recipient_token: &recipient_token };
        // Written beside whatever comes of the call, which costs no request of its own.
        let sha256 = Digest::of(raw);
        let claimed = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match self.mailer.send(message).await {
                Ok(message_id) => {
                    let now = invocation.now();
                    let event = Event::new(now, EventKind::Processed);
                    self.table.append_result(key, event, Some(&message_id), sha256, now).await?;
                    return Ok(Outcome::Accepted);
                }
                Err(SendError::Never { code, detail, .. }) => {
                    let cause = DropCause::Refused(code);
                    let now = invocation.now();
                    let dropped = self.table.drop_claimed(recipient, cause, detail, Some(sha256), now).await?;
                    return Ok(if dropped { Outcome::Refused } else { Outcome::Idle });
                }
                Err(SendError::Again { .. }) if invocation.may_wait(pause) && self.lease_outlasts(claimed, pause) => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(SendError::Again { code, .. } | SendError::Later { code, .. }) => {
                    tracing::warn!(ses.code = code, "SES did not take a message; it will be tried again");
                    return self.postpone(recipient, invocation.now()).await;
                }
                Err(error @ SendError::Unknown { .. }) => {
                    tracing::warn!(
                        error = lambda::log::chain(&error),
                        "SES did not answer; its Send event or the end of the lease will tell"
                    );
                    self.table.await_event(recipient, sha256).await?;
                    return Ok(Outcome::Unanswered);
                }
            }
        }
    }

    /// Whether one more call after a pause would end before the lease does.
    fn lease_outlasts(&self, claimed: Instant, pause: Duration) -> bool {
        let end_of_call = claimed.elapsed() + pause + self.ses_timeout;
        SignedDuration::try_from(end_of_call).is_ok_and(|end_of_call| end_of_call < self.lease)
    }

    /// Gives a claimed recipient back to `watch`, for a later attempt.
    async fn postpone(&self, recipient: &Recipient, now: Timestamp) -> Result<Outcome, RecipientError> {
        let again_at = now.saturating_add(delay(recipient.outbox.attempts)).unwrap_or(Timestamp::MAX);
        self.table.release(recipient, again_at).await?;
        Ok(Outcome::Postponed)
    }

    /// Drops what was never handed to SES, as long as nobody knows better.
    async fn drop(
        &self,
        recipient: &Recipient,
        cause: DropCause,
        detail: Option<String>,
        now: Timestamp,
    ) -> Result<Outcome, RecipientError> {
        let dropped = self.table.drop_claimed(recipient, cause, detail, None, now).await?;
        Ok(if dropped { Outcome::Refused } else { Outcome::Idle })
    }
}

/// The time that recipients of one invocation share, and the bodies that they have read.
struct Invocation {
    began: Instant,
    now: Timestamp,
    /// Tells this invocation's leases from others'.
    random: u128,
    bodies: Bodies,
}

impl Invocation {
    /// The current time: the invocation's own, moved on by what has passed since.
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).unwrap_or(SignedDuration::ZERO);
        self.now.saturating_add(passed).unwrap_or(self.now)
    }

    fn may_wait(&self, pause: Duration) -> bool {
        self.began.elapsed() + pause <= WAITING_BUDGET
    }
}

/// The metric that a recipient counts in.
fn metric(result: &Result<Outcome, RecipientError>) -> Option<&'static str> {
    match result {
        Ok(Outcome::Accepted) => Some("Accepted"),
        Ok(Outcome::Refused) => Some("Refused"),
        Ok(Outcome::Postponed) => Some("Postponed"),
        Ok(Outcome::Unanswered) => Some("Unanswered"),
        Ok(Outcome::Idle) => None,
        Err(_) => Some("Failed"),
    }
}

fn delay(attempts: u32) -> SignedDuration {
    let doubled = FIRST_DELAY.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    doubled.min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn function(more: &[(&str, &str)]) -> Result<Send, ConfigurationError> {
        let variables = [
            ("TABLE_NAME", "table"),
            ("TOKEN_KEYS", "new:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            ("TRACKING_BASE_URL", "https://track.example.com/"),
            ("CONFIGURATION_SET", "set"),
            ("FROM_ADDRESS", "Billing <billing@example.com>"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            // Nobody listens there, and nothing below gets that far.
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ];
        Send::from_environment(&Environment::of(variables.into_iter().chain(more.iter().copied())))
    }

    #[tokio::test]
    async fn a_poison_record_fails_alone() {
        let record = |number: &str, pk: &str, drive: bool| {
            let image = if drive { json!({ "drive": { "N": "1" } }) } else { json!({}) };
            let keys = json!({ "pk": { "S": pk }, "sk": { "S": "recent" } });
            json!({ "eventName": "MODIFY", "dynamodb": { "SequenceNumber": number, "Keys": keys, "NewImage": image } })
        };
        let event = json!({ "Records": [
            record("1", "invoice#demo#1042", false),
            record("2", "neither an invoice nor anything else", true),
            record("3", "invoice#demo#1043", false),
        ] });
        let call = Call::new(Timestamp::UNIX_EPOCH, 7);
        let metrics = call.metrics.clone();
        let answer = function(&[]).unwrap().handle(event, call).await.unwrap();
        assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] }));
        assert_eq!(metrics.counts(), BTreeMap::from([("Failed", 1)]));
    }

    #[test]
    fn a_lease_outlasts_the_call_that_it_guards() {
        for (name, value) in [("SEND_LEASE_SECONDS", "20"), ("SEND_LEASE_SECONDS", "0"), ("SES_TIMEOUT_MS", "-1")] {
            let error = function(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
        assert!(function(&[("SEND_LEASE_SECONDS", "21")]).is_ok());
    }

    #[test]
    fn delays_grow_and_end() {
        assert_eq!(delay(0), FIRST_DELAY);
        assert_eq!(delay(1), FIRST_DELAY);
        assert_eq!(delay(2), FIRST_DELAY * 2);
        assert_eq!(delay(u32::MAX), LONGEST_DELAY);
    }
}
