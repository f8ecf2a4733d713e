//! What others wrote, and what an address may hold, stays text on every screen.

use serde_json::{Value, json};
use tests::System;
use tests::browser::{Browser, Kind};
use tests::ses::{Event, Format};

/// What would show itself at once, were any of it let in.
const EVIL: &str = "<script>ran=1;alert(1)</script><img src=x onerror=\"ran=1;alert(2)\">${alert(3)}{{7*7}}'`";

/// The address bar may hold anything, too.
const EVIL_ID: &str = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3Dalert(2)%3E";

/// An invoice all of whose texts are hostile, and that bounced with a hostile text of the server.
async fn hostile() -> System {
    let system = System::start().await;
    let firm = system.firm("demo");
    let name = EVIL.replace('"', "");
    let body = json!({
        "to": format!("\"{name}\" <ann@example.com>"), "cc": format!("\"{name}\" <bob@example.com>"), "subject": EVIL,
        "message": EVIL, "facts": { "number": &EVIL[..60], "client": "c1", "client_name": EVIL },
    });
    firm.send("1042", body).await;
    let mail = system.mail(EVIL, "ann@example.com").await;
    system.mail(EVIL, "bob@example.com").await;
    system.settled().await;
    let said = json!([{ "emailAddress": "ann@example.com", "status": "5.1.1", "diagnosticCode": format!("smtp; 550 {EVIL}") }]);
    let bounce = Event::bounce(&mail, "Permanent", "General").with("bouncedRecipients", said);
    assert_eq!(system.bring(bounce.body(Format::Published)).await, "recorded");
    firm.attention_when("the bounce", |rows| rows.len() == 1).await;
    system
}

#[tokio::test]
async fn no_text_becomes_a_part_of_any_screen() {
    let Some(browser) = Browser::open().await else { return };
    let system = hostile().await;
    for (search, element, text) in [
        ("", "invoice-email-report", &EVIL[..60]),
        ("?view=attention", "invoice-email-attention:not([badge])", EVIL),
        ("?view=invoice&invoice=1042", "invoice-communications", EVIL),
        ("?view=send&invoice=1042", "invoice-email-send", "Subject"),
    ] {
        let page = browser.page(&format!("{}/{search}", system.url())).await;
        page.css(element).shows(text).await;
        page.css("img").until_count(0).await;
        assert_eq!(page.evaluate("globalThis.ran ?? null").await, Value::Null);
        page.finish().await;
    }
}

#[tokio::test]
async fn what_the_address_bar_holds_is_text_too() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let told = "\"><script>alert(1)</script><img src=x onerror=alert(2)>";
    for view in ["invoice", "send"] {
        let page = browser.page(&format!("{}/?view={view}&invoice={EVIL_ID}&send={EVIL_ID}", system.url())).await;
        page.css("h1").shows(told).await;
        assert!(page.evaluate("document.title").await.as_str().unwrap().contains(told));
        if view == "invoice" {
            page.any("alert").appears().await;
            page.expect(Kind::Request, &format!("{EVIL_ID}/emails"));
        } else {
            page.role("textbox", "To").type_text("ann@example.com").await;
            page.role("button", "Check and preview").click().await;
            page.css("invoice-email-send").shows("invoice").await;
        }
        page.css("img").until_count(0).await;
        page.finish().await;
    }
    let page = browser
        .page(&format!("{}/?client={EVIL_ID}&recipient={EVIL_ID}&invoice={EVIL_ID}&status={EVIL_ID}", system.url()))
        .await;
    page.css("invoice-email-report").shows("Invoice").await;
    page.problem(Kind::Request, "/v1/reports/invoice-emails?").await;
    page.css("img").until_count(0).await;
    page.finish().await;
}
