//! Fixtures: files of items, and what of an item's form one knows.

use std::collections::BTreeSet;
use std::path::PathBuf;

use regex_lite::Regex;
use serde_json::{Value, json};
use tests::cloud::Cloud;
use tests::workspace;

use super::world::World;

/// The fixtures that there are: one for each version whose items have a form of their own.
pub(super) const ALL: [&str; 2] = ["2026-11-22-first", "2026-11-22"];

fn path(name: &str) -> PathBuf {
    workspace::root().join("tests/tests/it/upgrades/fixtures").join(format!("{name}.json"))
}

/// The items of a fixture.
pub(super) fn items(name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let items: Value = serde_json::from_str(&text).unwrap();
    items.as_array().expect("a list").clone()
}

/// Writes a fixture, one item a line. What has been written stays as it is.
pub(super) fn write(name: &str, items: &[Value]) {
    let path = path(name);
    assert!(!path.exists(), "{} is there already, and stays as it is", path.display());
    let lines: Vec<String> = items.iter().map(Value::to_string).collect();
    std::fs::write(path, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
}

/// Today's functions over a table as that version left it.
pub(super) async fn world(name: &str) -> World {
    let cloud = Cloud::start().await;
    cloud.put(&items(name)).await;
    World::over(cloud).await
}

/// The invoices in it that were e-mailed, in the order of their ids.
pub(super) fn invoices(items: &[Value]) -> BTreeSet<String> {
    let sent = items.iter().filter(|item| kind(item) == "recipient" || kind(item) == "skipped");
    sent.map(|item| item["pk"]["S"].as_str().unwrap().rsplit('#').next().unwrap().to_owned()).collect()
}

/// What sort of item it is.
fn kind(item: &Value) -> &'static str {
    let (pk, sk) = (item["pk"]["S"].as_str().unwrap(), item["sk"]["S"].as_str().unwrap());
    let of_invoice = [("send#", "recipient"), ("body#", "body"), ("recent", "recent"), ("invoice", "invoice")];
    match pk.split('#').next().unwrap() {
        "invoice" if sk.ends_with("#-") => "skipped",
        "invoice" if sk == "finalized" => "finalized",
        "invoice" => of_invoice.into_iter().find(|(start, _)| sk.starts_with(start)).expect("a kind of item").1,
        "totals" if sk.starts_with("waiting") => "waiting",
        name => ["idempotency", "suppression", "settings", "clients", "chore", "totals", "stream"]
            .into_iter()
            .find(|known| *known == name)
            .unwrap_or_else(|| panic!("an item of a new kind: {pk}, {sk}")),
    }
}

/// The form of items: each attribute's place and type, `recipient.events.*.at: N`.
pub(super) fn forms(items: &[Value]) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for item in items {
        add(&mut forms, kind(item), &json!({ "M": item }));
    }
    forms
}

fn add(forms: &mut BTreeSet<String>, place: &str, value: &Value) {
    let (name, value) = value.as_object().unwrap().iter().next().unwrap();
    forms.insert(format!("{place}: {name}"));
    match name.as_str() {
        "M" => {
            for (name, value) in value.as_object().unwrap() {
                add(forms, &format!("{place}.{}", named(place, name)), value);
            }
        }
        "L" => value.as_array().unwrap().iter().for_each(|value| add(forms, &format!("{place}[]"), value)),
        _ => {}
    }
}

/// A name without what is not the same in all items: ids, addresses, classes of programs, statuses.
fn named(place: &str, name: &str) -> String {
    let of_class = Regex::new("^(opens|clicks)_(count|first|last)_.+$").unwrap();
    let is_key = ["pk", "sk", "expires_at"].contains(&name);
    match place {
        "recipient.events" | "recent.addresses" => "*".to_owned(),
        "totals" | "waiting" if !is_key => "*".to_owned(),
        "recipient" => of_class.replace(name, "${1}_${2}_*").into_owned(),
        _ => name.to_owned(),
    }
}
