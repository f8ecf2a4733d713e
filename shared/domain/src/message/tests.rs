//! What mail programs read out of composed e-mails.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;

use super::*;
use crate::address::parse_list;
use crate::facts::RawFacts;

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
    fn try_compose(&self) -> Result<Vec<u8>, ComposeError> {
        compose(&Letter {
            from: &self.from,
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
            links: Links {
                pixel_url: self.tracked.then(|| PIXEL.to_owned()),
                unsubscribe_url: UNSUBSCRIBE.to_owned(),
                track_link: if self.tracked { Some(&track_link) } else { None },
            },
            message_id: &self.message_id,
            date: self.date,
        })
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

#[test]
fn headers_are_complete_and_nothing_else() {
    let draft = Draft { reply_to: Some("Bob <bob@example.com>".parse().unwrap()), ..Draft::default() };
    let read = draft.compose();
    assert_eq!(
        read.header_names(),
        [
            "From",
            "Reply-To",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "MIME-Version",
            "Content-Type",
        ]
    );
    assert_eq!(read.mailboxes("From"), [(Some("Roe & Partners".into()), "invoices@example.com".into())]);
    assert_eq!(read.mailboxes("Reply-To"), [(Some("Bob".into()), "bob@example.com".into())]);
    assert_eq!(read.mailboxes("To"), [(Some("Ann Example".into()), "ann@example.com".into())]);
    assert_eq!(read.message().subject(), Some("Invoice 1042 from Roe & Partners"));
    assert_eq!(read.header("Date"), "Sat, 21 Nov 2026 23:05:00 +0000");
    assert_eq!(read.header("Message-ID"), "<01J000.to-0@example.com>");
    assert_eq!(read.header("Auto-Submitted"), "auto-generated");
    assert_eq!(read.header("List-Unsubscribe"), format!("<{UNSUBSCRIBE}>"));
    assert_eq!(read.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(read.header("MIME-Version"), "1.0");
}

#[test]
fn the_body_is_text_then_html() {
    let read = Draft::default().compose();
    let message = read.message();
    let content_type = message.content_type().unwrap();
    assert_eq!((content_type.ctype(), content_type.subtype()), ("multipart", Some("alternative")));
    assert_eq!(message.parts.len(), 3);
    for (part, subtype) in message.parts[1..].iter().zip(["plain", "html"]) {
        let content_type = part.content_type().unwrap();
        assert_eq!(content_type.subtype(), Some(subtype));
        assert_eq!(content_type.attribute("charset"), Some("utf-8"));
        assert!(["quoted-printable", "base64"].contains(&part.content_transfer_encoding().unwrap()));
    }
}

#[test]
fn composing_twice_gives_the_same_bytes_and_two_copies_differ_in_their_boundary() {
    let draft = Draft::default();
    let raw = draft.try_compose().unwrap();
    assert_eq!(raw, draft.try_compose().unwrap());
    let other = Draft { message_id: "01J000.to-1@example.com".into(), ..Draft::default() };
    let boundary = |read: &Read| read.message().content_type().unwrap().attribute("boundary").unwrap().to_owned();
    assert_ne!(boundary(&draft.compose()), boundary(&other.compose()));
    assert!(boundary(&other.compose()).starts_with("=_"));
}

#[test]
fn every_copy_shows_all_of_to_and_cc_and_nobody_of_bcc() {
    let draft = Draft {
        to: parse_list("ann@example.com; Zoë <zoe@münchen.example>").unwrap(),
        cc: parse_list("\"Roe, Bob\" <bob@example.com>").unwrap(),
        ..Draft::default()
    };
    let read = draft.compose();
    assert_eq!(
        read.mailboxes("To"),
        [(None, "ann@example.com".into()), (Some("Zoë".into()), "zoe@xn--mnchen-3ya.example".into())]
    );
    assert_eq!(read.mailboxes("Cc"), [(Some("Roe, Bob".into()), "bob@example.com".into())]);
    assert!(!read.header_names().iter().any(|name| name.eq_ignore_ascii_case("bcc")));

    let read = Draft { to: vec![], cc: vec![], ..Draft::default() }.compose();
    assert_eq!(read.header("To"), "undisclosed-recipients:;");
    assert!(!read.header_names().contains(&"Cc"));

    let read = Draft { to: vec![], cc: parse_list("a@example.com").unwrap(), ..Draft::default() }.compose();
    assert!(!read.header_names().contains(&"To"));
}

#[test]
fn fifty_recipients_with_and_without_names_keep_their_lines_short() {
    for name in ["", "N. ", "Äöü ", &"Ü".repeat(199), &"n".repeat(199)] {
        let list = (0..50).map(|n| match name {
            "" => format!("recipient-number-{n}-of-fifty@subdomain.example.com"),
            _ => format!("{name}{n} <recipient-number-{n}-of-fifty@subdomain.example.com>"),
        });
        let to: Vec<Mailbox> =
            list.map(|one| one.parse().unwrap_or_else(|_| "long@example.com".parse().unwrap())).collect();
        let read = Draft { to: to.clone(), cc: to.clone(), ..Draft::default() }.compose();
        let expected: Vec<_> = to.iter().map(|one| (one.name.clone(), one.address.to_string())).collect();
        assert_eq!(read.mailboxes("To"), expected);
        assert_eq!(read.mailboxes("Cc"), expected);
        assert_eq!(expected.len(), 50);
    }
}

#[test]
fn subjects_of_any_script_and_length_come_back() {
    for subject in [
        "Rechnung für Müller & Söhne".to_owned(),
        "請".repeat(255),
        "😀".repeat(255),
        "x".repeat(255),
        "word ".repeat(51).trim_end().to_owned(),
        "ü ".repeat(127).trim_end().to_owned(),
        "a  b".to_owned(),
        "=?utf-8?q?plain?= text".to_owned(),
        "Line\u{2028}separator\u{2029}and \u{202e}bidi".to_owned(),
    ] {
        let read = Draft { subject: subject.clone(), ..Draft::default() }.compose();
        assert_eq!(read.message().subject(), Some(subject.as_str()));
    }
}

#[test]
fn what_could_break_out_of_a_header_is_refused() {
    for bad in ["a\r\nBcc: eve@example.com", "a\nb", "a\rb", "a\0b", "a\u{85}b", "a\tb"] {
        let draft = Draft { subject: bad.into(), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("Subject"))), "{bad:?}");

        let named = Mailbox { name: Some(bad.into()), ..Draft::default().from };
        let draft = Draft { from: named.clone(), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("From"))));
        let draft = Draft { reply_to: Some(named.clone()), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("Reply-To"))));
        let draft = Draft { to: vec![named.clone()], ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("To"))));
        let draft = Draft { cc: vec![named], ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("Cc"))));

        let draft = Draft { message_id: bad.into(), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::MessageId)));
        assert!(matches!(unsubscribe(&format!("https://x.example/{bad}")), Err(ComposeError::UnsubscribeUrl)));
    }
    let draft = Draft { subject: "x".repeat(256), ..Draft::default() };
    assert!(matches!(draft.try_compose(), Err(ComposeError::SubjectTooLong)));
    for bad in ["", "<>", "a b", "a>b", &"x".repeat(251)] {
        assert!(matches!(message_id(bad), Err(ComposeError::MessageId)), "{bad}");
    }
    for bad in ["", "javascript:x", "https://x.example/ü", "https://x.example/>", "mailto:a@x.com"] {
        assert!(matches!(unsubscribe(bad), Err(ComposeError::UnsubscribeUrl)), "{bad}");
    }
    for bad in [Timestamp::MIN, Timestamp::from_second(-1).unwrap()] {
        assert!(matches!(date(bad), Err(ComposeError::Date)));
    }
    assert!(date(Timestamp::MAX).is_ok());
}

#[test]
fn a_name_stays_one_name() {
    for name in ["Eve>, <x@evil.example", "=?utf-8?q?x?=", "a\" <b@evil.example>, \"", "Bcc: x", "Bob\u{2028}Bcc: eve"]
    {
        let to = vec![Mailbox { name: Some(name.into()), address: "ann@example.com".parse().unwrap() }];
        let read = Draft { to, ..Draft::default() }.compose();
        assert_eq!(read.mailboxes("To"), [(Some(name.into()), "ann@example.com".into())], "{name}");
    }
}

#[test]
fn the_text_says_everything() {
    assert_eq!(
        Draft::default().compose().text().trim_end(),
        "\
Roe & Partners

Invoice 1042

Dear Ann,

please find the invoice below.

Kind regards
Bob

Invoice number: 1042
Client: Acme
Amount: USD 1,250.00
Balance due: USD 1,000.00
Due date: 1 December 2026

View invoice:
https://t.example.com/c/0&https___portal.example.com_i_1042_a_1_b_2

---
Roe & Partners sent this e-mail to Ann Example.
Stop invoice e-mails to this address:
https://t.example.com/u/UNSUBSCRIBE"
    );
}

#[test]
fn the_text_leaves_out_what_is_not_known() {
    let draft = Draft {
        facts: Facts::default(),
        message: None,
        recipient_name: None,
        subject: "Your invoice".into(),
        firm_name: String::new(),
        tracked: false,
        ..Draft::default()
    };
    assert_eq!(
        draft.compose().text().trim_end(),
        "\
Roe & Partners

Your invoice

---
Roe & Partners sent this e-mail.
Stop invoice e-mails to this address:
https://t.example.com/u/UNSUBSCRIBE"
    );
}

#[test]
fn the_html_says_the_same_and_suits_every_reader() {
    let html = Draft::default().compose().html();
    for wanted in [
        "<html lang=\"en\"",
        "<title>Invoice 1042 from Roe &#38; Partners</title>",
        "<meta name=\"color-scheme\" content=\"light dark\">",
        "prefers-color-scheme: dark",
        "<h1 ",
        ">Invoice 1042</h1>",
        ">Invoice number</th>",
        ">Acme</td>",
        ">USD 1,250.00</td>",
        ">USD 1,000.00</td>",
        ">1 December 2026</td>",
        "Kind regards<br>\nBob",
        "<a href=\"https://t.example.com/c/0&#38;https___portal.example.com_i_1042_a_1_b_2\"",
        ">View invoice</a>",
        "Roe &#38; Partners sent this e-mail to Ann Example.",
        "href=\"https://t.example.com/u/UNSUBSCRIBE\"",
    ] {
        assert!(html.contains(wanted), "{wanted} is not in {html}");
    }
    assert!(!html.contains("<script"));
    // One image, and it says nothing: without images nothing is missing.
    assert_eq!(html.matches("<img").count(), 1);
    assert!(html.contains(&format!("<img src=\"{PIXEL}\" width=\"1\" height=\"1\" alt=\"\"")));
    // Tables that lay out say so, and the table of facts has row headers.
    assert_eq!(html.matches("<table").count(), html.matches("role=\"presentation\"").count() + 1);
    assert_eq!(html.matches("<th ").count(), html.matches("scope=\"row\"").count());
}

#[test]
fn what_people_type_is_never_markup() {
    let nasty = "<b>&\"'</b><script>alert(1)</script>{{ 7*7 }}";
    let draft = Draft {
        message: Some(nasty.into()),
        firm_name: nasty.into(),
        subject: nasty.into(),
        recipient_name: Some(nasty.into()),
        facts: Facts::parse(&RawFacts {
            number: Some(nasty),
            client_name: Some(nasty),
            url: Some("https://x.example/\"><script>"),
            ..RawFacts::default()
        })
        .unwrap(),
        tracked: false,
        ..Draft::default()
    };
    let read = draft.compose();
    assert!(!read.html().contains("<script"));
    assert!(!read.html().contains("<b>"));
    assert!(read.html().contains("&#60;b&#62;&#38;&#34;&#39;&#60;/b&#62;"));
    assert!(read.html().contains("{{ 7*7 }}"));
    assert!(read.text().contains(nasty));

    let html = Draft { text: Some(nasty.into()), ..draft }.compose().html();
    assert!(!html.contains("<script"));
    assert!(html.contains("&#60;b&#62;&#38;&#34;&#39;&#60;/b&#62;"));
}

#[test]
fn untracked_copies_have_neither_pixel_nor_tracked_links() {
    let html = "<body><a href=\"https://x.example/?a=1&amp;b=2\">x</a></body>";
    for own in [None, Some(html.to_owned())] {
        let draft = Draft { tracked: false, html: own.clone(), ..Draft::default() };
        let read = draft.compose();
        assert!(!read.raw.contains("/o/") && !read.raw.contains("/c/"));
        assert!(!read.html().contains("<img"));
        match own {
            Some(own) => assert_eq!(read.html().trim_end(), own),
            None => assert!(read.html().contains("https://portal.example.com/i/1042?a=1&#38;b=2")),
        }
    }
}

#[test]
fn the_pixel_comes_first_in_the_body() {
    let img = format!("<img src=\"{PIXEL}\"");
    for (own, before) in [
        ("<!DOCTYPE html><html><head><title>t</title></head><BODY class=x>\n<p>Hi", "<BODY class=x>"),
        ("<p>Hi", ""),
        ("", ""),
        ("text only", ""),
        ("<html><p>Hi", "<html>"),
        ("<html><head><title>t</title></head><p>Hi", "</head>"),
        ("<!-- <body> --><p>Hi", ""),
        ("<head><title><body></title></head><p>Hi", "</head>"),
        ("<!doctype html>\n<p>Hi", "<!doctype html>"),
        ("<body>a</body><body>b</body>", "<body>"),
    ] {
        let read = Draft { html: Some(own.into()), ..Draft::default() }.compose();
        let html = read.html();
        assert_eq!(html.matches("<img").count(), 1, "{html}");
        let wanted = format!("{before}{img}");
        assert!(html.find(&img).unwrap() == own.find(before).unwrap() + before.len(), "{wanted} is not in {html}");
    }
    let html = Draft::default().compose().html();
    let (_, body) = html.split_once("<body").unwrap();
    assert!(body.split_once('>').unwrap().1.starts_with(&img));
    let html = Draft { text: Some("Hi".into()), ..Draft::default() }.compose().html();
    assert!(html.contains(&format!("<body>{img}")));
}

#[test]
fn links_of_the_callers_html_are_tracked_with_their_entities_resolved() {
    let own = format!(
        "<a href=\"https://x.example/?a=1&amp;b=2\">1</a>\
         <a CLASS=k href='http://x.example/two'>2</a>\
         <a href=https://x.example/?a=1&b=2>1 again</a>\
         <a href=\" https://x.example/&#x22;quoted&quot; \">3</a>\
         <a href=\"https://münchen.example/ü\">4</a>\
         <a href=\"mailto:a@x.example\">m</a><a href=\"tel:+1\">t</a><a href=\"#top\">f</a><a href=\"/rel\">r</a>\
         <a href=\"{UNSUBSCRIBE}\">u</a><a name=\"n\">n</a><a href=\"\">e</a><a href=\"javascript:x\">j</a>\
         <link href=\"https://x.example/style.css\"><area href=\"https://x.example/area\">"
    );
    let read = Draft { html: Some(own), ..Draft::default() }.compose();
    let html = read.html();
    let links: Vec<&str> = html.split(" href=").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    assert_eq!(
        links[..5],
        [
            "\"https://t.example.com/c/0&amp;https___x.example__a_1_b_2\"",
            "\"https://t.example.com/c/1&amp;http___x.example_two\"",
            "\"https://t.example.com/c/0&amp;https___x.example__a_1_b_2\"",
            "\"https://t.example.com/c/2&amp;https___x.example_%22quoted%22\"",
            "\"https://t.example.com/c/3&amp;https___xn--mnchen-3ya.example_%C3%BC\"",
        ],
        "{html}"
    );
    assert_eq!(html.matches("/c/").count(), 5);
    assert!(html.contains(&format!("<a href=\"{UNSUBSCRIBE}\">u</a>")));
}

#[test]
fn at_most_250_links_are_tracked() {
    let own: String = (0..300).map(|n| format!("<a href=\"https://x.example/{n}\">{n}</a> ")).collect();
    let html = Draft { html: Some(own), ..Draft::default() }.compose().html();
    assert_eq!(html.matches("/c/").count(), 250);
    assert!(html.contains("/c/249&amp;"));
    assert!(html.contains("<a href=\"https://x.example/250\">"));
    let own = "<a href=\"https://x.example/\">x</a> ".repeat(300);
    let html = Draft { html: Some(own), ..Draft::default() }.compose().html();
    assert_eq!(html.matches("/c/0&amp;").count(), 250);
}

#[test]
fn each_part_follows_from_the_other() {
    let own = "<html><head><style>p{}</style></head><body><h1>Hello</h1><p>M&uuml;ller &amp; Co, <a href=\"https://x.example/\">here</a></p>";
    let read = Draft { html: Some(own.into()), tracked: false, ..Draft::default() }.compose();
    let text = read.text();
    assert!(text.contains("Hello") && text.contains("Müller & Co") && text.contains("https://x.example/"), "{text}");
    assert!(!text.contains("p{}"));

    let read = Draft { html: Some(own.into()), ..Draft::default() }.compose();
    assert!(read.text().contains("/c/0&https___x.example_"), "{}", read.text());
    assert!(!read.text().contains("/o/"));

    let read = Draft { text: Some("One\nTwo\r\n\r\nThree  four".into()), ..Draft::default() }.compose();
    assert_eq!(read.text().trim_end(), "One\nTwo\n\nThree  four");
    assert!(read.html().contains(">One<br>Two</p>") && read.html().contains(">Three  four</p>"), "{}", read.html());

    let read = Draft { text: Some("text".into()), html: Some("<p>html".into()), ..Draft::default() }.compose();
    assert_eq!(read.text().trim_end(), "text");
    assert!(read.html().ends_with("<p>html"));

    // HTML without any words: the text still tells the facts.
    let read = Draft { html: Some("<img src=\"https://x.example/i.png\">".into()), ..Draft::default() }.compose();
    assert!(read.text().contains("USD 1,250.00"), "{}", read.text());
}

#[test]
fn a_boundary_in_the_content_changes_nothing() {
    let boundary = boundary("01J000.to-0@example.com");
    let text = format!("a\r\n--{boundary}\r\nContent-Type: text/html\r\n\r\nb\r\n--{boundary}--\r\n");
    let read = Draft { text: Some(text.clone()), html: Some(text), ..Draft::default() }.compose();
    assert_eq!(read.message().parts.len(), 3);
    assert!(read.text().contains(&format!("--{boundary}--")));
}

#[test]
fn long_and_odd_bodies_are_carried() {
    for text in [
        "x".repeat(MAX_BODY_BYTES),
        "請".repeat(30_000),
        "a\0b\u{1b}[31m".into(),
        "\r\r\n\n".into(),
        ".\r\n.\r\n".into(),
    ] {
        let read = Draft { text: Some(text.clone()), html: Some(text.clone()), ..Draft::default() }.compose();
        assert_eq!(read.message().parts.len(), 3);
        if text.len() > 10 {
            assert_eq!(read.text().trim_end(), text);
        }
        let _ = Draft { text: None, html: Some(text), ..Draft::default() }.compose();
    }
}

#[test]
fn html_that_is_all_tags_still_gets_a_text() {
    for unit in ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<a href=\"https://x.example/\">", "<p", "<!--", "&"] {
        let own = unit.repeat(MAX_BODY_BYTES / unit.len());
        let read = Draft { html: Some(own), ..Draft::default() }.compose();
        assert!(!read.text().trim().is_empty(), "{unit}");
    }
    let tables = "<table><tr><td>a</td><td>".repeat(1_300);
    assert_eq!(html::as_text(&tables), None);
}

#[test]
fn default_subjects() {
    assert_eq!(default_subject(Some("1042"), "Roe & Partners").as_deref(), Some("Invoice 1042 from Roe & Partners"));
    assert_eq!(default_subject(Some("1042"), " ").as_deref(), Some("Invoice 1042"));
    assert_eq!(default_subject(None, "Roe & Partners"), None);
    assert_eq!(default_subject(Some(""), "Roe & Partners"), None);
    let long = default_subject(Some("1042"), &"ü".repeat(300)).unwrap();
    assert_eq!((long.chars().count(), long.chars().last()), (MAX_SUBJECT_CHARS, Some('…')));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_and_markup_are_carried(
        subject in "\\PC{0,255}",
        name in "\\PC{1,40}",
        message in any::<String>(),
        html in proptest::option::of("(<(/?(body|head|html|a|p|table|tr|td|title|svg|select|!--)|a href=\"https://x.example/[a-z]\")>?|[a-z&;<>\"']){0,30}"),
        text in proptest::option::of(any::<String>()),
    ) {
        prop_assume!(!subject.chars().chain(name.chars()).any(char::is_control));
        let to = vec![Mailbox { name: Some(name.clone()), address: "ann@example.com".parse().unwrap() }];
        let draft = Draft { subject: subject.clone(), to, message: Some(message), html, text, ..Draft::default() };
        let read = draft.compose();
        prop_assert_eq!(read.message().parts.len(), 3);
        let read_subject = read.message().subject().unwrap_or_default().trim().to_owned();
        prop_assert_eq!(read_subject.as_str(), subject.trim());
        let expected = Some(name.trim()).filter(|name| !name.is_empty()).map(ToOwned::to_owned);
        prop_assert_eq!(read.mailboxes("To"), vec![(expected, "ann@example.com".to_owned())]);
        prop_assert!(read.html().contains(PIXEL));
    }
}
