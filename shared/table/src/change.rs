//! Changes of recipients, as the table's stream tells of them.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html>

use std::collections::HashMap;

use domain::ids::RecipientKey;
use domain::recipient::Recipient;
use serde_json::Value;

use crate::item::Item;
use crate::{TableError, item, keys};

/// The digits of the longest sequence number.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html>
const MAX_DIGITS: usize = 40;

/// A recipient before and after it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What names it.
    pub key: RecipientKey,
    /// Nothing: it is new.
    pub old: Option<Recipient>,
    /// Nothing: it was deleted.
    pub new: Option<Recipient>,
}

/// The place of a record in its shard of the stream; a later record has a greater one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SequenceNumber(String);

impl SequenceNumber {
    /// Reads one; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = !text.is_empty() && text.len() <= MAX_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        // All of one length, so that they sort as text: DynamoDB's numbers are shorter than these.
        is_number.then(|| Self(format!("{text:0>MAX_DIGITS$}")))
    }

    /// As it is kept: so many digits that the texts sort as the numbers do.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Change {
    /// Reads a record of the stream; `None` if it is about an item of another kind.
    ///
    /// # Errors
    /// An image is missing or has an unknown form.
    pub fn read(record: &Value) -> Result<Option<Self>, TableError> {
        let change = &record["dynamodb"];
        let part = |name: &str| change["Keys"][name]["S"].as_str();
        let Some((pk, sk)) = part("pk").zip(part("sk")) else {
            return Err(TableError::item("a record of the stream has no keys"));
        };
        let Some(key) = keys::parse_recipient(pk, sk) else { return Ok(None) };
        let image = |name: &str| change.get(name).map(read_image).transpose();
        let (old, new) = (image("OldImage")?, image("NewImage")?);
        if old.is_none() && new.is_none() {
            return Err(TableError::item("a record of the stream has no image"));
        }
        Ok(Some(Self { key, old, new }))
    }
}

fn read_image(image: &Value) -> Result<Recipient, TableError> {
    let unreadable = |_| TableError::item("an image of the stream cannot be read");
    let image: serde_dynamo::Item = serde_json::from_value(image.clone()).map_err(unreadable)?;
    let image: HashMap<String, serde_dynamo::AttributeValue> = image.into();
    let image: Item = image.into_iter().map(|(name, value)| (name, value.into())).collect();
    item::recipient(image)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::Schedule;
    use crate::item::tests::ann;
    use serde_json::json;

    #[test]
    fn sequence_numbers_sort_as_numbers() {
        let number = |text| SequenceNumber::parse(text).unwrap();
        assert!(number("99") < number("100"));
        assert!(number("4421584500000000017450439091") < number("4421584500000000017450439092"));
        assert_eq!(number("007"), number("7"));
        for junk in ["", "x1", "-1", "1.5", &"1".repeat(MAX_DIGITS + 1)] {
            assert_eq!(SequenceNumber::parse(junk), None, "{junk}");
        }
    }

    fn record(keys: Value, images: Value) -> Value {
        let mut change = json!({ "Keys": keys, "SequenceNumber": "1" });
        change.as_object_mut().unwrap().extend(images.as_object().unwrap().clone());
        json!({ "eventName": "MODIFY", "dynamodb": change })
    }

    #[test]
    fn a_change_is_read_from_its_images() {
        let ann = ann();
        let item = item::new_recipient(&ann, Schedule { due_at: None, drive: true }).unwrap();
        let image: HashMap<String, serde_dynamo::AttributeValue> =
            item.into_iter().map(|(name, value)| (name, value.into())).collect();
        let image = serde_json::to_value(serde_dynamo::Item::from(image)).unwrap();
        let keys = json!({ "pk": image["pk"], "sk": image["sk"] });
        let inserted = Change::read(&record(keys.clone(), json!({ "NewImage": image }))).unwrap().unwrap();
        assert_eq!(inserted, Change { key: ann.key.clone(), old: None, new: Some(ann.clone()) });
        let removed = Change::read(&record(keys.clone(), json!({ "OldImage": image }))).unwrap().unwrap();
        assert_eq!((removed.old, removed.new), (Some(ann), None));
        for broken in [json!({}), json!({ "NewImage": 7 }), json!({ "NewImage": { "pk": { "S": "x" } } })] {
            assert!(Change::read(&record(keys.clone(), broken)).is_err());
        }
    }

    #[test]
    fn other_items_are_no_recipients() {
        let keys = json!({ "pk": { "S": "invoice#demo#1042" }, "sk": { "S": "recent" } });
        assert_eq!(Change::read(&record(keys, json!({}))).unwrap(), None);
        assert!(Change::read(&json!({})).is_err());
    }
}
