//! A failed address is corrected: one person gets the invoice again, and the list of troubles tells the truth.

use serde_json::{Value, json};
use tests::ses::{Event, Format};
use tests::{Firm, System, api, recipient, sorted_statuses, until};

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
    // Of the e-mail that is replaced, whoever sends again knows.
    system.settled().await;
    let again = firm.resend("1", second["send"].as_str().unwrap(), json!({ "recipient": "to:0" })).await.expect(202);
    assert_eq!(codes(&again), [Vec::<String>::new()], "{again:#}");

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

#[tokio::test]
async fn what_still_waits_is_replaced_and_never_leaves() {
    let system = System::start().await;
    let firm = system.firm("roe");
    // SES asks to come later, until the recipient is given back and waits for its next turn.
    system.faults(json!({ "ses": { "throttle": 100_000 } })).await;
    let send = firm.send_to("1", "ann@exmaple.com").await;
    let body = json!({ "recipient": "to:0", "address": "ann@example.com" });
    let answer = until("it is given back", async || {
        let answer = firm.resend("1", &send, body.clone()).await;
        // Under its lease it may be leaving.
        if answer.status == 409 { Err(answer.problem(409).to_string()) } else { Ok(answer.expect(202)) }
    })
    .await;
    let history = firm.history("1").await;
    let old = &history["sends"][1]["recipients"][0];
    assert_eq!((&old["superseded_by"], &old["next_action"]), (&answer["send"], &Value::Null));
    assert_eq!((sorted_statuses(old), &old["sent_status"]), (vec!["dropped".to_owned()], &json!("rejected")));
    assert_eq!(firm.attention().await, Vec::<Value>::new());

    system.faults(json!({})).await;
    let history = firm.history_when("1", "delivered", |history| history["sent_status"] == "sent").await;
    assert_eq!(history["sends"][1]["recipients"][0], *old, "nothing more happens to it");
    system.settled().await;
    let reached: Vec<String> = system.mailbox().await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(reached, ["ann@example.com"]);
    assert_eq!(firm.attention().await, Vec::<Value>::new());
    firm.resend("1", &send, body).await.problem(409);
}

#[tokio::test]
async fn what_may_be_leaving_at_this_moment_is_not_replaced() {
    let system = System::start().await;
    let firm = system.firm("roe");
    system.faults(json!({ "ses": { "hang": 100_000 } })).await;
    let send = firm.send_to("1", "ann@example.com").await;
    until("it is claimed", async || {
        let requests = system.requests_of("send").await;
        if requests["UpdateItem"].as_u64() >= Some(1) { Ok(()) } else { Err(requests.to_string()) }
    })
    .await;
    let body = json!({ "recipient": "to:0", "address": "bob@example.com" });
    firm.resend("1", &send, body).await.problem(409);
    system.faults(json!({})).await;
    let history = firm.history_with("1", "delivered").await;
    assert_eq!(history["sends"].as_array().unwrap().len(), 1);
    assert_eq!(recipient(&history, "to:0")["superseded_by"], Value::Null);
    let reached: Vec<String> = system.mailbox().await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(reached, ["ann@example.com"]);
}

#[tokio::test]
async fn a_replacement_that_is_dropped_at_once_is_the_only_trouble() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let listed = "accepted@local.test";
    firm.send_to("0", listed).await;
    firm.history_with("0", "processed").await;
    let mail = system.mail("Invoice 0", listed).await;
    // An unsubscribe is nobody's work, so that the queue holds nothing of this invoice.
    system.bring(Event::subscription(&mail).body(Format::Published)).await;

    let send = firm.send_to("1", BOUNCES).await;
    firm.attention_when("the bounce", |rows| rows.len() == 1).await;
    let answer = firm.resend("1", &send, json!({ "recipient": "to:0", "address": listed })).await.expect(202);
    let queue = firm.attention().await;
    let shown: Vec<_> = queue.iter().map(|row| (&row["send"], &row["address"], &row["next_action"])).collect();
    assert_eq!(shown, [(&answer["send"], &json!(listed), &json!("do_not_email"))]);
    let history = firm.history("1").await;
    assert_eq!(sorted_statuses(recipient(&history, "to:0")), ["dropped"]);
    assert_eq!(history["sends"][1]["recipients"][0]["superseded_by"], answer["send"]);
}

#[tokio::test]
async fn the_end_of_a_chain_relieves_all_of_it_even_past_one_without_news() {
    let system = System::start().await;
    let (firm, send) = bounced(&system).await;
    let silent = json!({ "recipient": "to:1", "address": "accepted@local.test" });
    let second = api::id(&firm.resend("1", &send, silent).await.expect(202));
    firm.history_with("1", "processed").await;
    system.settled().await;
    let queue = firm.attention().await;
    assert_eq!(queue.iter().map(|row| &row["send"]).collect::<Vec<_>>(), [&json!(send)], "no result yet");

    let third = json!({ "recipient": "to:0", "address": "bob@example.com" });
    firm.resend("1", &second, third).await.expect(202);
    firm.history_with("1", "delivered").await;
    firm.attention_when("empty", <[Value]>::is_empty).await;
    // What the middle one meets later is nobody's work any more.
    let mail = system.mail("Invoice 1", "accepted@local.test").await;
    system.bring(Event::bounce(&mail, "Transient", "MailboxFull").body(Format::Published)).await;
    assert_eq!(firm.attention().await, Vec::<Value>::new());
    assert_eq!(firm.history("1").await["sent_status"], "sent");
}

#[tokio::test]
async fn an_ordinary_later_send_that_arrives_ends_the_trouble_too() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let address = "accepted@local.test";
    let (mut sends, mut mails) = (Vec::new(), Vec::new());
    for subject in ["First", "Second"] {
        sends.push(api::id(&firm.send("1", json!({ "to": address, "subject": subject })).await));
        firm.history_with("1", "processed").await;
        let mail = system.mail(subject, address).await;
        if subject == "First" {
            system.bring(Event::bounce(&mail, "Transient", "MailboxFull").body(Format::Published)).await;
        }
        mails.push(mail);
        // Another person's trouble with the same invoice, and the same person's with another invoice, stay.
        if subject == "First" {
            firm.send_to("1", "mailbox-full@local.test").await;
            firm.attention_when("two", |rows| rows.len() == 2).await;
        }
    }
    let waiting = async || -> Vec<Value> {
        let of_first = |row: &Value| row["address"] == address;
        firm.attention().await.into_iter().filter(of_first).map(|row| row["send"].clone()).collect()
    };
    assert_eq!(waiting().await, [json!(sends[0])], "no result yet");
    system.bring(Event::delivery(&mails[1]).body(Format::Published)).await;
    assert_eq!(waiting().await, Vec::<Value>::new());
    assert_eq!(firm.attention().await.len(), 1, "another person's trouble stays");
}
