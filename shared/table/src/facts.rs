//! Facts of an invoice within an item.

use domain::facts::{Facts, RawFacts};
use serde::{Deserialize, Serialize};

use crate::TableError;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FactsItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    balance: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl From<&Facts> for FactsItem {
    fn from(facts: &Facts) -> Self {
        Self {
            number: facts.number.clone(),
            client: facts.client.as_ref().map(ToString::to_string),
            client_name: facts.client_name.clone(),
            currency: facts.currency.map(|currency| currency.code().to_owned()),
            amount: facts.amount.map(|money| money.amount().to_string()),
            balance: facts.balance.map(|money| money.amount().to_string()),
            due_on: facts.due_on.map(|date| date.to_string()),
            url: facts.url.as_ref().map(|url| url.as_str().to_owned()),
        }
    }
}

impl FactsItem {
    /// The facts, as they were stored.
    pub(crate) fn read(&self) -> Result<Facts, TableError> {
        Facts::parse(&RawFacts {
            number: self.number.as_deref(),
            client: self.client.as_deref(),
            client_name: self.client_name.as_deref(),
            currency: self.currency.as_deref(),
            amount: self.amount.as_deref(),
            balance: self.balance.as_deref(),
            due_on: self.due_on.as_deref(),
            url: self.url.as_deref(),
        })
        .map_err(|error| TableError::item(format!("the stored fact {} cannot be read", error.field())))
    }
}
