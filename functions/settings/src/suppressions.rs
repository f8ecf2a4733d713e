//! The firm's suppression list: looking at it, and taking an address off it.

use domain::address::Address;
use domain::time::rfc3339_ms;
use lambda::cursor::{self, Context};
use lambda::parameters::Parameters;
use lambda::problem::Problem;
use lambda::{Call, reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::{Listed, Suppression};

use crate::{Settings, table_problem};

/// Rows of a page if the request does not say.
const DEFAULT_LIMIT: usize = 100;
/// Rows of a page at most: some 300 KB.
const MAX_LIMIT: usize = 1_000;
/// Queries of one page at most: removed entries are read and left out.
const MAX_QUERIES: usize = 10;

#[derive(Serialize)]
struct Page {
    rows: Vec<Row>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Row {
    address: String,
    reason: &'static str,
    since: String,
    invoice: Option<String>,
    send: Option<String>,
    /// Of those that staff have taken off the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_by: Option<String>,
}

impl From<Suppression> for Row {
    fn from(entry: Suppression) -> Self {
        Self {
            address: entry.address,
            reason: entry.reason.as_str(),
            since: rfc3339_ms(entry.since),
            invoice: entry.invoice.map(|invoice| invoice.to_string()),
            send: entry.send.map(|send| send.to_string()),
            removed_at: entry.removed_at.map(rfc3339_ms),
            removed_by: entry.removed_by,
        }
    }
}

impl Settings {
    pub(crate) async fn list_suppressions(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let mut parameters = Parameters::new(request::query_parameters(request), &["limit", "cursor", "removed"]);
        let removed = parameters.read("removed", |text| text.parse().map_err(|_| "must be true or false.".to_owned()));
        let listed = if removed.unwrap_or(false) { Listed::Removed } else { Listed::Active };
        let context = Context::new("suppressions", &caller.firm).with((listed == Listed::Removed).then_some("removed"));
        let limit = parameters.limit(DEFAULT_LIMIT, MAX_LIMIT);
        let opened = parameters
            .text("cursor")
            .map(|cursor| cursor::open(&self.keys, &context, cursor, |place| String::from_utf8(place.to_vec()).ok()));
        let mut after = opened.and_then(|opened| parameters.keep(opened));
        if !parameters.are_valid() {
            return Err(Problem::invalid(parameters.into_errors()));
        }
        let mut rows: Vec<Row> = Vec::new();
        for _ in 0..MAX_QUERIES {
            let wanted = limit - rows.len();
            let page = self.table.suppressions(&caller.firm, listed, after.as_deref(), wanted).await;
            let page = page.map_err(table_problem)?;
            rows.extend(page.suppressions.into_iter().map(Row::from));
            after = page.next;
            if after.is_none() || rows.len() == limit {
                break;
            }
        }
        let next_cursor = after.map(|place| cursor::seal(&self.keys, &context, place.as_bytes()));
        Ok(reply::json(StatusCode::OK, &Page { rows, next_cursor }))
    }

    pub(crate) async fn remove_suppression(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let address: Address = request::parsed_path_parameter(request, "address")?;
        let by = caller.name.as_deref();
        let removed =
            self.table.remove_suppression(&caller.firm, &address, by, call.now).await.map_err(table_problem)?;
        if !removed {
            return Err(Problem::not_found("This address is not on the suppression list."));
        }
        Ok(reply::no_content())
    }
}
