//! The popup tells what was sent again, and why machines are taken for machines.

use serde_json::json;
use tests::api;
use tests::browser::Browser;

use super::{Portal, open_with_click, popup};
use crate::browser::layout;

const BOUNCES: &str = "bounce@simulator.amazonses.com";

#[tokio::test]
async fn both_ends_of_a_resend_lead_to_the_other() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    let first = api::id(&portal.firm.send("4", json!({ "to": BOUNCES, "subject": "Invoice 4" })).await);
    portal.firm.history_with("4", "bounced").await;
    let body = json!({ "recipient": "to:0", "address": "bob@example.com" });
    portal.firm.resend("4", &first, body).await.expect(202);
    portal.firm.history_with("4", "delivered").await;
    let page = portal.open(&browser).await;
    let shown = open_with_click(&page, "4").await;
    let text = shown.shows("Sent again in place of the e-mail of").await;
    assert!(text.contains(&format!("to {BOUNCES}")) && text.contains("Sent again on"), "{text}");
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("history-popup-chain").await;

    page.role_with("button", "to bob@example.com").inside(&shown).click().await;
    let all = page.role("dialog", "Invoice 4");
    all.shows("Sent again by").await;
    assert!(!popup(&page, "4").is_visible().await);
    page.press("Escape").await;
    all.disappears().await;
    page.finish().await;
}

#[tokio::test]
async fn a_machines_line_has_its_sentence_and_its_rule() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("4").await;
    let mail = portal.system.mail("Invoice 4", "ann@example.com").await;
    portal.system.as_agent("curl/8.0", &mail.pixel()).await;
    portal.firm.history_when("4", "a machine", |history| history.to_string().contains("\"automatic\":true")).await;
    let page = portal.open(&browser).await;
    let text = open_with_click(&page, "4").await.shows("A program or security scanner fetched it").await;
    assert!(text.contains("By machines; says nothing about a reader.") && text.contains("Rule program"), "{text}");
    layout::is_accessible(&page, &[360, 1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn what_is_not_tracked_is_never_called_not_opened() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.firm.send("4", json!({ "to": "ann@example.com", "subject": "Quiet", "track": false })).await;
    portal.firm.history_with("4", "delivered").await;
    let page = portal.open(&browser).await;
    let text = open_with_click(&page, "4").await.shows("opens not tracked").await;
    assert!(!text.contains("not seen") && !text.contains("not opened"), "{text}");
    page.finish().await;
}
