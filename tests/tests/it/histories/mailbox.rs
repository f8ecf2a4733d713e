//! SES as a history plays it: what it took, and what it then says of each mail.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::RecipientKey;
use domain::token::{Purpose, TokenKeys};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use tests::Mail;

use super::fate::{Emitted, Fate};

/// The share of mails of which SES never tells one fact.
const EVENTS_LOST: f64 = 0.15;

/// A mail that SES took.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) key: RecipientKey,
    pub(super) address: String,
    pub(super) message_id: String,
    /// When the function asked for it.
    pub(super) asked_at: Timestamp,
    /// When the table first heard of it: SES's id of it was written.
    pub(super) known_at: Option<Timestamp>,
}

/// SES's side of a history.
pub(super) struct Mailbox {
    keys: TokenKeys,
    rng: StdRng,
    pub(super) mails: Vec<Taken>,
    ever_taken: usize,
    /// The same as their recipients have them.
    taken: Vec<Mail>,
    /// What becomes of each mail, where a test wants it so: then nothing is lost either.
    pub(super) always: Option<Fate>,
    /// Whom SES refused at least once.
    pub(super) refused: Vec<RecipientKey>,
    /// What SES has to say, of all mails.
    pub(super) emitted: Vec<Emitted>,
}

impl Mailbox {
    pub(super) fn new(keys: TokenKeys, seed: u64) -> Self {
        let rng = StdRng::seed_from_u64(seed ^ 0x5e5);
        Self {
            keys,
            rng,
            ever_taken: 0,
            always: None,
            mails: Vec::new(),
            taken: Vec::new(),
            refused: Vec::new(),
            emitted: Vec::new(),
        }
    }

    /// Whose mail a call would send.
    pub(super) fn recipient(&self, call: &Value) -> RecipientKey {
        let token = call["EmailTags"][0]["Value"].as_str().expect("a token");
        self.keys.open_recipient(Purpose::Tag, token).expect("a token of ours")
    }

    /// Takes a mail, and answers with SES's id of it.
    pub(super) fn accept(&mut self, call: &Value, asked_at: Timestamp, now: Timestamp) -> String {
        let number = self.mails.len();
        self.ever_taken += 1;
        let message_id = format!("0107019aa8c0f3b2-{:08x}-0000-4000-8000-000000000000-000000", self.ever_taken);
        let raw = STANDARD.decode(call["Content"]["Raw"]["Data"].as_str().unwrap()).unwrap();
        let tag = &call["EmailTags"][0];
        let mail = Mail {
            message_id: message_id.clone(),
            accepted_at: now,
            to: call["Destination"]["ToAddresses"][0].as_str().unwrap().to_owned(),
            subject: String::new(),
            tags: [(tag["Name"].as_str().unwrap().to_owned(), json!([tag["Value"]]))].into_iter().collect(),
            configuration_set: call["ConfigurationSetName"].clone(),
            raw: String::from_utf8(raw).expect("7 bits"),
        };
        let (key, address) = (self.recipient(call), mail.to.clone());
        let fate = Fate::any(&mut self.rng);
        let lost = self.rng.random_bool(EVENTS_LOST) && self.always.is_none();
        let fate = self.always.unwrap_or(fate);
        self.emitted.extend(fate.events(number, self.emitted.len(), &mail, lost, &mut self.rng));
        self.taken.push(mail);
        self.mails.push(Taken { key, address, message_id: message_id.clone(), asked_at, known_at: None });
        message_id
    }

    /// Everything that SES says of the mails so far is that they were delivered, once each.
    pub(super) fn deliver_all(&mut self) {
        self.emitted.clear();
        for (number, mail) in self.taken.iter().enumerate() {
            let rng = &mut self.rng;
            self.emitted.extend(Fate::Delivered.events(number, self.emitted.len(), mail, false, rng));
        }
    }

    /// What was sent so far is no part of the history.
    pub(super) fn forget(&mut self) {
        self.mails.clear();
        self.taken.clear();
        self.emitted.clear();
    }

    /// The table was told something: of which mails does it know by it?
    pub(super) fn note_written(&mut self, body: &str, now: Timestamp) {
        for mail in self.mails.iter_mut().filter(|mail| mail.known_at.is_none()) {
            if body.contains(&mail.message_id) {
                mail.known_at = Some(now);
            }
        }
    }
}
