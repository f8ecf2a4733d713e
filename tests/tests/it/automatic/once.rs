//! An invoice is final once: whoever says it how often, by whichever door, its automatic e-mail is one.

use serde_json::{Value, json};
use tests::{Answer, System, api};
use tokio::task::JoinSet;

use super::{automatic, contact, event_request, finalize_request, mailed, subject, tell_client, tell_invoice};
use super::{told_by_event, turn_on};

#[tokio::test]
async fn saying_it_again_sends_nothing_and_answers_the_same() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    tell_invoice(&firm, "http", "acme").await;
    tell_invoice(&firm, "event", "acme").await;
    let by_http = firm.finalize("http").await.expect(202);
    let by_event = told_by_event(&system, "roe", "event").await;
    for answer in [&by_http, &by_event] {
        assert_eq!(
            (answer["automatic"].as_bool(), answer["recipients"].as_array().map(Vec::len)),
            (Some(true), Some(1))
        );
    }
    for invoice in ["http", "event"] {
        firm.history_with(invoice, "delivered").await;
    }
    // What has changed since changes nothing any more.
    tell_client(&firm, "acme", &[contact("ann@example.com", &[])]).await;
    for _ in 0..2 {
        assert_eq!(firm.finalize("http").await.expect(202), by_http);
        assert_eq!(told_by_event(&system, "roe", "http").await, by_http);
        assert_eq!(firm.finalize("event").await.expect(202), by_event);
        assert_eq!(told_by_event(&system, "roe", "event").await, by_event);
    }
    system.settled().await;
    for invoice in ["http", "event"] {
        assert_eq!(mailed(&system, &subject(invoice)).await, ["ann@example.com"]);
        assert_eq!(firm.history(invoice).await["sends"].as_array().unwrap().len(), 1);
    }
    // Who told is told: staff by name, an event by nobody's.
    let sent_by = async |invoice: &str| firm.history(invoice).await["sends"][0]["sent_by"].clone();
    assert_eq!((sent_by("http").await, sent_by("event").await), (json!("staff@roe.example"), Value::Null));
}

#[tokio::test]
async fn twelve_who_say_it_at_the_same_time_by_both_doors_hear_the_same() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    tell_client(&firm, "quiet", &[contact("carl@example.com", &[])]).await;
    for (invoice, client) in [("1", "acme"), ("2", "acme"), ("3", "quiet"), ("4", "acme"), ("5", "quiet")] {
        tell_invoice(&firm, invoice, client).await;
        let mut tellers = JoinSet::new();
        for number in 0..12 {
            let by_event = number % 2 == 0;
            let request =
                if by_event { event_request(&system, "roe", invoice) } else { finalize_request(&firm, invoice) };
            tellers.spawn(async move { (by_event, Answer::of(request).await) });
        }
        let mut heard = Vec::new();
        for (by_event, answer) in tellers.join_all().await {
            heard.push(if by_event { answer.expect(200)["answer"].clone() } else { answer.expect(202) });
        }
        assert!(heard.iter().all(|answer| *answer == heard[0] && answer["automatic"] == true), "{heard:#?}");
        system.settled().await;
        let sends = firm.history(invoice).await["sends"].as_array().unwrap().clone();
        assert_eq!(sends.len(), 1, "{sends:#?}");
        let expected = if client == "quiet" { vec![] } else { vec!["ann@example.com"] };
        assert_eq!(mailed(&system, &subject(invoice)).await, expected);
        assert_eq!(heard[0]["send"].is_null(), client == "quiet");
    }
}

#[tokio::test]
async fn an_automatic_mail_and_one_by_hand_do_not_stand_in_each_others_way() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    tell_invoice(&firm, "1", "acme").await;
    // By hand first, under a key that looks like the finalization's own; then automatically; then by hand again.
    for key in ["finalization", "1", "finalized"] {
        let body = json!({ "to": "ann@example.com", "subject": format!("By hand: {key}") });
        firm.submit_once(key, "1", &body).await.expect(202);
    }
    let answer = firm.finalize("1").await.expect(202);
    assert_eq!(answer["recipients"][0]["warnings"][0]["code"], "recently_sent", "{answer:#}");
    firm.send("1", json!({ "to": "ann@example.com", "subject": "By hand: again" })).await;
    let history = firm.history_with("1", "delivered").await;
    let sources: Vec<&Value> = history["sends"].as_array().unwrap().iter().map(|send| &send["source"]).collect();
    assert_eq!(sources, ["manual", "automatic", "manual", "manual", "manual"]);

    // Resending the automatic one is no second finalization, and the invoice stays final.
    let send = api::id(&answer);
    firm.history_when("1", "all are sent", |history| !history.to_string().contains("\"queued\"")).await;
    firm.resend("1", &send, json!({ "recipient": "to:0" })).await.expect(202);
    assert_eq!(firm.finalize("1").await.expect(202), answer);
    let history = firm.history_with("1", "delivered").await;
    assert_eq!((&history["sends"][0]["source"], history["sends"].as_array().unwrap().len()), (&json!("resend"), 6));
    assert!(history["sends"][0].get("skipped").is_none(), "nobody is skipped by a resend");
}

#[tokio::test]
async fn another_invoice_of_a_similar_name_is_another() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let invoices = ["1", "1.1", "1-1", "1_1", "11", "A", "a", "finalized", &"1".repeat(64)];
    for invoice in invoices {
        tell_invoice(&firm, invoice, "acme").await;
    }
    let mut sends = std::collections::BTreeSet::new();
    for invoice in invoices {
        sends.insert(api::id(&firm.finalize(invoice).await.expect(202)));
    }
    assert_eq!(sends.len(), invoices.len());
    // And the same names in a firm whose own name runs into them.
    let other = system.firm("ro");
    turn_on(&other).await;
    other.finalize("1").await.problem(404);
}
