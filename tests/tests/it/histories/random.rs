//! Histories drawn from seeds, on all cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use lambda::Environment;
use rand::Rng;
use tests::template::Template;

use super::judge::judge;
use super::neighbours;
use super::quiet::quiet;
use super::steps::{step, tell};
use super::story::Story;
use super::world::World;

/// The seed of the histories that every run of the tests takes.
const DEFAULT_SEED: u64 = 1_042;
/// How many these are: some twenty seconds without optimisation.
const DEFAULT_HISTORIES: u64 = 40;

/// What histories came to.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    steps: usize,
    requests: usize,
    troubles: usize,
    recipients: usize,
    mails: usize,
    unavoidable: usize,
    given_up: usize,
}

#[test]
fn histories_agree_with_the_model() {
    let environment = Environment::process();
    let first: u64 = environment.parsed("SEED").unwrap().unwrap_or(DEFAULT_SEED);
    let count: u64 = environment.parsed("HISTORIES").unwrap().unwrap_or(DEFAULT_HISTORIES);
    println!("SEED={first} HISTORIES={count}");
    let template = Template::read();
    let (next, sum, failed) = (AtomicU64::new(0), Mutex::new(Sum::default()), Mutex::new(Vec::new()));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().unwrap().get() {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count || !failed.lock().unwrap().is_empty() {
                        return;
                    }
                    let seed = first.wrapping_add(number);
                    match history(seed, &template) {
                        Ok((of_it, steps)) => {
                            sum.lock().unwrap().add(of_it);
                            if count == 1 {
                                println!("{}", steps.join("\n"));
                            }
                        }
                        Err(what) => failed.lock().unwrap().push((number, format!("SEED={seed} HISTORIES=1\n{what}"))),
                    }
                }
            });
        }
    });
    println!("{} histories in {:.1} s: {:?}", count, began.elapsed().as_secs_f64(), sum.lock().unwrap());
    let mut failed = failed.into_inner().unwrap();
    failed.sort();
    if let Some((number, what)) = failed.first() {
        panic!("history {number} fails; to see it again: {what}");
    }
}

/// One history, from an empty table to its judgement; its steps and what went wrong, if anything.
fn history(seed: u64, template: &Template) -> Result<(Sum, Vec<String>), String> {
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let mut story = Story::new(seed);
    let told = catch_unwind(AssertUnwindSafe(|| runtime.block_on(live(&mut story, seed, template))));
    let told = told.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        Err(text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default())
    });
    told.map(|sum| (sum, story.steps.clone())).map_err(|what| format!("{}\n{what}", story.steps.join("\n")))
}

async fn live(story: &mut Story, seed: u64, template: &Template) -> Result<Sum, String> {
    let world = World::create(seed, template).await;
    let neighbours = neighbours::move_in(story, &world).await?;
    let steps = story.rng.random_range(10..50);
    for _ in 0..steps {
        step(story, &world).await?;
    }
    quiet(story, &world).await?;
    tell(story, &world, "all is quiet");
    judge(story, &world).await?;
    neighbours::are_untouched(&world, &neighbours)?;
    let outside = world.door.outside();
    Ok(Sum {
        steps: story.steps.len(),
        requests: outside.invocations.iter().map(|seen| seen.requests.len()).sum(),
        troubles: story.troubles_met,
        recipients: story.recipients.len(),
        mails: outside.mailbox.mails.len(),
        unavoidable: story.unavoidable,
        given_up: story.given_up,
    })
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.steps += other.steps;
        self.requests += other.requests;
        self.troubles += other.troubles;
        self.recipients += other.recipients;
        self.mails += other.mails;
        self.unavoidable += other.unavoidable;
        self.given_up += other.given_up;
    }
}
