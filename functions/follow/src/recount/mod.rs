//! Recounting: what a firm's counters say, against what its recipients say. Called by people, not by the stream.

mod reading;
mod request;

use std::time::Duration;

use domain::fold::SentStatus;
use domain::ids::Firm;
use domain::tally::{Quarter, Standing, Tally};
use domain::time::rfc3339_ms;
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use table::{Selection, Span, Table, TableError};
use thiserror::Error;
use tokio::time::Instant;

use self::reading::{PAGE, Reading, Unit, numbers_in, read, read_on};
pub(crate) use self::request::Request;

/// For how long one call goes on to further hours. With as much for looking twice and the longest pauses it must end
/// before the function's timeout of 300 s.
const TIME_BUDGET: Duration = Duration::from_secs(60);
/// How many recipients are listed at once.
const CONCURRENCY: usize = 16;
/// How often it looks again at what was changing.
const LOOKS: usize = 3;
/// For how long it goes on looking again.
const LOOKING_BUDGET: Duration = Duration::from_secs(150);
/// The most differences that are listed; all are corrected.
const MAX_LISTED: usize = 1_000;

/// Why a recount came to nothing.
#[derive(Debug, Error)]
pub enum RecountError {
    /// It is not asked for as it should be.
    #[error("it is asked for wrongly: {0}")]
    Request(String),
    /// The table could not be read or corrected.
    #[error("the table failed")]
    Table(#[from] TableError),
    /// The answer could not be written.
    #[error("the answer cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

#[derive(Debug, Serialize)]
struct Answer {
    firm: String,
    from: String,
    to: String,
    recipients: i64,
    #[serde(flatten)]
    found: Found<Difference>,
    misplaced: usize,
    replaced: usize,
    listed: usize,
    unlisted: usize,
    attention: Option<Attention>,
    next: Option<String>,
}

/// What differs.
#[derive(Debug, Serialize)]
struct Found<D> {
    differences: Vec<D>,
    /// How many numbers differed, be they listed or not.
    different: usize,
    /// How many of them were put right.
    corrected: usize,
    /// How many more differed that were changing while they were read.
    unsettled: usize,
}

#[derive(Debug, Serialize)]
struct Difference {
    from: String,
    sent_status: &'static str,
    evidence: &'static str,
    counted: i64,
    recipients: i64,
}

#[derive(Debug, Serialize)]
struct Attention {
    counted: i64,
    recipients: i64,
    #[serde(flatten)]
    found: Found<WaitingDifference>,
}

#[derive(Debug, Serialize)]
struct WaitingDifference {
    sent_status: &'static str,
    counted: i64,
    recipients: i64,
}

/// Recounts for as long as there is time, at least an hour.
pub(crate) async fn answer(table: &Table, request: Request, now: Timestamp) -> Result<Value, RecountError> {
    let attention = match request.attention {
        true => Some(attention(table, &request).await?),
        false => None,
    };
    let mut answer = Answer {
        firm: request.firm.to_string(),
        from: request.from.clone(),
        to: request.to.to_string(),
        recipients: 0,
        found: Found::none(),
        misplaced: 0,
        replaced: 0,
        listed: 0,
        unlisted: 0,
        attention,
        next: None,
    };
    let (began, mut begin, mut open) = (Instant::now(), request.span.from, Vec::new());
    while begin < request.span.until {
        if begin > request.span.from && began.elapsed() > TIME_BUDGET {
            answer.next = Some(begin.strftime("%Y-%m-%dT%H").to_string());
            break;
        }
        let (span, reading) = read_on(table, &request.firm, begin).await?;
        begin = span.until;
        answer.recipients += reading.recipients.quarters.values().flat_map(|standings| standings.values()).sum::<i64>();
        answer.misplaced += reading.misplaced.len();
        if request.correct {
            for recipient in &reading.misplaced {
                answer.replaced += usize::from(table.reindex(recipient.clone(), now).await?);
            }
        }
        if request.list {
            let (listed, unlisted) = list(table, &request.firm, &span).await?;
            answer.listed += listed;
            answer.unlisted += unlisted;
        }
        if !reading.lacking().is_empty() {
            open.push((Unit::Hours(span), Reading { misplaced: Vec::new(), ..reading }));
        }
    }
    answer.found = put_right(table, &request, open, differences).await?;
    Ok(serde_json::to_value(answer)?)
}

/// The work queue as it stands, whatever the days.
async fn attention(table: &Table, request: &Request) -> Result<Attention, RecountError> {
    let reading = read(table, &request.firm, Unit::Queue).await?;
    let sum = |tally: &Tally| tally.waiting.values().flat_map(|waiting| waiting.values()).sum();
    let (counted, recipients) = (sum(&reading.counted), sum(&reading.recipients));
    let open = if reading.lacking().is_empty() { Vec::new() } else { vec![(Unit::Queue, reading)] };
    Ok(Attention { counted, recipients, found: put_right(table, request, open, waiting_differences).await? })
}

/// Tells what differs, and puts it right if that is wanted: only what is the same when it is read again after a pause, for
/// what was written before the first reading has been counted by then. What was changing is looked at once more.
async fn put_right<D>(
    table: &Table,
    request: &Request,
    mut open: Vec<(Unit, Reading)>,
    differences: impl Fn(&Reading, &Tally) -> Vec<D>,
) -> Result<Found<D>, TableError> {
    let (began, mut found) = (Instant::now(), Found::none());
    if !request.correct {
        open.iter().for_each(|(_, reading)| found.add(differences(reading, &reading.lacking())));
        return Ok(found);
    }
    for _ in 0..LOOKS {
        if open.is_empty() || began.elapsed() + request.pause > LOOKING_BUDGET {
            break;
        }
        tokio::time::sleep(request.pause).await;
        let mut changing = Vec::new();
        for (unit, earlier) in open {
            let mut reading = read(table, &request.firm, unit).await?;
            let lacking = reading.lacking_since(&earlier);
            table.correct(&lacking).await?;
            found.corrected += numbers_in(&lacking);
            found.add(differences(&reading, &lacking));
            reading.counted.plus(&lacking, 1);
            if !reading.lacking().is_empty() {
                changing.push((unit, reading));
            }
        }
        open = changing;
    }
    found.unsettled = open.iter().map(|(_, reading)| numbers_in(&reading.lacking())).sum();
    Ok(found)
}

/// Brings recipients of a span into the indexes that they are older than; tells how many, and how many are left because they
/// were changing. One `Query` for about a thousand recipients, and one `UpdateItem` for each that is not listed.
async fn list(table: &Table, firm: &Firm, span: &Span) -> Result<(usize, usize), TableError> {
    let (mut listed, mut unlisted, mut place) = (0, 0, None);
    loop {
        let page = table.report(firm, span, &Selection::Unlisted, place.as_ref(), PAGE).await?;
        let recipients = futures_util::stream::iter(page.recipients);
        let listing = recipients.map(|recipient| async move { table.list(&recipient).await });
        let done: Vec<bool> = listing.buffer_unordered(CONCURRENCY).try_collect().await?;
        let now_listed = done.iter().filter(|is_done| **is_done).count();
        listed += now_listed;
        unlisted += done.len() - now_listed;
        place = page.next;
        if place.is_none() {
            return Ok((listed, unlisted));
        }
    }
}

impl<D> Found<D> {
    fn none() -> Self {
        Self { differences: Vec::new(), different: 0, corrected: 0, unsettled: 0 }
    }

    fn add(&mut self, differences: Vec<D>) {
        self.different += differences.len();
        self.differences.extend(differences);
        self.differences.truncate(MAX_LISTED);
    }
}

fn differences(reading: &Reading, lacking: &Tally) -> Vec<Difference> {
    let places = lacking.quarters.iter();
    let places = places.flat_map(|(place, standings)| standings.keys().map(move |standing| (place, *standing)));
    let difference = |(place, standing): (&(Firm, Quarter), Standing)| Difference {
        from: rfc3339_ms(place.1.start()),
        sent_status: standing.sent_status.as_str(),
        evidence: standing.evidence.as_str(),
        counted: reading.counted.at(place, standing),
        recipients: reading.recipients.at(place, standing),
    };
    places.map(difference).collect()
}

fn waiting_differences(reading: &Reading, lacking: &Tally) -> Vec<WaitingDifference> {
    let places = lacking.waiting.iter().flat_map(|(firm, waiting)| waiting.keys().map(move |status| (firm, *status)));
    let difference = |(firm, status): (&Firm, SentStatus)| WaitingDifference {
        sent_status: status.as_str(),
        counted: reading.counted.waiting_at(firm, status),
        recipients: reading.recipients.waiting_at(firm, status),
    };
    places.map(difference).collect()
}
