//! What each thing that the system does consumes: the requests of its functions, read off on the wire.

use serde_json::{Value, json};
use tests::meter::Spent;
use tests::ses::Event;

use crate::world::World;

/// A thing that the system does.
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) spent: Vec<Spent>,
}

/// Recipients in the firm's month: more than the longest page has.
const RECIPIENTS: u64 = 3_000;

/// Opens that are kept one by one; the next one is only counted.
const KEPT_OPENS: usize = 100;

/// Sends of one invoice whose history is read: the most that one page of it has.
const SENDS: usize = 50;

/// All of them, in the order of an e-mail's life.
pub(crate) async fn measure() -> Vec<Operation> {
    let mut world = World::of(RECIPIENTS).await;
    let mut bill = Vec::new();
    let mut note = |name: &str, spent: Vec<Spent>| bill.push(Operation { name: name.to_owned(), spent });

    for people in [1, 3, 50] {
        let invoice = format!("to-{people}");
        let spent = world.spent(async |world| world.submit(&invoice, people).await).await;
        note(&format!("submit, {} of 1 KB", count(people, "recipient")), spent);
        if people == 1 {
            let mut spent = Vec::new();
            spent.extend(world.spent(async |world| drop(world.send().await)).await);
            let mut updates = spent.iter().filter(|one| one.operation == "UpdateItem").cloned();
            note("send: its content, read once for a batch", reads(&spent));
            note("send: claim", updates.next().into_iter().collect());
            note("send: SES's answer", updates.collect());
        }
    }
    world.skip();

    world.submit("life", 1).await;
    let mail = world.send().await.remove(0);
    for (name, event) in [
        ("event: Send", Event::send(&mail)),
        ("event: Delivery", Event::delivery(&mail)),
        ("event: Delivery, once more", Event::delivery(&mail)),
    ] {
        let spent = world.spent(async |world| world.record(&[event]).await).await;
        note(name, spent);
    }
    for number in 1..=KEPT_OPENS + 2 {
        let spent = world.spent(async |world| world.open(&mail).await).await;
        if matches!(number, 1 | 2 | 3 | 10 | KEPT_OPENS) || number > KEPT_OPENS {
            note(&format!("open, number {number}"), spent);
        }
    }
    world.submit("clicked", 1).await;
    let mail = world.send().await.remove(0);
    world.record(&[Event::send(&mail), Event::delivery(&mail)]).await;
    let spent = world.spent(async |world| world.click(&mail).await).await;
    note("click, the first", spent);
    world.submit_with_page("viewed").await;
    let mail = world.send().await.remove(0);
    world.record(&[Event::send(&mail), Event::delivery(&mail)]).await;
    let spent = world.spent(async |world| world.view(&mail).await).await;
    note("the client looks at the invoice", spent);

    world.submit("bounced", 1).await;
    let mail = world.send().await.remove(0);
    let bounce = [Event::bounce(&mail, "Permanent", "General")];
    let spent = world.spent(async |world| world.record(&bounce).await).await;
    note("event: hard bounce, with its suppression", spent);

    readings(&mut world, &mut note).await;
    changes(&mut world, &mut note).await;
    bill
}

/// What is read.
async fn readings(world: &mut World, note: &mut impl FnMut(&str, Vec<Spent>)) {
    let history = "/v1/invoices/{invoice}/emails";
    let spent = world.spent(async |world| drop(world.read(history, json!({ "invoice": "clicked" }), &[]).await)).await;
    note("history, one send", spent);
    for _ in 0..SENDS {
        world.submit("often", 1).await;
        let mails = world.send().await;
        for mail in &mails {
            world.record(&[Event::send(mail), Event::delivery(mail)]).await;
            world.open(mail).await;
        }
    }
    let spent = world.spent(async |world| drop(world.read(history, json!({ "invoice": "often" }), &[]).await)).await;
    note(&format!("history, {SENDS} sends, opened"), spent);

    let report = "/v1/reports/invoice-emails";
    let mut cursor = None;
    for page in ["report, first page of 100 rows", "report, next page of 100 rows"] {
        let query = [("limit", "100"), ("cursor", cursor.as_deref().unwrap_or_default())];
        let mut text = String::new();
        let spent = world.spent(async |world| text = world.read(report, json!({}), &query).await).await;
        note(page, spent);
        let page: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(page["rows"].as_array().map(Vec::len), Some(100));
        cursor = page["next_cursor"].as_str().map(str::to_owned);
    }
    let csv = [("limit", "1000"), ("format", "csv")];
    let mut text = String::new();
    let spent = world.spent(async |world| text = world.read(report, json!({}), &csv).await).await;
    assert_eq!(text.matches("\r\n").count(), 1_001);
    note("report, CSV of 1,000 rows", spent);
    let failures = [("status", "rejected,delayed,marked_spam")];
    let spent = world.spent(async |world| drop(world.read(report, json!({}), &failures).await)).await;
    note("report, all failures of a month", spent);
    let spent = world.spent(async |world| drop(world.read("/v1/attention", json!({}), &[]).await)).await;
    note("work queue, a page", spent);

    let spent = world.spent(async |world| world.recount().await).await;
    note(&format!("counting a month of {RECIPIENTS} anew"), spent);
    let summary = "/v1/reports/invoice-emails/summary";
    let spent = world.spent(async |world| drop(world.read(summary, json!({}), &[]).await)).await;
    note("totals of a month", spent);
}

/// What else is written.
async fn changes(world: &mut World, note: &mut impl FnMut(&str, Vec<Spent>)) {
    let settings =
        json!({ "firm_name": "Roe & Partners", "send_automatic_invoice_emails": true, "allow_account_history": true });
    let spent = world.spent(async |world| world.put("/v1/settings", json!({}), &settings).await).await;
    note("settings written", spent);
    let at = "2026-01-01T09:00:00Z";
    let contact = json!({
        "address": "ann@acme.example", "invited_at": at, "accepted_at": at, "login_created_at": at,
    });
    let client = json!({ "name": "Acme", "email": "ann@acme.example", "contacts": [contact] });
    let spent =
        world.spent(async |world| world.put("/v1/clients/{client}", json!({ "client": "acme" }), &client).await).await;
    note("a client written", spent);
    let invoice = json!({ "number": "1042", "client": "acme", "currency": "USD", "amount": "1250.00" });
    let route = "/v1/invoices/{invoice}";
    let spent = world.spent(async |world| world.put(route, json!({ "invoice": "final" }), &invoice).await).await;
    note("an invoice written", spent);
    let spent = world.spent(async |world| world.finalize("final").await).await;
    note("an invoice finalized, one recipient", spent);
    let spent = world.spent(async |world| world.account("acme").await).await;
    note("a client's account, one invoice", spent);

    world.skip();
    world.submit("counted", 1).await;
    let spent = world.spent(async |world| assert_eq!(world.follow().await, 1)).await;
    note("counting: a change that comes alone", spent);
    for number in 0..100 {
        world.submit(&format!("counted-{number}"), 1).await;
    }
    let mut records = 0;
    let spent = world.spent(async |world| records = world.follow().await).await;
    assert_eq!(records, 100);
    note("counting: a hundred changes that come together", spent);
    world.skip();
    // Whatever waited until now has its time by then.
    world.watch().await;
    let spent = world.spent(async |world| world.watch().await).await;
    note("a run of `watch` with nothing to do", spent);
}

fn reads(spent: &[Spent]) -> Vec<Spent> {
    spent.iter().filter(|one| one.read > 0.0).cloned().collect()
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
