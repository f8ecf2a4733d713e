//! The steps of a history: drawn from its seed, taken one after another, with trouble at some request of most of them.

use jiff::SignedDuration;
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::json;

use super::functions::{Function, request};
use super::job::Job;
use super::running::{End, Progress, settle_down};
use super::story::{FIRM, Story, TouchKind};
use super::trouble::{Hold, Plan, Trouble};
use super::world::{Invocation, World};

/// The requests that trouble is aimed at: an invocation rarely makes more.
const REQUESTS_AIMED_AT: usize = 9;

/// How often a job is drawn until there is something for it to do.
const MOST_DRAWS: usize = 8;

/// Takes one step.
pub(super) async fn step(story: &mut Story, world: &World) -> Result<(), String> {
    match story.rng.random_range(0..100) {
        0..=7 => pass(story, world).await,
        8..=9 => change_settings(story, world).await?,
        10..=12 => forgive(story, world).await?,
        13 => {
            let arrived = world.door.let_stragglers_arrive();
            if arrived > 0 {
                tell(story, world, &format!("{arrived} requests arrive that were given up"));
            }
        }
        _ => {
            let Some(job) = (0..MOST_DRAWS).find_map(|_| any_job(story, world)) else { return Ok(()) };
            if story.rng.random_bool(0.15) {
                let hold = Hold { request: aim(story), carried_out: story.rng.random_bool(0.5) };
                meanwhile(story, world, job, hold).await?;
            } else {
                let plan = any_plan(story, &job);
                take(story, world, &job, plan).await?;
            }
        }
    }
    Ok(())
}

/// Something that may happen now.
fn any_job(story: &mut Story, world: &World) -> Option<Job> {
    match story.rng.random_range(0..100) {
        0..=13 => Some(Job::submit_new(story, world)),
        14..=18 => Job::resend(story, world),
        19..=24 => {
            let place = story.rng.random_range(0..story.submissions.len().max(1));
            (place < story.submissions.len()).then_some(Job::Submit(place))
        }
        25..=44 => {
            let most = story.rng.random_range(1..=10);
            Job::stream(story, world, Function::Send, most)
        }
        45..=47 => Job::stream_again(story, world, Function::Send),
        48..=58 => {
            let most = story.rng.random_range(1..=30);
            Job::stream(story, world, Function::Follow, most)
        }
        59..=61 => Job::stream_again(story, world, Function::Follow),
        62..=79 => {
            let most = story.rng.random_range(1..=10);
            Job::record(story, world, most)
        }
        80..=93 => Job::touch(story, world),
        _ => Some(Job::Watch),
    }
}

fn aim(story: &mut Story) -> usize {
    // Most invocations make two or three requests.
    let far = story.rng.random_range(1..=REQUESTS_AIMED_AT);
    let near = story.rng.random_range(1..=3);
    if story.rng.random_bool(0.6) { near } else { far }
}

fn any_plan(story: &mut Story, job: &Job) -> Plan {
    if story.rng.random_bool(0.4) {
        return Plan::calm();
    }
    let trouble = possible(Trouble::any(&mut story.rng), story, job);
    let count = *[1, 1, 1, 1, 2, 3, 4].choose(&mut story.rng).unwrap();
    Plan { trouble: Some((aim(story), count, trouble)), hold: None }
}

/// The trouble, or what comes nearest to it for this job.
pub(super) fn possible(trouble: Trouble, story: &Story, job: &Job) -> Trouble {
    match trouble {
        Trouble::Straggles if !job.may_straggle(story) => Trouble::HangBefore,
        Trouble::KillStraggles if !job.may_straggle(story) => Trouble::KillBefore,
        trouble => trouble,
    }
}

/// Does one thing, with whatever trouble is planned for it.
pub(super) async fn take(story: &mut Story, world: &World, job: &Job, plan: Plan) -> Result<(), String> {
    world.tick().await;
    let invocation = job.invocation(story, world);
    let at = world.clock.now();
    let (number, mut running) = world.begin(0, &invocation, plan.clone());
    job.begin(story, world, number, &plan);
    let end = loop {
        match running.go_on().await {
            Progress::Ended(end) => break end,
            Progress::Held => world.door.release(number),
        }
    };
    drop(running);
    settle_down(&world.door).await;
    if !job.may_arrive_late(&plan) {
        world.door.let_stragglers_arrive();
    }
    tell_of(story, world, job, number, &end, at);
    job.conclude(story, world, &end)?;
    // Whoever unsubscribes tries until it is done.
    match job {
        Job::Touch { kind: TouchKind::Unsubscribe, .. } if !is_done(&end) => {
            Box::pin(take(story, world, job, Plan::calm())).await
        }
        _ => Ok(()),
    }
}

fn is_done(end: &End) -> bool {
    matches!(end, End::Returned(Ok(answer)) if answer["status"] == 200)
}

/// Holds one invocation at one of its requests while another one runs from its beginning to its end.
async fn meanwhile(story: &mut Story, world: &World, job: Job, hold: Hold) -> Result<(), String> {
    beside(story, world, &job, hold, |story, world| other_job(story, world, &job)).await
}

/// The same with another one that is named when the first is held.
pub(super) async fn beside(
    story: &mut Story,
    world: &World,
    job: &Job,
    hold: Hold,
    other: impl FnOnce(&mut Story, &World) -> Option<Job>,
) -> Result<(), String> {
    let plan = Plan { trouble: None, hold: Some(hold) };
    world.tick().await;
    let invocation = job.invocation(story, world);
    let at = world.clock.now();
    let (number, mut running) = world.begin(0, &invocation, plan.clone());
    job.begin(story, world, number, &plan);
    let mut progress = running.go_on().await;
    if matches!(progress, Progress::Held) {
        if let Some(other) = other(story, world) {
            let invocation = other.invocation(story, world);
            let began = world.clock.now();
            let (second, mut beside) = world.begin(1, &invocation, Plan::calm());
            other.begin(story, world, second, &Plan::calm());
            let Progress::Ended(end) = beside.go_on().await else { return Err("nobody holds it".to_owned()) };
            drop(beside);
            tell(story, world, &format!("  while {:?} is held:", job_name(job)));
            tell_of(story, world, &other, second, &end, began);
            other.conclude(story, world, &end)?;
        }
        world.door.release(number);
        progress = running.go_on().await;
    }
    let Progress::Ended(end) = progress else { return Err("it is held once".to_owned()) };
    drop(running);
    settle_down(&world.door).await;
    if !job.may_arrive_late(&plan) {
        world.door.let_stragglers_arrive();
    }
    tell_of(story, world, job, number, &end, at);
    job.conclude(story, world, &end)
}

/// What happens beside a job: the same at another worker, or something else.
fn other_job(story: &mut Story, world: &World, job: &Job) -> Option<Job> {
    if story.rng.random_bool(0.5) && !matches!(job, Job::Touch { .. }) {
        return Some(job.clone());
    }
    let other = any_job(story, world)?;
    let is_submit = |job: &Job| matches!(job, Job::Submit(_));
    let is_unsubscribe = matches!(other, Job::Touch { kind: TouchKind::Unsubscribe, .. });
    // Two sends of one invoice at once may each miss that the other one was to the same person.
    let are_two_sends = is_submit(job) && is_submit(&other);
    (!are_two_sends && !is_unsubscribe).then_some(other)
}

async fn pass(story: &mut Story, world: &World) {
    let seconds = *[1, 5, 10, 30, 60, 300, 900, 1800].choose(&mut story.rng).unwrap();
    world.pass(seconds).await;
    tell(story, world, &format!("{} pass", SignedDuration::from_secs(seconds.try_into().unwrap())));
}

/// The firm's settings change; nothing goes wrong with that.
async fn change_settings(story: &mut Story, world: &World) -> Result<(), String> {
    story.tracking = story.rng.random_bool(0.7);
    let tracking = if story.tracking { "individual" } else { "off" };
    let body = json!({ "firm_name": "Roe & Partners", "open_tracking": tracking });
    let event = request(FIRM, "PUT /v1/settings", "/v1/settings", json!({}), Some(&body));
    let random = story.random();
    let (_, end) = world.run(0, &Invocation { function: Function::Settings, event, random }, Plan::calm()).await;
    tell(story, world, &format!("settings: open_tracking {tracking}"));
    if is_done(&end) { Ok(()) } else { Err(format!("settings were answered {end:?}")) }
}

/// Staff take somebody off the suppression list.
async fn forgive(story: &mut Story, world: &World) -> Result<(), String> {
    let address = format!("person{}@example.com", story.rng.random_range(0..8));
    let path = format!("/v1/suppressions/{address}");
    let event = request(FIRM, "DELETE /v1/suppressions/{address}", &path, json!({ "address": address }), None);
    let random = story.random();
    let at = world.clock.now();
    let (_, end) = world.run(0, &Invocation { function: Function::Settings, event, random }, Plan::calm()).await;
    match &end {
        End::Returned(Ok(answer)) if answer["status"] == 204 => {
            tell(story, world, &format!("{address} is forgiven"));
            story.forgiven.insert(address, at);
            Ok(())
        }
        End::Returned(Ok(answer)) if answer["status"] == 404 => Ok(()),
        end => Err(format!("a removal from the suppression list was answered {end:?}")),
    }
}

pub(super) fn tell(story: &mut Story, world: &World, what: &str) {
    story.steps.push(format!("{} {what}", domain::time::rfc3339_ms(world.clock.now())));
}

fn tell_of(story: &mut Story, world: &World, job: &Job, number: usize, end: &End, began: jiff::Timestamp) {
    let (requests, troubled) = {
        let outside = world.door.outside();
        let seen = &outside.invocations[number];
        (seen.requests.join(", "), seen.troubled)
    };
    story.troubles_met += usize::from(troubled);
    let answer = match end {
        End::Killed => "killed".to_owned(),
        End::Returned(Ok(answer)) => answer.to_string(),
        End::Returned(Err(error)) => format!("failed: {error}"),
    };
    let answer: String = answer.chars().take(200).collect();
    let began = domain::time::rfc3339_ms(began);
    tell(story, world, &format!("(since {began}) {}: [{requests}] -> {answer}", job_name(job)));
}

fn job_name(job: &Job) -> String {
    match job {
        Job::Submit(place) => format!("submit {place}"),
        Job::Stream { function, records, again, .. } => {
            let places: Vec<usize> = records.iter().map(|(place, _)| *place).collect();
            format!("{function:?} records {places:?}{}", if *again { " again" } else { "" })
        }
        Job::Record(messages) => {
            let of: Vec<usize> = messages.iter().map(|message| message.of).collect();
            format!("record events {of:?}")
        }
        Job::Watch => "watch".to_owned(),
        Job::Touch { recipient, kind, automatic } => format!("{kind:?} of {recipient}, automatic: {automatic}"),
    }
}
