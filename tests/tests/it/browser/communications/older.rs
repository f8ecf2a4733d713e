//! Many sends: the latest are there, older ones come when somebody wants them, and stay.

use tests::System;
use tests::browser::{Browser, Kind, Page, Reply};
use tests::until;

use super::{INVOICE, firm_of, open_stopped};
use crate::browser::clock::pass;
use crate::browser::focus;

/// How many sends the first page has.
const A_PAGE: usize = 20;
const SENDS: usize = 26;

/// The invoice was e-mailed many times.
async fn often(browser: &Browser) -> (System, Page) {
    let system = System::start().await;
    let firm = firm_of(&system);
    for number in 0..SENDS {
        firm.send_to(INVOICE, &format!("p{number}@example.com")).await;
    }
    system.settled().await;
    let page = open_stopped(browser, &system).await;
    page.css("li.send").until_count(A_PAGE).await;
    (system, page)
}

#[tokio::test]
async fn older_sends_come_on_demand_and_stay() {
    let Some(browser) = Browser::open().await else { return };
    let (system, page) = often(&browser).await;
    page.css("li.recipient").until_count(3).await;
    focus::tab_to(&page, "button", "Show older e-mails").await;
    page.press("Enter").await;
    page.css("li.send").until_count(SENDS).await;
    assert_eq!(page.role("button", "Show older e-mails").count().await, 0);
    // On with the keyboard at the first of those that came.
    let place = "(() => {
        const all = document.querySelector('invoice-communications').shadowRoot;
        return [...all.querySelectorAll('li.send')].indexOf(all.activeElement?.closest('li.send'));
    })()";
    page.until("the focus is there", &format!("{place} === {A_PAGE}")).await;
    page.press("Enter").await;
    page.css("li.recipient").containing("p5@example.com").appears().await;

    // The latest sends are asked for again and again; what is older stays where it is.
    firm_of(&system).send_to(INVOICE, "newest@example.com").await;
    until("the newest", async || {
        pass(&page, 5_000).await;
        let count = page.css("li.send").count().await;
        if count == SENDS + 1 { Ok(()) } else { Err(count.to_string()) }
    })
    .await;
    assert!(page.css("li.recipient").containing("p5@example.com").is_visible().await);
    assert_eq!(page.evaluate(place).await, A_PAGE + 1, "the focus has stayed where it was");
    page.finish().await;
}

#[tokio::test]
async fn older_sends_that_cannot_be_had_are_told_and_asked_for_again() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, page) = often(&browser).await;
    page.intercept("cursor=", Reply::half("{ \"sends\": [")).await;
    page.role("button", "Show older e-mails").click().await;
    until("it is told", async || {
        pass(&page, 5_000).await;
        if page.any("alert").is_visible().await { Ok(()) } else { Err("no alert") }.map_err(str::to_owned)
    })
    .await;
    page.any("alert").shows("The answer broke off on its way.").await;
    page.css("li.send").until_count(A_PAGE).await;
    page.stop_intercepting().await;
    page.role("button", "Try again").click().await;
    page.css("li.send").until_count(SENDS).await;
    page.expect(Kind::Request, "CONTENT_LENGTH");
    page.finish().await;
}
