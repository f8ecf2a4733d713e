//! Previews: what would be sent and to whom, by the rules of sending. Nothing is written.

use domain::message::{ComposeError, Letter, Links, alternatives};
use lambda::problem::Problem;
use lambda::{Call, reply};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};

use crate::Submit;
use crate::answer::Preview;
use crate::plan::Plan;

/// Where "Stop invoice e-mails" leads in a preview: nowhere, since no name ends in `.invalid` (RFC 6761, 6.4). Whoever
/// looks at a preview must not unsubscribe the person whose copy it is.
const UNSUBSCRIBE_URL: &str = "https://preview.invalid/unsubscribe";

impl Submit {
    /// What a send would be. An `Idempotency-Key` is not looked at: asking twice does nothing twice.
    pub(crate) async fn preview(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let plan = self.plan_send(request, call, Vec::new())?;
        self.show(plan).await
    }

    /// What a resend would be.
    pub(crate) async fn preview_resend(&self, request: &Request, call: &Call) -> Result<Response<Body>, Problem> {
        let plan = self.plan_resend(request, call, None, Vec::new()).await?;
        self.show(plan).await
    }

    /// Asks what decides about the send, and shows the copy of its first recipient, who stands in `To`.
    async fn show(&self, mut plan: Plan) -> Result<Response<Body>, Problem> {
        let prepared = self.prepare(&plan, None).await?;
        let recipients = plan.settle(&prepared);
        let first = recipients.first().ok_or_else(Problem::internal)?;
        // Neither pixel nor links of ours: staff who look at it are no readers.
        let links = Links { unsubscribe_url: UNSUBSCRIBE_URL.to_owned(), ..Links::default() };
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
