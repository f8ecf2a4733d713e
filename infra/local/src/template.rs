//! What the stack takes from `infra/template.yaml`: the table, the routes, the stream, the queue. It has no second copy
//! of any of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::filter::{Pattern, PatternError};
use crate::policy::Policy;

/// SQS's own default for an event source.
const DEFAULT_QUEUE_BATCH: usize = 10;

/// Lambda's own default for a stream.
const DEFAULT_STREAM_BATCH: usize = 100;

/// What SQS does without a redrive policy is to try until the message expires; a local stack should end some day.
const DEFAULT_RECEIVES: u32 = 5;

/// Lambda's own default is to try until the record expires; the same holds here.
const DEFAULT_STREAM_RETRIES: u32 = 10;

/// The parts of the template that the stack plays.
#[derive(Debug)]
pub(crate) struct Template {
    /// The body of CreateTable, but for the table's name.
    pub(crate) table: Value,
    /// The attribute that holds the time to live.
    pub(crate) ttl_attribute: Option<String>,
    /// The API's CorsConfiguration; null if it has none.
    pub(crate) cors: Value,
    /// All routes, in the template's order.
    pub(crate) routes: Vec<RouteDefinition>,
    /// Functions that read the table's stream.
    pub(crate) streams: Vec<StreamTrigger>,
    /// Functions that read a queue.
    pub(crate) queues: Vec<QueueTrigger>,
    /// Functions that run on a schedule.
    pub(crate) schedules: Vec<String>,
    /// What each function may do to the table.
    pub(crate) policies: BTreeMap<String, Policy>,
    /// The kinds of events that SES publishes, in the template's spelling: `deliveryDelay`.
    pub(crate) event_types: Vec<String>,
}

/// A route of the HTTP API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteDefinition {
    /// API Gateway's route key: `GET /v1/attention`, `ANY /o/{token}` or `$default`.
    pub(crate) route_key: String,
    /// The folder of the function under `functions/`.
    pub(crate) function: String,
    /// Whether API Gateway asks for a JWT.
    pub(crate) jwt: bool,
}

/// A function that reads the table's stream.
#[derive(Debug)]
pub(crate) struct StreamTrigger {
    pub(crate) function: String,
    pub(crate) batch_size: usize,
    /// Invocations at once, each with items of its own.
    pub(crate) lanes: usize,
    /// Retries beyond the first attempt.
    pub(crate) retries: u32,
    pub(crate) bisect: bool,
    /// How long the windows are in which the function keeps a state, if it keeps one.
    pub(crate) window_seconds: Option<i64>,
    /// A record that matches none of them is passed over. No patterns: all records are handed on.
    pub(crate) patterns: Vec<Pattern>,
}

/// A function that reads a queue.
#[derive(Debug)]
pub(crate) struct QueueTrigger {
    pub(crate) function: String,
    pub(crate) batch_size: usize,
    /// How often a message is received before it becomes a dead letter.
    pub(crate) most_receives: u32,
}

/// Why the template cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// It is not YAML.
    #[error("the template is not YAML")]
    Yaml(#[source] serde_yaml_ng::Error),
    /// It has no table.
    #[error("the template has no AWS::DynamoDB::Table")]
    NoTable,
    /// A function has no source folder.
    #[error("the function {0} has no CodeUri that ends in its folder's name")]
    NoFolder(String),
    /// A filter's pattern is not one that the stack understands.
    #[error("a stream filter of {function} is not understood")]
    Filter {
        /// The function's folder.
        function: String,
        /// What is wrong with the pattern.
        #[source]
        source: PatternError,
    },
}

impl Template {
    /// Reads a SAM template.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let yaml: serde_yaml_ng::Value = serde_yaml_ng::from_str(text).map_err(TemplateError::Yaml)?;
        let document = to_json(yaml);
        let resources = document["Resources"].as_object().cloned().unwrap_or_default();
        let (table_id, table) = resources
            .iter()
            .find(|(_, resource)| resource["Type"] == "AWS::DynamoDB::Table")
            .map(|(id, resource)| (id, &resource["Properties"]))
            .ok_or(TemplateError::NoTable)?;
        let mut template = Self {
            table: create_table(table),
            ttl_attribute: table["TimeToLiveSpecification"]["AttributeName"].as_str().map(str::to_owned),
            cors: Value::Null,
            routes: Vec::new(),
            streams: Vec::new(),
            queues: Vec::new(),
            schedules: Vec::new(),
            policies: BTreeMap::new(),
            event_types: Vec::new(),
        };
        for (id, resource) in &resources {
            match resource["Type"].as_str() {
                Some("AWS::Serverless::Function") => {
                    let function = folder(id, resource)?;
                    template.add_events(&function, resource, &resources);
                    let role = logical_id(&resource["Properties"]["Role"]).and_then(|id| resources.get(id));
                    let policies = role.map_or(&Value::Null, |role| &role["Properties"]["Policies"]);
                    template.policies.insert(function, Policy::parse(policies, table_id));
                }
                Some("AWS::Lambda::EventSourceMapping") => {
                    let mapping = &resource["Properties"];
                    let id = logical_id(&mapping["FunctionName"]).unwrap_or(id);
                    let function = folder(id, resources.get(id).unwrap_or(&Value::Null))?;
                    template.add_mapping(function, mapping, &document, &resources)?;
                }
                Some("AWS::Serverless::HttpApi") => template.cors = resource["Properties"]["CorsConfiguration"].clone(),
                Some("AWS::SES::ConfigurationSetEventDestination") => {
                    let types = resource["Properties"]["EventDestination"]["MatchingEventTypes"].as_array();
                    template
                        .event_types
                        .extend(types.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
                }
                _ => {}
            }
        }
        Ok(template)
    }

    fn add_events(&mut self, function: &str, resource: &Value, resources: &Map<String, Value>) {
        for event in resource["Properties"]["Events"].as_object().into_iter().flat_map(Map::values) {
            let properties = &event["Properties"];
            match event["Type"].as_str() {
                Some("HttpApi") => self.routes.push(RouteDefinition {
                    route_key: route_key(properties),
                    function: function.to_owned(),
                    jwt: needs_jwt(properties, resources),
                }),
                Some("Schedule" | "ScheduleV2") => self.schedules.push(function.to_owned()),
                _ => {}
            }
        }
    }

    fn add_mapping(
        &mut self,
        function: String,
        mapping: &Value,
        document: &Value,
        resources: &Map<String, Value>,
    ) -> Result<(), TemplateError> {
        let source = logical_id(&mapping["EventSourceArn"]).and_then(|id| resources.get(id)).unwrap_or(&Value::Null);
        match source["Type"].as_str() {
            Some("AWS::DynamoDB::Table") => self.streams.push(stream_trigger(function, mapping, document)?),
            Some("AWS::SQS::Queue") => self.queues.push(QueueTrigger {
                function,
                batch_size: number(&mapping["BatchSize"], document).unwrap_or(DEFAULT_QUEUE_BATCH),
                most_receives: number(&source["Properties"]["RedrivePolicy"]["maxReceiveCount"], document)
                    .unwrap_or(DEFAULT_RECEIVES),
            }),
            _ => {}
        }
        Ok(())
    }
}

/// The properties of the table that CreateTable knows, in its own spelling.
fn create_table(properties: &Value) -> Value {
    let mut request = Map::new();
    for name in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
        if !properties[name].is_null() {
            request.insert(name.to_owned(), properties[name].clone());
        }
    }
    request.insert("BillingMode".to_owned(), json!("PAY_PER_REQUEST"));
    if let Some(view) = properties["StreamSpecification"]["StreamViewType"].as_str() {
        request.insert("StreamSpecification".to_owned(), json!({ "StreamEnabled": true, "StreamViewType": view }));
    }
    // On-demand limits of an index belong to billing, which nothing here plays.
    for index in request.get_mut("GlobalSecondaryIndexes").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(index) = index.as_object_mut() {
            index.retain(|name, _| matches!(name.as_str(), "IndexName" | "KeySchema" | "Projection"));
        }
    }
    Value::Object(request)
}

/// The last folder of `CodeUri`, which is the function's own name.
fn folder(id: &str, resource: &Value) -> Result<String, TemplateError> {
    let path = resource["Properties"]["CodeUri"].as_str().unwrap_or_default().trim_end_matches('/');
    let name = path.rsplit('/').next().filter(|name| !name.is_empty() && *name != "..");
    name.map(str::to_owned).ok_or_else(|| TemplateError::NoFolder(id.to_owned()))
}

/// The resource that a `Ref` or a `GetAtt` speaks of.
fn logical_id(reference: &Value) -> Option<&str> {
    match &reference["Fn::GetAtt"] {
        Value::Array(path) => path.first().and_then(Value::as_str),
        _ => reference["Ref"].as_str(),
    }
}

fn route_key(properties: &Value) -> String {
    let method = properties["Method"].as_str().unwrap_or("any").to_ascii_uppercase();
    let method = if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" { "ANY".to_owned() } else { method };
    match properties["Path"].as_str() {
        None | Some("$default" | "/$default") => "$default".to_owned(),
        Some(path) => format!("{method} {path}"),
    }
}

/// An event's own authorizer, else the API's default one; `NONE` is SAM's word for an open route.
fn needs_jwt(properties: &Value, resources: &Map<String, Value>) -> bool {
    let api = logical_id(&properties["ApiId"]).and_then(|id| resources.get(id)).unwrap_or(&Value::Null);
    let own = &properties["Auth"]["Authorizer"];
    let authorizer = if own.is_null() { &api["Properties"]["Auth"]["DefaultAuthorizer"] } else { own };
    !authorizer.is_null() && authorizer != "NONE"
}

fn stream_trigger(function: String, mapping: &Value, document: &Value) -> Result<StreamTrigger, TemplateError> {
    let filters = mapping["FilterCriteria"]["Filters"].as_array();
    let patterns = filters
        .into_iter()
        .flatten()
        .map(|filter| Pattern::parse(filter["Pattern"].as_str().unwrap_or_default()))
        .collect::<Result<_, _>>()
        .map_err(|source| TemplateError::Filter { function: function.clone(), source })?;
    let window_seconds = number(&mapping["TumblingWindowInSeconds"], document);
    Ok(StreamTrigger {
        function,
        batch_size: number(&mapping["BatchSize"], document).unwrap_or(DEFAULT_STREAM_BATCH),
        // A window has one state for all of its shard, so that its batches come one at a time.
        lanes: number(&mapping["ParallelizationFactor"], document).filter(|_| window_seconds.is_none()).unwrap_or(1),
        retries: number(&mapping["MaximumRetryAttempts"], document).unwrap_or(DEFAULT_STREAM_RETRIES),
        bisect: mapping["BisectBatchOnFunctionError"] == true,
        window_seconds,
        patterns,
    })
}

/// A count above zero: written out, or the default of the parameter that is referred to.
fn number<Count: TryFrom<u64>>(value: &Value, document: &Value) -> Option<Count> {
    let value = match value["Ref"].as_str() {
        Some(parameter) => &document["Parameters"][parameter]["Default"],
        None => value,
    };
    value.as_u64().filter(|count| *count > 0).and_then(|count| Count::try_from(count).ok())
}

/// The document with CloudFormation's short tags in their long form: `!Ref X` is `{"Ref": "X"}`, `!GetAtt X.Arn` is
/// `{"Fn::GetAtt": ["X", "Arn"]}`, and so on.
fn to_json(value: serde_yaml_ng::Value) -> Value {
    use serde_yaml_ng::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(bool) => Value::Bool(bool),
        Yaml::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => json!(integer),
            (None, float) => json!(float),
        },
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => items.into_iter().map(to_json).collect(),
        Yaml::Mapping(fields) => {
            fields.into_iter().map(|(name, value)| (key_text(name), to_json(value))).collect::<Map<_, _>>().into()
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = tag.trim_start_matches('!');
            let value = to_json(tagged.value);
            match (name, &value) {
                ("Ref" | "Condition", _) => json!({ name: value }),
                ("GetAtt", Value::String(path)) => json!({ "Fn::GetAtt": path.splitn(2, '.').collect::<Vec<_>>() }),
                _ => json!({ format!("Fn::{name}"): value }),
            }
        }
    }
}

fn key_text(key: serde_yaml_ng::Value) -> String {
    match to_json(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
