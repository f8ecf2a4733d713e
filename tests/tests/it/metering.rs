//! The meter of the bench report: its units are those that AWS would bill.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>

use std::collections::BTreeMap;

use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use serde_json::{Value, json};
use tests::cloud::{creation, serve};
use tests::meter::{Meter, Spent};
use tests::template::Template;

/// A table, and the door to it.
async fn metered() -> Meter {
    let database = Database::memory().unwrap();
    let create: CreateTableRequest =
        serde_json::from_value(creation(Template::read().properties("Table"), "metered")).unwrap();
    database.create_table(create).unwrap();
    Meter::open(serve(database).await).await
}

/// An item of some 1,500 bytes that stands in the index `report`, which has all of it.
fn item(filled_with: &str) -> Value {
    json!({
        "pk": { "S": "p" }, "sk": { "S": "s" }, "report_pk": { "S": "r" }, "report_sk": { "S": "1" },
        "text": { "S": filled_with.repeat(1_500) },
    })
}

fn put(item: &Value) -> Value {
    json!({ "TableName": "metered", "Item": item })
}

fn units(spent: &Spent) -> (f64, f64, BTreeMap<&str, f64>) {
    (spent.read, spent.write, spent.indexes.iter().map(|(name, units)| (name.as_str(), *units)).collect())
}

#[tokio::test]
async fn writes_cost_by_the_kilobyte_in_the_table_and_in_each_index_that_changes() {
    let meter = metered().await;
    let (_, spent) = meter.ask("PutItem", &put(&item("a"))).await;
    assert_eq!(units(&spent), (0.0, 2.0, [("report", 2.0)].into()));
    assert_eq!(spent.written(), 4.0);
    let (_, spent) = meter.ask("PutItem", &put(&item("a"))).await;
    assert_eq!(units(&spent), (0.0, 2.0, [].into()), "nothing changes in the index");
    let writes = json!({ "TransactItems": [{ "Put": put(&item("b")) }] });
    let (_, spent) = meter.ask("TransactWriteItems", &writes).await;
    assert_eq!(units(&spent), (0.0, 4.0, [("report", 2.0)].into()), "twice in the table, once in the index");
}

#[tokio::test]
async fn reads_cost_by_four_kilobytes_and_half_where_they_may_be_old() {
    let meter = metered().await;
    meter.ask("PutItem", &put(&item("a"))).await;
    let key = json!({ "pk": { "S": "p" }, "sk": { "S": "s" } });
    for (consistent, read) in [(true, 1.0), (false, 0.5)] {
        let get = json!({ "TableName": "metered", "Key": key, "ConsistentRead": consistent });
        assert_eq!(units(&meter.ask("GetItem", &get).await.1), (read, 0.0, [].into()));
        let query = json!({
            "TableName": "metered", "ConsistentRead": consistent, "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": "p" } },
        });
        assert_eq!(units(&meter.ask("Query", &query).await.1), (read, 0.0, [].into()));
    }
}

#[tokio::test]
async fn a_write_whose_condition_fails_costs_as_much_as_the_item_that_it_met() {
    let meter = metered().await;
    meter.ask("PutItem", &put(&item("a"))).await;
    for (sk, write) in [("s", 2.0), ("nothing", 1.0)] {
        let update = json!({
            "TableName": "metered", "Key": { "pk": { "S": "p" }, "sk": { "S": sk } },
            "UpdateExpression": "SET seen = :seen", "ConditionExpression": "attribute_exists(never)",
            "ExpressionAttributeValues": { ":seen": { "N": "1" } },
        });
        let request = reqwest::Client::new().post(meter.url()).header("x-amz-target", "DynamoDB_20120810.UpdateItem");
        let request = request
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20261121T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-central-1/dynamodb/aws4_request, \
                 SignedHeaders=host, Signature=0",
            );
        assert_eq!(request.body(update.to_string()).send().await.unwrap().status(), 400);
        let spent = meter.spent();
        assert_eq!(spent.len(), 1, "what the meter asks itself is not counted");
        assert_eq!(units(&spent[0]), (0.0, write, [].into()), "{sk}");
    }
}
