//! Appending events to a recipient's log.
//!
//! One event costs one `UpdateItem` and no read: each event is written under its own id unless it stands there, so that
//! a repeat changes nothing, and the update returns the whole item. The update also sets the index keys that the events by
//! themselves call for; if the fold of the whole log disagrees (events came in an unusual order), a second update
//! puts them right.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::digest::Digest;
use domain::event::{BounceType, Event, EventKind};
use domain::evidence::Evidence;
use domain::fold::{Rare, SentStatus, View, fold};
use domain::ids::RecipientKey;
use domain::log::MAX_EVENTS;
use domain::recipient::Recipient;
use jiff::Timestamp;

use crate::digest::digest_value;
use crate::update::{Update, Updated};
use crate::{Table, TableError, item};

/// How many recipients of a chain of resends are relieved at once; people give up long before.
const MAX_CHAIN: usize = 10;

/// What is known of the message that events are about.
#[derive(Debug, Clone, Copy, Default)]
struct Known<'a> {
    message_id: Option<&'a str>,
    message_sha256: Option<Digest>,
}

impl Table {
    /// Appends events to a recipient's log and gives the recipient as it is afterwards; `None` if there is no such
    /// recipient. An event that is there already changes nothing.
    ///
    /// One `UpdateItem`; one request more for the firm's suppression list after a hard bounce, a complaint or an
    /// unsubscribe, one more if events came in an unusual order, and one more for the recipient whom this one
    /// replaces once the result is known.
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

    /// Appends what came of handing a message to SES, with the message's id if SES took it and the digest of what it
    /// was handed: otherwise as [`Table::append`], at the same cost.
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
        let known = Known { message_id, message_sha256: Some(message_sha256) };
        let events = [result];
        let Some(recipient) = self.append_to_log(key, &events, known).await? else { return Ok(None) };
        self.follow_up_on(recipient, &events, now).await.map(Some)
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
        let any = |wanted: fn(&EventKind) -> bool| events.iter().any(|event| wanted(&event.kind));
        match view.suppress.as_slice() {
            reasons @ [_, ..] if any(may_suppress) => self.suppress(&recipient, reasons).await?,
            // A bounce that looked like this copy's own until the delivery showed that it was somebody else's.
            [] if any(is_delivery) && recipient.log.events().any(|event| is_permanent(&event.kind)) => {
                self.withdraw_suppression(&recipient).await?;
            }
            _ => {}
        }
        if is_result(&view) && any(is_final) {
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
        for (id, event) in distinct {
            let (id, value) = (update.name(&id), update.value(item::event_value(event)?));
            // Whatever came first stays: copies differ in nothing but the record that they were read from.
            update.set_expression(format!("{log}.{id} = if_not_exists({log}.{id}, {value})"));
        }
        settle(&mut update, key, events, known);
        let limit = update.value(AttributeValue::N(MAX_EVENTS.to_string()));
        let condition = format!("attribute_exists(pk) AND size({log}) < {limit}");
        match self.update(key, update, &condition, ReturnValue::AllNew).await? {
            Updated::Done(item) => item::recipient(item).map(Some),
            Updated::Unmet(None) => Ok(None),
            Updated::Unmet(Some(full)) => {
                let recipient = item::recipient(full)?;
                self.append_to_full_log(recipient, events, known).await.map(Some)
            }
        }
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
        match self.update(&recipient.key, update, "attribute_exists(pk)", ReturnValue::AllNew).await? {
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

/// What events say about the outbox and the indexes, by themselves.
fn settle(update: &mut Update, key: &RecipientKey, events: &[Event], known: Known<'_>) {
    if let Some(digest) = known.message_sha256 {
        update.set("message_sha256", digest_value(digest));
    }
    if let Some(message_id) = known.message_id {
        update.set_if_missing("message_id", AttributeValue::S(message_id.to_owned()));
    }
    // Whatever is known of a message: it left, or never will.
    if events.iter().any(|event| !matches!(event.kind, EventKind::Unknown { .. })) {
        update.set("settled", AttributeValue::Bool(true));
        for name in ["drive", "lease_until", "lease_by"] {
            update.remove(name);
        }
    }
    if events.iter().any(|event| is_final(&event.kind)) {
        update.due(key, None);
    }
    let mut decisive = events.iter().map(|event| &event.kind).filter(|kind| is_decisive(kind)).peekable();
    if decisive.peek().is_some() {
        let only_delayed = decisive.all(|kind| matches!(kind, EventKind::Deferred { .. }));
        let since = attention_of(events);
        update.rare(key, since.map(|_| Rare::Failing));
        match since {
            // A delay repeats, and the first one counts.
            Some(since) if only_delayed => update.attention_if_missing(key, since),
            since => update.attention(key, since),
        }
    }
}

/// Since when somebody should look, as far as the events by themselves say: in the usual order of events this is
/// what the fold of the whole log says too, and if not, the fold is asked next.
fn attention_of(events: &[Event]) -> Option<Timestamp> {
    let earliest =
        |wanted: fn(&EventKind) -> bool| events.iter().filter(|event| wanted(&event.kind)).map(|event| event.at).min();
    earliest(|kind| matches!(kind, EventKind::Complained { .. }))
        .or_else(|| earliest(is_permanent))
        .or_else(|| earliest(|kind| matches!(kind, EventKind::Dropped { .. })))
        .or_else(|| earliest(|kind| matches!(kind, EventKind::Bounce(_)) && is_decisive(kind)))
        .or_else(|| match earliest(|kind| matches!(kind, EventKind::Delivered { .. })) {
            Some(_) => None,
            None => earliest(|kind| matches!(kind, EventKind::Deferred { .. })),
        })
}

/// Whether the event ends the waiting for a result.
fn is_final(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Delivered { .. } | EventKind::Bounce(_) | EventKind::Dropped { .. } | EventKind::Complained { .. }
    )
}

/// Whether the event by itself says if somebody should look. A bounce that may be an out-of-office notice does not.
fn is_decisive(kind: &EventKind) -> bool {
    match kind {
        EventKind::Unknown { .. } | EventKind::Unsubscribed { .. } => false,
        EventKind::Bounce(bounce) => {
            bounce.bounce_type == BounceType::Permanent
                || (bounce.bounce_type == BounceType::Transient
                    && !matches!(bounce.sub_type.as_str(), "General" | "Undetermined"))
        }
        _ => true,
    }
}

fn is_delivery(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Delivered { .. })
}

fn is_permanent(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Bounce(bounce) if bounce.bounce_type == BounceType::Permanent)
}

fn may_suppress(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Bounce(_) | EventKind::Complained { .. } | EventKind::Unsubscribed { .. })
}

/// Whether the send's outcome is known.
fn is_result(view: &View) -> bool {
    view.evidence >= Evidence::Delivered || matches!(view.sent_status, SentStatus::Rejected | SentStatus::MarkedSpam)
}
