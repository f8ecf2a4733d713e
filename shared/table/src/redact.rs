//! Deleting what is known of fetches, and of persons: the outcomes stay.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::address::{Address, comparison_key};
use domain::ids::{Firm, Invoice, RecipientKey, SendId};
use domain::invoice::StoredInvoice;
use domain::outcome::Outcome;
use domain::recipient::Recipient;

use crate::item::{self, Item};
use crate::update::{Update, Updated};
use crate::{Table, TableError, keys};

/// How often a deletion is tried before which something was recorded.
const MAX_TRIES: usize = 5;

/// The host of addresses that stand for forgotten persons: nothing is ever sent there (RFC 6761, 6.4).
const FORGOTTEN_HOST: &str = "forgotten.invalid";

/// What stands in place of other addresses that servers named of a forgotten person: where they forward to, say.
const SOMEWHERE: &str = "somewhere@forgotten.invalid";

/// A person to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// The address.
    pub(crate) address: Address,
    /// What stands in its place from now on: the same everywhere, and derived from nothing.
    pub(crate) alias: Address,
}

impl Person {
    /// A name that tells a forgotten person from others, and no more.
    pub(crate) fn new(address: Address, random: u128) -> Result<Self, TableError> {
        let alias = format!("forgotten-{:012x}@{FORGOTTEN_HOST}", random & 0xffff_ffff_ffff);
        let alias = alias.parse().map_err(|_| TableError::item("an alias is no address"))?;
        Ok(Self { address, alias })
    }

    /// A server's text without the person.
    fn scrubbed(&self, text: &str, own: &str, others: &BTreeSet<String>) -> String {
        let mut text = without(text, own, self.alias.as_str());
        for other in others {
            text = without(&text, other, SOMEWHERE);
        }
        text
    }

    /// Whether an address of ours is the person's.
    pub(crate) fn is(&self, address: &Address) -> bool {
        address.same_mailbox_key() == self.address.same_mailbox_key()
    }
}

/// A text in which something stands for something else, whatever its case. Addresses are ASCII.
fn without(text: &str, old: &str, new: &str) -> String {
    let (mut rest, mut result) = (text, String::with_capacity(text.len()));
    let lower = text.to_ascii_lowercase();
    let old = old.to_ascii_lowercase();
    while let Some(place) = lower[text.len() - rest.len()..].find(&old).filter(|_| !old.is_empty()) {
        result.push_str(&rest[..place]);
        result.push_str(new);
        rest = &rest[place + old.len()..];
    }
    result.push_str(rest);
    result
}

/// The same value with other texts in it.
fn rewritten(value: &AttributeValue, rewrite: &impl Fn(&str) -> String) -> AttributeValue {
    match value {
        AttributeValue::S(text) => AttributeValue::S(rewrite(text)),
        AttributeValue::L(values) => AttributeValue::L(values.iter().map(|value| rewritten(value, rewrite)).collect()),
        AttributeValue::M(values) => AttributeValue::M(
            values.iter().map(|(name, value)| (name.clone(), rewritten(value, rewrite))).collect::<HashMap<_, _>>(),
        ),
        other => other.clone(),
    }
}

impl Table {
    /// Deletes what is known of a recipient's fetches and keeps what became of them; from now on none is recorded. One
    /// `GetItem` and one `UpdateItem`, again if something was recorded between.
    pub(crate) async fn redact(&self, key: &RecipientKey, person: Option<&Person>) -> Result<(), TableError> {
        for _ in 0..MAX_TRIES {
            let Some(there) = self.get(keys::recipient(key)).await? else { return Ok(()) };
            let recipient = item::recipient(there.clone())?;
            let (update, condition) = redaction(&there, &recipient, person)?;
            if let Updated::Done(_) = self.update(key, update, &condition, ReturnValue::None).await? {
                return Ok(());
            }
        }
        Err(TableError::busy("UpdateItem", "the recipient is being written to"))
    }

    /// Forgets a person as one recipient: in the send's own words of whom it goes to, beside the invoice, and in the
    /// recipient's item, which comes last, so that whoever fails before it begins anew. `false` if the mail is still under
    /// way. Some ten requests.
    pub(crate) async fn forget_recipient(&self, recipient: &Recipient, person: &Person) -> Result<bool, TableError> {
        if !recipient.outbox.settled {
            return Ok(false);
        }
        let RecipientKey { firm, invoice, send, .. } = &recipient.key;
        self.forget_in_body(firm, invoice, *send, person).await?;
        self.forget_in_skipped(firm, invoice, *send, person).await?;
        self.forget_in_recent(firm, invoice, person).await?;
        self.forget_in_matter(firm, invoice, person).await?;
        self.redact(&recipient.key, Some(person)).await?;
        Ok(true)
    }

    async fn forget_in_body(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        send: SendId,
        person: &Person,
    ) -> Result<(), TableError> {
        let Some(body) = self.body(firm, invoice, send).await? else { return Ok(()) };
        let mut update = Update::default();
        for (name, mailboxes) in [("to", &body.to), ("cc", &body.cc)] {
            if mailboxes.iter().any(|mailbox| person.is(&mailbox.address)) {
                let texts = mailboxes.iter().map(|mailbox| match person.is(&mailbox.address) {
                    true => person.alias.to_string(),
                    false => mailbox.to_string(),
                });
                update.set(name, AttributeValue::L(texts.map(AttributeValue::S).collect()));
            }
        }
        if update.is_empty() {
            return Ok(());
        }
        let key = keys::body(firm, invoice, send);
        self.update_item(key, update, "attribute_exists(pk)", ReturnValue::None).await.map(|_| ())
    }

    async fn forget_in_skipped(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        send: SendId,
        person: &Person,
    ) -> Result<(), TableError> {
        let key = || keys::skipped(firm, invoice, send);
        let Some(there) = self.get(key()).await? else { return Ok(()) };
        let Some(skipped) = there.get("skipped") else { return Ok(()) };
        let forgotten = rewritten(skipped, &|text| without(text, person.address.as_str(), person.alias.as_str()));
        if forgotten == *skipped {
            return Ok(());
        }
        let mut update = Update::default();
        update.set("skipped", forgotten);
        self.update_item(key(), update, "attribute_exists(pk)", ReturnValue::None).await.map(|_| ())
    }

    async fn forget_in_recent(&self, firm: &Firm, invoice: &Invoice, person: &Person) -> Result<(), TableError> {
        let mut update = Update::default();
        let (addresses, mailbox) = (update.name("addresses"), update.name(&person.address.same_mailbox_key()));
        update.remove_expression(format!("{addresses}.{mailbox}"));
        let condition = format!("attribute_exists({addresses}.{mailbox})");
        self.update_item(keys::recent(firm, invoice), update, &condition, ReturnValue::None).await.map(|_| ())
    }

    async fn forget_in_matter(&self, firm: &Firm, invoice: &Invoice, person: &Person) -> Result<(), TableError> {
        self.change_invoice(firm, invoice, |stored: &mut StoredInvoice| {
            stored.matter_email.retain(|mailbox| !person.is(&mailbox.address));
        })
        .await
    }
}

/// What to write in place of a recipient's item, and under which condition.
fn redaction(there: &Item, recipient: &Recipient, person: Option<&Person>) -> Result<(Update, String), TableError> {
    let mut update = Update::default();
    update.set(item::OUTCOME, item::outcome_value(&Outcome::of(recipient))?);
    let mut condition = vec!["attribute_exists(pk)".to_owned()];
    for list in ["opens", "clicks"] {
        let length = there.get(list).and_then(|value| value.as_l().ok()).map_or(0, Vec::len);
        let (name, length) = (update.name(list), update.value(AttributeValue::N(length.to_string())));
        condition.push(format!("size({name}) = {length}"));
        update.set(list, AttributeValue::L(Vec::new()));
    }
    for name in there.keys().filter(|name| name.starts_with("opens_") || name.starts_with("clicks_")) {
        update.remove(name);
    }
    if let (Some(person), Some(AttributeValue::M(events))) = (person, there.get("events")) {
        let own = recipient.mailbox.address.as_str();
        let others = others_named(recipient);
        let (name, length) = (update.name("events"), update.value(AttributeValue::N(events.len().to_string())));
        condition.push(format!("size({name}) = {length}"));
        let scrubbed = rewritten(&AttributeValue::M(events.clone()), &|text| person.scrubbed(text, own, &others));
        update.set("events", scrubbed);
        update.set("address", AttributeValue::S(person.alias.to_string()));
        update.set("address_key", AttributeValue::S(person.alias.same_mailbox_key()));
        update.remove("name");
    }
    Ok((update, condition.join(" AND ")))
}

/// Addresses that bounces named beside the recipient's own.
fn others_named(recipient: &Recipient) -> BTreeSet<String> {
    let own = comparison_key(recipient.mailbox.address.as_str());
    let bounces = recipient.log.events().filter_map(|event| match &event.kind {
        domain::event::EventKind::Bounce(bounce) => Some(&bounce.addresses),
        _ => None,
    });
    bounces.flatten().filter(|address| **address != own).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_out_whatever_its_case() {
        for (text, clean) in [
            ("smtp; 550 5.1.1 <Ann@Example.com>: no such user", "smtp; 550 5.1.1 <x>: no such user"),
            ("ANN@EXAMPLE.COM ann@example.com", "x x"),
            ("an older answer: «gelöscht» ann@example.com…", "an older answer: «gelöscht» x…"),
            ("nobody", "nobody"),
        ] {
            assert_eq!(without(text, "ann@example.com", "x"), clean);
        }
        assert_eq!(without("text", "", "x"), "text");
    }
}
