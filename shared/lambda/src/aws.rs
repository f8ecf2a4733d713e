//! The SDK's configuration, straight from the variables that Lambda sets: no profile files, no metadata service, no
//! chain of providers, so that a cold start pays for nothing that a function does not use.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::roots::TrustedRoots;
use crate::{ConfigurationError, Environment};

/// How long to wait for a connection within the region; healthy ones take single milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long one attempt of a request to the table may take; healthy ones take below 20 ms.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a request to the table may take with its retries. The pixel must answer within API Gateway's 30 s.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);
/// Attempts of one request to the table. All our requests may be repeated: they are conditional or idempotent.
const MAX_ATTEMPTS: u32 = 4;
/// The first pause between attempts.
const INITIAL_BACKOFF: Duration = Duration::from_millis(50);

/// A service that functions talk to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The table.
    DynamoDb,
    /// Sending.
    SesV2,
    /// Announcing.
    EventBridge,
}

impl Service {
    /// The variable that AWS's SDKs read for another endpoint of this service.
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
    fn endpoint_variable(self) -> &'static str {
        match self {
            Self::DynamoDb => "AWS_ENDPOINT_URL_DYNAMODB",
            Self::SesV2 => "AWS_ENDPOINT_URL_SESV2",
            Self::EventBridge => "AWS_ENDPOINT_URL_EVENTBRIDGE",
        }
    }
}

/// The SDK's configuration for a service.
///
/// # Errors
/// A variable that Lambda always sets is missing, or `TRUSTED_ROOTS` is malformed.
pub fn config(environment: &Environment, service: Service) -> Result<SdkConfig, ConfigurationError> {
    let credentials = Credentials::new(
        environment.required("AWS_ACCESS_KEY_ID")?,
        environment.required("AWS_SECRET_ACCESS_KEY")?,
        environment.optional("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let endpoint =
        environment.optional(service.endpoint_variable()).or_else(|| environment.optional("AWS_ENDPOINT_URL"));
    let region = environment.required("AWS_REGION")?;
    let roots = TrustedRoots::read(environment, &region, endpoint.as_deref())?;
    let http_client = match &endpoint {
        Some(url) if url.starts_with("http://") => aws_smithy_http_client::Builder::new().build_http(),
        _ => aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(roots.context()?)
            .build_https(),
    };
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client)
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS).with_initial_backoff(INITIAL_BACKOFF))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build(),
        );
    config.set_endpoint_url(endpoint);
    Ok(config.build())
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::http::HttpClient;
    use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
    use aws_smithy_types::config_bag::ConfigBag;

    use super::*;

    const CREDENTIALS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];

    #[test]
    fn a_missing_region_is_named() {
        let error = config(&Environment::of(CREDENTIALS), Service::DynamoDb).unwrap_err();
        assert_eq!(error, ConfigurationError::Missing("AWS_REGION"));
    }

    /// The SDK reads the roots with its client, and ends the process over one that cannot be read.
    #[test]
    fn a_client_starts_with_either_roots() {
        for roots in ["automatic", "system"] {
            let variables = [("AWS_REGION", "eu-central-1"), ("TRUSTED_ROOTS", roots)];
            let config = config(&Environment::of(CREDENTIALS.into_iter().chain(variables)), Service::DynamoDb).unwrap();
            let client = config.http_client().unwrap();
            // What a client of the SDK does when it is made.
            client.validate_base_client_config(&RuntimeComponentsBuilder::new("test"), &ConfigBag::base()).unwrap();
        }
    }

    #[test]
    fn each_service_has_its_own_endpoint_and_aws_itself_is_reached_by_tls() {
        let region = ("AWS_REGION", "eu-central-1");
        let aws = config(&Environment::of(CREDENTIALS.into_iter().chain([region])), Service::SesV2).unwrap();
        assert_eq!(aws.endpoint_url(), None);
        assert!(aws.http_client().is_some());
        let local = ("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:1");
        let environment = Environment::of(CREDENTIALS.into_iter().chain([region, local]));
        assert_eq!(config(&environment, Service::SesV2).unwrap().endpoint_url(), Some("http://127.0.0.1:1"));
        assert_eq!(config(&environment, Service::DynamoDb).unwrap().endpoint_url(), None);
    }
}
