//! Labelled requests, judged by the rules: whom a machine's fetch is taken for, and a person's.
//!
//! `cargo test -p domain --test corpus -- --nocapture` shows the table.
#![allow(clippy::unwrap_used)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use domain::evidence::{Facts, HitKind, Method, Period, RULES, Rule, Ruleset, Verdicts};
use domain::ids::SendId;
use domain::log::{Hit, Log};
use domain::time::from_millisecond;
use domain::token::TokenKeys;
use serde::Deserialize;

const KEYS: &str = "new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const DELIVERED_MS: i64 = 1_795_300_000_000;

#[derive(Debug, Deserialize)]
struct Corpus {
    case: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Where the signal is published.
    source: String,
    /// Nothing that is kept tells this machine from a person.
    #[serde(default)]
    undetectable: bool,
    /// The rules take a person of this case for a machine.
    #[serde(default)]
    lost: bool,
    hits: Vec<Request>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    label: Label,
    kind: Kind,
    /// Seconds.
    at: f64,
    user_agent: Option<String>,
    #[serde(default)]
    method: Verb,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    address: IpAddr,
    #[serde(default)]
    link: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Label {
    Machine,
    Person,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Open,
    Click,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
enum Verb {
    #[default]
    #[serde(rename = "GET")]
    Get,
    #[serde(rename = "HEAD")]
    Head,
}

impl Request {
    fn kind(&self) -> HitKind {
        match self.kind {
            Kind::Open => HitKind::Open,
            Kind::Click => HitKind::Click,
        }
    }

    /// What is kept of it.
    #[allow(clippy::cast_possible_truncation)]
    fn hit(&self, keys: &TokenKeys) -> Hit {
        let delivered = from_millisecond(DELIVERED_MS);
        let at = from_millisecond(DELIVERED_MS + (self.at * 1_000.0) as i64);
        let send = SendId::new(delivered, 1);
        let network = keys.network_hash(send, Period::of(delivered, at), self.address);
        let method = match self.method {
            Verb::Get => Method::Get,
            Verb::Head => Method::Head,
        };
        let header = |name: &str| match name {
            "user-agent" => self.user_agent.as_deref().map(Cow::Borrowed),
            _ => self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.into()),
        };
        Hit { at, link: self.link, facts: Facts::of(method, header, Some(self.address), network) }
    }
}

impl Case {
    /// The verdict on each of its requests.
    fn verdicts(&self, keys: &TokenKeys) -> Vec<(Label, &'static Rule)> {
        let hits: Vec<(HitKind, Hit)> = self.hits.iter().map(|request| (request.kind(), request.hit(keys))).collect();
        let mut log = Log::default();
        hits.iter().for_each(|(kind, hit)| log.hits_mut(*kind).add(*hit));
        let verdicts = Verdicts::on(&log, from_millisecond(DELIVERED_MS), Ruleset::CURRENT);
        let rules = hits.iter().map(|(kind, hit)| verdicts.of(*kind, hit));
        self.hits.iter().map(|request| request.label).zip(rules).collect()
    }
}

#[test]
fn no_machine_is_taken_for_a_person_and_every_person_taken_for_a_machine_is_known() {
    let corpus: Corpus = toml::from_str(include_str!("corpus.toml")).unwrap();
    let keys = TokenKeys::parse(KEYS).unwrap();
    let names: BTreeSet<&str> = corpus.case.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), corpus.case.len(), "each case has a name of its own");
    assert!(corpus.case.iter().all(|case| !case.source.is_empty() && !case.hits.is_empty()));

    let mut table: BTreeMap<(Label, bool), usize> = BTreeMap::new();
    let (mut taken, mut lost, mut used) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for case in &corpus.case {
        for (label, rule) in case.verdicts(&keys) {
            *table.entry((label, rule.automatic)).or_default() += 1;
            used.insert(rule.id);
            match (label, rule.automatic) {
                (Label::Machine, false) => drop(taken.insert((&case.name, rule.id))),
                (Label::Person, true) => drop(lost.insert((&case.name, rule.id))),
                _ => {}
            }
        }
    }
    let count = |label, automatic| table.get(&(label, automatic)).copied().unwrap_or_default();
    println!("{} cases; requests by who made them and how they are judged:", corpus.case.len());
    println!("{:>10} {:>10} {:>16}", "", "automatic", "possibly human");
    for (label, name) in [(Label::Machine, "machine"), (Label::Person, "person")] {
        println!("{name:>10} {:>10} {:>16}", count(label, true), count(label, false));
    }
    println!("\nPeople who are taken for machines:");
    lost.iter().for_each(|(name, rule)| println!("  {name} ({rule})"));
    println!("\nMachines that nothing tells from people:");
    taken.iter().for_each(|(name, rule)| println!("  {name} ({rule})"));

    let names =
        |found: &BTreeSet<(&String, &str)>| found.iter().map(|(name, _)| (*name).clone()).collect::<BTreeSet<_>>();
    let known = |wanted: fn(&Case) -> bool| -> BTreeSet<String> {
        corpus.case.iter().filter(|case| wanted(case)).map(|case| case.name.clone()).collect()
    };
    assert_eq!(names(&taken), known(|case| case.undetectable), "machines taken for people");
    assert_eq!(names(&lost), known(|case| case.lost), "people taken for machines");
    let unused: Vec<&str> = RULES.iter().map(|rule| rule.id).filter(|id| !used.contains(id)).collect();
    assert_eq!(unused, [""; 0], "each rule has its cases");
}
