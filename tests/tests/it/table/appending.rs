//! Appending events: repeats, batches, any order, full logs, and what follows from them.

use domain::event::{Bounce, BounceType, DropCause, Event, EventKind, SuppressionReason, UnsubscribedBy};
use domain::ids::{Kind, Position, RecipientKey, SendId};
use domain::log::MAX_EVENTS;
use domain::recipient::Recipient;
use jiff::Timestamp;
use serde_json::json;
use table::{Claim, Submitted, Table};
use tests::door::Trouble;
use tests::written::{at, event, firm, send_to, start as begin, stored, submit, waiting};

use super::{ALL, attention, bounced, complained, cost, deferred, delivered, dropped, start};

const ANN: &str = "ann@example.com";

async fn append(table: &Table, key: &RecipientKey, events: &[Event]) -> Recipient {
    let now = events.iter().map(|event| event.at).max().unwrap();
    table.append(key, events, None, now).await.unwrap().unwrap()
}

/// Since when each stands in the attention index.
async fn attention_since(table: &Table) -> Vec<Option<Timestamp>> {
    let page = table.attention(&firm(), None, ALL).await.unwrap();
    page.recipients.iter().map(|recipient| recipient.attention_since).collect()
}

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
    let list = table.suppressions(&firm(), None, ALL).await.unwrap();

    for batch in [all.as_slice(), &all[..1], &all[3..6], &[all[2].clone(), all[2].clone()]] {
        table.append(&key, batch, None, at(61)).await.unwrap();
        assert_eq!(stored(&table, &key).await, appended, "{batch:?}");
    }
    assert_eq!(attention(&table).await, std::slice::from_ref(&key));
    assert_eq!(table.suppressions(&firm(), None, ALL).await.unwrap(), list);

    let mut more = vec![event(70, delivered()), all[0].clone()];
    let appended = append(&table, &key, &more).await;
    more.extend(all);
    more.sort();
    more.dedup();
    assert_eq!(events(&appended), more);
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
    assert_eq!(table.suppressions(&firm(), None, ALL).await.unwrap().suppressions, []);
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
async fn the_queue_holds_who_failed_or_waits_since_when() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    assert_eq!(attention_since(&table).await, [Some(at(0))], "it is queued");
    append(&table, &key, &[event(1, EventKind::Processed)]).await;
    assert_eq!(attention_since(&table).await, []);
    // A delay repeats, and the first one counts.
    for second in [5, 9] {
        append(&table, &key, &[event(second, deferred())]).await;
        assert_eq!(attention_since(&table).await, [Some(at(5))]);
    }
    append(&table, &key, &[event(10, delivered())]).await;
    assert_eq!(attention_since(&table).await, []);
    append(&table, &key, &[event(20, complained())]).await;
    assert_eq!(attention_since(&table).await, [Some(at(20))]);
}

#[tokio::test]
async fn an_unusual_order_is_put_right_by_a_second_update() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    append(&table, &key, &[event(20, complained())]).await;
    // By itself a delivery takes out of the queue.
    let late = [event(10, delivered())];
    let (appended, asked) = cost(&cloud, table.append(&key, &late, None, at(21))).await;
    assert_eq!((appended.unwrap().unwrap().attention_since, asked), (Some(at(20)), json!({ "UpdateItem": 2 })));
    assert_eq!(attention_since(&table).await, [Some(at(20))]);
}

#[tokio::test]
async fn the_queue_is_not_corrected_by_who_has_read_an_older_log() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let old = append(&table, &key, &[event(1, EventKind::Processed)]).await;
    let new = append(&table, &key, &[event(2, dropped())]).await;
    let (left, asked) = cost(&cloud, table.set_attention(old, None)).await;
    assert_eq!((left.unwrap().attention_since, asked), (None, json!({ "UpdateItem": 1 })));
    assert_eq!(attention_since(&table).await, [Some(at(2))], "the log has grown since");

    let out = table.set_attention(new, None).await.unwrap();
    assert_eq!((out.attention_since, attention_since(&table).await), (None, vec![]));
    let back = table.set_attention(out, Some(at(7))).await.unwrap();
    assert_eq!((back.attention_since, attention_since(&table).await), (Some(at(7)), vec![Some(at(7))]));

    let missing = waiting("2", SendId::new(begin(), 0), 0, ANN);
    table.set_attention(missing.clone(), Some(at(8))).await.unwrap();
    assert_eq!(table.recipient(&missing.key).await.unwrap(), None);
    assert_eq!(attention_since(&table).await, [Some(at(7))]);
}

/// Writes a send that replaces a recipient.
async fn replace(table: &Table, seconds: i64, old: &Recipient) -> RecipientKey {
    let mut new = waiting("1", SendId::new(at(seconds), 0), 0, ANN);
    new.predecessor = Some((old.key.send, old.key.position));
    assert_eq!(submit(table, std::slice::from_ref(&new), Some(old)).await, Submitted::Done);
    new.key
}

#[tokio::test]
async fn a_result_relieves_everybody_whom_it_replaces() {
    let (cloud, table) = start().await;
    let first = send_to(&table, "1", ANN).await;
    let old = append(&table, &first, &[event(1, dropped())]).await;
    let second = replace(&table, 10, &old).await;
    let old = append(&table, &second, &[event(11, EventKind::Processed), event(12, deferred())]).await;
    let third = replace(&table, 20, &old).await;
    assert_eq!(attention(&table).await, [first.clone(), second.clone(), third.clone()]);

    // The event, and each of the two.
    let result = [event(21, delivered())];
    let (_, asked) = cost(&cloud, table.append(&third, &result, None, at(21))).await;
    assert_eq!((asked, attention(&table).await), (json!({ "UpdateItem": 3 }), vec![]));
    let relieved = stored(&table, &first).await;
    assert_eq!((relieved.relieved, stored(&table, &second).await.relieved), (true, true));
    // They stay out, whatever comes late, and a repeated result finds nothing to do.
    append(&table, &second, &[event(13, bounced(&[]))]).await;
    table.set_attention(relieved.clone(), Some(at(1))).await.unwrap();
    append(&table, &third, &result).await;
    assert_eq!((attention(&table).await, stored(&table, &first).await), (vec![], relieved));

    // A predecessor that is not there stands in nobody's way.
    let mut orphan = waiting("2", SendId::new(begin(), 0), 0, ANN);
    let (send, position) = (SendId::new(begin(), 9), Position { kind: Kind::Cc, index: 1 });
    orphan.predecessor = Some((send, position));
    assert_eq!(submit(&table, std::slice::from_ref(&orphan), None).await, Submitted::Done);
    append(&table, &orphan.key, &[event(1, delivered())]).await;
    assert_eq!(table.recipient(&RecipientKey { send, position, ..orphan.key }).await.unwrap(), None);
}

#[tokio::test]
async fn what_an_append_left_undone_is_done_by_following_up() {
    let (cloud, table) = start().await;
    let first = send_to(&table, "1", ANN).await;
    let old = append(&table, &first, &[event(1, dropped())]).await;
    let second = replace(&table, 10, &old).await;
    // The event comes through; then every attempt to write the suppression list fails.
    cloud.door().spoil(Trouble::Throttled, "UpdateItem", 1, 4);
    let events = [event(11, delivered()), event(12, complained())];
    let error = table.append(&second, &events, None, at(12)).await.unwrap_err();
    assert!(error.is_busy(), "{error:?}");
    assert_eq!(table.suppressions(&firm(), None, ALL).await.unwrap().suppressions, []);
    assert!(!stored(&table, &first).await.relieved);

    let left = stored(&table, &second).await;
    let followed = table.follow_up(left.clone(), at(13)).await.unwrap();
    assert_eq!(followed, left);
    let list = table.suppressions(&firm(), None, ALL).await.unwrap().suppressions;
    assert_eq!(list.iter().map(|entry| entry.reason).collect::<Vec<_>>(), [SuppressionReason::Complained]);
    assert_eq!(attention(&table).await, std::slice::from_ref(&second));
    // And nothing is done twice.
    let relieved = stored(&table, &first).await;
    assert_eq!(table.follow_up(followed, at(14)).await.unwrap(), left);
    assert_eq!((stored(&table, &first).await, stored(&table, &second).await), (relieved, left));
    assert_eq!(table.suppressions(&firm(), None, ALL).await.unwrap().suppressions, list);
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
    let (repeated, asked) = cost(&cloud, table.append(&key, &many[..2], None, at(200))).await;
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
