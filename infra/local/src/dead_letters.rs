//! Where messages and stream records end that no retry could help: shown at `GET /_local/dead-letters`.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use crate::clock;

/// The oldest give way to the newest beyond this many, so that a broken function cannot fill the memory.
const KEPT: usize = 1_000;

/// The dead letters of all sources, oldest first.
#[derive(Debug, Default)]
pub(crate) struct DeadLetters(Mutex<VecDeque<Value>>);

impl DeadLetters {
    /// Adds what `source` (`queue` or `stream`) gave up on after `attempts`.
    pub(crate) fn add(&self, source: &str, attempts: u32, message: Value) {
        let mut letters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if letters.len() == KEPT {
            letters.pop_front();
        }
        letters.push_back(json!({
            "source": source,
            "at": clock::rfc3339(clock::now()),
            "attempts": attempts,
            "message": message,
        }));
    }

    /// All that are kept, oldest first.
    pub(crate) fn all(&self) -> Vec<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_gives_way() {
        let letters = DeadLetters::default();
        for number in 0..=KEPT {
            letters.add("queue", 5, json!(number));
        }
        let all = letters.all();
        assert_eq!(all.len(), KEPT);
        assert_eq!(all[0]["message"], json!(1));
        assert_eq!(all[KEPT - 1]["message"], json!(KEPT));
    }
}
