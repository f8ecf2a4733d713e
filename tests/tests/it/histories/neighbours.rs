//! Another firm in the same table, whose items nothing may touch.

use serde_json::{Value, json};

use super::functions::{Function, request};
use super::job::Job;
use super::quiet::carry;
use super::running::End;
use super::story::Story;
use super::trouble::Plan;
use super::world::{Invocation, World};

/// The other firm.
const NEIGHBOUR: &str = "doe";

/// Lets the other firm send something, and brings it to its end.
pub(super) async fn move_in(story: &mut Story, world: &World) -> Result<Vec<Value>, String> {
    let body = json!({ "to": ["person0@example.com", "person1@example.com"], "subject": "Invoice" });
    let (route, path) = ("POST /v1/invoices/{invoice}/emails", "/v1/invoices/invoice-0/emails");
    let event = request(NEIGHBOUR, route, path, json!({ "invoice": "invoice-0" }), Some(&body));
    let random = story.random();
    let (_, end) = world.run(0, &Invocation { function: Function::Submit, event, random }, Plan::calm()).await;
    if !matches!(&end, End::Returned(Ok(answer)) if answer["status"] == 202) {
        return Err(format!("the other firm's request was answered {end:?}"));
    }
    while let Some(job) = Job::stream(story, world, Function::Send, 10) {
        super::steps::take(story, world, &job, Plan::calm()).await?;
    }
    world.door.outside().mailbox.deliver_all();
    world.pass(10).await;
    carry(story, world).await?;
    world.door.outside().forget();
    Ok(items(world))
}

/// Nothing of the other firm has changed.
pub(super) fn are_untouched(world: &World, before: &[Value]) -> Result<(), String> {
    let after = items(world);
    if after == before {
        return Ok(());
    }
    Err(format!("another firm's items were {before:#?}\nand are {after:#?}"))
}

fn items(world: &World) -> Vec<Value> {
    world.door.outside().table.items_of(NEIGHBOUR)
}
