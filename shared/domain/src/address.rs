//! E-mail addresses as people type them and as SES reports them.
//!
//! An [`Address`] cannot be wrong in form: an addr-spec (RFC 5322) with an ASCII local part, whose domain is a lower-case
//! host name of at least two labels (IDNs in Punycode). Whether anybody reads it is another question, see
//! [`crate::warning`].
//!
//! Errors quote what was typed, so they are for the caller and never for a log line.

use std::fmt;
use std::str::FromStr;

use email_address::EmailAddress;
use mail_parser::parsers::MessageStream;
use thiserror::Error;

/// The most recipients of one send: the limit that SES sets for one message, kept so that a send stays one transaction
/// (DynamoDB takes 100 actions) and one readable list of To and Cc.
pub const MAX_RECIPIENTS: usize = 50;

/// The longest list of addresses that is parsed: fifty addresses and names of the greatest length, with room to spare.
pub const MAX_LIST_BYTES: usize = 64 * 1024;

/// The longest address: RFC 5321, 4.5.3.1.3 allows a path of 256 octets, two of which are the angle brackets.
pub const MAX_ADDRESS_BYTES: usize = 254;

/// The domain of addresses that stand for forgotten persons: no host has it (RFC 6761, 6.4).
pub const FORGOTTEN_DOMAIN: &str = "forgotten.invalid";

/// The longest display name, in characters: longer than any name, short enough for a readable header.
pub const MAX_NAME_CHARS: usize = 200;

/// How much of a refused part an error quotes, in characters: enough to find it in the list again.
const MAX_EXCERPT_CHARS: usize = 80;

/// What is wrong with one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressFault {
    /// No addr-spec of RFC 5322.
    #[error("is not an e-mail address")]
    NotAnAddress,
    /// CR, LF, NUL or another control character, as such or in an encoded word of the name.
    #[error("contains a line break or another control character")]
    ControlCharacter,
    /// SES carries no internationalised local parts (SMTPUTF8).
    #[error("has a character before the @ that is not ASCII, which cannot be delivered")]
    NonAsciiLocalPart,
    /// `name: a@x.com, b@x.com;`
    #[error("is a group of addresses; give the addresses themselves")]
    Group,
    /// A quote, a comment or an angle bracket that is opened and not closed.
    #[error("has a quote, a bracket or a comment that is not closed")]
    Unclosed,
    /// `a@x.com b@x.com`
    #[error("seems to be two addresses; put ; or , between them")]
    MissingSeparator,
    /// A name, and the address not in angle brackets.
    #[error("has text beside the address; write Name <address>")]
    TextBesideAddress,
    /// Nested, repeated or unpaired angle brackets.
    #[error("must have one address in one pair of angle brackets")]
    AngleBrackets,
    /// `a@[192.0.2.1]`
    #[error("has an IP address for a domain")]
    DomainLiteral,
    /// Not a host name of at least two labels.
    #[error("has no valid domain after the @, such as example.com")]
    Domain,
    /// Longer than [`MAX_ADDRESS_BYTES`].
    #[error("is longer than {MAX_ADDRESS_BYTES} characters")]
    TooLong,
    /// Longer than [`MAX_NAME_CHARS`].
    #[error("has a name longer than {MAX_NAME_CHARS} characters")]
    NameTooLong,
    /// A display name that the parser of mail headers reads differently.
    #[error("has a name that cannot be read; put it in double quotes")]
    Name,
}

/// Why a list of addresses was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// One of the addresses is wrong.
    #[error("\"{part}\" {fault}")]
    Part {
        /// Which one, from 0; empty parts are not counted.
        index: usize,
        /// What was typed, shortened, with control characters escaped.
        part: String,
        /// What is wrong with it.
        fault: AddressFault,
    },
    /// Longer than [`MAX_LIST_BYTES`].
    #[error("the list is longer than {MAX_LIST_BYTES} bytes")]
    ListTooLong,
    /// One mailbox was wanted, and this many were given.
    #[error("must be one address, not {0}")]
    NotOne(usize),
}

/// An e-mail address, valid in form. The local part is kept as given, the domain is lower-case ASCII.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    text: String,
    at: usize,
}

impl Address {
    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the `@`, with its quotes if it has any.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.text[..self.at]
    }

    /// What stands after the `@`: a lower-case ASCII host name.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// Whether it stands for a person who was forgotten: nothing is to be sent there.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.domain() == FORGOTTEN_DOMAIN
    }

    /// A text that is the same for two spellings of one mailbox: without case, and without quotes that are not needed.
    #[must_use]
    pub fn same_mailbox_key(&self) -> String {
        format!("{}@{}", plain_local_part(self.local_part()), self.domain())
    }
}

impl FromStr for Address {
    type Err = AddressFault;

    fn from_str(text: &str) -> Result<Self, AddressFault> {
        if text.chars().any(char::is_control) {
            return Err(AddressFault::ControlCharacter);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressFault::NotAnAddress)?;
        if local.is_empty() || domain.is_empty() {
            return Err(AddressFault::NotAnAddress);
        }
        if domain.starts_with('[') {
            return Err(AddressFault::DomainLiteral);
        }
        if !local.is_ascii() {
            return Err(AddressFault::NonAsciiLocalPart);
        }
        if !EmailAddress::is_valid_local_part(local) {
            return Err(AddressFault::NotAnAddress);
        }
        let domain = ascii_domain(domain).ok_or(AddressFault::Domain)?;
        let text = format!("{local}@{domain}");
        if text.len() > MAX_ADDRESS_BYTES {
            return Err(AddressFault::TooLong);
        }
        Ok(Self { at: local.len(), text })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An address and the name that stands beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Mailbox {
    /// Where the mail goes.
    pub address: Address,
    /// The display name, decoded: never empty and without control characters if it comes from a parser of this module.
    pub name: Option<String>,
}

impl FromStr for Mailbox {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let mut mailboxes = parse_list(text)?;
        match (mailboxes.pop(), mailboxes.len()) {
            (Some(mailbox), 0) => Ok(mailbox),
            (None, _) => Err(AddressError::NotOne(0)),
            (Some(_), others) => Err(AddressError::NotOne(others + 1)),
        }
    }
}

impl From<Address> for Mailbox {
    fn from(address: Address) -> Self {
        Self { address, name: None }
    }
}

/// A form that [`parse_list`] reads back as the same mailbox. Not a header: names are not encoded.
impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(name) = &self.name else {
            return self.address.fmt(f);
        };
        f.write_str("\"")?;
        for c in name.chars() {
            // `=` too: a name that looks like an encoded word (RFC 2047) must not be decoded a second time.
            if matches!(c, '"' | '\\' | '=') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        write!(f, "\" <{}>", self.address)
    }
}

/// Reads addresses as people write them: `ann@example.com; "Roe; Bob" <bob@example.com>, carl@example.com (Carl)`.
///
/// Parts end at `;` or `,` outside quotes, comments and angle brackets; empty parts are skipped.
///
/// # Errors
///
/// The first part that is not exactly one mailbox. Control characters are refused anywhere, never stripped.
pub fn parse_list(list: &str) -> Result<Vec<Mailbox>, AddressError> {
    if list.len() > MAX_LIST_BYTES {
        return Err(AddressError::ListTooLong);
    }
    split(list)
        .filter(|part| !part.trim_matches(' ').is_empty())
        .enumerate()
        .map(|(index, part)| parse_one(part).map_err(|fault| AddressError::Part { index, part: excerpt(part), fault }))
        .collect()
}

/// What an address compares by, for addresses as SES reports them: without case, quotes, angle brackets or a display
/// name, IDNs in Punycode. For a valid address it is its [`Address::same_mailbox_key`]; it never fails.
#[must_use]
pub fn comparison_key(raw: &str) -> String {
    let raw = raw.trim();
    if let Ok(address) = raw.parse::<Address>() {
        return address.same_mailbox_key();
    }
    let inner = match raw.rsplit_once('<') {
        Some((_, after)) => after.split('>').next().unwrap_or(after).trim(),
        None => raw,
    };
    // Some servers quote the whole address of a bounce.
    let inner = match inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(unquoted) if !unquoted.contains('"') => unquoted,
        _ => inner,
    };
    match inner.rsplit_once('@') {
        Some((local, domain)) => {
            let domain = domain.trim_end_matches('.');
            let domain = ascii_domain(domain).unwrap_or_else(|| domain.to_lowercase());
            format!("{}@{domain}", plain_local_part(local))
        }
        None => inner.to_lowercase(),
    }
}

/// The domain as a lower-case ASCII host name of two labels or more, if it is one.
fn ascii_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let (_, last) = ascii.rsplit_once('.')?;
    // `a@192.0.2.1`: no top-level domain is a number.
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit());
    (!numeric && EmailAddress::is_valid_domain(&ascii)).then_some(ascii)
}

/// The local part in lower case, its quotes removed where it is valid without them.
fn plain_local_part(local: &str) -> String {
    let quoted = local.len() >= 2 && local.starts_with('"') && local.ends_with('"');
    if !quoted {
        return local.to_lowercase();
    }
    let mut content = String::with_capacity(local.len());
    let mut escaped = false;
    for c in local[1..local.len() - 1].chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            content.extend(c.to_lowercase());
        }
    }
    if !content.starts_with('"') && EmailAddress::is_valid_local_part(&content) {
        return content;
    }
    // Only what must be escaped is, so that `"a\b"` and `"ab"` are one mailbox.
    format!("\"{}\"", content.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a character of a list belongs to. Delimiters belong to what they delimit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Region {
    Text,
    Quote,
    Comment,
    Angle,
    AngleQuote,
}

/// Walks over a list and tells the region of each character.
struct Scan<'a> {
    characters: std::str::CharIndices<'a>,
    region: Region,
    comment_depth: usize,
    escaped: bool,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Self {
        Self { characters: text.char_indices(), region: Region::Text, comment_depth: 0, escaped: false }
    }
}

impl Iterator for Scan<'_> {
    type Item = (usize, char, Region);

    fn next(&mut self) -> Option<Self::Item> {
        let (at, c) = self.characters.next()?;
        let before = self.region;
        if self.escaped {
            self.escaped = false;
            return Some((at, c, before));
        }
        let (belongs_to, after) = match (before, c) {
            (Region::Quote | Region::Comment | Region::AngleQuote, '\\') => {
                self.escaped = true;
                (before, before)
            }
            (Region::Text, '"') => (Region::Quote, Region::Quote),
            (Region::Quote, '"') => (Region::Quote, Region::Text),
            (Region::Text, '<') => (Region::Angle, Region::Angle),
            (Region::Angle, '>') => (Region::Angle, Region::Text),
            (Region::Angle, '"') => (Region::AngleQuote, Region::AngleQuote),
            (Region::AngleQuote, '"') => (Region::AngleQuote, Region::Angle),
            (Region::Text | Region::Comment, '(') => {
                self.comment_depth += 1;
                (Region::Comment, Region::Comment)
            }
            (Region::Comment, ')') => {
                self.comment_depth -= 1;
                (Region::Comment, if self.comment_depth == 0 { Region::Text } else { Region::Comment })
            }
            _ => (before, before),
        };
        self.region = after;
        Some((at, c, belongs_to))
    }
}

/// The parts of a list between its separators.
fn split(list: &str) -> impl Iterator<Item = &str> {
    let mut scan = Scan::new(list);
    let mut start = Some(0);
    std::iter::from_fn(move || {
        let from = start?;
        for (at, c, region) in scan.by_ref() {
            if region == Region::Text && matches!(c, ';' | ',') {
                start = Some(at + 1);
                return Some(&list[from..at]);
            }
        }
        start = None;
        Some(&list[from..])
    })
}

/// Where the pieces of one part are, as byte ranges.
#[derive(Default)]
struct Anatomy {
    /// The first `<` and the byte after its `>`.
    angle: Option<(usize, usize)>,
    angles: usize,
    colon: bool,
    stray_bracket: bool,
    /// What stands outside angle brackets and comments: the range of the first such run, and how many there are.
    words: Option<(usize, usize)>,
    runs: usize,
    /// An `@` outside quotes, comments and angle brackets.
    at_signs: usize,
    /// White space within the run, outside quotes.
    spaced: bool,
    words_after_angle: bool,
}

fn dissect(part: &str) -> Result<Anatomy, AddressFault> {
    let mut found = Anatomy::default();
    let mut scan = Scan::new(part);
    let mut in_run = false;
    let mut space_pending = false;
    for (at, c, region) in scan.by_ref() {
        let end = at + c.len_utf8();
        match region {
            Region::Comment => in_run = false,
            Region::Angle | Region::AngleQuote => {
                in_run = false;
                let (start, _) = *found.angle.get_or_insert((at, end));
                if found.angles <= 1 {
                    found.angle = Some((start, end));
                }
                found.angles += usize::from(c == '<' && region == Region::Angle);
            }
            Region::Text if c == ' ' => space_pending = true,
            Region::Text | Region::Quote => {
                found.words_after_angle |= found.angle.is_some();
                if in_run {
                    found.spaced |= space_pending;
                } else {
                    in_run = true;
                    found.runs += 1;
                }
                space_pending = false;
                let (start, _) = *found.words.get_or_insert((at, end));
                found.words = Some((start, end));
                if region == Region::Text {
                    found.colon |= c == ':';
                    found.stray_bracket |= matches!(c, '>' | ')');
                    found.at_signs += usize::from(c == '@');
                }
            }
        }
    }
    if scan.region == Region::Text && !scan.escaped { Ok(found) } else { Err(AddressFault::Unclosed) }
}

fn parse_one(part: &str) -> Result<Mailbox, AddressFault> {
    if part.chars().any(char::is_control) {
        return Err(AddressFault::ControlCharacter);
    }
    let part = part.trim_matches(' ');
    let found = dissect(part)?;
    if found.colon {
        return Err(AddressFault::Group);
    }
    if found.stray_bracket {
        return Err(AddressFault::AngleBrackets);
    }
    match found.angle {
        Some(angle) => parse_bracketed(part, &found, angle),
        None => parse_bare(part, &found),
    }
}

/// `Name <address>`, with comments anywhere outside the brackets.
fn parse_bracketed(part: &str, found: &Anatomy, (start, end): (usize, usize)) -> Result<Mailbox, AddressFault> {
    let inner = part[start..end].trim_start_matches('<').trim_end_matches('>');
    if found.angles > 1 || part[start..end].len() != inner.len() + 2 {
        return Err(AddressFault::AngleBrackets);
    }
    if found.words_after_angle {
        return Err(if found.at_signs > 0 { AddressFault::MissingSeparator } else { AddressFault::TextBesideAddress });
    }
    let address: Address = inner.trim_matches(' ').parse()?;
    if found.at_signs > 0 {
        // Some programs repeat the address as its own name. Any other address there lacks a separator.
        let words = found.words.map_or("", |(from, to)| &part[from..to]);
        return if comparison_key(words.trim_matches('\'')) == address.same_mailbox_key() {
            Ok(address.into())
        } else {
            Err(AddressFault::MissingSeparator)
        };
    }
    let name = read_name(&format!("{} {}", &part[..start], &part[end..]))?;
    Ok(Mailbox { address, name })
}

/// An address without angle brackets: comments may stand before and after it, a name may not.
fn parse_bare(part: &str, found: &Anatomy) -> Result<Mailbox, AddressFault> {
    let Some((start, end)) = found.words else {
        return Err(AddressFault::NotAnAddress);
    };
    if found.spaced || found.runs > 1 {
        return Err(match found.at_signs {
            0 => AddressFault::NotAnAddress,
            1 => AddressFault::TextBesideAddress,
            _ => AddressFault::MissingSeparator,
        });
    }
    let address = part[start..end].parse()?;
    let name = read_name(&format!("{} {}", &part[..start], &part[end..]))?;
    Ok(Mailbox { address, name })
}

/// Reads a phrase, its quotes, comments and encoded words with the parser of mail headers. It is given a stand-in for
/// the address, which it would read more leniently than we do.
fn read_name(phrase: &str) -> Result<Option<String>, AddressFault> {
    const STAND_IN: &str = "a@example.com";
    if phrase.trim_matches(' ').is_empty() {
        return Ok(None);
    }
    let header = format!("{phrase}<{STAND_IN}>\n");
    let parsed = MessageStream::new(header.as_bytes()).parse_address();
    let name = match parsed.as_address().and_then(mail_parser::Address::as_list) {
        Some([one]) if one.address() == Some(STAND_IN) => one.name().unwrap_or_default().trim().to_owned(),
        _ => return Err(AddressFault::Name),
    };
    if name.chars().any(char::is_control) {
        return Err(AddressFault::ControlCharacter);
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(AddressFault::NameTooLong);
    }
    Ok((!name.is_empty()).then_some(name))
}

fn excerpt(part: &str) -> String {
    let mut excerpt = String::new();
    for (count, c) in part.trim_matches(' ').chars().enumerate() {
        if count == MAX_EXCERPT_CHARS {
            excerpt.push('…');
            break;
        }
        if c.is_control() { excerpt.extend(c.escape_default()) } else { excerpt.push(c) }
    }
    excerpt
}

#[cfg(test)]
mod tests;
