//! `cargo run -- seed COUNT`: a month of a firm with so many recipients, written at once, to see how all does with them.
//!
//! The items are those that the `table` crate makes. They go straight into the embedded table and leave no records in its
//! stream, which would take many times as long to write and to follow. So nobody counts or announces them, and the
//! counters must be counted anew: see [`recount_all`].

mod clients;
mod items;
mod story;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, sync_channel};

use domain::ids::Firm;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};
use table::TableError;

use crate::clock;
use crate::database::{self, DatabaseError, TABLE_NAME};
use crate::options::Options;
use crate::stack::{Stack, StartError, TEMPLATE};
use crate::template::{Template, TemplateError};
use items::Items;
use story::Story;

/// Items of one transaction: few transactions, and some 20 MB in memory.
const CHUNK: usize = 5_000;

/// Chunks that are made before the one that is being written: enough that neither side waits.
const CHUNKS_AHEAD: usize = 2;

/// How often one day is asked for, as a recount ends when its time is over; a day of millions takes some.
const MOST_ROUNDS_A_DAY: usize = 1_000;

const SECONDS_OF_AN_HOUR: i64 = 3_600;

/// What is written.
#[derive(Clone, Debug)]
pub struct Seed {
    /// How many recipients.
    pub count: u64,
    /// Where the table is kept.
    pub data: PathBuf,
    /// Whose they are.
    pub firm: Firm,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// How many recipients.
    pub recipients: u64,
    /// The day of UTC on which the first of them was submitted to.
    pub from: Date,
    /// The day of UTC on which the last of them was submitted to.
    pub to: Date,
}

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The directory cannot be made.
    #[error("the directory cannot be used")]
    Data(#[from] std::io::Error),
    /// The template cannot be played.
    #[error("infra/template.yaml cannot be played")]
    Template(#[from] TemplateError),
    /// The table cannot be opened or written.
    #[error("the table cannot be written")]
    Table(#[from] DatabaseError),
    /// What was made up is not what an item takes.
    #[error("an item cannot be built")]
    Item(#[from] TableError),
    /// What was made up is not what the domain takes.
    #[error("the domain does not take what was made up: {0}")]
    Domain(String),
    /// The stack that counts anew does not start.
    #[error("the local stack does not start")]
    Stack(#[from] StartError),
    /// The stack that counts anew does not answer.
    #[error("the local stack does not answer")]
    Answer(#[from] reqwest::Error),
    /// A day was not counted anew.
    #[error("the counters of {day} are not right: {detail}")]
    Recount {
        /// The day of UTC.
        day: Date,
        /// What `follow` answered.
        detail: String,
    },
}

/// Writes all of it, and tells how many recipients were written from time to time.
///
/// # Errors
/// What was written before the error stays.
pub fn write(seed: &Seed, written: impl Fn(u64) + Send) -> Result<Seeded, SeedError> {
    // The same story all hour long.
    let now = clock::now();
    let until = now - SignedDuration::from_secs(now.as_second().rem_euclid(SECONDS_OF_AN_HOUR));
    write_until(seed, until, written)
}

fn write_until(seed: &Seed, until: Timestamp, written: impl Fn(u64) + Send) -> Result<Seeded, SeedError> {
    std::fs::create_dir_all(&seed.data)?;
    let (database, _) = database::open(Some(&seed.data), &Template::parse(TEMPLATE)?)?;
    database.enable_bulk_loading().map_err(DatabaseError::from)?;
    let story = Story::new(seed.firm.clone(), seed.count, until);
    let (from, to) = story.days();
    let filled = fill(&database, story, written);
    database.disable_bulk_loading().map_err(DatabaseError::from)?;
    filled.map(|()| Seeded { recipients: seed.count, from, to })
}

/// The table that [`write()`] wrote, and its name, for whoever measures it without a stack around it.
///
/// # Errors
/// It cannot be opened.
pub fn open(seed: &Seed) -> Result<(dynoxide::Database, &'static str), SeedError> {
    let (database, _) = database::open(Some(&seed.data), &Template::parse(TEMPLATE)?)?;
    Ok((database, TABLE_NAME))
}

/// Makes items on one thread and writes them on another.
fn fill(database: &dynoxide::Database, story: Story, written: impl Fn(u64) + Send) -> Result<(), SeedError> {
    std::thread::scope(|scope| {
        let (chunks, made) = sync_channel(CHUNKS_AHEAD);
        let writer = scope.spawn(move || import(database, &made, written));
        let mut chunk = Items::default();
        for send in story {
            let (recipients, body) = send?;
            chunk.add(&recipients, &body)?;
            if chunk.len() >= CHUNK && chunks.send(std::mem::take(&mut chunk)).is_err() {
                break;
            }
        }
        // Whoever hears nobody has failed, and says so below.
        let _heard = chunks.send(chunk);
        drop(chunks);
        match writer.join() {
            Ok(result) => Ok(result?),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn import(database: &dynoxide::Database, made: &Receiver<Items>, written: impl Fn(u64)) -> Result<(), DatabaseError> {
    let mut sum = 0;
    for Items { items, recipients } in made {
        database.import_items(TABLE_NAME, items, dynoxide::ImportOptions::default())?;
        sum += recipients;
        written(sum);
    }
    Ok(())
}

/// Counts anew what [`write()`] wrote, day by day, and puts the counters right; tells each day that is done. Answers how many
/// counters were put right.
///
/// # Errors
/// The stack does not start, or `follow` fails: the counters of that day, and of those after it, are not right.
pub async fn recount_all(seed: &Seed, seeded: &Seeded, done: impl Fn(Date)) -> Result<u64, SeedError> {
    let options = Options { data: Some(seed.data.clone()), empty: true, ..Options::default() };
    let stack = Stack::start(options).await?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let url = format!("{}/_local/recount", stack.url());
    let mut corrected = 0;
    let days = seeded.from.series(1.day()).take_while(|day| *day <= seeded.to);
    for day in days {
        corrected += recount(&client, &url, &seed.firm, day).await?;
        done(day);
    }
    stack.shutdown().await;
    Ok(corrected)
}

/// Counts one day anew, in as many rounds as it takes.
async fn recount(client: &reqwest::Client, url: &str, firm: &Firm, day: Date) -> Result<u64, SeedError> {
    let failed = |detail: String| SeedError::Recount { day, detail };
    let (mut corrected, mut from) = (0, day.to_string());
    for _ in 0..MOST_ROUNDS_A_DAY {
        // Nobody else writes, so that there is no need to look twice after a while.
        let asked = json!({
            "firm": firm.as_str(), "from": from, "to": day.to_string(), "correct": true, "pause_seconds": 0,
        });
        let answered =
            client.post(url).header("content-type", "application/json").body(asked.to_string()).send().await?;
        let (status, answer) = (answered.status(), answered.text().await?);
        let answer: Value = serde_json::from_str(&answer).unwrap_or(Value::String(answer));
        if !status.is_success() {
            return Err(failed(answer["detail"].as_str().unwrap_or("no reason is given").to_owned()));
        }
        corrected += answer["corrected"].as_u64().unwrap_or_default();
        let Some(next) = answer["next"].as_str() else { return Ok(corrected) };
        next.clone_into(&mut from);
    }
    Err(failed("it takes too many rounds".to_owned()))
}

#[cfg(test)]
mod tests;
