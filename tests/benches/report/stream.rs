//! The table's stream, read from the embedded table itself as Lambda reads it.

use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::describe_table::DescribeTableRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use serde_json::{Value, json};

/// Records of the stream that are read at once.
const RECORDS: usize = 1_000;

/// The stream of a table.
pub(crate) struct Stream {
    database: Database,
    iterator: String,
}

impl Stream {
    /// From now on.
    pub(crate) fn of(database: Database, table: &str) -> Self {
        let table =
            database.describe_table(ask::<DescribeTableRequest>(json!({ "TableName": table }))).expect("a table");
        let arn = json!(table)["Table"]["LatestStreamArn"].clone();
        let stream = database.describe_stream(ask::<DescribeStreamRequest>(json!({ "StreamArn": arn })));
        let shard = json!(stream.expect("a stream"))["StreamDescription"]["Shards"][0]["ShardId"].clone();
        let from = json!({ "StreamArn": arn, "ShardId": shard, "ShardIteratorType": "LATEST" });
        let iterator = database.get_shard_iterator(ask::<GetShardIteratorRequest>(from)).expect("an iterator");
        Self { database, iterator: iterator.shard_iterator.expect("an iterator") }
    }

    /// What was written since the last time, oldest first.
    pub(crate) fn next(&mut self) -> Vec<Value> {
        let batch = json!({ "ShardIterator": self.iterator, "Limit": RECORDS });
        let batch = self.database.get_records(ask::<GetRecordsRequest>(batch)).expect("records");
        self.iterator = batch.next_shard_iterator.expect("the shard stays open");
        batch.records.iter().map(|record| json!(record)).collect()
    }
}

fn ask<Request: serde::de::DeserializeOwned>(body: Value) -> Request {
    serde_json::from_value(body).expect("a request")
}
