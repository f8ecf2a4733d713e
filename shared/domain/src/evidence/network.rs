//! Whose networks requests come from, as far as their owners publish it, and when two networks can be told apart.

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::{Ipv4Net, Ipv6Net};
use jiff::{SignedDuration, Timestamp};
use prefix_trie::PrefixMap;

// `V4` and `V6`: the ranges of `networks.csv`, which names each one's owner, source and date.
include!(concat!(env!("OUT_DIR"), "/networks.rs"));

/// What is published about a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NetworkClass {
    /// Nothing.
    Other,
    /// Apple's iCloud Private Relay: a person in Safari, whose network changes from request to request.
    AppleRelay,
    /// Microsoft's mail servers. They follow links before a mail is delivered; images they load for readers, too.
    MicrosoftMail,
    /// Security scanners, from which no person browses.
    Scanner,
    /// Vendors of scanners through whose networks people browse as well.
    SharedScanner,
}

impl NetworkClass {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Other, Self::AppleRelay, Self::MicrosoftMail, Self::Scanner, Self::SharedScanner];

    /// The stored name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::AppleRelay => "apple_relay",
            Self::MicrosoftMail => "microsoft_mail",
            Self::Scanner => "scanner",
            Self::SharedScanner => "shared_scanner",
        }
    }

    /// The class of that stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.as_str() == name)
    }

    /// The class of the smallest published range that holds an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let class = match address.to_canonical() {
            IpAddr::V4(address) => RANGES.0.get_lpm(&Ipv4Net::from(address)).map(|(_, class)| *class),
            IpAddr::V6(address) => RANGES.1.get_lpm(&Ipv6Net::from(address)).map(|(_, class)| *class),
        };
        class.unwrap_or(Self::Other)
    }
}

static RANGES: LazyLock<(PrefixMap<Ipv4Net, NetworkClass>, PrefixMap<Ipv6Net, NetworkClass>)> =
    LazyLock::new(|| (V4.iter().copied().collect(), V6.iter().copied().collect()));

/// How long networks of one recipient's fetches can be compared: their hashes are keyed anew after it.
const LASTS: SignedDuration = SignedDuration::from_hours(32 * 24);

/// The span in which hashes of networks are comparable. It is counted from the send on, so that nothing ends in the first
/// month, in which nearly all of an e-mail's fetches come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(i64);

impl Period {
    /// The span in which something was fetched from an e-mail that was submitted at a certain time.
    #[must_use]
    pub fn of(submitted_at: Timestamp, at: Timestamp) -> Self {
        Self(at.duration_since(submitted_at).as_secs().div_euclid(LASTS.as_secs()))
    }

    /// For the key of its hashes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn published_ranges_are_known_and_nothing_else_is() {
        for (address, class) in [
            ("40.92.0.1", NetworkClass::MicrosoftMail),
            ("40.93.255.255", NetworkClass::MicrosoftMail),
            ("40.94.0.0", NetworkClass::Other),
            ("::ffff:40.92.0.1", NetworkClass::MicrosoftMail),
            ("2a01:111:f403:abcd::1", NetworkClass::MicrosoftMail),
            ("2a01:111:f404::1", NetworkClass::Other),
            ("209.222.82.7", NetworkClass::Scanner),
            ("127.0.0.1", NetworkClass::Other),
            ("203.0.113.9", NetworkClass::Other),
            ("2001:db8::1", NetworkClass::Other),
        ] {
            assert_eq!(NetworkClass::of(address.parse().unwrap()), class, "{address}");
        }
    }

    #[test]
    fn names_lead_back() {
        for class in NetworkClass::ALL {
            assert_eq!(NetworkClass::from_name(class.as_str()), Some(class));
        }
        assert_eq!(NetworkClass::from_name("moon"), None);
    }

    #[test]
    fn a_period_begins_with_the_send() {
        let sent: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let period = |at: &str| Period::of(sent, at.parse().unwrap());
        assert_eq!(period("2026-11-21T10:00:00Z"), period("2026-12-23T09:59:59Z"));
        assert_ne!(period("2026-11-21T10:00:00Z"), period("2026-12-23T10:00:00Z"));
        // A clock that is behind.
        assert_ne!(period("2026-11-21T09:59:59Z").to_bytes(), period("2026-11-21T10:00:00Z").to_bytes());
    }
}
