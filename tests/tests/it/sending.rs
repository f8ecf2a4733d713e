//! Sending step by step, against a table that fails at each of them: everybody gets one mail, and the log says so.

use domain::event::{DropCause, EventKind};
use domain::fold::{SentStatus, Status, fold};
use domain::ids::{RecipientKey, SendId};
use jiff::Timestamp;
use lambda::Call;
use record::Record;
use send::Send;
use serde_json::{Value, json};
use table::{Claim, Submitted, Table};
use tests::cloud::Cloud;
use tests::door::Trouble;
use tests::ses::{Event, Format};
use tests::written::{at, event, firm, send_to, stored, submit, waiting};
use watch::Watch;

/// More than the retries of the SDK and of the stream together.
const MOST_ROUNDS: i64 = 10;

/// The functions that a mail passes through, without a stream or a queue between them.
struct Functions {
    cloud: Cloud,
    table: Table,
    send: Send,
    record: Record,
    watch: Watch,
}

impl Functions {
    async fn start() -> Self {
        let cloud = Cloud::start().await;
        let environment = cloud.environment();
        Self {
            table: cloud.table(),
            send: Send::from_environment(&environment).unwrap(),
            record: Record::from_environment(&environment).unwrap(),
            watch: Watch::from_environment(&environment).unwrap(),
            cloud,
        }
    }

    /// Brings a batch of the stream to `send` until no record of it fails.
    async fn send(&self, stream: &Value, now: Timestamp) {
        for round in 0..MOST_ROUNDS {
            let random = now.as_millisecond().unsigned_abs() + round.unsigned_abs();
            let answer = self.send.handle(stream.clone(), Call::new(now, random.into())).await.unwrap();
            if answer["batchItemFailures"] == json!([]) {
                return;
            }
        }
        panic!("the stream gives up");
    }

    /// Lets time pass in steps of five minutes until nothing is left to be sent; SES's Send events come at once.
    async fn run(&self, key: &RecipientKey) {
        for step in 0..MOST_ROUNDS {
            let now = at(step * 300);
            self.watch.handle(json!({}), Call::new(now, 0)).await.unwrap();
            self.send(&self.cloud.to_be_sent().await, now).await;
            for mail in self.cloud.mails() {
                let body = Event::send(&mail).body(Format::Published);
                self.record.handle_message(&body, Call::new(now, 0)).await.unwrap();
            }
            if stored(&self.table, key).await.outbox.settled {
                return;
            }
        }
        panic!("it is never sent");
    }
}

#[tokio::test]
async fn a_table_that_fails_at_any_step_delays_and_repeats_nothing() {
    for (step, operation, spared) in [("body", "GetItem", 0), ("claim", "UpdateItem", 0), ("append", "UpdateItem", 1)] {
        for trouble in [Trouble::Throttled, Trouble::AnswerLost] {
            for count in 1..=5 {
                let case = format!("{step}: {count} times {trouble:?}");
                let functions = Functions::start().await;
                let key = send_to(&functions.table, "1", "ann@example.com").await;
                functions.cloud.door().spoil(trouble, operation, spared, count);
                functions.send(&functions.cloud.to_be_sent().await, at(0)).await;
                functions.run(&key).await;
                assert_eq!(functions.cloud.door().still_to_be_spoilt(), 0, "{case}");

                let mails = functions.cloud.mails();
                assert_eq!(mails.len(), 1, "{case}");
                let recipient = stored(&functions.table, &key).await;
                let view = fold(&recipient, at(1));
                let shown: Vec<Status> = view.statuses.iter().map(|entry| entry.status).collect();
                assert_eq!((view.sent_status, shown), (SentStatus::Sent, vec![Status::Processed]), "{case}");
                assert_eq!(recipient.message_id.as_ref(), Some(&mails[0].message_id), "{case}");
                assert_eq!(functions.table.attention(&firm(), None, 10).await.unwrap().recipients, [], "{case}");
                // Nor does anything later send it again.
                functions.watch.handle(json!({}), Call::new(at(3600), 0)).await.unwrap();
                assert_eq!(functions.cloud.to_be_sent().await, json!({ "Records": [] }), "{case}");
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_given_up_with_a_reason_and_holds_up_nobody() {
    const HOUR: i64 = 3600;
    let functions = Functions::start().await;
    let Functions { cloud, table, watch, send, .. } = &functions;
    let spoilt = send_to(table, "1", "ann@example.com").await;
    cloud.spoil_all("to").await;
    let good = send_to(table, "2", "bob@example.com").await;
    let (mut attempts, mut minutes) = (0, 0);
    let view = loop {
        let now = at(minutes * 60);
        watch.handle(json!({}), Call::new(now, 0)).await.unwrap();
        let answer = send.handle(cloud.to_be_sent().await, Call::new(now, now.as_millisecond().unsigned_abs().into()));
        assert_eq!(answer.await.unwrap(), json!({ "batchItemFailures": [] }), "the stream goes on");
        let recipient = stored(table, &spoilt).await;
        let view = fold(&recipient, now);
        if view.sent_status != SentStatus::Queued {
            break view;
        }
        assert!(minutes < 28 * 60, "it is tried for ever");
        attempts = recipient.outbox.attempts;
        minutes += 15;
    };
    assert!(minutes * 60 > 26 * HOUR, "given up after {minutes} minutes");
    assert!((20..80).contains(&attempts), "{attempts} attempts in a day");
    let (reason, next) = (view.reason.unwrap(), view.next_action.unwrap());
    assert!(reason.contains("could not be read") && !reason.contains("Amazon"), "{reason}");
    assert_eq!((view.sent_status, next.as_str()), (SentStatus::Rejected, "send_again"));
    let queue = table.attention(&firm(), None, 10).await.unwrap().recipients;
    assert!(queue.into_iter().any(|one| one.key == spoilt));
    let mails: Vec<String> = cloud.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(mails, ["bob@example.com"]);
    assert_eq!(stored(table, &good).await.outbox.attempts, 1);
}

#[tokio::test]
async fn a_replaced_recipient_that_still_waited_never_leaves() {
    let functions = Functions::start().await;
    let Functions { cloud, table, watch, .. } = &functions;
    let key = send_to(table, "1", "old@example.com").await;
    let stream_of_old = cloud.to_be_sent().await;
    let Claim::Claimed(claimed) = table.claim(&key, at(1), at(900), "worker").await.unwrap() else {
        panic!("it waits")
    };
    // SES asked to come later; the next attempt is due in half a minute.
    table.release(&claimed, at(31)).await.unwrap();

    let new = waiting("1", SendId::new(at(10), 0), 0, "new@example.com");
    let old = stored(table, &key).await;
    assert_eq!(submit(table, std::slice::from_ref(&new), Some(&old)).await, Submitted::Done);
    let old = stored(table, &key).await;
    let view = fold(&old, at(10));
    assert_eq!(
        (old.superseded_by, view.next_action, view.sent_status),
        (Some(new.key.send), None, SentStatus::Rejected)
    );
    let superseded = event(10, EventKind::Dropped { cause: DropCause::Superseded, detail: None });
    assert_eq!(old.log.events().collect::<Vec<_>>(), [&superseded]);

    // Neither an old record of the stream nor `watch` brings it back, be it hours later.
    functions.send(&stream_of_old, at(11)).await;
    assert_eq!(cloud.mails().len(), 0);
    functions.run(&new.key).await;
    for now in [at(31), at(600), at(3 * 3600)] {
        watch.handle(json!({}), Call::new(now, 0)).await.unwrap();
        functions.send(&cloud.to_be_sent().await, now).await;
        functions.send(&stream_of_old, now).await;
    }
    let reached: Vec<String> = cloud.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(reached, ["new@example.com"]);
    let queue = table.attention(&firm(), None, 10).await.unwrap().recipients;
    assert_eq!(queue.iter().filter(|one| one.key == key).count(), 0);
}

#[tokio::test]
async fn nobody_is_replaced_while_ses_may_be_taking_the_message() {
    let functions = Functions::start().await;
    let table = &functions.table;
    let key = send_to(table, "1", "old@example.com").await;
    let before = stored(table, &key).await;
    let Claim::Claimed(claimed) = table.claim(&key, at(1), at(900), "worker").await.unwrap() else {
        panic!("it waits")
    };
    let mut new = waiting("1", SendId::new(at(899), 0), 0, "new@example.com");
    // Whether it was read before the claim or after it.
    for old in [&before, &claimed] {
        assert_eq!(submit(table, std::slice::from_ref(&new), Some(old)).await, Submitted::NotSuperseded);
    }
    assert_eq!(stored(table, &key).await, *claimed);
    assert_eq!(table.recipient(&new.key).await.unwrap(), None);
    new.key.send = SendId::new(at(900), 0);
    assert_eq!(submit(table, std::slice::from_ref(&new), Some(&claimed)).await, Submitted::Done);
}
