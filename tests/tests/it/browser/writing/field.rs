//! The fields for addresses: typing, pasting, changing and removing, by keyboard.

use tests::System;
use tests::browser::Browser;

use super::super::focus;
use super::{chips, chips_read, dialog, field, open, posted};

#[tokio::test]
async fn a_list_that_is_pasted_becomes_chips() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    focus::is_on(&page, "textbox", "To").await;
    page.paste("a@x.example; B <b@y.example>").await;
    chips_read(&page, "to", &["a@x.example", "B b@y.example"]).await;
    page.role("grid", "To: 2 addresses. Enter changes, Delete removes.").until_count(1).await;
    assert_eq!(field(&page, "To").value().await, "");

    // A column of a table, and one address that already stands elsewhere.
    field(&page, "Cc").focus().await;
    page.paste("c@x.example\r\n\"Doe; Dan\" <d@x.example>\nB@Y.example\n").await;
    chips_read(&page, "cc", &["c@x.example", "Doe; Dan d@x.example"]).await;
    dialog(&page).shows("B@y.example is already in To and is written to once.").await;

    // Between what was typed and what is typed then.
    field(&page, "Bcc").type_text("Eve <").await;
    page.paste("eve@x.example").await;
    page.type_text(">,").await;
    chips_read(&page, "bcc", &["Eve eve@x.example"]).await;
    page.finish().await;
}

#[tokio::test]
async fn addresses_are_written_changed_and_removed_by_keyboard() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.type_text("Ann <ann@x.example>; bob@x.example, carl@x.example").await;
    chips(&page, "to").until_count(2).await;
    page.press("Enter").await;
    chips(&page, "to").until_count(3).await;

    page.press("Backspace").await;
    focus::is_on(&page, "button", "carl@x.example").await;
    page.press("Home").await;
    focus::is_on(&page, "button", "Ann ann@x.example").await;
    page.press("ArrowRight").await;
    focus::is_on(&page, "button", "Remove Ann").await;
    page.press("ArrowDown").await;
    focus::is_on(&page, "button", "Remove bob@x.example").await;
    page.press("Enter").await;
    chips_read(&page, "to", &["Ann ann@x.example", "carl@x.example"]).await;
    focus::is_on(&page, "button", "carl@x.example").await;

    page.press("F2").await;
    focus::is_on(&page, "textbox", "Change carl@x.example").await;
    page.type_text("never").await;
    // It ends the change, and neither the other chips nor the dialog.
    page.press("Escape").await;
    focus::is_on(&page, "button", "carl@x.example").await;
    chips_read(&page, "to", &["Ann ann@x.example", "carl@x.example"]).await;

    page.press("ArrowLeft").await;
    page.press("ArrowLeft").await;
    focus::is_on(&page, "button", "Ann ann@x.example").await;
    page.press("Enter").await;
    focus::is_on(&page, "textbox", "Change Ann").await;
    page.press("Control+a").await;
    page.type_text("Ann Lee <lee@x.example>").await;
    page.press("Enter").await;
    chips_read(&page, "to", &["Ann Lee lee@x.example", "carl@x.example"]).await;
    focus::is_on(&page, "button", "Ann Lee lee@x.example").await;
    page.press("Delete").await;
    focus::is_on(&page, "button", "carl@x.example").await;
    page.press("End").await;
    focus::is_on(&page, "textbox", "To").await;
    // What is typed and not ended becomes a chip when the field is left.
    page.type_text("dora@x.example").await;
    page.press("Tab").await;
    chips_read(&page, "to", &["carl@x.example", "dora@x.example"]).await;
    focus::is_on(&page, "textbox", "Cc").await;
    page.finish().await;
}

#[tokio::test]
async fn what_is_no_address_is_told_with_its_reason_and_asks_nobody() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.type_text("ann@x.example, nobody, müller@x.example;").await;
    chips(&page, "to").until_count(3).await;
    let told = dialog(&page);
    told.shows("“nobody” is not an e-mail address.").await;
    told.shows("“müller@x.example” has a character before the @ that is not ASCII, which cannot be delivered.").await;
    page.role("button", "Check and preview").click().await;
    focus::is_on(&page, "button", "nobody").await;
    let wrong = page.role("button", "nobody").accessibility().await;
    assert!(wrong["description"].as_str().unwrap().contains("is not an e-mail address."), "{wrong}");
    assert_eq!(posted(&page, "emails/preview").len(), 0);

    page.press("Enter").await;
    focus::is_on(&page, "textbox", "Change nobody").await;
    page.press("End").await;
    page.type_text("@x.example").await;
    page.press("Enter").await;
    focus::is_on(&page, "button", "nobody@x.example").await;
    page.role("button", "Remove müller@x.example").click().await;
    chips_read(&page, "to", &["ann@x.example", "nobody@x.example"]).await;
    page.shown_with("is not an e-mail address").disappears().await;
    page.finish().await;
}

#[tokio::test]
async fn a_mailbox_is_written_to_once_however_often_it_is_named() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.type_text("Ann <ann@x.example>, ANN@X.EXAMPLE,").await;
    chips_read(&page, "to", &["Ann ann@x.example"]).await;
    dialog(&page).shows("ANN@x.example is already in To and is written to once.").await;
    field(&page, "Bcc").type_text("bob@x.example,ann@x.example,").await;
    chips_read(&page, "bcc", &["bob@x.example"]).await;
    dialog(&page).shows("ann@x.example is already in To and is written to once.").await;

    // What was meant for the hidden copy alone can still be moved there.
    page.role("button", "Remove Ann").click().await;
    chips(&page, "to").until_count(0).await;
    field(&page, "Bcc").type_text("ann@x.example,").await;
    chips_read(&page, "bcc", &["bob@x.example", "ann@x.example"]).await;
    page.shown_with("is already in To").disappears().await;
    page.finish().await;
}

#[tokio::test]
async fn a_list_that_is_far_too_long_is_not_taken() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.type_text("ann@x.example,").await;
    let many: Vec<String> = (0..200).map(|number| format!("a{number}@x.example")).collect();
    page.paste(&many.join(",")).await;
    dialog(&page).shows("That makes 201 addresses. At most 50 are sent to at once.").await;
    chips_read(&page, "to", &["ann@x.example"]).await;
    assert_eq!(field(&page, "To").accessibility().await["invalid"], "true");
    page.type_text("b").await;
    page.shown_with("That makes 201").disappears().await;
    page.finish().await;
}
