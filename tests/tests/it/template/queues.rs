//! Queues and topics: what waits in them is encrypted, kept long enough, and missed by somebody when it fails; and each
//! source has somewhere to put what it gives up.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::template::{Template, fields, resource, text};

use super::unless;

/// The most that SQS keeps a message.
const FOURTEEN_DAYS_SECONDS: u64 = 14 * 24 * 60 * 60;
/// What AWS asks of the source queue of a mapping.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
const TIMEOUTS_HIDDEN: u64 = 6;
const FEWEST_RECEIVES: u64 = 5;

/// What gives up, and the queue that it then puts things into, if it has one.
pub(super) fn ways_out(template: &Template) -> Vec<(String, Option<String>)> {
    let mut ways = Vec::new();
    let mut add = |source: String, target: &Value| {
        ways.push((source, (!target.is_null()).then(|| resource(&text(target)).to_owned())));
    };
    for (id, subscription) in template.of_type("AWS::SNS::Subscription").filter(|(_, one)| one["Protocol"] == "sqs") {
        add(format!("the subscription {id}"), &subscription["RedrivePolicy"]["deadLetterTargetArn"]);
    }
    for (id, mapping) in template.of_type("AWS::Lambda::EventSourceMapping") {
        let source = resource(&text(&mapping["EventSourceArn"])).to_owned();
        if template.0["Resources"][&source]["Type"] == "AWS::SQS::Queue" {
            let redrive = &template.properties(&source)["RedrivePolicy"];
            add(format!("the queue {source}"), &redrive["deadLetterTargetArn"]);
        } else {
            add(format!("the mapping {id}"), &mapping["DestinationConfig"]["OnFailure"]["Destination"]);
        }
    }
    for (id, function) in template.of_type("AWS::Serverless::Function") {
        let rules = || fields(&function["Events"]).filter(|(_, event)| event["Type"] != "HttpApi");
        for (name, rule) in rules() {
            add(format!("the rule {name} of {id}"), &rule["Properties"]["DeadLetterConfig"]["Arn"]);
        }
        // Whatever a rule hands over is an asynchronous invocation.
        if rules().count() > 0 {
            add(
                format!("the function {id}"),
                &function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"],
            );
        }
    }
    ways
}

/// The queues that things are put into when they are given up.
pub(super) fn dead_letter_queues(template: &Template) -> BTreeSet<String> {
    ways_out(template).into_iter().filter_map(|(_, target)| target).collect()
}

/// What is wrong with queues and topics.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let mut found = Vec::new();
    let queues: BTreeSet<String> = template.of_type("AWS::SQS::Queue").map(|(id, _)| id.to_owned()).collect();
    let dead_letters = dead_letter_queues(template);
    for (source, target) in ways_out(template) {
        let there = target.is_some_and(|target| queues.contains(&target));
        found.extend(unless(there, || format!("what {source} gives up is lost: it has no dead-letter queue")));
    }
    for (id, queue) in template.of_type("AWS::SQS::Queue") {
        let encrypted = !queue["KmsMasterKeyId"].is_null() || queue["SqsManagedSseEnabled"] == true;
        found.extend(unless(encrypted, || format!("what waits in {id} is not encrypted")));
        if dead_letters.contains(id) {
            found.extend(of_dead_letters(template, id, queue));
        } else {
            let fed = template.of_type("AWS::Lambda::EventSourceMapping");
            let fed: Vec<&Value> =
                fed.filter(|(_, one)| resource(&text(&one["EventSourceArn"])) == id).map(|(_, one)| one).collect();
            found.extend(unless(!fed.is_empty(), || format!("nothing reads {id}, and it holds no dead letters")));
            found.extend(fed.into_iter().flat_map(|mapping| of_source(template, id, queue, mapping)));
        }
    }
    for (id, topic) in template.of_type("AWS::SNS::Topic") {
        found.extend(unless(!topic["KmsMasterKeyId"].is_null(), || format!("what passes {id} is not encrypted")));
        found.extend(unless(topic["FifoTopic"].is_null(), || format!("SES does not publish to {id}, a FIFO topic")));
    }
    for (id, subscription) in template.of_type("AWS::SNS::Subscription").filter(|(_, one)| one["Protocol"] == "sqs") {
        let plain = fields(subscription).all(|(name, _)| name != "FilterPolicy");
        found.extend(unless(plain, || format!("{id} leaves events out")));
    }
    found
}

fn of_dead_letters(template: &Template, id: &str, queue: &Value) -> Vec<String> {
    let long = template.number(&queue["MessageRetentionPeriod"]) == Some(FOURTEEN_DAYS_SECONDS);
    let mut found: Vec<String> =
        unless(long, || format!("{id} does not keep its letters for 14 days")).into_iter().collect();
    let depth = json!({
        "Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{ "Name": "QueueName", "Value": { "!GetAtt": format!("{id}.QueueName") } }],
        "Statistic": "Maximum", "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1,
    });
    let mut alarms = template.of_type("AWS::CloudWatch::Alarm");
    let told = alarms.any(|(_, alarm)| fields(&depth).all(|(name, value)| alarm[name] == *value));
    found.extend(unless(told, || format!("no alarm tells that something lies in {id}")));
    found
}

/// A queue that a function reads: hidden long enough to be worked on, and tried often enough.
fn of_source(template: &Template, id: &str, queue: &Value, mapping: &Value) -> Vec<String> {
    let function = resource(&text(&mapping["FunctionName"])).to_owned();
    let timeout = template.number(&template.properties(&function)["Timeout"]);
    let hidden = template.number(&queue["VisibilityTimeout"]);
    let receives = template.number(&queue["RedrivePolicy"]["maxReceiveCount"]);
    let long = timeout.is_some_and(|timeout| hidden >= Some(TIMEOUTS_HIDDEN * timeout));
    let often = receives >= Some(FEWEST_RECEIVES);
    let hidden = unless(long, || format!("{id} shows a message again before {function} may have ended with it"));
    hidden
        .into_iter()
        .chain(unless(often, || format!("{id} gives up after fewer than {FEWEST_RECEIVES} attempts")))
        .collect()
}
