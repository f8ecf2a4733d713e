//! What a client sees of an invoice, and the proof that somebody used it.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use domain::ids::RecipientKey;
use domain::invoice::StoredInvoice;
use domain::recipient::Recipient;
use domain::settings::Settings;
use domain::time::to_millisecond;
use jiff::Timestamp;

use crate::update::{Update, Updated};
use crate::{Body, Table, TableError, body, invoice, item, keys, settings};

/// The most actions of a recipient that are kept: one proves as much as a hundred.
const MAX_ACTIONS: usize = 100;

/// All that the page of an e-mail's recipient is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct PageContent {
    /// Whose copy of the e-mail led here.
    pub recipient: Recipient,
    /// What the e-mail said.
    pub body: Body,
    /// What the portal has told of the invoice since.
    pub stored: Option<StoredInvoice>,
    /// The firm's settings.
    pub settings: Settings,
}

impl Table {
    /// What the page of a recipient is made of; `None` if there is no such recipient. One `BatchGetItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn page(&self, key: &RecipientKey) -> Result<Option<PageContent>, TableError> {
        let RecipientKey { firm, invoice, send, .. } = key;
        let body_key = keys::body(firm, invoice, *send);
        let body_sk = body_key.get("sk").cloned();
        let wanted = vec![keys::recipient(key), body_key, keys::settings(firm), keys::invoice(firm, invoice)];
        let settings_pk = AttributeValue::S(keys::settings_pk(firm));
        let invoice_sk = AttributeValue::S(keys::INVOICE_SK.to_owned());
        let (mut recipient, mut body, mut stored, mut settings) = (None, None, None, Settings::default());
        for item in self.batch_get(wanted).await? {
            if item.get("pk") == Some(&settings_pk) {
                settings = settings::read_settings(item)?;
            } else if item.get("sk") == Some(&invoice_sk) {
                stored = Some(invoice::read_invoice(item)?);
            } else if item.get("sk") == body_sk.as_ref() {
                body = Some(body::read_body(item)?);
            } else {
                recipient = Some(item::recipient(item)?);
            }
        }
        let whole = recipient.zip(body);
        Ok(whole.map(|(recipient, body)| PageContent { recipient, body, stored, settings }))
    }

    /// Records that somebody did something on the page, which no machine does; `false` if there is no such recipient.
    /// One `UpdateItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn confirm(&self, key: &RecipientKey, at: Timestamp) -> Result<bool, TableError> {
        let mut update = Update::default();
        let actions = update.name("portal_actions");
        let at = to_millisecond(at).as_millisecond().to_string();
        let at = update.value(AttributeValue::Ns(vec![at]));
        update.add_expression(format!("{actions} {at}"));
        let most = update.value(AttributeValue::N(MAX_ACTIONS.to_string()));
        let condition =
            format!("attribute_exists(pk) AND (attribute_not_exists({actions}) OR size({actions}) < {most})");
        Ok(match self.update(key, update, &condition, ReturnValue::None).await? {
            Updated::Done(_) | Updated::Unmet(Some(_)) => true,
            Updated::Unmet(None) => false,
        })
    }
}
