//! Who is e-mailed, and what must become of each: decided by the invoice's number alone, so that nothing has to be kept.

use serde_json::Value;

/// Nine of ten invoices are the first one's.
pub(super) const FIRMS: [&str; 3] = ["roe", "doe", "poe"];

/// An invoice by its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invoice(pub(super) usize);

/// A recipient: the `place`th of an invoice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    invoice: usize,
    place: usize,
}

impl Invoice {
    pub(super) fn id(self) -> String {
        format!("inv-{}", self.0)
    }

    pub(super) fn of_id(id: &str) -> Self {
        Self(id.strip_prefix("inv-").and_then(|number| number.parse().ok()).expect("one of ours"))
    }

    pub(super) fn firm(self) -> &'static str {
        match self.0 % 20 {
            0 => FIRMS[1],
            1 => FIRMS[2],
            _ => FIRMS[0],
        }
    }

    /// One, or two for each tenth.
    pub(super) fn people(self) -> impl Iterator<Item = Person> {
        let count = if self.0.is_multiple_of(10) { 2 } else { 1 };
        (0..count).map(move |place| Person { invoice: self.0, place })
    }

    /// The person at a position as the report names it: `to:1`.
    pub(super) fn person(self, position: &Value) -> Person {
        let place = position.as_str().and_then(|text| text.strip_prefix("to:")).and_then(|place| place.parse().ok());
        Person { invoice: self.0, place: place.expect("a To") }
    }
}

impl Person {
    /// By the hundredth that the invoice is: eight ways to fare badly.
    fn fate(self) -> usize {
        if self.place == 0 { self.invoice % 100 } else { 50 }
    }

    /// An address of its own, so that nobody is suppressed for what became of another.
    pub(super) fn address(self) -> String {
        let label = format!("{}-{}", self.invoice, self.place);
        match self.fate() {
            92 | 93 => format!("bounce+{label}@simulator.amazonses.com"),
            94 => format!("complaint+{label}@simulator.amazonses.com"),
            95 => format!("ooto+{label}@simulator.amazonses.com"),
            96 => format!("delayed+{label}@local.test"),
            97 => format!("mailbox-full+{label}@local.test"),
            98 => format!("reject+{label}@local.test"),
            99 => format!("refuse+{label}@local.test"),
            _ => format!("person-{label}@client-{}.example", self.invoice % 400),
        }
    }

    /// Whether SES takes the mail.
    pub(super) fn is_mailed(self) -> bool {
        self.fate() != 99
    }

    pub(super) fn sent_status(self) -> &'static str {
        match self.fate() {
            92 | 93 | 97..=99 => "rejected",
            94 => "marked_spam",
            96 => "delayed",
            _ if self.reads().0 + self.reads().2 > 0 => "opened",
            _ => "sent",
        }
    }

    /// Opens by a person, opens by a machine, clicks.
    pub(super) fn reads(self) -> (u64, u64, u64) {
        if self.fate() >= 92 {
            return (0, 0, 0);
        }
        let one_in = |count: usize| u64::from(self.invoice.is_multiple_of(count));
        (one_in(3), one_in(4), one_in(11))
    }
}
