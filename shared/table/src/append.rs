//! Appending events to a recipient's log.
//!
//! One event costs one `UpdateItem` and no read: each event is written under its own id unless it stands there, so that
//! a repeat changes nothing, and the update returns the whole item. The update also sets the index keys that the events by
//! themselves call for; if the fold of the whole log disagrees (events came in an unusual order), a second update
//! puts them right.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::digest::Digest;
use domain::event::{DropCause, Event, EventKind};
use domain::fold::{Rare, Status, View, fold};
use domain::ids::RecipientKey;
use domain::log::MAX_EVENTS;
use domain::recipient::Recipient;
use jiff::Timestamp;

use crate::settle::{is_delivery, is_outcome, is_permanent, is_result, look_for_news_at, may_suppress, settle};
use crate::update::{Update, Updated};
use crate::{Table, TableError, item};

/// How many recipients of a chain of resends are relieved at once; people give up long before.
const MAX_CHAIN: usize = 10;

/// What is known of the message that events are about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Known<'a> {
    pub(crate) message_id: Option<&'a str>,
    pub(crate) message_sha256: Option<Digest>,
    /// The events are only of whoever holds the recipient's lease: nothing is written unless that is so.
    held_by: Option<&'a str>,
}

impl Known<'_> {
    /// What an update asks for besides, if the events are a holder's.
    fn condition(&self, update: &mut Update) -> String {
        let Some(owner) = self.held_by else { return String::new() };
        let owner = update.value(AttributeValue::S(owner.to_owned()));
        format!(" AND attribute_not_exists(settled) AND lease_by = {owner}")
    }

    /// What of it may be new though the events are there already.
    fn news(&self) -> Vec<String> {
        let names = [self.message_id.map(|_| "message_id"), self.message_sha256.map(|_| "message_sha256")];
        names.into_iter().flatten().map(|name| format!("attribute_not_exists({name})")).collect()
    }

    /// Whether that held when the recipient was read.
    fn holds(&self, recipient: &Recipient) -> bool {
        let outbox = &recipient.outbox;
        self.held_by.is_none_or(|owner| !outbox.settled && outbox.lease_by.as_deref() == Some(owner))
    }
}

impl Table {
    /// Appends events to a recipient's log and gives the recipient as it is afterwards; `None` if there is no such
    /// recipient. An event that is there already changes nothing.
    ///
    /// One `UpdateItem`; one request more for the firm's suppression list after a hard bounce, a complaint or an
    /// unsubscribe, one more if events came in an unusual order, one more for the recipient whom this one replaces once
    /// the result is known, and one more if the message had been given up and left nevertheless.
    ///
    /// # Errors
    /// See [`TableError`]. The events may be appended nevertheless; repeating is safe.
    pub async fn append(
        &self,
        key: &RecipientKey,
        events: &[Event],
        message_id: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Recipient>, TableError> {
        let known = Known { message_id, ..Known::default() };
        let Some(recipient) = self.append_to_log(key, events, known).await? else { return Ok(None) };
        self.follow_up_on(recipient, events, now).await.map(Some)
    }

    /// Appends what SES said of a message, with the message's id if SES took it and the digest of what it was handed:
    /// otherwise as [`Table::append`], at the same cost. It is true whoever holds the recipient by now.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn append_result(
        &self,
        key: &RecipientKey,
        result: Event,
        message_id: Option<&str>,
        message_sha256: Digest,
        now: Timestamp,
    ) -> Result<Option<Recipient>, TableError> {
        let known = Known { message_id, message_sha256: Some(message_sha256), ..Known::default() };
        let events = [result];
        let Some(recipient) = self.append_to_log(key, &events, known).await? else { return Ok(None) };
        self.follow_up_on(recipient, &events, now).await.map(Some)
    }

    /// Drops a claimed recipient whose message never left, with the digest of what SES refused if it came that far;
    /// `false`, and nothing is written, if the recipient has been settled or claimed anew meanwhile: whoever did that
    /// knows more. As [`Table::append`], at the same cost.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn drop_claimed(
        &self,
        recipient: &Recipient,
        cause: DropCause,
        detail: Option<String>,
        message_sha256: Option<Digest>,
        now: Timestamp,
    ) -> Result<bool, TableError> {
        let Some(owner) = &recipient.outbox.lease_by else { return Ok(false) };
        let known = Known { message_sha256, held_by: Some(owner), ..Known::default() };
        let events = [Event::new(now, EventKind::Dropped { cause, detail })];
        let Some(recipient) = self.append_to_log(&recipient.key, &events, known).await? else { return Ok(false) };
        self.follow_up_on(recipient, &events, now).await.map(|_| true)
    }

    /// Does what [`Table::append`] does after the log has grown, once more: for whoever cannot know whether an earlier
    /// append came that far. Changes nothing if it did.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn follow_up(&self, recipient: Recipient, now: Timestamp) -> Result<Recipient, TableError> {
        let events: Vec<Event> = recipient.log.events().cloned().collect();
        self.follow_up_on(recipient, &events, now).await
    }

    async fn follow_up_on(
        &self,
        recipient: Recipient,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Recipient, TableError> {
        let view = fold(&recipient, now);
        let recipient = self.put_indexes_right(recipient, &view).await?;
        if let Some(at) = look_for_news_at(&recipient, &view) {
            self.look_again(&recipient.key, Some(at)).await?;
        }
        let any = |wanted: fn(&EventKind) -> bool| events.iter().any(|event| wanted(&event.kind));
        if any(may_suppress) {
            self.suppress(&recipient, &view.suppress).await?;
        }
        // A bounce that looked like this copy's own until the delivery showed that it was somebody else's; whatever else the
        // log says of the address, and staff may have forgiven.
        let is_disproved = || view.statuses.iter().any(|entry| entry.status == Status::BouncedElsewhere);
        if any(is_delivery) && is_disproved() && recipient.log.events().any(|event| is_permanent(&event.kind)) {
            self.withdraw_suppression(&recipient).await?;
        }
        if is_result(&view) && any(is_outcome) {
            self.relieve_predecessors(&recipient).await?;
        }
        Ok(recipient)
    }

    async fn append_to_log(
        &self,
        key: &RecipientKey,
        events: &[Event],
        known: Known<'_>,
    ) -> Result<Option<Recipient>, TableError> {
        let mut update = Update::default();
        let log = update.name("events");
        // The first of each, as the log has it.
        let distinct: BTreeMap<String, &Event> = events.iter().rev().map(|event| (event.id(), event)).collect();
        let mut news = known.news();
        for (id, event) in distinct {
            let (id, value) = (update.name(&id), update.value(item::event_value(event)?));
            // Whatever came first stays: copies differ in nothing but the record that they were read from.
            update.set_expression(format!("{log}.{id} = if_not_exists({log}.{id}, {value})"));
            news.push(format!("attribute_not_exists({log}.{id})"));
        }
        settle(&mut update, key, events, known);
        let limit = update.value(AttributeValue::N(MAX_EVENTS.to_string()));
        let (held, news) = (known.condition(&mut update), news.join(" OR "));
        // What tells nothing new must not set the indexes' keys either: it may be a first attempt that was given up and
        // comes in after its repetition, and after later events.
        let condition = format!("attribute_exists(pk) AND size({log}) < {limit} AND ({news}){held}");
        let recipient = match self.update(key, update, &condition, ReturnValue::AllNew).await? {
            Updated::Done(item) => return item::recipient(item).map(Some),
            Updated::Unmet(None) => return Ok(None),
            Updated::Unmet(Some(item)) => item::recipient(item)?,
        };
        if known.holds(&recipient) {
            // Also where it has all of them, which then changes nothing.
            return self.append_to_full_log(recipient, events, known).await.map(Some);
        }
        // The first attempt may have come through, and its answer was lost.
        let is_there = |event: &Event| recipient.log.events().any(|known| known.is_copy_of(event));
        Ok(events.iter().all(is_there).then_some(recipient))
    }

    /// Beyond [`MAX_EVENTS`] each kind has one place, which the latest to arrive takes: the item stays bounded and
    /// no kind of event is missed.
    async fn append_to_full_log(
        &self,
        recipient: Recipient,
        events: &[Event],
        known: Known<'_>,
    ) -> Result<Recipient, TableError> {
        let is_there = |event: &Event| recipient.log.events().any(|known| known.is_copy_of(event));
        let new: HashMap<String, &Event> = events
            .iter()
            .filter(|event| !is_there(event))
            .map(|event| (format!("{}.latest", event.kind.name()), event))
            .collect();
        if new.is_empty() {
            return Ok(recipient);
        }
        let mut update = Update::default();
        let log = update.name("events");
        for (place, event) in new {
            let (place, value) = (update.name(&place), update.value(item::event_value(event)?));
            update.set_expression(format!("{log}.{place} = {value}"));
        }
        settle(&mut update, &recipient.key, events, known);
        let condition = format!("attribute_exists(pk){}", known.condition(&mut update));
        match self.update(&recipient.key, update, &condition, ReturnValue::AllNew).await? {
            Updated::Done(item) => item::recipient(item),
            Updated::Unmet(_) => Ok(recipient),
        }
    }

    /// Corrects the sparse indexes if the whole log calls for something else than its latest events did.
    async fn put_indexes_right(&self, recipient: Recipient, view: &View) -> Result<Recipient, TableError> {
        let attention = (recipient.attention_since != view.attention_since).then_some(view.attention_since);
        let rare = (recipient.rare != view.rare).then_some(view.rare);
        if attention.is_none() && rare.is_none() {
            return Ok(recipient);
        }
        let recipient = self.set_indexes(recipient, attention, rare).await?;
        // Who was relieved meanwhile is no work any more, and failed all the same.
        if attention.is_some() && rare.is_some() && recipient.rare != view.rare {
            return self.set_indexes(recipient, None, rare).await;
        }
        Ok(recipient)
    }

    /// Puts a recipient into the attention index or takes it out, unless its log has grown since it was read: then
    /// whoever appended sees to it. One `UpdateItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn set_attention(&self, recipient: Recipient, since: Option<Timestamp>) -> Result<Recipient, TableError> {
        self.set_indexes(recipient, Some(since), None).await
    }

    /// Puts a recipient under what its whole log calls for in the sparse indexes, if it stands there otherwise; `false` if
    /// its log has grown since it was read. One `UpdateItem`, or two.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn reindex(&self, recipient: Recipient, now: Timestamp) -> Result<bool, TableError> {
        let view = fold(&recipient, now);
        let indexed = self.put_indexes_right(recipient, &view).await?;
        Ok((indexed.attention_since, indexed.rare) == (view.attention_since, view.rare))
    }

    /// Sets those of the indexes' keys that are given.
    async fn set_indexes(
        &self,
        mut recipient: Recipient,
        attention: Option<Option<Timestamp>>,
        rare: Option<Option<Rare>>,
    ) -> Result<Recipient, TableError> {
        let since = attention.flatten();
        let mut update = Update::default();
        if attention.is_some() {
            update.attention(&recipient.key, since);
        }
        if let Some(rare) = rare {
            update.rare(&recipient.key, rare);
        }
        let log = update.name("events");
        let length = update.value(AttributeValue::N(recipient.log.events().count().to_string()));
        // Whoever has been relieved meanwhile stays out; to take out is always right.
        let unrelieved = if since.is_some() { " AND attribute_not_exists(relieved)" } else { "" };
        let condition = format!("attribute_exists(pk) AND size({log}) = {length}{unrelieved}");
        if let Updated::Done(_) = self.update(&recipient.key, update, &condition, ReturnValue::None).await? {
            recipient.attention_since = attention.unwrap_or(recipient.attention_since);
            recipient.rare = rare.unwrap_or(recipient.rare);
        }
        Ok(recipient)
    }

    /// The recipients whom this one replaces need nobody's attention any more: usually one, or a chain of them if the
    /// later ones had no result.
    async fn relieve_predecessors(&self, recipient: &Recipient) -> Result<(), TableError> {
        let mut predecessor = recipient.predecessor;
        for _ in 0..MAX_CHAIN {
            let Some((send, position)) = predecessor else { break };
            let old = RecipientKey { send, position, ..recipient.key.clone() };
            let mut update = Update::default();
            update.set("relieved", AttributeValue::Bool(true));
            update.attention(&old, None);
            let condition = "attribute_exists(pk) AND attribute_not_exists(relieved)";
            let item = match self.update(&old, update, condition, ReturnValue::AllNew).await? {
                Updated::Done(item) => item,
                Updated::Unmet(item) => item.unwrap_or_default(),
            };
            predecessor = if item.is_empty() { None } else { item::recipient(item)?.predecessor };
        }
        Ok(())
    }
}
