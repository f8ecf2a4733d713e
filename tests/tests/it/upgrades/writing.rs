//! Today's writers against the fixtures: what they write has a form that one of them knows.

use std::collections::BTreeSet;

use domain::event::{DropCause, EventKind, UnsubscribedBy};
use lambda::Environment;
use serde_json::json;

use super::fixture::{self, ALL, forms};
use super::journeys;

/// The variable that names a fixture to be written.
const WRITE_FIXTURE: &str = "WRITE_FIXTURE";

#[tokio::test]
async fn todays_functions_write_nothing_that_no_fixture_knows() {
    let items = journeys::lived_through().await.cloud.items().await;
    if let Some(name) = Environment::process().optional(WRITE_FIXTURE) {
        return fixture::write(&name, &items);
    }
    let known: BTreeSet<String> = ALL.iter().flat_map(|name| forms(&fixture::items(name))).collect();
    let today = forms(&items);
    let new: Vec<_> = today.difference(&known).collect();
    assert!(new.is_empty(), "write a new fixture (see mod.rs); these have no place in any: {new:#?}");
}

#[test]
fn a_new_attribute_is_named_wherever_it_stands() {
    let known = fixture::items(ALL[ALL.len() - 1]);
    let mut items = known.clone();
    for item in items.iter_mut().filter(|item| item["events"]["M"].is_object()) {
        item["novelty"] = json!({ "BOOL": true });
        for event in item["events"]["M"].as_object_mut().unwrap().values_mut() {
            event["M"]["at"] = json!({ "S": "now" });
        }
    }
    let (known, today) = (forms(&known), forms(&items));
    assert_eq!(today.difference(&known).collect::<Vec<_>>(), ["recipient.events.*.at: S", "recipient.novelty: BOOL"]);
}

/// Every kind of event, and every cause: who adds one finds no place for it here, and adds it to the journeys, too.
#[test]
fn the_newest_fixture_has_every_kind_of_event() {
    let text = serde_json::Value::from(fixture::items(ALL[ALL.len() - 1])).to_string();
    let kind_of = |kind: &EventKind| match kind {
        EventKind::Processed
        | EventKind::Dropped { .. }
        | EventKind::Deferred { .. }
        | EventKind::Bounce(_)
        | EventKind::Delivered { .. }
        | EventKind::Complained { .. }
        | EventKind::Unsubscribed { .. }
        | EventKind::Unknown { .. } => format!("\"kind\":{{\"S\":\"{}\"}}", kind.name()),
    };
    let cause_of = |cause: &DropCause| match cause {
        DropCause::Suppressed(_)
        | DropCause::SuppressedBySes(_)
        | DropCause::Refused(_)
        | DropCause::Rejected(_)
        | DropCause::RenderingFailure
        | DropCause::GaveUp
        | DropCause::Superseded => format!("\"cause\":{{\"S\":\"{}\"}}", cause.parts().0),
    };
    let none = String::new;
    let kinds = [
        EventKind::Processed,
        EventKind::Dropped { cause: DropCause::GaveUp, detail: None },
        EventKind::Deferred { delay_type: none(), until: None, detail: None },
        EventKind::Delivered { detail: None },
        EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None },
        EventKind::Unsubscribed { by: UnsubscribedBy::Link },
        EventKind::Unknown { name: none(), raw: none() },
    ];
    let causes = [
        DropCause::Suppressed(domain::event::SuppressionReason::Bounced),
        DropCause::Refused(none()),
        DropCause::Rejected(none()),
        DropCause::RenderingFailure,
        DropCause::GaveUp,
        DropCause::Superseded,
    ];
    let others = ["Permanent", "Transient", "Undetermined"].map(|kind| format!("\"bounce_type\":{{\"S\":\"{kind}\"}}"));
    let wanted = kinds.iter().map(kind_of).chain(causes.iter().map(cause_of)).chain(others);
    let missing: Vec<_> = wanted.filter(|wanted| !text.contains(wanted)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn fixtures_differ_in_form() {
    let [first, last] = [ALL[0], ALL[ALL.len() - 1]].map(|name| forms(&fixture::items(name)));
    let new: Vec<_> = last.difference(&first).filter(|form| form.starts_with("recipient.")).collect();
    let has = |name: &str| new.iter().any(|form| form.starts_with(&format!("recipient.{name}:")));
    for name in ["address_pk", "client_pk", "rare_pk", "message_sha256", "outcome", "events.*.source"] {
        assert!(has(name), "{name} is no newer than the first fixture: {new:#?}");
    }
}
