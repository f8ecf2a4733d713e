//! Events, held against the schema that those who hear them go by: `infra/events/invoice-email-status-changed.v1.json`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use domain::evidence::Evidence;
use domain::fold::SentStatus;
use domain::reason::{CODES, NextAction};
use jsonschema::Validator;
use serde_json::{Value, json};
use tests::workspace;

const SCHEMA: &str = "infra/events/invoice-email-status-changed.v1.json";

pub(super) fn schema() -> Value {
    serde_json::from_str(&workspace::read(SCHEMA)).unwrap()
}

/// What is wrong with the `detail` of an event: where, and what.
fn wrong(detail: &Value) -> Vec<String> {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    let validator = VALIDATOR.get_or_init(|| jsonschema::draft202012::new(&schema()).unwrap());
    let place = |error: &jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
    let mut found: Vec<String> = validator.iter_errors(detail).map(|error| place(&error)).collect();
    // Whoever hears it takes fields of a later day; nobody is to find one that is not described.
    let described = &schema()["properties"];
    let unknown = detail.as_object().unwrap().keys().filter(|name| described[name.as_str()].is_null());
    found.extend(unknown.map(|name| format!("{name} is not described")));
    // What a schema cannot say of two fields at once.
    if detail["old_sent_status"] == detail["new_sent_status"] {
        found.push(format!("it is no change: {detail}"));
    }
    if detail["recipient"].as_str().and_then(|place| place.split(':').next()) != detail["kind"].as_str() {
        found.push(format!("the kind is not the recipient's: {detail}"));
    }
    found
}

/// An event's `detail` is as the schema promises.
pub(crate) fn assert_valid(detail: &Value) {
    assert_eq!(wrong(detail), [] as [String; 0], "{detail:#}");
}

#[test]
fn the_schema_is_one_and_its_examples_fit() {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    let examples = schema["examples"].as_array().unwrap();
    assert!(examples.len() > 1);
    examples.iter().for_each(assert_valid);
}

#[test]
fn each_field_is_described_and_needed_but_the_address() {
    let schema = schema();
    let fields = schema["properties"].as_object().unwrap();
    let described =
        fields.iter().filter(|(_, field)| field["description"].as_str().is_some_and(|text| text.ends_with('.')));
    let described: BTreeSet<&str> = described.map(|(name, _)| name.as_str()).collect();
    assert_eq!(described, fields.keys().map(String::as_str).collect());
    let needed: BTreeSet<&str> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(described.difference(&needed).copied().collect::<Vec<_>>(), ["address"]);
}

#[test]
fn its_words_are_those_of_the_code() {
    use NextAction::{AskToAllow, Call, CorrectAddress, DoNotEmail, SendAgain, Wait};
    let schema = schema();
    let words = |pointer: &str| {
        let list = schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")).as_array().unwrap();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<BTreeSet<String>>()
    };
    let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(words("/$defs/sent_status/enum"), of(&SentStatus::ALL.map(SentStatus::as_str)));
    assert_eq!(words("/properties/evidence/enum"), of(&Evidence::ALL.map(Evidence::as_str)));
    assert_eq!(words("/properties/reason_code/enum"), of(&CODES));
    let actions = [CorrectAddress, Wait, Call, AskToAllow, DoNotEmail, SendAgain];
    assert_eq!(words("/properties/next_action/enum"), of(&actions.map(NextAction::as_str)));
}

#[test]
fn what_is_no_event_does_not_fit() {
    let good = schema()["examples"][1].clone();
    for (field, value) in [
        ("version", json!("2")),
        ("version", json!(1)),
        ("id", json!("5F2D0C5E9B0A4C7D8E1F2A3B4C5D6E7F")),
        ("id", json!("5f2d0c5e-9b0a-4c7d-8e1f-2a3b4c5d6e7f")),
        ("firm", json!("roe & partners")),
        ("number", json!(1042)),
        ("client", json!("")),
        ("send", json!("1042")),
        ("recipient", json!("to")),
        ("recipient", json!("to:0")),
        ("kind", json!("from")),
        ("old_sent_status", json!("rejected")),
        ("old_sent_status", json!("bounced")),
        ("new_sent_status", Value::Null),
        ("evidence", Value::Null),
        ("reason_code", json!("misfortune")),
        ("next_action", json!("despair")),
        ("at", json!("2026-11-21T23:05:02Z")),
        ("sequence", json!("4421584600000000017450452373")),
        ("sequence", json!(17_450_452_373_u64)),
        ("address", Value::Null),
        ("subject", json!("Invoice 1042")),
    ] {
        let mut detail = good.clone();
        detail[field] = value;
        assert_ne!(wrong(&detail), [] as [String; 0], "{detail:#}");
    }
    for field in good.as_object().unwrap().keys().filter(|field| *field != "address") {
        let mut detail = good.clone();
        detail.as_object_mut().unwrap().remove(field);
        assert_ne!(wrong(&detail), [] as [String; 0], "without {field}");
    }
}
