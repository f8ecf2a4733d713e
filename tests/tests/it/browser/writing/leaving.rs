//! What was written is not lost without asking; where nothing was written nobody is asked.

use tests::System;
use tests::browser::{Browser, Kind};

use super::super::focus;
use super::{chips, dialog, field, open, write};

const QUESTION: &str = "This e-mail was not sent. Discard it?";

#[tokio::test]
async fn an_empty_dialog_closes_without_a_word() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.press("Escape").await;
    dialog(&page).disappears().await;
    focus::is_on(&page, "button", "Send an e-mail").await;
    for way in ["Cancel", "Close"] {
        page.press("Enter").await;
        page.role("button", way).click().await;
        dialog(&page).disappears().await;
        focus::is_on(&page, "button", "Send an e-mail").await;
    }
    page.reload().await;
    page.finish().await;
}

#[tokio::test]
async fn escape_does_not_lose_what_was_written() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    for way in ["Escape", "Cancel", "Close"] {
        match way {
            "Escape" => page.press("Escape").await,
            button => page.role("button", button).click().await,
        }
        page.role_with("alertdialog", QUESTION).appears().await;
        focus::is_on(&page, "button", "Keep writing").await;
        page.press("Enter").await;
        page.shown(QUESTION).disappears().await;
        chips(&page, "to").until_count(1).await;
    }
    // However often it is pressed: it is no answer.
    for _ in 0..3 {
        page.press("Escape").await;
        page.shown(QUESTION).appears().await;
    }
    page.role("button", "Discard").click().await;
    dialog(&page).disappears().await;
    focus::is_on(&page, "button", "Send an e-mail").await;
    page.press("Enter").await;
    assert_eq!(field(&page, "Subject").value().await, "");
    chips(&page, "to").until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn half_an_address_is_something_written_too() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.type_text("ann").await;
    page.press("Escape").await;
    page.role_with("alertdialog", QUESTION).appears().await;
    page.role("button", "Keep writing").click().await;
    dialog(&page).appears().await;
    dialog(&page).shows("ann").await;
    page.finish().await;
}

#[tokio::test]
async fn neither_a_link_nor_the_way_back_nor_a_reload_loses_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&format!("{}/?view=attention", system.url())).await;
    let send_link = page.role("link", "Send an e-mail");
    send_link.click().await;
    page.role("textbox", "Invoice").type_text("1042").await;
    let writing = page.url().await;

    page.role("link", "Report").click().await;
    page.role_with("alertdialog", QUESTION).appears().await;
    page.role("button", "Keep writing").click().await;
    assert_eq!((page.url().await, page.role("textbox", "Invoice").value().await.as_str()), (writing.clone(), "1042"));

    page.evaluate("history.back()").await;
    page.role_with("alertdialog", QUESTION).appears().await;
    assert_eq!(page.url().await, writing);
    page.role("button", "Keep writing").click().await;
    assert_eq!(page.role("textbox", "Invoice").value().await, "1042");

    // The browser asks by itself, in its own words.
    page.reload().await;
    page.problem(Kind::Dialog, "beforeunload").await;
    assert_eq!(page.role("textbox", "Invoice").value().await, "");

    page.role("textbox", "Invoice").type_text("1042").await;
    page.role("link", "Report").click().await;
    page.role("button", "Discard").click().await;
    page.until("the report is shown", "location.search === ''").await;
    // Nothing is left that would ask.
    page.evaluate("history.back()").await;
    page.role("textbox", "Invoice").appears().await;
    assert_eq!(page.role("textbox", "Invoice").value().await, "");
    page.finish().await;
}

#[tokio::test]
async fn what_is_being_sent_is_not_left_unseen() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    super::check(&page).await;
    page.intercept(super::EMAILS, tests::browser::Reply::never().to("POST")).await;
    page.role("button", "Send to 1 person").press("Enter").await;
    page.role("button", "Sending…").appears().await;
    page.press("Escape").await;
    page.role_with("alertdialog", "The e-mail is being sent.").appears().await;
    page.role("button", "Leave").click().await;
    dialog(&page).disappears().await;
    page.finish().await;
}
