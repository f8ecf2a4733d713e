//! `infra/template.yaml` as tests read it: JSON in which CloudFormation's short tags are fields, `{ "!Ref": "Table" }`.

use serde_json::Value;

use crate::workspace;

/// The template, or what a test made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(pub Value);

impl Template {
    /// The one that is deployed.
    pub fn read() -> Self {
        Self(serde_json::to_value(workspace::yaml("infra/template.yaml")).expect("its keys are texts"))
    }

    /// All resources with their logical ids.
    pub fn resources(&self) -> impl Iterator<Item = (&str, &Value)> {
        fields(&self.0["Resources"])
    }

    /// The properties of all resources of one type, with their logical ids.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let of_kind = self.resources().filter(move |(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, resource)| (id, &resource["Properties"]))
    }

    /// The properties of a resource; null if there is none.
    pub fn properties(&self, id: &str) -> &Value {
        &self.0["Resources"][id]["Properties"]
    }

    /// Method and path of each route that needs a token: `("GET", "/v1/attention")`.
    pub fn guarded_routes(&self) -> Vec<(&str, &str)> {
        let events = self.resources().flat_map(|(_, resource)| fields(&resource["Properties"]["Events"]));
        let routes = events.map(|(_, event)| event).filter(|event| event["Type"] == "HttpApi");
        let routes = routes.map(|event| &event["Properties"]).filter(|route| route["Auth"]["Authorizer"] != "NONE");
        routes.map(|route| (route["Method"].as_str().unwrap(), route["Path"].as_str().unwrap())).collect()
    }

    /// A number: written out, or the default of the parameter that is referred to.
    pub fn number(&self, value: &Value) -> Option<u64> {
        let value = value["!Ref"].as_str().map_or(value, |parameter| &self.0["Parameters"][parameter]["Default"]);
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }
}

/// The logical id of something that a function has: `SubmitRole` for `submit` and `Role`.
pub fn id(function: &str, what: &str) -> String {
    let (first, rest) = function.split_at(1);
    format!("{}{rest}{what}", first.to_uppercase())
}

/// The fields of an object, if it is one.
pub fn fields(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// The members of a list; CloudFormation takes one value for a list of one.
pub fn list(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(values) => values.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
    .iter()
}

/// A value as `!Sub` would write it: `${Table.Arn}` for `!GetAtt Table.Arn`, `${Table}` for `!Ref Table`.
pub fn text(value: &Value) -> String {
    let named = value["!GetAtt"].as_str().or_else(|| value["!Ref"].as_str());
    let plain = value["!Sub"].as_str().or_else(|| value.as_str());
    match (named, plain) {
        (Some(name), _) => format!("${{{name}}}"),
        (None, Some(text)) => text.to_owned(),
        (None, None) => value.to_string(),
    }
}

/// The logical id that a text of [`text`] begins with: `Table` of `${Table.Arn}/index/due`.
pub fn resource(text: &str) -> &str {
    let name = text.strip_prefix("${").unwrap_or_default();
    name.split(['.', '}']).next().unwrap_or_default()
}
