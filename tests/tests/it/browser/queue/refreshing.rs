//! The queue follows what happens, and the page around it is told how much there is.

use serde_json::{Value, json};
use tests::System;
use tests::browser::{Browser, Kind, Page, Reply};

use super::super::{clock, focus};
use super::{INVOICES, LOOKS_AFTER_MS, ROWS, SUMMARY, fails, open_stopped, shows};

/// The longest that it waits from one look to the next.
const LONGEST_WAIT_MS: u32 = 60_000;

const LISTEN: &str = "globalThis.heard = []; document.addEventListener('invoice-email:attention-count', (event) =>
    heard.push([event.target.hasAttribute('badge'), event.detail]))";

/// What the page was told: whether by the badge or by the queue itself, and how many.
async fn heard(page: &Page) -> Value {
    let mut all = page.evaluate("heard.splice(0)").await;
    all.as_array_mut().unwrap().sort_by_key(|one| one.to_string());
    all
}

/// Lets time pass until exactly these invoices are shown. A look that is still under way lets none begin.
async fn shows_in_time(page: &Page, invoices: &[&str]) {
    tests::until(&format!("invoices {invoices:?}"), async || {
        clock::pass(page, LONGEST_WAIT_MS).await;
        let shown = page.css(INVOICES).texts().await;
        if shown == invoices { Ok(()) } else { Err(format!("{shown:?}")) }
    })
    .await;
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
async fn rows_are_asked_for_when_their_number_changes_and_now_and_then_all_the_same() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let row = fails(&system.firm("demo"), "1", "bounce@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["1"]).await;
    page.css("#badge").shows("1").await;
    // One row goes, and another one comes.
    let mut other = row.clone();
    other["invoice"] = json!("2");
    page.intercept(ROWS, Reply::json(&json!({ "rows": [other], "next_cursor": null }))).await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    // The badge's two, and the queue's look.
    page.requests_when(SUMMARY, 3).await;
    page.requests_when(ROWS, 1).await;
    shows(&page, &["1"]).await;
    shows_in_time(&page, &["2"]).await;
    page.requests_when(ROWS, 2).await;

    page.intercept(ROWS, Reply::json(&json!({ "rows": [row, other], "next_cursor": null }))).await;
    page.intercept(SUMMARY, Reply::json(&json!({ "recipients": 2, "rejected": 2 }))).await;
    shows_in_time(&page, &["1", "2"]).await;
    page.requests_when(ROWS, 3).await;
    page.finish().await;
}

#[tokio::test]
async fn an_api_that_does_not_count_rows_is_asked_for_them() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["1"]).await;
    page.css("#badge").shows("1").await;
    page.expect(Kind::Request, ": 404");
    page.intercept(SUMMARY, Reply::problem(404, "There is no such route.")).await;
    page.reload().await;
    shows(&page, &["1"]).await;
    page.css("#badge").shows("1").await;
    fails(&firm, "2", "bounce+2@simulator.amazonses.com").await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    shows(&page, &["1", "2"]).await;
    page.css("#badge").shows("2").await;
    // The badge before and after, and the queue: neither asks again for what is not there.
    page.requests_when(SUMMARY, 3).await;
    clock::pass(&page, LONGEST_WAIT_MS).await;
    page.drawn().await;
    page.requests_when(SUMMARY, 3).await;
    page.any("alert").until_count(0).await;
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
