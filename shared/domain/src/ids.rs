//! Identifiers: what names a firm, an invoice, a client, a send and a recipient.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;
use ulid::Ulid;

/// The longest id of a firm, an invoice, a client or a payment. Two of them, a send and a position must fit an SES tag of 256
/// characters once sealed (see [`crate::token`]).
pub const MAX_ID_LENGTH: usize = 64;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdError {
    /// Nothing there.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`MAX_ID_LENGTH`].
    #[error("must be at most {MAX_ID_LENGTH} characters, not {0}")]
    TooLong(usize),
    /// A character outside `A-Z a-z 0-9 . _ -`.
    #[error("must consist of A-Z a-z 0-9 . _ - only, not {0:?}")]
    Character(char),
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if let Some(found) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))) {
        return Err(IdError::Character(found));
    }
    if text.len() > MAX_ID_LENGTH {
        return Err(IdError::TooLong(text.len()));
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A tenant. Comes from the caller's token, never from a request's body or path.
    Firm
);
id!(
    /// The portal's own id of an invoice.
    Invoice
);
id!(
    /// A client of the firm.
    Client
);
id!(
    /// The portal's own id of a payment.
    PaymentId
);

/// One time that an invoice was e-mailed. Its text form sorts by the time of submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SendId(Ulid);

/// The text is not a send's id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("is not the id of a send")]
pub struct SendIdError;

impl SendId {
    /// The id of a send submitted at `at`; `random` tells sends of the same millisecond apart.
    #[must_use]
    pub fn new(at: Timestamp, random: u128) -> Self {
        Self(Ulid::from_parts(at.as_millisecond().try_into().unwrap_or(0), random))
    }

    /// The smallest id that a send submitted at `at` can have: the lower bound of a search by time.
    #[must_use]
    pub fn first_at(at: Timestamp) -> Self {
        Self::new(at, 0)
    }

    /// When the send was submitted.
    #[must_use]
    pub fn submitted_at(&self) -> Timestamp {
        crate::time::from_millisecond(i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX))
    }

    /// The id as 16 bytes, for sealing.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_bytes()
    }

    /// The id that [`SendId::to_bytes`] gave.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Ulid::from_bytes(bytes))
    }
}

impl fmt::Display for SendId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for SendId {
    type Err = SendIdError;
    fn from_str(text: &str) -> Result<Self, SendIdError> {
        let id = Ulid::from_string(text).map(Self).map_err(|_| SendIdError)?;
        // Crockford's alphabet reads i, l, o and lower case too; only the canonical text names a send.
        if id.to_string() == text { Ok(id) } else { Err(SendIdError) }
    }
}

/// In which address field of the send a recipient stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `To`.
    To,
    /// `Cc`.
    Cc,
    /// `Bcc`: in nobody's header.
    Bcc,
}

impl Kind {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::To => "to",
            Self::Cc => "cc",
            Self::Bcc => "bcc",
        }
    }
}

/// A recipient's place in its send: `to:0`, `cc:2`. Orders To before Cc before Bcc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The address field.
    pub kind: Kind,
    /// The place in that field, from 0, at most 99.
    pub index: u8,
}

/// The text is not a recipient's position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be a recipient's position, such as \"to:0\"")]
pub struct PositionError;

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.index)
    }
}

impl FromStr for Position {
    type Err = PositionError;
    fn from_str(text: &str) -> Result<Self, PositionError> {
        let (kind, index) = text.split_once(':').ok_or(PositionError)?;
        let kind = match kind {
            "to" => Kind::To,
            "cc" => Kind::Cc,
            "bcc" => Kind::Bcc,
            _ => return Err(PositionError),
        };
        let index: u8 = index.parse().map_err(|_| PositionError)?;
        let position = Self { kind, index };
        if index > 99 || position.to_string() != text { Err(PositionError) } else { Ok(position) }
    }
}

/// What names one recipient of one send, everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecipientKey {
    /// The tenant.
    pub firm: Firm,
    /// The invoice that was e-mailed.
    pub invoice: Invoice,
    /// The send.
    pub send: SendId,
    /// The recipient within the send.
    pub position: Position,
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn any_key() -> impl Strategy<Value = RecipientKey> {
        (
            "[A-Za-z0-9._-]{1,64}",
            "[A-Za-z0-9._-]{1,64}",
            0i64..4_000_000_000_000,
            any::<u128>(),
            prop_oneof![Just(Kind::To), Just(Kind::Cc), Just(Kind::Bcc)],
            0u8..50,
        )
            .prop_map(|(firm, invoice, ms, random, kind, index)| RecipientKey {
                firm: firm.parse().unwrap(),
                invoice: invoice.parse().unwrap(),
                send: SendId::new(crate::time::from_millisecond(ms), random),
                position: Position { kind, index },
            })
    }

    #[test]
    fn ids_refuse_what_is_not_theirs() {
        assert_eq!("".parse::<Firm>(), Err(IdError::Empty));
        assert_eq!("a".repeat(65).parse::<Invoice>(), Err(IdError::TooLong(65)));
        assert!("a".repeat(64).parse::<Invoice>().is_ok());
        for bad in ["a/b", "a#b", "a\0b", "a b", "ä", "a\n"] {
            assert!(matches!(bad.parse::<Client>(), Err(IdError::Character(_))), "{bad:?}");
        }
    }

    #[test]
    fn only_the_canonical_text_names_a_send() {
        let id = SendId::new(crate::time::from_millisecond(1_795_300_000_123), 7);
        assert_eq!(id.to_string().parse::<SendId>(), Ok(id));
        assert_eq!(id.to_string().to_lowercase().parse::<SendId>(), Err(SendIdError));
        assert_eq!("x".parse::<SendId>(), Err(SendIdError));
    }

    #[test]
    fn positions_have_one_text() {
        assert_eq!("cc:12".parse::<Position>().unwrap().to_string(), "cc:12");
        for bad in ["to", "to:", "to:00", "to:+1", "from:0", "to:100", "TO:0"] {
            assert_eq!(bad.parse::<Position>(), Err(PositionError), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn sends_sort_by_time(a in 0i64..4_000_000_000_000, b in 0i64..4_000_000_000_000, r: u128, s: u128) {
            prop_assume!(a < b);
            let (early, late) = (crate::time::from_millisecond(a), crate::time::from_millisecond(b));
            prop_assert!(SendId::new(early, r).to_string() < SendId::new(late, s).to_string());
            prop_assert!(SendId::first_at(late) <= SendId::new(late, s));
            prop_assert_eq!(SendId::new(late, s).submitted_at(), late);
        }
    }
}
