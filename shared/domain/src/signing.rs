//! Signing what leaves the house: a JSON Web Signature (RFC 7515, compact) by Ed25519 (RFC 8037).
//!
//! A signature proves that whoever holds the deployment's key issued these bytes, and that nobody changed them since.
//! It does not prove that they are true, and whoever holds the key can sign others.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use thiserror::Error;

use crate::digest::Digest;

/// The name of the algorithm for people; a JWS calls it `EdDSA` (RFC 8037, 3.1).
pub const ALGORITHM: &str = "Ed25519";

/// A key that signs.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id())
    }
}

/// The public half of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// The text is no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a public key: 32 bytes in base64url")]
pub struct PublicKeyError;

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JwsError {
    /// It is no compact JWS.
    #[error("the signature is not a compact JWS: three parts of base64url with dots between")]
    Form,
    /// Its header is not the one that this key signs with.
    #[error("the signature's header does not name Ed25519 and this key")]
    Header,
    /// The bytes or the signature were changed, or another key signed.
    #[error("the signature does not fit what it signs: one of them was changed, or another key signed")]
    Signature,
}

impl SigningKey {
    /// The key of a secret seed of 32 bytes; `None` for any other length.
    #[must_use]
    pub fn of_seed(seed: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = PublicKey(pair.public_key().as_ref().try_into().ok()?);
        Some(Self { pair, public })
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// A compact JWS of these bytes: header, payload, signature. The same whenever it is made.
    #[must_use]
    pub fn sign(&self, payload: &[u8]) -> String {
        let header = URL_SAFE_NO_PAD.encode(self.public.header());
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

impl PublicKey {
    /// The key's id: its JWK thumbprint (RFC 7638, with SHA-256, in base64url).
    #[must_use]
    pub fn id(&self) -> String {
        let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{self}"}}"#);
        URL_SAFE_NO_PAD.encode(Digest::of(jwk.as_bytes()).to_bytes())
    }

    fn header(&self) -> String {
        format!(r#"{{"alg":"EdDSA","kid":"{}"}}"#, self.id())
    }

    /// The bytes that a JWS signs, if this key signed it. Its header must be the very one that we write, so that no
    /// header can talk a reader into anything else.
    ///
    /// # Errors
    /// See [`JwsError`].
    pub fn verify(&self, jws: &str) -> Result<Vec<u8>, JwsError> {
        let (signed, signature) = jws.rsplit_once('.').ok_or(JwsError::Form)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsError::Form)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsError::Form);
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        if header != self.header().as_bytes() {
            return Err(JwsError::Header);
        }
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        key.verify(signed.as_bytes(), &signature).map_err(|_| JwsError::Signature)?;
        Ok(payload)
    }
}

/// Base64url without padding, as in a JWK.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = PublicKeyError;

    fn from_str(text: &str) -> Result<Self, PublicKeyError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PublicKeyError)?;
        bytes.try_into().map(Self).map_err(|_| PublicKeyError)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The key of RFC 8037, appendix A.1 and A.2.
    fn known() -> SigningKey {
        SigningKey::of_seed(&URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap()).unwrap()
    }

    #[test]
    fn a_key_is_named_as_the_rfc_names_it() {
        let public = known().public();
        assert_eq!(public.to_string(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        // RFC 8037, appendix A.3.
        assert_eq!(public.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(public.to_string().parse(), Ok(public));
        for text in
            ["", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR", "!", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoA"]
        {
            assert_eq!(text.parse::<PublicKey>(), Err(PublicKeyError), "{text}");
        }
    }

    #[test]
    fn a_seed_has_32_bytes() {
        assert!(SigningKey::of_seed(&[7; 31]).is_none() && SigningKey::of_seed(&[7; 33]).is_none());
    }

    #[test]
    fn what_is_signed_comes_back_and_signing_again_gives_the_same() {
        let key = known();
        for payload in [b"".as_slice(), b"{\"a\":1}", &[0, 255, 7]] {
            let jws = key.sign(payload);
            assert_eq!(key.public().verify(&jws).as_deref(), Ok(payload));
            assert_eq!(jws, key.sign(payload));
        }
    }

    #[test]
    fn no_character_can_be_another_one() {
        let key = known();
        let jws = key.sign(b"{\"version\":1}");
        for (place, character) in jws.char_indices() {
            for other in ['A', 'B', '-', '.', '='] {
                let mut changed = jws.clone();
                changed.replace_range(place..=place, &other.to_string());
                assert_eq!(key.public().verify(&changed).is_ok(), other == character, "{place} {other}");
            }
            assert!(key.public().verify(&jws[..place]).is_err());
        }
    }

    #[test]
    fn another_key_and_another_algorithm_are_refused() {
        let other = SigningKey::of_seed(&[9; 32]).unwrap();
        assert_eq!(other.public().verify(&known().sign(b"x")), Err(JwsError::Header));
        let (_, rest) = other.sign(b"x").split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        for header in [r#"{"alg":"none"}"#, &format!(r#"{{"alg":"HS256","kid":"{}"}}"#, other.public().id())] {
            let jws = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(other.public().verify(&jws), Err(JwsError::Header));
        }
    }
}
