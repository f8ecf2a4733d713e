//! Costs: what a function asks of the table, counted on the wire.

use serde_json::{Map, Value, json};

use crate::System;

/// What was added between two counts, without zeros.
pub fn added(before: &Value, after: &Value) -> Value {
    let of = |counts: &Value, name: &str| counts[name].as_u64().unwrap_or(0);
    let names = after.as_object().into_iter().flat_map(Map::keys);
    let counts = names.map(|name| (name.clone(), of(after, name) - of(before, name))).filter(|(_, count)| *count > 0);
    Value::Object(counts.map(|(name, count)| (name, json!(count))).collect())
}

/// What a function asks of the table while something is done.
pub async fn cost(system: &System, function: &str, what: impl AsyncFnOnce()) -> Value {
    let before = system.requests_of(function).await;
    what().await;
    added(&before, &system.requests_of(function).await)
}
