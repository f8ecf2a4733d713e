//! The firm's suppression list: who gets onto it, what outranks what, who is taken off it, and reading it.

use std::collections::BTreeMap;

use domain::address::Address;
use domain::event::{EventKind, SuppressionReason, UnsubscribedBy};
use domain::ids::{Firm, RecipientKey, SendId};
use serde_json::json;
use table::{Listed, Preparation, Suppression, Table};
use tests::written::{at, event, firm, send_to, start as begin, submit, waiting};

use super::{ALL, bounced, complained, cost, delivered, start};

const ANN: &str = "ann@example.com";

fn unsubscribed() -> EventKind {
    EventKind::Unsubscribed { by: UnsubscribedBy::Link }
}

async fn append(table: &Table, key: &RecipientKey, second: i64, kind: EventKind) {
    table.append(key, &[event(second, kind)], None, at(second)).await.unwrap().unwrap();
}

async fn list(table: &Table) -> Vec<Suppression> {
    let page = table.suppressions(&firm(), Listed::Active, None, ALL).await.unwrap();
    assert_eq!(page.next, None);
    page.suppressions
}

/// Reason and time of each entry.
async fn reasons(table: &Table) -> Vec<(SuppressionReason, i64)> {
    let second = |entry: &Suppression| (entry.since.duration_since(begin())).as_secs();
    list(table).await.iter().map(|entry| (entry.reason, second(entry))).collect()
}

/// What a send to that address would find, removed entries included.
async fn found(table: &Table, address: &str) -> BTreeMap<String, Suppression> {
    let (firm, invoice, address): (Firm, _, Address) = (firm(), "9".parse().unwrap(), address.parse().unwrap());
    let addresses = [&address];
    let asked =
        Preparation { firm: &firm, invoice: &invoice, addresses: &addresses, client: None, once: None, now: at(0) };
    table.prepare(asked).await.unwrap().suppressions
}

async fn remove(table: &Table, address: &str, second: i64) -> bool {
    table.remove_suppression(&firm(), &address.parse().unwrap(), Some("anna@firm.com"), at(second)).await.unwrap()
}

#[tokio::test]
async fn a_hard_bounce_puts_the_address_on_the_list_once() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", "Ann <Ann@Example.COM>").await;
    let (_, asked) = cost(&cloud, append(&table, &key, 1, bounced(&[]))).await;
    assert_eq!(asked, json!({ "UpdateItem": 2 }));
    let entry = Suppression {
        address: "Ann@example.com".to_owned(),
        reason: SuppressionReason::Bounced,
        since: at(1),
        invoice: Some(key.invoice.clone()),
        send: Some(key.send),
        removed_at: None,
        removed_by: None,
    };
    assert_eq!(list(&table).await, std::slice::from_ref(&entry));
    // Under whichever spelling it is written to next.
    for spelling in ["ann@example.com", "ANN@example.com"] {
        assert_eq!(found(&table, spelling).await.get(ANN), Some(&entry), "{spelling}");
    }
    append(&table, &key, 1, bounced(&[])).await;
    assert_eq!(list(&table).await, [entry]);
    let other: Firm = "ro".parse().unwrap();
    assert_eq!(table.suppressions(&other, Listed::Active, None, ALL).await.unwrap().suppressions, []);
}

#[tokio::test]
async fn the_gravest_reason_stays_and_of_equals_the_latest() {
    use SuppressionReason::{Bounced, Complained, Unsubscribed};
    let kinds = || [bounced(&[]), unsubscribed(), complained()];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
        let (_cloud, table) = start().await;
        for (second, place) in (1i64..).zip(order) {
            let key = send_to(&table, &second.to_string(), ANN).await;
            append(&table, &key, second, kinds()[place].clone()).await;
        }
        let of_complaint = 1 + i64::try_from(order.iter().position(|&place| place == 2).unwrap()).unwrap();
        assert_eq!(reasons(&table).await, [(Complained, of_complaint)], "{order:?}");
    }
    let (_cloud, table) = start().await;
    for (number, (second, kind, expected)) in [
        (10, bounced(&[]), (Bounced, 10)),
        (20, bounced(&[]), (Bounced, 20)),
        (15, bounced(&[]), (Bounced, 20)),
        (5, unsubscribed(), (Unsubscribed, 5)),
        (30, bounced(&[]), (Unsubscribed, 5)),
    ]
    .into_iter()
    .enumerate()
    {
        let key = send_to(&table, &number.to_string(), ANN).await;
        append(&table, &key, second, kind).await;
        assert_eq!(reasons(&table).await, [expected], "{number}");
    }
}

#[tokio::test]
async fn who_is_taken_off_stays_off_until_something_new_happens() {
    let (cloud, table) = start().await;
    assert!(!remove(&table, ANN, 1).await, "it was never on it");
    assert_eq!(found(&table, ANN).await, BTreeMap::new());
    let key = send_to(&table, "1", ANN).await;
    append(&table, &key, 10, complained()).await;
    let (removed, asked) = cost(&cloud, remove(&table, "Ann@Example.com", 20)).await;
    assert_eq!((removed, asked), (true, json!({ "UpdateItem": 1 })));
    assert!(!remove(&table, ANN, 21).await, "it is off already");
    assert_eq!(list(&table).await, []);
    let note = &found(&table, ANN).await[ANN];
    assert_eq!((note.removed_at, note.is_active(), note.since), (Some(at(20)), false, at(10)));
    let removed = table.suppressions(&firm(), Listed::Removed, None, ALL).await.unwrap().suppressions;
    assert_eq!(removed, [Suppression { removed_by: Some("anna@firm.com".to_owned()), ..note.clone() }]);

    // A copy of the old event, and another one from before.
    append(&table, &key, 10, complained()).await;
    append(&table, &key, 19, complained()).await;
    assert_eq!(list(&table).await, []);
    // The weakest reason is news.
    let key = send_to(&table, "2", ANN).await;
    append(&table, &key, 21, bounced(&[])).await;
    assert_eq!(reasons(&table).await, [(SuppressionReason::Bounced, 21)]);
    assert!(found(&table, ANN).await[ANN].is_active());
    assert!(remove(&table, ANN, 30).await, "and it can be taken off again");
}

#[tokio::test]
async fn a_later_bounce_of_the_very_mail_whose_complaint_was_forgiven_is_news() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    append(&table, &key, 10, complained()).await;
    assert!(remove(&table, ANN, 20).await);
    append(&table, &key, 15, bounced(&[])).await;
    assert_eq!(list(&table).await, [], "it happened before staff looked");
    append(&table, &key, 30, bounced(&[])).await;
    assert_eq!(reasons(&table).await, [(SuppressionReason::Bounced, 30)]);
}

#[tokio::test]
async fn what_staff_forgave_stays_forgiven_when_something_after_it_was_nothing() {
    let (_cloud, table) = start().await;
    let old = send_to(&table, "1", ANN).await;
    append(&table, &old, 10, complained()).await;
    assert!(remove(&table, ANN, 20).await);
    let other = send_to(&table, "2", ANN).await;
    append(&table, &other, 30, bounced(&["somebody@else.example"])).await;
    assert_eq!(reasons(&table).await, [(SuppressionReason::Bounced, 30)]);
    append(&table, &other, 25, delivered()).await;
    assert_eq!(list(&table).await, []);
    // A late copy of what they forgave.
    append(&table, &old, 10, complained()).await;
    assert_eq!(list(&table).await, []);
}

#[tokio::test]
async fn what_a_delivery_disproves_is_as_if_it_had_never_been() {
    let (cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    append(&table, &key, 10, bounced(&["somebody@else.example"])).await;
    assert_eq!(reasons(&table).await, [(SuppressionReason::Bounced, 10)]);
    // The event, which by itself takes out of the queue as well, and the list.
    let (_, asked) = cost(&cloud, append(&table, &key, 5, delivered())).await;
    assert_eq!(asked, json!({ "UpdateItem": 2 }));
    assert_eq!((list(&table).await, found(&table, ANN).await), (vec![], BTreeMap::new()));
    append(&table, &key, 5, delivered()).await;
    append(&table, &key, 10, bounced(&["somebody@else.example"])).await;
    assert_eq!(found(&table, ANN).await, BTreeMap::new());
    // Whatever happened, whenever, is news.
    let other = send_to(&table, "2", ANN).await;
    append(&table, &other, 3, bounced(&[])).await;
    assert_eq!(reasons(&table).await, [(SuppressionReason::Bounced, 3)]);
}

#[tokio::test]
async fn a_delivery_disproves_a_bounce_though_something_else_was_forgiven_before_it() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    append(&table, &key, 10, unsubscribed()).await;
    assert!(remove(&table, ANN, 20).await);
    append(&table, &key, 30, bounced(&["somebody@else.example"])).await;
    assert_eq!(reasons(&table).await, [(SuppressionReason::Bounced, 30)]);
    append(&table, &key, 25, delivered()).await;
    assert_eq!(list(&table).await, []);
}

#[tokio::test]
async fn a_delivery_disproves_nothing_but_its_own_copys_bounce() {
    // A bounce that names the address itself stays, and so does another send's.
    for (certain, foreign) in [(true, false), (false, true)] {
        let (_cloud, table) = start().await;
        let key = send_to(&table, "1", ANN).await;
        let other = waiting("1", SendId::new(at(1), 0), 0, ANN);
        submit(&table, std::slice::from_ref(&other), None).await;
        append(&table, &key, 10, bounced(&["somebody@else.example"])).await;
        if certain {
            append(&table, &key, 11, bounced(&[ANN])).await;
        }
        if foreign {
            append(&table, &other.key, 11, bounced(&["somebody@else.example"])).await;
        }
        append(&table, &key, 5, delivered()).await;
        assert_eq!(reasons(&table).await, [(SuppressionReason::Bounced, 11)], "{certain} {foreign}");
    }
}

#[tokio::test]
async fn the_list_comes_page_by_page_without_who_was_removed() {
    let (cloud, table) = start().await;
    // In the order of their bytes, and one whose name begins with another's.
    let names = ["a+b@example.com", "a@example.co", "a@example.com", "b@example.com", "c@example.com", "d@example.com"];
    for (number, name) in names.iter().enumerate().rev() {
        let key = send_to(&table, &number.to_string(), name).await;
        append(&table, &key, 1, bounced(&[])).await;
    }
    for name in [names[1], names[4], names[5]] {
        assert!(remove(&table, name, 2).await);
    }
    let (mut listed, mut after, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let (page, asked) = cost(&cloud, table.suppressions(&firm(), Listed::Active, after.as_deref(), 2)).await;
        let page = page.unwrap();
        assert_eq!(asked, json!({ "Query": 1 }));
        listed.extend(page.suppressions.into_iter().map(|entry| entry.address));
        (after, pages) = (page.next, pages + 1);
        if after.is_none() {
            break;
        }
        assert!(pages < 6, "no end");
    }
    assert_eq!(listed, [names[0], names[2], names[3]]);
    assert!(pages >= 3, "{pages}");
}
