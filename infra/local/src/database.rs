//! The table: an embedded DynamoDB, created as the template says, and its stream.

use std::path::Path;

use dynoxide::Database;
use dynoxide::actions::{
    create_table::CreateTableRequest, describe_stream::DescribeStreamRequest, describe_table::DescribeTableRequest,
    get_records::GetRecordsRequest, get_shard_iterator::GetShardIteratorRequest,
    update_time_to_live::UpdateTimeToLiveRequest,
};
use dynoxide::errors::DynoxideError;
use serde_json::{Value, json};

use crate::template::Template;

/// The table's name, which every function finds in `TABLE_NAME`.
pub(crate) const TABLE_NAME: &str = "invoice-emails";

const FILE_NAME: &str = "table.sqlite";

/// Why the table cannot be opened, created or read.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The embedded table refuses.
    #[error("the embedded table refuses")]
    Table(#[from] DynoxideError),
    /// What the template says is not what DynamoDB takes.
    #[error("the template's table is not one that DynamoDB takes")]
    Definition(#[from] serde_json::Error),
    /// The table has no stream.
    #[error("the table has no stream")]
    NoStream,
    /// The embedded table's own database refuses.
    #[error("the embedded table's database refuses")]
    Sqlite(#[from] rusqlite::Error),
    /// There is no place for temporary files.
    #[error("no temporary file can be had")]
    Temporary(#[from] std::io::Error),
}

/// For each write the embedded table asks for the number of its stream's last record, and every reader asks for what
/// follows a number. Without these it would read all records that it ever wrote to answer.
const STREAM_INDEXES: &str = "
CREATE INDEX IF NOT EXISTS stream_end ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
CREATE INDEX IF NOT EXISTS stream_place ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));
";

/// Opens the table in `directory`, or in memory, and creates it if it is new. Tells whether it is.
pub(crate) fn open(directory: Option<&Path>, template: &Template) -> Result<(Database, bool), DatabaseError> {
    let database = opened(directory)?;
    let describe = serde_json::from_value::<DescribeTableRequest>(json!({ "TableName": TABLE_NAME }))?;
    match database.describe_table(describe) {
        Ok(_) => return Ok((database, false)),
        Err(DynoxideError::ResourceNotFoundException(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let mut create = template.table.clone();
    create["TableName"] = json!(TABLE_NAME);
    database.create_table(serde_json::from_value::<CreateTableRequest>(create)?)?;
    if let Some(attribute) = &template.ttl_attribute {
        let specification = json!({ "AttributeName": attribute, "Enabled": true });
        let request = json!({ "TableName": TABLE_NAME, "TimeToLiveSpecification": specification });
        database.update_time_to_live(serde_json::from_value::<UpdateTimeToLiveRequest>(request)?)?;
    }
    Ok((database, true))
}

/// The database, with indexes that the embedded table does not make.
fn opened(directory: Option<&Path>) -> Result<Database, DatabaseError> {
    if let Some(directory) = directory {
        let path = directory.join(FILE_NAME);
        let database = Database::new(&path.to_string_lossy())?;
        rusqlite::Connection::open(path)?.execute_batch(STREAM_INDEXES)?;
        return Ok(database);
    }
    // A database in memory has one connection, which is not ours: it takes the indexes over from a file.
    let database = Database::memory()?;
    let directory = tempfile::tempdir()?;
    let path = directory.path().join(FILE_NAME);
    database.vacuum_into(&path.to_string_lossy())?;
    rusqlite::Connection::open(&path)?.execute_batch(STREAM_INDEXES)?;
    database.restore_from(&path.to_string_lossy())?;
    Ok(database)
}

/// The one shard of the table's stream.
#[derive(Clone, Debug)]
pub(crate) struct Shard {
    pub(crate) id: String,
    pub(crate) stream_arn: String,
}

/// Reads the table's stream from one position on.
pub(crate) struct StreamReader {
    database: Database,
    shard: Shard,
    iterator: String,
}

impl StreamReader {
    /// Starts after the sequence number `position`, or at the stream's beginning.
    pub(crate) fn new(database: Database, position: Option<&str>) -> Result<Self, DatabaseError> {
        let describe = serde_json::from_value::<DescribeTableRequest>(json!({ "TableName": TABLE_NAME }))?;
        let table = serde_json::to_value(database.describe_table(describe)?)?;
        let stream_arn = table["Table"]["LatestStreamArn"].as_str().ok_or(DatabaseError::NoStream)?.to_owned();
        let stream = describe_stream(&database, &stream_arn)?;
        let shard_id = stream["Shards"][0]["ShardId"].as_str().ok_or(DatabaseError::NoStream)?.to_owned();
        let mut request = json!({ "StreamArn": stream_arn, "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON" });
        if let Some(position) = position {
            request["ShardIteratorType"] = json!("AFTER_SEQUENCE_NUMBER");
            request["SequenceNumber"] = json!(position);
        }
        let iterator = database.get_shard_iterator(serde_json::from_value::<GetShardIteratorRequest>(request)?)?;
        let iterator = iterator.shard_iterator.ok_or(DatabaseError::NoStream)?;
        Ok(Self { database, shard: Shard { id: shard_id, stream_arn }, iterator })
    }

    /// What is read.
    pub(crate) fn shard(&self) -> Shard {
        self.shard.clone()
    }

    /// The next records, at most `limit`, in the form in which Lambda hands them on.
    pub(crate) fn next(&mut self, limit: usize) -> Result<Vec<Value>, DatabaseError> {
        let request = json!({ "ShardIterator": self.iterator, "Limit": limit });
        let batch = self.database.get_records(serde_json::from_value::<GetRecordsRequest>(request)?)?;
        let records = batch.records.iter().map(|record| {
            let mut record = serde_json::to_value(record)?;
            record["eventSourceARN"] = json!(self.shard.stream_arn);
            Ok(record)
        });
        let records = records.collect::<Result<_, serde_json::Error>>()?;
        // Without a next iterator the shard is closed, which an embedded table never does.
        self.iterator = batch.next_shard_iterator.ok_or(DatabaseError::NoStream)?;
        Ok(records)
    }

    /// The sequence number of the stream's newest record.
    pub(crate) fn newest(&self) -> Result<Option<String>, DatabaseError> {
        let stream = describe_stream(&self.database, &self.shard.stream_arn)?;
        let shards = stream["Shards"].as_array().cloned().unwrap_or_default();
        let shard = shards.iter().find(|shard| shard["ShardId"] == self.shard.id.as_str());
        Ok(shard.and_then(|shard| shard["SequenceNumberRange"]["EndingSequenceNumber"].as_str()).map(str::to_owned))
    }
}

fn describe_stream(database: &Database, stream_arn: &str) -> Result<Value, DatabaseError> {
    let request = serde_json::from_value::<DescribeStreamRequest>(json!({ "StreamArn": stream_arn }))?;
    let description = serde_json::to_value(database.describe_stream(request)?)?;
    Ok(description["StreamDescription"].clone())
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use dynoxide::actions::put_item::PutItemRequest;

    pub(crate) const TABLE: &str = r"
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
      TimeToLiveSpecification: { AttributeName: expires_at, Enabled: true }
";

    pub(crate) fn put(database: &Database, key: &str) {
        let item = json!({ "TableName": TABLE_NAME, "Item": { "pk": { "S": key }, "drive": { "N": "1" } } });
        database.put_item(serde_json::from_value::<PutItemRequest>(item).unwrap()).unwrap();
    }

    #[test]
    fn the_stream_speaks_lambdas_json_and_goes_on_where_it_stopped() {
        let (database, new) = open(None, &Template::parse(TABLE).unwrap()).unwrap();
        assert!(new);
        put(&database, "a");
        put(&database, "b");
        let mut reader = StreamReader::new(database.clone(), None).unwrap();
        let [first] = &reader.next(1).unwrap()[..] else { panic!("one record") };
        assert_eq!(first["eventName"], "INSERT");
        assert_eq!(first["eventSource"], "aws:dynamodb");
        assert_eq!(first["dynamodb"]["Keys"], json!({ "pk": { "S": "a" } }));
        assert_eq!(first["dynamodb"]["NewImage"]["drive"], json!({ "N": "1" }));
        assert_eq!(first["dynamodb"]["StreamViewType"], "NEW_AND_OLD_IMAGES");
        assert!(first["eventSourceARN"].as_str().unwrap().contains(TABLE_NAME));
        assert!(first["eventID"].is_string());
        let position = first["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned();
        assert_ne!(reader.newest().unwrap(), Some(position.clone()));

        let mut reader = StreamReader::new(database, Some(&position)).unwrap();
        let [second] = &reader.next(10).unwrap()[..] else { panic!("one record") };
        assert_eq!(second["dynamodb"]["Keys"], json!({ "pk": { "S": "b" } }));
        assert!(reader.next(10).unwrap().is_empty());
        assert_eq!(reader.newest().unwrap().as_deref(), second["dynamodb"]["SequenceNumber"].as_str());
    }

    #[test]
    fn the_streams_end_is_found_without_reading_the_stream() {
        let directory = tempfile::tempdir().unwrap();
        let template = Template::parse(TABLE).unwrap();
        for place in [Some(directory.path()), None] {
            let (database, _) = open(place, &template).unwrap();
            put(&database, "a");
            let copy = tempfile::tempdir().unwrap();
            let copy = copy.path().join(FILE_NAME);
            database.vacuum_into(&copy.to_string_lossy()).unwrap();
            let plan = "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records \
                WHERE table_name = 'invoice-emails'";
            let copy = rusqlite::Connection::open(copy).unwrap();
            let plan: String = copy.query_row(plan, [], |row| row.get(3)).unwrap();
            assert!(plan.contains("USING COVERING INDEX stream_end"), "{plan}");
        }
    }

    #[test]
    fn a_kept_table_is_opened_again() {
        let directory = tempfile::tempdir().unwrap();
        let template = Template::parse(TABLE).unwrap();
        let (database, new) = open(Some(directory.path()), &template).unwrap();
        assert!(new);
        put(&database, "a");
        drop(database);
        let (database, new) = open(Some(directory.path()), &template).unwrap();
        assert!(!new);
        assert_eq!(StreamReader::new(database, None).unwrap().next(10).unwrap().len(), 1);
    }
}
