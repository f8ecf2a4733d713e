//! What few recipients are: neither sent nor opened.

use super::SentStatus;

/// What few recipients are, and what they are looked up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rare {
    /// Not accepted by SES yet.
    Queued,
    /// Rejected, marked as spam, or delayed; the latter also if it was opened nevertheless.
    Failing,
}

impl Rare {
    /// As what recipients of a status are looked up.
    #[must_use]
    pub fn of(status: SentStatus) -> Option<Self> {
        match status {
            SentStatus::Queued => Some(Self::Queued),
            SentStatus::Rejected | SentStatus::MarkedSpam | SentStatus::Delayed => Some(Self::Failing),
            SentStatus::Sent | SentStatus::Opened => None,
        }
    }
}
