//! What is written into an e-mail: the body that all copies of a send share, and the letter that is one of them.

use jiff::Timestamp;

use crate::address::Mailbox;
use crate::facts::Facts;
use crate::recipient::Recipient;

/// What all recipients of a send share and only the sending needs: texts, facts, visible addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The subject.
    pub subject: String,
    /// The firm's name in the mail.
    pub firm_name: String,
    /// The visible `To` addresses.
    pub to: Vec<Mailbox>,
    /// The visible `Cc` addresses.
    pub cc: Vec<Mailbox>,
    /// The firm's words in the built-in template.
    pub message: Option<String>,
    /// HTML in place of the built-in template.
    pub html: Option<String>,
    /// Text in place of the built-in template.
    pub text: Option<String>,
    /// Facts of the invoice.
    pub facts: Facts,
}

/// All that is written into one recipient's copy.
#[derive(Clone)]
pub struct Letter<'a> {
    /// The sender. Where the name is missing, [`Letter::sender`] puts the firm's.
    pub from: &'a Mailbox,
    /// Where replies go, if not to the sender.
    pub reply_to: Option<&'a Mailbox>,
    /// The firm's name as its clients know it. Without one the sender's name or address stands in.
    pub firm_name: &'a str,
    /// The whole To list of the send.
    pub to: &'a [Mailbox],
    /// The whole Cc list of the send.
    pub cc: &'a [Mailbox],
    /// The name of the person whose copy this is.
    pub recipient_name: Option<&'a str>,
    /// At most [`MAX_SUBJECT_CHARS`](super::MAX_SUBJECT_CHARS).
    pub subject: &'a str,
    /// The firm's own words: blank lines part paragraphs.
    pub message: Option<&'a str>,
    /// Replaces the HTML of the built-in template.
    pub html: Option<&'a str>,
    /// Replaces the text of the built-in template.
    pub text: Option<&'a str>,
    /// What the built-in template shows of the invoice.
    pub facts: &'a Facts,
    /// Whether it shows what is still to be paid.
    pub shows_balance: bool,
    /// This copy's own links.
    pub links: Links<'a>,
    /// With or without angle brackets; different for each copy. The MIME boundary follows from it.
    pub message_id: String,
    /// The time of the `Date` header.
    pub date: Timestamp,
}

/// Gives the address that stands for a link, from the link's index and its target.
pub type TrackLink<'a> = &'a dyn Fn(u8, &str) -> String;

/// The links that belong to one recipient.
#[derive(Clone, Default)]
pub struct Links<'a> {
    /// The address of the pixel. None when the e-mail is not tracked.
    pub pixel_url: Option<String>,
    /// Where this recipient unsubscribes. Never tracked.
    pub unsubscribe_url: String,
    /// What replaces links. None when the e-mail is not tracked.
    pub track_link: Option<TrackLink<'a>>,
}

impl<'a> Letter<'a> {
    /// The copy of one recipient of a send: the same whenever it is made.
    #[must_use]
    pub fn new(from: &'a Mailbox, body: &'a Body, recipient: &'a Recipient, links: Links<'a>) -> Self {
        let (send, position) = (recipient.key.send, recipient.key.position);
        Self {
            from,
            reply_to: None,
            firm_name: &body.firm_name,
            to: &body.to,
            cc: &body.cc,
            recipient_name: recipient.mailbox.name.as_deref(),
            subject: &body.subject,
            message: body.message.as_deref(),
            html: body.html.as_deref(),
            text: body.text.as_deref(),
            facts: &body.facts,
            // What is still to be paid is shown only where a firm's settings say so, and by default they do not.
            shows_balance: false,
            links,
            message_id: format!("{send}.{}{}@{}", position.kind.as_str(), position.index, from.address.domain()),
            date: recipient.submitted_at(),
        }
    }

    /// The sender as the e-mail shows it: with the firm's name where it has none of its own.
    #[must_use]
    pub fn sender(&self) -> Mailbox {
        let firm_name = Some(self.firm_name).filter(|name| !name.trim().is_empty());
        let name = self.from.name.clone().or_else(|| firm_name.map(str::to_owned));
        Mailbox { name, address: self.from.address.clone() }
    }
}
