//! A failed address is corrected: one person gets the invoice again, and the list of troubles tells the truth.

use serde_json::{Value, json};
use tests::{Firm, System, api, recipient};

const BOUNCES: &str = "bounce@simulator.amazonses.com";

/// An invoice to Ann, who gets it, and to an address that bounces; the send's id.
async fn bounced(system: &System) -> (Firm, String) {
    let firm = system.firm("roe");
    let body = json!({
        "to": ["Ann <ann@example.com>", format!("Bob <{BOUNCES}>")], "subject": "Invoice 1", "message": "Dear all",
        "facts": { "number": "1", "client": "c1", "url": "https://portal.example.com/i/1" },
    });
    let send = api::id(&firm.send("1", body).await);
    firm.history_when("1", "bounced", |history| history["sent_status"] == "rejected").await;
    firm.attention_when("the bounce", |rows| rows.len() == 1).await;
    (firm, send)
}

/// The recipient of the older of two sends.
fn old(history: &Value) -> &Value {
    let recipients = history["sends"][1]["recipients"].as_array().unwrap();
    recipients.iter().find(|one| one["recipient"] == "to:1").unwrap()
}

#[tokio::test]
async fn the_corrected_address_gets_it_and_the_trouble_is_over() {
    let system = System::start().await;
    let (firm, send) = bounced(&system).await;
    let answer =
        firm.resend("1", &send, json!({ "recipient": "to:1", "address": "bob@example.com" })).await.expect(202);
    let recipients = answer["recipients"].as_array().unwrap();
    assert_eq!(recipients.len(), 1, "one person: {answer:#}");
    assert_eq!((&recipients[0]["recipient"], &recipients[0]["address"]), (&json!("to:0"), &json!("bob@example.com")));

    let history = firm.history_with("1", "delivered").await;
    assert_eq!(history["sends"][0]["source"], "resend");
    assert_eq!(history["sends"][0]["subject"], "Invoice 1");
    assert_eq!(old(&history)["superseded_by"], answer["send"]);
    assert_eq!((&old(&history)["next_action"], &old(&history)["sent_status"]), (&Value::Null, &json!("rejected")));
    assert_eq!(recipient(&history, "to:0")["sent_status"], "sent");
    assert_eq!(history["sent_status"], "sent", "the superseded one counts no more");
    firm.attention_when("empty", <[Value]>::is_empty).await;

    let mails = system.mailbox().await;
    let mut reached: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    reached.sort_unstable();
    assert_eq!(reached, ["ann@example.com", "bob@example.com", BOUNCES], "Ann is not mailed again");
    let mail = system.mail("Invoice 1", "bob@example.com").await;
    assert!(mail.text().contains("Dear all"), "{}", mail.text());
    let click = system.as_browser(&mail.link()).await;
    assert_eq!(click.header("location"), "https://portal.example.com/i/1");
    let clicked = firm.history("1").await;
    assert_eq!((&recipient(&clicked, "to:0")["clicks"], &old(&clicked)["clicks"]), (&json!(1), &json!(0)));
    assert_eq!(firm.report("?client=c1").await.len(), 3, "the new row belongs to the client too");
}

#[tokio::test]
async fn when_that_fails_too_the_new_trouble_stands_alone() {
    let system = System::start().await;
    let (firm, send) = bounced(&system).await;
    let answer =
        firm.resend("1", &send, json!({ "recipient": "to:1", "address": "mailbox-full@local.test" })).await.expect(202);
    firm.history_with("1", "blocked").await;
    let queue = firm
        .attention_when("the new one only", |rows| rows.len() == 1 && rows[0]["address"] == "mailbox-full@local.test")
        .await;
    assert_eq!((&queue[0]["send"], &queue[0]["next_action"]), (&answer["send"], &json!("call")));

    // And once more, along the chain.
    let second = api::id(&answer);
    firm.resend("1", &second, json!({ "recipient": "to:0", "address": "bob@example.com" })).await.expect(202);
    firm.history_with("1", "delivered").await;
    firm.attention_when("empty", <[Value]>::is_empty).await;
    assert_eq!(firm.history("1").await["sent_status"], "sent");
}

#[tokio::test]
async fn what_only_waits_can_be_sent_again_to_the_same_address() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let send = firm.send_to("1", "mailbox-full@local.test").await;
    firm.history_with("1", "blocked").await;
    let answer = firm.resend("1", &send, json!({ "recipient": "to:0" })).await.expect(202);
    assert_eq!(answer["recipients"][0]["address"], "mailbox-full@local.test");
    firm.history_with("1", "blocked").await;
    firm.attention_when("the newer", |rows| rows.len() == 1 && rows[0]["send"] == answer["send"]).await;
}

#[tokio::test]
async fn one_recipient_is_superseded_once() {
    let system = System::start().await;
    let (firm, send) = bounced(&system).await;
    let body = json!({ "recipient": "to:1", "address": "bob@example.com" });
    firm.resend("1", &send, body.clone()).await.expect(202);
    firm.resend("1", &send, body.clone()).await.problem(409);
    let other = json!({ "recipient": "to:1", "address": "robert@example.com" });
    firm.resend("1", &send, other).await.problem(409);
    firm.history_with("1", "delivered").await;
    assert_eq!(system.mailbox().await.len(), 3);
}

#[tokio::test]
async fn what_was_never_sent_cannot_be_sent_again() {
    let system = System::start().await;
    let (firm, send) = bounced(&system).await;
    let body = json!({ "recipient": "to:1", "address": "bob@example.com" });
    firm.resend("2", &send, body.clone()).await.problem(404);
    firm.resend("1", "01KAMD4V5T6W7X8Y9Z0A1B2C3D", body).await.problem(404);
    for unknown in ["to:2", "cc:0", "bcc:49"] {
        firm.resend("1", &send, json!({ "recipient": unknown, "address": "bob@example.com" })).await.problem(404);
    }
    assert_eq!(firm.history("1").await["sends"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_warning_says_what_staff_may_have_overlooked_and_stops_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let codes = |accepted: &Value| -> Vec<Vec<String>> {
        let recipients = accepted["recipients"].as_array().unwrap().iter();
        let of = |one: &Value| {
            one["warnings"].as_array().unwrap().iter().map(|w| w["code"].as_str().unwrap().to_owned()).collect()
        };
        recipients.map(of).collect()
    };
    let to = ["ann@gmial.com", "info@example.com", "carl@example.com"];
    let first = firm.send("1", json!({ "to": to, "subject": "Warned" })).await;
    assert_eq!(codes(&first), [vec!["possible_typo"], vec!["role_address"], vec![]], "{first:#}");
    let typo = &first["recipients"][0]["warnings"][0];
    assert_eq!(typo["suggestion"], "ann@gmail.com");
    assert!(typo["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    firm.history_with("1", "delivered").await;

    let second = firm.send("1", json!({ "to": "Carl@example.com", "subject": "Again" })).await;
    assert_eq!(codes(&second), [vec!["recently_sent"]], "{second:#}");

    firm.send_to("2", BOUNCES).await;
    firm.history_with("2", "bounced").await;
    let third = firm.send("3", json!({ "to": BOUNCES, "subject": "Again" })).await;
    assert!(codes(&third)[0].contains(&"previously_bounced".to_owned()), "{third:#}");
}

#[tokio::test]
async fn a_corrected_address_that_is_not_kept_at_the_client_is_said_so() {
    let system = System::start().await;
    let (firm, send) = bounced(&system).await;
    let body = json!({ "recipient": "to:1", "address": "bob@example.com", "save_to_client": true });
    let answer = firm.resend("1", &send, body).await.expect(202);
    let warnings = answer["recipients"][0]["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["code"] == "client_not_saved"), "{answer:#}");
}
