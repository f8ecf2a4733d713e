//! The records that the table's stream makes of what the code writes.

use domain::client::{Profile, SkipReason, Skipped};
use domain::event::{Bounce, BounceType, DropCause, Event, EventKind, SuppressionReason};
use domain::evidence::{Agent, Facts, HitKind, Method, NetworkClass};
use domain::ids::{Client, SendId};
use domain::invoice::StoredInvoice;
use domain::log::Hit;
use domain::recipient::Recipient;
use domain::settings::Settings;
use domain::tally::{Counted, Tally};
use dynoxide::Database;
use dynoxide::actions::create_table::CreateTableRequest;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use lambda::Environment;
use lambda::aws::Service;
use serde_json::{Value, json};
use table::{Claim, Counting, Expected, IdempotencyRecord, NewSend, Once, SequenceNumber, Submitted, Table};
use tests::cloud;
use tests::template::Template;
use tests::written::{at, body, event, firm, start, stored, waiting};

const TABLE: &str = "invoice-emails";

/// One record.
#[derive(Debug)]
pub(super) struct Written {
    /// What was written, and as what kind of item.
    pub(super) what: String,
    /// Whether it is a recipient that waits to be sent to.
    pub(super) to_be_sent: bool,
    /// Whether it is of a recipient at all, so that it may change a count.
    pub(super) of_recipient: bool,
    /// The record as Lambda would filter it.
    pub(super) record: Value,
}

/// A table with a stream, reached by the code as always.
struct Streamed {
    database: Database,
    table: Table,
    iterator: String,
    written: Vec<Written>,
}

impl Streamed {
    async fn start() -> Self {
        let database = Database::memory().unwrap();
        let template = Template::read();
        let properties = template.properties("Table");
        let mut create = cloud::creation(properties, TABLE);
        let view = &properties["StreamSpecification"]["StreamViewType"];
        create["StreamSpecification"] = json!({ "StreamEnabled": true, "StreamViewType": view });
        let request = serde_json::from_value::<CreateTableRequest>(create).unwrap();
        let created = serde_json::to_value(database.create_table(request).unwrap()).unwrap();
        let stream = json!({ "StreamArn": created["TableDescription"]["LatestStreamArn"] });
        let describe = serde_json::from_value::<DescribeStreamRequest>(stream.clone()).unwrap();
        let described = serde_json::to_value(database.describe_stream(describe).unwrap()).unwrap();
        let mut shard = stream;
        shard["ShardId"] = described["StreamDescription"]["Shards"][0]["ShardId"].clone();
        shard["ShardIteratorType"] = json!("TRIM_HORIZON");
        let shard = serde_json::from_value::<GetShardIteratorRequest>(shard).unwrap();
        let iterator = database.get_shard_iterator(shard).unwrap().shard_iterator.unwrap();

        let url = cloud::serve(database.clone()).await;
        let environment = Environment::of([
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "EXAMPLEKEY"),
            ("AWS_ENDPOINT_URL", &url),
        ]);
        let table = Table::new(&lambda::aws::config(&environment, Service::DynamoDb).unwrap(), TABLE);
        Self { database, table, iterator, written: Vec::new() }
    }

    /// Notes the records since the last time: what they are of, and by which kind of change recipients came to wait.
    fn note(&mut self, what: &str, waits_by: Option<&str>) {
        let request = json!({ "ShardIterator": self.iterator, "Limit": 1000 });
        let found = self.database.get_records(serde_json::from_value::<GetRecordsRequest>(request).unwrap()).unwrap();
        self.iterator = found.next_shard_iterator.unwrap();
        assert!(!found.records.is_empty(), "{what} wrote nothing");
        for record in &found.records {
            let record = serde_json::to_value(record).unwrap();
            let change = record["eventName"].as_str().unwrap();
            let sort_key = record["dynamodb"]["Keys"]["sk"]["S"].as_str().unwrap();
            let kind = sort_key.split('#').next().unwrap();
            let of_recipient = kind == "send";
            let to_be_sent = of_recipient && waits_by == Some(change);
            let what = format!("{what} ({change} of `{kind}`)");
            self.written.push(Written { what, to_be_sent, of_recipient, record });
        }
    }

    async fn submit(&self, recipient: &Recipient, supersedes: Option<&Recipient>) {
        let recipients = std::slice::from_ref(recipient);
        let body = body(recipients);
        let record = IdempotencyRecord { fingerprint: "f".to_owned(), answer: "{}".to_owned() };
        let key = recipient.key.send.to_string();
        let new = NewSend {
            recipients,
            body: &body,
            skipped: &[],
            once: Some((Once::Key(&key), &record)),
            recent: &Default::default(),
            supersedes,
            now: recipient.submitted_at(),
        };
        assert_eq!(self.table.submit(new).await.unwrap(), Submitted::Done);
    }

    fn remove(&self, recipient: &Recipient) {
        // The content and the recipient have the send's id in their keys; the recipient's begins with it.
        let begins = format!("send#{}#", recipient.key.send);
        let mut keys = self.written.iter().map(|one| &one.record["dynamodb"]["Keys"]);
        let key = keys.find(|key| key["sk"]["S"].as_str().unwrap().starts_with(&begins)).unwrap();
        let request = json!({ "TableName": TABLE, "Key": key });
        self.database.delete_item(serde_json::from_value::<DeleteItemRequest>(request).unwrap()).unwrap();
    }
}

fn dropped() -> Event {
    event(0, EventKind::Dropped { cause: DropCause::Suppressed(SuppressionReason::Bounced), detail: None })
}

fn bounced() -> Event {
    let bounce = Bounce {
        bounce_type: BounceType::Permanent,
        sub_type: "General".to_owned(),
        feedback_id: None,
        addresses: vec!["ann@example.com".to_owned()],
        detail: None,
    };
    event(5, EventKind::Bounce(bounce))
}

/// All kinds of writes, one after the other.
pub(super) async fn all() -> Vec<Written> {
    let mut streamed = Streamed::start().await;
    let table = streamed.table.clone();
    let ann = waiting("1", SendId::new(start(), 0), 0, "ann@example.com");
    streamed.submit(&ann, None).await;
    streamed.note("a new send", Some("INSERT"));
    let Claim::Claimed(claimed) = table.claim(&ann.key, at(1), at(900), "worker").await.unwrap() else {
        panic!("it waits")
    };
    streamed.note("a claim", None);
    table.release(&claimed, at(31)).await.unwrap();
    streamed.note("what is given back to `watch`", None);
    table.redrive(&ann.key, at(31), at(331)).await.unwrap();
    streamed.note("what `watch` drives again", Some("MODIFY"));
    table.claim(&ann.key, at(32), at(900), "another worker").await.unwrap();
    table.append(&ann.key, &[event(33, EventKind::Processed)], Some("0100-1"), at(33)).await.unwrap();
    streamed.note("the answer of SES", None);
    let facts = Facts {
        agent: Agent::Browser,
        method: Method::Get,
        prefetch: false,
        network_class: NetworkClass::Other,
        network: 1,
    };
    table.hit(&ann.key, HitKind::Open, Hit { at: at(40), link: 0, facts }).await.unwrap();
    streamed.note("an open", None);
    table.append(&ann.key, &[bounced()], None, at(45)).await.unwrap();
    streamed.note("a bounce and the suppression that follows", None);
    table.look_again(&ann.key, Some(at(3600))).await.unwrap();
    streamed.note("what `watch` looks at again", None);
    assert!(table.remove_suppression(&firm(), &ann.mailbox.address, None, at(50)).await.unwrap());
    streamed.note("a suppression that staff removed", None);

    let mut suppressed = waiting("2", SendId::new(at(60), 0), 0, "bob@example.com");
    suppressed.outbox.settled = true;
    suppressed.client = Some("client-7".to_owned());
    suppressed.log = domain::log::Log::of([dropped()]);
    streamed.submit(&suppressed, None).await;
    streamed.note("a send to nobody but a suppressed address", None);

    // What the portal tells, and a finalization that reaches nobody: none of it is for `send`.
    table.put_settings(&firm(), Settings::default(), Expected::Anything, at(0)).await.unwrap();
    let client: Client = "client-7".parse().unwrap();
    table.put_client(&firm(), &client, Profile::default(), Expected::Anything).await.unwrap();
    let mut invoice = StoredInvoice::default();
    invoice.facts.client = Some(client);
    table.put_invoice(&firm(), &ann.key.invoice, invoice, Expected::Anything).await.unwrap();
    streamed.note("what the portal tells", None);
    let skipped = Skipped { address: ann.mailbox.address.clone(), reason: SkipReason::NoLogin, since: None };
    let record = IdempotencyRecord { fingerprint: String::new(), answer: "{}".to_owned() };
    let place = (&firm(), &ann.key.invoice, SendId::new(at(65), 0));
    table.submit_to_nobody(place, &[skipped], &record, at(65)).await.unwrap();
    streamed.note("a finalization that reaches nobody", None);

    // What `follow` writes comes by in the stream that it reads: it must not count its own counters.
    let mut tally = Tally::default();
    tally.change(&firm(), ann.submitted_at(), None, Some(Counted::of(&ann)));
    let record = SequenceNumber::parse("4421584500000000017450439091").unwrap();
    let counted =
        table.count("shardId-00000001700000000000-a1b2c3d4", (&record, &record), &tally, at(68)).await.unwrap();
    assert_eq!(counted, Counting::Done);
    streamed.note("counters, and how far a shard has been counted", None);

    let old = waiting("3", SendId::new(at(70), 0), 0, "old@example.com");
    streamed.submit(&old, None).await;
    streamed.note("a send that is replaced", Some("INSERT"));
    let new = waiting("3", SendId::new(at(80), 0), 0, "new@example.com");
    streamed.submit(&new, Some(&stored(&table, &old.key).await)).await;
    streamed.note("a send that replaces another", Some("INSERT"));
    streamed.remove(&new);
    streamed.note("a waiting recipient that was removed", None);
    assert_eq!(streamed.written.last().unwrap().what, "a waiting recipient that was removed (REMOVE of `send`)");
    streamed.written
}
