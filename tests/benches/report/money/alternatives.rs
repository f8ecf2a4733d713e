//! The designs that were not chosen: an item for each event beside a row with the status, written one after the other or in
//! one transaction. Their requests are made against the same table, with the same keys, indexes and sizes of what they keep.
//!
//! What they would have to do: an event's own item, under the condition that it is not there; a reading of all events of
//! the recipient, because no event alone tells the status, and they come in any order; the row with the new status.

use std::fmt::Write;

use dynoxide::types::{AttributeValue, Item, item_size};
use serde_json::{Value, json};
use tests::meter::{Meter, Spent};

use super::life::{Left, Life, Step};
use super::prices::dollars;
use super::{number, read, written};

/// Attributes of an item that hold its log, by the beginnings of their names.
const LOG: [&str; 5] = ["events", "opens", "clicks", "portal_actions", "outcome"];

/// What DynamoDB keeps for an item beside its own bytes, in the table and in each index that has it.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
const ITEM_OVERHEAD_BYTES: usize = 100;

/// Bytes of a read unit, and how many an eventually consistent reading gives for one.
const READ_UNIT_BYTES: usize = 4 * 1024;
const HALF: f64 = 0.5;

const PAGE_ROWS: usize = 100;

/// A design, and what an e-mail's life takes in it.
pub(crate) struct Design {
    name: &'static str,
    /// Reads and writes until it is delivered, and of what comes after.
    delivered: (f64, f64),
    after: (f64, f64),
    /// Reads of its history, and of a page of a hundred such rows of the report.
    history: f64,
    page: f64,
    bytes: usize,
    /// Records that the stream has of it.
    records: usize,
    torn: &'static str,
}

#[derive(Clone, Copy)]
enum Way {
    OneAfterTheOther,
    Transaction,
}

/// All three, beginning with the chosen one.
pub(crate) async fn measure(life: &Life) -> Vec<Design> {
    let mut designs = vec![chosen(life).await];
    for (way, name, torn) in [
        (
            Way::OneAfterTheOther,
            "an item for each event, then the row",
            "a death between two writes: the row lies until the next event",
        ),
        (Way::Transaction, "a transaction for each event", "two events at once: one is cancelled, billed and repeated"),
    ] {
        designs.push(other(life, way, name, torn).await);
    }
    designs
}

async fn chosen(life: &Life) -> Design {
    let item = last(life);
    let mut design = Design::new("a log in the recipient's item", "nothing: one write");
    for step in &life.steps {
        design.add(step, &step.spent);
        design.records += usize::from(step.times >= 1.0);
    }
    let (_, history) = query(&life.world.meter, life.world.table(), item, "=").await;
    design.history = history.read;
    design.page = page(item_size(item));
    // Once in the table, once in the index `report`.
    design.bytes = 2 * (item_size(item) + ITEM_OVERHEAD_BYTES);
    design
}

async fn other(life: &Life, way: Way, name: &'static str, torn: &'static str) -> Design {
    let (meter, table) = (&life.world.meter, life.world.table());
    let mut design = Design::new(name, torn);
    let mut events = 0;
    for step in &life.steps {
        let Left::Event(before, after) = &step.left else {
            design.add(step, &step.spent);
            design.records += 1;
            continue;
        };
        let (before, after) = (row(before, way), row(after, way));
        // The row as the step before left it. This is not counted.
        meter.ask("PutItem", &json!({ "TableName": table, "Item": before })).await;
        let event = event(step, &after, events);
        events += 1;
        design.bytes += item_size(&event) + ITEM_OVERHEAD_BYTES;
        let spent = match way {
            Way::OneAfterTheOther => {
                let (_, put) = meter.ask("PutItem", &once(table, &event)).await;
                let (_, all) = query(meter, table, &after, "begins_with").await;
                let (_, update) = meter.ask("PutItem", &json!({ "TableName": table, "Item": after })).await;
                vec![put, all, update]
            }
            Way::Transaction => {
                let (_, all) = query(meter, table, &after, "begins_with").await;
                let writes = json!([{ "Put": once(table, &event) }, { "Put": { "TableName": table, "Item": after } }]);
                let (_, both) = meter.ask("TransactWriteItems", &json!({ "TransactItems": writes })).await;
                vec![all, both]
            }
        };
        design.add(step, &spent);
        design.records += 2 * usize::from(step.times >= 1.0);
    }
    let item = row(last(life), way);
    let (_, history) = query(meter, table, &item, "begins_with").await;
    // What people read may be a moment old, and costs half.
    design.history = history.read * HALF;
    design.page = page(item_size(&item));
    design.bytes += 2 * (item_size(&item) + ITEM_OVERHEAD_BYTES);
    design
}

impl Design {
    fn new(name: &'static str, torn: &'static str) -> Self {
        let none = (0.0, 0.0);
        Self { name, delivered: none, after: none, history: 0.0, page: 0.0, bytes: 0, records: 0, torn }
    }

    fn add(&mut self, step: &Step, spent: &[Spent]) {
        let sum = if is_fetch(step) { &mut self.after } else { &mut self.delivered };
        sum.0 += step.times * read(spent);
        sum.1 += step.times * written(spent);
    }
}

fn is_fetch(step: &Step) -> bool {
    step.name.starts_with("open") || step.name == "click"
}

fn last(life: &Life) -> &Item {
    life.steps
        .iter()
        .rev()
        .find_map(|step| if let Left::Event(_, after) = &step.left { Some(&**after) } else { None })
        .expect("an event")
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn is_log(name: &str) -> bool {
    LOG.iter().any(|beginning| name.starts_with(beginning))
}

/// The recipient without its log, under a key of its own, with what a row of the report shows computed beforehand.
fn row(item: &Item, way: Way) -> Item {
    let mut row: Item =
        item.iter().filter(|(name, _)| !is_log(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let AttributeValue::S(sk) = &item["sk"] else { panic!("no sk") };
    // As long as the key that it stands for.
    let way = match way {
        Way::OneAfterTheOther => "a",
        Way::Transaction => "b",
    };
    row.insert("sk".to_owned(), text(format!("{}{way}", &sk[..sk.len() - 1])));
    // What the fold would say, which differs after each event.
    let log: usize = item.iter().filter(|(name, _)| is_log(name)).map(|(_, value)| value.size()).sum();
    for name in ["opens", "automatic_opens", "clicks", "automatic_clicks"] {
        row.insert(name.to_owned(), AttributeValue::N("1".to_owned()));
    }
    for name in ["status_at", "last_opened_at"] {
        row.insert(name.to_owned(), AttributeValue::N((1_795_302_300_000 + log).to_string()));
    }
    row.insert("sent_status".to_owned(), text("opened"));
    row.insert("evidence".to_owned(), text("possibly_opened"));
    row
}

/// The item of an event: the recipient's key, what tells it apart, and the very entry that our log holds of it.
fn event(step: &Step, row: &Item, place: usize) -> Item {
    let Left::Event(before, after) = &step.left else { panic!("{} is no event", step.name) };
    let AttributeValue::S(sk) = &row["sk"] else { panic!("no sk") };
    let kept = |item: &Item| ["events", "opens", "clicks"].map(|name| item.get(name).map_or(0, AttributeValue::size));
    let bytes: usize = kept(after).iter().sum::<usize>() - kept(before).iter().sum::<usize>();
    [
        ("pk".to_owned(), row["pk"].clone()),
        // A time and a hash of the content.
        ("sk".to_owned(), text(format!("{sk}#{:013}#{place:016x}", 1_795_302_300_000_u64))),
        ("entry".to_owned(), text("x".repeat(bytes))),
    ]
    .into()
}

fn once(table: &str, event: &Item) -> Value {
    json!({ "TableName": table, "Item": event, "ConditionExpression": "attribute_not_exists(pk)" })
}

/// A reading of a recipient, and of its events if they are items; consistent where these decide what is written.
async fn query(meter: &Meter, table: &str, item: &Item, sk: &str) -> (Value, Spent) {
    let condition = if sk == "=" { "pk = :pk AND sk = :sk" } else { "pk = :pk AND begins_with(sk, :sk)" };
    let asked = json!({
        "TableName": table, "KeyConditionExpression": condition, "ConsistentRead": sk != "=",
        "ExpressionAttributeValues": { ":pk": item["pk"], ":sk": item["sk"] },
    });
    meter.ask("Query", &asked).await
}

/// What a page of rows of such a size costs, by AWS's rule: their sum, rounded up to read units.
fn page(row_bytes: usize) -> f64 {
    (PAGE_ROWS * row_bytes).div_ceil(READ_UNIT_BYTES) as f64 * HALF
}

/// The designs beside each other.
pub(crate) fn table(designs: &[Design]) -> String {
    let mut text = String::from(HEAD);
    let pair = |(read, write): (f64, f64)| {
        format!("{} / {}", number(write), if read == 0.0 { "0".to_owned() } else { number(read) })
    };
    for design in designs {
        let (reads, writes) = (design.delivered.0 + design.after.0, design.delivered.1 + design.after.1);
        let cells = [
            design.name.to_owned(),
            pair(design.delivered),
            pair(design.after),
            format!("{:.2}", dollars(reads, writes) * 100_000.0),
            number(design.history),
            number(design.page),
            format!("{:.1}", design.bytes as f64 / 1_000.0),
            design.records.to_string(),
            design.torn.to_owned(),
        ];
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

const HEAD: &str = "
### Other designs

The same e-mail in the same table, with the same indexes; units are writes / reads. The others keep each event as an item of \
its own and a row that tells the status, which has to be found from all events, as they come in any order. Copies of an event, \
counters, and all that is not DynamoDB are not in it.

| design | until delivered | 3 opens, 0.3 clicks | dollars for 100,000 e-mails | history, read units | report page of 100 such rows, read units | KB kept | records in the stream | what can go wrong between |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";
