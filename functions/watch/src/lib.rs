//! Looks, every few minutes, at recipients whose time has come: drives again what was accepted and not sent, flags
//! what SES has been silent about for a day, and counts sends of which no event at all was heard.

use domain::event::EventKind;
use domain::evidence::Evidence;
use domain::fold::{NO_NEWS_AFTER, SentStatus, fold};
use domain::ids::RecipientKey;
use domain::recipient::Recipient;
use jiff::{SignedDuration, Timestamp};
use lambda::{Call, ConfigurationError, Environment, metric};
use serde_json::{Value, json};
use table::{DUE_SHARDS, Redrive, Table, TableError};

/// After how long a recipient that was driven again is looked at once more.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// How many recipients of one shard are read at once.
const PAGE: usize = 100;
/// How many pages of one shard one invocation works through: with eight shards 40,000 recipients, which is more than
/// a month-end run can leave behind in five minutes.
const MAX_PAGES: usize = 50;

/// The function.
#[derive(Debug)]
pub struct Watch {
    table: Table,
}

/// What one invocation did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    /// Recipients that the stream will bring to `send` again.
    redriven: u64,
    /// Recipients that SES took and of whom not one event has come: with many of them, events do not arrive.
    without_events: u64,
    /// Recipients newly flagged because SES has been silent for a day.
    silent: u64,
    /// Recipients whom the table could not be asked about.
    failed: u64,
}

impl Watch {
    /// Reads `TABLE_NAME`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let name = environment.required("TABLE_NAME")?;
        let config = lambda::aws::config(environment, lambda::aws::Service::DynamoDb)?;
        Ok(Self { table: Table::new(aws_sdk_dynamodb::Client::new(&config), name) })
    }

    /// Looks at everything that is due and answers with what was done; the event says only that it is time.
    ///
    /// # Errors
    /// The table could not be asked what is due.
    pub async fn handle(&self, _event: Value, call: Call) -> Result<Value, TableError> {
        let mut counts = Counts::default();
        for shard in 0..DUE_SHARDS {
            self.look_at_shard(shard, call.now, &mut counts).await?;
        }
        #[expect(clippy::print_stdout, reason = "the embedded metric format is a line on standard output")]
        if counts != Counts::default() {
            println!("{}", counts.metric(call.now));
        }
        Ok(counts.answer())
    }

    async fn look_at_shard(&self, shard: u8, now: Timestamp, counts: &mut Counts) -> Result<(), TableError> {
        for _ in 0..MAX_PAGES {
            let due = self.table.due(shard, now, PAGE).await?;
            for key in &due {
                if let Err(error) = self.look_at(key, now, counts).await {
                    counts.failed += 1;
                    tracing::error!(error = lambda::log::chain(&error), "a recipient could not be looked at");
                }
            }
            // Whoever was looked at is due later or never; a page that failed as a whole would come again and again.
            if due.len() < PAGE || counts.failed > 0 {
                break;
            }
        }
        Ok(())
    }

    async fn look_at(&self, key: &RecipientKey, now: Timestamp, counts: &mut Counts) -> Result<(), TableError> {
        let next = now.saturating_add(LOOK_AGAIN_AFTER).unwrap_or(now);
        match self.table.redrive(key, now, next).await? {
            Redrive::Driven => {
                counts.redriven += 1;
                Ok(())
            }
            // The index lags behind the table by moments.
            Redrive::Missing => Ok(()),
            Redrive::NotNow(recipient) if !recipient.outbox.settled => {
                self.table.look_again(key, recipient.outbox.lease_until).await
            }
            Redrive::NotNow(recipient) => self.look_for_news(*recipient, now, counts).await,
        }
    }

    /// SES has the message, or never will: is anything known of it?
    async fn look_for_news(&self, recipient: Recipient, now: Timestamp, counts: &mut Counts) -> Result<(), TableError> {
        let view = fold(&recipient, now);
        let key = recipient.key.clone();
        let waiting =
            matches!(view.sent_status, SentStatus::Sent | SentStatus::Delayed) && view.evidence <= Evidence::Accepted;
        if !waiting {
            return self.table.look_again(&key, None).await;
        }
        if heard_nothing(&recipient) {
            counts.without_events += 1;
        }
        let silent_from = view.status_at.saturating_add(NO_NEWS_AFTER).unwrap_or(Timestamp::MAX);
        if now < silent_from {
            return self.table.look_again(&key, Some(silent_from)).await;
        }
        if recipient.attention_since != view.attention_since {
            counts.silent += 1;
            self.table.set_attention(recipient, view.attention_since).await?;
        }
        self.table.look_again(&key, None).await
    }
}

/// Our own record of SES's answer is the only thing known; SES's Send event would be a second one.
fn heard_nothing(recipient: &Recipient) -> bool {
    let mut events = recipient.log.events();
    matches!((events.next(), events.next()), (Some(event), None) if event.kind == EventKind::Processed)
}

impl Counts {
    fn named(self) -> [(&'static str, u64); 4] {
        [
            ("Redriven", self.redriven),
            ("SentWithoutEvents", self.without_events),
            ("Silent", self.silent),
            ("LookFailed", self.failed),
        ]
    }

    fn metric(self, now: Timestamp) -> String {
        metric::embedded("watch", now, &self.named())
    }

    fn answer(self) -> Value {
        json!({
            "redriven": self.redriven,
            "sent_without_events": self.without_events,
            "silent": self.silent,
            "failed": self.failed,
        })
    }
}
