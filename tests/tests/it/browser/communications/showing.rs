//! What there is to see of each recipient: all statuses by time, machines apart from people, reasons and answers.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Page};
use tests::ses::{Event, Format};

use super::{INVOICE, delivered, firm_of, open_stopped, person};
use crate::browser::{focus, layout};

/// The names of a recipient's statuses in the order of the screen.
async fn chips(page: &Page, address: &str) -> Vec<String> {
    page.css(".chips .chip").inside(&person(page, address)).texts().await
}

#[tokio::test]
async fn sends_latest_first_with_to_cc_and_bcc_in_their_order() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = firm_of(&system);
    let first = json!({
        "to": "Ann Lee <ann@example.com>; bounce@simulator.amazonses.com", "cc": ["zoe@example.com", "abe@example.com"],
        "bcc": "Carl <carl@example.com>", "subject": "The invoice",
    });
    firm.send(INVOICE, first).await;
    firm.history_when(INVOICE, "all of it", |history| {
        let text = history.to_string();
        text.contains("\"bounced\"") && text.matches("\"status\":\"delivered\"").count() == 4
    })
    .await;
    firm.send(INVOICE, json!({ "to": "delayed@local.test", "subject": "A reminder", "track": false })).await;
    firm.history_with(INVOICE, "deferred").await;

    let page = open_stopped(&browser, &system).await;
    page.css("li.send").until_count(2).await;
    assert_eq!(page.css("li.send .subject").texts().await, ["A reminder", "The invoice"]);
    let times = "(list) => [...list.querySelectorAll('h3 time')].map((time) => time.dateTime)";
    let times = page.css("ol.sends").evaluate(times).await;
    assert!(times[0].as_str() > times[1].as_str(), "{times}");

    let people = page.css("li.recipient .who").texts().await;
    let expected = [
        "To delayed@local.test Delayed",
        "To Ann Lee ann@example.com Sent",
        "To bounce@simulator.amazonses.com Rejected",
        "Cc zoe@example.com Sent",
        "Cc abe@example.com Sent",
        "Bcc Carl carl@example.com Sent",
    ];
    assert_eq!(people, expected);
    for (address, names) in [
        ("delayed@local.test", ["Processed", "Deferred"]),
        ("bounce@simulator.amazonses.com", ["Processed", "Bounce"]),
        ("carl@example.com", ["Processed", "Delivered"]),
    ] {
        let shown = chips(&page, address).await;
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(shown.iter().zip(names).all(|(chip, name)| chip.starts_with(name)), "{shown:?}");
    }
    person(&page, "delayed@local.test").shows("Wait: Amazon SES keeps trying until").await;
    person(&page, "delayed@local.test").shows("Opens: not tracked").await;
    person(&page, "ann@example.com").shows("Opens: not seen").await;

    assert_eq!(page.layout_shift().await, 0.0, "skeletons leave the room that is needed");
    layout::is_accessible(&page, &[360, 1280]).await;
    layout::fits(&page, &layout::WIDTHS).await;
    page.screenshots("communications").await;
    page.evaluate("document.documentElement.dir = 'rtl'").await;
    layout::fits(&page, &layout::WIDTHS).await;
    page.screenshot("communications-rtl").await;
    page.finish().await;
}

#[tokio::test]
async fn repeated_opens_are_one_chip_with_their_count_that_opens_by_keyboard() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (firm, mail) = delivered(&system, json!({})).await;
    for _ in 0..5 {
        system.as_browser(&mail.pixel()).await;
    }
    firm.history_when(INVOICE, "five opens", |history| history["sends"][0]["recipients"][0]["opens"] == 5).await;
    let page = open_stopped(&browser, &system).await;
    let shown = chips(&page, "ann@example.com").await;
    assert_eq!(shown.len(), 3, "{shown:?}");
    assert!(shown[2].starts_with("Open ×5"), "{shown:?}");

    focus::tab_to(&page, "button", "Open ×5").await;
    assert_eq!(page.focused().await["expanded"], false);
    page.press("Enter").await;
    let times = page.css("ol.times li").inside(&person(&page, "ann@example.com"));
    times.until_count(5).await;
    assert_eq!(page.focused().await["expanded"], true);
    let written = times.texts().await;
    assert!(written.is_sorted() && written[0].matches(':').count() == 2, "to the second: {written:?}");
    layout::is_accessible(&page, &[1280]).await;
    page.press("Space").await;
    times.until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn what_machines_did_stands_apart_and_is_never_called_opened() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (firm, mail) = delivered(&system, json!({ "facts": { "url": "https://portal.example.com/i/1" } })).await;
    system.as_agent("Mozilla/5.0", &mail.pixel()).await;
    system.as_agent("curl/8.0", &mail.link()).await;
    firm.history_when(INVOICE, "both", |history| history["sends"][0]["recipients"][0]["automatic_clicks"] == 1).await;

    let page = open_stopped(&browser, &system).await;
    let ann = person(&page, "ann@example.com");
    let machines = page.role("list", "By machines").inside(&ann);
    let text = machines.text().await;
    assert!(text.contains("Open (automatic)") && text.contains("Click (automatic)"), "{text}");
    let people = page.role("list", "Statuses").inside(&ann).text().await;
    assert!(!people.contains("automatic") && !people.contains("Open"), "{people}");
    let text = ann.shows("By machines; says nothing about a reader.").await;
    assert!(!text.contains("Opened") && text.contains("Opens: not seen"), "{text}");
    assert!(text.contains("Evidence: Fetched automatically"), "{text}");

    // What that proves is told where it stands.
    page.role("button", "Fetched automatically").inside(&ann).press("Enter").await;
    ann.shows("says nothing about a reader").await;
    page.role("button", "What an open proves").press("Enter").await;
    page.css(".proves").shows("They never count as a reader").await;
    layout::is_accessible(&page, &[1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn an_open_does_not_hide_a_bounce_nor_a_bounce_an_open() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (_firm, mail) = delivered(&system, json!({})).await;
    system.as_browser(&mail.pixel()).await;
    system.bring(Event::bounce(&mail, "Permanent", "General").body(Format::Published)).await;
    let page = open_stopped(&browser, &system).await;
    let ann = person(&page, "ann@example.com");
    let text = ann.shows("Bounce").await;
    for part in ["Rejected", "Open ", "1 open, last", "Evidence: Possibly opened", "Find out the right address"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    page.finish().await;
}

#[tokio::test]
async fn reasons_are_words_and_the_servers_own_answer_comes_on_demand() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (_firm, mail) = delivered(&system, json!({})).await;
    let event = Event::bounce(&mail, "Transient", "MailboxFull");
    system.bring(event.body(Format::Published)).await;
    let page = open_stopped(&browser, &system).await;
    let ann = person(&page, "ann@example.com");
    let text = ann.shows("mailbox is full").await;
    assert!(text.contains("Call the client") && !text.contains("server said no"), "{text}");

    focus::tab_to(&page, "button", "The server's own answer").await;
    page.press("Enter").await;
    ann.shows("451 4.4.7 server said no").await;
    focus::tab_to(&page, "button", "Details of ann@example.com").await;
    page.press("Enter").await;
    let log = page.role("table", "All statuses of ann@example.com");
    let rows = page.css("tbody tr").inside(&log).texts().await;
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows[0].contains("Processed") && rows[1].contains("Delivered") && rows[2].contains("Block"), "{rows:?}");
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("communications-details").await;
    page.finish().await;
}

#[tokio::test]
async fn an_invoice_that_was_never_e_mailed_says_so_and_can_be_sent() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open_stopped(&browser, &system).await;
    page.css("invoice-communications").shows("This invoice was never e-mailed.").await;
    assert_eq!(page.layout_shift().await, 0.0);
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("communications-empty").await;
    page.role("button", "Send by e-mail").click().await;
    page.role_with("dialog", INVOICE).appears().await;
    page.finish().await;
}
