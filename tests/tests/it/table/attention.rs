//! The work queue as events change it: who stands in it since when, whom a result relieves, and what was left undone.

use domain::event::{EventKind, SuppressionReason};
use domain::ids::{Kind, Position, RecipientKey, SendId};
use domain::recipient::Recipient;
use jiff::Timestamp;
use serde_json::json;
use table::{Submitted, Table};
use tests::door::Trouble;
use tests::written::{at, event, firm, send_to, start as begin, stored, submit, waiting};

use super::{ALL, append, attention, bounced, complained, cost, deferred, delivered, dropped, start};

const ANN: &str = "ann@example.com";

/// Since when each stands in the attention index.
async fn attention_since(table: &Table) -> Vec<Option<Timestamp>> {
    let page = table.attention(&firm(), None, ALL).await.unwrap();
    page.recipients.iter().map(|recipient| recipient.attention_since).collect()
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
    assert_eq!(table.suppressions(&firm(), table::Listed::Active, None, ALL).await.unwrap().suppressions, []);
    assert!(!stored(&table, &first).await.relieved);

    let left = stored(&table, &second).await;
    let followed = table.follow_up(left.clone(), at(13)).await.unwrap();
    assert_eq!(followed, left);
    let list = table.suppressions(&firm(), table::Listed::Active, None, ALL).await.unwrap().suppressions;
    assert_eq!(list.iter().map(|entry| entry.reason).collect::<Vec<_>>(), [SuppressionReason::Complained]);
    assert_eq!(attention(&table).await, std::slice::from_ref(&second));
    // And nothing is done twice.
    let relieved = stored(&table, &first).await;
    assert_eq!(table.follow_up(followed, at(14)).await.unwrap(), left);
    assert_eq!((stored(&table, &first).await, stored(&table, &second).await), (relieved, left));
    assert_eq!(table.suppressions(&firm(), table::Listed::Active, None, ALL).await.unwrap().suppressions, list);
}
