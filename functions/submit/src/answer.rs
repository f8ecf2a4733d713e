//! The answer to an accepted send.

use domain::fold::fold;
use domain::recipient::Recipient;
use domain::time::rfc3339_ms;
use domain::warning::Warning;
use serde::Serialize;

use crate::plan::Plan;

#[derive(Serialize)]
struct Answer<'a> {
    send: String,
    invoice: &'a str,
    submitted_at: String,
    recipients: Vec<AnswerRecipient<'a>>,
}

#[derive(Serialize)]
struct AnswerRecipient<'a> {
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

/// The JSON of a send that is about to be written: kept under the idempotency key, answered once it is written.
pub(crate) fn accepted(plan: &Plan, recipients: &[Recipient]) -> String {
    let people = plan.people.iter().zip(recipients);
    let answer = Answer {
        send: plan.send.to_string(),
        invoice: plan.invoice.as_str(),
        submitted_at: rfc3339_ms(plan.send.submitted_at()),
        recipients: people
            .map(|(person, recipient)| AnswerRecipient {
                recipient: person.position.to_string(),
                kind: person.position.kind.as_str(),
                address: person.mailbox.address.as_str(),
                name: person.mailbox.name.as_deref(),
                sent_status: fold(recipient, plan.now).sent_status.as_str(),
                warnings: person.warnings.iter().map(AnswerWarning::from).collect(),
            })
            .collect(),
    };
    // Strings in structs always serialise.
    serde_json::to_string(&answer).unwrap_or_default()
}
