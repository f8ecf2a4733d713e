//! What is written into an e-mail: the body that all copies of a send share, and the letter that is one of them.

use jiff::Timestamp;

use crate::address::Mailbox;
use crate::facts::Facts;
use crate::locale::Locale;
use crate::recipient::Recipient;
use crate::settings::{BrandColor, HeaderName, Settings};

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
    /// How the firm wants it.
    pub look: Look,
}

/// How a firm wants its e-mails, as it had set it up when the send was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Look {
    /// The sender's name, where it is not the firm's.
    pub from_name: Option<HeaderName>,
    /// Where replies go, if not to the sender.
    pub reply_to: Option<Mailbox>,
    /// The colour of the button.
    pub brand_color: Option<BrandColor>,
    /// Whether what is still to be paid is shown.
    pub shows_balance: bool,
    /// How amounts and dates are written.
    pub locale: Locale,
}

impl From<&Settings> for Look {
    fn from(settings: &Settings) -> Self {
        Self {
            from_name: settings.from_name.clone(),
            reply_to: settings.reply_to.clone(),
            brand_color: settings.brand_color,
            shows_balance: settings.display_balances,
            locale: settings.locale.clone(),
        }
    }
}

/// All that is written into one recipient's copy.
#[derive(Clone)]
pub struct Letter<'a> {
    /// The sender. [`Letter::sender`] puts the firm's name where one is missing.
    pub from: &'a Mailbox,
    /// The firm's own name for the sender.
    pub from_name: Option<&'a str>,
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
    /// The colour of the built-in template's button.
    pub brand_color: Option<BrandColor>,
    /// How the built-in template writes amounts and dates.
    pub locale: &'a Locale,
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
    /// This recipient's own page of the invoice, where the button leads unless the facts have an address. It tells of
    /// visits itself, so that it is never tracked.
    pub page_url: Option<String>,
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
            from_name: body.look.from_name.as_ref().map(HeaderName::as_str),
            reply_to: body.look.reply_to.as_ref(),
            firm_name: &body.firm_name,
            to: &body.to,
            cc: &body.cc,
            recipient_name: recipient.mailbox.name.as_deref(),
            subject: &body.subject,
            message: body.message.as_deref(),
            html: body.html.as_deref(),
            text: body.text.as_deref(),
            facts: &body.facts,
            shows_balance: body.look.shows_balance,
            brand_color: body.look.brand_color,
            locale: &body.look.locale,
            links,
            message_id: format!("{send}.{}{}@{}", position.kind.as_str(), position.index, from.address.domain()),
            date: recipient.submitted_at(),
        }
    }

    /// The sender as the e-mail shows it: by the name that the firm has chosen, or the sender's own, or the firm's.
    #[must_use]
    pub fn sender(&self) -> Mailbox {
        let firm_name = Some(self.firm_name).filter(|name| !name.trim().is_empty());
        let name = self.from_name.or(self.from.name.as_deref()).or(firm_name);
        Mailbox { name: name.map(str::to_owned), address: self.from.address.clone() }
    }
}
