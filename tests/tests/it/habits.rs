//! What is usual at a domain: learnt from the firm's own e-mails, told where enough is known, and judging nothing.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, System};

/// A mail to somebody, whose picture a program of that name fetches first.
async fn fetched(system: &System, firm: &Firm, number: usize, domain: &str, agent: &str) {
    let (invoice, address) = (format!("{domain}-{number}"), format!("p{number}@{domain}"));
    firm.send(&invoice, json!({ "to": address, "subject": invoice })).await;
    firm.history_with(&invoice, "delivered").await;
    let mail = system.mail(&invoice, &address).await;
    system.as_agent(agent, &mail.pixel()).await;
}

async fn learnt(firm: &Firm, domain: &str) -> Value {
    firm.get(&format!("/v1/domains/{domain}")).await.expect(200)
}

#[tokio::test]
async fn a_domain_whose_scanner_comes_first_is_told_of() {
    let system = System::start().await;
    let (firm, other) = (system.firm("roe"), system.firm("doe"));
    let nothing = json!({
        "domain": "bigbank.example", "first_fetches": 0, "automatic_first_fetches": 0, "median_seconds": null, "hint": null,
    });
    assert_eq!(learnt(&firm, "bigbank.example").await, nothing);
    for number in 0..8 {
        fetched(&system, &firm, number, "bigbank.example", "curl/8.5.0").await;
        fetched(&system, &firm, number, "people.example", tests::system::BROWSER).await;
    }
    let bank = learnt(&firm, "BigBank.example").await;
    assert_eq!((&bank["first_fetches"], &bank["automatic_first_fetches"]), (&json!(8), &json!(8)));
    let hint = bank["hint"].as_str().unwrap();
    assert!(hint.starts_with("At bigbank.example nearly every first open or click is a scanner's"), "{hint}");
    let people = learnt(&firm, "people.example").await;
    assert_eq!((&people["first_fetches"], &people["automatic_first_fetches"]), (&json!(8), &json!(0)));
    assert_eq!(people["hint"], Value::Null);
    // A name that is only a part, and another firm.
    assert_eq!(learnt(&firm, "bank.example").await["first_fetches"], 0);
    assert_eq!(learnt(&other, "bigbank.example").await, nothing);
    // It judges nobody: a person there who opens is a person.
    fetched(&system, &firm, 9, "bigbank.example", tests::system::BROWSER).await;
    assert_eq!(firm.history("bigbank.example-9").await["evidence"], "possibly_opened");
}

#[tokio::test]
async fn only_domains_are_asked_about() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for wrong in ["nowhere", "a%20b.example", "a%40b.example", "%00", "b.example%2Fx"] {
        firm.get(&format!("/v1/domains/{wrong}")).await.problem_at("path", "domain");
    }
    firm.get("/v1/domains/b.example?limit=1").await.problem_at("query", "limit");
    Answer::of(firm.request(Method::POST, "/v1/domains/b.example")).await.problem(405);
    system.firm("roe:c1").get("/v1/domains/b.example").await.problem(403);
}
