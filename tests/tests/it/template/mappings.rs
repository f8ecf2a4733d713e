//! The ways from the stream and the queue to a function: who reads what, how often it is tried, and what becomes of the
//! rest.

use serde_json::json;
use tests::template::{Template, fields, list, text};

use super::{differences, unless};

/// How many attempts a record of the stream may hold up its shard with.
const MOST_RETRIES: [(&str, u64); 2] = [
    // `watch` finds in the table whom `send` has given up.
    ("SendFromStream", 10),
    // Nobody counts what `follow` has given up, until somebody asks for it; and it holds up no e-mail.
    ("FollowFromStream", 30),
];
/// The longest batching window. A recount looks twice, half a minute more than this apart, and `follow` takes no pause of more
/// than two minutes; Lambda itself would wait for five.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html>
const LONGEST_WINDOW_SECONDS: u64 = 60;
/// The most processes that should read a shard of a stream at a time.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html>
const MOST_READERS: usize = 2;

/// What is wrong with the mappings.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let mappings = template.of_type("AWS::Lambda::EventSourceMapping");
    let found = mappings.map(|(id, one)| {
        let (source, function) = (text(&one["EventSourceArn"]), text(&one["FunctionName"]));
        format!("{id} from {source} to {function}")
    });
    let wanted = [
        "SendFromStream from ${Table.StreamArn} to ${SendFunction}",
        "FollowFromStream from ${Table.StreamArn} to ${FollowFunction}",
        "RecordFromQueue from ${EventQueue.Arn} to ${RecordFunction}",
    ];
    let mut wrong = differences("mappings", &found.collect(), &wanted.map(str::to_owned).into());
    for (id, mapping) in template.of_type("AWS::Lambda::EventSourceMapping") {
        let partial = mapping["FunctionResponseTypes"] == json!(["ReportBatchItemFailures"]);
        wrong.extend(unless(partial, || format!("{id} tries a whole batch again where one record failed")));
        let on = mapping["Enabled"].is_null() || mapping["Enabled"] == true;
        wrong.extend(unless(on, || format!("{id} is switched off")));
    }
    wrong.extend(MOST_RETRIES.iter().flat_map(|(id, retries)| of_stream(template, id, *retries)));
    wrong.extend(unless(MOST_RETRIES.len() <= MOST_READERS, || {
        "the stream has more readers than its shards serve".to_owned()
    }));
    wrong.extend(in_windows(template));
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

fn of_stream(template: &Template, id: &str, most_retries: u64) -> Vec<String> {
    let mapping = template.properties(id);
    let number = |name: &str| template.number(&mapping[name]);
    let retries = number("MaximumRetryAttempts");
    let rules = [
        (mapping["StartingPosition"] == "TRIM_HORIZON", "passes over what was submitted before it was there"),
        (mapping["BisectBatchOnFunctionError"] == true, "does not part a failing batch"),
        ((Some(1)..=Some(most_retries)).contains(&retries), "holds up its shard by retries, or has none"),
        (number("MaximumRecordAgeInSeconds").is_some(), "tells no age at which a record is given up"),
        (!mapping["DestinationConfig"]["OnFailure"]["Destination"].is_null(), "tells nobody what it gave up"),
        (list(&mapping["FilterCriteria"]["Filters"]).count() == 1, "has not one filter"),
    ];
    rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("{id} {sentence}"))).collect()
}

/// What counting once stands on: `follow` knows how far a shard has been counted, so it has to be told which shard a
/// batch is of, which only events of windows do, and to get a shard's batches one at a time.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html>
fn in_windows(template: &Template) -> Vec<String> {
    let mapping = template.properties("FollowFromStream");
    let number = |name: &str| template.number(&mapping[name]);
    let wait = template.0["Parameters"][mapping["MaximumBatchingWindowInSeconds"]["!Ref"].as_str().unwrap_or_default()]
        ["MaxValue"]
        .as_u64();
    let rules = [
        (number("TumblingWindowInSeconds") >= Some(1), "is not told the shard: Lambda names it in windows only"),
        (number("ParallelizationFactor") == Some(1), "gets batches of a shard side by side"),
        (
            wait.is_some_and(|longest| longest <= LONGEST_WINDOW_SECONDS),
            "may wait longer for a batch than a recount for it",
        ),
    ];
    rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("FollowFromStream {sentence}"))).collect()
}
