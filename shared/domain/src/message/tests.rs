//! What mail programs read out of composed e-mails.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod content;
mod headers;
mod letter;
mod tracking;

use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;

use super::*;
use crate::address::parse_list;
use crate::facts::{Facts, RawFacts};
use crate::locale::Locale;

const PIXEL: &str = "https://t.example.com/o/PIXEL.gif";
const UNSUBSCRIBE: &str = "https://t.example.com/u/UNSUBSCRIBE";

/// Everything that a letter borrows.
struct Draft {
    from: Mailbox,
    reply_to: Option<Mailbox>,
    firm_name: String,
    to: Vec<Mailbox>,
    cc: Vec<Mailbox>,
    recipient_name: Option<String>,
    subject: String,
    message: Option<String>,
    html: Option<String>,
    text: Option<String>,
    facts: Facts,
    shows_balance: bool,
    locale: Locale,
    tracked: bool,
    message_id: String,
    date: Timestamp,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            from: "\"Roe & Partners\" <invoices@example.com>".parse().unwrap(),
            reply_to: None,
            firm_name: "Roe & Partners".into(),
            to: parse_list("Ann Example <ann@example.com>").unwrap(),
            cc: vec![],
            recipient_name: Some("Ann Example".into()),
            subject: "Invoice 1042 from Roe & Partners".into(),
            message: Some("Dear Ann,\n\nplease find the invoice below.\n\nKind regards\nBob".into()),
            html: None,
            text: None,
            facts: Facts::parse(&RawFacts {
                number: Some("1042"),
                client: Some("client-7"),
                client_name: Some("Acme"),
                currency: Some("USD"),
                amount: Some("1250.00"),
                balance: Some("1000.00"),
                due_on: Some("2026-12-01"),
                url: Some("https://portal.example.com/i/1042?a=1&b=2"),
            })
            .unwrap(),
            shows_balance: true,
            locale: Locale::default(),
            tracked: true,
            message_id: "01J000.to-0@example.com".into(),
            date: "2026-11-21T23:05:00Z".parse().unwrap(),
        }
    }
}

fn track_link(index: u8, url: &str) -> String {
    format!("https://t.example.com/c/{index}&{}", url.replace([':', '/', '?', '&', '='], "_"))
}

impl Draft {
    fn letter(&self) -> Letter<'_> {
        Letter {
            from: &self.from,
            from_name: None,
            reply_to: self.reply_to.as_ref(),
            firm_name: &self.firm_name,
            to: &self.to,
            cc: &self.cc,
            recipient_name: self.recipient_name.as_deref(),
            subject: &self.subject,
            message: self.message.as_deref(),
            html: self.html.as_deref(),
            text: self.text.as_deref(),
            facts: &self.facts,
            shows_balance: self.shows_balance,
            brand_color: None,
            locale: &self.locale,
            links: Links {
                pixel_url: self.tracked.then(|| PIXEL.to_owned()),
                unsubscribe_url: UNSUBSCRIBE.to_owned(),
                page_url: None,
                track_link: if self.tracked { Some(&track_link) } else { None },
            },
            message_id: self.message_id.clone(),
            date: self.date,
        }
    }

    fn try_compose(&self) -> Result<Vec<u8>, ComposeError> {
        compose(&self.letter())
    }

    fn compose(&self) -> Read {
        let raw = self.try_compose().unwrap();
        for line in raw.split(|byte| *byte == b'\n') {
            assert!(line.len() < 998, "{}", String::from_utf8_lossy(line));
        }
        assert!(raw.is_ascii());
        let raw = String::from_utf8(raw).unwrap();
        assert_eq!(raw.matches('\n').count(), raw.matches("\r\n").count());
        assert_eq!(raw.matches('\r').count(), raw.matches("\r\n").count());
        Read { raw }
    }
}

/// An e-mail as a mail program reads it.
struct Read {
    raw: String,
}

impl Read {
    fn message(&self) -> mail_parser::Message<'_> {
        MessageParser::default().parse(self.raw.as_bytes()).unwrap()
    }

    fn head(&self) -> &str {
        self.raw.split_once("\r\n\r\n").unwrap().0
    }

    /// The names of the headers as they stand.
    fn header_names(&self) -> Vec<&str> {
        let lines = self.head().split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split_once(": ").unwrap().0).collect()
    }

    fn mailboxes(&self, header: &str) -> Vec<(Option<String>, String)> {
        let message = self.message();
        let addresses = message.header(header).unwrap().as_address().unwrap();
        let list = addresses.as_list().unwrap().iter();
        list.map(|one| (one.name().map(Into::into), one.address().unwrap().into())).collect()
    }

    fn header(&self, name: &str) -> String {
        let message = self.message();
        message.header_raw(name).unwrap().trim().to_owned()
    }

    fn part(&self, index: usize) -> String {
        let message = self.message();
        message.part(index as u32 + 1).unwrap().text_contents().unwrap().replace("\r\n", "\n")
    }

    fn text(&self) -> String {
        self.part(0)
    }

    fn html(&self) -> String {
        self.part(1)
    }
}
