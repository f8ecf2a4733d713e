//! Finalizations by event: EventBridge calls three times, so that what comes too early goes on by itself.

use serde_json::{Value, json};
use tests::System;

use super::{accepted, automatic, event, is_off, mailed, nothing_is_sent, subject, tell_client, tell_invoice};

#[tokio::test]
async fn an_event_before_its_facts_waits_and_goes_on() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    // The invoice lacks; its client lacks; both were told and the client's name came last.
    tell_invoice(&firm, "no-client-yet", "later").await;
    firm.put("/v1/invoices/no-client-named", &json!({ "number": "no-client-named" })).await.expect(200);
    let invoices = ["nothing-yet", "no-client-yet", "no-client-named"];
    for invoice in invoices {
        let handled = system.publish(&event("roe", invoice)).await;
        assert_eq!(handled["outcome"], "failed", "{handled}");
    }
    assert_eq!(system.mailbox().await.len(), 0);
    tell_client(&firm, "later", &[accepted("ann@example.com")]).await;
    for invoice in invoices {
        tell_invoice(&firm, invoice, "later").await;
    }
    for invoice in invoices {
        firm.history_with(invoice, "delivered").await;
        assert_eq!(mailed(&system, &subject(invoice)).await, ["ann@example.com"]);
        assert_eq!(firm.finalize(invoice).await.expect(202)["send"], firm.history(invoice).await["sends"][0]["send"]);
    }
    system.dead_letters(0).await;
}

#[tokio::test]
async fn an_event_whose_facts_never_come_is_kept_and_can_be_brought_again() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let told = event("roe", "1");
    assert_eq!(system.publish(&told).await["outcome"], "failed");
    let letters = system.dead_letters(1).await;
    let shown = (&letters[0]["source"], &letters[0]["attempts"], &letters[0]["message"]);
    assert_eq!(shown, (&json!("events"), &json!(3), &told));
    nothing_is_sent(&system).await;

    tell_invoice(&firm, "1", "acme").await;
    assert_eq!(system.publish(&letters[0]["message"]).await["outcome"], "handled");
    system.mail(&subject("1"), "ann@example.com").await;
    system.dead_letters(1).await;
}

#[tokio::test]
async fn an_event_of_a_firm_that_does_not_want_automatic_mails_is_done_with() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for invoice in ["unknown", "1"] {
        let handled = system.publish(&event("roe", invoice)).await;
        let off = json!({ "automatic": false, "send": null, "recipients": [], "skipped": [] });
        assert_eq!(handled, json!({ "outcome": "handled", "answer": off }));
        tell_invoice(&firm, "1", "acme").await;
    }
    is_off(&firm.finalize("1").await);
    nothing_is_sent(&system).await;
    system.dead_letters(0).await;
}

#[tokio::test]
async fn what_is_no_such_event_fails_and_is_kept() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    tell_invoice(&firm, "1", "acme").await;
    let with = |pointer: &str, value: Value| {
        let mut event = event("roe", "1");
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    let junk = [
        with("/source", json!("aws.events")),
        with("/detail-type", json!("Invoice Voided")),
        with("/detail", Value::Null),
        with("/detail", json!("roe/1")),
        with("/detail/firm", json!("roe & partners")),
        with("/detail/firm", json!("")),
        with("/detail/invoice", json!(1)),
        with("/detail/invoice", json!("../1")),
        json!({}),
        json!([]),
        json!(7),
    ];
    for event in &junk {
        let handled = system.publish(event).await;
        assert_eq!(handled["outcome"], "failed", "{event}");
        assert!(handled["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{handled}");
    }
    let letters = system.dead_letters(junk.len()).await;
    for event in &junk {
        assert!(letters.iter().any(|letter| letter["message"] == *event && letter["attempts"] == 3), "{event}");
    }
    nothing_is_sent(&system).await;
    assert_eq!(firm.history("1").await["sends"], json!([]));

    // What it tells beside is its own affair, and its neighbours are not held up.
    let mut more = event("roe", "1");
    more["detail"]["client"] = json!("somebody-else");
    more["detail"]["to"] = json!("eve@example.com");
    assert_eq!(system.publish(&more).await["outcome"], "handled");
    system.mail(&subject("1"), "ann@example.com").await;
}
