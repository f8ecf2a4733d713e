//! The event `Invoice Email Status Changed`: what others hear. Its schema is in `infra/events/`.

use domain::digest::Digest;
use domain::fold::{SentStatus, View};
use domain::ids::RecipientKey;
use domain::recipient::Recipient;
use domain::time::rfc3339_ms;
use jiff::Timestamp;
use serde::Serialize;
use table::SequenceNumber;

/// Where these events come from.
pub(crate) const SOURCE: &str = "invoice-email-tracking";
/// What they are.
pub(crate) const DETAIL_TYPE: &str = "Invoice Email Status Changed";
/// The version of their schema; what hears them must take new fields, so that only a field that goes or means something
/// else asks for another one.
const VERSION: &str = "1";
/// The characters of an event's id: half a SHA-256, as many as a UUID has.
const ID_LENGTH: usize = 32;

/// A change of a recipient's sent status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announcement {
    /// Whose; events of one recipient must not overtake each other.
    pub(crate) recipient: RecipientKey,
    pub(crate) at: Timestamp,
    /// The recipient's address unless it was forgotten; it goes along only if the operator wants it.
    address: Option<String>,
    detail: Detail,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Detail {
    version: &'static str,
    id: String,
    firm: String,
    invoice: String,
    number: Option<String>,
    client: Option<String>,
    send: String,
    recipient: String,
    kind: &'static str,
    old_sent_status: Option<&'static str>,
    new_sent_status: &'static str,
    evidence: &'static str,
    reason_code: Option<&'static str>,
    next_action: Option<&'static str>,
    /// Greater at each later change of the recipient; the time of a status may go back.
    sequence: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

/// The change that a record of the stream tells of.
pub(crate) fn of(
    recipient: &Recipient,
    old: Option<SentStatus>,
    view: &View,
    sequence_number: &SequenceNumber,
) -> Announcement {
    let key = &recipient.key;
    let RecipientKey { firm, invoice, send, position } = key;
    let sequence = sequence_number.as_str();
    // The same however often the record comes.
    let mut id = Digest::of(format!("{firm}\n{invoice}\n{send}\n{position}\n{sequence}").as_bytes()).to_string();
    id.truncate(ID_LENGTH);
    let detail = Detail {
        version: VERSION,
        id,
        firm: firm.to_string(),
        invoice: invoice.to_string(),
        number: recipient.number.clone(),
        client: recipient.client.clone(),
        send: send.to_string(),
        recipient: position.to_string(),
        kind: position.kind.as_str(),
        old_sent_status: old.map(SentStatus::as_str),
        new_sent_status: view.sent_status.as_str(),
        evidence: view.evidence.as_str(),
        reason_code: view.reason_code,
        next_action: view.next_action.map(|action| action.as_str()),
        sequence: sequence.to_owned(),
        at: rfc3339_ms(view.status_at),
        address: None,
    };
    let address = &recipient.mailbox.address;
    let address = (!address.is_forgotten()).then(|| address.to_string());
    Announcement { recipient: key.clone(), at: view.status_at, address, detail }
}

impl Announcement {
    /// The event's detail as JSON.
    pub(crate) fn detail(&self, with_address: bool) -> Result<String, serde_json::Error> {
        let address = self.address.clone().filter(|_| with_address);
        serde_json::to_string(&Detail { address, ..self.detail.clone() })
    }
}
