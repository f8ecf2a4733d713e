//! Counters: each stretch of a shard once, whoever counts it, and however often it comes.

use domain::evidence::Evidence;
use domain::fold::SentStatus;
use domain::ids::Firm;
use domain::tally::{Counted, Quarter, Standing, Tally};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use table::{Counting, SequenceNumber, Span, Table, number_of_counters};
use tests::door::Trouble;
use tests::written::{at, firm, start as begin};

use super::{cost, start};

const SHARD: &str = "shardId-00000001795300000000-1a2b3c4d";

fn number(number: u64) -> SequenceNumber {
    SequenceNumber::parse(&number.to_string()).unwrap()
}

fn standing(sent_status: SentStatus, evidence: Evidence) -> Standing {
    Standing { sent_status, evidence }
}

const QUEUED: Standing = Standing { sent_status: SentStatus::Queued, evidence: Evidence::None };
const SENT: Standing = Standing { sent_status: SentStatus::Sent, evidence: Evidence::Accepted };

/// So many new ones, submitted at a moment; whoever is queued waits.
fn new(count: usize, when: Timestamp, standing: Standing) -> Tally {
    let mut tally = Tally::default();
    let waiting = Some(standing.sent_status).filter(|status| *status == SentStatus::Queued);
    for _ in 0..count {
        tally.change(&firm(), when, None, Some(Counted { standing, waiting }));
    }
    tally
}

async fn count(table: &Table, shard: &str, ends: (u64, u64), tally: &Tally) -> Counting {
    table.count(shard, (&number(ends.0), &number(ends.1)), tally, at(0)).await.unwrap()
}

/// What the counters of a firm say from an hour before the beginning to a day after it.
async fn counted(table: &Table) -> Vec<(Timestamp, Standing, i64)> {
    let hour = SignedDuration::from_hours(1);
    let span = Span { from: begin() - hour, until: begin() + hour * 24 };
    let totals = table.totals(&firm(), &span).await.unwrap();
    let lines = totals.into_iter().flat_map(|(quarter, standings)| {
        standings.into_iter().map(move |(standing, count)| (quarter.start(), standing, count))
    });
    lines.filter(|(.., count)| *count != 0).collect()
}

#[tokio::test]
async fn a_stretch_is_counted_once() {
    let (cloud, table) = start().await;
    assert_eq!(table.counted_through(SHARD).await.unwrap(), None);
    let quarter = Quarter::of(begin()).start();
    let (counting, asked) = cost(&cloud, count(&table, SHARD, (3, 9), &new(2, begin(), QUEUED))).await;
    assert_eq!((counting, asked), (Counting::Done, json!({ "TransactWriteItems": 1 })));
    let (through, asked) = cost(&cloud, table.counted_through(SHARD)).await;
    assert_eq!((through.unwrap(), asked), (Some(number(9)), json!({ "GetItem": 1 })));

    // The same again, a part of it, and what reaches beyond it: nothing is counted, and it is said up to where it was.
    for ends in [(3, 9), (4, 5), (9, 9), (9, 12)] {
        assert_eq!(count(&table, SHARD, ends, &new(2, begin(), QUEUED)).await, Counting::Before(number(9)));
    }
    assert_eq!(counted(&table).await, [(quarter, QUEUED, 2)]);
    // What follows, and what another shard has.
    let mut sent = Tally::default();
    let waiting = Some(SentStatus::Queued);
    let (old, new_one) = (Counted { standing: QUEUED, waiting }, Counted { standing: SENT, waiting: None });
    sent.change(&firm(), begin(), Some(old), Some(new_one));
    assert_eq!(count(&table, SHARD, (10, 10), &sent).await, Counting::Done);
    assert_eq!(count(&table, "another", (1, 2), &new(1, begin(), SENT)).await, Counting::Done);
    assert_eq!(counted(&table).await, [(quarter, QUEUED, 1), (quarter, SENT, 2)]);
    assert_eq!(table.counted_as_waiting(&firm()).await.unwrap(), [(SentStatus::Queued, 1)].into());
}

#[tokio::test]
async fn a_lost_answer_and_a_busy_table_count_nothing_twice() {
    let (cloud, table) = start().await;
    let quarter = Quarter::of(begin()).start();
    cloud.door().spoil(Trouble::AnswerLost, "TransactWriteItems", 0, 1);
    let lost = table.count(SHARD, (&number(1), &number(5)), &new(3, begin(), QUEUED), at(0)).await;
    // The SDK asks again by itself; what it hears depends on the table, what is counted does not.
    assert!(matches!(lost, Ok(Counting::Done | Counting::Before(_))), "{lost:?}");
    assert_eq!(counted(&table).await, [(quarter, QUEUED, 3)]);
    cloud.door().spoil(Trouble::Throttled, "TransactWriteItems", 0, 4);
    let busy = table.count(SHARD, (&number(6), &number(6)), &new(1, begin(), QUEUED), at(0)).await.unwrap_err();
    assert!(busy.is_busy(), "{busy:?}");
    assert_eq!(counted(&table).await, [(quarter, QUEUED, 3)]);
    assert_eq!(count(&table, SHARD, (6, 6), &new(1, begin(), QUEUED)).await, Counting::Done);
    assert_eq!(counted(&table).await, [(quarter, QUEUED, 4)]);
}

#[tokio::test]
async fn shards_that_count_at_the_same_time_wait_for_each_other() {
    let (_cloud, table) = start().await;
    let shards = (0..6).map(|shard| {
        let table = table.clone();
        async move {
            for round in 1..=5 {
                let counting = count(&table, &format!("shard-{shard}"), (round, round), &new(1, begin(), SENT)).await;
                assert_eq!(counting, Counting::Done);
            }
        }
    });
    futures_util::future::join_all(shards).await;
    assert_eq!(counted(&table).await, [(Quarter::of(begin()).start(), SENT, 30)]);
}

#[tokio::test]
async fn a_transaction_that_met_another_one_is_tried_again() {
    let (cloud, table) = start().await;
    cloud.door().spoil(Trouble::Conflict, "TransactWriteItems", 0, 5);
    let (counting, asked) = cost(&cloud, count(&table, SHARD, (1, 2), &new(1, begin(), SENT))).await;
    assert_eq!((counting, asked), (Counting::Done, json!({ "TransactWriteItems": 6 })));
    assert_eq!(counted(&table).await, [(Quarter::of(begin()).start(), SENT, 1)]);
    cloud.door().spoil(Trouble::Conflict, "TransactWriteItems", 0, 1_000);
    let busy = table.count(SHARD, (&number(3), &number(3)), &new(1, begin(), SENT), at(0)).await.unwrap_err();
    assert!(busy.is_busy(), "{busy:?}");
}

#[tokio::test]
async fn one_transaction_counts_many_firms_and_hours() {
    let (cloud, table) = start().await;
    let mut tally = Tally::default();
    for index in 0..49u32 {
        let firm: Firm = format!("firm-{index}").parse().unwrap();
        let waiting = Some(SentStatus::Queued);
        tally.change(&firm, begin(), None, Some(Counted { standing: QUEUED, waiting }));
    }
    tally.change(&firm(), begin(), None, Some(Counted { standing: SENT, waiting: None }));
    assert_eq!(number_of_counters(&tally), table::MAX_COUNTERS);
    let (counting, asked) = cost(&cloud, count(&table, SHARD, (1, 50), &tally)).await;
    assert_eq!((counting, asked), (Counting::Done, json!({ "TransactWriteItems": 1 })));
    assert_eq!(table.counted_as_waiting(&"firm-48".parse().unwrap()).await.unwrap(), [(SentStatus::Queued, 1)].into());
}

#[tokio::test]
async fn a_month_of_counters_is_one_query() {
    let (cloud, table) = start().await;
    let first: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
    // Each quarter of each hour of a month with a typical number of counters.
    let kinds = [
        QUEUED,
        SENT,
        standing(SentStatus::Sent, Evidence::Delivered),
        standing(SentStatus::Sent, Evidence::FetchedAutomatically),
        standing(SentStatus::Opened, Evidence::PossiblyOpened),
        standing(SentStatus::Opened, Evidence::Clicked),
        standing(SentStatus::Rejected, Evidence::Accepted),
        standing(SentStatus::Delayed, Evidence::Accepted),
    ];
    let mut month = Tally::default();
    for quarter in 0..31 * 24 * 4 {
        for standing in kinds {
            let when = first + SignedDuration::from_mins(15 * quarter);
            month.change(&firm(), when, None, Some(Counted { standing, waiting: None }));
        }
    }
    table.correct(&month).await.unwrap();
    let span = Span { from: first, until: first + SignedDuration::from_hours(31 * 24) };
    let (totals, asked) = cost(&cloud, table.totals(&firm(), &span)).await;
    let totals = totals.unwrap();
    assert_eq!(asked, json!({ "Query": 1 }));
    assert_eq!((totals.len(), totals.values().flat_map(|standings| standings.values()).sum::<i64>()), (2976, 2976 * 8));
    let noon =
        Span { from: first + SignedDuration::from_mins(12 * 60 + 15), until: first + SignedDuration::from_hours(13) };
    assert_eq!(table.totals(&firm(), &noon).await.unwrap().len(), 3, "to the quarter");
}

#[tokio::test]
async fn who_waits_to_be_sent_is_counted_by_when() {
    let (cloud, table) = start().await;
    let minutes = |minutes: i64| begin() + SignedDuration::from_mins(minutes);
    let mut tally = new(2, begin(), QUEUED);
    tally.plus(&new(3, minutes(-90), QUEUED), 1);
    for _ in 0..4 {
        let standing = standing(SentStatus::Rejected, Evidence::Accepted);
        let waiting = Some(SentStatus::Rejected);
        tally.change(&firm(), minutes(-60 * 24 * 300), None, Some(Counted { standing, waiting }));
    }
    assert_eq!(count(&table, SHARD, (1, 9), &tally).await, Counting::Done);
    let waiting = async |since| {
        let (waiting, asked) = cost(&cloud, table.waiting(&firm(), since)).await;
        assert_eq!(asked, json!({ "Query": 1 }));
        waiting.unwrap()
    };
    let expected = |queued| [(SentStatus::Queued, queued), (SentStatus::Rejected, 4)].into();
    assert_eq!(waiting(Quarter::of(begin()).start()).await, expected(3));
    assert_eq!(waiting(minutes(15)).await, expected(5));
    assert_eq!(waiting(minutes(-120)).await, expected(0));
    // Whoever is queued for weeks, because nothing is sent, is no less a reason to look.
    assert_eq!(count(&table, SHARD, (10, 10), &new(7, minutes(-60 * 24 * 30), QUEUED)).await, Counting::Done);
    assert_eq!(waiting(minutes(-120)).await, expected(7));
}
