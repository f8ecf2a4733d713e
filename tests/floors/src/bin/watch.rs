//! The floor of `watch`: a `Query` for each shard, all at a time.
#![allow(clippy::expect_used)]

use floors::{Done, Table, number, text};
use futures_util::{StreamExt, stream};
use lambda_runtime::Error;

/// As many as the index `due` has.
const SHARDS: usize = 8;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let work = || stream::iter(0..SHARDS).map(|shard| look(&table, shard)).buffer_unordered(SHARDS).collect();
    floors::events(work, &Done::all()).await
}

async fn look(table: &Table, shard: usize) {
    table
        .client
        .query()
        .table_name(&table.name)
        .index_name("due")
        .key_condition_expression("due_pk = :shard AND due_at <= :now")
        .expression_attribute_values(":shard", text(&format!("due#{shard}")))
        .expression_attribute_values(":now", number("1795377414432"))
        .limit(100)
        .send()
        .await
        .expect("the table answers");
}
