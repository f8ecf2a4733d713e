//! What the popup shows: the latest sends, each recipient with its statuses and times, and the ways on.

use serde_json::json;
use tests::browser::Browser;
use tests::ses::{Event, Format};

use super::{Portal, open_with_click, popup};
use crate::browser::{focus, layout};

#[tokio::test]
async fn each_send_with_its_recipients_statuses_and_times() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    let body = json!({
        "to": "Ann Lee <ann@example.com>; bounce@simulator.amazonses.com", "cc": "delayed@local.test",
        "bcc": "Carl <carl@example.com>", "subject": "Invoice 4 of Roe",
    });
    portal.firm.send("4", body).await;
    portal
        .firm
        .history_when("4", "all of it", |history| {
            let text = history.to_string();
            ["\"bounced\"", "\"deferred\""].iter().all(|status| text.contains(status))
                && text.matches("\"delivered\"").count() >= 4
        })
        .await;
    let mail = portal.system.mail("Invoice 4 of Roe", "ann@example.com").await;
    for _ in 0..3 {
        portal.system.as_browser(&mail.pixel()).await;
    }
    let carls = portal.system.mail("Invoice 4 of Roe", "carl@example.com").await;
    portal.system.as_agent("Mozilla/5.0", &carls.pixel()).await;

    let page = portal.open(&browser).await;
    let popup = open_with_click(&page, "4").await;
    let text = popup.shows("carl@example.com").await;
    assert!(text.contains("Sent by hand by staff@roe.example") && text.contains("Invoice 4 of Roe"), "{text}");
    assert!(text.starts_with("E-mails of invoice 4 Rejected"), "the worst of them: {text}");
    let people = page.css(".recipients > li").inside(&popup).texts().await;
    let expected = [
        ("To Ann Lee ann@example.com", vec!["Opened", "Processed", "Delivered", "Open ×3"]),
        ("To bounce@simulator.amazonses.com", vec!["Rejected", "Processed", "Bounce", "does not exist"]),
        ("Cc delayed@local.test", vec!["Delayed", "Processed", "Deferred"]),
        // A machine has loaded it, and nobody is said to have read it.
        ("Bcc Carl carl@example.com", vec!["Sent", "Processed", "Delivered", "Open (automatic)"]),
    ];
    assert_eq!(people.len(), expected.len(), "{people:#?}");
    for (shown, (who, what)) in people.iter().zip(expected) {
        assert!(shown.starts_with(who), "{who}: {shown}");
        let places: Vec<_> = what.iter().map(|part| shown.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{what:?} in this order: {shown}");
    }
    assert!(!people[3].contains("Opened"), "{}", people[3]);
    // To the second, in the firm's zone, for whoever points at it.
    let exact = page.css("time").inside(&popup).nth(0).attribute("title").await.unwrap();
    assert!(exact.contains("CET") || exact.contains("GMT+"), "{exact}");
    assert!(text.contains("Times in Europe/Berlin"), "{text}");

    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("history-popup").await;
    page.finish().await;
}

#[tokio::test]
async fn a_bounce_after_an_open_shows_both() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("4").await;
    let mail = portal.system.mail("Invoice 4", "ann@example.com").await;
    portal.system.as_browser(&mail.pixel()).await;
    portal.system.bring(Event::bounce(&mail, "Transient", "MailboxFull").body(Format::Published)).await;
    let page = portal.open(&browser).await;
    let text = open_with_click(&page, "4").await.shows("ann@example.com").await;
    for part in ["Open ", "Block ", "Rejected", "mailbox is full"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    page.finish().await;
}

#[tokio::test]
async fn of_many_sends_and_recipients_it_says_how_many_more_there_are() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    let people: Vec<String> = (0..9).map(|number| format!("p{number}@example.com")).collect();
    for _ in 0..5 {
        portal.firm.send("4", json!({ "to": people, "subject": "Many" })).await;
    }
    for number in 0..11 {
        portal.firm.send_to("5", &format!("p{number}@example.com")).await;
    }
    portal.system.settled().await;
    let page = portal.open(&browser).await;
    let text = open_with_click(&page, "4").await.shows("and 2 older").await;
    assert_eq!(text.matches("and 3 more recipients").count(), 3, "{text}");
    page.press("Escape").await;
    popup(&page, "4").disappears().await;
    let text = open_with_click(&page, "5").await.shows("and more than 7 older").await;
    let newest = text.find("p10@example.com").unwrap();
    assert!(newest < text.find("p9@example.com").unwrap(), "latest first: {text}");
    page.finish().await;
}

#[tokio::test]
async fn from_the_popup_to_everything_about_the_invoice_and_back() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("4").await;
    let page = portal.open(&browser).await;
    focus::tab_to(&page, "button", "E-mail history of invoice 4").await;
    page.press("Enter").await;
    popup(&page, "4").shows("ann@example.com").await;
    focus::tab_to(&page, "button", "All e-mails of this invoice").await;
    page.press("Enter").await;
    let all = page.role("dialog", "Invoice 4");
    all.shows("Evidence: Delivered").await;
    assert!(!popup(&page, "4").is_visible().await);
    layout::is_accessible(&page, &[1280]).await;
    page.press("Escape").await;
    all.disappears().await;
    assert_eq!(super::focus(&page).await.1, "E-mail history of invoice 4");
    page.finish().await;
}

#[tokio::test]
async fn an_invoice_that_was_never_e_mailed_can_be_sent_from_there() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    let page = portal.open(&browser).await;
    let popup = open_with_click(&page, "4").await;
    popup.shows("Never e-mailed.").await;
    layout::is_accessible(&page, &[1280]).await;
    page.role("button", "Send by e-mail").inside(&popup).click().await;
    page.role("dialog", "Send invoice 4 by e-mail").appears().await;
    page.finish().await;
}
