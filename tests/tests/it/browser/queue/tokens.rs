//! Another token, and one that is refused: nobody sees rows of somebody else, and nobody is asked for ever.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind, Page, Reply};

use super::super::clock;
use super::{LOOKS_AFTER_MS, SUMMARY, fails, open_stopped, shows};

const QUEUE: &str = "invoice-email-attention:not([badge])";

/// Gives the queue a token, as a portal does.
async fn use_token(page: &Page, token: &str) {
    page.css(QUEUE).evaluate(&format!("(queue) => {{ queue.token = {token}; }}")).await;
}

#[tokio::test]
async fn rows_that_are_loaded_for_one_firm_never_show_for_another() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let row = fails(&system.firm("demo"), "1", "bounce@simulator.amazonses.com").await;
    fails(&system.firm("roe"), "77", "bounce+roe@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["1"]).await;
    page.intercept(SUMMARY, Reply::json(&json!({ "recipients": 2, "rejected": 2 }))).await;
    page.intercept("/v1/attention?limit=50", Reply::json(&json!({ "rows": [row], "next_cursor": "c" })).times(1)).await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    page.role("button", "Show more").appears().await;
    page.intercept("cursor=", Reply::never()).await;
    page.role("button", "Show more").press("Enter").await;
    page.role("button", "Loading…").appears().await;
    use_token(&page, "'local:roe'").await;
    shows(&page, &["77"]).await;
    page.role("button", "Loading…").until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn a_new_function_is_no_new_token() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    fails(&system.firm("demo"), "1", "bounce@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    use_token(&page, "() => 'local:demo'").await;
    shows(&page, &["1"]).await;
    let asked = page.requests("/v1/attention").len();
    // As a framework gives one at each of its updates.
    use_token(&page, "() => 'local:demo'").await;
    page.drawn().await;
    shows(&page, &["1"]).await;
    assert_eq!(page.requests("/v1/attention").len(), asked);
    page.finish().await;
}

#[tokio::test]
async fn who_is_refused_asks_no_more_until_somebody_does_something_about_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["1"]).await;
    page.css("#badge").shows("1").await;
    page.expect(Kind::Request, ": 403");
    page.intercept("/v1/attention", Reply::problem(403, "Not yours.")).await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    page.any("alert").shows("You are not allowed to do this. Not yours.").await;
    // Once more each, the queue and its badge: for the number, and as it is not to be had for the rows.
    let asked = page.requests_when("/v1/attention", 6).await.len();
    page.drawn().await;
    clock::pass(&page, 60 * LOOKS_AFTER_MS).await;
    assert_eq!(page.requests("/v1/attention").len(), asked);
    page.stop_intercepting().await;
    page.role("button", "Try again").press("Enter").await;
    page.any("alert").until_count(0).await;
    fails(&firm, "2", "bounce+2@simulator.amazonses.com").await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    shows(&page, &["1", "2"]).await;
    page.finish().await;
}
