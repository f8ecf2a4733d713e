//! The end of a history: nothing goes wrong any more, and everything is brought until nothing is left to be brought.

use serde_json::Value;

use super::functions::Function;
use super::job::Job;
use super::steps::{take, tell};
use super::story::{State, Story};
use super::trouble::Plan;
use super::world::World;

/// More than it takes: a lease ends after a quarter of an hour, and a pause between attempts is half an hour at most.
const MOST_ROUNDS: usize = 60;
/// `watch` is called so often.
const ROUND_SECONDS: u64 = 300;
/// Later on, when only pauses are waited for.
const LATE_ROUND_SECONDS: u64 = 1800;
const LATE_AFTER: usize = 6;
/// After this, silence is noticed.
const SILENCE_SECONDS: u64 = 25 * 3600;

/// Brings everything to its end.
pub(super) async fn quiet(story: &mut Story, world: &World) -> Result<(), String> {
    tell(story, world, "the troubles end");
    for round in 0..MOST_ROUNDS {
        for place in 0..story.submissions.len() {
            if story.submissions[place].state == State::Open {
                take(story, world, &Job::Submit(place), Plan::calm()).await?;
            }
        }
        world.door.let_stragglers_arrive();
        carry(story, world).await?;
        take(story, world, &Job::Watch, Plan::calm()).await?;
        carry(story, world).await?;
        if is_quiet(world) {
            return end(story, world).await;
        }
        world.pass(if round < LATE_AFTER { ROUND_SECONDS } else { LATE_ROUND_SECONDS }).await;
    }
    Err("it does not come to rest".to_owned())
}

/// A day of silence, and what `watch` makes of it.
async fn end(story: &mut Story, world: &World) -> Result<(), String> {
    world.pass(SILENCE_SECONDS).await;
    for _ in 0..2 {
        take(story, world, &Job::Watch, Plan::calm()).await?;
        carry(story, world).await?;
        world.pass(ROUND_SECONDS).await;
    }
    Ok(())
}

/// Brings what the stream and the queue hold.
pub(super) async fn carry(story: &mut Story, world: &World) -> Result<(), String> {
    loop {
        let send = Job::stream(story, world, Function::Send, 10);
        let follow = Job::stream(story, world, Function::Follow, 100);
        let record = Job::record(story, world, 10);
        let jobs: Vec<Job> = [send, follow, record].into_iter().flatten().collect();
        if jobs.is_empty() {
            return Ok(());
        }
        for job in jobs {
            take(story, world, &job, Plan::calm()).await?;
        }
    }
}

fn is_quiet(world: &World) -> bool {
    let outside = world.door.outside();
    let is_told = outside.mailbox.emitted.iter().all(|emitted| emitted.messages.is_empty());
    let waits = |item: &Value| !item["report_sk"].is_null() && item["settled"].is_null();
    is_told && !outside.table.items_of(super::story::FIRM).iter().any(waits)
}
