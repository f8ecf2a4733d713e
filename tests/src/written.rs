//! Sends written into the cloud's table by its own crate, at any time that a test likes.

use domain::event::{Event, EventKind};
use domain::facts::Facts;
use domain::fold::Rare;
use domain::ids::{Firm, Kind, Position, RecipientKey, SendId};
use domain::message::Look;
use domain::recipient::{Recipient, Source};
use jiff::{SignedDuration, Timestamp};
use table::{Body, NewSend, Submitted, Table};

/// The firm of all these sends.
pub fn firm() -> Firm {
    "roe".parse().unwrap()
}

/// The time at which tests begin.
pub fn start() -> Timestamp {
    "2026-11-21T23:05:00Z".parse().unwrap()
}

/// So many seconds after the start.
pub fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

/// An event so many seconds after the start.
pub fn event(seconds: i64, kind: EventKind) -> Event {
    Event::new(at(seconds), kind)
}

/// A recipient that waits, as `submit` would write it.
pub fn waiting(invoice: &str, send: SendId, index: u8, address: &str) -> Recipient {
    let position = Position { kind: Kind::To, index };
    let key = RecipientKey { firm: firm(), invoice: invoice.parse().unwrap(), send, position };
    let subject = format!("Invoice {invoice}");
    let recipient = Recipient::new(key, address.parse().unwrap(), subject, Source::Manual);
    Recipient { attention_since: Some(send.submitted_at()), rare: Some(Rare::Queued), ..recipient }
}

/// The plainest content of a send to these recipients.
pub fn body(recipients: &[Recipient]) -> Body {
    let first = &recipients[0];
    Body {
        subject: first.subject.clone(),
        firm_name: first.key.firm.to_string(),
        to: recipients.iter().map(|recipient| recipient.mailbox.clone()).collect(),
        cc: Vec::new(),
        message: None,
        html: None,
        text: None,
        facts: Facts::default(),
        look: Look::default(),
    }
}

/// Writes recipients of one send, the first of which may replace another one.
pub async fn submit(table: &Table, recipients: &[Recipient], supersedes: Option<&Recipient>) -> Submitted {
    let (recent, now) = (Default::default(), recipients[0].submitted_at());
    let new =
        NewSend { recipients, body: &body(recipients), skipped: &[], once: None, recent: &recent, supersedes, now };
    table.submit(new).await.expect("the table answers")
}

/// Writes a send of that invoice at the start to one address; its only recipient.
pub async fn send_to(table: &Table, invoice: &str, address: &str) -> RecipientKey {
    let recipient = waiting(invoice, SendId::new(start(), 0), 0, address);
    assert_eq!(submit(table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
    recipient.key
}

/// A recipient as it stands in the table.
pub async fn stored(table: &Table, key: &RecipientKey) -> Recipient {
    table.recipient(key).await.expect("the table answers").expect("there is one")
}
