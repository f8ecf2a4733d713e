//! Which certificate authorities are trusted when AWS is called.
//!
//! AWS's endpoints have certificates of Amazon's own authority. Trusting its five roots, rather than the hundred and more
//! of the system, spares a cold start the reading of them, which takes longer than everything else in it together.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};

use crate::environment::malformed;
use crate::{ConfigurationError, Environment};

/// The roots that Amazon Trust Services recommends for trust stores of one's own, all five of them, as they are published
/// there: <https://www.amazontrust.com/repository/>. The first of them ends in December 2037.
const AMAZON: &[u8] = include_bytes!("amazon_roots.pem");

/// What the names of regions begin with whose endpoints have other authorities: China, the European Sovereign Cloud, and
/// those of intelligence services.
const REGIONS_OF_OTHERS: [&str; 4] = ["cn-", "eusc-", "us-iso", "eu-iso"];

/// Whose certificates are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrustedRoots {
    /// Amazon's own.
    Amazon,
    /// All that the system trusts.
    System,
}

impl TrustedRoots {
    /// What `TRUSTED_ROOTS` says. `automatic`, as without it: Amazon's for AWS's own endpoints in a region that has them,
    /// and the system's for any other endpoint; `system`: the system's for all.
    pub(crate) fn read(
        environment: &Environment,
        region: &str,
        endpoint: Option<&str>,
    ) -> Result<Self, ConfigurationError> {
        let is_amazons = endpoint.is_none() && !REGIONS_OF_OTHERS.iter().any(|other| region.starts_with(other));
        match environment.optional("TRUSTED_ROOTS").as_deref() {
            None | Some("automatic") if is_amazons => Ok(Self::Amazon),
            None | Some("automatic" | "system") => Ok(Self::System),
            Some(_) => Err(malformed("TRUSTED_ROOTS", "it must be automatic or system")),
        }
    }

    /// The same for the SDK.
    pub(crate) fn context(self) -> Result<TlsContext, ConfigurationError> {
        let store = match self {
            Self::Amazon => TrustStore::empty().with_pem_certificate(AMAZON),
            Self::System => TrustStore::default(),
        };
        TlsContext::builder().with_trust_store(store).build().map_err(|error| malformed("TRUSTED_ROOTS", error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    /// The SHA-256 of each certificate, checked against the hash of its key that the repository publishes.
    const FINGERPRINTS: [&str; 5] = [
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
    ];

    #[test]
    fn the_roots_are_amazons() {
        let text = std::str::from_utf8(AMAZON).unwrap();
        let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
        let fingerprints = blocks.map(|block| {
            let base64 = block.split("-----END").next().unwrap().replace(char::is_whitespace, "");
            let digest = Sha256::digest(STANDARD.decode(base64).unwrap());
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        });
        assert_eq!(fingerprints.collect::<Vec<_>>(), FINGERPRINTS);
    }

    #[test]
    fn amazons_roots_are_for_amazons_endpoints() {
        let read = |said: &str, region: &str, endpoint: Option<&str>| {
            TrustedRoots::read(&Environment::of([("TRUSTED_ROOTS", said)]), region, endpoint)
        };
        assert_eq!(read("", "eu-central-1", None), Ok(TrustedRoots::Amazon));
        assert_eq!(read("automatic", "us-gov-west-1", None), Ok(TrustedRoots::Amazon));
        for region in ["cn-north-1", "eusc-de-east-1", "us-iso-east-1"] {
            assert_eq!(read("automatic", region, None), Ok(TrustedRoots::System), "{region}");
        }
        assert_eq!(read("", "eu-central-1", Some("https://proxy.example.com")), Ok(TrustedRoots::System));
        assert_eq!(read("system", "eu-central-1", None), Ok(TrustedRoots::System));
        let error = read("all", "eu-central-1", None).unwrap_err();
        assert_eq!(error.to_string(), "the variable TRUSTED_ROOTS is malformed: it must be automatic or system");
    }
}
