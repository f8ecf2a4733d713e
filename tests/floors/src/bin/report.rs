//! The floor of `report`: one `Query`, and an answer as long as the history of an invoice.
#![allow(clippy::expect_used)]

use floors::requests::INVOICE;
use floors::{Table, text};
use lambda_http::{Body, Error};

/// As long as the history of a send to one person.
const HISTORY_BYTES: usize = 1_200;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let history = "h".repeat(HISTORY_BYTES);
    floors::http(|| query(&table), "application/json", || Body::from(history.as_str())).await
}

async fn query(table: &Table) {
    table
        .client
        .query()
        .table_name(&table.name)
        .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :before")
        .expression_attribute_values(":pk", text(INVOICE))
        .expression_attribute_values(":first", text("send#"))
        .expression_attribute_values(":before", text("send#~"))
        .consistent_read(true)
        .scan_index_forward(false)
        .limit(2_501)
        .send()
        .await
        .expect("the table answers");
}
