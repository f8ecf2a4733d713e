//! What the page makes known of a reader: looking is a click, of a person or a machine; only a button is proof.

use reqwest::Method;
use serde_json::{Value, json};
use tests::ses::{Event, Format};
use tests::system::BROWSER;
use tests::{Answer, statuses};

use super::{leads_to, mailed, one, press, set_up, started, token, with};

const HEADLESS: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36";

/// What is known of the one recipient: its evidence, its status, its clicks and automatic clicks.
async fn known(firm: &tests::Firm) -> (String, String, u64, u64) {
    let one = one(firm).await;
    let text = |name: &str| one[name].as_str().unwrap().to_owned();
    let count = |name: &str| one[name].as_u64().unwrap();
    assert_eq!((count("opens"), count("automatic_opens")), (0, 0), "a page is no pixel");
    (text("evidence"), text("sent_status"), count("clicks"), count("automatic_clicks"))
}

fn as_known(evidence: &str, sent_status: &str, clicks: u64, automatic: u64) -> (String, String, u64, u64) {
    (evidence.to_owned(), sent_status.to_owned(), clicks, automatic)
}

#[tokio::test]
async fn a_person_who_looks_has_clicked_and_who_presses_a_button_is_proved() {
    let (system, firm, mail) = started(json!({ "payment_url": "https://pay.example.com/{invoice}" })).await;
    let page = mail.page();
    assert_eq!(known(&firm).await, as_known("delivered", "sent", 0, 0));
    system.as_browser(&page).await;
    assert_eq!(known(&firm).await, as_known("clicked", "opened", 1, 0));
    let clicked = one(&firm).await;
    assert_eq!(statuses(&clicked), ["processed", "delivered", "clicked"]);
    let line = &clicked["statuses"][2];
    assert_eq!((&line["automatic"], &clicked["first_opened_at"]), (&json!(false), &line["at"]));
    assert!(line["detail"].as_str().unwrap().contains("browser"), "{line}");

    leads_to(&system, &page, "open").await;
    let history = firm.history("1042").await;
    assert_eq!((&history["evidence"], &history["sent_status"]), (&json!("portal_confirmed"), &json!("opened")));
    let confirmed = one(&firm).await;
    assert_eq!(statuses(&confirmed), ["processed", "delivered", "clicked", "portal_confirmed"]);
    assert!(confirmed["statuses"][3].get("automatic").is_none(), "there is nothing to judge");
    assert_eq!(confirmed["last_opened_at"], confirmed["statuses"][3]["at"]);
    assert_eq!(known(&firm).await, as_known("portal_confirmed", "opened", 1, 0));
    leads_to(&system, &page, "pay").await;
    assert_eq!(statuses(&one(&firm).await).len(), 5, "each press is a line");
    assert_eq!(firm.report("").await[0]["evidence"], "portal_confirmed");

    // A later failure is not hidden behind it, nor it behind the failure.
    system.bring(Event::complaint(&mail, "abuse").body(Format::Published)).await;
    assert_eq!(known(&firm).await, as_known("portal_confirmed", "marked_spam", 1, 0));
}

#[tokio::test]
async fn a_button_alone_is_proof_also_where_a_page_was_never_seen_to_be_loaded() {
    let (system, firm, mail) = started(json!({})).await;
    // Whatever calls itself so: a form that is sent is no scanner's work.
    let request =
        system.request(Method::POST, &mail.page()).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(Answer::of(request.body("action=open")).await.status, 303);
    assert_eq!(known(&firm).await, as_known("portal_confirmed", "opened", 0, 0));
    let one = one(&firm).await;
    assert_eq!(
        (&one["first_opened_at"], &one["last_opened_at"]),
        (&one["statuses"][2]["at"], &one["statuses"][2]["at"])
    );
}

#[tokio::test]
async fn scanners_leave_automatic_clicks_and_never_an_opened_mail() {
    let (system, firm, mail) = started(json!({})).await;
    let get = Method::GET;
    let browser = Some(BROWSER);
    let cases = [
        (get.clone(), Some(HEADLESS), None),
        (get.clone(), Some("curl/8.5.0"), None),
        (get.clone(), Some("python-requests/2.31.0"), None),
        (get.clone(), Some("Mozilla/5.0 (compatible; Acme-Bot/1.0)"), None),
        (get.clone(), Some("Mozilla/5.0"), None),
        (get.clone(), Some(""), None),
        (get.clone(), None, None),
        (Method::HEAD, browser, None),
        (get.clone(), browser, Some(("purpose", "prefetch"))),
        (get.clone(), browser, Some(("sec-purpose", "prefetch;prerender"))),
        (get.clone(), browser, Some(("x-purpose", "preview"))),
        (get, browser, Some(("x-moz", "prefetch"))),
    ];
    let mut seen = Vec::new();
    for (count, (method, agent, header)) in (1..).zip(&cases) {
        let mut request = system.request(method.clone(), &mail.page());
        for (name, value) in agent.map(|agent| ("user-agent", agent)).into_iter().chain(*header) {
            request = request.header(name, value);
        }
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 200, "{method} {agent:?} {header:?}");
        if *method != Method::HEAD {
            seen.push(answer.text().replace(answer.header("content-security-policy"), "").len());
        }
        let expected = as_known("fetched_automatically", "sent", 0, count);
        assert_eq!(known(&firm).await, expected, "{method} {agent:?} {header:?}");
    }
    assert!(seen.iter().all(|length| *length == seen[0]), "a machine is not answered differently: {seen:?}");
    let one = one(&firm).await;
    assert!(one["first_opened_at"].is_null() && one["last_opened_at"].is_null());
    system.as_browser(&mail.page()).await;
    assert_eq!(known(&firm).await, as_known("clicked", "opened", 1, cases.len() as u64));
}

#[tokio::test]
async fn a_hundred_and_fifty_presses_are_answered_and_a_hundred_kept() {
    let (system, firm, mail) = started(json!({})).await;
    for _ in 0..150 {
        leads_to(&system, &mail.page(), "open").await;
    }
    let kept = async || statuses(&one(&firm).await).iter().filter(|status| *status == "portal_confirmed").count();
    assert_eq!(kept().await, 100);
    for _ in 0..150 {
        system.as_browser(&mail.page()).await;
    }
    let one = one(&firm).await;
    assert_eq!((kept().await, &one["clicks"]), (100, &json!(150)));
    assert!(
        one["statuses"].as_array().unwrap().len() <= 100 + 102 + 2,
        "{}",
        one["statuses"].as_array().unwrap().len()
    );
    assert_eq!(firm.history("1042").await["evidence"], "portal_confirmed");
}

#[tokio::test]
async fn staff_who_look_are_not_taken_for_the_reader() {
    let (system, firm, mail) = started(json!({})).await;
    let page = mail.page();
    for token in ["local:roe", "local:roe:acme", "anything"] {
        for method in [Method::GET, Method::HEAD] {
            let request = system.request(method, &page).header("user-agent", BROWSER).bearer_auth(token);
            assert_eq!(Answer::of(request).await.status, 200);
        }
        let request = system.request(Method::POST, &page).header("user-agent", BROWSER).bearer_auth(token);
        let form = request.header("content-type", "application/x-www-form-urlencoded").body("action=open");
        assert_eq!(Answer::of(form).await.status, 303, "they are led on like anybody");
    }
    assert_eq!(known(&firm).await, as_known("delivered", "sent", 0, 0));

    // What staff see before they send has no link that could count.
    let send = firm.history("1042").await["sends"][0]["send"].as_str().unwrap().to_owned();
    let body = json!({ "to": "ann@example.com", "subject": "Preview" });
    let previews = [
        firm.preview("1042", &body).await.expect(200),
        firm.preview("1042", &with(body, json!({ "facts": { "url": "https://portal.example.com/i/1" } })))
            .await
            .expect(200),
        firm.preview_resend("1042", &send, &json!({ "recipient": "to:0" })).await.expect(200),
    ];
    for preview in previews {
        for part in ["/p/", "/o/", "/c/", "/u/", &token(&page)] {
            assert!(!preview.to_string().contains(part), "{part} in {preview:#}");
        }
        assert!(preview["html"].as_str().unwrap().contains("View invoice"), "{preview:#}");
    }
    assert_eq!(known(&firm).await, as_known("delivered", "sent", 0, 0));
}

#[tokio::test]
async fn where_nobody_is_watched_the_page_works_and_keeps_nothing() {
    for (settings, body) in [
        (json!({}), json!({ "track": false })),
        (json!({ "open_tracking": "off" }), json!({})),
        (json!({ "open_tracking": "off" }), json!({ "track": true })),
    ] {
        let system = tests::System::start().await;
        let firm = system.firm("roe");
        set_up(&firm, settings).await;
        super::tell(&firm, "1042", &super::invoice()).await;
        let mail = mailed(&system, &firm, body).await;
        let before = one(&firm).await;
        let answer = system.as_browser(&mail.page()).await;
        assert_eq!(super::Shown::of(&answer).heading, "Invoice 2026-1042");
        assert!(!answer.text().contains("sees that"), "nobody does: {}", answer.text());
        assert_eq!(press(&system, &mail.page(), "open").await.header("location"), super::DOCUMENT);
        assert_eq!(one(&firm).await, before);
        let history = firm.history("1042").await;
        assert_eq!((&history["evidence"], &history["sends"][0]["tracked"]), (&json!("delivered"), &Value::Bool(false)));
        // What is turned on later is not turned on for what was sent before.
        set_up(&firm, json!({ "open_tracking": "individual" })).await;
        system.as_browser(&mail.page()).await;
        assert_eq!(one(&firm).await, before);
    }
}
