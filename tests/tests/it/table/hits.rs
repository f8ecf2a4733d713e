//! Fetches of the pixel and of links: one update each, however many there were.

use domain::event::EventKind;
use domain::evidence::{Agent, Facts, HitKind, Method, NetworkClass};
use domain::fold::fold;
use domain::ids::{RecipientKey, SendId};
use domain::log::{Hit, Hits, MAX_HITS};
use futures_util::StreamExt;
use jiff::SignedDuration;
use serde_json::json;
use table::Table;
use tests::door::Trouble;
use tests::written::{at, event, send_to, start as begin, stored, waiting};

use super::{append, attention, bounced, cost, deferred, delivered, start};

fn hit(millisecond: i64, link: u8, agent: Agent) -> Hit {
    let facts =
        Facts { agent, method: Method::Get, prefetch: false, network_class: NetworkClass::Other, network: u64::MAX };
    Hit { at: begin() + SignedDuration::from_millis(millisecond), link, facts }
}

#[tokio::test]
async fn a_fetch_is_read_back_and_a_repeat_counts() {
    let (cloud, table) = start().await;
    let key = accepted(&table).await;
    let before = stored(&table, &key).await;
    let open = hit(1, 0, Agent::ImageProxy);
    let mut prefetched = hit(2, 250, Agent::Browser);
    (prefetched.facts.prefetch, prefetched.facts.method) = (true, Method::Head);
    let mut expected = before.clone();
    for (kind, hit) in [(HitKind::Open, open), (HitKind::Open, open), (HitKind::Click, prefetched)] {
        let (found, asked) = cost(&cloud, table.hit(&key, kind, hit)).await;
        assert_eq!((found.unwrap(), asked), (true, json!({ "UpdateItem": 1 })));
        expected.log.hits_mut(kind).add(hit);
    }
    assert_eq!(stored(&table, &key).await, expected);
}

/// Somebody of whom SES has said that it took the message.
async fn accepted(table: &Table) -> RecipientKey {
    let key = send_to(table, "1", "ann@example.com").await;
    append(table, &key, &[event(0, EventKind::Processed)]).await;
    key
}

#[tokio::test]
async fn who_seemed_to_wait_or_to_be_lost_and_fetches_leaves_the_work_queue() {
    let silent = event(1, EventKind::Processed);
    let open = |agent| hit(60_000, 0, agent);
    for (case, events, agent, leaves) in [
        ("queued", vec![], Agent::Program, true),
        ("delayed", vec![event(1, deferred())], Agent::Browser, true),
        ("delayed, fetched by a machine", vec![event(1, deferred())], Agent::Program, false),
        ("silent", vec![silent], Agent::Browser, true),
        ("bounced", vec![event(1, delivered()), event(2, bounced(&["ann@example.com"]))], Agent::Browser, false),
    ] {
        let (cloud, table) = start().await;
        let key = send_to(&table, "1", "ann@example.com").await;
        let mut before = stored(&table, &key).await;
        if !events.is_empty() {
            before = append(&table, &key, &events).await;
        }
        if case == "silent" {
            before = table.set_attention(before, Some(at(1))).await.unwrap();
        }
        assert_eq!(attention(&table).await, std::slice::from_ref(&key), "{case}");
        let (found, asked) = cost(&cloud, table.hit(&key, HitKind::Open, open(agent))).await;
        assert_eq!((found.unwrap(), asked), (true, json!({ "UpdateItem": 2 })), "{case}");
        let after = stored(&table, &key).await;
        before.log.opens.add(open(agent));
        assert_eq!(after.log, before.log, "{case}");
        let view = fold(&after, at(60));
        assert_eq!((after.attention_since, after.rare), (view.attention_since, view.rare), "{case}");
        assert_eq!(attention(&table).await.is_empty(), leaves, "{case}");
        // From then on it costs one, if the first has led out of the queue.
        let (_, asked) = cost(&cloud, table.hit(&key, HitKind::Open, hit(61_000, 0, agent))).await;
        assert_eq!(asked, json!({ "UpdateItem": if leaves { 1 } else { 2 } }), "{case}");
    }
}

#[tokio::test]
async fn a_fetch_waits_for_a_transaction_that_is_at_its_recipient() {
    let (cloud, table) = start().await;
    let key = accepted(&table).await;
    cloud.door().spoil(Trouble::Conflict, "UpdateItem", 0, 2);
    let (found, asked) = cost(&cloud, table.hit(&key, HitKind::Open, hit(1, 0, Agent::Browser))).await;
    assert_eq!((found.unwrap(), asked), (true, json!({ "UpdateItem": 3 })));
    assert_eq!(stored(&table, &key).await.log.opens.kept, [hit(1, 0, Agent::Browser)]);
}

#[tokio::test]
async fn nobody_comes_to_be_by_a_fetch() {
    let (_cloud, table) = start().await;
    let missing = waiting("1", SendId::new(begin(), 0), 0, "ann@example.com").key;
    assert!(!table.hit(&missing, HitKind::Open, hit(1, 0, Agent::Browser)).await.unwrap());
    assert_eq!(table.recipient(&missing).await.unwrap(), None);
}

#[tokio::test]
async fn a_flood_stays_bounded_and_says_what_the_whole_would() {
    let (cloud, table) = start().await;
    let key = accepted(&table).await;
    let mut expected = Hits::default();
    for number in 0..MAX_HITS + 5 {
        // The first of a class may come when the list is full.
        let agent = if number == MAX_HITS + 2 { Agent::Browser } else { Agent::Program };
        let hit = hit(i64::try_from(number).unwrap(), 1, agent);
        let (found, asked) = cost(&cloud, table.hit(&key, HitKind::Click, hit)).await;
        assert_eq!((found.unwrap(), asked), (true, json!({ "UpdateItem": 1 })));
        expected.add(hit);
        if number + 1 >= MAX_HITS {
            assert_eq!(stored(&table, &key).await.log.clicks, expected, "after {number}");
            // DynamoDB reads all of an update against the item as it was, so that the element which is taken out is
            // the one that the update before appended: the list is one longer than its bound, and never two.
            // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
            let length = cloud.list_length("clicks").await;
            assert!((MAX_HITS..=MAX_HITS + 1).contains(&length), "{length} after {number}");
        }
    }
    assert_eq!(stored(&table, &key).await.log.opens, Hits::default());
}

#[tokio::test]
async fn an_attack_on_one_picture_costs_one_small_update_each_and_hides_nobody() {
    const ATTACK: i64 = 5_000;
    let (cloud, table) = start().await;
    let key = accepted(&table).await;
    table.hit(&key, HitKind::Open, hit(0, 0, Agent::Browser)).await.unwrap();
    cloud.door().requests();
    let attack = futures_util::stream::iter(1..=ATTACK).map(|number| {
        let (table, key) = (&table, &key);
        async move { table.hit(key, HitKind::Open, hit(number, 0, Agent::Program)).await.unwrap() }
    });
    assert_eq!(attack.buffer_unordered(32).filter(|found| std::future::ready(*found)).count().await, ATTACK as usize);
    assert_eq!(cloud.door().requests(), json!({ "UpdateItem": ATTACK }));
    table.hit(&key, HitKind::Open, hit(ATTACK + 1, 0, Agent::Browser)).await.unwrap();

    let bytes = cloud.everything().await.len();
    assert!(bytes < 20_000, "{bytes} bytes of JSON for the send as a whole");
    let seen = fold(&stored(&table, &key).await, begin());
    assert_eq!((seen.opens.human, seen.opens.automatic), (2, ATTACK as u64));
    let last = begin() + SignedDuration::from_millis(ATTACK + 1);
    assert_eq!((seen.first_opened_at, seen.last_opened_at), (Some(begin()), Some(last)));
}
