//! To whom an automatic e-mail goes, to whom not, and where that can be read.

use serde_json::{Value, json};
use tests::{System, api, recipient};

use super::{accepted, automatic, contact, hours_ago, is_off, mailed, nothing_is_sent, subject, tell_client};
use super::{tell_invoice, told_by_event, turn_on};

#[tokio::test]
async fn nothing_is_sent_until_the_firm_wants_it_and_then_the_same_invoice_is() {
    let system = System::start().await;
    let firm = system.firm("roe");
    tell_client(&firm, "acme", &[accepted("ann@example.com")]).await;
    tell_invoice(&firm, "1042", "acme").await;
    for settings in [None, Some(json!({ "display_balances": true })), Some(json!({}))] {
        if let Some(settings) = settings {
            firm.put("/v1/settings", &settings).await.expect(200);
        }
        is_off(&firm.finalize("1042").await);
        // Nothing has to be known of an invoice that nothing is done about.
        is_off(&firm.finalize("unknown").await);
        assert_eq!(told_by_event(&system, "roe", "1042").await["automatic"], false);
    }
    nothing_is_sent(&system).await;
    assert_eq!(firm.history("1042").await["sends"], json!([]));

    turn_on(&firm).await;
    let answer = firm.finalize("1042").await.expect(202);
    assert_eq!((&answer["automatic"], &answer["skipped"]), (&json!(true), &json!([])));
    system.mail(&subject("1042"), "ann@example.com").await;

    // What is done stays done, and is told.
    firm.put("/v1/settings", &json!({})).await.expect(200);
    assert_eq!(firm.finalize("1042").await.expect(202), answer);
    is_off(&firm.finalize("1043").await);
}

#[tokio::test]
async fn only_who_was_invited_accepted_and_has_a_login_gets_it_and_each_other_has_a_reason() {
    let system = System::start().await;
    let firm = system.firm("roe");
    turn_on(&firm).await;
    // Earlier mails say who must not be written to any more, and one of them is forgiven.
    let failing =
        ["bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com", "bounce+2@simulator.amazonses.com"];
    for (number, address) in failing.into_iter().enumerate() {
        let invoice = format!("earlier-{number}");
        firm.send_to(&invoice, address).await;
        firm.history_with(&invoice, if address.starts_with('b') { "bounced" } else { "complained" }).await;
    }
    system.settled().await;
    let delete = firm.request(reqwest::Method::DELETE, "/v1/suppressions/bounce%2B2%40simulator.amazonses.com");
    assert_eq!(tests::Answer::of(delete).await.status, 204);
    let suppressed = api::rows(&firm.get("/v1/suppressions").await.expect(200));
    let since = |address: &str| suppressed.iter().find(|row| row["address"] == address).unwrap()["since"].clone();

    let (recent, week, done) = (hours_ago(6 * 24), hours_ago(7 * 24), hours_ago(400 * 24));
    let people = [
        contact("done@example.com", &[&done, &done, &done]),
        contact("never@example.com", &[]),
        contact("pending@example.com", &[&recent]),
        contact("expired@example.com", &[&week]),
        // Expired long ago, and accepted all the same.
        contact("no-login@example.com", &[&done, &recent]),
        contact(failing[0], &[&done, &done, &done]),
        contact(failing[1], &[&done, &done, &done]),
        contact(failing[2], &[&done, &done, &done]),
    ];
    let listed = "Done Person <Done@Example.com>; never@example.com, pending@example.com; expired@example.com; \
                  no-login@example.com; stranger@example.com; bounce@simulator.amazonses.com; \
                  complaint@simulator.amazonses.com; bounce+2@simulator.amazonses.com";
    let told = json!({ "name": "Acme", "email": listed, "contacts": people });
    firm.put("/v1/clients/acme", &told).await.expect(200);
    tell_invoice(&firm, "1042", "acme").await;

    let answer = firm.finalize("1042").await.expect(202);
    let skipped = json!([
        { "address": "never@example.com", "reason": "not_invited", "since": null },
        { "address": "pending@example.com", "reason": "invitation_pending", "since": recent },
        { "address": "expired@example.com", "reason": "invitation_expired", "since": week },
        { "address": "no-login@example.com", "reason": "no_login", "since": recent },
        { "address": "stranger@example.com", "reason": "not_invited", "since": null },
        { "address": failing[0], "reason": "suppressed", "since": since(failing[0]) },
        { "address": failing[1], "reason": "suppressed", "since": since(failing[1]) },
    ]);
    assert_eq!(answer["skipped"], skipped);
    assert_eq!(keys(&answer), ["automatic", "recipients", "send", "skipped"]);
    let reached: Vec<Value> = answer["recipients"].as_array().unwrap().clone();
    let shown = |one: &Value| json!([one["recipient"], one["kind"], one["address"], one["name"], one["sent_status"]]);
    assert_eq!(
        reached.iter().map(shown).collect::<Vec<_>>(),
        [
            json!(["to:0", "to", "Done@example.com", "Done Person", "queued"]),
            json!(["to:1", "to", failing[2], null, "queued"]),
        ]
    );
    assert_eq!(reached[0]["warnings"], json!([]));
    let warnings = reached[1]["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["code"] == "previously_bounced"), "{warnings:?}");

    let history = firm.history_with("1042", "processed").await;
    system.settled().await;
    assert_eq!(mailed(&system, &subject("1042")).await, ["Done@example.com", failing[2]]);
    let send = &history["sends"][0];
    assert_eq!((&send["send"], &send["source"]), (&answer["send"], &json!("automatic")));
    assert_eq!(send["skipped"], skipped, "the history says it, too");
    assert_eq!(history["sends"].as_array().unwrap().len(), 1);
    assert_eq!(send["recipients"].as_array().unwrap().len(), 2);
    // Only automatic sends skip anybody.
    let manual = firm.history("earlier-0").await;
    assert!(manual["sends"][0].get("skipped").is_none(), "{manual:#}");
}

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn the_addresses_of_the_matter_are_taken_in_place_of_the_clients() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let people = [accepted("ann@example.com"), accepted("matter@example.com"), contact("new@example.com", &[])];
    let told = json!({ "name": "Acme", "email": "ann@example.com", "contacts": people });
    firm.put("/v1/clients/acme", &told).await.expect(200);
    let told = json!({ "number": "7", "client": "acme", "matter_email": "matter@example.com; new@example.com" });
    firm.put("/v1/invoices/7", &told).await.expect(200);
    let answer = firm.finalize("7").await.expect(202);
    assert_eq!(answer["recipients"][0]["address"], "matter@example.com");
    assert_eq!(answer["recipients"].as_array().unwrap().len(), 1);
    assert_eq!(answer["skipped"], json!([{ "address": "new@example.com", "reason": "not_invited", "since": null }]));
    firm.history_with("7", "delivered").await;
    assert_eq!(mailed(&system, &subject("7")).await, ["matter@example.com"]);
}

#[tokio::test]
async fn where_nobody_may_have_it_nothing_is_sent_and_the_history_says_why() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let pending = hours_ago(1);
    tell_client(&firm, "quiet", &[contact("carl@example.com", &[&pending]), contact("dora@example.com", &[])]).await;
    tell_invoice(&firm, "1", "quiet").await;
    let skipped = json!([
        { "address": "carl@example.com", "reason": "invitation_pending", "since": pending },
        { "address": "dora@example.com", "reason": "not_invited", "since": null },
    ]);
    let expected = json!({ "automatic": true, "send": null, "recipients": [], "skipped": skipped });
    assert_eq!(firm.finalize("1").await.expect(202), expected);

    let history = firm.history("1").await;
    assert_eq!((&history["sent_status"], &history["evidence"]), (&Value::Null, &json!("none")), "{history:#}");
    assert_eq!((&history["next_cursor"], history["sends"].as_array().unwrap().len()), (&Value::Null, 1));
    let send = &history["sends"][0];
    assert_eq!((&send["source"], &send["recipients"], &send["skipped"]), (&json!("automatic"), &json!([]), &skipped));
    let at = send["submitted_at"].as_str().unwrap();
    assert!(at > pending.as_str() && at.len() == "2026-11-21T23:05:00.000Z".len(), "{send}");

    // Whoever comes into the portal later was told of the invoice as it was then; staff can send it by hand.
    tell_client(&firm, "quiet", &[accepted("carl@example.com"), accepted("dora@example.com")]).await;
    assert_eq!(firm.finalize("1").await.expect(202), expected);
    assert_eq!(told_by_event(&system, "roe", "1").await, expected);
    nothing_is_sent(&system).await;
    assert_eq!(firm.report("").await, Vec::<Value>::new());
    assert_eq!(firm.attention().await, Vec::<Value>::new());
    firm.send("1", json!({})).await;
    let history = firm.history_with("1", "delivered").await;
    let sources: Vec<&Value> = history["sends"].as_array().unwrap().iter().map(|send| &send["source"]).collect();
    assert_eq!(sources, ["manual", "automatic"], "latest first");
    assert_eq!(history["sent_status"], "sent");

    // A client without any address leaves nobody to name.
    firm.put("/v1/clients/mute", &json!({ "name": "Mute" })).await.expect(200);
    tell_invoice(&firm, "2", "mute").await;
    let nobody = json!({ "automatic": true, "send": null, "recipients": [], "skipped": [] });
    for _ in 0..2 {
        assert_eq!(firm.finalize("2").await.expect(202), nobody);
    }
    // It is not used up: once there is somebody, the invoice can be finalized.
    tell_client(&firm, "mute", &[accepted("eve@example.com")]).await;
    assert_eq!(firm.finalize("2").await.expect(202)["recipients"][0]["address"], "eve@example.com");
}

#[tokio::test]
async fn an_invoice_that_is_paid_already_is_sent_like_any_other() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    tell_client(&firm, "acme", &[accepted("ann@example.com")]).await;
    for (invoice, balance) in [("1", "0.00"), ("2", "0"), ("3", "-12.50")] {
        let facts =
            json!({ "number": invoice, "client": "acme", "currency": "USD", "amount": "1250.00", "balance": balance });
        firm.put(&format!("/v1/invoices/{invoice}"), &facts).await.expect(200);
        firm.finalize(invoice).await.expect(202);
        firm.history_with(invoice, "delivered").await;
    }
    let known = firm.get("/v1/invoices/1").await.expect(200);
    assert_eq!(known["balance"], "0.00");
}

#[tokio::test]
async fn the_mail_says_what_is_known_of_the_invoice_and_leads_to_its_page() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let told = json!({
        "client": "acme", "currency": "USD", "amount": "1250.00", "due_on": "2026-12-01",
        "url": "https://portal.example.com/i/1042",
    });
    firm.put("/v1/invoices/1042", &told).await.expect(200);
    firm.finalize("1042").await.expect(202);
    // Without a number the invoice goes by its id.
    let mail = system.mail(&subject("1042"), "ann@example.com").await;
    for part in ["USD 1,250.00", "Acme", "1 December 2026", "Roe & Partners", mail.page().as_str()] {
        assert!(mail.text().contains(part), "{part} in {}", mail.text());
    }
    assert_eq!(mail.maybe_link(), None, "the page comes before the document");
    let history = firm.history_with("1042", "delivered").await;
    let send = &history["sends"][0];
    assert_eq!((&send["subject"], &send["tracked"]), (&json!(subject("1042")), &json!(true)));
    assert_eq!(recipient(&history, "to:0")["name"], Value::Null);

    // Where nobody's reading is watched, this one's is not either.
    let settings = json!({
        "firm_name": "Roe & Partners", "send_automatic_invoice_emails": true, "open_tracking": "off",
    });
    firm.put("/v1/settings", &settings).await.expect(200);
    tell_invoice(&firm, "1043", "acme").await;
    firm.finalize("1043").await.expect(202);
    let mail = system.mail(&subject("1043"), "ann@example.com").await;
    assert_eq!((mail.maybe_pixel(), mail.maybe_page().is_some()), (None, true));
    assert_eq!(firm.history("1043").await["sends"][0]["tracked"], false);
}
