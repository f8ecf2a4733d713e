//! E-mails that were submitted and wait, with the stream's records of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::Mail;

use crate::world::World;

/// The most recipients of a send.
const PEOPLE: usize = 50;

/// A table with them.
pub(super) struct Mails {
    world: World,
    /// What the stream brings `send`.
    pub(super) records: Vec<Value>,
}

impl Mails {
    /// Submits so many, one invoice after the other.
    pub(super) async fn submit(count: usize) -> Self {
        let mut world = World::of(100).await;
        world.skip();
        for invoice in 0..count / PEOPLE {
            world.submit(&format!("fast-{invoice}"), PEOPLE).await;
        }
        let records = world.waiting();
        assert_eq!(records.len(), count);
        Self { world, records }
    }

    /// The variables of functions at this table and an SES; nothing meters them.
    pub(super) fn variables(&self, ses_url: &str) -> Vec<(String, String)> {
        let mut variables = self.world.unmetered();
        variables.insert("AWS_ENDPOINT_URL_SESV2".to_owned(), ses_url.to_owned());
        variables.into_iter().collect()
    }

    /// Whether each of these mails has the answer's event, Send's and Delivery's, and no event twice.
    pub(super) async fn has_all_events(&self, mails: &[Mail]) {
        let counts = self.counts("events", "M").await;
        for mail in mails {
            // Accepted is one event, whoever says so: SES's answer and its Send differ in their times only.
            let count = counts.get(&mail.to).copied().unwrap_or(0);
            assert_eq!(count, 3, "events of {}", mail.to);
        }
    }

    /// Whether each has its open, once.
    pub(super) async fn has_all_opens(&self, mails: &[Mail]) {
        let counts = self.counts("opens", "L").await;
        for mail in mails {
            assert_eq!(counts.get(&mail.to), Some(&1), "opens of {}", mail.to);
        }
    }

    /// How many entries an attribute has, by the recipient's address.
    async fn counts(&self, attribute: &str, kind: &str) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let mut start = Value::Null;
        loop {
            let mut asked = json!({
                "TableName": self.world.table(), "FilterExpression": "attribute_exists(report_sk)",
            });
            if !start.is_null() {
                asked["ExclusiveStartKey"] = start;
            }
            let (answer, _) = self.world.meter.ask("Scan", &asked).await;
            for item in answer["Items"].as_array().expect("items") {
                let address = item["address"]["S"].as_str().expect("an address").to_owned();
                let entries = &item[attribute][kind];
                let count = entries.as_array().map(Vec::len).or_else(|| entries.as_object().map(serde_json::Map::len));
                *counts.entry(address).or_insert(0) += count.unwrap_or(0);
            }
            start = answer["LastEvaluatedKey"].clone();
            if start.is_null() {
                return counts;
            }
        }
    }
}
