//! Who writes an e-mail: the send dialog of an invoice, from its addresses to what became of it.

mod addresses;
mod checking;
mod field;
mod following;
mod hiding;
mod leaving;
mod looks;
mod meanwhile;
mod once;
mod refused;

use serde_json::Value;
use tests::System;
use tests::browser::{Browser, Locator, Page};

/// The invoice that is written about.
const INVOICE: &str = "1042";
const SUBJECT: &str = "Your invoice";
/// What the API is asked with to send, and to preview.
const EMAILS: &str = "/v1/invoices/1042/emails";
const PREVIEW: &str = "/v1/invoices/1042/emails/preview";

/// The page of the invoice, with the dialog open.
async fn open(browser: &Browser, system: &System) -> Page {
    let page = browser.page(&format!("{}/?view=invoice&invoice={INVOICE}", system.url())).await;
    page.shown("This invoice was never e-mailed.").appears().await;
    page.role("button", "Send an e-mail").click().await;
    dialog(&page).appears().await;
    page
}

fn dialog(page: &Page) -> Locator<'_> {
    page.role("dialog", "Send invoice 1042 by e-mail")
}

/// A field of the form by its label.
fn field<'page>(page: &'page Page, label: &str) -> Locator<'page> {
    page.role("textbox", label)
}

/// The chips of an address field: `to`, `cc` or `bcc`.
fn chips<'page>(page: &'page Page, kind: &str) -> Locator<'page> {
    page.css(".chip").inside(&page.css(&format!("#{kind}")))
}

/// Waits until the chips of a field read so.
async fn chips_read(page: &Page, kind: &str, wanted: &[&str]) {
    chips(page, kind).until_count(wanted.len()).await;
    assert_eq!(chips(page, kind).texts().await, wanted);
}

/// Writes to these people, with a subject.
async fn write(page: &Page, to: &str) {
    field(page, "To").type_text(to).await;
    field(page, "Subject").type_text(SUBJECT).await;
}

/// Goes on to the preview.
async fn check(page: &Page) {
    page.role("button", "Check and preview").click().await;
    page.role("heading", "Check the e-mail").appears().await;
}

/// What became of it, once it is sent.
fn communications(page: &Page) -> Locator<'_> {
    page.css("invoice-communications").inside(&page.css("invoice-email-send"))
}

/// The frame that shows the mail.
fn mail(page: &Page) -> Locator<'_> {
    page.css("iframe")
}

/// What was asked of the API with POST at this very path: bodies and keys, oldest first.
fn posted(page: &Page, path: &str) -> Vec<(Value, String)> {
    let requests = page.requests(path).into_iter();
    let meant = requests.filter(|request| request.method == "POST" && request.url.ends_with(path));
    meant
        .map(|request| {
            let key = request.headers.get("idempotency-key").cloned().unwrap_or_default();
            (serde_json::from_str(&request.body).unwrap(), key)
        })
        .collect()
}
