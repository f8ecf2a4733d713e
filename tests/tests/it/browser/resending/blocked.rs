//! An address on the suppression list: told before anything is sent, and allowed again by somebody who says so twice.

use serde_json::{Value, json};
use tests::browser::{Browser, Kind, Reply};
use tests::ses::{Event, Format};

use super::{BOUNCES, Failed};
use crate::browser::clock::pass;
use crate::browser::communications::INVOICE;
use crate::browser::layout;

const AGAIN: &str = "Send again";

#[tokio::test]
async fn it_is_told_and_allowed_again_with_a_confirmation() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let page = &failed.page;
    let dialog = failed.dialog(AGAIN, &format!("Send again to {BOUNCES}")).await;
    dialog.shows("This address is blocked").await;
    let send = page.css("#send");
    send.until_attribute("aria-disabled", "true").await;
    send.press("Enter").await;
    assert_eq!(failed.sent().len(), 0);
    layout::is_accessible(page, &[360, 1280]).await;
    page.screenshots("resend-blocked").await;

    page.role("button", "Allow e-mails to this address again").press("Enter").await;
    dialog.shows(&format!("Allow e-mails to {BOUNCES} again?")).await;
    assert_eq!(page.focused().await["name"], "Yes, allow");
    page.role("button", "No").inside(&dialog).press("Enter").await;
    page.role("button", "Allow e-mails to this address again").click().await;
    page.role("button", "Yes, allow").click().await;
    send.until_attribute("aria-disabled", "false").await;
    // That it bounced before is still to be known.
    dialog.shows("An earlier e-mail to this address bounced").await;
    assert_eq!(page.focused().await["name"], "Send anyway");
    assert_eq!(failed.firm.get("/v1/suppressions").await.expect(200)["rows"], json!([]));

    page.press("Enter").await;
    dialog.disappears().await;
    page.css("li.send").until_count(2).await;
    assert_eq!(failed.reached().await, ["ann@example.com", BOUNCES, BOUNCES]);
    failed.page.finish().await;
}

#[tokio::test]
async fn what_fails_is_told_and_what_somebody_else_has_allowed_is_allowed() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::bounced(&browser).await;
    let page = &failed.page;
    let dialog = failed.dialog(AGAIN, &format!("Send again to {BOUNCES}")).await;
    page.intercept("/v1/suppressions/", Reply::problem(503, "Later.")).await;
    page.role("button", "Allow e-mails to this address again").click().await;
    page.role("button", "Yes, allow").click().await;
    tests::until("it is told", async || {
        pass(page, 5_000).await;
        let text = dialog.text().await;
        if text.contains("The service cannot answer at the moment.") { Ok(()) } else { Err(text) }
    })
    .await;
    page.stop_intercepting().await;
    page.expect(Kind::Request, ": 503");

    let path = format!("/v1/suppressions/{}", BOUNCES.replace('@', "%40"));
    failed.firm.request(reqwest::Method::DELETE, &path).send().await.unwrap();
    page.role("button", "Yes, allow").click().await;
    page.css("#send").until_attribute("aria-disabled", "false").await;
    let text = dialog.text().await;
    assert!(!text.contains("blocked") && !text.contains("cannot answer"), "{text}");
    page.expect(Kind::Request, ": 404");
    failed.page.finish().await;
}

#[tokio::test]
async fn what_was_blocked_only_after_the_check_is_told_with_the_answer() {
    let Some(browser) = Browser::open().await else { return };
    let failed = Failed::delayed(&browser).await;
    let page = &failed.page;
    let dialog = failed.dialog(AGAIN, &format!("Send again to {}", failed.address)).await;
    dialog.shows("Nothing is known against this address.").await;
    let mail = failed.system.mail(super::SUBJECT, failed.address).await;
    failed.system.bring(Event::complaint(&mail, "abuse").body(Format::Published)).await;
    page.role("button", AGAIN).inside(&dialog).click().await;
    dialog.shows("It was recorded, but will not be sent: this address is blocked.").await;
    assert_eq!(page.focused().await["name"], "Close");
    layout::is_accessible(page, &[1280]).await;
    page.press("Enter").await;
    dialog.disappears().await;
    page.css("li.send").until_count(2).await;
    page.css("li.send").nth(0).shows("Dropped").await;
    let history = failed.firm.history(INVOICE).await;
    assert_eq!(history["sends"][1]["recipients"][0]["superseded_by"], Value::Null, "Ann's stays as it is");
    assert_eq!(failed.reached().await.len(), 2);
    failed.page.finish().await;
}
