//! The token: who has none, or one that is refused, can give one; it stays in the tab.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind, Page};

use super::super::{focus, layout};
use super::system_with_mails;

/// A firm beside `demo`, which the page shows without a token.
async fn system_of_two() -> System {
    let system = system_with_mails().await;
    let roe = system.firm("roe");
    roe.send_to("77", "bounce+roe@simulator.amazonses.com").await;
    roe.attention_when("the bounce", |rows| rows.len() == 1).await;
    roe.attention_counted().await;
    system
}

/// A page that has this token, which the API refuses.
async fn with_refused_token(browser: &Browser, system: &System, search: &str) -> Page {
    let page = browser.page(&format!("{}/ui/mail.html", system.url())).await;
    page.evaluate("sessionStorage.setItem('invoice-email-token', 'expired')").await;
    page.goto(&format!("{}/{search}", system.url())).await;
    page.expect(Kind::Request, ": 401");
    page.role("heading", "The token is not accepted").appears().await;
    page
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_new_one_can_be_forgotten() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_of_two().await;
    let page = with_refused_token(&browser, &system, "?view=attention").await;
    let queue = page.css("invoice-email-attention:not([badge])");
    queue.shows("You are signed out, or your session has ended.").await;
    // Who has just come can begin to type.
    focus::is_on(&page, "textbox", "Token").await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.type_text("Bearer local:roe").await;
    page.press("Enter").await;
    queue.shows("bounce+roe@").await;
    page.role("heading", "The token is not accepted").disappears().await;
    focus::is_on(&page, "heading", "Work queue").await;
    page.css("#badge").shows("1").await;
    let kept = "[{ ...sessionStorage }, JSON.stringify({ ...localStorage }).includes('local:roe'), document.cookie, location.href.includes('roe')]";
    assert_eq!(page.evaluate(kept).await, json!([{ "invoice-email-token": "local:roe" }, false, "", false]));
    let sent = page.requests("/v1/attention").pop().unwrap();
    assert_eq!(sent.headers["authorization"], "Bearer local:roe");

    // It is the tab's own.
    page.reload().await;
    queue.shows("bounce+roe@").await;
    let other = browser.page(&page.url().await).await;
    other.css("invoice-email-attention:not([badge])").shows("bounce@simulator").await;
    other.finish().await;

    page.css("footer").shows("Signed in with a pasted token.").await;
    focus::tab_to(&page, "button", "Forget it").await;
    page.press("Enter").await;
    queue.shows("bounce@simulator").await;
    page.shown_with("bounce+roe@").until_count(0).await;
    focus::is_on(&page, "heading", "Work queue").await;
    assert_eq!(page.evaluate("sessionStorage.length").await, 0);
    page.shown_with("Signed in with a pasted token").until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn every_screen_lets_one_sign_in() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_of_two().await;
    for (search, element) in [
        ("", "invoice-email-report"),
        ("?view=attention", "invoice-email-attention:not([badge])"),
        ("?view=invoice&invoice=77", "invoice-communications"),
    ] {
        let page = with_refused_token(&browser, &system, search).await;
        let token = page.role("textbox", "Token");
        token.fill("another").await;
        page.role("button", "Use this token").click().await;
        page.role("heading", "The token is not accepted").appears().await;
        token.fill("local:roe").await;
        page.role("button", "Use this token").click().await;
        page.css(element).shows("bounce+roe@").await;
        page.role("heading", "The token is not accepted").disappears().await;
        page.finish().await;
    }
}

#[tokio::test]
async fn a_token_that_ends_while_something_is_written_loses_nothing() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_of_two().await;
    let page = browser.page(&format!("{}/?view=invoice&invoice=1042", system.url())).await;
    page.css("invoice-communications").shows("ann@example.com").await;
    page.role("button", "Send an e-mail").click().await;
    page.role("textbox", "To").type_text("ann@example.com").await;
    page.role("textbox", "Subject").type_text("Your invoice").await;
    page.intercept("/preview", tests::browser::Reply::problem(401, "Unauthorized").times(2)).await;
    page.expect(Kind::Request, ": 401");
    page.role("button", "Check and preview").click().await;
    // Before the dialog that is written in, and reached by keyboard.
    page.role("heading", "Sign in").appears().await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.role("textbox", "Token").fill("local:demo").await;
    page.press("Enter").await;
    page.role("heading", "Sign in").disappears().await;
    assert_eq!(page.role("textbox", "Subject").value().await, "Your invoice");
    page.role("button", "Check and preview").click().await;
    page.role("button", "Send to 1 person").click().await;
    page.role("dialog", "Send invoice 1042 by e-mail").shows("On its way to 1 person").await;
    page.finish().await;
}

#[tokio::test]
async fn nothing_is_used_for_a_token() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_of_two().await;
    let page = with_refused_token(&browser, &system, "?view=attention").await;
    let asked = page.requests("/v1/").len();
    page.role("textbox", "Token").fill("   ").await;
    page.role("button", "Use this token").click().await;
    focus::is_on(&page, "textbox", "Token").await;
    assert_eq!(page.requests("/v1/").len(), asked);
    page.screenshots("application-signing-in").await;
    page.finish().await;
}
