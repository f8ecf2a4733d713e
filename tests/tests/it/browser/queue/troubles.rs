//! What the queue does when it cannot be asked.

use tests::System;
use tests::browser::{Browser, Kind, Network, Page, Reply};

use super::super::{clock, focus};
use super::{LOOKS_AFTER_MS, PAGE_ROWS, fails, fill_pages, open_stopped, rows, shows};

/// Longer than all that is waited between the attempts of one request.
const ATTEMPTS_MS: u32 = 7_000;

/// Lets the page give up what fails.
async fn give_up(page: &Page, sentence: &str) {
    tests::until(sentence, async || {
        clock::pass(page, ATTEMPTS_MS).await;
        let shown = page.css("main").text().await;
        if shown.contains(sentence) { Ok(()) } else { Err(shown) }
    })
    .await;
}

#[tokio::test]
async fn each_trouble_has_a_sentence_and_trying_again_a_result() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    let cases = [
        (Reply::problem(503, "Too busy."), "The service cannot answer at the moment. Try again. Too busy.", ": 503"),
        (Reply::status(500).body("<h1>Oops</h1>"), "The service cannot answer at the moment. Try again.", ": 500"),
        (Reply::problem(403, "Not yours."), "You are not allowed to do this. Not yours.", ": 403"),
        (
            Reply::problem(429, "Slowly.").header("retry-after", "2"),
            "Too many requests at once. Wait a moment, then try again.",
            ": 429",
        ),
        (
            Reply::lost(),
            "There is no connection to the service. Check the network, then try again.",
            "ERR_CONNECTION_CLOSED",
        ),
        (Reply::half("{ \"rows\": ["), "The answer broke off on its way. Try again.", "ERR_CONTENT_LENGTH_MISMATCH"),
    ];
    for (reply, sentence, part) in cases {
        let page = open_stopped(&browser, &system).await;
        shows(&page, &["1"]).await;
        page.expect(Kind::Request, part);
        page.intercept("/v1/attention", reply).await;
        page.reload().await;
        give_up(&page, sentence).await;
        page.any("alert").shows(sentence).await;
        page.any("table").until_count(0).await;
        page.stop_intercepting().await;
        page.role("button", "Try again").press("Enter").await;
        shows(&page, &["1"]).await;
        page.any("alert").until_count(0).await;
        focus::is_on(&page, "heading", "Work queue").await;
        page.finish().await;
    }
}

#[tokio::test]
async fn a_queue_that_was_shown_stays_while_there_is_no_network() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["1"]).await;
    page.expect(Kind::Request, "ERR_INTERNET_DISCONNECTED");
    page.change(|view| view.network = Network::Offline).await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    give_up(&page, "There is no connection to the service.").await;
    shows(&page, &["1"]).await;
    fails(&firm, "2", "bounce+2@simulator.amazonses.com").await;
    page.change(|view| view.network = Network::Fast).await;
    // It finds out by itself.
    clock::pass(&page, 60_000).await;
    shows(&page, &["1", "2"]).await;
    page.any("alert").until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn trying_again_keeps_what_is_shown() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["1"]).await;
    page.expect(Kind::Request, ": 503");
    page.intercept("/v1/attention", Reply::problem(503, "Too busy.")).await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    give_up(&page, "Too busy.").await;
    page.intercept("/v1/attention", Reply::never()).await;
    page.role("button", "Try again").press("Enter").await;
    focus::is_on(&page, "heading", "Work queue").await;
    rows(&page).until_count(1).await;
    page.finish().await;
}

#[tokio::test]
async fn a_page_that_cannot_be_had_can_be_asked_for_again() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    fill_pages(&system, 1).await;
    let page = open_stopped(&browser, &system).await;
    rows(&page).until_count(PAGE_ROWS).await;
    page.expect(Kind::Request, ": 503");
    page.intercept("cursor=", Reply::problem(503, "Too busy.")).await;
    page.role("button", "Show more").press("Enter").await;
    give_up(&page, "Too busy.").await;
    rows(&page).until_count(PAGE_ROWS).await;
    // It goes away, and the focus does not, though it fails once more.
    page.role("button", "Try again").press("Enter").await;
    focus::is_on(&page, "button", "Loading…").await;
    give_up(&page, "Too busy.").await;
    focus::is_on(&page, "button", "Show more").await;
    page.stop_intercepting().await;
    page.role("button", "Try again").press("Enter").await;
    rows(&page).until_count(PAGE_ROWS + 1).await;
    page.any("alert").until_count(0).await;
    focus::is_on(&page, "button", "Correct the address: bounce+0i2@").await;
    page.finish().await;
}
