//! Statuses appear by themselves; what the reader has before them stays as it was.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Page, Reply};
use tests::ses::{Event, Format};
use tests::until;

use super::{INVOICE, asked, delivered, firm_of, open_stopped, person, url};
use crate::browser::clock::{due, pass};
use crate::browser::focus;

/// The first step of asking again, and how each step grows.
const FIRST_MS: u32 = 1_500;
const SECOND_MS: u32 = 2_400;

/// Waits until so many questions were asked and answered.
async fn until_asked(page: &Page, count: usize) {
    page.requests_when(&format!("/v1/invoices/{INVOICE}/emails"), count).await;
}

#[tokio::test]
async fn an_open_and_a_bounce_appear_without_reloading() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (_firm, mail) = delivered(&system, json!({ "cc": "zoe@example.com" })).await;
    // Time goes as it does everywhere.
    let page = browser.page(&url(&system)).await;
    page.evaluate("{ globalThis.sameDocument = true }").await;
    let (ann, zoe) = (person(&page, "ann@example.com"), person(&page, "zoe@example.com"));
    ann.shows("Opens: not seen").await;
    focus::tab_to(&page, "button", "Details of zoe@example.com").await;
    page.press("Enter").await;
    page.role("table", "All statuses of zoe@example.com").appears().await;
    let before = page.layout_shift().await;

    system.as_browser(&mail.pixel()).await;
    ann.shows("1 open, last").await;
    page.any("status").shows("ann@example.com: Open.").await;
    let shifted = page.layout_shift().await - before;
    // Words in the same line move aside for longer ones; no line moves.
    assert!(shifted < 0.001, "{shifted}");

    let zoes = system.mail("Invoice 1042", "zoe@example.com").await;
    system.bring(Event::bounce(&zoes, "Permanent", "General").body(Format::Published)).await;
    zoe.shows("Rejected").await;
    page.role("table", "All statuses of zoe@example.com").shows("Bounce").await;
    assert_eq!(page.focused().await["name"], "Details of zoe@example.com", "the focus has stayed");
    assert_eq!(page.evaluate("sameDocument").await, true);
    page.finish().await;
}

#[tokio::test]
async fn a_later_send_comes_on_top_and_closes_nothing() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (firm, _mail) = delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    focus::tab_to(&page, "button", "Details of ann@example.com").await;
    page.press("Enter").await;
    page.role("table", "All statuses of ann@example.com").appears().await;
    firm.send_to(INVOICE, "delayed@local.test").await;
    firm.history_with(INVOICE, "deferred").await;
    pass(&page, FIRST_MS).await;
    page.css("li.send").until_count(2).await;
    assert_eq!(page.css("li.recipient .name").texts().await, ["delayed@local.test", "Ann Lee"]);
    assert!(page.role("table", "All statuses of ann@example.com").is_visible().await);
    assert_eq!(page.focused().await["name"], "Details of ann@example.com");
    page.any("status").shows("delayed@local.test: New e-mail, Delayed.").await;
    page.finish().await;
}

#[tokio::test]
async fn it_asks_less_and_less_often_while_nothing_happens() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (_firm, mail) = delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    until_asked(&page, 1).await;
    due(&page, FIRST_MS).await;
    pass(&page, FIRST_MS - 1).await;
    assert_eq!(asked(&page), 1);
    pass(&page, 1).await;
    until_asked(&page, 2).await;
    due(&page, SECOND_MS).await;
    pass(&page, SECOND_MS - 1).await;
    assert_eq!(asked(&page), 2);
    system.as_browser(&mail.pixel()).await;
    pass(&page, 1).await;
    until_asked(&page, 3).await;
    person(&page, "ann@example.com").shows("1 open").await;
    // Something was new: the steps are short again.
    due(&page, FIRST_MS).await;
    pass(&page, FIRST_MS).await;
    until_asked(&page, 4).await;
    page.finish().await;
}

#[tokio::test]
async fn a_hidden_tab_asks_for_nothing_and_a_tab_that_comes_back_asks_at_once() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (_firm, mail) = delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    until_asked(&page, 1).await;
    page.hide().await;
    page.until("it is hidden", "document.hidden").await;
    pass(&page, 3_600_000).await;
    assert_eq!(asked(&page), 1);
    system.as_browser(&mail.pixel()).await;
    page.unhide().await;
    person(&page, "ann@example.com").shows("1 open").await;
    assert_eq!(asked(&page), 2);
    page.finish().await;
}

#[tokio::test]
async fn what_is_on_screen_stays_when_it_cannot_be_renewed_and_goes_on_by_itself() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (_firm, mail) = delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    person(&page, "ann@example.com").shows("Delivered").await;
    page.intercept(&format!("/v1/invoices/{INVOICE}/emails"), Reply::problem(503, "The table is busy.")).await;
    until("it is told", async || {
        pass(&page, 5_000).await;
        if page.any("alert").is_visible().await { Ok(()) } else { Err(page.text().await) }
    })
    .await;
    page.any("alert").shows("The table is busy.").await;
    person(&page, "ann@example.com").shows("Delivered").await;
    page.stop_intercepting().await;
    system.as_browser(&mail.pixel()).await;
    until("it goes on", async || {
        pass(&page, 5_000).await;
        let text = person(&page, "ann@example.com").text().await;
        if text.contains("1 open") { Ok(()) } else { Err(text) }
    })
    .await;
    page.any("alert").disappears().await;
    page.expect(tests::browser::Kind::Request, ": 503");
    page.finish().await;
}

#[tokio::test]
async fn an_e_mail_that_is_sent_on_the_page_appears_at_once() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (firm, _mail) = delivered(&system, json!({})).await;
    let page = open_stopped(&browser, &system).await;
    person(&page, "ann@example.com").shows("Delivered").await;
    firm_of(&system).send_to(INVOICE, "bob@example.com").await;
    firm.history_with(INVOICE, "delivered").await;
    // As the dialog for sending announces it.
    let event = format!(
        "document.dispatchEvent(new CustomEvent('invoice-email:sent', {{ detail: {{ invoice: '{INVOICE}' }} }}))"
    );
    page.evaluate(&event).await;
    person(&page, "bob@example.com").shows("Delivered").await;
    page.finish().await;
}
