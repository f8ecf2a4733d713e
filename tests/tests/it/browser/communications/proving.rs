//! A proof of a send: a page to print, and the same as data.

use std::fs;

use serde_json::{Value, json};
use tests::System;
use tests::browser::{Browser, Kind, Reply};

use super::{INVOICE, delivered, firm_of, open_stopped, person};
use crate::browser::clock::pass;
use crate::browser::{focus, layout};

const PAGE: &str = "Save as a page to print";
const DATA: &str = "Save as data (JSON)";

#[tokio::test]
async fn a_page_and_data_are_saved_with_the_keyboard() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    person(&page, "ann@example.com").appears().await;
    focus::tab_to(&page, "button", "Proof of the e-mail of").await;
    page.press("Enter").await;
    let dialog = page.role("dialog", "Proof of sending");
    dialog.shows("opens and clicks").await;
    focus::is_on(&page, "button", PAGE).await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("communications-proof").await;

    page.press("Enter").await;
    dialog.shows("Saved as invoice-1042-proof.html.").await;
    let html = fs::read_to_string(page.download("invoice-1042-proof.html").await).unwrap();
    assert!(html.contains("ann@example.com") && !html.contains("<script"), "{html}");
    page.role("button", DATA).press("Enter").await;
    dialog.shows("Saved as invoice-1042-proof.json.").await;
    let text = fs::read_to_string(page.download("invoice-1042-proof.json").await).unwrap();
    let data: Value = serde_json::from_str(&text).unwrap();
    assert!(data.to_string().contains("ann@example.com"), "{data:#}");

    page.press("Escape").await;
    dialog.disappears().await;
    focus::is_on(&page, "button", "Proof of the e-mail of").await;
    page.finish().await;
}

#[tokio::test]
async fn a_proof_that_does_not_come_can_be_asked_for_again() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    page.role_with("button", "Proof of the e-mail of").click().await;
    let dialog = page.role("dialog", "Proof of sending");
    page.intercept("/proof", Reply::problem(503, "Later.")).await;
    page.role("button", PAGE).click().await;
    tests::until("it is told", async || {
        pass(&page, 5_000).await;
        let text = dialog.text().await;
        if text.contains("The service cannot answer at the moment.") { Ok(()) } else { Err(text) }
    })
    .await;
    assert_eq!(page.downloads(), Vec::<String>::new());
    page.expect(Kind::Request, ": 503");
    page.stop_intercepting().await;
    page.role("button", "Try again").inside(&dialog).press("Enter").await;
    page.download("invoice-1042-proof.html").await;
    focus::is_on(&page, "button", PAGE).await;
    page.any("alert").until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn what_went_to_nobody_has_no_proof() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = firm_of(&system);
    firm.put("/v1/settings", &json!({ "send_automatic_invoice_emails": true })).await.expect(200);
    firm.put("/v1/clients/c", &json!({ "email": "ann@x.example" })).await.expect(200);
    firm.put(&format!("/v1/invoices/{INVOICE}"), &json!({ "client": "c", "number": INVOICE })).await.expect(200);
    firm.finalize(INVOICE).await.expect(202);
    let page = open_stopped(&browser, &system).await;
    page.css("li.send").shows("Sent to nobody").await;
    assert_eq!(page.role_with("button", "Proof").count().await, 0);
    page.finish().await;
}
