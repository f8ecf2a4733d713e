//! The outbox: claiming a recipient before SES is called, and driving again what was left.
//!
//! A recipient that waits carries `drive`, which the stream's filter looks for. The claim removes it and sets a lease;
//! whatever happens afterwards either settles the recipient for good, or leaves a time in the `due` index at which
//! `watch` looks again.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::digest::Digest;
use domain::ids::RecipientKey;
use domain::recipient::Recipient;
use domain::time::to_millisecond;
use jiff::Timestamp;

use crate::digest::digest_value;
use crate::update::{Update, Updated};
use crate::{ChoreKey, DUE_INDEX, Table, TableError, item, keys};

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// It is ours until the lease ends; the recipient as it is now.
    Claimed(Box<Recipient>),
    /// SES has it, or never will: nothing is left to send.
    Settled(Box<Recipient>),
    /// Another worker has it, or nobody asked for it to be sent.
    Taken,
    /// There is no such recipient.
    Missing,
}

/// What became of an attempt to drive a recipient again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redrive {
    /// The stream will bring it to `send`.
    Driven,
    /// It is settled or under a lease; the recipient as it is.
    NotNow(Box<Recipient>),
    /// There is no such recipient.
    Missing,
}

/// Something whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// A recipient is to be looked at.
    Recipient(RecipientKey),
    /// There is something to do to many.
    Chore(ChoreKey),
}

/// What is due.
#[derive(Debug, Clone, PartialEq)]
pub struct DuePage {
    /// The longest overdue first.
    pub due: Vec<Due>,
    /// Where to go on; `None` at the end.
    pub next: Option<DuePlace>,
}

/// A place among what is due.
#[derive(Debug, Clone, PartialEq)]
pub struct DuePlace(keys::Key);

/// The recipient that a stream record is about; `None` for items of other kinds and unreadable keys.
#[must_use]
pub fn parse_stream_keys(pk: &str, sk: &str) -> Option<RecipientKey> {
    keys::parse_recipient(pk, sk)
}

fn due(key: &keys::Key) -> Option<Due> {
    keys::parse_recipient_key(key).map(Due::Recipient).or_else(|| keys::parse_chore(key).map(Due::Chore))
}

fn millisecond(at: Timestamp) -> AttributeValue {
    AttributeValue::N(at.as_millisecond().to_string())
}

impl Table {
    /// Claims a recipient that waits for `owner` until `lease_until`, unless it is claimed. One `UpdateItem`; repeating
    /// it with the same owner, which must be the owner's alone, gives the same answer.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn claim(
        &self,
        key: &RecipientKey,
        now: Timestamp,
        lease_until: Timestamp,
        owner: &str,
    ) -> Result<Claim, TableError> {
        let mut update = Update::default();
        update.set("lease_by", AttributeValue::S(owner.to_owned()));
        update.set("lease_until", millisecond(lease_until));
        update.add("attempts", 1);
        update.remove("drive");
        let now = update.value(millisecond(now));
        // `drive` is what asks for a claim: an old record of the stream does not.
        let condition = format!(
            "attribute_exists(drive) AND attribute_not_exists(settled) \
             AND (attribute_not_exists(lease_until) OR lease_until <= {now})"
        );
        let recipient = match self.update(key, update, &condition, ReturnValue::AllNew).await? {
            Updated::Done(item) => return Ok(Claim::Claimed(Box::new(item::recipient(item)?))),
            Updated::Unmet(None) => return Ok(Claim::Missing),
            Updated::Unmet(Some(item)) => Box::new(item::recipient(item)?),
        };
        let outbox = &recipient.outbox;
        Ok(if outbox.settled {
            Claim::Settled(recipient)
        } else if outbox.lease_by.as_deref() == Some(owner) && outbox.lease_until == Some(to_millisecond(lease_until)) {
            // The first attempt came through and its answer was lost.
            Claim::Claimed(recipient)
        } else {
            Claim::Taken
        })
    }

    /// Gives a claimed recipient back after a call that SES certainly did not take; `watch` drives it again at
    /// `again_at`. One `UpdateItem`; nothing if the recipient has been settled or claimed anew meanwhile.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn release(&self, recipient: &Recipient, again_at: Timestamp) -> Result<(), TableError> {
        let mut update = Update::default();
        update.remove("lease_until");
        update.remove("lease_by");
        update.due(&recipient.key, Some(again_at));
        self.update_under_lease(recipient, update).await.map(|_| ())
    }

    /// Leaves a claimed recipient under its lease after a call whose outcome is unknown: until the lease ends an
    /// event may tell that SES took it; then `watch` drives it again. The digest of what was handed over is kept, since
    /// no other write of it will follow. One `UpdateItem`; one more if an event has told meanwhile.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn await_event(&self, recipient: &Recipient, message_sha256: Digest) -> Result<(), TableError> {
        let mut update = Update::default();
        update.due(&recipient.key, recipient.outbox.lease_until);
        update.set("message_sha256", digest_value(message_sha256));
        let Some(Updated::Unmet(Some(_))) = self.update_under_lease(recipient, update).await? else { return Ok(()) };
        let mut update = Update::default();
        update.set("message_sha256", digest_value(message_sha256));
        // Whoever else may have handed it over meanwhile has said what it was.
        let condition = "attribute_exists(settled) AND attribute_not_exists(message_sha256)";
        self.update(&recipient.key, update, condition, ReturnValue::None).await.map(|_| ())
    }

    async fn update_under_lease(
        &self,
        recipient: &Recipient,
        mut update: Update,
    ) -> Result<Option<Updated>, TableError> {
        let Some(owner) = &recipient.outbox.lease_by else { return Ok(None) };
        let owner = update.value(AttributeValue::S(owner.clone()));
        let condition = format!("attribute_not_exists(settled) AND lease_by = {owner}");
        self.update(&recipient.key, update, &condition, ReturnValue::None).await.map(Some)
    }

    /// What of a shard is to be looked at by now, the longest overdue first. One `Query`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn due(
        &self,
        shard: u8,
        now: Timestamp,
        after: Option<DuePlace>,
        limit: usize,
    ) -> Result<DuePage, TableError> {
        let found = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(DUE_INDEX)
            .key_condition_expression("due_pk = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", AttributeValue::S(keys::due_shard(shard)))
            .expression_attribute_values(":now", millisecond(now))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(after.map(|place| place.0))
            .send()
            .await
            .map_err(|error| TableError::of_index("Query", DUE_INDEX, error))?;
        let items: Vec<HashMap<String, AttributeValue>> = found.items.unwrap_or_default();
        Ok(DuePage { due: items.iter().filter_map(due).collect(), next: found.last_evaluated_key.map(DuePlace) })
    }

    /// Drives a recipient again if it is neither settled nor under a lease, and looks again at `next`. One
    /// `UpdateItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn redrive(&self, key: &RecipientKey, now: Timestamp, next: Timestamp) -> Result<Redrive, TableError> {
        let mut update = Update::default();
        update.add("drive", 1);
        update.due(key, Some(next));
        let now = update.value(millisecond(now));
        let condition = format!(
            "attribute_exists(pk) AND attribute_not_exists(settled) \
             AND (attribute_not_exists(lease_until) OR lease_until <= {now})"
        );
        Ok(match self.update(key, update, &condition, ReturnValue::None).await? {
            Updated::Done(_) => Redrive::Driven,
            Updated::Unmet(Some(item)) => Redrive::NotNow(Box::new(item::recipient(item)?)),
            Updated::Unmet(None) => Redrive::Missing,
        })
    }

    /// Says when a recipient is to be looked at again, if at all. One `UpdateItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn look_again(&self, key: &RecipientKey, at: Option<Timestamp>) -> Result<(), TableError> {
        let mut update = Update::default();
        update.due(key, at);
        self.update(key, update, "attribute_exists(pk)", ReturnValue::None).await.map(|_| ())
    }
}
