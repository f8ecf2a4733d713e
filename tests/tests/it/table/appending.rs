//! Appending events: repeats, batches, full logs, and what is known of a message then.

use domain::digest::Digest;
use domain::event::{Bounce, BounceType, DropCause, Event, EventKind, UnsubscribedBy};
use domain::fold::Rare;
use domain::ids::SendId;
use domain::log::MAX_EVENTS;
use domain::recipient::Recipient;
use serde_json::json;
use table::Claim;
use tests::written::{at, event, firm, send_to, start as begin, stored, waiting};

use super::{ALL, append, attention, bounced, cost, deferred, delivered, dropped, start};

const ANN: &str = "ann@example.com";

fn events(recipient: &Recipient) -> Vec<Event> {
    let mut events: Vec<Event> = recipient.log.events().cloned().collect();
    events.sort();
    events
}

fn unknown(raw: &str) -> EventKind {
    EventKind::Unknown { name: "Teleport".to_owned(), raw: raw.to_owned() }
}

/// One of each kind, with all that it can tell.
fn every_kind() -> Vec<Event> {
    let detail = Some("smtp; 250 2.0.0 ok \u{2713}".to_owned());
    let kinds = vec![
        EventKind::Processed,
        EventKind::Deferred { delay_type: "General".to_owned(), until: Some(at(900)), detail: detail.clone() },
        EventKind::Bounce(Bounce {
            bounce_type: BounceType::Transient,
            sub_type: "General".to_owned(),
            feedback_id: Some("f-1".to_owned()),
            addresses: vec!["a@example.com".to_owned(), "b@example.com".to_owned()],
            detail: detail.clone(),
        }),
        EventKind::Delivered { detail: detail.clone() },
        EventKind::Complained {
            feedback_id: Some("f-2".to_owned()),
            feedback_type: None,
            sub_type: Some("OnAccountSuppressionList".to_owned()),
        },
        EventKind::Unsubscribed { by: UnsubscribedBy::Ses },
        EventKind::Dropped { cause: DropCause::Rejected("Bad content".to_owned()), detail },
        unknown("{\"raw\": \"\"}"),
    ];
    let mut events: Vec<Event> = (1i64..).zip(kinds).map(|(second, kind)| event(second, kind)).collect();
    events.sort();
    events
}

#[tokio::test]
async fn an_event_costs_one_update_and_is_read_back() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let mut known = Vec::new();
    for kind in [EventKind::Processed, deferred(), delivered(), unknown("{}"), dropped()] {
        let new = event(1, kind);
        let (appended, asked) = cost(&cloud, table.append(&key, std::slice::from_ref(&new), Some("m"), at(1))).await;
        known.push(new);
        known.sort();
        assert_eq!(asked, json!({ "UpdateItem": 1 }), "{known:?}");
        let appended = appended.unwrap().unwrap();
        assert_eq!(events(&appended), known);
        assert_eq!(stored(&table, &key).await, appended, "what it gives is what is there");
    }
}

#[tokio::test]
async fn a_batch_is_read_back_and_a_repeat_of_any_of_it_changes_nothing() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let all = every_kind();
    // The update, and the firm's suppression list for the complaint.
    let (appended, asked) = cost(&cloud, table.append(&key, &all, None, at(60))).await;
    assert_eq!(asked, json!({ "UpdateItem": 2 }));
    let appended = appended.unwrap().unwrap();
    assert_eq!((events(&appended), appended.attention_since), (all.clone(), Some(at(5))));
    let list = table.suppressions(&firm(), table::Listed::Active, None, ALL).await.unwrap();

    for batch in [all.as_slice(), &all[..1], &all[3..6], &[all[2].clone(), all[2].clone()]] {
        table.append(&key, batch, None, at(61)).await.unwrap();
        assert_eq!(stored(&table, &key).await, appended, "{batch:?}");
    }
    assert_eq!(attention(&table).await, std::slice::from_ref(&key));
    assert_eq!(table.suppressions(&firm(), table::Listed::Active, None, ALL).await.unwrap(), list);

    let mut more = vec![event(70, delivered()), all[0].clone()];
    let appended = append(&table, &key, &more).await;
    more.extend(all);
    more.sort();
    more.dedup();
    assert_eq!(events(&appended), more);
}

/// A first attempt that was given up may come in after its repetition, and after what happened since.
#[tokio::test]
async fn what_comes_again_after_later_events_leaves_the_indexes_as_they_are() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let processed = event(1, EventKind::Processed);
    let sha256 = Digest::of(b"mail");
    table.append_result(&key, processed.clone(), Some("m"), sha256, at(1)).await.unwrap();
    append(
        &table,
        &key,
        &[
            event(2, delivered()),
            event(3, EventKind::Complained { feedback_id: Some("f".to_owned()), feedback_type: None, sub_type: None }),
        ],
    )
    .await;
    let before = stored(&table, &key).await;
    assert_eq!((before.attention_since, before.rare), (Some(at(3)), Some(Rare::Failing)));
    let again = table.append_result(&key, processed, Some("m"), sha256, at(4));
    let (appended, asked) = cost(&cloud, again).await;
    assert_eq!((appended.unwrap(), asked), (Some(before.clone()), json!({ "UpdateItem": 1 })));
    assert_eq!(stored(&table, &key).await, before);
}

#[tokio::test]
async fn the_first_copy_that_came_stays_the_proof_of_an_event() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let copy = |record: &str| event(1, delivered()).with_source(Digest::of(record.as_bytes()));
    // In one batch, and later; with a record, and without.
    for batch in [vec![copy("first"), copy("second")], vec![copy("third")], vec![event(1, delivered())]] {
        let (appended, asked) = cost(&cloud, table.append(&key, &batch, None, at(2))).await;
        assert_eq!(asked, json!({ "UpdateItem": 1 }));
        assert_eq!(events(&appended.unwrap().unwrap()), [copy("first")]);
    }
    assert_eq!(events(&stored(&table, &key).await), [copy("first")]);
}

#[tokio::test]
async fn a_result_is_an_event_that_knows_its_message() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    assert_eq!(stored(&table, &key).await.message_sha256, None);
    let (handed_over, processed) = (Digest::of(b"MIME"), event(1, EventKind::Processed));
    let result = table.append_result(&key, processed.clone(), Some("m-1"), handed_over, at(1));
    let (appended, asked) = cost(&cloud, result).await;
    assert_eq!(asked, json!({ "UpdateItem": 1 }));
    let appended = appended.unwrap().unwrap();
    assert_eq!((appended.message_id.as_deref(), appended.message_sha256), (Some("m-1"), Some(handed_over)));
    assert_eq!((events(&appended), appended.outbox.settled), (vec![processed], true));
    assert_eq!(stored(&table, &key).await, appended);
    let missing = waiting("2", SendId::new(begin(), 0), 0, ANN).key;
    let nobody = table.append_result(&missing, event(1, EventKind::Processed), None, handed_over, at(1)).await;
    assert_eq!(nobody.unwrap(), None);
}

#[tokio::test]
async fn nobody_comes_to_be_by_an_event() {
    let (_cloud, table) = start().await;
    let missing = waiting("1", SendId::new(begin(), 0), 0, ANN).key;
    for kind in [EventKind::Processed, bounced(&[]), unknown("{}")] {
        assert_eq!(table.append(&missing, &[event(1, kind)], Some("m-1"), at(1)).await.unwrap(), None);
    }
    assert_eq!(table.recipient(&missing).await.unwrap(), None);
    assert_eq!(table.recipient_of_message("m-1").await.unwrap(), None);
    assert_eq!(table.suppressions(&firm(), table::Listed::Active, None, ALL).await.unwrap().suppressions, []);
}

#[tokio::test]
async fn a_message_leads_to_its_recipient_by_its_first_id() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let other = send_to(&table, "2", ANN).await;
    assert_eq!(table.recipient_of_message("m-1").await.unwrap(), None);
    for (key, id) in [(&key, "m-1"), (&other, "m-2"), (&key, "m-3")] {
        table.append(key, &[event(1, EventKind::Processed)], Some(id), at(1)).await.unwrap();
    }
    let (found, asked) = cost(&cloud, table.recipient_of_message("m-1")).await;
    assert_eq!((found.unwrap(), asked), (Some(key.clone()), json!({ "Query": 1 })));
    assert_eq!(table.recipient_of_message("m-2").await.unwrap(), Some(other));
    assert_eq!(table.recipient_of_message("m-3").await.unwrap(), None);
    assert_eq!(stored(&table, &key).await.message_id.as_deref(), Some("m-1"));
}

#[tokio::test]
async fn whatever_is_known_of_a_message_settles_it_and_an_unknown_event_does_not() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let Claim::Claimed(claimed) = table.claim(&key, at(1), at(900), "worker").await.unwrap() else {
        panic!("it waits")
    };
    assert_eq!(append(&table, &key, &[event(2, unknown("{}"))]).await.outbox, claimed.outbox);
    let settled = append(&table, &key, &[event(3, EventKind::Processed)]).await.outbox;
    assert_eq!((settled.settled, settled.attempts, settled.lease_until, settled.lease_by), (true, 1, None, None));
}

#[tokio::test]
async fn a_full_log_keeps_one_place_for_each_kind() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let many: Vec<Event> = (1i64..).take(MAX_EVENTS).map(|second| event(second, unknown("{}"))).collect();
    // As many in one update as a batch of the queue may bring, and more.
    for batch in many.chunks(MAX_EVENTS / 4) {
        append(&table, &key, batch).await;
    }
    let full = stored(&table, &key).await;
    assert_eq!(events(&full), many);

    // It is tried as usual first, and what is there already is not written again.
    let copies = [many[0].clone(), many[1].clone().with_source(Digest::of(b"another record"))];
    let (repeated, asked) = cost(&cloud, table.append(&key, &copies, None, at(200))).await;
    assert_eq!((repeated.unwrap().unwrap(), asked), (full, json!({ "UpdateItem": 1 })));

    let (appended, asked) = cost(&cloud, table.append(&key, &[event(300, delivered())], Some("m-1"), at(300))).await;
    let appended = appended.unwrap().unwrap();
    assert_eq!(asked, json!({ "UpdateItem": 2 }));
    assert_eq!((appended.outbox.settled, appended.attention_since), (true, None));
    assert_eq!(table.recipient_of_message("m-1").await.unwrap(), Some(key.clone()));
    for second in [301, 302] {
        append(&table, &key, &[event(second, delivered()), event(second, unknown("later"))]).await;
    }
    let mut expected = many;
    expected.extend([event(302, delivered()), event(302, unknown("later"))]);
    expected.sort();
    assert_eq!(events(&stored(&table, &key).await), expected);
}

#[tokio::test]
async fn events_at_the_same_moment_are_all_kept() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let all: Vec<Event> = (1..=8).map(|second| event(second, deferred())).collect();
    let writing: Vec<_> = all
        .iter()
        .map(|one| {
            let (table, key, one) = (table.clone(), key.clone(), one.clone());
            tokio::spawn(async move { table.append(&key, &[one], None, at(9)).await.unwrap().unwrap() })
        })
        .collect();
    for one in writing {
        one.await.unwrap();
    }
    let stored = stored(&table, &key).await;
    assert_eq!(events(&stored), all);
}
