//! The body of a send: what all its recipients share, in an item of its own.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::address::Mailbox;
use domain::ids::{Firm, Invoice, SendId};
use domain::message::{Body, Look};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use crate::client::read_mailboxes;
use crate::facts::FactsItem;
use crate::item::{Item, parsed};
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
    #[serde(flatten)]
    facts: FactsItem,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    brand_color: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    shows_balance: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
}

pub(crate) fn new_body(firm: &Firm, invoice: &Invoice, send: SendId, body: &Body) -> Result<Item, TableError> {
    let texts = |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::to_string).collect();
    let item = BodyItem {
        subject: body.subject.clone(),
        firm_name: body.firm_name.clone(),
        to: texts(&body.to),
        cc: texts(&body.cc),
        message: body.message.clone(),
        html: body.html.clone(),
        text: body.text.clone(),
        facts: FactsItem::from(&body.facts),
        from_name: body.look.from_name.as_ref().map(|name| name.as_str().to_owned()),
        reply_to: body.look.reply_to.as_ref().map(ToString::to_string),
        brand_color: body.look.brand_color.map(|color| color.to_string()),
        shows_balance: body.look.shows_balance,
        locale: Some(body.look.locale.to_string()),
    };
    let mut item: Item = to_item(item).map_err(|error| TableError::item(error.to_string()))?;
    item.extend(keys::body(firm, invoice, send));
    Ok(item)
}

pub(crate) fn read_body(mut item: Item) -> Result<Body, TableError> {
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    let stored: BodyItem = from_item(item).map_err(|_| TableError::item("a body's attributes cannot be read"))?;
    Ok(Body {
        to: read_mailboxes(&stored.to)?,
        cc: read_mailboxes(&stored.cc)?,
        subject: stored.subject,
        firm_name: stored.firm_name,
        message: stored.message,
        html: stored.html,
        text: stored.text,
        facts: stored.facts.read()?,
        look: Look {
            from_name: parsed(stored.from_name.as_deref(), "from_name")?,
            reply_to: parsed(stored.reply_to.as_deref(), "reply_to")?,
            brand_color: parsed(stored.brand_color.as_deref(), "brand_color")?,
            shows_balance: stored.shows_balance,
            locale: parsed(stored.locale.as_deref(), "locale")?.unwrap_or_default(),
        },
    })
}

impl Table {
    /// The content of a send: one `GetItem`. `None` if there is no such send.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn body(&self, firm: &Firm, invoice: &Invoice, send: SendId) -> Result<Option<Body>, TableError> {
        // The stream brings a send within milliseconds of its writing.
        self.get(keys::body(firm, invoice, send)).await?.map(read_body).transpose()
    }
}
