//! The page around the screens, on every screen size, in light and dark.

use std::time::Duration;

use tests::System;
use tests::browser::{Browser, Reply};

use super::super::layout;
use super::system_with_mails;

const SCREENS: [(&str, &str); 5] = [
    ("report", ""),
    ("queue", "?view=attention"),
    ("invoice", "?view=invoice&invoice=1042"),
    ("blocked", "?view=blocked"),
    ("send", "?view=send"),
];

#[tokio::test]
async fn every_screen_is_accessible_and_fits() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    for (name, search) in SCREENS {
        let page = browser.page(&format!("{}/{search}", system.url())).await;
        let awaited = if name == "send" { "Subject" } else { "bounce@simulator" };
        page.css("main").shows(awaited).await;
        layout::fits(&page, &layout::WIDTHS).await;
        layout::is_accessible(&page, &[360, 1280]).await;
        page.screenshots(&format!("application-{name}")).await;
        page.finish().await;
    }
}

#[tokio::test]
async fn nothing_jumps_while_a_screen_is_loaded() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    // What the report does is looked at among its own journeys.
    for (name, search) in &SCREENS[1..] {
        for width in [360, 1280] {
            let page = browser.page("about:blank").viewport(width, 800).await;
            page.intercept("/v1/", Reply::late(Duration::from_millis(200))).await;
            page.goto(&format!("{}/{search}", system.url())).await;
            page.css("main").shows(if *name == "send" { "Subject" } else { "bounce@simulator" }).await;
            page.css("#badge").shows("1").await;
            let shift = page.layout_shift().await;
            assert!(shift < 0.01, "{name} at {width}: {shift}");
            page.finish().await;
        }
    }
}

#[tokio::test]
async fn a_screen_is_loaded_from_few_small_files() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&system.url()).await;
    page.css("invoice-email-report").appears().await;
    let files = page.requests("/ui/");
    let bytes: u64 = files.iter().map(|request| request.received_bytes).sum();
    assert!(files.len() <= 5 && bytes < 60_000, "{} files, {bytes} bytes", files.len());
    page.finish().await;
}
