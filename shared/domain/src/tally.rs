//! What is counted of recipients, and how their changes add up.
//!
//! What is counted depends on a recipient alone and not on the time, so that what a change takes away is what an earlier
//! one has added. Counts are kept by quarters of an hour: every time zone's days begin and end with one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::evidence::Evidence;
use crate::fold::{SentStatus, View, fold};
use crate::ids::Firm;
use crate::recipient::Recipient;

/// The length of what is counted together, in seconds.
const QUARTER_SECONDS: i64 = 15 * 60;

/// What became of a recipient, as far as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Standing {
    /// The one status.
    pub sent_status: SentStatus,
    /// How much is known about a reader.
    pub evidence: Evidence,
}

/// What one recipient counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Among those submitted in the same quarter of an hour.
    pub standing: Standing,
    /// As what it stands in the firm's work queue, if it does.
    pub waiting: Option<SentStatus>,
}

impl Counted {
    /// What a recipient counts as by the rules of today.
    #[must_use]
    pub fn of(recipient: &Recipient) -> Self {
        // Silence is what depends on the time; who has been silent for a day was flagged, and that is what counts.
        Self::seen(recipient, &fold(recipient, recipient.submitted_at()))
    }

    /// The same of a recipient whose log was folded already.
    #[must_use]
    pub fn seen(recipient: &Recipient, view: &View) -> Self {
        let flagged = recipient.attention_since.is_some() && !recipient.relieved;
        let silent = view.sent_status == SentStatus::Sent && view.evidence == Evidence::Accepted;
        let waits = flagged && (silent || !matches!(view.sent_status, SentStatus::Sent | SentStatus::Opened));
        Self {
            standing: Standing { sent_status: view.sent_status, evidence: view.evidence },
            waiting: waits.then_some(view.sent_status),
        }
    }
}

/// A quarter of an hour of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter(Timestamp);

impl Quarter {
    /// The quarter that a moment falls in.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let second = at.as_second();
        Self(Timestamp::from_second(second - second.rem_euclid(QUARTER_SECONDS)).unwrap_or(at))
    }

    /// Its first moment.
    #[must_use]
    pub fn start(self) -> Timestamp {
        self.0
    }
}

/// How many recipients of each standing.
pub type Standings = BTreeMap<Standing, i64>;
/// How many recipients of each status wait for somebody.
pub type Waiting = BTreeMap<SentStatus, i64>;

/// What changes of recipients add up to. Holds nothing that is zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// By when the recipients were submitted.
    pub quarters: BTreeMap<(Firm, Quarter), Standings>,
    /// Whoever waits, whenever submitted.
    pub waiting: BTreeMap<Firm, Waiting>,
}

impl Tally {
    /// Adds what changed of a recipient: nothing before it was there, and nothing after it went.
    pub fn change(&mut self, firm: &Firm, submitted_at: Timestamp, old: Option<Counted>, new: Option<Counted>) {
        for (counted, by) in [(old, -1), (new, 1)] {
            let Some(Counted { standing, waiting }) = counted else { continue };
            add(&mut self.quarters, (firm.clone(), Quarter::of(submitted_at)), standing, by);
            if let Some(status) = waiting {
                add(&mut self.waiting, firm.clone(), status, by);
            }
        }
    }

    /// Adds what is in another one, so many times.
    pub fn plus(&mut self, other: &Self, times: i64) {
        for (place, standings) in &other.quarters {
            standings
                .iter()
                .for_each(|(standing, count)| add(&mut self.quarters, place.clone(), *standing, count * times));
        }
        for (firm, waiting) in &other.waiting {
            waiting.iter().for_each(|(status, count)| add(&mut self.waiting, firm.clone(), *status, count * times));
        }
    }

    /// How many of a standing there are at a place.
    #[must_use]
    pub fn at(&self, place: &(Firm, Quarter), standing: Standing) -> i64 {
        self.quarters.get(place).and_then(|standings| standings.get(&standing)).copied().unwrap_or_default()
    }

    /// How many of a status wait for somebody of a firm.
    #[must_use]
    pub fn waiting_at(&self, firm: &Firm, status: SentStatus) -> i64 {
        self.waiting.get(firm).and_then(|waiting| waiting.get(&status)).copied().unwrap_or_default()
    }

    /// Whether everything is as it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.quarters.is_empty() && self.waiting.is_empty()
    }
}

/// Adds a number at a place, and leaves nothing behind where the sum is zero.
fn add<P: Ord + Clone, K: Ord>(sums: &mut BTreeMap<P, BTreeMap<K, i64>>, place: P, kind: K, number: i64) {
    use std::collections::btree_map::Entry;
    let mut there = match sums.entry(place) {
        Entry::Vacant(_) if number == 0 => return,
        Entry::Vacant(vacant) => vacant.insert_entry(BTreeMap::new()),
        Entry::Occupied(there) => there,
    };
    match there.get_mut().entry(kind) {
        Entry::Vacant(vacant) if number != 0 => {
            vacant.insert(number);
        }
        Entry::Vacant(_) => {}
        Entry::Occupied(mut sum) => {
            *sum.get_mut() += number;
            if *sum.get() == 0 {
                sum.remove();
            }
        }
    }
    if there.get().is_empty() {
        there.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn firm() -> Firm {
        "demo".parse().unwrap()
    }

    fn counted(sent_status: SentStatus, evidence: Evidence, waits: bool) -> Counted {
        Counted { standing: Standing { sent_status, evidence }, waiting: waits.then_some(sent_status) }
    }

    #[test]
    fn a_quarter_is_one_of_the_clocks() {
        let start = |at: &str| Quarter::of(at.parse().unwrap()).start().to_string();
        assert_eq!(start("2026-11-21T23:14:59.999Z"), "2026-11-21T23:00:00Z");
        assert_eq!(start("2026-11-21T23:15:00Z"), "2026-11-21T23:15:00Z");
        assert_eq!(start("1969-12-31T23:59:59Z"), "1969-12-31T23:45:00Z");
    }

    #[test]
    fn a_change_takes_away_what_an_earlier_one_added() {
        let at: Timestamp = "2026-11-21T10:07:00Z".parse().unwrap();
        let queued = counted(SentStatus::Queued, Evidence::None, true);
        let sent = counted(SentStatus::Sent, Evidence::Accepted, false);
        let mut tally = Tally::default();
        tally.change(&firm(), at, None, Some(queued));
        tally.change(&firm(), at, Some(queued), Some(sent));
        let standings = &tally.quarters[&(firm(), Quarter::of(at))];
        assert_eq!((standings.len(), standings[&sent.standing]), (1, 1));
        assert!(tally.waiting.is_empty());
        tally.change(&firm(), at, Some(sent), None);
        assert!(tally.is_empty());
    }

    fn any_counted() -> impl Strategy<Value = Option<Counted>> {
        let statuses = prop::sample::select(SentStatus::ALL.to_vec());
        let evidence = prop::sample::select(Evidence::ALL.to_vec());
        prop::option::of(
            (statuses, evidence, any::<bool>()).prop_map(|(status, evidence, waits)| counted(status, evidence, waits)),
        )
    }

    proptest! {
        #[test]
        fn a_history_adds_up_to_its_end(history in prop::collection::vec(any_counted(), 1..20), cut in 0usize..20) {
            let at = crate::time::from_millisecond(1_795_300_000_000);
            let mut whole = Tally::default();
            let (mut first, mut second) = (Tally::default(), Tally::default());
            for (number, pair) in history.windows(2).enumerate() {
                whole.change(&firm(), at, pair[0], pair[1]);
                let part = if number < cut { &mut first } else { &mut second };
                part.change(&firm(), at, pair[0], pair[1]);
            }
            let mut ends = Tally::default();
            ends.change(&firm(), at, history[0], *history.last().unwrap());
            prop_assert_eq!(&whole, &ends);
            first.plus(&second, 1);
            prop_assert_eq!(&first, &ends);
            first.plus(&ends, -1);
            prop_assert!(first.is_empty());
        }
    }
}
