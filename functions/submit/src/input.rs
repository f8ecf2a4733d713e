//! The request's JSON: parsed into types that cannot be wrong, every wrong field named at once.

use domain::address::{MAX_RECIPIENTS, Mailbox, parse_list};
use domain::facts::{Facts, RawFacts};
use domain::message::{Body, MAX_BODY_BYTES, MAX_MESSAGE_CHARS, MAX_SUBJECT_CHARS};
use lambda::problem::{FieldError, In, Problem};
use lambda_http::Request;
use lambda_http::http::header;
use serde_json::{Map, Value};

use crate::idempotency::body_bytes;
use crate::plan::Content;

/// The longest body: two replacements of 100 KB with every byte escaped, and room for the rest.
const MAX_REQUEST_BYTES: usize = 2 * 1024 * 1024;

const FIELDS: [&str; 9] = ["to", "cc", "bcc", "subject", "message", "html", "text", "track", "facts"];
const FACTS: [&str; 8] = ["number", "client", "client_name", "currency", "amount", "balance", "due_on", "url"];

/// A request to e-mail an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) bcc: Vec<Mailbox>,
    pub(crate) subject: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) track: bool,
    pub(crate) facts: Facts,
}

/// A JSON object being read: collects what is wrong.
pub(crate) struct Reader<'a> {
    object: &'a Map<String, Value>,
    pointer: &'a str,
    errors: &'a mut Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// Reads an object at a pointer, and refuses fields that it does not know by their names.
    pub(crate) fn new(
        object: &'a Map<String, Value>,
        pointer: &'a str,
        known: &[&str],
        errors: &'a mut Vec<FieldError>,
    ) -> Self {
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            let escaped = name.replace('~', "~0").replace('/', "~1");
            errors.push(FieldError::new(In::Body, format!("{pointer}/{escaped}"), "is not a field of this request"));
        }
        Self { object, pointer, errors }
    }

    pub(crate) fn error(&mut self, name: &str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(In::Body, format!("{}/{name}", self.pointer), detail));
    }

    /// A field that is there and not null.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<&'a str> {
        let value = self.get(name)?;
        if value.as_str().is_none() {
            self.error(name, "must be a string");
        }
        value.as_str()
    }

    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        if value.as_bool().is_none() {
            self.error(name, "must be true or false");
        }
        value.as_bool()
    }

    /// An address field: a string, or an array of strings.
    fn addresses(&mut self, name: &str) -> Vec<Mailbox> {
        let lists: Vec<(String, &str)> = match self.get(name) {
            None => return Vec::new(),
            Some(Value::String(list)) => vec![(name.to_owned(), list)],
            Some(Value::Array(lists)) => {
                let texts = lists.iter().enumerate().map(|(index, list)| (format!("{name}/{index}"), list.as_str()));
                let (texts, others): (Vec<_>, Vec<_>) = texts.partition(|(_, list)| list.is_some());
                others.iter().for_each(|(place, _)| self.error(place, "must be a string"));
                texts.into_iter().filter_map(|(place, list)| Some((place, list?))).collect()
            }
            Some(_) => {
                self.error(name, "must be a string or an array of strings");
                return Vec::new();
            }
        };
        let mut mailboxes = Vec::new();
        for (place, list) in lists {
            match parse_list(list) {
                Ok(found) => mailboxes.extend(found),
                Err(error) => self.error(&place, error.to_string()),
            }
        }
        mailboxes
    }

    fn subject(&mut self) -> Option<String> {
        let subject = self.text("subject").filter(|subject| !subject.trim().is_empty())?;
        if subject.chars().any(char::is_control) {
            self.error("subject", "must not contain line breaks or other control characters");
        }
        if subject.chars().count() > MAX_SUBJECT_CHARS {
            self.error("subject", format!("must be at most {MAX_SUBJECT_CHARS} characters"));
        }
        Some(subject.to_owned())
    }

    /// A text of several lines; `over` says whether it is over its limit.
    fn long_text(&mut self, name: &str, over: impl Fn(&str) -> bool, limit: &str) -> Option<String> {
        let text = self.text(name).filter(|text| !text.trim().is_empty())?;
        if over(text) {
            self.error(name, format!("must be at most {limit}"));
        }
        if text.contains('\0') {
            self.error(name, "must not contain NUL characters");
        }
        Some(text.to_owned())
    }

    fn facts(&mut self) -> Facts {
        let object = match self.get("facts") {
            None => return Facts::default(),
            Some(Value::Object(object)) => object,
            Some(_) => {
                self.error("facts", "must be an object");
                return Facts::default();
            }
        };
        let mut facts = Reader::new(object, "/facts", &FACTS, self.errors);
        let [number, client, client_name, currency, amount, balance, due_on, url] = FACTS.map(|name| facts.text(name));
        let raw = RawFacts { number, client, client_name, currency, amount, balance, due_on, url };
        match Facts::parse(&raw) {
            Ok(read) => read,
            Err(error) => {
                facts.error(error.field(), error.to_string());
                Facts::default()
            }
        }
    }
}

/// The request's JSON object.
///
/// # Errors
/// 413, 415, or 400 at the whole body.
pub(crate) fn object(request: &Request) -> Result<Map<String, Value>, Problem> {
    let bytes = body_bytes(request);
    if bytes.len() > MAX_REQUEST_BYTES {
        return Err(Problem::too_large(format!("The body must be at most {MAX_REQUEST_BYTES} bytes.")));
    }
    let media_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    let essence = media_type.map(|media_type| media_type.split(';').next().unwrap_or_default().trim());
    if essence.is_some_and(|essence| !essence.eq_ignore_ascii_case("application/json")) {
        return Err(Problem::unsupported_media_type("The body must be application/json."));
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(FieldError::new(In::Body, "", "must be a JSON object").into()),
        Err(error) => Err(FieldError::new(In::Body, "", format!("is not JSON: {error}")).into()),
    }
}

impl Input {
    /// Reads the request; `None` if something in it is wrong, which is then among the errors.
    pub(crate) fn read(request: &Request, errors: &mut Vec<FieldError>) -> Result<Option<Self>, Problem> {
        let object = object(request)?;
        let before = errors.len();
        let mut reader = Reader::new(&object, "", &FIELDS, errors);
        let (mut to, mut cc, mut bcc) = (reader.addresses("to"), reader.addresses("cc"), reader.addresses("bcc"));
        collapse(&mut [&mut to, &mut cc, &mut bcc]);
        let missing = to.is_empty() && !reader.errors.iter().any(|error| error.pointer.starts_with("/to"));
        if missing {
            reader.error("to", "names nobody, and no addresses are stored for a client of this invoice");
        }
        let recipients = to.len() + cc.len() + bcc.len();
        if recipients > MAX_RECIPIENTS {
            let fields = [("bcc", bcc.len()), ("cc", cc.len()), ("to", to.len())];
            let field = fields.into_iter().max_by_key(|(_, length)| *length).map_or("to", |(name, _)| name);
            reader.error(field, format!("makes {recipients} recipients; at most {MAX_RECIPIENTS} are sent to at once"));
        }
        let over_bytes = |text: &str| text.len() > MAX_BODY_BYTES;
        let bytes = format!("{MAX_BODY_BYTES} bytes");
        let input = Self {
            to,
            cc,
            bcc,
            subject: reader.subject(),
            message: reader.long_text(
                "message",
                |text| text.chars().count() > MAX_MESSAGE_CHARS,
                &format!("{MAX_MESSAGE_CHARS} characters"),
            ),
            html: reader.long_text("html", over_bytes, &bytes),
            text: reader.long_text("text", over_bytes, &bytes),
            track: reader.flag("track").unwrap_or(true),
            facts: reader.facts(),
        };
        Ok((errors.len() == before).then_some(input))
    }

    pub(crate) fn into_content(self, subject: String, firm_name: String) -> Content {
        let Self { to, cc, bcc, message, html, text, track, facts, .. } = self;
        Content { body: Body { subject, firm_name, to, cc, message, html, text, facts }, bcc, track }
    }
}

/// The same mailbox in several places stays in the first.
fn collapse(lists: &mut [&mut Vec<Mailbox>]) {
    let mut seen = std::collections::BTreeSet::new();
    for list in lists {
        list.retain(|mailbox| seen.insert(mailbox.address.same_mailbox_key()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Body;
    use serde_json::json;

    fn read(body: &Value) -> (Option<Input>, Vec<String>) {
        let mut errors = Vec::new();
        let input = Input::read(&Request::new(Body::from(body.to_string())), &mut errors).unwrap();
        (input, errors.into_iter().map(|error| error.pointer).collect())
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (body, pointer) in [
            (json!({}), "/to"),
            (json!({ "to": "" }), "/to"),
            (json!({ "to": " ; , " }), "/to"),
            (json!({ "to": 7 }), "/to"),
            (json!({ "to": ["a@x.example", 7] }), "/to/1"),
            (json!({ "to": ["a@x.example", "b@"] }), "/to/1"),
            (json!({ "to": "a@x.example", "cc": "b" }), "/cc"),
            (json!({ "to": "a@x.example", "bcc": "bücher@x.example" }), "/bcc"),
            (json!({ "to": "\"A\r\nBcc: e@x.example\" <a@x.example>" }), "/to"),
            (json!({ "to": "a@x.example", "subject": "a\r\nBcc: e@x.example" }), "/subject"),
            (json!({ "to": "a@x.example", "subject": "a\0" }), "/subject"),
            (json!({ "to": "a@x.example", "subject": "s".repeat(256) }), "/subject"),
            (json!({ "to": "a@x.example", "message": "m".repeat(20_001) }), "/message"),
            (json!({ "to": "a@x.example", "html": "h".repeat(102_401) }), "/html"),
            (json!({ "to": "a@x.example", "text": "t\0" }), "/text"),
            (json!({ "to": "a@x.example", "track": "yes" }), "/track"),
            (json!({ "to": "a@x.example", "facts": [] }), "/facts"),
            (json!({ "to": "a@x.example", "facts": { "amount": 7 } }), "/facts/amount"),
            (json!({ "to": "a@x.example", "facts": { "colour": "red" } }), "/facts/colour"),
            (json!({ "to": "a@x.example", "a/b": 1 }), "/a~1b"),
        ] {
            assert_eq!(read(&body), (None, vec![pointer.to_owned()]), "{body}");
        }
    }

    #[test]
    fn duplicates_collapse_to_the_first() {
        let (input, errors) = read(
            &json!({ "to": "A@x.example; b@x.example", "cc": ["a@X.example", "c@x.example"], "bcc": "B@x.example" }),
        );
        let input = input.unwrap();
        assert!(errors.is_empty());
        assert_eq!((input.to.len(), input.cc.len(), input.bcc.len()), (2, 1, 0));
        assert_eq!(input.to[0].address.as_str(), "A@x.example");
    }

    #[test]
    fn fifty_are_enough() {
        let list = |count: usize| (0..count).map(|n| format!("a{n}@x.example")).collect::<Vec<_>>();
        assert!(read(&json!({ "to": list(50) })).0.is_some());
        assert_eq!(read(&json!({ "to": list(51) })).1, ["/to"]);
        assert_eq!(read(&json!({ "to": "b@x.example", "cc": list(50) })).1, ["/cc"]);
    }

    #[test]
    fn only_json_is_read() {
        let mut request = Request::new(Body::from("{}"));
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        assert_eq!(object(&request).unwrap_err().into_response().status(), 415);
        request.headers_mut().insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
        assert!(object(&request).is_ok());
        *request.body_mut() = Body::from("[1]");
        assert_eq!(object(&request).unwrap_err().into_response().status(), 400);
        *request.body_mut() = Body::from(" ".repeat(MAX_REQUEST_BYTES + 1));
        assert_eq!(object(&request).unwrap_err().into_response().status(), 413);
    }
}
