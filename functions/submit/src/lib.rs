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

use domain::address::{Address, Mailbox};
use domain::client::Profile;
use domain::facts::Facts;
use domain::ids::{Client, Firm, Invoice};
use domain::invoice::StoredInvoice;
use domain::message::{Body as EmailBody, Look, default_subject};
use domain::recipient::Source;
use lambda::problem::{FieldError, In, Problem};
use lambda::{Call, Caller, Claims, ConfigurationError, Environment, reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use table::{IdempotencyRecord, NewSend, Once, Preparation, Prepared, Submitted, Table, TableError};

pub use crate::finalized::EventError;
use crate::idempotency::Idempotency;
use crate::input::{Input, too_many};
use crate::plan::{Content, Plan};

/// Why a send that names nobody cannot be made.
const NOBODY: &str = "names nobody, and no addresses are stored for the invoice's matter or client";

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
            "POST /v1/invoices/{invoice}/emails" => Box::pin(self.send(&request, &call)).await,
            "POST /v1/invoices/{invoice}/emails/{send}/resend" => Box::pin(self.resend(&request, &call)).await,
            "POST /v1/invoices/{invoice}/finalize" => Box::pin(self.finalize(&request, &call)).await,
            "POST /v1/invoices/{invoice}/emails/preview" => self.preview(&request, &call).await,
            "POST /v1/invoices/{invoice}/emails/{send}/resend/preview" => self.preview_resend(&request, &call).await,
            "ANY /v1/invoices/{invoice}/emails/{send}/resend"
            | "ANY /v1/invoices/{invoice}/finalize"
            | "ANY /v1/invoices/{invoice}/emails/preview"
            | "ANY /v1/invoices/{invoice}/emails/{send}/resend/preview" => reply::other_method(&request, "POST"),
            _ => Err(Problem::not_found("There is nothing at this address.")),
        };
        answer.unwrap_or_else(Problem::into_response)
    }

    async fn send(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let mut errors = Vec::new();
        let idempotency = keep(Idempotency::of(request), &mut errors).flatten();
        let Asked { caller, invoice, input } = Asked::read(request, &self.claims, errors)?;
        let once = idempotency.as_ref().map(Idempotency::once);
        let client = input.facts.client();
        let mut prepared =
            self.prepare(&caller.firm, &invoice, &input.addresses(), client.as_ref(), once, call).await?;
        if let Some(earlier) = prepared.earlier.take() {
            return replay(earlier, &idempotency::fingerprint(request), call);
        }
        let plan = self.plan(caller, invoice, input, &mut prepared, call).await?;
        self.write(plan, &prepared, idempotency, request, call).await
    }

    /// Asks what decides about a send: one `BatchGetItem`.
    async fn prepare(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        addresses: &[&Address],
        client: Option<&Client>,
        once: Option<Once<'_>>,
        call: &Call,
    ) -> Result<Prepared, Problem> {
        let preparation = Preparation { firm, invoice, addresses, client, once, now: call.now };
        self.table.prepare(preparation).await.map_err(table_problem)
    }

    /// A send as it was asked for: to the stored addresses if it names none, with the stored facts where it names none.
    async fn plan(
        &self,
        caller: Caller,
        invoice: Invoice,
        input: Input,
        prepared: &mut Prepared,
        call: &Call,
    ) -> Result<Plan, Problem> {
        let stored = prepared.stored.as_ref();
        let mut facts = input.facts.complete(stored.map(StoredInvoice::facts_now).unwrap_or_default())?;
        let Input { mut to, mut cc, mut bcc, .. } = input;
        // A client that the request names was asked for with all the rest.
        let was_asked = input.facts.client().is_some();
        let asks_client = !was_asked && (to.is_empty() || (input.track && prepared.settings.tracks(None)));
        let client = match prepared.client.take() {
            None if asks_client => self.client_of(&caller.firm, &facts).await.map_err(table_problem)?,
            known => known,
        };
        let track = input.track && prepared.settings.tracks(client.as_ref());
        if to.is_empty() {
            let of_matter = stored.map(|stored| stored.matter_email.clone()).filter(|addresses| !addresses.is_empty());
            let Profile { name, email, .. } = client.unwrap_or_default();
            to = of_matter.unwrap_or(email);
            facts = facts.or_client_name(name);
            input::collapse(&mut [&mut to, &mut cc, &mut bcc]);
            let error = match too_many(&to, &cc, &bcc) {
                Some((field, detail)) => Some(FieldError::new(In::Body, format!("/{field}"), detail)),
                None => to.is_empty().then(|| FieldError::new(In::Body, "/to", NOBODY)),
            };
            if let Some(error) = error {
                return Err(error.into());
            }
            let addresses: Vec<&Address> = to.iter().map(|mailbox| &mailbox.address).collect();
            let suppressed = self.table.suppressed_among(&caller.firm, &addresses).await.map_err(table_problem)?;
            prepared.suppressions.extend(suppressed);
        }
        let settings = &prepared.settings;
        let firm_name = settings.name_of(&caller.firm).to_owned();
        let subject =
            input.subject.or_else(|| default_subject(facts.number.as_deref(), &firm_name)).ok_or_else(|| {
                FieldError::new(In::Body, "/subject", "is required where no number of the invoice is known")
            })?;
        let (message, html, text, look) = (input.message, input.html, input.text, Look::from(settings));
        let body = EmailBody { subject, firm_name, to, cc, message, html, text, facts, look };
        Ok(Plan::new(&caller, invoice, Source::Manual, call, Content { body, bcc, track }))
    }

    /// What is known of the client whom the stored invoice names: one `GetItem`.
    async fn client_of(&self, firm: &Firm, facts: &Facts) -> Result<Option<Profile>, TableError> {
        let Some(client) = &facts.client else { return Ok(None) };
        Ok(self.table.client(firm, client).await?.map(|client| client.value))
    }

    /// Writes the send, and answers.
    async fn write(
        &self,
        mut plan: Plan,
        prepared: &Prepared,
        idempotency: Option<Idempotency>,
        request: &Request,
        call: &Call,
    ) -> Result<Response<Body>, Problem> {
        let recipients = plan.settle(prepared);
        let answer = answer::accepted(&plan, &recipients);
        let record = IdempotencyRecord { fingerprint: idempotency::fingerprint(request), answer };
        let submitted = self
            .table
            .submit(NewSend {
                recipients: &recipients,
                body: &plan.body,
                skipped: &[],
                once: idempotency.as_ref().map(|idempotency| (idempotency.once(), &record)),
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
            Submitted::Repeated(earlier) => replay(earlier, &record.fingerprint, call),
            Submitted::NotSuperseded => Err(resend::already_resent()),
        }
    }
}

/// A request to send, read as far as it says itself.
struct Asked {
    caller: Caller,
    invoice: Invoice,
    input: Input,
}

impl Asked {
    /// `errors` has what is wrong with the request so far.
    fn read(request: &Request, claims: &Claims, mut errors: Vec<FieldError>) -> Result<Self, Problem> {
        let caller = request::caller(request, claims)?;
        let invoice = keep(request::parsed_path_parameter::<Invoice>(request, "invoice"), &mut errors);
        let input = Input::read(request, &mut errors)?;
        match (invoice, input, errors.as_slice()) {
            (Some(invoice), Some(input), []) => Ok(Self { caller, invoice, input }),
            _ => Err(Problem::invalid(errors)),
        }
    }
}

/// The same answer for the same request; another request under the same key is a mistake of the caller.
fn replay(earlier: IdempotencyRecord, fingerprint: &str, call: &Call) -> Result<Response<Body>, Problem> {
    if earlier.fingerprint == fingerprint {
        call.metrics.add("Repeated", 1);
        Ok(reply::json_text(StatusCode::ACCEPTED, earlier.answer))
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
