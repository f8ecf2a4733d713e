//! What the firm's suppression list should say of an address, as far as one log tells.

use jiff::Timestamp;

use crate::event::SuppressionReason;

/// Why an address must not be written to again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suppress {
    /// The gravest reason.
    pub reason: SuppressionReason,
    /// When it was last given.
    pub since: Timestamp,
    /// The address itself was named, or none. A bounce that names another address counts until a delivery shows that
    /// it was the other one's.
    pub certain: bool,
}

impl Suppress {
    /// How grave it is: a spam report weighs more than a wish, and that more than a mailbox that may be mended.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self.reason {
            _ if !self.certain => 0,
            SuppressionReason::Bounced => 1,
            SuppressionReason::Unsubscribed => 2,
            SuppressionReason::Complained => 3,
            SuppressionReason::Manual => 4,
        }
    }

    pub(super) fn weight(&self) -> (u8, Timestamp) {
        (self.rank(), self.since)
    }
}
