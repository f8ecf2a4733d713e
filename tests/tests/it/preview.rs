//! Previews: what staff see before they send is what is sent, and looking at it does nothing.

use reqwest::Method;
use serde_json::{Value, json};
use tests::ses::{Event, Format};
use tests::{Answer, Firm, Mail, System, api, recipient};

const BOUNCES: &str = "bounce@simulator.amazonses.com";
const TARGET: &str = "https://portal.example.com/i/1042";

fn request(subject: &str) -> Value {
    json!({
        "to": "Ann Example <ann@example.com>; bob@example.com", "cc": ["info@example.com"], "bcc": "carl@gmial.com",
        "subject": subject, "message": "Dear Ann,\n\nplease find <our> invoice.",
        "facts": { "number": "1042", "currency": "USD", "amount": "1250.00", "balance": "1000.00", "url": TARGET },
    })
}

/// A text without what tracking and unsubscribing put into it: pixel gone, each link as it was given.
fn untracked(text: &str, mail: &Mail, unsubscribe: &str) -> String {
    let pixel = mail.html().split('<').find(|tag| tag.contains("/o/")).map(|tag| format!("<{tag}"));
    let pixel = pixel.map(|tag| tag.split_inclusive('>').next().unwrap().to_owned());
    let text = pixel.map_or_else(|| text.to_owned(), |tag| text.replace(&tag, ""));
    let text = mail.maybe_link().map_or_else(|| text.clone(), |link| text.replace(&link, TARGET));
    text.replace(&mail.unsubscribe(), unsubscribe).replace("\r\n", "\n")
}

/// The preview's own link for unsubscribing.
fn unsubscribe(preview: &Value) -> String {
    let links = preview["html"].as_str().unwrap().split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    links.map(str::to_owned).find(|link| link.contains("unsubscribe")).unwrap_or_default()
}

/// The recipients of an answer without what only a preview says.
fn without_reasons(answer: &Value) -> Value {
    let mut recipients = answer["recipients"].clone();
    for one in recipients.as_array_mut().unwrap() {
        one.as_object_mut().unwrap().remove("reason");
    }
    recipients
}

#[tokio::test]
async fn what_is_sent_is_what_was_shown() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let page = format!("<!DOCTYPE html><html><body><h1>Hello</h1><p><a href=\"{TARGET}\">Your invoice</a></p></body>");
    let cases = [
        ("built-in", json!({})),
        ("untracked", json!({ "track": false })),
        ("own text", json!({ "text": "Own words.\n\nMore of them." })),
        ("own page", json!({ "html": page })),
        ("own both", json!({ "html": page, "text": "Own words." })),
        ("Zoë's Rechnung für 請", json!({})),
    ];
    for (number, (subject, own)) in cases.into_iter().enumerate() {
        let (invoice, mut body) = (number.to_string(), request(subject));
        body.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        let shown = firm.preview(&invoice, &body).await.expect(200);
        let accepted = firm.send(&invoice, body).await;
        assert_eq!(without_reasons(&shown), accepted["recipients"], "{subject}");
        firm.history_with(&invoice, "delivered").await;
        let mails = system.mailbox().await;
        let is_anns = |mail: &&Mail| mail.decoded_subject() == subject && mail.to == "ann@example.com";
        let mail = mails.iter().find(is_anns).unwrap();
        let nowhere = unsubscribe(&shown);
        assert_eq!(shown["html"], untracked(&mail.html(), mail, &nowhere), "{subject}");
        assert_eq!(
            shown["text"].as_str().unwrap().trim_end(),
            untracked(&mail.text(), mail, &nowhere).trim_end(),
            "{subject}"
        );
        assert_eq!(shown["subject"], subject);
        assert_eq!(shown["from"], "Roe & Partners Billing <billing@roe-partners.example>");
        assert_eq!(shown["from"], mail.visible_from(), "{subject}");
    }
}

#[tokio::test]
async fn the_links_of_a_preview_count_nothing_and_unsubscribe_nobody() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let shown = firm.preview("1", &request("Shown")).await.expect(200);
    for part in ["html", "text"] {
        let part = shown[part].as_str().unwrap();
        assert!(part.contains(TARGET) && part.contains("https://preview.invalid/unsubscribe"), "{part}");
        for ours in [system.url().as_str(), "/o/", "/c/", "/u/", "<img", "1,000.00", "ann@example.com"] {
            assert!(!part.contains(ours), "{ours} in {part}");
        }
    }
    // Nobody else's copy, and the subject as it would be.
    assert!(shown["text"].as_str().unwrap().contains("to Ann Example."), "{shown:#}");
    let named = json!({ "to": "ann@example.com", "facts": { "number": "7" } });
    assert_eq!(firm.preview("1", &named).await.expect(200)["subject"], "Invoice 7 from roe");
}

/// All requests that wrote to the table, whoever made them.
async fn writes(system: &System) -> u64 {
    let requests = Answer::of(system.request(Method::GET, "/_local/table-requests")).await.expect(200);
    let of_functions = requests["by_function"].as_object().unwrap().values();
    let counts = of_functions.flat_map(|counts| counts.as_object().unwrap());
    let reads = ["GetItem", "BatchGetItem", "Query"];
    counts.filter(|(name, _)| !reads.contains(&name.as_str())).map(|(_, count)| count.as_u64().unwrap()).sum()
}

/// All that a firm sees.
async fn seen(firm: &Firm) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/v1/invoices/1/emails",
        "/v1/reports/invoice-emails",
        "/v1/attention",
        "/v1/suppressions",
        "/v1/invoices/2/emails",
    ] {
        all.push(firm.get(path).await.expect(200));
    }
    all
}

#[tokio::test]
async fn looking_writes_nothing_and_sends_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let first = firm.preview("1", &request("Shown")).await.expect(200);
    system.settled().await;
    assert_eq!((writes(&system).await, system.mailbox().await.len()), (0, 0));
    assert_eq!(firm.history("1").await["sends"], json!([]));

    let send = firm.send_to("2", BOUNCES).await;
    firm.history_with("2", "bounced").await;
    firm.attention_when("the bounce", |rows| rows.len() == 1).await;
    system.settled().await;
    let (before, written) = (seen(&firm).await, writes(&system).await);
    let resend = json!({ "recipient": "to:0", "address": "new@example.com", "save_to_client": true });
    for _ in 0..3 {
        // Nobody is remembered as written to: no warning appears.
        assert_eq!(firm.preview("1", &request("Shown")).await.expect(200), first);
        firm.preview_resend("2", &send, &resend).await.expect(200);
    }
    system.settled().await;
    assert_eq!((seen(&firm).await, writes(&system).await), (before, written));
    assert_eq!(system.mailbox().await.len(), 1, "the bounced one");
}

#[tokio::test]
async fn whoever_would_not_be_mailed_is_told_from_the_others_with_the_reason() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let reasons = [
        ("accepted+1@local.test", "Not sent: an earlier e-mail to this address bounced."),
        ("accepted+2@local.test", "Not sent: this person reported an earlier e-mail as spam."),
        ("accepted+3@local.test", "Not sent: this person asked for no further e-mails."),
    ];
    for (number, (address, _)) in reasons.into_iter().enumerate() {
        firm.send_to(&number.to_string(), address).await;
        firm.history_with(&number.to_string(), "processed").await;
        let mail = system.mail(&format!("Invoice {number}"), address).await;
        let event = match number {
            0 => Event::bounce(&mail, "Permanent", "General"),
            1 => Event::complaint(&mail, "abuse"),
            _ => Event::subscription(&mail),
        };
        assert_eq!(system.bring(event.body(Format::Published)).await, "recorded");
    }
    let to: Vec<&str> = reasons.iter().map(|(address, _)| *address).chain(["ann@example.com"]).collect();
    let body = json!({ "to": to, "subject": "All of them" });
    let shown = firm.preview("9", &body).await.expect(200);
    let said = |one: &Value| {
        let codes = one["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].clone()).collect();
        (one["sent_status"].clone(), one["reason"].clone(), Value::Array(codes))
    };
    let said: Vec<_> = shown["recipients"].as_array().unwrap().iter().map(said).collect();
    let rejected = |number: usize, codes: Value| (json!("rejected"), json!(reasons[number].1), codes);
    let expected = [
        rejected(0, json!(["previously_bounced"])),
        rejected(1, json!([])),
        rejected(2, json!([])),
        (json!("queued"), Value::Null, json!([])),
    ];
    assert_eq!(said, expected, "{shown:#}");

    // And so it comes.
    let accepted = firm.send("9", body).await;
    assert_eq!(accepted["recipients"], without_reasons(&shown));
    system.mail("All of them", "ann@example.com").await;
    let history = firm.history("9").await;
    for (number, (_, reason)) in reasons.into_iter().enumerate() {
        assert_eq!(recipient(&history, &format!("to:{number}"))["reason"], reason);
    }
}

#[tokio::test]
async fn what_sending_refuses_a_preview_refuses_in_the_same_words() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for body in [
        json!({}),
        json!([]),
        json!({ "to": "nobody", "subject": "s" }),
        json!({ "to": "a@example.com" }),
        json!({ "to": "a@example.com", "subject": "a\r\nBcc: e@example.com", "colour": 1, "facts": { "amount": 7 } }),
        json!({ "to": (0..51).map(|n| format!("p{n}@example.com")).collect::<Vec<_>>(), "subject": "s" }),
        json!({ "to": "a@example.com", "subject": "s", "html": "h".repeat(102_401) }),
    ] {
        assert_eq!(firm.preview("1", &body).await.problem(400), firm.submit("1", &body).await.problem(400), "{body}");
    }
    firm.preview("a%20b", &request("s")).await.problem_at("path", "invoice");
    for (content_type, body, status) in
        [("text/plain", "{}".to_owned(), 415), ("application/json", " ".repeat(2 * 1024 * 1024 + 1), 413)]
    {
        let request = firm.request(Method::POST, "/v1/invoices/1/emails/preview");
        Answer::of(request.header("content-type", content_type).body(body)).await.problem(status);
    }
    let send = firm.send_to("1", BOUNCES).await;
    for body in [json!({}), json!({ "recipient": "to" }), json!({ "recipient": "to:0", "address": "new" })] {
        let shown = firm.preview_resend("1", &send, &body).await.problem(400);
        assert_eq!(shown, firm.resend("1", &send, body.clone()).await.problem(400), "{body}");
    }
    firm.preview_resend("1", "1", &json!({ "recipient": "to:0" })).await.problem_at("path", "send");
}

#[tokio::test]
async fn a_key_is_neither_used_nor_used_up_by_a_preview() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({ "to": "ann@example.com", "subject": "Once" });
    let with_key = async |key: &str| {
        let request = firm.request(Method::POST, "/v1/invoices/1/emails/preview").header("idempotency-key", key);
        Answer::of(request.json(&body)).await.expect(200)
    };
    let before = with_key("key").await;
    assert_eq!(with_key(&"k".repeat(129)).await, before);
    firm.submit_once("key", "1", &json!({ "to": "bob@example.com", "subject": "Once" })).await.expect(202);
    assert_eq!(with_key("key").await, before, "neither the answer of the send nor a conflict");
    firm.submit_once("other", "1", &body).await.expect(202);
    assert_eq!(with_key("key").await["recipients"][0]["warnings"][0]["code"], "recently_sent");
}

#[tokio::test]
async fn a_resend_is_shown_before_it_goes_to_that_one_person() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mut body = request("Again");
    body["to"] = json!(["Ann <ann@example.com>", format!("Bob Roe <{BOUNCES}>")]);
    let send = api::id(&firm.send("1", body).await);
    firm.history_when("1", "bounced", |history| history["sent_status"] == "rejected").await;

    let same = firm.preview_resend("1", &send, &json!({ "recipient": "to:1" })).await.expect(200);
    assert_eq!(same["recipients"][0]["sent_status"], "rejected");
    let corrected = json!({ "recipient": "to:1", "address": "bob@example.com", "save_to_client": true });
    let shown = firm.preview_resend("1", &send, &corrected).await.expect(200);
    let one = json!([{
        "recipient": "to:0", "kind": "to", "address": "bob@example.com", "name": "Bob Roe", "sent_status": "queued",
        "reason": null, "warnings": shown["recipients"][0]["warnings"],
    }]);
    assert_eq!(shown["recipients"], one);
    assert_eq!(shown["recipients"][0]["warnings"][0]["code"], "client_not_saved");

    let accepted = firm.resend("1", &send, corrected.clone()).await.expect(202);
    assert_eq!(accepted["recipients"], without_reasons(&shown));
    let mail = system.mail("Again", "bob@example.com").await;
    assert_eq!(mail.visible_to(), ["bob@example.com"]);
    assert_eq!(shown["html"], untracked(&mail.html(), &mail, &unsubscribe(&shown)));
    assert!(shown["text"].as_str().unwrap().contains("to Bob Roe."), "{shown:#}");

    let words = firm.resend("1", &send, corrected.clone()).await.problem(409);
    assert_eq!(firm.preview_resend("1", &send, &corrected).await.problem(409), words);
    for (firm, invoice, recipient) in [(&firm, "1", "to:2"), (&firm, "2", "to:1"), (&system.firm("doe"), "1", "to:0")] {
        firm.preview_resend(invoice, &send, &json!({ "recipient": recipient })).await.problem(404);
    }
}
