//! Finalizations that cannot be worked on, or not yet: what lacks is said, and once it is there everything goes on.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, System};

use super::{accepted, automatic, contact, mailed, nothing_is_sent, subject, tell_client, tell_invoice};

#[tokio::test]
async fn what_has_to_be_known_first_is_named_and_once_it_is_told_the_mail_goes() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let detail = async |status: u16| firm.finalize("1").await.problem(status)["detail"].as_str().unwrap().to_owned();
    assert!(detail(404).await.contains("PUT it to /v1/invoices/{invoice}"));
    firm.put("/v1/invoices/1", &json!({ "number": "1", "currency": "USD", "amount": "10.00" })).await.expect(200);
    assert!(detail(409).await.contains("names no client"));
    tell_invoice(&firm, "1", "later").await;
    assert!(detail(409).await.contains("PUT it to /v1/clients/{client}"));
    nothing_is_sent(&system).await;
    assert_eq!(firm.history("1").await["sends"], json!([]), "a refused finalization leaves nothing");
    tell_client(&firm, "later", &[accepted("late@example.com")]).await;
    firm.finalize("1").await.expect(202);
    system.mail(&subject("1"), "late@example.com").await;

    // The matter's addresses do not stand in for a client: whether they may have it stands with its people.
    let told = json!({ "number": "2", "matter_email": "ann@example.com" });
    firm.put("/v1/invoices/2", &told).await.expect(200);
    firm.finalize("2").await.problem(409);
}

#[tokio::test]
async fn a_body_is_an_empty_object_or_none_and_nothing_else() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let path = |invoice: &str| format!("/v1/invoices/{invoice}/finalize");
    let post = |invoice: &str| firm.request(Method::POST, &path(invoice));
    tell_invoice(&firm, "1", "acme").await;
    for (body, pointer) in [
        (json!({ "to": "eve@example.com" }), "/to"),
        (json!({ "send": null }), "/send"),
        (json!({ "a/b": 1 }), "/a~1b"),
        (json!([]), ""),
        (json!("1"), ""),
        (Value::Null, ""),
    ] {
        Answer::of(post("1").json(&body)).await.problem_at("body", pointer);
    }
    Answer::of(post("1").header("content-type", "application/json").body("{")).await.problem_at("body", "");
    Answer::of(post("1").header("content-type", "text/plain").body("{}")).await.problem(415);
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(3_000_000));
    Answer::of(post("1").header("content-type", "application/json").body(large)).await.problem(413);
    for invoice in ["a%20b", "%00", &"1".repeat(65), "-%2F-"] {
        Answer::of(post(invoice).json(&json!({}))).await.problem_at("path", "invoice");
    }
    // Both are wrong, and both are named.
    let problem =
        Answer::of(post("a%20b").json(&json!({ "to": "eve@example.com" }))).await.problem_at("path", "invoice");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
    nothing_is_sent(&system).await;

    let bodies = [None, Some(""), Some("{}"), Some(" { } ")];
    for (number, body) in bodies.into_iter().enumerate() {
        let invoice = format!("good-{number}");
        tell_invoice(&firm, &invoice, "acme").await;
        let request = match body {
            None => post(&invoice),
            Some(body) => post(&invoice).header("content-type", "application/json").body(body),
        };
        assert!(Answer::of(request).await.expect(202)["send"].is_string(), "{body:?}");
    }
}

#[tokio::test]
async fn only_the_firms_own_staff_finalize_its_invoices() {
    let system = System::start().await;
    let (roe, doe) = (automatic(&system, "roe").await, automatic(&system, "doe").await);
    tell_invoice(&roe, "1", "acme").await;
    for token in ["roe:acme", "roe:other", "doe:acme"] {
        system.firm(token).finalize("1").await.problem(403);
    }
    system.firm("").finalize("1").await.problem(401);
    let nonsense = system.request(Method::POST, "/v1/invoices/1/finalize").bearer_auth("nonsense");
    assert_eq!(Answer::of(nonsense).await.status, 401);
    doe.finalize("1").await.problem(404);
    for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = Answer::of(roe.request(method.clone(), "/v1/invoices/1/finalize")).await;
        answer.problem(405);
        assert_eq!(answer.header("allow"), "POST", "{method}");
    }
    nothing_is_sent(&system).await;

    // Invoices, clients and people of the same names are each firm's own.
    tell_client(&doe, "acme", &[accepted("doe@example.com"), contact("ann@example.com", &[])]).await;
    tell_invoice(&doe, "1", "acme").await;
    let answers = [roe.finalize("1").await.expect(202), doe.finalize("1").await.expect(202)];
    assert_ne!(answers[0]["send"], answers[1]["send"]);
    for firm in [&roe, &doe] {
        firm.history_with("1", "delivered").await;
    }
    assert_eq!(mailed(&system, &subject("1")).await, ["ann@example.com", "doe@example.com"]);
}
