//! The ways from the stream and the queue to a function: who reads what, how often it is tried, and what becomes of the
//! rest.

use serde_json::{Value, json};
use tests::template::{Template, fields, list, text};

use super::{differences, unless};

/// How many attempts a record of the stream may hold up its shard with.
const MOST_RETRIES: u64 = 10;

/// What is wrong with the mappings.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let mappings = template.of_type("AWS::Lambda::EventSourceMapping");
    let found = mappings.map(|(id, one)| {
        let (source, function) = (text(&one["EventSourceArn"]), text(&one["FunctionName"]));
        format!("{id} from {source} to {function}")
    });
    let wanted = [
        "SendFromStream from ${Table.StreamArn} to ${SendFunction}",
        "RecordFromQueue from ${EventQueue.Arn} to ${RecordFunction}",
    ];
    let mut wrong = differences("mappings", &found.collect(), &wanted.map(str::to_owned).into());
    for (id, mapping) in template.of_type("AWS::Lambda::EventSourceMapping") {
        let partial = mapping["FunctionResponseTypes"] == json!(["ReportBatchItemFailures"]);
        wrong.extend(unless(partial, || format!("{id} tries a whole batch again where one record failed")));
        let on = mapping["Enabled"].is_null() || mapping["Enabled"] == true;
        wrong.extend(unless(on, || format!("{id} is switched off")));
    }
    wrong.extend(of_stream(template, template.properties("SendFromStream")));
    let filtered = !template.properties("RecordFromQueue")["FilterCriteria"].is_null();
    wrong.extend(unless(!filtered, || "RecordFromQueue deletes events unread, by a filter".to_owned()));
    for (id, function) in template.of_type("AWS::Serverless::Function") {
        let beside = fields(&function["Events"]).filter(|(_, event)| {
            !["HttpApi", "EventBridgeRule", "Schedule"].map(|kind| event["Type"] == kind).contains(&true)
        });
        wrong.extend(beside.map(|(name, _)| format!("{id} has the event {name}, for which SAM adds a managed policy")));
    }
    wrong
}

fn of_stream(template: &Template, mapping: &Value) -> Vec<String> {
    let id = "SendFromStream";
    let number = |name: &str| template.number(&mapping[name]);
    let retries = number("MaximumRetryAttempts");
    let rules = [
        (mapping["StartingPosition"] == "TRIM_HORIZON", "passes over what was submitted before it was there"),
        (mapping["BisectBatchOnFunctionError"] == true, "does not part a failing batch"),
        ((Some(1)..=Some(MOST_RETRIES)).contains(&retries), "holds up its shard by retries, or has none"),
        (number("MaximumRecordAgeInSeconds").is_some(), "tells no age at which a record is given up"),
        (!mapping["DestinationConfig"]["OnFailure"]["Destination"].is_null(), "tells nobody what it gave up"),
        (list(&mapping["FilterCriteria"]["Filters"]).count() == 1, "has not one filter"),
    ];
    rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("{id} {sentence}"))).collect()
}
