//! What those outside conclude from how an invocation ended, and what Lambda and SQS do about it.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::Value;

use super::fate::Message;
use super::functions::Function;
use super::model::suppression;
use super::story::{Reader, State, Story};
use super::world::World;

/// How often Lambda brings a failed batch again to `send`, as the template says.
const SEND_RETRIES: usize = 5;
/// The same for `follow`.
const FOLLOW_RETRIES: usize = 20;
/// How often SQS brings a message before it is a dead letter, as the template says.
const MOST_RECEIVES: usize = 10;
/// How long a message that failed is out of sight: a tenth of the half hour that the template gives it.
const VISIBLE_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(3);

/// Who stands on the suppression list at an attempt, surely and possibly.
pub(super) fn note_suppressed(story: &mut Story, world: &World, place: usize) {
    let outside = world.door.outside();
    let updates = |invocation: usize| outside.invocations[invocation].updates;
    let addresses: Vec<String> = story.submissions[place].people.iter().map(|(_, address)| address.clone()).collect();
    let listed = |only_certain| -> BTreeSet<String> {
        let is_on_it =
            |address: &&String| suppression(story, &outside.mailbox, address, only_certain, &updates).is_some();
        addresses.iter().filter(is_on_it).cloned().collect()
    };
    let (certain, possible) = (listed(true), listed(false));
    drop(outside);
    let tracking = story.tracking;
    let asked = &mut story.submissions[place];
    // If the settings change between attempts, only who sees the mail can tell.
    asked.tracked &= tracking;
    asked.ever_suppressed.extend(possible);
    asked.always_suppressed = Some(match asked.always_suppressed.take() {
        Some(always) => always.intersection(&certain).cloned().collect(),
        None => certain,
    });
}

pub(super) fn submit(story: &mut Story, world: &World, place: usize, answer: Option<&Value>) -> Result<(), String> {
    note_suppressed(story, world, place);
    let Some(answer) = answer else { return Ok(()) };
    let before = story.submissions[place].state.clone();
    let now = match answer["status"].as_u64() {
        Some(202) => State::Accepted(answer["body"].clone()),
        Some(409) if story.submissions[place].replaces.is_some() => State::Refused,
        Some(503) => return Ok(()),
        _ => return Err(format!("a request to send was answered {answer:#}")),
    };
    match before {
        // Who was refused may ask again under the same key, and be accepted.
        State::Open | State::Refused => {
            if let State::Accepted(body) = &now {
                story.accept(place, body)?;
            }
            story.submissions[place].state = now;
            Ok(())
        }
        before if before == now => Ok(()),
        before => Err(format!("a repeated request was answered {now:?} after {before:?}")),
    }
}

pub(super) fn stream(
    story: &mut Story,
    function: Function,
    records: &[(usize, Value)],
    answer: Option<&Value>,
) -> Result<(), String> {
    let number = |record: &Value| record["dynamodb"]["SequenceNumber"].clone();
    let reader = story.readers.get_mut(&function).unwrap();
    // Somebody else has dealt with it meanwhile.
    if reader.position > records[0].0 {
        return Ok(());
    }
    let behind = records[records.len() - 1].0 + 1;
    let failed = answer.map(|answer| {
        let failures = answer["batchItemFailures"].as_array().cloned().unwrap_or_default();
        let failed = failures.iter().map(|failure| failure["itemIdentifier"].clone());
        failed.filter_map(|failed| records.iter().position(|(_, record)| number(record) == failed)).min()
    });
    match failed {
        Some(None) => *reader = Reader { position: behind, failures: 0 },
        Some(Some(index)) if index > 0 => {
            // The ones before it are done: the batch begins anew behind them.
            *reader = Reader { position: records[index].0, failures: 1 };
        }
        _ => reader.failures += 1,
    }
    let retries = if function == Function::Send { SEND_RETRIES } else { FOLLOW_RETRIES };
    if reader.failures > retries {
        story.given_up += 1;
        *reader = Reader { position: behind, failures: 0 };
        if function != Function::Send {
            return Err("the stream's mapping gave up what was to be counted".to_owned());
        }
    }
    Ok(())
}

pub(super) fn record(world: &World, messages: &[Message], answer: Option<&Value>) -> Result<(), String> {
    let failed: Option<BTreeSet<usize>> = answer.map(|answer| {
        let failures = answer["batchItemFailures"].as_array().cloned().unwrap_or_default();
        failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().parse().unwrap()).collect()
    });
    let mut outside = world.door.outside();
    for (index, handed_over) in messages.iter().enumerate() {
        let emitted = &mut outside.mailbox.emitted[handed_over.of];
        let place = emitted.messages.iter().position(|message| message.number == handed_over.number);
        if failed.as_ref().is_some_and(|failed| !failed.contains(&index)) {
            emitted.recorded = true;
            place.map(|place| emitted.messages.remove(place));
            continue;
        }
        let Some(message) = place.map(|place| &mut emitted.messages[place]) else { continue };
        message.receives += 1;
        message.visible_from = world.clock.now() + VISIBLE_AGAIN_AFTER;
        if message.receives >= MOST_RECEIVES {
            return Err(format!("a message became a dead letter: {}", message.body));
        }
    }
    Ok(())
}
