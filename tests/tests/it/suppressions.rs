//! The suppression list: who must not be written to again, why, and how staff take somebody off it.

use reqwest::Method;
use serde_json::{Value, json};
use tests::ses::{Event, Format};
use tests::{Answer, Firm, Mail, System, api, recipient, sorted_statuses};

const SILENT: &str = "accepted@local.test";

async fn list(firm: &Firm) -> Vec<Value> {
    api::rows(&firm.get("/v1/suppressions").await.expect(200))
}

async fn remove(firm: &Firm, address: &str) -> u16 {
    let path = format!("/v1/suppressions/{}", address.replace('@', "%40").replace('+', "%2B"));
    Answer::of(firm.request(Method::DELETE, &path)).await.status
}

/// A mail to an address of which SES says nothing by itself.
async fn mailed(system: &System, firm: &Firm, invoice: &str, address: &str) -> Mail {
    firm.send_to(invoice, address).await;
    firm.history_with(invoice, "processed").await;
    system.mail(&format!("Invoice {invoice}"), address).await
}

#[tokio::test]
async fn the_list_says_who_why_since_when_and_by_which_mail() {
    let system = System::start().await;
    let firm = system.firm("roe");
    assert_eq!(list(&firm).await, Vec::<Value>::new());
    let reasons = [
        ("bounced", "accepted+1@local.test"),
        ("complained", "accepted+2@local.test"),
        ("unsubscribed", "accepted+3@local.test"),
    ];
    for (number, (reason, address)) in reasons.into_iter().enumerate() {
        let mail = mailed(&system, &firm, &format!("{number}"), address).await;
        let event = match reason {
            "bounced" => Event::bounce(&mail, "Permanent", "General"),
            "complained" => Event::complaint(&mail, "abuse"),
            _ => Event::subscription(&mail),
        };
        assert_eq!(system.bring(event.body(Format::Published)).await, "recorded");
    }
    let rows = list(&firm).await;
    let shown: Vec<_> =
        rows.iter().map(|row| (row["reason"].as_str().unwrap(), row["address"].as_str().unwrap())).collect();
    assert_eq!(shown, reasons);
    for (number, row) in rows.iter().enumerate() {
        let history = firm.history(&format!("{number}")).await;
        assert_eq!((&row["invoice"], &row["send"]), (&json!(number.to_string()), &history["sends"][0]["send"]));
        assert!(row["since"].as_str().unwrap().ends_with('Z'), "{row}");
    }
    assert_eq!(list(&system.firm("doe")).await, Vec::<Value>::new());

    let mut paged = Vec::new();
    let mut cursor = String::new();
    for _ in 0..reasons.len() {
        let page = firm.get(&format!("/v1/suppressions?limit=1{cursor}")).await.expect(200);
        paged.extend(api::rows(&page));
        cursor = page["next_cursor"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!(paged, rows);
}

#[tokio::test]
async fn who_is_taken_off_the_list_is_written_to_until_something_new_happens() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mail = mailed(&system, &firm, "1", SILENT).await;
    let bounce = Event::bounce(&mail, "Permanent", "General").body(Format::Published);
    system.bring(bounce.clone()).await;
    firm.send_to("2", SILENT).await;
    assert_eq!(sorted_statuses(recipient(&firm.history_with("2", "dropped").await, "to:0")), ["dropped"]);

    assert_eq!(remove(&system.firm("doe"), SILENT).await, 404, "another firm's list");
    assert_eq!(remove(&firm, "Accepted@Local.Test").await, 204, "compared without case");
    assert_eq!(remove(&firm, SILENT).await, 404, "it is off the list");
    assert_eq!(list(&firm).await, Vec::<Value>::new());
    let removed = api::rows(&firm.get("/v1/suppressions?removed=true").await.expect(200));
    assert_eq!((&removed[0]["address"], &removed[0]["reason"]), (&json!(SILENT), &json!("bounced")));
    assert!(removed[0]["removed_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{removed:#?}");
    assert_eq!(removed[0]["removed_by"], firm.history("1").await["sends"][0]["sent_by"]);
    firm.get("/v1/suppressions?removed=perhaps").await.problem_at("query", "removed");

    // A late copy of what staff have dealt with does not bring it back.
    system.bring(bounce).await;
    assert_eq!(list(&firm).await, Vec::<Value>::new());
    let second = mailed(&system, &firm, "3", SILENT).await;

    // News does.
    system.bring(Event::bounce(&second, "Permanent", "General").body(Format::Published)).await;
    assert_eq!(list(&firm).await[0]["invoice"], "3");
    firm.send_to("4", SILENT).await;
    firm.history_with("4", "dropped").await;
}

#[tokio::test]
async fn an_address_with_odd_characters_can_be_taken_off() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let address = "accepted+a'b/c&d@local.test";
    let mail = mailed(&system, &firm, "1", address).await;
    system.bring(Event::complaint(&mail, "abuse").body(Format::Published)).await;
    assert_eq!(list(&firm).await[0]["address"], address);
    let path = "/v1/suppressions/accepted%2Ba%27b%2Fc%26d%40local.test";
    assert_eq!(Answer::of(firm.request(Method::DELETE, path)).await.status, 204);
    assert_eq!(list(&firm).await, Vec::<Value>::new());
}

#[tokio::test]
async fn only_addresses_are_on_the_list() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for wrong in ["ann", "ann%40", "%00", "a%20b%40example.com", "ann%40example.com%2C%20bob%40example.com"] {
        let request = firm.request(Method::DELETE, &format!("/v1/suppressions/{wrong}"));
        Answer::of(request).await.problem_at("path", "address");
    }
    let request = firm.request(Method::DELETE, "/v1/suppressions/never%40example.com");
    Answer::of(request).await.problem(404);
}

#[tokio::test]
async fn a_bounce_that_turns_out_to_be_somebody_elses_leaves_nobody_on_the_list() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mail = mailed(&system, &firm, "1", SILENT).await;
    let bounce = Event::bounce_of(&mail, "Permanent", "General", &["gone@elsewhere.example"]).body(Format::Published);
    system.bring(bounce.clone()).await;
    assert_eq!(list(&firm).await.len(), 1, "so far it is this mail that bounced");
    for event in [Event::delivery(&mail).body(Format::Published), bounce] {
        system.bring(event).await;
        assert_eq!(list(&firm).await, Vec::<Value>::new());
    }
    let history = firm.history("1").await;
    let one = recipient(&history, "to:0");
    assert_eq!(sorted_statuses(one), ["bounced_elsewhere", "delivered", "processed"]);
    assert_eq!((&one["sent_status"], &one["next_action"]), (&json!("sent"), &Value::Null));
    let again = firm.send("2", json!({ "to": SILENT, "subject": "Invoice 2" })).await;
    assert_eq!(again["recipients"][0]["warnings"], json!([]), "this address never bounced");
    firm.history_with("2", "processed").await;
}

#[tokio::test]
async fn the_graver_reason_stands_whatever_comes_first_and_stays_off_once_removed() {
    let system = System::start().await;
    for (number, complaint_first) in [true, false].into_iter().enumerate() {
        let firm = system.firm(&format!("roe-{number}"));
        let mail = mailed(&system, &firm, "1", SILENT).await;
        // Both before staff act on them, as in life; the bounce is the later one.
        let (earlier, later) = (json!(mail.after(-10)), json!(mail.after(-5)));
        let bounce = Event::bounce(&mail, "Permanent", "General").with("timestamp", later).body(Format::Published);
        let complaint = Event::complaint(&mail, "abuse").with("timestamp", earlier).body(Format::Published);
        let events = if complaint_first { [complaint, bounce] } else { [bounce, complaint] };
        for event in &events {
            system.bring(event.clone()).await;
        }
        let reasons: Vec<Value> = list(&firm).await.iter().map(|row| row["reason"].clone()).collect();
        assert_eq!(reasons, ["complained"], "complaint first: {complaint_first}");

        assert_eq!(remove(&firm, SILENT).await, 204);
        for event in events.iter().chain(&events) {
            system.bring(event.clone()).await;
            assert_eq!(list(&firm).await, Vec::<Value>::new(), "complaint first: {complaint_first}");
        }
        let news = mailed(&system, &firm, "2", SILENT).await;
        system.bring(Event::complaint(&news, "abuse").body(Format::Published)).await;
        assert_eq!(list(&firm).await[0]["invoice"], "2");
    }
}
