//! Waiting: the only place where a test waits, by asking again until the system's own answers say so.

use std::time::Duration;

/// Short beside what a person notices, long beside an answer.
const INTERVAL: Duration = Duration::from_millis(25);
/// The slowest that is waited for is an unanswered SendEmail: its timeout, then its lease, then the next re-drive, which
/// take some five seconds; the rest is for a busy machine.
const DEADLINE: Duration = Duration::from_secs(60);

/// Asks until the answer is `Ok`; fails the test after the deadline with the last `Err`, which tells what was seen.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<T, String>) -> T {
    let mut ticks = tokio::time::interval(INTERVAL);
    let mut seen = String::new();
    let asking = async {
        loop {
            ticks.tick().await;
            match ask().await {
                Ok(found) => return found,
                Err(other) => seen = other,
            }
        }
    };
    let answer = tokio::time::timeout(DEADLINE, asking).await;
    answer.unwrap_or_else(|_| panic!("waited in vain: {what}\nlast seen: {seen}"))
}
