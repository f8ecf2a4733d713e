//! The page's token: good for one recipient's page, until a later mail takes its place, and for nothing else.

use reqwest::Method;
use serde_json::{Value, json};
use tests::system::BROWSER;
use tests::{Answer, Firm, Mail, System, recipient};

use super::{ADDRESS, invoice, is_a_page, mailed, one, press, set_up, shown, started, tell, token};

/// What no token leads to: a page that says so, whatever is asked.
async fn is_unknown(system: &System, token: &str) {
    let path = format!("/p/{token}");
    let get = system.as_browser(&path).await;
    is_a_page(&get);
    assert!(get.text().contains("This link does not work"), "{token}: {}", get.text());
    let head = Answer::of(system.request(Method::HEAD, &path).header("user-agent", BROWSER)).await;
    for answer in [&get, &head, &press(system, &path, "open").await, &press(system, &path, "pay").await] {
        assert_eq!(answer.status, 404, "{token}: {}", answer.text());
        assert!(answer.headers.get("location").is_none(), "{token}");
    }
}

/// Another character that tokens have.
fn other_than(c: char) -> char {
    if c == 'A' { 'Q' } else { 'A' }
}

/// The mail's tag by which SES's events find the recipient.
fn tag(mail: &Mail) -> String {
    let values = mail.tags.values().filter_map(|values| values[0].as_str());
    values.max_by_key(|value| value.len()).unwrap().to_owned()
}

#[tokio::test]
async fn a_token_that_is_none_leads_to_a_page_that_says_what_to_do() {
    let (system, firm, mail) = started(json!({})).await;
    let good = token(&mail.page());
    let flipped = format!("{}{}", other_than(good.chars().next().unwrap()), &good[1..]);
    let middle: String = good.char_indices().map(|(at, c)| if at == 40 { other_than(c) } else { c }).collect();
    let cut = &good[..good.len() - 1];
    let tokens = [
        "x",
        "-",
        "%00",
        "%FF%FE",
        "a%2Fb",
        "%F0%9F%92%B8",
        "..%2F..%2Fetc%2Fpasswd",
        "'%20OR%201=1",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        cut,
        &format!("{good}A"),
        &format!("{good}="),
        &format!("{good}.html"),
        &format!("{good}%20"),
        &good.to_lowercase(),
        &flipped,
        &middle,
        &good.repeat(2),
        &"A".repeat(4_096),
        &"A".repeat(4_097),
    ];
    for token in tokens {
        is_unknown(&system, token).await;
    }
    assert_eq!(system.as_browser("/p/").await.status, 404);
    assert_eq!(one(&firm).await["evidence"], "delivered", "none of it was this recipient");
    assert_eq!(system.as_browser(&format!("/p/{good}")).await.status, 200);
}

/// Places in all listings, as their cursors have them.
async fn cursors(firm: &Firm) -> Vec<String> {
    for number in 0..2 {
        let bounces = json!({ "to": format!("bounce+{number}@simulator.amazonses.com"), "subject": "Cursor" });
        firm.send("cursor", bounces).await;
        firm.put(&format!("/v1/clients/c{number}"), &json!({})).await.expect(200);
    }
    firm.attention_when("two bounces", |rows| rows.len() == 2).await;
    let mut cursors = Vec::new();
    for path in
        ["/v1/invoices/cursor/emails", "/v1/reports/invoice-emails", "/v1/attention", "/v1/clients", "/v1/suppressions"]
    {
        let page = firm.get(&format!("{path}?limit=1")).await.expect(200);
        cursors.push(page["next_cursor"].as_str().unwrap_or_else(|| panic!("no cursor of {path}: {page}")).to_owned());
    }
    cursors
}

#[tokio::test]
async fn tokens_of_other_purposes_do_not_open_it_and_its_own_opens_nothing_else() {
    let system = System::start().await;
    let firm = system.firm("roe");
    tell(&firm, "1042", &invoice()).await;
    let linked = mailed(&system, &firm, json!({ "facts": { "url": "https://portal.example.com/i/1042" } })).await;
    firm.send("1042", json!({ "to": "bob@example.com", "subject": "Page" })).await;
    firm.history_with("1042", "delivered").await;
    let mail = system.mail("Page", "bob@example.com").await;
    let mut others = vec![token(&linked.link()), token(&mail.pixel()), token(&mail.unsubscribe()), tag(&mail)];
    others.extend(cursors(&firm).await);
    assert_eq!(others.len(), 9);
    system.settled().await;
    let before = firm.history("1042").await;
    for other in &others {
        is_unknown(&system, other).await;
    }

    let own = token(&mail.page());
    for path in [format!("/o/{own}.gif"), format!("/o/{own}")] {
        let pixel = system.as_browser(&path).await;
        assert_eq!((pixel.status, pixel.header("content-type")), (200, "image/gif"), "a reader always has a picture");
    }
    for path in [format!("/c/{own}"), format!("/u/{own}"), format!("/p/{own}/"), format!("/p/{own}/pay")] {
        assert_eq!(system.as_browser(&path).await.status, 404, "{path}");
        assert!(press(&system, &path, "open").await.status >= 400, "{path}");
    }
    firm.get(&format!("/v1/clients?cursor={own}")).await.problem_at("query", "cursor");
    assert_eq!(firm.history("1042").await, before, "none of it was anybody's doing");
    assert_eq!(firm.get("/v1/suppressions").await.expect(200)["rows"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn once_a_later_mail_takes_its_place_the_link_says_so_and_shows_nothing() {
    let (system, firm, mail) = started(json!({ "firm_name": "Roe & Partners", "display_balances": true })).await;
    let page = mail.page();
    system.as_browser(&page).await;
    let send = firm.history("1042").await["sends"][0]["send"].as_str().unwrap().to_owned();
    firm.resend("1042", &send, json!({ "recipient": "to:0", "address": "new@example.com" })).await.expect(202);
    let history = firm.history_with("1042", "delivered").await;
    let before = history["sends"][1]["recipients"][0].clone();
    assert_eq!((&before["clicks"], before["superseded_by"].is_string()), (&json!(1), true));

    let head = Answer::of(system.request(Method::HEAD, &page).header("user-agent", BROWSER)).await;
    let get = system.as_browser(&page).await;
    for answer in [&get, &head, &press(&system, &page, "open").await, &press(&system, &page, "pay").await] {
        assert_eq!(answer.status, 410, "{}", answer.text());
        assert!(answer.headers.get("location").is_none());
        is_a_page(answer);
    }
    assert!(get.text().contains("This link is no longer valid") && get.text().contains("latest e-mail"));
    for secret in ["1042", "Acme", "1,250", "Roe", ADDRESS] {
        assert!(!get.text().contains(secret), "{secret} in {}", get.text());
    }
    let history = firm.history("1042").await;
    assert_eq!(history["sends"][1]["recipients"][0], before, "nobody is seen at a door that is shut");

    // The later mail has a link of its own, to the same invoice.
    let latest = system.mail("Invoice 1042", "new@example.com").await.page();
    assert_eq!(shown(&system, &latest).await.heading, "Invoice 2026-1042");
    assert_eq!(recipient(&firm.history("1042").await, "to:0")["clicks"], 1);
    // Nobody else's link is touched by it.
    firm.send("1042", json!({ "to": "bob@example.com", "subject": "Beside" })).await;
    let beside = system.mail("Beside", "bob@example.com").await.page();
    assert_eq!(
        (shown(&system, &latest).await, system.as_browser(&beside).await.status),
        (shown(&system, &beside).await, 200)
    );
}

#[tokio::test]
async fn each_firms_links_lead_to_its_own_invoices() {
    let system = System::start().await;
    let mut pages: Vec<String> = Vec::new();
    for name in ["roe", "doe"] {
        let firm = system.firm(name);
        set_up(&firm, json!({ "firm_name": format!("Firm {name}") })).await;
        tell(&firm, "1042", &json!({ "number": format!("{name}-1"), "client": "acme" })).await;
        firm.send("1042", json!({ "to": ADDRESS, "subject": name })).await;
        pages.push(system.mail(name, ADDRESS).await.page());
    }
    for (page, name) in pages.iter().zip(["roe", "doe"]) {
        let shown = shown(&system, page).await;
        assert_eq!((shown.firm, shown.heading), (format!("Firm {name}"), format!("Invoice {name}-1")));
    }
    let evidence: Vec<Value> =
        [one(&system.firm("roe")).await, one(&system.firm("doe")).await].map(|one| one["clicks"].clone()).into();
    assert_eq!(evidence, [json!(1), json!(1)]);
}

#[tokio::test]
async fn an_invoice_that_turned_out_to_be_another_clients_is_shown_to_its_first_recipient_no_more() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let told = |client: &str| json!({ "number": "77", "client": client, "currency": "USD", "amount": "10.00" });
    firm.put("/v1/invoices/77", &told("acme")).await.expect(200);
    firm.send("77", json!({ "to": "ann@example.com" })).await;
    let page = system.mail("Invoice 77 from roe", "ann@example.com").await.page();
    assert_eq!(system.as_browser(&page).await.status, 200);
    firm.put("/v1/invoices/77", &told("beta")).await.expect(200);
    let answer = system.as_browser(&page).await;
    assert_eq!(answer.status, 410);
    assert!(!answer.text().contains("77") && !answer.text().contains("10.00"), "{}", answer.text());
    assert_eq!(press(&system, &page, "open").await.status, 410);
}
