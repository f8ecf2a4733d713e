//! What became of an e-mail is seen where it was sent.

use tests::System;
use tests::browser::Browser;

use super::super::focus;
use super::{chips, communications, dialog, open, write};

#[tokio::test]
async fn after_sending_the_statuses_are_followed_in_the_same_dialog() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "Ann Lee <ann@example.com>, bounce@simulator.amazonses.com").await;
    super::check(&page).await;
    page.role("button", "Send to 2 people").click().await;
    focus::is_on(&page, "heading", "On its way to 2 people").await;
    let view = communications(&page);
    // Without a reload.
    for text in ["Ann Lee", "Delivered", "Bounce", "Correct the address and send again"] {
        view.shows(text).await;
    }
    // What is sent needs no question.
    page.press("Escape").await;
    dialog(&page).disappears().await;
    focus::is_on(&page, "button", "Send an e-mail").await;
    // The page below knows of it, too.
    page.css("section.invoice invoice-communications").shows("Ann Lee").await;
    page.shown("This invoice was never e-mailed.").disappears().await;
    page.finish().await;
}

#[tokio::test]
async fn an_e_mail_is_written_checked_and_sent_by_keyboard_alone() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&system.url()).await;
    focus::tab_to(&page, "link", "Send an e-mail").await;
    page.press("Enter").await;
    focus::is_on(&page, "heading", "Send an invoice by e-mail").await;
    focus::tab_to(&page, "textbox", "Invoice").await;
    page.type_text("1042").await;
    focus::tab_to(&page, "textbox", "To").await;
    page.type_text("carl@gmial.com; ann@example.com").await;
    focus::tab_to(&page, "textbox", "Subject").await;
    page.type_text("Your invoice").await;
    focus::tab_to(&page, "textbox", "Message").await;
    page.type_text("Dear Ann,\nplease find our invoice.").await;
    focus::tab_to(&page, "checkbox", "Show whether it is opened").await;
    page.press("Space").await;
    focus::tab_to(&page, "button", "Check and preview").await;
    page.press("Enter").await;
    focus::is_on(&page, "heading", "Check the e-mail").await;
    page.shown("Opens and clicks are not tracked.").appears().await;
    focus::tab_to(&page, "button", "Use carl@gmail.com").await;
    page.press("Enter").await;
    page.role("button", "Use carl@gmail.com").disappears().await;
    focus::is_on(&page, "heading", "Check the e-mail").await;
    focus::tab_to(&page, "radio", "Light").await;
    page.press("ArrowRight").await;
    page.press("ArrowRight").await;
    page.role("region", "The e-mail as text").shows("please find our invoice.").await;
    focus::tab_to(&page, "button", "Send to 2 people").await;
    page.press("Enter").await;
    focus::is_on(&page, "heading", "On its way to 2 people").await;
    let mail = system.mail("Your invoice", "carl@gmail.com").await;
    assert_eq!(mail.maybe_pixel(), None);
    communications(&page).shows("not tracked").await;

    focus::tab_to(&page, "button", "Write another e-mail").await;
    page.press("Enter").await;
    focus::is_on(&page, "heading", "Write the e-mail").await;
    chips(&page, "to").until_count(0).await;
    page.finish().await;
}
