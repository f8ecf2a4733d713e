//! SendEmail of SES v2: its JSON, and what SES refuses.
//!
//! <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::{Mailbox, MultiPart, SinglePart, header};
use mail_parser::MessageParser;
use serde::Deserialize;

/// SES's limit of To, Cc and Bcc together.
const MOST_RECIPIENTS: usize = 50;

/// SES's limit of a message after encoding.
const MOST_MESSAGE_BYTES: usize = 40 * 1024 * 1024;

/// SES's limit of a tag's name and of its value.
const LONGEST_TAG: usize = 256;

/// A SendEmail call that SES accepts.
#[derive(Debug)]
pub(crate) struct SendEmail {
    pub(crate) from: String,
    pub(crate) destination: Vec<String>,
    pub(crate) subject: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) configuration_set: Option<String>,
    pub(crate) raw: Vec<u8>,
}

/// Why SES refuses a call.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    MessageRejected(String),
    #[error("{0}")]
    NotFound(String),
    #[error("Daily message quota exceeded.")]
    LimitExceeded,
    #[error("Maximum sending rate exceeded.")]
    TooManyRequests,
    #[error("The service failed.")]
    InternalFailure,
}

impl Refusal {
    /// The HTTP status and the error's name, as SES answers them.
    pub(crate) fn status_and_name(&self) -> (u16, &'static str) {
        match self {
            Self::BadRequest(_) => (400, "BadRequestException"),
            Self::MessageRejected(_) => (400, "MessageRejected"),
            Self::NotFound(_) => (404, "NotFoundException"),
            Self::LimitExceeded => (400, "LimitExceededException"),
            Self::TooManyRequests => (429, "TooManyRequestsException"),
            Self::InternalFailure => (500, "InternalFailure"),
        }
    }
}

fn bad(text: impl Into<String>) -> Refusal {
    Refusal::BadRequest(text.into())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Call {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Content,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    raw: Option<Raw>,
    simple: Option<Simple>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Text,
    body: Body,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Text>,
    html: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    data: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

impl SendEmail {
    /// Reads a call; `configuration_set` is the one that exists.
    pub(crate) fn parse(body: &[u8], configuration_set: &str) -> Result<Self, Refusal> {
        let call: Call =
            serde_json::from_slice(body).map_err(|error| bad(format!("The request is malformed: {error}")))?;
        if let Some(name) = call.configuration_set_name.as_deref().filter(|name| *name != configuration_set) {
            return Err(Refusal::NotFound(format!("Configuration set <{name}> does not exist.")));
        }
        let tags = tags(call.email_tags)?;
        let raw = match (call.content.raw, call.content.simple) {
            (Some(raw), None) => {
                STANDARD.decode(&raw.data).map_err(|error| bad(format!("Content.Raw.Data is not base64: {error}")))?
            }
            (None, Some(simple)) => compose(call.from_email_address.as_deref(), &call.destination, simple)?,
            _ => return Err(bad("Content must have either Raw or Simple; templates are not played here.")),
        };
        if raw.len() > MOST_MESSAGE_BYTES {
            return Err(bad(format!("Message length is more than {MOST_MESSAGE_BYTES} bytes long.")));
        }
        let message = MessageParser::default()
            .parse(&raw)
            .filter(|message| !message.headers().is_empty())
            .ok_or_else(|| Refusal::MessageRejected("The message has no headers.".to_owned()))?;
        let from = call
            .from_email_address
            .or_else(|| message.from()?.first()?.address().map(str::to_owned))
            .ok_or_else(|| Refusal::MessageRejected("Missing required header 'From'.".to_owned()))?;
        let mut destination = call.destination.to_addresses;
        destination.extend(call.destination.cc_addresses);
        destination.extend(call.destination.bcc_addresses);
        if destination.is_empty() {
            destination = addresses_in_headers(&message);
        }
        check_destination(&destination)?;
        Ok(Self {
            from,
            destination,
            subject: message.subject().unwrap_or_default().to_owned(),
            tags,
            configuration_set: call.configuration_set_name,
            raw,
        })
    }
}

fn tags(tags: Vec<Tag>) -> Result<BTreeMap<String, String>, Refusal> {
    let is_right = |text: &str| {
        !text.is_empty()
            && text.len() <= LONGEST_TAG
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let mut by_name = BTreeMap::new();
    for tag in tags {
        for (what, text) in [("name", &tag.name), ("value", &tag.value)] {
            if !is_right(text) {
                return Err(bad(format!(
                    "Invalid tag {what} <{text}>: only 1 to {LONGEST_TAG} alphanumeric ASCII letters, '_' and '-' are allowed."
                )));
            }
        }
        if let Some(repeated) = by_name.insert(tag.name.clone(), tag.value) {
            return Err(bad(format!("Duplicate tag <{}>, the first with the value <{repeated}>.", tag.name)));
        }
    }
    Ok(by_name)
}

fn check_destination(destination: &[String]) -> Result<(), Refusal> {
    if destination.is_empty() {
        return Err(bad("Missing destination."));
    }
    if destination.len() > MOST_RECIPIENTS {
        return Err(bad(format!("Recipient count exceeds {MOST_RECIPIENTS}.")));
    }
    for address in destination {
        let bare = bare_address(address);
        let (local, domain) = bare.rsplit_once('@').unwrap_or_default();
        if local.is_empty() || domain.is_empty() {
            return Err(bad(format!("Missing final '@domain' in {address:?}.")));
        }
        if !bare.is_ascii() || bare.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(bad("Addresses contain illegal characters; domains travel as Punycode."));
        }
    }
    Ok(())
}

/// `Ann <ann@example.com>` and `ann@example.com` are both allowed as a destination.
pub(crate) fn bare_address(address: &str) -> &str {
    match (address.rfind('<'), address.rfind('>')) {
        (Some(start), Some(end)) if start < end => &address[start + 1..end],
        _ => address.trim(),
    }
}

fn addresses_in_headers(message: &mail_parser::Message<'_>) -> Vec<String> {
    let fields = [message.to(), message.cc(), message.bcc()];
    let addresses = fields.into_iter().flatten().flat_map(|field| field.iter());
    addresses.filter_map(|address| address.address().map(str::to_owned)).collect()
}

/// SES composes the MIME text of a simple message itself.
fn compose(from: Option<&str>, destination: &Destination, simple: Simple) -> Result<Vec<u8>, Refusal> {
    let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|error| bad(format!("{error}")));
    let mut message = lettre::Message::builder()
        .from(mailbox(from.ok_or_else(|| bad("Missing required field FromEmailAddress."))?)?)
        .subject(simple.subject.data);
    for address in &destination.to_addresses {
        message = message.to(mailbox(address)?);
    }
    for address in &destination.cc_addresses {
        message = message.cc(mailbox(address)?);
    }
    // Without an envelope of its own lettre refuses a mail that has Bcc recipients only.
    let envelope_to =
        destination.to_addresses.iter().chain(&destination.cc_addresses).chain(&destination.bcc_addresses);
    let envelope_to = envelope_to.map(|address| Ok(mailbox(address)?.email)).collect::<Result<_, Refusal>>()?;
    let envelope = lettre::address::Envelope::new(None, envelope_to).map_err(|error| bad(format!("{error}")))?;
    let message = message.envelope(envelope);
    let composed = match (simple.body.text, simple.body.html) {
        (Some(text), Some(html)) => message.multipart(MultiPart::alternative_plain_html(text.data, html.data)),
        (Some(text), None) => message.singlepart(SinglePart::plain(text.data)),
        (None, Some(html)) => message.singlepart(SinglePart::html(html.data)),
        (None, None) => {
            message.singlepart(SinglePart::builder().header(header::ContentType::TEXT_PLAIN).body(Vec::new()))
        }
    };
    Ok(composed.map_err(|error| bad(format!("{error}")))?.formatted())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::{Value, json};

    const MIME: &str = "From: Roe <billing@roe-partners.example>\r\nTo: ann@example.com\r\nSubject: =?utf-8?q?Rechnung_=C3=A4?=\r\n\r\nHello";

    fn raw(change: impl FnOnce(&mut Value)) -> Result<SendEmail, Refusal> {
        let mut call = json!({
            "FromEmailAddress": "Roe <billing@roe-partners.example>",
            "Destination": { "ToAddresses": ["ann@example.com"] },
            "Content": { "Raw": { "Data": STANDARD.encode(MIME) } },
            "EmailTags": [{ "Name": "token", "Value": "abc_DEF-1" }],
            "ConfigurationSetName": "tracking",
        });
        change(&mut call);
        SendEmail::parse(call.to_string().as_bytes(), "tracking")
    }

    #[test]
    fn a_raw_message_is_taken_as_it_is() {
        let call = raw(|_| {}).unwrap();
        assert_eq!(call.destination, ["ann@example.com"]);
        assert_eq!(call.subject, "Rechnung ä");
        assert_eq!(call.tags, BTreeMap::from([("token".to_owned(), "abc_DEF-1".to_owned())]));
        assert_eq!(call.raw, MIME.as_bytes());
    }

    #[test]
    fn without_a_destination_the_headers_say_it() {
        assert_eq!(raw(|call| call["Destination"] = json!({})).unwrap().destination, ["ann@example.com"]);
    }

    #[test]
    fn a_simple_message_is_composed() {
        let call = raw(|call| {
            call["Content"] = json!({ "Simple": {
                "Subject": { "Data": "Hello Ann" },
                "Body": { "Text": { "Data": "text" }, "Html": { "Data": "<p>html</p>" } },
            } });
            call["Destination"] = json!({ "ToAddresses": ["ann@example.com"], "BccAddresses": ["bob@example.com"] });
        })
        .unwrap();
        let text = String::from_utf8(call.raw).unwrap();
        assert!(text.contains("Subject: Hello Ann\r\n") && text.contains("<p>html</p>"), "{text}");
        assert!(!text.contains("bob@example.com"), "{text}");
        assert_eq!(call.destination, ["ann@example.com", "bob@example.com"]);
    }

    #[test]
    fn what_ses_refuses_is_refused_with_its_error() {
        let many: Vec<_> = (0..51).map(|number| format!("r{number}@example.com")).collect();
        let cases: [(Value, &str, &str); 8] = [
            (json!([{ "Name": "token", "Value": "a b" }]), "EmailTags", "BadRequestException"),
            (json!([{ "Name": "token", "Value": "a".repeat(257) }]), "EmailTags", "BadRequestException"),
            (json!([{ "Name": "a", "Value": "1" }, { "Name": "a", "Value": "2" }]), "EmailTags", "BadRequestException"),
            (json!({ "ToAddresses": many }), "Destination", "BadRequestException"),
            (json!({ "ToAddresses": ["jürgen@example.com"] }), "Destination", "BadRequestException"),
            (json!({ "Raw": { "Data": "%" } }), "Content", "BadRequestException"),
            (json!({ "Raw": { "Data": "" } }), "Content", "MessageRejected"),
            (json!("other"), "ConfigurationSetName", "NotFoundException"),
        ];
        for (value, field, error) in cases {
            let refusal = raw(|call| call[field] = value.clone()).unwrap_err();
            assert_eq!(refusal.status_and_name().1, error, "{field}: {value}");
        }
    }

    #[test]
    fn a_display_name_is_no_part_of_the_address() {
        assert_eq!(bare_address("Ann <ann@example.com>"), "ann@example.com");
        assert_eq!(bare_address(" ann@example.com "), "ann@example.com");
    }
}
