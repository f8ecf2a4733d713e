//! What a caller can do about a failing table.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use thiserror::Error;

/// Why an operation failed.
#[derive(Debug, Error)]
pub enum TableError {
    /// Throttled, unreachable, or in conflict with another writer: the same operation may succeed in a moment.
    #[error("the table is busy ({operation}, {code})")]
    Busy {
        /// The DynamoDB operation.
        operation: &'static str,
        /// DynamoDB's code, or what went wrong on the way.
        code: String,
        /// The cause.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The table refused the request: a defect, or a policy or an index that is missing.
    #[error("the table refused the request ({operation}, {code})")]
    Refused {
        /// The DynamoDB operation.
        operation: &'static str,
        /// DynamoDB's code.
        code: String,
        /// The cause.
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// An item does not have the form that this version knows.
    #[error("an item has an unknown form: {detail}")]
    Item {
        /// What is wrong with it; never its content.
        detail: String,
    },
}

/// The codes after which the same request may succeed.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const BUSY_CODES: [&str; 10] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "Throttling",
    "InternalServerError",
    "InternalServerErrorException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

impl TableError {
    /// Whether the same operation may succeed in a moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    pub(crate) fn busy(operation: &'static str, code: impl Into<String>) -> Self {
        Self::Busy { operation, code: code.into(), source: None }
    }

    pub(crate) fn item(detail: impl Into<String>) -> Self {
        Self::Item { detail: detail.into() }
    }

    pub(crate) fn of<E>(operation: &'static str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match &error {
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or("unknown").to_owned();
                let server_fault = service.raw().status().as_u16() >= 500;
                let source = Some(error.into());
                if server_fault || BUSY_CODES.contains(&code.as_str()) {
                    Self::Busy { operation, code, source }
                } else {
                    Self::Refused { operation, code, source }
                }
            }
            SdkError::ConstructionFailure(_) => {
                Self::Refused { operation, code: "construction".to_owned(), source: Some(error.into()) }
            }
            // No answer, or half of one: whether it was done is unknown, and every operation may be repeated.
            _ => Self::Busy { operation, code: "no answer".to_owned(), source: Some(error.into()) },
        }
    }
}
