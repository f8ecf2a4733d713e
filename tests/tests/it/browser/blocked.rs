//! The list of blocked addresses: why, since when, and how staff allow one again.

use serde_json::{Value, json};
use tests::browser::{Browser, Kind, Locator, Page, Reply};
use tests::ses::{Event, Format};
use tests::{Firm, System, api};

use super::{clock, focus, layout};

const REASONS: [(&str, &str, &str); 3] = [
    ("accepted+1@local.test", "An e-mail bounced for good", "only if you know that it works again"),
    ("accepted+2@local.test", "Reported an e-mail as spam", "Ask them first"),
    ("accepted+3@local.test", "Asked for no further e-mails", "only if they have told you"),
];

fn url(system: &System) -> String {
    format!("{}/?view=blocked", system.url())
}

fn row<'page>(page: &'page Page, address: &str) -> Locator<'page> {
    page.css("tr[data-address]").containing(address)
}

async fn list(firm: &Firm) -> Vec<Value> {
    api::rows(&firm.get("/v1/suppressions").await.expect(200))
}

/// A firm with an address for each reason.
async fn with_reasons(system: &System) -> Firm {
    let firm = system.firm("demo");
    for (number, (address, ..)) in REASONS.into_iter().enumerate() {
        let invoice = format!("{number}");
        firm.send_to(&invoice, address).await;
        firm.history_with(&invoice, "processed").await;
        let mail = system.mail(&format!("Invoice {invoice}"), address).await;
        let event = match number {
            0 => Event::bounce(&mail, "Permanent", "General"),
            1 => Event::complaint(&mail, "abuse"),
            _ => Event::subscription(&mail),
        };
        system.bring(event.body(Format::Published)).await;
    }
    assert_eq!(list(&firm).await.len(), REASONS.len());
    firm
}

#[tokio::test]
async fn each_address_says_why_and_allowing_it_says_what_that_means() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    with_reasons(&system).await;
    let page = browser.page(&url(&system)).await;
    for (address, reason, _) in REASONS {
        row(&page, address).shows(reason).await;
    }
    layout::fits(&page, &layout::WIDTHS).await;
    layout::is_accessible(&page, &[320, 1280]).await;
    page.screenshots("blocked").await;
    for (address, _, meaning) in REASONS {
        page.role("button", &format!("Allow again: {address}")).press("Enter").await;
        let dialog = page.role("dialog", "Allow e-mails again?");
        let text = dialog.shows(meaning).await;
        assert!(
            text.contains(address) && text.contains("Amazon SES, which sends the e-mails, may hold a list"),
            "{text}"
        );
        focus::is_on(&page, "button", "Leave it blocked").await;
        layout::is_accessible(&page, &[320, 1280]).await;
        page.press("Enter").await;
        dialog.disappears().await;
        focus::is_on(&page, "button", &format!("Allow again: {address}")).await;
    }
    page.finish().await;
}

#[tokio::test]
async fn who_is_allowed_again_is_found_in_the_other_list() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = with_reasons(&system).await;
    let page = browser.page(&url(&system)).await;
    let (address, reason, _) = REASONS[0];
    focus::tab_to(&page, "button", &format!("Allow again: {address}")).await;
    page.press("Enter").await;
    focus::tab_to(&page, "button", "Allow again").await;
    page.press("Enter").await;
    row(&page, address).disappears().await;
    page.any("status").containing("is allowed again").shows(address).await;
    // The button is gone; the keyboard is at the next one.
    focus::is_on(&page, "button", &format!("Allow again: {}", REASONS[1].0)).await;
    assert_eq!(list(&firm).await.len(), 2);

    page.role("button", "Allowed again").press("Enter").await;
    let text = row(&page, address).shows(reason).await;
    assert!(text.contains("by staff@demo.example"), "{text}");
    assert_eq!(page.role_with("button", "Allow again:").count().await, 0);
    layout::fits(&page, &layout::WIDTHS).await;
    layout::is_accessible(&page, &[320, 1280]).await;
    page.screenshots("blocked-allowed").await;
    page.role("button", "Blocked").press("Enter").await;
    row(&page, REASONS[2].0).appears().await;
    page.finish().await;
}

#[tokio::test]
async fn from_an_address_to_its_invoice_and_back() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    with_reasons(&system).await;
    let page = browser.page(&url(&system)).await;
    page.role("button", "Show the e-mails of invoice 1").click().await;
    page.until("the invoice is shown", "location.search.startsWith('?view=invoice&invoice=1&send=')").await;
    page.css("invoice-communications").shows("Spam report").await;
    page.role("link", "Back to the blocked addresses").click().await;
    row(&page, REASONS[1].0).appears().await;
    focus::is_on(&page, "heading", "Blocked addresses").await;
    page.finish().await;
}

#[tokio::test]
async fn where_nobody_is_blocked_it_says_so() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&url(&system)).await;
    page.css("invoice-email-suppressions").shows("No address is blocked: e-mails go to everybody.").await;
    layout::is_accessible(&page, &[320, 1280]).await;
    page.role("button", "Allowed again").click().await;
    page.css("invoice-email-suppressions").shows("Staff have allowed no address again.").await;
    page.finish().await;
}

#[tokio::test]
async fn what_fails_is_told_and_what_somebody_else_has_allowed_is_allowed() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = with_reasons(&system).await;
    let page = clock::stopped(browser.page("about:blank"), &url(&system)).await;
    let address = REASONS[0].0;
    page.role("button", &format!("Allow again: {address}")).click().await;
    let dialog = page.role("dialog", "Allow e-mails again?");
    page.intercept("/v1/suppressions/", Reply::problem(503, "Later.").to("DELETE")).await;
    page.expect(Kind::Request, ": 503");
    page.role("button", "Allow again").inside(&dialog).click().await;
    tests::until("it is told", async || {
        clock::pass(&page, 5_000).await;
        let text = dialog.text().await;
        if text.contains("The service cannot answer at the moment.") { Ok(()) } else { Err(text) }
    })
    .await;
    layout::is_accessible(&page, &[320, 1280]).await;
    page.stop_intercepting().await;
    let path = format!("/v1/suppressions/{}", address.replace('@', "%40").replace('+', "%2B"));
    firm.request(reqwest::Method::DELETE, &path).send().await.unwrap();
    page.expect(Kind::Request, ": 404");
    page.role("button", "Allow again").inside(&dialog).click().await;
    dialog.disappears().await;
    row(&page, address).until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn a_list_that_does_not_come_can_be_asked_for_again_and_goes_on() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    with_reasons(&system).await;
    let page = browser.page("about:blank").await;
    page.intercept("/v1/suppressions?", Reply::problem(403, "Not yours.")).await;
    page.expect(Kind::Request, ": 403");
    page.goto(&url(&system)).await;
    page.any("alert").shows("You are not allowed to do this. Not yours.").await;
    page.stop_intercepting().await;
    let first = json!({
        "rows": [{ "address": "first@x.example", "reason": "manual", "since": "2026-11-22T13:17:31.152Z", "invoice": null, "send": null }],
        "next_cursor": "more",
    });
    page.intercept("/v1/suppressions?", Reply::json(&first).times(1)).await;
    page.role("button", "Try again").press("Enter").await;
    row(&page, "first@x.example").shows("Blocked by staff").await;
    page.any("alert").until_count(0).await;
    focus::is_on(&page, "heading", "Blocked addresses").await;
    let second = json!({
        "rows": [{ "address": "second@x.example", "reason": "bounced", "since": "2026-11-22T13:17:31.152Z", "invoice": "1", "send": null }],
        "next_cursor": null,
    });
    page.intercept("cursor=more", Reply::json(&second)).await;
    page.role("button", "Show more").press("Enter").await;
    row(&page, "second@x.example").appears().await;
    row(&page, "first@x.example").appears().await;
    assert_eq!(page.role("button", "Show more").count().await, 0);
    focus::is_on(&page, "button", "Show the e-mails of invoice 1").await;
    page.finish().await;
}
