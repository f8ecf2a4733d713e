//! Evidence: what a fetch of the pixel or of a link says about a person, and how sure one may be.
//!
//! On arrival only [`Facts`] are kept. The verdict is computed whenever the log is folded, so that better rules judge
//! old logs anew, and older ones can be asked what they said.

mod agent;
mod bursts;
mod facts;
mod network;
mod rules;

use std::fmt;

pub use agent::Agent;
pub use facts::{Facts, Method};
pub use network::{NetworkClass, Period};
pub use rules::{RULES, Rule, Ruleset, Verdicts};

/// What was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HitKind {
    /// The pixel.
    Open,
    /// A link.
    Click,
}

/// How much is known about a recipient having read the mail: each rung is stronger than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Nothing yet.
    None,
    /// SES accepted the message.
    Accepted,
    /// The receiving server accepted it.
    Delivered,
    /// A machine fetched the pixel or a link, which suggests the inbox and not a reader.
    FetchedAutomatically,
    /// A person possibly opened the mail.
    PossiblyOpened,
    /// A person likely followed a link.
    Clicked,
    /// A person acted on the portal's page.
    PortalConfirmed,
}

impl Evidence {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Accepted,
        Self::Delivered,
        Self::FetchedAutomatically,
        Self::PossiblyOpened,
        Self::Clicked,
        Self::PortalConfirmed,
    ];

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::FetchedAutomatically => "fetched_automatically",
            Self::PossiblyOpened => "possibly_opened",
            Self::Clicked => "clicked",
            Self::PortalConfirmed => "portal_confirmed",
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
