//! Lambda's event filters, as far as the template uses them: equality, `exists`, `prefix`, `suffix` and `anything-but`.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>
//!
//! A comparison that is not known here is refused at the start rather than passed over, so that the stack never hands on
//! what AWS would hold back.

use serde_json::Value;

/// A filter's pattern: an event matches if all of its fields do.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Vec<(String, Node)>);

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Fields(Pattern),
    /// Any one of them is enough.
    AnyOf(Vec<Test>),
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Equals(Value),
    Exists(bool),
    Prefix(String),
    Suffix(String),
    AnythingBut(Vec<Value>),
}

/// Why a pattern is not understood.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    /// It is not JSON.
    #[error("it is not JSON")]
    Json(#[source] serde_json::Error),
    /// A field is neither an object nor a list.
    #[error("`{0}` is neither an object nor a list")]
    Shape(String),
    /// A comparison is not known here.
    #[error("the comparison {0} is not known")]
    Comparison(String),
}

impl Pattern {
    /// Reads a pattern's text, as it is in the template.
    ///
    /// # Errors
    /// It is no pattern, or has a comparison that is not known here.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        Self::from_value(&serde_json::from_str(text).map_err(PatternError::Json)?, "the pattern")
    }

    /// Whether an event matches.
    pub fn matches(&self, event: &Value) -> bool {
        self.0.iter().all(|(name, node)| {
            let value = event.get(name);
            match node {
                Node::Fields(fields) => fields.matches(value.unwrap_or(&Value::Null)),
                Node::AnyOf(tests) => tests.iter().any(|test| test.matches(value)),
            }
        })
    }

    fn from_value(value: &Value, name: &str) -> Result<Self, PatternError> {
        let fields = value.as_object().ok_or_else(|| PatternError::Shape(name.to_owned()))?;
        let nodes = fields.iter().map(|(name, value)| {
            let node = match value {
                Value::Array(tests) => Node::AnyOf(tests.iter().map(Test::from_value).collect::<Result<_, _>>()?),
                _ => Node::Fields(Self::from_value(value, name)?),
            };
            Ok((name.clone(), node))
        });
        Ok(Self(nodes.collect::<Result<_, _>>()?))
    }
}

impl Test {
    fn from_value(value: &Value) -> Result<Self, PatternError> {
        let Some(comparison) = value.as_object() else { return Ok(Self::Equals(value.clone())) };
        let unknown = || PatternError::Comparison(value.to_string());
        let mut fields = comparison.iter();
        let (Some((name, operand)), None) = (fields.next(), fields.next()) else { return Err(unknown()) };
        match (name.as_str(), operand) {
            ("exists", Value::Bool(exists)) => Ok(Self::Exists(*exists)),
            ("prefix", Value::String(prefix)) => Ok(Self::Prefix(prefix.clone())),
            ("suffix", Value::String(suffix)) => Ok(Self::Suffix(suffix.clone())),
            ("anything-but", Value::Array(values)) => Ok(Self::AnythingBut(values.clone())),
            ("anything-but", Value::String(_) | Value::Number(_)) => Ok(Self::AnythingBut(vec![operand.clone()])),
            _ => Err(unknown()),
        }
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        // `exists` speaks of leaves only: a field that holds an object does not count.
        if let Self::Exists(exists) = self {
            return value.is_some_and(|value| !value.is_object()) == *exists;
        }
        match value {
            None => false,
            // A list matches if any one of its members does.
            Some(Value::Array(members)) => members.iter().any(|member| self.matches_leaf(member)),
            Some(leaf) => self.matches_leaf(leaf),
        }
    }

    fn matches_leaf(&self, leaf: &Value) -> bool {
        match self {
            Self::Equals(expected) => leaf == expected,
            Self::Exists(exists) => *exists,
            Self::Prefix(prefix) => leaf.as_str().is_some_and(|text| text.starts_with(prefix.as_str())),
            Self::Suffix(suffix) => leaf.as_str().is_some_and(|text| text.ends_with(suffix.as_str())),
            Self::AnythingBut(values) => !values.contains(leaf),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    fn matches(pattern: &str, event: &Value) -> bool {
        Pattern::parse(pattern).unwrap().matches(event)
    }

    #[test]
    fn the_senders_filter_takes_what_must_be_sent() {
        let pattern = r#"{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"drive":{"N":[{"exists":true}]}}}}"#;
        let record = |name: &str, image: Value| json!({ "eventName": name, "dynamodb": { "NewImage": image } });
        assert!(matches(pattern, &record("INSERT", json!({ "drive": { "N": "1" }, "pk": { "S": "x" } }))));
        assert!(matches(pattern, &record("MODIFY", json!({ "drive": { "N": "2" } }))));
        assert!(!matches(pattern, &record("MODIFY", json!({ "pk": { "S": "x" } }))));
        assert!(!matches(pattern, &record("MODIFY", json!({ "drive": { "S": "1" } }))));
        assert!(!matches(
            pattern,
            &json!({ "eventName": "REMOVE", "dynamodb": { "OldImage": { "drive": { "N": "1" } } } })
        ));
    }

    #[test]
    fn absence_prefix_suffix_and_exclusion() {
        assert!(matches(r#"{"a":{"b":[{"exists":false}]}}"#, &json!({ "a": {} })));
        assert!(matches(r#"{"a":{"b":[{"exists":false}]}}"#, &json!({})));
        assert!(!matches(r#"{"a":[{"exists":false}]}"#, &json!({ "a": 1 })));
        assert!(matches(r#"{"a":[{"prefix":"in"}]}"#, &json!({ "a": "invoice" })));
        assert!(!matches(r#"{"a":[{"prefix":"in"}]}"#, &json!({ "a": 1 })));
        assert!(matches(r#"{"a":[{"suffix":"ice"}]}"#, &json!({ "a": "invoice" })));
        assert!(matches(r#"{"a":[{"anything-but":["x"]}]}"#, &json!({ "a": "y" })));
        assert!(!matches(r#"{"a":[{"anything-but":"x"}]}"#, &json!({ "a": "x" })));
        assert!(matches(r#"{"a":["x", null]}"#, &json!({ "a": null })));
        assert!(matches(r#"{"a":["x"]}"#, &json!({ "a": ["w", "x"] })));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for pattern in ["x", "[]", r#"{"a":"x"}"#, r#"{"a":[{"numeric":[">",1]}]}"#, r#"{"a":[{"exists":"yes"}]}"#] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
