//! Logs: whatever the order, the batches and the repetitions in which events come, the table says in the end what the
//! fold of their set says, and in their usual order each costs one write.

use std::collections::BTreeSet;

use domain::event::{Bounce, BounceType, DropCause, Event, EventKind, SuppressionReason, UnsubscribedBy};
use domain::fold::fold;
use domain::ids::{RecipientKey, SendId};
use domain::recipient::Recipient;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use table::{Submitted, Table};
use tests::cloud::Cloud;
use tests::written::{at, event, firm, send_to, start, stored, submit, waiting};

/// Each case is some ten requests; the pure fold is tried with far more of them where it stands.
const CASES: u32 = 100;
/// When all of a case's events have come: before any silence counts.
const NOW: i64 = 3600;

const ANN: &str = "ann@example.com";

/// Events in the order in which they come, in batches.
type Arrivals = Vec<Vec<Event>>;

fn bounce(bounce_type: BounceType, sub_type: &str, addresses: Vec<String>) -> EventKind {
    EventKind::Bounce(Bounce { bounce_type, sub_type: sub_type.to_owned(), feedback_id: None, addresses, detail: None })
}

fn elsewhere() -> EventKind {
    bounce(BounceType::Permanent, "General", vec!["gone@elsewhere.example".to_owned()])
}

/// Events of all kinds.
fn any_kind() -> impl Strategy<Value = EventKind> {
    let named = prop_oneof![
        Just(vec![]),
        Just(vec![ANN.to_owned()]),
        Just(vec!["gone@elsewhere.example".to_owned()]),
        Just(vec![ANN.to_owned(), "gone@elsewhere.example".to_owned()]),
    ];
    let bounce_type =
        prop_oneof![Just(BounceType::Permanent), Just(BounceType::Transient), Just(BounceType::Undetermined)];
    let sub_type = prop_oneof![
        Just("General"),
        Just("MailboxFull"),
        Just("Undetermined"),
        Just("Suppressed"),
        Just("OnAccountSuppressionList"),
        Just("UnsubscribedRecipient"),
    ];
    let drops = prop_oneof![
        Just(DropCause::Refused("MessageRejected".to_owned())),
        Just(DropCause::Rejected("Bad content".to_owned())),
        Just(DropCause::GaveUp),
    ];
    prop_oneof![
        3 => Just(EventKind::Processed),
        3 => Just(EventKind::Delivered { detail: None }),
        2 => Just(EventKind::Deferred { delay_type: "General".to_owned(), until: None, detail: None }),
        4 => (bounce_type, sub_type, named).prop_map(|(bounce_type, sub_type, named)| bounce(bounce_type, sub_type, named)),
        1 => drops.prop_map(|cause| EventKind::Dropped { cause, detail: None }),
        1 => Just(EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None }),
        1 => prop_oneof![Just(UnsubscribedBy::Link), Just(UnsubscribedBy::Ses)].prop_map(|by| EventKind::Unsubscribed { by }),
        1 => Just(EventKind::Unknown { name: "Teleport".to_owned(), raw: "{}".to_owned() }),
    ]
}

/// Events that decide whether the address must not be written to again.
fn suppressing_kind() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        Just(EventKind::Delivered { detail: None }),
        Just(elsewhere()),
        Just(bounce(BounceType::Permanent, "General", vec![ANN.to_owned()])),
        Just(EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None }),
        Just(EventKind::Unsubscribed { by: UnsubscribedBy::Link }),
    ]
}

/// A set of events, in any order, some of them several times, cut into batches.
fn arrivals(kind: impl Strategy<Value = EventKind>) -> impl Strategy<Value = Arrivals> {
    let one = (0i64..30, kind).prop_map(|(seconds, kind)| event(seconds, kind));
    prop::collection::vec(one, 1..7)
        .prop_flat_map(|events| {
            let repeated = prop::collection::vec(prop::sample::select(events.clone()), 0..4);
            repeated.prop_flat_map(move |repeated| Just([events.clone(), repeated].concat()).prop_shuffle())
        })
        .prop_flat_map(|events| {
            let cuts = prop::collection::vec(any::<bool>(), events.len());
            (Just(events), cuts)
        })
        .prop_map(|(events, cuts)| {
            let mut batches = vec![Vec::new()];
            for (event, cut) in events.into_iter().zip(cuts) {
                let batch: &mut Vec<Event> = batches.last_mut().unwrap();
                // Whoever appends a batch leaves out the copies within it.
                if !batch.contains(&event) {
                    batch.push(event);
                }
                if cut {
                    batches.push(Vec::new());
                }
            }
            batches.retain(|batch| !batch.is_empty());
            batches
        })
}

/// A recipient of a case's own, and of a firm of its own.
async fn recipient(table: &Table, case: u32) -> RecipientKey {
    let mut recipient = waiting("1", SendId::new(start(), case.into()), 0, ANN);
    recipient.key.firm = format!("firm-{case}").parse().unwrap();
    assert_eq!(submit(table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
    recipient.key
}

async fn bring(table: &Table, key: &RecipientKey, arrivals: &Arrivals) {
    for batch in arrivals {
        table.append(key, batch, None, at(NOW)).await.unwrap().unwrap();
    }
}

/// Tries a property with many arrivals at recipients of their own.
fn hold(
    kind: impl Strategy<Value = EventKind>,
    property: impl AsyncFn(&Table, &RecipientKey, &Arrivals) -> Result<(), TestCaseError>,
) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let cloud = runtime.block_on(Cloud::start());
    let table = cloud.table();
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let case = std::cell::Cell::new(0);
    let outcome = TestRunner::new(config).run(&arrivals(kind), |arrivals| {
        case.set(case.get() + 1);
        runtime.block_on(async {
            let key = recipient(&table, case.get()).await;
            bring(&table, &key, &arrivals).await;
            property(&table, &key, &arrivals).await
        })
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_log_is_the_set_of_its_events_and_the_work_queue_follows_it() {
    hold(any_kind(), async |table, key, arrivals| {
        let stored = stored(table, key).await;
        let events: BTreeSet<Event> = arrivals.iter().flatten().cloned().collect();
        let kept: BTreeSet<Event> = stored.log.events().cloned().collect();
        prop_assert_eq!(&kept, &events);
        let view = fold(&stored, at(NOW));
        prop_assert_eq!((stored.attention_since, stored.rare), (view.attention_since, view.rare));
        let queue = table.attention(&key.firm, None, 10).await.unwrap().recipients;
        prop_assert_eq!(queue.len(), usize::from(view.attention_since.is_some()));
        Ok(())
    });
}

#[test]
fn who_must_not_be_written_to_again_follows_from_the_set_of_events() {
    hold(suppressing_kind(), async |table, key, _| {
        let wanted = fold(&stored(table, key).await, at(NOW)).suppress;
        let list = table.suppressions(&key.firm, table::Listed::Active, None, 10).await.unwrap().suppressions;
        let found: Vec<SuppressionReason> = list.into_iter().map(|entry| entry.reason).collect();
        prop_assert_eq!(found, Vec::from_iter(wanted.first().map(|suppress| suppress.reason)));
        Ok(())
    });
}

#[tokio::test]
async fn in_their_usual_order_events_cost_one_write_each() {
    let cloud = Cloud::start().await;
    let table = cloud.table();
    let delivered = || EventKind::Delivered { detail: None };
    let deferred = || EventKind::Deferred { delay_type: "General".to_owned(), until: None, detail: None };
    let own = |bounce_type, sub_type| bounce(bounce_type, sub_type, vec![ANN.to_owned()]);
    let full = || own(BounceType::Transient, "MailboxFull");
    let rejected = || EventKind::Dropped { cause: DropCause::Rejected("Bad content".to_owned()), detail: None };
    let complained = || EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None };
    let unsubscribed = || EventKind::Unsubscribed { by: UnsubscribedBy::Ses };
    // Each with how many of its events cost one write more: they say that the address must not be written to again,
    // or, a bounce of an address that we did not write to, nothing by themselves.
    let courses = [
        (vec![delivered()], 0),
        (vec![deferred(), delivered()], 0),
        (vec![deferred(), deferred(), deferred(), full()], 0),
        (vec![full()], 0),
        (vec![rejected()], 0),
        (vec![delivered(), own(BounceType::Transient, "General")], 0),
        (vec![delivered(), elsewhere()], 1),
        (vec![own(BounceType::Permanent, "OnAccountSuppressionList")], 0),
        (vec![own(BounceType::Permanent, "General")], 1),
        (vec![delivered(), complained()], 1),
        (vec![delivered(), unsubscribed(), unsubscribed()], 2),
    ];
    for (number, (kinds, more)) in courses.into_iter().enumerate() {
        let key = send_to(&table, &number.to_string(), ANN).await;
        let course = [vec![EventKind::Processed], kinds].concat();
        let events: Vec<Event> = (1..).zip(course).map(|(seconds, kind)| event(seconds, kind)).collect();
        cloud.door().requests();
        for event in &events {
            table.append(&key, std::slice::from_ref(event), None, event.at).await.unwrap().unwrap();
        }
        let expected = json!({ "UpdateItem": events.len() + more });
        assert_eq!(cloud.door().requests(), expected, "{events:#?}");
    }
}

#[tokio::test]
async fn a_batch_is_one_write() {
    let cloud = Cloud::start().await;
    let table = cloud.table();
    let key = send_to(&table, "1", ANN).await;
    cloud.door().requests();
    let deferred = EventKind::Deferred { delay_type: "General".to_owned(), until: None, detail: None };
    let batch = [EventKind::Processed, deferred, EventKind::Delivered { detail: None }].map(|kind| event(1, kind));
    for _ in 0..2 {
        table.append(&key, &batch, None, at(NOW)).await.unwrap().unwrap();
        assert_eq!(cloud.door().requests(), json!({ "UpdateItem": 1 }));
    }
}

#[tokio::test]
async fn what_staff_took_off_the_list_stays_off_until_something_new_happens() {
    let cloud = Cloud::start().await;
    let table = cloud.table();
    let bounced = || event(10, bounce(BounceType::Permanent, "General", vec![ANN.to_owned()]));
    let complained = || event(5, EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None });
    let list = async || table.suppressions(&firm(), table::Listed::Active, None, 10).await.unwrap().suppressions;
    let bring = async |key: &RecipientKey, event: Event, now: Timestamp| {
        table.append(key, &[event], None, now).await.unwrap().unwrap();
    };
    // What is about one mail, or about two that were under way together.
    for (number, [first, second]) in
        [[bounced(), complained()], [complained(), bounced()]].into_iter().cycle().take(4).enumerate()
    {
        let removal = at(100 * (number as i64 + 1));
        let shifted = |event: &Event| Event::new(event.at + (removal - at(100)), event.kind.clone());
        let one = send_to(&table, &format!("{number}-a"), ANN).await;
        let other = if number < 2 { one.clone() } else { send_to(&table, &format!("{number}-b"), ANN).await };
        let (first, second) = (shifted(&first), shifted(&second));
        bring(&one, first.clone(), first.at).await;
        bring(&other, second.clone(), first.at.max(second.at)).await;
        let entries = list().await;
        assert_eq!(entries.iter().map(|entry| entry.reason).collect::<Vec<_>>(), [SuppressionReason::Complained]);

        assert!(table.remove_suppression(&firm(), &ANN.parse().unwrap(), None, removal).await.unwrap());
        for (key, event) in [(&one, &first), (&other, &second), (&one, &first)] {
            bring(key, event.clone(), removal).await;
            assert_eq!(list().await, [], "{number}: {event:?}");
        }
        let newer = send_to(&table, &format!("{number}-c"), ANN).await;
        let news = event(100 * (number as i64 + 1) + 1, bounce(BounceType::Permanent, "General", vec![]));
        bring(&newer, news.clone(), news.at).await;
        assert_eq!(list().await.iter().map(|entry| entry.since).collect::<Vec<_>>(), [news.at], "{number}");
        // Staff take it off again, so that the next round begins with none.
        assert!(table.remove_suppression(&firm(), &ANN.parse().unwrap(), None, news.at).await.unwrap());
    }
}

/// A bounce of a mail that turns out to be forwarded says nothing about the address, nor about what other mails to it
/// have met.
#[tokio::test]
async fn what_other_mails_have_met_stays_when_a_bounce_turns_out_to_be_somebody_elses() {
    let delivered = || EventKind::Delivered { detail: None };
    let own = || bounce(BounceType::Permanent, "General", vec![ANN.to_owned()]);
    let complained = || EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None };
    // Two mails under way together: what comes, of which, when it happened.
    type Coming = (usize, i64, EventKind);
    let orders: [(&str, [Coming; 3]); 4] = [
        ("the same mail's complaint", [(0, 10, elsewhere()), (0, 20, delivered()), (0, 15, complained())]),
        ("a complaint before", [(1, 5, complained()), (0, 10, elsewhere()), (0, 20, delivered())]),
        ("a complaint after", [(0, 10, elsewhere()), (0, 20, delivered()), (1, 15, complained())]),
        ("a bounce after", [(0, 10, elsewhere()), (0, 20, delivered()), (1, 15, own())]),
    ];
    let mut wrong = Vec::new();
    for (name, order) in orders {
        let suppressing = order.iter().rev().find(|(_, _, kind)| *kind == own() || *kind == complained()).unwrap().0;
        let cloud = Cloud::start().await;
        let table = cloud.table();
        let keys = [send_to(&table, "1", ANN).await, send_to(&table, "2", ANN).await];
        for (place, seconds, kind) in order {
            table.append(&keys[place], &[event(seconds, kind)], None, at(NOW)).await.unwrap().unwrap();
        }
        let list = table.suppressions(&firm(), table::Listed::Active, None, 10).await.unwrap().suppressions;
        if list.iter().map(|entry| entry.invoice.clone()).collect::<Vec<_>>()
            != [Some(keys[suppressing].invoice.clone())]
        {
            wrong.push((name, list));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn who_is_relieved_stays_out_of_the_queue_whatever_comes_again() {
    let cloud = Cloud::start().await;
    let table = cloud.table();
    let bounced = event(10, bounce(BounceType::Permanent, "General", vec![ANN.to_owned()]));
    let old = send_to(&table, "1", ANN).await;
    let old = table.append(&old, std::slice::from_ref(&bounced), None, at(10)).await.unwrap().unwrap();
    let later = SendId::new(at(20), 0);
    let new =
        Recipient { predecessor: Some((old.key.send, old.key.position)), ..waiting("1", later, 0, "bob@example.com") };
    submit(&table, std::slice::from_ref(&new), Some(&old)).await;
    table.append(&new.key, &[event(30, EventKind::Delivered { detail: None })], None, at(30)).await.unwrap().unwrap();
    let queue = async || table.attention(&firm(), None, 10).await.unwrap().recipients;
    assert_eq!(queue().await, []);

    table.append(&old.key, &[bounced], None, at(40)).await.unwrap().unwrap();
    assert_eq!(queue().await, []);
}
