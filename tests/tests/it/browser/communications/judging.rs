//! Whether machines or people fetched: each verdict with its sentence and its rule, and what follows from it.

use serde_json::json;
use tests::browser::{Browser, Kind, Page, Reply};
use tests::{Firm, System};

use super::{INVOICE, delivered, firm_of, open_stopped, person, url};
use crate::browser::layout;

const HINT: &str = "At example.com nearly every first open is a scanner's; ask for a reply instead.";

/// Ann's copy, and Zoe's, were fetched by machines alone.
async fn fetched_by_machines(system: &System) -> Firm {
    let (firm, mail) = delivered(system, json!({ "cc": "zoe@example.com" })).await;
    system.as_agent("curl/8.0", &mail.pixel()).await;
    let zoes = system.mail("Invoice 1042", "zoe@example.com").await;
    system.as_agent("curl/8.0", &zoes.pixel()).await;
    firm.history_when(INVOICE, "both", |history| history.to_string().matches("\"automatic\":true").count() == 2).await;
    firm
}

/// The page, to which this is answered about domains.
async fn open_with_domains(browser: &Browser, system: &System, reply: Reply) -> Page {
    let page = browser.page("about:blank").await;
    page.intercept("/v1/domains/", reply).await;
    page.goto(&url(system)).await;
    page
}

#[tokio::test]
async fn a_machines_line_says_why_and_by_which_rule() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    fetched_by_machines(&system).await;
    let page = open_stopped(&browser, &system).await;
    let ann = person(&page, "ann@example.com");
    let text = ann.shows("A program or security scanner fetched it, not a mail reader.").await;
    assert!(
        text.contains("By machines; says nothing about a reader.") && text.contains("Rule program, version"),
        "{text}"
    );
    page.role("button", "Details of ann@example.com").press("Enter").await;
    let log = page.role("table", "All statuses of ann@example.com");
    let rows = page.css("tbody tr").inside(&log).texts().await;
    let last = rows.last().unwrap();
    assert!(last.contains("Open (automatic)") && last.contains("Rule program, version"), "{rows:?}");
    layout::is_accessible(&page, &[360, 1280]).await;
    layout::fits(&page, &layout::WIDTHS).await;
    page.finish().await;
}

#[tokio::test]
async fn what_is_known_of_a_domain_is_asked_once_and_told_to_all_of_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    fetched_by_machines(&system).await;
    let known = json!({
        "domain": "example.com", "first_fetches": 40, "automatic_first_fetches": 37, "median_seconds": 4, "hint": HINT,
    });
    let page = open_with_domains(&browser, &system, Reply::json(&known)).await;
    for address in ["ann@example.com", "zoe@example.com"] {
        person(&page, address).shows(HINT).await;
    }
    page.requests_when("/v1/domains/example.com", 1).await;
    layout::is_accessible(&page, &[360, 1280]).await;
    layout::fits(&page, &layout::WIDTHS).await;
    page.screenshots("communications-domain").await;
    page.finish().await;
}

#[tokio::test]
async fn a_hint_that_cannot_be_had_is_missed_by_nobody() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    fetched_by_machines(&system).await;
    let page = open_with_domains(&browser, &system, Reply::problem(403, "Not yours.")).await;
    page.problem(Kind::Request, ": 403").await;
    person(&page, "ann@example.com").shows("Opens: not seen").await;
    page.any("alert").until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn nobody_asks_about_a_domain_where_a_person_possibly_read() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (firm, mail) = delivered(&system, json!({})).await;
    system.as_agent("curl/8.0", &mail.pixel()).await;
    system.as_browser(&mail.pixel()).await;
    firm.history_when(INVOICE, "an open", |history| history["sends"][0]["recipients"][0]["opens"] == 1).await;
    let page = open_stopped(&browser, &system).await;
    person(&page, "ann@example.com").shows("1 open, last").await;
    page.drawn().await;
    assert_eq!(page.requests("/v1/domains/").len(), 0);
    page.finish().await;
}

#[tokio::test]
async fn an_e_mail_that_was_possibly_forwarded_says_why() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (firm, _mail) = delivered(&system, json!({})).await;
    // That takes three networks and days.
    let mut history = firm.history(INVOICE).await;
    history["sends"][0]["recipients"][0]["possibly_forwarded"] = json!(true);
    let page = open_stopped(&browser, &system).await;
    page.intercept(&format!("/v1/invoices/{INVOICE}/emails"), Reply::json(&history)).await;
    page.reload().await;
    let ann = person(&page, "ann@example.com");
    ann.shows("Possibly forwarded: people's clicks came from three or more networks, days apart").await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn what_is_not_tracked_is_never_called_not_seen() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = firm_of(&system);
    firm.send(INVOICE, json!({ "to": "ann@example.com", "subject": "Quiet", "track": false })).await;
    firm.history_with(INVOICE, "delivered").await;
    let page = open_stopped(&browser, &system).await;
    let text = person(&page, "ann@example.com").shows("Opens: not tracked").await;
    assert!(!text.contains("not seen") && !text.contains("not opened"), "{text}");
    page.css("li.send").shows("opens and clicks not tracked").await;
    page.finish().await;
}
