//! How elements look in a portal's page: its times, its language, its style, and what of that does not get in.

use serde_json::json;
use tests::browser::Browser;

use super::{Portal, firm_with_mails};

#[tokio::test]
async fn times_are_the_firms_and_written_as_the_reader_writes_them() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    let attributes = "token=local:roe locale=de timezone=America/New_York";
    portal.show(&format!(
        "<invoice-email-report {attributes}></invoice-email-report>
        <invoice-communications invoice=1042 {attributes}></invoice-communications>"
    ));
    let page = browser.page(portal.site.url()).timezone("Asia/Tokyo").locale("en-US").await;
    let sent = page.css("time").inside(&page.css("invoice-communications")).nth(0);
    let written = sent.evaluate("(time) => [time.textContent, time.dateTime]").await;
    let format = format!(
        "new Intl.DateTimeFormat('de', {{ timeZone: 'America/New_York', dateStyle: 'medium', timeStyle: 'short' }})
            .format(new Date({}))",
        written[1]
    );
    assert_eq!(page.evaluate(&format).await, written[0]);
    assert!(written[0].as_str().unwrap().contains('.'), "as in German: {written}");
    page.css("invoice-email-report").shows("Times in America/New_York").await;
    let requests = page.requests("/v1/reports/invoice-emails");
    for request in requests.iter().filter(|request| request.method == "GET") {
        assert!(request.url.contains("timezone=America%2FNew_York"), "{}", request.url);
    }
    page.finish().await;
}

#[tokio::test]
async fn a_portal_gives_its_own_looks() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    let style = "
        :root { color-scheme: light; font-family: serif; }
        :root { --invoice-email-accent: rgb(122, 31, 61); --invoice-email-radius: 2px; }
        invoice-communications::part(chip) { border-radius: 3px; }
        invoice-communications::part(badge-rejected) { background: rgb(1, 2, 3); }
        invoice-email-send::part(button) { font-weight: 900; }";
    portal.site.put("/portal.css", "text/css", style);
    portal.show_with(
        "<link rel=stylesheet href=/portal.css>",
        "<invoice-communications invoice=1042 token=local:roe></invoice-communications>
        <invoice-email-send invoice=1042 token=local:roe></invoice-email-send>",
    );
    let page = browser.page(portal.site.url()).dark().await;
    let view = page.css("invoice-communications");
    page.css(".badge.rejected").inside(&view).nth(0).appears().await;
    let style_of = |name: &str| format!("(element) => getComputedStyle(element).{name}");
    assert_eq!(
        view.evaluate(&style_of("backgroundColor")).await,
        "rgb(255, 255, 255)",
        "a light page, whatever the reader prefers"
    );
    assert_eq!(view.evaluate(&style_of("fontFamily")).await, "serif");
    assert_eq!(page.css(".chip").inside(&view).nth(0).evaluate(&style_of("borderRadius")).await, "3px");
    assert_eq!(
        page.css(".badge.rejected").inside(&view).nth(0).evaluate(&style_of("backgroundColor")).await,
        "rgb(1, 2, 3)"
    );
    let button = page.css("button.primary").inside(&page.css("invoice-email-send"));
    assert_eq!(button.evaluate(&style_of("backgroundColor")).await, "rgb(122, 31, 61)");
    assert_eq!(button.evaluate(&style_of("borderRadius")).await, "2px");
    assert_eq!(button.evaluate(&style_of("fontWeight")).await, "900");
    page.finish().await;
}

#[tokio::test]
async fn a_portal_gives_dialogs_its_own_looks() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    let style = "invoice-email-send::part(dialog), invoice-communications::part(dialog) { border-width: 7px; }";
    portal.site.put("/portal.css", "text/css", style);
    portal.show_with(
        "<link rel=stylesheet href=/portal.css>",
        "<invoice-email-send dialog invoice=1042 token=local:roe></invoice-email-send>",
    );
    let page = portal.open(&browser).await;
    let dialog = page.css("dialog").inside(&page.css("invoice-email-send"));
    assert_eq!(dialog.evaluate("(dialog) => getComputedStyle(dialog).borderWidth").await, "7px");
    page.finish().await;
}

#[tokio::test]
async fn what_a_portals_table_passes_on_does_not_disturb_a_popup() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    let style = "td { white-space: nowrap; text-align: right; font-weight: 700; line-height: 3; letter-spacing: .3em;
            text-transform: uppercase; text-indent: 4em; word-spacing: 1em; }
        .scrolls { overflow: auto; block-size: 8rem; inline-size: 60rem; transform: translateX(0); contain: paint; }";
    portal.site.put("/portal.css", "text/css", style);
    portal.show_with(
        "<link rel=stylesheet href=/portal.css>",
        "<div class=scrolls><table><tr><td>1042<td>
        <invoice-email-history invoice=1042 token=local:roe></invoice-email-history></table></div>",
    );
    let page = portal.open(&browser).await;
    page.role("button", "E-mail history of invoice 1042").hover().await;
    let popup = page.css("#popup").inside(&page.css("invoice-email-history"));
    popup.shows("ann@roe.example").await;
    let style = popup
        .evaluate(
            "(popup) => {
            const { left, right, top, bottom, width } = popup.getBoundingClientRect();
            const fits = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && width > 250;
            const style = getComputedStyle(popup);
            return {
                whiteSpace: style.whiteSpace, textAlign: style.textAlign, fontWeight: style.fontWeight,
                letterSpacing: style.letterSpacing, textTransform: style.textTransform, textIndent: style.textIndent,
                wordSpacing: style.wordSpacing, fits, scrolls: popup.scrollWidth > popup.clientWidth,
            };
        }",
        )
        .await;
    let own = json!({
        "whiteSpace": "normal", "textAlign": "left", "fontWeight": "400", "letterSpacing": "normal",
        "textTransform": "none", "textIndent": "0px", "wordSpacing": "0px", "fits": true, "scrolls": false,
    });
    assert_eq!(style, own);
    page.finish().await;
}
