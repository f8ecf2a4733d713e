//! `infra/template.yaml`, held against the code and against what an operator relies on.
//!
//! Each theme reads the template as data and says in a sentence what is wrong. `breaks` then breaks the template on
//! purpose, one thing at a time, and asks that a sentence names it.

mod breaks;
mod bus;
mod code;
mod dashboard;
mod data;
mod filter;
mod mappings;
mod operations;
mod parameters;
mod privileges;
mod queues;
mod readmes;
mod records;
mod rights;
mod senders;
mod variables;

use std::collections::BTreeSet;

use tests::template::Template;

use self::records::Written;

/// All that is wrong with a template; `written` is what the code writes to the table, as its stream shows it.
fn findings(template: &Template, written: &[Written]) -> Vec<String> {
    let alone = [
        privileges::findings,
        queues::findings,
        senders::findings,
        mappings::findings,
        bus::findings,
        code::findings,
        variables::findings,
        readmes::findings,
        operations::findings,
        dashboard::findings,
        parameters::findings,
    ];
    let with_records = [filter::findings, data::findings];
    let alone = alone.into_iter().flat_map(|of_theme| of_theme(template));
    alone.chain(with_records.into_iter().flat_map(|of_theme| of_theme(template, written))).collect()
}

/// The sentence, unless all is well.
fn unless(holds: bool, sentence: impl FnOnce() -> String) -> Option<String> {
    (!holds).then(sentence)
}

/// What one set lacks and what it has too much.
fn differences(what: &str, found: &BTreeSet<String>, wanted: &BTreeSet<String>) -> Vec<String> {
    let lacking = wanted.difference(found).map(|one| format!("{what}: {one} is missing"));
    let excess = found.difference(wanted).map(|one| format!("{what}: nothing asks for {one}"));
    lacking.chain(excess).collect()
}

#[tokio::test]
async fn nothing_is_wrong_with_the_template() {
    assert_eq!(findings(&Template::read(), &records::all().await), [] as [String; 0]);
}
