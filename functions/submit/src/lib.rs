//! Accepts invoice e-mails: validates, warns, and writes the send with its recipients in one transaction. Once 202 is
//! answered the send survives anything, because the table is the outbox and its stream drives `send`. Shows, too, what a
//! request would send, and hears that the portal has finalized an invoice.

mod answer;
mod finalized;
mod idempotency;
mod input;
mod plan;
mod preview;
mod resend;

use domain::address::Mailbox;
use domain::ids::Invoice;
use domain::message::default_subject;
use domain::recipient::Source;
use lambda::problem::{FieldError, In, Problem};
use lambda::{Call, Claims, ConfigurationError, Environment, reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use table::{IdempotencyRecord, NewSend, Preparation, Prepared, Submitted, Table, TableError};

pub use crate::finalized::EventError;
use crate::idempotency::Idempotency;
use crate::input::Input;
use crate::plan::Plan;

/// The function.
#[derive(Debug)]
pub struct Submit {
    table: Table,
    claims: Claims,
    from: Mailbox,
}

impl Submit {
    /// Reads `TABLE_NAME`, `FROM_ADDRESS`, `FIRM_CLAIM` and `CLIENT_CLAIM`.
    ///
    /// # Errors
    /// Names the variable that is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let name = environment.required("TABLE_NAME")?;
        let config = lambda::aws::config(environment, lambda::aws::Service::DynamoDb)?;
        let table = Table::new(&config, name);
        Ok(Self { table, claims: environment.claims(), from: environment.from_address()? })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request, call: Call) -> Response<Body> {
        let answer = match request::route_key(&request) {
            "POST /v1/invoices/{invoice}/emails" => self.send(&request, &call).await,
            "POST /v1/invoices/{invoice}/emails/{send}/resend" => self.resend(&request, &call).await,
            "POST /v1/invoices/{invoice}/emails/preview" => self.preview(&request, &call).await,
            "POST /v1/invoices/{invoice}/emails/{send}/resend/preview" => self.preview_resend(&request, &call).await,
            "ANY /v1/invoices/{invoice}/emails/{send}/resend"
            | "ANY /v1/invoices/{invoice}/emails/preview"
            | "ANY /v1/invoices/{invoice}/emails/{send}/resend/preview" => reply::other_method(&request, "POST"),
            _ => Err(Problem::not_found("There is nothing at this address.")),
        };
        answer.unwrap_or_else(Problem::into_response)
    }

    async fn send(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let mut errors = Vec::new();
        let idempotency = keep(Idempotency::of(request), &mut errors).flatten();
        let plan = self.plan_send(request, call, errors)?;
        self.write(plan, idempotency, request, call).await
    }

    /// Reads a request to send; `errors` has what is wrong with it so far.
    fn plan_send(&self, request: &Request, call: &Call, mut errors: Vec<FieldError>) -> Result<Plan, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let invoice = keep(request::parsed_path_parameter::<Invoice>(request, "invoice"), &mut errors);
        let input = Input::read(request, &mut errors)?;
        let (Some(invoice), Some(input), []) = (invoice, input, errors.as_slice()) else {
            return Err(Problem::invalid(errors));
        };
        let firm_name = caller.firm.to_string();
        let subject = input
            .subject
            .clone()
            .or_else(|| default_subject(input.facts.number.as_deref(), &firm_name))
            .ok_or_else(|| FieldError::new(In::Body, "/subject", "is required where facts give no number"))?;
        Ok(Plan::new(&caller, invoice, Source::Manual, call, input.into_content(subject, firm_name)))
    }

    /// Asks what decides about a send: one `BatchGetItem`.
    async fn prepare(&self, plan: &Plan, idempotency: Option<&Idempotency>) -> Result<Prepared, Problem> {
        let addresses = plan.addresses();
        let preparation = Preparation {
            firm: &plan.firm,
            invoice: &plan.invoice,
            addresses: &addresses,
            idempotency_key: idempotency.map(|idempotency| idempotency.key.as_str()),
            now: plan.now,
        };
        self.table.prepare(preparation).await.map_err(table_problem)
    }

    /// Asks what decides about the send, writes it, answers.
    async fn write(
        &self,
        mut plan: Plan,
        idempotency: Option<Idempotency>,
        request: &Request,
        call: &Call,
    ) -> Result<Response<Body>, Problem> {
        let prepared = self.prepare(&plan, idempotency.as_ref()).await?;
        let fingerprint = idempotency::fingerprint(request);
        if let Some(earlier) = &prepared.earlier {
            return replay(earlier, &fingerprint, call);
        }
        let recipients = plan.settle(&prepared);
        let answer = answer::accepted(&plan, &recipients);
        let record = IdempotencyRecord { fingerprint, answer };
        let submitted = self
            .table
            .submit(NewSend {
                recipients: &recipients,
                body: &plan.body,
                idempotency: idempotency.as_ref().map(|idempotency| (idempotency.key.as_str(), &record)),
                recent: &prepared.recent,
                supersedes: plan.supersedes.as_ref(),
                now: plan.now,
            })
            .await
            .map_err(write_problem)?;
        match submitted {
            Submitted::Done => {
                call.metrics.add("Submitted", recipients.len() as u64);
                Ok(reply::json_text(StatusCode::ACCEPTED, record.answer))
            }
            Submitted::Repeated(earlier) => replay(&earlier, &record.fingerprint, call),
            Submitted::NotSuperseded => Err(resend::already_resent()),
        }
    }
}

/// The same answer for the same request; another request under the same key is a mistake of the caller.
fn replay(earlier: &IdempotencyRecord, fingerprint: &str, call: &Call) -> Result<Response<Body>, Problem> {
    if earlier.fingerprint == fingerprint {
        call.metrics.add("Repeated", 1);
        Ok(reply::json_text(StatusCode::ACCEPTED, earlier.answer.clone()))
    } else {
        Err(Problem::conflict("This Idempotency-Key was used for another request within the last 24 hours."))
    }
}

fn keep<T>(result: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

/// Writing failed. If the table did not answer, the send may be written all the same.
fn write_problem(error: TableError) -> Problem {
    if !error.is_busy() {
        return table_problem(error);
    }
    tracing::error!(error = lambda::log::chain(&error), "a send may not have been written");
    Problem::unavailable(
        "The service is busy, and the e-mail may or may not have been accepted. Repeat the request with the same \
         Idempotency-Key, or look at the invoice's e-mails before you repeat it without one.",
    )
}

fn table_problem(error: TableError) -> Problem {
    tracing::error!(error = lambda::log::chain(&error), "what decides about a send could not be read");
    if error.is_busy() { Problem::try_again() } else { Problem::internal() }
}
