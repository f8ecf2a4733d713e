//! The page's buttons: which there are, and where they lead.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, System};

use super::{DOCUMENT, invoice, leads_to, mailed, one, pay, set_up, shown, started, tell, with};

const PAYMENT: &str = "https://pay.example.com/{invoice}/now?invoice={invoice}&by=link#top";

#[tokio::test]
async fn there_is_a_button_for_what_there_is_and_each_leads_there() {
    let (system, firm, mail) = started(json!({})).await;
    let page = mail.page();
    let back = page.strip_prefix(&system.url()).unwrap();
    for (document, payment) in [(true, true), (true, false), (false, true), (false, false)] {
        let url = if document { json!(DOCUMENT) } else { json!(null) };
        tell(&firm, "1042", &with(invoice(), json!({ "url": url }))).await;
        set_up(&firm, json!({ "payment_url": if payment { json!(PAYMENT) } else { json!(null) } })).await;
        let buttons: Vec<&str> =
            [("pay", payment), ("open", document)].iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
        assert_eq!(shown(&system, &page).await.buttons, buttons);
        let opens = if document { DOCUMENT } else { back };
        assert_eq!(leads_to(&system, &page, "open").await, opens);
        let pays = if payment { "https://pay.example.com/1042/now?invoice=1042&by=link#top" } else { back };
        assert_eq!(leads_to(&system, &page, "pay").await, pays);
    }
    assert_eq!(shown(&system, back).await.heading, "Invoice 2026-1042", "the way back is the page");
}

#[tokio::test]
async fn the_document_is_where_the_portal_says_now_and_else_where_the_mail_said() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let facts = json!({ "number": "1042", "url": "https://old.example.com/1042" });
    // The caller's own HTML does without our button, and the page's address is no secret of the template.
    let mail = mailed(&system, &firm, json!({ "facts": facts })).await;
    assert_eq!(mail.maybe_page(), None);
    tell(&firm, "1042", &json!({ "number": "1042" })).await;
    firm.send("1042", json!({ "to": "bob@example.com", "subject": "Again" })).await;
    let page = system.mail("Again", "bob@example.com").await.page();
    assert_eq!(shown(&system, &page).await.buttons, Vec::<String>::new());
    tell(&firm, "1042", &json!({ "url": "https://bücher.example/ä?q=ü" })).await;
    assert_eq!(shown(&system, &page).await.buttons, ["open"]);
    assert_eq!(leads_to(&system, &page, "open").await, "https://xn--bcher-kva.example/%C3%A4?q=%C3%BC");
}

#[tokio::test]
async fn anything_else_that_is_posted_is_refused_and_leads_nowhere() {
    let (system, firm, mail) = started(json!({ "payment_url": PAYMENT })).await;
    let page = mail.page();
    let form = "application/x-www-form-urlencoded";
    let long = format!("x={}&action=open", "x".repeat(5_000));
    for (kind, body) in [
        (form, ""),
        (form, "action="),
        (form, "action=refund"),
        (form, "action=Open"),
        (form, "action=https://evil.example"),
        (form, "url=https://evil.example"),
        (form, "action=%00&action=open"),
        (form, "action=%ff%fe"),
        (form, long.as_str()),
        ("application/json", "{\"action\":\"open\"}"),
        ("text/plain", "open"),
    ] {
        let request = system.request(Method::POST, &page).header("content-type", kind).body(body.to_owned());
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 400, "{kind} {body:.40}: {}", answer.text());
        super::is_a_page(&answer);
        assert!(answer.headers.get("location").is_none() && !answer.text().contains("evil"), "{body:.40}");
        assert!(answer.text().contains("That did not work"));
    }
    for query in ["?action=pay", "?url=https://evil.example", "?action=pay&next=//evil.example"] {
        let request = system.request(Method::POST, &format!("{page}{query}")).header("content-type", form);
        assert_eq!(Answer::of(request.body("action=open")).await.header("location"), DOCUMENT, "{query}");
    }
    let bodiless = Answer::of(system.request(Method::POST, &page)).await;
    assert_eq!(bodiless.status, 400);
    let statuses = tests::statuses(&one(&firm).await);
    assert_eq!(
        statuses.iter().filter(|status| *status == "portal_confirmed").count(),
        3,
        "what is refused proves nothing"
    );
}

#[tokio::test]
async fn an_old_page_that_is_still_open_leads_to_what_there_is_now() {
    let (system, firm, mail) = started(json!({ "payment_url": PAYMENT, "display_balances": true })).await;
    let page = mail.page();
    assert_eq!(shown(&system, &page).await.buttons, ["pay", "open"]);
    pay(&firm, "1042", "p1", "1250.00").await;
    // The payment page knows best what is paid; nobody is held up here.
    assert!(leads_to(&system, &page, "pay").await.starts_with("https://pay.example.com/1042/"));
    set_up(&firm, json!({})).await;
    assert!(page.ends_with(&leads_to(&system, &page, "pay").await), "it leads back");
}
