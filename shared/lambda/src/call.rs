//! What an invocation is given beside its event.

use jiff::Timestamp;

use crate::metric::Metrics;

/// The time, the randomness and the metrics of one invocation, as arguments.
#[derive(Debug, Clone)]
pub struct Call {
    /// When the invocation began.
    pub now: Timestamp,
    /// Unpredictable bits, for ids.
    pub random: u128,
    /// What the invocation counts; who started it writes it down when it has ended.
    pub metrics: Metrics,
}

impl Call {
    /// An invocation of that time and randomness that has counted nothing.
    #[must_use]
    pub fn new(now: Timestamp, random: u128) -> Self {
        Self { now, random, metrics: Metrics::default() }
    }

    /// Reads the clock and the system's randomness: the edge only.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the edge is the one place that reads the clock")]
    pub fn begin() -> Self {
        let mut bytes = [0; 16];
        // The system's randomness does not fail on Lambda's kernel; if it did, two sends of one millisecond would
        // collide in a conditional write and be refused, not mixed up.
        let _ = getrandom::fill(&mut bytes);
        Self::new(Timestamp::now(), u128::from_le_bytes(bytes))
    }
}
