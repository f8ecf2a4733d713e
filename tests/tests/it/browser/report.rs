//! The report: what staff see in it, what they narrow it to, what they take away from it, and how it bears trouble.

mod download;
mod failures;
mod filters;
mod looks;
mod made;
mod paging;
mod rows;
mod strings;
mod totals;

use std::collections::BTreeMap;

use reqwest::Url;
use serde_json::json;
use tests::browser::{Locator, Page};
use tests::{Firm, System, until};

/// Requests for rows; those for totals go on with `/summary`.
const ROWS: &str = "/v1/reports/invoice-emails?";
/// Requests for totals.
const SUMMARY: &str = "/v1/reports/invoice-emails/summary";

/// A system with the demo firm's sixty days, so many times as large as a small firm's, once all of them are there.
async fn demo(scale: u32) -> (System, Firm) {
    let system = System::start_with_demo_of(scale).await;
    let firm = system.firm("demo");
    // It is sent after everything else was written.
    firm.history_with("2026-0904", "bounced").await;
    system.settled().await;
    (system, firm)
}

/// The rows that are in the page.
fn rows(page: &Page) -> Locator<'_> {
    page.css("tr[part=row]")
}

/// The row that shows this text.
fn row<'page>(page: &'page Page, text: &str) -> Locator<'page> {
    rows(page).containing(text)
}

/// The tile of a Sent Status, or that of `All`.
fn tile<'page>(page: &'page Page, word: &str) -> Locator<'page> {
    page.css("button[part=tile]").containing(word)
}

/// What stands where something went wrong.
fn problem(page: &Page) -> Locator<'_> {
    page.css("[part=problem]")
}

/// The way on after a failure.
fn again(page: &Page) -> Locator<'_> {
    page.role("button", "Try again").inside(&problem(page))
}

/// Waits until the page's address has this query.
async fn until_search(page: &Page, search: &str) {
    page.until(&format!("the address has {search:?}"), &format!("location.search === {search:?}")).await;
}

/// What the rows were asked for with last.
fn asked(page: &Page) -> BTreeMap<String, String> {
    let requests = page.requests(ROWS);
    let url = Url::parse(&requests.last().expect("a request for rows").url).expect("a URL");
    url.query_pairs().into_owned().collect()
}

/// Waits until the rows were last asked for with this value of a parameter.
async fn until_asked(page: &Page, name: &str, value: &str) {
    until(&format!("the rows are asked for with {name}={value}"), async || {
        let asked = asked(page);
        if asked.get(name).is_some_and(|given| given == value) { Ok(()) } else { Err(format!("{asked:?}")) }
    })
    .await;
}

/// A firm with e-mails about two clients: one arrived, one bounced, and a third one.
async fn firm_of_two_clients(system: &System, third: &str) -> Firm {
    let firm = system.firm("demo");
    for (invoice, to, client) in [
        ("1", "ann@example.com", "client-7"),
        ("2", "bounce@simulator.amazonses.com", "client-8"),
        ("3", third, "client-7"),
    ] {
        firm.send(invoice, json!({ "to": to, "subject": format!("Invoice {invoice}"), "facts": { "client": client } }))
            .await;
        firm.history_with(invoice, "processed").await;
    }
    firm.history_with("2", "bounced").await;
    system.settled().await;
    firm
}
