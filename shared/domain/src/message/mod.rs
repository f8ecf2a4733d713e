//! Composing: the raw MIME of one recipient's copy of an invoice e-mail.
//!
//! [`compose`] is a pure function: the same [`Letter`] gives the same bytes, so that a repeated attempt sends the same
//! mail. Every copy shows all To and Cc recipients; who is in Bcc stands in no header of any copy.
//!
//! Formats: RFC 5322 and 2047 (headers), 2045 and 2046 (MIME), 3834 (`Auto-Submitted`), 2369 and 8058 (one-click
//! unsubscribing). SES replaces `Date` and `Message-ID` with its own.

mod html;
mod letter;
mod template;

use std::fmt::{self, Write};
use std::time::SystemTime;

use email_encoding::headers::writer::EmailWriter;
use email_encoding::headers::{quoted_string, rfc2047};
use jiff::Timestamp;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Date, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0,
};
use lettre::message::{Body as PartBody, MultiPart, MultiPartKind, SinglePart};
use sha2::{Digest, Sha256};
use thiserror::Error;
use url::Url;

use crate::address::Mailbox;

pub use letter::{Body, Letter, Links, Look, TrackLink};

/// The longest subject, in characters: mail programs show far less, and reports stay readable.
pub const MAX_SUBJECT_CHARS: usize = 255;

/// The longest message in the built-in template, in characters: several pages.
pub const MAX_MESSAGE_CHARS: usize = 20_000;

/// The longest HTML or text of the caller's own, in bytes: Gmail clips a message at about 102 KB.
pub const MAX_BODY_BYTES: usize = 100 * 1024;

/// The most links that are tracked in one e-mail; what follows stays as it is. An index fits one byte of a token.
pub const MAX_TRACKED_LINKS: u8 = 250;

/// The longest address of our own in a header, in bytes: it cannot be folded, and RFC 5322 allows 998 to a line.
const MAX_HEADER_URL_BYTES: usize = 900;

/// The longest Message-ID, in bytes: what a line of 255 characters, common to mail servers' logs, still shows.
const MAX_MESSAGE_ID_BYTES: usize = 250;

/// The last second of the year 9999, the last that a `Date` header can tell.
const LAST_DATE_SECOND: i64 = 253_402_300_799;

/// Why an e-mail could not be composed: always something that the caller should have refused before.
#[derive(Debug, Error)]
pub enum ComposeError {
    /// CR, LF, NUL or another control character in what goes into a header.
    #[error("{0} contains a control character")]
    ControlCharacter(&'static str),
    /// Longer than [`MAX_SUBJECT_CHARS`].
    #[error("the subject is longer than {MAX_SUBJECT_CHARS} characters")]
    SubjectTooLong,
    /// Before 1970 or after 9999.
    #[error("the date cannot be written into a header")]
    Date,
    /// Empty, too long, or with characters that a Message-ID cannot have.
    #[error("the message id cannot be written into a header")]
    MessageId,
    /// No http or https address, too long, or not ASCII.
    #[error("the address for unsubscribing cannot be written into a header")]
    UnsubscribeUrl,
    /// A header could not be encoded.
    #[error("a header could not be encoded")]
    Header(#[from] fmt::Error),
    /// The built-in template could not be rendered.
    #[error("the template could not be rendered")]
    Template(#[from] askama::Error),
}

/// The subject of an e-mail that was given none: `Invoice 1042 from Roe & Partners`. None without a number.
#[must_use]
pub fn default_subject(number: Option<&str>, firm_name: &str) -> Option<String> {
    let number = number.filter(|number| !number.trim().is_empty())?;
    let subject = match firm_name.trim() {
        "" => format!("Invoice {number}"),
        firm_name => format!("Invoice {number} from {firm_name}"),
    };
    if subject.chars().count() <= MAX_SUBJECT_CHARS {
        return Some(subject);
    }
    Some(subject.chars().take(MAX_SUBJECT_CHARS - 1).chain(['…']).collect())
}

/// Writes one recipient's copy as raw MIME: headers, then the text and the HTML as alternatives.
///
/// # Errors
///
/// Something that cannot stand in a header. Nothing is ever stripped or cut.
pub fn compose(letter: &Letter<'_>) -> Result<Vec<u8>, ComposeError> {
    let headers = headers(letter)?;
    let Alternatives { text, html } = alternatives(letter)?;
    let parts = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary(&letter.message_id))
        .singlepart(part(ContentType::TEXT_PLAIN, text))
        .singlepart(part(ContentType::TEXT_HTML, html));
    // The library's own message builder would write long lists of addresses into one line, and look at the clock.
    let mut raw = headers.to_string().into_bytes();
    raw.extend(parts.formatted());
    Ok(raw)
}

/// What a mail program has the choice to show: the same in two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternatives {
    /// Plain text.
    pub text: String,
    /// A page of HTML.
    pub html: String,
}

/// What one recipient's copy says, without MIME: the text and the HTML, each the caller's own, or derived from the
/// caller's other one, or the built-in template.
///
/// # Errors
///
/// The built-in template could not be rendered.
pub fn alternatives(letter: &Letter<'_>) -> Result<Alternatives, ComposeError> {
    let links = &letter.links;
    let (text, html) = match (letter.text, letter.html) {
        (None, None) => template::built_in(letter)?,
        (Some(text), None) => (text.to_owned(), template::page_around(letter, text)?),
        (text, Some(own)) => {
            let html = html::with_tracking(own, links);
            let text = match text {
                Some(text) => text.to_owned(),
                // A page that cannot be laid out as text still leaves the facts to tell.
                None => html::as_text(&html).map_or_else(|| template::built_in(letter).map(|(text, _)| text), Ok)?,
            };
            (text, html)
        }
    };
    Ok(Alternatives { text, html })
}

/// A part in a transfer encoding that keeps lines short and whose text cannot contain the [`boundary`].
fn part(content_type: ContentType, content: String) -> SinglePart {
    let body = PartBody::new(content.clone());
    let body = match body.encoding() {
        ContentTransferEncoding::SevenBit => {
            PartBody::new_with_encoding(content, ContentTransferEncoding::QuotedPrintable).unwrap_or(body)
        }
        _ => body,
    };
    SinglePart::builder().header(content_type).body(body)
}

/// Follows from the message id. `=_` occurs neither in quoted-printable nor in base64 text (RFC 2045, 6.7).
fn boundary(message_id: &str) -> String {
    let mut boundary = String::from("=_");
    for byte in &Sha256::digest(message_id.as_bytes())[..16] {
        // Writing to a string cannot fail.
        let _ = write!(boundary, "{byte:02x}");
    }
    boundary
}

fn headers(letter: &Letter<'_>) -> Result<Headers, ComposeError> {
    let mut headers = Headers::new();
    headers.insert_raw(mailboxes("From", std::slice::from_ref(&letter.sender()))?);
    if let Some(reply_to) = letter.reply_to {
        headers.insert_raw(mailboxes("Reply-To", std::slice::from_ref(reply_to))?);
    }
    if !letter.to.is_empty() {
        headers.insert_raw(mailboxes("To", letter.to)?);
    }
    if !letter.cc.is_empty() {
        headers.insert_raw(mailboxes("Cc", letter.cc)?);
    }
    if letter.to.is_empty() && letter.cc.is_empty() {
        headers.insert_raw(plain("To", "undisclosed-recipients:;".to_owned()));
    }
    headers.insert_raw(subject(letter.subject)?);
    headers.set(date(letter.date)?);
    headers.insert_raw(plain("Message-ID", message_id(&letter.message_id)?));
    headers.insert_raw(plain("Auto-Submitted", "auto-generated".to_owned()));
    headers.insert_raw(plain("List-Unsubscribe", unsubscribe(&letter.links.unsubscribe_url)?));
    headers.insert_raw(plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
    headers.set(MIME_VERSION_1_0);
    Ok(headers)
}

/// A header whose value is known to be printable ASCII and to fit a line.
fn plain(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// A header of mailboxes, one to a line.
fn mailboxes(name: &'static str, mailboxes: &[Mailbox]) -> Result<HeaderValue, ComposeError> {
    let mut encoded = String::new();
    {
        let mut writer = EmailWriter::new(&mut encoded, name.len() + ": ".len(), 0, false);
        for (index, mailbox) in mailboxes.iter().enumerate() {
            if index > 0 {
                writer.write_char(',')?;
                writer.new_line()?;
                writer.space();
            }
            match mailbox.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
                Some(display_name) => {
                    if display_name.chars().any(char::is_control) {
                        return Err(ComposeError::ControlCharacter(name));
                    }
                    quoted_string::encode(display_name, &mut writer)?;
                    writer.space();
                    write!(writer, "<{}>", mailbox.address)?;
                }
                None => write!(writer, "{}", mailbox.address)?,
            }
        }
    }
    Ok(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), encoded.clone(), encoded))
}

fn subject(subject: &str) -> Result<HeaderValue, ComposeError> {
    if subject.chars().any(char::is_control) {
        return Err(ComposeError::ControlCharacter("Subject"));
    }
    if subject.chars().count() > MAX_SUBJECT_CHARS {
        return Err(ComposeError::SubjectTooLong);
    }
    const NAME: &str = "Subject";
    let mut encoded = String::new();
    {
        let mut writer = EmailWriter::new(&mut encoded, NAME.len() + ": ".len(), 0, false);
        // What looks like an encoded word is encoded, or it would be shown as something else than was typed; several
        // blanks too, because mail programs take a fold and all blanks around it for one blank.
        if subject.is_ascii() && !subject.contains("=?") && !subject.contains("  ") {
            writer.folding().write_str(subject)?;
        } else {
            rfc2047::encode(subject, &mut writer)?;
        }
    }
    Ok(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(NAME), subject.to_owned(), encoded))
}

fn date(date: Timestamp) -> Result<Date, ComposeError> {
    if (0..=LAST_DATE_SECOND).contains(&date.as_second()) {
        Ok(Date::new(SystemTime::from(date)))
    } else {
        Err(ComposeError::Date)
    }
}

fn message_id(id: &str) -> Result<String, ComposeError> {
    let bare = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
    let fits = (1..=MAX_MESSAGE_ID_BYTES).contains(&bare.len())
        && bare.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'));
    if fits { Ok(format!("<{bare}>")) } else { Err(ComposeError::MessageId) }
}

fn unsubscribe(url: &str) -> Result<String, ComposeError> {
    let fits = url.len() <= MAX_HEADER_URL_BYTES
        && url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b','))
        && Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if fits { Ok(format!("<{url}>")) } else { Err(ComposeError::UnsubscribeUrl) }
}

#[cfg(test)]
mod tests;
