//! Sends that come again: under an idempotency key, and after an answer that was lost.

use domain::ids::SendId;
use serde_json::json;
use table::{Prepared, Submitted};
use tests::door::Trouble;
use tests::written::{at, firm, start as begin, stored, submit, waiting};

use super::submitting::{prepare, record, submit_under};
use super::{cost, start};

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn a_transaction_whose_answer_was_lost_is_repeated_and_done_once() {
    let (cloud, table) = start().await;
    let recipient = waiting("1", SendId::new(begin(), 0), 0, "ann@example.com");
    cloud.door().spoil(Trouble::AnswerLost, "TransactWriteItems", 0, 1);
    // Nothing but the SDK's own token tells the second attempt from another send with the same id.
    let (submitted, asked) = cost(&cloud, submit(&table, std::slice::from_ref(&recipient), None)).await;
    assert_eq!((submitted, asked), (Submitted::Done, json!({ "TransactWriteItems": 2 })));
    assert_eq!(stored(&table, &recipient.key).await, recipient);
}

#[tokio::test]
async fn an_idempotency_key_answers_with_what_was_written_first() {
    let (_cloud, table) = start().await;
    let ann = waiting("1", SendId::new(begin(), 0), 0, "ann@example.com");
    let again = waiting("1", SendId::new(at(1), 0), 0, "bob@example.com");
    assert_eq!(prepare(&table, &[], Some("key"), begin()).await, Prepared::default());
    assert_eq!(submit_under(&table, "key", &ann, &record("first")).await, Submitted::Done);
    assert_eq!(submit_under(&table, "key", &again, &record("second")).await, Submitted::Repeated(record("first")));

    assert_eq!(prepare(&table, &[], Some("key"), at(1)).await.earlier, Some(record("first")));
    let history = table.history(&firm(), &ann.key.invoice, None, 50).await.unwrap();
    assert_eq!(history.recipients, [ann]);
    assert_eq!(table.body(&firm(), &again.key.invoice, again.key.send).await.unwrap(), None);
    let recent = prepare(&table, &[], None, at(1)).await.recent;
    assert_eq!(recent.into_keys().collect::<Vec<_>>(), ["ann@example.com"]);
    // Another key, and another firm's same key, are nobody's business.
    assert_eq!(prepare(&table, &[], Some("other"), at(1)).await.earlier, None);
    let mut foreign = again.clone();
    foreign.key.firm = "doe".parse().unwrap();
    assert_eq!(submit_under(&table, "key", &foreign, &record("foreign")).await, Submitted::Done);
    assert_eq!(submit_under(&table, "other", &again, &record("second")).await, Submitted::Done);
}

#[tokio::test]
async fn an_idempotency_key_is_free_after_a_day_even_if_its_item_is_still_there() {
    let (cloud, table) = start().await;
    let [first, soon, later] =
        [0, DAY - 1, DAY].map(|seconds| waiting("1", SendId::new(at(seconds), 0), 0, "ann@example.com"));
    assert_eq!(submit_under(&table, "key", &first, &record("first")).await, Submitted::Done);
    // In whole seconds, as DynamoDB's time to live wants it, and on nothing else.
    let expiry = json!({ "N": at(DAY).as_second().to_string() });
    assert_eq!(cloud.expiries().await, [expiry]);

    assert_eq!(submit_under(&table, "key", &soon, &record("soon")).await, Submitted::Repeated(record("first")));
    assert_eq!(prepare(&table, &[], Some("key"), at(DAY - 1)).await.earlier, Some(record("first")));
    assert_eq!(prepare(&table, &[], Some("key"), at(DAY)).await.earlier, None);
    assert_eq!(submit_under(&table, "key", &later, &record("later")).await, Submitted::Done);
    assert_eq!(prepare(&table, &[], Some("key"), at(DAY)).await.earlier, Some(record("later")));
    assert_eq!(cloud.expiries().await, [json!({ "N": at(2 * DAY).as_second().to_string() })]);
}
