//! What can be done in a history: making the invocation that it takes, and drawing what those outside conclude from its
//! end.

use std::collections::BTreeSet;

use rand::Rng;
use rand::seq::{IndexedRandom, SliceRandom};
use serde_json::{Value, json};
use tests::payload;

use domain::token::Purpose;

use super::conclusion;
use super::fate::Message;
use super::functions::{Function, request};
use super::running::End;
use super::story::{FIRM, Recipient, State, Story, Submission, Touch, TouchKind};
use super::trouble::{Plan, Trouble};
use super::world::{Invocation, World};

/// Something to be done by one invocation.
#[derive(Debug, Clone)]
pub(super) enum Job {
    /// A request to send, again or for the first time, by its place in the story.
    Submit(usize),
    /// Records of the stream, from the reader's position on; `again` brings what was dealt with before.
    Stream {
        function: Function,
        records: Vec<(usize, Value)>,
        again: bool,
    },
    /// Messages of the queue.
    Record(Vec<Message>),
    Watch,
    Touch {
        recipient: usize,
        kind: TouchKind,
        automatic: bool,
    },
}

impl Job {
    /// A new request to send.
    pub(super) fn submit_new(story: &mut Story, world: &World) -> Self {
        let count = *[1, 1, 1, 2, 2, 3, 5].choose(&mut story.rng).unwrap();
        let mut pool: Vec<usize> = (0..8).collect();
        pool.shuffle(&mut story.rng);
        let invoice = format!("invoice-{}", story.rng.random_range(0..4));
        let mut lists = [("to", Vec::new()), ("cc", Vec::new()), ("bcc", Vec::new())];
        for (index, person) in pool.into_iter().take(count).enumerate() {
            let list = if index == 0 { 0 } else { story.rng.random_range(0..3) };
            lists[list].1.push(format!("person{person}@example.com"));
        }
        Self::submit_lists(story, world, invoice, &lists)
    }

    /// A new request to send an invoice to these.
    pub(super) fn submit_to(story: &mut Story, world: &World, invoice: &str, people: &[&str]) -> Self {
        let to = people.iter().map(|&address| address.to_owned()).collect();
        Self::submit_lists(story, world, invoice.to_owned(), &[("to", to), ("cc", Vec::new()), ("bcc", Vec::new())])
    }

    fn submit_lists(story: &mut Story, world: &World, invoice: String, lists: &[(&str, Vec<String>); 3]) -> Self {
        let places = lists.iter().flat_map(|(kind, list)| {
            list.iter().enumerate().map(move |(index, address)| (format!("{kind}:{index}"), address.clone()))
        });
        let people = places.collect();
        let [(_, to), (_, cc), (_, bcc)] = lists;
        let body = json!({ "to": to, "cc": cc, "bcc": bcc, "subject": "Invoice", "facts": { "url": "https://portal.example.com/i/1" } });
        let (route, path) = ("POST /v1/invoices/{invoice}/emails", format!("/v1/invoices/{invoice}/emails"));
        let event = request(FIRM, route, &path, json!({ "invoice": invoice }), Some(&body));
        let tracked = story.tracking;
        Self::submit_event(story, world, invoice, event, people, tracked, None)
    }

    /// A request to send again to a recipient, of which there is none yet.
    pub(super) fn resend(story: &mut Story, world: &World) -> Option<Self> {
        let is_free = |place: &usize| !story.submissions.iter().any(|asked| asked.replaces == Some(*place));
        let free: Vec<usize> = (0..story.recipients.len()).filter(is_free).collect();
        let old = *free.choose(&mut story.rng)?;
        let corrected = format!("person{}@example.com", story.rng.random_range(0..8));
        let corrected = story.rng.random_bool(0.5).then_some(corrected);
        Some(Self::resend_to(story, world, old, corrected))
    }

    /// A request to send again to this recipient, at another address if one is given.
    pub(super) fn resend_to(story: &mut Story, world: &World, old: usize, corrected: Option<String>) -> Self {
        let Recipient { key, address, submission, .. } = &story.recipients[old];
        let (invoice, send, position) = (key.invoice.to_string(), key.send.to_string(), key.position.to_string());
        let tracked = story.submissions[*submission].tracked && story.tracking;
        let address = address.clone();
        let (named, address) = match corrected {
            Some(corrected) => (json!({ "recipient": position, "address": corrected }), corrected),
            None => (json!({ "recipient": position }), address),
        };
        let (route, path) = (
            "POST /v1/invoices/{invoice}/emails/{send}/resend",
            format!("/v1/invoices/{invoice}/emails/{send}/resend"),
        );
        let event = request(FIRM, route, &path, json!({ "invoice": invoice, "send": send }), Some(&named));
        let people = vec![("to:0".to_owned(), address)];
        Self::submit_event(story, world, invoice, event, people, tracked, Some(old))
    }

    fn submit_event(
        story: &mut Story,
        world: &World,
        invoice: String,
        mut event: Value,
        people: Vec<(String, String)>,
        tracked: bool,
        replaces: Option<usize>,
    ) -> Self {
        // What was written long ago arrives before anything is asked anew.
        world.door.let_stragglers_arrive();
        event["headers"]["idempotency-key"] = json!(format!("key-{}", story.submissions.len()));
        story.submissions.push(Submission {
            invoice,
            event,
            people,
            tracked,
            replaces,
            state: State::Open,
            always_suppressed: None,
            ever_suppressed: BTreeSet::new(),
        });
        Self::Submit(story.submissions.len() - 1)
    }

    /// The next records of the stream for a function, at most so many; `None` if there are none.
    pub(super) fn stream(story: &mut Story, world: &World, function: Function, most: usize) -> Option<Self> {
        let mut outside = world.door.outside();
        let records = outside.table.records();
        let reader = story.readers.entry(function).or_default();
        let batch = next_batch(records, function, reader.position, most);
        if batch.is_empty() {
            reader.position = records.len();
            return None;
        }
        Some(Self::Stream { function, records: batch, again: false })
    }

    /// Records that a function has dealt with already.
    pub(super) fn stream_again(story: &mut Story, world: &World, function: Function) -> Option<Self> {
        let mut outside = world.door.outside();
        let records = outside.table.records();
        let position = story.readers.entry(function).or_default().position;
        let from = story.rng.random_range(0..position.max(1));
        let batch = next_batch(&records[..position.min(records.len())], function, from, 10);
        (!batch.is_empty()).then_some(Self::Stream { function, records: batch, again: true })
    }

    /// Messages that wait in the queue, in any order.
    pub(super) fn record(story: &mut Story, world: &World, most: usize) -> Option<Self> {
        let outside = world.door.outside();
        let now = world.clock.now();
        let emitted = outside.mailbox.emitted.iter().filter(|emitted| emitted.from <= now);
        let mut waiting: Vec<Message> = emitted.flat_map(|emitted| emitted.messages.iter().cloned()).collect();
        waiting.retain(|message| message.visible_from <= now);
        waiting.shuffle(&mut story.rng);
        waiting.truncate(most);
        (!waiting.is_empty()).then_some(Self::Record(waiting))
    }

    /// Somebody does something with a mail.
    pub(super) fn touch(story: &mut Story, world: &World) -> Option<Self> {
        let outside = world.door.outside();
        let has_mail =
            |place: &usize| outside.mailbox.mails.iter().any(|mail| mail.key == story.recipients[*place].key);
        let with_mail: Vec<usize> = (0..story.recipients.len()).filter(has_mail).collect();
        drop(outside);
        let recipient = *with_mail.choose(&mut story.rng)?;
        let kinds = [
            TouchKind::Open,
            TouchKind::Open,
            TouchKind::Open,
            TouchKind::Click,
            TouchKind::Click,
            TouchKind::View,
            TouchKind::Confirm,
            TouchKind::Unsubscribe,
        ];
        let kind = *kinds.choose(&mut story.rng).unwrap();
        let is_tracked = story.submissions[story.recipients[recipient].submission].tracked;
        let is_page = matches!(kind, TouchKind::View | TouchKind::Confirm);
        // An untracked mail has no pixel and no links of ours, and a replaced one no page.
        if kind != TouchKind::Unsubscribe && !is_tracked
            || (is_page && story.submissions.iter().any(|asked| asked.replaces == Some(recipient)))
        {
            return None;
        }
        let automatic = matches!(kind, TouchKind::Open | TouchKind::Click) && story.rng.random_bool(0.4);
        Some(Self::Touch { recipient, kind, automatic })
    }

    /// The invocation that does it.
    pub(super) fn invocation(&self, story: &mut Story, world: &World) -> Invocation {
        let (function, event) = match self {
            Self::Submit(place) => (Function::Submit, story.submissions[*place].event.clone()),
            Self::Stream { function, records, .. } => (*function, batch_event(*function, records)),
            Self::Record(messages) => {
                let records = messages
                    .iter()
                    .enumerate()
                    .map(|(index, message)| payload::queued(&index.to_string(), &message.body));
                (Function::Record, json!({ "Records": records.collect::<Vec<_>>() }))
            }
            Self::Watch => (Function::Watch, json!({})),
            Self::Touch { recipient, kind, automatic } => {
                touch_event(world, &story.recipients[*recipient], *kind, *automatic)
            }
        };
        Invocation { function, event, random: story.random() }
    }

    /// Whether a request of the table that is carried out much later may belong to it: a person who was told that nothing
    /// was sent must not find a mail sent after all.
    pub(super) fn may_straggle(&self, story: &Story) -> bool {
        !matches!(self, Self::Submit(place) if story.submissions[*place].replaces.is_some())
    }

    /// Whether what straggles may arrive after others have written to the same recipient. An append also writes the keys of
    /// the sparse indexes that its events by themselves call for, unless it tells nothing new. If none of its attempts came
    /// through before a later event they may be wrong then, and nobody puts them right before the next one. That is known
    /// and accepted: an attempt whose sender is dead is carried out at once or never.
    pub(super) fn may_arrive_late(&self, plan: &Plan) -> bool {
        let comes_through = |(_, count, trouble)| count < 3 && trouble != Trouble::KillStraggles;
        let appends = matches!(self, Self::Record(_) | Self::Stream { function: Function::Send, .. });
        !appends || plan.trouble.is_none_or(comes_through)
    }

    /// What is noted before it begins.
    pub(super) fn begin(&self, story: &mut Story, world: &World, number: usize, plan: &Plan) {
        match self {
            Self::Submit(place) => conclusion::note_suppressed(story, world, *place),
            Self::Record(messages) => {
                let mut outside = world.door.outside();
                for message in messages {
                    outside.mailbox.emitted[message.of].handed_over = true;
                }
            }
            Self::Touch { recipient, kind, automatic } => {
                let is_certain = plan.hold.is_none()
                    && plan.trouble.is_none_or(|(_, count, trouble)| trouble.is_brief() && count < 3);
                let (automatic, at) = (*automatic, world.clock.now());
                let touch = Touch { kind: *kind, automatic, at, invocation: number, is_certain, is_done: false };
                story.recipients[*recipient].touches.push(touch);
            }
            Self::Stream { .. } | Self::Watch => {}
        }
    }

    /// What follows from how it ended.
    pub(super) fn conclude(&self, story: &mut Story, world: &World, end: &End) -> Result<(), String> {
        let answer = match end {
            End::Returned(Ok(answer)) => Some(answer),
            End::Returned(Err(_)) | End::Killed => None,
        };
        match self {
            Self::Submit(place) => conclusion::submit(story, world, *place, answer),
            Self::Stream { again: true, .. } | Self::Watch => Ok(()),
            Self::Stream { function, records, .. } => conclusion::stream(story, *function, records, answer),
            Self::Record(messages) => conclusion::record(world, messages, answer),
            Self::Touch { recipient, kind, .. } => {
                let mut touches = story.recipients[*recipient].touches.iter_mut().rev();
                let touch = touches.find(|touch| touch.kind == *kind).unwrap();
                touch.is_done = answer.is_some_and(|answer| answer["status"] == 200);
                // The person is told to try again, and the mail program does by itself.
                touch.is_certain &= touch.is_done || *kind != TouchKind::Unsubscribe;
                Ok(())
            }
        }
    }
}

fn wants(function: Function, record: &Value) -> bool {
    let change = &record["dynamodb"];
    match function {
        Function::Send => record["eventName"] != "REMOVE" && !change["NewImage"]["drive"].is_null(),
        _ => change["Keys"]["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("send#")),
    }
}

fn next_batch(records: &[Value], function: Function, from: usize, most: usize) -> Vec<(usize, Value)> {
    let wanted = records.iter().enumerate().skip(from).filter(|(_, record)| wants(function, record));
    wanted.take(most).map(|(place, record)| (place, record.clone())).collect()
}

fn batch_event(function: Function, records: &[(usize, Value)]) -> Value {
    let records: Vec<&Value> = records.iter().map(|(_, record)| record).collect();
    match function {
        Function::Send => json!({ "Records": records }),
        _ => json!({
            "Records": records, "shardId": "shardId-00000000000000000000-00000001", "state": {},
            "window": { "start": "2026-11-23T08:00:00Z", "end": "2026-11-23T08:15:00Z" },
            "isFinalInvokeForWindow": false, "isWindowTerminatedEarly": false,
        }),
    }
}

fn touch_event(world: &World, recipient: &Recipient, kind: TouchKind, automatic: bool) -> (Function, Value) {
    let (keys, key) = (&world.keys, &recipient.key);
    let (function, route, token) = match kind {
        TouchKind::Open => {
            (Function::Track, "GET /o/{token}", format!("{}.gif", keys.seal_recipient(Purpose::Open, key)))
        }
        TouchKind::Click => {
            (Function::Track, "GET /c/{token}", keys.seal_click(key, 1, "https://portal.example.com/i/1"))
        }
        TouchKind::Unsubscribe => (Function::Track, "POST /u/{token}", keys.seal_recipient(Purpose::Unsubscribe, key)),
        TouchKind::View => (Function::Portal, "GET /p/{token}", keys.seal_recipient(Purpose::Portal, key)),
        TouchKind::Confirm => (Function::Portal, "POST /p/{token}", keys.seal_recipient(Purpose::Portal, key)),
    };
    let path = route.split(' ').nth(1).unwrap().replace("{token}", &token);
    let mut event = request(FIRM, route, &path, json!({ "token": token }), None);
    if automatic {
        event["headers"]["user-agent"] = json!("curl/8.9.1");
    }
    if kind == TouchKind::Confirm {
        event["headers"]["content-type"] = json!("application/x-www-form-urlencoded");
        event["body"] = json!("action=open");
    }
    (function, event)
}
