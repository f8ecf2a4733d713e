//! Sending again to one person, at the same or at a corrected address.

use domain::address::Mailbox;
use domain::ids::{Invoice, Position, RecipientKey, SendId};
use domain::message::Body as EmailBody;
use domain::recipient::Source;
use domain::warning::Warning;
use lambda::body::{Reader, object};
use lambda::problem::{FieldError, In, Problem};
use lambda::{Call, request};
use lambda_http::{Body, Request, Response};
use table::{Corrected, Saving, Table, TableError};

use crate::idempotency::{Idempotency, fingerprint};
use crate::plan::{Content, Plan};
use crate::{Submit, keep, replay, table_problem};

const FIELDS: [&str; 3] = ["recipient", "address", "save_to_client"];

/// A request to send again.
struct Input {
    recipient: Position,
    address: Option<Mailbox>,
    save_to_client: bool,
}

impl Input {
    fn read(request: &Request, errors: &mut Vec<FieldError>) -> Result<Option<Self>, Problem> {
        let object = object(request)?;
        let mut reader = Reader::new(&object, &FIELDS, errors);
        let recipient = match reader.text("recipient").map(str::parse::<Position>) {
            Some(Ok(position)) => Some(position),
            Some(Err(error)) => {
                reader.error("recipient", error.to_string());
                None
            }
            None => {
                reader.error("recipient", "is required, such as \"to:0\"");
                None
            }
        };
        let address = match reader.text("address").map(str::parse::<Mailbox>) {
            None => None,
            Some(Ok(mailbox)) => Some(mailbox),
            Some(Err(error)) => {
                reader.error("address", error.to_string());
                None
            }
        };
        let save_to_client = reader.flag("save_to_client").unwrap_or(false);
        Ok(recipient.map(|recipient| Self { recipient, address, save_to_client }))
    }
}

pub(crate) fn already_resent() -> Problem {
    Problem::conflict(
        "This recipient has been sent to again already, or is being sent to at this moment; look at the history.",
    )
}

/// A request to send again, and the send that it makes.
pub(crate) struct Resend {
    pub(crate) plan: Plan,
    save_to_client: bool,
}

impl Submit {
    pub(crate) async fn resend(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let mut errors = Vec::new();
        let idempotency = keep(Idempotency::of(request), &mut errors).flatten();
        let mut asked = self.read_resend(request, call, idempotency.as_ref(), errors).await?;
        let plan = &asked.plan;
        let once = idempotency.as_ref().map(Idempotency::once);
        let mut prepared =
            self.prepare(&plan.firm, &plan.invoice, &plan.addresses(), plan.client(), once, call).await?;
        if let Some(earlier) = prepared.earlier.take() {
            return replay(earlier, &fingerprint(request), call);
        }
        // It is no repeat, so that it would be refused in the end: not after the client was changed.
        if asked.plan.supersedes.as_ref().is_some_and(|old| old.superseded_by.is_some()) {
            return Err(already_resent());
        }
        asked.plan.bring_up_to_date(&prepared);
        // Before the send: a request that is repeated because this failed repeats it.
        asked.save_to_client(&self.table, Saving::Now).await?;
        self.write(asked.plan, &prepared, idempotency, request, call).await
    }

    /// Reads a request to send again, and what it refers to: a `GetItem` for the recipient, another for the content.
    pub(crate) async fn read_resend(
        &self,
        request: &Request,
        call: &Call,
        idempotency: Option<&Idempotency>,
        mut errors: Vec<FieldError>,
    ) -> Result<Resend, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let invoice = keep(request::parsed_path_parameter::<Invoice>(request, "invoice"), &mut errors);
        let send = keep(request::parsed_path_parameter::<SendId>(request, "send"), &mut errors);
        let input = Input::read(request, &mut errors)?;
        let (Some(invoice), Some(send), Some(input), []) = (invoice, send, input, errors.as_slice()) else {
            return Err(Problem::invalid(errors));
        };
        let key = RecipientKey { firm: caller.firm.clone(), invoice, send, position: input.recipient };
        let unknown = || Problem::not_found("There is no such recipient of this invoice's e-mails.");
        let old = self.table.recipient(&key).await.map_err(table_problem)?.ok_or_else(unknown)?;
        // A repeat of the very request is recognised later, by its key.
        if old.superseded_by.is_some() && idempotency.is_none() {
            return Err(already_resent());
        }
        let body = self.table.body(&key.firm, &key.invoice, send).await.map_err(table_problem)?.ok_or_else(unknown)?;
        let mut mailbox = input.address.unwrap_or_else(|| old.mailbox.clone());
        if mailbox.address.is_forgotten() {
            let detail = "is needed: the person was forgotten, and nothing is known of where to write";
            return Err(FieldError::new(In::Body, "/address", detail).into());
        }
        mailbox.name = mailbox.name.or_else(|| old.mailbox.name.clone());
        let body = EmailBody { to: vec![mailbox], cc: Vec::new(), ..body };
        let content = Content { body, bcc: Vec::new(), track: old.tracked };
        let mut plan = Plan::new(&caller, key.invoice, Source::Resend, call, content);
        plan.supersedes = Some(old);
        Ok(Resend { plan, save_to_client: input.save_to_client })
    }
}

impl Resend {
    /// Puts the corrected address in the place of the old one wherever the invoice's e-mails take it from, its matter or
    /// its client, where that is asked for; warns if neither has it then.
    pub(crate) async fn save_to_client(&mut self, table: &Table, saving: Saving) -> Result<(), Problem> {
        if !self.save_to_client {
            return Ok(());
        }
        let (at_matter, at_client) = corrected(table, &self.plan, saving).await.map_err(table_problem)?;
        if !at_matter && !at_client.is_saved {
            self.plan.warn_all(&Warning::client_not_saved());
        }
        if at_client.contact_keeps_old {
            self.plan.warn_all(&Warning::contact_not_saved());
        }
        Ok(())
    }
}

/// What the correction meets at the invoice's matter and at its client.
async fn corrected(table: &Table, plan: &Plan, saving: Saving) -> Result<(bool, Corrected), TableError> {
    let (Some(old), Some(new)) = (&plan.supersedes, plan.body.to.first()) else { return Ok(Default::default()) };
    let (firm, old) = (&plan.firm, &old.mailbox.address);
    let at_matter = table.correct_matter_address(firm, &plan.invoice, old, new, saving).await?;
    let at_client = match &plan.body.facts.client {
        Some(client) => table.correct_address(firm, client, old, new, saving).await?,
        None => Corrected::default(),
    };
    Ok((at_matter, at_client))
}
