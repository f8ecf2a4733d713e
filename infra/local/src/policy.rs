//! What each function may do to the table, as its policy in the template says. The table's door enforces it, so that a
//! permission that is missing on AWS is missing here too.

use std::fmt::{Display, Formatter};

use serde_json::{Map, Value};

/// A function's policy, as far as it speaks of the table.
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
}

/// What a request needs: an action on the table, or on one of its indexes.
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
        let statements = documents.flat_map(|document| list(&document["Statement"])).filter_map(|statement| {
            let targets: Vec<_> =
                list(&statement["Resource"]).filter_map(|resource| Target::parse(resource, table)).collect();
            let actions = list(&statement["Action"]).filter_map(Value::as_str);
            let actions = actions.filter_map(|action| action.strip_prefix("dynamodb:")).map(str::to_owned).collect();
            (statement["Effect"] == "Allow" && !targets.is_empty()).then_some(Statement { actions, targets })
        });
        Self(statements.collect())
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
