//! Who may put something into a queue, publish to a topic or use the key: the one source that the template gives each
//! of them, by name.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::template::{Template, fields, list, resource, text};

use super::{differences, unless};

const ACCOUNT: &str = "StringEquals aws:SourceAccount ${AWS::AccountId}";
const CONFIGURATION_SET: &str = "StringEquals aws:SourceArn \
    arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${ConfigurationSet}";

fn line(principal: &str, action: &str, target: &str, conditions: &[String]) -> String {
    let conditions = if conditions.is_empty() { String::new() } else { format!(" if {}", conditions.join(" and ")) };
    format!("{principal} may {action} on {target}{conditions}")
}

/// What a statement admits.
fn admitted(statement: &Value, target: &str) -> String {
    let operators = fields(&statement["Condition"]);
    let conditions: Vec<String> = operators
        .flat_map(|(operator, keys)| fields(keys).map(move |(key, value)| format!("{operator} {key} {}", text(value))))
        .collect();
    let principal = match fields(&statement["Principal"]).collect::<Vec<_>>()[..] {
        [("Service", service)] => text(service),
        [("AWS", account)] => text(account),
        _ => text(&statement["Principal"]),
    };
    let actions: Vec<String> = list(&statement["Action"]).map(text).collect();
    let on = text(&statement["Resource"]);
    let on = if resource(&on) == target { target.to_owned() } else { on };
    line(&principal, &actions.join(" and "), &on, &conditions)
}

/// What the policies of queues and topics admit.
fn doors(template: &Template) -> BTreeSet<String> {
    let policies = [("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SNS::TopicPolicy", "Topics")];
    let policies = policies.into_iter().flat_map(|(kind, targets)| {
        template.of_type(kind).flat_map(move |(_, policy)| list(&policy[targets]).map(move |target| (policy, target)))
    });
    let statements = policies.flat_map(|(policy, target)| {
        list(&policy["PolicyDocument"]["Statement"]).map(move |statement| (statement, text(target)))
    });
    let allowed = statements.filter(|(statement, _)| statement["Effect"] == "Allow");
    allowed.map(|(statement, target)| admitted(statement, resource(&target))).collect()
}

/// What the template's own sources need, and no more.
fn wanted(template: &Template) -> BTreeSet<String> {
    let into_queue = |service: &str, queue: &Value, source: &str| {
        let queue = text(queue);
        line(service, "sqs:SendMessage", resource(&queue), &[format!("ArnEquals aws:SourceArn {source}")])
    };
    let mut wanted = BTreeSet::from([
        line("ses.amazonaws.com", "sns:Publish", "EventTopic", &[ACCOUNT.to_owned(), CONFIGURATION_SET.to_owned()]),
        line("cloudwatch.amazonaws.com", "sns:Publish", "AlarmTopic", &[ACCOUNT.to_owned()]),
    ]);
    for (_, subscription) in template.of_type("AWS::SNS::Subscription").filter(|(_, one)| one["Protocol"] == "sqs") {
        let dead_letters = &subscription["RedrivePolicy"]["deadLetterTargetArn"];
        for queue in [&subscription["Endpoint"], dead_letters] {
            wanted.insert(into_queue("sns.amazonaws.com", queue, &text(&subscription["TopicArn"])));
        }
    }
    for (id, function) in template.of_type("AWS::Serverless::Function") {
        for (name, rule) in fields(&function["Events"]).filter(|(_, event)| event["Type"] != "HttpApi") {
            // SAM names the rule after the function and the event.
            let rule_arn = format!("${{{id}{name}.Arn}}");
            wanted.insert(into_queue(
                "events.amazonaws.com",
                &rule["Properties"]["DeadLetterConfig"]["Arn"],
                &rule_arn,
            ));
        }
    }
    wanted
}

/// Whom the key is for: CloudWatch and SES publish to topics, SNS puts into queues, all of them encrypted with it; and
/// whom the account's own policies allow, such as the functions' roles.
fn users_of_key() -> BTreeSet<String> {
    const USE: &str = "kms:Decrypt and kms:GenerateDataKey";
    let of_account = |service: &str| {
        format!("ArnLike aws:SourceArn arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:")
    };
    // In a key's policy `*` is the key itself.
    BTreeSet::from([
        line("arn:${AWS::Partition}:iam::${AWS::AccountId}:root", "kms:*", "*", &[]),
        line("ses.amazonaws.com", USE, "*", &[]),
        line("sns.amazonaws.com", USE, "*", &[of_account("sns") + "*"]),
        line("cloudwatch.amazonaws.com", USE, "*", &[of_account("cloudwatch") + "alarm:*"]),
    ])
}

/// The events that a rule takes come from this account: on a bus that others may put events on, the firm that an event
/// names would be anybody's word.
fn rules(template: &Template) -> Vec<String> {
    let functions = template.of_type("AWS::Serverless::Function");
    let rules = functions.flat_map(|(id, function)| fields(&function["Events"]).map(move |event| (id, event)));
    let open = rules.filter(|(_, (_, rule))| {
        let accounts: Vec<String> = list(&rule["Properties"]["Pattern"]["account"]).map(text).collect();
        rule["Type"] == "EventBridgeRule" && accounts != ["${AWS::AccountId}"]
    });
    open.map(|(id, (name, _))| format!("the rule {name} of {id} takes events of other accounts")).collect()
}

/// What is wrong with who may send.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let mut found = differences("policies of queues and topics", &doors(template), &wanted(template));
    found.extend(rules(template));
    for (id, key) in template.of_type("AWS::KMS::Key") {
        let users = list(&key["KeyPolicy"]["Statement"]).map(|statement| admitted(statement, "*")).collect();
        found.extend(differences(&format!("policy of {id}"), &users, &users_of_key()));
        found.extend(unless(key["EnableKeyRotation"] == true, || format!("{id} is never renewed")));
    }
    found
}
