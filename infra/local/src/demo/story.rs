//! The demo firm's last sixty days: who was e-mailed which invoice when, and what became of it.

use domain::ids::Kind;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::fate::Fate;

/// Any number: the same one at each start, so that the demo tells the same story.
const SEED: u64 = 1042;

const DAYS: i64 = 60;

/// The firm's staff, who send.
pub(super) const STAFF: [&str; 3] =
    ["anna.roe@roe-partners.example", "m.okafor@roe-partners.example", "billing@roe-partners.example"];

/// A client of the firm, and whom there invoices go to.
pub(super) struct Client {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) currency: &'static str,
    pub(super) people: &'static [(&'static str, &'static str)],
}

pub(super) const CLIENTS: [Client; 12] = [
    Client {
        id: "client-01",
        name: "Harbor Logistics GmbH",
        currency: "EUR",
        people: &[("Ines Brandt", "ines.brandt@harbor-logistics.example"), ("", "accounts@harbor-logistics.example")],
    },
    Client {
        id: "client-02",
        name: "Quarry & Stone Ltd",
        currency: "GBP",
        people: &[("Tom Ashworth", "tom@quarry-stone.example"), ("Priya Nair", "priya@quarry-stone.example")],
    },
    Client {
        id: "client-03",
        name: "Northlight Energy",
        currency: "USD",
        people: &[("Dana Whitfield", "dwhitfield@northlight.example")],
    },
    Client {
        id: "client-04",
        name: "Fenwick Dental Group",
        currency: "USD",
        people: &[("Dr. Lee Fenwick", "lee@fenwick-dental.example"), ("", "office@fenwick-dental.example")],
    },
    Client {
        id: "client-05",
        name: "Société Marchand",
        currency: "EUR",
        people: &[("Élodie Marchand", "elodie@marchand.example")],
    },
    Client {
        id: "client-06",
        name: "Blue Heron Estates",
        currency: "USD",
        people: &[("Carlos Mena", "carlos.mena@blueheron.example"), ("Ruth Adler", "ruth.adler@blueheron.example")],
    },
    Client {
        id: "client-07",
        name: "Acme Tooling Inc.",
        currency: "USD",
        people: &[("Bob Stone", "bob@acme-tooling.example"), ("Ann Lee", "ann.lee@acme-tooling.example")],
    },
    Client {
        id: "client-08",
        name: "Kestrel Aviation",
        currency: "USD",
        people: &[("", "payables@kestrel-aviation.example")],
    },
    Client {
        id: "client-09",
        name: "Linden & Sohn",
        currency: "EUR",
        people: &[("Jürgen Linden", "linden@linden-sohn.example")],
    },
    Client {
        id: "client-10",
        name: "Maple Street Bakery",
        currency: "USD",
        people: &[("Grace Oduya", "grace@maplestreet.example")],
    },
    Client {
        id: "client-11",
        name: "Orchard Biotech",
        currency: "USD",
        people: &[("Sam Keller", "skeller@orchard-bio.example"), ("", "ap@orchard-bio.example")],
    },
    Client {
        id: "client-12",
        name: "Estate of H. Vance",
        currency: "USD",
        people: &[("Miriam Vance", "miriam.vance@vance-family.example")],
    },
];

/// One address of a planned send.
pub(super) struct To {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) address: String,
    pub(super) fate: Fate,
}

/// A planned send.
pub(super) struct Planned {
    pub(super) at: Timestamp,
    pub(super) client: usize,
    /// The invoice's place in the firm's numbering.
    pub(super) invoice: u32,
    pub(super) amount: String,
    pub(super) recipients: Vec<To>,
    pub(super) sent_by: &'static str,
    /// The send that this one repeats for its first recipient, by its place in the plan.
    pub(super) resends: Option<usize>,
}

impl Planned {
    /// The invoice's number, which is its id, too.
    pub(super) fn number(&self) -> String {
        format!("2026-{:04}", self.invoice)
    }
}

/// The whole story, oldest first but for the resends, which follow what they repeat. `scale` times as many invoices are
/// e-mailed on a working day as in a small firm.
pub(super) fn plan(now: Timestamp, scale: u32) -> Vec<Planned> {
    let mut story = Story { chance: StdRng::seed_from_u64(SEED), now, scale, plan: Vec::new(), invoice: 0 };
    for days_ago in (1..=DAYS).rev() {
        let day = now.to_zoned(TimeZone::UTC).saturating_sub(days_ago.days());
        story.day(&day);
    }
    story.last_hours();
    story.plan
}

struct Story {
    chance: StdRng,
    now: Timestamp,
    scale: u32,
    plan: Vec<Planned>,
    invoice: u32,
}

impl Story {
    /// A few invoices on a working day, and one for everybody on the first of a month.
    fn day(&mut self, day: &Zoned) {
        if day.day() == 1 {
            for client in 0..CLIENTS.len() {
                self.invoice(day, client);
            }
        } else if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            for _ in 0..self.chance.random_range(1..=4) * self.scale {
                let client = self.chance.random_range(0..CLIENTS.len());
                self.invoice(day, client);
            }
        }
    }

    fn invoice(&mut self, day: &Zoned, client: usize) {
        let minute = self.chance.random_range(8 * 60..18 * 60);
        let second = self.chance.random_range(0..60_000_i64);
        let at = day.start_of_day().map_or(day.timestamp(), |start| start.timestamp());
        let at = at + SignedDuration::from_mins(minute) + SignedDuration::from_millis(second);
        let fate = self.usual_or_special(client);
        let mut recipients = vec![to(Kind::To, client, 0, fate)];
        if CLIENTS[client].people.len() > 1 && self.chance.random_bool(0.6) {
            let fate = self.usual();
            recipients.push(to(Kind::Cc, client, 1, fate));
        }
        self.send(at, client, recipients);
        match fate {
            Fate::HardBounce => self.resend(at, client),
            // Nobody noticed, and the next invoice went to the same address.
            Fate::Complaint => self.again_to_who_complained(at, client),
            _ => {}
        }
    }

    fn send(&mut self, at: Timestamp, client: usize, recipients: Vec<To>) {
        self.invoice += 1;
        let amount = format!("{}.{:02}", self.chance.random_range(180..9_400), self.chance.random_range(0..20) * 5);
        let sent_by = STAFF.choose(&mut self.chance).copied().unwrap_or(STAFF[0]);
        self.plan.push(Planned { at, client, invoice: self.invoice, amount, recipients, sent_by, resends: None });
    }

    /// A typing error is found and corrected the next day.
    fn resend(&mut self, at: Timestamp, client: usize) {
        let (again, place) = (at + SignedDuration::from_hours(20), self.plan.len() - 1);
        let Some(first) = self.plan.get(place).filter(|_| again < self.now) else { return };
        let resend = Planned {
            at: again,
            client,
            invoice: first.invoice,
            amount: first.amount.clone(),
            recipients: vec![to(Kind::To, client, 0, Fate::Read { times: 1, clicked: true })],
            sent_by: STAFF[0],
            resends: Some(place),
        };
        self.plan.push(resend);
    }

    fn again_to_who_complained(&mut self, at: Timestamp, client: usize) {
        let again = at + SignedDuration::from_hours(9 * 24);
        if again < self.now {
            self.send(again, client, vec![to(Kind::To, client, 0, Fate::SuppressedByUs)]);
        }
    }

    /// Rare things happen to certain invoices, so that each is there, and only once or twice among a thousand.
    fn usual_or_special(&mut self, client: usize) -> Fate {
        match (self.invoice + 1) % 1_000 {
            12 | 80 => Fate::HardBounce,
            19 | 84 => Fate::MailboxFull,
            27 => Fate::SuppressedBySes,
            68 => Fate::ContentRejected,
            72 => Fate::Complaint,
            76 | 100 => Fate::AutoReply,
            88 => Fate::Forwarded,
            92 => Fate::DeferredThenRead,
            96 => Fate::Unsubscribed,
            // Kestrel's server scans all that comes in.
            _ if client == 7 => Fate::ScannedThenRead,
            _ => self.usual(),
        }
    }

    fn usual(&mut self) -> Fate {
        match self.chance.random_range(0..100) {
            0..34 => Fate::Read { times: 1, clicked: false },
            34..52 => Fate::Read { times: 2, clicked: true },
            52..60 => Fate::Read { times: 4, clicked: true },
            60..78 => Fate::AppleOnly,
            _ => Fate::Unread,
        }
    }

    /// What is under way right now.
    fn last_hours(&mut self) {
        let ago = |minutes: i64| self.now - SignedDuration::from_mins(minutes);
        let sends = [
            (ago(31 * 60), 10, vec![to(Kind::To, 10, 0, Fate::Silent), to(Kind::Cc, 10, 1, Fate::Unread)]),
            (ago(5 * 60), 8, vec![to(Kind::To, 8, 0, Fate::Deferred)]),
            (
                ago(200),
                3,
                vec![to(Kind::To, 3, 0, Fate::HardBounce), to(Kind::Cc, 3, 1, Fate::Read { times: 1, clicked: true })],
            ),
            (ago(95), 6, vec![to(Kind::To, 6, 1, Fate::Read { times: 1, clicked: false })]),
            (ago(40), 4, vec![to(Kind::To, 4, 0, Fate::AppleOnly)]),
        ];
        for (at, client, recipients) in sends {
            self.send(at, client, recipients);
        }
    }
}

/// A client's person as a recipient. Who bounced was mistyped; who is held back is a former employee.
fn to(kind: Kind, client: usize, person: usize, fate: Fate) -> To {
    let (name, address) = CLIENTS[client].people[person];
    let (local, domain) = address.split_once('@').unwrap_or((address, "example.com"));
    let address = match fate {
        Fate::HardBounce => format!("{local}e@{domain}"),
        Fate::SuppressedBySes => format!("old.{local}@{domain}"),
        Fate::Complaint | Fate::SuppressedByUs | Fate::Unsubscribed => format!("reception@{domain}"),
        _ => address.to_owned(),
    };
    To { kind, name, address, fate }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T15:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_story_is_the_same_each_time_and_lies_in_the_past() {
        let (one, other) = (plan(now(), 1), plan(now(), 1));
        let addresses = |plan: &[Planned]| -> Vec<String> {
            plan.iter().flat_map(|send| send.recipients.iter().map(|to| to.address.clone())).collect()
        };
        assert_eq!(addresses(&one), addresses(&other));
        assert!((100..400).contains(&one.len()), "{}", one.len());
        assert!(one.iter().all(|send| send.at <= now()));
        assert!(
            one.iter().filter_map(|send| send.resends).all(|place| one[place].recipients[0].fate == Fate::HardBounce)
        );
    }

    #[test]
    fn a_larger_firm_has_more_of_everything() {
        let bounces = |scale: u32| {
            let fates = plan(now(), scale).into_iter().flat_map(|send| send.recipients).map(|to| to.fate);
            fates.filter(|fate| *fate == Fate::HardBounce).count()
        };
        assert!(plan(now(), 50).len() > 20 * plan(now(), 1).len());
        assert!(bounces(50) > bounces(1));
    }

    #[test]
    fn every_fate_is_told() {
        let plan = plan(now(), 1);
        let told: Vec<Fate> = plan.iter().flat_map(|send| send.recipients.iter().map(|to| to.fate)).collect();
        for fate in [
            Fate::Unread,
            Fate::AppleOnly,
            Fate::ScannedThenRead,
            Fate::HardBounce,
            Fate::MailboxFull,
            Fate::ContentRejected,
            Fate::DeferredThenRead,
            Fate::Deferred,
            Fate::Complaint,
            Fate::AutoReply,
            Fate::Forwarded,
            Fate::SuppressedBySes,
            Fate::SuppressedByUs,
            Fate::Unsubscribed,
            Fate::Silent,
        ] {
            assert!(told.contains(&fate), "{fate:?}");
        }
    }
}
