//! What the report is narrowed to, by its fields; and that the page's address has it.

use jiff::ToSpan;
use jiff::civil::Date;
use tests::System;
use tests::browser::{Browser, Kind, Locator, Page};

use super::super::{focus, layout};
use super::{ROWS, again, asked, firm_of_two_clients, problem, row, rows, tile, until_asked, until_search};

const EMPTY: &str = "No invoice was e-mailed in this period.";
const NO_MATCH: &str = "No e-mail of this period matches the filters.";
const WHOLE_PERIOD: &str = "Totals and chart are for the whole period";

/// The list of periods, as the page's own scripts find it.
const SELECT: &str = "document.querySelector('invoice-email-report').shadowRoot
    .querySelector('invoice-email-report-filters').shadowRoot.querySelector('select')";

fn period(page: &Page) -> Locator<'_> {
    page.role("combobox", "Period")
}

/// A field by its name in the address.
fn field<'page>(page: &'page Page, name: &str) -> Locator<'page> {
    page.css(&format!("input[name={name}]"))
}

/// What stands at a field that is wrong, as whoever hears the page is told it, too.
async fn mistake(page: &Page, name: &str) -> String {
    field(page, name).until_attribute("aria-invalid", "true").await;
    let told = page.css(&format!("#{name}-error")).text().await;
    assert_eq!(field(page, name).accessibility().await["description"], told);
    told
}

/// Today as the page has it.
async fn today(page: &Page) -> Date {
    page.evaluate("new Date().toISOString().slice(0, 10)").await.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_preset_is_a_span_of_days_and_goes_into_the_address_and_back() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_two_clients(&system, "bob@example.com; ann@example.com").await;
    let page = browser.page(&system.url()).await;
    rows(&page).until_count(4).await;
    let today = today(&page).await;
    let last_month = today.first_of_month() - 1.day();
    let presets = [
        ("today", today, today),
        ("yesterday", today - 1.day(), today - 1.day()),
        ("last-7-days", today - 6.days(), today),
        ("", today - 29.days(), today),
        ("this-month", today.first_of_month(), today),
        ("last-month", last_month.first_of_month(), last_month),
    ];

    period(&page).press("Home").await;
    for (name, from, to) in presets {
        let search = if name.is_empty() { String::new() } else { format!("?period={name}") };
        until_search(&page, &search).await;
        until_asked(&page, "from", &from.to_string()).await;
        until_asked(&page, "to", &to.to_string()).await;
        assert_eq!(asked(&page)["timezone"], "UTC");
        if to == today {
            rows(&page).until_count(4).await;
        } else {
            page.shown(EMPTY).appears().await;
        }
        period(&page).press("ArrowDown").await;
    }
    // The last step led to days of one's own, which begin as those that were shown.
    until_search(&page, &format!("?from={}&to={last_month}", last_month.first_of_month())).await;

    for (name, ..) in presets.iter().rev() {
        page.back().await;
        let value = if name.is_empty() { "last-30-days" } else { name };
        page.until("the field follows", &format!("{SELECT}.value === {value:?}")).await;
    }
    rows(&page).until_count(4).await;
    page.evaluate("history.forward()").await;
    until_search(&page, "?period=yesterday").await;
    page.shown(EMPTY).appears().await;
    page.reload().await;
    assert_eq!(period(&page).value().await, "yesterday");
    page.shown(EMPTY).appears().await;
    page.finish().await;
}

#[tokio::test]
async fn days_of_ones_own_that_make_no_sense_are_told_at_their_field() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_two_clients(&system, "bob@example.com; ann@example.com").await;
    let page = browser.page(&format!("{}/?from=2026-02-01&to=2026-02-28", system.url())).await;
    page.shown(EMPTY).appears().await;
    assert_eq!(period(&page).value().await, "custom");

    // As on an American keyboard; while somebody types nothing is asked.
    let before = page.requests(ROWS).len();
    field(&page, "from").type_text("03152026").await;
    assert_eq!(page.requests(ROWS).len(), before);
    page.press("Enter").await;
    assert_eq!(mistake(&page, "to").await, "This must not be before from, 2026-03-15.");
    // Whoever is at the fields is led to the mistake.
    focus::is_on(&page, "Date", "Last day").await;
    assert_eq!(page.role("button", "Try again").count().await, 0, "that would not help");
    layout::is_accessible(&page, &[1280]).await;

    page.type_text("03312026").await;
    page.press("Enter").await;
    until_search(&page, "?from=2026-03-15&to=2026-03-31").await;
    page.shown(EMPTY).appears().await;
    page.css("#to-error").until_count(0).await;
    page.back().await;
    assert_eq!(mistake(&page, "to").await, "This must not be before from, 2026-03-15.");
    period(&page).press("Home").await;
    until_search(&page, "?period=today").await;
    rows(&page).until_count(4).await;
    page.expect(Kind::Request, ": 400");
    page.finish().await;
}

#[tokio::test]
async fn what_is_no_client_no_address_and_no_invoice_is_told_at_each_field() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_two_clients(&system, "bob@example.com; ann@example.com").await;
    let page = browser.page(&format!("{}/?client=a%20b&recipient=nobody&invoice=1%2F2", system.url())).await;
    assert_eq!(mistake(&page, "client").await, "This must consist of A-Z a-z 0-9 . _ - only, not ' '.");
    assert_eq!(mistake(&page, "recipient").await, "This is not an e-mail address.");
    assert_eq!(mistake(&page, "invoice").await, "This must consist of A-Z a-z 0-9 . _ - only, not '/'.");
    problem(&page).appears().await;
    assert_eq!((rows(&page).count().await, again(&page).count().await), (0, 0));

    // Whoever mends one is led to the next.
    for (name, value, next) in [
        ("client", "client-7", "Recipient’s address"),
        ("recipient", "ann@example.com", "Invoice"),
        ("invoice", "1", "Invoice"),
    ] {
        field(&page, name).fill(value).await;
        page.press("Enter").await;
        page.css(&format!("#{name}-error")).until_count(0).await;
        focus::is_on(&page, "textbox", next).await;
    }
    rows(&page).until_count(1).await;
    until_search(&page, "?client=client-7&recipient=ann@example.com&invoice=1").await;
    page.expect(Kind::Request, ": 400");
    page.finish().await;
}

#[tokio::test]
async fn client_recipient_and_invoice_narrow_the_rows_and_clearing_shows_all() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    firm_of_two_clients(&system, "bob@example.com; ann@example.com").await;
    // What is not ours stays, to the letter.
    let others = "?utm_source=mail&x=%2F%2f&flag";
    let page = browser.page(&format!("{}/{others}", system.url())).await;
    rows(&page).until_count(4).await;
    assert_eq!(page.shown_with(WHOLE_PERIOD).count().await, 0);

    focus::tab_to(&page, "textbox", "Client id").await;
    page.type_text("client-7").await;
    page.press("Enter").await;
    until_search(&page, &format!("{others}&client=client-7")).await;
    rows(&page).until_count(3).await;
    page.shown_with(WHOLE_PERIOD).appears().await;
    tile(&page, "All").shows("4").await;

    // A field that is left applies, too.
    focus::tab_to(&page, "textbox", "Recipient’s address").await;
    page.type_text(" ann@example.com ").await;
    page.press("Tab").await;
    until_search(&page, &format!("{others}&client=client-7&recipient=ann@example.com")).await;
    rows(&page).until_count(2).await;
    page.type_text("3").await;
    page.press("Enter").await;
    until_search(&page, &format!("{others}&client=client-7&recipient=ann@example.com&invoice=3")).await;
    rows(&page).until_count(1).await;
    row(&page, "Invoice 3").shows("ann@example.com").await;

    page.reload().await;
    rows(&page).until_count(1).await;
    for (name, value) in [("client", "client-7"), ("recipient", "ann@example.com"), ("invoice", "3")] {
        assert_eq!(field(&page, name).value().await, value);
    }
    page.back().await;
    rows(&page).until_count(2).await;
    assert_eq!(field(&page, "invoice").value().await, "");

    tile(&page, "Rejected").click().await;
    page.shown_with(NO_MATCH).appears().await;
    page.role("button", "Show all of the period").click().await;
    until_search(&page, others).await;
    rows(&page).until_count(4).await;

    field(&page, "client").fill("client-8").await;
    page.press("Enter").await;
    rows(&page).until_count(1).await;
    page.role("button", "Clear filters").click().await;
    until_search(&page, others).await;
    rows(&page).until_count(4).await;
    assert_eq!(field(&page, "client").value().await, "");
    page.role("button", "Clear filters").until_attribute("aria-disabled", "true").await;
    page.finish().await;
}
