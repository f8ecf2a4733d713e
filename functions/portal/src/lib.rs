//! What a client sees: the page behind the link in an e-mail, and the account of a client who has signed in.
//!
//! Looking at the page is evidence as a click is, and judged like one: scanners look, too. Only a button of the page is
//! proof of a person.

mod account;
mod form;
mod page;

use std::time::Duration;

use domain::evidence::HitKind;
use domain::ids::RecipientKey;
use domain::token::{Purpose, TokenKeys};
use jiff::SignedDuration;
use lambda::aws::Service;
use lambda::log::chain;
use lambda::problem::Problem;
use lambda::{Call, Claims, ConfigurationError, Environment, reply, request};
use lambda_http::http::{Method as HttpMethod, header};
use lambda_http::{Body, Request, Response};
use table::{PageContent, Table, TableError};

use crate::form::Action;

/// How long a client waits for the page's content; the function's timeout of 10 s would give no page at all.
const READING_TIMEOUT: Duration = Duration::from_secs(6);

/// How long a client waits for the recording at most. A healthy table takes single milliseconds.
const RECORDING_TIMEOUT: Duration = Duration::from_secs(2);

/// For how long the link of an e-mail leads to the invoice. Whoever needs it later asks the firm, or signs in.
const LINK_LASTS: SignedDuration = SignedDuration::from_hours(400 * 24);

/// The page has one link in the e-mail, and it is the first.
const PAGE_LINK: u8 = 0;

/// Counts tokens that do not open: many of them mean that a key is missing, or that somebody guesses.
const INVALID_TOKENS: &str = "InvalidTokens";

/// Counts what the table did not take; whoever asked was answered all the same.
const NOT_RECORDED: &str = "NotRecorded";

/// The function.
#[derive(Debug)]
pub struct Portal {
    table: Table,
    keys: TokenKeys,
    claims: Claims,
}

impl Portal {
    /// Reads `TABLE_NAME`, `TOKEN_KEYS`, `FIRM_CLAIM` and `CLIENT_CLAIM`.
    ///
    /// # Errors
    /// Names the variable that is missing or malformed.
    pub fn from_environment(environment: &Environment) -> Result<Self, ConfigurationError> {
        let name = environment.required("TABLE_NAME")?;
        let keys = environment.token_keys()?;
        let config = lambda::aws::config(environment, Service::DynamoDb)?;
        Ok(Self { table: Table::new(&config, name), keys, claims: environment.claims() })
    }

    /// Answers one request.
    pub async fn handle(&self, request: Request, call: Call) -> Response<Body> {
        let answer = match request::route_key(&request) {
            "GET /v1/portal/account" => self.account(&request).await,
            "ANY /v1/portal/account" => reply::other_method(&request, "GET"),
            route if route.ends_with(" /p/{token}") => return self.page(&request, &call).await,
            _ => Err(Problem::not_found("There is nothing at this address.")),
        };
        answer.unwrap_or_else(Problem::into_response)
    }

    async fn page(&self, request: &Request, call: &Call) -> Response<Body> {
        let acts = match *request.method() {
            HttpMethod::GET | HttpMethod::HEAD => false,
            HttpMethod::POST => true,
            _ => return Problem::method_not_allowed("GET, HEAD, POST").into_response(),
        };
        let Ok(key) = self.keys.open_recipient(Purpose::Portal, request::path_parameter(request, "token")) else {
            call.metrics.add(INVALID_TOKENS, 1);
            return page::not_found();
        };
        let content = match tokio::time::timeout(READING_TIMEOUT, self.table.page(&key)).await {
            Ok(Ok(content)) => content,
            Ok(Err(error)) => {
                tracing::error!(error = chain(&error), "an invoice's page could not be read");
                return page::try_again();
            }
            Err(_) => {
                tracing::error!("an invoice's page was not read in time");
                return page::try_again();
            }
        };
        let Some(content) = content else { return page::gone() };
        let is_over = call.now.duration_since(content.recipient.submitted_at()) >= LINK_LASTS;
        if is_over || content.recipient.superseded_by.is_some() || is_for_another_client(&content) {
            return page::gone();
        }
        if acts {
            return self.act(request, &key, &content, call).await;
        }
        if counts(request, &content) {
            let hit = request::hit(request, &self.keys, &key, PAGE_LINK, call.now);
            let hit = self.table.hit(&key, HitKind::Click, hit);
            record("Clicks", hit, call).await;
        }
        page::invoice(&key, &content, call.random, *request.method() == HttpMethod::HEAD)
    }

    /// A button of the page.
    async fn act(&self, request: &Request, key: &RecipientKey, content: &PageContent, call: &Call) -> Response<Body> {
        let Some(action) = Action::of(request) else { return page::unknown_action() };
        if counts(request, content) {
            record("PortalActions", self.table.confirm(key, call.now), call).await;
        }
        let target = match action {
            Action::Open => page::document(content),
            Action::Pay => page::payment(key, content),
        };
        let back = || format!("/p/{}", request::path_parameter(request, "token"));
        page::see_other(&target.unwrap_or_else(back))
    }
}

/// Whether the invoice turned out to be another client's since the e-mail: nothing of it is for its recipient any more.
fn is_for_another_client(content: &PageContent) -> bool {
    let now = content.stored.as_ref().and_then(|stored| stored.facts.client.as_ref());
    now.zip(content.body.facts.client.as_ref()).is_some_and(|(now, then)| now != then)
}

/// Whether what happens says something of the recipient: not where nobody shall see it, and not where staff look, whose
/// programs say who they are.
fn counts(request: &Request, content: &PageContent) -> bool {
    content.recipient.tracked && !request.headers().contains_key(header::AUTHORIZATION)
}

/// Recording must not keep the client waiting, and its failure is nobody's but ours.
async fn record(metric: &'static str, recording: impl Future<Output = Result<bool, TableError>>, call: &Call) {
    match tokio::time::timeout(RECORDING_TIMEOUT, recording).await {
        Ok(Ok(true)) => call.metrics.add(metric, 1),
        // It was deleted since the page was read.
        Ok(Ok(false)) => {}
        Ok(Err(error)) => {
            tracing::error!(error = chain(&error), "what a client did was not recorded");
            call.metrics.add(NOT_RECORDED, 1);
        }
        Err(_) => {
            tracing::error!("what a client did was not recorded in time");
            call.metrics.add(NOT_RECORDED, 1);
        }
    }
}

fn table_problem(error: TableError) -> Problem {
    if let Some(index) = error.missing_index() {
        tracing::error!(table.index = index, error = chain(&error), "an index is missing");
        return Problem::not_set_up();
    }
    tracing::error!(error = chain(&error), "an account could not be read");
    if error.is_busy() { Problem::try_again() } else { Problem::internal() }
}
