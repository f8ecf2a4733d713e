//! The template broken on purpose, one thing at a time. Each time one of the checks has to say so, by name.

use serde_json::{Value, json};
use tests::template::{Template, fields, id, list};
use tests::workspace;

use super::{findings, queues, records, variables};

/// A broken template.
struct Break {
    what: String,
    /// What a finding has to name.
    names: String,
    template: Template,
}

/// Taken away: nothing of this may be missing, and the sentence names the resource.
const NEEDED: &[&str] = &[
    "Table/DeletionPolicy",
    "Table/UpdateReplacePolicy",
    "Table/Properties/DeletionProtectionEnabled",
    "Table/Properties/PointInTimeRecoverySpecification",
    "Table/Properties/SSESpecification",
    "Table/Properties/StreamSpecification",
    "Table/Properties/TimeToLiveSpecification",
    "Table/Properties/TimeToLiveSpecification/AttributeName",
    "Table/Properties/KeySchema",
    "Table/Properties/KeySchema/0/AttributeName",
    "SendFromStream",
    "SendFromStream/Properties/StartingPosition",
    "SendFromStream/Properties/FilterCriteria",
    "SendFromStream/Properties/BisectBatchOnFunctionError",
    "SendFromStream/Properties/MaximumRetryAttempts",
    "SendFromStream/Properties/MaximumRecordAgeInSeconds",
    "SendFromStream/Properties/DestinationConfig",
    "FollowFromStream",
    "FollowFromStream/Properties/StartingPosition",
    "FollowFromStream/Properties/TumblingWindowInSeconds",
    "FollowFromStream/Properties/ParallelizationFactor",
    "FollowFromStream/Properties/MaximumBatchingWindowInSeconds",
    "FollowFromStream/Properties/FilterCriteria",
    "FollowFromStream/Properties/BisectBatchOnFunctionError",
    "FollowFromStream/Properties/MaximumRetryAttempts",
    "FollowFromStream/Properties/MaximumRecordAgeInSeconds",
    "FollowFromStream/Properties/DestinationConfig",
    "FollowRole/Properties/Policies/0/PolicyDocument/Statement/2/Condition",
    "FollowRole/Properties/Policies/0/PolicyDocument/Statement/2/Condition/ForAllValues:StringEquals/events:source",
    "FollowRole/Properties/Policies/0/PolicyDocument/Statement/2/Condition/ForAllValues:StringEquals/events:detail-type",
    "FollowAgeAlarm",
    "BusExists",
    "BusExists/Properties/EventBusName",
    "BusExists/Properties/EventPattern",
    "BusExists/Properties/State",
    "RecordFromQueue",
    "EventQueue/Properties/RedrivePolicy",
    "EventQueue/Properties/VisibilityTimeout",
    "EventQueue/Properties/KmsMasterKeyId",
    "EventSubscription/Properties/RedrivePolicy",
    "EventTopic/Properties/KmsMasterKeyId",
    "AlarmTopic/Properties/KmsMasterKeyId",
    "EventTopicPolicy",
    "AlarmTopicPolicy",
    "MessageKey/Properties/EnableKeyRotation",
    "MessageKey/Properties/KeyPolicy/Statement/2/Condition",
    "MessageKey/Properties/KeyPolicy/Statement/3/Condition",
    "SubmitFunction/Properties/EventInvokeConfig/DestinationConfig",
    "SubmitFunction/Properties/Events/InvoiceFinalized/Properties/DeadLetterConfig",
    "SubmitFunction/Properties/Events/InvoiceFinalized/Properties/Pattern/account",
    "WatchFunction/Properties/EventInvokeConfig/DestinationConfig",
    "WatchFunction/Properties/Events/EveryFiveMinutes/Properties/DeadLetterConfig",
    "SendFunction/Properties/KmsKeyArn",
    "SettingsFunction/Properties/KmsKeyArn",
    "ConfigurationSet/Properties/VdmOptions",
    "ConfigurationSet/Properties/DeliveryOptions",
    "SesEvents/Properties/EventDestination/MatchingEventTypes/2",
    "Api/Properties/AccessLogSettings",
];

/// Set to something wrong.
fn wrong_values() -> Vec<(&'static str, Value)> {
    let filter = |attribute: &str| {
        let pattern = json!({ "eventName": ["INSERT", "MODIFY"], "dynamodb": { "NewImage": { attribute: { "N": [{ "exists": true }] } } } });
        json!(pattern.to_string())
    };
    let only_inserted = r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"drive":{"N":[{"exists":true}]}}}}"#;
    let pattern = "SendFromStream/Properties/FilterCriteria/Filters/0/Pattern";
    let followed = "FollowFromStream/Properties/FilterCriteria/Filters/0/Pattern";
    vec![
        (pattern, filter("drives")),
        (pattern, filter("attempts")),
        (pattern, filter("due_at")),
        (pattern, json!(only_inserted)),
        (pattern, json!("{}")),
        ("SendFromStream/Properties/StartingPosition", json!("LATEST")),
        (followed, json!("{}")),
        (followed, json!(r#"{"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"sent#"}]}}}}"#)),
        (followed, json!(r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"sk":{"S":[{"prefix":"send#"}]}}}}"#)),
        (followed, json!(r#"{"dynamodb":{"NewImage":{"sk":{"S":[{"prefix":"send#"}]}}}}"#)),
        (followed, filter("drive")),
        ("FollowFromStream/Properties/StartingPosition", json!("LATEST")),
        ("FollowFromStream/Properties/TumblingWindowInSeconds", json!(0)),
        ("FollowFromStream/Properties/ParallelizationFactor", json!(2)),
        ("FollowFromStream/Properties/MaximumRetryAttempts", json!(-1)),
        ("FollowFromStream/Properties/MaximumRetryAttempts", json!(10000)),
        ("FollowFromStream/Properties/BisectBatchOnFunctionError", json!(false)),
        ("FollowFromStream/Properties/FunctionName", json!({ "!Ref": "SendFunction" })),
        (
            "FollowRole/Properties/Policies/0/PolicyDocument/Statement/2/Condition",
            json!({ "StringLike": { "events:source": "*" } }),
        ),
        ("BusExists/Properties/EventBusName", json!("default")),
        ("BusExists/Properties/Targets", json!([{ "Id": "somebody", "Arn": { "!Ref": "AlarmTopic" } }])),
        ("BusExists/Condition", json!("HasTrackingDomain")),
        ("SendFromStream/Properties/EventSourceArn", json!({ "!GetAtt": "EventQueue.Arn" })),
        ("Table/Properties/StreamSpecification/StreamViewType", json!("KEYS_ONLY")),
        ("Table/Properties/TimeToLiveSpecification/AttributeName", json!("expires_on")),
        ("EventQueue/Properties/VisibilityTimeout", json!(179)),
        ("EventQueue/Properties/RedrivePolicy/maxReceiveCount", json!(4)),
        ("EventTopicPolicy/Properties/PolicyDocument/Statement/0/Principal", json!("*")),
        ("AlarmTopicPolicy/Properties/PolicyDocument/Statement/0/Principal", json!({ "AWS": "*" })),
        ("MessageKey/Properties/KeyPolicy/Statement/1/Principal", json!("*")),
        ("MessageKey/Properties/KeyPolicy/Statement/0/Principal/AWS", json!("*")),
        ("SesEvents/Properties/EventDestination/MatchingEventTypes/0", json!("open")),
        ("SesEvents/Properties/EventDestination/MatchingEventTypes/1", json!("click")),
        ("SesEvents/Properties/EventDestination/Enabled", json!(false)),
        ("ConfigurationSet/Properties/VdmOptions/DashboardOptions/EngagementMetrics", json!("ENABLED")),
        ("SendFunction/Properties/Environment/Variables/SEND_LEASE_SECONDS", json!("120")),
        ("SendFunction/Properties/Timeout", json!(900)),
        ("RecordFunction/Properties/Timeout", json!(31)),
        ("TrackFunction/Metadata/BuildProperties/Binary", json!("report")),
        ("TrackFunction/Properties/CodeUri", json!("../functions/report/")),
        ("TrackFunction/Properties/Role", json!({ "!GetAtt": "SubmitRole.Arn" })),
        ("TrackFunction/Properties/LoggingConfig/LogGroup", json!({ "!Ref": "SubmitLog" })),
        ("SendsWithoutEventsAlarm/Properties/MetricName", json!("SentWithoutEvent")),
        ("SendsWithoutEventsAlarm/Properties/Dimensions/0/Name", json!("Function")),
        ("StreamAgeAlarm/Properties/ActionsEnabled", json!(false)),
    ]
}

/// Changes a copy of the template at a place under its resources; `None` takes the place away. The place must be there,
/// so that a break breaks something.
fn at(template: &Template, place: &str, value: Option<Value>) -> Break {
    let mut document = template.0.clone();
    let (parent, last) =
        place.rsplit_once('/').map_or((String::new(), place), |(parent, last)| (format!("/{parent}"), last));
    let parent = document.pointer_mut(&format!("/Resources{parent}")).unwrap_or_else(|| panic!("{place} is not there"));
    let what = value.as_ref().map_or(format!("without {place}"), |value| format!("{place} = {value}"));
    match (parent, value) {
        (Value::Object(fields), Some(value)) => drop(fields.insert(last.to_owned(), value)),
        (Value::Object(fields), None) => drop(fields.remove(last).unwrap_or_else(|| panic!("{place} is not there"))),
        (Value::Array(list), Some(value)) => list[last.parse::<usize>().unwrap()] = value,
        (Value::Array(list), None) => drop(list.remove(last.parse().unwrap())),
        _ => panic!("{place} lies in nothing"),
    }
    // The policy of a queue or a topic is named by what it guards.
    let names = place.split('/').next().unwrap().trim_end_matches("Policy").to_owned();
    let template = Template(document);
    Break { what, names, template }
}

/// The places of the members of a list: `SubmitRole/…/Statement/0`, where a single value is the place itself.
fn members(template: &Template, place: &str) -> Vec<String> {
    match template.0.pointer(&format!("/Resources/{place}")) {
        Some(Value::Array(list)) => (0..list.len()).map(|index| format!("{place}/{index}")).collect(),
        Some(_) => vec![place.to_owned()],
        None => panic!("{place} is not there"),
    }
}

/// Each action and each resource of each role taken away, each action and each resource widened.
fn of_roles(template: &Template) -> Vec<Break> {
    let mut breaks = Vec::new();
    for role in template.of_type("AWS::IAM::Role").map(|(id, _)| id) {
        let policies = format!("{role}/Properties/Policies");
        for statement in members(template, &format!("{policies}/0/PolicyDocument/Statement")) {
            for (part, wide) in [("Action", "dynamodb:*"), ("Resource", "*")] {
                for member in members(template, &format!("{statement}/{part}")) {
                    breaks.push(at(template, &member, None));
                    let already = template.0.pointer(&format!("/Resources/{member}")) == Some(&json!(wide));
                    breaks.extend((!already).then(|| at(template, &member, Some(json!(wide)))));
                }
            }
        }
        let trust = format!("{role}/Properties/AssumeRolePolicyDocument/Statement/0/Principal");
        breaks.push(at(template, &trust, Some(json!({ "AWS": "*" }))));
        let managed = json!(["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]);
        breaks.push(at(template, &format!("{role}/Properties/ManagedPolicyArns"), Some(managed)));
    }
    breaks
}

/// Each index renamed, and each attribute that is a key renamed and taken away.
fn of_indexes(template: &Template) -> Vec<Break> {
    let mut breaks = Vec::new();
    for index in members(template, "Table/Properties/GlobalSecondaryIndexes") {
        breaks.push(at(template, &format!("{index}/IndexName"), Some(json!("renamed"))));
        let name = &template.0.pointer(&format!("/Resources/{index}/IndexName")).unwrap();
        for key in members(template, &format!("{index}/KeySchema")) {
            for renamed in [Some(json!("renamed")), None] {
                let broken = at(template, &format!("{key}/AttributeName"), renamed);
                breaks.push(Break { names: name.as_str().unwrap().to_owned(), ..broken });
            }
        }
    }
    breaks
}

/// Each policy of a queue opened, and its condition dropped; each dead-letter queue unwatched, impatient and in clear.
fn of_queues(template: &Template) -> Vec<Break> {
    let mut breaks = Vec::new();
    for (policy, properties) in template.of_type("AWS::SQS::QueuePolicy") {
        let queue = list(&properties["Queues"]).next().unwrap()["!Ref"].as_str().unwrap();
        let statement = format!("{policy}/Properties/PolicyDocument/Statement/0");
        let broken = [
            at(template, &format!("{statement}/Principal"), Some(json!("*"))),
            at(template, &format!("{statement}/Principal"), Some(json!({ "AWS": "*" }))),
            at(template, &format!("{statement}/Principal/Service"), Some(json!("*"))),
            at(template, &format!("{statement}/Action"), Some(json!("sqs:*"))),
            at(template, &format!("{statement}/Condition"), None),
            at(template, policy, None),
        ];
        breaks.extend(broken.map(|broken| Break { names: queue.to_owned(), ..broken }));
    }
    for queue in queues::dead_letter_queues(template) {
        let unwatched = at(template, &format!("{queue}Alarm"), None);
        breaks.push(Break { names: format!("lies in {queue}"), ..unwatched });
        breaks.push(at(template, &format!("{queue}/Properties/MessageRetentionPeriod"), None));
        let properties = fields(template.properties(&queue)).map(|(name, _)| name);
        let encryption = properties.filter(|name| ["KmsMasterKeyId", "SqsManagedSseEnabled"].contains(name));
        breaks.extend(encryption.map(|name| at(template, &format!("{queue}/Properties/{name}"), None)));
    }
    breaks
}

/// Each mapping without partial failures, each alarm and each log silenced, each function without a thing of its own.
fn of_each(template: &Template) -> Vec<Break> {
    let each = [
        ("AWS::Lambda::EventSourceMapping", "FunctionResponseTypes"),
        ("AWS::CloudWatch::Alarm", "AlarmActions"),
        ("AWS::CloudWatch::Alarm", "OKActions"),
        ("AWS::CloudWatch::Alarm", "AlarmDescription"),
        ("AWS::CloudWatch::Alarm", "TreatMissingData"),
        ("AWS::Logs::LogGroup", "RetentionInDays"),
        ("AWS::Serverless::Function", "LoggingConfig"),
        ("AWS::Serverless::Function", "Role"),
        ("AWS::Serverless::Function", "Timeout"),
        ("AWS::Serverless::Function", "CodeUri"),
    ];
    let places = each
        .into_iter()
        .flat_map(|(kind, property)| template.of_type(kind).map(move |(id, _)| format!("{id}/Properties/{property}")));
    let mut breaks: Vec<Break> = places.map(|place| at(template, &place, None)).collect();
    for kind in ["AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup", "AWS::Serverless::Function"] {
        breaks.extend(template.of_type(kind).map(|(id, _)| at(template, id, None)));
    }
    breaks
}

/// Each variable of each function taken away, and one too many.
fn of_variables(template: &Template) -> Vec<Break> {
    let mut breaks = Vec::new();
    for function in workspace::functions() {
        let place = format!("{}/Properties/Environment", id(&function, "Function"));
        let own = fields(&template.properties(&id(&function, "Function"))["Environment"]["Variables"]);
        breaks.extend(own.map(|(name, _)| {
            let broken = at(template, &format!("{place}/Variables/{name}"), None);
            Break { names: format!("{}: {name} is missing", id(&function, "Function")), ..broken }
        }));
        let mut all = json!(variables::given(template, &function));
        all["SES_TIMEOUT"] = json!("10000");
        breaks.push(at(template, &place, Some(json!({ "Variables": all }))));
    }
    breaks
}

/// Each parameter without what it is told by, and each that may be empty asked for and the other way round.
fn of_parameters(template: &Template) -> Vec<Break> {
    let needed = ["Description", "ConstraintDescription", "AllowedPattern", "AllowedValues", "MinValue", "MaxValue"];
    let mut breaks = Vec::new();
    for (name, parameter) in fields(&template.0["Parameters"]) {
        for field in needed.into_iter().filter(|field| !parameter[field].is_null()) {
            let mut document = template.0.clone();
            document["Parameters"][name].as_object_mut().unwrap().remove(field);
            let what = format!("the parameter {name} without {field}");
            breaks.push(Break { what, names: name.to_owned(), template: Template(document) });
        }
        let mut document = template.0.clone();
        let default = if parameter["Default"] == "" { Value::Null } else { json!("") };
        let what = format!("the parameter {name} with the default {default}");
        document["Parameters"][name]["Default"] = default;
        breaks.push(Break { what, names: format!("{name} may"), template: Template(document) });
    }
    breaks
}

#[tokio::test]
async fn whatever_is_broken_in_the_template_is_said() {
    let (template, written) = (Template::read(), records::all().await);
    let needed = NEEDED.iter().map(|place| at(&template, place, None));
    let wrong = wrong_values().into_iter().map(|(place, value)| at(&template, place, Some(value)));
    let mut breaks: Vec<Break> = needed.chain(wrong).collect();
    for kind in [of_roles, of_indexes, of_queues, of_each, of_variables, of_parameters] {
        breaks.extend(kind(&template));
    }
    assert!(breaks.len() > 500, "{} breaks", breaks.len());
    let missed = breaks.into_iter().filter_map(|broken| {
        let found = findings(&broken.template, &written);
        let said = found.iter().any(|sentence| sentence.contains(&broken.names));
        (!said).then(|| format!("{}: nothing names {}, but {found:?}", broken.what, broken.names))
    });
    assert_eq!(missed.collect::<Vec<_>>(), [] as [String; 0]);
}
