//! What the page shows of an invoice, which is what the portal tells of it now.

use serde_json::json;
use tests::{Answer, System};

use super::{
    ADDRESS, SUBJECT, Shown, invoice, is_a_page, is_private, mailed, pay, set_up, shown, started, tell, token, with,
};

fn rows(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn the_mail_leads_to_a_page_of_its_own_that_shows_the_invoice() {
    let (system, firm, mail) = started(json!({ "firm_name": "Roe & Partners", "brand_color": "#ffcc00" })).await;
    let page = mail.page();
    assert!(page.starts_with(&format!("{}/p/", system.url())), "{page}");
    assert!(mail.text().contains(&page), "the text part leads there, too");
    assert_eq!(mail.maybe_link(), None, "the page tells of visits itself");
    for secret in ["ann", "example.com", "roe", "1042"] {
        assert!(!token(&page).to_lowercase().contains(secret), "{secret} in {page}");
    }

    let answer = system.as_browser(&page).await;
    is_a_page(&answer);
    let expected = Shown {
        firm: "Roe & Partners".to_owned(),
        heading: "Invoice 2026-1042".to_owned(),
        rows: rows(&[
            ("Client", "Acme"),
            ("Date", "1 November 2026"),
            ("Due date", "1 December 2026"),
            ("Amount", "USD 1,250.00"),
        ]),
        buttons: vec!["open".to_owned()],
        is_paid: false,
    };
    assert_eq!(Shown::of(&answer), expected);
    for part in ["<title>Invoice 2026-1042 – Roe &#38; Partners</title>", "#ffcc00", "sees that this page was opened"]
    {
        assert!(answer.text().contains(part), "{part} in {}", answer.text());
    }
    assert!(!answer.text().contains(ADDRESS), "whose copy it is, is nobody's business");

    // Each recipient has an own one.
    firm.send("1042", json!({ "to": "bob@example.com", "subject": SUBJECT })).await;
    let other = system.mail(SUBJECT, "bob@example.com").await.page();
    assert_ne!(other, page);
    assert_eq!(shown(&system, &other).await, expected);

    // As things are now.
    set_up(&firm, json!({ "reply_to": "Billing <billing@roe.example>" })).await;
    tell(&firm, "1042", &with(invoice(), json!({ "number": "1042-b", "amount": "900.00", "due_on": null }))).await;
    let now = system.as_browser(&page).await;
    assert!(now.text().contains("<a href=\"mailto:billing@roe.example\">billing@roe.example</a>"), "{}", now.text());
    let now = Shown::of(&now);
    assert_eq!((now.firm.as_str(), now.heading.as_str()), ("roe", "Invoice 1042-b"));
    assert_eq!(now.row("Amount"), Some("USD 900.00"));
}

#[tokio::test]
async fn what_the_portal_never_told_is_shown_as_the_mail_said_it() {
    let system = System::start().await;
    let firm = system.firm("roe");
    set_up(&firm, json!({ "display_balances": true })).await;
    let facts = json!({
        "number": "7", "client_name": "Acme", "currency": "KWD", "amount": "10.500", "balance": "2.125",
        "due_on": "2026-12-24",
    });
    let mail = mailed(&system, &firm, json!({ "facts": facts })).await;
    let first = shown(&system, &mail.page()).await;
    assert_eq!(first.heading, "Invoice 7");
    let said = [("Client", "Acme"), ("Due date", "24 December 2026"), ("Amount", "KWD 10.500")];
    assert_eq!(first.rows, rows(&[&said[..], &[("Still to be paid", "KWD 2.125")]].concat()));
    assert_eq!(first.buttons, Vec::<String>::new());

    // Once it tells, that counts, and what it leaves out stands as it was said.
    tell(&firm, "1042", &json!({ "currency": "JPY", "amount": "1050", "issued_on": "2026-11-02" })).await;
    let told = shown(&system, &mail.page()).await;
    assert_eq!((told.row("Amount"), told.row("Still to be paid")), (Some("JPY 1,050"), Some("JPY 1,050")));
    assert_eq!((told.row("Client"), told.row("Date")), (Some("Acme"), Some("2 November 2026")));

    // Of nothing at all there is still a page.
    firm.send("nothing", json!({ "to": ADDRESS, "subject": "Nothing known" })).await;
    let nothing = shown(&system, &system.mail("Nothing known", ADDRESS).await.page()).await;
    assert_eq!((nothing.heading.as_str(), nothing.rows, nothing.buttons), ("Invoice nothing", vec![], vec![]));
}

#[tokio::test]
async fn what_is_still_to_be_paid_is_shown_only_where_the_firm_wants_it_and_as_it_is_now() {
    let (system, firm, mail) = started(json!({ "payment_url": "https://pay.example.com/{invoice}" })).await;
    let page = mail.page();
    let balance = async || shown(&system, &page).await.row("Still to be paid").map(str::to_owned);
    assert_eq!(balance().await, None);
    pay(&firm, "1042", "p1", "250.00").await;
    assert_eq!(balance().await, None);
    let on = json!({ "payment_url": "https://pay.example.com/{invoice}", "display_balances": true });
    set_up(&firm, on.clone()).await;
    assert_eq!(balance().await.as_deref(), Some("USD 1,000.00"));
    pay(&firm, "1042", "p2", "999.99").await;
    assert_eq!(balance().await.as_deref(), Some("USD 0.01"));
    let before = shown(&system, &page).await;
    assert_eq!((before.is_paid, before.buttons), (false, vec!["pay".to_owned(), "open".to_owned()]));

    pay(&firm, "1042", "p3", "0.01").await;
    let paid = shown(&system, &page).await;
    assert_eq!((paid.is_paid, paid.row("Amount")), (true, Some("USD 1,250.00")));
    assert_eq!(paid.buttons, ["open"], "there is nothing to pay any more");
    // Where balances are not shown nothing is said, and nobody is asked to pay twice.
    set_up(&firm, with(on.clone(), json!({ "display_balances": false }))).await;
    let silent = shown(&system, &page).await;
    assert_eq!((silent.is_paid, silent.row("Still to be paid")), (false, None));
    assert_eq!(silent.buttons, ["open"]);

    // A payment that is taken back is to be paid again.
    set_up(&firm, on).await;
    pay(&firm, "1042", "p3-reversed", "-0.01").await;
    let again = shown(&system, &page).await;
    assert_eq!((again.is_paid, again.row("Still to be paid")), (false, Some("USD 0.01")));
}

#[tokio::test]
async fn a_link_that_the_request_names_itself_leads_there_and_not_to_the_page() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let facts = json!({ "number": "1042", "url": "https://portal.example.com/i/1042" });
    let mail = mailed(&system, &firm, json!({ "facts": facts })).await;
    assert_eq!((mail.maybe_page(), mail.maybe_link().is_some()), (None, true));
    assert_eq!(system.as_browser(&mail.link()).await.header("location"), "https://portal.example.com/i/1042");
}

#[tokio::test]
async fn the_headers_are_those_of_a_private_page_whatever_the_answer() {
    let settings = json!({ "firm_name": "Roe", "payment_url": "https://pay.example.com/x?id={invoice}" });
    let (system, firm, mail) = started(settings).await;
    let page = mail.page();
    let first = system.as_browser(&page).await;
    let second = system.as_browser(&page).await;
    is_a_page(&first);
    assert_ne!(
        first.header("content-security-policy"),
        second.header("content-security-policy"),
        "a nonce is used once"
    );
    let head = Answer::of(system.request(reqwest::Method::HEAD, &page)).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    is_a_page(&head);

    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
        let answer = Answer::of(system.request(method.parse().unwrap(), &page)).await;
        answer.problem(405);
        assert_eq!(answer.header("allow"), "GET, HEAD, POST", "{method}");
    }
    let unknown = system.as_browser("/p/AAAA").await;
    assert_eq!(unknown.status, 404);
    is_a_page(&unknown);
    let action = super::press(&system, &page, "refund").await;
    assert_eq!(action.status, 400);
    is_a_page(&action);
    is_private(&super::press(&system, &page, "open").await);

    let send = firm.history("1042").await["sends"][0]["send"].as_str().unwrap().to_owned();
    firm.resend("1042", &send, json!({ "recipient": "to:0" })).await.expect(202);
    let gone = system.as_browser(&page).await;
    assert_eq!(gone.status, 410);
    is_a_page(&gone);
}
