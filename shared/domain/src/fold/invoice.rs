//! What an invoice's sends say together.

use std::collections::BTreeMap;

use super::{SentStatus, View};
use crate::address::comparison_key;
use crate::evidence::Evidence;
use crate::recipient::Recipient;

/// The status of an invoice over all its sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceStatus {
    /// What needs attention first, if anything, else whether anybody opened it.
    pub sent_status: SentStatus,
    /// The highest of any person.
    pub evidence: Evidence,
}

/// An invoice's status: each person counts by the latest recipient over all sends, superseded ones not at all.
/// `None` if it was never e-mailed.
#[must_use]
pub fn invoice_status<'a>(recipients: impl IntoIterator<Item = (&'a Recipient, &'a View)>) -> Option<InvoiceStatus> {
    let mut latest: BTreeMap<String, (&Recipient, &View)> = BTreeMap::new();
    for (recipient, view) in recipients {
        if recipient.superseded_by.is_some() {
            continue;
        }
        let person = comparison_key(recipient.mailbox.address.as_str());
        let known = latest.entry(person).or_insert((recipient, view));
        if recipient.key.send > known.0.key.send {
            *known = (recipient, view);
        }
    }
    let has = |status: SentStatus| latest.values().any(|(_, view)| view.sent_status == status);
    let evidence = latest.values().map(|(_, view)| view.evidence).max()?;
    let worst_first = [SentStatus::MarkedSpam, SentStatus::Rejected, SentStatus::Delayed, SentStatus::Queued];
    let sent_status =
        worst_first.into_iter().chain([SentStatus::Opened]).find(|status| has(*status)).unwrap_or(SentStatus::Sent);
    Some(InvoiceStatus { sent_status, evidence })
}
