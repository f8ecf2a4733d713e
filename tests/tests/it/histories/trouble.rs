//! What can go wrong with one request.

use rand::Rng;
use rand::rngs::StdRng;

/// What becomes of a request that does not simply pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Turned away as too much, and not carried out.
    Throttled,
    /// Answered with an error of the server's, and not carried out.
    ErrorBefore,
    /// Carried out, and answered with an error of the server's.
    ErrorAfter,
    /// The connection ends without an answer; it is not carried out.
    DropBefore,
    /// Carried out; then the connection ends without an answer.
    DropAfter,
    /// No answer ever comes; it is not carried out.
    HangBefore,
    /// Carried out, and no answer ever comes.
    HangAfter,
    /// No answer ever comes, and long after its sender has given it up it is carried out.
    Straggles,
    /// Another transaction is in its way; not carried out.
    Conflict,
    /// The function dies while it waits; the request is not carried out.
    KillBefore,
    /// The request is carried out; then the function dies.
    KillAfter,
    /// The function dies while it waits, and long after that the request is carried out.
    KillStraggles,
    /// SES refuses the message; the others throttle.
    Refused,
    /// SES takes no messages at present; the others throttle.
    Paused,
    /// The bus takes all entries but the last; the others throttle.
    Partly,
}

impl Trouble {
    /// All of them.
    pub(super) const ALL: [Self; 15] = [
        Self::Throttled,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::DropBefore,
        Self::DropAfter,
        Self::HangBefore,
        Self::HangAfter,
        Self::Straggles,
        Self::Conflict,
        Self::KillBefore,
        Self::KillAfter,
        Self::KillStraggles,
        Self::Refused,
        Self::Paused,
        Self::Partly,
    ];

    /// Any of them.
    pub(super) fn any(rng: &mut StdRng) -> Self {
        Self::ALL[rng.random_range(0..Self::ALL.len())]
    }

    /// Whether it is another one than its like at a request of this operation: a read that is carried out is as one that
    /// is not.
    pub(super) fn differs_at(self, operation: &str) -> bool {
        let writes = !matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "Scan" | "TransactGetItems");
        match self {
            Self::Throttled | Self::ErrorBefore | Self::DropBefore | Self::HangBefore | Self::KillBefore => true,
            Self::ErrorAfter => writes && operation != "SendEmail",
            Self::DropAfter | Self::HangAfter | Self::Straggles | Self::KillAfter | Self::KillStraggles => writes,
            Self::Conflict => matches!(operation, "UpdateItem" | "TransactWriteItems"),
            Self::Refused | Self::Paused => operation == "SendEmail",
            Self::Partly => operation == "PutEvents",
        }
    }

    /// Whether one repetition by the SDK is enough to come through, within the time that a reader is kept waiting.
    pub(super) fn is_brief(self) -> bool {
        matches!(
            self,
            Self::Throttled
                | Self::ErrorBefore
                | Self::ErrorAfter
                | Self::DropBefore
                | Self::DropAfter
                | Self::Conflict
                | Self::Refused
                | Self::Paused
                | Self::Partly
        )
    }
}

/// Where an invocation is held while something else happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    /// The number of the request, from 1.
    pub(super) request: usize,
    /// Whether the request has been carried out by then.
    pub(super) carried_out: bool,
}

/// What goes wrong within one invocation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// From which request on, from 1, how many of them, and how.
    pub(super) trouble: Option<(usize, usize, Trouble)>,
    pub(super) hold: Option<Hold>,
}

impl Plan {
    /// Nothing goes wrong.
    pub(super) fn calm() -> Self {
        Self::default()
    }

    /// One request meets trouble.
    pub(super) fn at(request: usize, trouble: Trouble) -> Self {
        Self { trouble: Some((request, 1, trouble)), hold: None }
    }

    /// What becomes of the request of this number.
    pub(super) fn of(&self, number: usize) -> Option<Trouble> {
        let (first, count, trouble) = self.trouble?;
        (first..first + count).contains(&number).then_some(trouble)
    }
}
