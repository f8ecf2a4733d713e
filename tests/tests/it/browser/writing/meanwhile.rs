//! What is done while an answer is awaited: what is sent is what was previewed, and who stays sees what became of it.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Page, Reply};

use super::super::focus;
use super::{EMAILS, PREVIEW, check, dialog, field, open, posted, write};

/// The page's answers to what it posts wait until somebody calls `release()`.
const HOLD_ANSWERS: &str = "() => {
    const ask = globalThis.fetch;
    globalThis.fetch = async (url, options) => {
        const answer = await ask(url, options);
        if (options?.method === 'POST') await new Promise((go) => (globalThis.release = go));
        return answer;
    };
}";

async fn hold_answers(page: &Page) {
    page.css("body").evaluate(HOLD_ANSWERS).await;
}

async fn release(page: &Page) {
    page.until("an answer waits", "globalThis.release !== undefined").await;
    page.evaluate("(() => { const { release } = globalThis; delete globalThis.release; release(); })()").await;
}

#[tokio::test]
async fn who_writes_on_while_it_is_checked_checks_once_more() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    for (label, text) in [("Subject", " of June"), ("To", "bob@example.com")] {
        page.intercept(PREVIEW, Reply::never()).await;
        page.role("button", "Check and preview").click().await;
        page.role("button", "Checking…").appears().await;
        field(&page, label).type_text(text).await;
        page.role("button", "Check and preview").appears().await;
        page.stop_intercepting().await;
    }
    check(&page).await;
    dialog(&page).shows("bob@example.com").await;
    page.role("button", "Send to 2 people").click().await;
    dialog(&page).shows("On its way to 2 people").await;
    let sent = posted(&page, EMAILS).remove(0).0;
    assert_eq!(sent, posted(&page, PREVIEW).pop().unwrap().0);
    assert_eq!(sent["subject"], "Your invoice of June");
    page.finish().await;
}

#[tokio::test]
async fn a_suggestion_counts_while_another_is_checked_and_no_more_while_it_is_sent() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@gmial.com, bob@gmial.com").await;
    check(&page).await;
    hold_answers(&page).await;
    page.role("button", "Use ann@gmail.com").click().await;
    page.until("an answer waits", "globalThis.release !== undefined").await;
    page.role("button", "Use bob@gmail.com").click().await;
    tests::until("the last preview is shown", async || {
        release(&page).await;
        let shown = dialog(&page).text().await;
        if shown.contains("gmial.com") { Err(shown) } else { Ok(()) }
    })
    .await;
    page.role("button", "Send to 2 people").press("Enter").await;
    page.role("button", "Sending…").appears().await;
    release(&page).await;
    dialog(&page).shows("On its way to 2 people").await;
    assert_eq!(posted(&page, EMAILS)[0].0["to"], json!(["ann@gmail.com", "bob@gmail.com"]));
    page.finish().await;
}

#[tokio::test]
async fn a_suggestion_that_could_not_be_checked_is_sent_to_nobody_before_it_is() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@gmial.com").await;
    check(&page).await;
    page.expect(tests::browser::Kind::Request, ": 403");
    page.intercept(PREVIEW, Reply::problem(403, "Only partners may.").times(1)).await;
    page.role("button", "Use ann@gmail.com").press("Enter").await;
    page.any("alert").shows("You are not allowed to do this. Only partners may.").await;
    check(&page).await;
    page.role("button", "Send to 1 person").click().await;
    dialog(&page).shows("On its way to 1 person").await;
    assert_eq!(posted(&page, EMAILS)[0].0["to"], json!(["ann@gmail.com"]));
    page.finish().await;
}

#[tokio::test]
async fn who_is_asked_whether_to_leave_sees_the_answer_that_comes_meanwhile() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    check(&page).await;
    hold_answers(&page).await;
    page.role("button", "Send to 1 person").press("Enter").await;
    page.role("button", "Sending…").appears().await;
    page.press("Escape").await;
    page.role_with("alertdialog", "The e-mail is being sent.").appears().await;
    release(&page).await;
    dialog(&page).shows("On its way to 1 person").await;
    page.any("alertdialog").until_count(0).await;
    focus::is_on(&page, "heading", "On its way to 1 person").await;
    page.press("Escape").await;
    dialog(&page).disappears().await;
    page.finish().await;
}
