//! What is done on a row, and where that leads.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Reply};
use tests::ses::{Event, Format};

use super::super::{clock, focus};
use super::{LOOKS_AFTER_MS, ROWS, SUMMARY, fails, open, open_stopped, rows, shows};

const BOUNCES: &str = "bounce@simulator.amazonses.com";

#[tokio::test]
async fn an_address_is_corrected_by_keyboard_alone_and_the_row_goes_when_the_copy_arrives() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "7", BOUNCES).await;
    fails(&firm, "8", "bounce+8@simulator.amazonses.com").await;
    let page = open_stopped(&browser, &system).await;
    shows(&page, &["7", "8"]).await;
    focus::tab_to(&page, "button", &format!("Correct the address: {BOUNCES}")).await;
    page.press("Enter").await;
    page.role("dialog", "Correct the address and send again").shows(BOUNCES).await;
    focus::is_on(&page, "textbox", "New address").await;
    page.press("Control+a").await;
    // Nothing is heard of it until somebody tells.
    page.type_text("accepted@local.test").await;
    page.press("Enter").await;
    page.any("dialog").disappears().await;

    rows(&page).nth(0).shows("Sent again. This row goes when the new e-mail has arrived.").await;
    focus::is_on(&page, "row", "").await;
    page.role_with("button", &format!("Correct the address: {BOUNCES}")).disappears().await;
    let mail = system.mail("Invoice 7", "accepted@local.test").await;
    system.settled().await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    page.requests_when("/v1/attention?limit=50", 2).await;
    rows(&page).nth(0).shows("Sent again.").await;

    assert_eq!(system.bring(Event::delivery(&mail).body(Format::Published)).await, "recorded");
    firm.attention_when("only invoice 8", |rows| rows.len() == 1).await;
    firm.attention_counted().await;
    clock::pass(&page, 2 * LOOKS_AFTER_MS).await;
    shows(&page, &["8"]).await;
    // Who was in the row that went is in the next one.
    focus::is_on(&page, "button", "Correct the address: bounce+8@").await;
    page.css("#badge").shows("1").await;
    page.finish().await;
}

#[tokio::test]
async fn a_corrected_address_that_fails_too_is_the_one_that_stays() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "7", BOUNCES).await;
    let page = open_stopped(&browser, &system).await;
    page.role("button", &format!("Correct the address: {BOUNCES}")).click().await;
    let field = page.role("textbox", "New address");
    field.fill("mailbox-full@local.test").await;
    field.press("Enter").await;
    page.any("dialog").disappears().await;
    firm.attention_when("the new address", |rows| rows.len() == 1 && rows[0]["address"] == "mailbox-full@local.test")
        .await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    rows(&page).shows("mailbox-full@local.test").await;
    rows(&page).shows("Call the client").await;
    page.finish().await;
}

#[tokio::test]
async fn what_needs_only_another_try_is_sent_again_once() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "7", "reject@local.test").await;
    let page = open(&browser, &system).await;
    page.role("button", "Send it again: reject@local.test").click().await;
    let dialog = page.role("dialog", "Send again");
    dialog.shows("Nothing is known against this address.").await;
    page.role("button", "Send again").double_click().await;
    dialog.disappears().await;
    rows(&page).shows("Sent again.").await;
    firm.history_when("7", "a second send", |history| history["sends"].as_array().unwrap().len() == 2).await;
    system.settled().await;
    assert_eq!(system.mailbox().await.iter().filter(|mail| mail.to == "reject@local.test").count(), 2);
    page.finish().await;
}

#[tokio::test]
async fn a_dialog_that_is_closed_leaves_the_row_and_the_focus_as_they_were() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "7", BOUNCES).await;
    let page = open(&browser, &system).await;
    let button = page.role("button", &format!("Correct the address: {BOUNCES}"));
    button.press("Enter").await;
    page.any("dialog").appears().await;
    page.press("Escape").await;
    page.any("dialog").disappears().await;
    focus::is_on(&page, "button", &format!("Correct the address: {BOUNCES}")).await;
    assert_eq!(page.requests("/resend").iter().filter(|request| request.url.ends_with("/resend")).count(), 0);
    page.finish().await;
}

#[tokio::test]
async fn a_row_that_goes_while_its_dialog_is_open_takes_nothing_away() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "7", BOUNCES).await;
    let page = open_stopped(&browser, &system).await;
    page.role("button", &format!("Correct the address: {BOUNCES}")).click().await;
    let field = page.role("textbox", "New address");
    field.fill("ann@exam").await;
    // Somebody else was faster.
    page.intercept(SUMMARY, Reply::json(&json!({ "recipients": 0 }))).await;
    page.intercept(ROWS, Reply::json(&json!({ "rows": [], "next_cursor": null }))).await;
    clock::pass(&page, LOOKS_AFTER_MS).await;
    rows(&page).until_count(0).await;
    assert_eq!(field.value().await, "ann@exam");
    focus::is_on(&page, "textbox", "New address").await;
    page.press("Escape").await;
    page.any("dialog").disappears().await;
    focus::is_on(&page, "heading", "Work queue").await;
    page.finish().await;
}

#[tokio::test]
async fn a_rows_e_mails_are_looked_at_and_the_way_back_leads_to_the_row() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "7", BOUNCES).await;
    fails(&firm, "8", "mailbox-full@local.test").await;
    let page = open(&browser, &system).await;
    focus::tab_to(&page, "button", "Show e-mails of invoice 8").await;
    page.press("Enter").await;
    // It is the send that the row is about, named by its time.
    focus::is_on(&page, "button", ", 20").await;
    page.css("invoice-communications").shows("mailbox-full@local.test").await;
    assert!(page.url().await.contains("view=invoice&invoice=8&send="), "{}", page.url().await);
    focus::tab_to(&page, "link", "Back to the work queue").await;
    page.press("Enter").await;
    shows(&page, &["7", "8"]).await;
    assert!(page.url().await.ends_with("/?view=attention"));
    page.finish().await;
}
