//! Journeys that write every kind of item, and into logs every kind of event.

use domain::event::{DropCause, EventKind};
use domain::evidence::{Agent, Facts, HitKind, Method, NetworkClass};
use domain::fold::SentStatus;
use domain::ids::{Kind, Position, RecipientKey, SendId};
use domain::log::{Hit, MAX_EVENTS, MAX_HITS};
use domain::tally::{Counted, Standing, Tally};
use domain::token::Purpose;
use serde_json::json;
use table::{Claim, SequenceNumber};
use tests::cloud::Cloud;
use tests::ses::{Event, Format};
use tests::written::{at, event, firm};

use super::world::{Ask, World, token};

/// What happens to those to whom the first invoice goes.
const FATES: [&str; 18] = [
    "read",
    "prefetched",
    "bounced",
    "blocked",
    "complained",
    "deferred",
    "rejected",
    "unrendered",
    "unsubscribed",
    "subscribed",
    "invented",
    "away",
    "forwarded",
    "known",
    "silent",
    "feedback",
    "undetermined",
    "replaced",
];
/// A day and some minutes: silence has been noticed.
pub(super) const NEXT_DAY: i64 = 24 * 3600 + 600;

/// The address of somebody with a fate.
pub(super) fn address(fate: &str) -> String {
    format!("{fate}@example.com")
}

/// A world in which all of it has happened.
pub(super) async fn lived_through() -> World {
    let world = World::over(Cloud::start().await).await;
    tell_of_the_firm(&world).await;
    send_the_first(&world).await;
    end_as_fated(&world).await;
    let watched = world.watch(NEXT_DAY).await;
    assert!(watched["failed"] == 0 && watched["silent"] != 0, "{watched}");
    send_others(&world, NEXT_DAY).await;
    forget_somebody(&world, NEXT_DAY + 100).await;
    fill_a_log(&world, NEXT_DAY + 200).await;
    give_up(&world, NEXT_DAY + 300).await;
    leave_waiting(&world, NEXT_DAY + 400).await;
    count(&world, NEXT_DAY + 500).await;
    world
}

/// Settings, clients, invoices, payments.
async fn tell_of_the_firm(world: &World) {
    let settings = json!({
        "firm_name": "Roe & Partners", "from_name": "Roe Billing", "reply_to": "office@roe.example",
        "timezone": "Europe/Zurich", "locale": "de-CH", "display_balances": true, "allow_account_history": true,
        "send_automatic_invoice_emails": true, "open_tracking": "individual", "retention_days": 365,
        "payment_url": "https://pay.example.com/{invoice}", "brand_color": "#123abc",
    });
    world.ask(-90, Ask::of("PUT /v1/settings", &[]).json(&settings)).await.expect(200);
    let contact = |name: &str, accepted: bool, login: bool| {
        json!({
            "address": address(name), "name": name, "invited_at": "2026-11-01T09:30:00.000Z",
            "accepted_at": accepted.then_some("2026-11-02T09:30:00.000Z"),
            "login_created_at": login.then_some("2026-11-03T09:30:00.000Z"),
        })
    };
    let client = json!({
        "name": "Acme", "email": "Portal <portal@example.com>; stranger@example.com; invited@example.com",
        "contacts": [contact("portal", true, true), contact("invited", false, false)],
    });
    world.ask(-80, Ask::of("PUT /v1/clients/{client}", &["acme"]).json(&client)).await.expect(200);
    let client = json!({ "name": "Doe", "email": "doe@example.com", "open_tracking": "off" });
    world.ask(-79, Ask::of("PUT /v1/clients/{client}", &["doe"]).json(&client)).await.expect(200);
    for (number, invoice) in ["1042", "auto"].iter().enumerate() {
        let facts = json!({
            "number": format!("2026-{invoice}"), "client": "acme", "client_name": "Acme & Sons", "currency": "USD",
            "amount": "1250.00", "balance": "1000.00", "due_on": "2026-12-01",
            "url": "https://portal.example.com/i/1042", "issued_on": "2026-11-20",
            "matter_email": if *invoice == "auto" { "" } else { "Matter <matter@example.com>" },
        });
        let seconds = -70 + i64::try_from(number).unwrap();
        world.ask(seconds, Ask::of("PUT /v1/invoices/{invoice}", &[invoice]).json(&facts)).await.expect(200);
    }
    let payment = json!({ "id": "p-1", "amount": "250.00", "paid_on": "2026-11-21" });
    world.ask(-60, Ask::of("POST /v1/invoices/{invoice}/payments", &["1042"]).json(&payment)).await.expect(201);
    world.ask(-50, Ask::of("POST /v1/invoices/{invoice}/finalize", &["auto"])).await.expect(202);
}

/// A send with everything that a request can say, of which a repeat knows.
async fn send_the_first(world: &World) {
    let to: Vec<String> = FATES.iter().map(|fate| format!("{fate} <{}>", address(fate))).collect();
    let body = json!({
        "to": to.join("; "), "cc": ["Carl <carl@example.com>"], "bcc": ["dan@example.com"],
        "subject": "Invoice 1042 from Roe & Partners", "message": "Dear all, …",
        "html": "<p>Hello <a href=\"https://portal.example.com/i/1042\">there</a></p>", "text": "Hello", "track": true,
        "facts": { "number": "2026-1042" },
    });
    for _ in 0..2 {
        let asked = Ask::of("POST /v1/invoices/{invoice}/emails", &["1042"]).json(&body);
        world.ask(0, asked.header("idempotency-key", "first")).await.expect(202);
    }
    for seconds in 0..3 {
        world.deliver(seconds).await;
    }
}

async fn end_as_fated(world: &World) {
    let mail = |fate: &str| world.mail(&address(fate));
    let tell = async |event: Event| world.tell(10, &event).await;
    for fate in FATES.into_iter().filter(|fate| *fate != "silent") {
        tell(Event::send(&mail(fate))).await;
    }
    for fate in ["read", "prefetched", "complained", "unsubscribed", "away", "forwarded"] {
        tell(Event::delivery(&mail(fate))).await;
    }
    tell(Event::bounce(&mail("bounced"), "Permanent", "General")).await;
    tell(Event::bounce(&mail("replaced"), "Permanent", "NoEmail")).await;
    tell(Event::bounce(&mail("blocked"), "Transient", "MailboxFull")).await;
    tell(Event::complaint(&mail("complained"), "abuse").with("complaintSubType", json!("None"))).await;
    tell(Event::bounce(&mail("undetermined"), "Undetermined", "Undetermined")).await;
    tell(Event::delay(&mail("deferred"), "MailboxFull")).await;
    tell(Event::reject(&mail("rejected"))).await;
    tell(Event::rendering_failure(&mail("unrendered"))).await;
    tell(Event::subscription(&mail("subscribed"))).await;
    tell(Event::invented(&mail("invented"))).await;
    tell(Event::bounce(&mail("away"), "Transient", "General")).await;
    tell(Event::bounce_of(&mail("forwarded"), "Permanent", "General", &["elsewhere@example.org"])).await;
    tell(Event::bounce(&mail("known"), "Permanent", "OnAccountSuppressionList")).await;
    world.tell_as(10, &Event::delivery(&mail("feedback")), Format::Feedback).await;

    let fetch = |route: &str, link: &str| Ask::of(route, &[token(link)]);
    for (seconds, fate, agent) in [
        (20, "read", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"),
        (21, "read", "Mozilla/5.0"),
        (22, "prefetched", "Mozilla/5.0"),
        (23, "prefetched", "curl/8.0"),
    ] {
        let pixel = mail(fate).pixel();
        world.ask(seconds, fetch("ANY /o/{token}", &pixel).header("user-agent", agent)).await;
    }
    let link = fetch("ANY /c/{token}", &mail("read").link());
    assert_eq!(world.ask(30, link).await.status, 302);
    let marked = fetch("ANY /c/{token}", &mail("prefetched").link()).header("purpose", "prefetch");
    assert_eq!(world.ask(31, marked).await.status, 302);
    let unsubscribe = fetch("ANY /u/{token}", &mail("unsubscribed").unsubscribe()).method("POST");
    assert_eq!(world.ask(32, unsubscribe.form("List-Unsubscribe=One-Click")).await.status, 200);
    let page = page_of(&world.token(Purpose::Portal, &latest(world, "1042").await));
    assert_eq!(world.ask(40, page.clone()).await.status, 200);
    assert_eq!(world.ask(41, page.method("POST").form("action=pay")).await.status, 303);
    // Two more of the same kind of event, of which one tells nothing new.
    tell(Event::delay(&mail("deferred"), "MailboxFull").with("timestamp", json!("2026-11-21T23:09:00.000Z"))).await;
    tell(Event::complaint(&mail("complained"), "abuse").with("complaintSubType", json!("None"))).await;
}

/// A client's page of a recipient.
pub(super) fn page_of(token: &str) -> Ask {
    Ask::of("ANY /p/{token}", &[token])
}

/// Sends of other sorts: again to somebody, to suppressed addresses, untracked, automatic.
async fn send_others(world: &World, now: i64) {
    let history = world.ask(now, Ask::of("GET /v1/invoices/{invoice}/emails", &["1042"])).await.expect(200);
    let send = history["sends"][0]["send"].as_str().unwrap().to_owned();
    let replaced = FATES.iter().position(|fate| *fate == "replaced").unwrap();
    let again =
        json!({ "recipient": format!("to:{replaced}"), "address": "again@example.com", "save_to_client": true });
    let route = "POST /v1/invoices/{invoice}/emails/{send}/resend";
    world.ask(now + 1, Ask::of(route, &["1042", &send]).json(&again)).await.expect(202);
    let suppressed = json!({
        "to": "bounced@example.com, complained@example.com, unsubscribed@example.com, doe@example.com",
        "subject": "Again", "track": false,
    });
    world.submit(now + 2, "1043", &suppressed).await;
    world.deliver(now + 3).await;
    world.tell(now + 4, &Event::delivery(&world.mail("again@example.com"))).await;
    let removed = Ask::of("DELETE /v1/suppressions/{address}", &["bounced@example.com"]);
    assert_eq!(world.ask(now + 5, removed).await.status, 204);
    world.submit(now + 6, "1044", &json!({ "to": "early@example.com", "subject": "Early" })).await;
    let history = world.ask(now + 7, Ask::of("GET /v1/invoices/{invoice}/emails", &["1044"])).await.expect(200);
    let send = history["sends"][0]["send"].as_str().unwrap().to_owned();
    let again = json!({ "recipient": "to:0", "address": "late@example.com" });
    world.ask(now + 8, Ask::of(route, &["1044", &send]).json(&again)).await.expect(202);
    world.deliver(now + 9).await;
}

async fn forget_somebody(world: &World, now: i64) {
    world.submit(now, "1045", &json!({ "to": "forgotten@example.com", "subject": "Soon forgotten" })).await;
    world.deliver(now + 1).await;
    let mail = world.mail("forgotten@example.com");
    world.tell(now + 2, &Event::delivery(&mail)).await;
    let pixel = Ask::of("ANY /o/{token}", &[token(&mail.pixel())]);
    world.ask(now + 3, pixel).await;
    let forget = Ask::of("DELETE /v1/recipients/{address}", &["forgotten@example.com"]);
    assert_eq!(world.ask(now + 4, forget).await.status, 204);
}

/// More events and fetches than are kept one by one.
async fn fill_a_log(world: &World, now: i64) {
    let key = key_of(&world.submit(now, "1046", &json!({ "to": "full@example.com", "subject": "Full" })).await, "1046");
    world.deliver(now + 1).await;
    let deferred = |number: usize| {
        let kind = EventKind::Deferred { delay_type: "General".to_owned(), until: None, detail: None };
        event(now + 2 + i64::try_from(number).unwrap(), kind)
    };
    let events: Vec<_> = (0..MAX_EVENTS).map(deferred).collect();
    for events in events.chunks(25) {
        world.table.append(&key, events, None, at(now + 200)).await.unwrap().unwrap();
    }
    world.table.append(&key, &[deferred(MAX_EVENTS)], None, at(now + 200)).await.unwrap().unwrap();
    for number in 0..MAX_HITS + 3 {
        let number = i64::try_from(number).unwrap();
        let classes = [(Agent::Program, NetworkClass::MicrosoftMail), (Agent::Browser, NetworkClass::Other)];
        let (agent, network_class) = classes[usize::from(number % 50 == 49)];
        let facts = Facts { agent, method: Method::Get, prefetch: false, network_class, network: 7 };
        let hit = Hit { at: at(now + number), link: 0, facts };
        assert!(world.table.hit(&key, HitKind::Open, hit).await.unwrap());
    }
}

/// Recipients whom SES refused, or did not take for a day.
async fn give_up(world: &World, now: i64) {
    for (index, cause) in [DropCause::GaveUp, DropCause::Refused("MessageRejected".to_owned())].into_iter().enumerate()
    {
        let invoice = format!("{}", 1047 + index);
        let seconds = now + i64::try_from(index).unwrap();
        let send = world.submit(seconds, &invoice, &json!({ "to": "up@example.com", "subject": "Up" })).await;
        let claimed = claimed(world, &key_of(&send, &invoice), seconds).await;
        let detail = Some("The server said no.".to_owned());
        assert!(world.table.drop_claimed(&claimed, cause, detail, None, at(seconds)).await.unwrap());
    }
}

/// One who waits, one who waits again, and those between a claim and what becomes of it.
async fn leave_waiting(world: &World, now: i64) {
    let (mut keys, kinds) = (Vec::new(), ["waits", "redriven", "claimed", "released", "unanswered"]);
    for (index, kind) in kinds.into_iter().enumerate() {
        let seconds = now + i64::try_from(index).unwrap();
        let body = json!({ "to": address(kind), "subject": kind, "facts": { "client": "doe" } });
        keys.push(key_of(&world.submit(seconds, kind, &body).await, kind));
    }
    world.table.redrive(&keys[1], at(now + 300), at(now + 600)).await.unwrap();
    claimed(world, &keys[2], now + 10).await;
    let released = claimed(world, &keys[3], now + 10).await;
    world.table.release(&released, at(now + 40)).await.unwrap();
    let unanswered = claimed(world, &keys[4], now + 10).await;
    world.table.await_event(&unanswered, domain::digest::Digest::of(b"MIME")).await.unwrap();
}

/// Totals, what waits, and how far a shard of the stream is.
async fn count(world: &World, now: i64) {
    let standing = Standing { sent_status: SentStatus::Queued, evidence: domain::evidence::Evidence::None };
    let mut tally = Tally::default();
    tally.change(&firm(), at(now), None, Some(Counted { standing, waiting: Some(SentStatus::Queued) }));
    let number = |number: &str| SequenceNumber::parse(number).unwrap();
    world.table.count("shardId-1", (&number("1"), &number("2")), &tally, at(now)).await.unwrap();
    world.recount(now).await.unwrap();
}

async fn claimed(world: &World, key: &RecipientKey, seconds: i64) -> domain::recipient::Recipient {
    match world.table.claim(key, at(seconds), at(seconds + 900), "worker").await.unwrap() {
        Claim::Claimed(recipient) => *recipient,
        other => panic!("{other:?}"),
    }
}

/// The first recipient of a send.
pub(super) fn key_of(send: &str, invoice: &str) -> RecipientKey {
    let send: SendId = send.parse().unwrap();
    let position = Position { kind: Kind::To, index: 0 };
    RecipientKey { firm: firm(), invoice: invoice.parse().unwrap(), send, position }
}

/// The first recipient of an invoice's latest send.
pub(super) async fn latest(world: &World, invoice: &str) -> RecipientKey {
    let history = world.ask(0, Ask::of("GET /v1/invoices/{invoice}/emails", &[invoice])).await.expect(200);
    key_of(history["sends"][0]["send"].as_str().unwrap_or_else(|| panic!("{invoice} was never sent")), invoice)
}
