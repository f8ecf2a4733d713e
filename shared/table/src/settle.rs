//! What events, and the fold of all of them, say about a recipient's outbox and its place in the sparse indexes.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::event::{BounceType, DropCause, Event, EventKind};
use domain::evidence::Evidence;
use domain::fold::{NO_NEWS_AFTER, Rare, SentStatus, View};
use domain::ids::RecipientKey;
use domain::recipient::Recipient;
use jiff::Timestamp;

use crate::append::Known;
use crate::digest::digest_value;
use crate::update::Update;

/// What events say about the outbox and the indexes, by themselves.
pub(crate) fn settle(update: &mut Update, key: &RecipientKey, events: &[Event], known: Known<'_>) {
    if let Some(digest) = known.message_sha256 {
        update.set("message_sha256", digest_value(digest));
    }
    if let Some(message_id) = known.message_id {
        update.set_if_missing("message_id", AttributeValue::S(message_id.to_owned()));
    }
    // Whatever is known of a message: it left, or never will.
    if events.iter().any(|event| !matches!(event.kind, EventKind::Unknown { .. })) {
        update.set("settled", AttributeValue::Bool(true));
        for name in ["drive", "lease_until", "lease_by"] {
            update.remove(name);
        }
    }
    if events.iter().any(|event| is_final(&event.kind)) {
        update.due(key, None);
    }
    let mut decisive = events.iter().map(|event| &event.kind).filter(|kind| is_decisive(kind)).peekable();
    if decisive.peek().is_some() {
        let only_delayed = decisive.all(|kind| matches!(kind, EventKind::Deferred { .. }));
        let since = attention_of(events);
        update.rare(key, since.map(|_| Rare::Failing));
        match since {
            // A delay repeats, and the first one counts.
            Some(since) if only_delayed => update.attention_if_missing(key, since),
            since => update.attention(key, since),
        }
    }
}

/// Since when somebody should look, as far as the events by themselves say: in the usual order of events this is
/// what the fold of the whole log says too, and if not, the fold is asked next.
fn attention_of(events: &[Event]) -> Option<Timestamp> {
    let earliest =
        |wanted: fn(&EventKind) -> bool| events.iter().filter(|event| wanted(&event.kind)).map(|event| event.at).min();
    earliest(|kind| matches!(kind, EventKind::Complained { .. }))
        .or_else(|| earliest(is_permanent))
        .or_else(|| earliest(|kind| matches!(kind, EventKind::Dropped { .. })))
        .or_else(|| earliest(|kind| matches!(kind, EventKind::Bounce(_)) && is_decisive(kind)))
        .or_else(|| match earliest(|kind| matches!(kind, EventKind::Delivered { .. })) {
            Some(_) => None,
            None => earliest(|kind| matches!(kind, EventKind::Deferred { .. })),
        })
}

/// Whether the event ends the waiting for a result.
fn is_final(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Delivered { .. } | EventKind::Bounce(_) | EventKind::Dropped { .. } | EventKind::Complained { .. }
    )
}

/// Whether the event tells how a send ended. That it was replaced before it left does not: what replaces it will tell.
pub(crate) fn is_outcome(kind: &EventKind) -> bool {
    is_final(kind) && !matches!(kind, EventKind::Dropped { cause: DropCause::Superseded, .. })
}

/// Whether the event by itself says if somebody should look. A bounce that may be an out-of-office notice does not.
fn is_decisive(kind: &EventKind) -> bool {
    match kind {
        EventKind::Unknown { .. } | EventKind::Unsubscribed { .. } => false,
        EventKind::Bounce(bounce) => {
            bounce.bounce_type == BounceType::Permanent
                || (bounce.bounce_type == BounceType::Transient
                    && !matches!(bounce.sub_type.as_str(), "General" | "Undetermined"))
        }
        _ => true,
    }
}

pub(crate) fn is_delivery(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Delivered { .. })
}

pub(crate) fn is_permanent(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Bounce(bounce) if bounce.bounce_type == BounceType::Permanent)
}

pub(crate) fn may_suppress(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Bounce(_) | EventKind::Complained { .. } | EventKind::Unsubscribed { .. })
}

/// Whether the send's outcome is known.
pub(crate) fn is_result(view: &View) -> bool {
    view.evidence >= Evidence::Delivered || matches!(view.sent_status, SentStatus::Rejected | SentStatus::MarkedSpam)
}

/// When somebody should look whether there is news of a message that was given up, or refused, and left nevertheless:
/// the write of our own failure has ended the waiting for its result.
pub(crate) fn look_for_news_at(recipient: &Recipient, view: &View) -> Option<Timestamp> {
    let is_ours = |event: &Event| matches!(&event.kind, EventKind::Dropped { cause, .. } if cause.is_ours());
    let left_nevertheless = view.awaits_news() && recipient.log.events().any(is_ours);
    left_nevertheless.then(|| view.status_at.saturating_add(NO_NEWS_AFTER).unwrap_or(Timestamp::MAX))
}
