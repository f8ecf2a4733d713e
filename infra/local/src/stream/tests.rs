//! What becomes of records on their way.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::delivery::{Verdict, judge};
use super::*;
use crate::database::{self, Shard};
use crate::faults::Plan;
use crate::invoke::EventFunction;
use crate::template::{StreamTrigger, Template};
use serde_json::json;

fn destination(function: EventFunction, retries: u32, bisect: bool) -> Destination {
    let (function_name, patterns, window_seconds) = ("send".to_owned(), Vec::new(), None);
    let trigger =
        StreamTrigger { function: function_name, batch_size: 10, lanes: 1, retries, bisect, window_seconds, patterns };
    Destination { trigger, function, dead_letters: Arc::default(), faults: Arc::default() }
}

fn record(number: u32) -> Value {
    json!({ "dynamodb": { "SequenceNumber": format!("{number:021}") } })
}

fn numbers(event: &Value) -> Vec<u32> {
    event["Records"].as_array().unwrap().iter().map(|record| sequence_number(record).parse().unwrap()).collect()
}

/// A function that follows a script and keeps what it was given.
fn scripted(
    script: impl Fn(usize, &[u32]) -> Result<Value, InvocationError> + Send + Sync + 'static,
) -> (EventFunction, Arc<Mutex<Vec<Vec<u32>>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&calls);
    let function: EventFunction = Arc::new(move |event| {
        let numbers = numbers(&event);
        let answer = script(kept.lock().unwrap().len(), &numbers);
        kept.lock().unwrap().push(numbers);
        Box::pin(async move { answer })
    });
    (function, calls)
}

fn failures(of: &[u32]) -> Value {
    let items = of.iter().map(|number| json!({ "itemIdentifier": format!("{number:021}") }));
    json!({ "batchItemFailures": items.collect::<Vec<_>>() })
}

#[tokio::test(start_paused = true)]
async fn a_partial_failure_is_tried_again_from_the_lowest_failed_record() {
    let (function, calls) = scripted(|call, _| Ok(if call == 0 { failures(&[3, 2]) } else { Value::Null }));
    let destination = destination(function, 2, true);
    destination.deliver((1..=4).map(record).collect(), None).await;
    assert_eq!(*calls.lock().unwrap(), [vec![1, 2, 3, 4], vec![2, 3, 4]]);
    assert!(destination.dead_letters.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_error_is_bisected_until_the_poison_is_alone() {
    let poison = |_, numbers: &[u32]| {
        if numbers.contains(&3) { Err(InvocationError::Panicked) } else { Ok(failures(&[])) }
    };
    let (function, calls) = scripted(poison);
    let destination = destination(function, 1, true);
    destination.deliver((1..=4).map(record).collect(), None).await;
    // The halves come in their order, and halving is no retry.
    assert_eq!(*calls.lock().unwrap(), [vec![1, 2, 3, 4], vec![1, 2], vec![3, 4], vec![3], vec![3], vec![4]]);
    let dead = destination.dead_letters.all();
    assert_eq!(dead.len(), 1);
    assert_eq!(numbers(&dead[0]["message"]), [3]);
    assert_eq!(dead[0]["attempts"], 2);
}

#[tokio::test(start_paused = true)]
async fn retries_have_a_limit() {
    let (function, calls) = scripted(|_, _| Ok(failures(&[1])));
    let destination = destination(function, 3, false);
    destination.deliver(vec![record(1)], None).await;
    assert_eq!(calls.lock().unwrap().len(), 4);
    assert_eq!(destination.dead_letters.all().len(), 1);
}

#[test]
fn an_items_records_stay_in_one_lane_in_their_order() {
    let record = |key: u32, number: u32| json!({ "dynamodb": { "Keys": { "pk": key }, "SequenceNumber": number } });
    let records: Vec<_> = (0..100).map(|number| record(number % 10, number)).collect();
    let lanes = split(records.into_iter(), 4);
    assert!((2..=4).contains(&lanes.len()));
    assert_eq!(lanes.iter().map(Vec::len).sum::<usize>(), 100);
    for key in 0..10 {
        let holding = lanes.iter().filter(|lane| lane.iter().any(|record| record["dynamodb"]["Keys"]["pk"] == key));
        assert_eq!(holding.count(), 1);
    }
    for lane in lanes {
        assert!(lane.is_sorted_by_key(|record| record["dynamodb"]["SequenceNumber"].as_u64()));
    }
}

#[test]
fn an_answer_that_makes_no_sense_fails_the_batch() {
    let records = [record(1), record(2)];
    let judge = |answer, in_window| judge(&records, &Ok(answer), in_window);
    assert_eq!(judge(Value::Null, false), Verdict::Done);
    assert_eq!(judge(failures(&[]), false), Verdict::Done);
    assert_eq!(judge(failures(&[2]), false), Verdict::FailedFrom(1));
    for answer in [
        failures(&[9]),
        json!({ "batchItemFailures": [{}] }),
        json!({ "batchItemFailures": [{ "itemIdentifier": "" }] }),
        json!({ "batchItemFailures": "all" }),
    ] {
        assert!(matches!(judge(answer, false), Verdict::Failed(_)));
    }
    // In a window there must be a state.
    assert!(matches!(judge(failures(&[]), true), Verdict::Failed(_)));
    assert_eq!(judge(json!({ "state": {} }), true), Verdict::Done);
}

fn window() -> Window {
    Window::around(0, 900, Shard { id: "shardId-1".to_owned(), stream_arn: "arn".to_owned() })
}

fn events(events: &Mutex<Vec<Value>>, name: &str) -> Vec<Value> {
    events.lock().unwrap().iter().map(|event| event[name].clone()).collect()
}

/// A function that counts its invocations in the window's state, and fails those that are named.
fn counting(failing: &'static [usize]) -> (EventFunction, Arc<Mutex<Vec<Value>>>) {
    let seen = Arc::<Mutex<Vec<Value>>>::default();
    let kept = Arc::clone(&seen);
    let function: EventFunction = Arc::new(move |event| {
        let count = event["state"]["count"].as_u64().unwrap_or_default() + 1;
        let fails = failing.contains(&kept.lock().unwrap().len());
        kept.lock().unwrap().push(event);
        Box::pin(async move { Ok(if fails { json!({}) } else { json!({ "state": { "count": count } }) }) })
    });
    (function, seen)
}

#[tokio::test(start_paused = true)]
async fn a_windows_state_goes_from_answer_to_answer_and_an_answer_without_one_has_failed() {
    let (function, seen) = counting(&[1, 3]);
    let destination = destination(function, 3, false);
    let mut window = window();
    destination.deliver(vec![record(1)], Some(&mut window)).await;
    destination.deliver(vec![record(2), record(3)], Some(&mut window)).await;
    destination.end(window).await;
    let counts =
        [json!({}), json!({ "count": 1 }), json!({ "count": 1 }), json!({ "count": 2 }), json!({ "count": 2 })];
    assert_eq!(events(&seen, "state"), counts);
    assert_eq!(events(&seen, "isFinalInvokeForWindow"), [false, false, false, true, true]);
    let records = seen.lock().unwrap().iter().map(numbers).collect::<Vec<_>>();
    assert_eq!(records, [vec![1], vec![2, 3], vec![2, 3], vec![], vec![]]);
    assert!(destination.dead_letters.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn faults_repeat_batches_and_lose_answers_in_windows_alone() {
    let (function, seen) = counting(&[]);
    let destination = destination(function, 3, true);
    let plan = br#"{"stream":{"repeat":1,"lose_answer":1}}"#;
    destination.faults.set(Plan::parse(plan).unwrap());
    destination.deliver(vec![record(1)], None).await;
    assert_eq!(seen.lock().unwrap().len(), 1);
    let mut window = window();
    destination.deliver(vec![record(2)], Some(&mut window)).await;
    destination.deliver(vec![record(3)], Some(&mut window)).await;
    let records = seen.lock().unwrap().iter().flat_map(numbers).collect::<Vec<_>>();
    // Its first answer was lost; what it then answered was taken for the first of two.
    assert_eq!(records, [1, 2, 2, 2, 3]);
    let counts = [json!({}), json!({}), json!({ "count": 1 }), json!({ "count": 2 })];
    assert_eq!(events(&seen, "state")[1..], counts);
    assert_eq!(destination.faults.rest(), Plan::default());
}

#[test]
fn a_record_tells_when_it_was_written() {
    let at = |seconds: Value| written_at(&json!({ "dynamodb": { "ApproximateCreationDateTime": seconds } }));
    assert_eq!([at(json!(7)), at(json!(7.9)), at(Value::Null)], [Some(7), Some(7), None]);
}

#[tokio::test]
async fn the_pump_carries_what_its_filter_takes_and_keeps_its_position() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("position");
    let (database, _) = database::open(None, &Template::parse(database::tests::TABLE).unwrap()).unwrap();
    let (sender, mut received) = tokio::sync::mpsc::unbounded_channel();
    let function: EventFunction = Arc::new(move |event| {
        sender.send(event).unwrap();
        Box::pin(async { Ok(Value::Null) })
    });
    let patterns = vec![Pattern::parse(r#"{"dynamodb":{"Keys":{"pk":{"S":["wanted"]}}}}"#).unwrap()];
    let mut destination = destination(function, 1, false);
    destination.trigger.patterns = patterns;
    let pump = Arc::new(Pump::new(destination, database.clone(), Some(file.clone())).unwrap());
    let written = watch::Sender::new(());
    let running = tokio::spawn(Arc::clone(&pump).run(written.subscribe()));
    database::tests::put(&database, "other");
    database::tests::put(&database, "wanted");
    assert!(!pump.is_idle());
    written.send_replace(());
    let event = received.recv().await.unwrap();
    assert_eq!(event["Records"].as_array().unwrap().len(), 1);
    assert_eq!(event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"], "wanted");
    while !pump.is_idle() {
        tokio::task::yield_now().await;
    }
    assert!(std::fs::read_to_string(file).unwrap().len() >= 21);
    running.abort();
}

#[tokio::test]
async fn a_window_ends_when_its_time_is_over() {
    let (database, _) = database::open(None, &Template::parse(database::tests::TABLE).unwrap()).unwrap();
    let (sender, mut received) = tokio::sync::mpsc::unbounded_channel();
    let function: EventFunction = Arc::new(move |event| {
        sender.send(event).unwrap();
        Box::pin(async { Ok(json!({ "state": { "seen": true } })) })
    });
    let mut destination = destination(function, 1, false);
    destination.trigger.window_seconds = Some(1);
    let pump = Arc::new(Pump::new(destination, database.clone(), None).unwrap());
    database::tests::put(&database, "a");
    let running = tokio::spawn(Arc::clone(&pump).run(watch::Sender::new(()).subscribe()));
    let (first, last) = (received.recv().await.unwrap(), received.recv().await.unwrap());
    assert_eq!((record_count(&first), record_count(&last)), (1, 0));
    assert_eq!((&first["state"], &last["state"]), (&json!({}), &json!({ "seen": true })));
    assert_eq!((&first["isFinalInvokeForWindow"], &last["isFinalInvokeForWindow"]), (&json!(false), &json!(true)));
    assert_eq!(first["window"], last["window"]);
    assert!(first["shardId"].as_str().unwrap().starts_with("shardId-"));
    assert_eq!(first["eventSourceARN"], first["Records"][0]["eventSourceARN"]);
    database::tests::put(&database, "b");
    assert_eq!(received.recv().await.unwrap()["state"], json!({}), "each window starts anew");
    running.abort();
}

fn record_count(event: &Value) -> usize {
    event["Records"].as_array().unwrap().len()
}
