//! What the digests are of: the very mail, and the very words of SES.

use domain::digest::Digest;
use lambda::{Call, Environment};
use record::Record;
use send::Send;
use serde_json::{Value, json};
use tests::cloud::Cloud;
use tests::ses::{Event, Format, in_sns};
use tests::written::{at, send_to, stored};
use tests::{System, api};

use super::{delivered, event, one, proof, with_one};

fn sha256(text: &str) -> Value {
    json!(Digest::of(text.as_bytes()).to_string())
}

#[tokio::test]
async fn each_copy_has_the_digest_of_what_ses_was_handed() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({ "to": "ann@example.com; bob@example.com", "bcc": "dora@example.com", "subject": "Copies" });
    let send = api::id(&firm.send("1", body).await);
    firm.history_with("1", "delivered").await;
    system.settled().await;
    let proof = proof(&firm, "1", &send).await;
    let mut seen = Vec::new();
    for recipient in proof["recipients"].as_array().unwrap() {
        let mail = system.mail("Copies", recipient["address"].as_str().unwrap()).await;
        assert_eq!(recipient["message_sha256"], sha256(&mail.raw));
        seen.push(mail.raw);
    }
    seen.dedup();
    assert_eq!(seen.len(), 3, "each copy is another one");
    let written = r#"{"html":null,"message":null,"subject":"Copies","text":null}"#;
    assert_eq!(proof["body_sha256"], sha256(written));
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_has_its_digest_all_the_same() {
    let system = System::start().await;
    let firm = system.firm("roe");
    system.faults(json!({ "ses": { "lose_answer": 1 } })).await;
    let send = delivered(&firm, "Lost").await;
    // The worker waits for the answer, and SES's own events have long told.
    let ann = tests::until("the digest", async || {
        let proof = proof(&firm, "1", &send).await;
        let ann = one(&proof, "to:0").clone();
        if ann["message_sha256"].is_null() { Err(ann.to_string()) } else { Ok(ann) }
    })
    .await;
    assert_eq!(ann["message_sha256"], sha256(&system.mail("Lost", "ann@example.com").await.raw));
    assert_eq!(system.mailbox().await.len(), 1);
}

#[tokio::test]
async fn a_mail_that_ses_told_of_before_its_answer_was_missed_has_its_digest() {
    let cloud = Cloud::with_silent_ses().await;
    let mut variables = cloud.variables();
    variables.insert("SES_TIMEOUT_MS".to_owned(), "700".to_owned());
    let send = Send::from_environment(&Environment::of(variables)).unwrap();
    let record = Record::from_environment(&cloud.environment()).unwrap();
    let key = send_to(&cloud.table(), "1", "ann@example.com").await;
    let (stream, call) = (cloud.to_be_sent().await, || Call::new(at(1), 1));
    let told = async {
        let mail = tests::until("the mail", async || cloud.mails().pop().ok_or_else(|| "none".to_owned())).await;
        record.handle_message(&Event::send(&mail).body(Format::Published), call()).await.unwrap();
        mail
    };
    let (sent, mail) = tokio::join!(send.handle(stream, call()), told);
    assert_eq!(sent.unwrap(), json!({ "batchItemFailures": [] }));
    let known = stored(&cloud.table(), &key).await;
    assert!(known.outbox.settled);
    assert_eq!(known.message_sha256, Some(Digest::of(mail.raw.as_bytes())));
}

#[tokio::test]
async fn a_mail_that_was_never_handed_over_has_no_digest() {
    let (system, firm, _) = with_one().await;
    let mail = system.mail("Proved", "ann@example.com").await;
    system.bring(Event::complaint(&mail, "abuse").body(Format::Published)).await;
    let send = api::id(&firm.send("2", json!({ "to": "ann@example.com", "subject": "Again" })).await);
    firm.history_with("2", "dropped").await;
    let proof = proof(&firm, "2", &send).await;
    let ann = one(&proof, "to:0");
    assert_eq!((&ann["message_sha256"], &ann["ses_message_id"]), (&Value::Null, &Value::Null));
    assert!(event(ann, "dropped").get("source_sha256").is_none(), "it was our own decision");
}

#[tokio::test]
async fn an_event_has_the_digest_of_its_first_record_however_often_and_in_what_it_came() {
    let (system, firm, send) = with_one().await;
    system.settled().await;
    let mail = system.mail("Proved", "ann@example.com").await;
    // As SES might write it: an object in another order and with white space.
    let record = serde_json::to_string_pretty(&Event::bounce(&mail, "Transient", "MailboxFull").published()).unwrap();
    assert_eq!(system.bring(in_sns(&record)).await, "recorded");
    let expect = async |digest: Value| {
        let proof = proof(&firm, "1", &send).await;
        assert_eq!(event(one(&proof, "to:0"), "blocked")["source_sha256"], digest);
        let events = one(&proof, "to:0")["events"].as_array().unwrap().iter();
        assert_eq!(events.filter(|event| event["status"] == "blocked").count(), 1);
    };
    expect(sha256(&record)).await;
    // Three times more, raw; then in the other format, whose text is another one.
    for _ in 0..3 {
        assert_eq!(system.bring(record.clone()).await, "recorded");
    }
    let feedback = Event::bounce(&mail, "Transient", "MailboxFull").body(Format::FeedbackInSns);
    assert_eq!(system.bring(feedback).await, "recorded");
    expect(sha256(&record)).await;
}

#[tokio::test]
async fn a_proof_is_one_query_and_one_read_and_its_page_one_more() {
    let (system, firm, send) = with_one().await;
    system.settled().await;
    let path = super::path("1", &send);
    for (format, reads) in [("json", 1), ("html", 2)] {
        let ask = async || drop(firm.get(&format!("{path}?format={format}")).await);
        let spent = tests::cost::cost(&system, "report", ask).await;
        assert_eq!(spent, json!({ "Query": 1, "GetItem": reads }), "{format}");
    }
    let nothing = async || drop(firm.get(&super::path("2", &send)).await.problem(404));
    assert_eq!(tests::cost::cost(&system, "report", nothing).await, json!({ "Query": 1 }));
}
