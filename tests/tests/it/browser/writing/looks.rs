//! The dialog on every screen, in light and dark, at each of its steps.

use tests::System;
use tests::browser::{Browser, Kind, Page};

use super::super::layout;
use super::{check, chips, communications, dialog, field, mail, open};

/// The steps of the dialog that a picture is taken of, each by its name.
const STEPS: [&str; 5] = ["empty", "written", "refused", "checked", "sent"];

/// Goes to a step from the one before.
async fn go(page: &Page, step: &str) {
    match step {
        "empty" => {}
        "written" => {
            field(page, "To").focus().await;
            page.paste("Ann Example <ann@example.com>; carl@gmial.com; nobody").await;
            field(page, "Cc").focus().await;
            page.paste(
                "\"שרה כהן\" <sara@example.com>; a.very.long.local.part.that.does.not.break@a-long-domain.example",
            )
            .await;
            field(page, "Subject").type_text("Your invoice 2026-1042 from Roe & Partners").await;
            field(page, "Message").type_text("Dear Ann,\n\nplease find our invoice.").await;
            page.role("textbox", "Invoice number").type_text("2026-1042").await;
            page.role("textbox", "Amount").type_text("12,50").await;
            page.role("textbox", "Currency").type_text("USD").await;
        }
        "refused" => {
            page.role("button", "Remove nobody").press("Enter").await;
            chips(page, "to").until_count(2).await;
            page.role("button", "Check and preview").click().await;
            page.css("#facts-amount-error").shows("This").await;
        }
        "checked" => {
            page.role("textbox", "Amount").fill("12.50").await;
            field(page, "Bcc").type_text("bounce@simulator.amazonses.com").await;
            check(page).await;
            page.shown_with("please find our invoice").inside(&mail(page)).appears().await;
        }
        _ => {
            page.role("button", "Send to 4 people").click().await;
            communications(page).shows("Dropped").await;
            communications(page).shows("Delivered").await;
        }
    }
}

/// Somebody whose address bounced before.
async fn system_with_a_bounce() -> System {
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1", "bounce@simulator.amazonses.com").await;
    firm.history_with("1", "bounced").await;
    system.settled().await;
    system
}

#[tokio::test]
async fn each_step_is_accessible_and_fits_every_screen() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_a_bounce().await;
    let page = open(&browser, &system).await;
    page.expect(Kind::Request, ": 400");
    for step in STEPS {
        go(&page, step).await;
        layout::is_accessible(&page, &[360, 1280]).await;
        layout::fits(&page, &layout::WIDTHS).await;
    }
    page.finish().await;
}

#[tokio::test]
async fn the_question_before_leaving_is_accessible() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.type_text("ann@example.com,").await;
    page.press("Escape").await;
    page.any("alertdialog").appears().await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn pictures_of_each_step() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_a_bounce().await;
    let page = open(&browser, &system).await;
    page.expect(Kind::Request, ": 400");
    for step in STEPS {
        go(&page, step).await;
        page.screenshots(&format!("send-{step}")).await;
    }
    page.press("Escape").await;
    dialog(&page).disappears().await;
    page.finish().await;
}

#[tokio::test]
async fn a_page_that_is_written_from_right_to_left_turns_all_of_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_a_bounce().await;
    let page = open(&browser, &system).await;
    page.expect(Kind::Request, ": 400");
    page.evaluate("document.documentElement.dir = 'rtl'").await;
    for step in STEPS {
        go(&page, step).await;
        layout::fits(&page, &[320, 1280]).await;
        page.screenshot(&format!("send-{step}-rtl")).await;
    }
    page.finish().await;
}

#[tokio::test]
async fn nothing_jumps_while_the_form_opens_and_while_it_is_checked() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&format!("{}/?view=send&invoice=1042", system.url())).await;
    field(&page, "To").appears().await;
    let shift = page.layout_shift().await;
    assert!(shift < 0.01, "{shift}");
    super::write(&page, "ann@example.com").await;
    check(&page).await;
    page.shown_with("Your invoice").inside(&mail(&page)).nth(0).appears().await;
    // What a click explains does not count; the frame grows to its mail's height afterwards, below which nothing stands.
    let shift = page.layout_shift().await;
    assert!(shift < 0.05, "{shift}");
    page.finish().await;
}
