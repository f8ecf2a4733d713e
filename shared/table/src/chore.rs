//! Chores: what has to be done to many of a firm's recipients, page by page and over several runs if need be.
//!
//! Two are known: deleting what is older than the firm's retention time, daily; and forgetting a person, once. A chore is
//! an item that stands in the `due` index like a recipient that is to be looked at, so that `watch` finds it without a
//! scan. It remembers how far it came; each step can be repeated.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::address::Address;
use domain::ids::Firm;
use domain::recipient::Recipient;
use domain::time::{from_millisecond, to_millisecond};
use futures_util::{StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;
use sha2::{Digest, Sha256};

use crate::read::{Selection, Span};
use crate::redact::Person;
use crate::update::Update;
use crate::{Expected, Place, Table, TableError, Written, keys};

/// No firm has e-mails of before.
const FIRST_DAY: &str = "2026-01-01T00:00:00Z";
/// How many recipients are read at once.
const PAGE: usize = 200;
/// How many of them are rewritten at once.
const CONCURRENCY: usize = 8;
/// How often a change of a client is tried that another one came before: one of those that meet succeeds each time.
const MAX_CHANGES: usize = 40;
/// How many clients are read at once.
const CLIENTS: usize = 200;
/// After how long the next day's recipients are older than the retention time.
const RETENTION_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// What is not done yet is for the next run, and not for this one once more.
const NEXT_RUN: SignedDuration = SignedDuration::from_secs(1);
/// When a person is forgotten by `watch`: after whoever asked for it has had the time to do it.
const TAKEN_UP_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How long it is remembered that somebody was forgotten, under a name that tells nothing.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A chore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoreKey {
    /// Whose.
    pub firm: Firm,
    /// Which.
    pub(crate) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    Retention,
    /// By a hash of the address.
    Forget(String),
}

/// How far a chore is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Done; so many recipients, clients and entries were rewritten in this run.
    Done(u64),
    /// There is more to do, for another run.
    More,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct ChoreItem {
    address: Option<String>,
    alias: Option<String>,
    /// Everything before is done.
    done_until: Option<i64>,
    /// The end of what is being done, and the place where it goes on.
    until: Option<i64>,
    place: Option<String>,
    /// When it was due when it was read: whoever has changed that since knows better.
    due_at: Option<i64>,
}

/// What is being walked through.
struct Walk<'a> {
    chore: &'a ChoreKey,
    span: Span,
    selection: Selection,
    place: Option<Place>,
}

/// How a walk ended.
struct Walked {
    /// Recipients that were rewritten.
    rewritten: u64,
    /// Recipients that could not be rewritten yet.
    left: bool,
    /// There was no time for all.
    is_cut: bool,
}

fn millisecond(at: Timestamp) -> AttributeValue {
    AttributeValue::N(to_millisecond(at).as_millisecond().to_string())
}

impl Table {
    /// Has a firm's retention time looked after from now on. One `UpdateItem`.
    pub(crate) async fn begin_retention(&self, firm: &Firm, now: Timestamp) -> Result<(), TableError> {
        let chore = ChoreKey { firm: firm.clone(), what: What::Retention };
        self.schedule(&chore, Update::default(), Some(now)).await
    }

    /// Begins to forget a person: remembers that it was asked for. One `UpdateItem`; a repeat changes nothing.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn begin_forgetting(
        &self,
        firm: &Firm,
        address: &Address,
        random: u128,
        now: Timestamp,
    ) -> Result<ChoreKey, TableError> {
        let person = Person::new(address.clone(), random)?;
        let mailbox = format!("{firm}#{}", address.same_mailbox_key());
        let hash = Sha256::digest(mailbox)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let chore = ChoreKey { firm: firm.clone(), what: What::Forget(hash) };
        let mut update = Update::default();
        update.set_if_missing("address", AttributeValue::S(person.address.to_string()));
        update.set_if_missing("alias", AttributeValue::S(person.alias.to_string()));
        update.set_if_missing("until", millisecond(now));
        update.remove("expires_at");
        self.schedule(&chore, update, Some(now.saturating_add(TAKEN_UP_AFTER).unwrap_or(now))).await?;
        Ok(chore)
    }

    /// Goes on with a chore until it is done or `is_over` says that there is no time left.
    ///
    /// # Errors
    /// See [`TableError`]. What was done stays done.
    pub async fn carry_on(
        &self,
        chore: &ChoreKey,
        now: Timestamp,
        is_over: impl Fn() -> bool,
    ) -> Result<Progress, TableError> {
        let Some(item) = self.get(keys::chore(chore)).await? else { return Ok(Progress::Done(0)) };
        let item: ChoreItem = from_item(item).map_err(|_| TableError::item("a chore cannot be read"))?;
        match chore.what {
            What::Retention => self.delete_old(chore, item, now, &is_over).await,
            What::Forget(_) => self.forget(chore, item, now, &is_over).await,
        }
    }

    async fn delete_old(
        &self,
        chore: &ChoreKey,
        item: ChoreItem,
        now: Timestamp,
        is_over: &impl Fn() -> bool,
    ) -> Result<Progress, TableError> {
        let Some(days) = self.settings(&chore.firm).await?.value.retention_days else {
            // Nobody wants it any more; whoever does again begins with what was not done.
            self.reschedule(chore, &item, Update::default(), None).await?;
            return Ok(Progress::Done(0));
        };
        let walk = item.walk(chore, days.begin(now));
        let until = walk.span.until;
        let walked = self.walk(walk, &item, None, now, is_over).await?;
        if walked.is_cut {
            return Ok(Progress::More);
        }
        let mut update = Update::default();
        update.set("done_until", millisecond(until));
        ["until", "place"].iter().for_each(|name| update.remove(name));
        self.reschedule(chore, &item, update, Some(now.saturating_add(RETENTION_AGAIN).unwrap_or(now))).await?;
        Ok(Progress::Done(walked.rewritten))
    }

    async fn forget(
        &self,
        chore: &ChoreKey,
        item: ChoreItem,
        now: Timestamp,
        is_over: &impl Fn() -> bool,
    ) -> Result<Progress, TableError> {
        let Some(person) = item.person() else {
            // Another run has finished it.
            let mut update = Update::default();
            ["until", "place"].iter().for_each(|name| update.remove(name));
            self.reschedule(chore, &item, update, None).await?;
            return Ok(Progress::Done(0));
        };
        let mut walk = item.walk(chore, now);
        walk.selection = Selection::Address(person.address.same_mailbox_key());
        let walked = self.walk(walk, &item, Some(&person), now, is_over).await?;
        if walked.is_cut {
            return Ok(Progress::More);
        }
        let clients = self.forget_at_clients(&chore.firm, &person).await?;
        let listed = self.forget_suppression(&chore.firm, &person.address, now).await?;
        if walked.left {
            // From the newest on again: whose mail was under way is among them.
            let mut update = Update::default();
            update.remove("place");
            update.set("until", millisecond(now));
            self.reschedule(chore, &item, update, Some(now.saturating_add(NEXT_RUN).unwrap_or(now))).await?;
            return Ok(Progress::More);
        }
        let mut update = Update::default();
        ["address", "alias", "until", "place"].iter().for_each(|name| update.remove(name));
        let expires_at = now.saturating_add(REMEMBERED).unwrap_or(now).as_second();
        update.set("expires_at", AttributeValue::N(expires_at.to_string()));
        self.reschedule(chore, &item, update, None).await?;
        Ok(Progress::Done(walked.rewritten + clients + u64::from(listed)))
    }

    /// Rewrites the recipients of a span page by page and remembers the place where it has to stop. It costs what the pages
    /// of the report cost, beside what rewriting does.
    async fn walk(
        &self,
        walk: Walk<'_>,
        item: &ChoreItem,
        person: Option<&Person>,
        now: Timestamp,
        is_over: &impl Fn() -> bool,
    ) -> Result<Walked, TableError> {
        let Walk { chore, span, selection, mut place } = walk;
        let mut walked = Walked { rewritten: 0, left: false, is_cut: false };
        loop {
            let page = self.report(&chore.firm, &span, &selection, place.as_ref(), PAGE).await?;
            let recipients = futures_util::stream::iter(page.recipients);
            let rewriting = recipients.map(|recipient| async move { self.rewrite(&recipient, person).await });
            let done: Vec<Rewritten> = rewriting.buffer_unordered(CONCURRENCY).try_collect().await?;
            walked.rewritten += done.iter().filter(|done| **done == Rewritten::Done).count() as u64;
            walked.left |= done.contains(&Rewritten::NotYet);
            let Some(next) = page.next else { return Ok(walked) };
            place = Some(next);
            if is_over() {
                let mut update = Update::default();
                update.set("until", millisecond(span.until));
                let place = String::from_utf8(next.to_bytes()).unwrap_or_default();
                update.set("place", AttributeValue::S(place));
                self.reschedule(chore, item, update, Some(now.saturating_add(NEXT_RUN).unwrap_or(now))).await?;
                walked.is_cut = true;
                return Ok(walked);
            }
        }
    }

    /// Deletes what is known of a recipient's fetches, and the person if one is to be forgotten.
    async fn rewrite(&self, recipient: &Recipient, person: Option<&Person>) -> Result<Rewritten, TableError> {
        if let Some(person) = person {
            let is_done = self.forget_recipient(recipient, person).await?;
            return Ok(if is_done { Rewritten::Done } else { Rewritten::NotYet });
        }
        if recipient.log.outcome.is_some() {
            return Ok(Rewritten::NotNeeded);
        }
        self.redact(&recipient.key, None).await?;
        Ok(Rewritten::Done)
    }

    /// Takes the person out of the firm's clients. One `Query` for some hundreds of clients, and one `PutItem` for each
    /// that knew them.
    async fn forget_at_clients(&self, firm: &Firm, person: &Person) -> Result<u64, TableError> {
        let (mut after, mut changed) = (None, 0);
        loop {
            let page = self.clients(firm, after.as_ref(), CLIENTS).await?;
            for (client, profile) in page.clients {
                let known = profile.email.iter().map(|mailbox| &mailbox.address);
                let known = known.chain(profile.contacts.iter().map(|contact| &contact.address));
                if known.into_iter().any(|address| person.is(address)) {
                    self.forget_at_client(firm, &client, person).await?;
                    changed += 1;
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(changed);
            }
        }
    }

    async fn forget_at_client(
        &self,
        firm: &Firm,
        client: &domain::ids::Client,
        person: &Person,
    ) -> Result<(), TableError> {
        for _ in 0..MAX_CHANGES {
            let Some(there) = self.client(firm, client).await? else { return Ok(()) };
            let mut profile = there.value;
            profile.email.retain(|mailbox| !person.is(&mailbox.address));
            profile.contacts.retain(|contact| !person.is(&contact.address));
            let tags = [there.etag];
            if let Written::Done(_) = self.put_client(firm, client, profile, Expected::OneOf(&tags)).await? {
                return Ok(());
            }
        }
        Err(TableError::busy("PutItem", "the client is being changed"))
    }

    /// Writes what a chore has to remember, and when it is due. One `UpdateItem`.
    async fn schedule(&self, chore: &ChoreKey, update: Update, at: Option<Timestamp>) -> Result<(), TableError> {
        // An update makes the item if there is none.
        let condition = "attribute_exists(pk) OR attribute_not_exists(pk)".to_owned();
        self.write_chore(chore, update, at, condition).await
    }

    /// The same at the end of a run, unless somebody has asked for the chore anew or another run has ended since it was
    /// read.
    async fn reschedule(
        &self,
        chore: &ChoreKey,
        read: &ChoreItem,
        mut update: Update,
        at: Option<Timestamp>,
    ) -> Result<(), TableError> {
        let condition = match read.due_at {
            Some(due_at) => format!("due_at = {}", update.value(AttributeValue::N(due_at.to_string()))),
            None => "attribute_not_exists(due_at)".to_owned(),
        };
        self.write_chore(chore, update, at, condition).await
    }

    async fn write_chore(
        &self,
        chore: &ChoreKey,
        mut update: Update,
        at: Option<Timestamp>,
        condition: String,
    ) -> Result<(), TableError> {
        match at {
            Some(at) => {
                update.set("due_pk", AttributeValue::S(keys::chore_due_pk(chore)));
                update.set("due_at", millisecond(at));
            }
            None => ["due_pk", "due_at"].iter().for_each(|name| update.remove(name)),
        }
        self.update_item(keys::chore(chore), update, &condition, ReturnValue::None).await.map(|_| ())
    }
}

/// What became of one recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rewritten {
    Done,
    NotNeeded,
    NotYet,
}

impl ChoreItem {
    fn person(&self) -> Option<Person> {
        let address = |text: &Option<String>| text.as_deref()?.parse().ok();
        Some(Person { address: address(&self.address)?, alias: address(&self.alias)? })
    }

    /// From where to where: on from where an earlier run stopped, or all up to `until` that is not done.
    fn walk<'a>(&self, chore: &'a ChoreKey, until: Timestamp) -> Walk<'a> {
        let place = self.place.as_deref().and_then(|place| Place::from_bytes(place.as_bytes()));
        let first: Timestamp = FIRST_DAY.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let from = self.done_until.map_or(first, from_millisecond);
        let until = if place.is_some() { self.until.map_or(until, from_millisecond) } else { until };
        Walk { chore, span: Span { from, until }, selection: Selection::All, place }
    }
}
