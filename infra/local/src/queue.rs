//! The queue between SES and the recorder: SQS's bookkeeping and Lambda's way of reading it, with batches, partial
//! failures, a visibility delay, a limit of receives, and dead letters.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::clock;
use crate::dead_letters::DeadLetters;
use crate::invoke::{EventFunction, InvocationError, MessageFunction, Outcome, apart_flat};

/// Invocations at once. More than one, so that events of one recipient meet, as they do on AWS.
const CONCURRENCY: usize = 4;

/// SQS and Lambda would take minutes; what matters here is that a retry is another invocation at another time.
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// What is about a message that nobody knows yet waits for that message to be written, so it pauses so much longer after
/// each receive: ten receives take four and a half seconds.
const NOT_KNOWN_YET_STEP: Duration = Duration::from_millis(100);

/// Messages beyond this many are refused: a queue without a reader must not fill the memory.
const MOST_MESSAGES: usize = 200_000;

const QUEUE_ARN: &str = "arn:aws:sqs:eu-central-1:000000000000:invoice-email-events";

/// The queue has no room.
#[derive(Debug, thiserror::Error)]
#[error("the queue holds {MOST_MESSAGES} messages and takes no more")]
pub(crate) struct QueueFull;

/// How a queue is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// Messages in one invocation, at most.
    pub(crate) batch_size: usize,
    /// A message that failed in so many receives is a dead letter.
    pub(crate) most_receives: u32,
}

#[derive(Debug)]
struct Message {
    id: String,
    body: String,
    sent_at_ms: i64,
    receives: u32,
    /// Whether its first receive said that what it is about is not known yet.
    not_known_yet: bool,
    /// Who waits to hear what became of it.
    asker: Option<oneshot::Sender<Result<Outcome, InvocationError>>>,
}

#[derive(Debug, Default)]
struct Contents {
    /// By the time from which they are visible, then by arrival.
    waiting: BTreeMap<(Instant, u64), Message>,
    arrivals: u64,
    in_flight: usize,
}

impl Message {
    /// How long it stays invisible after a receive that failed.
    fn retry_delay(&self) -> Duration {
        if self.not_known_yet { NOT_KNOWN_YET_STEP * self.receives } else { RETRY_DELAY }
    }
}

impl Contents {
    fn add(&mut self, message: Message, visible_at: Instant) {
        self.arrivals += 1;
        self.waiting.insert((visible_at, self.arrivals), message);
    }

    /// Takes up to `most` visible messages, the longest visible first.
    fn take_visible(&mut self, most: usize) -> Vec<Message> {
        let now = Instant::now();
        let mut batch = Vec::new();
        while batch.len() < most
            && let Some(first) = self.waiting.first_entry()
            && first.key().0 <= now
        {
            batch.push(first.remove());
        }
        self.in_flight += batch.len();
        batch
    }
}

/// The queue.
pub(crate) struct Queue {
    contents: Mutex<Contents>,
    arrived: Notify,
    dead_letters: Arc<DeadLetters>,
}

impl Queue {
    pub(crate) fn new(dead_letters: Arc<DeadLetters>) -> Self {
        Self { contents: Mutex::default(), arrived: Notify::new(), dead_letters }
    }

    /// Sends a message that becomes visible after `delay`.
    pub(crate) fn send(&self, body: String, delay: Duration) -> Result<(), QueueFull> {
        self.push(body, delay, None)
    }

    /// Sends a message and waits until it has been handled once.
    pub(crate) async fn send_and_hear(&self, body: String, delay: Duration) -> Result<Outcome, InvocationError> {
        let (asker, answer) = oneshot::channel();
        self.push(body, delay, Some(asker)).map_err(|error| InvocationError::from_error(&error))?;
        answer.await.unwrap_or(Err(InvocationError::Panicked))
    }

    /// Whether nothing waits and nothing is being handled.
    pub(crate) fn is_idle(&self) -> bool {
        let contents = self.lock();
        contents.waiting.is_empty() && contents.in_flight == 0
    }

    /// Reads the queue until it is dropped.
    pub(crate) async fn run(self: Arc<Self>, reading: Reading, batches: EventFunction, single: MessageFunction) {
        let mut readers = tokio::task::JoinSet::new();
        for _ in 0..CONCURRENCY {
            let (queue, batches, single) = (Arc::clone(&self), Arc::clone(&batches), Arc::clone(&single));
            readers.spawn(async move {
                loop {
                    let batch = queue.receive(reading.batch_size).await;
                    queue.handle(reading, batch, &batches, &single).await;
                }
            });
        }
        readers.join_next().await;
    }

    fn push(
        &self,
        body: String,
        delay: Duration,
        asker: Option<oneshot::Sender<Result<Outcome, InvocationError>>>,
    ) -> Result<(), QueueFull> {
        let mut contents = self.lock();
        if contents.waiting.len() >= MOST_MESSAGES {
            return Err(QueueFull);
        }
        let message = Message {
            id: clock::uuid(),
            body,
            sent_at_ms: clock::now().as_millisecond(),
            receives: 0,
            not_known_yet: false,
            asker,
        };
        contents.add(message, Instant::now() + delay);
        drop(contents);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for visible messages and takes up to `most` of them.
    async fn receive(&self, most: usize) -> Vec<Message> {
        loop {
            let next = {
                let mut contents = self.lock();
                let batch = contents.take_visible(most);
                if !batch.is_empty() {
                    // There may be work for another reader.
                    self.arrived.notify_one();
                    return batch;
                }
                contents.waiting.first_key_value().map(|((visible_at, _), _)| *visible_at)
            };
            match next {
                Some(at) => tokio::select! {
                    () = tokio::time::sleep_until(at) => {}
                    () = self.arrived.notified() => {}
                },
                None => self.arrived.notified().await,
            }
        }
    }

    async fn handle(&self, reading: Reading, batch: Vec<Message>, batches: &EventFunction, single: &MessageFunction) {
        let (asked, mut batch): (Vec<_>, Vec<_>) = batch.into_iter().partition(|message| message.asker.is_some());
        for message in &mut batch {
            message.receives += 1;
        }
        let failed = match &batch[..] {
            [] => Vec::new(),
            _ => failed(&batch, apart_flat(batches(event(&batch))).await),
        };
        let handled = batch.len();
        let batch = batch.into_iter().zip(failed).filter_map(|(message, failed)| failed.then_some(message)).collect();
        self.settle(reading, batch, handled);
        for mut message in asked {
            message.receives += 1;
            let outcome = apart_flat(single(message.body.clone())).await;
            message.not_known_yet = matches!(outcome, Ok(Outcome::NotKnownYet(_)));
            let failed = message.not_known_yet || outcome.is_err();
            // Whoever asked may have gone away; the message is handled all the same.
            let _gone = message.asker.take().map(|asker| asker.send(outcome));
            self.settle(reading, if failed { vec![message] } else { Vec::new() }, 1);
        }
    }

    /// Puts failed messages back, or among the dead letters, of `handled` that were in flight.
    fn settle(&self, reading: Reading, failed: Vec<Message>, handled: usize) {
        let mut contents = self.lock();
        contents.in_flight -= handled;
        for message in failed {
            if message.receives >= reading.most_receives {
                tracing::warn!(receives = message.receives, "a message became a dead letter");
                self.dead_letters.add(
                    "queue",
                    message.receives,
                    json!({ "messageId": message.id, "body": message.body }),
                );
            } else {
                let visible_at = Instant::now() + message.retry_delay();
                contents.add(message, visible_at);
            }
        }
        drop(contents);
        self.arrived.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The event in which Lambda hands over messages of a queue.
fn event(batch: &[Message]) -> Value {
    let now = clock::now().as_millisecond().to_string();
    let records = batch.iter().map(|message| {
        json!({
            "messageId": message.id,
            "receiptHandle": format!("{}-{}", message.id, message.receives),
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": message.receives.to_string(),
                "SentTimestamp": message.sent_at_ms.to_string(),
                "SenderId": "AIDALOCALSNS",
                "ApproximateFirstReceiveTimestamp": now,
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": QUEUE_ARN,
            "awsRegion": "eu-central-1",
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// Which messages of a batch failed. As with Lambda, an error or an answer that makes no sense fails them all.
fn failed(batch: &[Message], response: Result<Value, InvocationError>) -> Vec<bool> {
    let all = || vec![true; batch.len()];
    let response = match response {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(messages = batch.len(), error = %error, "a queue batch failed");
            return all();
        }
    };
    let failures = match &response["batchItemFailures"] {
        Value::Null => return vec![false; batch.len()],
        Value::Array(failures) => failures,
        _ => return all(),
    };
    let mut failed = vec![false; batch.len()];
    for failure in failures {
        let identifier = failure["itemIdentifier"].as_str().unwrap_or_default();
        match batch.iter().position(|message| message.id == identifier) {
            Some(index) => failed[index] = true,
            None => return all(),
        }
    }
    failed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use tokio::sync::mpsc;

    const READING: Reading = Reading { batch_size: 10, most_receives: 3 };

    fn single(answer: Result<Outcome, InvocationError>) -> MessageFunction {
        Arc::new(move |_| {
            let answer = answer.clone();
            Box::pin(async move { answer })
        })
    }

    fn unused() -> MessageFunction {
        single(Ok(Outcome::Ignored(String::new())))
    }

    async fn until_idle(queue: &Queue) {
        while !queue.is_idle() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Fails messages whose body is `poison`, and tells of each batch.
    fn recorder() -> (EventFunction, mpsc::UnboundedReceiver<Value>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let function: EventFunction = Arc::new(move |event| {
            let records = event["Records"].as_array().unwrap();
            let poison = records.iter().filter(|record| record["body"] == "poison");
            let failures: Vec<_> = poison.map(|record| json!({ "itemIdentifier": record["messageId"] })).collect();
            sender.send(event).unwrap();
            Box::pin(async move { Ok(json!({ "batchItemFailures": failures })) })
        });
        (function, receiver)
    }

    #[tokio::test(start_paused = true)]
    async fn a_poison_message_fails_alone_and_ends_as_a_dead_letter() {
        let dead = Arc::new(DeadLetters::default());
        let queue = Arc::new(Queue::new(Arc::clone(&dead)));
        queue.send("good".to_owned(), Duration::ZERO).unwrap();
        queue.send("poison".to_owned(), Duration::ZERO).unwrap();
        let (function, mut events) = recorder();
        let running = tokio::spawn(Arc::clone(&queue).run(READING, function, unused()));
        until_idle(&queue).await;
        let first = events.recv().await.unwrap();
        assert_eq!(first["Records"].as_array().unwrap().len(), 2);
        assert_eq!(first["Records"][0]["eventSource"], "aws:sqs");
        assert_eq!(first["Records"][0]["attributes"]["ApproximateReceiveCount"], "1");
        let second = events.recv().await.unwrap();
        assert_eq!(second["Records"].as_array().unwrap().len(), 1);
        assert_eq!(second["Records"][0]["body"], "poison");
        assert_eq!(second["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
        assert!(events.recv().await.is_some());
        assert!(events.try_recv().is_err(), "three receives and no more");
        let dead = dead.all();
        assert_eq!((dead.len(), &dead[0]["message"]["body"], &dead[0]["attempts"]), (1, &json!("poison"), &json!(3)));
        running.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_has_at_most_its_size_and_delays_hold() {
        let queue = Arc::new(Queue::new(Arc::default()));
        for number in 0..11 {
            queue.send(number.to_string(), Duration::ZERO).unwrap();
        }
        queue.send("later".to_owned(), Duration::from_secs(60)).unwrap();
        let (function, mut events) = recorder();
        let running = tokio::spawn(Arc::clone(&queue).run(READING, function, unused()));
        let sizes = [events.recv().await.unwrap(), events.recv().await.unwrap()];
        assert_eq!(sizes.map(|event| event["Records"].as_array().unwrap().len()), [10, 1]);
        let before = Instant::now();
        assert_eq!(events.recv().await.unwrap()["Records"][0]["body"], "later");
        assert!(before.elapsed() >= Duration::from_secs(59));
        running.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_asks_hears_the_first_outcome_and_a_failure_is_tried_again() {
        let dead = Arc::new(DeadLetters::default());
        let queue = Arc::new(Queue::new(Arc::clone(&dead)));
        let failure = InvocationError::Failed("unreadable".to_owned());
        let (function, mut events) = recorder();
        let running = tokio::spawn(Arc::clone(&queue).run(READING, function, single(Err(failure.clone()))));
        assert_eq!(queue.send_and_hear("poison".to_owned(), Duration::ZERO).await, Err(failure));
        until_idle(&queue).await;
        assert_eq!(events.recv().await.unwrap()["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
        assert_eq!(dead.all().len(), 1);
        running.abort();

        let queue = Arc::new(Queue::new(Arc::default()));
        let recorded = Outcome::Recorded("Delivery".to_owned());
        let running = tokio::spawn(Arc::clone(&queue).run(READING, recorder().0, single(Ok(recorded.clone()))));
        assert_eq!(queue.send_and_hear("event".to_owned(), Duration::ZERO).await, Ok(recorded));
        until_idle(&queue).await;
        running.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_known_yet_is_given_seconds_and_junk_is_not() {
        let reading = Reading { most_receives: 10, ..READING };
        let not_known = Outcome::NotKnownYet("not known yet".to_owned());
        let unreadable = InvocationError::Failed("unreadable".to_owned());
        for (answer, seconds) in [(Ok(not_known), 4.5..5.0), (Err(unreadable), 0.9..1.0)] {
            let dead = Arc::new(DeadLetters::default());
            let queue = Arc::new(Queue::new(Arc::clone(&dead)));
            let (function, mut events) = recorder();
            let running = tokio::spawn(Arc::clone(&queue).run(reading, function, single(answer.clone())));
            let before = Instant::now();
            assert_eq!(queue.send_and_hear("poison".to_owned(), Duration::ZERO).await, answer);
            assert!(!queue.is_idle(), "it stays in the queue");
            let mut pauses = Vec::new();
            let mut last = Instant::now();
            for _ in 1..reading.most_receives {
                events.recv().await.unwrap();
                pauses.push(last.elapsed());
                last = Instant::now();
            }
            until_idle(&queue).await;
            assert!(seconds.contains(&before.elapsed().as_secs_f64()), "{:?}", before.elapsed());
            assert!(pauses.is_sorted(), "{pauses:?}");
            assert_eq!((dead.all().len(), &dead.all()[0]["attempts"]), (1, &json!(10)));
            running.abort();
        }
    }

    #[test]
    fn an_unknown_identifier_or_an_error_fails_the_whole_batch() {
        let message = |id: &str| Message {
            id: id.to_owned(),
            body: String::new(),
            sent_at_ms: 0,
            receives: 1,
            not_known_yet: false,
            asker: None,
        };
        let batch = [message("a"), message("b")];
        let answer = |id: &str| Ok(json!({ "batchItemFailures": [{ "itemIdentifier": id }] }));
        assert_eq!(failed(&batch, answer("b")), [false, true]);
        assert_eq!(failed(&batch, answer("z")), [true, true]);
        assert_eq!(failed(&batch, Ok(json!({ "batchItemFailures": [{}] }))), [true, true]);
        assert_eq!(failed(&batch, Ok(Value::Null)), [false, false]);
        assert_eq!(failed(&batch, Err(InvocationError::Panicked)), [true, true]);
    }
}
