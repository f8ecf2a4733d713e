//! Costs: how many requests to the table each thing takes, counted on the wire.

use serde_json::{Value, json};
use tests::cost::{added, cost};
use tests::ses::{Event, Format};
use tests::{Answer, Firm, Mail, System, until};

/// A mail to an address of which SES says no more than that it accepted the mail.
async fn mailed(system: &System, firm: &str) -> (Firm, Mail) {
    let portal = system.firm(firm);
    let url = "https://portal.example.com/i/1";
    portal
        .send("1", json!({ "to": "accepted@local.test", "subject": firm, "facts": { "number": "1", "url": url } }))
        .await;
    portal.history_with("1", "processed").await;
    (portal, system.mail(firm, "accepted@local.test").await)
}

#[tokio::test]
async fn a_submit_is_one_read_and_one_transaction_however_many_people() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for people in [1, 3, 50] {
        let to: Vec<String> = (0..people).map(|number| format!("p{number}@example.com")).collect();
        let body = json!({ "to": to, "subject": "Costs" });
        let cost = cost(&system, "submit", async || drop(firm.send(&format!("{people}"), body).await)).await;
        assert_eq!(cost, json!({ "BatchGetItem": 1, "TransactWriteItems": 1 }), "{people}");
    }
    let bad = json!({ "to": "nobody", "subject": "Costs" });
    assert_eq!(cost(&system, "submit", async || drop(firm.submit("1", &bad).await)).await, json!({}), "refused unread");
}

#[tokio::test]
async fn a_preview_reads_as_much_as_sending_and_writes_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for people in [1, 50] {
        let to: Vec<String> = (0..people).map(|number| format!("p{number}@example.com")).collect();
        let body = json!({ "to": to, "subject": "Costs" });
        let spent = cost(&system, "submit", async || drop(firm.preview("1", &body).await.expect(200))).await;
        assert_eq!(spent, json!({ "BatchGetItem": 1 }), "{people}");
    }
    let bad = json!({ "to": "nobody", "subject": "Costs" });
    assert_eq!(
        cost(&system, "submit", async || drop(firm.preview("1", &bad).await)).await,
        json!({}),
        "refused unread"
    );

    let send = firm.send_to("1", "bounce@simulator.amazonses.com").await;
    firm.history_with("1", "bounced").await;
    let body = json!({ "recipient": "to:0", "address": "ann@example.com" });
    let preview = async || drop(firm.preview_resend("1", &send, &body).await.expect(200));
    let reads = json!({ "GetItem": 2, "BatchGetItem": 1 });
    assert_eq!(cost(&system, "submit", preview).await, reads, "the old recipient, the content, and what decides");
    let resend = async || drop(firm.resend("1", &send, body.clone()).await.expect(202));
    let with_the_write = json!({ "GetItem": 2, "BatchGetItem": 1, "TransactWriteItems": 1 });
    assert_eq!(cost(&system, "submit", resend).await, with_the_write);
    let superseded = async || drop(firm.preview_resend("1", &send, &body).await.problem(409));
    assert_eq!(cost(&system, "submit", superseded).await, json!({ "GetItem": 1 }));
}

#[tokio::test]
async fn a_message_is_one_claim_and_one_result_and_its_body_is_read_once() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let before = system.requests_of("send").await;
    firm.send("1", json!({ "to": "ann@example.com", "subject": "Costs" })).await;
    firm.history_with("1", "delivered").await;
    let spent = until("the result is written", async || {
        let spent = added(&before, &system.requests_of("send").await);
        if spent["UpdateItem"] == 2 { Ok(spent) } else { Err(spent.to_string()) }
    })
    .await;
    assert_eq!(spent, json!({ "GetItem": 1, "UpdateItem": 2 }));

    // Ten in one batch or in several: the body is read once for each batch, never for each message.
    let to: Vec<String> = (0..10).map(|number| format!("p{number}@example.com")).collect();
    let before = system.requests_of("send").await;
    firm.send("2", json!({ "to": to, "subject": "Costs" })).await;
    firm.history_with("2", "delivered").await;
    let spent = until("the results are written", async || {
        let spent = added(&before, &system.requests_of("send").await);
        if spent["UpdateItem"] == 20 { Ok(spent) } else { Err(spent.to_string()) }
    })
    .await;
    assert!(spent["GetItem"].as_u64().unwrap() < 10, "{spent}");
    assert_eq!(spent.as_object().unwrap().len(), 2, "{spent}");
}

#[tokio::test]
async fn an_open_and_a_click_are_one_write_each_and_junk_is_none() {
    let system = System::start().await;
    let (_firm, mail) = mailed(&system, "roe").await;
    let one_write = json!({ "UpdateItem": 1 });
    for link in [mail.pixel(), mail.link(), mail.pixel(), mail.link()] {
        assert_eq!(cost(&system, "track", async || drop(system.as_browser(&link).await)).await, one_write, "{link}");
    }
    let head = async || drop(Answer::of(system.request(reqwest::Method::HEAD, &mail.pixel())).await);
    assert_eq!(cost(&system, "track", head).await, one_write);
    for link in ["/o/AAAA.gif", "/c/AAAA", "/u/AAAA", "/nothing"] {
        assert_eq!(cost(&system, "track", async || drop(system.as_browser(link).await)).await, json!({}), "{link}");
    }
    assert_eq!(cost(&system, "track", async || drop(system.as_browser(&mail.unsubscribe()).await)).await, json!({}));
}

#[tokio::test]
async fn the_hundred_and_first_open_costs_no_more_than_the_first() {
    let system = System::start().await;
    let (_firm, mail) = mailed(&system, "roe").await;
    for _ in 0..100 {
        system.as_browser(&mail.pixel()).await;
    }
    let spent = cost(&system, "track", async || {
        for _ in 0..10 {
            system.as_browser(&mail.pixel()).await;
        }
    })
    .await;
    // A condition that fails is a request too: once the hundred are full, each open may need a second one.
    assert_eq!(spent, json!({ "UpdateItem": 10 }));
}

#[tokio::test]
async fn an_event_is_one_write_and_no_read() {
    let system = System::start().await;
    type Said = fn(&Mail) -> Event;
    let cases: [(&str, Said, u64); 6] = [
        ("send", Event::send, 1),
        ("delivery", Event::delivery, 1),
        ("invented", Event::invented, 1),
        // One more each: who must not be written to again.
        ("bounced", |mail| Event::bounce(mail, "Permanent", "General"), 2),
        ("complained", |mail| Event::complaint(mail, "abuse"), 2),
        ("unsubscribed", Event::subscription, 2),
    ];
    for (name, said, writes) in cases {
        let (_firm, mail) = mailed(&system, name).await;
        system.settled().await;
        let event = said(&mail).body(Format::Published);
        let spent = cost(&system, "record", async || drop(system.bring(event.clone()).await)).await;
        let total: u64 = spent.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(total, writes, "{name}: {spent}");
        assert!(spent["UpdateItem"].as_u64() >= Some(1) && reads(&spent) == 0, "{name}: {spent}");
        // A copy changes nothing, and costs one write at most for each thing that it could change.
        let again = cost(&system, "record", async || drop(system.bring(event).await)).await;
        assert!(reads(&again) == 0 && again["UpdateItem"].as_u64() <= Some(writes), "{name}: {again}");
    }
}

fn reads(spent: &Value) -> u64 {
    ["GetItem", "BatchGetItem", "Query", "Scan"].iter().map(|name| spent[name].as_u64().unwrap_or(0)).sum()
}

#[tokio::test]
async fn an_event_without_our_tag_is_found_by_one_read() {
    let system = System::start().await;
    let (_firm, mail) = mailed(&system, "roe").await;
    system.settled().await;
    let delivered = Event::delivery(&mail);
    system.bring(delivered.body(Format::Published)).await;
    let later = delivered.with("timestamp", json!(mail.after(30))).body(Format::Feedback);
    let spent = cost(&system, "record", async || drop(system.bring(later).await)).await;
    assert_eq!(spent, json!({ "Query": 1, "UpdateItem": 1 }));
}

#[tokio::test]
async fn a_page_is_one_query_the_first_or_a_later_one() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for number in 0..6 {
        let body = json!({ "to": "mailbox-full@local.test; ann@example.com", "subject": "Costs", "facts": { "client": "c1" } });
        firm.send(&format!("{number}"), body).await;
        firm.attention_when("one more", |rows| rows.len() == number + 1).await;
    }
    let today = firm.report("?limit=1").await[0]["submitted_at"].as_str().unwrap()[..10].to_owned();
    for path in [
        "/v1/invoices/1/emails?limit=50",
        "/v1/invoices/never/emails?limit=50",
        // One month; a page that is not full goes on in the month before, if the days asked for reach there.
        &format!("/v1/reports/invoice-emails?from={today}&to={today}&limit=4"),
        &format!("/v1/reports/invoice-emails?from={today}&to={today}&limit=1000"),
        "/v1/reports/invoice-emails?limit=6",
        "/v1/attention?limit=2",
        "/v1/attention?limit=1000",
    ] {
        let mut path_of_page = path.to_owned();
        for page in 0..2 {
            let mut next = None;
            let spent = cost(&system, "report", async || {
                next = firm.get(&path_of_page).await.expect(200)["next_cursor"].as_str().map(str::to_owned);
            })
            .await;
            // The first page of a report asks in which zone the firm's days are; later ones know it.
            let asks_for_zone = page == 0 && path.contains("/reports/");
            let wanted = if asks_for_zone { json!({ "GetItem": 1, "Query": 1 }) } else { json!({ "Query": 1 }) };
            assert_eq!(spent, wanted, "page {page} of {path}");
            let Some(cursor) = next else { break };
            path_of_page = format!("{path}&cursor={cursor}");
        }
    }
}
