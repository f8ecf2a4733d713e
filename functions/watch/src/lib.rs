//! Looks, every few minutes, at recipients whose time has come: drives again what was accepted and not sent, flags
//! what SES has been silent about for a day, and counts sends of which no event at all was heard. It also goes on with
//! chores: what is older than a firm's retention time, and persons who are to be forgotten.

use std::time::Duration;

use domain::event::EventKind;
use domain::fold::{NO_NEWS_AFTER, fold};
use domain::ids::RecipientKey;
use domain::recipient::Recipient;
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};
use lambda::{Call, ConfigurationError, Environment};
use serde_json::{Value, json};
use table::{ChoreKey, DUE_SHARDS, Due, Progress, Redrive, Table, TableError};
use tokio::time::Instant;

/// After how long a recipient that was driven again is looked at once more, at least.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// The same at most. Between the two the pause is as long as the recipient has waited, so that looks come after 5, 10,
/// 20, 40 minutes: who only waits for its turn in the stream is there once more after each of them, and a stream that is
/// hours behind, as at a month's end, must not be given everybody each five minutes. The alarm on those who are driven
/// again for hours wants at least one such look in each half hour.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(25);
/// How many recipients of one shard are read at once.
const PAGE: usize = 100;
/// How many recipients of one shard are worked on at once; the shards run side by side.
const CONCURRENCY: usize = 8;
/// How long one invocation works: it must end before its timeout of 240 s, and the next one goes on where it ended.
const TIME_BUDGET: Duration = Duration::from_secs(180);
/// After how long a recipient is looked at again that could not be: it must not stand in the others' way.
const LOOK_FAILED_AFTER: SignedDuration = SignedDuration::from_hours(6);

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
    /// Recipients rewritten because their time had passed, or somebody was to be forgotten.
    rewritten: u64,
    /// Recipients whom the table could not be asked about, and chores that failed.
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
        Ok(Self { table: Table::new(&config, name) })
    }

    /// Looks at everything that is due and answers with what was done; the event says only that it is time.
    ///
    /// # Errors
    /// The table could not be asked what is due.
    pub async fn handle(&self, _event: Value, call: Call) -> Result<Value, TableError> {
        let began = Instant::now();
        let shards = (0..DUE_SHARDS).map(|shard| self.look_at_shard(shard, call.now, began));
        let looked: Vec<(Counts, Result<(), TableError>)> = futures_util::future::join_all(shards).await;
        let counts = looked.iter().fold(Counts::default(), |sum, (counts, _)| sum.plus(*counts));
        for (name, count) in counts.named() {
            call.metrics.add(name, count);
        }
        looked.into_iter().try_for_each(|(_, result)| result)?;
        Ok(counts.answer())
    }

    /// Works through what is due in one shard, page by page.
    async fn look_at_shard(&self, shard: u8, now: Timestamp, began: Instant) -> (Counts, Result<(), TableError>) {
        let mut counts = Counts::default();
        let (mut place, mut chores) = (None, Vec::new());
        loop {
            let page = match self.table.due(shard, now, place.take(), PAGE).await {
                Ok(page) => page,
                Err(error) => return (counts, Err(error)),
            };
            let (recipients, more) = apart(page.due);
            chores.extend(more);
            let looks = futures_util::stream::iter(recipients).map(|key| async move { self.look(&key, now).await });
            let looked: Vec<Counts> = looks.buffer_unordered(CONCURRENCY).collect().await;
            counts = looked.into_iter().fold(counts, Counts::plus);
            place = page.next;
            if place.is_none() || began.elapsed() > TIME_BUDGET {
                break;
            }
        }
        // What waits to be sent comes before what is only to be deleted.
        for chore in chores {
            counts = counts.plus(self.carry_on(&chore, now, began).await);
        }
        (counts, Ok(()))
    }

    /// Goes on with a chore for as long as one invocation works.
    async fn carry_on(&self, chore: &ChoreKey, now: Timestamp, began: Instant) -> Counts {
        match self.table.carry_on(chore, now, || began.elapsed() > TIME_BUDGET).await {
            Ok(Progress::Done(rewritten)) => Counts { rewritten, ..Counts::default() },
            Ok(Progress::More) => Counts::default(),
            Err(error) => {
                tracing::error!(error = lambda::log::chain(&error), "a chore could not be gone on with");
                Counts { failed: 1, ..Counts::default() }
            }
        }
    }

    async fn look(&self, key: &RecipientKey, now: Timestamp) -> Counts {
        let error = match self.look_at(key, now).await {
            Ok(counts) => return counts,
            Err(error) => error,
        };
        tracing::error!(error = lambda::log::chain(&error), "a recipient could not be looked at");
        if !error.is_busy() {
            let later = now.saturating_add(LOOK_FAILED_AFTER).unwrap_or(now);
            if let Err(error) = self.table.look_again(key, Some(later)).await {
                tracing::error!(error = lambda::log::chain(&error), "a recipient could not be put off");
            }
        }
        Counts { failed: 1, ..Counts::default() }
    }

    async fn look_at(&self, key: &RecipientKey, now: Timestamp) -> Result<Counts, TableError> {
        let next = now.saturating_add(pause(key, now)).unwrap_or(now);
        match self.table.redrive(key, now, next).await? {
            Redrive::Driven => Ok(Counts { redriven: 1, ..Counts::default() }),
            // The index lags behind the table by moments.
            Redrive::Missing => Ok(Counts::default()),
            Redrive::NotNow(recipient) if !recipient.outbox.settled => {
                self.table.look_again(key, recipient.outbox.lease_until).await?;
                Ok(Counts::default())
            }
            Redrive::NotNow(recipient) => self.look_for_news(*recipient, now).await,
        }
    }

    /// SES has the message, or never will: is anything known of it?
    async fn look_for_news(&self, recipient: Recipient, now: Timestamp) -> Result<Counts, TableError> {
        let mut counts = Counts::default();
        let view = fold(&recipient, now);
        let key = recipient.key.clone();
        if !view.awaits_news() {
            self.table.look_again(&key, None).await?;
            return Ok(counts);
        }
        if heard_nothing(&recipient) {
            counts.without_events += 1;
        }
        let silent_from = view.status_at.saturating_add(NO_NEWS_AFTER).unwrap_or(Timestamp::MAX);
        if now < silent_from {
            self.table.look_again(&key, Some(silent_from)).await?;
            return Ok(counts);
        }
        if recipient.attention_since != view.attention_since {
            counts.silent += 1;
            self.table.set_attention(recipient, view.attention_since).await?;
        }
        self.table.look_again(&key, None).await?;
        Ok(counts)
    }
}

/// After how long a recipient that is driven again now is looked at once more.
fn pause(key: &RecipientKey, now: Timestamp) -> SignedDuration {
    now.duration_since(key.send.submitted_at()).clamp(LOOK_AGAIN_AFTER, LONGEST_PAUSE)
}

/// Recipients, and what is to be done to many.
fn apart(due: Vec<Due>) -> (Vec<RecipientKey>, Vec<ChoreKey>) {
    let (mut recipients, mut chores) = (Vec::new(), Vec::new());
    for due in due {
        match due {
            Due::Recipient(key) => recipients.push(key),
            Due::Chore(chore) => chores.push(chore),
        }
    }
    (recipients, chores)
}

/// Our own record of SES's answer is the only thing known; SES's Send event would be a second one.
fn heard_nothing(recipient: &Recipient) -> bool {
    let mut events = recipient.log.events();
    matches!((events.next(), events.next()), (Some(event), None) if event.kind == EventKind::Processed)
}

impl Counts {
    fn plus(self, other: Self) -> Self {
        Self {
            redriven: self.redriven + other.redriven,
            without_events: self.without_events + other.without_events,
            silent: self.silent + other.silent,
            rewritten: self.rewritten + other.rewritten,
            failed: self.failed + other.failed,
        }
    }

    fn named(self) -> [(&'static str, u64); 5] {
        [
            ("Redriven", self.redriven),
            ("SentWithoutEvents", self.without_events),
            ("Silent", self.silent),
            ("Rewritten", self.rewritten),
            ("LookFailed", self.failed),
        ]
    }

    fn answer(self) -> Value {
        json!({
            "redriven": self.redriven,
            "sent_without_events": self.without_events,
            "silent": self.silent,
            "rewritten": self.rewritten,
            "failed": self.failed,
        })
    }
}
