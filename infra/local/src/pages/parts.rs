//! What a mail says, decoded: whom it shows, its HTML and its text, where its pixel and its links are.

use lol_html::{RewriteStrSettings, element, rewrite_str};
use mail_parser::{Address, Message, MessageParser, PartType};

use crate::ses::mailbox::Mail;

/// Whom a header names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) address: String,
}

/// Whom a mail shows to its readers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) from: Vec<Person>,
    pub(super) reply_to: Vec<Person>,
    pub(super) to: Vec<Person>,
    pub(super) cc: Vec<Person>,
    /// As it was sent.
    pub(super) date: String,
}

impl Shown {
    pub(super) fn of(mail: &Mail) -> Self {
        let Some(message) = MessageParser::default().parse_headers(mail.raw.as_bytes()) else { return Self::default() };
        Self {
            from: people(message.from()),
            reply_to: people(message.reply_to()),
            to: people(message.to()),
            cc: people(message.cc()),
            date: message.header_raw("Date").unwrap_or_default().trim().to_owned(),
        }
    }

    /// Whether a header that everybody sees names this address.
    pub(super) fn names(&self, address: &str) -> bool {
        self.to.iter().chain(&self.cc).any(|person| person.address.eq_ignore_ascii_case(address))
    }
}

fn people(header: Option<&Address<'_>>) -> Vec<Person> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let all = header.into_iter().flat_map(Address::iter);
    all.map(|one| Person { name: text(one.name()), address: text(one.address()) }).collect()
}

/// The MIME text as its parts.
pub(super) fn parse(mail: &Mail) -> Message<'_> {
    MessageParser::default().parse(mail.raw.as_bytes()).unwrap_or_default()
}

/// The HTML part; `None` where a mail has none, from whose text the parser would make one.
pub(super) fn html<'mail>(message: &'mail Message<'_>) -> Option<&'mail str> {
    message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.as_ref()),
        _ => None,
    })
}

/// The text part; `None` where a mail has none.
pub(super) fn text<'mail>(message: &'mail Message<'_>) -> Option<&'mail str> {
    message.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.as_ref()),
        _ => None,
    })
}

/// Each header's name and its value, folded as it was sent.
pub(super) fn headers(message: &Message<'_>) -> Vec<(String, String)> {
    message
        .headers_raw()
        .map(|(name, value)| (name.to_owned(), value.trim_end().trim_start_matches(' ').to_owned()))
        .collect()
}

/// The address of the mail's pixel: of this stack, at `url`, and of no other.
pub(super) fn pixel(html: &str, url: &str) -> Option<String> {
    tracked(html, &format!("{url}/o/"))
}

/// The address of the mail's first link that counts clicks: one that leads on, or the recipient's own page.
pub(super) fn link(html: &str, url: &str) -> Option<String> {
    let starts = ["c", "p"].map(|purpose| format!("{url}/{purpose}/"));
    let first = starts.iter().filter(|start| html.contains(*start)).min_by_key(|start| html.find(*start))?;
    tracked(html, first)
}

fn tracked(html: &str, start: &str) -> Option<String> {
    let rest = &html[html.find(start)? + start.len()..];
    let is_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
    Some(format!("{start}{}", &rest[..end]))
}

/// The HTML without what its pictures load; their alternative texts stay. What is not found here, as in styles, the frame's
/// policy stops.
pub(super) fn without_images(html: &str) -> String {
    const LOADING: [&str; 4] = ["src", "srcset", "background", "poster"];
    let picture = element!("[src], [srcset], [background], [poster]", |picture| {
        LOADING.iter().for_each(|name| picture.remove_attribute(name));
        Ok(())
    });
    let settings = RewriteStrSettings::new().with_strict(false).append_element_content_handler(picture);
    rewrite_str(html, settings).unwrap_or_else(|_| html.to_owned())
}

/// The HTML as it is, but for its links, which open windows of their own instead of the frame.
pub(super) fn for_frame(html: &str) -> String {
    const BASE: &str = "<base target=\"_blank\">";
    let lower = html.to_ascii_lowercase();
    let head = lower.find("<head").and_then(|start| lower[start..].find('>').map(|end| start + end + 1));
    match head {
        Some(at) => format!("{}{BASE}{}", &html[..at], &html[at..]),
        None => format!("{BASE}{html}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn mail(raw: &str) -> Mail {
        Mail { raw: raw.to_owned(), ..Mail::default() }
    }

    #[test]
    fn headers_are_decoded_and_also_kept_as_sent() {
        let mail = mail(
            "From: =?utf-8?q?J=C3=BCrgen?= <j@roe.example>\r\nTo: Ann <ann@example.com>,\r\n bob@example.com\r\n\
             Cc: \"<b>\" <cc@example.com>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nSubject: x\r\n\r\nHello",
        );
        let shown = Shown::of(&mail);
        let person = |name: &str, address: &str| Person { name: name.to_owned(), address: address.to_owned() };
        assert_eq!(shown.from, [person("Jürgen", "j@roe.example")]);
        assert_eq!(shown.to, [person("Ann", "ann@example.com"), person("", "bob@example.com")]);
        assert_eq!(shown.cc, [person("<b>", "cc@example.com")]);
        assert_eq!(shown.date, "Sat, 21 Nov 2026 10:00:00 +0000");
        assert!(shown.names("BOB@example.com") && !shown.names("dora@example.com"));
        let message = parse(&mail);
        assert_eq!(headers(&message)[1], ("To".to_owned(), "Ann <ann@example.com>,\r\n bob@example.com".to_owned()));
    }

    #[test]
    fn a_part_that_is_not_there_is_not_made_up() {
        let plain = mail("Subject: x\r\n\r\nHello");
        assert_eq!((html(&parse(&plain)), text(&parse(&plain))), (None, Some("Hello")));
        let page = mail("Subject: x\r\nContent-Type: text/html\r\n\r\n<p>Hello");
        assert_eq!((html(&parse(&page)), text(&parse(&page))), (Some("<p>Hello"), None));
    }

    #[test]
    fn only_this_stacks_own_addresses_are_tracking() {
        let html = r#"<img src="http://127.0.0.1:9/o/a-B_1.gif"> <a href="http://127.0.0.1:9/c/tok">x</a>"#;
        assert_eq!(pixel(html, "http://127.0.0.1:9").unwrap(), "http://127.0.0.1:9/o/a-B_1.gif");
        assert_eq!(link(html, "http://127.0.0.1:9").unwrap(), "http://127.0.0.1:9/c/tok");
        assert_eq!(pixel(html, "http://127.0.0.1:8"), None);
        let page = format!(r#"<a href="http://127.0.0.1:9/p/own">View invoice</a> {html}"#);
        assert_eq!(link(&page, "http://127.0.0.1:9").unwrap(), "http://127.0.0.1:9/p/own");
    }

    #[test]
    fn without_images_nothing_is_left_to_load() {
        let html = r#"<p class="a">x<IMG SRC="a.png" srcset='b.png 2x' alt="A logo"><td background=c.png><p>y"#;
        assert_eq!(without_images(html), r#"<p class="a">x<IMG alt="A logo"><td><p>y"#);
        assert_eq!(without_images("<p>x"), "<p>x");
    }

    #[test]
    fn links_leave_the_frame() {
        assert_eq!(for_frame("<html><HEAD lang=en><title>x"), "<html><HEAD lang=en><base target=\"_blank\"><title>x");
        assert_eq!(for_frame("<p>x"), "<base target=\"_blank\"><p>x");
    }
}
