//! A firm's settings.

use domain::ids::Firm;
use domain::settings::{RetentionDays, Settings};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::etag::{Expected, Tagged, Written, etag_of, tag};
use crate::item::{Item, parsed};
use crate::{Table, TableError, keys};

#[derive(Debug, Serialize, Deserialize)]
struct SettingsItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    firm_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    timezone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    display_balances: bool,
    allow_account_history: bool,
    send_automatic_invoice_emails: bool,
    open_tracking: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retention_days: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    brand_color: Option<String>,
}

impl From<&Settings> for SettingsItem {
    fn from(settings: &Settings) -> Self {
        Self {
            firm_name: settings.firm_name.as_ref().map(|name| name.as_str().to_owned()),
            from_name: settings.from_name.as_ref().map(|name| name.as_str().to_owned()),
            reply_to: settings.reply_to.as_ref().map(ToString::to_string),
            timezone: settings.timezone.name().to_owned(),
            locale: Some(settings.locale.to_string()),
            display_balances: settings.display_balances,
            allow_account_history: settings.allow_account_history,
            send_automatic_invoice_emails: settings.send_automatic_invoice_emails,
            open_tracking: settings.open_tracking.as_str().to_owned(),
            retention_days: settings.retention_days.map(|days| days.get().into()),
            payment_url: settings.payment_url.as_ref().map(|url| url.as_str().to_owned()),
            brand_color: settings.brand_color.map(|color| color.to_string()),
        }
    }
}

/// The settings in an item.
pub(crate) fn read_settings(item: Item) -> Result<Settings, TableError> {
    let stored: SettingsItem = from_item(item).map_err(|_| TableError::item("a firm's settings cannot be read"))?;
    Ok(Settings {
        firm_name: parsed(stored.firm_name.as_deref(), "firm_name")?,
        from_name: parsed(stored.from_name.as_deref(), "from_name")?,
        reply_to: parsed(stored.reply_to.as_deref(), "reply_to")?,
        timezone: parsed(Some(&stored.timezone), "timezone")?.unwrap_or_default(),
        locale: parsed(stored.locale.as_deref(), "locale")?.unwrap_or_default(),
        display_balances: stored.display_balances,
        allow_account_history: stored.allow_account_history,
        send_automatic_invoice_emails: stored.send_automatic_invoice_emails,
        open_tracking: parsed(Some(&stored.open_tracking), "open_tracking")?.unwrap_or_default(),
        retention_days: stored
            .retention_days
            .map(RetentionDays::try_from)
            .transpose()
            .map_err(|_| TableError::item("the attribute retention_days cannot be read"))?,
        payment_url: parsed(stored.payment_url.as_deref(), "payment_url")?,
        brand_color: parsed(stored.brand_color.as_deref(), "brand_color")?,
    })
}

fn tagged(value: Settings) -> Result<Tagged<Settings>, TableError> {
    let etag = etag_of(&SettingsItem::from(&value))?;
    Ok(Tagged { value, etag })
}

impl Table {
    /// The firm's settings; the defaults until it has set up anything. One `GetItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn settings(&self, firm: &Firm) -> Result<Tagged<Settings>, TableError> {
        let Some(item) = self.get(keys::settings(firm)).await? else { return tagged(Settings::default()) };
        let etag = tag(&item).unwrap_or_default().to_owned();
        Ok(Tagged { value: read_settings(item)?, etag })
    }

    /// Puts the firm's settings in place of the expected ones. One `PutItem`; where they name a retention time one
    /// `UpdateItem` after it, so that somebody looks after it.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn put_settings(
        &self,
        firm: &Firm,
        settings: Settings,
        expected: Expected<'_>,
        now: Timestamp,
    ) -> Result<Written<Settings>, TableError> {
        // Settings always are: a firm that has set up nothing has the defaults.
        let expected = match expected {
            Expected::Present => Expected::Anything,
            Expected::Absent => return Ok(Written::Changed),
            other => other,
        };
        let default = tagged(Settings::default())?;
        let new = tagged(settings)?;
        let content = SettingsItem::from(&new.value);
        let is_put = self.put_tagged(keys::settings(firm), &content, &new.etag, expected, Some(&default.etag)).await?;
        // Whoever does not hear that it was put repeats it.
        if is_put && new.value.retention_days.is_some() {
            self.begin_retention(firm, now).await?;
        }
        Ok(if is_put { Written::Done(new) } else { Written::Changed })
    }
}
