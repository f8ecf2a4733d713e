//! What the queue lists, and how one finds one's way in it.

use serde_json::{Value, json};
use tests::System;
use tests::browser::Browser;
use tests::ses::{Event, Format};

use super::super::focus;
use super::{PAGE_ROWS, fails, fill_pages, open, rows, shows};

#[tokio::test]
async fn rows_stand_oldest_first_with_reason_since_and_what_to_do() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let cases = [
        ("7", "bounce@simulator.amazonses.com", "Rejected", "Correct the address"),
        ("3", "mailbox-full@local.test", "Rejected", "Call the client"),
        ("5", "complaint@simulator.amazonses.com", "Marked Spam", "Do not e-mail this person"),
        ("1", "delayed@local.test", "Delayed", "Wait until"),
        ("4", "reject@local.test", "Rejected", "Send it again"),
    ];
    let mut known = Vec::new();
    for (invoice, address, ..) in cases {
        known.push(fails(&firm, invoice, address).await);
    }
    firm.attention_when("what they failed of", |rows| {
        let statuses: Vec<&Value> = rows.iter().map(|row| &row["sent_status"]).collect();
        statuses
            == [&json!("rejected"), &json!("rejected"), &json!("marked_spam"), &json!("delayed"), &json!("rejected")]
    })
    .await;
    let page = open(&browser, &system).await;
    shows(&page, &["7", "3", "5", "1", "4"]).await;
    for (index, (_, address, status, action)) in cases.into_iter().enumerate() {
        let row = rows(&page).nth(index);
        for text in [address, status, action] {
            row.shows(text).await;
        }
        // How long ago, and the exact time in the page's zone.
        let since = page.css(".since time").inside(&row).evaluate("(time) => [time.dateTime, time.title]").await;
        assert_eq!(since[0], known[index]["since"]);
        assert!(since[1].as_str().unwrap().contains("UTC"), "{since}");
    }
    page.role_with("heading", "Work queue 5").appears().await;
    page.css(".head p").shows("1 Marked Spam · 3 Rejected · 1 Delayed").await;
    page.role("button", "Correct the address: bounce@simulator.amazonses.com").appears().await;
    page.role("button", "Send it again: reject@local.test").appears().await;
    // What deals with a row once people have spoken to each other; nothing that sends where nobody wants it.
    let buttons: [(&str, &[&str]); 3] = [
        ("mailbox-full", &["3", "Correct the address", "Send it again", "Show e-mails"]),
        ("complaint@", &["5", "Show e-mails"]),
        ("delayed@", &["1", "Show e-mails"]),
    ];
    for (address, expected) in buttons {
        let row = page.any("row").containing(address);
        assert_eq!(page.any("button").inside(&row).texts().await, expected, "{address}");
    }
    page.css("#badge").shows("5").await;
    page.finish().await;
}

#[tokio::test]
async fn who_blocks_the_firm_or_has_to_be_called_is_sent_to_again_once_that_is_done() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    for (invoice, bounce_type, sub_type, action) in [
        ("1", "Transient", "ContentRejected", "Ask the client to allow your e-mails"),
        ("2", "Transient", "MailboxFull", "Call the client"),
    ] {
        let address = format!("ann{invoice}@example.com");
        firm.send_to(invoice, &address).await;
        let mail = system.mail(&format!("Invoice {invoice}"), &address).await;
        system.settled().await;
        let bounce = Event::bounce(&mail, bounce_type, sub_type);
        assert_eq!(system.bring(bounce.body(Format::Published)).await, "recorded");
        firm.attention_when(action, |rows| rows.iter().any(|row| row["invoice"] == invoice)).await;
    }
    let page = open(&browser, &system).await;
    shows(&page, &["1", "2"]).await;
    rows(&page).nth(0).shows("Ask the client to allow your e-mails").await;
    rows(&page).nth(1).shows("Call the client").await;
    // What the server said is there for who wants to know.
    let row = rows(&page).nth(0);
    page.shown_with("server said no").inside(&row).disappears().await;
    page.shown("The server’s own answer").inside(&row).click().await;
    page.shown_with("server said no").inside(&row).appears().await;
    page.role_with("button", "Send it again").until_count(2).await;
    page.role("button", "Correct the address: ann2@example.com").until_count(1).await;
    page.role_with("button", "Correct the address").until_count(1).await;
    page.finish().await;
}

#[tokio::test]
async fn an_empty_queue_says_so() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1", "ooto@simulator.amazonses.com").await;
    firm.history_with("1", "auto_replied").await;
    let page = open(&browser, &system).await;
    page.shown("Nothing needs you.").appears().await;
    page.any("table").until_count(0).await;
    assert_eq!(page.css("#badge").text().await, "");
    page.finish().await;
}

#[tokio::test]
async fn a_long_queue_is_shown_page_by_page() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    fill_pages(&system, 5).await;
    let page = open(&browser, &system).await;
    rows(&page).until_count(PAGE_ROWS).await;
    // Of all of them, though the later ones were not asked for yet.
    page.role_with("heading", "Work queue 55").appears().await;
    page.css("#badge").shows("55").await;
    page.role("button", "Show more").press("Enter").await;
    rows(&page).until_count(PAGE_ROWS + 5).await;
    page.role("button", "Show more").disappears().await;
    // The keyboard goes on where the new rows begin.
    focus::is_on(&page, "button", "Correct the address: bounce+").await;
    let focused = page.focused().await;
    let first_new = page.css("tr[data-key] th").nth(PAGE_ROWS).text().await;
    assert!(focused["name"].as_str().unwrap().contains(&first_new), "{focused} {first_new}");
    page.role_with("heading", "Work queue 55").appears().await;
    page.finish().await;
}

#[tokio::test]
async fn rows_are_narrowed_to_one_kind_of_work() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    fails(&firm, "1", "bounce@simulator.amazonses.com").await;
    fails(&firm, "2", "mailbox-full@local.test").await;
    fails(&firm, "3", "bounce+3@simulator.amazonses.com").await;
    let page = open(&browser, &system).await;
    shows(&page, &["1", "2", "3"]).await;
    let filter = page.role("combobox", "What to do");
    filter.focus().await;
    page.type_text("Call").await;
    shows(&page, &["2"]).await;
    page.press("ArrowUp").await;
    shows(&page, &["1", "3"]).await;
    // The badge counts all of it.
    page.css("#badge").shows("3").await;
    page.finish().await;
}

#[tokio::test]
async fn what_others_wrote_stays_text() {
    const EVIL: &str = "<img src=x onerror=alert(1)><script>alert(2)</script>\"'`";
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let body = json!({
        "to": format!("\"{}\" <ann@example.com>", EVIL.replace('"', "")), "subject": EVIL,
        "facts": { "number": &EVIL[..50], "client": "c1", "client_name": EVIL },
    });
    firm.send("1", body).await;
    let mail = system.mail(EVIL, "ann@example.com").await;
    system.settled().await;
    let said = json!([{ "emailAddress": "ann@example.com", "status": "5.1.1", "diagnosticCode": format!("smtp; 550 {EVIL}") }]);
    let bounce = Event::bounce(&mail, "Permanent", "General").with("bouncedRecipients", said);
    assert_eq!(system.bring(bounce.body(Format::Published)).await, "recorded");
    firm.attention_when("the bounce", |rows| rows.len() == 1).await;
    let page = open(&browser, &system).await;
    let row = rows(&page);
    row.shows(EVIL).await;
    page.shown("The server’s own answer").click().await;
    page.shown_with(&format!("550 {EVIL}")).appears().await;
    page.role("button", "Correct the address: ann@example.com").click().await;
    page.role("dialog", "Correct the address and send again").shows("ann@example.com").await;
    page.finish().await;
}
