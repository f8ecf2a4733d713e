//! Conditional updates: building one, and what becomes of it.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use domain::fold::Rare;
use domain::ids::RecipientKey;
use jiff::Timestamp;

use crate::{Table, TableError, item, keys};

/// How long to wait, each time, for a transaction that is at the same item: a transaction takes some ten milliseconds,
/// and a reader waits for two seconds at most.
const CONFLICT_PAUSES_MS: [u64; 4] = [20, 40, 80, 160];

/// An update under construction: DynamoDB wants names and values apart from the expression.
#[derive(Debug, Default)]
pub(crate) struct Update {
    set: Vec<String>,
    remove: Vec<String>,
    add: Vec<String>,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

impl Update {
    /// A placeholder for a name.
    pub(crate) fn name(&mut self, name: &str) -> String {
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), name.to_owned());
        placeholder
    }

    /// A placeholder for a value.
    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(crate) fn set(&mut self, name: &str, value: AttributeValue) {
        let (name, value) = (self.name(name), self.value(value));
        self.set.push(format!("{name} = {value}"));
    }

    pub(crate) fn set_if_missing(&mut self, name: &str, value: AttributeValue) {
        let (name, value) = (self.name(name), self.value(value));
        self.set.push(format!("{name} = if_not_exists({name}, {value})"));
    }

    pub(crate) fn set_expression(&mut self, expression: String) {
        self.set.push(expression);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        let name = self.name(name);
        self.remove.push(name);
    }

    pub(crate) fn remove_expression(&mut self, expression: String) {
        self.remove.push(expression);
    }

    pub(crate) fn add(&mut self, name: &str, number: u64) {
        let (name, value) = (self.name(name), self.value(AttributeValue::N(number.to_string())));
        self.add.push(format!("{name} {value}"));
    }

    pub(crate) fn add_expression(&mut self, expression: String) {
        self.add.push(expression);
    }

    /// Sets or removes the keys of the attention index.
    pub(crate) fn attention(&mut self, key: &RecipientKey, since: Option<Timestamp>) {
        match since {
            Some(since) => {
                let sk = keys::attention_sk(since, key.send, key.position);
                self.set("attention_pk", AttributeValue::S(keys::attention_pk(&key.firm)));
                self.set("attention_sk", AttributeValue::S(sk));
            }
            None => {
                self.remove("attention_pk");
                self.remove("attention_sk");
            }
        }
    }

    /// Sets the keys of the attention index, unless the recipient stands in it already.
    pub(crate) fn attention_if_missing(&mut self, key: &RecipientKey, since: Timestamp) {
        let sk = keys::attention_sk(since, key.send, key.position);
        self.set_if_missing("attention_pk", AttributeValue::S(keys::attention_pk(&key.firm)));
        self.set_if_missing("attention_sk", AttributeValue::S(sk));
    }

    /// Sets or removes the key of the index of rare statuses; its other key is that of the report.
    pub(crate) fn rare(&mut self, key: &RecipientKey, rare: Option<Rare>) {
        match rare {
            Some(rare) => self.set("rare_pk", AttributeValue::S(keys::rare_pk(&key.firm, rare))),
            None => self.remove("rare_pk"),
        }
    }

    /// Sets or removes the keys of the `due` index.
    pub(crate) fn due(&mut self, key: &RecipientKey, at: Option<Timestamp>) {
        match at {
            Some(at) => {
                self.set("due_pk", AttributeValue::S(keys::due_pk(key.send)));
                self.set("due_at", AttributeValue::N(at.as_millisecond().to_string()));
            }
            None => {
                self.remove("due_pk");
                self.remove("due_at");
            }
        }
    }

    /// The same as a part of a transaction.
    pub(crate) fn in_transaction(
        self,
        table_name: &str,
        key: keys::Key,
        condition: impl Into<Option<String>>,
    ) -> Result<aws_sdk_dynamodb::types::Update, TableError> {
        aws_sdk_dynamodb::types::Update::builder()
            .table_name(table_name)
            .set_key(Some(key))
            .update_expression(self.expression())
            .set_condition_expression(condition.into())
            .set_expression_attribute_names(Some(self.names).filter(|names| !names.is_empty()))
            .set_expression_attribute_values(Some(self.values).filter(|values| !values.is_empty()))
            .build()
            .map_err(|error| TableError::item(error.to_string()))
    }

    /// Whether it would change nothing.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.set, &self.remove, &self.add].iter().all(|parts| parts.is_empty())
    }

    fn expression(&self) -> String {
        [("SET", &self.set), ("REMOVE", &self.remove), ("ADD", &self.add)]
            .into_iter()
            .filter(|(_, parts)| !parts.is_empty())
            .map(|(verb, parts)| format!("{verb} {}", parts.join(", ")))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What became of a conditional update.
#[derive(Debug)]
pub(crate) enum Updated {
    /// Done; the whole item after it, if it was asked for.
    Done(item::Item),
    /// The condition did not hold; the item as it is, or nothing if there is none.
    Unmet(Option<item::Item>),
}

impl Table {
    /// One `UpdateItem` on a recipient with a condition.
    pub(crate) async fn update(
        &self,
        key: &RecipientKey,
        update: Update,
        condition: &str,
        returned: ReturnValue,
    ) -> Result<Updated, TableError> {
        self.update_item(keys::recipient(key), update, condition, returned).await
    }

    /// One `UpdateItem` on any item with a condition; repeated if a transaction is at the item, of which the SDK makes an
    /// error: a reader's fetch must not be lost to a request to send again.
    pub(crate) async fn update_item(
        &self,
        key: keys::Key,
        update: Update,
        condition: &str,
        returned: ReturnValue,
    ) -> Result<Updated, TableError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(update.expression())
            .condition_expression(condition)
            .set_expression_attribute_names(Some(update.names).filter(|names| !names.is_empty()))
            .set_expression_attribute_values(Some(update.values).filter(|values| !values.is_empty()))
            .return_values(returned)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut result = request.clone().send().await;
        for pause_ms in CONFLICT_PAUSES_MS {
            let is_conflict = |error: &UpdateItemError| error.is_transaction_conflict_exception();
            if !result.as_ref().is_err_and(|error| error.as_service_error().is_some_and(is_conflict)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            result = request.clone().send().await;
        }
        match result {
            Ok(output) => Ok(Updated::Done(output.attributes.unwrap_or_default())),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => {
                match error.into_err() {
                    UpdateItemError::ConditionalCheckFailedException(unmet) => Ok(Updated::Unmet(unmet.item)),
                    // The guard has just named the variant.
                    _ => Ok(Updated::Unmet(None)),
                }
            }
            Err(error) => Err(TableError::of("UpdateItem", error)),
        }
    }
}
