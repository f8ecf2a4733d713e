//! The report as a file: all that matches, as the API has it, however the way there went.

use serde_json::json;
use tests::browser::{Browser, Kind, Locator, Page, Reply};
use tests::{Firm, System, until};

use super::super::{clock, focus};
use super::{ROWS, demo, made, rows, tile, until_search};

/// Rows that the API gives at once.
const CSV_PAGE_ROWS: usize = 1_000;
/// What asks for CSV, whichever page of it.
const CSV: &str = "format=csv";

fn button(page: &Page) -> Locator<'_> {
    page.role("button", "Download CSV")
}

/// What becomes of the download.
fn notice(page: &Page) -> Locator<'_> {
    page.css("[part=download-progress]")
}

/// Tells spreadsheets that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// All that the API has for these parameters, page by page, with one header line, after the mark.
async fn file_of_the_api(firm: &Firm, parameters: &str) -> String {
    let mut file = BYTE_ORDER_MARK.to_owned();
    let mut query = format!("{parameters}&limit={CSV_PAGE_ROWS}&format=csv");
    for pages in 1.. {
        let answer = firm.get(&format!("{ROWS}{query}")).await;
        let text = answer.text();
        let (header, lines) = text.split_once("\r\n").unwrap();
        file += &if pages == 1 { text.clone() } else { lines.to_owned() };
        assert!(header.starts_with("invoice,number,client,"), "{header}");
        match answer.header("link").split_once("cursor=") {
            Some((_, rest)) => {
                query =
                    format!("{parameters}&limit={CSV_PAGE_ROWS}&format=csv&cursor={}", rest.split_once('>').unwrap().0)
            }
            None => return file,
        }
    }
    unreachable!("the pages end")
}

/// What the browser's private folder holds of ours.
async fn left_on_disk(page: &Page) -> String {
    let names = "(async () => {
        const root = await navigator.storage.getDirectory();
        const names = [];
        for await (const folder of root.values()) for await (const name of folder.keys()) names.push(name);
        return names.join();
    })()";
    page.evaluate(names).await.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_thousand_e_mails_are_scrolled_through_and_downloaded_as_the_api_has_them() {
    let Some(browser) = Browser::open().await else { return };
    // More rows than the API gives at once, in CSV too.
    let (system, firm) = demo(8).await;
    let facts = json!({ "client": "client-7", "client_name": "=1+1 \"Söhne\", GmbH & Co. KG" });
    let body = json!({ "to": "joerg@müller.example", "subject": "Rechnung „1000“; \"eilig\"", "facts": facts });
    firm.send("1000", body).await;
    firm.history_with("1000", "delivered").await;
    system.settled().await;
    let page = browser.page("about:blank").await;
    let days =
        page.evaluate("[61, 0].map((ago) => new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10))").await;
    let (from, to) = (days[0].as_str().unwrap(), days[1].as_str().unwrap());
    page.goto(&format!("{}/?from={from}&to={to}", system.url())).await;
    rows(&page).until_count(made::PAGE_ROWS).await;

    button(&page).click().await;
    let name = format!("invoice-emails-{from}-{to}.csv");
    let downloaded = std::fs::read_to_string(page.download(&name).await).unwrap();
    let expected = file_of_the_api(&firm, &format!("from={from}&to={to}&timezone=UTC")).await;
    assert!(page.requests(CSV).len() >= 2, "more than one page");
    // Line by line first, so that a failure can be read.
    for (one, other) in downloaded.lines().zip(expected.lines()) {
        assert_eq!(one, other);
    }
    assert!(downloaded == expected, "{} bytes, not {}", downloaded.len(), expected.len());
    assert_eq!(downloaded.matches("invoice,number,client,").count(), 1);
    for text in
        ["\"'=1+1 \"\"Söhne\"\", GmbH & Co. KG\"", "\"Rechnung „1000“; \"\"eilig\"\"\"", "xn--mller-kva.example"]
    {
        assert!(downloaded.contains(text), "{text}");
    }
    let count = expected.lines().count() - 1;
    notice(&page).shows(&format!("{name} is complete: {},{:03} e-mails.", count / 1_000, count % 1_000)).await;
    page.role("button", "Close").click().await;
    notice(&page).disappears().await;

    let mut steps = 0;
    while page.evaluate(SCROLL_ON).await == false {
        steps += 1;
        assert!(steps < 1_000, "the list ends: {}", page.css("[part=foot]").text().await);
    }
    let seen = page.evaluate("[...seen].sort(([one], [other]) => one - other).map(([, key]) => key)").await;
    let mut reader = csv::Reader::from_reader(expected.trim_start_matches(BYTE_ORDER_MARK).as_bytes());
    let keys = reader.records().map(|record| {
        let record = record.unwrap();
        format!("{}-{}", &record[19], record[4].replace(':', "-"))
    });
    assert_eq!(seen, json!(keys.collect::<Vec<_>>()));
    page.finish().await;
}

/// Goes on for a while, and notes which row has which number; whether the end is reached.
const SCROLL_ON: &str = "new Promise((done) => {
    globalThis.seen ??= new Map();
    const root = document.querySelector('invoice-email-report').shadowRoot;
    let frames = 0;
    const look = () => {
        for (const row of root.querySelectorAll('tr[part=row]')) seen.set(Number(row.ariaRowIndex), row.dataset.key);
        const isAtEnd = root.querySelector('[part=foot]').textContent.includes('End of the list');
        if (isAtEnd || ++frames > 20) return done(isAtEnd);
        window.scrollTo(0, document.documentElement.scrollHeight);
        root.querySelector('[part=more][aria-disabled=false]')?.click();
        requestAnimationFrame(look);
    };
    look();
})";

/// A page of CSV, from 0, as the API answers it.
fn csv_page(number: usize, pages: usize) -> Reply {
    let reply = Reply::status(200).header("content-type", "text/csv; charset=utf-8; header=present").body(&csv(number));
    if number + 1 == pages {
        return reply;
    }
    reply.header("link", &format!("<?limit=1000&{}>; rel=\"next\"", csv_asks_for(number + 1)))
}

fn csv(number: usize) -> String {
    let lines = (0..CSV_PAGE_ROWS).map(|line| format!("{number}.{line},\"two\r\nlines of \"\"Müller\"\"\"\r\n"));
    format!("invoice,subject\r\n{}", lines.collect::<String>())
}

/// The part of a URL that asks for that page.
fn csv_asks_for(number: usize) -> String {
    format!("cursor=csv-{number}")
}

/// All of those pages as one file, with the mark by which spreadsheets know UTF-8.
fn whole(pages: usize) -> String {
    let pages = (0..pages).map(csv).collect::<Vec<_>>();
    BYTE_ORDER_MARK.to_owned()
        + &pages[0]
        + &pages[1..].iter().map(|page| page.split_once("\r\n").unwrap().1).collect::<String>()
}

/// A report over four pages of CSV, and its file's name.
async fn open_report(browser: &Browser, system: &System) -> (Page, String) {
    let page = clock::stopped(browser.page("about:blank"), "about:blank").await;
    page.intercept(ROWS, made::answer(&[made::row(0)], None)).await;
    made::totals(&page, 4 * CSV_PAGE_ROWS).await;
    page.intercept(CSV, csv_page(0, 4)).await;
    for number in 1..4 {
        page.intercept(&csv_asks_for(number), csv_page(number, 4)).await;
    }
    page.goto(&format!("{}/?from=2026-11-21&to=2026-11-21", system.url())).await;
    rows(&page).until_count(1).await;
    tile(&page, "All").shows("4,000").await;
    (page, "invoice-emails-2026-11-21-2026-11-21.csv".to_owned())
}

#[tokio::test]
async fn a_download_tells_how_far_it_is_and_leaves_nothing_when_it_is_cancelled() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let (page, name) = open_report(&browser, &system).await;
    page.intercept(&csv_asks_for(2), Reply::never()).await;
    button(&page).press("Enter").await;
    notice(&page).shows("2,000 of 4,000 e-mails").await;
    let progress = page.role("progressbar", "Download").inside(&notice(&page));
    assert_eq!(
        (progress.attribute("value").await.as_deref(), progress.attribute("max").await.as_deref()),
        (Some("2000"), Some("4000"))
    );
    button(&page).until_attribute("aria-disabled", "true").await;
    assert_ne!(left_on_disk(&page).await, "", "what is there is on the disk");
    page.is_accessible().await;

    page.role("button", "Cancel").inside(&notice(&page)).press("Enter").await;
    notice(&page).disappears().await;
    focus::is_on(&page, "button", "Download CSV").await;
    until("the disk is empty", async || match left_on_disk(&page).await {
        names if names.is_empty() => Ok(()),
        names => Err(names),
    })
    .await;
    assert_eq!(page.downloads(), [""; 0]);

    // Once more, and meanwhile other filters: the file is what was asked for.
    page.intercept(&csv_asks_for(2), Reply::problem(403, "").times(1)).await;
    button(&page).click().await;
    notice(&page).shows("The download stopped after 2,000 e-mails").await;
    tile(&page, "Opened").click().await;
    until_search(&page, "?from=2026-11-21&to=2026-11-21&status=opened").await;
    page.intercept(&csv_asks_for(2), csv_page(2, 4)).await;
    page.role("button", "Try again").inside(&notice(&page)).click().await;
    assert_eq!(std::fs::read_to_string(page.download(&name).await).unwrap(), whole(4));
    assert!(page.requests(CSV).iter().all(|request| !request.url.contains("opened")));
    page.expect(Kind::Request, ": 403");
    page.finish().await;
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let system = System::start().await;
    let troubles = [
        (
            Reply::problem(503, "Amazon is busy."),
            ": 503",
            "The service cannot answer at the moment. Try again. Amazon is busy.",
        ),
        (Reply::lost(), "ERR_CONNECTION_CLOSED", "There is no connection to the service."),
        (Reply::problem(403, ""), ": 403", "You are not allowed to do this."),
    ];
    for (reply, expected, sentence) in troubles {
        // A folder of its own for each.
        let Some(browser) = Browser::open().await else { return };
        let (page, name) = open_report(&browser, &system).await;
        page.intercept(&csv_asks_for(2), reply).await;
        button(&page).click().await;
        until("the download stops", async || {
            clock::pass(&page, 5_000).await;
            let shown = notice(&page).texts().await.join(" ");
            if shown.contains("The download stopped after 2,000 e-mails; there is no file yet.") {
                Ok(())
            } else {
                Err(shown)
            }
        })
        .await;
        notice(&page).shows(sentence).await;
        assert_eq!(page.downloads(), [""; 0]);

        page.intercept(&csv_asks_for(2), csv_page(2, 4)).await;
        page.role("button", "Try again").inside(&notice(&page)).click().await;
        assert_eq!(std::fs::read_to_string(page.download(&name).await).unwrap(), whole(4), "{sentence}");
        assert_eq!(page.requests(&csv_asks_for(1)).len(), 1, "what was there is not asked for again");
        page.expect(Kind::Request, expected);
        page.finish().await;
    }
}

#[tokio::test]
async fn the_file_has_what_the_filters_let_pass() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1", "ann@example.com").await;
    firm.history_with("1", "delivered").await;
    firm.send_to("2", "bounce@simulator.amazonses.com").await;
    firm.history_with("2", "bounced").await;
    system.settled().await;
    let page =
        browser.page(&format!("{}/?status=rejected&recipient=bounce@simulator.amazonses.com", system.url())).await;
    rows(&page).until_count(1).await;
    let parameters = super::asked(&page);
    let days = format!("{}-{}", parameters["from"], parameters["to"]);
    button(&page).click().await;
    let downloaded =
        std::fs::read_to_string(page.download(&format!("invoice-emails-{days}-rejected.csv")).await).unwrap();
    assert_eq!(downloaded, file_of_the_api(&firm, "status=rejected").await);
    assert_eq!(downloaded.lines().count(), 2);
    page.finish().await;
}
