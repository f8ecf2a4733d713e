//! Whole records that people edit: each has a tag of its content, so that nobody overwrites what they have not seen.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use serde::Serialize;
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use sha2::{Digest, Sha256};

use crate::item::Item;
use crate::{Table, TableError, keys};

/// The attribute that holds the tag.
pub(crate) const ETAG: &str = "etag";

/// A record and the tag of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tagged<T> {
    /// The record.
    pub value: T,
    /// Its tag, without quotes: the same for the same content.
    pub etag: String,
}

/// What a record must be for it to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected<'a> {
    /// Whatever it is.
    Anything,
    /// Whatever it is, but there.
    Present,
    /// One of these contents, by tag.
    OneOf(&'a [String]),
    /// None at all.
    Absent,
}

/// What became of writing a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written<T> {
    /// It is as it was to be.
    Done(Tagged<T>),
    /// It is not what was expected, and stays.
    Changed,
}

/// The tag of a content.
pub(crate) fn etag_of(content: &impl Serialize) -> Result<String, TableError> {
    let bytes = serde_json::to_vec(content).map_err(|error| TableError::item(error.to_string()))?;
    Ok(Sha256::digest(bytes)[..16].iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The tag that an item carries: what conditions are compared with. Another version may have written it, whose tag of the
/// same content is another.
pub(crate) fn tag(item: &Item) -> Option<&str> {
    item.get(ETAG)?.as_s().ok().map(String::as_str)
}

impl Table {
    /// Puts a record in place of the expected one; `false` if another is there. What has the wanted content already is
    /// as good as put: the answer to an earlier attempt may have been lost. One `PutItem`.
    ///
    /// `default_etag` is the tag of what a missing record stands for, if it stands for anything.
    pub(crate) async fn put_tagged(
        &self,
        key: keys::Key,
        content: &impl Serialize,
        etag: &str,
        expected: Expected<'_>,
        default_etag: Option<&str>,
    ) -> Result<bool, TableError> {
        let mut item: Item = to_item(content).map_err(|error| TableError::item(error.to_string()))?;
        item.insert(ETAG.to_owned(), AttributeValue::S(etag.to_owned()));
        item.extend(key);
        let mut put = self.client.put_item().table_name(&self.name).set_item(Some(item));
        match expected {
            Expected::Anything => {}
            Expected::Present => put = put.condition_expression("attribute_exists(pk)"),
            Expected::Absent => put = put.condition_expression("attribute_not_exists(pk)"),
            Expected::OneOf(etags) => {
                let mut names = Vec::new();
                for (index, etag) in etags.iter().enumerate() {
                    put = put.expression_attribute_values(format!(":e{index}"), AttributeValue::S(etag.clone()));
                    names.push(format!(":e{index}"));
                }
                let fits_default = default_etag.is_some_and(|default| etags.iter().any(|etag| etag == default));
                let missing = if fits_default { "attribute_not_exists(pk) OR " } else { "" };
                put = put.condition_expression(format!("{missing}{ETAG} IN ({})", names.join(", ")));
            }
        }
        let put = put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match put.send().await {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                let there = match error.into_err() {
                    PutItemError::ConditionalCheckFailedException(unmet) => unmet.item,
                    // The guard has just named the variant.
                    _ => None,
                };
                Ok(there.is_some_and(|there| tag(&there) == Some(etag)))
            }
            Err(error) => Err(TableError::of("PutItem", error)),
        }
    }

    /// One item: one `GetItem`.
    pub(crate) async fn get(&self, key: keys::Key) -> Result<Option<Item>, TableError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| TableError::of("GetItem", error))?;
        Ok(found.item)
    }
}
