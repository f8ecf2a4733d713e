//! The page's words: for a judge, an accountant or a client, who need not know how e-mail works.

use domain::evidence::Evidence;
use domain::fold::{SentStatus, Status};
use domain::ids::Kind;
use domain::recipient::Source;

use super::bundle::{ProofEvent, ProofRecipient};

/// Why the e-mail was sent.
pub(crate) fn source(source: Source) -> &'static str {
    match source {
        Source::Manual => "by a member of the firm's staff",
        Source::Automatic => "automatically, when the invoice became final",
        Source::Resend => "by a member of the firm's staff, once more to one person",
    }
}

/// In which field of the e-mail the person stood.
pub(crate) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::To => "To",
        Kind::Cc => "Cc (copy)",
        Kind::Bcc => "Bcc (copy that the others do not see)",
    }
}

/// What became of the e-mail on its way, in a few words.
pub(crate) fn delivery(recipient: &ProofRecipient<'_>) -> &'static str {
    let has = |status: Status| recipient.events.iter().any(|event| event.status == status);
    match recipient.sent_status {
        SentStatus::Rejected if has(Status::Bounced) || has(Status::Blocked) => "Came back",
        SentStatus::Rejected => "Not sent",
        SentStatus::MarkedSpam => "Reported as spam",
        _ if has(Status::Delivered) => "Accepted by the recipient's mail server",
        SentStatus::Delayed => "Delayed by the recipient's mail server",
        SentStatus::Queued => "Not yet handed to Amazon SES",
        SentStatus::Sent | SentStatus::Opened => "Accepted by Amazon SES",
    }
}

/// Whether it was opened, as far as that is known.
pub(crate) fn seen(recipient: &ProofRecipient<'_>, tracked: bool) -> &'static str {
    match recipient.evidence {
        Evidence::PortalConfirmed => "Confirmed: a person used a button on the invoice's page",
        Evidence::Clicked => "Likely: a person likely followed a link in it",
        Evidence::PossiblyOpened => "Possibly: its image was loaded as when a person opens it",
        Evidence::FetchedAutomatically => "Not seen: only machines loaded its image or a link",
        // Nothing was looked for, so that nothing can have been missed.
        Evidence::None | Evidence::Accepted | Evidence::Delivered if !tracked => "Not tracked",
        Evidence::None | Evidence::Accepted | Evidence::Delivered => "Not seen",
    }
}

/// What an answer to "was it opened?" is worth.
pub(crate) fn worth(recipient: &ProofRecipient<'_>, tracked: bool) -> &'static str {
    match recipient.evidence {
        Evidence::PortalConfirmed => {
            "Using a button on the invoice's own page is an act of a person. The page's address was sent to this recipient \
             only; it may have been passed on."
        }
        Evidence::Clicked => {
            "The link was followed by a browser, from a network and in a manner in which people do. Whether it was this \
             person is not certain: an e-mail can be passed on."
        }
        Evidence::PossiblyOpened => {
            "The image that is in this recipient's copy only was loaded by a mail program, a browser or a mail provider at \
             the time of reading. That suggests a person and does not prove one."
        }
        Evidence::FetchedAutomatically => {
            "Mail providers and security scanners load images and follow links by themselves. That suggests that the e-mail \
             arrived. It says nothing about a reader."
        }
        Evidence::None | Evidence::Accepted | Evidence::Delivered if !tracked => {
            "This e-mail carried nothing by which an opening could be noticed. Nothing is known, and nothing can be \
             concluded, about whether it was opened."
        }
        Evidence::None | Evidence::Accepted | Evidence::Delivered if recipient.sent_status == SentStatus::Rejected => {
            "The e-mail was not sent or came back, and no loading of its image and no following of a link was noticed."
        }
        Evidence::None | Evidence::Accepted | Evidence::Delivered => {
            "No loading of the e-mail's image and no following of a link was noticed. That does not mean that it was not \
             read: many mail programs load no images."
        }
    }
}

/// What a line of the record says.
pub(crate) fn event(event: &ProofEvent) -> &'static str {
    let by_machine = event.automatic == Some(true);
    match event.status {
        Status::Processed => "Amazon SES accepted the e-mail for sending",
        Status::Dropped => "It was not sent",
        Status::Deferred => "The recipient's mail server asked to try later",
        Status::Delivered => "The recipient's mail server accepted the e-mail",
        Status::Bounced => "It came back for good",
        Status::BouncedElsewhere => "It came back from another address, to which it was probably passed on",
        Status::Blocked => "It was not delivered: Amazon SES stopped trying",
        Status::AutoReplied => "An automatic reply came back",
        Status::Opened if by_machine => "A machine loaded the e-mail's image",
        Status::Opened => "The e-mail's image was loaded, possibly by a person",
        Status::Clicked if by_machine => "A machine followed a link",
        Status::Clicked => "A link was followed, likely by a person",
        Status::PortalConfirmed => "A person used a button on the invoice's page",
        Status::Complained => "It was reported as spam",
        Status::Unsubscribed => "The recipient asked for no further e-mail",
        Status::Unknown => "Something else was reported",
    }
}

/// Why a person was left out of an automatic send.
pub(crate) fn skipped(reason: &str) -> &'static str {
    match reason {
        "not_invited" => "was not invited into the firm's portal",
        "invitation_pending" => "had not accepted the invitation into the firm's portal",
        "invitation_expired" => "had let the invitation into the firm's portal expire",
        "no_login" => "had no login to the firm's portal",
        "suppressed" => "must not be written to, after an earlier failure or at the person's wish",
        _ => "was left out",
    }
}
