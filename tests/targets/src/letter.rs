//! A letter made of an input's texts.

use std::cell::RefCell;

use domain::address::Mailbox;
use domain::facts::{Facts, RawFacts};
use domain::locale::Locale;
use domain::message::{Letter, Links};

pub(crate) const PIXEL: &str = "https://t.example.com/o/PIXEL.gif";
pub(crate) const UNSUBSCRIBE: &str = "https://t.example.com/u/UNSUBSCRIBE";
/// What each tracked link begins with; its index follows.
pub(crate) const CLICK: &str = "https://t.example.com/c/";

/// Everything that a letter borrows.
pub(crate) struct Draft {
    pub(crate) from: Mailbox,
    pub(crate) reply_to: Option<Mailbox>,
    pub(crate) firm_name: String,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) subject: String,
    pub(crate) message: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) facts: Facts,
    pub(crate) locale: Locale,
    /// The links that were replaced: their indexes and targets.
    pub(crate) tracked: RefCell<Vec<(u8, String)>>,
}

impl Default for Draft {
    fn default() -> Self {
        let facts = Facts::parse(&RawFacts {
            number: Some("1042"),
            currency: Some("USD"),
            amount: Some("1250.00"),
            due_on: Some("2026-12-01"),
            url: Some("https://portal.example.com/i/1042?a=1&b=2"),
            ..RawFacts::default()
        });
        Self {
            from: "Roe & Partners <invoices@example.com>".parse().expect("a mailbox"),
            reply_to: None,
            firm_name: "Roe & Partners".to_owned(),
            to: vec!["Ann Example <ann@example.com>".parse().expect("a mailbox")],
            cc: Vec::new(),
            subject: "Invoice 1042".to_owned(),
            message: None,
            html: None,
            text: None,
            facts: facts.expect("the facts of an invoice"),
            locale: Locale::default(),
            tracked: RefCell::default(),
        }
    }
}

impl Draft {
    /// Does something with the letter, tracked or not.
    pub(crate) fn with<T>(&self, tracks: bool, run: impl FnOnce(&Letter<'_>) -> T) -> T {
        self.tracked.borrow_mut().clear();
        let track_link = |index: u8, target: &str| {
            self.tracked.borrow_mut().push((index, target.to_owned()));
            format!("{CLICK}{index}")
        };
        run(&Letter {
            from: &self.from,
            from_name: None,
            reply_to: self.reply_to.as_ref(),
            firm_name: &self.firm_name,
            to: &self.to,
            cc: &self.cc,
            recipient_name: self.to.first().and_then(|mailbox| mailbox.name.as_deref()),
            subject: &self.subject,
            message: self.message.as_deref(),
            html: self.html.as_deref(),
            text: self.text.as_deref(),
            facts: &self.facts,
            shows_balance: true,
            brand_color: None,
            locale: &self.locale,
            links: Links {
                pixel_url: tracks.then(|| PIXEL.to_owned()),
                unsubscribe_url: UNSUBSCRIBE.to_owned(),
                page_url: None,
                track_link: if tracks { Some(&track_link) } else { None },
            },
            message_id: "01J000.to-0@example.com".to_owned(),
            date: "2026-11-21T23:05:00Z".parse().expect("a time"),
        })
    }
}
