//! PutEvents: its JSON, what EventBridge refuses, and the envelope that it puts around an event.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// EventBridge's limit of one call.
const MOST_ENTRIES: usize = 10;

/// EventBridge's limit of all entries of a call together: 1 MB, which it counts in 1,024.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size>
const MOST_BYTES: usize = 1024 * 1024;

/// What a time counts for among them.
const TIME_BYTES: usize = 14;

const ACCOUNT: &str = "000000000000";
const REGION: &str = "eu-central-1";

/// Entries that EventBridge looks at one by one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutEvents {
    #[serde(default)]
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry {
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    /// Seconds since the epoch, with a fraction.
    time: Option<f64>,
}

/// Why EventBridge refuses a whole call.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{0}")]
    Serialization(String),
    #[error("{0}")]
    Validation(String),
    #[error("{0}")]
    AccessDenied(String),
    #[error("Rate exceeded")]
    Throttling,
    #[error("The service failed.")]
    Internal,
    #[error("Only PutEvents is played here.")]
    UnknownOperation,
    #[error("The request is too large.")]
    TooLarge,
}

/// Why EventBridge refuses one entry, while it takes others.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html>
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum EntryRefusal {
    #[error("Parameter {0} is not valid. Reason: {0} is a required argument.")]
    Missing(&'static str),
    #[error("Detail is malformed.")]
    MalformedDetail,
    #[error("Internal Service Failure")]
    Internal,
}

impl Refusal {
    /// The HTTP status and the error's name, as EventBridge answers them.
    pub(super) fn status_and_name(&self) -> (u16, &'static str) {
        match self {
            Self::Serialization(_) => (400, "SerializationException"),
            Self::Validation(_) => (400, "ValidationException"),
            Self::AccessDenied(_) => (400, "AccessDeniedException"),
            Self::Throttling => (400, "ThrottlingException"),
            Self::Internal => (500, "InternalException"),
            Self::UnknownOperation => (400, "UnknownOperationException"),
            Self::TooLarge => (413, "RequestEntityTooLargeException"),
        }
    }
}

impl EntryRefusal {
    /// EventBridge's code.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Missing(_) => "InvalidArgument",
            Self::MalformedDetail => "MalformedDetail",
            Self::Internal => "InternalFailure",
        }
    }
}

impl PutEvents {
    /// Reads a call.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let call: Self = serde_json::from_slice(body).map_err(|error| Refusal::Serialization(error.to_string()))?;
        let bound = match call.entries.len() {
            0 => Some("greater than or equal to 1".to_owned()),
            count if count > MOST_ENTRIES => Some(format!("less than or equal to {MOST_ENTRIES}")),
            _ => None,
        };
        if let Some(bound) = bound {
            return Err(Refusal::Validation(format!(
                "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length {bound}"
            )));
        }
        if call.entries.iter().map(Entry::bytes).sum::<usize>() > MOST_BYTES {
            return Err(Refusal::Validation("Total size of the entries in the request is over the limit.".to_owned()));
        }
        Ok(call)
    }
}

impl Entry {
    fn bytes(&self) -> usize {
        let texts = [&self.source, &self.detail_type, &self.detail].into_iter().flatten().chain(&self.resources);
        texts.map(String::len).sum::<usize>() + if self.time.is_some() { TIME_BYTES } else { 0 }
    }

    /// The bus's name, of which callers may also give the ARN.
    pub(super) fn bus(&self) -> &str {
        let name = self.event_bus_name.as_deref().unwrap_or("default");
        name.rsplit_once(":event-bus/").map_or(name, |(_, name)| name)
    }

    /// The event in EventBridge's envelope.
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html>
    pub(super) fn event(&self, id: &str, now: Timestamp) -> Result<Value, EntryRefusal> {
        let required = |name, text: &Option<String>| {
            text.clone().filter(|text| !text.is_empty()).ok_or(EntryRefusal::Missing(name))
        };
        let source = required("Source", &self.source)?;
        let detail_type = required("DetailType", &self.detail_type)?;
        let detail = required("Detail", &self.detail)?;
        let detail: Value = serde_json::from_str(&detail).map_err(|_| EntryRefusal::MalformedDetail)?;
        if !detail.is_object() {
            return Err(EntryRefusal::MalformedDetail);
        }
        // An envelope's time has whole seconds.
        #[expect(clippy::cast_possible_truncation, reason = "it is cut on purpose, and a float too large saturates")]
        let at = self.time.and_then(|seconds| Timestamp::from_second(seconds.floor() as i64).ok()).unwrap_or(now);
        Ok(json!({
            "version": "0",
            "id": id,
            "detail-type": detail_type,
            "source": source,
            "account": ACCOUNT,
            "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": REGION,
            "resources": self.resources,
            "detail": detail,
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn entries(count: usize, detail: &str) -> Vec<u8> {
        let entry = json!({ "Source": "s", "DetailType": "t", "Detail": detail });
        json!({ "Entries": vec![entry; count] }).to_string().into_bytes()
    }

    #[test]
    fn a_call_has_one_to_ten_entries() {
        for (count, taken) in [(0, false), (1, true), (10, true), (11, false)] {
            let call = PutEvents::parse(&entries(count, "{}"));
            assert_eq!(call.is_ok(), taken, "{count}: {call:?}");
        }
        assert!(matches!(PutEvents::parse(b"{}"), Err(Refusal::Validation(_))));
        assert!(matches!(PutEvents::parse(b"[1"), Err(Refusal::Serialization(_))));
    }

    #[test]
    fn all_entries_together_have_a_megabyte() {
        // Source and kind have a byte each.
        let detail = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 2 - 8));
        assert!(PutEvents::parse(&entries(1, &detail(MOST_BYTES))).is_ok());
        assert!(PutEvents::parse(&entries(1, &detail(MOST_BYTES + 1))).is_err());
        assert!(PutEvents::parse(&entries(2, &detail(MOST_BYTES / 2 + 1))).is_err());
    }

    #[test]
    fn an_entry_becomes_an_event_or_is_refused_by_name() {
        let event = |mut fields: Value| {
            let whole = json!({ "Source": "s", "DetailType": "t", "Detail": "{}" });
            for (name, value) in whole.as_object().unwrap() {
                fields.as_object_mut().unwrap().entry(name).or_insert(value.clone());
            }
            serde_json::from_value::<Entry>(fields).unwrap().event("id", Timestamp::UNIX_EPOCH)
        };
        let made = event(json!({ "Detail": "{\"a\":1}", "Time": 1_763_715_600.987, "Resources": ["r"] })).unwrap();
        assert_eq!(
            made,
            json!({
                "version": "0", "id": "id", "detail-type": "t", "source": "s", "account": ACCOUNT, "region": REGION,
                "time": "2025-11-21T09:00:00Z", "resources": ["r"], "detail": { "a": 1 },
            })
        );
        assert_eq!(event(json!({})).unwrap()["time"], "1970-01-01T00:00:00Z");
        for name in ["Source", "DetailType", "Detail"] {
            for missing in [Value::Null, json!("")] {
                assert_eq!(event(json!({ name: missing })), Err(EntryRefusal::Missing(name)));
            }
        }
        for detail in ["[]", "1", "{", "null"] {
            assert_eq!(event(json!({ "Detail": detail })), Err(EntryRefusal::MalformedDetail), "{detail}");
        }
    }

    #[test]
    fn a_bus_has_a_name_and_an_arn() {
        let bus =
            |name: Value| serde_json::from_value::<Entry>(json!({ "EventBusName": name })).unwrap().bus().to_owned();
        assert_eq!(bus(json!("orders")), "orders");
        assert_eq!(bus(json!("arn:aws:events:eu-central-1:000000000000:event-bus/orders")), "orders");
        assert_eq!(bus(Value::Null), "default");
    }
}
