//! Whom an automatic e-mail did not go to, in an item of its own among the send's recipients.

use domain::client::{SkipReason, Skipped};
use domain::ids::{Firm, Invoice, SendId};
use domain::time::from_millisecond;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::item::Item;
use crate::{TableError, keys};

#[derive(Debug, Serialize, Deserialize)]
struct SkippedItem {
    skipped: Vec<SkippedPerson>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SkippedPerson {
    address: String,
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<i64>,
}

pub(crate) fn new_skipped(
    firm: &Firm,
    invoice: &Invoice,
    send: SendId,
    skipped: &[Skipped],
) -> Result<Item, TableError> {
    let person = |skipped: &Skipped| SkippedPerson {
        address: skipped.address.to_string(),
        reason: skipped.reason.as_str().to_owned(),
        since: skipped.since.map(Timestamp::as_millisecond),
    };
    let item = SkippedItem { skipped: skipped.iter().map(person).collect() };
    let mut item: Item = to_item(item).map_err(|error| TableError::item(error.to_string()))?;
    item.extend(keys::skipped(firm, invoice, send));
    Ok(item)
}

pub(crate) fn read_skipped(item: Item) -> Result<Vec<Skipped>, TableError> {
    let unreadable = || TableError::item("whom a send skipped cannot be read");
    let stored: SkippedItem = from_item(item).map_err(|_| unreadable())?;
    let person = |person: SkippedPerson| {
        Some(Skipped {
            address: person.address.parse().ok()?,
            reason: SkipReason::from_name(&person.reason)?,
            since: person.since.map(from_millisecond),
        })
    };
    stored.skipped.into_iter().map(person).collect::<Option<_>>().ok_or_else(unreadable)
}
