//! What was sent again: told at both ends, each of which leads to the other.

use serde_json::json;
use tests::browser::{Browser, Page};
use tests::{System, api};

use super::{INVOICE, firm_of, open_stopped, person};
use crate::browser::layout;

const BOUNCES: &str = "bounce@simulator.amazonses.com";

/// The send in which the keyboard is.
async fn is_in(page: &Page, send: &str) {
    let place = "document.querySelector('invoice-communications').shadowRoot.activeElement?.closest('[data-send]')";
    page.until("the focus is in the send", &format!("{place}?.dataset.send === {send:?}")).await;
}

#[tokio::test]
async fn each_end_names_the_other_and_leads_there() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = firm_of(&system);
    let first = api::id(
        &firm.send(INVOICE, json!({ "to": format!("Bob <{BOUNCES}>; ann@example.com"), "subject": "First" })).await,
    );
    firm.history_when(INVOICE, "a bounce", |history| history["sent_status"] == "rejected").await;
    let body = json!({ "recipient": "to:0", "address": "bob@example.com" });
    let second = api::id(&firm.resend(INVOICE, &first, body).await.expect(202));
    firm.history_with(INVOICE, "delivered").await;
    system.settled().await;

    let page = open_stopped(&browser, &system).await;
    page.css("li.send").until_count(2).await;
    let later = page.css("li.send").nth(0);
    let text = later.shows("Sent again in place of the e-mail of").await;
    assert!(text.contains(&format!("to {BOUNCES}")), "{text}");
    let old = person(&page, "Bob").containing("Rejected");
    let text = old.shows("Sent again on").await;
    assert!(text.contains("to bob@example.com"), "{text}");
    let text = person(&page, "ann@example.com").text().await;
    assert!(!text.contains("Sent again on"), "Ann got it once: {text}");

    page.css(".link button").inside(&later).press("Enter").await;
    is_in(&page, &first).await;
    page.role_with("button", "to bob@example.com").inside(&old).press("Enter").await;
    is_in(&page, &second).await;
    layout::is_accessible(&page, &[360, 1280]).await;
    layout::fits(&page, &layout::WIDTHS).await;
    page.screenshots("communications-chain").await;
    page.finish().await;
}

#[tokio::test]
async fn a_resend_that_failed_too_says_so() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = firm_of(&system);
    let first = api::id(&firm.send(INVOICE, json!({ "to": "mailbox-full@local.test", "subject": "First" })).await);
    firm.history_with(INVOICE, "blocked").await;
    firm.resend(INVOICE, &first, json!({ "recipient": "to:0" })).await.expect(202);
    firm.history_when(INVOICE, "both failed", |history| history.to_string().matches("\"blocked\"").count() == 2).await;
    let page = open_stopped(&browser, &system).await;
    let again = page.css("li.send").nth(0);
    again.shows("Sent again after an earlier failure, and this one failed too.").await;
    again.shows("Call the client").await;
    page.finish().await;
}
