//! The queue on every screen, in light and dark.

use std::time::Duration;

use serde_json::{Value, json};
use tests::browser::{Browser, Page, Reply};
use tests::{Firm, System};

use super::super::layout;
use super::{fails, open, rows};

/// A row of each kind, with names as long and as foreign as they come.
async fn fill(firm: &Firm) {
    let long = "a.very.long.local.part.that.breaks.nowhere+bounce@a-long-domain.example";
    let to =
        format!("bounce@simulator.amazonses.com; mailbox-full@local.test; complaint@simulator.amazonses.com; {long}");
    let body = json!({
        "to": to, "cc": "\"שרה כהן\" <delayed@local.test>", "bcc": "reject@local.test", "subject": "Invoice 2026-1042",
        "facts": {
            "number": "2026-1042-Grundstücksverkehrsgenehmigungszuständigkeits", "client": "c1",
            "client_name": "קבוצת כהן בע״מ / Roe, Doe & Partners Rechtsanwaltsgesellschaft mbH",
        },
    });
    firm.send("1", body).await;
    firm.attention_when("five rows", |rows| rows.len() == 5).await;
    fails(firm, "2", "bounce+2@simulator.amazonses.com").await;
}

async fn filled(browser: &Browser) -> (System, Page) {
    let system = System::start().await;
    fill(&system.firm("demo")).await;
    let page = open(browser, &system).await;
    rows(&page).until_count(6).await;
    (system, page)
}

#[tokio::test]
async fn the_queue_is_accessible_and_fits_every_screen() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, page) = filled(&browser).await;
    layout::fits(&page, &layout::WIDTHS).await;
    layout::is_accessible(&page, &[360, 1280]).await;
    for width in layout::WIDTHS {
        page.change(|view| view.width = width).await;
        page.drawn().await;
        let widths = "(rows) => [...rows.querySelectorAll('.who, .why')].map((cell) => cell.clientWidth)";
        let widths = page.css("tbody").evaluate(widths).await;
        let narrowest = widths.as_array().unwrap().iter().filter_map(Value::as_u64).min().unwrap();
        assert!(narrowest >= 100, "{narrowest} px for words at {width}");
    }
    page.evaluate("document.documentElement.dir = 'rtl'").await;
    layout::fits(&page, &layout::WIDTHS).await;
    page.screenshot("queue-rtl").await;
    page.role("button", "Correct the address: bounce+2@simulator.amazonses.com").click().await;
    page.any("dialog").appears().await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn an_empty_queue_and_one_that_cannot_be_had_are_accessible() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.shown("Nothing needs you.").appears().await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("queue-empty").await;
    page.intercept("/v1/attention", Reply::problem(403, "Only partners may.")).await;
    page.expect(tests::browser::Kind::Request, ": 403");
    page.reload().await;
    page.any("alert").appears().await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("queue-refused").await;
    page.finish().await;
}

#[tokio::test]
async fn pictures_of_the_queue() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, page) = filled(&browser).await;
    page.screenshots("queue").await;
    page.role("button", "Correct the address: bounce+2@simulator.amazonses.com").click().await;
    page.role("textbox", "New address").fill("carl@gmial.com").await;
    page.role_with("button", "Use carl@gmail.com").appears().await;
    page.screenshots("queue-correcting").await;
    page.finish().await;
}

#[tokio::test]
async fn nothing_jumps_while_the_queue_is_loaded() {
    let Some(browser) = Browser::open().await else { return };
    let (system, page) = filled(&browser).await;
    page.finish().await;
    let page = browser.page("about:blank").await;
    page.intercept("/v1/attention", Reply::late(Duration::from_millis(300))).await;
    page.goto(&super::url(&system)).await;
    page.css("tr.skeleton").nth(0).appears().await;
    rows(&page).until_count(6).await;
    let shift = page.layout_shift().await;
    assert!(shift < 0.01, "{shift}");
    page.finish().await;
}
