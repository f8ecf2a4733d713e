//! Every trouble at every request of a few small things that a history consists of, one after another; and every one of
//! them held at each of its requests while the same is done by another worker.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use lambda::Environment;
use tests::template::Template;

use super::fate::Fate;
use super::functions::Function;
use super::job::Job;
use super::judge::judge;
use super::quiet::{carry, quiet};
use super::steps::{beside, possible, take};
use super::story::{Story, TouchKind};
use super::trouble::{Hold, Plan, Trouble};
use super::world::World;

/// Reads of `watch` that differ in nothing but the shard.
const LIKE_THE_FIRST: std::ops::Range<usize> = 2..8;

/// What is done, and what was done before.
#[derive(Debug, Clone, Copy)]
enum Scene {
    Submit,
    Resend,
    ResendUnsent,
    /// What follows a failure is replaced before it leaves, and the stream brings it nevertheless.
    SendReplaced,
    Send,
    Record(Fate),
    Follow,
    Redrive,
    LookForNews,
    Touch(TouchKind),
}

const SCENES: [Scene; 15] = [
    Scene::Submit,
    Scene::Resend,
    Scene::ResendUnsent,
    Scene::SendReplaced,
    Scene::Send,
    Scene::Record(Fate::SpamReport),
    Scene::Record(Fate::HardBounce),
    Scene::Follow,
    Scene::Redrive,
    Scene::LookForNews,
    Scene::Touch(TouchKind::Open),
    Scene::Touch(TouchKind::Click),
    Scene::Touch(TouchKind::View),
    Scene::Touch(TouchKind::Confirm),
    Scene::Touch(TouchKind::Unsubscribe),
];

/// What happens to a scene's job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Calm,
    Troubled(usize, Trouble),
    Held(Hold),
}

/// Every run of the tests plays one case of so many, unless the variable `SWEEP` is `all`: without optimisation all of
/// them take some minutes.
const ONE_OF: usize = 5;

#[test]
fn every_trouble_at_every_request() {
    let template = Template::read();
    let all = Environment::process().optional("SWEEP").is_some_and(|sweep| sweep == "all");
    let cases = SCENES.iter().flat_map(|scene| cases(*scene, &template));
    let cases: Vec<(Scene, Case)> = cases.step_by(if all { 1 } else { ONE_OF }).collect();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().unwrap().get() {
            scope.spawn(|| {
                while let Some((scene, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(what) = play(*scene, *case, &template) {
                        failed.lock().unwrap().push(format!("{scene:?}, {case:?}\n{what}"));
                    }
                }
            });
        }
    });
    println!("{} cases of {} scenes", cases.len(), SCENES.len());
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} cases fail; the first: {}", failed.len(), failed[0]);
}

/// What can happen at the requests that the scene's job makes when nothing goes wrong.
fn cases(scene: Scene, template: &Template) -> Vec<(Scene, Case)> {
    let requests = play(scene, Case::Calm, template).unwrap_or_else(|what| panic!("{scene:?}: {what}"));
    assert!(!requests.is_empty(), "{scene:?} asks for nothing");
    let mut cases = Vec::new();
    let differ = |(place, _): &(usize, String)| !(requests[0] == "Query" && LIKE_THE_FIRST.contains(place));
    for (place, name) in requests.iter().cloned().enumerate().filter(differ) {
        let number = place + 1;
        let troubles = Trouble::ALL.into_iter().filter(|trouble| trouble.differs_at(&name));
        cases.extend(troubles.map(|trouble| (scene, Case::Troubled(number, trouble))));
        for carried_out in [false, true] {
            cases.push((scene, Case::Held(Hold { request: number, carried_out })));
        }
    }
    cases
}

/// Plays a scene; the requests that its job made.
fn play(scene: Scene, case: Case, template: &Template) -> Result<Vec<String>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut story = Story::new(1);
        let world = World::create(1, template).await;
        let job = prepare(scene, &mut story, &world).await?;
        let first = world.door.outside().invocations.len();
        let played = match case {
            Case::Calm => take(&mut story, &world, &job, Plan::calm()).await,
            Case::Troubled(request, trouble) => {
                let trouble = possible(trouble, &story, &job);
                take(&mut story, &world, &job, Plan::at(request, trouble)).await
            }
            Case::Held(hold) => beside(&mut story, &world, &job, hold, |_, _| Some(job.clone())).await,
        };
        let requests = world.door.outside().invocations[first].requests.clone();
        let judged = async {
            played?;
            quiet(&mut story, &world).await?;
            judge(&mut story, &world).await
        };
        let judged: Result<(), String> = judged.await;
        judged.map(|()| requests).map_err(|what| format!("{}\n{what}", story.steps.join("\n")))
    })
}

/// Does what comes before, and names what is to be done.
async fn prepare(scene: Scene, story: &mut Story, world: &World) -> Result<Job, String> {
    let fate = match scene {
        Scene::Record(fate) => fate,
        Scene::Resend | Scene::ResendUnsent => Fate::HardBounce,
        Scene::SendReplaced => Fate::SoftBounce("General"),
        Scene::LookForNews => Fate::Silent,
        _ => Fate::Delivered,
    };
    world.door.outside().mailbox.always = Some(fate);
    let submit = Job::submit_to(story, world, "invoice-1", &["ann@example.com", "bob@example.com"]);
    if matches!(scene, Scene::Submit) {
        return Ok(submit);
    }
    take(story, world, &submit, Plan::calm()).await?;
    let nothing = || "there is nothing to be done".to_owned();
    match scene {
        Scene::Send => return Job::stream(story, world, Function::Send, 10).ok_or_else(nothing),
        Scene::ResendUnsent => return Job::resend(story, world).ok_or_else(nothing),
        Scene::Redrive => {
            // The stream's records are lost: only `watch` can help.
            let records = world.door.outside().table.records().len();
            story.readers.entry(Function::Send).or_default().position = records;
            world.pass(600).await;
            return Ok(Job::Watch);
        }
        _ => {}
    }
    let send = Job::stream(story, world, Function::Send, 10).ok_or_else(nothing)?;
    take(story, world, &send, Plan::calm()).await?;
    world.pass(30).await;
    match scene {
        Scene::Record(_) => return Job::record(story, world, 10).ok_or_else(nothing),
        Scene::Follow => return Job::stream(story, world, Function::Follow, 100).ok_or_else(nothing),
        Scene::Touch(kind) => return Ok(Job::Touch { recipient: 0, kind, automatic: false }),
        _ => {}
    }
    carry(story, world).await?;
    match scene {
        Scene::SendReplaced => {
            world.door.outside().mailbox.always = Some(Fate::Silent);
            let again = Job::submit_to(story, world, "invoice-1", &["ann@example.com"]);
            take(story, world, &again, Plan::calm()).await?;
            let replacing = Job::resend_to(story, world, story.recipients.len() - 1, None);
            take(story, world, &replacing, Plan::calm()).await?;
            Job::stream(story, world, Function::Send, 10).ok_or_else(nothing)
        }
        Scene::LookForNews => {
            world.pass(24 * 3600).await;
            Ok(Job::Watch)
        }
        _ => Job::resend(story, world).ok_or_else(nothing),
    }
}
