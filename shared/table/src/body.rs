//! The body of a send: what all its recipients share, in an item of its own.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::address::Mailbox;
use domain::facts::{Facts, RawFacts};
use domain::ids::{Firm, Invoice, SendId};
use domain::message::Body;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::item::Item;
use crate::{Table, TableError, keys};

#[derive(Debug, Serialize, Deserialize)]
struct BodyItem {
    subject: String,
    firm_name: String,
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    cc: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
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

pub(crate) fn new_body(firm: &Firm, invoice: &Invoice, send: SendId, body: &Body) -> Result<Item, TableError> {
    let facts = &body.facts;
    let texts = |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::to_string).collect();
    let item = BodyItem {
        subject: body.subject.clone(),
        firm_name: body.firm_name.clone(),
        to: texts(&body.to),
        cc: texts(&body.cc),
        message: body.message.clone(),
        html: body.html.clone(),
        text: body.text.clone(),
        number: facts.number.clone(),
        client: facts.client.as_ref().map(ToString::to_string),
        client_name: facts.client_name.clone(),
        currency: facts.currency.map(|currency| currency.code().to_owned()),
        amount: facts.amount.map(|money| money.amount().to_string()),
        balance: facts.balance.map(|money| money.amount().to_string()),
        due_on: facts.due_on.map(|date| date.to_string()),
        url: facts.url.as_ref().map(|url| url.as_str().to_owned()),
    };
    let mut item: Item = to_item(item).map_err(|error| TableError::item(error.to_string()))?;
    item.extend(keys::body(firm, invoice, send));
    Ok(item)
}

fn read_body(mut item: Item) -> Result<Body, TableError> {
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    let stored: BodyItem = from_item(item).map_err(|_| TableError::item("a body's attributes cannot be read"))?;
    let mailboxes = |texts: &[String]| -> Result<Vec<Mailbox>, TableError> {
        let parsed = texts.iter().map(|text| text.parse::<Mailbox>());
        parsed.collect::<Result<_, _>>().map_err(|_| TableError::item("an address of a body cannot be read"))
    };
    let facts = Facts::parse(&RawFacts {
        number: stored.number.as_deref(),
        client: stored.client.as_deref(),
        client_name: stored.client_name.as_deref(),
        currency: stored.currency.as_deref(),
        amount: stored.amount.as_deref(),
        balance: stored.balance.as_deref(),
        due_on: stored.due_on.as_deref(),
        url: stored.url.as_deref(),
    })
    .map_err(|error| TableError::item(format!("the fact {} of a body cannot be read", error.field())))?;
    Ok(Body {
        to: mailboxes(&stored.to)?,
        cc: mailboxes(&stored.cc)?,
        subject: stored.subject,
        firm_name: stored.firm_name,
        message: stored.message,
        html: stored.html,
        text: stored.text,
        facts,
    })
}

impl Table {
    /// The content of a send: one `GetItem`. `None` if there is no such send.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn body(&self, firm: &Firm, invoice: &Invoice, send: SendId) -> Result<Option<Body>, TableError> {
        let found = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(keys::body(firm, invoice, send)))
            // The stream brings a send within milliseconds of its writing.
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| TableError::of("GetItem", error))?;
        found.item.map(read_body).transpose()
    }
}
