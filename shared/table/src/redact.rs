//! Deleting what is known of fetches, and of persons: the outcomes stay.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::address::{Address, FORGOTTEN_DOMAIN, comparison_key};
use domain::ids::{Firm, Invoice, RecipientKey, SendId};
use domain::invoice::StoredInvoice;
use domain::log::MAX_HITS;
use domain::outcome::Outcome;
use domain::recipient::Recipient;

use crate::item::{self, Item};
use crate::update::{Update, Updated};
use crate::{Table, TableError, keys, outcome};

/// How many of an invoice's sends are looked at at once.
const SENDS: usize = 50;

/// How often a deletion is tried before which something was recorded.
const MAX_TRIES: usize = 5;

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
        let alias = format!("forgotten-{:012x}@{FORGOTTEN_DOMAIN}", random & 0xffff_ffff_ffff);
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

/// A text in which something stands for an address, whatever its case; not where that is a part of a longer one. Addresses
/// are ASCII.
fn without(text: &str, old: &str, new: &str) -> String {
    let (lower, old) = (text.to_ascii_lowercase(), old.to_ascii_lowercase());
    let (mut result, mut done) = (String::with_capacity(text.len()), 0);
    while let Some(place) = lower[done..].find(&old).filter(|_| !old.is_empty()) {
        let (start, end) = (done + place, done + place + old.len());
        result.push_str(&text[done..start]);
        let is_part = goes_on_before(&lower[..start]) || goes_on_after(&lower[end..]);
        result.push_str(if is_part { &text[start..end] } else { new });
        done = end;
    }
    result.push_str(&text[done..]);
    result
}

/// Whether what stands before an address belongs to it.
fn goes_on_before(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric() || "!#$%&*+-/=?^_`{|}~.".contains(c))
}

/// Whether what stands behind an address belongs to it. A dot may end the sentence.
fn goes_on_after(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut chars = text.chars();
    match chars.next() {
        Some('.') => chars.next().is_some_and(is_part),
        first => first.is_some_and(is_part),
    }
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
    /// recipient's item, which comes last, so that whoever fails before it begins anew. `false` if a mail of the send is
    /// still under way: its To and Cc are what they were. Some dozen requests.
    pub(crate) async fn forget_recipient(&self, recipient: &Recipient, person: &Person) -> Result<bool, TableError> {
        let RecipientKey { firm, invoice, send, .. } = &recipient.key;
        let whole = self.whole_send(firm, invoice, *send).await?;
        let is_under_way = |recipient: &Recipient| !recipient.outbox.settled;
        if whole.is_some_and(|whole| whole.recipients.iter().any(is_under_way)) {
            return Ok(false);
        }
        self.forget_in_body(firm, invoice, *send, person).await?;
        self.forget_where_skipped(firm, invoice, person).await?;
        self.forget_in_finalization(firm, invoice, person).await?;
        self.forget_in_recent(firm, invoice, person).await?;
        self.forget_in_matter(firm, invoice, person).await?;
        self.redact(&recipient.key, Some(person)).await?;
        Ok(true)
    }

    /// Automatic e-mails of the invoice may have skipped who got another one. One `Query` for fifty sends.
    async fn forget_where_skipped(&self, firm: &Firm, invoice: &Invoice, person: &Person) -> Result<(), TableError> {
        let mut before = None;
        loop {
            let read = self.history(firm, invoice, before, SENDS).await?;
            for (send, skipped) in read.skipped {
                if skipped.iter().any(|skipped| person.is(&skipped.address)) {
                    self.forget_in_skipped(firm, invoice, send, person).await?;
                }
            }
            before = read.older_than;
            if before.is_none() {
                return Ok(());
            }
        }
    }

    /// What was answered when the invoice became final is kept for who asks again.
    async fn forget_in_finalization(&self, firm: &Firm, invoice: &Invoice, person: &Person) -> Result<(), TableError> {
        let key = || keys::finalization(firm, invoice);
        let Some(there) = self.get(key()).await? else { return Ok(()) };
        let Some(Ok(answer)) = there.get("answer").map(AttributeValue::as_s) else { return Ok(()) };
        let Ok(mut said) = serde_json::from_str::<serde_json::Value>(answer) else { return Ok(()) };
        let mut is_changed = false;
        for list in ["recipients", "skipped"] {
            for one in said.get_mut(list).and_then(serde_json::Value::as_array_mut).into_iter().flatten() {
                let address = one["address"].as_str().and_then(|address| address.parse::<Address>().ok());
                if address.is_some_and(|address| person.is(&address)) {
                    one["address"] = person.alias.as_str().into();
                    if one.get("name").is_some() {
                        one["name"] = serde_json::Value::Null;
                    }
                    is_changed = true;
                }
            }
        }
        if !is_changed {
            return Ok(());
        }
        let mut update = Update::default();
        update.set("answer", AttributeValue::S(said.to_string()));
        self.update_item(key(), update, "attribute_exists(pk)", ReturnValue::None).await.map(|_| ())
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
        let is_theirs = |text: &str| text.parse::<Address>().is_ok_and(|address| person.is(&address));
        let forgotten = rewritten(skipped, &|text| match is_theirs(text) {
            true => person.alias.to_string(),
            false => text.to_owned(),
        });
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
    update.set(outcome::OUTCOME, outcome::outcome_value(&Outcome::of(recipient))?);
    let mut condition = vec!["attribute_exists(pk)".to_owned()];
    for list in ["opens", "clicks"] {
        let length = there.get(list).and_then(|value| value.as_l().ok()).map_or(0, Vec::len);
        let (name, length) = (update.name(list), update.value(AttributeValue::N(length.to_string())));
        condition.push(format!("size({name}) = {length}"));
        // A list that is full keeps its length: then its last element is another one.
        if let Some(last) = there.get(list).and_then(|value| value.as_l().ok()).and_then(|lines| lines.get(MAX_HITS)) {
            let last = update.value(last.clone());
            condition.push(format!("{name}[{MAX_HITS}] = {last}"));
        }
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
        let address_key = person.alias.same_mailbox_key();
        update.set("address_pk", AttributeValue::S(keys::address_pk(&recipient.key.firm, &address_key)));
        update.set("address_key", AttributeValue::S(address_key));
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
            ("joann@example.com, ann@example.com.au; ann@example.com.", "joann@example.com, ann@example.com.au; x."),
        ] {
            assert_eq!(without(text, "ann@example.com", "x"), clean);
        }
        assert_eq!(without("text", "", "x"), "text");
    }
}
