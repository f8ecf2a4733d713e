//! What can go wrong, and what the caller is told about it.

use lambda::log::chain;
use lambda::problem::{FieldError, Problem};
use lambda_http::{Body, Response};
use table::TableError;
use thiserror::Error;

/// Why a request was not answered as it wished.
#[derive(Debug, Error)]
pub(crate) enum ReportError {
    /// The caller can do something about it.
    #[error("the request was refused")]
    Refused(Problem),
    /// The table failed.
    #[error("the table failed")]
    Table(#[from] TableError),
    /// The rows could not be written as a file.
    #[error("the rows could not be written as CSV")]
    Csv(#[from] csv::Error),
    /// A proof could not be written as what is signed.
    #[error("a proof could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A proof could not be written as a page.
    #[error("a proof could not be written as a page")]
    Page(#[from] askama::Error),
}

impl From<Problem> for ReportError {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem)
    }
}

impl From<Vec<FieldError>> for ReportError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Refused(Problem::invalid(errors))
    }
}

impl ReportError {
    /// The answer. What is not the caller's fault is logged here, once.
    pub(crate) fn into_response(self, route: &str) -> Response<Body> {
        let problem = match self {
            Self::Refused(problem) => problem,
            Self::Table(error) if error.is_busy() => {
                tracing::warn!(http.route = route, error = %chain(&error), "the table is busy, the caller may try again");
                Problem::try_again()
            }
            Self::Table(error) if error.missing_index().is_some() => {
                tracing::error!(http.route = route, table.index = error.missing_index(), error = %chain(&error), "an index is missing");
                Problem::not_set_up()
            }
            Self::Table(error) => {
                tracing::error!(http.route = route, error = %chain(&error), "the table could not be read");
                Problem::internal()
            }
            Self::Csv(error) => {
                tracing::error!(http.route = route, error = %chain(&error), "a report could not be written as CSV");
                Problem::internal()
            }
            error @ (Self::Json(_) | Self::Page(_)) => {
                tracing::error!(http.route = route, error = %chain(&error), "a proof could not be written");
                Problem::internal()
            }
        };
        problem.into_response()
    }
}
