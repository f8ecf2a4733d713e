//! Logs and alarms: what happens is kept, and what goes wrong is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;
use tests::template::{Template, fields, id, list, resource, text};
use tests::workspace;

use super::{differences, queues, unless};

/// The namespace of the metrics that functions write.
pub(super) const NAMESPACE: &str = lambda::metric::NAMESPACE;

/// What a metric without a dimension is of.
const ACCOUNT: &str = "the account";

/// Whether a function's code counts under the name of a metric.
pub(super) fn counts(function_id: &str, metric: &str) -> bool {
    static NAMES: OnceLock<BTreeMap<String, BTreeSet<String>>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let of = |function: String| (id(&function, "Function"), workspace::metrics(&function));
        workspace::functions().into_iter().map(of).collect()
    });
    names.get(function_id).is_some_and(|names| names.contains(metric))
}

/// What is wrong with logs and alarms.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let functions = workspace::functions();
    let logs: BTreeSet<String> = template.of_type("AWS::Logs::LogGroup").map(|(id, _)| id.to_owned()).collect();
    let wanted = functions.iter().map(|function| id(function, "Log")).chain(["ApiLog".to_owned()]).collect();
    let mut found = differences("logs", &logs, &wanted);
    for (id, log) in template.of_type("AWS::Logs::LogGroup") {
        let kept = text(&log["RetentionInDays"]) == "${LogRetentionDays}";
        found.extend(unless(kept, || format!("{id} is not kept for LogRetentionDays")));
    }
    for function in &functions {
        let (function_id, log_id) = (id(function, "Function"), id(function, "Log"));
        let logging = &template.properties(&function_id)["LoggingConfig"];
        let own = text(&logging["LogGroup"]) == format!("${{{log_id}}}") && logging["LogFormat"] == "JSON";
        found.extend(unless(own, || format!("{function_id} does not log to {log_id} as JSON")));
    }
    let access = text(&template.properties("Api")["AccessLogSettings"]["DestinationArn"]);
    found.extend(unless(access == "${ApiLog.Arn}", || "Api does not log to ApiLog".to_owned()));
    found.extend(template.of_type("AWS::CloudWatch::Alarm").flat_map(|(id, alarm)| of_alarm(template, id, alarm)));
    found.extend(coverage(template));
    found
}

/// A metric that an alarm looks at.
struct Metric<'a> {
    namespace: &'a Value,
    name: &'a Value,
    dimension: &'a Value,
    /// The value of its dimension.
    of: String,
}

impl<'a> Metric<'a> {
    fn read(metric: &'a Value) -> Self {
        let dimension = &metric["Dimensions"][0];
        let of = if dimension.is_null() { ACCOUNT.to_owned() } else { text(&dimension["Value"]) };
        let (namespace, name) = (&metric["Namespace"], &metric["MetricName"]);
        Self { namespace, name, dimension: &dimension["Name"], of }
    }
}

fn metrics(alarm: &Value) -> Vec<Metric<'_>> {
    let inner = list(&alarm["Metrics"]).map(|one| &one["MetricStat"]["Metric"]).filter(|one| !one.is_null());
    let all = inner.chain((!alarm["MetricName"].is_null()).then_some(alarm));
    all.map(Metric::read).collect()
}

/// Who counts nothing writes no metric: that is as well as can be. What has to happen all the time is another matter,
/// and SES judges no account that sends nothing: what it said last stands.
fn what_silence_means(alarm: &Value) -> &'static str {
    match (&alarm["Namespace"], &alarm["ComparisonOperator"]) {
        (namespace, _) if namespace == "AWS/SES" => "ignore",
        (_, operator) if operator == "LessThanThreshold" => "breaching",
        _ => "notBreaching",
    }
}

fn of_alarm(template: &Template, id: &str, alarm: &Value) -> Vec<String> {
    let notifies = |when: &str| list(&alarm[when]).map(text).collect::<Vec<_>>() == ["${AlarmTopic}"];
    let silence = what_silence_means(alarm);
    let mut rules = vec![
        (notifies("AlarmActions"), "notifies nobody".to_owned()),
        (notifies("OKActions"), "does not say when all is well again".to_owned()),
        (alarm["ActionsEnabled"] != false, "is switched off".to_owned()),
        (alarm["AlarmDescription"].is_string(), "does not say what happened".to_owned()),
        (alarm["TreatMissingData"] == silence, format!("does not take silence as {silence}")),
        (!metrics(alarm).is_empty(), "looks at nothing".to_owned()),
    ];
    for Metric { namespace, name, dimension, of } in metrics(alarm) {
        let on = resource(&of);
        let there = !template.0["Resources"][on].is_null() || (namespace == "AWS/SES" && of == ACCOUNT);
        rules.push((there, format!("looks at {of}, which is not there")));
        let counted = dimension == lambda::metric::DIMENSION && counts(on, name.as_str().unwrap_or_default());
        rules.push((
            namespace != NAMESPACE || counted,
            format!("looks at {name} by {dimension}, which {on} never tells"),
        ));
    }
    rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("{id} {sentence}"))).collect()
}

/// What must not go unnoticed has an alarm: errors and throttles of each function, age on all three ways, reputation, the
/// API, mails that SES does not take and mails of which nothing is heard, readers who are not recorded, and `watch`
/// itself. Dead letters are seen to in `queues`.
fn coverage(template: &Template) -> Vec<String> {
    let alarms = template.of_type("AWS::CloudWatch::Alarm").flat_map(|(_, alarm)| metrics(alarm));
    let watched: BTreeSet<String> =
        alarms.map(|metric| format!("{} {} of {}", text(metric.namespace), text(metric.name), metric.of)).collect();
    let functions = template.of_type("AWS::Serverless::Function").map(|(id, _)| id);
    let of_functions =
        functions.flat_map(|id| ["Errors", "Throttles"].map(|metric| format!("AWS/Lambda {metric} of ${{{id}}}")));
    // At a month's end `send` waits for its turn, as it should; the age of the stream tells if it takes too long.
    let of_functions = of_functions.filter(|one| one != "AWS/Lambda Throttles of ${SendFunction}");
    let others = [
        "AWS/SQS ApproximateAgeOfOldestMessage of ${EventQueue.QueueName}",
        "AWS/Lambda IteratorAge of ${SendFunction}",
        "AWS/Lambda IteratorAge of ${FollowFunction}",
        "AWS/Lambda Duration of ${TrackFunction}",
        "AWS/SES Reputation.BounceRate of the account",
        "AWS/SES Reputation.ComplaintRate of the account",
        "AWS/ApiGateway 5xx of ${Api}",
        "AWS/Lambda Invocations of ${WatchFunction}",
        "InvoiceEmailTracking Refused of ${SendFunction}",
        "InvoiceEmailTracking Postponed of ${SendFunction}",
        "InvoiceEmailTracking NotRecorded of ${TrackFunction}",
        "InvoiceEmailTracking InvalidTokens of ${TrackFunction}",
        "InvoiceEmailTracking InvalidTokens of ${PortalFunction}",
        "InvoiceEmailTracking Redriven of ${WatchFunction}",
        "InvoiceEmailTracking SentWithoutEvents of ${WatchFunction}",
    ];
    let wanted = of_functions.chain(others.map(str::to_owned));
    let mut found: Vec<String> =
        wanted.filter(|one| !watched.contains(one)).map(|one| format!("no alarm looks at {one}")).collect();
    let subscribed = template.of_type("AWS::SNS::Subscription");
    let mut subscribed = subscribed.filter(|(_, one)| text(&one["TopicArn"]) == "${AlarmTopic}");
    found
        .extend(unless(subscribed.next().is_some(), || "nobody can subscribe to AlarmTopic by a parameter".to_owned()));
    let outputs: Vec<String> = fields(&template.0["Outputs"]).map(|(_, output)| text(&output["Value"])).collect();
    let told = outputs.contains(&"${AlarmTopic}".to_owned());
    found.extend(unless(told, || "no output tells where AlarmTopic is".to_owned()));
    let untold = queues::dead_letter_queues(template).into_iter().filter(|id| !outputs.contains(&format!("${{{id}}}")));
    found.extend(untold.map(|id| format!("no output tells the URL of {id}, by which its letters are read")));
    found
}
