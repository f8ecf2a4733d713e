//! All mails that the SES stand-in accepted: what recipients would find in their mailboxes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock;

/// Older mails give way to newer ones, so that a long load test does not fill the memory.
const KEPT: usize = 20_000;

/// One accepted mail.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) message_id: String,
    pub(crate) accepted_at: Timestamp,
    /// Whom SES delivers to, which headers need not show.
    pub(crate) envelope_to: Vec<String>,
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) configuration_set: Option<String>,
    /// The MIME text.
    pub(crate) raw: String,
}

impl Mail {
    fn to_json(&self) -> Value {
        json!({
            "message_id": self.message_id,
            "accepted_at": clock::rfc3339(self.accepted_at),
            "envelope_to": self.envelope_to,
            "from": self.from,
            "subject": self.subject,
            "tags": self.tags,
            "configuration_set": self.configuration_set,
            "raw": self.raw,
        })
    }
}

/// The mails, shared by the SES stand-in and the pages.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<VecDeque<Arc<Mail>>>);

impl Mailbox {
    pub(crate) fn add(&self, mail: Mail) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.truncate(KEPT - 1);
        mails.push_front(Arc::new(mail));
    }

    /// All mails, the newest first.
    pub(crate) fn newest_first(&self) -> Vec<Arc<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn get(&self, message_id: &str) -> Option<Arc<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|mail| mail.message_id == message_id).cloned()
    }

    /// The answer of `GET /_local/mailbox`.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "messages": self.newest_first().iter().map(|mail| mail.to_json()).collect::<Vec<_>>() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_is_found_by_its_id() {
        let mailbox = Mailbox::default();
        for id in ["first", "second"] {
            mailbox.add(Mail {
                message_id: id.to_owned(),
                accepted_at: Timestamp::UNIX_EPOCH,
                envelope_to: vec!["ann@example.com".to_owned()],
                from: "billing@roe-partners.example".to_owned(),
                subject: "Invoice 1042".to_owned(),
                tags: BTreeMap::from([("token".to_owned(), "abc".to_owned())]),
                configuration_set: None,
                raw: "Subject: Invoice 1042\r\n\r\n".to_owned(),
            });
        }
        assert_eq!(mailbox.to_json()["messages"][0]["message_id"], "second");
        assert_eq!(
            mailbox.to_json()["messages"][1],
            json!({
                "message_id": "first",
                "accepted_at": "1970-01-01T00:00:00.000Z",
                "envelope_to": ["ann@example.com"],
                "from": "billing@roe-partners.example",
                "subject": "Invoice 1042",
                "tags": { "token": "abc" },
                "configuration_set": null,
                "raw": "Subject: Invoice 1042\r\n\r\n",
            })
        );
        assert!(mailbox.get("first").is_some() && mailbox.get("third").is_none());
    }
}
