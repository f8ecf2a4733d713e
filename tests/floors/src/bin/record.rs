//! The floor of `record`: an `UpdateItem` for each of ten recipients, eight at a time.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use floors::requests::{INVOICE, SEND, append};
use floors::{Done, Table, number, text, texts};
use futures_util::{StreamExt, stream};
use lambda_runtime::Error;

/// As many as the queue hands over at once.
const MESSAGES: usize = 10;
/// As many as the function makes at a time.
const CONCURRENCY: usize = 8;
/// What an event makes superfluous.
const REMOVED: [&str; 8] =
    ["drive", "lease_until", "lease_by", "due_pk", "due_at", "rare_pk", "attention_pk", "attention_sk"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let work = || stream::iter(0..MESSAGES).map(|place| deliver(&table, place)).buffer_unordered(CONCURRENCY).collect();
    floors::events(work, &Done::all()).await
}

async fn deliver(table: &Table, place: usize) {
    let mut event = texts([("kind", "delivered"), ("detail", "250 2.6.0 Message received")]);
    event.insert("at".to_owned(), number("1795302302000"));
    event.insert("source".to_owned(), AttributeValue::B(Blob::new([7; 32])));
    let set = [
        ("message_id", text("0107019aa8c0f3b2-00000001-0000-4000-8000-000000000000-000000")),
        ("settled", AttributeValue::Bool(true)),
    ];
    let event = ("delivered.1795302302000.89ffb31c3986", AttributeValue::M(event));
    append(table, (INVOICE, &format!("send#{SEND}#c{}", 90 + place)), event, &set, &REMOVED).await;
}
