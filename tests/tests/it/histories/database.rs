//! The table of a history: an embedded DynamoDB in memory that is asked in DynamoDB's own JSON, and its stream.
//!
//! It is asked in the history's own thread and goes by the history's clock, so that one seed makes one history.

use std::cell::Cell;
use std::sync::Arc;

use dynoxide::Database;
use dynoxide::errors::DynoxideError;
use dynoxide::storage_backend::Clock as DatabaseClock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::cloud::creation;
use tests::template::Template;
use tokio::time::Instant;

/// The table's name in every history: each has a database of its own.
pub(super) const TABLE: &str = "invoice-emails";

/// When each history begins.
const BEGIN: &str = "2026-11-23T08:00:00Z";

/// The history's time: it stands still unless nothing else is left to happen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    began: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { began: Instant::now() }
    }

    pub(super) fn now(self) -> Timestamp {
        let begin: Timestamp = BEGIN.parse().unwrap();
        begin + SignedDuration::try_from(self.began.elapsed()).unwrap()
    }
}

impl DatabaseClock for Clock {
    fn now_unix_secs(&self) -> u64 {
        self.now().as_second().unsigned_abs()
    }

    fn now_unix_secs_f64(&self) -> f64 {
        // Milliseconds of this century are exact in a float.
        self.now().as_millisecond() as f64 / 1000.0
    }
}

/// An answer of the table: a status and JSON.
pub(super) type Answer = (u16, String);

/// The table and its stream.
pub(super) struct Table {
    database: Database,
    stream_arn: String,
    iterator: String,
    /// All that the stream has brought so far.
    records: Vec<Value>,
    /// Whether it may have more: it is asked often, and each time reads all that it has.
    has_more: Cell<bool>,
}

impl Table {
    /// An empty one, as the template describes it.
    pub(super) fn create(clock: Clock, template: &Template) -> Self {
        let database = Database::memory_with_clock(Arc::new(clock)).unwrap();
        let mut creation = creation(template.properties("Table"), TABLE);
        creation["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" });
        let made = run(&creation.to_string(), |request| database.create_table(request)).unwrap();
        let made: Value = serde_json::from_str(&made).unwrap();
        let stream_arn = made["TableDescription"]["LatestStreamArn"].as_str().unwrap().to_owned();
        let mut table =
            Self { database, stream_arn, iterator: String::new(), records: Vec::new(), has_more: Cell::new(true) };
        let stream = table.ask_stream("DescribeStream", &json!({ "StreamArn": table.stream_arn }));
        let shard = &stream["StreamDescription"]["Shards"][0]["ShardId"];
        let from = json!({ "StreamArn": table.stream_arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON" });
        let iterator = table.ask_stream("GetShardIterator", &from)["ShardIterator"].as_str().unwrap().to_owned();
        table.iterator = iterator;
        table
    }

    /// Carries a request out.
    pub(super) fn carry_out(&self, operation: &str, body: &str) -> Answer {
        let database = &self.database;
        let reads = matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "Scan" | "TransactGetItems");
        self.has_more.set(self.has_more.get() || !reads);
        let done = match operation {
            "GetItem" => run(body, |request| database.get_item(request)),
            "BatchGetItem" => run(body, |request| database.batch_get_item(request)),
            "PutItem" => run(body, |request| database.put_item(request)),
            "UpdateItem" => run(body, |request| database.update_item(request)),
            "DeleteItem" => run(body, |request| database.delete_item(request)),
            "Query" => run(body, |request| database.query(request)),
            "Scan" => run(body, |request| database.scan(request)),
            "TransactGetItems" => run(body, |request| database.transact_get_items(request)),
            "TransactWriteItems" => run(body, |request| database.transact_write_items(request)),
            other => panic!("no function asks for {other}"),
        };
        match done {
            Ok(answer) => (200, answer),
            Err(error) => (error.status_code(), error.to_json()),
        }
    }

    /// The stream's records up to now.
    pub(super) fn records(&mut self) -> &[Value] {
        while self.has_more.get() {
            let batch = self.ask_stream("GetRecords", &json!({ "ShardIterator": self.iterator, "Limit": 1000 }));
            let records = batch["Records"].as_array().unwrap();
            self.iterator = batch["NextShardIterator"].as_str().unwrap().to_owned();
            self.has_more.set(!records.is_empty());
            self.records.extend(records.iter().cloned());
        }
        &self.records
    }

    /// All items whose partition key names the firm, in the order of their keys, as they are stored.
    pub(super) fn items_of(&self, firm: &str) -> Vec<Value> {
        let found = self.carry_out("Scan", &json!({ "TableName": TABLE }).to_string()).1;
        let found: Value = serde_json::from_str(&found).unwrap();
        assert!(found["LastEvaluatedKey"].is_null(), "a history fits into one page");
        let of_firm = |item: &&Value| item["pk"]["S"].as_str().unwrap().split('#').nth(1) == Some(firm);
        let mut items: Vec<Value> = found["Items"].as_array().unwrap().iter().filter(of_firm).cloned().collect();
        items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
        items
    }

    fn ask_stream(&self, operation: &str, body: &Value) -> Value {
        let (body, database) = (body.to_string(), &self.database);
        let answer = match operation {
            "DescribeStream" => run(&body, |request| database.describe_stream(request)),
            "GetShardIterator" => run(&body, |request| database.get_shard_iterator(request)),
            _ => run(&body, |request| database.get_records(request)),
        };
        serde_json::from_str(&answer.unwrap()).unwrap()
    }
}

fn run<Request, Response>(
    body: &str,
    operation: impl FnOnce(Request) -> Result<Response, DynoxideError>,
) -> Result<String, DynoxideError>
where
    Request: serde::de::DeserializeOwned,
    Response: serde::Serialize,
{
    let request = serde_json::from_str(body).map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    operation(request).map(|response| serde_json::to_string(&response).unwrap())
}
