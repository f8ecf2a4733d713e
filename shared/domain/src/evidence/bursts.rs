//! Bursts: what no single request shows. A scanner that looks like a reader fetches from several networks within two
//! minutes, or follows several links within seconds; then its first fetches were a scanner's, too.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::HitKind;
use super::agent::Agent;
use super::network::{NetworkClass, Period};
use crate::log::Hit;

/// How many networks in [`NETWORKS_WITHIN`] are a scanner's. A person has two: the office's and a phone's.
const NETWORKS: usize = 3;
const NETWORKS_WITHIN: SignedDuration = SignedDuration::from_secs(120);

/// How many links in [`LINKS_WITHIN`] are a scanner's. A person reads what a link leads to.
const LINKS: usize = 3;
const LINKS_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// What a fetch is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Burst {
    /// Fetches from many networks at once.
    Networks,
    /// Many links at once.
    Links,
}

/// The fetches that are part of a burst.
pub(super) fn bursts(fetches: &BTreeSet<(HitKind, Hit)>, submitted_at: Timestamp) -> BTreeMap<(HitKind, Hit), Burst> {
    let mut suspects: Vec<(HitKind, Hit)> = fetches.iter().copied().filter(is_suspect).collect();
    suspects.sort_by_key(|(_, hit)| hit.at);
    let mut found = BTreeMap::new();
    let clicks: Vec<_> = suspects.iter().copied().filter(|(kind, _)| *kind == HitKind::Click).collect();
    mark(&clicks, LINKS, LINKS_WITHIN, |hit| hit.link.into(), Burst::Links, &mut found);
    // Hashes of two periods cannot be compared: one network would look like two.
    let period = |(_, hit): &(HitKind, Hit)| Period::of(submitted_at, hit.at);
    for comparable in suspects.chunk_by(|one, other| period(one) == period(other)) {
        mark(comparable, NETWORKS, NETWORKS_WITHIN, |hit| hit.facts.network, Burst::Networks, &mut found);
    }
    found
}

/// Whether a fetch may be a disguised scanner's. Not what says itself what it is; nor what comes through a proxy or
/// relay, whose networks change under one reader.
fn is_suspect((kind, hit): &(HitKind, Hit)) -> bool {
    let facts = hit.facts;
    let is_relayed = match facts.network_class {
        NetworkClass::AppleRelay => true,
        NetworkClass::MicrosoftMail => *kind == HitKind::Open,
        NetworkClass::Other | NetworkClass::Scanner | NetworkClass::SharedScanner => false,
    };
    matches!(facts.agent, Agent::Browser | Agent::Missing) && facts.network != 0 && !is_relayed
}

/// Marks all fetches of each span that has at least so many different things in it.
fn mark(
    fetches: &[(HitKind, Hit)],
    least: usize,
    within: SignedDuration,
    thing: impl Fn(&Hit) -> u64,
    burst: Burst,
    found: &mut BTreeMap<(HitKind, Hit), Burst>,
) {
    let (mut start, mut marked) = (0, 0);
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    for (end, (_, hit)) in fetches.iter().enumerate() {
        *seen.entry(thing(hit)).or_default() += 1;
        while hit.at.duration_since(fetches[start].1.at) > within {
            let gone = thing(&fetches[start].1);
            if let Some(count) = seen.get_mut(&gone) {
                *count -= 1;
            }
            seen.retain(|_, count| *count > 0);
            start += 1;
        }
        if seen.len() >= least {
            found.extend(fetches[start.max(marked)..=end].iter().map(|fetch| (*fetch, burst)));
            marked = end + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Facts, Method};
    use crate::time::from_millisecond;

    const SENT_MS: i64 = 1_795_300_000_000;

    fn click(seconds: i64, network: u64, link: u8) -> (HitKind, Hit) {
        let facts = Facts {
            agent: Agent::Browser,
            method: Method::Get,
            prefetch: false,
            network_class: NetworkClass::Other,
            network,
        };
        (HitKind::Click, Hit { at: from_millisecond(SENT_MS + seconds * 1_000), link, facts })
    }

    fn marked(fetches: &[(HitKind, Hit)]) -> Vec<Option<Burst>> {
        let found = bursts(&fetches.iter().copied().collect(), from_millisecond(SENT_MS));
        fetches.iter().map(|fetch| found.get(fetch).copied()).collect()
    }

    #[test]
    fn three_networks_mark_the_first_ones_too() {
        let burst = [click(0, 1, 0), click(60, 2, 0), click(120, 3, 0), click(3_600, 4, 0)];
        let networks = Some(Burst::Networks);
        assert_eq!(marked(&burst), [networks, networks, networks, None]);
        let slow = [click(0, 1, 0), click(60, 2, 0), click(121, 3, 0)];
        assert_eq!(marked(&slow), [None; 3]);
        let two = [click(0, 1, 0), click(1, 2, 0), click(2, 1, 0), click(3, 2, 0)];
        assert_eq!(marked(&two), [None; 4]);
    }

    #[test]
    fn a_long_burst_is_one() {
        let fetches: Vec<_> = (0..10).map(|n| click(n * 40, 1 + n.unsigned_abs(), 0)).collect();
        assert_eq!(marked(&fetches), [Some(Burst::Networks); 10]);
    }

    #[test]
    fn three_links_at_once_are_a_burst_of_one_network() {
        let links = Some(Burst::Links);
        let burst = [click(0, 1, 0), click(5, 1, 1), click(10, 1, 2), click(21, 1, 3)];
        assert_eq!(marked(&burst), [links, links, links, None]);
        assert_eq!(marked(&[click(0, 1, 0), click(1, 1, 0), click(2, 1, 0)]), [None; 3]);
        assert_eq!(marked(&[click(0, 1, 0), click(6, 1, 1), click(12, 1, 2)]), [None; 3]);
    }

    #[test]
    fn proxies_relays_and_self_declared_programs_make_no_burst() {
        let with = |change: fn(&mut Facts)| {
            let mut fetches = [click(0, 1, 0), click(1, 2, 0), click(2, 3, 0)];
            fetches.iter_mut().for_each(|(_, hit)| change(&mut hit.facts));
            marked(&fetches)
        };
        assert_eq!(with(|facts| facts.agent = Agent::ImageProxy), [None; 3]);
        assert_eq!(with(|facts| facts.agent = Agent::Program), [None; 3]);
        assert_eq!(with(|facts| facts.network_class = NetworkClass::AppleRelay), [None; 3]);
        assert_eq!(with(|facts| facts.network = 0), [None; 3]);
        assert_eq!(with(|facts| facts.method = Method::Head), [Some(Burst::Networks); 3]);
        let opens = |class| {
            let mut fetches = [click(0, 1, 0), click(1, 2, 0), click(2, 3, 0)];
            for (kind, hit) in &mut fetches {
                *kind = HitKind::Open;
                hit.facts.network_class = class;
            }
            marked(&fetches)
        };
        assert_eq!(opens(NetworkClass::MicrosoftMail), [None; 3]);
        assert_eq!(opens(NetworkClass::Other), [Some(Burst::Networks); 3]);
    }

    #[test]
    fn networks_of_two_periods_are_not_compared() {
        let end = 32 * 24 * 3_600;
        assert_eq!(marked(&[click(end - 2, 1, 0), click(end - 1, 2, 0), click(end, 3, 0)]), [None; 3]);
        assert_eq!(marked(&[click(end, 1, 0), click(end + 1, 2, 0), click(end + 2, 3, 0)]), [Some(Burst::Networks); 3]);
    }
}
