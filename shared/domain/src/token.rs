//! Tokens: sealed references to a recipient, safe to hand to anybody.
//!
//! Sealing is AES-SIV (RFC 5297) with a key per purpose: authenticated, deterministic and misuse-resistant. A token
//! reveals nothing, cannot be changed, and is useless for another purpose. Determinism lets a lost answer be built
//! again and needs no randomness.

use std::fmt;

use aes_siv::KeyInit;
use aes_siv::siv::Aes256Siv;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use sha2::Sha256;
use thiserror::Error;

use crate::evidence::Period;
use crate::ids::{Kind, Position, RecipientKey, SendId};
use crate::signing::SigningKey;

/// The longest value of an SES message tag; the token of a recipient is one.
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html>
pub const MAX_TAG_LENGTH: usize = 256;
/// How many keys may be given at once. A rotation needs two; each costs a trial for every forged token.
pub const MAX_KEYS: usize = 8;
/// No token that we make is longer: a link of 2,000 characters and a key of two long ids, in base64.
pub const MAX_TOKEN_LENGTH: usize = 4_096;

/// What a token is good for. Each purpose has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Rides in a tag of the SES message and comes back with each event.
    Tag,
    /// The pixel.
    Open,
    /// A link.
    Click,
    /// The unsubscribe page.
    Unsubscribe,
    /// The client's page.
    Portal,
    /// The place in a listing at which the next page starts.
    Cursor,
}

impl Purpose {
    const ALL: [Self; 6] = [Self::Tag, Self::Open, Self::Click, Self::Unsubscribe, Self::Portal, Self::Cursor];

    fn label(self) -> &'static [u8] {
        match self {
            Self::Tag => b"tag",
            Self::Open => b"open",
            Self::Click => b"click",
            Self::Unsubscribe => b"unsubscribe",
            Self::Portal => b"portal",
            Self::Cursor => b"cursor",
        }
    }
}

/// Why the list of keys cannot be used. The text never holds a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenKeysError {
    /// There is no key.
    #[error("holds no key; it must look like \"new:BASE64,old:BASE64\"")]
    Empty,
    /// More than [`MAX_KEYS`].
    #[error("holds more than {MAX_KEYS} keys")]
    TooMany,
    /// An entry is not `id:base64`.
    #[error("entry {0} is not of the form id:BASE64")]
    Form(usize),
    /// A key is not base64 of exactly 32 bytes.
    #[error("the key of entry {0} is not base64 of exactly 32 bytes")]
    Key(usize),
}

struct Key {
    by_purpose: [aes_siv::Key<aes_siv::Aes256SivAead>; 6],
    network: [u8; 32],
    /// The seed of a key pair, which is made of it only where something is signed.
    signing: [u8; 32],
}

/// The keys that seal and open tokens: the first seals, all open.
pub struct TokenKeys(Vec<Key>);

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKeys({} keys)", self.0.len())
    }
}

/// The token is not ours, was changed, or is for another purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a valid token")]
pub struct TokenError;

impl TokenKeys {
    /// Reads `new:BASE64,old:BASE64`; each key is 32 bytes.
    ///
    /// # Errors
    /// Names the entry that cannot be used.
    pub fn parse(text: &str) -> Result<Self, TokenKeysError> {
        let entries: Vec<&str> = text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
        if entries.is_empty() {
            return Err(TokenKeysError::Empty);
        }
        if entries.len() > MAX_KEYS {
            return Err(TokenKeysError::TooMany);
        }
        let keys = entries.into_iter().enumerate().map(|(index, entry)| {
            let (id, key) = entry.split_once(':').ok_or(TokenKeysError::Form(index + 1))?;
            if id.is_empty() {
                return Err(TokenKeysError::Form(index + 1));
            }
            let bytes = STANDARD.decode(key).map_err(|_| TokenKeysError::Key(index + 1))?;
            if bytes.len() != 32 {
                return Err(TokenKeysError::Key(index + 1));
            }
            Ok(Key::derive(&bytes))
        });
        Ok(Self(keys.collect::<Result<_, _>>()?))
    }

    /// Seals bytes for a purpose; `context` is not in the token but must be the same when it is opened.
    #[must_use]
    pub fn seal(&self, purpose: Purpose, context: &[u8], bytes: &[u8]) -> String {
        let sealed = self.0.first().and_then(|key| Aes256Siv::new(key.of(purpose)).encrypt([context], bytes).ok());
        // AES-SIV encryption fails only for more than 126 headers; there is one, and always a key.
        URL_SAFE_NO_PAD.encode(sealed.unwrap_or_default())
    }

    /// Opens what [`TokenKeys::seal`] sealed with any of the keys.
    ///
    /// # Errors
    /// The token is not ours, was changed, or belongs to another purpose or context.
    pub fn open(&self, purpose: Purpose, context: &[u8], token: &str) -> Result<Vec<u8>, TokenError> {
        if token.is_empty() || token.len() > MAX_TOKEN_LENGTH {
            return Err(TokenError);
        }
        let sealed = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError)?;
        self.0.iter().find_map(|key| Aes256Siv::new(key.of(purpose)).decrypt([context], &sealed).ok()).ok_or(TokenError)
    }

    /// A token that stands for a recipient.
    #[must_use]
    pub fn seal_recipient(&self, purpose: Purpose, key: &RecipientKey) -> String {
        self.seal(purpose, &[], &encode_key(key))
    }

    /// The recipient that a token stands for.
    ///
    /// # Errors
    /// See [`TokenKeys::open`].
    pub fn open_recipient(&self, purpose: Purpose, token: &str) -> Result<RecipientKey, TokenError> {
        let bytes = self.open(purpose, &[], token)?;
        match decode_key(&bytes) {
            Some((key, [])) => Ok(key),
            _ => Err(TokenError),
        }
    }

    /// A token that stands for a link in a recipient's copy and carries where it leads.
    #[must_use]
    pub fn seal_click(&self, key: &RecipientKey, link: u8, url: &str) -> String {
        let mut bytes = encode_key(key);
        bytes.push(link);
        bytes.extend_from_slice(url.as_bytes());
        self.seal(Purpose::Click, &[], &bytes)
    }

    /// The recipient, the link and its target.
    ///
    /// # Errors
    /// See [`TokenKeys::open`].
    pub fn open_click(&self, token: &str) -> Result<(RecipientKey, u8, String), TokenError> {
        let bytes = self.open(Purpose::Click, &[], token)?;
        let Some((key, [link, url @ ..])) = decode_key(&bytes) else { return Err(TokenError) };
        let url = std::str::from_utf8(url).map_err(|_| TokenError)?;
        Ok((key, *link, url.to_owned()))
    }

    /// The key that signs what leaves the house: the first key's. What an older one signed is verified with the public
    /// key that went along with it.
    #[must_use]
    pub fn signing_key(&self) -> Option<SigningKey> {
        // There is always a key, and its seed has the length that a seed has.
        self.0.first().and_then(|key| SigningKey::of_seed(&key.signing))
    }

    /// A keyed hash of a network: the /24 of an IPv4 address, the /48 of an IPv6 address. Tells networks apart
    /// without storing an address; who has no key cannot try all networks. The key is another one for each send and
    /// period, so that nobody is followed from e-mail to e-mail.
    #[must_use]
    pub fn network_hash(&self, send: SendId, period: Period, address: std::net::IpAddr) -> u64 {
        use hmac::Mac;
        let prefix: Vec<u8> = match address.to_canonical() {
            std::net::IpAddr::V4(v4) => v4.octets()[..3].to_vec(),
            std::net::IpAddr::V6(v6) => v6.octets()[..6].to_vec(),
        };
        let Some(key) = self.0.first() else { return 0 };
        let Ok(mut mac) = hmac::Hmac::<Sha256>::new_from_slice(&key.network) else { return 0 };
        mac.update(&send.to_bytes());
        mac.update(&period.to_bytes());
        mac.update(&prefix);
        let hash = mac.finalize().into_bytes();
        hash.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }
}

impl Key {
    fn derive(bytes: &[u8]) -> Self {
        let derivation = Hkdf::<Sha256>::new(Some(b"invoice-email-tracking"), bytes);
        let by_purpose = Purpose::ALL.map(|purpose| {
            let mut key = aes_siv::Key::<aes_siv::Aes256SivAead>::default();
            // Expanding fails only beyond 255 hash lengths; these are two and one.
            let _ = derivation.expand(purpose.label(), key.as_mut_slice());
            key
        });
        let mut network = [0; 32];
        let _ = derivation.expand(b"network", &mut network);
        let mut signing = [0; 32];
        let _ = derivation.expand(b"signing", &mut signing);
        Self { by_purpose, network, signing }
    }

    fn of(&self, purpose: Purpose) -> &aes_siv::Key<aes_siv::Aes256SivAead> {
        &self.by_purpose[purpose as usize]
    }
}

/// The key as bytes: each id with its length before it, the send, the position.
fn encode_key(key: &RecipientKey) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(160);
    for id in [key.firm.as_str(), key.invoice.as_str()] {
        // Ids are at most 64 characters of ASCII.
        bytes.push(u8::try_from(id.len()).unwrap_or(0));
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes.extend_from_slice(&key.send.to_bytes());
    bytes.push(match key.position.kind {
        Kind::To => 0,
        Kind::Cc => 1,
        Kind::Bcc => 2,
    });
    bytes.push(key.position.index);
    bytes
}

fn decode_key(bytes: &[u8]) -> Option<(RecipientKey, &[u8])> {
    fn id(bytes: &[u8]) -> Option<(&str, &[u8])> {
        let (length, rest) = bytes.split_first()?;
        let (id, rest) = rest.split_at_checked(usize::from(*length))?;
        Some((std::str::from_utf8(id).ok()?, rest))
    }
    let (firm, rest) = id(bytes)?;
    let (invoice, rest) = id(rest)?;
    let (send, rest) = rest.split_first_chunk::<16>()?;
    let [kind, index, rest @ ..] = rest else { return None };
    let kind = match kind {
        0 => Kind::To,
        1 => Kind::Cc,
        2 => Kind::Bcc,
        _ => return None,
    };
    let key = RecipientKey {
        firm: firm.parse().ok()?,
        invoice: invoice.parse().ok()?,
        send: SendId::from_bytes(*send),
        position: Position { kind, index: *index },
    };
    Some((key, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ids::tests::any_key;
    use proptest::prelude::*;

    const OLD: &str = "old:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const NEW: &str = "new:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    fn keys(text: &str) -> TokenKeys {
        TokenKeys::parse(text).unwrap()
    }

    const OF_A_RECIPIENT: [Purpose; 4] = [Purpose::Tag, Purpose::Open, Purpose::Unsubscribe, Purpose::Portal];

    proptest! {
        #[test]
        fn a_token_comes_back_and_fits_a_tag(key in any_key()) {
            for purpose in OF_A_RECIPIENT {
                let token = keys(NEW).seal_recipient(purpose, &key);
                prop_assert!(token.len() <= MAX_TAG_LENGTH, "{}", token.len());
                prop_assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
                prop_assert_eq!(keys(NEW).open_recipient(purpose, &token), Ok(key.clone()));
                prop_assert_eq!(keys(NEW).seal_recipient(purpose, &key), token);
            }
        }

        #[test]
        fn another_purpose_opens_nothing(key in any_key()) {
            for sealed in OF_A_RECIPIENT {
                let token = keys(NEW).seal_recipient(sealed, &key);
                for opened in Purpose::ALL.into_iter().filter(|purpose| *purpose != sealed) {
                    prop_assert_eq!(keys(NEW).open(opened, &[], &token), Err(TokenError));
                }
            }
        }

        #[test]
        fn a_flipped_bit_opens_nothing(key in any_key(), place: prop::sample::Index, bit in 0u8..8) {
            let token = keys(NEW).seal_recipient(Purpose::Open, &key);
            let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
            let forged = URL_SAFE_NO_PAD.encode(bytes);
            prop_assert_eq!(keys(NEW).open_recipient(Purpose::Open, &forged), Err(TokenError));
        }

        #[test]
        fn a_rotated_key_still_opens_and_a_removed_one_does_not(key in any_key()) {
            let token = keys(OLD).seal_recipient(Purpose::Open, &key);
            let rotated = keys(&format!("{NEW},{OLD}"));
            prop_assert_eq!(rotated.open_recipient(Purpose::Open, &token), Ok(key));
            prop_assert_eq!(keys(NEW).open_recipient(Purpose::Open, &token), Err(TokenError));
        }

        #[test]
        fn a_link_comes_back_with_its_target(key in any_key(), link: u8, url in "https://[a-z]{1,20}/[ -~]{0,200}") {
            let token = keys(NEW).seal_click(&key, link, &url);
            prop_assert_eq!(keys(NEW).open_click(&token), Ok((key, link, url)));
        }

        #[test]
        fn a_context_binds(bytes: Vec<u8>) {
            let token = keys(NEW).seal(Purpose::Cursor, b"firm a", &bytes);
            prop_assert_eq!(keys(NEW).open(Purpose::Cursor, b"firm a", &token), Ok(bytes));
            prop_assert_eq!(keys(NEW).open(Purpose::Cursor, b"firm b", &token), Err(TokenError));
        }

        #[test]
        fn junk_opens_nothing(token in "\\PC{0,300}") {
            for purpose in Purpose::ALL {
                prop_assert_eq!(keys(NEW).open(purpose, &[], &token), Err(TokenError));
            }
        }
    }

    #[test]
    fn the_longest_link_stays_below_the_limit() {
        let key = RecipientKey {
            firm: "f".repeat(64).parse().unwrap(),
            invoice: "i".repeat(64).parse().unwrap(),
            send: SendId::from_bytes([9; 16]),
            position: Position { kind: Kind::Bcc, index: 49 },
        };
        let url = format!("https://example.com/{}", "x".repeat(1_980));
        let token = keys(NEW).seal_click(&key, 200, &url);
        assert!(token.len() <= MAX_TOKEN_LENGTH);
        assert_eq!(keys(NEW).open_click(&token), Ok((key, 200, url)));
    }

    #[test]
    fn broken_key_lists_are_named() {
        for (text, error) in [
            ("", TokenKeysError::Empty),
            (" , ", TokenKeysError::Empty),
            ("abc", TokenKeysError::Form(1)),
            (":AAAA", TokenKeysError::Form(1)),
            ("a:AAAA", TokenKeysError::Key(1)),
            (&format!("{NEW},b:!"), TokenKeysError::Key(2)),
            (&[NEW; 9].join(","), TokenKeysError::TooMany),
        ] {
            assert_eq!(TokenKeys::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn the_first_key_signs_and_always_as_the_same() {
        let id = |text: &str| keys(text).signing_key().unwrap().public().id();
        assert_eq!(id(&format!("{NEW},{OLD}")), id(NEW));
        assert_ne!(id(NEW), id(OLD));
        // What was signed is compared with it for years.
        assert_eq!(id(NEW), "Pc5N3Kl3a7831N2Qj1wMRiJtmv9jiZPJli0vdYK_d-s");
    }

    #[test]
    fn networks_are_compared_by_prefix() {
        let (send, sent) = (SendId::new(jiff::Timestamp::UNIX_EPOCH, 1), jiff::Timestamp::UNIX_EPOCH);
        let of = |send: SendId, at: jiff::Timestamp, text: &str| {
            keys(NEW).network_hash(send, Period::of(sent, at), text.parse().unwrap())
        };
        let hash = |text: &str| of(send, sent, text);
        assert_eq!(hash("203.0.113.7"), hash("203.0.113.200"));
        assert_eq!(hash("203.0.113.7"), hash("::ffff:203.0.113.9"));
        assert_ne!(hash("203.0.113.7"), hash("203.0.114.7"));
        assert_eq!(hash("2001:db8:1::1"), hash("2001:db8:1:ffff::2"));
        assert_ne!(hash("2001:db8:1::1"), hash("2001:db8:2::1"));
        // Nobody is followed to another e-mail, or for long.
        assert_ne!(hash("203.0.113.7"), of(SendId::new(sent, 2), sent, "203.0.113.7"));
        let later = sent + jiff::SignedDuration::from_hours(33 * 24);
        assert_ne!(hash("203.0.113.7"), of(send, later, "203.0.113.7"));
    }
}
