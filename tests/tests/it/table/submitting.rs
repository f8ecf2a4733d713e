//! Writing sends, and reading what decides about one.

use std::collections::BTreeMap;

use domain::address::{Address, MAX_RECIPIENTS};
use domain::event::{DropCause, EventKind, SuppressionReason};
use domain::facts::{Facts, RawFacts};
use domain::ids::{Kind, Position, SendId};
use domain::log::Log;
use domain::message::Look;
use domain::recipient::{Outbox, Recipient, Source};
use jiff::Timestamp;
use serde_json::json;
use table::{Body, IdempotencyRecord, NewSend, Once, Preparation, Prepared, RecentSend, Submitted, Table, TableError};
use tests::door::Trouble;
use tests::written::{at, event, firm, send_to, start as begin, stored, submit, waiting};

use super::{attention, bounced, cost, delivered, keys, start};

const DAY: i64 = 24 * 60 * 60;

pub(super) fn record(answer: &str) -> IdempotencyRecord {
    IdempotencyRecord { fingerprint: format!("hash of {answer}"), answer: answer.to_owned() }
}

fn body(subject: &str) -> Body {
    let facts = Facts::parse(&RawFacts {
        number: Some("2026/1042"),
        client: Some("client-7"),
        client_name: Some("Müller & Söhne"),
        currency: Some("EUR"),
        amount: Some("1250.50"),
        balance: Some("-3.00"),
        due_on: Some("2026-12-24"),
        url: Some("https://portal.example.com/i/1042?a=1"),
    });
    Body {
        subject: subject.to_owned(),
        firm_name: "Roe & Co".to_owned(),
        to: vec!["Ann <ann@example.com>".parse().unwrap()],
        cc: vec!["bob@example.com".parse().unwrap()],
        message: Some("Dear Ann,\nplease pay.".to_owned()),
        html: None,
        text: Some(String::new()),
        facts: facts.unwrap(),
        look: Look {
            from_name: Some("Roe Billing".parse().unwrap()),
            reply_to: Some("Accounts <accounts@roe.example>".parse().unwrap()),
            brand_color: Some("#1f4b8e".parse().unwrap()),
            shows_balance: true,
            locale: "fr".parse().unwrap(),
        },
    }
}

/// Recipients in each field; one of them will not be sent to.
fn full_send(send: SendId) -> Vec<Recipient> {
    let mut ann = waiting("1", send, 0, "Ann <Ann@Example.com>");
    ann.sent_by = Some("staff@roe.example".to_owned());
    ann.number = Some("2026/1042".to_owned());
    ann.client = Some("client-7".to_owned());
    ann.client_name = Some("Müller & Söhne".to_owned());
    ann.predecessor = Some((SendId::new(at(-DAY), 3), Position { kind: Kind::Cc, index: 49 }));
    let mut bob = waiting("1", send, 0, "bob@example.com");
    bob.key.position = Position { kind: Kind::Cc, index: 0 };
    (bob.source, bob.tracked, bob.attention_since) = (Source::Automatic, false, None);
    let mut carl = waiting("1", send, 0, "carl@example.com");
    carl.key.position = Position { kind: Kind::Bcc, index: 0 };
    carl.outbox = Outbox { settled: true, ..Outbox::default() };
    let cause = DropCause::Suppressed(SuppressionReason::Complained);
    carl.log = Log::of([event(0, EventKind::Dropped { cause, detail: None })]);
    vec![ann, bob, carl]
}

/// A send of which nothing but these is known.
fn new_send<'a>(recipients: &'a [Recipient], body: &'a Body) -> NewSend<'a> {
    static NOBODY: BTreeMap<String, RecentSend> = BTreeMap::new();
    let now = recipients[0].submitted_at();
    NewSend { recipients, body, skipped: &[], once: None, recent: &NOBODY, supersedes: None, now }
}

pub(super) async fn prepare(
    table: &Table,
    addresses: &[&str],
    idempotency_key: Option<&str>,
    now: Timestamp,
) -> Prepared {
    let once = idempotency_key.map(Once::Key);
    let addresses: Vec<Address> = addresses.iter().map(|address| address.parse().unwrap()).collect();
    let addresses: Vec<&Address> = addresses.iter().collect();
    let (firm, invoice) = (firm(), "1".parse().unwrap());
    let preparation = Preparation { firm: &firm, invoice: &invoice, addresses: &addresses, client: None, once, now };
    table.prepare(preparation).await.unwrap()
}

/// Writes one send under an idempotency key; what became of it.
pub(super) async fn submit_under(
    table: &Table,
    key: &str,
    recipient: &Recipient,
    record: &IdempotencyRecord,
) -> Submitted {
    let body = body("Invoice 1");
    let new = NewSend { once: Some((Once::Key(key), record)), ..new_send(std::slice::from_ref(recipient), &body) };
    table.submit(new).await.unwrap()
}

#[tokio::test]
async fn a_send_is_read_back_as_it_was_written() {
    let (cloud, table) = start().await;
    let send = SendId::new(begin(), 7);
    let (recipients, body) = (full_send(send), body("Invoice 2026/1042"));
    let (submitted, asked) = cost(&cloud, table.submit(new_send(&recipients, &body))).await;
    assert_eq!((submitted.unwrap(), asked), (Submitted::Done, json!({ "TransactWriteItems": 1 })));

    for recipient in &recipients {
        let (found, asked) = cost(&cloud, table.recipient(&recipient.key)).await;
        assert_eq!((found.unwrap().as_ref(), asked), (Some(recipient), json!({ "GetItem": 1 })));
    }
    let invoice = "1".parse().unwrap();
    let (found, asked) = cost(&cloud, table.body(&firm(), &invoice, send)).await;
    assert_eq!((found.unwrap(), asked), (Some(body), json!({ "GetItem": 1 })));
    assert_eq!(table.history(&firm(), &invoice, None, 50).await.unwrap().recipients, recipients);
    // Who is not sent to was not written to.
    let recent = prepare(&table, &["ann@example.com"], None, begin()).await.recent;
    let sent_to = |recipient: &Recipient| RecentSend { send, position: recipient.key.position };
    let expected = [("ann@example.com", sent_to(&recipients[0])), ("bob@example.com", sent_to(&recipients[1]))];
    assert_eq!(recent, expected.map(|(address, recent)| (address.to_owned(), recent)).into());

    // Neither another send nor another firm has any of it.
    let other = SendId::new(begin(), 8);
    assert_eq!(table.body(&firm(), &invoice, other).await.unwrap(), None);
    assert_eq!(table.body(&"doe".parse().unwrap(), &invoice, send).await.unwrap(), None);
    let mut key = recipients[0].key.clone();
    key.firm = "doe".parse().unwrap();
    assert_eq!(table.recipient(&key).await.unwrap(), None);
}

#[tokio::test]
async fn a_send_is_not_written_twice() {
    let (_cloud, table) = start().await;
    let [first, second] = [0, 1].map(|index| waiting("1", SendId::new(begin(), 0), index, "ann@example.com"));
    assert_eq!(submit(&table, std::slice::from_ref(&first), None).await, Submitted::Done);
    let before = table.append(&first.key, &[event(1, delivered())], None, at(1)).await.unwrap().unwrap();
    let body = body("Again");
    match table.submit(new_send(&[second.clone(), first.clone()], &body)).await {
        Err(TableError::Refused { operation: "TransactWriteItems", code, .. }) => {
            assert_eq!(code, "TransactionCanceledException");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(stored(&table, &first.key).await, before);
    assert_eq!(table.recipient(&second.key).await.unwrap(), None, "all of it or nothing");
    let kept = table.body(&firm(), &first.key.invoice, first.key.send).await.unwrap().unwrap();
    assert_eq!(kept.subject, "Invoice 1");
}

#[tokio::test]
async fn of_two_who_replace_the_same_recipient_one_does() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", "old@example.com").await;
    let old = table.append(&key, &[event(1, bounced(&[]))], Some("m-1"), at(1)).await.unwrap().unwrap();
    let [new, late] = [10, 11].map(|seconds| waiting("1", SendId::new(at(seconds), 0), 0, "new@example.com"));
    assert_eq!(submit(&table, std::slice::from_ref(&new), Some(&old)).await, Submitted::Done);
    // What it was is still known, and it stays in the queue until the new one has its result.
    let expected = Recipient { superseded_by: Some(new.key.send), ..old.clone() };
    assert_eq!(stored(&table, &key).await, expected);
    assert_eq!(attention(&table).await, [key.clone(), new.key.clone()]);

    assert_eq!(submit(&table, std::slice::from_ref(&late), Some(&old)).await, Submitted::NotSuperseded);
    assert_eq!(stored(&table, &key).await, expected);
    assert_eq!(table.recipient(&late.key).await.unwrap(), None);

    // The idempotency record stands before the replaced recipient in a transaction, and its answer too.
    let (body, record) = (body("Again"), record("late"));
    let under = |key: &'static str| NewSend {
        once: Some((Once::Key(key), &record)),
        supersedes: Some(&old),
        ..new_send(std::slice::from_ref(&late), &body)
    };
    assert_eq!(table.submit(under("key")).await.unwrap(), Submitted::NotSuperseded);
    assert_eq!(prepare(&table, &[], Some("key"), at(11)).await.earlier, None, "a refused send leaves no record");
    let other = waiting("1", SendId::new(at(12), 0), 0, "ann@example.com");
    assert_eq!(submit_under(&table, "key", &other, &record).await, Submitted::Done);
    assert_eq!(table.submit(under("key")).await.unwrap(), Submitted::Repeated(record.clone()));
}

#[tokio::test]
async fn who_is_replaced_by_one_that_is_not_sent_needs_nobody_any_more() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", "old@example.com").await;
    let old = table.append(&key, &[event(1, bounced(&[]))], None, at(1)).await.unwrap().unwrap();
    let mut new = waiting("1", SendId::new(at(10), 0), 0, "new@example.com");
    new.outbox.settled = true;
    assert_eq!(submit(&table, std::slice::from_ref(&new), Some(&old)).await, Submitted::Done);
    let relieved = stored(&table, &key).await;
    assert_eq!((relieved.relieved, relieved.attention_since), (true, None));
    assert_eq!(attention(&table).await, [new.key]);
}

#[tokio::test]
async fn the_largest_send_is_one_transaction_and_one_read_before_it() {
    let (cloud, table) = start().await;
    let old = send_to(&table, "1", "old@example.com").await;
    let old = stored(&table, &old).await;
    let addresses: Vec<String> = (0..MAX_RECIPIENTS).map(|index| format!("{index}@example.com")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let (prepared, asked) = cost(&cloud, prepare(&table, &addresses, Some("key"), at(1))).await;
    assert_eq!(asked, json!({ "BatchGetItem": 1 }));
    let before = RecentSend { send: old.key.send, position: old.key.position };
    assert_eq!(prepared.recent, BTreeMap::from([("old@example.com".to_owned(), before)]));

    let send = SendId::new(at(1), 0);
    let recipients: Vec<Recipient> =
        (0u8..).zip(&addresses).map(|(index, address)| waiting("1", send, index, address)).collect();
    let (body, record) = (body("To all"), record("all"));
    let new = NewSend {
        once: Some((Once::Key("key"), &record)),
        recent: &prepared.recent,
        supersedes: Some(&old),
        ..new_send(&recipients, &body)
    };
    let (submitted, asked) = cost(&cloud, table.submit(new)).await;
    assert_eq!((submitted.unwrap(), asked), (Submitted::Done, json!({ "TransactWriteItems": 1 })));
    let history = table.history(&firm(), &old.key.invoice, None, 1).await.unwrap();
    assert_eq!((keys(&history.recipients), history.older_than), (keys(&recipients), Some(send)));
    // Who was written to before is remembered with who is now.
    let recent = prepare(&table, &addresses, None, at(2)).await.recent;
    assert_eq!((recent.len(), recent["old@example.com"]), (MAX_RECIPIENTS + 1, before));
    assert_eq!(recent["49@example.com"].send, send);
}

#[tokio::test]
async fn what_is_asked_twice_is_read_once() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "ann@example.com").await;
    table.append(&key, &[event(1, bounced(&[]))], None, at(1)).await.unwrap();
    // DynamoDB refuses a batch that names a key twice, and these are one mailbox.
    let (prepared, asked) =
        cost(&cloud, prepare(&table, &["ann@example.com", "Ann@EXAMPLE.com", "bob@example.com"], None, at(2))).await;
    assert_eq!(asked, json!({ "BatchGetItem": 1 }));
    assert_eq!(prepared.suppressions.keys().collect::<Vec<_>>(), ["ann@example.com"]);
}

#[tokio::test]
async fn sends_at_the_same_moment_are_all_written() {
    let (_cloud, table) = start().await;
    let recipients: Vec<Recipient> =
        (0..4).map(|number| waiting("1", SendId::new(begin(), number), 0, "ann@example.com")).collect();
    let each = |one: &Recipient| {
        let (table, one) = (table.clone(), one.clone());
        tokio::spawn(async move { submit(&table, std::slice::from_ref(&one), None).await })
    };
    let writing: Vec<_> = recipients.iter().map(each).collect();
    for one in writing {
        assert_eq!(one.await.unwrap(), Submitted::Done);
    }
    let mut found = table.history(&firm(), &"1".parse().unwrap(), None, 50).await.unwrap().recipients;
    found.reverse();
    assert_eq!(found, recipients);
}

#[tokio::test]
async fn what_was_throttled_may_be_tried_again() {
    let (cloud, table) = start().await;
    let (recipient, body) = (waiting("1", SendId::new(begin(), 0), 0, "ann@example.com"), body("Invoice 1"));
    // All attempts of the SDK.
    cloud.door().spoil(Trouble::Throttled, "TransactWriteItems", 0, 4);
    let new = new_send(std::slice::from_ref(&recipient), &body);
    let error = table.submit(new).await.unwrap_err();
    assert!(error.is_busy(), "{error:?}");
    assert_eq!(table.recipient(&recipient.key).await.unwrap(), None);
    assert_eq!(table.submit(new).await.unwrap(), Submitted::Done);
}
