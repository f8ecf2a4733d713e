//! Recipients by what few of them have in common: a client, an address, or that they are neither sent nor opened. Each
//! has an index of keys in the order of the report; the items come by these keys. So a page costs the same whatever
//! else the firm has sent, and nothing is written twice when an item changes.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::fold::{Rare, fold};
use domain::ids::{Firm, RecipientKey};
use domain::recipient::Recipient;

use crate::keys::{self, Place};
use crate::read::text;
use crate::update::{Update, Updated};
use crate::{ADDRESS_INDEX, CLIENT_INDEX, Page, RARE_INDEX, Span, Table, TableError, item};

/// The most keys that DynamoDB takes in one BatchGetItem.
const KEYS_AT_ONCE: usize = 100;

/// A partition of an index: the index, the name of its hash key, and its value.
struct Partition {
    index: &'static str,
    name: &'static str,
    pk: String,
}

/// What recipients have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Common<'a> {
    Rare(&'a BTreeSet<Rare>),
    Client(&'a str),
    Address(&'a str),
}

impl Common<'_> {
    fn partitions(self, firm: &Firm) -> Vec<Partition> {
        let partition = |index, name, pk| Partition { index, name, pk };
        match self {
            Self::Rare(kinds) => {
                kinds.iter().map(|rare| partition(RARE_INDEX, "rare_pk", keys::rare_pk(firm, *rare))).collect()
            }
            Self::Client(client) => vec![partition(CLIENT_INDEX, "client_pk", keys::client_pk(firm, client))],
            Self::Address(key) => vec![partition(ADDRESS_INDEX, "address_pk", keys::address_pk(firm, key))],
        }
    }
}

impl Table {
    /// A page of such recipients in a span, newest first: one `Query` for each partition, and one `BatchGetItem` for each
    /// hundred recipients.
    pub(crate) async fn listed(
        &self,
        firm: &Firm,
        span: &Span,
        common: Common<'_>,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Page, TableError> {
        let (low, high) = keys::report_bounds(span.from, span.until, after);
        if low > high {
            return Ok(Page { recipients: Vec::new(), next: None });
        }
        let (mut found, mut end) = (Vec::new(), None);
        for partition in common.partitions(firm) {
            let page = self
                .query()
                .index_name(partition.index)
                .key_condition_expression(format!("{} = :pk AND report_sk BETWEEN :low AND :high", partition.name))
                .expression_attribute_values(":pk", text(partition.pk))
                .expression_attribute_values(":low", text(&low))
                .expression_attribute_values(":high", text(&high))
                .scan_index_forward(false)
                .limit(i32::try_from(limit).unwrap_or(i32::MAX))
                .send()
                .await
                .map_err(|error| TableError::of_index("Query", partition.index, error))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(keys::parse_recipient_key));
            let last = page.last_evaluated_key.as_ref().and_then(Place::of_last_report_key);
            // Whatever is older than where one of them was cut off may have others before it.
            end = [end, last].into_iter().flatten().max_by_key(Place::in_time);
        }
        if let Some(end) = end {
            found.retain(|key| Place::in_report(key).in_time() >= end.in_time());
        }
        Ok(Page { recipients: self.all_of(found).await?, next: end })
    }

    /// Lists a recipient that was written before there were these indexes; `false` if it is listed, or its log has grown
    /// since it was read. One `UpdateItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn list(&self, recipient: &Recipient) -> Result<bool, TableError> {
        let key = &recipient.key;
        let mut update = Update::default();
        let address_pk = keys::address_pk(&key.firm, &recipient.mailbox.address.same_mailbox_key());
        update.set("address_pk", AttributeValue::S(address_pk));
        if let Some(client) = &recipient.client {
            update.set("client_pk", AttributeValue::S(keys::client_pk(&key.firm, client)));
        }
        update.rare(key, fold(recipient, recipient.submitted_at()).rare);
        let log = update.name("events");
        let length = update.value(AttributeValue::N(recipient.log.events().count().to_string()));
        let condition = format!("attribute_exists(pk) AND attribute_not_exists(address_pk) AND size({log}) = {length}");
        let updated = self.update(key, update, &condition, ReturnValue::None).await?;
        Ok(matches!(updated, Updated::Done(_)))
    }

    /// The items of recipients, in the order of the report.
    async fn all_of(&self, keys: Vec<RecipientKey>) -> Result<Vec<Recipient>, TableError> {
        let mut recipients: Vec<Recipient> = Vec::with_capacity(keys.len());
        for keys in keys.chunks(KEYS_AT_ONCE) {
            for item in self.batch_get(keys.iter().map(keys::recipient).collect()).await? {
                recipients.push(item::recipient(item)?);
            }
        }
        recipients.sort_by_key(|recipient| (Reverse(recipient.key.send), recipient.key.position));
        Ok(recipients)
    }
}
