//! Another address: written, checked while it is written, sent to, and kept at the client if somebody wants that.

use serde_json::json;
use tests::browser::{Browser, Kind, Reply};

use super::{BOUNCES, CORRECT, Failed, SUBJECT, TYPING_ENDS_MS};
use crate::browser::clock::pass;
use crate::browser::communications::{INVOICE, person};
use crate::browser::{focus, layout};

#[tokio::test]
async fn with_the_keyboard_alone() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let Failed { system, page, .. } = &failed;

    focus::tab_to(page, "button", &format!("{CORRECT}: {BOUNCES}")).await;
    page.press("Enter").await;
    let dialog = page.role("dialog", CORRECT);
    dialog.shows(BOUNCES).await;
    let focused = page.focused().await;
    assert_eq!((&focused["role"], &focused["name"]), (&json!("textbox"), &json!("New address")));
    page.press("Control+a").await;
    page.type_text("bob@example.com").await;
    page.press("Tab").await;
    assert_eq!(page.focused().await["name"], "Also correct it at the client");
    page.press("Space").await;
    // Nothing is kept at clients yet, and nobody is made believe it.
    dialog.shows("the address was not saved to the client").await;
    page.press("Space").await;
    dialog.shows("Nothing is known against this address.").await;
    focus::tab_to(page, "button", "Send again").await;
    page.press("Enter").await;
    dialog.disappears().await;

    failed.latest("bob@example.com").appears().await;
    page.css("li.send").until_count(2).await;
    page.css("li.send").nth(0).shows("Sent again by staff@demo.example").await;
    let old = person(page, BOUNCES);
    let text = old.shows("Sent again on").await;
    assert!(text.contains("Rejected") && text.contains("to bob@example.com"), "both stay to be seen: {text}");
    // The button is gone; the keyboard is where it was.
    let place = "document.querySelector('invoice-communications').shadowRoot.activeElement?.textContent ?? ''";
    page.until("the focus is on Bob", &format!("({place}).includes('{BOUNCES}')")).await;

    assert_eq!(failed.reached().await, ["ann@example.com", "bob@example.com", BOUNCES], "nobody else is mailed again");
    let mail = system.mail(SUBJECT, "bob@example.com").await;
    assert!(mail.text().contains("Dear all,"), "{}", mail.text());
    failed.page.finish().await;
}

#[tokio::test]
async fn a_likely_typo_is_put_right_with_one_click() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to("bob@gmial.com").await;
    let send = page.role("button", "Send anyway").inside(&dialog);
    send.appears().await;
    layout::is_accessible(page, &[360, 1280]).await;
    page.screenshots("resend-typo").await;
    page.role("button", "Use bob@gmail.com").inside(&dialog).click().await;
    dialog.shows("Nothing is known against this address.").await;
    assert_eq!(page.role("textbox", "New address").value().await, "bob@gmail.com");
    page.role("button", "Send again").inside(&dialog).click().await;
    dialog.disappears().await;
    failed.latest("bob@gmail.com").appears().await;
    assert_eq!(failed.reached().await, ["ann@example.com", "bob@gmail.com", BOUNCES]);
    failed.page.finish().await;
}

#[tokio::test]
async fn what_is_no_address_is_said_at_the_field() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to("bob@@example.com").await;
    let field = page.role("textbox", "New address");
    field.press("Enter").await;
    dialog.shows("The address ").await;
    field.until_attribute("aria-invalid", "true").await;
    let told = field.accessibility().await;
    assert!(told["description"].as_str().is_some_and(|text| text.contains("The address")), "{told}");
    assert_eq!(page.focused().await["name"], "New address");
    layout::is_accessible(page, &[1280]).await;
    assert_eq!(failed.sent().len(), 0);

    // Nothing at all is nothing to send to.
    field.fill("").await;
    page.press("Enter").await;
    assert_eq!(failed.sent().len(), 0);
    field.fill("bob@example.com").await;
    page.press("Enter").await;
    dialog.disappears().await;
    failed.latest("bob@example.com").appears().await;
    page.expect(Kind::Request, "/resend/preview: 400");
    failed.page.finish().await;
}

#[tokio::test]
async fn the_mail_can_be_seen_before_it_is_sent() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let page = &failed.page;
    let dialog = failed.corrected_to("bob@example.com").await;
    dialog.shows(SUBJECT).await;
    page.shown("See the e-mail").click().await;
    let frame = page.css("iframe");
    page.shown_with("Dear all,").inside(&frame).appears().await;
    page.role("button", "Send again").inside(&dialog).appears().await;
    layout::is_accessible(page, &[1280]).await;
    page.screenshots("resend-mail").await;
    page.press("Escape").await;
    dialog.disappears().await;
    assert_eq!(failed.sent().len(), 0);
    failed.page.finish().await;
}

#[tokio::test]
async fn an_older_check_never_overwrites_a_newer_one() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let page = &failed.page;
    page.intercept("/resend/preview", Reply::never().times(1)).await;
    let dialog = failed.corrected_to("bob@gmial.com").await;
    dialog.shows("Checking the address…").await;
    page.role("textbox", "New address").fill("bob@example.com").await;
    pass(page, TYPING_ENDS_MS).await;
    dialog.shows("Nothing is known against this address.").await;
    failed.page.finish().await;
}

#[tokio::test]
async fn where_nobody_can_check_it_it_is_sent_all_the_same() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let page = &failed.page;
    page.intercept("/resend/preview", Reply::problem(503, "Later.")).await;
    let dialog = failed.corrected_to("bob@example.com").await;
    dialog.shows("The address could not be checked.").await;
    page.role("button", "Send again").inside(&dialog).click().await;
    dialog.disappears().await;
    failed.latest("bob@example.com").appears().await;
    assert_eq!(failed.firm.history(INVOICE).await["sends"].as_array().unwrap().len(), 2);
    page.expect(Kind::Request, ": 503");
    failed.page.finish().await;
}
