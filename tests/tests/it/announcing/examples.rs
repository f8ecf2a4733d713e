//! The examples of `infra/events/examples/`: their rules hear what they are for, and name only what there is.

use local::Pattern;
use serde_json::{Value, json};
use tests::template::{Template, fields, list};
use tests::workspace;

use super::schema::schema;

const ACCOUNT: &str = "123456789012";

/// Each example with the sent statuses that its rule is for.
const EXAMPLES: [(&str, &[&str]); 4] = [
    ("mail", &["rejected"]),
    ("queue", &["rejected", "delayed", "marked_spam", "opened"]),
    ("signed-webhook", &["rejected", "delayed", "marked_spam"]),
    ("webhook", &["queued", "sent", "rejected", "delayed", "marked_spam", "opened"]),
];

/// The example with its parameters filled in.
fn example(name: &str) -> Template {
    let text = workspace::read(&format!("infra/events/examples/{name}.yaml"));
    let text = text.replace("!Ref AWS::AccountId", &format!("{ACCOUNT:?}")).replace("!Ref Firm", "roe");
    Template(serde_json::to_value(serde_yaml_ng::from_str::<serde_yaml_ng::Value>(&text).unwrap()).unwrap())
}

/// An event as EventBridge hands it to rules.
fn event(status: &str) -> Value {
    let mut detail = schema()["examples"][1].clone();
    detail["new_sent_status"] = json!(status);
    json!({
        "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "account": ACCOUNT, "region": "eu-central-1",
        "detail-type": "Invoice Email Status Changed", "source": "invoice-email-tracking",
        "time": "2026-11-21T23:05:02Z", "resources": [], "detail": detail,
    })
}

#[test]
fn there_are_no_others() {
    let folder = std::fs::read_dir(workspace::root().join("infra/events/examples")).unwrap();
    let mut names: Vec<String> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, EXAMPLES.map(|(name, _)| format!("{name}.yaml")));
    let runbook = workspace::read("infra/README.md");
    for name in names {
        assert!(runbook.contains(&format!("events/examples/{name}")), "{name} is not in the runbook");
    }
}

#[test]
fn each_rule_hears_what_it_is_for() {
    for (name, statuses) in EXAMPLES {
        let example = example(name);
        let rules: Vec<&Value> = example.of_type("AWS::Events::Rule").map(|(_, rule)| rule).collect();
        let [rule] = rules[..] else { panic!("{name} has {} rules", rules.len()) };
        let pattern = Pattern::parse(&rule["EventPattern"].to_string()).unwrap();
        for status in ["queued", "sent", "rejected", "delayed", "marked_spam", "opened"] {
            assert_eq!(pattern.matches(&event(status)), statuses.contains(&status), "{name}: {status}");
        }
        let heard = event(statuses[0]);
        for (field, other) in [
            ("account", json!("210987654321")),
            ("source", json!("billing.portal")),
            ("detail-type", json!("Invoice Finalized")),
        ] {
            let mut another = heard.clone();
            another[field] = other;
            assert!(!pattern.matches(&another), "{name}: another {field}");
        }
        let mut later = heard.clone();
        later["detail"]["version"] = json!("2");
        assert!(!pattern.matches(&later), "{name}: another version");
    }
}

#[test]
fn nobody_is_mailed_about_what_was_sent_again_in_its_place() {
    let example = example("mail");
    let (_, rule) = example.of_type("AWS::Events::Rule").next().unwrap();
    let pattern = Pattern::parse(&rule["EventPattern"].to_string()).unwrap();
    let mut event = event("rejected");
    for (reason_code, mailed) in [("bounced", true), ("gave_up", true), ("superseded", false)] {
        event["detail"]["reason_code"] = json!(reason_code);
        assert_eq!(pattern.matches(&event), mailed, "{reason_code}");
    }
}

#[test]
fn what_they_show_of_an_event_is_in_it() {
    let schema = schema();
    let mut shown = 0;
    for (name, _) in EXAMPLES {
        let example = example(name);
        let targets = example.of_type("AWS::Events::Rule").flat_map(|(_, rule)| list(&rule["Targets"]));
        for target in targets {
            let paths: Vec<_> = fields(&target["InputTransformer"]["InputPathsMap"]).collect();
            let headers = fields(&target["HttpParameters"]["HeaderParameters"]);
            for (_, path) in paths.iter().copied().chain(headers) {
                let field = path.as_str().unwrap().strip_prefix("$.detail.").unwrap();
                assert!(!schema["properties"][field].is_null(), "{name} shows {field}");
                shown += 1;
            }
            let text = target["InputTransformer"]["InputTemplate"].as_str().unwrap_or_default();
            for (name_in_text, _) in paths {
                assert!(text.contains(&format!("<{name_in_text}>")), "{name} says nothing of {name_in_text}");
            }
        }
    }
    assert!(shown > 5);
}
