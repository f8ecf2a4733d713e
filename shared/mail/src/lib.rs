//! Amazon SES v2: the only code that knows it.
//!
//! SES has no idempotency token, so that what matters about a failing SendEmail is whether the message may have been
//! accepted nevertheless. The SDK's own retries are off: it would repeat calls whose outcome is unknown.

use std::error::Error;
use std::time::Duration;

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};
use aws_types::SdkConfig;
use domain::address::Address;
use thiserror::Error;

/// The name of the message tag that carries a recipient's token and comes back with each event.
pub const RECIPIENT_TAG: &str = "recipient";

/// Why SendEmail did not answer with a message id, by what may be done next.
#[derive(Debug, Error)]
pub enum SendError {
    /// SES certainly did not take the message and may take it within seconds: throttling, a fault of SES's own.
    #[error("SES asks to try again ({code})")]
    Again {
        /// SES's code.
        code: String,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// SES certainly did not take the message and will not within seconds: the daily quota, a paused account,
    /// credentials, no connection.
    #[error("SES does not take messages at present ({code})")]
    Later {
        /// SES's code.
        code: String,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// SES refuses this message and would refuse it again.
    #[error("SES refuses the message ({code})")]
    Never {
        /// SES's code.
        code: String,
        /// SES's own words.
        detail: Option<String>,
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There was no answer, or half of one: SES may have taken the message.
    #[error("SES did not answer")]
    Unknown {
        /// The cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A message to one address.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Whom this copy goes to; the headers may name more.
    pub to: &'a Address,
    /// The raw MIME message.
    pub raw: &'a [u8],
    /// The recipient's token, at most 256 characters of `A-Za-z0-9_-`.
    pub recipient_token: &'a str,
}

/// Sends through SES.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    configuration_set: String,
}

impl Mailer {
    /// A mailer whose calls take at most `timeout`; afterwards their outcome is unknown.
    pub fn new(config: &SdkConfig, configuration_set: impl Into<String>, timeout: Duration) -> Self {
        let config = aws_sdk_sesv2::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(timeout).build())
            .build();
        Self { client: Client::from_conf(config), configuration_set: configuration_set.into() }
    }

    /// Hands one message to SES and gives SES's id of it. One SendEmail, never repeated.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, message: Message<'_>) -> Result<String, SendError> {
        let construction = |error| SendError::Never {
            code: "Construction".to_owned(),
            detail: None,
            source: Box::new(error) as Box<dyn Error + Send + Sync>,
        };
        let raw = RawMessage::builder().data(Blob::new(message.raw)).build().map_err(construction)?;
        let tag =
            MessageTag::builder().name(RECIPIENT_TAG).value(message.recipient_token).build().map_err(construction)?;
        let answer = self
            .client
            .send_email()
            .destination(Destination::builder().to_addresses(message.to.as_str()).build())
            .content(EmailContent::builder().raw(raw).build())
            .email_tags(tag)
            .configuration_set_name(&self.configuration_set)
            .send()
            .await
            .map_err(classify)?;
        answer
            .message_id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| SendError::Unknown { source: "SES answered without a message id".into() })
    }
}

/// Throttling has many codes, modelled and not.
/// <https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html>
const THROTTLING_CODES: [&str; 6] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestThrottled",
    "SlowDown",
];

fn classify(error: SdkError<SendEmailError>) -> SendError {
    match &error {
        SdkError::ServiceError(service) => {
            let refusal = service.err();
            let code = refusal.code().unwrap_or("unknown").to_owned();
            let status = service.raw().status().as_u16();
            // An answer of success that cannot be read is one all the same, and a request that SES stopped reading may
            // have been whole.
            if status < 300 || status == 408 {
                return SendError::Unknown { source: error.into() };
            }
            let later = matches!(
                refusal,
                SendEmailError::LimitExceededException(_) | SendEmailError::SendingPausedException(_)
            );
            // Credentials or a policy: the operator's to mend, and no reason to give up on a client's invoice.
            if later || status == 403 {
                return SendError::Later { code, source: error.into() };
            }
            let again = THROTTLING_CODES.contains(&code.as_str())
                || status == 429
                || status >= 500
                || matches!(refusal, SendEmailError::TooManyRequestsException(_));
            if again {
                SendError::Again { code, source: error.into() }
            } else {
                // AccountSuspended, BadRequest, MailFromDomainNotVerified, MessageRejected, NotFound.
                let detail = refusal.message().map(str::to_owned);
                SendError::Never { code, detail, source: error.into() }
            }
        }
        SdkError::ConstructionFailure(_) => {
            SendError::Never { code: "Construction".to_owned(), detail: None, source: error.into() }
        }
        // Nothing left this machine if no connection came about.
        SdkError::DispatchFailure(failure) if failure.as_connector_error().is_some_and(was_refused) => {
            SendError::Later { code: "NoConnection".to_owned(), source: error.into() }
        }
        _ => SendError::Unknown { source: error.into() },
    }
}

fn was_refused(failure: &aws_sdk_sesv2::error::ConnectorError) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(failure);
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::ConnectionRefused;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
