//! One e-mail's life, step by step: what each step consumed, and how it left the recipient's item.

use dynoxide::types::Item;
use serde_json::json;
use tests::meter::Spent;
use tests::ses::Event;

use crate::world::World;

/// A step that belongs to an e-mail.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// How often it happens to an e-mail on average.
    pub(crate) times: f64,
    pub(crate) spent: Vec<Spent>,
    /// What `follow` spends on it, where no other change comes with it.
    pub(crate) counted: Vec<Spent>,
    pub(crate) left: Left,
}

/// What a step left in the recipient's item.
pub(crate) enum Left {
    /// What every design has to write: it is no event.
    Outbox,
    /// An event, with the item before and after it.
    Event(Box<Item>, Box<Item>),
}

/// A life, and the table in which it was lived.
pub(crate) struct Life {
    pub(crate) world: World,
    pub(crate) steps: Vec<Step>,
}

/// What clicks follow opens: three e-mails in ten.
const CLICKS: f64 = 0.3;

const INVOICE: &str = "life";

/// Accepted, delivered, opened three times, sometimes clicked.
pub(crate) async fn measure() -> Life {
    let mut world = World::of(100).await;
    let mut steps = Vec::new();
    let submit = world.spent(async |world| world.submit(INVOICE, 1).await).await;
    let waiting = recipient(&world).await;
    let counted = counted(&mut world).await;
    steps.push(Step { name: "submit", times: 1.0, spent: submit, counted, left: Left::Outbox });

    let mut mails = Vec::new();
    let spent = world.spent(async |world| mails = world.send().await).await;
    let mail = mails.remove(0);
    let mut item = recipient(&world).await;
    // The answer is the last write; the content and the claim come before it.
    let (answer, claim) = spent.split_last().expect("some requests");
    // The claim changes nothing that is counted.
    steps.push(Step { name: "claim", times: 1.0, spent: claim.to_vec(), counted: Vec::new(), left: Left::Outbox });
    let left = Left::Event(Box::new(waiting), Box::new(item.clone()));
    let counted = self::counted(&mut world).await;
    steps.push(Step { name: "SES's answer", times: 1.0, spent: vec![answer.clone()], counted, left });

    for (name, event) in [("Send", Event::send(&mail)), ("Delivery", Event::delivery(&mail))] {
        let spent = world.spent(async |world| world.record(&[event]).await).await;
        steps.push(step(&mut world, name, 1.0, spent, &mut item).await);
    }
    for name in ["open, the first", "open, the second", "open, the third"] {
        let spent = world.spent(async |world| world.open(&mail).await).await;
        steps.push(step(&mut world, name, 1.0, spent, &mut item).await);
    }
    let spent = world.spent(async |world| world.click(&mail).await).await;
    steps.push(step(&mut world, "click", CLICKS, spent, &mut item).await);
    Life { world, steps }
}

async fn counted(world: &mut World) -> Vec<Spent> {
    world.spent(async |world| assert!(world.follow().await > 0, "a change")).await
}

async fn step(world: &mut World, name: &'static str, times: f64, spent: Vec<Spent>, item: &mut Item) -> Step {
    let counted = counted(world).await;
    let after = recipient(world).await;
    let before = std::mem::replace(item, after.clone());
    Step { name, times, spent, counted, left: Left::Event(Box::new(before), Box::new(after)) }
}

/// The recipient's item.
async fn recipient(world: &World) -> Item {
    let asked = json!({
        "TableName": world.table(), "FilterExpression": "attribute_exists(report_sk) AND #number = :number",
        "ExpressionAttributeNames": { "#number": "number" },
        "ExpressionAttributeValues": { ":number": { "S": INVOICE } },
    });
    let (answer, _) = world.meter.ask("Scan", &asked).await;
    let [item] = &answer["Items"].as_array().expect("items")[..] else { panic!("{answer}") };
    serde_json::from_value(item.clone()).expect("an item")
}
