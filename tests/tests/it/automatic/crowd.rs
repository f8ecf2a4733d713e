//! The end of a month on a small scale: many invoices are final at once while things go wrong, and each goes out once.

use std::collections::BTreeMap;

use serde_json::json;
use tests::{Answer, System, until};
use tokio::task::JoinSet;

use super::{automatic, event_request, finalize_request, subject, tell_invoice};

const INVOICES: usize = 60;

/// How often a request is made again that was answered 503.
const MOST_TRIES: usize = 50;

#[tokio::test]
async fn of_many_invoices_that_are_final_at_once_none_is_lost_and_none_goes_twice() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let invoices: Vec<String> = (0..INVOICES).map(|number| format!("{number:03}")).collect();
    for invoice in &invoices {
        tell_invoice(&firm, invoice, "acme").await;
    }
    // Of SES's only so many that it takes each mail at the third try: after more `watch` has it half a minute later.
    let faults = json!({
        "table": { "throttle": 60, "error": 40 },
        "ses": { "throttle": 2, "error": 1, "lose_answer": 3 },
        "events": { "duplicate": 2, "shuffle": true },
    });
    system.faults(faults).await;
    let mut tellers = JoinSet::new();
    for (number, invoice) in invoices.iter().enumerate() {
        // By one door, by the other, by both.
        if number % 3 != 0 {
            let request = finalize_request(&firm, invoice);
            tellers.spawn(async move {
                for _ in 0..MOST_TRIES {
                    let answer = Answer::of(request.try_clone().unwrap()).await;
                    if answer.status != 503 {
                        assert!(answer.expect(202)["send"].is_string());
                        return;
                    }
                }
                panic!("{MOST_TRIES} times 503");
            });
        }
        if number % 3 != 1 {
            let request = event_request(&system, "roe", invoice);
            // What failed is tried again by itself.
            tellers.spawn(async move { assert_eq!(Answer::of(request).await.status, 200) });
        }
    }
    tellers.join_all().await;

    let expected: BTreeMap<String, usize> = invoices.iter().map(|invoice| (subject(invoice), 1)).collect();
    let mails = async || {
        let mut mails = BTreeMap::new();
        for mail in system.mailbox().await {
            *mails.entry(mail.subject).or_insert(0) += 1;
        }
        mails
    };
    until("each invoice has a mail", async || {
        let mails = mails().await;
        let lacking: Vec<_> = expected.keys().filter(|subject| !mails.contains_key(*subject)).collect();
        if lacking.is_empty() { Ok(()) } else { Err(format!("without a mail: {lacking:?}")) }
    })
    .await;
    // Whatever was unsure of its mail has found out by then.
    for invoice in &invoices {
        firm.history_with(invoice, "delivered").await;
    }
    firm.attention_when("empty", <[_]>::is_empty).await;
    system.faults(json!({})).await;
    system.settled().await;
    assert_eq!(mails().await, expected);
    for invoice in &invoices {
        let answer = firm.finalize(invoice).await.expect(202);
        let sends = firm.history(invoice).await["sends"].as_array().unwrap().clone();
        assert_eq!((sends.len(), &sends[0]["send"]), (1, &answer["send"]), "{invoice}");
    }
    system.dead_letters(0).await;
    assert_eq!(mails().await, expected);
}
