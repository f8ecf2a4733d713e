//! What today's functions do to recipients of older versions.

use domain::token::Purpose;
use serde_json::{Value, json};
use tests::Mail;
use tests::ses::{Event, Format};

use super::fixture::{self, ALL};
use super::journeys::{NEXT_DAY, latest, page_of};
use super::reading::snapshot;
use super::world::{Ask, World};

/// After all that the journeys did.
const NOW: i64 = NEXT_DAY + 3600;

/// The statuses of an invoice's latest recipient, and what is made of them.
async fn seen(world: &World, invoice: &str) -> Value {
    let history = world.ask(NOW + 60, Ask::of("GET /v1/invoices/{invoice}/emails", &[invoice])).await.expect(200);
    let sends = history["sends"].as_array().unwrap().iter().map(|send| {
        let recipients = send["recipients"].as_array().unwrap().iter().map(|one| {
            let statuses = one["statuses"].as_array().unwrap().iter();
            let statuses: Vec<_> = statuses.map(|status| json!([status["status"], status["at"]])).collect();
            let names = ["address", "sent_status", "evidence", "opens", "superseded_by", "next_action"];
            let mut shown: Value = names.into_iter().map(|name| (name.to_owned(), one[name].clone())).collect();
            shown["statuses"] = json!(statuses);
            shown
        });
        recipients.collect::<Vec<_>>()
    });
    json!(sends.collect::<Vec<_>>())
}

/// The mail of a recipient of then, of which an event of SES tells now.
fn mail_of(world: &World, key: &domain::ids::RecipientKey, message_id: Option<&str>) -> Mail {
    let tag = world.token(Purpose::Tag, key);
    let tags = json!({ "recipient": [tag] });
    Mail::of(&json!({
        "message_id": message_id.unwrap_or("0107-of-then"), "accepted_at": "2026-11-23T00:00:00.000Z",
        "envelope_to": ["late@example.com"], "subject": "", "tags": tags, "configuration_set": "invoices", "raw": "",
    }))
}

#[tokio::test]
async fn a_recipient_of_then_is_tracked_recorded_shown_and_sent_again_to() {
    for name in ALL {
        let world = fixture::world(name).await;
        let key = latest(&world, "1046").await;
        let pixel = Ask::of("ANY /o/{token}", &[&format!("{}.gif", world.token(Purpose::Open, &key))]);
        assert_eq!(world.ask(NOW, pixel).await.status, 200);
        let key = latest(&world, "1044").await;
        let page = page_of(&world.token(Purpose::Portal, &key));
        let shown = world.ask(NOW + 1, page.clone()).await;
        assert!(shown.status == 200 && shown.text.contains("<!doctype html>"), "{}", shown.text);
        let acted = world.ask(NOW + 2, page.method("POST").form("action=open")).await;
        assert_eq!(acted.status, 303, "{}", acted.text);
        let pixel = Ask::of("ANY /o/{token}", &[&format!("{}.gif", world.token(Purpose::Open, &key))]);
        assert_eq!(world.ask(NOW + 3, pixel).await.status, 200);
        // By the tag, and by the id that SES gave the message then.
        world.tell(NOW + 4, &Event::delivery(&mail_of(&world, &key, None))).await;
        let id = world.table.recipient(&key).await.unwrap().unwrap().message_id.expect("SES took it");
        assert_eq!(world.table.recipient_of_message(&id).await.unwrap().as_ref(), Some(&key));
        let untagged = Event::bounce(&mail_of(&world, &key, Some(&id)), "Transient", "ContentRejected");
        world.tell_as(NOW + 5, &untagged, Format::Feedback).await;

        let again = json!({ "recipient": "to:0", "address": "corrected@example.com" });
        let route = "POST /v1/invoices/{invoice}/emails/{send}/resend";
        world.ask(NOW + 6, Ask::of(route, &["1044", &key.send.to_string()]).json(&again)).await.expect(202);
        let old = world.table.recipient(&key).await.unwrap().unwrap();
        assert!(old.superseded_by.is_some(), "{old:?}");
        snapshot(format!("{name}_acted_on"), &json!({ "1044": seen(&world, "1044").await }));

        // A key that was used then is known now.
        let repeated = Ask::of("POST /v1/invoices/{invoice}/emails", &["1042"]).json(&json!({ "to": "a@example.com" }));
        let conflict = world.ask(10, repeated.header("idempotency-key", "first")).await;
        assert_eq!(conflict.status, 409, "{}", conflict.text);
        let suppressed = json!({ "to": "complained@example.com, new@example.com", "subject": "Again" });
        world.submit(NOW + 7, "1070", &suppressed).await;
        assert_eq!(seen(&world, "1070").await[0][0]["sent_status"], "rejected");
    }
}

#[tokio::test]
async fn who_waited_then_is_sent_to_once() {
    for name in ALL {
        let world = fixture::world(name).await;
        let waiting = ["waits", "redriven", "claimed", "released", "unanswered"];
        // Twice two hours: leases end, and `watch` drives again whom nobody claims.
        for step in 0..48 {
            let now = NOW + step * 300;
            world.watch(now).await;
            world.deliver(now).await;
        }
        let mut mailed: Vec<String> = world.cloud.mails().into_iter().map(|mail| mail.to).collect();
        mailed.sort();
        let mut expected = waiting.map(|kind| format!("{kind}@example.com"));
        expected.sort();
        assert_eq!(mailed, expected, "{name}");
        for invoice in waiting {
            assert_eq!(seen(&world, invoice).await[0][0]["sent_status"], "sent", "{name}: {invoice}");
        }
        // Two days on, nothing was heard of any of them.
        let watched = world.watch(NOW + 2 * 24 * 3600).await;
        assert_eq!(watched["failed"], 0, "{name}: {watched}");
        let queue = world.ask(NOW + 2 * 24 * 3600, Ask::of("GET /v1/attention", &[])).await.text;
        assert!(waiting.iter().all(|kind| queue.contains(&format!("{kind}@example.com"))), "{name}: {queue}");
    }
}

#[tokio::test]
async fn what_was_set_up_then_is_changed_now() {
    for name in ALL {
        let world = fixture::world(name).await;
        let route = |verb: &str, path: &str| format!("{verb} /v1/{path}");
        for (path, place) in [("settings", None), ("clients/{client}", Some("acme"))] {
            let places: Vec<&str> = place.into_iter().collect();
            let read = world.ask(NOW, Ask::of(&route("GET", path), &places)).await.expect(200);
            let put = world.ask(NOW, Ask::of(&route("PUT", path), &places).json(&read)).await;
            assert_eq!(put.expect(200), read, "{name}: {path}");
        }
        let payment = json!({ "id": "p-1", "amount": "250.00", "paid_on": "2026-11-21" });
        let asked = Ask::of(&route("POST", "invoices/{invoice}/payments"), &["1042"]);
        world.ask(NOW, asked.clone().json(&payment)).await.expect(200);
        let payment = json!({ "id": "p-2", "amount": "100.00", "paid_on": "2026-11-22" });
        let paid = world.ask(NOW, asked.json(&payment)).await.expect(201);
        assert_eq!((&paid["amount"], &paid["balance"]), (&json!("1250.00"), &json!("650.00")), "{name}");
        let again = Ask::of("POST /v1/invoices/{invoice}/finalize", &["auto"]);
        let answered = world.ask(NOW, again).await.expect(202);
        assert!(answered["send"].is_string(), "{name}: {answered}");
        world.deliver(NOW).await;
        assert!(world.cloud.mails().iter().all(|mail| mail.to != "portal@example.com"), "{name}: sent twice");
        let removed = Ask::of("DELETE /v1/suppressions/{address}", &["complained@example.com"]);
        assert_eq!(world.ask(NOW, removed).await.status, 204, "{name}");
        world.recount(NOW).await.unwrap();
        for forgotten in ["full@example.com", "early@example.com"] {
            let forget = Ask::of("DELETE /v1/recipients/{address}", &[forgotten]);
            assert_eq!(world.ask(NOW, forget).await.status, 204, "{name}: {forgotten}");
        }
        let everything = world.cloud.everything().await;
        assert!(!everything.contains("full@example.com") && everything.contains("@forgotten.invalid"), "{name}");
    }
}
