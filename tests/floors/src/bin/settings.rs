//! The floor of `settings`: one `PutItem`, and what was put.
#![allow(clippy::expect_used)]

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use floors::{Table, number, text, texts};
use lambda_http::{Body, Error};

const CLIENT: &str = r#"{"client":"acme","name":"Acme","email":"ann@example.com; bob@example.com","contacts":[{"address":"ann@example.com","name":"Ann","invited_at":"2026-01-01T09:00:00.000Z","accepted_at":null,"login_created_at":null}],"open_tracking":"individual"}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    floors::http(|| put(&table), "application/json", || Body::from(CLIENT)).await
}

async fn put(table: &Table) {
    let mut item =
        texts([("pk", "clients#roe"), ("sk", "acme"), ("etag", "7bb8ba3a0c92489221531d0bebf1c1e4"), ("name", "Acme")]);
    item.insert("email".to_owned(), AttributeValue::L(vec![text("ann@example.com"), text("bob@example.com")]));
    let mut contact = texts([("name", "Ann"), ("address", "ann@example.com")]);
    contact.insert("invited_at".to_owned(), number("1767258000000"));
    item.insert("contacts".to_owned(), AttributeValue::L(vec![AttributeValue::M(contact)]));
    table
        .client
        .put_item()
        .table_name(&table.name)
        .set_item(Some(item))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .expect("the table takes it");
}
