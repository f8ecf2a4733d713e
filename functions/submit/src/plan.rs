//! A send before it is written: who gets it, what everybody should know before.

use domain::address::{Address, Mailbox};
use domain::event::{DropCause, Event, EventKind, SuppressionReason};
use domain::fold::fold;
use domain::ids::{Client, Firm, Invoice, Kind, Position, RecipientKey, SendId};
use domain::invoice::StoredInvoice;
use domain::log::Log;
use domain::message::{Body, Look};
use domain::recipient::{Recipient, Source};
use domain::warning::{Warning, for_address};
use jiff::{SignedDuration, Timestamp};
use lambda::{Call, Caller};
use table::Prepared;

/// For how long a send of the same invoice to the same person is worth a warning.
const RECENT_LASTS: SignedDuration = SignedDuration::from_hours(24);

/// What a request says about a send.
pub(crate) struct Content {
    /// What everybody gets, with the visible addresses.
    pub(crate) body: Body,
    /// Who gets it unseen.
    pub(crate) bcc: Vec<Mailbox>,
    /// Whether copies carry a pixel and links of ours.
    pub(crate) track: bool,
}

/// One person of a plan.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) position: Position,
    pub(crate) mailbox: Mailbox,
    pub(crate) warnings: Vec<Warning>,
}

/// A send to be made.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) firm: Firm,
    pub(crate) invoice: Invoice,
    pub(crate) send: SendId,
    pub(crate) people: Vec<Person>,
    pub(crate) body: Body,
    pub(crate) now: Timestamp,
    /// The recipient of an earlier send whom this one replaces.
    pub(crate) supersedes: Option<Recipient>,
    source: Source,
    tracked: bool,
    sent_by: Option<String>,
}

impl Plan {
    pub(crate) fn new(caller: &Caller, invoice: Invoice, source: Source, call: &Call, content: Content) -> Self {
        let Content { body, bcc, track } = content;
        let place = |kind: Kind, list: &[Mailbox]| {
            let numbered = (0u8..).zip(list.to_vec());
            numbered.map(move |(index, mailbox)| Person {
                position: Position { kind, index },
                warnings: for_address(&mailbox.address),
                mailbox,
            })
        };
        let people = place(Kind::To, &body.to).chain(place(Kind::Cc, &body.cc)).chain(place(Kind::Bcc, &bcc)).collect();
        Self {
            firm: caller.firm.clone(),
            invoice,
            send: SendId::new(call.now, call.random),
            people,
            body,
            now: call.now,
            supersedes: None,
            source,
            tracked: track,
            sent_by: caller.name.clone(),
        }
    }

    /// What the firm has changed since an earlier send was made of this content: what is still to be paid, whether that
    /// is shown, whether openings are seen.
    pub(crate) fn bring_up_to_date(&mut self, prepared: &Prepared) {
        let Prepared { settings, stored, client, .. } = prepared;
        self.body.look = Look::from(settings);
        self.body.firm_name = settings.name_of(&self.firm).to_owned();
        self.tracked &= settings.tracks(client.as_ref());
        // What is left goes with the amount and the day that it is left of: all of it is as it is now, or as it was.
        let now = stored.as_ref().map(StoredInvoice::facts_now).filter(|now| now.balance.is_some());
        let said = &mut self.body.facts;
        if let Some(now) = now.filter(|now| now.currency == said.currency) {
            (said.amount, said.balance) = (now.amount.or(said.amount), now.balance);
            said.due_on = now.due_on.or(said.due_on);
        }
    }

    /// Says something about everybody.
    pub(crate) fn warn_all(&mut self, warning: &Warning) {
        self.people.iter_mut().for_each(|person| person.warnings.push(warning.clone()));
    }

    /// The client whose invoice it is.
    pub(crate) fn client(&self) -> Option<&Client> {
        self.body.facts.client.as_ref()
    }

    pub(crate) fn addresses(&self) -> Vec<&Address> {
        self.people.iter().map(|person| &person.mailbox.address).collect()
    }

    /// The recipients as they would be written, one for each of the people, who get what is to be warned of.
    pub(crate) fn settle(&mut self, prepared: &Prepared) -> Vec<Recipient> {
        self.warn(prepared);
        self.people.iter().map(|person| self.recipient(person, prepared)).collect()
    }

    /// Adds what is known of the addresses' past.
    fn warn(&mut self, Prepared { suppressions, recent, .. }: &Prepared) {
        for person in &mut self.people {
            let address = person.mailbox.address.same_mailbox_key();
            let bounced = suppressions.get(&address).filter(|entry| entry.reason == SuppressionReason::Bounced);
            person.warnings.extend(bounced.map(|entry| Warning::previously_bounced(entry.since)));
            // Whoever sends again knows of the e-mail that this one replaces.
            let replaced = self.supersedes.as_ref().map(|old| old.key.send);
            let recent = recent.get(&address).filter(|recent| Some(recent.send) != replaced);
            let recent = recent.map(|recent| recent.send.submitted_at());
            let recent = recent.filter(|at| self.now.duration_since(*at) < RECENT_LASTS);
            person.warnings.extend(recent.map(Warning::recently_sent));
        }
    }

    /// One recipient: whoever is on the firm's suppression list is dropped from the start.
    fn recipient(&self, person: &Person, prepared: &Prepared) -> Recipient {
        let address = person.mailbox.address.same_mailbox_key();
        let entry = prepared.suppressions.get(&address);
        let dropped = entry.filter(|entry| entry.is_active()).map(|entry| {
            let cause = DropCause::Suppressed(entry.reason);
            Event::new(self.send.submitted_at(), EventKind::Dropped { cause, detail: None })
        });
        let mut recipient = self.blank(person);
        let same_person = prepared.recent.get(&address);
        recipient.predecessor = self
            .supersedes
            .as_ref()
            .map(|old| (old.key.send, old.key.position))
            .or_else(|| same_person.map(|recent| (recent.send, recent.position)));
        recipient.outbox.settled = dropped.is_some();
        recipient.log = Log::of(dropped);
        let view = fold(&recipient, self.now);
        (recipient.attention_since, recipient.rare) = (view.attention_since, view.rare);
        recipient
    }

    fn blank(&self, person: &Person) -> Recipient {
        let facts = &self.body.facts;
        let key = RecipientKey {
            firm: self.firm.clone(),
            invoice: self.invoice.clone(),
            send: self.send,
            position: person.position,
        };
        Recipient {
            sent_by: self.sent_by.clone(),
            tracked: self.tracked,
            number: facts.number.clone(),
            client: facts.client.as_ref().map(ToString::to_string),
            client_name: facts.client_name.clone(),
            ..Recipient::new(key, person.mailbox.clone(), &self.body.subject, self.source)
        }
    }
}
