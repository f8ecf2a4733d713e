//! A mail as its recipient sees it.

use jiff::{SignedDuration, Timestamp};
use mail_parser::{Address, Message, MessageParser};
use serde_json::{Map, Value, json};

/// A mail that SES accepted.
#[derive(Debug, Clone)]
pub struct Mail {
    /// SES's id.
    pub message_id: String,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The one address that it went to.
    pub to: String,
    /// The subject as SES shows it.
    pub subject: String,
    /// The tags, each a list as in events.
    pub tags: Map<String, Value>,
    /// The configuration set.
    pub configuration_set: Value,
    /// The MIME text.
    pub raw: String,
}

impl Mail {
    /// Reads a message as `GET /_local/mailbox` lists it.
    pub fn of(message: &Value) -> Self {
        let text = |name: &str| message[name].as_str().unwrap_or_else(|| panic!("{name} in {message:#}")).to_owned();
        let envelope = message["envelope_to"].as_array().expect("envelope_to");
        assert_eq!(envelope.len(), 1, "one message for each recipient: {envelope:?}");
        let tags = message["tags"].as_object().expect("tags").iter();
        let listed = |value: &Value| if value.is_array() { value.clone() } else { json!([value]) };
        Self {
            message_id: text("message_id"),
            accepted_at: text("accepted_at").parse().expect("a time"),
            to: envelope[0].as_str().expect("an address").to_owned(),
            subject: text("subject"),
            tags: tags.map(|(name, value)| (name.clone(), listed(value))).collect(),
            configuration_set: message["configuration_set"].clone(),
            raw: text("raw"),
        }
    }

    /// A time so many seconds after SES accepted the mail, as SES writes it.
    pub fn after(&self, seconds: i64) -> String {
        format!("{:.3}", self.accepted_at + SignedDuration::from_secs(seconds))
    }

    fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(self.raw.as_bytes()).expect("a MIME message")
    }

    /// The HTML part, decoded.
    pub fn html(&self) -> String {
        self.parsed().body_html(0).expect("an HTML part").into_owned()
    }

    /// The text part, decoded.
    pub fn text(&self) -> String {
        self.parsed().body_text(0).expect("a text part").into_owned()
    }

    /// The text of a header as it travels; empty if it is missing.
    pub fn header(&self, name: &str) -> String {
        self.parsed().header_raw(name.to_owned()).unwrap_or_default().trim().to_owned()
    }

    /// The subject, decoded.
    pub fn decoded_subject(&self) -> String {
        self.parsed().subject().unwrap_or_default().to_owned()
    }

    /// All header lines.
    pub fn headers(&self) -> String {
        let end = self.raw.find("\r\n\r\n").expect("an end of the headers");
        self.raw[..end].to_owned()
    }

    /// The sender as a mail program shows it: the name, decoded, and the address in angle brackets.
    pub fn visible_from(&self) -> String {
        let message = self.parsed();
        let sender = message.from().and_then(Address::first).expect("a sender");
        format!("{} <{}>", sender.name().expect("a name"), sender.address().expect("an address"))
    }

    /// The addresses in the visible `To`.
    pub fn visible_to(&self) -> Vec<String> {
        addresses(self.parsed().to())
    }

    /// The addresses in the visible `Cc`.
    pub fn visible_cc(&self) -> Vec<String> {
        addresses(self.parsed().cc())
    }

    /// The pixel's address.
    pub fn pixel(&self) -> String {
        self.maybe_pixel().unwrap_or_else(|| panic!("no pixel in {}", self.html()))
    }

    /// The pixel's address, if there is a pixel.
    pub fn maybe_pixel(&self) -> Option<String> {
        attribute(&self.html(), "src", "/o/")
    }

    /// The address of the first link that is ours.
    pub fn link(&self) -> String {
        self.maybe_link().unwrap_or_else(|| panic!("no link in {}", self.html()))
    }

    /// The address of the first link that is ours, if there is one.
    pub fn maybe_link(&self) -> Option<String> {
        attribute(&self.html(), "href", "/c/")
    }

    /// The address of the recipient's own page.
    pub fn page(&self) -> String {
        self.maybe_page().unwrap_or_else(|| panic!("no page in {}", self.html()))
    }

    /// The address of the recipient's own page, if a link leads there.
    pub fn maybe_page(&self) -> Option<String> {
        attribute(&self.html(), "href", "/p/")
    }

    /// The addresses in the text part that are ours and count clicks: each from `http` to the next white space.
    pub fn links_in_text(&self) -> Vec<String> {
        let text = self.text();
        let words = text.split_whitespace().filter_map(|word| Some(word[word.find("http")?..].to_owned()));
        words.filter(|link| link.contains("/c/")).collect()
    }

    /// The unsubscribe address that the header names.
    pub fn unsubscribe(&self) -> String {
        let header = self.header("List-Unsubscribe").replace(char::is_whitespace, "");
        let found = header.split(',').find_map(|one| one.strip_prefix("<http")?.strip_suffix('>'));
        format!("http{}", found.unwrap_or_else(|| panic!("no address in List-Unsubscribe: {header:?}")))
    }
}

fn addresses(header: Option<&Address<'_>>) -> Vec<String> {
    let all = header.into_iter().flat_map(|addresses| addresses.iter());
    all.map(|one| one.address().expect("an address").to_owned()).collect()
}

/// The first value of an attribute that has a text in it.
fn attribute(html: &str, name: &str, part: &str) -> Option<String> {
    let start = format!("{name}=\"");
    let values = html.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
    values.map(|value| value.replace("&amp;", "&")).find(|value| value.contains(part))
}
