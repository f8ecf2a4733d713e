//! Events: one fact about one recipient each, normalised from whatever a provider says.
//!
//! An event is identified by its own time and content, never by the order in which it came or the envelope that
//! brought it: SES promises neither order nor single delivery.

use std::borrow::Cow;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::digest::Digest as Sha256Digest;
use crate::time::{rfc3339_ms, to_millisecond};

/// The longest free text that an event keeps, in bytes: a diagnostic code is rarely over 300, and the log of a
/// recipient must stay far below DynamoDB's 400 KB per item.
pub const MAX_DETAIL_BYTES: usize = 1_000;
/// The longest raw copy that an unknown event keeps, in bytes.
pub const MAX_RAW_BYTES: usize = 2_000;
/// The longest name or id that an event keeps, in bytes: SES's are below 70.
pub const MAX_CODE_BYTES: usize = 200;
/// The longest address that an event keeps, in bytes: RFC 5321 allows 254 and quotes.
const MAX_NAMED_ADDRESS_BYTES: usize = 320;
/// How many addresses named by one event are kept; one message goes to one recipient, so more is an oddity.
pub const MAX_NAMED_ADDRESSES: usize = 10;

/// One fact about one recipient.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// When it happened, by the event's own clock, in milliseconds.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// The digest of the provider's own record, as it came; none where the event is our own, or older than digests. It
    /// proves the event and decides nothing: copies of one fact may come in records that differ.
    pub source: Option<Sha256Digest>,
}

/// What happened to a recipient's message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// SES accepted the message: SendEmail answered, or its Send event came.
    Processed,
    /// Nothing was or will be sent.
    Dropped {
        /// Who dropped it, and why.
        cause: DropCause,
        /// The server's own text.
        detail: Option<String>,
    },
    /// The receiving server asked to try later; SES goes on trying.
    Deferred {
        /// SES's `delayType`, an open set.
        delay_type: String,
        /// When SES will give up.
        until: Option<Timestamp>,
        /// The server's own text.
        detail: Option<String>,
    },
    /// A bounce message; the fold decides whether it is a bounce, a block, an auto-reply or somebody else's.
    Bounce(Bounce),
    /// The receiving server accepted the message. It says nothing about the inbox.
    Delivered {
        /// The server's own text.
        detail: Option<String>,
    },
    /// The recipient's provider reported the message as unwanted.
    Complained {
        /// SES's `feedbackId`, the same in each copy of the event.
        feedback_id: Option<String>,
        /// SES's `complaintFeedbackType`, an open set.
        feedback_type: Option<String>,
        /// SES's `complaintSubType`: set when SES did not send because of an earlier complaint.
        sub_type: Option<String>,
    },
    /// The recipient wants no further mail.
    Unsubscribed {
        /// Where it was said: our own link, or SES's subscription management.
        by: UnsubscribedBy,
    },
    /// Something that this version does not know, kept as it came.
    Unknown {
        /// The provider's name for it.
        name: String,
        /// The record as it came, cut to [`MAX_RAW_BYTES`].
        raw: String,
    },
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DropCause {
    /// This firm's own suppression list has the address.
    Suppressed(SuppressionReason),
    /// SES would not send to the address: the bounce's subtype says which of its lists has it.
    SuppressedBySes(String),
    /// SendEmail was refused; the code is SES's, or [`CONTENT_UNREADABLE`] or [`NOT_COMPOSED`] where it did not come to a
    /// call.
    Refused(String),
    /// SES took the message and then rejected it (a virus, say).
    Rejected(String),
    /// SES could not render the message.
    RenderingFailure,
    /// SES could not be reached or did not take the message within the time that we try.
    GaveUp,
    /// It was sent again, to another address say, before it left.
    Superseded,
}

impl DropCause {
    /// The cause's stored name, and the text that goes with it.
    #[must_use]
    pub fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Suppressed(reason) => ("suppressed", Some(reason.as_str())),
            Self::SuppressedBySes(sub_type) => ("suppressed_by_ses", Some(sub_type)),
            Self::Refused(code) => ("refused", Some(code)),
            Self::Rejected(reason) => ("rejected", Some(reason)),
            Self::RenderingFailure => ("rendering_failure", None),
            Self::GaveUp => ("gave_up", None),
            Self::Superseded => ("superseded", None),
        }
    }

    /// Whether it says no more than that we did not hand the message over: void once there is a sign that SES has it.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::GaveUp | Self::Superseded)
    }

    /// The cause that [`DropCause::parts`] described.
    #[must_use]
    pub fn from_parts(name: &str, text: Option<&str>) -> Option<Self> {
        let text = text.unwrap_or_default();
        Some(match name {
            "suppressed" => Self::Suppressed(SuppressionReason::from_name(text)?),
            "suppressed_by_ses" => Self::SuppressedBySes(text.to_owned()),
            "refused" => Self::Refused(text.to_owned()),
            "rejected" => Self::Rejected(text.to_owned()),
            "rendering_failure" => Self::RenderingFailure,
            "gave_up" => Self::GaveUp,
            "superseded" => Self::Superseded,
            _ => return None,
        })
    }
}

/// The code of [`DropCause::Refused`] where the send's content could not be read for as long as we try.
pub const CONTENT_UNREADABLE: &str = "ContentUnreadable";
/// The code of [`DropCause::Refused`] where no message could be made of the send's content.
pub const NOT_COMPOSED: &str = "Compose";

/// Why an address is on a firm's suppression list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuppressionReason {
    /// A hard bounce.
    Bounced,
    /// A spam report.
    Complained,
    /// The person asked for no more mail.
    Unsubscribed,
    /// Staff put it there.
    Manual,
}

impl SuppressionReason {
    /// The name in JSON and items.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Unsubscribed => "unsubscribed",
            Self::Manual => "manual",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Bounced, Self::Complained, Self::Unsubscribed, Self::Manual].into_iter().find(|r| r.as_str() == name)
    }
}

/// A bounce message as SES reports it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bounce {
    /// SES's `bounceType`, which outranks the SMTP codes.
    pub bounce_type: BounceType,
    /// SES's `bounceSubType`, an open set.
    pub sub_type: String,
    /// SES's `feedbackId`, the same in each copy of the event.
    pub feedback_id: Option<String>,
    /// The addresses that the bounce names, as [`crate::address::comparison_key`] has them.
    pub addresses: Vec<String>,
    /// The server's own text.
    pub detail: Option<String>,
}

/// SES's `bounceType`. What SES may add later counts as undetermined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BounceType {
    /// A hard bounce.
    Permanent,
    /// SES stopped trying.
    Transient,
    /// SES could not tell.
    Undetermined,
}

impl BounceType {
    /// SES's own name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permanent => "Permanent",
            Self::Transient => "Transient",
            Self::Undetermined => "Undetermined",
        }
    }

    /// The type of that name; an unknown one is undetermined.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "Permanent" => Self::Permanent,
            "Transient" => Self::Transient,
            _ => Self::Undetermined,
        }
    }
}

/// Where a recipient said that no more mail is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnsubscribedBy {
    /// The link or the header of our own mail.
    Link,
    /// SES's subscription management.
    Ses,
}

impl UnsubscribedBy {
    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Ses => "ses",
        }
    }
}

/// The bounce subtypes with which SES says that it did not send at all.
pub const SES_SUPPRESSION_SUB_TYPES: [&str; 5] = [
    "Suppressed",
    "OnAccountSuppressionList",
    "OnTenantSuppressionList",
    "EmailValidationSuppressed",
    "UnsubscribedRecipient",
];

impl Event {
    /// An event cut to what is kept: milliseconds, bounded texts.
    #[must_use]
    pub fn new(at: Timestamp, kind: EventKind) -> Self {
        Self { at: to_millisecond(at), kind: kind.bounded(), source: None }
    }

    /// The same event, read from a record with this digest.
    #[must_use]
    pub fn with_source(self, source: Sha256Digest) -> Self {
        Self { source: Some(source), ..self }
    }

    /// Whether both tell the same, wherever they were read.
    #[must_use]
    pub fn is_copy_of(&self, other: &Self) -> bool {
        (self.at, &self.kind) == (other.at, &other.kind)
    }

    /// What identifies the event in its recipient's log: its kind, its own time and its content. Two copies of one
    /// event have the same id, however they came.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        for part in self.kind.content() {
            let part = part.as_deref();
            // A length before each part, so that ("a", "bc") and ("ab", "c") differ; a missing part is not an empty one.
            hash.update(part.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
            hash.update(part.unwrap_or_default().as_bytes());
        }
        format!("{}.{}.{}", self.kind.name(), self.at.as_millisecond(), hex(&hash.finalize()[..6]))
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl EventKind {
    /// The name of the kind, as the log stores it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Dropped { .. } => "dropped",
            Self::Deferred { .. } => "deferred",
            Self::Bounce(_) => "bounce",
            Self::Delivered { .. } => "delivered",
            Self::Complained { .. } => "complained",
            Self::Unsubscribed { .. } => "unsubscribed",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The texts that tell two events of one kind and time apart. Stored ids depend on it: only ever append.
    fn content(&self) -> Vec<Option<Cow<'_, str>>> {
        fn text(text: &str) -> Option<Cow<'_, str>> {
            Some(Cow::Borrowed(text))
        }
        fn maybe(text: &Option<String>) -> Option<Cow<'_, str>> {
            text.as_deref().map(Cow::Borrowed)
        }
        match self {
            Self::Processed => vec![],
            Self::Dropped { cause, detail } => {
                let (name, of) = cause.parts();
                vec![text(name), of.map(Cow::Borrowed), maybe(detail)]
            }
            Self::Deferred { delay_type, until, detail } => {
                vec![text(delay_type), maybe(detail), until.map(|until| Cow::Owned(rfc3339_ms(until)))]
            }
            Self::Bounce(bounce) => [
                text(bounce.bounce_type.as_str()),
                text(&bounce.sub_type),
                maybe(&bounce.feedback_id),
                maybe(&bounce.detail),
            ]
            .into_iter()
            .chain(bounce.addresses.iter().map(|address| text(address)))
            .collect(),
            Self::Delivered { detail } => vec![maybe(detail)],
            Self::Complained { feedback_id, feedback_type, sub_type } => {
                vec![maybe(feedback_id), maybe(feedback_type), maybe(sub_type)]
            }
            Self::Unsubscribed { by } => vec![text(by.as_str())],
            Self::Unknown { name, raw } => vec![text(name), text(raw)],
        }
    }

    fn bounded(mut self) -> Self {
        match &mut self {
            Self::Dropped { detail, cause } => {
                cut_option(detail, MAX_DETAIL_BYTES);
                if let DropCause::SuppressedBySes(text) | DropCause::Refused(text) | DropCause::Rejected(text) = cause {
                    cut(text, MAX_CODE_BYTES);
                }
            }
            Self::Delivered { detail } => cut_option(detail, MAX_DETAIL_BYTES),
            Self::Deferred { delay_type, detail, until } => {
                *until = until.map(to_millisecond);
                cut(delay_type, MAX_CODE_BYTES);
                cut_option(detail, MAX_DETAIL_BYTES);
            }
            Self::Bounce(bounce) => {
                cut_option(&mut bounce.detail, MAX_DETAIL_BYTES);
                cut_option(&mut bounce.feedback_id, MAX_CODE_BYTES);
                cut(&mut bounce.sub_type, MAX_CODE_BYTES);
                bounce.addresses.iter_mut().for_each(|address| cut(address, MAX_NAMED_ADDRESS_BYTES));
                bounce.addresses.sort();
                bounce.addresses.dedup();
                bounce.addresses.truncate(MAX_NAMED_ADDRESSES);
            }
            Self::Complained { feedback_id, feedback_type, sub_type } => {
                cut_option(feedback_id, MAX_CODE_BYTES);
                cut_option(feedback_type, MAX_CODE_BYTES);
                cut_option(sub_type, MAX_CODE_BYTES);
            }
            Self::Unknown { name, raw } => {
                cut(name, MAX_CODE_BYTES);
                cut(raw, MAX_RAW_BYTES);
            }
            Self::Processed | Self::Unsubscribed { .. } => {}
        }
        self
    }
}

fn cut_option(text: &mut Option<String>, bytes: usize) {
    if let Some(text) = text {
        cut(text, bytes);
    }
}

fn cut(text: &mut String, bytes: usize) {
    text.truncate(text.floor_char_boundary(bytes));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_millisecond;

    #[test]
    fn copies_share_an_id_and_different_facts_do_not() {
        let delivered =
            |ms, text: &str| Event::new(from_millisecond(ms), EventKind::Delivered { detail: Some(text.to_owned()) });
        assert_eq!(delivered(5, "250 ok").id(), delivered(5, "250 ok").id());
        assert_ne!(delivered(5, "250 ok").id(), delivered(6, "250 ok").id());
        assert_ne!(delivered(5, "250 ok").id(), delivered(5, "250 queued").id());
        let elsewhere = delivered(5, "250 ok").with_source(Sha256Digest::of(b"{}"));
        assert_eq!(delivered(5, "250 ok").id(), elsewhere.id());
        assert!(elsewhere.is_copy_of(&delivered(5, "250 ok")) && !elsewhere.is_copy_of(&delivered(6, "250 ok")));
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let raw = "ü".repeat(MAX_RAW_BYTES);
        let event = Event::new(from_millisecond(0), EventKind::Unknown { name: "New".into(), raw });
        let EventKind::Unknown { raw, .. } = event.kind else { unreachable!() };
        assert_eq!(raw.len(), MAX_RAW_BYTES);
        assert!(raw.chars().all(|c| c == 'ü'));
    }
}
