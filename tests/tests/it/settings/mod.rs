//! `/v1/settings`: what a firm sets up, what it cannot set up, and what comes of it in mails and reports.

mod days;
mod doors;
mod mails;
mod refused;
mod spent;
mod tags;
mod whole;

use serde_json::{Value, json};
use tests::Firm;

const PATH: &str = "/v1/settings";

/// What a firm has that has set up nothing.
fn defaults() -> Value {
    json!({
        "firm_name": null, "from_name": null, "reply_to": null, "timezone": "UTC", "locale": "en-GB",
        "display_balances": false, "allow_account_history": false, "send_automatic_invoice_emails": false, "open_tracking": "individual",
        "retention_days": null, "payment_url": null, "brand_color": null,
    })
}

/// Everything set up, and nothing of it as by default.
fn all_set() -> Value {
    json!({
        "firm_name": "Doe & Söhne", "from_name": "Doe Billing", "reply_to": "\"Doe, Jane\" <jane@doe.example>",
        "timezone": "Pacific/Kiritimati", "locale": "de-DE", "display_balances": true, "allow_account_history": true,
        "send_automatic_invoice_emails": true, "open_tracking": "off", "retention_days": 90,
        "payment_url": "https://pay.doe.example/i/{invoice}?from=mail", "brand_color": "#1f5fbf",
    })
}

/// Sets a firm up.
async fn set_up(firm: &Firm, settings: &Value) {
    firm.put(PATH, settings).await.expect(200);
}
