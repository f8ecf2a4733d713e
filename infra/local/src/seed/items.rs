//! Items as the `table` crate makes them, in the words of the embedded table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use domain::message::Body;
use domain::recipient::Recipient;
use dynoxide::types::{AttributeValue, Item};
use table::TableError;

/// Items that are written together.
#[derive(Debug, Default)]
pub(super) struct Items {
    pub(super) items: Vec<Item>,
    /// How many of them are recipients.
    pub(super) recipients: u64,
}

impl Items {
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Adds a send.
    pub(super) fn add(&mut self, recipients: &[Recipient], body: &Body) -> Result<(), TableError> {
        self.items.extend(table::past_items(recipients, body)?.into_iter().map(fields));
        self.recipients += recipients.len() as u64;
        Ok(())
    }
}

fn fields(fields: HashMap<String, Sdk>) -> Item {
    fields.into_iter().map(|(name, value)| (name, embedded(value))).collect()
}

fn embedded(value: Sdk) -> AttributeValue {
    match value {
        Sdk::S(text) => AttributeValue::S(text),
        Sdk::N(number) => AttributeValue::N(number),
        Sdk::B(bytes) => AttributeValue::B(bytes.into_inner()),
        Sdk::Bool(bool) => AttributeValue::BOOL(bool),
        Sdk::Ss(texts) => AttributeValue::SS(texts),
        Sdk::Ns(numbers) => AttributeValue::NS(numbers),
        Sdk::Bs(many) => {
            AttributeValue::BS(many.into_iter().map(aws_sdk_dynamodb::primitives::Blob::into_inner).collect())
        }
        Sdk::L(list) => AttributeValue::L(list.into_iter().map(embedded).collect()),
        Sdk::M(map) => AttributeValue::M(fields(map)),
        // Null, and whatever a later SDK may know: no item of ours has either.
        _ => AttributeValue::NULL(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_has_its_counterpart() {
        let text = || "1".to_owned();
        let blob = || aws_sdk_dynamodb::primitives::Blob::new([1]);
        for (sdk, own) in [
            (Sdk::S(text()), AttributeValue::S(text())),
            (Sdk::N(text()), AttributeValue::N(text())),
            (Sdk::B(blob()), AttributeValue::B(vec![1])),
            (Sdk::Bool(true), AttributeValue::BOOL(true)),
            (Sdk::Null(true), AttributeValue::NULL(true)),
            (Sdk::Ss(vec![text()]), AttributeValue::SS(vec![text()])),
            (Sdk::Ns(vec![text()]), AttributeValue::NS(vec![text()])),
            (Sdk::Bs(vec![blob()]), AttributeValue::BS(vec![vec![1]])),
            (Sdk::L(vec![Sdk::S(text())]), AttributeValue::L(vec![AttributeValue::S(text())])),
            (
                Sdk::M([(text(), Sdk::Bool(false))].into()),
                AttributeValue::M([(text(), AttributeValue::BOOL(false))].into()),
            ),
        ] {
            assert_eq!(embedded(sdk), own);
        }
    }
}
