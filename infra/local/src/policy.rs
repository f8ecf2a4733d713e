//! What each function may do to the table and with the event bus, as its policy in the template says. The table's door
//! and the bus enforce it, so that a permission that is missing on AWS is missing here too.

use std::fmt::{Display, Formatter};

use serde_json::{Map, Value};

/// A function's policy, as far as it speaks of the table and of event buses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy(Vec<Statement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    actions: Vec<String>,
    targets: Vec<Target>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Table,
    Index(String),
    /// Any event bus: the template takes its name as a parameter, so that there is nothing to tell buses apart by.
    Bus,
}

/// What a request needs: an action on the table, on one of its indexes, or on the bus.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Right {
    action: String,
    target: Target,
}

/// The first of a request's rights that no statement allows.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no policy in infra/template.yaml allows {0}")]
pub(crate) struct Denied(Right);

impl Policy {
    /// Reads the `Policies` of a function's role; `table` is the table's logical id.
    pub(crate) fn parse(policies: &Value, table: &str) -> Self {
        let documents = list(policies).map(|policy| &policy["PolicyDocument"]);
        let statements = documents.flat_map(|document| list(&document["Statement"]));
        let allowed = statements.filter(|statement| statement["Effect"] == "Allow");
        Self(allowed.flat_map(|statement| [of_table(statement, table), of_bus(statement)]).flatten().collect())
    }

    /// Whether the function may put events on a bus.
    pub(crate) fn check_put_events(&self) -> Result<Right, Denied> {
        let right = Right { action: "PutEvents".to_owned(), target: Target::Bus };
        if self.allows(&right) { Ok(right) } else { Err(Denied(right)) }
    }

    /// The rights by which a request passes, or the first one that it lacks.
    pub(crate) fn check(&self, operation: &str, body: &Value) -> Result<Vec<Right>, Denied> {
        let target = match body["IndexName"].as_str() {
            Some(index) => Target::Index(index.to_owned()),
            None => Target::Table,
        };
        let rights = actions(operation, body).into_iter().map(|action| Right { action, target: target.clone() });
        rights.map(|right| if self.allows(&right) { Ok(right) } else { Err(Denied(right)) }).collect()
    }

    fn allows(&self, right: &Right) -> bool {
        let named = |statement: &Statement| {
            statement.actions.contains(&right.action) && statement.targets.contains(&right.target)
        };
        self.0.iter().any(named)
    }
}

impl Display for Right {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match &self.target {
            Target::Table => write!(formatter, "dynamodb:{} on the table", self.action),
            Target::Index(index) => write!(formatter, "dynamodb:{} on the index {index}", self.action),
            Target::Bus => write!(formatter, "events:{} on the bus", self.action),
        }
    }
}

impl Target {
    fn parse(resource: &Value, table: &str) -> Option<Self> {
        if let Value::Array(path) = &resource["Fn::GetAtt"] {
            return (path.len() == 2 && path[0] == table && path[1] == "Arn").then_some(Self::Table);
        }
        let path = resource["Fn::Sub"].as_str()?.strip_prefix(&format!("${{{table}.Arn}}"))?;
        match path.strip_prefix("/index/") {
            Some(index) => Some(Self::Index(index.to_owned())),
            None => path.is_empty().then_some(Self::Table),
        }
    }
}

fn of_table(statement: &Value, table: &str) -> Option<Statement> {
    let resources = list(&statement["Resource"]);
    let targets: Vec<_> = resources.filter_map(|resource| Target::parse(resource, table)).collect();
    let actions = actions_of("dynamodb:", statement);
    (!targets.is_empty()).then_some(Statement { actions, targets })
}

fn of_bus(statement: &Value) -> Option<Statement> {
    let actions = actions_of("events:", statement);
    (!actions.is_empty()).then(|| Statement { actions, targets: vec![Target::Bus] })
}

/// The actions of one service, without its name.
fn actions_of(service: &str, statement: &Value) -> Vec<String> {
    let actions = list(&statement["Action"]).filter_map(Value::as_str);
    actions.filter_map(|action| action.strip_prefix(service)).map(str::to_owned).collect()
}

/// A transaction is allowed by the actions of its parts.
fn actions(operation: &str, body: &Value) -> Vec<String> {
    if !matches!(operation, "TransactWriteItems" | "TransactGetItems") {
        return vec![operation.to_owned()];
    }
    let parts = body["TransactItems"].as_array().into_iter().flatten();
    let kinds = parts.filter_map(Value::as_object).flat_map(Map::keys);
    kinds
        .map(|kind| match kind.as_str() {
            "ConditionCheck" => "ConditionCheckItem".to_owned(),
            kind => format!("{kind}Item"),
        })
        .collect()
}

/// CloudFormation takes one value or a list of them.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
    .iter()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    fn policy() -> Policy {
        let table = json!({ "Fn::GetAtt": ["Table", "Arn"] });
        let index = json!({ "Fn::Sub": "${Table.Arn}/index/report" });
        Policy::parse(
            &json!([{ "PolicyName": "report", "PolicyDocument": { "Statement": [
                { "Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"], "Resource": table },
                { "Effect": "Allow", "Action": "dynamodb:Query", "Resource": [index] },
                { "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": { "Fn::GetAtt": ["Dead", "Arn"] } },
            ] } }]),
            "Table",
        )
    }

    #[test]
    fn what_the_policy_allows_passes() {
        let rights = |operation: &str, body: Value| {
            let rights = policy().check(operation, &body).expect("they are all allowed");
            rights.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(rights("PutItem", json!({ "TableName": "t" })), ["dynamodb:PutItem on the table"]);
        assert_eq!(rights("Query", json!({ "IndexName": "report" })), ["dynamodb:Query on the index report"]);
        let parts = json!({ "TransactItems": [{ "Put": {} }, { "ConditionCheck": {} }] });
        assert_eq!(
            rights("TransactWriteItems", parts),
            ["dynamodb:PutItem on the table", "dynamodb:ConditionCheckItem on the table"]
        );
    }

    #[test]
    fn events_are_put_by_whoever_is_allowed_to() {
        let put = json!({ "Effect": "Allow", "Action": ["events:PutEvents"], "Resource": { "Ref": "BusArn" } });
        let policies = json!({ "PolicyDocument": { "Statement": [put] } });
        let right = Policy::parse(&policies, "Table").check_put_events().map(|right| right.to_string());
        assert_eq!(right, Ok("events:PutEvents on the bus".to_owned()));
        let denied = policy().check_put_events().map_err(|denied| denied.to_string());
        assert_eq!(denied, Err("no policy in infra/template.yaml allows events:PutEvents on the bus".to_owned()));
    }

    #[test]
    fn all_else_is_denied_by_name() {
        let denied =
            |operation: &str, body: Value| policy().check(operation, &body).map_err(|denied| denied.to_string());
        let text = |action: &str, target: &str| {
            Err(format!("no policy in infra/template.yaml allows dynamodb:{action} on {target}"))
        };
        assert_eq!(denied("Query", json!({})), text("Query", "the table"));
        assert_eq!(denied("Query", json!({ "IndexName": "due" })), text("Query", "the index due"));
        assert_eq!(denied("PutItem", json!({ "IndexName": "report" })), text("PutItem", "the index report"));
        let parts = json!({ "TransactItems": [{ "Put": {} }, { "Update": {} }] });
        assert_eq!(denied("TransactWriteItems", parts), text("UpdateItem", "the table"));
    }
}
