//! Each change of a sent status is announced once, whatever the stream and the bus go through; and the counters say what
//! the recipients say.

use serde_json::{Value, json};
use tests::ses::{Event, Format};
use tests::{Mail, System, until};

use super::adds_up;
use super::schema::assert_valid;

/// The address of an invoice's mail, of which SES says no more than that it took it.
fn silent(invoice: &str) -> String {
    format!("accepted+{invoice}@local.test")
}

/// What was announced of an invoice, oldest first: `sent>opened`.
async fn told(system: &System, invoice: &str) -> Vec<String> {
    let mut told = Vec::new();
    for detail in system.announced().await.iter().filter(|detail| detail["invoice"] == invoice) {
        assert_valid(detail);
        let status = |name: &str| detail[name].as_str().unwrap_or("new").to_owned();
        told.push(format!("{}>{}", status("old_sent_status"), status("new_sent_status")));
    }
    told
}

/// The same once nothing is under way.
async fn heard(system: &System, invoice: &str) -> Vec<String> {
    system.settled().await;
    told(system, invoice).await
}

/// A mail that was sent.
async fn sent(system: &System, invoice: &str) -> Mail {
    let firm = system.firm("roe");
    let facts = json!({ "number": "A-1", "client": "client-7", "url": "https://portal.example.com/i/1" });
    firm.send(invoice, json!({ "to": silent(invoice), "subject": invoice, "facts": facts })).await;
    firm.history_with(invoice, "processed").await;
    system.mail(invoice, &silent(invoice)).await
}

async fn bring(system: &System, event: Event) {
    assert_eq!(system.bring(event.body(Format::Published)).await, "recorded");
}

#[tokio::test]
async fn each_change_is_heard_once_with_what_was_before() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let accepted = ["new>queued", "queued>sent"];
    let and = |more: &[&'static str]| [accepted.as_slice(), more].concat();

    let mail = sent(&system, "opened").await;
    bring(&system, Event::delivery(&mail)).await;
    system.as_agent("Mozilla/5.0", &mail.pixel()).await;
    assert_eq!(heard(&system, "opened").await, accepted, "neither a delivery nor a machine changes the status");
    system.as_browser(&mail.pixel()).await;
    system.as_browser(&mail.pixel()).await;
    assert_eq!(heard(&system, "opened").await, and(&["sent>opened"]));
    bring(&system, Event::complaint(&mail, "abuse")).await;
    bring(&system, Event::complaint(&mail, "abuse")).await;
    bring(&system, Event::bounce(&mail, "Permanent", "General")).await;
    assert_eq!(heard(&system, "opened").await, and(&["sent>opened", "opened>marked_spam"]));

    let mail = sent(&system, "delayed").await;
    bring(&system, Event::delay(&mail, "General")).await;
    bring(&system, Event::delivery(&mail)).await;
    assert_eq!(heard(&system, "delayed").await, and(&["sent>delayed", "delayed>sent"]));
    bring(&system, Event::bounce(&mail, "Transient", "MailboxFull")).await;
    assert_eq!(heard(&system, "delayed").await, and(&["sent>delayed", "delayed>sent", "sent>rejected"]));

    let mail = sent(&system, "opened-late").await;
    bring(&system, Event::delay(&mail, "General")).await;
    system.as_browser(&mail.pixel()).await;
    assert_eq!(heard(&system, "opened-late").await, and(&["sent>delayed", "delayed>opened"]));

    firm.send("refused", json!({ "to": "refuse@local.test", "subject": "refused" })).await;
    firm.history_with("refused", "dropped").await;
    assert_eq!(heard(&system, "refused").await, ["new>queued", "queued>rejected"]);

    firm.send("bounced", json!({ "to": "bounce@simulator.amazonses.com", "subject": "bounced" })).await;
    firm.history_with("bounced", "bounced").await;
    // One batch may hold both, and then the status in between was never seen.
    let told = heard(&system, "bounced").await;
    assert_eq!((told.first().unwrap().as_str(), told.last().unwrap().ends_with(">rejected")), ("new>queued", true));
    firm.send("suppressed", json!({ "to": "bounce@simulator.amazonses.com", "subject": "suppressed" })).await;
    assert_eq!(heard(&system, "suppressed").await, ["new>rejected"]);
    adds_up(&system, "roe").await;
}

#[tokio::test]
async fn an_event_says_what_happened_and_no_address() {
    let system = System::start().await;
    let mail = sent(&system, "1").await;
    bring(&system, Event::bounce(&mail, "Permanent", "General")).await;
    system.settled().await;
    let told = system.announced().await;
    let [new, sent, rejected] = &told[..] else { panic!("{told:#?}") };
    let status_at = system.firm("roe").report("").await[0]["status_at"].clone();
    let expected = json!({
        "version": "1", "id": rejected["id"], "firm": "roe", "invoice": "1", "number": "A-1", "client": "client-7",
        "send": new["send"], "recipient": "to:0", "kind": "to", "old_sent_status": "sent",
        "new_sent_status": "rejected", "evidence": "accepted", "reason_code": "bounced",
        "next_action": "correct_address", "sequence": rejected["sequence"], "at": status_at,
    });
    assert_eq!(*rejected, expected);
    assert_eq!((&new["old_sent_status"], &new["reason_code"]), (&Value::Null, &Value::Null));
    assert_eq!([new, sent, rejected].map(|detail| detail["id"].as_str().unwrap().len()), [32; 3]);
    assert!(new["id"] != sent["id"] && sent["id"] != rejected["id"]);
    let sequence = [new, sent, rejected].map(|detail| detail["sequence"].as_str().unwrap());
    assert!(sequence.is_sorted() && sequence.iter().all(|text| text.len() == 40), "{sequence:?}");
    assert!(!format!("{told:?}").contains("local.test"), "{told:?}");
}

#[tokio::test]
async fn a_report_that_comes_late_is_told_last_though_it_happened_first() {
    let system = System::start().await;
    let mail = sent(&system, "1").await;
    bring(&system, Event::bounce(&mail, "Transient", "General").with("timestamp", json!(mail.after(600)))).await;
    bring(&system, Event::delivery(&mail).with("timestamp", json!(mail.after(30)))).await;
    system.settled().await;
    let told = system.announced().await;
    let statuses: Vec<&str> = told.iter().map(|detail| detail["new_sent_status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["queued", "sent", "rejected", "sent"], "an out-of-office notice after all");
    let of = |name: &str| told.iter().map(|detail| detail[name].as_str().unwrap()).collect::<Vec<_>>();
    assert!(of("sequence").is_sorted() && !of("at").is_sorted(), "{told:#?}");
}

#[tokio::test]
async fn an_operator_may_want_addresses() {
    let system = System::start_announcing_addresses().await;
    sent(&system, "1").await;
    system.settled().await;
    let told = system.announced().await;
    assert!(told.len() == 2 && told.iter().all(|detail| detail["address"] == silent("1")), "{told:#?}");
    told.iter().for_each(assert_valid);
}

#[tokio::test]
async fn a_burst_that_turns_out_to_be_a_scanner_takes_its_opening_back() {
    let system = System::start().await;
    let mail = sent(&system, "1").await;
    for network in 1..=3 {
        system.as_browser_in(network, &mail.link()).await;
        system.settled().await;
    }
    assert_eq!(told(&system, "1").await, ["new>queued", "queued>sent", "sent>opened", "opened>sent"]);
    adds_up(&system, "roe").await;
}

/// Some twenty e-mails that end in all ways.
async fn many(system: &System) {
    let firm = system.firm("roe");
    let domains =
        ["accepted", "delayed", "mailbox-full", "reject", "refuse"].map(|name| format!("{name}+x@local.test"));
    let simulated = ["success", "bounce", "complaint", "ooto"].map(|name| format!("{name}+y@simulator.amazonses.com"));
    let to: Vec<String> = domains.into_iter().chain(simulated).chain(["ann@example.com".to_owned()]).collect();
    for invoice in 1..=4 {
        firm.send(&invoice.to_string(), json!({ "to": to, "subject": format!("Invoice {invoice}") })).await;
    }
    firm.history_when("4", "all have left", |history| {
        let recipients = history["sends"][0]["recipients"].as_array().unwrap();
        recipients.iter().all(|recipient| recipient["sent_status"] != "queued")
    })
    .await;
    for mail in system.mailbox().await {
        system.as_browser(&mail.pixel()).await;
    }
}

/// The events of each recipient lead from one status to the next; whoever hears one twice knows it by its id.
async fn chains_are_whole(system: &System, at_most_once: bool) {
    let told = system.announced().await;
    let mut last: std::collections::BTreeMap<String, String> = Default::default();
    let mut seen: std::collections::BTreeSet<String> = Default::default();
    for detail in &told {
        assert_valid(detail);
        let id = detail["id"].as_str().unwrap().to_owned();
        if !seen.insert(id) {
            assert!(!at_most_once, "heard twice: {detail:#}");
            continue;
        }
        let who = format!("{}/{}/{}", detail["invoice"], detail["send"], detail["recipient"]);
        let old = detail["old_sent_status"].as_str().unwrap_or("new").to_owned();
        let before = last.insert(who, detail["new_sent_status"].as_str().unwrap().to_owned());
        assert_eq!(before.unwrap_or_else(|| "new".to_owned()), old, "{detail:#}");
    }
    let rows = system.firm("roe").report("?limit=1000").await;
    assert_eq!(rows.len(), last.len());
    for row in rows {
        let who = format!("{}/{}/{}", row["invoice"], row["send"], row["recipient"]);
        assert_eq!(row["sent_status"], last[&who].as_str(), "{row:#}");
    }
}

#[tokio::test]
async fn batches_that_come_again_announce_and_count_once() {
    for faults in [
        json!({ "stream": { "repeat": 500 } }),
        json!({ "stream": { "lose_answer": 6 } }),
        json!({ "stream": { "repeat": 500, "lose_answer": 6 }, "events": { "duplicate": 2, "shuffle": true } }),
    ] {
        let system = System::start().await;
        system.faults(faults).await;
        many(&system).await;
        system.settled().await;
        chains_are_whole(&system, true).await;
        adds_up(&system, "roe").await;
    }
}

#[tokio::test]
async fn a_bus_in_trouble_is_heard_in_the_end_and_in_order() {
    for faults in [
        json!({ "bus": { "throttle": 7 } }),
        json!({ "bus": { "error": 7 } }),
        json!({ "bus": { "refuse": 6 } }),
        json!({ "bus": { "refuse": 5 }, "stream": { "repeat": 100, "lose_answer": 3 } }),
    ] {
        let system = System::start().await;
        system.faults(faults).await;
        many(&system).await;
        system.settled().await;
        chains_are_whole(&system, true).await;
        adds_up(&system, "roe").await;
    }
}

#[tokio::test]
async fn a_table_in_trouble_while_counting_counts_and_announces_all() {
    for faults in [json!({ "table": { "throttle": 60 } }), json!({ "table": { "error": 60 } })] {
        let system = System::start().await;
        let firm = system.firm("roe");
        for invoice in 1..=4 {
            firm.send_to(&invoice.to_string(), "ann@example.com").await;
        }
        system.faults(faults).await;
        system.settled().await;
        system.faults(json!({})).await;
        // A table that fails between an event and its count lets the event be heard twice.
        chains_are_whole(&system, false).await;
        adds_up(&system, "roe").await;
    }
}

#[tokio::test]
async fn the_work_queues_summary_counts_its_rows() {
    let system = System::start().await;
    let firm = system.firm("roe");
    many(&system).await;
    until("the summary is the rows'", async || {
        let rows = firm.attention().await;
        let summary = firm.get("/v1/attention/summary").await.expect(200);
        let by_status = |status: &str| rows.iter().filter(|row| row["sent_status"] == status).count();
        let same = ["queued", "sent", "rejected", "delayed", "marked_spam", "opened"]
            .iter()
            .all(|status| summary[*status] == by_status(status));
        if same && summary["recipients"] == rows.len() { Ok(()) } else { Err(format!("{summary} {rows:#?}")) }
    })
    .await;
    assert!(firm.attention().await.len() > 4);
    // Another firm has none of it.
    let none = system.firm("doe").get("/v1/attention/summary").await.expect(200);
    assert_eq!(none["recipients"], 0);
}

#[tokio::test]
async fn the_summary_of_months_costs_one_query() {
    let system = System::start_with_demo().await;
    system.settled().await;
    let firm = system.firm("demo");
    let before = system.requests_of("report").await;
    let summary = firm.get("/v1/reports/invoice-emails/summary?timezone=Asia/Kathmandu").await.expect(200);
    let after = system.requests_of("report").await;
    assert_eq!(after["Query"].as_u64(), before["Query"].as_u64().or(Some(0)).map(|queries| queries + 1));
    let rows = firm.report("?timezone=Asia/Kathmandu&limit=1000").await;
    assert_eq!(summary["total"]["recipients"], rows.len());
    let recount = system.recount("demo").await;
    assert_eq!(
        (&recount["differences"], recount["recipients"].as_u64() > Some(100)),
        (&json!([]), true),
        "{recount:#}"
    );
}
