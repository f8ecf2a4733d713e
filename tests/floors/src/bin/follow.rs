//! The floor of `follow`: one `GetItem`, one `PutEvents`, one `TransactWriteItems` of three.
#![allow(clippy::expect_used)]

use aws_sdk_dynamodb::types::{
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update, builders::UpdateBuilder,
};
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use floors::requests::read_item;
use floors::{Done, Table, key, number, text};
use lambda::Environment;
use lambda::aws::{Service, config};
use lambda_runtime::Error;

const SHARD: &str = "stream#shardId-00000001795302300000-0a1b2c3d";
const NUMBER: &str = "0000000000000000000000000000000000000001";
const TOKEN: &str = "a317c8a5-bd47-40ea-bd5e-d563b0379c5c";
const DETAIL: &str = r#"{"version":"1","id":"dd80403fe673d24cf6a8edfd524e6375","firm":"roe","invoice":"1042","number":"2026-1042","client":"acme","send":"01M82D4QWN1ABGQP7C0Z3QKZEC","recipient":"to:0","kind":"to","old_sent_status":"queued","new_sent_status":"sent","evidence":"accepted","reason_code":null,"next_action":null,"sequence":"0000000000000000000000000000000000000001","at":"2026-11-22T19:53:45.722Z"}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let environment = Environment::process();
    let bus = aws_sdk_eventbridge::Client::new(&config(&environment, Service::EventBridge)?);
    let name = environment.required("EVENT_BUS_NAME")?;
    let work = || async {
        read_item(&table, SHARD, "-").await;
        announce(&bus, &name).await;
        count(&table).await;
    };
    floors::events(work, &Done::all_of_window()).await
}

async fn announce(bus: &aws_sdk_eventbridge::Client, name: &str) {
    let entry = PutEventsRequestEntry::builder()
        .time(DateTime::from_millis(1_795_377_225_722))
        .source("invoice-email-tracking")
        .detail_type("Invoice Email Status Changed")
        .detail(DETAIL)
        .event_bus_name(name);
    bus.put_events().entries(entry.build()).send().await.expect("the bus takes it");
}

async fn count(table: &Table) {
    let update = |pk: &str, sk: &str| Update::builder().table_name(&table.name).set_key(Some(key(pk, sk)));
    let through = update(SHARD, "-")
        .update_expression("SET #n0 = :v0, #n1 = :v1")
        .condition_expression("attribute_not_exists(through) OR through < :v2")
        .expression_attribute_names("#n0", "through")
        .expression_attribute_names("#n1", "expires_at")
        .expression_attribute_values(":v0", text(NUMBER))
        .expression_attribute_values(":v1", number("1795982185"))
        .expression_attribute_values(":v2", text(NUMBER))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let totals = update("totals#roe", "2026-11-22T19#1")
        .update_expression("ADD #n0 :v0, #n1 :v1")
        .expression_attribute_names("#n0", "3qn")
        .expression_attribute_names("#n1", "3sa")
        .expression_attribute_values(":v0", number("-1"))
        .expression_attribute_values(":v1", number("1"));
    let waiting = update("totals#roe", "waiting#1")
        .update_expression("ADD #n0 :v0")
        .expression_attribute_names("#n0", "q")
        .expression_attribute_values(":v0", number("-1"));
    table
        .client
        .transact_write_items()
        .set_transact_items(Some([through, totals, waiting].map(in_transaction).into()))
        .client_request_token(TOKEN)
        .send()
        .await
        .expect("the table takes it");
}

fn in_transaction(update: UpdateBuilder) -> TransactWriteItem {
    TransactWriteItem::builder().update(update.build().expect("it is whole")).build()
}
