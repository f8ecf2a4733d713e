//! Copies: which of several events tell the same fact.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::digest::Digest;
use crate::event::{Bounce, Event, EventKind};

/// A fact, told by the copy of it that tells most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact<'a> {
    pub(super) event: &'a Event,
    /// The digest of the record that the copy was read from, else of one that another copy was.
    pub(super) source: Option<Digest>,
}

/// One event per fact. With both of SES's formats switched on each event arrives twice, and copies may differ in how
/// much they tell; events without a time of their own carry the message's, which differs between copies. The copy that
/// tells most stays, of equals the earliest. What the copies were read from decides nothing.
pub(super) fn without_copies<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<Fact<'a>> {
    let mut copies: BTreeMap<Identity<'a>, Vec<&'a Event>> = BTreeMap::new();
    for event in events {
        copies.entry(Identity::of(event)).or_default().push(event);
    }
    let facts = copies.into_values().filter_map(|copies| {
        // Among copies that are equal but for their records, the least record: whatever order they come in.
        let event = copies.iter().copied().max_by_key(|event| (telling(event), Reverse(*event)))?;
        let source = event.source.or_else(|| copies.iter().filter_map(|copy| copy.source).min());
        Some(Fact { event, source })
    });
    facts.collect()
}

/// What makes two events the same fact.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identity<'a> {
    /// SES names the feedback; each address that it names is a fact of its own.
    Feedback(&'static str, &'a str, &'a [String]),
    /// It happens once at a time.
    Moment(&'static str, Timestamp),
    /// It happens once.
    Once(&'static str, &'a str, &'a str),
    /// Nothing but its whole content tells.
    Content(Timestamp, &'a EventKind),
}

impl<'a> Identity<'a> {
    fn of(event: &'a Event) -> Self {
        let name = event.kind.name();
        match &event.kind {
            EventKind::Bounce(Bounce { feedback_id: Some(id), addresses, .. }) => Self::Feedback(name, id, addresses),
            EventKind::Complained { feedback_id: Some(id), .. } => Self::Feedback(name, id, &[]),
            EventKind::Delivered { .. } | EventKind::Deferred { .. } => Self::Moment(name, event.at),
            EventKind::Dropped { cause, .. } => {
                let (cause, code) = cause.parts();
                Self::Once(name, cause, code.unwrap_or_default())
            }
            EventKind::Unsubscribed { by } => Self::Once(name, by.as_str(), ""),
            EventKind::Unknown { name: unknown, raw } => Self::Once(name, unknown, raw),
            EventKind::Processed => Self::Once(name, "", ""),
            EventKind::Bounce(_) | EventKind::Complained { .. } => Self::Content(event.at, &event.kind),
        }
    }
}

/// How much of the server's own text an event has.
fn telling(event: &Event) -> usize {
    match &event.kind {
        EventKind::Bounce(Bounce { detail, .. })
        | EventKind::Delivered { detail }
        | EventKind::Deferred { detail, .. }
        | EventKind::Dropped { detail, .. } => detail.as_ref().map_or(0, String::len),
        EventKind::Complained { feedback_type, .. } => feedback_type.as_ref().map_or(0, String::len),
        EventKind::Processed | EventKind::Unsubscribed { .. } | EventKind::Unknown { .. } => 0,
    }
}
