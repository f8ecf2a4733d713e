//! Why a recipient's copy failed and what to do next, in words for a reader who is no engineer.

mod codes;

use std::fmt;

pub use self::codes::CODES;

use crate::event::{Bounce, BounceType, CONTENT_UNREADABLE, DropCause, NOT_COMPOSED, SuppressionReason};

/// Beside an open or click of which no more is known.
pub(crate) const DETAILS_DELETED: &str = "The first or the last of its kind; the details were deleted, as the firm's retention time or a person's wish wants it.";

/// What staff can do about a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NextAction {
    /// Ask for the right address and send again to it.
    CorrectAddress,
    /// Nothing yet: SES goes on trying.
    Wait,
    /// Reach the person in another way.
    Call,
    /// Ask the recipient's administrators to let the mail in.
    AskToAllow,
    /// Respect that the person wants no e-mail.
    DoNotEmail,
    /// Send the same once more.
    SendAgain,
}

impl NextAction {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CorrectAddress => "correct_address",
            Self::Wait => "wait",
            Self::Call => "call",
            Self::AskToAllow => "ask_to_allow",
            Self::DoNotEmail => "do_not_email",
            Self::SendAgain => "send_again",
        }
    }
}

impl fmt::Display for NextAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure in words with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The same for programs: one of [`CODES`].
    pub code: &'static str,
    /// Plain words, then the server's own text.
    pub reason: String,
    /// What to do, if anything.
    pub next_action: Option<NextAction>,
}

impl Explanation {
    /// The same of an e-mail that was itself sent because an earlier one had failed.
    #[must_use]
    pub fn again(self) -> Self {
        Self {
            reason: format!("Sent again after an earlier failure, and this one failed too. {}", self.reason),
            ..self
        }
    }

    /// The same of a delay whose end has passed without a word.
    #[must_use]
    pub fn overdue(self) -> Self {
        let words = "Amazon SES has stopped trying by now and has not said how it ended; do not count on it.";
        let reason = format!("{} {words}", self.reason);
        Self { code: "delay_overdue", reason, next_action: Some(NextAction::Call) }
    }
}

fn explain(code: &'static str, words: impl Into<String>, server: Option<&str>, next_action: NextAction) -> Explanation {
    let mut reason = words.into();
    if let Some(text) = server.map(str::trim).filter(|text| !text.is_empty()) {
        reason.push_str(&format!(" The server said: “{text}”"));
    }
    Explanation { code, reason, next_action: Some(next_action) }
}

/// Why nothing was sent.
#[must_use]
pub fn dropped(cause: &DropCause, detail: Option<&str>) -> Explanation {
    use NextAction::{CorrectAddress, DoNotEmail, SendAgain};
    match cause {
        DropCause::Suppressed(SuppressionReason::Bounced) => explain(
            "previously_bounced",
            "Not sent: an earlier e-mail to this address bounced.",
            detail,
            CorrectAddress,
        ),
        DropCause::Suppressed(SuppressionReason::Complained) => explain(
            "previously_complained",
            "Not sent: this person reported an earlier e-mail as spam.",
            detail,
            DoNotEmail,
        ),
        DropCause::Suppressed(SuppressionReason::Unsubscribed) => explain(
            "previously_unsubscribed",
            "Not sent: this person asked for no further e-mails.",
            detail,
            DoNotEmail,
        ),
        DropCause::Suppressed(SuppressionReason::Manual) => {
            explain("blocked_by_staff", "Not sent: staff blocked e-mails to this address.", detail, DoNotEmail)
        }
        DropCause::SuppressedBySes(sub_type) => suppressed_by_ses(sub_type, detail),
        DropCause::Refused(code) => explain(
            "refused_by_ses",
            format!("Not sent: {} The address is not at fault.", refused(code)),
            detail,
            SendAgain,
        ),
        DropCause::Rejected(text) => explain(
            "rejected_by_ses",
            "Not sent: Amazon SES rejected the content, usually because it looked like a virus.",
            detail.or(Some(text)),
            SendAgain,
        ),
        DropCause::RenderingFailure => {
            explain("rendering_failed", "Not sent: Amazon SES could not build the message.", detail, SendAgain)
        }
        DropCause::Superseded => Explanation {
            code: "superseded",
            reason: "Not sent: it was sent again before it left.".to_owned(),
            next_action: None,
        },
        DropCause::GaveUp => explain(
            "gave_up",
            "Not sent: Amazon SES did not take the message although it was tried for a day.",
            detail,
            SendAgain,
        ),
    }
}

/// What a refusal of SendEmail means: for whoever reads it and for whoever can mend it.
/// <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors>
fn refused(code: &str) -> String {
    let words = match code {
        "AccountSuspendedException" | "AccountSuspended" => {
            "Amazon has suspended all sending of this system; its operator must settle that with Amazon."
        }
        "SendingPausedException" | "SendingPaused" => {
            "sending is switched off at Amazon SES; the system's operator must switch it on again."
        }
        "MailFromDomainNotVerifiedException" | "MailFromDomainNotVerified" => {
            "Amazon SES no longer accepts the sender's domain; the system's operator must verify it."
        }
        "LimitExceededException" | "LimitExceeded" => {
            "the number of e-mails that Amazon SES allows was reached; the system's operator can have it raised."
        }
        "NotFoundException" | "NotFound" => {
            "Amazon SES lacks a part of the system's set-up; its operator must restore it."
        }
        "MessageRejected" => "Amazon SES did not accept the message.",
        "BadRequestException" | "BadRequest" => "Amazon SES could not read the message.",
        CONTENT_UNREADABLE => {
            "the stored content of the e-mail could not be read; the system's operator can find out why."
        }
        NOT_COMPOSED => "the system could not make a message of the content; its operator can find out why.",
        _ => return format!("Amazon SES refused the message ({code})."),
    };
    format!("{words} ({code})")
}

fn suppressed_by_ses(sub_type: &str, detail: Option<&str>) -> Explanation {
    use NextAction::{CorrectAddress, DoNotEmail};
    match sub_type {
        "UnsubscribedRecipient" => explain(
            "unsubscribed_through_ses",
            "Not sent: this person unsubscribed through Amazon SES.",
            detail,
            DoNotEmail,
        ),
        "OnAccountSuppressionList" | "OnTenantSuppressionList" => explain(
            "on_ses_suppression_list",
            "Not sent: the address is on Amazon SES's own suppression list, for the whole system, after an earlier bounce or \
             spam report. Taking it off your list does not lift that; if the address works, the system's operator can.",
            detail,
            CorrectAddress,
        ),
        "EmailValidationSuppressed" => explain(
            "cannot_receive",
            "Not sent: Amazon SES found that the address cannot receive e-mail.",
            detail,
            CorrectAddress,
        ),
        _ => explain(
            "suppressed_by_ses",
            "Not sent: Amazon SES knows the address for recent bounces and did not try it.",
            detail,
            CorrectAddress,
        ),
    }
}

/// Why a message came back for good, or SES stopped trying.
#[must_use]
pub fn bounced(bounce: &Bounce) -> Explanation {
    let detail = bounce.detail.as_deref();
    match (bounce.bounce_type, bounce.sub_type.as_str()) {
        (BounceType::Permanent, "NoEmail") => explain(
            "bounced_without_mailbox",
            "The recipient's mail server refused the message for good, without saying for which mailbox.",
            detail,
            NextAction::CorrectAddress,
        ),
        (BounceType::Permanent, _) => explain(
            "bounced",
            "The recipient's mail server refused the message for good; the address most likely does not exist.",
            detail,
            NextAction::CorrectAddress,
        ),
        (BounceType::Undetermined, "Undetermined" | "General" | "") => explain(
            "undetermined",
            "The message came back, or Amazon SES, which sends it, stopped trying; it could not tell why.",
            detail,
            NextAction::SendAgain,
        ),
        (_, sub_type) => blocked(sub_type, detail),
    }
}

fn blocked(sub_type: &str, detail: Option<&str>) -> Explanation {
    use NextAction::{AskToAllow, Call, SendAgain};
    match sub_type {
        "MailboxFull" => explain("mailbox_full", "The recipient's mailbox is full.", detail, Call),
        "MessageTooLarge" => {
            explain("message_too_large", "The recipient's mail server found the message too large.", detail, AskToAllow)
        }
        "ContentRejected" => explain(
            "content_rejected",
            "The recipient's mail server refused the message because of its content, which may look like spam or fraud to it.",
            detail,
            AskToAllow,
        ),
        "AttachmentRejected" => explain(
            "attachment_rejected",
            "The recipient's mail server refused the message because of an attachment.",
            detail,
            AskToAllow,
        ),
        "CustomTimeoutExceeded" => explain(
            "delivery_timed_out",
            "The recipient's mail server did not take the message within the time set for delivery.",
            detail,
            SendAgain,
        ),
        _ => explain(
            "blocked",
            "The recipient's mail server did not take the message, and Amazon SES, which sends it, stopped trying.",
            detail,
            SendAgain,
        ),
    }
}

/// Why a message has not arrived yet.
#[must_use]
pub fn deferred(delay_type: &str, detail: Option<&str>) -> Explanation {
    let (code, words, action) = match delay_type {
        "SpamDetected" => (
            "taken_for_spam",
            "Delayed: the recipient's mail server took the message for spam; it may be let in later.",
            NextAction::AskToAllow,
        ),
        "MailboxFull" => ("mailbox_full", "Delayed: the recipient's mailbox is full.", NextAction::Wait),
        "RecipientServerError" => (
            "recipient_server_error",
            "Delayed: the recipient's mail server has a problem of its own.",
            NextAction::Wait,
        ),
        "IPFailure" => (
            "ip_held_back",
            "Delayed: the recipient's mail server holds back mail from where Amazon SES sends it; usually for some hours.",
            NextAction::Wait,
        ),
        "TransientCommunicationFailure" => (
            "connection_interrupted",
            "Delayed: the connection to the recipient's mail server was interrupted.",
            NextAction::Wait,
        ),
        "InternalFailure" => ("ses_failure", "Delayed: Amazon SES had a problem of its own.", NextAction::Wait),
        "BYOIPHostNameLookupUnavailable" => {
            ("host_name_lookup_failed", "Delayed: the sending host's name could not be looked up.", NextAction::Wait)
        }
        _ => ("delayed", "Delayed: the recipient's mail server has not taken the message yet.", NextAction::Wait),
    };
    explain(code, words, detail, action)
}

/// What a spam report means.
#[must_use]
pub fn complained(feedback_type: Option<&str>, sub_type: Option<&str>) -> Explanation {
    if sub_type == Some("OnAccountSuppressionList") {
        let words =
            "Not sent: this person reported an earlier e-mail as spam, so that Amazon SES itself blocks the address.";
        return explain("complained_before", words, None, NextAction::DoNotEmail);
    }
    let (code, words) = match feedback_type {
        Some("virus") => ("virus_report", "The recipient's provider reported the message as containing a virus."),
        Some("fraud") => ("fraud_report", "The recipient's provider reported the message as fraud or phishing."),
        Some("auth-failure") => (
            "authentication_report",
            "The recipient's provider reported that it could not verify who sent the message.",
        ),
        Some("abuse") => ("spam_report", "The recipient marked the message as spam."),
        _ => ("complaint", "The recipient, or their provider, reported the message as spam or as unwanted otherwise."),
    };
    explain(code, words, None, NextAction::DoNotEmail)
}

/// The person asked for no further mail.
#[must_use]
pub fn unsubscribed() -> Explanation {
    explain("unsubscribed", "This person asked for no further e-mails.", None, NextAction::DoNotEmail)
}

/// Nothing has been heard of the message for a day.
#[must_use]
pub fn no_news() -> Explanation {
    explain(
        "no_news",
        "Amazon SES accepted the message more than 24 hours ago and has reported nothing since.",
        None,
        NextAction::Call,
    )
}
