//! A list without end: pages come as somebody scrolls, leave memory, and come back.

use serde_json::{Value, json};
use tests::browser::{Browser, Kind, Locator, Page, Reply};
use tests::{System, until};

use super::super::{clock, focus};
use super::made::{self, PAGE_ROWS};
use super::{ROWS, again, problem, rows};

/// Many, beside those that the report keeps in memory.
const PAGES: usize = 55;
/// What marks of pages that were left may take, and what a browser's own books do.
const HEAP_GROWTH_BYTES: u64 = 2_000_000;

const SCROLL_DOWN: &str = "window.scrollTo(0, document.documentElement.scrollHeight)";

/// Opens the page over a list of generated pages.
async fn open_list(browser: &Browser, system: &System, pages: usize) -> Page {
    let page = browser.page("about:blank").await;
    made::list(&page, pages).await;
    page.goto(&system.url()).await;
    page
}

/// Scrolls to the end, again and again, until the list is so long.
async fn scroll_down(page: &Page, place: usize) {
    scroll_and(page, place, "").await;
}

/// The same, and asks for more where the report wants to be asked.
async fn scroll_to_row(page: &Page, place: usize) {
    let ask = "root.querySelector('[part=more][aria-disabled=false]')
        ?.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }))";
    scroll_and(page, place, ask).await;
}

async fn scroll_and(page: &Page, place: usize, ask: &str) {
    // In steps, each of which has its deadline.
    for step in (0..place).step_by(3 * PAGE_ROWS).skip(1).chain([place]) {
        let scroll = format!(
            "new Promise((done) => {{
                const root = {REPORT};
                const look = () => {{
                    const [last] = [...root.querySelectorAll('tr[part=row]')].slice(-1);
                    if (last?.ariaRowIndex >= {}) return done();
                    {SCROLL_DOWN};
                    {ask};
                    requestAnimationFrame(look);
                }};
                look();
            }})",
            step + 2
        );
        page.evaluate(&scroll).await;
    }
}

/// Scrolls to where the row at this place is, or will be.
async fn scroll_near(page: &Page, place: usize) {
    let place = format!(
        "{{
            const rows = [...{REPORT}.querySelectorAll('tr[part=row]')];
            const [first] = rows;
            if (first) {{
                const page = first.parentElement;
                const height = page.getBoundingClientRect().height / page.rows.length;
                const below = ({place} + 2 - first.ariaRowIndex) * height;
                window.scrollTo(0, window.scrollY + first.getBoundingClientRect().top + below - innerHeight / 2);
            }}
        }}"
    );
    page.evaluate(&place).await;
}

/// Scrolls there until something of it is shown.
async fn scroll_to(page: &Page, place: usize, shown: &Locator<'_>) {
    until(&format!("{shown:?} near row {place}"), async || {
        scroll_near(page, place).await;
        if shown.is_visible().await { Ok(()) } else { Err("it is not there".to_owned()) }
    })
    .await;
}

const REPORT: &str = "document.querySelector('invoice-email-report').shadowRoot";

#[tokio::test]
async fn pages_come_by_scrolling_and_the_end_is_told() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open_list(&browser, &system, 3).await;
    let foot = page.css("[part=foot]");
    foot.shows("of 300 e-mails").await;
    assert_eq!(page.requests(&made::asks_for(2)).len(), 0, "what nobody looks at is not fetched");
    until("the end of the list", async || {
        page.wheel(640.0, 400.0, 5_000.0).await;
        let said = foot.text().await;
        if said == "End of the list: 300 e-mails." { Ok(()) } else { Err(said) }
    })
    .await;
    let shown = format!("[...{REPORT}.querySelectorAll('td.recipient bdi')].map((address) => address.textContent)");
    assert_eq!(page.evaluate(&shown).await, json!((0..300).map(made::address).collect::<Vec<_>>()));
    assert_eq!(page.css("table[part=table]").attribute("aria-rowcount").await.as_deref(), Some("301"));
    assert_eq!(page.requests(ROWS).len(), 3, "each page once");
    page.finish().await;
}

#[tokio::test]
async fn memory_stays_as_it_is_over_fifty_pages_and_early_rows_come_back() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open_list(&browser, &system, PAGES).await;
    scroll_to_row(&page, 10 * PAGE_ROWS - 1).await;
    let early = page.memory().await;
    scroll_to_row(&page, 50 * PAGE_ROWS - 1).await;
    let late = page.memory().await;
    assert!(late.nodes.abs_diff(early.nodes) * 10 < early.nodes, "{early:?}, {late:?}");
    assert!(late.heap_bytes < early.heap_bytes + HEAP_GROWTH_BYTES, "{early:?}, {late:?}");
    assert!(rows(&page).count().await <= 8 * PAGE_ROWS, "only those near the reader are in the page");

    // Back to a place in the middle, and to the top.
    let seen = page.requests(&made::asks_for(20)).len();
    let middle = 20 * PAGE_ROWS + 50;
    scroll_to(&page, middle, &made::shown(&page, middle)).await;
    assert_eq!(page.requests(&made::asks_for(20)).len(), seen + 1, "it had left memory");
    page.evaluate("window.scrollTo(0, 0)").await;
    made::shown(&page, 0).appears().await;
    let first = made::shown(&page, 0).attribute("aria-rowindex").await;
    assert_eq!(first.as_deref(), Some("2"));
    page.finish().await;
}

#[tokio::test]
async fn the_reader_is_asked_after_a_while_so_that_the_foot_of_the_page_can_be_reached() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open_list(&browser, &system, 14).await;
    scroll_down(&page, 11 * PAGE_ROWS - 1).await;
    page.evaluate(SCROLL_DOWN).await;
    let more = page.role("button", "Load more");
    more.until_attribute("aria-disabled", "false").await;
    page.drawn().await;
    assert_eq!(page.requests(ROWS).len(), 11, "ten pages came by themselves");
    // From the keyboard the focus goes on with the rows.
    more.press("Enter").await;
    focus::is_on(&page, "button", &made::address(11 * PAGE_ROWS)).await;
    page.finish().await;
}

#[tokio::test]
async fn short_and_empty_pages_are_no_end() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page("about:blank").await;
    let all: Vec<Value> = (0..5).map(made::row).collect();
    page.intercept(ROWS, made::answer(&all[..2], Some("page-001"))).await;
    page.intercept(&made::asks_for(1), made::answer(&[], Some("page-002"))).await;
    page.intercept(&made::asks_for(2), made::answer(&all[2..4], Some("page-003"))).await;
    page.intercept(&made::asks_for(3), made::answer(&all[4..], None)).await;
    page.goto(&system.url()).await;
    rows(&page).until_count(5).await;
    page.css("[part=foot]").shows("End of the list: 5 e-mails.").await;
    assert_eq!(
        page.css("td.recipient").texts().await,
        (0..5).map(|place| format!("To {}", made::address(place))).collect::<Vec<_>>()
    );
    page.finish().await;
}

#[tokio::test]
async fn a_search_that_finds_nothing_for_long_asks_before_it_goes_on() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page("about:blank").await;
    page.intercept(ROWS, made::answer(&[], Some("page-001"))).await;
    for number in 1..7 {
        page.intercept(&made::asks_for(number), made::answer(&[], Some(&made::cursor(number + 1)))).await;
    }
    page.intercept(&made::asks_for(7), made::answer(&[made::row(1)], None)).await;
    page.goto(&format!("{}/?client=client-7", system.url())).await;
    page.shown("Nothing that matches was found yet.").appears().await;
    page.css("[part=foot]").shows("0 e-mails found so far. About 80,000 were looked through.").await;
    assert_eq!(page.requests(ROWS).len(), 5);
    page.role("button", "Continue").press("Enter").await;
    rows(&page).until_count(1).await;
    page.css("[part=foot]").shows("End of the list: 1 e-mail.").await;
    assert_eq!(page.requests(ROWS).len(), 8);
    page.finish().await;
}

#[tokio::test]
async fn a_page_that_does_not_come_is_told_where_it_is_missing() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = clock::stopped(browser.page("about:blank"), "about:blank").await;
    made::list(&page, 20).await;
    // The next page is late, then one that was there before.
    page.intercept(&made::asks_for(1), Reply::problem(500, "").times(3)).await;
    page.goto(&system.url()).await;
    rows(&page).until_count(PAGE_ROWS).await;
    page.evaluate(SCROLL_DOWN).await;
    until("the report gives up", async || {
        clock::pass(&page, 5_000).await;
        if problem(&page).is_visible().await { Ok(()) } else { Err(format!("{} requests", page.requests(ROWS).len())) }
    })
    .await;
    problem(&page).shows("The service cannot answer at the moment. Try again.").await;
    assert_eq!(rows(&page).count().await, PAGE_ROWS, "what is there stays");
    again(&page).click().await;
    made::shown(&page, PAGE_ROWS).appears().await;
    problem(&page).disappears().await;

    scroll_to_row(&page, 15 * PAGE_ROWS).await;
    page.intercept(&made::asks_for(3), Reply::problem(403, "Ask the firm's administrator.").times(1)).await;
    let missing = page.css("tr.awaited [part=problem]");
    scroll_to(&page, 3 * PAGE_ROWS + 50, &missing).await;
    missing.shows("You are not allowed to do this. Ask the firm's administrator.").await;
    page.role("button", "Try again").inside(&missing).click().await;
    made::shown(&page, 3 * PAGE_ROWS + 50).appears().await;
    page.expect(Kind::Request, ": 500");
    page.expect(Kind::Request, ": 403");
    page.finish().await;
}

#[tokio::test]
async fn rows_that_are_left_and_come_back_have_no_gap_and_no_repetition() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open_list(&browser, &system, 12).await;
    scroll_to_row(&page, 9 * PAGE_ROWS).await;
    // Meanwhile those of the third page have another status, and one of them does not pass the filter any more.
    let changed: Vec<Value> = (2 * PAGE_ROWS..3 * PAGE_ROWS)
        .filter(|place| place % 100 != 50)
        .map(|place| made::row_with(place, json!({ "sent_status": "opened" })))
        .collect();
    page.intercept(&made::asks_for(2), made::answer(&changed, Some(&made::cursor(3)))).await;
    let near = made::shown(&page, 2 * PAGE_ROWS + 49);
    scroll_to(&page, 2 * PAGE_ROWS + 49, &near).await;
    near.shows("Opened").await;
    assert_eq!(made::shown(&page, 2 * PAGE_ROWS + 50).count().await, 0);
    let after = made::shown(&page, 3 * PAGE_ROWS);
    scroll_to(&page, 3 * PAGE_ROWS, &after).await;
    after.until_attribute("aria-rowindex", "301").await;
    page.finish().await;
}
