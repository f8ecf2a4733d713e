//! However often it is asked for, it is sent once.

use std::time::Duration;

use serde_json::json;
use tests::browser::{Browser, Kind, Reply};

use super::{CORRECT, Failed};
use crate::browser::clock::pass;
use crate::browser::communications::{INVOICE, person};
use crate::browser::layout;

const BOB: &str = "bob@example.com";

#[tokio::test]
async fn a_double_click_sends_once() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::delayed(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to(BOB).await;
    dialog.shows("Nothing is known against this address.").await;
    // Slow enough that the second click meets the first one's request.
    page.intercept("/resend", Reply::late(Duration::from_millis(300)).to("POST")).await;
    page.role("button", "Send again").inside(&dialog).double_click().await;
    dialog.disappears().await;
    failed.latest(BOB).appears().await;
    assert_eq!(failed.sent().len(), 1);
    assert_eq!(failed.reached().await, ["ann@example.com", BOB, failed.address]);
    failed.page.finish().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_for_again_under_the_same_key() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::delayed(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to(BOB).await;
    dialog.shows("Nothing is known against this address.").await;
    page.intercept("/resend", Reply::lost().times(1)).await;
    // Lost on its way back: the server has done what it was asked for.
    let answers = json!({ "patterns": [{ "urlPattern": "*/resend", "requestStage": "Response" }] });
    page.call("Fetch.enable", answers).await;
    page.role("button", "Send again").inside(&dialog).click().await;
    page.problem(Kind::Request, "CONNECTION_CLOSED").await;
    let first = failed.firm.history_when(INVOICE, "sent again", |history| history["sends"][1].is_object()).await;
    pass(page, 5_000).await;
    dialog.disappears().await;
    failed.latest(BOB).appears().await;

    let keys: Vec<_> = failed.sent().into_iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
    assert_eq!(failed.reached().await, ["ann@example.com", BOB, failed.address]);
    assert_eq!(failed.firm.history(INVOICE).await["sends"][0]["send"], first["sends"][0]["send"]);
    failed.page.finish().await;
}

#[tokio::test]
async fn what_could_not_be_sent_is_tried_again_under_the_same_key_and_another_address_has_another() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::delayed(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to(BOB).await;
    dialog.shows("Nothing is known against this address.").await;
    let told = async || {
        tests::until("it is told", async || {
            pass(page, 5_000).await;
            let text = dialog.text().await;
            if text.contains("Try again") { Ok(()) } else { Err(text) }
        })
        .await;
    };
    // Only what sends, not what asks.
    page.intercept(&format!("{}/resend", failed.send), Reply::problem(503, "The table is busy.")).await;
    page.role("button", "Send again").inside(&dialog).click().await;
    told().await;
    layout::is_accessible(page, &[1280]).await;
    page.role("button", "Try again").inside(&dialog).click().await;
    told().await;
    page.stop_intercepting().await;
    page.role("textbox", "New address").fill("robert@example.com").await;
    pass(page, super::TYPING_ENDS_MS).await;
    dialog.shows("Nothing is known against this address.").await;
    page.role("button", "Send again").inside(&dialog).click().await;
    dialog.disappears().await;
    failed.latest("robert@example.com").appears().await;

    let mut keys: Vec<_> = failed.sent().into_iter().map(|one| one.headers["idempotency-key"].clone()).collect();
    assert!(keys.len() >= 5, "each time three attempts, then another address: {keys:?}");
    let last = keys.pop().unwrap();
    keys.dedup();
    assert!(keys.len() == 1 && keys[0] != last, "{keys:?}, {last}");
    assert_eq!(failed.reached().await, ["ann@example.com", failed.address, "robert@example.com"]);
    page.expect(Kind::Request, ": 503");
    failed.page.finish().await;
}

#[tokio::test]
async fn who_was_sent_to_again_meanwhile_is_told_so() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::delayed(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to("robert@example.com").await;
    dialog.shows("Nothing is known against this address.").await;
    let meanwhile = json!({ "recipient": "to:1", "address": BOB });
    failed.firm.resend(INVOICE, &failed.send, meanwhile).await.expect(202);
    page.role("button", "Send again").inside(&dialog).click().await;
    dialog.shows("This recipient has been sent to again already").await;
    assert_eq!(page.role("button", "Try again").inside(&dialog).count().await, 0, "it would be refused again");
    layout::is_accessible(page, &[1280]).await;
    page.role("button", "Cancel").inside(&dialog).click().await;
    dialog.disappears().await;
    // Closing it looks anew: what the other one did is there.
    person(page, failed.address).shows("Sent again on").await;
    failed.latest(BOB).appears().await;
    assert_eq!(failed.reached().await, ["ann@example.com", BOB, failed.address]);
    page.expect(Kind::Request, ": 409");
    failed.page.finish().await;
}

#[tokio::test]
async fn who_closes_the_dialog_while_it_is_sent_sees_what_came_of_it() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::delayed(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to(BOB).await;
    dialog.shows("Nothing is known against this address.").await;
    page.intercept("/resend", Reply::late(Duration::from_millis(300))).await;
    page.role("button", "Send again").inside(&dialog).click().await;
    page.press("Escape").await;
    page.role("dialog", CORRECT).disappears().await;
    failed.latest(BOB).appears().await;
    assert_eq!(failed.reached().await, ["ann@example.com", BOB, failed.address]);
    failed.page.finish().await;
}
