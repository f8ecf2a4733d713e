//! Numbers of recipients by status and by evidence.

use domain::evidence::Evidence;
use domain::fold::SentStatus;
use serde::Serialize;

/// How many recipients have which status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    recipients: u64,
    queued: u64,
    sent: u64,
    rejected: u64,
    delayed: u64,
    marked_spam: u64,
    opened: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, status: SentStatus, count: u64) {
        self.recipients += count;
        let counts = match status {
            SentStatus::Queued => &mut self.queued,
            SentStatus::Sent => &mut self.sent,
            SentStatus::Rejected => &mut self.rejected,
            SentStatus::Delayed => &mut self.delayed,
            SentStatus::MarkedSpam => &mut self.marked_spam,
            SentStatus::Opened => &mut self.opened,
        };
        *counts += count;
    }
}

/// How many recipients have which evidence, each by the highest rung.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct EvidenceCounts {
    none: u64,
    accepted: u64,
    delivered: u64,
    fetched_automatically: u64,
    possibly_opened: u64,
    clicked: u64,
    portal_confirmed: u64,
}

impl EvidenceCounts {
    pub(crate) fn add(&mut self, evidence: Evidence, count: u64) {
        let counts = match evidence {
            Evidence::None => &mut self.none,
            Evidence::Accepted => &mut self.accepted,
            Evidence::Delivered => &mut self.delivered,
            Evidence::FetchedAutomatically => &mut self.fetched_automatically,
            Evidence::PossiblyOpened => &mut self.possibly_opened,
            Evidence::Clicked => &mut self.clicked,
            Evidence::PortalConfirmed => &mut self.portal_confirmed,
        };
        *counts += count;
    }
}
