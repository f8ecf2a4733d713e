//! Whom an e-mail goes to that names nobody: the matter's addresses, else the client's. How resending corrects them.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, System, api};

const CLIENT: &str = "/v1/clients/c1";
const INVOICE: &str = "/v1/invoices/1042";
const BOUNCES: &str = "bounce@simulator.amazonses.com";

/// Whom an answer says that it goes to: `to:0 ann@x.example`.
fn addressees(answer: &Value) -> Vec<String> {
    let recipients = answer["recipients"].as_array().unwrap().iter();
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    recipients.map(|one| format!("{} {}", text(one, "recipient"), text(one, "address"))).collect()
}

/// The codes of the warnings about the first recipient.
fn warnings(answer: &Value) -> Vec<&str> {
    let warnings = answer["recipients"][0]["warnings"].as_array().unwrap().iter();
    warnings.map(|warning| warning["code"].as_str().unwrap()).collect()
}

/// A firm with a client of these addresses, and an invoice of this client's.
async fn firm_with(system: &System, email: &str) -> Firm {
    let firm = system.firm("roe");
    firm.put(CLIENT, &json!({ "name": "Acme", "email": email })).await.expect(200);
    firm.put(INVOICE, &json!({ "number": "1042", "client": "c1" })).await.expect(200);
    firm
}

async fn email_of_client(firm: &Firm) -> Value {
    firm.get(CLIENT).await.expect(200)["email"].clone()
}

#[tokio::test]
async fn three_addresses_of_a_client_reach_three_people() {
    let system = System::start().await;
    let firm = firm_with(&system, "Bill@x.example; Support@x.example; Billing@x.example").await;
    let three = ["to:0 Bill@x.example", "to:1 Support@x.example", "to:2 Billing@x.example"];
    for body in [json!({}), json!({ "to": "" }), json!({ "to": [] }), json!({ "to": " ; " }), json!({ "to": null })] {
        assert_eq!(addressees(&firm.preview("1042", &body).await.expect(200)), three, "{body}");
    }
    let answer = firm.send("1042", json!({})).await;
    assert_eq!(addressees(&answer), three);
    let history = firm.history_with("1042", "delivered").await;
    assert_eq!(addressees(&history["sends"][0]), three);
    let mails = system.mailbox().await;
    let mut reached: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    reached.sort_unstable();
    assert_eq!(reached, ["Bill@x.example", "Billing@x.example", "Support@x.example"]);
    for mail in &mails {
        assert_eq!(mail.visible_to(), ["Bill@x.example", "Support@x.example", "Billing@x.example"]);
        assert!(mail.text().contains("Acme"), "the client's own name is known: {}", mail.text());
    }
    assert!(firm.report("?client=c1").await.iter().all(|row| row["client_name"] == "Acme"));

    // Whoever is named gets it alone.
    let named = firm.send("1042", json!({ "to": "ann@example.com" })).await;
    assert_eq!(addressees(&named), ["to:0 ann@example.com"]);
    // Somebody in copy does not stand for the client, and nobody gets it twice.
    let copied = firm.send("1042", json!({ "cc": "support@x.example; carl@x.example", "bcc": "BILL@x.example" })).await;
    assert_eq!(addressees(&copied), [&three[..], &["cc:0 carl@x.example"]].concat());
}

#[tokio::test]
async fn the_matters_addresses_come_before_the_clients() {
    let system = System::start().await;
    let firm = firm_with(&system, "client@x.example").await;
    let told = |matter: &str| json!({ "number": "1042", "client": "c1", "matter_email": matter });
    firm.put(INVOICE, &told("Ann <ann@matter.example>; bob@matter.example")).await.expect(200);
    let answer = firm.send("1042", json!({})).await;
    assert_eq!(addressees(&answer), ["to:0 ann@matter.example", "to:1 bob@matter.example"]);
    assert_eq!(answer["recipients"][0]["name"], "Ann");
    firm.put(INVOICE, &told("")).await.expect(200);
    assert_eq!(addressees(&firm.send("1042", json!({})).await), ["to:0 client@x.example"]);

    // The client of the request, where it names another one.
    firm.put("/v1/clients/c2", &json!({ "name": "Bolt", "email": "bolt@x.example" })).await.expect(200);
    let other = json!({ "facts": { "client": "c2" } });
    assert_eq!(addressees(&firm.send("1042", other.clone()).await), ["to:0 bolt@x.example"]);
    assert_eq!(firm.report("?client=c2").await[0]["client_name"], "Bolt");
    // An invoice that nobody has told of, of a client that the request names.
    let unheard = json!({ "facts": { "client": "c2", "number": "7" } });
    assert_eq!(addressees(&firm.send("7", unheard).await), ["to:0 bolt@x.example"]);
}

#[tokio::test]
async fn where_nobody_is_known_the_request_is_refused_and_nothing_is_sent() {
    let system = System::start().await;
    let firm = firm_with(&system, "").await;
    firm.put("/v1/invoices/no-client", &json!({ "number": "1" })).await.expect(200);
    firm.put("/v1/invoices/unknown-client", &json!({ "number": "1", "client": "c9" })).await.expect(200);
    // Another firm's client of the same id.
    system.firm("doe").put("/v1/clients/c9", &json!({ "email": "doe@x.example" })).await.expect(200);
    for invoice in ["1042", "no-client", "unknown-client", "unheard-of"] {
        for body in [json!({ "subject": "Nobody" }), json!({ "subject": "Nobody", "cc": "carl@x.example" })] {
            firm.submit(invoice, &body).await.problem_at("body", "/to");
            firm.preview(invoice, &body).await.problem_at("body", "/to");
        }
        assert_eq!(firm.history(invoice).await["sends"], json!([]));
    }
    // Fifty at most, the stored ones included.
    let fifty: Vec<String> = (0..50).map(|number| format!("p{number}@x.example")).collect();
    firm.put(CLIENT, &json!({ "email": fifty })).await.expect(200);
    let too_many = json!({ "cc": "carl@x.example" });
    firm.submit("1042", &too_many).await.problem_at("body", "/to");
    assert_eq!(system.mailbox().await.len(), 0);
    let same = json!({ "cc": "P7@x.example" });
    assert_eq!(addressees(&firm.send("1042", same).await).len(), 50);
}

#[tokio::test]
async fn a_stored_address_is_warned_of_and_spared_like_a_typed_one() {
    let system = System::start().await;
    let firm = firm_with(&system, &format!("{BOUNCES}; ann@gmial.com")).await;
    firm.send("1042", json!({})).await;
    firm.history_when("1042", "bounced", |history| history["sent_status"] == "rejected").await;
    system.settled().await;
    for answer in [firm.preview("1042", &json!({})).await.expect(200), firm.send("1042", json!({})).await] {
        assert_eq!(warnings(&answer), ["role_address", "previously_bounced", "recently_sent"], "{answer:#}");
        assert_eq!(answer["recipients"][0]["sent_status"], "rejected");
        assert_eq!(answer["recipients"][1]["warnings"][0]["code"], "possible_typo");
    }
    system.settled().await;
    assert_eq!(system.mailbox().await.iter().filter(|mail| mail.to == BOUNCES).count(), 1, "not mailed again");
}

#[tokio::test]
async fn a_repeat_is_answered_the_same_though_the_client_has_changed() {
    let system = System::start().await;
    let firm = firm_with(&system, "old@x.example").await;
    let body = json!({ "message": "Dear all" });
    let first = firm.submit_once("month-end", "1042", &body).await.expect(202);
    firm.put(CLIENT, &json!({ "email": "new@x.example" })).await.expect(200);
    assert_eq!(firm.submit_once("month-end", "1042", &body).await.expect(202), first);
    // Not even if there is nobody left to send to.
    firm.put(CLIENT, &json!({})).await.expect(200);
    firm.put(INVOICE, &json!({ "matter_email": "matter@x.example" })).await.expect(200);
    assert_eq!(firm.submit_once("month-end", "1042", &body).await.expect(202), first);
    firm.history_with("1042", "delivered").await;
    let mails = system.mailbox().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["old@x.example"]);
    firm.submit_once("month-end", "1042", &json!({ "message": "Other" })).await.problem(409);
}

/// The invoice went to all stored addresses, of which the second bounced; the send's id.
async fn bounced(system: &System, firm: &Firm, invoice: &str) -> String {
    let send = api::id(&firm.send(invoice, json!({})).await);
    firm.history_when(invoice, "bounced", |history| history["sent_status"] == "rejected").await;
    system.settled().await;
    send
}

fn correction(address: &str) -> Value {
    json!({ "recipient": "to:1", "address": address, "save_to_client": true })
}

#[tokio::test]
async fn a_corrected_address_stands_in_the_place_of_the_old_one() {
    let system = System::start().await;
    let email = format!("ann@x.example; \"Bob\" <{BOUNCES}>; carl@x.example");
    let firm = firm_with(&system, &email).await;
    let contacts = json!([{ "address": BOUNCES, "name": "Bob", "invited_at": "2026-11-01T09:30:00.000Z" }]);
    let client = json!({ "name": "Acme", "email": email, "contacts": contacts });
    firm.put(CLIENT, &client).await.expect(200);
    let send = bounced(&system, &firm, "1042").await;

    let before = firm.get(CLIENT).await;
    let preview = firm.preview_resend("1042", &send, &correction("bob@x.example")).await.expect(200);
    assert_eq!(addressees(&preview), ["to:0 bob@x.example"]);
    let only_this_time = json!({ "recipient": "to:1", "address": "bob", "save_to_client": true });
    firm.resend("1042", &send, only_this_time).await.problem_at("body", "/address");
    firm.resend("1042", &send, json!({ "recipient": "to:1", "save_to_client": "yes" }))
        .await
        .problem_at("body", "/save_to_client");
    let after = firm.get(CLIENT).await;
    assert_eq!(
        (after.json(), after.header("etag")),
        (before.json(), before.header("etag")),
        "a preview changes nothing"
    );

    let answer = firm.resend("1042", &send, correction("bob@x.example")).await.expect(202);
    assert_eq!(warnings(&answer), ["contact_not_saved"], "the portal knows Bob by the old address");
    assert_eq!(preview["recipients"][0]["warnings"], answer["recipients"][0]["warnings"]);
    let after = firm.get(CLIENT).await.expect(200);
    assert_eq!(after["email"], "ann@x.example; \"Bob\" <bob@x.example>; carl@x.example");
    assert_eq!(
        (&after["name"], &after["contacts"]),
        (&before.json()["name"], &before.json()["contacts"]),
        "the rest stays"
    );
    firm.history_with("1042", "delivered").await;
    let next = firm.send("1042", json!({})).await;
    assert_eq!(addressees(&next), ["to:0 ann@x.example", "to:1 bob@x.example", "to:2 carl@x.example"]);
}

#[tokio::test]
async fn whoever_does_not_ask_for_it_corrects_nothing() {
    let system = System::start().await;
    let email = format!("ann@x.example; {BOUNCES}");
    let firm = firm_with(&system, &email).await;
    let send = bounced(&system, &firm, "1042").await;
    let answer =
        firm.resend("1042", &send, json!({ "recipient": "to:1", "address": "bob@x.example" })).await.expect(202);
    assert_eq!(warnings(&answer), [""; 0]);
    assert_eq!(email_of_client(&firm).await, email);
}

#[tokio::test]
async fn an_address_that_the_client_has_already_is_not_there_twice() {
    let system = System::start().await;
    let firm = firm_with(&system, &format!("ann@x.example; {BOUNCES}")).await;
    let send = bounced(&system, &firm, "1042").await;
    let answer = firm.resend("1042", &send, correction("ANN@x.example")).await.expect(202);
    assert!(!warnings(&answer).contains(&"client_not_saved"), "{answer:#}");
    assert_eq!(email_of_client(&firm).await, "ann@x.example");
}

#[tokio::test]
async fn a_repeated_correction_is_one() {
    let system = System::start().await;
    let firm = firm_with(&system, &format!("ann@x.example; {BOUNCES}")).await;
    let send = bounced(&system, &firm, "1042").await;
    let path = format!("/v1/invoices/1042/emails/{send}/resend");
    let again = async |key: &'static str, address: &str| {
        let request = firm.request(Method::POST, &path).header("idempotency-key", key);
        Answer::of(request.json(&correction(address))).await
    };
    let first = again("key", "bob@x.example").await.expect(202);
    assert_eq!(again("key", "bob@x.example").await.expect(202), first);
    assert_eq!(email_of_client(&firm).await, "ann@x.example; bob@x.example");
    // The client may have the old address back by then: a refused request does not take it away.
    let restored = format!("ann@x.example; {BOUNCES}");
    firm.put(CLIENT, &json!({ "email": restored })).await.expect(200);
    assert_eq!(again("key", "bob@x.example").await.expect(202), first);
    again("another key", "robert@x.example").await.problem(409);
    again("key", "robert@x.example").await.problem(409);
    firm.resend("1042", &send, correction("robert@x.example")).await.problem(409);
    assert_eq!(email_of_client(&firm).await, restored);
}

#[tokio::test]
async fn a_matters_address_is_corrected_where_it_stands() {
    let system = System::start().await;
    let firm = firm_with(&system, "ann@x.example; carl@x.example").await;
    let matter = json!({ "number": "1042", "client": "c1", "matter_email": format!("ann@x.example; {BOUNCES}") });
    firm.put(INVOICE, &matter).await.expect(200);
    let send = bounced(&system, &firm, "1042").await;
    let before = firm.get(CLIENT).await.expect(200);
    let preview = firm.preview_resend("1042", &send, &correction("bob@x.example")).await.expect(200);
    assert_eq!(
        firm.get(INVOICE).await.expect(200)["matter_email"],
        matter["matter_email"],
        "a preview changes nothing"
    );
    let answer = firm.resend("1042", &send, correction("bob@x.example")).await.expect(202);
    assert_eq!((warnings(&preview), warnings(&answer)), (vec![], vec![]));
    assert_eq!(firm.get(INVOICE).await.expect(200)["matter_email"], "ann@x.example; bob@x.example");
    assert_eq!(firm.get(CLIENT).await.expect(200), before);
    assert_eq!(addressees(&firm.send("1042", json!({})).await), ["to:0 ann@x.example", "to:1 bob@x.example"]);
}

#[tokio::test]
async fn where_there_is_no_such_address_or_no_client_a_warning_says_so() {
    let system = System::start().await;
    let firm = firm_with(&system, "ann@x.example; carl@x.example").await;
    for (invoice, client) in [("other-addresses", Some("c1")), ("no-client", None), ("unknown-client", Some("c9"))] {
        firm.put(&format!("/v1/invoices/{invoice}"), &json!({ "number": "1", "client": client })).await.expect(200);
    }
    let before = firm.get("/v1/clients").await.expect(200);
    for (invoice, address) in
        [("other-addresses", "b1@x.example"), ("no-client", "b2@x.example"), ("unknown-client", "b3@x.example")]
    {
        // The firm remembers the bounce, so that the later ones are dropped at once: rejected, too.
        let send = api::id(&firm.send(invoice, json!({ "to": ["ann@x.example", BOUNCES] })).await);
        firm.history_when(invoice, "bounced", |history| history["sent_status"] == "rejected").await;
        system.settled().await;
        let answer = firm.resend(invoice, &send, correction(address)).await.expect(202);
        assert_eq!(warnings(&answer), ["client_not_saved"], "{invoice}: {answer:#}");
        firm.history_with(invoice, "delivered").await;
    }
    assert_eq!(firm.get("/v1/clients").await.expect(200), before);
}
