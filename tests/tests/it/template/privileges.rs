//! Least privilege: each function may do what is listed here and nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::template::{Template, fields, id, list, text};
use tests::workspace;

use super::{differences, unless};

type Privilege = (&'static str, &'static str);

const TABLE: &str = "${Table.Arn}";
const STREAM: &str = "${Table.StreamArn}";
const QUEUE: &str = "${EventQueue.Arn}";
/// What queues and topics are encrypted with, and the variables of functions that have a secret among them.
const KEY: &str = "${MessageKey.Arn}";
const IDENTITY: &str =
    "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/${VerifiedSenderDomainOrAddress}";
const CONFIGURATION_SET: &str =
    "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${ConfigurationSet}";
const BUS: &str = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${EventBusName}";

/// The one right that hangs on what is said, not only on where: whoever hears an event by its source and kind has to be
/// able to believe them. The keys have a value for each entry of a call, which is what the operator is for.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html>
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html>
const CONDITIONED: &str = "events:PutEvents";
const CONDITION_KEYS: [(&str, &str); 2] =
    [("events:source", "invoice-email-tracking"), ("events:detail-type", "Invoice Email Status Changed")];

/// The actions that know no resource, so that `*` is the only one they take.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html>
const WITHOUT_RESOURCE: [&str; 2] = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"];

const PRIVILEGES: &[(&str, &[Privilege])] = &[
    (
        "submit",
        &[
            // Settings, the invoice, suppressions, whom it went to, what was answered before: all in one.
            ("dynamodb:BatchGetItem", TABLE),
            // The recipient and the content of what is sent again; the client whose addresses are asked for.
            ("dynamodb:GetItem", TABLE),
            // A transaction needs the actions of its parts: what is new is put, what is remembered or replaced updated.
            ("dynamodb:PutItem", TABLE),
            ("dynamodb:UpdateItem", TABLE),
            // Lambda puts there, as the function, what was asked of it asynchronously and failed.
            ("sqs:SendMessage", "${SubmitDeadLetters.Arn}"),
        ],
    ),
    (
        "send",
        &[
            ("dynamodb:GetItem", TABLE),
            ("dynamodb:UpdateItem", TABLE),
            // The mapping reads as the function, and Lambda makes none without all four.
            // <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>
            ("dynamodb:DescribeStream", STREAM),
            ("dynamodb:GetRecords", STREAM),
            ("dynamodb:GetShardIterator", STREAM),
            ("dynamodb:ListStreams", STREAM),
            // One call of SendEmail with raw content: which of the two names is checked, and on which of the two
            // resources, hangs on the version of the API.
            ("ses:SendEmail", IDENTITY),
            ("ses:SendEmail", CONFIGURATION_SET),
            ("ses:SendRawEmail", IDENTITY),
            ("ses:SendRawEmail", CONFIGURATION_SET),
            ("kms:Decrypt", KEY),
            ("sqs:SendMessage", "${SendDeadLetters.Arn}"),
        ],
    ),
    ("track", &[("dynamodb:UpdateItem", TABLE), ("kms:Decrypt", KEY)]),
    (
        "record",
        &[
            ("dynamodb:UpdateItem", TABLE),
            ("dynamodb:Query", "${Table.Arn}/index/message"),
            // The mapping reads as the function.
            // <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
            ("sqs:DeleteMessage", QUEUE),
            ("sqs:GetQueueAttributes", QUEUE),
            ("sqs:ReceiveMessage", QUEUE),
            // For the queue's messages as well.
            ("kms:Decrypt", KEY),
        ],
    ),
    (
        "report",
        &[
            ("dynamodb:Query", TABLE),
            ("dynamodb:Query", "${Table.Arn}/index/report"),
            ("dynamodb:Query", "${Table.Arn}/index/attention"),
            // The rows of a filtered report, and then the rows themselves: these indexes hold keys only.
            ("dynamodb:Query", "${Table.Arn}/index/rare"),
            ("dynamodb:Query", "${Table.Arn}/index/client"),
            ("dynamodb:Query", "${Table.Arn}/index/address"),
            ("dynamodb:BatchGetItem", TABLE),
            // The firm's time zone, and the content of an e-mail that is proved.
            ("dynamodb:GetItem", TABLE),
            ("kms:Decrypt", KEY),
        ],
    ),
    (
        "settings",
        &[
            ("dynamodb:GetItem", TABLE),
            ("dynamodb:PutItem", TABLE),
            ("dynamodb:Query", TABLE),
            // The recipients of a person who is to be forgotten: their keys, then they themselves.
            ("dynamodb:Query", "${Table.Arn}/index/address"),
            ("dynamodb:BatchGetItem", TABLE),
            // Takes an address off the suppression list, rewrites what is known of a person.
            ("dynamodb:UpdateItem", TABLE),
            ("kms:Decrypt", KEY),
        ],
    ),
    (
        "portal",
        &[
            // All that a page is made of.
            ("dynamodb:BatchGetItem", TABLE),
            // Settings and client of an account.
            ("dynamodb:GetItem", TABLE),
            ("dynamodb:Query", "${Table.Arn}/index/account"),
            ("dynamodb:UpdateItem", TABLE),
            ("kms:Decrypt", KEY),
        ],
    ),
    (
        "follow",
        &[
            // How far a shard has been counted.
            ("dynamodb:GetItem", TABLE),
            // Counters and that position, in one transaction.
            ("dynamodb:UpdateItem", TABLE),
            // Counting anew: the counters, and what they count.
            ("dynamodb:Query", TABLE),
            ("dynamodb:Query", "${Table.Arn}/index/report"),
            ("dynamodb:Query", "${Table.Arn}/index/attention"),
            (CONDITIONED, BUS),
            // The mapping reads as the function.
            ("dynamodb:DescribeStream", STREAM),
            ("dynamodb:GetRecords", STREAM),
            ("dynamodb:GetShardIterator", STREAM),
            ("dynamodb:ListStreams", STREAM),
            ("sqs:SendMessage", "${FollowDeadLetters.Arn}"),
        ],
    ),
    (
        "watch",
        &[
            ("dynamodb:Query", "${Table.Arn}/index/due"),
            // What is older than a firm wants it kept, and persons who are to be forgotten: also among its clients.
            ("dynamodb:Query", "${Table.Arn}/index/report"),
            ("dynamodb:Query", "${Table.Arn}/index/address"),
            ("dynamodb:BatchGetItem", TABLE),
            ("dynamodb:Query", TABLE),
            ("dynamodb:GetItem", TABLE),
            ("dynamodb:PutItem", TABLE),
            ("dynamodb:UpdateItem", TABLE),
            ("sqs:SendMessage", "${WatchDeadLetters.Arn}"),
        ],
    ),
    // Files that are part of it: it asks nobody for anything.
    ("web", &[]),
];

fn line(action: &str, resource: &str) -> String {
    format!("{action} on {resource}")
}

/// What a function may do: what is listed for it, its own log, and its traces.
fn wanted(function: &str) -> BTreeSet<String> {
    let own = PRIVILEGES.iter().filter(|(name, _)| *name == function).flat_map(|(_, privileges)| *privileges);
    let log = format!("${{{}.Arn}}", id(function, "Log"));
    let log = ["logs:CreateLogStream", "logs:PutLogEvents"].map(|action| line(action, &log));
    let traces = WITHOUT_RESOURCE.map(|action| line(action, "*"));
    own.map(|(action, resource)| line(action, resource)).chain(log).chain(traces).collect()
}

/// Each action of a role with each of its resources.
pub(super) fn given(role: &Value) -> Vec<(String, String)> {
    let statements = list(&role["Policies"]).flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
    let pairs = statements.flat_map(|statement| {
        list(&statement["Action"])
            .flat_map(|action| list(&statement["Resource"]).map(move |on| (text(action), text(on))))
    });
    pairs.collect()
}

/// What is wrong with who may do what.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let functions = workspace::functions();
    let listed = PRIVILEGES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut found = differences("functions with a list of privileges", &listed, &functions.iter().cloned().collect());
    let roles: BTreeSet<String> = template.of_type("AWS::IAM::Role").map(|(id, _)| id.to_owned()).collect();
    let wanted_roles = functions.iter().map(|function| id(function, "Role")).collect();
    found.extend(differences("roles", &roles, &wanted_roles));
    found.extend(functions.iter().flat_map(|function| of_function(template, function)));
    // Policies may stand elsewhere, too; none does.
    let elsewhere = template.resources().filter(|(_, resource)| {
        let kind = resource["Type"].as_str().unwrap_or_default();
        kind == "AWS::Lambda::Permission" || (kind.starts_with("AWS::IAM::") && kind != "AWS::IAM::Role")
    });
    found.extend(elsewhere.map(|(id, _)| format!("{id} gives rights besides the roles")));
    let code: String = workspace::production("functions/follow/src").into_iter().map(|(_, text)| text).collect();
    let unsaid = CONDITION_KEYS.iter().filter(|(_, value)| !code.contains(&format!("\"{value}\"")));
    found.extend(unsaid.map(|(key, value)| format!("FollowRole asks for {key} {value}, which follow never says")));
    found
}

/// What has to hold besides for an action, if anything.
fn condition(action: &Value) -> Value {
    if action != CONDITIONED {
        return Value::Null;
    }
    let keys: serde_json::Map<String, Value> =
        CONDITION_KEYS.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    json!({ "ForAllValues:StringEquals": keys })
}

fn of_function(template: &Template, function: &str) -> Vec<String> {
    let (function_id, role_id) = (id(function, "Function"), id(function, "Role"));
    let (properties, role) = (template.properties(&function_id), template.properties(&role_id));
    let given = given(role);
    let lines = given.iter().map(|(action, resource)| line(action, resource)).collect();
    let mut found = differences(&role_id, &lines, &wanted(function));
    for (action, resource) in &given {
        found.extend(unless(!action.contains('*'), || {
            format!("{role_id} allows {action}, which is more than one action")
        }));
        let named = !resource.contains('*') || (resource == "*" && WITHOUT_RESOURCE.contains(&action.as_str()));
        found
            .extend(unless(named, || format!("{role_id} allows {action} on {resource}, which is more than one thing")));
    }
    found.extend(unless(text(&properties["Role"]) == format!("${{{role_id}.Arn}}"), || {
        format!("{function_id} runs in another role than {role_id}")
    }));
    found.extend(unless(properties["Policies"].is_null(), || format!("{function_id} has policies besides {role_id}")));
    found.extend(wrong_in_role(role, &role_id, function));
    found
}

/// A role has two properties, and its policy is nothing but statements that allow actions on resources, under the one
/// condition that there is.
fn wrong_in_role(role: &Value, role_id: &str, function: &str) -> Vec<String> {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "lambda.amazonaws.com" } }],
    });
    let others = fields(role).filter(|(name, _)| !["AssumeRolePolicyDocument", "Policies"].contains(name));
    let mut found: Vec<String> = others.map(|(name, _)| format!("{role_id} has {name}")).collect();
    found.extend(unless(role["AssumeRolePolicyDocument"] == trust, || {
        format!("{role_id} trusts others than Lambda alone: {}", role["AssumeRolePolicyDocument"])
    }));
    let names: Vec<&Value> = list(&role["Policies"]).map(|policy| &policy["PolicyName"]).collect();
    found.extend(unless(names == [function], || {
        format!("{role_id} has the policies {names:?}, not one named {function}")
    }));
    let statements = list(&role["Policies"]).flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
    let plain = |statement: &Value| {
        let names = fields(statement).map(|(name, _)| name).filter(|name| *name != "Condition");
        let named = names.collect::<Vec<_>>() == ["Action", "Effect", "Resource"];
        let conditioned = list(&statement["Action"]).all(|action| condition(action) == statement["Condition"]);
        statement["Effect"] == "Allow" && named && conditioned
    };
    found.extend(statements.filter(|statement| !plain(statement)).map(|odd| format!("{role_id} says {odd}")));
    found
}
