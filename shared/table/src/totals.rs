//! Counters: how many of a firm's recipients have which standing, by when they were submitted, and how many wait for
//! somebody. The stream's reader keeps them; totals are read from them and never from recipients.
//!
//! An item holds an hour in quarters: every time zone's days begin and end with one. So items stay below 1 KB, which is what
//! a write costs by, and one `Query` reads a month: 744 hours of at most two lanes with at most 92 numbers each.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use domain::evidence::Evidence;
use domain::fold::SentStatus;
use domain::ids::Firm;
use domain::tally::{Quarter, Standing, Standings, Tally, Waiting};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::change::SequenceNumber;
use crate::item::Item;
use crate::keys::Key;
use crate::read::text;
use crate::update::Update;
use crate::{Span, Table, TableError, keys};

/// How many items writers spread over that count the same: a transaction waits for no other shard's in another lane. One
/// `Query` must give a month of all of them.
const LANES: u8 = 2;
/// How long a shard is remembered: its records live for a day.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>
const WATERMARK_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The most counter items of one transaction, which holds 100 items; one of them is the watermark.
pub const MAX_COUNTERS: usize = 99;
/// How often a transaction is tried that another one was in the way of.
const MAX_CONFLICTS: u32 = 12;
/// The first pause after such a conflict; each further one is twice as long.
const CONFLICT_PAUSE: Duration = Duration::from_millis(10);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// Seconds of a quarter of an hour.
const QUARTER_SECONDS: i64 = 15 * 60;

/// What became of counting a part of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counting {
    /// It is counted.
    Done,
    /// It, or some of it, had been counted before: up to this record.
    Before(SequenceNumber),
}

/// The attribute that counts a standing in one of the four quarters of an hour: `2sd` is sent and delivered, in the third.
fn cell(quarter: Quarter, standing: Standing) -> String {
    let number = quarter.start().as_second().rem_euclid(4 * QUARTER_SECONDS) / QUARTER_SECONDS;
    format!("{number}{}{}", status_letter(standing.sent_status), evidence_letter(standing.evidence))
}

fn parse_cell(name: &str, hour: Timestamp) -> Option<(Quarter, Standing)> {
    let mut letters = name.chars();
    let number = i64::from(letters.next()?.to_digit(4)?);
    let status = letters.next()?;
    let evidence = letters.next().filter(|_| letters.next().is_none())?;
    let standing = Standing {
        sent_status: parse_status(status)?,
        evidence: Evidence::ALL.into_iter().find(|known| evidence_letter(*known) == evidence)?,
    };
    let start = hour.saturating_add(SignedDuration::from_secs(number * QUARTER_SECONDS)).ok()?;
    Some((Quarter::of(start), standing))
}

fn parse_status(letter: char) -> Option<SentStatus> {
    SentStatus::ALL.into_iter().find(|known| status_letter(*known) == letter)
}

fn status_letter(status: SentStatus) -> char {
    match status {
        SentStatus::Queued => 'q',
        SentStatus::Sent => 's',
        SentStatus::Rejected => 'r',
        SentStatus::Delayed => 'd',
        SentStatus::MarkedSpam => 'm',
        SentStatus::Opened => 'o',
    }
}

fn evidence_letter(evidence: Evidence) -> char {
    match evidence {
        Evidence::None => 'n',
        Evidence::Accepted => 'a',
        Evidence::Delivered => 'd',
        Evidence::FetchedAutomatically => 'f',
        Evidence::PossiblyOpened => 'o',
        Evidence::Clicked => 'c',
        Evidence::PortalConfirmed => 'p',
    }
}

/// The counter items that a tally changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Counter {
    Hour(Firm, String),
    Waiting(Firm),
}

fn counters(tally: &Tally) -> BTreeMap<Counter, Vec<(String, i64)>> {
    let mut counters: BTreeMap<Counter, Vec<(String, i64)>> = BTreeMap::new();
    for ((firm, quarter), standings) in &tally.quarters {
        let cells = counters.entry(Counter::Hour(firm.clone(), keys::hour(quarter.start()))).or_default();
        cells.extend(standings.iter().map(|(standing, count)| (cell(*quarter, *standing), *count)));
    }
    for (firm, waiting) in &tally.waiting {
        let cells = counters.entry(Counter::Waiting(firm.clone())).or_default();
        cells.extend(waiting.iter().map(|(status, count)| (status_letter(*status).to_string(), *count)));
    }
    counters
}

/// How many counter items a tally changes: at most [`MAX_COUNTERS`] are counted at once.
#[must_use]
pub fn number_of_counters(tally: &Tally) -> usize {
    counters(tally).len()
}

impl Counter {
    fn key(&self, lane: u8) -> Key {
        match self {
            Self::Hour(firm, hour) => keys::totals(firm, hour, lane),
            Self::Waiting(firm) => keys::totals(firm, keys::WAITING, lane),
        }
    }
}

fn additions(cells: &[(String, i64)]) -> Update {
    let mut update = Update::default();
    for (name, count) in cells {
        let (name, count) = (update.name(name), update.value(AttributeValue::N(count.to_string())));
        update.add_expression(format!("{name} {count}"));
    }
    update
}

fn lane_of(shard: &str) -> u8 {
    Sha256::digest(shard)[0] % LANES
}

fn read_watermark(item: &Item) -> Option<SequenceNumber> {
    SequenceNumber::parse(item.get("through")?.as_s().ok()?)
}

impl Table {
    /// Up to which record a shard of the stream has been counted. One `GetItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn counted_through(&self, shard: &str) -> Result<Option<SequenceNumber>, TableError> {
        Ok(self.get(keys::watermark(shard)).await?.as_ref().and_then(read_watermark))
    }

    /// Counts what the records of a shard from `first` to `last` add up to, unless it has been counted. One
    /// `TransactWriteItems`, repeated if another shard's was in its way.
    ///
    /// # Errors
    /// See [`TableError`]. Repeating counts nothing twice.
    pub async fn count(
        &self,
        shard: &str,
        (first, last): (&SequenceNumber, &SequenceNumber),
        tally: &Tally,
        now: Timestamp,
    ) -> Result<Counting, TableError> {
        let expires_at = now.saturating_add(WATERMARK_LASTS).unwrap_or(now).as_second();
        let mut update = Update::default();
        update.set("through", AttributeValue::S(last.as_str().to_owned()));
        update.set("expires_at", AttributeValue::N(expires_at.to_string()));
        let first = update.value(AttributeValue::S(first.as_str().to_owned()));
        let condition = format!("attribute_not_exists(through) OR through < {first}");
        let mut watermark = update.in_transaction(&self.name, keys::watermark(shard), condition)?;
        watermark.return_values_on_condition_check_failure = Some(ReturnValuesOnConditionCheckFailure::AllOld);
        let mut writes = vec![TransactWriteItem::builder().update(watermark).build()];
        for (counter, cells) in counters(tally) {
            let update = additions(&cells).in_transaction(&self.name, counter.key(lane_of(shard)), None)?;
            writes.push(TransactWriteItem::builder().update(update).build());
        }
        for attempt in 0..MAX_CONFLICTS {
            let result = self.client.transact_write_items().set_transact_items(Some(writes.clone())).send().await;
            let Err(error) = result else { return Ok(Counting::Done) };
            let reasons = cancellation(&error).map(<[CancellationReason]>::to_vec).unwrap_or_default();
            let watermark = reasons.first().filter(|reason| reason.code() == Some("ConditionalCheckFailed"));
            if let Some(through) = watermark.and_then(|reason| read_watermark(reason.item()?)) {
                return Ok(Counting::Before(through));
            }
            if !crate::submit::is_conflict(&reasons) {
                return Err(TableError::of("TransactWriteItems", error));
            }
            tokio::time::sleep(pause(shard, attempt)).await;
        }
        Err(TableError::busy("TransactWriteItems", "TransactionConflict"))
    }

    /// How many of a firm's recipients have which standing, by the quarter of an hour in which they were submitted. One
    /// `Query`, one more for each further megabyte: more than a month of them.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn totals(&self, firm: &Firm, span: &Span) -> Result<BTreeMap<Quarter, Standings>, TableError> {
        let bounds = (keys::hour(span.from), format!("{}~", keys::hour(span.until)));
        let mut totals: BTreeMap<Quarter, Standings> = BTreeMap::new();
        for item in self.counter_items(firm, bounds).await? {
            read_hour(&item, &mut totals);
        }
        totals.retain(|quarter, _| span.from <= quarter.start() && quarter.start() < span.until);
        Ok(totals)
    }

    /// How many of a firm's recipients of each status stand in its work queue, without those that wait to be sent and were
    /// submitted at a moment or since. One `Query`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn waiting(&self, firm: &Firm, since: Timestamp) -> Result<Waiting, TableError> {
        // The work queue's counters come right behind all hours.
        let bounds = (keys::hour(since), format!("{}~", keys::WAITING));
        let (mut waiting, mut recent) = (Waiting::new(), BTreeMap::new());
        for item in self.counter_items(firm, bounds).await? {
            match sk(&item).and_then(|sk| sk.split_once('#')) {
                Some((keys::WAITING, _)) => read_waiting(&item, &mut waiting),
                _ => read_hour(&item, &mut recent),
            }
        }
        recent.retain(|quarter: &Quarter, _| since <= quarter.start());
        let recent = recent.values().flatten().filter(|(standing, _)| standing.sent_status == SentStatus::Queued);
        *waiting.entry(SentStatus::Queued).or_default() -= recent.map(|(_, count)| count).sum::<i64>();
        Ok(waiting)
    }

    /// How many of a firm's recipients of each status stand in its work queue, those that wait to be sent among them. One
    /// `Query`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn counted_as_waiting(&self, firm: &Firm) -> Result<Waiting, TableError> {
        let mut waiting = Waiting::new();
        for item in self.counter_items(firm, (keys::WAITING.to_owned(), format!("{}~", keys::WAITING))).await? {
            read_waiting(&item, &mut waiting);
        }
        Ok(waiting)
    }

    /// Adds to counters what they lack. One `TransactWriteItems` for a hundred of them: a transaction, unlike an update, is
    /// known again when the SDK repeats it.
    ///
    /// # Errors
    /// See [`TableError`]. Some may be corrected nevertheless.
    pub async fn correct(&self, lacking: &Tally) -> Result<(), TableError> {
        let counters: Vec<_> = counters(lacking).into_iter().collect();
        for counters in counters.chunks(MAX_COUNTERS) {
            let update = |(counter, cells): &(Counter, Vec<(String, i64)>)| {
                let update = additions(cells).in_transaction(&self.name, counter.key(0), None)?;
                Ok(TransactWriteItem::builder().update(update).build())
            };
            let writes = counters.iter().map(update).collect::<Result<_, TableError>>()?;
            let transaction = self.client.transact_write_items().set_transact_items(Some(writes));
            transaction.send().await.map_err(|error| TableError::of("TransactWriteItems", error))?;
        }
        Ok(())
    }

    async fn counter_items(&self, firm: &Firm, (low, high): (String, String)) -> Result<Vec<Item>, TableError> {
        let (mut items, mut start): (Vec<Item>, Option<HashMap<_, _>>) = (Vec::new(), None);
        loop {
            let page = self
                .query()
                .key_condition_expression("pk = :pk AND sk BETWEEN :low AND :high")
                .expression_attribute_values(":pk", text(keys::totals_pk(firm)))
                .expression_attribute_values(":low", text(&low))
                .expression_attribute_values(":high", text(&high))
                .set_exclusive_start_key(start.take())
                .send()
                .await
                .map_err(|error| TableError::of("Query", error))?;
            items.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(items);
            }
        }
    }
}

/// How long to wait before another attempt: each shard for another time, so that they do not meet again.
fn pause(shard: &str, attempt: u32) -> Duration {
    let longest = CONFLICT_PAUSE.saturating_mul(1 << attempt.min(16)).min(LONGEST_PAUSE);
    let share = Sha256::digest(format!("{shard}#{attempt}"))[0];
    longest / 2 + longest * u32::from(share) / 512
}

fn cancellation(error: &SdkError<TransactWriteItemsError>) -> Option<&[CancellationReason]> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled.cancellation_reasons()),
        _ => None,
    }
}

fn sk(item: &Item) -> Option<&str> {
    item.get("sk")?.as_s().ok().map(String::as_str)
}

fn number(value: &AttributeValue) -> Option<i64> {
    value.as_n().ok()?.parse().ok()
}

/// Adds an hour's counters to what other lanes have.
fn read_hour(item: &Item, totals: &mut BTreeMap<Quarter, Standings>) {
    let Some(hour) = sk(item).and_then(keys::parse_hour) else { return };
    for (name, value) in item {
        let Some(((quarter, standing), count)) = parse_cell(name, hour).zip(number(value)) else { continue };
        *totals.entry(quarter).or_default().entry(standing).or_default() += count;
    }
}

fn read_waiting(item: &Item, waiting: &mut Waiting) {
    for (name, value) in item {
        let mut letters = name.chars();
        let status = letters.next().filter(|_| letters.next().is_none()).and_then(parse_status);
        let Some((status, count)) = status.zip(number(value)) else { continue };
        *waiting.entry(status).or_default() += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_read_as_it_was_named() {
        let hour: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
        let mut names = std::collections::BTreeSet::new();
        for quarter in 0..4 {
            for sent_status in SentStatus::ALL {
                for evidence in Evidence::ALL {
                    let at = hour + SignedDuration::from_secs(quarter * QUARTER_SECONDS + 7);
                    let (quarter, standing) = (Quarter::of(at), Standing { sent_status, evidence });
                    let name = cell(quarter, standing);
                    assert_eq!(parse_cell(&name, hour), Some((quarter, standing)), "{name}");
                    assert!(names.insert(name));
                }
            }
        }
        for other in ["pk", "sk", "4sd", "2s", "2sdd", "", "9xx"] {
            assert_eq!(parse_cell(other, hour), None, "{other}");
        }
    }

    #[test]
    fn hours_come_before_what_waits() {
        let hour = keys::hour("2026-11-21T09:59:59Z".parse().unwrap());
        assert_eq!((hour.as_str(), hour.as_str() < keys::WAITING), ("2026-11-21T09", true));
        assert_eq!(keys::parse_hour("2026-11-21T09#1"), Some("2026-11-21T09:00:00Z".parse().unwrap()));
        assert_eq!(keys::parse_hour("waiting#0"), None);
    }

    #[test]
    fn pauses_differ_and_have_an_end() {
        let of = |shard: u8| (0..MAX_CONFLICTS).map(move |attempt| pause(&format!("shard-{shard}"), attempt));
        assert_ne!(of(1).collect::<Vec<_>>(), of(2).collect::<Vec<_>>());
        for (attempt, pause) in of(3).enumerate() {
            assert!(pause <= LONGEST_PAUSE && pause >= CONFLICT_PAUSE / 2, "{attempt}: {pause:?}");
        }
        let all: Duration = of(4).sum();
        assert!(Duration::from_secs(2) < all && all < Duration::from_secs(6), "{all:?}");
    }

    #[test]
    fn shards_take_both_lanes() {
        let lanes: std::collections::BTreeSet<u8> = (0..32).map(|shard| lane_of(&format!("shardId-{shard}"))).collect();
        assert_eq!(lanes.len(), usize::from(LANES));
    }
}
