//! What an invocation is given beside its event.

use jiff::Timestamp;

/// The time and the randomness of one invocation, as arguments.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// When the invocation began.
    pub now: Timestamp,
    /// Unpredictable bits, for ids.
    pub random: u128,
}

impl Call {
    /// Reads the clock and the system's randomness: the edge only.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the edge is the one place that reads the clock")]
    pub fn begin() -> Self {
        let mut bytes = [0; 16];
        // The system's randomness does not fail on Lambda's kernel; if it did, two sends of one millisecond would
        // collide in a conditional write and be refused, not mixed up.
        let _ = getrandom::fill(&mut bytes);
        Self { now: Timestamp::now(), random: u128::from_le_bytes(bytes) }
    }
}
