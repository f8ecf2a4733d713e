//! All mails that the SES stand-in accepted: what recipients would find in their mailboxes, and what happened to each
//! mail since.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::clock;

/// Older mails give way to newer ones, so that a long load test does not fill the memory.
const KEPT: usize = 20_000;

/// What happened earlier to a mail gives way beyond this: nobody reads further, and who brings events in a loop must not
/// fill the memory.
const MOST_HAPPENINGS: usize = 200;

/// One accepted mail.
#[derive(Debug, Default)]
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
    /// Its place in the order of arrival, which the mailbox gives, from 1.
    pub(crate) number: u64,
    pub(crate) life: Life,
}

/// What happened to a mail since it was accepted.
#[derive(Debug, Default)]
pub(crate) struct Life(Mutex<VecDeque<Happening>>);

/// One thing that happened to a mail.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    pub(crate) at: Timestamp,
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// SES published an event, or somebody brought one in its name.
    Published {
        /// In SES's spelling: `DeliveryDelay`.
        kind: String,
        /// The event's JSON.
        json: Arc<str>,
    },
    /// A browser was given the HTML, whose pixel it loads.
    Shown,
    /// The stack fetched the pixel or followed a link in the part of some program: which one, in words.
    Played(&'static str),
}

impl Life {
    /// Notes what happened.
    pub(crate) fn note(&self, at: Timestamp, what: What) {
        let mut happenings = self.lock();
        if happenings.len() == MOST_HAPPENINGS {
            happenings.pop_front();
        }
        happenings.push_back(Happening { at, what });
    }

    /// What happened, in the order of time.
    pub(crate) fn in_order(&self) -> Vec<Happening> {
        let mut happenings: Vec<_> = self.lock().iter().cloned().collect();
        happenings.sort_by_key(|happening| happening.at);
        happenings
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Happening>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

    /// Whether a recipient or the subject has this text, which is in lower case.
    fn mentions(&self, text: &str) -> bool {
        let has = |field: &String| field.to_lowercase().contains(text);
        text.is_empty() || has(&self.subject) || self.envelope_to.iter().any(has)
    }
}

/// The mails, shared by the SES stand-in and the pages.
#[derive(Debug, Default)]
pub(crate) struct Mailbox(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    /// The newest first.
    mails: VecDeque<Arc<Mail>>,
    accepted: u64,
}

impl Mailbox {
    /// Takes a mail in and gives it its number.
    pub(crate) fn add(&self, mut mail: Mail) -> Arc<Mail> {
        let mut contents = self.lock();
        contents.accepted += 1;
        mail.number = contents.accepted;
        let mail = Arc::new(mail);
        contents.mails.truncate(KEPT - 1);
        contents.mails.push_front(Arc::clone(&mail));
        mail
    }

    /// All mails, the newest first.
    pub(crate) fn newest_first(&self) -> Vec<Arc<Mail>> {
        self.lock().mails.iter().cloned().collect()
    }

    /// How many mails were accepted since the start, also of those that have given way.
    pub(crate) fn accepted(&self) -> u64 {
        self.lock().accepted
    }

    /// The mails that have a text in a recipient or in the subject, in any letter case, the newest first.
    pub(crate) fn matching(&self, text: &str) -> Vec<Arc<Mail>> {
        let text = text.trim().to_lowercase();
        let mut mails = self.newest_first();
        mails.retain(|mail| mail.mentions(&text));
        mails
    }

    pub(crate) fn get(&self, message_id: &str) -> Option<Arc<Mail>> {
        self.lock().mails.iter().find(|mail| mail.message_id == message_id).cloned()
    }

    /// Notes an event that somebody brings to the queue, if it is about a mail that is here.
    pub(crate) fn note_brought(&self, body: &str, at: Timestamp) {
        let Ok(envelope) = serde_json::from_str::<Value>(body) else { return };
        let json = envelope["Message"].as_str().unwrap_or(body);
        let Ok(event) = serde_json::from_str::<Value>(json) else { return };
        let kind = event["eventType"].as_str().or_else(|| event["notificationType"].as_str());
        let mail = event["mail"]["messageId"].as_str().and_then(|id| self.get(id));
        if let (Some(kind), Some(mail)) = (kind, mail) {
            mail.life.note(at, What::Published { kind: kind.to_owned(), json: json.into() });
        }
    }

    /// The answer of `GET /_local/mailbox`.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "messages": self.newest_first().iter().map(|mail| mail.to_json()).collect::<Vec<_>>() })
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn mail(id: &str, to: &str, subject: &str) -> Mail {
        Mail {
            message_id: id.to_owned(),
            envelope_to: vec![to.to_owned()],
            from: "billing@roe-partners.example".to_owned(),
            subject: subject.to_owned(),
            tags: BTreeMap::from([("token".to_owned(), "abc".to_owned())]),
            raw: "Subject: Invoice 1042\r\n\r\n".to_owned(),
            ..Mail::default()
        }
    }

    #[test]
    fn the_newest_comes_first_and_is_found_by_its_id() {
        let mailbox = Mailbox::default();
        for id in ["first", "second"] {
            mailbox.add(mail(id, "ann@example.com", "Invoice 1042"));
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
        assert_eq!(mailbox.get("second").unwrap().number, 2);
    }

    #[test]
    fn a_search_looks_at_recipient_and_subject() {
        let mailbox = Mailbox::default();
        mailbox.add(mail("1", "Ann@example.com", "Rechnung ÄÖ"));
        mailbox.add(mail("2", "bob@example.com", "Invoice 7"));
        let found = |text: &str| mailbox.matching(text).iter().map(|mail| mail.message_id.clone()).collect::<String>();
        for (text, ids) in
            [("", "21"), (" ANN@", "1"), ("äö", "1"), ("example.com", "21"), ("invoice 7", "2"), ("?", "")]
        {
            assert_eq!(found(text), ids, "{text}");
        }
    }

    #[test]
    fn events_about_a_mail_are_noted_in_whatever_they_travel() {
        let mailbox = Mailbox::default();
        let mail = mailbox.add(mail("0107-id", "ann@example.com", "Invoice 1"));
        let event = json!({ "eventType": "Delivery", "mail": { "messageId": "0107-id" } }).to_string();
        let feedback = json!({ "notificationType": "Bounce", "mail": { "messageId": "0107-id" } }).to_string();
        let later = Timestamp::from_second(9).unwrap();
        mailbox.note_brought(&crate::sns::envelope(&event), later);
        mailbox.note_brought(&feedback, Timestamp::UNIX_EPOCH);
        for other in
            ["junk", "{}", "[1]", r#"{"eventType":"Send","mail":{"messageId":"another"}}"#, r#"{"Message":"x"}"#]
        {
            mailbox.note_brought(other, later);
        }
        let published = |kind: &str, json: &str| What::Published { kind: kind.to_owned(), json: json.into() };
        let what: Vec<_> = mail.life.in_order().into_iter().map(|happening| happening.what).collect();
        assert_eq!(what, [published("Bounce", &feedback), published("Delivery", &event)]);
    }

    #[test]
    fn a_life_is_bounded() {
        let life = Life::default();
        for second in 0..=MOST_HAPPENINGS {
            life.note(Timestamp::from_second(i64::try_from(second).unwrap()).unwrap(), What::Shown);
        }
        let happenings = life.in_order();
        assert_eq!((happenings.len(), happenings[0].at.as_second()), (MOST_HAPPENINGS, 1));
    }
}
