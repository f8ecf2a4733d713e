//! One recipient's copy of a send.

use domain::message::{Body, ComposeError, Letter, Links, compose};
use domain::recipient::Recipient;
use domain::token::Purpose;

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
            page_url: Some(url("p", self.keys.seal_recipient(Purpose::Portal, key))),
            track_link: recipient.tracked.then_some(&track_link),
        };
        compose(&Letter::new(&self.from, body, recipient, links))
    }
}
