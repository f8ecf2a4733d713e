//! A month of a firm that e-mails a lot: who was e-mailed which invoice when, and what became of it.

use domain::address::Mailbox;
use domain::facts::{Facts, RawFacts};
use domain::fold::fold;
use domain::ids::{Firm, Kind, Position, RecipientKey, SendId};
use domain::message::{Body, Look};
use domain::recipient::{Outbox, Recipient, Source};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{SeedError, clients};
use crate::demo::fate::{Fate, Writer};

/// Any number: the same one each time, so that the same rows are written.
const SEED: u64 = 1_000_000;

/// How long the month is.
const DAYS: i64 = 30;

/// How often an address is written to on average; between 5 and 20 times nearly always.
const PER_ADDRESS: u64 = 12;

/// Recipients that a client has at least: a firm with few mails has few clients.
const PER_CLIENT: u64 = 20;

/// How long a client has to pay.
const DAYS_TO_PAY: i64 = 30;

const FIRM_NAME: &str = "Roe & Partners";

const STAFF: [&str; 3] =
    ["anna.roe@roe-partners.example", "m.okafor@roe-partners.example", "billing@roe-partners.example"];

/// What becomes of a recipient's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Fate(Fate),
    /// A person opened it, and said so in the portal.
    Confirmed,
    /// It waits to be sent.
    Queued,
}

/// How many of 100,000 take each course. Rejected, delayed, marked as spam and queued are 100 of them together.
const COURSES: [(u32, Course); 20] = [
    (39_870, Course::Fate(Fate::Unread)),
    (21_000, Course::Fate(Fate::Read { times: 1, clicked: false })),
    (9_000, Course::Fate(Fate::Read { times: 2, clicked: true })),
    (5_000, Course::Fate(Fate::Read { times: 3, clicked: false })),
    (3_000, Course::Fate(Fate::Read { times: 1, clicked: true })),
    (2_000, Course::Confirmed),
    (12_000, Course::Fate(Fate::AppleOnly)),
    (5_000, Course::Fate(Fate::ScannedThenRead)),
    (1_500, Course::Fate(Fate::AutoReply)),
    (1_000, Course::Fate(Fate::DeferredThenRead)),
    (400, Course::Fate(Fate::Forwarded)),
    (100, Course::Fate(Fate::Unsubscribed)),
    (30, Course::Fate(Fate::Silent)),
    (40, Course::Fate(Fate::HardBounce)),
    (12, Course::Fate(Fate::MailboxFull)),
    (8, Course::Fate(Fate::ContentRejected)),
    (6, Course::Fate(Fate::SuppressedBySes)),
    (20, Course::Fate(Fate::Complaint)),
    (10, Course::Fate(Fate::Deferred)),
    (4, Course::Queued),
];

const SUBJECTS: [&str; 6] = [
    "Invoice {number} from Roe & Partners",
    "Your invoice {number}",
    "Invoice {number} for {client}",
    "Reminder: invoice {number} is due",
    "Corrected invoice {number}",
    "Final statement and invoice {number}",
];

/// The sends, oldest first.
pub(super) struct Story {
    firm: Firm,
    chance: StdRng,
    until: Timestamp,
    /// The month's hours, each with the share of the mails that are sent before its end.
    hours: Vec<(Timestamp, f64)>,
    count: u64,
    told: u64,
    sends: u64,
}

impl Story {
    /// `count` recipients, the last of them submitted to before `until`.
    pub(super) fn new(firm: Firm, count: u64, until: Timestamp) -> Self {
        let chance = StdRng::seed_from_u64(SEED);
        Self { firm, chance, until, hours: hours(until), count, told: 0, sends: 0 }
    }

    /// The days of UTC that it lies in.
    pub(super) fn days(&self) -> (Date, Date) {
        let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
        (self.hours.first().map_or(Date::MIN, |(start, _)| day(*start)), day(self.until))
    }

    fn clients(&self) -> u64 {
        (self.count / PER_CLIENT).clamp(1, clients::CLIENTS)
    }

    fn people_of_a_client(&self) -> u64 {
        self.count.div_ceil(self.clients() * PER_ADDRESS)
    }

    /// When the next send is submitted, by how much of the story is told.
    fn next_at(&self) -> Timestamp {
        #[expect(clippy::cast_precision_loss, reason = "a share need not be exact")]
        let share = self.told as f64 / self.count as f64;
        let place = self.hours.partition_point(|(_, before)| *before <= share).min(self.hours.len() - 1);
        let (start, end) = (self.hours[place].0, self.hours[place].1);
        let earlier = place.checked_sub(1).map_or(0.0, |place| self.hours[place].1);
        let within = (share - earlier) / (end - earlier).max(f64::EPSILON);
        start + SignedDuration::from_secs_f64(within.clamp(0.0, 0.999_9) * 3_600.0)
    }

    fn send(&mut self) -> Result<(Vec<Recipient>, Body), SeedError> {
        let at = self.next_at();
        let (id, client) = (SendId::new(at, self.chance.random()), self.chance.random_range(0..self.clients()));
        let most = usize::try_from(self.count - self.told).unwrap_or(usize::MAX);
        let size = [1, 1, 1, 1, 1, 1, 1, 1, 2, 3][self.chance.random_range(0..10)].min(most);
        self.sends += 1;
        let number = format!("{}-{:07}", at.to_zoned(TimeZone::UTC).year(), self.sends);
        let subject = SUBJECTS[self.chance.random_range(0..SUBJECTS.len())];
        let subject = subject.replace("{number}", &number).replace("{client}", &clients::name(client));
        let sent_by = STAFF[self.chance.random_range(0..STAFF.len())];
        let mut recipients = Vec::with_capacity(size);
        for place in 0..size {
            let (kind, index) = if place == 0 { (Kind::To, 0) } else { (Kind::Cc, place - 1) };
            let position = Position { kind, index: u8::try_from(index).unwrap_or(u8::MAX) };
            let key = RecipientKey { firm: self.firm.clone(), invoice: parse(&number)?, send: id, position };
            let (name, address) = clients::person(client, self.chance.random_range(0..self.people_of_a_client()));
            let mailbox = Mailbox { address: parse(&address)?, name: Some(name) };
            let recipient = Recipient {
                sent_by: Some(sent_by.to_owned()),
                number: Some(number.clone()),
                client: Some(clients::id(client)),
                client_name: Some(clients::name(client)),
                ..Recipient::new(key, mailbox, &subject, Source::Manual)
            };
            let course = course(self.chance.random_range(0..100_000));
            recipients.push(self.live(recipient, at, course));
        }
        self.told += size as u64;
        let body = self.body(at, client, &number, subject, &recipients)?;
        Ok((recipients, body))
    }

    /// What became of one copy.
    fn live(&mut self, mut recipient: Recipient, at: Timestamp, course: Course) -> Recipient {
        let network: u64 = self.chance.random();
        let writer = Writer {
            submitted_at: at,
            now: self.until,
            address: recipient.mailbox.address.to_string(),
            network,
            reads_after: self.chance.random_range(120..200_000),
        };
        let fate = match course {
            Course::Queued => None,
            Course::Confirmed => Some(Fate::Read { times: 1, clicked: true }),
            Course::Fate(fate) => Some(fate),
        };
        if let Some(fate) = fate {
            recipient.outbox = Outbox { settled: true, attempts: 1, ..Outbox::default() };
            recipient.log = writer.log(fate);
            recipient.message_id = Some(format!("0107{:012x}-{network:016x}-000000", at.as_millisecond()));
        }
        let confirmed_at = at + SignedDuration::from_secs(writer.reads_after + 90);
        if course == Course::Confirmed && confirmed_at <= self.until {
            recipient.log.portal_actions.insert(confirmed_at);
        }
        let view = fold(&recipient, self.until);
        (recipient.attention_since, recipient.rare) = (view.attention_since, view.rare);
        recipient
    }

    fn body(
        &mut self,
        at: Timestamp,
        client: u64,
        number: &str,
        subject: String,
        recipients: &[Recipient],
    ) -> Result<Body, SeedError> {
        let amount = format!("{}.{:02}", self.chance.random_range(80..9_900), self.chance.random_range(0..20) * 5);
        let due_on = at.to_zoned(TimeZone::UTC).date().saturating_add(DAYS_TO_PAY.days()).to_string();
        let (client_id, client_name) = (clients::id(client), clients::name(client));
        let raw = RawFacts {
            number: Some(number),
            client: Some(&client_id),
            client_name: Some(&client_name),
            currency: Some("USD"),
            amount: Some(&amount),
            due_on: Some(&due_on),
            ..RawFacts::default()
        };
        let in_kind = |kind| {
            let of_kind = recipients.iter().filter(move |recipient| recipient.key.position.kind == kind);
            of_kind.map(|recipient| recipient.mailbox.clone()).collect()
        };
        Ok(Body {
            subject,
            firm_name: FIRM_NAME.to_owned(),
            to: in_kind(Kind::To),
            cc: in_kind(Kind::Cc),
            message: Some(format!(
                "Dear {client_name},\n\nplease find our invoice {number}.\n\nKind regards\nAnna Roe"
            )),
            html: None,
            text: None,
            facts: Facts::parse(&raw).map_err(|error| SeedError::Domain(error.to_string()))?,
            look: Look::default(),
        })
    }
}

impl Iterator for Story {
    type Item = Result<(Vec<Recipient>, Body), SeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        (self.told < self.count).then(|| self.send())
    }
}

/// Most is sent on working days by day.
fn hours(until: Timestamp) -> Vec<(Timestamp, f64)> {
    let starts = (1..=DAYS * 24).rev().map(|ago| until - SignedDuration::from_hours(ago));
    let weighed = starts.map(|start| {
        let hour = start.to_zoned(TimeZone::UTC);
        let by_day = (8..18).contains(&hour.hour());
        let free = matches!(hour.weekday(), Weekday::Saturday | Weekday::Sunday);
        (start, if by_day && !free { 20.0 } else { 1.0 })
    });
    let weighed: Vec<(Timestamp, f64)> = weighed.collect();
    let whole: f64 = weighed.iter().map(|(_, weight)| weight).sum();
    let mut before = 0.0;
    let share = weighed.into_iter().map(|(start, weight)| {
        before += weight / whole;
        (start, before)
    });
    share.collect()
}

fn course(mut chance: u32) -> Course {
    for (share, course) in COURSES {
        match chance.checked_sub(share) {
            Some(rest) => chance = rest,
            None => return course,
        }
    }
    Course::Fate(Fate::Unread)
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, SeedError> {
    text.parse().map_err(|error: T::Err| SeedError::Domain(format!("{text}: {error}")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::fold::SentStatus;
    use domain::log::Log;
    use std::collections::{BTreeMap, BTreeSet};

    fn until() -> Timestamp {
        "2026-11-22T15:00:00Z".parse().unwrap()
    }

    fn recipients(count: u64) -> Vec<Recipient> {
        Story::new("roe".parse().unwrap(), count, until()).flat_map(|send| send.unwrap().0).collect()
    }

    #[test]
    fn the_story_is_the_same_each_time_and_lies_in_the_last_month_in_order() {
        let told = recipients(2_000);
        assert_eq!(told, recipients(2_000));
        assert_eq!(told.len(), 2_000);
        let at: Vec<Timestamp> = told.iter().map(Recipient::submitted_at).collect();
        assert!(at.is_sorted());
        assert!(at[0] >= until() - SignedDuration::from_hours(DAYS * 24) && at[1_999] < until());
        let keys: BTreeSet<_> = told.iter().map(|recipient| recipient.key.clone()).collect();
        assert_eq!(keys.len(), 2_000);
    }

    #[test]
    fn rare_things_are_one_in_a_thousand_and_nothing_is_missing() {
        let mut story = Story::new("roe".parse().unwrap(), 10, until());
        let template = recipients(10).remove(0);
        let mut shares = BTreeMap::new();
        for (share, course) in COURSES {
            let recipient = Recipient { log: Log::default(), outbox: Outbox::default(), ..template.clone() };
            let lived = story.live(recipient, template.submitted_at(), course);
            *shares.entry(fold(&lived, until()).sent_status.as_str()).or_insert(0) += share;
        }
        assert_eq!(shares.len(), SentStatus::ALL.len(), "{shares:?}");
        assert_eq!(shares.values().sum::<u32>(), 100_000);
        let rare = ["queued", "rejected", "delayed", "marked_spam"].map(|status| shares[status]);
        assert_eq!(rare.iter().sum::<u32>(), 100, "{shares:?}");
        let courses = (0..100_000).filter(|chance| course(*chance) == Course::Queued);
        assert_eq!(courses.count(), 4);
    }

    #[test]
    fn clients_and_addresses_come_again() {
        let told = recipients(10_000);
        let mut addresses = BTreeMap::new();
        for recipient in &told {
            *addresses.entry(recipient.mailbox.address.to_string()).or_insert(0_u32) += 1;
        }
        let often = addresses.values().filter(|count| (5..=20).contains(*count)).count();
        assert!(often * 10 > addresses.len() * 9, "{often} of {}", addresses.len());
        let clients: BTreeSet<_> = told.iter().map(|recipient| recipient.client.clone()).collect();
        assert_eq!(clients.len(), 500);
        let large = Story::new("roe".parse().unwrap(), 1_000_000, until());
        assert_eq!(large.clients(), clients::CLIENTS);
        assert_eq!(recipients(10).len(), 10);
    }
}
