//! The work queue: who needs something done, why and since when, and the action on the row.

mod acting;
mod looks;
mod refreshing;
mod rows;
mod tokens;
mod troubles;

use serde_json::{Value, json};
use tests::browser::{Browser, Locator, Page};
use tests::{Firm, System};

use super::clock;

/// After which the queue looks whether something is new.
const LOOKS_AFTER_MS: u32 = 8_000;

/// Asks for rows; the other requests only for their number.
const ROWS: &str = "/v1/attention?";
/// Asks for the number of rows.
const SUMMARY: &str = "/v1/attention/summary";

/// The invoices of the rows that are shown.
const INVOICES: &str = "tr[data-key] .link";

/// What is shown at first, and more of on demand.
const PAGE_ROWS: usize = 50;

/// The queue's page.
async fn open(browser: &Browser, system: &System) -> Page {
    browser.page(&url(system)).await
}

/// The queue's page, on which no time passes.
async fn open_stopped(browser: &Browser, system: &System) -> Page {
    clock::stopped(browser.page("about:blank"), &url(system)).await
}

fn url(system: &System) -> String {
    format!("{}/?view=attention", system.url())
}

/// The rows that are shown: not the head, and no row that stands for others while they are loaded.
fn rows(page: &Page) -> Locator<'_> {
    page.css("tr[data-key]")
}

/// Waits until exactly these invoices are shown, oldest first.
async fn shows(page: &Page, invoices: &[&str]) {
    rows(page).until_count(invoices.len()).await;
    let shown = page.css(INVOICES).texts().await;
    assert_eq!(shown, invoices);
}

/// Sends an invoice to an address, and waits until the queue has it and counts it.
async fn fails(firm: &Firm, invoice: &str, address: &str) -> Value {
    firm.send_to(invoice, address).await;
    let rows = firm
        .attention_when(&format!("invoice {invoice}"), |rows| rows.iter().any(|row| row["invoice"] == invoice))
        .await;
    firm.attention_counted().await;
    rows.into_iter().find(|row| row["invoice"] == invoice).unwrap()
}

/// Fills the first page of the queue with invoice 1, and so much of the next one with invoice 2.
async fn fill_pages(system: &System, further: usize) {
    let firm = system.firm("demo");
    for (invoice, count) in [("1", PAGE_ROWS), ("2", further)] {
        let to: Vec<_> =
            (0..count).map(|number| format!("bounce+{number}i{invoice}@simulator.amazonses.com")).collect();
        firm.send(invoice, json!({ "to": to, "subject": format!("Invoice {invoice}") })).await;
        // Asking while so much is under way would only slow it down.
        system.settled().await;
    }
    let rows = PAGE_ROWS + further;
    firm.attention_when(&format!("{rows} rows"), |known| known.len() == rows).await;
    firm.attention_counted().await;
}
