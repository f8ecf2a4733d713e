//! The event bus, as far as the portal's events go: EventBridge hands each to the function, which may fail and is then
//! called twice more before the event becomes a dead letter.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::dead_letters::DeadLetters;
use crate::invoke::{EventFunction, InvocationError, apart_flat};

/// How long Lambda waits before it calls again: minutes there, and here what people at a terminal wait.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// The bus with its one rule.
pub(crate) struct Bus {
    function: EventFunction,
    dead_letters: Arc<DeadLetters>,
}

impl Bus {
    pub(crate) fn new(function: EventFunction, dead_letters: Arc<DeadLetters>) -> Self {
        Self { function, dead_letters }
    }

    /// Hands an event over. Answers when it has been handled once; what failed is tried again afterwards.
    pub(crate) async fn publish(&self, event: Value) -> Result<Value, InvocationError> {
        let result = apart_flat((self.function)(event.clone())).await;
        if result.is_err() {
            tokio::spawn(retry(Arc::clone(&self.function), Arc::clone(&self.dead_letters), event));
        }
        result
    }
}

async fn retry(function: EventFunction, dead_letters: Arc<DeadLetters>, event: Value) {
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        if apart_flat(function(event.clone())).await.is_ok() {
            return;
        }
    }
    dead_letters.add("events", 1 + PAUSES.len() as u32, event);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn bus(fails: u32) -> (Bus, Arc<AtomicU32>, Arc<DeadLetters>) {
        let (calls, letters) = (Arc::<AtomicU32>::default(), Arc::<DeadLetters>::default());
        let counted = Arc::clone(&calls);
        let function: EventFunction = Arc::new(move |event| {
            let call = counted.fetch_add(1, Ordering::SeqCst);
            let result = if call < fails { Err(InvocationError::Panicked) } else { Ok(event) };
            Box::pin(async move { result })
        });
        (Bus::new(function, Arc::clone(&letters)), calls, letters)
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_is_tried_three_times_and_then_kept() {
        let (working, calls, letters) = bus(0);
        assert_eq!(working.publish(json!(1)).await, Ok(json!(1)));
        for (fails, kept) in [(2, 0), (3, 1)] {
            let (bus, calls, letters) = bus(fails);
            assert!(bus.publish(json!(2)).await.is_err());
            while calls.load(Ordering::SeqCst) < 3 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(letters.all().len(), kept);
        }
        assert_eq!((calls.load(Ordering::SeqCst), letters.all().len()), (1, 0));
    }
}
