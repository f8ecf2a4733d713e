//! `DELETE /v1/recipients/{address}`: forgetting a person across the firm, as data protection law may want it.
//!
//! Statuses and counts stay true; the address, the name and what is known of single fetches go. An ordinary firm is done
//! within the request; where there is more, `watch` goes on with it.

use std::time::Duration;

use domain::address::Address;
use lambda::problem::Problem;
use lambda::{Call, reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::Progress;
use tokio::time::Instant;

use crate::{Settings, write_problem};

/// How long a request works on it; the function's timeout of 15 s leaves room for the page that is under way then.
const TIME_BUDGET: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct UnderWay<'a> {
    address: &'a str,
    state: &'static str,
}

impl Settings {
    pub(crate) async fn forget(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let address: Address = request::parsed_path_parameter(request, "address")?;
        let began = Instant::now();
        let chore = self.table.begin_forgetting(&caller.firm, &address, call.random, call.now).await;
        let chore = chore.map_err(write_problem)?;
        let progress = self.table.carry_on(&chore, call.now, || began.elapsed() > TIME_BUDGET).await;
        match progress.map_err(write_problem)? {
            Progress::Done(0) => Err(Problem::not_found("Nobody of this address is known.")),
            Progress::Done(rewritten) => {
                call.metrics.add("Forgotten", rewritten);
                Ok(reply::no_content())
            }
            Progress::More => {
                let state = UnderWay { address: address.as_str(), state: "under_way" };
                Ok(reply::json(StatusCode::ACCEPTED, &state))
            }
        }
    }
}
