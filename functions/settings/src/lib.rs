//! What a firm's staff and its portal tell: the firm's settings, its clients and their people, its invoices and their
//! payments, the addresses that must not be written to again, and persons who are to be forgotten.

mod clients;
mod invoices;
mod recipients;
mod settings;
mod suppressions;
mod tags;

use std::collections::BTreeSet;

use domain::address::Mailbox;
use domain::token::TokenKeys;
use lambda::aws::Service;
use lambda::log::chain;
use lambda::problem::{FieldError, In, Problem};
use lambda::{Call, Claims, ConfigurationError, Environment, reply, request};
use lambda_http::{Body, Request, Response};
use table::{Table, TableError};

/// The function.
#[derive(Debug)]
pub struct Settings {
    table: Table,
    keys: TokenKeys,
    claims: Claims,
}

impl Settings {
    /// Reads `TABLE_NAME`, `TOKEN_KEYS`, `FIRM_CLAIM` and `CLIENT_CLAIM`.
    ///
    /// # Errors
    /// Names the variable that is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let name = environment.required("TABLE_NAME")?;
        let keys = environment.token_keys()?;
        let config = lambda::aws::config(environment, Service::DynamoDb)?;
        let table = Table::new(&config, name);
        Ok(Self { table, keys, claims: environment.claims() })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request, call: Call) -> Response<Body> {
        let answer = match request::route_key(&request) {
            "GET /v1/settings" => self.show_settings(&request).await,
            "PUT /v1/settings" => self.put_settings(&request, &call).await,
            "GET /v1/clients" => self.list_clients(&request).await,
            "GET /v1/clients/{client}" => self.show_client(&request).await,
            "PUT /v1/clients/{client}" => self.put_client(&request).await,
            "GET /v1/invoices/{invoice}" => self.show_invoice(&request).await,
            "PUT /v1/invoices/{invoice}" => self.put_invoice(&request).await,
            "POST /v1/invoices/{invoice}/payments" => self.add_payment(&request).await,
            "GET /v1/suppressions" => self.list_suppressions(&request).await,
            "DELETE /v1/suppressions/{address}" => self.remove_suppression(&request, &call).await,
            "DELETE /v1/recipients/{address}" => self.forget(&request, &call).await,
            "ANY /v1/settings" | "ANY /v1/clients/{client}" | "ANY /v1/invoices/{invoice}" => {
                reply::other_method(&request, "GET, PUT")
            }
            "ANY /v1/invoices/{invoice}/payments" => reply::other_method(&request, "POST"),
            "ANY /v1/clients" | "ANY /v1/suppressions" => reply::other_method(&request, "GET"),
            "ANY /v1/suppressions/{address}" | "ANY /v1/recipients/{address}" => {
                reply::other_method(&request, "DELETE")
            }
            _ => Err(Problem::not_found("There is nothing at this path.")),
        };
        answer.unwrap_or_else(Problem::into_response)
    }
}

fn keep<T>(result: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}

/// A record may say its own id, as GET answers it; it must be the path's.
fn same_id(field: &str, told: Option<&str>, of_path: Option<&str>, errors: &mut Vec<FieldError>) {
    if told.is_some() && of_path.is_some() && told != of_path {
        errors.push(FieldError::new(In::Body, format!("/{field}"), "must be the one in the path"));
    }
}

/// Each mailbox once, the first time that it is named.
fn distinct(mut mailboxes: Vec<Mailbox>) -> Vec<Mailbox> {
    let mut seen = BTreeSet::new();
    mailboxes.retain(|mailbox| seen.insert(mailbox.address.same_mailbox_key()));
    mailboxes
}

/// Addresses as people write them: separated by semicolons.
fn list_of(mailboxes: &[Mailbox]) -> String {
    mailboxes.iter().map(Mailbox::to_string).collect::<Vec<_>>().join("; ")
}

/// Writing failed. If the table did not answer, it may be written all the same; telling it again does no harm.
fn write_problem(error: TableError) -> Problem {
    if !error.is_busy() {
        return table_problem(error);
    }
    tracing::error!(error = chain(&error), "what was told may not have been written");
    Problem::unavailable(
        "The service is busy, and this may or may not have been done. Repeat the request: it is done once.",
    )
}

fn table_problem(error: TableError) -> Problem {
    if error.is_busy() {
        tracing::warn!(error = chain(&error), "the table is busy, the caller may try again");
        Problem::try_again()
    } else if let Some(index) = error.missing_index() {
        tracing::error!(table.index = index, error = chain(&error), "an index is missing");
        Problem::not_set_up()
    } else {
        tracing::error!(error = chain(&error), "the table could not be used");
        Problem::internal()
    }
}
