//! What is left of a recipient's fetches when the facts about them are deleted: how many, by whom, first and last.
//!
//! It is the one place where a verdict is kept: what it was reached from is gone, so that no later version of the rules can
//! reach another.

use jiff::Timestamp;

use crate::evidence::{HitKind, Ruleset, Verdicts};
use crate::fold::fold_under;
use crate::recipient::Recipient;

/// Fetches of a kind by people, or by machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// How many.
    pub count: u64,
    /// The first.
    pub first: Timestamp,
    /// The last.
    pub last: Timestamp,
}

impl Seen {
    /// Both together.
    fn and(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let Some((one, other)) = one.zip(other) else { return one.or(other) };
        let (first, last) = (one.first.min(other.first), one.last.max(other.last));
        Some(Self { count: one.count + other.count, first, last })
    }
}

/// Opens, or clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByWhom {
    /// By a person, possibly.
    pub human: Option<Seen>,
    /// By a machine.
    pub automatic: Option<Seen>,
}

impl ByWhom {
    fn slot(&mut self, automatic: bool) -> &mut Option<Seen> {
        if automatic { &mut self.automatic } else { &mut self.human }
    }
}

/// What became of a recipient's fetches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Opens.
    pub opens: ByWhom,
    /// Clicks.
    pub clicks: ByWhom,
    /// Since when the mail may have been passed on.
    pub possibly_forwarded_at: Option<Timestamp>,
    /// The version of the rules that judged.
    pub ruleset: Ruleset,
}

impl Outcome {
    /// Of one kind.
    #[must_use]
    pub fn of_kind(&self, kind: HitKind) -> ByWhom {
        match kind {
            HitKind::Open => self.opens,
            HitKind::Click => self.clicks,
        }
    }

    /// What today's rules make of a recipient's fetches, and what was kept of earlier ones.
    #[must_use]
    pub fn of(recipient: &Recipient) -> Self {
        let ruleset = Ruleset::CURRENT;
        let verdicts = Verdicts::on(&recipient.log, recipient.submitted_at(), ruleset);
        let kind = |kind: HitKind| {
            let hits = recipient.log.hits(kind);
            let mut by_whom = recipient.log.outcome.as_ref().map(|kept| kept.of_kind(kind)).unwrap_or_default();
            for hit in hits.distinct() {
                let seen = Some(Seen { count: 1, first: hit.at, last: hit.at });
                let slot = by_whom.slot(verdicts.of(kind, &hit).automatic);
                *slot = Seen::and(*slot, seen);
            }
            for (class, tally) in &hits.tallies {
                // When they came is not known beyond the ends, which are among those that are.
                let automatic = verdicts.of_uncounted(kind, hits, *class, tally).automatic;
                let more = hits.uncounted(*class);
                if let Some(seen) = by_whom.slot(automatic).as_mut() {
                    seen.count += more;
                }
            }
            by_whom
        };
        let view = fold_under(recipient, recipient.submitted_at(), ruleset);
        let possibly_forwarded_at = view.possibly_forwarded_at;
        Self { opens: kind(HitKind::Open), clicks: kind(HitKind::Click), possibly_forwarded_at, ruleset }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::event::{Event, EventKind};
    use crate::evidence::{Agent, Facts, Method, NetworkClass};
    use crate::ids::{Kind, Position, RecipientKey, SendId};
    use crate::log::{Hit, Hits};
    use crate::recipient::Source;
    use crate::time::from_millisecond;
    use proptest::prelude::*;

    const SENT_MS: i64 = 1_795_300_000_000;

    fn ann() -> Recipient {
        let key = RecipientKey {
            firm: "demo".parse().unwrap(),
            invoice: "1042".parse().unwrap(),
            send: SendId::new(from_millisecond(SENT_MS), 1),
            position: Position { kind: Kind::To, index: 0 },
        };
        let mut ann = Recipient::new(key, "ann@example.com".parse().unwrap(), "Invoice 1042", Source::Manual);
        ann.log.extend([Event::new(from_millisecond(SENT_MS + 1), EventKind::Processed)]);
        ann
    }

    fn hit(seconds: i64, agent: Agent, network: u64) -> Hit {
        let (method, prefetch, network_class) = (Method::Get, false, NetworkClass::Other);
        let facts = Facts { agent, method, prefetch, network_class, network };
        Hit { at: from_millisecond(SENT_MS + seconds * 1_000), link: 0, facts }
    }

    /// The same without the facts.
    fn redacted(recipient: &Recipient) -> Recipient {
        let mut redacted = recipient.clone();
        redacted.log.outcome = Some(Outcome::of(recipient));
        (redacted.log.opens, redacted.log.clicks) = (Hits::default(), Hits::default());
        redacted
    }

    fn any_hit() -> impl Strategy<Value = (bool, Hit)> {
        let agents = prop::sample::select(vec![Agent::Browser, Agent::AppleProxy, Agent::Program]);
        (any::<bool>(), 0i64..400, agents, 1u64..5)
            .prop_map(|(opens, seconds, agent, network)| (opens, hit(seconds, agent, network)))
    }

    proptest! {
        #[test]
        fn deleting_the_facts_changes_no_outcome(hits in prop::collection::vec(any_hit(), 0..140)) {
            let mut ann = ann();
            for (opens, hit) in hits {
                ann.log.hits_mut(if opens { HitKind::Open } else { HitKind::Click }).add(hit);
            }
            let now = from_millisecond(SENT_MS + 1_000_000);
            let of = |recipient: &Recipient| {
                let view = fold_under(recipient, now, Ruleset::CURRENT);
                (
                    (view.sent_status, view.status_at, view.evidence, view.opens, view.clicks),
                    (view.first_opened_at, view.last_opened_at, view.possibly_forwarded_at),
                )
            };
            let once = redacted(&ann);
            prop_assert_eq!(of(&once), of(&ann));
            prop_assert_eq!(redacted(&once), once);
        }
    }

    #[test]
    fn a_burst_beyond_what_is_kept_stays_a_scanners() {
        let mut ann = ann();
        for number in 0..300 {
            ann.log.clicks.add(hit(number / 5, Agent::Browser, 1 + number.unsigned_abs() % 3));
        }
        // Another one in the same place and millisecond is another one all the same.
        let view = |recipient: &Recipient| {
            let view = fold_under(recipient, from_millisecond(SENT_MS + 1_000_000), Ruleset::CURRENT);
            (view.evidence, view.clicks.human, view.clicks.automatic > 100, view.first_opened_at)
        };
        assert_eq!(view(&ann), (crate::evidence::Evidence::FetchedAutomatically, 0, true, None));
        assert_eq!(view(&redacted(&ann)), view(&ann));
        // A person who comes long after it is one, and only one.
        ann.log.clicks.add(hit(90_000, Agent::Browser, 9));
        let (_, human, automatic, first) = view(&ann);
        assert_eq!((human, automatic, first), (1, true, Some(hit(90_000, Agent::Browser, 9).at)));
        assert_eq!(view(&redacted(&ann)), view(&ann));
    }

    #[test]
    fn a_flood_is_a_number() {
        let mut ann = ann();
        for seconds in 0..10_000 {
            ann.log.opens.add(hit(seconds, Agent::Program, 1));
        }
        let seen = Outcome::of(&ann).opens.automatic.unwrap();
        let (first, last) = (from_millisecond(SENT_MS), from_millisecond(SENT_MS + 9_999_000));
        assert_eq!(seen, Seen { count: 10_000, first, last });
    }
}
