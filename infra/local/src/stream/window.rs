//! Tumbling windows: the time for which a function's state is handed from one batch to the next.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html>
//!
//! No window is terminated early here: Lambda does that with a state of more than 1 MB.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::database::Shard;

/// A window in which something was delivered.
#[derive(Debug)]
pub(super) struct Window {
    /// Seconds since the epoch; a multiple of the windows' length.
    start: i64,
    seconds: i64,
    shard: Shard,
    /// What the function answered last.
    state: Value,
}

impl Window {
    /// The window of a moment, of which nothing was delivered yet.
    pub(super) fn around(at: i64, seconds: i64, shard: Shard) -> Self {
        Self { start: at - at.rem_euclid(seconds), seconds, shard, state: json!({}) }
    }

    /// Whether it has ended at a moment.
    pub(super) fn is_over(&self, at: i64) -> bool {
        at >= self.start + self.seconds
    }

    /// The event of a batch, or the last one, which has no records.
    pub(super) fn event(&self, records: Vec<Value>, is_final: bool) -> Value {
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap_or_default().to_string();
        json!({
            "Records": Value::Array(records),
            "shardId": self.shard.id,
            "eventSourceARN": self.shard.stream_arn,
            "window": { "start": at(self.start), "end": at(self.start + self.seconds) },
            "state": self.state,
            "isFinalInvokeForWindow": is_final,
            "isWindowTerminatedEarly": false,
        })
    }

    /// Keeps what the function answered for its next invocation.
    pub(super) fn keep(&mut self, state: Value) {
        self.state = state;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_lie_side_by_side() {
        let shard = || Shard { id: "shardId-1".to_owned(), stream_arn: "arn".to_owned() };
        let mut window = Window::around(1_795_300_799, 900, shard());
        window.keep(json!({ "seen": 3 }));
        let event = window.event(vec![json!(1)], false);
        assert_eq!(
            event,
            json!({
                "Records": [1], "shardId": "shardId-1", "eventSourceARN": "arn", "state": { "seen": 3 },
                "window": { "start": "2026-11-21T22:30:00Z", "end": "2026-11-21T22:45:00Z" },
                "isFinalInvokeForWindow": false, "isWindowTerminatedEarly": false,
            })
        );
        let end = window.start + 900;
        assert!(!window.is_over(end - 1) && window.is_over(end));
        assert_eq!(Window::around(end, 900, shard()).start, end);
    }
}
