//! Trouble on the first question: a sentence instead of a blank screen, and a way on that works.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind, Network, Page, Reply};
use tests::until;

use super::{INVOICE, delivered, open_stopped, person};
use crate::browser::clock::pass;
use crate::browser::layout;

/// Waits for the sentence; a request that may be repeated is, after pauses.
async fn told(page: &Page, sentence: &str) {
    let notice = page.css(".notice").inside(&page.css("invoice-communications"));
    until(&format!("{sentence:?} is told"), async || {
        pass(page, 3_000).await;
        let seen = notice.texts().await;
        if seen.iter().any(|text| text.contains(sentence)) { Ok(()) } else { Err(format!("{seen:?}")) }
    })
    .await;
}

#[tokio::test]
async fn answers_that_are_none() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    for (reply, sentence, seen) in [
        (Reply::problem(503, "The table is busy."), "The service cannot answer at the moment.", ": 503"),
        (Reply::problem(429, "Slowly.").header("retry-after", "2"), "Too many requests at once.", ": 429"),
        (Reply::problem(401, "Who are you?"), "You are signed out, or your session has ended.", ": 401"),
        (Reply::problem(403, "Not yours."), "You are not allowed to do this. Not yours.", ": 403"),
        (Reply::problem(404, "There is none."), "There is none.", ": 404"),
        (Reply::half("{ \"invoice\": \"1042\", \"sends\": ["), "The answer broke off on its way.", "CONTENT_LENGTH"),
        (Reply::lost(), "There is no connection to the service.", "CONNECTION_CLOSED"),
    ] {
        page.intercept(&format!("/v1/invoices/{INVOICE}/emails"), reply).await;
        page.reload().await;
        told(&page, sentence).await;
        page.problem(Kind::Request, seen).await;
        page.stop_intercepting().await;
        page.role("button", "Try again").click().await;
        person(&page, "ann@example.com").shows("Delivered").await;
    }
    page.finish().await;
}

#[tokio::test]
async fn without_a_network_and_with_one_again() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    person(&page, "ann@example.com").shows("Delivered").await;
    page.change(|view| view.network = Network::Offline).await;
    told(&page, "There is no connection to the service.").await;
    person(&page, "ann@example.com").shows("Delivered").await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("communications-offline").await;
    page.change(|view| view.network = Network::Fast).await;
    page.role("button", "Try again").inside(&page.css("invoice-communications")).click().await;
    page.css(".notice").inside(&page.css("invoice-communications")).disappears().await;
    page.expect(Kind::Request, "ERR_INTERNET_DISCONNECTED");
    page.finish().await;
}

#[tokio::test]
async fn an_answer_that_never_comes_leaves_the_room_and_then_says_so() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    page.intercept(&format!("/v1/invoices/{INVOICE}/emails"), Reply::never()).await;
    page.reload().await;
    page.css("[aria-busy=true]").inside(&page.css("invoice-communications")).shows("Loading…").await;
    layout::is_accessible(&page, &[1280]).await;
    // Whoever does not want to wait asks again.
    page.stop_intercepting().await;
    page.role("button", "Refresh").inside(&page.css("invoice-communications")).click().await;
    person(&page, "ann@example.com").shows("Delivered").await;
    page.finish().await;
}
