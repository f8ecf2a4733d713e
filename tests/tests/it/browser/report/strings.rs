//! What others have written - clients, mail servers, whoever makes a link - stays text, in every column.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind};
use tests::ses::{Event, Format};

use super::{ROWS, made, problem, row, rows};

/// What would show itself at once, were any of it let in.
const EVIL: &str =
    "</title></td></script><script>alert(1)</script><img src=x onerror=alert(2)>${alert(3)}\"'`&lt;b&gt;";
/// The same where little is let in.
const SHORT_EVIL: &str = "</td><img src=x onerror=alert(4)>\"'${alert(5)}";

/// Elements in the report that nobody meant to be there.
const STRANGERS: &str = "(report) => {
    const all = (node) => [...(node.shadowRoot?.children ?? []), ...node.children].flatMap((one) => [one, ...all(one)]);
    return all(report).filter(({ localName }) => ['script', 'img', 'b', 'title', 'iframe'].includes(localName)).length;
}";

#[tokio::test]
async fn what_clients_and_servers_write_is_text() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let body = json!({
        "to": format!("\"{}\" <ann@example.com>", EVIL.replace('"', "")), "subject": EVIL,
        "facts": { "number": SHORT_EVIL, "client": "client-7", "client_name": EVIL },
    });
    firm.send("7", body).await;
    let mail = system.mail(EVIL, "ann@example.com").await;
    let said = json!([{ "emailAddress": "ann@example.com", "status": "5.1.1", "diagnosticCode": format!("smtp; 550 {EVIL}") }]);
    let bounce = Event::bounce(&mail, "Permanent", "General").with("bouncedRecipients", said);
    assert_eq!(system.bring(bounce.body(Format::Published)).await, "recorded");
    system.settled().await;

    let page = browser.page(&system.url()).await;
    rows(&page).until_count(1).await;
    for (column, text) in [("invoice", SHORT_EVIL), ("client", EVIL), ("subject", EVIL)] {
        page.css(&format!(".{column}")).inside(&row(&page, "ann@example.com")).shows(text).await;
    }
    let details = page.role_with("button", &format!("Details of invoice {SHORT_EVIL}"));
    details.press("Enter").await;
    let unfolded = page.css("tr[part=details]");
    unfolded.shows(&format!("550 {EVIL}")).await;
    unfolded.shows(&format!("Subject {EVIL}")).await;
    unfolded.shows(&format!("{EVIL} (client-7)")).await;
    // The name of the address is told in the popup.
    page.css("#icon").inside(&row(&page, "Rejected")).press("Enter").await;
    page.role_with("dialog", "E-mails of invoice").shows("<script>alert(1)</script>").await;
    assert_eq!(page.css("invoice-email-report").evaluate(STRANGERS).await, json!(0));
    page.finish().await;
}

#[tokio::test]
async fn whatever_the_api_answers_is_text() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page("about:blank").await;
    let fields = [
        "invoice",
        "number",
        "client",
        "client_name",
        "recipient",
        "kind",
        "address",
        "subject",
        "sent_status",
        "evidence",
        "reason",
        "next_action",
    ];
    let evil = made::row_with(
        1,
        fields.iter().map(|name| ((*name).to_owned(), json!(EVIL))).collect::<serde_json::Map<_, _>>().into(),
    );
    let reason = json!({ "reason": format!("Refused. The server said: “{EVIL}”"), "sent_status": "rejected" });
    page.intercept(ROWS, made::answer(&[evil, made::row_with(2, reason)], None)).await;
    page.goto(&system.url()).await;
    rows(&page).until_count(2).await;
    for column in ["invoice", "client", "recipient", "subject", "evidence", "status"] {
        page.css(&format!(".{column}")).inside(&rows(&page).nth(0)).shows(EVIL).await;
    }
    for place in [0, 1] {
        page.css(".fold button").inside(&rows(&page).nth(place)).press("Enter").await;
    }
    page.css("tr[part=details]").nth(0).shows(&format!("Reason {EVIL}")).await;
    page.css("tr[part=details]").nth(1).shows(&format!("The server’s answer {EVIL}")).await;
    assert_eq!(page.css("invoice-email-report").evaluate(STRANGERS).await, json!(0));
    page.finish().await;
}

#[tokio::test]
async fn what_a_link_says_is_text() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page("about:blank").await;
    let evil = page.evaluate(&format!("encodeURIComponent({})", json!(EVIL))).await;
    let evil = evil.as_str().unwrap();
    let names = ["from", "to", "day", "status", "client", "recipient", "invoice", "period"];
    let query: Vec<String> = names.iter().map(|name| format!("{name}={evil}")).collect();
    page.goto(&format!("{}/?{}", system.url(), query.join("&"))).await;
    problem(&page).appears().await;
    for name in ["client", "recipient", "invoice"] {
        assert_eq!(page.css(&format!("input[name={name}]")).value().await, EVIL);
        page.css(&format!("#{name}-error")).appears().await;
    }
    page.css(".bar p").shows(EVIL).await;
    assert_eq!(page.css("invoice-email-report").evaluate(STRANGERS).await, json!(0));
    page.role("button", "Clear filters").click().await;
    page.shown("No invoice was e-mailed in this period.").appears().await;
    page.expect(Kind::Request, ": 400");
    page.finish().await;
}
