//! A firm's suppression list: addresses that must not be written to again.
//!
//! A removed entry stays as a note that it was removed, so that a repeated copy of the old event does not bring it
//! back, while a new bounce does.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::address::Address;
use domain::event::SuppressionReason;
use domain::fold::Suppress;
use domain::ids::{Firm, Invoice, SendId};
use domain::recipient::Recipient;
use domain::time::{from_millisecond, to_millisecond};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::item::Item;
use crate::update::{Update, Updated};
use crate::{Table, TableError, keys};

/// The time of what is as if it had never been.
const WITHDRAWN: Timestamp = Timestamp::UNIX_EPOCH;

/// Until when staff have forgiven whatever happened. It stays when the address comes back onto the list for something
/// later, and when that turns out to have been nothing.
const FORGIVEN_UNTIL: &str = "forgiven_until";

/// Why an address is suppressed, and since which event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The address, as it was written to.
    pub address: String,
    /// Why.
    pub reason: SuppressionReason,
    /// When it happened.
    pub since: Timestamp,
    /// The invoice whose e-mail showed it.
    pub invoice: Option<Invoice>,
    /// The send whose e-mail showed it.
    pub send: Option<SendId>,
    /// When staff removed it, if they did.
    pub removed_at: Option<Timestamp>,
    /// Who did, as far as their token says.
    pub removed_by: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SuppressionItem {
    address: String,
    reason: String,
    since: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invoice: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    send: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removed_by: Option<String>,
    /// How grave the reason is, for conditions.
    #[serde(default)]
    rank: i64,
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

impl Suppression {
    /// The entry that a recipient's log calls for.
    fn of(recipient: &Recipient, suppress: &Suppress) -> Self {
        Self {
            address: recipient.mailbox.address.to_string(),
            reason: suppress.reason,
            since: suppress.since,
            invoice: Some(recipient.key.invoice.clone()),
            send: Some(recipient.key.send),
            removed_at: None,
            removed_by: None,
        }
    }

    /// Whether a delivery has disproved it: then it says nothing about the address.
    fn is_withdrawn(&self) -> bool {
        self.removed_at == Some(WITHDRAWN)
    }

    /// Whether mail to the address must be dropped.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.removed_at.is_none()
    }
}

impl SuppressionItem {
    fn new(suppression: &Suppression, rank: u8) -> Self {
        Self {
            address: suppression.address.clone(),
            reason: suppression.reason.as_str().to_owned(),
            since: suppression.since.as_millisecond(),
            invoice: suppression.invoice.as_ref().map(ToString::to_string),
            send: suppression.send.map(|send| send.to_string()),
            removed_at: suppression.removed_at.map(Timestamp::as_millisecond),
            removed_by: suppression.removed_by.clone(),
            rank: rank.into(),
        }
    }
}

fn read_suppression(item: Item) -> Result<Suppression, TableError> {
    let stored: SuppressionItem = from_item(item).map_err(|_| TableError::item("a suppression cannot be read"))?;
    Ok(Suppression {
        address: stored.address,
        reason: SuppressionReason::from_name(&stored.reason).unwrap_or(SuppressionReason::Manual),
        since: from_millisecond(stored.since),
        invoice: stored.invoice.and_then(|invoice| invoice.parse().ok()),
        send: stored.send.and_then(|send| send.parse().ok()),
        removed_at: stored.removed_at.map(from_millisecond),
        removed_by: stored.removed_by,
    })
}

/// An entry by its address, unless it is as if it had never been.
pub(crate) fn read_entry(address_key: String, item: Item) -> Result<Option<(String, Suppression)>, TableError> {
    let entry = read_suppression(item)?;
    Ok((!entry.is_withdrawn()).then_some((address_key, entry)))
}

/// Which entries of the list are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Addresses that are not written to.
    Active,
    /// Those that staff have taken off it.
    Removed,
}

/// A page of a firm's suppression list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionPage {
    /// The entries, by address.
    pub suppressions: Vec<Suppression>,
    /// What the next page starts after, if there is one.
    pub next: Option<String>,
}

impl Table {
    /// Puts an address on the firm's list for the gravest of its reasons, unless a graver or later event did so before or
    /// staff removed it since; then for the gravest of what happened after that. One `UpdateItem`, so that functions which
    /// append events need no other permission; another one where staff had removed the address.
    pub(crate) async fn suppress(&self, recipient: &Recipient, reasons: &[Suppress]) -> Result<(), TableError> {
        let Some(gravest) = reasons.first() else { return Ok(()) };
        // Nobody writes to who was forgotten, and the list would not know whom it holds.
        if recipient.mailbox.address.is_forgotten() {
            return Ok(());
        }
        let Some(there) = self.suppress_for(recipient, gravest).await? else { return Ok(()) };
        let forgiven =
            there.get(FORGIVEN_UNTIL).and_then(|until| until.as_n().ok()).and_then(|until| until.parse().ok());
        let Some(forgiven) = forgiven.map(from_millisecond) else { return Ok(()) };
        let newer = reasons.iter().find(|reason| reason.since > forgiven && *reason != gravest);
        if let Some(newer) = newer.filter(|_| gravest.since <= forgiven) {
            self.suppress_for(recipient, newer).await?;
        }
        Ok(())
    }

    /// Puts an address on the list for one reason; gives the entry that stays in its place.
    async fn suppress_for(&self, recipient: &Recipient, suppress: &Suppress) -> Result<Option<Item>, TableError> {
        let entry = SuppressionItem::new(&Suppression::of(recipient, suppress), suppress.rank());
        let own = (number(entry.rank), number(entry.since));
        let item: Item = to_item(entry).map_err(|error| TableError::item(error.to_string()))?;
        let mut update = Update::default();
        for (name, value) in item {
            update.set(&name, value);
        }
        for name in ["removed_at", "removed_by", "expires_at"] {
            update.remove(name);
        }
        let rank = update.name("rank");
        let (own_rank, since) = (update.value(own.0), update.value(own.1));
        // What staff have forgiven stays forgiven: only what happened later counts. Otherwise the graver reason stays, and
        // of equals the latest, whatever the order in which they come.
        let condition = format!(
            "(attribute_not_exists({FORGIVEN_UNTIL}) OR {FORGIVEN_UNTIL} < {since}) AND (attribute_not_exists(pk) OR \
             (removed_at < {since} AND since < {since}) OR (attribute_not_exists(removed_at) \
             AND ({rank} < {own_rank} OR ({rank} = {own_rank} AND since < {since}))))"
        );
        let address_key = recipient.mailbox.address.same_mailbox_key();
        let key = keys::suppression(&recipient.key.firm, &address_key);
        Ok(match self.update_item(key, update, &condition, ReturnValue::None).await? {
            Updated::Done(_) => None,
            Updated::Unmet(there) => there,
        })
    }

    /// Undoes the entry of a bounce that named another address, once the delivery has shown that it was the other
    /// one's. One `UpdateItem`; an entry for any other reason stays.
    pub(crate) async fn withdraw_suppression(&self, recipient: &Recipient) -> Result<(), TableError> {
        let mut update = Update::default();
        // As if it had never been: whatever happened, whenever, is news.
        update.set("removed_at", number(WITHDRAWN.as_millisecond()));
        update.set("since", number(WITHDRAWN.as_millisecond()));
        let rank = update.name("rank");
        let uncertain = update.value(number(0));
        let invoice = update.value(AttributeValue::S(recipient.key.invoice.to_string()));
        let send = update.value(AttributeValue::S(recipient.key.send.to_string()));
        let key = keys::suppression(&recipient.key.firm, &recipient.mailbox.address.same_mailbox_key());
        let condition = format!(
            "{rank} = {uncertain} AND invoice = {invoice} AND send = {send} AND attribute_not_exists(removed_at)"
        );
        self.update_item(key, update, &condition, ReturnValue::None).await.map(|_| ())
    }

    /// Takes an address off the firm's list and keeps who did so; `false` if it was not on it. One `UpdateItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn remove_suppression(
        &self,
        firm: &Firm,
        address: &Address,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, TableError> {
        let mut update = Update::default();
        let now = number(to_millisecond(now).as_millisecond());
        update.set("removed_at", now.clone());
        update.set(FORGIVEN_UNTIL, now);
        if let Some(by) = by {
            update.set("removed_by", AttributeValue::S(by.to_owned()));
        }
        let key = keys::suppression(firm, &address.same_mailbox_key());
        let condition = "attribute_exists(pk) AND attribute_not_exists(removed_at)";
        let updated = self.update_item(key, update, condition, ReturnValue::None).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// Has an entry deleted that nobody needs once its person is forgotten; `false` if there is none. What a person asked
    /// for, or reported, has to be kept for as long as it is to be heeded. One `UpdateItem`.
    pub(crate) async fn forget_suppression(
        &self,
        firm: &Firm,
        address: &Address,
        now: Timestamp,
    ) -> Result<bool, TableError> {
        let mut update = Update::default();
        update.set_if_missing("removed_at", number(to_millisecond(now).as_millisecond()));
        update.set("expires_at", number(now.as_second()));
        let (reason, bounced) = (update.name("reason"), AttributeValue::S(SuppressionReason::Bounced.as_str().into()));
        let bounced = update.value(bounced);
        let condition = format!(
            "attribute_exists(pk) AND ({reason} = {bounced} OR attribute_exists(removed_at)) AND attribute_not_exists(expires_at)"
        );
        let key = keys::suppression(firm, &address.same_mailbox_key());
        Ok(matches!(self.update_item(key, update, &condition, ReturnValue::None).await?, Updated::Done(_)))
    }

    /// A page of the firm's list, by address. One `Query`; entries that are not wanted are left out, so that a page may be
    /// short.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn suppressions(
        &self,
        firm: &Firm,
        listed: Listed,
        after: Option<&str>,
        limit: usize,
    ) -> Result<SuppressionPage, TableError> {
        let filter = match listed {
            Listed::Active => "attribute_not_exists(removed_at)",
            Listed::Removed => "removed_at > :withdrawn",
        };
        let after =
            after.map_or_else(|| AttributeValue::S("!".to_owned()), |after| AttributeValue::S(format!("{after}!")));
        let found = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk AND sk >= :after")
            .filter_expression(filter)
            .set_expression_attribute_values(Some(HashMap::from_iter(
                (listed == Listed::Removed).then(|| (":withdrawn".to_owned(), number(WITHDRAWN.as_millisecond()))),
            )))
            .expression_attribute_values(":pk", AttributeValue::S(keys::suppression_pk(firm)))
            .expression_attribute_values(":after", after)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| TableError::of("Query", error))?;
        let last: Option<&HashMap<String, AttributeValue>> = found.last_evaluated_key.as_ref();
        let next = last.and_then(|key| key.get("sk")).and_then(|sk| sk.as_s().ok()).cloned();
        let suppressions =
            found.items.unwrap_or_default().into_iter().map(read_suppression).collect::<Result<_, _>>()?;
        Ok(SuppressionPage { suppressions, next })
    }
}
