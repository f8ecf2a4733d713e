//! The reading side: the report, its summary, an invoice's e-mail history, the proof of one e-mail, the work queue, and
//! what is usual at a recipient's domain.
//!
//! Nothing is written here. Every status is folded from a recipient's log at the moment of reading; every listing
//! costs a bounded number of queries, and goes on at a sealed cursor.

mod attention;
mod counts;
pub mod csv;
mod days;
mod error;
mod format;
mod gathering;
mod habits;
mod history;
mod invoice;
mod proof;
mod query;
mod report;
pub mod rows;
mod summary;

use domain::ids::Firm;
use domain::signing::SigningKey;
use domain::token::TokenKeys;
use jiff::tz::TimeZone;
use lambda::aws::Service;
use lambda::problem::Problem;
use lambda::{Call, Claims, ConfigurationError, Environment, malformed, reply, request};
use lambda_http::{Body, Request, Response};
use table::{Table, TableError};

use crate::error::ReportError;
use crate::query::Asker;

/// The function behind all routes that read.
#[derive(Debug)]
pub struct Report {
    table: Table,
    keys: TokenKeys,
    signing_key: SigningKey,
    claims: Claims,
}

/// The routes, as API Gateway names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    History,
    Proof,
    Report,
    Summary,
    Attention,
    AttentionSummary,
    Habits,
}

impl Report {
    /// The function as its variables say.
    ///
    /// # Errors
    /// Names the variable that is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let config = lambda::aws::config(environment, Service::DynamoDb)?;
        let keys = environment.token_keys()?;
        Ok(Self {
            table: Table::new(&config, environment.required("TABLE_NAME")?),
            signing_key: keys.signing_key().ok_or_else(|| malformed("TOKEN_KEYS", "it has no key that signs"))?,
            keys,
            claims: environment.claims(),
        })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request, call: Call) -> Response<Body> {
        let route = request::route_key(&request);
        match self.answer(&request, route, call).await {
            Ok(response) => response,
            Err(error) => error.into_response(route),
        }
    }

    async fn answer(&self, request: &Request, route: &str, call: Call) -> Result<Response<Body>, ReportError> {
        let Some(route) = Route::of(route) else { return Ok(other_route(request, route)?) };
        let caller = request::caller(request, &self.claims)?;
        let pairs = request::query_parameters(request);
        let zone = self.zone(route, &pairs, &caller.firm).await?;
        let asker = Asker { firm: &caller.firm, keys: &self.keys, zone: &zone, now: call.now };
        match route {
            Route::History => {
                let invoice = request::parsed_path_parameter(request, "invoice");
                history::answer(&self.table, invoice, pairs, asker).await
            }
            Route::Proof => {
                let proof = proof::Request { request, pairs, random: call.random, signing_key: &self.signing_key };
                proof::answer(&self.table, proof, asker).await
            }
            Route::Report => {
                let accept = request::header(request, "accept").unwrap_or_default();
                report::answer(&self.table, pairs, accept, asker).await
            }
            Route::Summary => summary::answer(&self.table, pairs, asker).await,
            Route::Attention => attention::answer(&self.table, pairs, asker).await,
            Route::AttentionSummary => attention::summary(&self.table, pairs, asker).await,
            Route::Habits => habits::answer(&self.table, request, pairs, asker).await,
        }
    }
}

impl Report {
    /// The zone of the firm, where it decides about days: one `GetItem`. A cursor carries the zone of its first page.
    async fn zone(&self, route: Route, pairs: &[(String, String)], firm: &Firm) -> Result<TimeZone, TableError> {
        // A parameter without a value counts as not given.
        let says_itself =
            pairs.iter().any(|(name, value)| (name == "timezone" || name == "cursor") && !value.is_empty());
        if says_itself || !matches!(route, Route::Report | Route::Summary) {
            return Ok(TimeZone::UTC);
        }
        Ok(self.table.settings(firm).await?.value.timezone.rules().clone())
    }
}

impl Route {
    fn of(route_key: &str) -> Option<Self> {
        match route_key {
            "GET /v1/invoices/{invoice}/emails" => Some(Self::History),
            "GET /v1/invoices/{invoice}/emails/{send}/proof" => Some(Self::Proof),
            "GET /v1/reports/invoice-emails" => Some(Self::Report),
            "GET /v1/reports/invoice-emails/summary" => Some(Self::Summary),
            "GET /v1/attention" => Some(Self::Attention),
            "GET /v1/attention/summary" => Some(Self::AttentionSummary),
            "GET /v1/domains/{domain}" => Some(Self::Habits),
            _ => None,
        }
    }
}

/// What to say about a route that is not answered.
fn other_route(request: &Request, route_key: &str) -> Result<Response<Body>, Problem> {
    match route_key {
        // `submit` has the POST of this path.
        "ANY /v1/invoices/{invoice}/emails" => reply::other_method(request, "GET, POST"),
        "ANY /v1/invoices/{invoice}/emails/{send}/proof"
        | "ANY /v1/reports/invoice-emails"
        | "ANY /v1/reports/invoice-emails/summary"
        | "ANY /v1/attention"
        | "ANY /v1/attention/summary"
        | "ANY /v1/domains/{domain}" => reply::other_method(request, "GET"),
        _ => Err(Problem::not_found("There is nothing at this path.")),
    }
}

#[cfg(test)]
mod tests;
