//! Writing a send: everything it consists of in one transaction, so that it is accepted as a whole or not at all.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, KeysAndAttributes, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use domain::address::Address;
use domain::event::{DropCause, Event, EventKind};
use domain::ids::{Firm, Invoice, Position, RecipientKey, SendId};
use domain::recipient::Recipient;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_attribute_value, to_item};

use crate::item::{self, Item, Schedule};
use crate::suppression::{self, Suppression};
use crate::update::Update;
use crate::{Body, Table, TableError, body, keys};

/// How long an idempotency key is remembered.
const IDEMPOTENCY_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// How many addresses an invoice remembers as written to; few are sent to more.
const MAX_RECENT: usize = 200;
/// After how long `watch` looks whether a new recipient has been sent and something been heard of it. The stream
/// brings it to `send` within seconds.
const FIRST_LOOK_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// How often a transaction is tried that another one was in the way of.
const MAX_CONFLICTS: u32 = 6;
/// The first pause after such a conflict.
const CONFLICT_PAUSE: Duration = Duration::from_millis(20);
/// How often keys are asked for that DynamoDB left unread.
const MAX_BATCH_READS: usize = 5;

/// The last time that an invoice was e-mailed to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentSend {
    /// In which send.
    pub send: SendId,
    /// As which recipient.
    pub position: Position,
}

/// What was answered under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// What the request was, as a hash.
    pub fingerprint: String,
    /// The answer, as it was given.
    pub answer: String,
}

/// What is asked before a send is written.
#[derive(Debug, Clone, Copy)]
pub struct Preparation<'a> {
    /// The tenant.
    pub firm: &'a Firm,
    /// The invoice.
    pub invoice: &'a Invoice,
    /// Everybody it shall go to.
    pub addresses: &'a [&'a Address],
    /// The key under which the request may have been made before.
    pub idempotency_key: Option<&'a str>,
    /// The current time.
    pub now: Timestamp,
}

/// What is known before a send is written. Addresses are those of [`Address::same_mailbox_key`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prepared {
    /// Entries of the firm's suppression list, those included that staff removed.
    pub suppressions: BTreeMap<String, Suppression>,
    /// To whom the invoice went before, and when last.
    pub recent: BTreeMap<String, RecentSend>,
    /// What was answered under the idempotency key.
    pub earlier: Option<IdempotencyRecord>,
}

/// A send to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewSend<'a> {
    /// The recipients, all of one send; those whose outbox is not settled will be sent to.
    pub recipients: &'a [Recipient],
    /// What they share.
    pub body: &'a Body,
    /// The idempotency key and what to remember under it.
    pub idempotency: Option<(&'a str, &'a IdempotencyRecord)>,
    /// To whom the invoice went before, as [`Prepared`] has it.
    pub recent: &'a BTreeMap<String, RecentSend>,
    /// The recipient whom this send replaces, as it was read.
    pub supersedes: Option<&'a Recipient>,
    /// The current time.
    pub now: Timestamp,
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Submitted {
    /// It is written.
    Done,
    /// Another request was faster under the same idempotency key.
    Repeated(IdempotencyRecord),
    /// The recipient to be replaced has been replaced already, or is just being sent to.
    NotSuperseded,
}

#[derive(Debug, Serialize, Deserialize)]
struct IdempotencyItem {
    fingerprint: String,
    answer: String,
    /// Seconds since the epoch: DynamoDB removes the item some time later.
    expires_at: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct RecentItem {
    send: String,
    position: String,
}

fn read_idempotency(item: Item, now: Timestamp) -> Result<Option<IdempotencyRecord>, TableError> {
    let stored: IdempotencyItem =
        from_item(item).map_err(|_| TableError::item("an idempotency record cannot be read"))?;
    let alive = stored.expires_at > now.as_second();
    Ok(alive.then_some(IdempotencyRecord { fingerprint: stored.fingerprint, answer: stored.answer }))
}

fn read_recent(mut item: Item) -> Result<BTreeMap<String, RecentSend>, TableError> {
    let Some(value) = item.remove("addresses") else { return Ok(BTreeMap::new()) };
    let stored: BTreeMap<String, RecentItem> = item::read(value)?;
    let recent = stored.into_iter().filter_map(|(address, recent)| {
        Some((address, RecentSend { send: recent.send.parse().ok()?, position: recent.position.parse().ok()? }))
    });
    Ok(recent.collect())
}

impl Table {
    /// Reads what decides about a send: one `BatchGetItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn prepare(&self, preparation: Preparation<'_>) -> Result<Prepared, TableError> {
        let Preparation { firm, invoice, addresses, idempotency_key, now } = preparation;
        let mut wanted: Vec<keys::Key> =
            addresses.iter().map(|address| keys::suppression(firm, &address.same_mailbox_key())).collect();
        wanted.sort_by_key(|key| format!("{:?}", key.get("sk")));
        wanted.dedup();
        wanted.push(keys::recent(firm, invoice));
        wanted.extend(idempotency_key.map(|key| keys::idempotency(firm, key)));
        let suppression_pk = keys::suppression_pk(firm);
        let mut prepared = Prepared::default();
        for mut item in self.batch_get(wanted).await? {
            let mut part = |name: &str| match item.remove(name) {
                Some(AttributeValue::S(text)) => text,
                _ => String::new(),
            };
            let (pk, sk) = (part("pk"), part("sk"));
            if pk == suppression_pk {
                let entry = suppression::read_suppression(item)?;
                if !entry.is_withdrawn() {
                    prepared.suppressions.insert(sk, entry);
                }
            } else if sk == "recent" {
                prepared.recent = read_recent(item)?;
            } else {
                prepared.earlier = read_idempotency(item, now)?;
            }
        }
        Ok(prepared)
    }

    async fn batch_get(&self, wanted: Vec<keys::Key>) -> Result<Vec<Item>, TableError> {
        let mut items = Vec::new();
        let mut wanted = Some(wanted);
        for _ in 0..MAX_BATCH_READS {
            let Some(keys) = wanted.take().filter(|keys| !keys.is_empty()) else { return Ok(items) };
            let asked = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .build()
                .map_err(|error| TableError::item(error.to_string()))?;
            let found = self
                .client
                .batch_get_item()
                .request_items(&self.name, asked)
                .send()
                .await
                .map_err(|error| TableError::of("BatchGetItem", error))?;
            items.extend(found.responses.into_iter().flat_map(HashMap::into_values).flatten());
            let left = found.unprocessed_keys.and_then(|mut left| left.remove(&self.name));
            wanted = left.map(|left| left.keys);
        }
        match wanted {
            None => Ok(items),
            Some(_) => Err(TableError::busy("BatchGetItem", "UnprocessedKeys")),
        }
    }

    /// Writes a send: one `TransactWriteItems`, repeated if another transaction was in its way.
    ///
    /// # Errors
    /// See [`TableError`]. If the answer was lost the send may be written; with an idempotency key repeating tells.
    pub async fn submit(&self, new: NewSend<'_>) -> Result<Submitted, TableError> {
        let writes = self.writes(new)?;
        let mut pause = CONFLICT_PAUSE;
        for _ in 0..MAX_CONFLICTS {
            let result = self.client.transact_write_items().set_transact_items(Some(writes.clone())).send().await;
            let Err(error) = result else { return Ok(Submitted::Done) };
            let cancelled = match &error {
                SdkError::ServiceError(service) => match service.err() {
                    TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled),
                    _ => None,
                },
                _ => None,
            };
            let Some(cancelled) = cancelled else { return Err(TableError::of("TransactWriteItems", error)) };
            if let Some(outcome) = unmet(new, cancelled.cancellation_reasons())? {
                return Ok(outcome);
            }
            if !is_conflict(cancelled.cancellation_reasons()) {
                return Err(TableError::of("TransactWriteItems", error));
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(TableError::busy("TransactWriteItems", "TransactionConflict"))
    }

    /// The order matters: the idempotency record first, then the replaced recipient, as [`unmet`] reads them.
    fn writes(&self, new: NewSend<'_>) -> Result<Vec<TransactWriteItem>, TableError> {
        let Some(first) = new.recipients.first() else {
            return Err(TableError::item("a send needs a recipient"));
        };
        let RecipientKey { firm, invoice, send, .. } = &first.key;
        let mut writes = Vec::with_capacity(new.recipients.len() + 4);
        if let Some((key, record)) = new.idempotency {
            writes.push(self.put_idempotency(firm, key, record, new.now)?);
        }
        if let Some(old) = new.supersedes {
            writes.push(self.supersede(old, first, new.now)?);
        }
        for recipient in new.recipients {
            let waits = !recipient.outbox.settled;
            let due_at = waits.then(|| new.now.saturating_add(FIRST_LOOK_AFTER).unwrap_or(new.now));
            let item = item::new_recipient(recipient, Schedule { due_at, drive: waits })?;
            writes.push(self.put_new(item)?);
        }
        writes.push(self.put_new(body::new_body(firm, invoice, *send, new.body)?)?);
        writes.push(self.remember_recent(new, firm, invoice, *send)?);
        Ok(writes)
    }

    fn put_new(&self, item: Item) -> Result<TransactWriteItem, TableError> {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(|error| TableError::item(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    fn put_idempotency(
        &self,
        firm: &Firm,
        key: &str,
        record: &IdempotencyRecord,
        now: Timestamp,
    ) -> Result<TransactWriteItem, TableError> {
        let stored = IdempotencyItem {
            fingerprint: record.fingerprint.clone(),
            answer: record.answer.clone(),
            expires_at: now.saturating_add(IDEMPOTENCY_LASTS).unwrap_or(now).as_second(),
        };
        let mut item: Item = to_item(stored).map_err(|error| TableError::item(error.to_string()))?;
        item.extend(keys::idempotency(firm, key));
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            // DynamoDB removes an expired item late: up to days.
            .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
            .expression_attribute_values(":now", AttributeValue::N(now.as_second().to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| TableError::item(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// Marks the old recipient as replaced. One that has not left yet will not leave any more; one under a lease may
    /// be leaving at this moment, which the condition refuses.
    fn supersede(&self, old: &Recipient, by: &Recipient, now: Timestamp) -> Result<TransactWriteItem, TableError> {
        let mut update = Update::default();
        update.set("superseded_by", AttributeValue::S(by.key.send.to_string()));
        let condition = if old.outbox.settled {
            "attribute_exists(pk) AND attribute_not_exists(superseded_by)".to_owned()
        } else {
            let dropped = Event::new(now, EventKind::Dropped { cause: DropCause::Superseded, detail: None });
            let (log, id) = (update.name("events"), update.name(&dropped.id()));
            let value = update.value(item::event_value(&dropped)?);
            update.set_expression(format!("{log}.{id} = {value}"));
            update.set("settled", AttributeValue::Bool(true));
            update.remove("drive");
            update.due(&old.key, None);
            let now = update.value(AttributeValue::N(now.as_millisecond().to_string()));
            format!(
                "attribute_exists(pk) AND attribute_not_exists(superseded_by) AND attribute_not_exists(settled) \
                 AND (attribute_not_exists(lease_until) OR lease_until <= {now})"
            )
        };
        // Nobody has to look at it any more if it never left, or if what replaces it has its result already.
        if !old.outbox.settled || by.outbox.settled {
            update.set("relieved", AttributeValue::Bool(true));
            update.attention(&old.key, None);
        }
        let update = update.in_transaction(&self.name, keys::recipient(&old.key), condition)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn remember_recent(
        &self,
        new: NewSend<'_>,
        firm: &Firm,
        invoice: &Invoice,
        send: SendId,
    ) -> Result<TransactWriteItem, TableError> {
        let mut recent = new.recent.clone();
        for recipient in new.recipients.iter().filter(|recipient| !recipient.outbox.settled) {
            let address = recipient.mailbox.address.same_mailbox_key();
            recent.insert(address, RecentSend { send, position: recipient.key.position });
        }
        let mut newest: Vec<_> = recent.into_iter().collect();
        newest.sort_by_key(|(_, recent)| std::cmp::Reverse(recent.send));
        newest.truncate(MAX_RECENT);
        let stored: BTreeMap<String, RecentItem> = newest
            .into_iter()
            .map(|(address, recent)| {
                (address, RecentItem { send: recent.send.to_string(), position: recent.position.to_string() })
            })
            .collect();
        let stored = to_attribute_value(stored).map_err(|error| TableError::item(error.to_string()))?;
        let mut update = Update::default();
        update.set("addresses", stored);
        let update = update.in_transaction(&self.name, keys::recent(firm, invoice), None)?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// A condition that did not hold says what the send met.
fn unmet(new: NewSend<'_>, reasons: &[CancellationReason]) -> Result<Option<Submitted>, TableError> {
    let failed = |index: usize| reasons.get(index).filter(|reason| reason.code() == Some("ConditionalCheckFailed"));
    let supersede_index = usize::from(new.idempotency.is_some());
    if new.idempotency.is_some()
        && let Some(reason) = failed(0)
    {
        let item = reason.item().cloned().unwrap_or_default();
        if let Some(record) = read_idempotency(item, new.now)? {
            return Ok(Some(Submitted::Repeated(record)));
        }
    }
    if new.supersedes.is_some() && failed(supersede_index).is_some() {
        return Ok(Some(Submitted::NotSuperseded));
    }
    Ok(None)
}

fn is_conflict(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(|reason| {
        matches!(reason.code(), Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
    })
}
