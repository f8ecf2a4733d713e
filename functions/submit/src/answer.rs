//! The answers: to a send that is accepted, and to the preview of one.

use domain::fold::{SentStatus, View, fold};
use domain::message::{Alternatives, Letter};
use domain::recipient::Recipient;
use domain::time::rfc3339_ms;
use domain::warning::Warning;
use serde::Serialize;

use crate::plan::{Person, Plan};

#[derive(Serialize)]
struct Answer<'a> {
    send: String,
    invoice: &'a str,
    submitted_at: String,
    recipients: Vec<AnswerRecipient<'a>>,
}

/// One recipient of an answer.
#[derive(Serialize)]
pub(crate) struct AnswerRecipient<'a> {
    recipient: String,
    kind: &'static str,
    address: &'a str,
    name: Option<&'a str>,
    sent_status: &'static str,
    warnings: Vec<AnswerWarning<'a>>,
}

#[derive(Serialize)]
struct AnswerWarning<'a> {
    code: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
}

impl<'a> From<&'a Warning> for AnswerWarning<'a> {
    fn from(warning: &'a Warning) -> Self {
        Self { code: warning.code.as_str(), detail: &warning.detail, suggestion: warning.suggestion.as_deref() }
    }
}

impl<'a> AnswerRecipient<'a> {
    fn new(person: &'a Person, sent_status: SentStatus) -> Self {
        Self {
            recipient: person.position.to_string(),
            kind: person.position.kind.as_str(),
            address: person.mailbox.address.as_str(),
            name: person.mailbox.name.as_deref(),
            sent_status: sent_status.as_str(),
            warnings: person.warnings.iter().map(AnswerWarning::from).collect(),
        }
    }
}

/// The JSON of a send that is about to be written: kept under the idempotency key, answered once it is written.
pub(crate) fn accepted(plan: &Plan, recipients: &[Recipient]) -> String {
    let answer = Answer {
        send: plan.send.to_string(),
        invoice: plan.invoice.as_str(),
        submitted_at: rfc3339_ms(plan.send.submitted_at()),
        recipients: self::recipients(plan, recipients),
    };
    // Strings in structs always serialise.
    serde_json::to_string(&answer).unwrap_or_default()
}

/// The recipients of a plan, as they are when it has just been written.
pub(crate) fn recipients<'a>(plan: &'a Plan, recipients: &[Recipient]) -> Vec<AnswerRecipient<'a>> {
    let people = plan.people.iter().zip(recipients);
    people.map(|(person, recipient)| AnswerRecipient::new(person, fold(recipient, plan.now).sent_status)).collect()
}

/// The JSON of a preview.
#[derive(Serialize)]
pub(crate) struct Preview<'a> {
    from: String,
    subject: &'a str,
    html: String,
    text: String,
    recipients: Vec<PreviewRecipient<'a>>,
}

#[derive(Serialize)]
struct PreviewRecipient<'a> {
    #[serde(flatten)]
    recipient: AnswerRecipient<'a>,
    reason: Option<String>,
}

impl<'a> Preview<'a> {
    /// What a plan would send, as the letter says, and to whom.
    pub(crate) fn new(plan: &'a Plan, recipients: &[Recipient], letter: &Letter<'_>, says: Alternatives) -> Self {
        let Alternatives { text, html } = says;
        let sender = letter.sender();
        let from = match &sender.name {
            Some(name) => format!("{name} <{}>", sender.address),
            None => sender.address.to_string(),
        };
        let recipients = plan.people.iter().zip(recipients).map(|(person, recipient)| {
            let View { sent_status, reason, .. } = fold(recipient, plan.now);
            PreviewRecipient { recipient: AnswerRecipient::new(person, sent_status), reason }
        });
        Self { from, subject: &plan.body.subject, html, text, recipients: recipients.collect() }
    }
}
