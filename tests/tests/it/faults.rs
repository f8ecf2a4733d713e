//! What goes wrong around us: SES refuses, fails, hangs, loses its answer; the table throttles; events come late,
//! often and in any order. Everybody gets exactly one mail, or the history says why not.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{System, all_statuses, recipient, sorted_statuses, until};

use crate::announcing::adds_up;

const PEOPLE: [&str; 3] = ["ann@example.com", "bob@example.com", "carl@example.com"];

/// Each person has one mail and a delivery, and nobody needs attention.
async fn everybody_has_one_mail(system: &System, faults: &str) {
    let firm = system.firm("roe");
    until(&format!("all delivered despite {faults}"), async || {
        let answer = firm.get("/v1/invoices/1/emails").await;
        if answer.status != 200 {
            return Err(answer.text());
        }
        let history = answer.json();
        let shown = all_statuses(&history);
        let delivered = shown.iter().all(|one| one[1..] == ["delivered", "processed"]);
        if delivered { Ok(()) } else { Err(format!("{history:#}")) }
    })
    .await;
    system.faults(json!({})).await;
    let mut mails = BTreeMap::new();
    for mail in system.mailbox().await {
        *mails.entry(mail.to).or_insert(0) += 1;
    }
    assert_eq!(mails, PEOPLE.map(|person| (person.to_owned(), 1)).into(), "{faults}");
    firm.attention_when("empty", <[Value]>::is_empty).await;
    adds_up(system, "roe").await;
}

#[tokio::test]
async fn throttling_and_errors_of_ses_delay_and_repeat_nothing() {
    for faults in [
        json!({ "ses": { "throttle": 3 } }),
        json!({ "ses": { "error": 3 } }),
        json!({ "ses": { "throttle": 2, "error": 2 } }),
    ] {
        let system = System::start().await;
        system.faults(faults.clone()).await;
        system.firm("roe").send("1", json!({ "to": PEOPLE, "subject": "One" })).await;
        everybody_has_one_mail(&system, &faults.to_string()).await;
    }
}

#[tokio::test]
async fn a_lost_answer_sends_nothing_twice() {
    for faults in [
        json!({ "ses": { "lose_answer": 1 } }),
        json!({ "ses": { "lose_answer": 3 } }),
        json!({ "ses": { "throttle": 1, "error": 1, "lose_answer": 1 } }),
    ] {
        let system = System::start().await;
        system.faults(faults.clone()).await;
        system.firm("roe").send("1", json!({ "to": PEOPLE, "subject": "One" })).await;
        everybody_has_one_mail(&system, &faults.to_string()).await;
    }
}

#[tokio::test]
async fn a_call_that_hangs_is_made_again_when_its_lease_ends() {
    let system = System::start().await;
    let faults = json!({ "ses": { "hang": 1 } });
    system.faults(faults.clone()).await;
    system.firm("roe").send("1", json!({ "to": PEOPLE, "subject": "One" })).await;
    everybody_has_one_mail(&system, &faults.to_string()).await;
}

#[tokio::test]
async fn all_of_it_together() {
    let system = System::start().await;
    let faults = json!({
        "ses": { "throttle": 2, "error": 1, "hang": 1, "lose_answer": 1 },
        "events": { "duplicate": 3, "shuffle": true, "delay_ms": 20 },
    });
    system.faults(faults.clone()).await;
    system.firm("roe").send("1", json!({ "to": PEOPLE, "subject": "One" })).await;
    everybody_has_one_mail(&system, &faults.to_string()).await;
}

#[tokio::test]
async fn a_table_in_trouble_while_submitting_costs_a_repetition_and_no_second_mail() {
    for faults in [json!({ "table": { "throttle": 12 } }), json!({ "table": { "error": 12 } })] {
        let system = System::start().await;
        let firm = system.firm("roe");
        system.faults(faults.clone()).await;
        until("accepted", async || {
            let answer = firm.submit_once("key", "1", &json!({ "to": PEOPLE, "subject": "One" })).await;
            match answer.status {
                202 => Ok(()),
                // Nothing else is a "try again"; a client gives up on 500.
                503 => Err(answer.problem(503).to_string()),
                other => panic!("{other}: {}", answer.text()),
            }
        })
        .await;
        everybody_has_one_mail(&system, &faults.to_string()).await;
    }
}

#[tokio::test]
async fn a_table_in_trouble_while_sending_sends_nothing_twice() {
    for faults in [json!({ "table": { "throttle": 15 } }), json!({ "table": { "error": 15 } })] {
        let system = System::start().await;
        let firm = system.firm("roe");
        firm.send("1", json!({ "to": PEOPLE, "subject": "One" })).await;
        system.faults(faults.clone()).await;
        everybody_has_one_mail(&system, &faults.to_string()).await;
    }
}

#[tokio::test]
async fn a_refusal_is_shown_with_its_reason_and_touches_nobody_else() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let to = ["ann@example.com", "refuse@local.test", "carl@example.com"];
    firm.send("1", json!({ "to": to, "subject": "One" })).await;
    let history = firm
        .history_when("1", "all done", |history| {
            let expected = ["delivered processed", "dropped", "delivered processed"];
            history["sends"].get(0).is_some()
                && all_statuses(history).iter().zip(expected).all(|(one, expected)| one[1..].join(" ") == expected)
        })
        .await;
    let refused = recipient(&history, "to:1");
    let found = (&refused["sent_status"], &refused["evidence"], &refused["next_action"]);
    assert_eq!(found, (&json!("rejected"), &json!("none"), &json!("send_again")));
    assert!(refused["reason"].as_str().unwrap().contains("MessageRejected"), "{refused:#}");
    assert!(system.mailbox().await.iter().all(|mail| mail.to != "refuse@local.test"));
    let queue = firm.attention().await;
    assert_eq!(queue.len(), 1);
    assert_eq!(queue[0]["address"], "refuse@local.test");
    system.dead_letters(0).await;
}

#[tokio::test]
async fn late_shuffled_and_repeated_events_are_the_same_truth() {
    let to = ["success", "bounce", "complaint", "ooto", "suppressionlist"]
        .map(|name| format!("{name}@simulator.amazonses.com"));
    let system = System::start().await;
    system.faults(json!({ "events": { "duplicate": 7, "shuffle": true, "delay_ms": 60 } })).await;
    let firm = system.firm("roe");
    firm.send("1", json!({ "to": to, "subject": "One" })).await;
    let expected = [
        ("to:0", "sent", "delivered processed"),
        ("to:1", "rejected", "bounced processed"),
        ("to:2", "marked_spam", "complained delivered processed"),
        ("to:3", "sent", "auto_replied delivered processed"),
        ("to:4", "rejected", "dropped processed"),
    ];
    firm.history_when("1", "the truth", |history| {
        history["sends"].get(0).is_some()
            && expected.iter().all(|(position, sent_status, shown)| {
                let one = recipient(history, position);
                one["sent_status"] == *sent_status && sorted_statuses(one).join(" ") == *shown
            })
    })
    .await;
    system.dead_letters(0).await;
}
