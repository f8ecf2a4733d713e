//! What SES and SNS say, in every form in which it comes.

use std::collections::BTreeSet;

use domain::address::comparison_key;
use domain::digest::Digest;
use domain::event::{Event, EventKind, MAX_CODE_BYTES, MAX_DETAIL_BYTES, MAX_NAMED_ADDRESSES, MAX_RAW_BYTES};
use domain::time::from_millisecond;
use jiff::Timestamp;
use record::envelope::{Content, open, open_message};
use record::ses::{Normalised, normalise};
use serde_json::{Value, json};

use crate::world::{call, with_table};

/// Later than any time that a seed has, so that it shows where it was taken.
const RECEIVED_MS: i64 = 1_900_000_000_000;

/// The body of a message of the queue, or the event of an invocation. What is read is the same whatever it came in and
/// however often; it names nobody whom the record does not name; and it has a bound.
pub fn ses(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let received_at = from_millisecond(RECEIVED_MS);
    if let Ok(event) = serde_json::from_str::<Value>(&text)
        && event["Records"].is_array()
    {
        return invocation(&event);
    }
    if let Some((record, normalised, source)) = read(open(&text, received_at)) {
        let again = read(open(&text, received_at)).expect("it was read before");
        assert_eq!(again, (record.clone(), normalised.clone(), source), "read otherwise");
        is_of(&record, &normalised, received_at);
        same_in_any_form(&record, &normalised, received_at);
    }
    for form in [queued(&text), published(&text)] {
        invocation(&form);
    }
}

fn read(content: Result<Content, record::ses::SesError>) -> Option<(Value, Normalised, Digest)> {
    let Content::Record { record, received_at, source } = content.ok()? else { return None };
    let normalised = normalise(&record, received_at).expect("a record that was let in has a type");
    Some((record, normalised, source))
}

/// Raw, straight from SNS, and in SNS's envelope, whatever its spelling.
fn same_in_any_form(record: &Value, normalised: &Normalised, received_at: Timestamp) {
    let text = record.to_string();
    // The time of an envelope that is taken off, or of the arrival, stands in only for one that the record itself has not.
    let read_at =
        |millisecond| normalise(record, from_millisecond(millisecond)).map(|normalised| normalised.event.at).ok();
    let has_own_time = read_at(0) == read_at(RECEIVED_MS);
    let direct = read(open_message(&text, received_at)).expect("a record out of its envelope");
    let envelope = |url: &str| json!({ "Type": "Notification", "Message": text, url: "https://example.com/cert.pem" });
    let forms = ["SigningCertURL", "SigningCertUrl"].map(|url| open(&envelope(url).to_string(), received_at));
    for (again, event, source) in forms.into_iter().filter_map(read).chain([direct]) {
        assert_eq!((&again, source), (record, Digest::of(text.as_bytes())));
        assert!(!has_own_time || event.event == normalised.event, "{event:?} is not {normalised:?}");
    }
}

/// All that is known of the message and of people stands in the record, and is bounded.
fn is_of(record: &Value, normalised: &Normalised, received_at: Timestamp) {
    let mut texts = BTreeSet::new();
    collect(record, &mut texts);
    let reference = &normalised.reference;
    for told in [&reference.tag, &reference.message_id].into_iter().flatten() {
        assert!(texts.contains(told.as_str()), "{told:?} is nowhere in {record}");
    }
    assert!(reference.message_id.as_ref().is_none_or(|id| id.len() <= 256));
    let Event { at, kind, source } = &normalised.event;
    assert!(source.is_none());
    assert_eq!(at.as_nanosecond() % 1_000_000, 0, "{at} is finer than what is kept");
    assert!(*at == received_at || *at <= Timestamp::MAX);
    if let EventKind::Bounce(bounce) = kind {
        let named: BTreeSet<String> = texts.iter().map(|text| bounded(&comparison_key(text))).collect();
        for address in &bounce.addresses {
            assert!(named.contains(address), "{address:?} is nowhere in {record}");
        }
        assert!(bounce.addresses.len() <= MAX_NAMED_ADDRESSES);
    }
    // Every kind holds at most two details or a raw copy, some codes, and the addresses.
    let most = 2 * MAX_DETAIL_BYTES + MAX_RAW_BYTES + 4 * MAX_CODE_BYTES + MAX_NAMED_ADDRESSES * 320;
    let size = sizes(kind);
    assert!(size <= most, "{size} bytes: {kind:?}");
    assert!(normalised.event.is_copy_of(&Event::new(*at, kind.clone())), "cut once more: {kind:?}");
}

/// As events cut an address.
fn bounded(address: &str) -> String {
    let EventKind::Bounce(bounce) = Event::new(
        Timestamp::UNIX_EPOCH,
        EventKind::Bounce(domain::event::Bounce {
            bounce_type: domain::event::BounceType::Permanent,
            sub_type: String::new(),
            feedback_id: None,
            addresses: vec![address.to_owned()],
            detail: None,
        }),
    )
    .kind
    else {
        unreachable!("a bounce stays one")
    };
    bounce.addresses.into_iter().next().unwrap_or_default()
}

fn sizes(kind: &EventKind) -> usize {
    let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    match kind {
        EventKind::Processed | EventKind::Unsubscribed { .. } => 0,
        EventKind::Delivered { detail } => text(detail),
        EventKind::Dropped { cause, detail } => cause.parts().1.map_or(0, str::len) + text(detail),
        EventKind::Deferred { delay_type, detail, .. } => delay_type.len() + text(detail),
        EventKind::Bounce(bounce) => {
            let addresses: usize = bounce.addresses.iter().map(String::len).sum();
            bounce.sub_type.len() + text(&bounce.feedback_id) + addresses + text(&bounce.detail)
        }
        EventKind::Complained { feedback_id, feedback_type, sub_type } => {
            text(feedback_id) + text(feedback_type) + text(sub_type)
        }
        EventKind::Unknown { name, raw } => name.len() + raw.len(),
    }
}

/// All texts of a record, trimmed as they are read.
fn collect<'a>(value: &'a Value, texts: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => {
            texts.insert(text.trim());
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, texts)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}

fn queued(body: &str) -> Value {
    json!({ "Records": [{ "messageId": "first", "body": body }, { "messageId": "second", "body": body }] })
}

fn published(message: &str) -> Value {
    json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "Message": message, "SigningCertUrl": "x" } }] })
}

/// The answer names failed messages and nothing else; copies of one message fare alike.
fn invocation(event: &Value) {
    let ids: BTreeSet<&str> =
        event["Records"].as_array().into_iter().flatten().filter_map(|record| record["messageId"].as_str()).collect();
    let answer = with_table(Vec::new(), |world| world.runtime.block_on(world.record.handle(event.clone(), call())));
    let Ok(answer) = answer else { return };
    let failures = answer["batchItemFailures"].as_array().expect("a partial answer");
    let failed: BTreeSet<&str> =
        failures.iter().map(|failure| failure["itemIdentifier"].as_str().expect("an id")).collect();
    assert!(failed.is_subset(&ids), "{failed:?} are not of {ids:?}");
    if ids == BTreeSet::from(["first", "second"]) && event["Records"][0]["body"] == event["Records"][1]["body"] {
        assert_ne!(failed.len(), 1, "one of two copies failed");
    }
}
