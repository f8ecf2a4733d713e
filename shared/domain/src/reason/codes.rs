//! Codes of reasons: a closed list, which the schema of events repeats.

/// Every code of a reason, for whoever decides by it.
pub const CODES: [&str; 38] = [
    "previously_bounced",
    "previously_complained",
    "previously_unsubscribed",
    "blocked_by_staff",
    "on_ses_suppression_list",
    "suppressed_by_ses",
    "unsubscribed_through_ses",
    "cannot_receive",
    "refused_by_ses",
    "rejected_by_ses",
    "rendering_failed",
    "superseded",
    "gave_up",
    "bounced",
    "bounced_without_mailbox",
    "undetermined",
    "mailbox_full",
    "message_too_large",
    "content_rejected",
    "attachment_rejected",
    "delivery_timed_out",
    "blocked",
    "taken_for_spam",
    "recipient_server_error",
    "ip_held_back",
    "connection_interrupted",
    "ses_failure",
    "host_name_lookup_failed",
    "delayed",
    "delay_overdue",
    "spam_report",
    "virus_report",
    "fraud_report",
    "authentication_report",
    "complaint",
    "complained_before",
    "unsubscribed",
    "no_news",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Bounce, BounceType, DropCause, SuppressionReason};
    use crate::reason::{bounced, complained, deferred, dropped, no_news, unsubscribed};
    use std::collections::BTreeSet;

    fn bounce(bounce_type: BounceType, sub_type: &str) -> &'static str {
        let sub_type = sub_type.to_owned();
        bounced(&Bounce { bounce_type, sub_type, feedback_id: None, addresses: Vec::new(), detail: None }).code
    }

    #[test]
    fn every_code_is_some_reasons_and_every_reason_has_one() {
        use SuppressionReason::{Bounced, Complained, Manual, Unsubscribed};
        let by_ses = |sub_type: &str| DropCause::SuppressedBySes(sub_type.to_owned());
        let drops = [Bounced, Complained, Unsubscribed, Manual].map(DropCause::Suppressed).into_iter().chain([
            by_ses("OnAccountSuppressionList"),
            by_ses("Suppressed"),
            by_ses("UnsubscribedRecipient"),
            by_ses("EmailValidationSuppressed"),
            DropCause::Refused("MessageRejected".to_owned()),
            DropCause::Rejected("Bad content".to_owned()),
            DropCause::RenderingFailure,
            DropCause::GaveUp,
            DropCause::Superseded,
        ]);
        let transient = [
            "MailboxFull",
            "MessageTooLarge",
            "ContentRejected",
            "AttachmentRejected",
            "CustomTimeoutExceeded",
            "General",
        ];
        let delays = [
            "SpamDetected",
            "MailboxFull",
            "RecipientServerError",
            "IPFailure",
            "TransientCommunicationFailure",
            "InternalFailure",
            "BYOIPHostNameLookupUnavailable",
            "General",
        ];
        let reports = [Some("virus"), Some("fraud"), Some("auth-failure"), Some("abuse"), None];
        let mut codes: Vec<&str> = drops.map(|cause| dropped(&cause, None).code).collect();
        codes.extend(transient.map(|sub_type| bounce(BounceType::Transient, sub_type)));
        codes.extend(["General", "NoEmail"].map(|sub_type| bounce(BounceType::Permanent, sub_type)));
        codes.push(bounce(BounceType::Undetermined, "General"));
        codes.extend(delays.map(|delay_type| deferred(delay_type, None).code));
        codes.push(deferred("General", None).overdue().code);
        codes.extend(reports.map(|report| complained(report, None).code));
        codes.push(complained(None, Some("OnAccountSuppressionList")).code);
        codes.extend([unsubscribed().code, no_news().code]);
        // A full mailbox delays and blocks.
        let distinct: BTreeSet<&str> = codes.iter().copied().collect();
        assert_eq!((distinct, codes.len()), (CODES.into_iter().collect(), CODES.len() + 1));
    }
}
