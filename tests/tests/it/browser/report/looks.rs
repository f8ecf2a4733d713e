//! The report as a whole: by keyboard alone, on paper, on every screen, in both colours and directions, and at rest.

use std::time::Duration;

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind, Page, Reply};

use super::super::{focus, layout};
use super::{ROWS, SUMMARY, demo, firm_of_two_clients, made, problem, row, rows, tile, until_search};

/// What little a browser may measure of text that is drawn a little later.
const MOST_SHIFT: f64 = 0.005;

#[tokio::test]
async fn by_keyboard_from_the_top_to_a_filtered_list_to_its_details_to_the_invoice() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_two_clients(&system, "bob@example.com").await;
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(3).await;
    page.press("Tab").await;
    focus::is_on(&page, "link", "Skip to the content").await;
    page.press("Enter").await;
    focus::tab_to(&page, "textbox", "Client id").await;
    page.type_text("client-8").await;
    page.press("Enter").await;
    rows(&page).until_count(1).await;
    focus::tab_to(&page, "button", "Rejected").await;
    page.press("Space").await;
    until_search(&page, "?status=rejected&client=client-8").await;
    rows(&page).until_count(1).await;
    focus::tab_to(&page, "button", "Details of invoice 2 to bounce@simulator.amazonses.com").await;
    page.press("Enter").await;
    page.css("tr[part=details]").shows("Next step Correct the address").await;
    focus::tab_to(&page, "button", "2").await;
    page.press("Enter").await;
    page.css("invoice-communications").shows("Bounce").await;
    // On to the very e-mail that was looked at.
    page.until("the focus is with it", "document.activeElement.localName === 'invoice-communications'").await;

    focus::tab_to(&page, "link", "Back to the report").await;
    page.press("Enter").await;
    until_search(&page, "?status=rejected&client=client-8").await;
    rows(&page).until_count(1).await;
    page.css("tr[part=details]").appears().await;
    page.finish().await;
}

#[tokio::test]
async fn a_long_table_is_skipped_by_one_key() {
    let Some(browser) = Browser::open().await else { return };
    let (system, _firm) = demo(1).await;
    // Of all e-mails there may be a second page, whose button comes first: how many of the demo's days are working days
    // hangs on the day.
    let page = browser.page(&format!("{}/?status=sent", system.url())).await;
    page.css("[part=foot]").shows("End of the list").await;
    focus::tab_to(&page, "button", "Skip the table").await;
    page.press("Enter").await;
    page.press("Tab").await;
    focus::is_on(&page, "combobox", "Time zone").await;
    page.finish().await;
}

#[tokio::test]
async fn nothing_jumps_while_it_loads() {
    let Some(browser) = Browser::open().await else { return };
    let (system, _firm) = demo(1).await;
    for width in [360, 1280] {
        let page = browser.page("about:blank").viewport(width, 800).await;
        page.intercept(SUMMARY, Reply::late(Duration::from_millis(150))).await;
        page.intercept(ROWS, Reply::late(Duration::from_millis(300))).await;
        page.goto(&system.url()).await;
        rows(&page).nth(0).appears().await;
        tile(&page, "Sent").shows("%").await;
        let shift = page.layout_shift().await;
        assert!(shift <= MOST_SHIFT, "{width} px: {shift}");
        page.finish().await;
    }
}

/// Unfolds the details of an e-mail, and opens the history of its invoice.
async fn unfold(page: &Page, address: &str) {
    page.css(".fold button").inside(&row(page, address)).press("Enter").await;
    page.css("tr[part=details]").appears().await;
    page.css("#icon").inside(&row(page, address)).press("Enter").await;
    page.role_with("dialog", "E-mails of invoice").shows("Bounce").await;
}

#[tokio::test]
async fn it_is_accessible_with_all_of_it_unfolded() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_two_clients(&system, "bob@example.com").await;
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(3).await;
    page.role("button", "As a table").click().await;
    page.role("region", "E-mails per day, as a table").appears().await;
    unfold(&page, "bounce@simulator").await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.press("Escape").await;
    page.role("button", "What an open proves").nth(0).click().await;
    page.role("dialog", "What an open proves").appears().await;
    layout::is_accessible(&page, &[1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn where_there_is_room_nothing_is_cut() {
    let Some(browser) = Browser::open().await else { return };
    let (system, _firm) = demo(1).await;
    let page = browser.page(&system.url()).viewport(1920, 1080).await;
    rows(&page).nth(0).appears().await;
    let cut = "(report) => [...report.shadowRoot.querySelectorAll('tbody .lines, tbody .number, .evidence span')]
        .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.textContent)";
    for width in [1920, 3840] {
        page.change(|view| view.width = width).await;
        page.drawn().await;
        assert_eq!(page.css("invoice-email-report").evaluate(cut).await, json!([]), "{width} px");
    }
    page.finish().await;
}

#[tokio::test]
async fn on_paper_there_is_what_matters() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_two_clients(&system, "bob@example.com").await;
    let page = browser
        .page(&format!("{}/?status=sent,rejected&client=client-7", system.url()))
        .viewport(794, 1123)
        .dark()
        .await;
    rows(&page).until_count(2).await;
    page.change(|view| view.print = true).await;
    for text in [
        "Times in UTC. Sent Status: Sent, Rejected. Client: client-7",
        "All 2 e-mails, newest first.",
        "Not seen: proves nothing.",
    ] {
        page.shown_with(text).appears().await;
    }
    for gone in ["Download CSV", "Refresh", "Clear filters", "As a table", "Load more"] {
        page.role("button", gone).disappears().await;
    }
    assert!(row(&page, "Invoice 3").is_visible().await && row(&page, "Invoice 1").is_visible().await);
    assert!(!page.css("#icon").nth(0).is_visible().await);
    let color = page.css("invoice-email-report").evaluate("(report) => getComputedStyle(report).colorScheme").await;
    assert_eq!(color, "light", "dark ink on light paper, whatever the screen has");
    page.finish().await;
}

#[tokio::test]
async fn pictures_of_what_becomes_of_the_report() {
    let Some(browser) = Browser::open().await else { return };
    let (system, _firm) = demo(1).await;
    let page = browser.page(&system.url()).await;
    tile(&page, "Sent").shows("%").await;
    unfold(&page, "bounce+grace").await;
    page.screenshots("report-details-and-history").await;
    page.finish().await;

    let page = browser.page(&format!("{}/?client=nobody", system.url())).await;
    page.shown_with("No e-mail of this period matches the filters.").appears().await;
    page.screenshots("report-empty").await;
    page.finish().await;

    let page = browser.page("about:blank").await;
    page.intercept("/v1/reports/", Reply::problem(403, "")).await;
    page.goto(&system.url()).await;
    problem(&page).appears().await;
    page.screenshots("report-refused").await;
    page.expect(Kind::Request, ": 403");
    page.finish().await;

    let page = browser.page("about:blank").await;
    made::list(&page, 3).await;
    page.intercept("format=csv", Reply::never()).await;
    page.goto(&system.url()).await;
    rows(&page).until_count(made::PAGE_ROWS).await;
    page.role("button", "Download CSV").click().await;
    page.css("[part=download-progress]").appears().await;
    page.screenshots("report-downloading").await;
    page.finish().await;
}
