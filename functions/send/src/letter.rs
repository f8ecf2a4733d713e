//! One recipient's copy of a send.

use domain::address::Mailbox;
use domain::facts::Facts;
use domain::message::{ComposeError, Letter, Links, compose};
use domain::recipient::Recipient;
use domain::token::Purpose;
use table::Body;

use crate::Send;

impl Send {
    /// The raw MIME of a recipient's copy: the same whenever it is built.
    pub(crate) fn compose(&self, recipient: &Recipient, body: &Body) -> Result<Vec<u8>, ComposeError> {
        let key = &recipient.key;
        let url = |path: &str, token: String| format!("{}/{path}/{token}", self.base_url);
        let track_link = |link: u8, target: &str| url("c", self.keys.seal_click(key, link, target));
        let links = Links {
            pixel_url: recipient
                .tracked
                .then(|| format!("{}.gif", url("o", self.keys.seal_recipient(Purpose::Open, key)))),
            unsubscribe_url: url("u", self.keys.seal_recipient(Purpose::Unsubscribe, key)),
            track_link: recipient.tracked.then_some(&track_link),
        };
        let from = Mailbox {
            name: self.from.name.clone().or_else(|| Some(body.firm_name.clone())),
            address: self.from.address.clone(),
        };
        // What is still to be paid is shown only where a firm's settings say so, and by default they do not.
        let facts = Facts { balance: None, ..body.facts.clone() };
        let position = key.position;
        let place = format!("{}{}", position.kind.as_str(), position.index);
        compose(&Letter {
            from: &from,
            reply_to: None,
            firm_name: &body.firm_name,
            to: &body.to,
            cc: &body.cc,
            recipient_name: recipient.mailbox.name.as_deref(),
            subject: &body.subject,
            message: body.message.as_deref(),
            html: body.html.as_deref(),
            text: body.text.as_deref(),
            facts: &facts,
            links,
            message_id: &format!("{}.{place}@{}", key.send, self.from.address.domain()),
            date: recipient.submitted_at(),
        })
    }
}
