//! What is usual at a recipient's domain: whether the first to fetch from an e-mail is a machine, and how soon.
//!
//! A company whose scanner opens every mail makes opens worthless there, and a reader's silence too. It is learnt from a
//! firm's own e-mails, and told as a hint: it judges no fetch.

use jiff::{SignedDuration, Timestamp};

use crate::event::EventKind;
use crate::evidence::{HitKind, Ruleset, Verdicts};
use crate::recipient::Recipient;

/// From how many first fetches on something can be said about a domain.
const ENOUGH: u64 = 5;

/// From which share of machines on, in percent, a domain's first fetches say nothing about readers.
const NEARLY_ALL: u64 = 90;
/// From which share on they are machines' more often than not.
const MOST: u64 = 60;

/// Where one span of delays ends and the next begins, in seconds: the last has no end.
pub const DELAYS: [i64; 5] = [10, 60, 600, 3_600, 86_400];

/// What one recipient teaches: the first fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lesson {
    /// A machine made it, as far as is known by now.
    pub automatic: bool,
    /// In which span after the delivery, by its place in [`DELAYS`] or behind all of them.
    pub delay: usize,
}

impl Lesson {
    /// What a recipient teaches by now; `None` as long as nothing was fetched. Later fetches can change it: the first may
    /// turn out to be a burst's.
    #[must_use]
    pub fn of(recipient: &Recipient) -> Option<Self> {
        let verdicts = Verdicts::on(&recipient.log, recipient.submitted_at(), Ruleset::CURRENT);
        let fetches = [HitKind::Open, HitKind::Click].into_iter().flat_map(|kind| {
            let hits = recipient.log.hits(kind).distinct().into_iter();
            hits.map(move |hit| (hit.at, kind, hit))
        });
        let (at, kind, hit) = fetches.min()?;
        let delivered = recipient.log.events().filter(|event| matches!(event.kind, EventKind::Delivered { .. }));
        let since = delivered.map(|event| event.at).min().unwrap_or_else(|| recipient.submitted_at());
        Some(Self { automatic: verdicts.of(kind, &hit).automatic, delay: delay_of(at, since) })
    }
}

fn delay_of(at: Timestamp, since: Timestamp) -> usize {
    let after = at.duration_since(since);
    DELAYS.iter().position(|end| after < SignedDuration::from_secs(*end)).unwrap_or(DELAYS.len())
}

/// What a firm has learnt of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Habit {
    /// First fetches.
    pub first_fetches: u64,
    /// Those of them that machines made.
    pub automatic: u64,
    /// First fetches by their span.
    pub delays: [u64; DELAYS.len() + 1],
}

impl Habit {
    /// Takes in what one more recipient teaches.
    pub fn learn(&mut self, lesson: Lesson) {
        self.first_fetches += 1;
        self.automatic += u64::from(lesson.automatic);
        if let Some(count) = self.delays.get_mut(lesson.delay) {
            *count += 1;
        }
    }

    /// Within how many seconds of the delivery half of the first fetches came; `None` if there were none, or if that
    /// takes longer than a day.
    #[must_use]
    pub fn usual_delay(&self) -> Option<i64> {
        let mut sum = 0;
        let half = self.first_fetches.div_ceil(2);
        let place = self.delays.iter().position(|count| {
            sum += count;
            half > 0 && sum >= half
        })?;
        DELAYS.get(place).copied()
    }

    /// What staff should know of a domain; nothing where too little was learnt or people come first.
    #[must_use]
    pub fn hint(&self, domain: &str) -> Option<String> {
        if self.first_fetches < ENOUGH {
            return None;
        }
        let share = self.automatic * 100 / self.first_fetches;
        let soon = match self.usual_delay() {
            Some(seconds) if seconds <= 60 => " within a minute of delivery",
            _ => "",
        };
        match share {
            NEARLY_ALL.. => Some(format!(
                "At {domain} nearly every first open or click is a scanner's{soon}; ask for a reply instead."
            )),
            MOST.. => Some(format!(
                "At {domain} most first opens and clicks are a scanner's{soon}; only what comes later may be a person's."
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::event::Event;
    use crate::evidence::{Agent, Facts, Method, NetworkClass};
    use crate::ids::{Kind, Position, RecipientKey, SendId};
    use crate::log::Hit;
    use crate::recipient::Source;
    use crate::time::from_millisecond;

    const SENT_MS: i64 = 1_795_300_000_000;

    fn at(seconds: i64) -> Timestamp {
        from_millisecond(SENT_MS + seconds * 1_000)
    }

    fn ann() -> Recipient {
        let key = RecipientKey {
            firm: "demo".parse().unwrap(),
            invoice: "1042".parse().unwrap(),
            send: SendId::new(at(0), 1),
            position: Position { kind: Kind::To, index: 0 },
        };
        let mut ann = Recipient::new(key, "ann@example.com".parse().unwrap(), "Invoice 1042", Source::Manual);
        ann.log.extend([Event::new(at(100), EventKind::Delivered { detail: None })]);
        ann
    }

    fn hit(seconds: i64, network: u64) -> Hit {
        let (agent, method, prefetch) = (Agent::Browser, Method::Get, false);
        let facts = Facts { agent, method, prefetch, network_class: NetworkClass::Other, network };
        Hit { at: at(seconds), link: 0, facts }
    }

    #[test]
    fn the_first_fetch_teaches_and_may_turn_out_to_be_a_scanners() {
        let mut ann = ann();
        assert_eq!(Lesson::of(&ann), None);
        ann.log.clicks.add(hit(130, 1));
        assert_eq!(Lesson::of(&ann), Some(Lesson { automatic: false, delay: 1 }), "30 s after the delivery");
        ann.log.opens.add(hit(105, 2));
        assert_eq!(Lesson::of(&ann), Some(Lesson { automatic: false, delay: 0 }), "the earlier one");
        ann.log.clicks.add(hit(140, 3));
        assert_eq!(Lesson::of(&ann), Some(Lesson { automatic: true, delay: 0 }), "a burst");
        ann.log.clicks.add(hit(90_000, 4));
        assert_eq!(Lesson::of(&ann), Some(Lesson { automatic: true, delay: 0 }));
    }

    #[test]
    fn delays_have_spans() {
        let spans = [(-5, 0), (0, 0), (9, 0), (10, 1), (59, 1), (60, 2), (599, 2), (600, 3), (86_399, 4), (86_400, 5)];
        for (seconds, span) in spans {
            assert_eq!(delay_of(at(seconds), at(0)), span, "{seconds}");
        }
    }

    #[test]
    fn a_hint_needs_enough_and_nearly_all() {
        let habit = |first_fetches, automatic, delays| Habit { first_fetches, automatic, delays };
        let hint = |habit: Habit| habit.hint("bigbank.example");
        assert_eq!(hint(habit(4, 4, [4, 0, 0, 0, 0, 0])), None);
        assert_eq!(hint(habit(40, 20, [40, 0, 0, 0, 0, 0])), None);
        let nearly = hint(habit(40, 37, [30, 5, 5, 0, 0, 0])).unwrap();
        assert_eq!(
            nearly,
            "At bigbank.example nearly every first open or click is a scanner's within a minute of delivery; ask for a reply \
             instead."
        );
        let most = hint(habit(40, 25, [0, 0, 5, 35, 0, 0])).unwrap();
        assert!(most.starts_with("At bigbank.example most first opens and clicks are a scanner's; only"), "{most}");
    }

    #[test]
    fn half_of_them_tell_the_usual_delay() {
        let habit = |delays: [u64; 6]| Habit { first_fetches: delays.iter().sum(), automatic: 0, delays };
        assert_eq!(Habit::default().usual_delay(), None);
        assert_eq!(habit([5, 5, 0, 0, 0, 0]).usual_delay(), Some(10));
        assert_eq!(habit([4, 5, 1, 0, 0, 0]).usual_delay(), Some(60));
        assert_eq!(habit([1, 0, 0, 0, 0, 9]).usual_delay(), None, "later than a day");
        let mut learning = habit([1, 0, 0, 0, 0, 0]);
        learning.learn(Lesson { automatic: true, delay: 1 });
        assert_eq!(learning, Habit { automatic: 1, ..habit([1, 1, 0, 0, 0, 0]) });
    }
}
