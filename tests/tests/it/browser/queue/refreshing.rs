//! The queue follows what happens, and the page around it is told how much there is.

use serde_json::{Value, json};
use tests::System;
use tests::browser::Browser;

use super::super::{clock, focus};
use super::{LOOKS_AFTER_MS, fails, open_stopped, shows};

const LISTEN: &str = "globalThis.heard = []; document.addEventListener('invoice-email:attention-count', (event) =>
    heard.push([event.target.hasAttribute('badge'), event.detail]))";

/// What the page was told: whether by the badge or by the queue itself, and how many.
async fn heard(page: &tests::browser::Page) -> Value {
    let mut all = page.evaluate("heard.splice(0)").await;
    all.as_array_mut().unwrap().sort_by_key(|one| one.to_string());
    all
}

#[tokio::test]
async fn a_new_bounce_appears_by_itself_and_the_page_hears_of_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let page = open_stopped(&browser, &system).await;
    page.evaluate(LISTEN).await;
    page.shown("Nothing needs you.").appears().await;
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    heard(&page).await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    shows(&page, &["1"]).await;
    page.css("#badge").shows("1").await;
    let one = json!({ "count": 1, "more": false });
    assert_eq!(heard(&page).await, json!([[false, one], [true, one]]));

    fails(&firm, "2", "bounce+2@simulator.amazonses.com").await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    shows(&page, &["1", "2"]).await;
    page.css("#badge").shows("2").await;
    let two = json!({ "count": 2, "more": false });
    assert_eq!(heard(&page).await, json!([[false, two], [true, two]]));

    // Nothing new: nobody is told anything, and it looks less often.
    clock::pass(&page, LOOKS_AFTER_MS).await;
    assert_eq!(heard(&page).await, json!([]));
    let asked = page.requests("/v1/attention").len();
    clock::pass(&page, LOOKS_AFTER_MS).await;
    assert_eq!(page.requests("/v1/attention").len(), asked, "the next look comes later");
    page.finish().await;
}

#[tokio::test]
async fn nobody_asks_in_a_hidden_tab_and_coming_back_asks_at_once() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let page = open_stopped(&browser, &system).await;
    page.shown("Nothing needs you.").appears().await;
    page.requests_when("/v1/attention", 2).await;
    page.hide().await;
    page.until("it is hidden", "document.hidden").await;
    clock::pass(&page, 20 * LOOKS_AFTER_MS).await;
    assert_eq!(page.requests("/v1/attention").len(), 2);
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    page.unhide().await;
    shows(&page, &["1"]).await;
    page.finish().await;
}

#[tokio::test]
async fn a_row_that_changes_keeps_the_focus_and_its_place() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    for (invoice, label) in [("1", "a"), ("2", "b"), ("3", "c")] {
        fails(&firm, invoice, &format!("bounce+{label}@simulator.amazonses.com")).await;
    }
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["1", "2", "3"]).await;
    page.role("button", "Show e-mails of invoice 3").focus().await;
    fails(&firm, "4", "bounce+d@simulator.amazonses.com").await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    shows(&page, &["1", "2", "3", "4"]).await;
    focus::is_on(&page, "button", "Show e-mails of invoice 3").await;
    page.finish().await;
}
