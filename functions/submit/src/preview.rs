//! Previews: what would be sent and to whom, by the rules of sending. Nothing is written.

use domain::message::{ComposeError, Letter, Links, alternatives};
use lambda::problem::Problem;
use lambda::{Call, reply};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use table::{Prepared, Saving};

use crate::answer::Preview;
use crate::plan::Plan;
use crate::{Asked, Submit};

/// Where "Stop invoice e-mails" leads in a preview: nowhere, since no name ends in `.invalid` (RFC 6761, 6.4). Whoever
/// looks at a preview must not unsubscribe the person whose copy it is.
const UNSUBSCRIBE_URL: &str = "https://preview.invalid/unsubscribe";

/// Where "View invoice" leads in a preview. The page would count whoever looks at it as the reader.
const PAGE_URL: &str = "https://preview.invalid/invoice";

impl Submit {
    /// What a send would be. An `Idempotency-Key` is not looked at: asking twice does nothing twice.
    pub(crate) async fn preview(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let Asked { caller, invoice, input } = Asked::read(request, &self.claims, Vec::new())?;
        let client = input.facts.client();
        let mut prepared =
            self.prepare(&caller.firm, &invoice, &input.addresses(), client.as_ref(), None, call).await?;
        let plan = self.plan(caller, invoice, input, &mut prepared, call).await?;
        self.show(plan, &prepared)
    }

    /// What a resend would be.
    pub(crate) async fn preview_resend(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let mut asked = self.read_resend(request, call, None, Vec::new()).await?;
        let plan = &asked.plan;
        let prepared = self.prepare(&plan.firm, &plan.invoice, &plan.addresses(), plan.client(), None, call).await?;
        asked.plan.bring_up_to_date(&prepared);
        asked.save_to_client(&self.table, Saving::Foreseen).await?;
        self.show(asked.plan, &prepared)
    }

    /// Shows the copy of the first recipient, who stands in `To`.
    fn show(&self, mut plan: Plan, prepared: &Prepared) -> Result<Response<Body>, Problem> {
        let recipients = plan.settle(prepared);
        let first = recipients.first().ok_or_else(Problem::internal)?;
        // Neither pixel nor links of ours: staff who look at it are no readers.
        let (unsubscribe_url, page_url) = (UNSUBSCRIBE_URL.to_owned(), Some(PAGE_URL.to_owned()));
        let links = Links { unsubscribe_url, page_url, ..Links::default() };
        let letter = Letter::new(&self.from, &plan.body, first, links);
        let says = alternatives(&letter).map_err(compose_problem)?;
        Ok(reply::json(StatusCode::OK, &Preview::new(&plan, &recipients, &letter, says)))
    }
}

/// What was read into a plan can be composed, so that this is our defect.
fn compose_problem(error: ComposeError) -> Problem {
    tracing::error!(error = lambda::log::chain(&error), "a preview could not be composed");
    Problem::internal()
}
