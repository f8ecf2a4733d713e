//! The bus that hears of status changes. Nothing that puts events on it would notice if it were not there: `PutEvents` takes
//! events for a bus that does not exist, and drops them. A rule on it notices, when it is made.
//! <https://github.com/aws/aws-cli/issues/9186>

use serde_json::Value;
use tests::template::Template;

use super::{unless, variables};

/// The rule that is there for the bus's sake.
const RULE: &str = "BusExists";

/// What is wrong with it.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let resource = &template.0["Resources"][RULE];
    let rule = &resource["Properties"];
    let variables = variables::given(template, "follow");
    let bus = variables.get("EVENT_BUS_NAME").unwrap_or(&Value::Null);
    let always = resource["Type"] == "AWS::Events::Rule" && resource["Condition"].is_null();
    let rules = [
        (always, "is not made with each stack"),
        (!bus.is_null() && rule["EventBusName"] == *bus, "is not on the bus that events are put on"),
        (rule["EventPattern"].is_object(), "has no pattern, without which no rule is made"),
        (rule["State"] == "DISABLED" && rule["Targets"].is_null(), "does more than to be there"),
    ];
    rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("{RULE} {sentence}"))).collect()
}
