//! The portal's word that an invoice is final, by HTTP and by EventBridge.
//! <https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>

use std::str::FromStr;

use domain::address::{Address, Mailbox};
use domain::client::{Skipped, for_automatic_email};
use domain::facts::Facts;
use domain::ids::{Firm, IdError, Invoice, SendId};
use domain::message::{Body as EmailBody, Look, default_subject};
use domain::recipient::Source;
use domain::settings::Settings;
use domain::time::rfc3339_ms;
use lambda::body::{self, Reader};
use lambda::problem::Problem;
use lambda::{Call, Caller, reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use serde_json::Value;
use table::{IdempotencyRecord, NewSend, Once, Preparation, Prepared, Submitted, TableError};
use thiserror::Error;

use crate::answer::{self, AnswerRecipient};
use crate::plan::{Content, Plan};
use crate::{Submit, keep, table_problem};

const SOURCE: &str = "billing.portal";
const DETAIL_TYPE: &str = "Invoice Finalized";

/// Why an event cannot be worked on. Nobody waits for an answer: the invocation fails, and the event is tried again and
/// kept.
#[derive(Debug, Error)]
pub enum EventError {
    /// It is another's, or of another kind: what brings it here is set up wrongly.
    #[error("the event's {field} is not {expected:?}")]
    Unknown {
        /// Which field says so.
        field: &'static str,
        /// What it has to say.
        expected: &'static str,
    },
    /// A field that must be there is not, or is no text.
    #[error("the event's {0} is missing, or not a string")]
    Missing(&'static str),
    /// A field is no id.
    #[error("the event's {field} is malformed")]
    Malformed {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        #[source]
        source: IdError,
    },
    /// Something has to be known first, or the table did not serve.
    #[error("an invoice's finalization waits")]
    NotYet(#[from] NotYet),
}

/// An invoice that was finalized.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finalized {
    firm: Firm,
    invoice: Invoice,
}

impl Finalized {
    fn read(event: &Value) -> Result<Self, EventError> {
        for (field, expected) in [("source", SOURCE), ("detail-type", DETAIL_TYPE)] {
            if event[field] != expected {
                return Err(EventError::Unknown { field, expected });
            }
        }
        let detail = &event["detail"];
        Ok(Self { firm: id(&detail["firm"], "detail.firm")?, invoice: id(&detail["invoice"], "detail.invoice")? })
    }
}

fn id<T: FromStr<Err = IdError>>(value: &Value, field: &'static str) -> Result<T, EventError> {
    let text = value.as_str().ok_or(EventError::Missing(field))?;
    text.parse().map_err(|source| EventError::Malformed { field, source })
}

/// Why a finalization cannot be worked on yet. What is missing may come; whoever told of the finalization tells again.
#[derive(Debug, Error)]
pub enum NotYet {
    /// The invoice itself.
    #[error("nothing is known of the invoice")]
    Invoice,
    /// Whom it is for.
    #[error("the invoice names no client")]
    ClientId,
    /// The client.
    #[error("nothing is known of the invoice's client")]
    Client,
    /// Where its e-mails go.
    #[error("neither the invoice's matter nor its client has an address")]
    Addresses,
    /// The table did not serve.
    #[error("the table could not be used")]
    Table(#[from] TableError),
    /// The table did not answer: it may be written.
    #[error("the send may or may not be written")]
    Writing(#[source] TableError),
}

#[derive(Serialize)]
struct Answer<'a> {
    automatic: bool,
    send: Option<String>,
    recipients: Vec<AnswerRecipient<'a>>,
    skipped: Vec<AnswerSkipped>,
}

#[derive(Serialize)]
struct AnswerSkipped {
    address: String,
    reason: &'static str,
    since: Option<String>,
}

impl From<&Skipped> for AnswerSkipped {
    fn from(Skipped { address, reason, since }: &Skipped) -> Self {
        Self { address: address.to_string(), reason: reason.as_str(), since: since.map(rfc3339_ms) }
    }
}

/// What a finalization led to, as JSON.
enum Outcome {
    /// The firm does not want automatic e-mails.
    Off(String),
    /// The rules were followed: now, or when it was told before.
    Followed(String),
}

impl Submit {
    /// Takes a request that says that an invoice is final.
    pub(crate) async fn finalize(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let mut errors = Vec::new();
        let invoice = keep(request::parsed_path_parameter::<Invoice>(request, "invoice"), &mut errors);
        if !body::bytes(request).is_empty() {
            Reader::new(&body::object(request)?, &[], &mut errors);
        }
        let (Some(invoice), []) = (invoice, errors.as_slice()) else { return Err(Problem::invalid(errors)) };
        match Box::pin(self.finalized(&caller, &invoice, call)).await {
            Ok(Outcome::Off(answer)) => Ok(reply::json_text(StatusCode::OK, answer)),
            Ok(Outcome::Followed(answer)) => Ok(reply::json_text(StatusCode::ACCEPTED, answer)),
            Err(NotYet::Invoice) => Err(Problem::not_found(
                "Nothing is known of this invoice: PUT it to /v1/invoices/{invoice} before it is finalized.",
            )),
            Err(NotYet::ClientId) => Err(Problem::conflict(
                "The invoice names no client, so that nobody is known to send it to: PUT it with its client.",
            )),
            Err(NotYet::Client) => Err(Problem::conflict(
                "Nothing is known of the invoice's client: PUT it to /v1/clients/{client} before the invoice is finalized.",
            )),
            // Nothing is kept, so that it can be finalized once there is somebody.
            Err(NotYet::Addresses) => Ok(reply::json_text(StatusCode::ACCEPTED, json(&Answer::to_nobody(true, &[])))),
            Err(NotYet::Table(error)) => Err(table_problem(error)),
            Err(NotYet::Writing(error)) => Err(may_be_written(error)),
        }
    }

    /// Takes an event of the portal.
    ///
    /// # Errors
    /// It is no event of an invoice's finalization, or comes before what has to be known of the invoice: the invocation
    /// fails, and the event is tried again and kept.
    pub async fn handle_event(&self, event: Value, call: Call) -> Result<Value, EventError> {
        let Finalized { firm, invoice } = Finalized::read(&event)?;
        let caller = Caller { firm, name: None };
        let answer = match Box::pin(self.finalized(&caller, &invoice, &call)).await? {
            Outcome::Off(answer) => {
                tracing::info!(firm.id = %caller.firm, invoice.id = %invoice, "automatic e-mails are not enabled");
                answer
            }
            Outcome::Followed(answer) => answer,
        };
        // What is kept of an earlier one was JSON, too.
        Ok(serde_json::from_str(&answer).unwrap_or_default())
    }

    /// Sends a final invoice to those of its addresses whose owner was invited, accepted and has a login: once, whoever
    /// tells it how often.
    async fn finalized(&self, caller: &Caller, invoice: &Invoice, call: &Call) -> Result<Outcome, NotYet> {
        let firm = &caller.firm;
        let once = Some(Once::Finalization);
        let preparation = Preparation { firm, invoice, addresses: &[], client: None, once, now: call.now };
        let mut prepared = self.table.prepare(preparation).await?;
        if let Some(earlier) = prepared.earlier.take() {
            call.metrics.add("Repeated", 1);
            return Ok(Outcome::Followed(earlier.answer));
        }
        if !prepared.settings.send_automatic_invoice_emails {
            return Ok(Outcome::Off(json(&Answer::to_nobody(false, &[]))));
        }
        let stored = prepared.stored.take().ok_or(NotYet::Invoice)?;
        let client = stored.facts.client.clone().ok_or(NotYet::ClientId)?;
        let client = self.table.client(firm, &client).await?.ok_or(NotYet::Client)?.value;
        let addresses = if stored.matter_email.is_empty() { &client.email } else { &stored.matter_email };
        if addresses.is_empty() {
            return Err(NotYet::Addresses);
        }
        let asked: Vec<&Address> = addresses.iter().map(|mailbox| &mailbox.address).collect();
        prepared.suppressions = self.table.suppressed_among(firm, &asked).await?;
        let suppressed = |address: &Address| {
            let entry = prepared.suppressions.get(&address.same_mailbox_key());
            entry.filter(|entry| entry.is_active()).map(|entry| entry.since)
        };
        let (to, skipped) = for_automatic_email(addresses, &client.contacts, suppressed, call.now);
        if to.is_empty() {
            return self.finalized_for_nobody(caller, invoice, &skipped, call).await;
        }
        let facts = stored.facts_now();
        let track = prepared.settings.tracks(Some(&client));
        let facts = facts.or_client_name(client.name);
        let body = automatic(firm, invoice, to, facts, &prepared.settings);
        let content = Content { body, bcc: Vec::new(), track };
        let plan = Plan::new(caller, invoice.clone(), Source::Automatic, call, content);
        self.write_finalized(plan, &prepared, &skipped, call).await
    }

    async fn write_finalized(
        &self,
        mut plan: Plan,
        prepared: &Prepared,
        skipped: &[Skipped],
        call: &Call,
    ) -> Result<Outcome, NotYet> {
        let recipients = plan.settle(prepared);
        let answer = json(&Answer {
            automatic: true,
            send: Some(plan.send.to_string()),
            recipients: answer::recipients(&plan, &recipients),
            skipped: skipped.iter().map(AnswerSkipped::from).collect(),
        });
        let record = IdempotencyRecord { fingerprint: String::new(), answer };
        let new = NewSend {
            recipients: &recipients,
            body: &plan.body,
            skipped,
            once: Some((Once::Finalization, &record)),
            recent: &prepared.recent,
            supersedes: None,
            now: plan.now,
        };
        let submitted = self.table.submit(new).await.map_err(NotYet::Writing)?;
        if submitted == Submitted::Done {
            call.metrics.add("Submitted", recipients.len() as u64);
        }
        Ok(followed(submitted, record))
    }

    async fn finalized_for_nobody(
        &self,
        caller: &Caller,
        invoice: &Invoice,
        skipped: &[Skipped],
        call: &Call,
    ) -> Result<Outcome, NotYet> {
        let send = SendId::new(call.now, call.random);
        let record = IdempotencyRecord { fingerprint: String::new(), answer: json(&Answer::to_nobody(true, skipped)) };
        let place = (&caller.firm, invoice, send);
        let submitted =
            self.table.submit_to_nobody(place, skipped, &record, call.now).await.map_err(NotYet::Writing)?;
        Ok(followed(submitted, record))
    }
}

/// If the table did not answer, the e-mail may be on its way.
fn may_be_written(error: TableError) -> Problem {
    if !error.is_busy() {
        return table_problem(error);
    }
    tracing::error!(error = lambda::log::chain(&error), "a finalization may not have been written");
    Problem::unavailable(
        "The service is busy, and the invoice may or may not have been e-mailed. Finalize it again: it is e-mailed once.",
    )
}

/// What is said in an e-mail that nobody wrote.
fn automatic(firm: &Firm, invoice: &Invoice, to: Vec<Mailbox>, facts: Facts, settings: &Settings) -> EmailBody {
    let firm_name = settings.name_of(firm).to_owned();
    let number = facts.number.as_deref().filter(|number| !number.trim().is_empty());
    let subject = default_subject(number.or(Some(invoice.as_str())), &firm_name).unwrap_or_default();
    EmailBody {
        subject,
        firm_name,
        to,
        cc: Vec::new(),
        message: None,
        html: None,
        text: None,
        facts,
        look: Look::from(settings),
    }
}

/// Of two that tell at once the first one's answer counts.
fn followed(submitted: Submitted, record: IdempotencyRecord) -> Outcome {
    match submitted {
        Submitted::Repeated(earlier) => Outcome::Followed(earlier.answer),
        Submitted::Done | Submitted::NotSuperseded => Outcome::Followed(record.answer),
    }
}

impl Answer<'_> {
    fn to_nobody(automatic: bool, skipped: &[Skipped]) -> Self {
        let skipped = skipped.iter().map(AnswerSkipped::from).collect();
        Self { automatic, send: None, recipients: Vec::new(), skipped }
    }
}

fn json(answer: &Answer<'_>) -> String {
    // Strings in structs always serialise.
    serde_json::to_string(answer).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(detail: &Value) -> Value {
        json!({
            "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Invoice Finalized",
            "source": "billing.portal", "account": "123456789012", "time": "2026-11-21T23:05:00Z",
            "region": "eu-central-1", "resources": [], "detail": detail,
        })
    }

    #[test]
    fn an_event_names_an_invoice_of_a_firm() {
        let detail = json!({ "firm": "roe", "invoice": "1042", "more": "than we know" });
        let expected = Finalized { firm: "roe".parse().unwrap(), invoice: "1042".parse().unwrap() };
        assert_eq!(Finalized::read(&event(&detail)).unwrap(), expected);
    }

    #[test]
    fn each_field_that_is_missing_or_malformed_is_named() {
        let long = "1".repeat(65);
        for (detail, field) in [
            (json!({ "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": null, "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": "", "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": "roe & partners", "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": "roe" }), "detail.invoice"),
            (json!({ "firm": "roe", "invoice": 1042 }), "detail.invoice"),
            (json!({ "firm": "roe", "invoice": long }), "detail.invoice"),
            (json!(null), "detail.firm"),
            (json!("roe"), "detail.firm"),
        ] {
            let error = Finalized::read(&event(&detail)).unwrap_err();
            assert!(error.to_string().contains(&format!("{field} is ")), "{detail}: {error}");
        }
    }

    #[test]
    fn what_is_no_such_event_is_told_by_the_field_that_says_so() {
        let good = event(&json!({ "firm": "roe", "invoice": "1042" }));
        for (field, value) in [
            ("source", json!("aws.events")),
            ("source", json!(null)),
            ("detail-type", json!("Invoice Voided")),
            ("detail-type", json!(["Invoice Finalized"])),
        ] {
            let mut event = good.clone();
            event[field] = value;
            let error = Finalized::read(&event).unwrap_err();
            assert!(error.to_string().contains(&format!("the event's {field} is not")), "{event}: {error}");
        }
        for junk in [json!(null), json!(7), json!([]), json!("event"), json!({})] {
            assert!(Finalized::read(&junk).is_err(), "{junk}");
        }
    }

    #[test]
    fn what_an_event_says_is_not_repeated() {
        let error = Finalized::read(&event(&json!({ "firm": "ann@example.com", "invoice": "1042" }))).unwrap_err();
        let text = lambda::log::chain(&error);
        assert!(text.contains("must consist of") && !text.contains("ann"), "{text}");
    }
}
