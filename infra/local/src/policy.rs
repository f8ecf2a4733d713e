//! What each function may do to the table, as its policy in the template says. The table's door enforces it, so that a
//! permission that is missing on AWS is missing here too.

use serde_json::{Map, Value};

/// A function's policy, as far as it speaks of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy(Vec<Statement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Statement {
    actions: Vec<String>,
    targets: Vec<Target>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Table,
    Index(String),
}

/// The first action of a request that no statement allows.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no policy in infra/template.yaml allows {action} on {target}")]
pub(crate) struct Denied {
    action: String,
    target: String,
}

impl Policy {
    /// Reads a function's `Policies`; `table` is the table's logical id.
    pub(crate) fn parse(policies: &Value, table: &str) -> Self {
        let statements = list(policies).flat_map(|policy| list(&policy["Statement"])).filter_map(|statement| {
            let targets: Vec<_> =
                list(&statement["Resource"]).filter_map(|resource| Target::parse(resource, table)).collect();
            let actions = list(&statement["Action"]).filter_map(Value::as_str);
            let actions = actions.filter_map(|action| action.strip_prefix("dynamodb:")).map(str::to_owned).collect();
            (statement["Effect"] == "Allow" && !targets.is_empty()).then_some(Statement { actions, targets })
        });
        Self(statements.collect())
    }

    /// Whether a request may pass.
    pub(crate) fn check(&self, operation: &str, body: &Value) -> Result<(), Denied> {
        let target = match body["IndexName"].as_str() {
            Some(index) => Target::Index(index.to_owned()),
            None => Target::Table,
        };
        for action in actions(operation, body) {
            let allows =
                |statement: &Statement| statement.actions.contains(&action) && statement.targets.contains(&target);
            if !self.0.iter().any(allows) {
                let target = match target {
                    Target::Table => "the table".to_owned(),
                    Target::Index(index) => format!("the index {index}"),
                };
                return Err(Denied { action: format!("dynamodb:{action}"), target });
            }
        }
        Ok(())
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
    use super::*;
    use serde_json::json;

    fn policy() -> Policy {
        let table = json!({ "Fn::GetAtt": ["Table", "Arn"] });
        let index = json!({ "Fn::Sub": "${Table.Arn}/index/report" });
        Policy::parse(
            &json!([{ "Statement": [
                { "Effect": "Allow", "Action": ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"], "Resource": table },
                { "Effect": "Allow", "Action": "dynamodb:Query", "Resource": [index] },
                { "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": { "Fn::GetAtt": ["Dead", "Arn"] } },
            ] }]),
            "Table",
        )
    }

    #[test]
    fn what_the_policy_allows_passes() {
        assert_eq!(policy().check("PutItem", &json!({ "TableName": "t" })), Ok(()));
        assert_eq!(policy().check("Query", &json!({ "IndexName": "report" })), Ok(()));
        let parts = json!({ "TransactItems": [{ "Put": {} }, { "ConditionCheck": {} }] });
        assert_eq!(policy().check("TransactWriteItems", &parts), Ok(()));
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
