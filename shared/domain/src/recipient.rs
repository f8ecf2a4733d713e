//! A recipient of a send with all that is stored of it.

use jiff::Timestamp;

use crate::address::Mailbox;
use crate::digest::Digest;
use crate::fold::Rare;
use crate::ids::{Position, RecipientKey, SendId};
use crate::log::Log;

/// One address of one send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// What names it.
    pub key: RecipientKey,
    /// Whom the copy goes to.
    pub mailbox: Mailbox,
    /// The subject of the mail.
    pub subject: String,
    /// Why the send was made.
    pub source: Source,
    /// Who asked for it, as the caller's token says.
    pub sent_by: Option<String>,
    /// Whether the copy carries a pixel and links of ours.
    pub tracked: bool,
    /// The invoice's number.
    pub number: Option<String>,
    /// The client's id.
    pub client: Option<String>,
    /// The client's name.
    pub client_name: Option<String>,
    /// The recipient of an earlier send whose place this one takes: the failed one that it replaces, or the same
    /// person's. Once this one's result is known, nobody has to look at that one any more.
    pub predecessor: Option<(SendId, Position)>,
    /// The later send that replaced this recipient.
    pub superseded_by: Option<SendId>,
    /// The later send has its result, so this one needs nobody's attention any more.
    pub relieved: bool,
    /// SES's id of the message.
    pub message_id: Option<String>,
    /// The digest of the raw message that was handed to SES; none before that, or if it was not written down.
    pub message_sha256: Option<Digest>,
    /// How the attempts to send it stand.
    pub outbox: Outbox,
    /// Under which time the recipient stands in the attention index, if it does.
    pub attention_since: Option<Timestamp>,
    /// As what it stands in the index of rare statuses, if it does.
    pub rare: Option<Rare>,
    /// Everything that happened.
    pub log: Log,
}

impl Recipient {
    /// A recipient of a tracked send to whom nothing has happened yet, and of whose invoice nothing is known.
    #[must_use]
    pub fn new(key: RecipientKey, mailbox: Mailbox, subject: impl Into<String>, source: Source) -> Self {
        Self {
            key,
            mailbox,
            subject: subject.into(),
            source,
            sent_by: None,
            tracked: true,
            number: None,
            client: None,
            client_name: None,
            predecessor: None,
            superseded_by: None,
            relieved: false,
            message_id: None,
            message_sha256: None,
            outbox: Outbox::default(),
            attention_since: None,
            rare: None,
            log: Log::default(),
        }
    }

    /// The earlier send whose recipient this one was sent again for.
    #[must_use]
    pub fn supersedes(&self) -> Option<SendId> {
        self.predecessor.filter(|_| self.source == Source::Resend).map(|(send, _)| send)
    }

    /// When the send was submitted.
    #[must_use]
    pub fn submitted_at(&self) -> Timestamp {
        self.key.send.submitted_at()
    }
}

/// Why a send was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Staff sent it.
    Manual,
    /// The invoice was finalized.
    Automatic,
    /// Staff sent it again to one person.
    Resend,
}

impl Source {
    /// The name in JSON and items.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::Resend => "resend",
        }
    }

    /// The source of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Manual, Self::Automatic, Self::Resend].into_iter().find(|source| source.as_str() == name)
    }
}

/// How the attempts to hand a message to SES stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outbox {
    /// SES took the message or never will: no further attempt.
    pub settled: bool,
    /// How often SES was or may have been called.
    pub attempts: u32,
    /// Until when a worker holds the recipient, or an unanswered call may still turn out to have succeeded.
    pub lease_until: Option<Timestamp>,
    /// Whose lease it is.
    pub lease_by: Option<String>,
}
