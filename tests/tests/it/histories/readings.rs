//! What is read besides the histories: the report, the work queue, the suppression list, the totals, and what others heard.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::functions::{Function, request};
use super::model::{Expected, suppression, told};
use super::running::End;
use super::story::{FIRM, Recipient, Story};
use super::trouble::Plan;
use super::world::{Invocation, World};

/// Days that hold all that a history submits: it begins in the morning, and takes some hours before all is quiet.
const FIRST_DAY: &str = "2026-11-23";
const LAST_DAY: &str = "2026-11-24";

/// Asks for something that must be answered.
pub(super) async fn get(story: &mut Story, world: &World, function: Function, event: Value) -> Result<Value, String> {
    let random = story.random();
    match world.run(0, &Invocation { function, event, random }, Plan::calm()).await.1 {
        End::Returned(Ok(mut answer)) if answer["status"] == 200 => Ok(answer["body"].take()),
        end => Err(format!("{function:?} was answered {end:?}")),
    }
}

fn rows(answer: &Value) -> BTreeMap<String, Value> {
    let name = |row: &Value| format!("{} {}", row["send"].as_str().unwrap(), row["recipient"].as_str().unwrap());
    answer["rows"].as_array().unwrap().iter().map(|row| (name(row), row.clone())).collect()
}

/// The report has a row for each recipient that says the same; by the index of failures, too.
pub(super) async fn report(story: &mut Story, world: &World, all: &BTreeMap<String, Expected>) -> Result<(), String> {
    const FAILING: &str = "queued,rejected,delayed,marked_spam";
    for statuses in [None, Some(FAILING)] {
        let mut event = request(FIRM, "GET /v1/reports/invoice-emails", "/v1/reports/invoice-emails", json!({}), None);
        let query = statuses.map_or_else(String::new, |statuses| format!("&status={statuses}"));
        event["rawQueryString"] = json!(format!("limit=1000{query}"));
        let shown = rows(&get(story, world, Function::Report, event).await?);
        let wanted = |expected: &Expected| {
            statuses.is_none_or(|statuses| statuses.split(',').any(|one| one == expected.sent_status))
        };
        let expected: BTreeMap<&String, &Expected> = all.iter().filter(|(_, expected)| wanted(expected)).collect();
        if !shown.keys().eq(expected.keys().copied()) {
            return Err(format!(
                "the report of {statuses:?} has {:?}, and must have {:?}",
                shown.keys(),
                expected.keys()
            ));
        }
        for (name, expected) in expected {
            let row = &shown[name];
            let same = row["sent_status"] == expected.sent_status
                && row["evidence"] == expected.evidence
                && row["next_action"] == json!(expected.next_action)
                && [&row["opens"], &row["automatic_opens"]] == [&json!(expected.opens[0]), &json!(expected.opens[1])]
                && [&row["clicks"], &row["automatic_clicks"]]
                    == [&json!(expected.clicks[0]), &json!(expected.clicks[1])];
            if !same {
                return Err(format!("a row of the report shows {row:#}, and must show {expected:#?}"));
            }
        }
    }
    Ok(())
}

/// The work queue holds whoever needs somebody, and nobody else.
pub(super) async fn attention(
    story: &mut Story,
    world: &World,
    all: &BTreeMap<String, Expected>,
) -> Result<(), String> {
    let mut event = request(FIRM, "GET /v1/attention", "/v1/attention", json!({}), None);
    event["rawQueryString"] = json!("limit=1000");
    let shown = rows(&get(story, world, Function::Report, event).await?);
    let expected: Vec<&String> =
        all.iter().filter(|(_, expected)| expected.needs_somebody).map(|(name, _)| name).collect();
    if !shown.keys().eq(expected.iter().copied()) {
        let shown = shown.keys();
        return Err(format!("the work queue has {shown:?}, and must have {expected:?}\n{}", people(story, world)));
    }
    Ok(())
}

/// All recipients, for people who look for what went wrong.
fn people(story: &Story, world: &World) -> String {
    let outside = world.door.outside();
    let line = |recipient: &Recipient| {
        let replaces = story.submissions[recipient.submission].replaces;
        let (key, address, dropped) = (&recipient.key, &recipient.address, recipient.dropped_at_once);
        let told = told(&outside.mailbox, recipient);
        format!(
            "{} {} {address} of {}, replaces {replaces:?}, dropped at once: {dropped}, {told:?}",
            key.send, key.position, key.invoice
        )
    };
    story.recipients.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The suppression list has whoever bounced, complained or unsubscribed since staff have forgiven.
pub(super) async fn suppressions(story: &mut Story, world: &World) -> Result<(), String> {
    let mut event = request(FIRM, "GET /v1/suppressions", "/v1/suppressions", json!({}), None);
    event["rawQueryString"] = json!("limit=1000");
    let answer = get(story, world, Function::Settings, event).await?;
    let row = |row: &Value| (row["address"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap().to_owned());
    let shown: BTreeMap<String, String> = answer["rows"].as_array().unwrap().iter().map(row).collect();
    let outside = world.door.outside();
    let updates = |invocation: usize| outside.invocations[invocation].updates;
    let addresses: BTreeSet<&String> = story.recipients.iter().map(|recipient| &recipient.address).collect();
    let listed = |address: &&String| {
        let reason = suppression(story, &outside.mailbox, address, true, &updates)?;
        Some(((*address).clone(), reason.to_owned()))
    };
    let expected: BTreeMap<String, String> = addresses.iter().filter_map(listed).collect();
    if shown == expected {
        return Ok(());
    }
    drop(outside);
    Err(format!("the suppression list has {shown:?}, and must have {expected:?}\n{}", people(story, world)))
}

/// The counters say what the rows say.
pub(super) async fn counters(story: &mut Story, world: &World, all: &BTreeMap<String, Expected>) -> Result<(), String> {
    let event = json!({ "recount": { "firm": FIRM, "from": FIRST_DAY, "to": LAST_DAY, "pause_seconds": 0 } });
    let random = story.random();
    let (_, end) = world.run(0, &Invocation { function: Function::Follow, event, random }, Plan::calm()).await;
    let End::Returned(Ok(answer)) = end else { return Err(format!("a recount was answered {end:?}")) };
    let differ = |found: &Value| found["different"] != 0 || found["unsettled"] != 0;
    if differ(&answer) || differ(&answer["attention"]) || !answer["next"].is_null() {
        return Err(format!("the counters differ from the rows: {answer:#}"));
    }
    let mut event =
        request(FIRM, "GET /v1/reports/invoice-emails/summary", "/v1/reports/invoice-emails/summary", json!({}), None);
    event["rawQueryString"] = json!(format!("from={FIRST_DAY}&to={LAST_DAY}"));
    let total = get(story, world, Function::Report, event).await?["total"].take();
    let mut expected = BTreeMap::from([("recipients", all.len())]);
    for status in ["queued", "sent", "rejected", "delayed", "marked_spam", "opened"] {
        expected.insert(status, all.values().filter(|expected| expected.sent_status == status).count());
    }
    let differs = expected.iter().find(|(name, count)| total[**name] != json!(count));
    differs.map_or(Ok(()), |(name, count)| Err(format!("the totals say {total}, and there are {count} {name}")))
}

/// What others heard last of a recipient is what is shown of it, and copies of an event are the same.
pub(super) fn announcements(world: &World, all: &BTreeMap<String, Expected>, names: &[String]) -> Result<(), String> {
    let outside = world.door.outside();
    let mut by_id: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut last: BTreeMap<String, &Value> = BTreeMap::new();
    for event in outside.announced.iter().filter(|event| event["firm"] == FIRM) {
        let id = event["id"].as_str().unwrap();
        if by_id.insert(id, event).is_some_and(|known| known != event) {
            return Err(format!("two events of one id differ: {event:#}"));
        }
        let name = format!("{} {}", event["send"].as_str().unwrap(), event["recipient"].as_str().unwrap());
        let newest = last.entry(name).or_insert(event);
        if event["sequence"].as_str() >= newest["sequence"].as_str() {
            *newest = event;
        }
    }
    for name in names {
        let heard = last.get(name).map(|event| &event["new_sent_status"]);
        if heard != Some(&json!(all[name].sent_status)) {
            return Err(format!("{name} is {}, and others heard {heard:?}", all[name].sent_status));
        }
    }
    Ok(())
}
