//! `/v1/settings`: what a firm has set up.

use domain::settings::{BrandColor, HeaderName, PaymentUrl, RetentionDays, Settings as FirmSettings};
use lambda::body::{Reader, object};
use lambda::problem::{FieldError, Problem};
use lambda::{Call, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::Written;

use crate::tags::{Condition, changed, tagged};
use crate::{Settings, keep, table_problem, write_problem};

const FIELDS: [&str; 12] = [
    "firm_name",
    "from_name",
    "reply_to",
    "timezone",
    "locale",
    "display_balances",
    "allow_account_history",
    "send_automatic_invoice_emails",
    "open_tracking",
    "retention_days",
    "payment_url",
    "brand_color",
];

#[derive(Serialize)]
struct Answer<'a> {
    firm_name: Option<&'a str>,
    from_name: Option<&'a str>,
    reply_to: Option<String>,
    timezone: &'a str,
    locale: String,
    display_balances: bool,
    allow_account_history: bool,
    send_automatic_invoice_emails: bool,
    open_tracking: &'static str,
    retention_days: Option<u16>,
    payment_url: Option<&'a str>,
    brand_color: Option<String>,
}

impl<'a> From<&'a FirmSettings> for Answer<'a> {
    fn from(settings: &'a FirmSettings) -> Self {
        Self {
            firm_name: settings.firm_name.as_ref().map(HeaderName::as_str),
            from_name: settings.from_name.as_ref().map(HeaderName::as_str),
            reply_to: settings.reply_to.as_ref().map(ToString::to_string),
            timezone: settings.timezone.name(),
            locale: settings.locale.to_string(),
            display_balances: settings.display_balances,
            allow_account_history: settings.allow_account_history,
            send_automatic_invoice_emails: settings.send_automatic_invoice_emails,
            open_tracking: settings.open_tracking.as_str(),
            retention_days: settings.retention_days.map(RetentionDays::get),
            payment_url: settings.payment_url.as_ref().map(PaymentUrl::as_str),
            brand_color: settings.brand_color.map(|color| BrandColor::to_string(&color)),
        }
    }
}

/// The settings in a request: whole, so that what is missing gets its default.
fn read(request: &Request, errors: &mut Vec<FieldError>) -> Result<FirmSettings, Problem> {
    let object = object(request)?;
    let mut reader = Reader::new(&object, &FIELDS, errors);
    Ok(FirmSettings {
        firm_name: reader.parsed("firm_name"),
        from_name: reader.parsed("from_name"),
        reply_to: reader.parsed("reply_to"),
        timezone: reader.parsed("timezone").unwrap_or_default(),
        locale: reader.parsed("locale").unwrap_or_default(),
        display_balances: reader.flag("display_balances").unwrap_or_default(),
        allow_account_history: reader.flag("allow_account_history").unwrap_or_default(),
        send_automatic_invoice_emails: reader.flag("send_automatic_invoice_emails").unwrap_or_default(),
        open_tracking: reader.parsed("open_tracking").unwrap_or_default(),
        retention_days: reader.whole_number("retention_days"),
        payment_url: reader.parsed("payment_url"),
        brand_color: reader.parsed("brand_color"),
    })
}

impl Settings {
    pub(crate) async fn show_settings(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let found = self.table.settings(&caller.firm).await.map_err(table_problem)?;
        Ok(tagged(StatusCode::OK, &Answer::from(&found.value), &found.etag))
    }

    pub(crate) async fn put_settings(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let mut errors = Vec::new();
        let condition = keep(Condition::of(request), &mut errors);
        let settings = read(request, &mut errors)?;
        let (Some(condition), []) = (condition, errors.as_slice()) else { return Err(Problem::invalid(errors)) };
        let written = self.table.put_settings(&caller.firm, settings, condition.expected(), call.now).await;
        match written.map_err(write_problem)? {
            Written::Done(new) => Ok(tagged(StatusCode::OK, &Answer::from(&new.value), &new.etag)),
            Written::Changed => Err(changed()),
        }
    }
}
