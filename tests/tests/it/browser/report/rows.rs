//! What a row says of an e-mail: in its columns, and unfolded.

use serde_json::json;
use tests::browser::{Browser, Page};
use tests::{Firm, System, until};

use super::super::focus;
use super::{row, rows, until_search};

const PRIVACY_PROXY: &str = "Mozilla/5.0";

/// Each with its Sent Status, newest first.
const FATES: [(&str, &str); 6] = [
    ("106", "Queued"),
    ("105", "Marked Spam"),
    ("104", "Rejected"),
    ("103", "Delayed"),
    ("102", "Opened"),
    ("101", "Sent"),
];

/// A firm to whose e-mails everything has happened that can.
async fn firm_of_all_fates(system: &System) -> Firm {
    let firm = system.firm("demo");
    firm.send_to("101", "success@simulator.amazonses.com").await;
    firm.history_with("101", "delivered").await;
    let body = json!({
        "to": "Ann Lee <ann@example.com>", "subject": "Invoice 102",
        "facts": {
            "number": "2026-0102", "client": "client-7", "client_name": "Acme & Söhne",
            "url": "https://portal.example.com/i/102",
        },
    });
    firm.send("102", body).await;
    firm.history_with("102", "delivered").await;
    let mail = system.mail("Invoice 102", "ann@example.com").await;
    system.as_agent(PRIVACY_PROXY, &mail.pixel()).await;
    for _ in 0..2 {
        system.as_browser(&mail.pixel()).await;
    }
    system.as_browser(&mail.link()).await;
    for (invoice, address, status) in [
        ("103", "delayed@local.test", "deferred"),
        ("104", "bounce@simulator.amazonses.com", "bounced"),
        ("105", "complaint@simulator.amazonses.com", "complained"),
    ] {
        firm.send_to(invoice, address).await;
        firm.history_with(invoice, status).await;
    }
    system.faults(json!({ "ses": { "throttle": 1_000_000 } })).await;
    firm.send_to("106", "later@example.com").await;
    firm
}

/// What the cells of a row show.
async fn cells(page: &Page, text: &str) -> Vec<String> {
    page.css("td, th").inside(&row(page, text)).texts().await
}

#[tokio::test]
async fn a_row_has_its_columns_newest_first_and_each_status_its_own_word_and_sign() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = firm_of_all_fates(&system).await;
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(FATES.len()).await;

    let columns = page.css("table[part=table] thead th").texts().await;
    let expected =
        ["Details", "Sent", "Invoice", "Client", "Recipient", "Subject", "Opens", "Clicks", "Evidence", "Sent Status"];
    assert_eq!(columns, expected, "the Sent Status stands last");
    assert_eq!(page.css("td.subject").texts().await, FATES.map(|(invoice, _)| format!("Invoice {invoice}")));
    let mut signs = Vec::new();
    for (place, (invoice, word)) in FATES.iter().enumerate() {
        let badge = page.css("td.status .badge").inside(&row(&page, &format!("Invoice {invoice}")));
        assert_eq!(badge.text().await, *word);
        let sign = badge.evaluate("(badge) => badge.querySelector('svg').innerHTML").await;
        assert!(!signs.contains(&sign), "{word} has a sign of its own");
        signs.push(sign);
        let index = row(&page, &format!("Invoice {invoice}")).attribute("aria-rowindex").await;
        assert_eq!(index, Some((place + 2).to_string()), "the head is the first row");
    }

    let shown = cells(&page, "Invoice 102").await;
    let told = &firm.report("?invoice=102").await[0];
    assert_eq!(
        shown[2..],
        ["2026-0102", "Acme & Söhne", "To ann@example.com", "Invoice 102", "2 1 automatic", "1", "Clicked", "Opened"]
    );
    assert_eq!((&told["opens"], &told["automatic_opens"], &told["clicks"]), (&json!(2), &json!(1), &json!(1)));
    let time = page.css("td.when time").inside(&row(&page, "Invoice 102"));
    assert_eq!(time.attribute("datetime").await.as_deref(), told["submitted_at"].as_str());
    assert!(time.attribute("title").await.unwrap().contains("UTC"), "the exact time on hover");
    let shown = cells(&page, "Invoice 101").await;
    assert_eq!(shown[6..], ["not seen", "0", "Delivered", "Sent"]);
    page.finish().await;
}

#[tokio::test]
async fn what_it_means_unfolds_by_keyboard() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_all_fates(&system).await;
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(FATES.len()).await;
    let details = page.css("tr[part=details]");

    focus::tab_to(&page, "button", "Details of invoice 2026-0102 to ann@example.com").await;
    assert_eq!(page.focused().await["expanded"], json!(false));
    page.press("Enter").await;
    for sentence in [
        "Opened or clicked, possibly by a person.",
        "Evidence: Clicked A link of the mail was followed, most likely by a person.",
        "Opens 2 possibly by people. 1 by machines.",
        "Clicks 1 most likely by people.",
        "Acme & Söhne (client-7)",
    ] {
        details.shows(sentence).await;
    }
    assert_eq!(page.focused().await["expanded"], json!(true), "the focus stays");
    page.press("Space").await;
    details.disappears().await;

    for (invoice, sentences) in [
        ("101", ["Not seen, which proves nothing.", "It may lie in the spam folder."]),
        ("103", ["Next step Wait until", "Amazon SES keeps trying."]),
        ("104", ["The server’s answer", "Next step Correct the address"]),
        ("105", ["The recipient reported it as spam.", "Next step Do not e-mail this person"]),
        ("106", ["Waits to be sent.", "Evidence: None"]),
    ] {
        let button = page.role_with("button", &format!("Details of invoice {invoice}"));
        button.press("Enter").await;
        for sentence in sentences {
            details.shows(sentence).await;
        }
        button.press("Enter").await;
        details.disappears().await;
    }
    page.finish().await;
}

#[tokio::test]
async fn what_was_not_tracked_is_not_called_unseen_nor_what_never_arrived() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    for (invoice, to, track) in
        [("1", "ann@example.com", false), ("2", "ann@example.com", true), ("3", "bounce@simulator.amazonses.com", true)]
    {
        firm.send(invoice, json!({ "to": to, "subject": format!("Invoice {invoice}"), "track": track })).await;
        firm.history_with(invoice, if invoice == "3" { "bounced" } else { "delivered" }).await;
    }
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(3).await;
    assert_eq!(page.css("td.opens").texts().await, ["–", "not seen", "not tracked"]);
    assert_eq!(page.css("td.clicks").texts().await, ["0", "0", "not tracked"]);
    for (invoice, words) in [
        ("1", "Opens Not tracked. Clicks Not tracked."),
        ("2", "Opens Not seen, which proves nothing. Clicks None seen."),
        ("3", "Opens None: it did not arrive. Clicks None seen."),
    ] {
        let button = page.role_with("button", &format!("Details of invoice {invoice} "));
        button.press("Enter").await;
        page.css("tr[part=details]").shows(words).await;
        button.press("Enter").await;
    }
    page.finish().await;
}

#[tokio::test]
async fn from_the_details_there_is_a_way_to_the_client_and_to_the_invoice() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_all_fates(&system).await;
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(FATES.len()).await;
    page.role_with("button", "Details of invoice 2026-0102").press("Enter").await;
    page.role("button", "Show only this client").press("Enter").await;
    until_search(&page, "?client=client-7").await;
    rows(&page).until_count(1).await;
    assert_eq!(page.css("input[name=client]").value().await, "client-7");
    page.role("button", "Clear filters").click().await;
    page.role_with("button", "Details of invoice 104").press("Enter").await;
    page.role("button", "Open its e-mails").press("Enter").await;
    page.css("invoice-communications").shows("Bounce").await;
    assert!(page.url().await.contains("view=invoice&invoice=104"));
    page.finish().await;
}

#[tokio::test]
async fn what_an_open_proves_is_told_where_people_look_for_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    system.firm("demo").send_to("101", "ann@example.com").await;
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(1).await;
    // Above the table, and at the column itself.
    for _ in 0..2 {
        focus::tab_to(&page, "button", "What an open proves").await;
        let opener = page.focused().await;
        page.press("Enter").await;
        let note = page.role("dialog", "What an open proves");
        for sentence in [
            "Opened: the mail's image was loaded or a link was followed, possibly by a person.",
            "Not seen: proves nothing.",
            "They never count as a reader",
            "it may lie in the spam folder",
            "Gmail does not",
        ] {
            note.shows(sentence).await;
        }
        page.press("Escape").await;
        note.disappears().await;
        until("the focus is where it was", async || {
            let focused = page.focused().await;
            if focused == opener { Ok(()) } else { Err(focused.to_string()) }
        })
        .await;
    }
    page.finish().await;
}
