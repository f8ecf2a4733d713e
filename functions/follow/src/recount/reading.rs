//! What a firm's counters say beside what its recipients say.

use domain::fold::fold;
use domain::ids::Firm;
use domain::recipient::Recipient;
use domain::tally::{Counted, Standings, Tally, Waiting};
use jiff::{SignedDuration, Timestamp};
use table::{Selection, Span, Table, TableError};

/// How many recipients one query asks for: about as many as one answer of DynamoDB (1 MB) holds.
pub(super) const PAGE: usize = 1_000;

/// What is read at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Recipients that were submitted in a span of whole hours.
    Hours(Span),
    /// Everybody in the work queue.
    Queue,
}

/// What the counters have, and what they should have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reading {
    pub(super) counted: Tally,
    pub(super) recipients: Tally,
    /// Those who stand in the index of rare statuses otherwise than their log says.
    pub(super) misplaced: Vec<Recipient>,
}

impl Reading {
    /// What the counters lack.
    pub(super) fn lacking(&self) -> Tally {
        let mut lacking = self.recipients.clone();
        lacking.plus(&self.counted, -1);
        lacking
    }

    /// What the counters lack, as far as neither they nor the recipients have changed since an earlier reading.
    pub(super) fn lacking_since(&self, earlier: &Self) -> Tally {
        let mut lacking = self.lacking();
        let same = |number: &dyn Fn(&Tally) -> i64| {
            number(&earlier.counted) == number(&self.counted) && number(&earlier.recipients) == number(&self.recipients)
        };
        for (place, standings) in &mut lacking.quarters {
            standings.retain(|standing, _| same(&|tally| tally.at(place, *standing)));
        }
        for (firm, waiting) in &mut lacking.waiting {
            waiting.retain(|status, _| same(&|tally| tally.waiting_at(firm, *status)));
        }
        without_zeros(&lacking)
    }
}

/// How many numbers a tally has.
pub(super) fn numbers_in(tally: &Tally) -> usize {
    let quarters: usize = tally.quarters.values().map(Standings::len).sum();
    quarters + tally.waiting.values().map(Waiting::len).sum::<usize>()
}

/// Reads from a moment on to the end of its day, or an hour of it where more recipients than one query gives were submitted.
pub(super) async fn read_on(table: &Table, firm: &Firm, begin: Timestamp) -> Result<(Span, Reading), TableError> {
    const DAY_SECONDS: i64 = 24 * 60 * 60;
    let passed = begin.as_second().rem_euclid(DAY_SECONDS);
    let later = |seconds: i64| begin.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
    let day = Span { from: begin, until: later(DAY_SECONDS - passed) };
    if table.report(firm, &day, &Selection::All, None, PAGE).await?.next.is_none() {
        return Ok((day, read(table, firm, Unit::Hours(day)).await?));
    }
    let hour = Span { from: begin, until: later(60 * 60) };
    Ok((hour, read(table, firm, Unit::Hours(hour)).await?))
}

/// One `Query` of the counters, and one for about a thousand recipients.
pub(super) async fn read(table: &Table, firm: &Firm, unit: Unit) -> Result<Reading, TableError> {
    match unit {
        Unit::Hours(span) => read_hours(table, firm, &span).await,
        Unit::Queue => read_queue(table, firm).await,
    }
}

async fn read_hours(table: &Table, firm: &Firm, span: &Span) -> Result<Reading, TableError> {
    let counted = table.totals(firm, span).await?;
    let quarters = counted.into_iter().map(|(quarter, standings)| ((firm.clone(), quarter), standings)).collect();
    let counted = without_zeros(&Tally { quarters, ..Tally::default() });
    let mut reading = Reading { counted, ..Reading::default() };
    let mut place = None;
    loop {
        let page = table.report(firm, span, &Selection::All, place.as_ref(), PAGE).await?;
        for recipient in page.recipients {
            let view = fold(&recipient, recipient.submitted_at());
            let counted = Counted { waiting: None, ..Counted::seen(&recipient, &view) };
            reading.recipients.change(firm, recipient.submitted_at(), None, Some(counted));
            if recipient.rare != view.rare {
                reading.misplaced.push(recipient);
            }
        }
        place = page.next;
        if place.is_none() {
            return Ok(reading);
        }
    }
}

async fn read_queue(table: &Table, firm: &Firm) -> Result<Reading, TableError> {
    let of = |waiting: Waiting| without_zeros(&Tally { waiting: [(firm.clone(), waiting)].into(), ..Tally::default() });
    let counted = of(table.counted_as_waiting(firm).await?);
    let mut waiting = Waiting::new();
    let mut place = None;
    loop {
        let page = table.attention(firm, place.as_ref(), PAGE).await?;
        for status in page.recipients.iter().filter_map(|recipient| Counted::of(recipient).waiting) {
            *waiting.entry(status).or_default() += 1;
        }
        place = page.next;
        if place.is_none() {
            return Ok(Reading { counted, recipients: of(waiting), ..Reading::default() });
        }
    }
}

/// Counters stay when they come back to zero.
fn without_zeros(tally: &Tally) -> Tally {
    let mut sum = Tally::default();
    sum.plus(tally, 1);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::evidence::Evidence;
    use domain::fold::SentStatus;
    use domain::tally::Standing;

    /// So many that are sent in each of three hours; each of them waits.
    fn tally(counts: [i64; 3]) -> Tally {
        let firm: Firm = "roe".parse().unwrap();
        let mut tally = Tally::default();
        for (hour, count) in counts.into_iter().enumerate() {
            let at = Timestamp::from_second(hour as i64 * 3600).unwrap();
            let standing = Standing { sent_status: SentStatus::Sent, evidence: Evidence::Accepted };
            for _ in 0..count {
                tally.change(&firm, at, None, Some(Counted { standing, waiting: Some(SentStatus::Sent) }));
            }
        }
        tally
    }

    #[test]
    fn only_what_stays_the_same_lacks_something() {
        let reading = |counted, recipients| Reading {
            counted: tally(counted),
            recipients: tally(recipients),
            misplaced: Vec::new(),
        };
        let first = reading([1, 2, 5], [2, 3, 5]);
        // Of the second hour another one came between the readings, counted or not.
        for second in [reading([1, 3, 5], [2, 3, 5]), reading([1, 2, 5], [2, 4, 5]), reading([1, 3, 5], [2, 5, 5])] {
            let lacking = second.lacking_since(&first);
            let hours: Vec<i64> = lacking.quarters.keys().map(|(_, quarter)| quarter.start().as_second()).collect();
            assert_eq!((hours, lacking.waiting.len()), (vec![0], 0));
        }
        let lacking = first.lacking_since(&first);
        let counts: Vec<i64> = lacking.quarters.values().flat_map(Standings::values).copied().collect();
        let waiting: Vec<i64> = lacking.waiting.values().flat_map(Waiting::values).copied().collect();
        assert_eq!((counts, waiting, numbers_in(&lacking)), (vec![1, 1], vec![2], 3));
        assert_eq!(numbers_in(&first.lacking()), 3);
    }
}
