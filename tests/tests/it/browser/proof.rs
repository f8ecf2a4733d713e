//! The proof's page in a browser: it fits, everybody can read it, and its own policy lets its style through.

use serde_json::json;
use tests::browser::Browser;
use tests::{System, api};

use super::layout;

/// A telephone of the smallest kind, and a desktop.
const WIDTHS: [u32; 2] = [320, 1280];

#[tokio::test]
async fn the_page_fits_and_is_accessible() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    // Whom a browser without a token belongs to.
    let firm = system.firm("demo");
    let facts = json!({ "number": "1042", "url": "https://portal.example.com/i/1042" });
    let long = format!("{}@{}.example.com", "a".repeat(60), "b".repeat(60));
    let body = json!({ "to": ["Ann <ann@example.com>", long], "bcc": "bounce@simulator.amazonses.com", "subject": "Proved", "facts": facts });
    let send = api::id(&firm.send("1042", body).await);
    firm.history_with("1042", "processed").await;
    let mail = system.mail("Proved", "ann@example.com").await;
    system.as_agent("Mozilla/5.0", &mail.pixel()).await;
    system.as_browser(&mail.link()).await;
    system.settled().await;

    let page = browser.page(&format!("{}/v1/invoices/1042/emails/{send}/proof", system.url())).await;
    page.role("heading", "Record of an invoice e-mail").appears().await;
    page.css("main").shows("A machine loaded the e-mail's image").await;
    layout::fits(&page, &WIDTHS).await;
    layout::is_accessible(&page, &WIDTHS).await;
    page.screenshots("proof").await;
    page.finish().await;
}
