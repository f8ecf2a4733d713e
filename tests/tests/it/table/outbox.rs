//! The outbox: claims, what becomes of them, and what is due.

use domain::digest::Digest;
use domain::event::{DropCause, EventKind};
use domain::ids::{RecipientKey, SendId};
use domain::recipient::{Outbox, Recipient};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use table::{Claim, DUE_SHARDS, Due, Redrive, Submitted, Table, parse_stream_keys};
use tests::door::Trouble;
use tests::written::{at, event, send_to, start as begin, stored, submit, waiting};

use super::{ALL, cost, start};

/// After how long a new recipient is looked at.
const FIRST_LOOK: i64 = 5 * 60;

async fn claimed(table: &Table, key: &RecipientKey, now: i64, owner: &str) -> Box<Recipient> {
    match table.claim(key, at(now), at(now + 900), owner).await.unwrap() {
        Claim::Claimed(recipient) => recipient,
        other => panic!("{other:?}"),
    }
}

/// What is due in any shard by a time, and nothing twice.
async fn due(table: &Table, now: Timestamp) -> Vec<RecipientKey> {
    let mut keys = Vec::new();
    for shard in 0..DUE_SHARDS {
        let due = table.due(shard, now, None, ALL).await.unwrap().due;
        keys.extend(due.into_iter().map(|due| match due {
            Due::Recipient(key) => key,
            Due::Chore(chore) => panic!("nobody asked for {chore:?}"),
        }));
    }
    keys
}

/// At which second the recipient is due: not before it, and then.
async fn is_due_at(table: &Table, key: &RecipientKey, second: i64) {
    assert_eq!(due(table, at(second) - SignedDuration::from_millis(1)).await, [], "too early");
    assert_eq!(due(table, at(second)).await, std::slice::from_ref(key), "too late");
}

#[tokio::test]
async fn a_claim_is_one_workers_until_it_ends() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    let (first, asked) = cost(&cloud, claimed(&table, &key, 1, "one")).await;
    assert_eq!(asked, json!({ "UpdateItem": 1 }));
    let outbox = Outbox { settled: false, attempts: 1, lease_until: Some(at(901)), lease_by: Some("one".to_owned()) };
    assert_eq!(first.outbox, outbox);
    assert_eq!(stored(&table, &key).await, *first);
    // The same worker's repetition is the same claim; with another lease it is another attempt.
    assert_eq!(claimed(&table, &key, 1, "one").await, first);
    for (now, owner) in [(2, "one"), (1, "two"), (901, "two")] {
        assert_eq!(table.claim(&key, at(now), at(now + 900), owner).await.unwrap(), Claim::Taken, "{now} {owner}");
    }
    assert_eq!(stored(&table, &key).await, *first);
    // When it has ended and somebody drives the recipient again, it is free.
    assert_eq!(table.redrive(&key, at(901), at(1000)).await.unwrap(), Redrive::Driven);
    let second = claimed(&table, &key, 901, "two").await;
    assert_eq!((second.outbox.attempts, second.outbox.lease_by.as_deref()), (2, Some("two")));

    table.append(&key, &[event(902, EventKind::Processed)], Some("m-1"), at(902)).await.unwrap();
    let settled = Claim::Settled(Box::new(stored(&table, &key).await));
    assert_eq!(table.claim(&key, at(903), at(1803), "three").await.unwrap(), settled);
}

#[tokio::test]
async fn nobody_comes_to_be_by_the_outbox() {
    let (_cloud, table) = start().await;
    let missing = waiting("1", SendId::new(begin(), 0), 0, "ann@example.com");
    assert_eq!(table.claim(&missing.key, at(1), at(901), "one").await.unwrap(), Claim::Missing);
    assert_eq!(table.redrive(&missing.key, at(1), at(60)).await.unwrap(), Redrive::Missing);
    table.look_again(&missing.key, Some(at(60))).await.unwrap();
    let mut held = missing.clone();
    (held.outbox.lease_by, held.outbox.lease_until) = (Some("one".to_owned()), Some(at(901)));
    table.release(&held, at(60)).await.unwrap();
    table.await_event(&held, Digest::of(b"MIME")).await.unwrap();
    assert_eq!(table.recipient(&missing.key).await.unwrap(), None);
    assert_eq!(due(&table, Timestamp::MAX).await, []);
}

#[tokio::test]
async fn of_many_workers_one_has_the_claim() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    let workers: Vec<_> = (0..8)
        .map(|number| {
            let (table, key) = (table.clone(), key.clone());
            tokio::spawn(async move { table.claim(&key, at(1), at(901), &number.to_string()).await.unwrap() })
        })
        .collect();
    let mut won = 0;
    for worker in workers {
        match worker.await.unwrap() {
            Claim::Claimed(_) => won += 1,
            other => assert_eq!(other, Claim::Taken),
        }
    }
    assert_eq!((won, stored(&table, &key).await.outbox.attempts), (1, 1));
}

#[tokio::test]
async fn what_is_given_back_waits_for_its_time() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    is_due_at(&table, &key, FIRST_LOOK).await;
    let held = claimed(&table, &key, 1, "one").await;
    let (released, asked) = cost(&cloud, table.release(&held, at(31))).await;
    released.unwrap();
    assert_eq!(asked, json!({ "UpdateItem": 1 }));
    let free = stored(&table, &key).await;
    assert_eq!(free.outbox, Outbox { attempts: 1, ..Outbox::default() });
    is_due_at(&table, &key, 31).await;
    // Nothing asks for it to be sent before it is driven again.
    assert_eq!(table.claim(&key, at(30), at(930), "two").await.unwrap(), Claim::Taken);
    let (driven, asked) = cost(&cloud, table.redrive(&key, at(31), at(331))).await;
    assert_eq!((driven.unwrap(), asked), (Redrive::Driven, json!({ "UpdateItem": 1 })));
    is_due_at(&table, &key, 331).await;

    // Who held it before may come late.
    let other = claimed(&table, &key, 32, "two").await;
    table.release(&held, at(40)).await.unwrap();
    table.await_event(&held, Digest::of(b"MIME")).await.unwrap();
    assert_eq!(stored(&table, &key).await, *other);
    is_due_at(&table, &key, 331).await;
}

#[tokio::test]
async fn who_does_not_hold_the_lease_any_more_drops_nobody() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    let late = claimed(&table, &key, 1, "one").await;
    table.redrive(&key, at(901), at(1201)).await.unwrap();
    let held = claimed(&table, &key, 902, "two").await;
    let refused = || DropCause::Refused("MessageRejected".to_owned());
    let (dropped, asked) = cost(&cloud, table.drop_claimed(&late, DropCause::GaveUp, None, None, at(903))).await;
    assert_eq!((dropped.unwrap(), asked), (false, json!({ "UpdateItem": 1 })));
    assert_eq!(stored(&table, &key).await, *held);
    is_due_at(&table, &key, 1201).await;

    // Nor does who holds it, once somebody has told that SES has the message.
    let sent = table.append(&key, &[event(904, EventKind::Processed)], None, at(904)).await.unwrap().unwrap();
    for worker in [&late, &held] {
        let sha256 = Some(Digest::of(b"MIME"));
        assert!(!table.drop_claimed(worker, refused(), None, sha256, at(905)).await.unwrap());
    }
    assert_eq!(stored(&table, &key).await, sent);
}

#[tokio::test]
async fn who_holds_the_lease_drops_once_though_the_answer_is_lost() {
    let (cloud, table) = start().await;
    for (invoice, trouble) in [("1", None), ("2", Some(Trouble::AnswerLost))] {
        let key = send_to(&table, invoice, "ann@example.com").await;
        let held = claimed(&table, &key, 1, "one").await;
        if let Some(trouble) = trouble {
            cloud.door().spoil(trouble, "UpdateItem", 0, 1);
        }
        let (cause, sha256) = (DropCause::Refused("MessageRejected".to_owned()), Digest::of(b"MIME"));
        let dropping = table.drop_claimed(&held, cause.clone(), Some("no".to_owned()), Some(sha256), at(2));
        let (dropped, asked) = cost(&cloud, dropping).await;
        assert_eq!((dropped.unwrap(), asked), (true, json!({ "UpdateItem": if trouble.is_some() { 2 } else { 1 } })));
        let stored = stored(&table, &key).await;
        let event = event(2, EventKind::Dropped { cause, detail: Some("no".to_owned()) });
        assert_eq!(stored.log.events().collect::<Vec<_>>(), [&event]);
        assert_eq!((stored.message_sha256, stored.attention_since), (Some(sha256), Some(at(2))));
        assert!(stored.outbox.settled && stored.outbox.lease_by.is_none());
        assert_eq!(due(&table, Timestamp::MAX).await, []);
    }
}

#[tokio::test]
async fn what_is_unanswered_waits_for_the_end_of_its_lease() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    let held = claimed(&table, &key, 1, "one").await;
    let handed_over = Digest::of(b"MIME");
    let (awaiting, asked) = cost(&cloud, table.await_event(&held, handed_over)).await;
    awaiting.unwrap();
    assert_eq!(asked, json!({ "UpdateItem": 1 }));
    let held = Box::new(Recipient { message_sha256: Some(handed_over), ..*held });
    is_due_at(&table, &key, 901).await;
    assert_eq!(table.redrive(&key, at(900), at(1000)).await.unwrap(), Redrive::NotNow(held.clone()));
    is_due_at(&table, &key, 901).await;

    let accepted = event(100, EventKind::Processed);
    let settled = table.append(&key, &[accepted], None, at(100)).await.unwrap().unwrap();
    assert_eq!(table.redrive(&key, at(901), at(1000)).await.unwrap(), Redrive::NotNow(Box::new(settled.clone())));
    // Nor does the worker who comes back from its call bring it into the outbox again.
    table.await_event(&held, Digest::of(b"other")).await.unwrap();
    table.release(&held, at(31)).await.unwrap();
    assert_eq!(stored(&table, &key).await, settled);
    is_due_at(&table, &key, 901).await;
}

#[tokio::test]
async fn what_was_handed_over_is_known_though_an_event_told_first() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    let held = claimed(&table, &key, 1, "one").await;
    let settled = table.append(&key, &[event(2, EventKind::Processed)], Some("m-1"), at(2)).await.unwrap().unwrap();
    let (awaiting, asked) = cost(&cloud, table.await_event(&held, Digest::of(b"MIME"))).await;
    awaiting.unwrap();
    assert_eq!(asked, json!({ "UpdateItem": 2 }));
    let known = Recipient { message_sha256: Some(Digest::of(b"MIME")), ..settled };
    assert_eq!(stored(&table, &key).await, known);
    table.await_event(&held, Digest::of(b"other")).await.unwrap();
    assert_eq!(stored(&table, &key).await, known, "the first stays");
}

#[tokio::test]
async fn what_is_looked_at_says_when_next_if_at_all() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    let (looked, asked) = cost(&cloud, table.look_again(&key, Some(at(86_400)))).await;
    looked.unwrap();
    assert_eq!(asked, json!({ "UpdateItem": 1 }));
    is_due_at(&table, &key, 86_400).await;
    for _ in 0..2 {
        table.look_again(&key, None).await.unwrap();
        assert_eq!(due(&table, Timestamp::MAX).await, []);
    }
}

#[tokio::test]
async fn what_is_due_comes_page_by_page_the_longest_overdue_first() {
    let (cloud, table) = start().await;
    // One send, one shard. Three of them at the same moment, across the end of a page.
    let recipients: Vec<Recipient> =
        (0..7).map(|index| waiting("1", SendId::new(begin(), 3), index, "ann@example.com")).collect();
    assert_eq!(submit(&table, &recipients, None).await, Submitted::Done);
    for (recipient, second) in recipients.iter().zip([30, 20, 20, 20, 10, 40, 41]) {
        table.look_again(&recipient.key, Some(at(second))).await.unwrap();
    }
    let mut of_shards = Vec::new();
    for shard in 0..DUE_SHARDS {
        of_shards.push(table.due(shard, at(40), None, ALL).await.unwrap().due.len());
    }
    assert_eq!(of_shards, [0, 0, 0, 6, 0, 0, 0, 0]);

    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let (page, asked) = cost(&cloud, table.due(3, at(40), after, 2)).await;
        let page = page.unwrap();
        assert_eq!(asked, json!({ "Query": 1 }));
        assert!(page.due.len() <= 2, "{page:?}");
        found.extend(page.due);
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            break;
        }
        assert!(pages < 6, "no end");
    }
    let index = |due: &Due| match due {
        Due::Recipient(key) => key.position.index,
        Due::Chore(chore) => panic!("nobody asked for {chore:?}"),
    };
    let indexes: Vec<u8> = found.iter().map(index).collect();
    assert_eq!((indexes[0], &indexes[4..]), (4, [0, 5].as_slice()));
    let mut same_moment = indexes[1..4].to_vec();
    same_moment.sort_unstable();
    assert_eq!(same_moment, [1, 2, 3]);
}

#[tokio::test]
async fn a_record_of_the_stream_names_its_recipient() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    let stream = cloud.to_be_sent().await;
    let keys = &stream["Records"][0]["dynamodb"]["Keys"];
    let part = |name: &str| keys[name]["S"].as_str().unwrap();
    assert_eq!(parse_stream_keys(part("pk"), part("sk")), Some(key.clone()));
    claimed(&table, &key, 1, "one").await;
    assert_eq!(cloud.to_be_sent().await, json!({ "Records": [] }), "a claim is no call for another one");
}
