//! What goes wrong between the report and the API: a sentence for each, and a way on that works.

use serde_json::json;
use tests::browser::{Browser, Kind, Network, Page, Reply};
use tests::{System, until};

use super::super::clock;
use super::{ROWS, SUMMARY, again, made, problem, row, rows, tile};

/// A page whose timers stand still, over one e-mail.
async fn open_report(browser: &Browser) -> (System, Page) {
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1", "ann@example.com").await;
    firm.history_with("1", "delivered").await;
    system.settled().await;
    let page = clock::stopped(browser.page("about:blank"), &system.url()).await;
    rows(&page).until_count(1).await;
    tile(&page, "All").shows("All 1").await;
    (system, page)
}

/// Lets the report wait and try again for as long as it does, until it tells this.
async fn until_told(page: &Page, sentence: &str) {
    until(&format!("the report tells {sentence:?}"), async || {
        clock::pass(page, 10_000).await;
        let told = problem(page).texts().await;
        match told.as_slice() {
            [one] if one.contains(sentence) => Ok(()),
            _ => Err(format!("{told:?}")),
        }
    })
    .await;
}

/// Lets time pass until the rows are given up, too: old ones would be taken for the answer. The totals may tell first, while
/// the rows wait to be asked for once more.
async fn until_no_row_is_left(page: &Page) {
    until("no row is left", async || {
        clock::pass(page, 10_000).await;
        match rows(page).count().await {
            0 => Ok(()),
            count => Err(format!("{count} rows")),
        }
    })
    .await;
}

/// Presses "Try again" once all is well, and sees what is there.
async fn goes_on(page: &Page) {
    again(page).press("Enter").await;
    row(page, "Invoice 1").shows("Sent").await;
    tile(page, "All").shows("All 1").await;
    problem(page).disappears().await;
}

#[tokio::test]
async fn each_refusal_and_each_broken_answer_has_a_sentence_and_a_way_on() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, page) = open_report(&browser).await;
    let half = "{ \"rows\": [{ \"invoice\": \"1\", ";
    for (reply, sentence, expected) in [
        (Reply::problem(403, "The firm is blocked."), "You are not allowed to do this. The firm is blocked.", ": 403"),
        (
            Reply::problem(429, "").header("retry-after", "2"),
            "Too many requests at once. Wait a moment, then try again.",
            ": 429",
        ),
        (Reply::problem(500, "secret"), "The service cannot answer at the moment. Try again.", ": 500"),
        (Reply::status(502).body("<html>Bad gateway"), "The service cannot answer at the moment. Try again.", ": 502"),
        (
            Reply::problem(503, "Amazon is busy."),
            "The service cannot answer at the moment. Try again. Amazon is busy.",
            ": 503",
        ),
        (
            Reply::status(404).header("content-type", "application/json").body("{\"message\":\"Not Found\"}"),
            "This does not exist, or no longer.",
            ": 404",
        ),
        (Reply::half(half), "The answer broke off on its way. Try again.", "ERR_CONTENT_LENGTH_MISMATCH"),
        (Reply::status(200).body("<html>"), "The answer broke off on its way. Try again.", ""),
        (
            Reply::lost(),
            "There is no connection to the service. Check the network, then try again.",
            "ERR_CONNECTION_CLOSED",
        ),
    ] {
        page.intercept("/v1/reports/", reply).await;
        page.role("button", "Refresh").click().await;
        until_told(&page, sentence).await;
        until_no_row_is_left(&page).await;
        assert!(!page.text().await.contains("secret"));
        page.stop_intercepting().await;
        goes_on(&page).await;
        if !expected.is_empty() {
            page.expect(Kind::Request, expected);
        }
    }
    page.finish().await;
}

#[tokio::test]
async fn who_is_signed_out_is_told_and_so_is_the_page_around() {
    let Some(browser) = Browser::open().await else { return };
    let (system, page) = open_report(&browser).await;
    page.evaluate(
        "globalThis.heard = [];
        document.addEventListener('invoice-email:unauthorized', ({ target, detail }) =>
            heard.push([target.localName, detail.problem.status]))",
    )
    .await;
    let report = page.css("invoice-email-report");
    report.evaluate("(report) => { report.token = 'not a token'; }").await;
    until_told(&page, "You are signed out, or your session has ended. Sign in again, then try again.").await;
    assert_eq!(page.evaluate("heard[0]").await, json!(["invoice-email-report", 401]));
    page.role("dialog", "Sign in").appears().await;
    report.evaluate("(report) => { report.token = 'local:demo'; }").await;
    row(&page, "Invoice 1").appears().await;

    // A function is asked for a newer one before anybody is troubled.
    let before = page.evaluate("heard.length").await;
    report.evaluate("(report) => { report.token = (ask) => ask?.renew ? 'local:roe' : 'too old'; }").await;
    page.shown("No invoice was e-mailed in this period.").appears().await;
    assert_eq!(page.evaluate("heard.length").await, before);
    assert!(system.firm("roe").report("").await.is_empty());
    page.expect(Kind::Request, ": 401");
    page.finish().await;
}

#[tokio::test]
async fn who_is_offline_or_waits_in_vain_can_go_on() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, page) = open_report(&browser).await;
    page.change(|view| view.network = Network::Offline).await;
    page.role("button", "Refresh").press("Enter").await;
    until_told(&page, "There is no connection to the service. Check the network, then try again.").await;
    again(&page).press("Enter").await;
    until_told(&page, "There is no connection to the service.").await;
    page.change(|view| view.network = Network::Fast).await;
    goes_on(&page).await;

    // The time after which the report gives up, made short.
    page.evaluate("{ const timeout = AbortSignal.timeout.bind(AbortSignal); AbortSignal.timeout = () => timeout(1); }")
        .await;
    page.intercept("/v1/reports/", Reply::never()).await;
    page.role("button", "Refresh").press("Enter").await;
    until_told(&page, "The service has not answered in time. Try again.").await;
    page.stop_intercepting().await;
    page.evaluate("delete AbortSignal.timeout").await;
    page.reload().await;
    rows(&page).until_count(1).await;
    page.expect(Kind::Request, "ERR_INTERNET_DISCONNECTED");
    page.finish().await;
}

#[tokio::test]
async fn what_is_slow_keeps_its_place_and_a_later_question_is_answered() {
    let Some(browser) = Browser::open().await else { return };
    let (system, page) = open_report(&browser).await;
    // The first question is not answered before somebody asks another one.
    page.intercept("status=rejected", Reply::never()).await;
    tile(&page, "Rejected").click().await;
    page.css("table[part=table]").until_attribute("aria-busy", "true").await;
    rows(&page).until_count(1).await;
    tile(&page, "Rejected").click().await;
    page.css("table[part=table]").until_attribute("aria-busy", "false").await;
    rows(&page).until_count(1).await;

    // Nothing at all is there yet: the rows' places are.
    page.intercept("/v1/reports/", Reply::never()).await;
    page.goto(&system.url()).await;
    page.css("tr.skeleton").until_count(12).await;
    assert_eq!(page.css("table[part=table]").attribute("aria-busy").await.as_deref(), Some("true"));
    page.css("[part=foot]").shows("Loading…").await;
    page.stop_intercepting().await;
    page.role("button", "Refresh").click().await;
    rows(&page).until_count(1).await;
    page.finish().await;
}

#[tokio::test]
async fn a_period_that_is_too_full_to_be_counted_shows_its_rows_all_the_same() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page("about:blank").await;
    made::list(&page, 3).await;
    let detail = "begins a span with more e-mails than one request can count; take a shorter span.";
    let body = json!({
        "type": "about:blank", "title": "Invalid request", "status": 400, "detail": "A field is wrong; see errors.",
        "errors": [{ "in": "query", "pointer": "from", "detail": detail }],
    });
    let refusal = Reply::status(400).header("content-type", "application/problem+json").body(&body.to_string());
    page.intercept(SUMMARY, refusal).await;
    page.goto(&system.url()).await;
    rows(&page).until_count(made::PAGE_ROWS).await;
    page.shown_with("This period has more e-mails than can be counted at once.").appears().await;
    tile(&page, "All").shows("All –").await;
    assert_eq!(problem(&page).count().await, 0);
    assert_eq!(page.css("input[aria-invalid=true]").count().await, 0);
    page.css("[part=foot]").shows("100 e-mails").await;
    assert_eq!(page.css("table[part=table]").attribute("aria-rowcount").await.as_deref(), Some("-1"));
    tile(&page, "Rejected").click().await;
    page.until("the rows are narrowed", "location.search === '?status=rejected'").await;
    rows(&page).until_count(made::PAGE_ROWS).await;
    page.expect(Kind::Request, ": 400");
    page.finish().await;
}

#[tokio::test]
async fn totals_that_do_not_come_are_told_beside_the_rows() {
    let Some(browser) = Browser::open().await else { return };
    let (_system, page) = open_report(&browser).await;
    page.intercept(SUMMARY, Reply::problem(500, "")).await;
    page.role("button", "Refresh").click().await;
    until_told(&page, "The service cannot answer at the moment. Try again.").await;
    row(&page, "Invoice 1").appears().await;
    tile(&page, "All").shows("All –").await;
    page.stop_intercepting().await;
    goes_on(&page).await;

    page.intercept(ROWS, Reply::problem(500, "")).await;
    page.role("button", "Refresh").click().await;
    until_told(&page, "The service cannot answer at the moment. Try again.").await;
    tile(&page, "All").shows("All 1").await;
    page.stop_intercepting().await;
    goes_on(&page).await;
    page.expect(Kind::Request, ": 500");
    page.finish().await;
}
