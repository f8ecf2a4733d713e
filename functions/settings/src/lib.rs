//! What a firm's staff may change: so far its suppression list, the addresses that must not be written to again.

mod suppressions;

use domain::token::TokenKeys;
use lambda::aws::Service;
use lambda::log::chain;
use lambda::problem::Problem;
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
            "GET /v1/suppressions" => self.list_suppressions(&request).await,
            "DELETE /v1/suppressions/{address}" => self.remove_suppression(&request, call).await,
            "ANY /v1/suppressions" => reply::other_method(&request, "GET"),
            "ANY /v1/suppressions/{address}" => reply::other_method(&request, "DELETE"),
            _ => Err(Problem::not_found("There is nothing at this path.")),
        };
        answer.unwrap_or_else(Problem::into_response)
    }
}

fn table_problem(error: TableError) -> Problem {
    if error.is_busy() {
        tracing::warn!(error = chain(&error), "the table is busy, the caller may try again");
        Problem::try_again()
    } else {
        tracing::error!(error = chain(&error), "the table could not be used");
        Problem::internal()
    }
}
