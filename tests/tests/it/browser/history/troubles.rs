//! Trouble within the popup: a sentence, and a way on that works.

use serde_json::json;
use tests::browser::{Browser, Kind, Network, Page, Reply};
use tests::{Firm, System, until};

use super::{Portal, icon, popup};
use crate::browser::clock::{pass, stopped};
use crate::browser::layout;

/// The page of the product itself, with one delivered e-mail in its report, and no time passing.
async fn report(browser: &Browser) -> (System, Firm, Page) {
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send("4", json!({ "to": "ann@example.com", "subject": "Invoice 4" })).await;
    firm.history_with("4", "delivered").await;
    // High enough for the panel that asks to sign in, and the row below it.
    let page = stopped(browser.page("about:blank").viewport(1280, 1300), &system.url()).await;
    icon(&page, "4").appears().await;
    (system, firm, page)
}

/// Waits for the sentence; a request that may be repeated is, after pauses.
async fn told(page: &Page, sentence: &str) {
    until(&format!("{sentence:?} is told"), async || {
        pass(page, 5_000).await;
        let seen = popup(page, "4").text().await;
        if seen.contains(sentence) { Ok(()) } else { Err(seen) }
    })
    .await;
}

/// Asks again with the keyboard, and gets the answer.
async fn again(page: &Page) {
    let button = page.role("button", "Try again").inside(&popup(page, "4"));
    button.press("Enter").await;
    let text = popup(page, "4").shows("ann@example.com").await;
    assert!(!text.contains("Try again"), "{text}");
    assert_eq!(super::focus(page).await.0, "dialog", "the focus has not fallen out with its button");
}

#[tokio::test]
async fn answers_that_are_none() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, _firm, page) = report(&browser).await;
    for (reply, sentence, seen) in [
        (Reply::problem(503, "The table is busy."), "The service cannot answer at the moment.", ": 503"),
        (Reply::status(502), "The service cannot answer at the moment.", ": 502"),
        (Reply::problem(429, "Slowly.").header("retry-after", "2"), "Too many requests at once.", ": 429"),
        (Reply::problem(401, "Who are you?"), "You are signed out, or your session has ended.", ": 401"),
        (Reply::problem(403, "Not yours."), "You are not allowed to do this. Not yours.", ": 403"),
        (Reply::half("{ \"invoice\": \"4\", \"sends\": ["), "The answer broke off on its way.", "CONTENT_LENGTH"),
        (Reply::status(200).body("<p>Maintenance</p>"), "The answer broke off on its way.", ""),
        (Reply::lost(), "There is no connection to the service.", "CONNECTION_CLOSED"),
    ] {
        page.reload().await;
        page.intercept("/v1/invoices/4/emails", reply).await;
        icon(&page, "4").click().await;
        told(&page, sentence).await;
        if !seen.is_empty() {
            page.problem(Kind::Request, seen).await;
        }
        page.stop_intercepting().await;
        again(&page).await;
    }
    page.finish().await;
}

#[tokio::test]
async fn without_a_network_and_with_one_again() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("4").await;
    let page = portal.open(&browser).await;
    page.change(|view| view.network = Network::Offline).await;
    icon(&page, "4").click().await;
    told(&page, "There is no connection to the service. Check the network, then try again.").await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("history-popup-offline").await;
    page.change(|view| view.network = Network::Fast).await;
    again(&page).await;
    page.expect(Kind::Request, "ERR_INTERNET_DISCONNECTED");
    page.finish().await;
}

#[tokio::test]
async fn what_is_known_stays_when_it_cannot_be_renewed() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, _firm, page) = report(&browser).await;
    icon(&page, "4").click().await;
    popup(&page, "4").shows("ann@example.com").await;
    page.press("Escape").await;
    popup(&page, "4").disappears().await;
    page.intercept("/v1/invoices/4/emails", Reply::problem(503, "Later.")).await;
    icon(&page, "4").click().await;
    told(&page, "The service cannot answer at the moment.").await;
    popup(&page, "4").shows("ann@example.com").await;
    page.stop_intercepting().await;
    again(&page).await;
    page.expect(Kind::Request, ": 503");
    page.finish().await;
}
