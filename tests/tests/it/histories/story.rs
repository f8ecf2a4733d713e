//! What those outside know of a history: what was asked and answered, what SES said, who opened what. The reference
//! model is made of it, and of nothing that the table holds.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{Firm, Invoice, RecipientKey, SendId};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;

use super::functions::Function;

pub(super) const FIRM: &str = "roe";

/// A request to send, however often it is made.
#[derive(Debug)]
pub(super) struct Submission {
    pub(super) invoice: String,
    pub(super) event: Value,
    /// Whom it names, in their places.
    pub(super) people: Vec<(String, String)>,
    pub(super) tracked: bool,
    /// The recipient whom it replaces, by its place in the story.
    pub(super) replaces: Option<usize>,
    pub(super) state: State,
    /// Who must not be written to, at each attempt and at any.
    pub(super) always_suppressed: Option<BTreeSet<String>>,
    pub(super) ever_suppressed: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    /// Nobody knows yet.
    Open,
    Accepted(Value),
    Refused,
}

/// A recipient of an accepted send.
#[derive(Debug)]
pub(super) struct Recipient {
    pub(super) submission: usize,
    pub(super) key: RecipientKey,
    pub(super) address: String,
    /// It was on the firm's suppression list.
    pub(super) dropped_at_once: bool,
    pub(super) touches: Vec<Touch>,
}

/// What somebody did with a mail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch {
    pub(super) kind: TouchKind,
    pub(super) automatic: bool,
    pub(super) at: Timestamp,
    /// By which invocation it would have been recorded.
    pub(super) invocation: usize,
    /// Whether it must have been.
    pub(super) is_certain: bool,
    /// Whether all that follows from it was done, as far as the function said so.
    pub(super) is_done: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TouchKind {
    Open,
    Click,
    /// A look at the portal's page, which is a click.
    View,
    Confirm,
    Unsubscribe,
}

/// A reader of the stream.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Reader {
    /// How many records are dealt with.
    pub(super) position: usize,
    /// How often the batch at the position has failed.
    pub(super) failures: usize,
}

/// A history as it is told.
pub(super) struct Story {
    pub(super) rng: StdRng,
    pub(super) submissions: Vec<Submission>,
    pub(super) recipients: Vec<Recipient>,
    pub(super) readers: BTreeMap<Function, Reader>,
    /// Whether mails are tracked, as the firm's settings have it.
    pub(super) tracking: bool,
    /// Up to when staff have forgiven an address.
    pub(super) forgiven: BTreeMap<String, Timestamp>,
    /// Batches that the stream's mapping gave up.
    pub(super) given_up: usize,
    /// Second mails that nothing could have prevented.
    pub(super) unavoidable: usize,
    pub(super) troubles_met: usize,
    pub(super) steps: Vec<String>,
}

impl Story {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            submissions: Vec::new(),
            recipients: Vec::new(),
            readers: BTreeMap::new(),
            tracking: true,
            forgiven: BTreeMap::new(),
            given_up: 0,
            unavoidable: 0,
            troubles_met: 0,
            steps: Vec::new(),
        }
    }

    pub(super) fn random(&mut self) -> u128 {
        self.rng.random()
    }

    /// The answer of an accepted request becomes recipients.
    pub(super) fn accept(&mut self, submission: usize, answer: &Value) -> Result<(), String> {
        let invoice: Invoice = self.submissions[submission].invoice.parse().unwrap();
        let firm: Firm = FIRM.parse().unwrap();
        let send: SendId = answer["send"].as_str().ok_or("an answer without a send")?.parse().unwrap();
        let asked = &self.submissions[submission];
        let answered = answer["recipients"].as_array().ok_or("an answer without recipients")?;
        if answered.len() != asked.people.len() {
            return Err(format!("asked for {:?}, and answered {answer:#}", asked.people));
        }
        let always = asked.always_suppressed.clone().unwrap_or_default();
        let mut accepted = Vec::new();
        for ((position, address), recipient) in asked.people.iter().zip(answered) {
            if recipient["recipient"] != position.as_str() || recipient["address"] != address.as_str() {
                return Err(format!("{position} {address} was answered {recipient:#}"));
            }
            let dropped_at_once = recipient["sent_status"] == "rejected";
            if !dropped_at_once && always.contains(address) {
                return Err(format!("{address} is on the suppression list, and was accepted"));
            }
            if dropped_at_once && !asked.ever_suppressed.contains(address) {
                return Err(format!("{address} is not on the suppression list, and was dropped"));
            }
            let key = RecipientKey {
                firm: firm.clone(),
                invoice: invoice.clone(),
                send,
                position: position.parse().unwrap(),
            };
            let address = address.clone();
            accepted.push(Recipient { submission, key, address, dropped_at_once, touches: Vec::new() });
        }
        self.recipients.extend(accepted);
        Ok(())
    }

    pub(super) fn place_of(&self, key: &RecipientKey) -> Option<usize> {
        self.recipients.iter().position(|recipient| recipient.key == *key)
    }

    /// The accepted request that replaces a recipient.
    pub(super) fn replacement_of(&self, recipient: usize) -> Option<usize> {
        let is_it = |asked: &Submission| asked.replaces == Some(recipient) && matches!(asked.state, State::Accepted(_));
        self.submissions.iter().position(is_it)
    }
}
