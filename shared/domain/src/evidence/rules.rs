//! The rules: data that a verdict is read from, each with the version of the rules that brought it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;

use super::HitKind;
use super::agent::Agent;
use super::bursts::{Burst, bursts};
use super::facts::{Facts, Method};
use super::network::NetworkClass;
use crate::log::{Hit, HitClass, Hits, Log, Tally};

/// A version of the rules. A new one judges old logs anew; what an older one said can still be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruleset {
    /// Each request by itself.
    One,
    /// Networks and bursts as well.
    Two,
}

/// There is no version of that name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be one of the versions of the rules: {}", Ruleset::ALL.map(Ruleset::as_str).join(", "))]
pub struct UnknownRuleset;

impl Ruleset {
    /// All of them, the oldest first.
    pub const ALL: [Self; 2] = [Self::One, Self::Two];

    /// The one that judges unless another is asked for.
    pub const CURRENT: Self = Self::Two;

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
        }
    }
}

impl Default for Ruleset {
    fn default() -> Self {
        Self::CURRENT
    }
}

impl fmt::Display for Ruleset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Ruleset {
    type Err = UnknownRuleset;

    fn from_str(text: &str) -> Result<Self, UnknownRuleset> {
        Self::ALL.into_iter().find(|ruleset| ruleset.as_str() == text).ok_or(UnknownRuleset)
    }
}

/// A rule, which is the verdict on whatever fits it.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, the same in each version.
    pub id: &'static str,
    /// A machine fetched it; otherwise a person may have.
    pub automatic: bool,
    /// The rule in a sentence for whoever reads the history.
    pub sentence: &'static str,
    /// The first version that has it.
    pub since: Ruleset,
    fits: Fits,
}

/// What a fetch must be for a rule to fit; what is missing may be anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fits {
    kind: Option<HitKind>,
    agent: Option<Agent>,
    network: Option<NetworkClass>,
    method: Option<Method>,
    prefetch: Option<bool>,
    burst: Option<Burst>,
}

const ANYTHING: Fits = Fits { kind: None, agent: None, network: None, method: None, prefetch: None, burst: None };

impl Fits {
    fn fit(&self, kind: HitKind, facts: Facts, burst: Option<Burst>) -> bool {
        fn fits<T: PartialEq>(wanted: Option<T>, is: T) -> bool {
            wanted.is_none_or(|wanted| wanted == is)
        }
        fits(self.kind, kind)
            && fits(self.agent, facts.agent)
            && fits(self.network, facts.network_class)
            && fits(self.method, facts.method)
            && fits(self.prefetch, facts.prefetch)
            && self.burst.is_none_or(|wanted| burst == Some(wanted))
    }
}

const fn machine(id: &'static str, since: Ruleset, fits: Fits, sentence: &'static str) -> Rule {
    Rule { id, automatic: true, sentence, since, fits }
}

const fn person(id: &'static str, since: Ruleset, fits: Fits, sentence: &'static str) -> Rule {
    Rule { id, automatic: false, sentence, since, fits }
}

const fn by(agent: Agent) -> Fits {
    Fits { agent: Some(agent), ..ANYTHING }
}

const fn from(network: NetworkClass) -> Fits {
    Fits { network: Some(network), ..ANYTHING }
}

/// The rules, the first that fits decides. Each has its cases in `corpus.toml`.
pub const RULES: &[Rule] = &[
    machine(
        "head",
        Ruleset::One,
        Fits { method: Some(Method::Head), ..ANYTHING },
        "A program asked for the headers only; a reader's mail program asks for the content.",
    ),
    machine(
        "prefetch",
        Ruleset::One,
        Fits { prefetch: Some(true), ..ANYTHING },
        "The request said that it was made in advance, before anybody looked.",
    ),
    machine("no_agent", Ruleset::One, by(Agent::Missing), "The request named no program; readers' programs do."),
    machine(
        "apple_mail_privacy",
        Ruleset::One,
        by(Agent::AppleProxy),
        "Apple Mail Privacy Protection loads every image on arrival, whether or not the mail is read.",
    ),
    machine(
        "gmail_prefetch",
        Ruleset::One,
        by(Agent::GmailPrefetch),
        "Gmail loaded the images in advance, before the mail was opened.",
    ),
    machine(
        "program",
        Ruleset::One,
        by(Agent::Program),
        "A program or security scanner fetched it, not a mail reader.",
    ),
    machine(
        "office_link_check",
        Ruleset::Two,
        Fits { kind: Some(HitKind::Click), ..by(Agent::Office) },
        "Microsoft Office looked at the link before it opened the browser; the browser's own visit counts.",
    ),
    machine(
        "scanner_network",
        Ruleset::Two,
        from(NetworkClass::Scanner),
        "It came from a network that a vendor of security scanners publishes as theirs.",
    ),
    machine(
        "microsoft_scanner",
        Ruleset::Two,
        Fits { kind: Some(HitKind::Click), ..from(NetworkClass::MicrosoftMail) },
        "Microsoft's mail servers followed the link to check it; people do not browse from there.",
    ),
    person(
        "apple_relay",
        Ruleset::Two,
        Fits { kind: Some(HitKind::Click), agent: Some(Agent::Browser), ..from(NetworkClass::AppleRelay) },
        "A browser followed the link through Apple's Private Relay, which people use; a person likely clicked it.",
    ),
    machine(
        "many_networks",
        Ruleset::Two,
        Fits { agent: Some(Agent::Browser), burst: Some(Burst::Networks), ..ANYTHING },
        "It was one of several fetches from three or more networks within two minutes, as scanners make them.",
    ),
    machine(
        "many_links",
        Ruleset::Two,
        Fits { agent: Some(Agent::Browser), burst: Some(Burst::Links), ..ANYTHING },
        "Three or more different links were followed within ten seconds, faster than a person reads.",
    ),
    person(
        "image_proxy",
        Ruleset::One,
        by(Agent::ImageProxy),
        "The mail provider's image proxy fetched it when the mail was shown, so a person possibly read it.",
    ),
    person(
        "shared_network",
        Ruleset::Two,
        from(NetworkClass::SharedScanner),
        "It came through a security vendor's network, where people browse and scanners work; a person possibly did it.",
    ),
    person(
        "mail_reader",
        Ruleset::One,
        Fits { kind: Some(HitKind::Open), ..ANYTHING },
        "A mail program or browser loaded the image, so a person possibly read the mail.",
    ),
    BROWSER,
];

/// What is left for clicks.
const BROWSER: Rule =
    person("browser", Ruleset::One, ANYTHING, "A browser followed the link, so a person likely clicked it.");

/// The verdicts on all fetches of a log under one version of the rules.
#[derive(Debug)]
pub struct Verdicts {
    ruleset: Ruleset,
    bursts: BTreeMap<(HitKind, Hit), Burst>,
}

impl Verdicts {
    /// Judges the fetches of an e-mail that was submitted at a certain time, of which each can change the verdict on
    /// others.
    #[must_use]
    pub fn on(log: &Log, submitted_at: Timestamp, ruleset: Ruleset) -> Self {
        let of = |kind: HitKind| log.hits(kind).distinct().into_iter().map(move |hit| (kind, hit));
        let fetches: BTreeSet<(HitKind, Hit)> = of(HitKind::Open).chain(of(HitKind::Click)).collect();
        Self { ruleset, bursts: bursts(&fetches, submitted_at) }
    }

    /// The verdict on one of the fetches.
    #[must_use]
    pub fn of(&self, kind: HitKind, hit: &Hit) -> &'static Rule {
        self.judge(kind, hit.facts, self.bursts.get(&(kind, *hit)).copied())
    }

    /// The verdict on those fetches of a class that are only counted: a machine's where all that are kept are a machine's.
    #[must_use]
    pub fn of_uncounted(&self, kind: HitKind, hits: &Hits, class: HitClass, tally: &Tally) -> &'static Rule {
        let mut kept = hits.kept.iter().filter(|hit| HitClass::of(hit.facts) == class);
        let person = kept.find_map(|hit| Some(self.of(kind, hit)).filter(|rule| !rule.automatic));
        person.unwrap_or_else(|| self.of(kind, &tally.first))
    }

    fn judge(&self, kind: HitKind, facts: Facts, burst: Option<Burst>) -> &'static Rule {
        let mut rules = RULES.iter().filter(|rule| rule.since <= self.ruleset);
        rules.find(|rule| rule.fits.fit(kind, facts, burst)).unwrap_or(&BROWSER)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::time::from_millisecond;

    const READER: Facts = Facts {
        agent: Agent::Browser,
        method: Method::Get,
        prefetch: false,
        network_class: NetworkClass::Other,
        network: 1,
    };

    fn rule(kind: HitKind, facts: Facts, ruleset: Ruleset) -> &'static Rule {
        Verdicts { ruleset, bursts: BTreeMap::new() }.judge(kind, facts, None)
    }

    #[test]
    fn machines_are_automatic_and_readers_are_possible() {
        let judge = |kind, facts| rule(kind, facts, Ruleset::CURRENT).automatic;
        for kind in [HitKind::Open, HitKind::Click] {
            for agent in Agent::ALL {
                let facts = Facts { agent, ..READER };
                let reader = matches!(agent, Agent::Browser | Agent::ImageProxy)
                    || (agent == Agent::Office && kind == HitKind::Open);
                assert_eq!(judge(kind, facts), !reader, "{agent:?}");
                assert!(judge(kind, Facts { prefetch: true, ..facts }));
                assert!(judge(kind, Facts { method: Method::Head, ..facts }));
                assert!(judge(kind, Facts { network_class: NetworkClass::Scanner, ..facts }));
            }
        }
    }

    #[test]
    fn microsofts_servers_scan_links_and_load_images_for_people() {
        let id = |kind, network_class, ruleset| rule(kind, Facts { network_class, ..READER }, ruleset).id;
        use HitKind::{Click, Open};
        assert_eq!(id(Click, NetworkClass::MicrosoftMail, Ruleset::Two), "microsoft_scanner");
        assert_eq!(id(Open, NetworkClass::MicrosoftMail, Ruleset::Two), "mail_reader");
        assert_eq!(id(Click, NetworkClass::AppleRelay, Ruleset::Two), "apple_relay");
        assert_eq!(id(Open, NetworkClass::AppleRelay, Ruleset::Two), "mail_reader");
        assert_eq!(id(Click, NetworkClass::SharedScanner, Ruleset::Two), "shared_network");
        for class in NetworkClass::ALL {
            assert_eq!(id(Click, class, Ruleset::One), "browser", "{class:?}");
        }
    }

    #[test]
    fn a_burst_is_judged_by_the_rules_that_know_of_it() {
        let mut log = Log::default();
        let hits = (1..=3).map(|network| Hit {
            at: from_millisecond(i64::try_from(network).unwrap()),
            link: 0,
            facts: Facts { network, ..READER },
        });
        hits.for_each(|hit| log.opens.add(hit));
        let ids = |ruleset| -> Vec<&str> {
            let verdicts = Verdicts::on(&log, from_millisecond(0), ruleset);
            log.opens.distinct().iter().map(|hit| verdicts.of(HitKind::Open, hit).id).collect()
        };
        assert_eq!(ids(Ruleset::One), ["mail_reader"; 3]);
        assert_eq!(ids(Ruleset::Two), ["many_networks"; 3]);
    }

    #[test]
    fn rules_and_versions_have_names_of_their_own() {
        let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
        for ruleset in Ruleset::ALL {
            assert_eq!(ruleset.to_string().parse(), Ok(ruleset));
        }
        assert_eq!("3".parse::<Ruleset>(), Err(UnknownRuleset));
        assert_eq!(UnknownRuleset.to_string(), "must be one of the versions of the rules: 1, 2");
    }
}
