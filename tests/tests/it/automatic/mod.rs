//! Automatic e-mails: an invoice that is final goes at once to whom it may go, once, and everybody can see to whom it did
//! not go and why.

mod costs;
mod crowd;
mod events;
mod finalizing;
mod once;
mod refusing;
mod troubled;

use jiff::{SignedDuration, Timestamp};
use lambda::Call;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, System};

/// A time so many hours ago, as an answer writes it.
fn hours_ago(hours: i64) -> String {
    let now = Call::begin().now;
    let at = Timestamp::from_second(now.as_second()).unwrap() - SignedDuration::from_hours(hours);
    format!("{at:.3}")
}

/// A contact who has done as many of the three steps as there are times: invited, accepted, has a login.
fn contact(address: &str, steps: &[&str]) -> Value {
    let step = |index: usize| steps.get(index).map_or(Value::Null, |at| json!(at));
    json!({ "address": address, "invited_at": step(0), "accepted_at": step(1), "login_created_at": step(2) })
}

/// A contact who has done all of them.
fn accepted(address: &str) -> Value {
    contact(address, &["2026-01-01T09:00:00Z", "2026-01-02T09:00:00Z", "2026-01-03T09:00:00Z"])
}

/// Turns automatic e-mails on.
async fn turn_on(firm: &Firm) {
    firm.put("/v1/settings", &json!({ "firm_name": "Roe & Partners", "send_automatic_invoice_emails": true }))
        .await
        .expect(200);
}

/// Tells of a client with these people, all of them with an address for its invoices.
async fn tell_client(firm: &Firm, client: &str, contacts: &[Value]) {
    let email: Vec<&str> = contacts.iter().map(|contact| contact["address"].as_str().unwrap()).collect();
    let client_told = json!({ "name": "Acme", "email": email.join("; "), "contacts": contacts });
    firm.put(&format!("/v1/clients/{client}"), &client_told).await.expect(200);
}

/// Tells of an invoice of a client.
async fn tell_invoice(firm: &Firm, invoice: &str, client: &str) {
    let told = json!({ "number": invoice, "client": client, "currency": "USD", "amount": "1250.00" });
    firm.put(&format!("/v1/invoices/{invoice}"), &told).await.expect(200);
}

/// A firm that wants automatic e-mails, with a client `acme` whose two people have come into the portal, one of them not
/// all the way.
async fn automatic(system: &System, name: &str) -> Firm {
    let firm = system.firm(name);
    turn_on(&firm).await;
    tell_client(&firm, "acme", &[accepted("ann@example.com"), contact("bob@example.com", &[])]).await;
    firm
}

/// The event that says that an invoice of a firm is final.
fn event(firm: &str, invoice: &str) -> Value {
    json!({
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Invoice Finalized",
        "source": "billing.portal", "account": "123456789012", "time": "2026-11-21T23:05:00Z",
        "region": "eu-central-1", "resources": [], "detail": { "firm": firm, "invoice": invoice },
    })
}

/// Brings it; the function's answer.
async fn told_by_event(system: &System, firm: &str, invoice: &str) -> Value {
    let handled = system.publish(&event(firm, invoice)).await;
    assert_eq!(handled["outcome"], "handled", "{handled}");
    handled["answer"].clone()
}

/// The same as a request that can be made elsewhere.
fn event_request(system: &System, firm: &str, invoice: &str) -> reqwest::RequestBuilder {
    system.request(Method::POST, "/_local/events").json(&event(firm, invoice))
}

/// A request that says that an invoice is final.
fn finalize_request(firm: &Firm, invoice: &str) -> reqwest::RequestBuilder {
    firm.request(Method::POST, &format!("/v1/invoices/{invoice}/finalize")).json(&json!({}))
}

/// To whom mails with that subject went, by the alphabet.
async fn mailed(system: &System, subject: &str) -> Vec<String> {
    let mails = system.mailbox().await.into_iter().filter(|mail| mail.subject == subject);
    let mut addresses: Vec<String> = mails.map(|mail| mail.to).collect();
    addresses.sort();
    addresses
}

/// The subject of an invoice's automatic e-mail.
fn subject(invoice: &str) -> String {
    format!("Invoice {invoice} from Roe & Partners")
}

/// Nothing was sent to anybody, and nothing is under way.
async fn nothing_is_sent(system: &System) {
    system.settled().await;
    assert_eq!(system.mailbox().await.len(), 0);
}

/// An answer that nothing was sent because nobody has asked for it.
fn is_off(answer: &Answer) {
    assert_eq!(answer.expect(200), json!({ "automatic": false, "send": null, "recipients": [], "skipped": [] }));
}
