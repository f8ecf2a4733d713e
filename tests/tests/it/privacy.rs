//! What is known of people, as little of it as they and the firm want: tracking off for a client, and being forgotten.

use reqwest::Method;
use serde_json::{Value, json};
use tests::cost::cost;
use tests::{Answer, Firm, System, api, recipient};

const ANN: &str = "ann@example.com";

async fn forget(firm: &Firm, address: &str) -> Answer {
    let path = format!("/v1/recipients/{}", address.replace('@', "%40"));
    Answer::of(firm.request(Method::DELETE, &path)).await
}

/// All that staff can see, as one text.
async fn everything(firm: &Firm, invoices: &[&str]) -> String {
    let mut seen = String::new();
    let paths = ["/v1/reports/invoice-emails", "/v1/reports/invoice-emails?format=csv", "/v1/attention", "/v1/clients"];
    for path in
        paths.map(str::to_owned).into_iter().chain(invoices.iter().map(|one| format!("/v1/invoices/{one}/emails")))
    {
        let answer = firm.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        seen.push_str(&String::from_utf8_lossy(&answer.body));
    }
    seen.to_lowercase()
}

/// What is counted of a recipient, and not who it is.
fn counted(recipient: &Value) -> Vec<Value> {
    let names = ["sent_status", "evidence", "opens", "automatic_opens", "clicks", "first_opened_at", "last_opened_at"];
    names.iter().map(|name| recipient[name].clone()).collect()
}

#[tokio::test]
async fn a_person_is_forgotten_and_what_became_of_their_mails_is_not() {
    let system = System::start().await;
    let (firm, other) = (system.firm("roe"), system.firm("doe"));
    let to = json!(["Ann Roe <Ann@example.com>", "Bob <bob@example.com>"]);
    firm.send("1", json!({ "to": to, "subject": "First" })).await;
    other.send("1", json!({ "to": ANN, "subject": "Theirs" })).await;
    firm.put("/v1/clients/c1", &json!({ "name": "Acme", "email": "ann@example.com; bob@example.com" }))
        .await
        .expect(200);
    firm.history_when("1", "delivered to both", |history| {
        ["to:0", "to:1"].iter().all(|one| recipient(history, one)["evidence"] == "delivered")
    })
    .await;
    other.history_with("1", "delivered").await;
    let mail = system.mail("First", "Ann@example.com").await;
    system.as_browser(&mail.pixel()).await;
    system.as_agent("Mozilla/5.0", &mail.pixel()).await;
    let before = firm.history("1").await;
    let theirs = other.history("1").await;
    assert!(everything(&firm, &["1"]).await.contains("ann"));

    for wrong in ["nobody", "%00", "ann%40"] {
        forget(&firm, wrong).await.problem_at("path", "address");
    }
    let client = system.firm("roe:c1");
    forget(&client, ANN).await.problem(403);
    assert_eq!(firm.history("1").await, before, "a refused request changes nothing");

    assert_eq!(forget(&firm, "ANN@example.com").await.status, 204);
    let after = firm.history("1").await;
    let forgotten = recipient(&after, "to:0");
    assert_eq!(counted(forgotten), counted(recipient(&before, "to:0")));
    assert_eq!((&forgotten["opens"], &forgotten["automatic_opens"]), (&json!(1), &json!(1)));
    let alias = forgotten["address"].as_str().unwrap();
    assert!(alias.starts_with("forgotten-") && alias.ends_with("@forgotten.invalid"), "{alias}");
    assert_eq!(forgotten["name"], Value::Null);
    assert_eq!(recipient(&after, "to:1"), recipient(&before, "to:1"));
    assert_eq!((&after["sent_status"], &after["evidence"]), (&before["sent_status"], &before["evidence"]));
    let seen = everything(&firm, &["1"]).await;
    assert!(!seen.contains("ann@") && !seen.contains("ann roe"), "{seen}");
    assert_eq!(firm.get("/v1/clients/c1").await.expect(200)["email"], "bob@example.com");
    assert_eq!(other.history("1").await, theirs, "another firm's mail is another firm's");

    // Nothing is sent to who is nobody, and to somebody else it is.
    let send = after["sends"][0]["send"].as_str().unwrap();
    firm.resend("1", send, json!({ "recipient": "to:0" })).await.problem_at("body", "/address");
    firm.preview_resend("1", send, &json!({ "recipient": "to:0", "address": "ann@new.example" })).await.expect(200);

    // The pixel still renders, and tells nothing any more.
    assert_eq!(system.as_browser(&mail.pixel()).await.status, 200);
    assert_eq!(firm.history("1").await, after);
    forget(&firm, ANN).await.problem(404);
    Answer::of(firm.request(Method::GET, "/v1/recipients/ann%40example.com")).await.problem(405);
}

#[tokio::test]
async fn a_client_that_wants_no_tracking_has_none_whoever_sends() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let done = "2026-11-01T09:30:00.000Z";
    let contact = json!({ "address": ANN, "invited_at": done, "accepted_at": done, "login_created_at": done });
    let client = json!({ "name": "Acme", "email": ANN, "open_tracking": "off", "contacts": [contact] });
    assert_eq!(firm.put("/v1/clients/c1", &client).await.expect(200)["open_tracking"], "off");
    firm.put("/v1/clients/c2", &json!({ "email": "bob@example.com" })).await.expect(200);
    for (invoice, client) in [("stored", "c1"), ("final", "c1"), ("other", "c2")] {
        firm.put(&format!("/v1/invoices/{invoice}"), &json!({ "number": invoice, "client": client })).await.expect(200);
    }
    firm.put("/v1/settings", &json!({ "send_automatic_invoice_emails": true })).await.expect(200);
    let named = json!({ "to": "x@example.com", "subject": "named", "facts": { "client": "c1" } });
    let spent = cost(&system, "submit", async || drop(firm.send("named", named.clone()).await)).await;
    assert_eq!(spent, json!({ "BatchGetItem": 1, "TransactWriteItems": 1 }), "the client is asked for with the rest");
    let unknown = json!({ "to": "x@example.com", "subject": "unknown", "facts": { "client": "c9" } });
    let spent = cost(&system, "submit", async || drop(firm.send("unknown", unknown.clone()).await)).await;
    assert_eq!(spent, json!({ "BatchGetItem": 1, "TransactWriteItems": 1 }));
    firm.send("stored", json!({ "to": "x@example.com", "subject": "stored" })).await;
    firm.finalize("final").await.expect(202);
    firm.send("other", json!({ "subject": "other" })).await;
    for (invoice, tracked) in
        [("named", false), ("stored", false), ("final", false), ("other", true), ("unknown", true)]
    {
        let history = firm.history_with(invoice, "delivered").await;
        assert_eq!(history["sends"][0]["tracked"], tracked, "{invoice}");
        let address = history["sends"][0]["recipients"][0]["address"].as_str().unwrap().to_owned();
        let subject = history["sends"][0]["subject"].as_str().unwrap().to_owned();
        let mail = system.mail(&subject, &address).await;
        assert_eq!(mail.maybe_pixel().is_some(), tracked, "{invoice}");
    }
    // Sent again to the same person, who may have been tracked before they said that they did not want it.
    firm.put("/v1/clients/c2", &json!({ "email": "bob@example.com", "open_tracking": "off" })).await.expect(200);
    let send = api::id(&firm.history("other").await["sends"][0]);
    firm.resend("other", &send, json!({ "recipient": "to:0" })).await.expect(202);
    assert_eq!(firm.history("other").await["sends"][0]["tracked"], false);
    // The client cannot switch on what the firm has switched off.
    firm.put("/v1/clients/c2", &json!({ "email": "bob@example.com", "open_tracking": "individual" })).await.expect(200);
    firm.put("/v1/settings", &json!({ "open_tracking": "off" })).await.expect(200);
    firm.send("other", json!({ "subject": "off" })).await;
    assert_eq!(firm.history("other").await["sends"][0]["tracked"], false);
    firm.put("/v1/clients/c2", &json!({ "open_tracking": "sometimes" })).await.problem_at("body", "/open_tracking");
}

#[tokio::test]
async fn a_retention_time_is_a_number_of_days() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for wrong in [json!(0), json!(-1), json!(3654), json!(1.5), json!("30"), json!(true)] {
        firm.put("/v1/settings", &json!({ "retention_days": wrong })).await.problem_at("body", "/retention_days");
    }
    for right in [json!(1), json!(3653), Value::Null] {
        assert_eq!(
            firm.put("/v1/settings", &json!({ "retention_days": right })).await.expect(200)["retention_days"],
            right
        );
    }
}

#[tokio::test]
async fn who_was_skipped_and_what_was_answered_are_forgotten_too() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let done = "2026-11-01T09:30:00.000Z";
    let bob = json!({ "address": "bob@example.com", "name": "Bob", "invited_at": done, "accepted_at": done, "login_created_at": done });
    let email = "ann@example.com; joann@example.com; bob@example.com";
    firm.put("/v1/clients/c1", &json!({ "email": email, "contacts": [bob] })).await.expect(200);
    firm.put("/v1/invoices/1", &json!({ "number": "1", "client": "c1" })).await.expect(200);
    firm.put("/v1/settings", &json!({ "send_automatic_invoice_emails": true })).await.expect(200);
    let answer = firm.finalize("1").await.expect(202);
    assert_eq!(answer["skipped"].as_array().unwrap().len(), 2, "Ann and Joann were not invited");
    firm.history_with("1", "delivered").await;
    firm.send("1", json!({ "to": ANN, "subject": "By hand" })).await;
    firm.history_with("1", "delivered").await;
    for address in [ANN, "bob@example.com"] {
        assert_eq!(forget(&firm, address).await.status, 204, "{address}");
    }
    let again = firm.finalize("1").await.expect(202);
    assert_eq!((&again["send"], again["skipped"].as_array().unwrap().len()), (&answer["send"], 2));
    let seen = format!("{again}{}", firm.history("1").await);
    assert!(seen.contains("joann@example.com"), "somebody else: {seen}");
    let seen = seen.replace("joann@example.com", "");
    assert!(!seen.contains("ann@example.com") && !seen.contains("bob@") && !seen.contains("Bob"), "{seen}");
}
