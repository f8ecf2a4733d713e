//! Writing a send: everything it consists of in one transaction, so that it is accepted as a whole or not at all.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, KeysAndAttributes, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use domain::address::Address;
use domain::client::{Profile, Skipped};
use domain::event::{DropCause, Event, EventKind};
use domain::fold::Rare;
use domain::ids::{Client, Firm, Invoice, Position, RecipientKey, SendId};
use domain::invoice::StoredInvoice;
use domain::recipient::Recipient;
use domain::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_attribute_value, to_item};

use crate::client::read_profile;
use crate::item::{self, Item, Schedule};
use crate::suppression::{self, Suppression};
use crate::update::Update;
use crate::{Body, Table, TableError, body, invoice, keys, settings, skipped};

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

/// What makes a request the same as an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once<'a> {
    /// The caller's key, for a day.
    Key(&'a str),
    /// It is the invoice's finalization, of which there is one.
    Finalization,
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
    /// The client, if the request itself names it.
    pub client: Option<&'a Client>,
    /// As what the request may have been made before.
    pub once: Option<Once<'a>>,
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
    /// What was answered to the same request.
    pub earlier: Option<IdempotencyRecord>,
    /// The firm's settings.
    pub settings: Settings,
    /// What the portal has told of the invoice.
    pub stored: Option<StoredInvoice>,
    /// What it has told of the client that the request names.
    pub client: Option<Profile>,
}

/// A send to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewSend<'a> {
    /// The recipients, all of one send; those whose outbox is not settled will be sent to.
    pub recipients: &'a [Recipient],
    /// What they share.
    pub body: &'a Body,
    /// Whom it does not go to, though it is their invoice.
    pub skipped: &'a [Skipped],
    /// What makes the request the same when it is made again, and what to remember of it.
    pub once: Option<(Once<'a>, &'a IdempotencyRecord)>,
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
    /// The same request was faster.
    Repeated(IdempotencyRecord),
    /// The recipient to be replaced has been replaced already, or is just being sent to.
    NotSuperseded,
}

#[derive(Debug, Serialize, Deserialize)]
struct IdempotencyItem {
    fingerprint: String,
    answer: String,
    /// Seconds since the epoch: DynamoDB removes the item some time later. Missing, it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RecentItem {
    send: String,
    position: String,
}

fn read_idempotency(item: Item, now: Timestamp) -> Result<Option<IdempotencyRecord>, TableError> {
    let stored: IdempotencyItem =
        from_item(item).map_err(|_| TableError::item("an idempotency record cannot be read"))?;
    let alive = stored.expires_at.is_none_or(|expires_at| expires_at > now.as_second());
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

/// The items of a send of the past, for whoever writes many of them at once: its recipients, and what they share. Nobody
/// is told to send what was not sent.
///
/// # Errors
/// An item cannot be built.
pub fn past_items(recipients: &[Recipient], body: &Body) -> Result<Vec<HashMap<String, AttributeValue>>, TableError> {
    let Some(first) = recipients.first() else { return Err(TableError::item("a send needs a recipient")) };
    let RecipientKey { firm, invoice, send, .. } = &first.key;
    let unscheduled = Schedule { due_at: None, drive: false };
    let items = recipients.iter().map(|recipient| item::new_recipient(recipient, unscheduled));
    items.chain([body::new_body(firm, invoice, *send, body)]).collect()
}

impl Table {
    /// Reads what decides about a send, what is known of its invoice and how the firm wants it: one `BatchGetItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn prepare(&self, preparation: Preparation<'_>) -> Result<Prepared, TableError> {
        let Preparation { firm, invoice, addresses, client, once, now } = preparation;
        let mut wanted = suppression_keys(firm, addresses);
        wanted.extend([keys::recent(firm, invoice), keys::settings(firm), keys::invoice(firm, invoice)]);
        wanted.extend(once.map(|once| once.key(firm, invoice)));
        wanted.extend(client.map(|client| keys::client(firm, client)));
        let (suppression_pk, settings_pk) = (keys::suppression_pk(firm), keys::settings_pk(firm));
        let clients_pk = keys::clients_pk(firm);
        let mut prepared = Prepared::default();
        for mut item in self.batch_get(wanted).await? {
            let mut part = |name: &str| match item.remove(name) {
                Some(AttributeValue::S(text)) => text,
                _ => String::new(),
            };
            let (pk, sk) = (part("pk"), part("sk"));
            if pk == suppression_pk {
                prepared.suppressions.extend(suppression::read_entry(sk, item)?);
            } else if pk == settings_pk {
                prepared.settings = settings::read_settings(item)?;
            } else if pk == clients_pk {
                prepared.client = Some(read_profile(item)?);
            } else if sk == keys::RECENT_SK {
                prepared.recent = read_recent(item)?;
            } else if sk == keys::INVOICE_SK {
                prepared.stored = Some(invoice::read_invoice(item)?);
            } else {
                prepared.earlier = read_idempotency(item, now)?;
            }
        }
        Ok(prepared)
    }

    /// The firm's suppression list as far as these addresses stand on it, by [`Address::same_mailbox_key`]. One
    /// `BatchGetItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn suppressed_among(
        &self,
        firm: &Firm,
        addresses: &[&Address],
    ) -> Result<BTreeMap<String, Suppression>, TableError> {
        let mut found = BTreeMap::new();
        for mut item in self.batch_get(suppression_keys(firm, addresses)).await? {
            if let Some(AttributeValue::S(sk)) = item.remove("sk") {
                found.extend(suppression::read_entry(sk, item)?);
            }
        }
        Ok(found)
    }

    pub(crate) async fn batch_get(&self, wanted: Vec<keys::Key>) -> Result<Vec<Item>, TableError> {
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
        let outcome = self.transact(writes, |reasons| unmet(new, reasons)).await?;
        Ok(outcome.unwrap_or(Submitted::Done))
    }

    /// Writes that an invoice is final and its e-mail goes to nobody: one `TransactWriteItems`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn submit_to_nobody(
        &self,
        (firm, invoice, send): (&Firm, &Invoice, SendId),
        skipped: &[Skipped],
        record: &IdempotencyRecord,
        now: Timestamp,
    ) -> Result<Submitted, TableError> {
        let once = Once::Finalization;
        let mut writes = vec![self.put_record(once.key(firm, invoice), once, record, now)?];
        if !skipped.is_empty() {
            writes.push(self.put_new(skipped::new_skipped(firm, invoice, send, skipped)?)?);
        }
        let outcome = self.transact(writes, |reasons| repeated(reasons, now)).await?;
        Ok(outcome.unwrap_or(Submitted::Done))
    }

    /// Writes all or nothing; `unmet` tells what it means that a condition did not hold. `None` if all is written.
    async fn transact(
        &self,
        writes: Vec<TransactWriteItem>,
        unmet: impl Fn(&[CancellationReason]) -> Result<Option<Submitted>, TableError>,
    ) -> Result<Option<Submitted>, TableError> {
        let mut pause = CONFLICT_PAUSE;
        for _ in 0..MAX_CONFLICTS {
            let result = self.client.transact_write_items().set_transact_items(Some(writes.clone())).send().await;
            let Err(error) = result else { return Ok(None) };
            let cancelled = match &error {
                SdkError::ServiceError(service) => match service.err() {
                    TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled),
                    _ => None,
                },
                _ => None,
            };
            let Some(cancelled) = cancelled else { return Err(TableError::of("TransactWriteItems", error)) };
            if let Some(outcome) = unmet(cancelled.cancellation_reasons())? {
                return Ok(Some(outcome));
            }
            if !is_conflict(cancelled.cancellation_reasons()) {
                return Err(TableError::of("TransactWriteItems", error));
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        Err(TableError::busy("TransactWriteItems", "TransactionConflict"))
    }

    /// The order matters: the record of the request first, then the replaced recipient, as [`unmet`] reads them.
    fn writes(&self, new: NewSend<'_>) -> Result<Vec<TransactWriteItem>, TableError> {
        let Some(first) = new.recipients.first() else {
            return Err(TableError::item("a send needs a recipient"));
        };
        let RecipientKey { firm, invoice, send, .. } = &first.key;
        let mut writes = Vec::with_capacity(new.recipients.len() + 5);
        if let Some((once, record)) = new.once {
            writes.push(self.put_record(once.key(firm, invoice), once, record, new.now)?);
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
        if !new.skipped.is_empty() {
            writes.push(self.put_new(skipped::new_skipped(firm, invoice, *send, new.skipped)?)?);
        }
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

    fn put_record(
        &self,
        key: keys::Key,
        once: Once<'_>,
        record: &IdempotencyRecord,
        now: Timestamp,
    ) -> Result<TransactWriteItem, TableError> {
        let expires_at = match once {
            Once::Key(_) => Some(now.saturating_add(IDEMPOTENCY_LASTS).unwrap_or(now).as_second()),
            Once::Finalization => None,
        };
        let stored =
            IdempotencyItem { fingerprint: record.fingerprint.clone(), answer: record.answer.clone(), expires_at };
        let mut item: Item = to_item(stored).map_err(|error| TableError::item(error.to_string()))?;
        item.extend(key);
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
            update.rare(&old.key, Some(Rare::Failing));
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

fn failed(reasons: &[CancellationReason], index: usize) -> Option<&CancellationReason> {
    reasons.get(index).filter(|reason| reason.code() == Some("ConditionalCheckFailed"))
}

/// The record of the request, which is written first, was there.
fn repeated(reasons: &[CancellationReason], now: Timestamp) -> Result<Option<Submitted>, TableError> {
    let Some(reason) = failed(reasons, 0) else { return Ok(None) };
    let record = read_idempotency(reason.item().cloned().unwrap_or_default(), now)?;
    Ok(record.map(Submitted::Repeated))
}

/// A condition that did not hold says what the send met.
fn unmet(new: NewSend<'_>, reasons: &[CancellationReason]) -> Result<Option<Submitted>, TableError> {
    if new.once.is_some()
        && let Some(outcome) = repeated(reasons, new.now)?
    {
        return Ok(Some(outcome));
    }
    let supersede_index = usize::from(new.once.is_some());
    if new.supersedes.is_some() && failed(reasons, supersede_index).is_some() {
        return Ok(Some(Submitted::NotSuperseded));
    }
    Ok(None)
}

fn suppression_keys(firm: &Firm, addresses: &[&Address]) -> Vec<keys::Key> {
    let mut mailboxes: Vec<String> = addresses.iter().map(|address| address.same_mailbox_key()).collect();
    mailboxes.sort_unstable();
    // DynamoDB refuses a batch that asks twice for one key.
    mailboxes.dedup();
    mailboxes.iter().map(|mailbox| keys::suppression(firm, mailbox)).collect()
}

impl Once<'_> {
    fn key(self, firm: &Firm, invoice: &Invoice) -> keys::Key {
        match self {
            Self::Key(key) => keys::idempotency(firm, key),
            Self::Finalization => keys::finalization(firm, invoice),
        }
    }
}

pub(crate) fn is_conflict(reasons: &[CancellationReason]) -> bool {
    reasons.iter().any(|reason| {
        matches!(reason.code(), Some("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded"))
    })
}
