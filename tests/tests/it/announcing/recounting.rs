//! Recounts: what the counters lack is found, and put right if that is wanted.

use domain::ids::SendId;
use follow::Follow;
use lambda::Call;
use serde_json::{Value, json};
use table::{Selection, Span, Submitted};
use tests::cloud::Cloud;
use tests::written::{at, firm, start, submit, waiting};

async fn recount(follow: &Follow, more: Value) -> Value {
    let mut asked = json!({ "firm": "roe", "from": "2026-11-20", "to": "2026-11-22", "pause_seconds": 0 });
    asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    follow.handle(json!({ "recount": asked }), Call::new(start(), 7)).await.unwrap()
}

#[tokio::test]
async fn what_was_never_counted_is_found_and_put_right_once() {
    let cloud = Cloud::start().await;
    let (table, follow) = (cloud.table(), Follow::from_environment(&cloud.environment()).unwrap());
    for invoice in 0..3u8 {
        let recipient = waiting(&invoice.to_string(), SendId::new(at(0), invoice.into()), 0, "ann@example.com");
        assert_eq!(submit(&table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
    }
    let differences = json!([{
        "from": "2026-11-21T23:00:00.000Z", "sent_status": "queued", "evidence": "none", "counted": 0, "recipients": 3,
    }]);
    let expected = |corrected: u8| {
        json!({
            "firm": "roe", "from": "2026-11-20", "to": "2026-11-22", "recipients": 3, "differences": differences,
            "different": 1, "corrected": corrected, "unsettled": 0, "misplaced": 0, "replaced": 0, "listed": 0,
            "unlisted": 0, "next": null,
            "attention": {
                "counted": 0, "recipients": 3, "different": 1, "corrected": corrected, "unsettled": 0,
                "differences": [{ "sent_status": "queued", "counted": 0, "recipients": 3 }],
            },
        })
    };
    assert_eq!(recount(&follow, json!({})).await, expected(0));
    assert_eq!(recount(&follow, json!({ "correct": true })).await, expected(1));
    let right = recount(&follow, json!({ "correct": true })).await;
    assert_eq!((&right["different"], &right["differences"], &right["corrected"]), (&json!(0), &json!([]), &json!(0)));
    let attention = json!({
        "counted": 3, "recipients": 3, "different": 0, "corrected": 0, "unsettled": 0, "differences": [],
    });
    assert_eq!(right["attention"], attention);
    assert_eq!(recount(&follow, json!({ "attention": false })).await["attention"], Value::Null);
    // Another firm has nothing of it.
    let other = recount(&follow, json!({ "firm": "doe" })).await;
    assert_eq!((&other["recipients"], &other["different"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn what_is_older_than_the_indexes_is_listed() {
    let cloud = Cloud::start().await;
    let (table, follow) = (cloud.table(), Follow::from_environment(&cloud.environment()).unwrap());
    for invoice in 0..3u8 {
        let recipient = waiting(&format!("i{invoice}"), SendId::new(at(0), invoice.into()), 0, "ann@example.com");
        assert_eq!(submit(&table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
    }
    cloud.take_away("i1", &["rare_pk", "client_pk", "address_pk"]).await;
    let found = async || {
        let span = Span { from: start(), until: at(60) };
        let selection = Selection::Address("ann@example.com".to_owned());
        table.report(&firm(), &span, &selection, None, 100).await.unwrap().recipients.len()
    };
    assert_eq!(found().await, 2);
    assert_eq!(recount(&follow, json!({})).await["listed"], 0);
    assert_eq!(recount(&follow, json!({ "list": true })).await["listed"], 1);
    assert_eq!((found().await, recount(&follow, json!({ "list": true })).await["listed"].clone()), (3, json!(0)));
}

#[tokio::test]
async fn what_stands_in_the_wrong_place_is_put_right() {
    let cloud = Cloud::start().await;
    let (table, follow) = (cloud.table(), Follow::from_environment(&cloud.environment()).unwrap());
    let recipient = waiting("i1", SendId::new(at(0), 1), 0, "ann@example.com");
    assert_eq!(submit(&table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
    cloud.take_away("i1", &["rare_pk"]).await;
    let found = async |asked: Value| {
        let found = recount(&follow, asked).await;
        (found["misplaced"].clone(), found["replaced"].clone())
    };
    assert_eq!(found(json!({})).await, (json!(1), json!(0)));
    assert_eq!(found(json!({ "correct": true })).await, (json!(1), json!(1)));
    assert_eq!(found(json!({ "correct": true })).await, (json!(0), json!(0)));
}

#[tokio::test]
async fn a_busy_day_is_counted_by_the_hour() {
    let cloud = Cloud::start().await;
    let (table, follow) = (cloud.table(), Follow::from_environment(&cloud.environment()).unwrap());
    // More than one query gives, in two hours.
    for send in 0..24u16 {
        let seconds = if send < 12 { 0 } else { 3600 };
        let id = SendId::new(at(seconds), send.into());
        let recipients: Vec<_> =
            (0..45).map(|index| waiting(&format!("i{send}"), id, index, &format!("a{index}@example.com"))).collect();
        assert_eq!(submit(&table, &recipients, None).await, Submitted::Done);
    }
    let found = recount(&follow, json!({ "correct": true })).await;
    assert_eq!((&found["recipients"], &found["corrected"]), (&json!(1080), &json!(2)), "{found:#}");
    let found = recount(&follow, json!({ "from": "2026-11-22T00" })).await;
    assert_eq!((&found["recipients"], &found["different"]), (&json!(540), &json!(0)), "{found:#}");
}

#[tokio::test]
async fn a_call_that_is_no_batch_and_no_recount_is_refused() {
    let cloud = Cloud::start().await;
    let follow = Follow::from_environment(&cloud.environment()).unwrap();
    for (event, named) in [
        (json!({}), "no Records"),
        (json!({ "Records": [] }), "TumblingWindowInSeconds"),
        (json!({ "recount": { "firm": "roe" } }), "from"),
    ] {
        let error = follow.handle(event, Call::new(start(), 7)).await.unwrap_err();
        assert!(lambda::log::chain(&error).contains(named), "{}", lambda::log::chain(&error));
    }
}
