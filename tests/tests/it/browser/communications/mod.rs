//! The communications view: all e-mails of an invoice, and what became of each recipient's copy, as it happens.

mod chain;
mod judging;
mod live;
mod older;
mod proving;
mod showing;
mod troubles;

use serde_json::{Value, json};
use tests::browser::{Browser, Locator, Page};
use tests::{Firm, Mail, System};

use super::clock;

/// The invoice that journeys look at.
pub(super) const INVOICE: &str = "1042";

/// The firm whom the page shows without a token.
pub(super) fn firm_of(system: &System) -> Firm {
    system.firm("demo")
}

/// The page of the product itself with all e-mails of the invoice.
pub(super) fn url(system: &System) -> String {
    format!("{}/?view=invoice&invoice={INVOICE}", system.url())
}

/// The page, on which no time passes, so that it shows what there was when it was opened.
pub(super) async fn open_stopped(browser: &Browser, system: &System) -> Page {
    clock::stopped(browser.page("about:blank"), &url(system)).await
}

/// The recipient of one of the sends that are shown, by the address.
pub(super) fn person<'page>(page: &'page Page, address: &str) -> Locator<'page> {
    page.css("li.recipient").containing(address)
}

/// What the page has asked of the invoice's history.
fn asked(page: &Page) -> usize {
    page.requests(&format!("/v1/invoices/{INVOICE}/emails")).len()
}

/// One e-mail to Ann and others, delivered; Ann's copy.
async fn delivered(system: &System, body: Value) -> (Firm, Mail) {
    let firm = firm_of(system);
    let mut whole = json!({ "to": "Ann Lee <ann@example.com>", "subject": "Invoice 1042" });
    whole.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
    firm.send(INVOICE, whole).await;
    firm.history_with(INVOICE, "delivered").await;
    (firm, system.mail("Invoice 1042", "ann@example.com").await)
}
