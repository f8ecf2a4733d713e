//! A recipient's log: everything that is known to have happened to one copy of one e-mail.
//!
//! The log is a set of provider events, identified by their content, and a bounded record of fetches. Both grow
//! without reading what is there: adding is idempotent for events, and the first hundred fetches of each kind are
//! kept one by one while later ones are counted.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::event::Event;
use crate::evidence::{Agent, Facts, HitKind, Method, NetworkClass};
use crate::outcome::Outcome;

/// How many opens, and how many clicks, are kept one by one. Enough for a dispute; an attacker with a pixel's
/// address must not make the item grow or cost more with each hit.
pub const MAX_HITS: usize = 100;
/// How many events are kept with content of their own; later ones overwrite one another, kind by kind. SES sends
/// fewer than ten per message, mail loops of auto-replies a few dozen.
pub const MAX_EVENTS: usize = 100;

/// One fetch of the pixel or of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hit {
    /// When it arrived, in milliseconds.
    pub at: Timestamp,
    /// Which link it was, 0 for the pixel.
    pub link: u8,
    /// What the request told.
    pub facts: Facts,
}

/// Fetches that are told apart by class only, because a rule judges a whole class alike: the sort of program, whose network
/// it came from, the method and the prefetch mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HitClass {
    /// What kind of program it was.
    pub agent: Agent,
    /// Whose network it came from.
    pub network: NetworkClass,
    /// The request was a `HEAD` or said that it was a prefetch.
    pub marked: bool,
}

impl HitClass {
    /// The class of a fetch.
    #[must_use]
    pub fn of(facts: Facts) -> Self {
        let marked = facts.prefetch || facts.method == Method::Head;
        Self { agent: facts.agent, network: facts.network_class, marked }
    }

    /// Every class there is: the bound of what a tally can hold.
    pub fn all() -> impl Iterator<Item = Self> {
        let networks = |agent| NetworkClass::ALL.into_iter().map(move |network| (agent, network));
        let classes = Agent::ALL.into_iter().flat_map(networks);
        classes.flat_map(|(agent, network)| [false, true].map(|marked| Self { agent, network, marked }))
    }
}

/// What is kept of one class of fetches, however many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// How many there were.
    pub count: u64,
    /// The first that arrived.
    pub first: Hit,
    /// The last that arrived.
    pub last: Hit,
}

/// The fetches of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// The first [`MAX_HITS`] in order of arrival, repetitions included.
    pub kept: Vec<Hit>,
    /// By class: how many, the first and the last.
    pub tallies: BTreeMap<HitClass, Tally>,
}

impl Hits {
    /// Adds a fetch, as the table does in one write.
    pub fn add(&mut self, hit: Hit) {
        if self.kept.len() < MAX_HITS {
            self.kept.push(hit);
        }
        self.tallies
            .entry(HitClass::of(hit.facts))
            .and_modify(|tally| {
                tally.count += 1;
                tally.last = hit;
            })
            .or_insert(Tally { count: 1, first: hit, last: hit });
    }

    /// Each distinct fetch that is kept, in order of time. Two fetches of one thing in the same millisecond from the
    /// same network and class are one.
    #[must_use]
    pub fn distinct(&self) -> BTreeSet<Hit> {
        let ends = self.tallies.values().flat_map(|tally| [tally.first, tally.last]);
        self.kept.iter().copied().chain(ends).collect()
    }

    /// How many fetches of a class were counted but are not kept one by one.
    #[must_use]
    pub fn uncounted(&self, class: HitClass) -> u64 {
        let Some(tally) = self.tallies.get(&class) else { return 0 };
        let kept = self.kept.iter().filter(|hit| HitClass::of(hit.facts) == class).count() as u64;
        let ends = BTreeSet::from([tally.first, tally.last]);
        let ends_beside = ends.iter().filter(|end| !self.kept.contains(end)).count() as u64;
        tally.count.saturating_sub(kept + ends_beside)
    }
}

/// Everything that is known about one recipient's copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    events: BTreeMap<String, Event>,
    /// Fetches of the pixel.
    pub opens: Hits,
    /// Fetches of links.
    pub clicks: Hits,
    /// Actions on the portal's page, by time: proof of a person.
    pub portal_actions: BTreeSet<Timestamp>,
    /// What is left of fetches whose facts were deleted.
    pub outcome: Option<Outcome>,
}

impl Log {
    /// A log of these events.
    #[must_use]
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let mut log = Self::default();
        log.extend(events);
        log
    }

    /// Adds events; one that is there already changes nothing, so that the first copy's record stays the proof of it.
    pub fn extend(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.events.entry(event.id()).or_insert(event);
        }
    }

    /// The events, in no order that means anything.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.values()
    }

    /// The fetches of a kind.
    #[must_use]
    pub fn hits(&self, kind: HitKind) -> &Hits {
        match kind {
            HitKind::Open => &self.opens,
            HitKind::Click => &self.clicks,
        }
    }

    /// The fetches of a kind, to add to.
    pub fn hits_mut(&mut self, kind: HitKind) -> &mut Hits {
        match kind {
            HitKind::Open => &mut self.opens,
            HitKind::Click => &mut self.clicks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_millisecond;

    fn hit(ms: i64, agent: Agent) -> Hit {
        Hit {
            at: from_millisecond(ms),
            link: 0,
            facts: Facts {
                agent,
                method: Method::Get,
                prefetch: false,
                network_class: NetworkClass::Other,
                network: 7,
            },
        }
    }

    fn class(agent: Agent) -> HitClass {
        HitClass { agent, network: NetworkClass::Other, marked: false }
    }

    #[test]
    fn a_flood_stays_bounded_and_keeps_its_ends() {
        let mut hits = Hits::default();
        for ms in 0..10_000 {
            hits.add(hit(ms, Agent::Program));
        }
        hits.add(hit(10_000, Agent::Browser));
        for ms in 10_001..20_000 {
            hits.add(hit(ms, Agent::Program));
        }
        assert_eq!(hits.kept.len(), MAX_HITS);
        let (browser, program) = (class(Agent::Browser), class(Agent::Program));
        assert_eq!(hits.tallies[&browser].first.at, from_millisecond(10_000));
        assert_eq!(hits.tallies[&program].last.at, from_millisecond(19_999));
        let kept = |class| hits.distinct().iter().filter(|hit| HitClass::of(hit.facts) == class).count() as u64;
        assert_eq!(kept(browser) + hits.uncounted(browser), 1);
        assert_eq!(kept(program) + hits.uncounted(program), 19_999);
    }

    #[test]
    fn the_same_millisecond_and_network_is_one_fetch() {
        let mut hits = Hits::default();
        hits.add(hit(1, Agent::Browser));
        hits.add(hit(1, Agent::Browser));
        assert_eq!(hits.distinct().len(), 1);
        assert_eq!(hits.uncounted(class(Agent::Browser)), 0);
    }
}
