//! Items of recipients: how a [`Recipient`] and its log are written.
//!
//! Names of attributes are those that an operator sees. Fetches are short lines of text, because an item's size is
//! what each of its updates costs: `1795300000123 browser get - 1f00c0ffee15600d 0`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::address::{Address, Mailbox};
use domain::event::{Bounce, BounceType, DropCause, Event, EventKind, SuppressionReason, UnsubscribedBy};
use domain::evidence::{Agent, Facts, Method, NetworkClass};
use domain::ids::{Position, SendId};
use domain::log::{Hit, HitClass, Hits, Log, MAX_HITS, Tally};
use domain::outcome::Outcome;
use domain::recipient::{Outbox, Recipient, Source};
use domain::time::from_millisecond;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::{from_attribute_value, from_item, to_attribute_value, to_item};

use crate::TableError;
use crate::digest::DigestItem;
use crate::keys::{self, Month};
use crate::outcome::OutcomeItem;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// An attribute that is a text of a type of its own.
pub(crate) fn parsed<T: std::str::FromStr>(text: Option<&str>, name: &str) -> Result<Option<T>, TableError> {
    let unreadable = |_| TableError::item(format!("the attribute {name} cannot be read"));
    text.map(|text| text.parse().map_err(unreadable)).transpose()
}

#[derive(Debug, Serialize, Deserialize)]
struct RecipientItem {
    pk: String,
    sk: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report_sk: Option<String>,
    /// Of the indexes that are in the order of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rare_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attention_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attention_sk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_sha256: Option<DigestItem>,
    address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What the address compares by, for the report's filter.
    address_key: String,
    subject: String,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sent_by: Option<String>,
    tracked: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    predecessor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    superseded_by: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    relieved: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    settled: bool,
    #[serde(default)]
    attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease_until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease_by: Option<String>,
    /// Present while the message waits to be picked up by `send`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drive: Option<u32>,
    #[serde(default)]
    events: BTreeMap<String, EventItem>,
    #[serde(default)]
    opens: Vec<String>,
    #[serde(default)]
    clicks: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    portal_actions: BTreeSet<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<OutcomeItem>,
}

/// One event. What does not belong to its kind is missing.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct EventItem {
    at: i64,
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounce_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    addresses: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    /// Of the record that the event was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<DigestItem>,
}

impl From<&Event> for EventItem {
    fn from(event: &Event) -> Self {
        let item = Self {
            at: event.at.as_millisecond(),
            kind: event.kind.name().to_owned(),
            source: event.source.map(DigestItem),
            ..Self::default()
        };
        match event.kind.clone() {
            EventKind::Processed => item,
            EventKind::Dropped { cause, detail } => {
                let (name, code) = cause.parts();
                Self { cause: Some(name.to_owned()), code: code.map(str::to_owned), detail, ..item }
            }
            EventKind::Deferred { delay_type, until, detail } => {
                Self { delay_type: Some(delay_type), until: until.map(Timestamp::as_millisecond), detail, ..item }
            }
            EventKind::Bounce(bounce) => Self {
                bounce_type: Some(bounce.bounce_type.as_str().to_owned()),
                sub_type: Some(bounce.sub_type),
                feedback_id: bounce.feedback_id,
                addresses: bounce.addresses,
                detail: bounce.detail,
                ..item
            },
            EventKind::Delivered { detail } => Self { detail, ..item },
            EventKind::Complained { feedback_id, feedback_type, sub_type } => {
                Self { feedback_id, feedback_type, sub_type, ..item }
            }
            EventKind::Unsubscribed { by } => Self { by: Some(by.as_str().to_owned()), ..item },
            EventKind::Unknown { name, raw } => Self { name: Some(name), raw: Some(raw), ..item },
        }
    }
}

impl From<EventItem> for Event {
    fn from(item: EventItem) -> Self {
        let text = Option::unwrap_or_default;
        let kind = match item.kind.as_str() {
            "processed" => EventKind::Processed,
            "delivered" => EventKind::Delivered { detail: item.detail },
            "deferred" => EventKind::Deferred {
                delay_type: text(item.delay_type),
                until: item.until.map(from_millisecond),
                detail: item.detail,
            },
            "bounce" => EventKind::Bounce(Bounce {
                bounce_type: BounceType::from_name(item.bounce_type.as_deref().unwrap_or_default()),
                sub_type: text(item.sub_type),
                feedback_id: item.feedback_id,
                addresses: item.addresses,
                detail: item.detail,
            }),
            "complained" => EventKind::Complained {
                feedback_id: item.feedback_id,
                feedback_type: item.feedback_type,
                sub_type: item.sub_type,
            },
            "unsubscribed" => EventKind::Unsubscribed {
                by: match item.by.as_deref() {
                    Some("ses") => UnsubscribedBy::Ses,
                    _ => UnsubscribedBy::Link,
                },
            },
            "dropped" => EventKind::Dropped {
                cause: DropCause::from_parts(item.cause.as_deref().unwrap_or_default(), item.code.as_deref())
                    .unwrap_or(DropCause::Suppressed(SuppressionReason::Manual)),
                detail: item.detail,
            },
            // A kind of a later version: shown as it is, judged by nothing.
            other => EventKind::Unknown { name: item.name.unwrap_or_else(|| other.to_owned()), raw: text(item.raw) },
        };
        Self { at: from_millisecond(item.at), kind, source: item.source.map(|source| source.0) }
    }
}

pub(crate) fn event_value(event: &Event) -> Result<AttributeValue, TableError> {
    to_attribute_value(EventItem::from(event)).map_err(|error| TableError::item(error.to_string()))
}

/// A fetch as a line of text.
pub(crate) fn hit_line(hit: &Hit) -> String {
    let facts = hit.facts;
    let method = match facts.method {
        Method::Get => "get",
        Method::Head => "head",
    };
    let prefetch = if facts.prefetch { "prefetch" } else { "-" };
    let at = hit.at.as_millisecond();
    let class = match facts.network_class {
        NetworkClass::Other => String::new(),
        class => format!(" {}", class.as_str()),
    };
    format!("{at} {} {method} {prefetch} {:016x} {}{class}", facts.agent.as_str(), facts.network, hit.link)
}

fn parse_hit(line: &str) -> Option<Hit> {
    let mut words = line.split(' ');
    let at = from_millisecond(words.next()?.parse().ok()?);
    let agent = Agent::from_name(words.next()?)?;
    let method = match words.next()? {
        "head" => Method::Head,
        _ => Method::Get,
    };
    let prefetch = words.next()? == "prefetch";
    let network = u64::from_str_radix(words.next()?, 16).ok()?;
    let link = words.next()?.parse().ok()?;
    let network_class = words.next().and_then(NetworkClass::from_name).unwrap_or(NetworkClass::Other);
    Some(Hit { at, link, facts: Facts { agent, method, prefetch, network_class, network } })
}

/// The attributes of a class of fetches: how many, the first, the last.
pub(crate) struct TallyNames {
    pub(crate) count: String,
    pub(crate) first: String,
    pub(crate) last: String,
}

impl TallyNames {
    /// `prefix` is the list's own name, `opens` or `clicks`.
    pub(crate) fn of(prefix: &str, class: HitClass) -> Self {
        let network = match class.network {
            NetworkClass::Other => String::new(),
            network => format!("_from_{}", network.as_str()),
        };
        let marked = if class.marked { "_marked" } else { "" };
        let name = |what: &str| format!("{prefix}_{what}_{}{network}{marked}", class.agent.as_str());
        Self { count: name("count"), first: name("first"), last: name("last") }
    }

    /// The class whose count has that name.
    fn class_of(prefix: &str, count: &str) -> Option<HitClass> {
        let class = count.strip_prefix(prefix)?.strip_prefix("_count_")?;
        let (class, marked) = class.strip_suffix("_marked").map_or((class, false), |class| (class, true));
        let (agent, network) = match class.split_once("_from_") {
            Some((agent, network)) => (agent, NetworkClass::from_name(network)?),
            None => (class, NetworkClass::Other),
        };
        Some(HitClass { agent: Agent::from_name(agent)?, network, marked })
    }
}

/// Goes by the names that are there: a recipient has a few classes of over a hundred, and a page a thousand recipients.
fn tallies(item: &Item, prefix: &str) -> BTreeMap<HitClass, Tally> {
    let line = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).and_then(|line| parse_hit(line));
    let tally = |(name, count): (&String, &AttributeValue)| {
        let class = TallyNames::class_of(prefix, name)?;
        let (names, count) = (TallyNames::of(prefix, class), count.as_n().ok()?.parse().ok()?);
        Some((class, Tally { count, first: line(&names.first)?, last: line(&names.last)? }))
    };
    item.iter().filter_map(tally).collect()
}

fn hits(tallies: BTreeMap<HitClass, Tally>, kept: &[String]) -> Hits {
    // The list may be one longer than its bound: see `Table::hit`.
    Hits { tallies, kept: kept.iter().take(MAX_HITS).filter_map(|line| parse_hit(line)).collect() }
}

fn hit_attributes(prefix: &str, hits: &Hits) -> impl Iterator<Item = (String, AttributeValue)> {
    hits.tallies.iter().flat_map(move |(class, tally)| {
        let names = TallyNames::of(prefix, *class);
        [
            (names.count, AttributeValue::N(tally.count.to_string())),
            (names.first, AttributeValue::S(hit_line(&tally.first))),
            (names.last, AttributeValue::S(hit_line(&tally.last))),
        ]
    })
}

/// When a recipient is to be looked at again, if at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) drive: bool,
}

/// The whole item of a new recipient.
pub(crate) fn new_recipient(recipient: &Recipient, schedule: Schedule) -> Result<Item, TableError> {
    let id = &recipient.key;
    let mut key = keys::recipient(id);
    let mut part = |name: &str| match key.remove(name) {
        Some(AttributeValue::S(text)) => text,
        _ => String::new(),
    };
    let log = &recipient.log;
    let item = RecipientItem {
        pk: part("pk"),
        sk: part("sk"),
        report_pk: Some(keys::report_pk(&id.firm, Month::of(id.send.submitted_at()))),
        report_sk: Some(keys::report_sk(id.send, id.position)),
        rare_pk: recipient.rare.map(|rare| keys::rare_pk(&id.firm, rare)),
        client_pk: recipient.client.as_deref().map(|client| keys::client_pk(&id.firm, client)),
        address_pk: Some(keys::address_pk(&id.firm, &recipient.mailbox.address.same_mailbox_key())),
        attention_pk: recipient.attention_since.map(|_| keys::attention_pk(&id.firm)),
        attention_sk: recipient.attention_since.map(|since| keys::attention_sk(since, id.send, id.position)),
        due_pk: schedule.due_at.map(|_| keys::due_pk(id.send)),
        due_at: schedule.due_at.map(Timestamp::as_millisecond),
        message_id: recipient.message_id.clone(),
        message_sha256: recipient.message_sha256.map(DigestItem),
        address: recipient.mailbox.address.to_string(),
        name: recipient.mailbox.name.clone(),
        address_key: recipient.mailbox.address.same_mailbox_key(),
        subject: recipient.subject.clone(),
        source: recipient.source.as_str().to_owned(),
        sent_by: recipient.sent_by.clone(),
        tracked: recipient.tracked,
        number: recipient.number.clone(),
        client: recipient.client.clone(),
        client_name: recipient.client_name.clone(),
        predecessor: recipient.predecessor.map(|(send, position)| format!("{send}#{position}")),
        superseded_by: recipient.superseded_by.map(|send| send.to_string()),
        relieved: recipient.relieved,
        settled: recipient.outbox.settled,
        attempts: recipient.outbox.attempts,
        lease_until: recipient.outbox.lease_until.map(Timestamp::as_millisecond),
        lease_by: recipient.outbox.lease_by.clone(),
        drive: schedule.drive.then_some(1),
        events: log.events().map(|event| (event.id(), EventItem::from(event))).collect(),
        opens: log.opens.kept.iter().map(hit_line).collect(),
        clicks: log.clicks.kept.iter().map(hit_line).collect(),
        portal_actions: log.portal_actions.iter().map(|at| at.as_millisecond()).collect(),
        outcome: log.outcome.as_ref().map(OutcomeItem::from),
    };
    let mut item: Item = to_item(item).map_err(|error| TableError::item(error.to_string()))?;
    item.extend(hit_attributes("opens", &log.opens));
    item.extend(hit_attributes("clicks", &log.clicks));
    Ok(item)
}

/// Reads a recipient's item.
pub(crate) fn recipient(item: Item) -> Result<Recipient, TableError> {
    // The parser's own words may quote a value, so they are not repeated here.
    let unknown = |what: &str| TableError::item(format!("a recipient's {what} cannot be read"));
    let (opens, clicks) = (tallies(&item, "opens"), tallies(&item, "clicks"));
    let stored: RecipientItem = from_item(item).map_err(|_| unknown("attributes"))?;
    let key = keys::parse_recipient(&stored.pk, &stored.sk).ok_or_else(|| unknown("key"))?;
    let address: Address = stored.address.parse().map_err(|_| unknown("address"))?;
    let mut log = Log::of(stored.events.into_values().map(Event::from));
    log.opens = hits(opens, &stored.opens);
    log.clicks = hits(clicks, &stored.clicks);
    log.portal_actions = stored.portal_actions.into_iter().map(from_millisecond).collect();
    log.outcome = stored.outcome.map(Outcome::from);
    Ok(Recipient {
        mailbox: Mailbox { address, name: stored.name },
        subject: stored.subject,
        source: Source::from_name(&stored.source).ok_or_else(|| unknown("source"))?,
        sent_by: stored.sent_by,
        tracked: stored.tracked,
        number: stored.number,
        client: stored.client,
        client_name: stored.client_name,
        predecessor: stored.predecessor.as_deref().and_then(parse_predecessor),
        superseded_by: stored.superseded_by.and_then(|send| send.parse().ok()),
        relieved: stored.relieved,
        message_id: stored.message_id,
        message_sha256: stored.message_sha256.map(|digest| digest.0),
        outbox: Outbox {
            settled: stored.settled,
            attempts: stored.attempts,
            lease_until: stored.lease_until.map(from_millisecond),
            lease_by: stored.lease_by,
        },
        attention_since: stored.attention_sk.as_deref().and_then(keys::parse_attention_since),
        rare: stored.rare_pk.as_deref().and_then(keys::parse_rare),
        log,
        key,
    })
}

fn parse_predecessor(text: &str) -> Option<(SendId, Position)> {
    let (send, position) = text.split_once('#')?;
    Some((send.parse().ok()?, position.parse().ok()?))
}

/// A value of an item that holds one of ours.
pub(crate) fn read<'a, T: serde::Deserialize<'a>>(value: AttributeValue) -> Result<T, TableError> {
    from_attribute_value(value).map_err(|_| TableError::item("an attribute cannot be read"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use aws_sdk_dynamodb::primitives::Blob;
    use domain::digest::Digest;
    use domain::evidence::HitKind;
    use domain::fold::Rare;
    use domain::ids::{Kind, RecipientKey};

    pub(crate) fn ann() -> Recipient {
        Recipient {
            key: RecipientKey {
                firm: "demo".parse().unwrap(),
                invoice: "1042".parse().unwrap(),
                send: SendId::new(from_millisecond(1_795_300_000_000), 42),
                position: Position { kind: Kind::To, index: 0 },
            },
            mailbox: "Ann <ann@example.com>".parse().unwrap(),
            subject: "Invoice 1042".to_owned(),
            source: Source::Manual,
            sent_by: Some("staff@demo.example".to_owned()),
            tracked: true,
            number: Some("1042".to_owned()),
            client: Some("client-7".to_owned()),
            client_name: None,
            predecessor: Some((SendId::new(from_millisecond(5), 6), Position { kind: Kind::Cc, index: 3 })),
            superseded_by: None,
            relieved: false,
            message_id: Some("0100-1".to_owned()),
            message_sha256: Some(Digest::of(b"MIME")),
            outbox: Outbox {
                settled: true,
                attempts: 2,
                lease_until: Some(from_millisecond(9)),
                lease_by: Some("worker".to_owned()),
            },
            attention_since: Some(from_millisecond(1_795_300_000_000)),
            rare: Some(Rare::Failing),
            log: Log::default(),
        }
    }

    fn every_event() -> Vec<Event> {
        let at = from_millisecond(1_795_300_000_123);
        let detail = Some("250 ok".to_owned());
        let drops = [
            DropCause::Suppressed(SuppressionReason::Complained),
            DropCause::SuppressedBySes("Suppressed".to_owned()),
            DropCause::Refused("MessageRejected".to_owned()),
            DropCause::Rejected("Bad content".to_owned()),
            DropCause::RenderingFailure,
            DropCause::GaveUp,
            DropCause::Superseded,
        ];
        let kinds = [
            EventKind::Processed,
            EventKind::Deferred { delay_type: "General".to_owned(), until: Some(at), detail: detail.clone() },
            EventKind::Bounce(Bounce {
                bounce_type: BounceType::Permanent,
                sub_type: "General".to_owned(),
                feedback_id: Some("f".to_owned()),
                addresses: vec!["ann@example.com".to_owned()],
                detail: None,
            }),
            EventKind::Delivered { detail: detail.clone() },
            EventKind::Complained { feedback_id: None, feedback_type: Some("abuse".to_owned()), sub_type: None },
            EventKind::Unsubscribed { by: UnsubscribedBy::Link },
            EventKind::Unsubscribed { by: UnsubscribedBy::Ses },
            EventKind::Unknown { name: "Teleport".to_owned(), raw: "{}".to_owned() },
        ];
        let drops = drops.map(|cause| EventKind::Dropped { cause, detail: detail.clone() });
        let events = kinds.into_iter().chain(drops).map(|kind| Event::new(at, kind));
        // Only the provider's have a record.
        let read = |(number, event): (usize, Event)| match number % 2 {
            0 => event.with_source(Digest::of(&[u8::try_from(number).unwrap()])),
            _ => event,
        };
        events.enumerate().map(read).collect()
    }

    #[test]
    fn a_recipient_comes_back_as_it_was_written() {
        let mut ann = ann();
        ann.log = Log::of(every_event());
        let facts = Facts {
            agent: Agent::GmailPrefetch,
            method: Method::Head,
            prefetch: true,
            network_class: NetworkClass::MicrosoftMail,
            network: u64::MAX,
        };
        for (ms, kind) in [(1, HitKind::Open), (2, HitKind::Click), (2, HitKind::Open)] {
            ann.log.hits_mut(kind).add(Hit { at: from_millisecond(ms), link: 250, facts });
        }
        ann.log.portal_actions.insert(from_millisecond(77));
        let item = new_recipient(&ann, Schedule { due_at: None, drive: true }).unwrap();
        assert_eq!(item["drive"], AttributeValue::N("1".to_owned()));
        assert_eq!(recipient(item).unwrap(), ann);
    }

    #[test]
    fn the_name_of_each_classs_count_says_the_class() {
        for (prefix, class) in
            ["opens", "clicks"].into_iter().flat_map(|prefix| HitClass::all().map(move |class| (prefix, class)))
        {
            let names = TallyNames::of(prefix, class);
            assert_eq!(TallyNames::class_of(prefix, &names.count), Some(class), "{}", names.count);
            assert_eq!(TallyNames::class_of(prefix, &names.first), None, "{}", names.first);
        }
        for other in
            ["opens", "opens_count_", "opens_count_teapot", "opens_count_browser_from_moon", "clicks_count_browser"]
        {
            assert_eq!(TallyNames::class_of("opens", other), None, "{other}");
        }
    }

    #[test]
    fn an_event_of_a_later_version_is_shown_and_judged_by_nothing() {
        let item = EventItem { at: 5, kind: "beamed".to_owned(), ..EventItem::default() };
        let event = Event::from(item);
        assert_eq!(event.kind, EventKind::Unknown { name: "beamed".to_owned(), raw: String::new() });
    }

    #[test]
    fn digests_take_their_bytes_and_no_more_and_may_be_missing() {
        let mut ann = ann();
        ann.log = Log::of(every_event());
        let mut item = new_recipient(&ann, Schedule { due_at: None, drive: false }).unwrap();
        assert_eq!(item["message_sha256"], AttributeValue::B(Blob::new(Digest::of(b"MIME").to_bytes())));
        // As they were written before there were digests.
        item.remove("message_sha256");
        let events = item.get_mut("events").and_then(|events| events.as_m().ok().cloned()).unwrap();
        let old = events.into_iter().map(|(id, event)| {
            let mut event = event.as_m().unwrap().clone();
            event.remove("source");
            (id, AttributeValue::M(event))
        });
        item.insert("events".to_owned(), AttributeValue::M(old.collect()));
        let read = recipient(item).unwrap();
        assert!(read.message_sha256.is_none() && read.log.events().all(|event| event.source.is_none()));
        assert_eq!(read.log.events().count(), ann.log.events().count());
    }

    #[test]
    fn a_digest_of_another_length_is_no_digest() {
        let mut item = new_recipient(&ann(), Schedule { due_at: None, drive: false }).unwrap();
        item.insert("message_sha256".to_owned(), AttributeValue::B(Blob::new([7; 31])));
        assert!(recipient(item).is_err());
    }

    #[test]
    fn a_broken_item_says_what_is_wrong_and_nothing_of_its_content() {
        let mut item = new_recipient(&ann(), Schedule { due_at: None, drive: false }).unwrap();
        item.insert("address".to_owned(), AttributeValue::S("secret at example".to_owned()));
        let error = recipient(item).unwrap_err().to_string();
        assert!(error.contains("address") && !error.contains("secret"), "{error}");
    }
}
