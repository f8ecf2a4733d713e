//! How many e-mails have which status, as tiles, bars and a table; each of them narrows the rows. And where days begin.

use serde_json::Value;
use tests::browser::{Browser, Locator, Page};
use tests::{Firm, System};

use super::super::focus;
use super::{SUMMARY, demo, made, row, rows, tile, until_asked, until_search};

/// Words on screen, and the API's names.
const STATUSES: [(&str, &str); 6] = [
    ("Sent", "sent"),
    ("Opened", "opened"),
    ("Delayed", "delayed"),
    ("Rejected", "rejected"),
    ("Marked Spam", "marked_spam"),
    ("Queued", "queued"),
];

/// What is known at best of an e-mail, in the order in which it is told: words on screen, and the API's names.
const EVIDENCE: [(&str, &str); 7] = [
    ("Confirmed in the portal", "portal_confirmed"),
    ("Clicked", "clicked"),
    ("Possibly opened", "possibly_opened"),
    ("Fetched automatically", "fetched_automatically"),
    ("Delivered", "delivered"),
    ("Accepted", "accepted"),
    ("None", "none"),
];

async fn summary(firm: &Firm) -> Value {
    firm.get(SUMMARY).await.expect(200)
}

/// A day of which the bar is so low that its column can be pressed above it: its place, the day, and how it fared.
fn quiet_day(summary: &Value) -> (usize, String, Value) {
    let days = summary["days"].as_array().unwrap();
    let most = days.iter().map(|day| count(day, "recipients")).max().unwrap();
    let is_quiet = |day: &Value| (1..=most * 2 / 5).contains(&count(day, "recipients"));
    let index = days.iter().position(is_quiet).expect("a day with few e-mails");
    (index, days[index]["day"].as_str().unwrap().to_owned(), days[index].clone())
}

fn count(counts: &Value, name: &str) -> usize {
    counts[name].as_u64().unwrap().try_into().unwrap()
}

/// The whole column of a day.
fn column(page: &Page, index: usize) -> Locator<'_> {
    page.css(&format!("rect.hit[data-index='{index}']"))
}

/// What all rows say of their status.
async fn statuses(page: &Page) -> Vec<String> {
    let mut all = page.css("td.status").texts().await;
    all.sort();
    all.dedup();
    all
}

#[tokio::test]
async fn tiles_count_what_the_api_counts_and_narrow_the_rows() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm) = demo(1).await;
    let total = summary(&firm).await["total"].clone();
    let page = browser.page(&system.url()).await;
    tile(&page, "All").shows(&count(&total, "recipients").to_string()).await;
    for (word, name) in STATUSES {
        let counted = page.css(".count").inside(&tile(&page, word)).text().await;
        assert_eq!(counted, count(&total, name).to_string(), "{word}");
    }

    tile(&page, "Rejected").click().await;
    until_search(&page, "?status=rejected").await;
    tile(&page, "Rejected").until_attribute("aria-pressed", "true").await;
    tile(&page, "All").until_attribute("aria-pressed", "false").await;
    rows(&page).until_count(count(&total, "rejected")).await;
    assert_eq!(statuses(&page).await, ["Rejected"]);
    tile(&page, "Delayed").press("Enter").await;
    until_search(&page, "?status=rejected,delayed").await;
    rows(&page).until_count(count(&total, "rejected") + count(&total, "delayed")).await;
    assert_eq!(statuses(&page).await, ["Delayed", "Rejected"]);
    tile(&page, "Rejected").press("Space").await;
    until_search(&page, "?status=delayed").await;
    rows(&page).until_count(count(&total, "delayed")).await;
    tile(&page, "All").click().await;
    until_search(&page, "").await;
    page.back().await;
    rows(&page).until_count(count(&total, "delayed")).await;
    tile(&page, "Delayed").until_attribute("aria-pressed", "true").await;
    page.requests_when(SUMMARY, 1).await;
    page.finish().await;
}

#[tokio::test]
async fn the_strongest_evidence_of_the_whole_period_is_told_where_the_api_counts_it() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm) = demo(1).await;
    let summary = summary(&firm).await;
    let counted = EVIDENCE.map(|(word, name)| (count(&summary["evidence"], name), word));
    let all: usize = counted.iter().map(|(count, _)| count).sum();
    assert_eq!(all, count(&summary["total"], "recipients"), "each e-mail is counted once");
    let told: Vec<String> =
        counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let told = told.join(" · ");
    assert!(told.contains(" · "), "{told}");
    let page = browser.page(&system.url()).await;
    let line = page.css("[part=evidence]");
    line.shows(&format!("Strongest evidence: {told}")).await;
    let (index, day, _) = quiet_day(&summary);
    column(&page, index).click().await;
    until_search(&page, &format!("?day={day}")).await;
    line.shows(&format!("Strongest evidence in the whole period: {told}")).await;

    // An API that does not count it.
    made::totals(&page, 3).await;
    page.goto(&system.url()).await;
    tile(&page, "All").shows("All 3").await;
    line.until_count(0).await;
    page.finish().await;
}

#[tokio::test]
async fn a_bar_narrows_the_rows_to_its_day_and_a_part_of_it_to_its_status() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm) = demo(1).await;
    let (index, day, counts) = quiet_day(&summary(&firm).await);
    let page = browser.page(&system.url()).await;
    column(&page, index).hover().await;
    let (all, some) =
        (count(&counts, "recipients"), STATUSES.iter().find(|(_, name)| count(&counts, name) > 0).unwrap());
    page.css(".readout").shows(&format!(": {all} e-mail")).await;

    column(&page, index).click().await;
    until_search(&page, &format!("?day={day}")).await;
    until_asked(&page, "from", &day).await;
    until_asked(&page, "to", &day).await;
    rows(&page).until_count(all).await;
    column(&page, index).until_attribute("aria-pressed", "true").await;
    page.css(".count").inside(&tile(&page, "All")).shows(&all.to_string()).await;
    column(&page, index).click().await;
    until_search(&page, "").await;

    page.css(&format!("rect.part[data-index='{index}'][data-status={}]", some.1)).click().await;
    until_search(&page, &format!("?day={day}&status={}", some.1)).await;
    rows(&page).until_count(count(&counts, some.1)).await;
    assert_eq!(statuses(&page).await, [some.0]);
    // The chip above the table takes the day back, and the focus is not lost.
    page.css("[part=day]").press("Enter").await;
    until_search(&page, &format!("?status={}", some.1)).await;
    page.requests_when(SUMMARY, 1).await;
    page.finish().await;
}

#[tokio::test]
async fn the_chart_is_used_by_keyboard_and_read_as_a_table() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm) = demo(1).await;
    let summary = summary(&firm).await;
    let (index, day, counts) = quiet_day(&summary);
    let days = summary["days"].as_array().unwrap();
    let some = STATUSES.iter().find(|(_, name)| count(&counts, name) > 0).unwrap();
    let page = browser.page(&system.url()).await;
    column(&page, days.len() - 1).until_attribute("tabindex", "0").await;

    focus::tab_to(&page, "button", " e-mails: ").await;
    page.press("Home").await;
    for _ in 0..index {
        page.press("ArrowRight").await;
    }
    page.css(".readout").shows(&format!(": {} e-mail", count(&counts, "recipients"))).await;
    page.press("Enter").await;
    until_search(&page, &format!("?day={day}")).await;
    rows(&page).until_count(count(&counts, "recipients")).await;
    page.press("ArrowUp").await;
    // The lowest part of the bar.
    focus::is_on(&page, "button", &format!("{}: {} e-mail", some.0, count(&counts, some.1))).await;
    page.press("Enter").await;
    until_search(&page, &format!("?day={day}&status={}", some.1)).await;
    page.press("Enter").await;
    until_search(&page, "").await;

    page.role("button", "As a table").press("Enter").await;
    let table = page.role("region", "E-mails per day, as a table");
    let lines = page.css("tbody tr").inside(&table);
    lines.until_count(days.len()).await;
    for (line, day) in lines.texts().await.iter().zip(days) {
        let numbers: Vec<String> = STATUSES
            .iter()
            .map(|(_, name)| *name)
            .chain(["recipients"])
            .map(|name| count(day, name).to_string())
            .collect();
        assert!(line.ends_with(&numbers.join(" ")), "{line} is {day}");
    }
    page.css("tbody button").inside(&table).nth(index).press("Enter").await;
    until_search(&page, &format!("?day={day}")).await;
    rows(&page).until_count(count(&counts, "recipients")).await;
    page.finish().await;
}

#[tokio::test]
async fn the_zone_says_to_which_day_an_e_mail_belongs() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1", "ann@example.com").await;
    firm.history_with("1", "delivered").await;
    let sent = firm.report("").await[0]["submitted_at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    // 25 hours apart: the next day, or the one after it.
    let [early, late] = ["Pacific/Pago_Pago", "Pacific/Kiritimati"].map(|zone| sent.in_tz(zone).unwrap().date());
    let last = usize::try_from((late - early).get_days()).unwrap();
    assert!(last >= 1, "{early} {late}");

    let page = browser.page(&format!("{}/?from={late}&to={late}", system.url())).timezone("Pacific/Kiritimati").await;
    row(&page, "Invoice 1").appears().await;
    page.shown_with("Times in Pacific/Kiritimati").appears().await;
    tile(&page, "All").shows("All 1").await;
    let report = page.css("invoice-email-report");
    report.evaluate("(report) => report.setAttribute('timezone', 'Pacific/Pago_Pago')").await;
    page.shown("No invoice was e-mailed in this period.").appears().await;
    until_asked(&page, "timezone", "Pacific/Pago_Pago").await;
    tile(&page, "All").shows("All 0").await;

    page.goto(&format!("{}/?from={early}&to={late}", system.url())).await;
    row(&page, "Invoice 1").appears().await;
    column(&page, last).until_attribute("aria-pressed", "false").await;
    page.until("the e-mail stands on the later day", &format!("{BARS}[{last}]?.ariaLabel.includes('1 e-mail')")).await;
    // The reader's own choice, at the foot of the page.
    let shown = page.css("td.when").text().await;
    page.role("combobox", "Time zone")
        .evaluate(
            "(select) => {
        select.value = 'Pacific/Pago_Pago';
        select.dispatchEvent(new Event('change', { bubbles: true }));
    }",
        )
        .await;
    page.shown_with("Times in Pacific/Pago_Pago").appears().await;
    page.until("the bar moves", &format!("{BARS}[0].ariaLabel.includes('1 e-mail')")).await;
    assert_ne!(page.css("td.when").text().await, shown);
    page.finish().await;
}

const BARS: &str = "document.querySelector('invoice-email-report').shadowRoot
    .querySelector('invoice-email-report-totals').shadowRoot.querySelectorAll('.hit')";
