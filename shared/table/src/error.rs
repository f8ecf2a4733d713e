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
    /// The table refused the request: a defect, or a policy that is missing.
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
    /// The table lacks an index, or is still building it: nothing that reads it works before the operators have added
    /// it, and all else does.
    #[error(
        "the table has no usable index {index} ({operation}): deploy the template that has it, and wait until \
         describe-table shows it as ACTIVE; see \"A missing index\" in infra/README.md"
    )]
    NoIndex {
        /// The index.
        index: &'static str,
        /// The DynamoDB operation.
        operation: &'static str,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
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

/// What DynamoDB says of a query on an index that is not there, or not yet: it has one code for all malformed requests.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html>
const NO_INDEX: [&str; 2] = ["does not have the specified index", "backfilling global secondary index"];

impl TableError {
    /// Whether the same operation may succeed in a moment.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// The index that the table lacks, if that is what it failed for.
    #[must_use]
    pub fn missing_index(&self) -> Option<&'static str> {
        match self {
            Self::NoIndex { index, .. } => Some(index),
            _ => None,
        }
    }

    /// The error of an operation on an index.
    pub(crate) fn of_index<E>(operation: &'static str, index: &'static str, error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let is_missing = |message: &str| NO_INDEX.iter().any(|words| message.contains(words));
        match &error {
            SdkError::ServiceError(service) if service.err().message().is_some_and(is_missing) => {
                Self::NoIndex { index, operation, source: error.into() }
            }
            _ => Self::of(operation, error),
        }
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
