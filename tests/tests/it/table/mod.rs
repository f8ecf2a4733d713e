//! The table's operations, each in success, in repetition and in refusal, judged by what is read back and by what was
//! asked on the wire.
//!
//! With `TABLE_ENDPOINT` they run against another implementation of DynamoDB than the embedded one, and
//! `.ci/second_table` does that: together with `sending` and `watching`, which prove the outbox step by step.

mod appending;
mod attention;
mod every_operation;
mod forgetting;
mod hits;
mod outbox;
mod reading;
mod repeating;
mod submitting;
mod suppressing;
mod told;
mod totals;

use domain::event::{Bounce, BounceType, DropCause, Event, EventKind};
use domain::ids::RecipientKey;
use domain::recipient::Recipient;
use serde_json::Value;
use table::Table;
use tests::cloud::Cloud;
use tests::written::firm;

/// More than any of these tests writes.
const ALL: usize = 1000;

async fn start() -> (Cloud, Table) {
    let cloud = Cloud::start().await;
    let table = cloud.table();
    (cloud, table)
}

/// What something gives, and what it asks of the table: `{ "UpdateItem": 1 }`.
async fn cost<T>(cloud: &Cloud, what: impl Future<Output = T>) -> (T, Value) {
    cloud.door().requests();
    let given = what.await;
    (given, cloud.door().requests())
}

/// Appends events when the last of them has happened; the recipient with them.
async fn append(table: &Table, key: &RecipientKey, events: &[Event]) -> Recipient {
    let now = events.iter().map(|event| event.at).max().unwrap();
    table.append(key, events, None, now).await.unwrap().unwrap()
}

/// Whose recipients stand in the attention index, and in which order.
async fn attention(table: &Table) -> Vec<RecipientKey> {
    keys(&table.attention(&firm(), None, ALL).await.unwrap().recipients)
}

fn keys(recipients: &[Recipient]) -> Vec<RecipientKey> {
    recipients.iter().map(|recipient| recipient.key.clone()).collect()
}

fn delivered() -> EventKind {
    EventKind::Delivered { detail: Some("250 ok".to_owned()) }
}

fn deferred() -> EventKind {
    EventKind::Deferred { delay_type: "MailboxFull".to_owned(), until: None, detail: None }
}

fn complained() -> EventKind {
    EventKind::Complained { feedback_id: None, feedback_type: Some("abuse".to_owned()), sub_type: None }
}

fn dropped() -> EventKind {
    EventKind::Dropped { cause: DropCause::RenderingFailure, detail: None }
}

/// A hard bounce that names these addresses.
fn bounced(addresses: &[&str]) -> EventKind {
    EventKind::Bounce(Bounce {
        bounce_type: BounceType::Permanent,
        sub_type: "General".to_owned(),
        feedback_id: None,
        addresses: addresses.iter().map(|&address| address.to_owned()).collect(),
        detail: Some("550 5.1.1 unknown".to_owned()),
    })
}
