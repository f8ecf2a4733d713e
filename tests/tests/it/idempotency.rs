//! `Idempotency-Key`: whoever repeats a request gets the same answer, and nobody gets a second mail.

use reqwest::Method;
use serde_json::json;
use tests::{Answer, System, api};
use tokio::task::JoinSet;

#[tokio::test]
async fn twenty_at_once_are_one_send() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mut submitting = JoinSet::new();
    for _ in 0..20 {
        let firm = firm.clone();
        let body = json!({ "to": "ann@example.com; bob@example.com", "subject": "Once" });
        submitting.spawn(async move { firm.submit_once("month-end-7", "1", &body).await.expect(202) });
    }
    let answers = submitting.join_all().await;
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    let history = firm.history_with("1", "delivered").await;
    assert_eq!(history["sends"].as_array().unwrap().len(), 1);
    assert_eq!(history["sends"][0]["send"], answers[0]["send"]);
    assert_eq!(system.mailbox().await.len(), 2);
}

#[tokio::test]
async fn the_answer_stays_the_same_after_the_mail_went() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({ "to": "bounce@simulator.amazonses.com", "subject": "Once" });
    let first = firm.submit_once("key", "1", &body).await.expect(202);
    firm.history_with("1", "bounced").await;
    // By now the address is suppressed, and the invoice was sent recently: neither changes the answer.
    assert_eq!(firm.submit_once("key", "1", &body).await.expect(202), first);
    assert_eq!(firm.history("1").await["sends"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({ "to": "ann@example.com", "subject": "Once" });
    let first = firm.submit_once("key", "1", &body).await.expect(202);
    let other_body = json!({ "to": "ann@example.com", "subject": "Twice" });
    firm.submit_once("key", "1", &other_body).await.problem(409);
    firm.submit_once("key", "2", &body).await.problem(409);
    let path = format!("/v1/invoices/1/emails/{}/resend", api::id(&first));
    let resend = firm.request(Method::POST, &path).header("idempotency-key", "key");
    Answer::of(resend.json(&json!({ "recipient": "to:0" }))).await.problem(409);
    // Nobody else's key, and no key at all, is the same.
    let other = system.firm("doe").submit_once("key", "1", &body).await.expect(202);
    assert_ne!(other["send"], first["send"]);
    assert_ne!(firm.submit("1", &body).await.expect(202)["send"], first["send"]);
    assert_ne!(firm.submit_once("Key", "1", &body).await.expect(202)["send"], first["send"]);
}

#[tokio::test]
async fn a_resend_is_repeated_as_safely() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let send = firm.send_to("1", "bounce@simulator.amazonses.com").await;
    firm.history_with("1", "bounced").await;
    let path = format!("/v1/invoices/1/emails/{send}/resend");
    let mut answers = Vec::new();
    for _ in 0..2 {
        let request = firm.request(Method::POST, &path).header("idempotency-key", "again");
        let body = json!({ "recipient": "to:0", "address": "ann@example.com" });
        answers.push(Answer::of(request.json(&body)).await.expect(202));
    }
    assert_eq!(answers[0], answers[1]);
    firm.history_with("1", "delivered").await;
    assert_eq!(system.mailbox().await.iter().filter(|mail| mail.to == "ann@example.com").count(), 1);
}

#[tokio::test]
async fn a_key_has_1_to_128_characters() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({ "to": "ann@example.com", "subject": "Once" });
    for key in [String::new(), "k".repeat(129)] {
        firm.submit_once(&key, "1", &body).await.problem_at("header", "Idempotency-Key");
    }
    for key in ["k".to_owned(), "k".repeat(128)] {
        firm.submit_once(&key, "1", &body).await.expect(202);
    }
}
