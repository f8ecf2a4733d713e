//! The floor of `submit`: one `BatchGetItem` of five, one `GetItem`, one `TransactWriteItems` of four.
#![allow(clippy::expect_used)]

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use floors::requests::{BODY, INVOICE, RECIPIENT, SEND, read_item, read_items};
use floors::{Table, key, number, text, texts};
use lambda_http::{Body, Error};

const IDEMPOTENCY: &str = "idempotency#roe#0193ce2c-1f3a-7d2e-9b5a-6d1f0f6f8a11";
const TOKEN: &str = "460927c4-0740-45ae-eef5-1ec588463506";
const ANSWER: &str = r#"{"send":"01M82D4R16CH23BA0VTG2YF052","invoice":"1042","submitted_at":"2026-11-22T19:53:45.766Z","recipients":[{"recipient":"to:0","kind":"to","address":"bob@example.com","name":"Bob Roe","sent_status":"queued","warnings":[]}]}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let work = || async {
        let suppression = ("suppression#roe", "bob@example.com");
        let keys = [suppression, (INVOICE, "recent"), ("settings#roe", "-"), (INVOICE, "invoice"), (IDEMPOTENCY, "-")];
        read_items(&table, keys).await;
        read_item(&table, "clients#roe", "acme").await;
        write(&table).await;
    };
    floors::http(work, "application/json", || Body::from(ANSWER)).await
}

async fn write(table: &Table) {
    let put = |item| Put::builder().table_name(&table.name).set_item(Some(item));
    let once = put(idempotency())
        .condition_expression("attribute_not_exists(pk) OR expires_at <= :now")
        .expression_attribute_values(":now", number("1795377225"))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    let new = "attribute_not_exists(pk)";
    let (recipient, body) = (put(recipient()).condition_expression(new), put(body()).condition_expression(new));
    let puts = [once, recipient, body].map(|put| put.build().expect("it is whole"));
    let mut items: Vec<_> = puts.into_iter().map(|put| TransactWriteItem::builder().put(put).build()).collect();
    let recent = Update::builder()
        .table_name(&table.name)
        .set_key(Some(key(INVOICE, "recent")))
        .update_expression("SET #n0 = :v0")
        .expression_attribute_names("#n0", "addresses")
        .expression_attribute_values(":v0", recent());
    items.push(TransactWriteItem::builder().update(recent.build().expect("it is whole")).build());
    let write = table.client.transact_write_items().set_transact_items(Some(items)).client_request_token(TOKEN);
    write.send().await.expect("the table takes it");
}

fn idempotency() -> HashMap<String, AttributeValue> {
    let fingerprint = "66d6887cd39b5005a47c38a6f9d072a47a430d797f2ee54bb7840f176409fbaa";
    let mut item = texts([("pk", IDEMPOTENCY), ("sk", "-"), ("fingerprint", fingerprint), ("answer", ANSWER)]);
    item.insert("expires_at".to_owned(), number("1795463625"));
    item
}

fn recipient() -> HashMap<String, AttributeValue> {
    let mut item = texts([
        ("pk", INVOICE),
        ("sk", RECIPIENT),
        ("source", "manual"),
        ("subject", "Invoice 2026-1042 from Roe & Partners"),
        ("name", "Bob Roe"),
        ("client", "acme"),
        ("client_name", "Acme"),
        ("number", "2026-1042"),
        ("sent_by", "anna@roe.example"),
        ("address", "bob@example.com"),
        ("address_key", "bob@example.com"),
        ("report_pk", "report#roe#2026-11"),
        ("report_sk", "01M82D4R16CH23BA0VTG2YF052#c99"),
        ("due_pk", "due#2"),
        ("rare_pk", "rare#roe#queued"),
        ("client_pk", "client#roe#acme"),
        ("address_pk", "address#roe#bob@example.com"),
        ("attention_pk", "attention#roe"),
        ("attention_sk", "2026-11-22T19:53:45.766Z#01M82D4R16CH23BA0VTG2YF052#c99"),
    ]);
    for (name, value) in [
        ("drive", number("1")),
        ("attempts", number("0")),
        ("due_at", number("1795377525766")),
        ("tracked", AttributeValue::Bool(true)),
        ("opens", AttributeValue::L(Vec::new())),
        ("clicks", AttributeValue::L(Vec::new())),
        ("events", AttributeValue::M(HashMap::new())),
    ] {
        item.insert(name.to_owned(), value);
    }
    item
}

fn body() -> HashMap<String, AttributeValue> {
    let mut item = texts([
        ("pk", INVOICE),
        ("sk", BODY),
        ("subject", "Invoice 2026-1042 from Roe & Partners"),
        ("message", "Dear Bob,\n\nplease find our invoice."),
        ("firm_name", "Roe & Partners"),
        ("client", "acme"),
        ("client_name", "Acme"),
        ("number", "2026-1042"),
        ("amount", "1250.00"),
        ("balance", "1000.00"),
        ("currency", "USD"),
        ("due_on", "2026-12-01"),
        ("locale", "en-GB"),
    ]);
    item.insert("to".to_owned(), AttributeValue::L(vec![text("\"Bob Roe\" <bob@example.com>")]));
    item.insert("cc".to_owned(), AttributeValue::L(Vec::new()));
    item.insert("shows_balance".to_owned(), AttributeValue::Bool(true));
    item
}

fn recent() -> AttributeValue {
    let one = || AttributeValue::M(texts([("send", SEND), ("position", "to:0")]));
    let addresses = ["ann@example.com", "bob@example.com"].map(|address| (address.to_owned(), one()));
    AttributeValue::M(HashMap::from(addresses))
}
