//! A door to the table that reads off what each request consumes, in DynamoDB's read and write units.
//!
//! It adds `ReturnConsumedCapacity: INDEXES` to what passes, which no function asks for itself. The embedded table counts
//! by the rules that its authors captured from DynamoDB, so that what it answers is what a bill would say. One thing it
//! does not answer: a write whose condition fails is billed, too, by the size of the item that it met.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use dynoxide::types::{Item, item_size, write_capacity_units};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// DynamoDB's own limit of a request.
const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// What one request consumed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spent {
    /// The operation: `UpdateItem`, say.
    pub operation: String,
    /// Read units.
    pub read: f64,
    /// Write units of the table itself.
    pub write: f64,
    /// Write units of its indexes, by their names.
    pub indexes: BTreeMap<String, f64>,
}

impl Spent {
    /// Write units of the table and its indexes.
    pub fn written(&self) -> f64 {
        self.write + self.indexes.values().sum::<f64>()
    }
}

/// An open door.
#[derive(Debug)]
pub struct Meter {
    url: String,
    table_url: String,
    client: reqwest::Client,
    spent: Arc<Mutex<Vec<Spent>>>,
}

impl Meter {
    /// Opens one in front of a table's server.
    pub async fn open(table_url: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (client, spent) = (reqwest::Client::new(), Arc::<Mutex<Vec<Spent>>>::default());
        let (passing, upstream, noted) = (client.clone(), table_url.clone(), Arc::clone(&spent));
        let router = Router::new().fallback(move |request: Request| async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, MOST_BODY_BYTES).await.unwrap();
            let (status, answer, one) = pass(&passing, &upstream, parts.headers, &body).await;
            noted.lock().unwrap().push(one);
            (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], answer).into_response()
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, table_url, client, spent }
    }

    /// Where functions find the table.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What was consumed since the last time that this was asked, request by request.
    pub fn spent(&self) -> Vec<Spent> {
        std::mem::take(&mut self.spent.lock().unwrap())
    }

    /// Asks the table as a function would, and tells what that consumed.
    pub async fn ask(&self, operation: &str, body: &Value) -> (Value, Spent) {
        let (status, answer, spent) =
            pass(&self.client, &self.table_url, headers(operation), body.to_string().as_bytes()).await;
        assert_eq!(status, StatusCode::OK, "{operation}: {}", String::from_utf8_lossy(&answer));
        (serde_json::from_slice(&answer).unwrap(), spent)
    }
}

/// Hands a request on, and its answer back, with what it consumed.
async fn pass(client: &reqwest::Client, url: &str, mut headers: HeaderMap, body: &[u8]) -> (StatusCode, Bytes, Spent) {
    let target = headers["x-amz-target"].to_str().unwrap();
    let operation = target.rsplit('.').next().unwrap().to_owned();
    let mut asked: Value = serde_json::from_slice(body).unwrap();
    asked["ReturnConsumedCapacity"] = json!("INDEXES");
    // These two belong to the connection, and ours is another one.
    headers.remove(header::HOST);
    headers.remove(header::CONTENT_LENGTH);
    let sent = client.post(url).headers(headers).body(asked.to_string()).send().await.unwrap();
    let (status, answer) = (sent.status(), sent.bytes().await.unwrap());
    let said: Value = serde_json::from_slice(&answer).unwrap();
    let spent = if status.is_success() {
        consumed(operation, &said["ConsumedCapacity"])
    } else {
        assert!(
            said["__type"].as_str().is_some_and(|kind| kind.ends_with("ConditionalCheckFailedException")),
            "nobody knows what this consumed: {operation}, {said}"
        );
        let item = read(client, url, &asked).await;
        Spent { operation, write: write_capacity_units(item.as_ref().map_or(0, item_size)), ..Spent::default() }
    };
    (status, answer, spent)
}

fn consumed(operation: String, capacity: &Value) -> Spent {
    let tables = capacity.as_array().map_or(std::slice::from_ref(capacity), Vec::as_slice);
    let mut spent = Spent { operation, ..Spent::default() };
    let units = |value: &Value| value["CapacityUnits"].as_f64().unwrap_or_else(|| panic!("no units in {value}"));
    for table in tables {
        if matches!(spent.operation.as_str(), "GetItem" | "BatchGetItem" | "Query" | "Scan" | "TransactGetItems") {
            spent.read += units(table);
            continue;
        }
        spent.write += units(&table["Table"]);
        for (name, index) in table["GlobalSecondaryIndexes"].as_object().into_iter().flatten() {
            *spent.indexes.entry(name.clone()).or_default() += units(index);
        }
    }
    spent
}

/// The item that a write was about, as it stayed.
async fn read(client: &reqwest::Client, url: &str, write: &Value) -> Option<Item> {
    let key = if write["Key"].is_object() { &write["Key"] } else { &write["Item"] };
    let asked = json!({
        "TableName": write["TableName"], "Key": { "pk": key["pk"], "sk": key["sk"] }, "ConsistentRead": true,
    });
    let answer = client.post(url).headers(headers("GetItem")).body(asked.to_string()).send().await.unwrap();
    let said: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    said.get("Item").map(|item| serde_json::from_value(item.clone()).unwrap())
}

fn headers(operation: &str) -> HeaderMap {
    let authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-central-1/dynamodb/aws4_request, \
                         SignedHeaders=host, Signature=0";
    let mut headers = HeaderMap::new();
    let mut set = |name, value: &str| headers.insert(name, HeaderValue::from_str(value).unwrap());
    set("content-type", "application/x-amz-json-1.0");
    set("x-amz-target", &format!("DynamoDB_20120810.{operation}"));
    set("x-amz-date", "20261121T000000Z");
    set("authorization", authorization);
    headers
}
