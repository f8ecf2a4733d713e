//! What `watch` does as time goes by: it drives again what was left, and flags what SES is silent about. The clock is
//! an argument, so that a day takes a moment.

use domain::digest::Digest;
use domain::event::{DropCause, Event, EventKind};
use domain::fold::{SentStatus, fold};
use domain::ids::{RecipientKey, SendId};
use domain::reason::NextAction;
use domain::recipient::Recipient;
use jiff::{SignedDuration, Timestamp};
use lambda::Call;
use serde_json::{Value, json};
use table::{Claim, DUE_SHARDS, Due, Submitted, Table};
use tests::cloud::Cloud;
use tests::written::{at, event, firm, send_to, start, stored, submit, waiting};
use watch::Watch;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
/// When SES accepts what these tests send.
const ACCEPTED: i64 = 1;

fn recipient_of(due: Due) -> RecipientKey {
    match due {
        Due::Recipient(key) => key,
        Due::Chore(chore) => panic!("nobody asked for {chore:?}"),
    }
}

/// A table and the function that watches it.
struct Watched {
    cloud: Cloud,
    table: Table,
    watch: Watch,
}

impl Watched {
    async fn start() -> Self {
        let cloud = Cloud::start().await;
        let (table, watch) = (cloud.table(), Watch::from_environment(&cloud.environment()).unwrap());
        Self { cloud, table, watch }
    }

    /// What one run answers, so many seconds after the start.
    async fn run(&self, seconds: i64) -> Value {
        self.watch.handle(json!({}), Call::new(at(seconds), 0)).await.unwrap()
    }

    /// One run that must find nothing to do.
    async fn nothing_to_do(&self, seconds: i64) {
        assert_eq!(self.run(seconds).await, done([]), "{seconds} s");
    }

    /// How many recipients the stream would bring to `send`.
    async fn waiting(&self) -> usize {
        self.cloud.to_be_sent().await["Records"].as_array().unwrap().len()
    }

    /// Everybody of whom `watch` will still want to know.
    async fn all_due(&self) -> Vec<RecipientKey> {
        let mut keys = Vec::new();
        for shard in 0..DUE_SHARDS {
            let due = self.table.due(shard, Timestamp::MAX, None, 1000).await.unwrap().due;
            keys.extend(due.into_iter().map(recipient_of));
        }
        keys
    }

    /// The work queue's index.
    async fn attention(&self) -> Vec<Recipient> {
        self.table.attention(&firm(), None, 1000).await.unwrap().recipients
    }

    async fn append(&self, key: &RecipientKey, events: &[Event]) -> Recipient {
        let now = events.iter().map(|event| event.at).max().unwrap();
        self.table.append(key, events, None, now).await.unwrap().unwrap()
    }

    /// An invoice that SES accepts, and of which nothing else is known.
    async fn accepted(&self, invoice: &str) -> RecipientKey {
        let key = send_to(&self.table, invoice, "ann@example.com").await;
        self.append(&key, &[event(ACCEPTED, EventKind::Processed)]).await;
        key
    }
}

/// The answer of a run, where what is not said is nothing.
fn done<const N: usize>(counts: [(&str, u64); N]) -> Value {
    let mut answer = json!({ "redriven": 0, "sent_without_events": 0, "silent": 0, "rewritten": 0, "failed": 0 });
    for (name, count) in counts {
        answer[name] = json!(count);
    }
    answer
}

#[tokio::test]
async fn nothing_due_costs_one_query_for_each_shard_and_no_write() {
    let watched = Watched::start().await;
    send_to(&watched.table, "1", "ann@example.com").await;
    watched.cloud.door().requests();
    watched.nothing_to_do(0).await;
    assert_eq!(watched.cloud.door().requests(), json!({ "Query": DUE_SHARDS }));
}

#[tokio::test]
async fn what_nobody_claimed_is_driven_again_after_five_minutes_and_again() {
    let watched = Watched::start().await;
    let key = send_to(&watched.table, "1", "ann@example.com").await;
    watched.nothing_to_do(5 * MINUTE - 1).await;
    watched.cloud.door().requests();
    assert_eq!(watched.run(5 * MINUTE).await, done([("redriven", 1)]));
    assert_eq!(watched.cloud.door().requests(), json!({ "Query": DUE_SHARDS, "UpdateItem": 1 }));
    watched.nothing_to_do(10 * MINUTE - 1).await;
    assert_eq!(watched.run(10 * MINUTE).await, done([("redriven", 1)]));
    watched.nothing_to_do(20 * MINUTE - 1).await;
    assert_eq!(watched.waiting().await, 1);
    let lease_until = at(25 * MINUTE);
    let claim = watched.table.claim(&key, at(10 * MINUTE), lease_until, "worker").await.unwrap();
    assert!(matches!(claim, Claim::Claimed(_)), "{claim:?}");
}

#[tokio::test]
async fn who_only_waits_for_its_turn_is_driven_again_ever_more_seldom() {
    let watched = Watched::start().await;
    send_to(&watched.table, "1", "ann@example.com").await;
    let mut driven = Vec::new();
    // The stream is hours behind, so that nobody claims it.
    for minutes in (0..=4 * 60).step_by(5) {
        let run = watched.run(minutes * MINUTE).await;
        driven.extend((run == done([("redriven", 1)])).then_some(minutes));
    }
    assert_eq!(driven, [5, 10, 20, 40, 65, 90, 115, 140, 165, 190, 215, 240]);
}

#[tokio::test]
async fn what_was_given_up_and_left_nevertheless_shows_it_and_is_listened_for() {
    for cause in [DropCause::GaveUp, DropCause::Refused("MessageRejected".to_owned())] {
        let watched = Watched::start().await;
        let key = send_to(&watched.table, "1", "ann@example.com").await;
        let Claim::Claimed(claimed) = watched.table.claim(&key, at(1), at(900), "worker").await.unwrap() else {
            panic!("it waits")
        };
        assert!(watched.table.drop_claimed(&claimed, cause, None, None, at(2)).await.unwrap());
        assert_eq!(watched.all_due().await, []);
        let dropped = stored(&watched.table, &key).await;
        assert_eq!(fold(&dropped, at(2)).sent_status, SentStatus::Rejected);
        assert_eq!(watched.attention().await, [dropped]);

        // SES had taken it all the same, and says so late, and twice.
        for _ in 0..2 {
            let told = watched.append(&key, &[event(60, EventKind::Processed)]).await;
            let view = fold(&told, at(60));
            assert_eq!((view.sent_status, view.reason, view.next_action), (SentStatus::Sent, None, None));
            assert_eq!((told.attention_since, told.rare), (None, None));
        }
        watched.nothing_to_do(60 + 24 * HOUR - 1).await;
        assert_eq!(watched.run(60 + 24 * HOUR).await, done([("silent", 1)]));
        assert_eq!(watched.attention().await.iter().map(|one| &one.key).collect::<Vec<_>>(), [&key]);
        watched.append(&key, &[event(26 * HOUR, EventKind::Delivered { detail: None })]).await;
        assert_eq!((watched.attention().await, watched.all_due().await), (vec![], vec![]));
    }
}

#[tokio::test]
async fn who_is_under_a_lease_is_left_alone_until_it_ends() {
    let watched = Watched::start().await;
    let key = send_to(&watched.table, "1", "ann@example.com").await;
    watched.table.claim(&key, at(1), at(15 * MINUTE), "worker").await.unwrap();
    watched.nothing_to_do(5 * MINUTE).await;
    watched.nothing_to_do(15 * MINUTE - 1).await;
    assert_eq!(watched.waiting().await, 0);
    assert_eq!(watched.run(15 * MINUTE).await, done([("redriven", 1)]));
    assert_eq!(watched.waiting().await, 1);
}

#[tokio::test]
async fn what_was_given_back_is_driven_again_when_it_said() {
    let watched = Watched::start().await;
    let key = send_to(&watched.table, "1", "ann@example.com").await;
    let Claim::Claimed(claimed) = watched.table.claim(&key, at(1), at(900), "worker").await.unwrap() else {
        panic!("it waits")
    };
    watched.table.release(&claimed, at(31)).await.unwrap();
    watched.nothing_to_do(30).await;
    assert_eq!(watched.waiting().await, 0);
    assert_eq!(watched.run(31).await, done([("redriven", 1)]));
    assert_eq!(watched.waiting().await, 1);
}

#[tokio::test]
async fn an_unanswered_call_is_driven_again_unless_ses_tells_that_it_has_the_message() {
    for told in [false, true] {
        let watched = Watched::start().await;
        let key = send_to(&watched.table, "1", "ann@example.com").await;
        let Claim::Claimed(claimed) = watched.table.claim(&key, at(1), at(900), "worker").await.unwrap() else {
            panic!("it waits")
        };
        watched.table.await_event(&claimed, Digest::of(b"MIME")).await.unwrap();
        watched.nothing_to_do(899).await;
        if told {
            watched.append(&key, &[event(2, EventKind::Processed)]).await;
        }
        assert_eq!(watched.run(900).await["redriven"], u64::from(!told));
        assert_eq!(watched.waiting().await, usize::from(!told));
    }
}

#[tokio::test]
async fn a_day_of_silence_is_flagged_once_and_a_delivery_ends_it() {
    let watched = Watched::start().await;
    let key = watched.accepted("1").await;
    assert_eq!(watched.run(5 * MINUTE).await, done([("sent_without_events", 1)]));
    assert_eq!(watched.attention().await, []);
    watched.nothing_to_do(ACCEPTED + 24 * HOUR - 1).await;
    assert_eq!(watched.attention().await, []);

    let day = ACCEPTED + 24 * HOUR;
    assert_eq!(watched.run(day).await, done([("sent_without_events", 1), ("silent", 1)]));
    let flagged = watched.attention().await;
    assert_eq!(flagged.iter().map(|one| &one.key).collect::<Vec<_>>(), [&key]);
    let view = fold(&flagged[0], at(day));
    assert_eq!((view.next_action, view.attention_since), (Some(NextAction::Call), flagged[0].attention_since));
    assert!(view.reason.is_some());
    watched.nothing_to_do(day + 5 * MINUTE).await;
    assert_eq!(watched.all_due().await, [], "it is flagged once");

    watched.append(&key, &[event(day + HOUR, EventKind::Delivered { detail: None })]).await;
    assert_eq!(watched.attention().await, []);
    let view = fold(&stored(&watched.table, &key).await, at(day + HOUR));
    assert_eq!((view.next_action, view.reason), (None, None));
}

#[tokio::test]
async fn only_sends_of_which_no_event_came_are_counted() {
    let watched = Watched::start().await;
    watched.accepted("1").await;
    let heard = watched.accepted("2").await;
    // The Send event of the same message, with SES's own time.
    watched.append(&heard, &[event(ACCEPTED + 1, EventKind::Processed)]).await;
    let odd = watched.accepted("3").await;
    let unknown = EventKind::Unknown { name: "Teleport".to_owned(), raw: "{}".to_owned() };
    watched.append(&odd, &[event(ACCEPTED + 1, unknown)]).await;
    assert_eq!(watched.run(5 * MINUTE).await, done([("sent_without_events", 1)]));
    // Whatever was heard of them, nobody has said that they arrived.
    let flagged = watched.run(ACCEPTED + 1 + 24 * HOUR).await;
    assert_eq!(flagged, done([("sent_without_events", 1), ("silent", 3)]));
}

#[tokio::test]
async fn what_has_its_result_is_looked_at_no_more() {
    let watched = Watched::start().await;
    let results: [fn() -> EventKind; 3] = [
        || EventKind::Delivered { detail: None },
        || EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None },
        || EventKind::Dropped { cause: domain::event::DropCause::RenderingFailure, detail: None },
    ];
    for (number, kind) in results.iter().enumerate() {
        let key = watched.accepted(&number.to_string()).await;
        assert!(watched.all_due().await.contains(&key));
        watched.append(&key, &[event(2, kind())]).await;
        assert_eq!(watched.all_due().await, []);
    }
    watched.cloud.door().requests();
    watched.nothing_to_do(25 * HOUR).await;
    assert_eq!(watched.cloud.door().requests(), json!({ "Query": DUE_SHARDS }));
}

#[tokio::test]
async fn who_opened_it_is_not_silent() {
    let watched = Watched::start().await;
    let key = watched.accepted("1").await;
    let facts = domain::evidence::Facts {
        agent: domain::evidence::Agent::Browser,
        method: domain::evidence::Method::Get,
        prefetch: false,
        network_class: domain::evidence::NetworkClass::Other,
        network: 7,
    };
    let hit = domain::log::Hit { at: at(60), link: 0, facts };
    assert!(watched.table.hit(&key, domain::evidence::HitKind::Open, hit).await.unwrap());
    watched.nothing_to_do(5 * MINUTE).await;
    watched.nothing_to_do(25 * HOUR).await;
    assert_eq!((watched.attention().await, watched.all_due().await), (vec![], vec![]));
}

#[tokio::test]
async fn an_unreadable_item_stands_in_nobodys_way() {
    let watched = Watched::start().await;
    let send = SendId::new(start(), 0);
    let spoilt = waiting("1", send, 0, "spoilt@example.com");
    let others: Vec<Recipient> = (1..=3).map(|index| waiting("1", send, index, "ann@example.com")).collect();
    let all = [vec![spoilt.clone()], others.clone()].concat();
    assert_eq!(submit(&watched.table, &all, None).await, Submitted::Done);
    for recipient in [&spoilt, &others[0]] {
        watched.append(&recipient.key, &[event(ACCEPTED, EventKind::Processed)]).await;
    }
    watched.cloud.spoil("spoilt@example.com", "source").await;

    let looked = watched.run(5 * MINUTE).await;
    assert_eq!(looked, done([("failed", 1), ("sent_without_events", 1), ("redriven", 2)]));
    // It is put off, so that it cannot fill the shard's pages, and looked at again.
    assert_eq!(watched.run(10 * MINUTE).await, done([("redriven", 2)]));
    assert_eq!(watched.run(7 * HOUR).await["failed"], 1);
    assert!(watched.all_due().await.contains(&spoilt.key));
}

#[tokio::test]
async fn more_than_a_page_of_one_shard_is_worked_on() {
    let watched = Watched::start().await;
    // The recipients of one send stand in one shard.
    let mut count = 0;
    for number in 0..5 {
        let send = SendId::new(start() + SignedDuration::from_millis(number), 0);
        let recipients: Vec<Recipient> =
            (0..50).map(|index| waiting(&number.to_string(), send, index, "ann@example.com")).collect();
        assert_eq!(submit(&watched.table, &recipients, None).await, Submitted::Done);
        count += recipients.len() as u64;
    }
    assert_eq!(watched.table.due(0, at(HOUR), None, 1000).await.unwrap().due.len() as u64, count, "one shard");
    watched.cloud.door().requests();
    assert_eq!(watched.run(6 * MINUTE).await, done([("redriven", count)]));
    let requests = watched.cloud.door().requests();
    assert_eq!(requests["UpdateItem"], count, "each once: {requests}");
    watched.nothing_to_do(6 * MINUTE).await;
}

#[tokio::test]
async fn a_table_that_is_busy_for_a_moment_puts_nobody_off() {
    let watched = Watched::start().await;
    send_to(&watched.table, "1", "ann@example.com").await;
    send_to(&watched.table, "2", "bob@example.com").await;
    // All attempts of one request, and none of another's if they take turns.
    watched.cloud.door().spoil(tests::door::Trouble::Throttled, "UpdateItem", 0, 8);
    let first = watched.run(5 * MINUTE).await;
    assert_eq!(first["failed"], 2);
    assert_eq!(watched.run(5 * MINUTE).await, done([("redriven", 2)]));
}

#[tokio::test]
async fn what_is_older_than_the_firm_wants_it_kept_goes_in_a_run_and_again_a_day_later() {
    let watched = Watched::start().await;
    let old = watched.accepted("1").await;
    watched.append(&old, &[event(2, EventKind::Delivered { detail: None })]).await;
    let retention_days = Some(1.try_into().unwrap());
    let settings = domain::settings::Settings { retention_days, ..Default::default() };
    watched.table.put_settings(&firm(), settings, table::Expected::Anything, at(HOUR)).await.unwrap();
    watched.nothing_to_do(HOUR).await;
    assert_eq!(stored(&watched.table, &old).await.log.outcome, None, "it is young");
    watched.nothing_to_do(25 * HOUR - 1).await;
    assert_eq!(watched.run(25 * HOUR).await, done([("rewritten", 1)]));
    assert!(stored(&watched.table, &old).await.log.outcome.is_some());
    watched.nothing_to_do(25 * HOUR).await;
}
