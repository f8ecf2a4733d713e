//! What is usual at a recipient's domain, as the firm's latest e-mails to it show: a hint for whoever waits for an open.
//!
//! It is learnt when somebody asks, from logs that are there anyway, so that better rules teach better at once and nothing
//! has to be kept in step. How much is read for it is bounded.

use domain::address::Address;
use domain::habit::{Habit, Lesson};
use domain::recipient::Recipient;
use jiff::SignedDuration;
use lambda::parameters::Parameters;
use lambda::problem::{FieldError, In};
use lambda::{reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::{Selection, Span, Table};

use crate::error::ReportError;
use crate::gathering::READ_AHEAD;
use crate::query::Asker;

/// How far back it looks: what a company's scanner did before may have changed.
const SINCE: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The most queries, each of about a thousand of the firm's recipients.
const MAX_QUERIES: usize = 6;
/// When it has seen enough.
const ENOUGH: u64 = 200;

#[derive(Serialize)]
struct Answer<'a> {
    domain: &'a str,
    first_fetches: u64,
    automatic_first_fetches: u64,
    /// Half of the first fetches came sooner after the delivery, to the next full span.
    median_seconds: Option<i64>,
    hint: Option<String>,
}

/// Answers `GET /v1/domains/{domain}`.
pub(crate) async fn answer(
    table: &Table,
    request: &Request,
    pairs: Vec<(String, String)>,
    asker: Asker<'_>,
) -> Result<Response<Body>, ReportError> {
    let mut parameters = Parameters::new(pairs, &[]);
    let domain = parameters.keep(domain(request::path_parameter(request, "domain")));
    let Some(domain) = domain.filter(|_| parameters.are_valid()) else { return Err(parameters.into_errors().into()) };
    let habit = learn(table, &domain, asker).await?;
    let answer = Answer {
        domain: &domain,
        first_fetches: habit.first_fetches,
        automatic_first_fetches: habit.automatic,
        median_seconds: habit.usual_delay(),
        hint: habit.hint(&domain),
    };
    Ok(reply::json(StatusCode::OK, &answer))
}

/// The domain as addresses have it.
fn domain(text: &str) -> Result<String, FieldError> {
    let address = format!("somebody@{text}").parse::<Address>();
    let address =
        address.map_err(|_| FieldError::new(In::Path, "domain", "must be the domain of an e-mail address"))?;
    Ok(address.domain().to_owned())
}

async fn learn(table: &Table, domain: &str, asker: Asker<'_>) -> Result<Habit, ReportError> {
    let from = asker.now.saturating_sub(SINCE).unwrap_or(asker.now);
    let until = asker.now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(asker.now);
    let (span, selection) = (Span { from, until }, Selection::Domain(domain.to_owned()));
    let (mut habit, mut place) = (Habit::default(), None);
    for _ in 0..MAX_QUERIES {
        let page = table.report(asker.firm, &span, &selection, place.as_ref(), READ_AHEAD).await?;
        let lessons = page.recipients.iter().filter(|recipient| is_at(recipient, domain)).filter_map(Lesson::of);
        lessons.for_each(|lesson| habit.learn(lesson));
        place = page.next;
        if place.is_none() || habit.first_fetches >= ENOUGH {
            break;
        }
    }
    Ok(habit)
}

fn is_at(recipient: &Recipient, domain: &str) -> bool {
    recipient.mailbox.address.domain() == domain
}
