//! What functions find on AWS beside the Runtime API: a table made from the template, and an SES that takes all.
//! Nothing here is the local stack's, so that the functions are proved without it.
//!
//! The table is one of an embedded DynamoDB, or, with the variable `TABLE_ENDPOINT` (`http://127.0.0.1:8000`), one of
//! another implementation that runs there: what holds on both hangs on no leniency of either.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};

use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dynoxide::Database;
use lambda::Environment;
use lambda::aws::Service;
use serde_json::{Value, json};
use table::Table;
use tokio::net::TcpListener;

use crate::door::Door;
use crate::secrecy::Secrecy;
use crate::template::Template;
use crate::{Answer, Mail, until};

/// The variable that names another implementation of DynamoDB than the embedded one.
const TABLE_ENDPOINT: &str = "TABLE_ENDPOINT";

/// A table, an SES, and the variables that lead there.
pub struct Cloud {
    table_name: String,
    table_url: String,
    door: Door,
    ses_url: String,
    mails: Arc<Mutex<Vec<Value>>>,
    _secrecy: Secrecy,
}

impl Cloud {
    /// Starts both, with an empty table.
    pub async fn start() -> Self {
        Self::with(true).await
    }

    /// Starts both; SES takes each mail and never answers.
    pub async fn with_silent_ses() -> Self {
        Self::with(false).await
    }

    /// Starts both, with a table from before it had an index.
    pub async fn lacking(index: &str) -> Self {
        Self::started(true, Some(index)).await
    }

    async fn with(answers: bool) -> Self {
        Self::started(answers, None).await
    }

    async fn started(answers: bool, lacking: Option<&str>) -> Self {
        let table_url = match Environment::process().optional(TABLE_ENDPOINT) {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => serve(Database::memory().unwrap()).await,
        };
        // Whatever else runs there: each hasher of this kind has random keys.
        let table_name = format!("invoice-emails-{:016x}", RandomState::new().hash_one(()));
        let door = Door::open(table_url.clone()).await;

        let mails = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&mails);
        let take = move |Json(call): Json<Value>| async move {
            let number = {
                let mut mails = taken.lock().unwrap();
                mails.push(call);
                mails.len() - 1
            };
            if !answers {
                std::future::pending::<()>().await;
            }
            Json(json!({ "MessageId": message_id(number) }))
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ses_url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v2/email/outbound-emails", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });

        let cloud = Self { table_name, table_url, door, ses_url, mails, _secrecy: Secrecy::watch() };
        cloud.create_table(lacking).await;
        cloud
    }

    /// The variables of all functions.
    pub fn variables(&self) -> BTreeMap<String, String> {
        let key = STANDARD.encode([7; 32]);
        [
            ("TABLE_NAME", self.table_name.as_str()),
            ("TRACKING_BASE_URL", "https://mail.example.com"),
            ("TOKEN_KEYS", &format!("k1:{key}")),
            ("CONFIGURATION_SET", "invoices"),
            ("EVENT_BUS_NAME", "default"),
            ("FROM_ADDRESS", "billing@example.com"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "EXAMPLEKEY"),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.door.url()),
            ("AWS_ENDPOINT_URL_SESV2", &self.ses_url),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }

    /// The same for functions that run in the test's own process.
    pub fn environment(&self) -> Environment {
        Environment::of(self.variables())
    }

    /// The table as functions reach it: through the door.
    pub fn table(&self) -> Table {
        let config = lambda::aws::config(&self.environment(), Service::DynamoDb).expect("the variables are complete");
        Table::new(&config, self.table_name.clone())
    }

    /// The door to the table.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// The mails that SES took, in order.
    pub fn mails(&self) -> Vec<Mail> {
        let calls = self.mails.lock().unwrap().clone();
        calls.iter().enumerate().map(|(number, call)| mail(number, call)).collect()
    }

    /// The records that the table's stream would bring for what is to be sent.
    pub async fn to_be_sent(&self) -> Value {
        let scan = json!({ "TableName": self.table_name, "FilterExpression": "attribute_exists(drive)" });
        let found = self.ask("Scan", &scan).await;
        let records = found["Items"].as_array().expect("items").iter().enumerate().map(|(number, item)| {
            json!({
                "eventID": format!("{number:032x}"), "eventName": "INSERT", "eventVersion": "1.1",
                "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
                "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-11-21T00:00:00.000",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_795_302_300,
                    "Keys": { "pk": item["pk"], "sk": item["sk"] }, "NewImage": item,
                    "SequenceNumber": format!("{:021}", number + 1), "SizeBytes": 100,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
            })
        });
        json!({ "Records": records.collect::<Vec<_>>() })
    }

    /// Writes text over an attribute of each recipient with that address, as no function would.
    pub async fn spoil(&self, address: &str, attribute: &str) {
        let scan = json!({
            "TableName": self.table_name, "FilterExpression": "address = :address",
            "ExpressionAttributeValues": { ":address": { "S": address } },
        });
        let found = self.ask("Scan", &scan).await;
        let items = found["Items"].as_array().expect("items");
        assert!(!items.is_empty(), "nobody has {address}");
        for item in items {
            self.spoil_item(item, attribute).await;
        }
    }

    /// Writes text over an attribute of all items that have it, as another version of the functions might have.
    pub async fn spoil_all(&self, attribute: &str) {
        for item in self.items_with(attribute).await {
            self.spoil_item(&item, attribute).await;
        }
    }

    async fn spoil_item(&self, item: &Value, attribute: &str) {
        let update = json!({
            "TableName": self.table_name, "Key": { "pk": item["pk"], "sk": item["sk"] },
            "UpdateExpression": "SET #a = :junk",
            "ExpressionAttributeNames": { "#a": attribute }, "ExpressionAttributeValues": { ":junk": { "S": "junk" } },
        });
        self.ask("UpdateItem", &update).await;
    }

    /// Takes attributes from the recipients of an invoice, as they were before a version that has them.
    pub async fn take_away(&self, invoice: &str, attributes: &[&str]) {
        let scan = json!({
            "TableName": self.table_name, "FilterExpression": "attribute_exists(report_sk) AND contains(pk, :invoice)",
            "ExpressionAttributeValues": { ":invoice": { "S": format!("#{invoice}") } },
        });
        let found = self.ask("Scan", &scan).await;
        let items = found["Items"].as_array().expect("items");
        assert!(!items.is_empty(), "{invoice} was never sent");
        for item in items {
            let update = json!({
                "TableName": self.table_name, "Key": { "pk": item["pk"], "sk": item["sk"] },
                "UpdateExpression": format!("REMOVE {}", attributes.join(", ")),
            });
            self.ask("UpdateItem", &update).await;
        }
    }

    /// The values of the attribute by which the template lets items expire, of all items that have it.
    pub async fn expiries(&self) -> Vec<Value> {
        let template = Template::read();
        let attribute = &template.properties("Table")["TimeToLiveSpecification"]["AttributeName"];
        self.values(attribute.as_str().expect("a name")).await
    }

    /// How many elements the list of that name has, in the only item that has one: the crate reads no more of it than
    /// counts.
    pub async fn list_length(&self, attribute: &str) -> usize {
        let values = self.values(attribute).await;
        let [value] = &values[..] else { panic!("{} items have {attribute}", values.len()) };
        value["L"].as_array().expect("a list").len()
    }

    /// The values of an attribute, of all items that have it.
    async fn values(&self, attribute: &str) -> Vec<Value> {
        self.items_with(attribute).await.iter().map(|item| item[attribute].clone()).collect()
    }

    /// All that the table holds, as text: for looking for what must not be in it.
    pub async fn everything(&self) -> String {
        self.ask("Scan", &json!({ "TableName": self.table_name })).await["Items"].to_string()
    }

    /// All items that the table holds, by their keys.
    pub async fn items(&self) -> Vec<Value> {
        let (mut items, mut scan) = (Vec::new(), json!({ "TableName": self.table_name }));
        loop {
            let mut page = self.ask("Scan", &scan).await;
            items.extend(page["Items"].as_array().expect("items").clone());
            match page["LastEvaluatedKey"].take() {
                Value::Null => break,
                last => scan["ExclusiveStartKey"] = last,
            }
        }
        items.sort_by_key(|item| [item["pk"]["S"].to_string(), item["sk"]["S"].to_string()]);
        items
    }

    /// Puts items into the table as they are, whatever wrote them.
    pub async fn put(&self, items: &[Value]) {
        for item in items {
            self.ask("PutItem", &json!({ "TableName": self.table_name, "Item": item })).await;
        }
    }

    /// All items that have an attribute.
    async fn items_with(&self, attribute: &str) -> Vec<Value> {
        let scan = json!({
            "TableName": self.table_name, "FilterExpression": "attribute_exists(#a)",
            "ExpressionAttributeNames": { "#a": attribute },
        });
        self.ask("Scan", &scan).await["Items"].as_array().expect("items").clone()
    }

    async fn create_table(&self, lacking: Option<&str>) {
        let mut request = creation(Template::read().properties("Table"), &self.table_name);
        if let Some(index) = lacking {
            take_index(&mut request, index);
        }
        self.ask("CreateTable", &request).await;
        until("the table is there", async || {
            let table = self.ask("DescribeTable", &json!({ "TableName": self.table_name })).await;
            if table["Table"]["TableStatus"] == "ACTIVE" { Ok(()) } else { Err(table.to_string()) }
        })
        .await;
    }

    async fn ask(&self, operation: &str, body: &Value) -> Value {
        let request = reqwest::Client::new()
            .post(format!("{}/", self.table_url))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20261121T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-central-1/dynamodb/aws4_request, \
                 SignedHeaders=host, Signature=0",
            )
            .body(body.to_string());
        Answer::of(request).await.expect(200)
    }
}

/// Starts a DynamoDB within this process; where it answers.
pub async fn serve(database: Database) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    url
}

/// The request that creates a table with the keys and indexes that the template gives it, and without a stream.
pub fn creation(properties: &Value, table_name: &str) -> Value {
    let mut request = json!({ "TableName": table_name, "BillingMode": "PAY_PER_REQUEST" });
    for name in ["AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"] {
        request[name] = properties[name].clone();
    }
    request
}

/// Takes an index from such a request, with the attributes that no other key is made of: DynamoDB wants no others.
fn take_index(request: &mut Value, index: &str) {
    let indexes = request["GlobalSecondaryIndexes"].as_array_mut().expect("a list");
    let before = indexes.len();
    indexes.retain(|one| one["IndexName"] != index);
    assert_eq!(indexes.len() + 1, before, "the template has no index {index}");
    let keys = format!("{}{}", request["KeySchema"], request["GlobalSecondaryIndexes"]);
    let attributes = request["AttributeDefinitions"].as_array_mut().expect("a list");
    attributes.retain(|one| keys.contains(&one["AttributeName"].to_string()));
}

fn message_id(number: usize) -> String {
    format!("0107019aa8c0f3b2-{number:08x}-0000-4000-8000-000000000000-000000")
}

/// A call of SendEmail as the mail that it makes.
fn mail(number: usize, call: &Value) -> Mail {
    let raw = STANDARD.decode(call["Content"]["Raw"]["Data"].as_str().expect("raw content")).expect("base64");
    let tags = call["EmailTags"].as_array().into_iter().flatten();
    let tags: BTreeMap<&str, &Value> = tags.map(|tag| (tag["Name"].as_str().unwrap(), &tag["Value"])).collect();
    let envelope: Vec<&Value> = ["ToAddresses", "CcAddresses", "BccAddresses"]
        .into_iter()
        .flat_map(|field| call["Destination"][field].as_array().into_iter().flatten())
        .collect();
    Mail::of(&json!({
        "message_id": message_id(number),
        "accepted_at": "2026-11-21T23:05:00.000Z",
        "envelope_to": envelope,
        "subject": "",
        "tags": tags,
        "configuration_set": call["ConfigurationSetName"],
        "raw": String::from_utf8(raw).expect("7 bits"),
    }))
}
