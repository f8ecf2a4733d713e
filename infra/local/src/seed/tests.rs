//! What is in a table that was filled.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::database::StreamReader;
use std::sync::Mutex;

#[test]
fn all_is_written_and_the_stream_hears_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let seed = Seed { count: 6_000, data: directory.path().to_owned(), firm: "roe".parse().unwrap() };
    let until = "2026-11-22T15:00:00Z".parse().unwrap();
    let told = Mutex::new(Vec::new());
    let seeded = write_until(&seed, until, |sum| told.lock().unwrap().push(sum)).unwrap();
    let days = ("2026-10-23".parse().unwrap(), "2026-11-22".parse().unwrap());
    assert_eq!(seeded, Seeded { recipients: 6_000, from: days.0, to: days.1 });
    let told = told.into_inner().unwrap();
    assert!(told.len() > 1 && told.is_sorted() && told.last() == Some(&6_000), "{told:?}");

    let (database, is_new) = database::open(Some(directory.path()), &Template::parse(TEMPLATE).unwrap()).unwrap();
    assert!(!is_new);
    let recipients: usize = ["2026-10", "2026-11"].map(|month| in_report(&database, month)).iter().sum();
    assert_eq!(recipients, 6_000);
    assert!(StreamReader::new(database, None).unwrap().next(10).unwrap().is_empty());
}

/// How many recipients the report's index has in a month.
fn in_report(database: &dynoxide::Database, month: &str) -> usize {
    let (mut count, mut place) = (0, Value::Null);
    loop {
        let mut query = json!({
            "TableName": TABLE_NAME, "IndexName": table::REPORT_INDEX, "Select": "COUNT",
            "KeyConditionExpression": "report_pk = :month",
            "ExpressionAttributeValues": { ":month": { "S": format!("report#roe#{month}") } },
        });
        if !place.is_null() {
            query["ExclusiveStartKey"] = place;
        }
        let page = database.query(serde_json::from_value(query).unwrap()).unwrap();
        count += page.count;
        place = serde_json::to_value(page.last_evaluated_key).unwrap();
        if place.is_null() {
            return count;
        }
    }
}
