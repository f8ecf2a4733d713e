//! The request's JSON: parsed into types that cannot be wrong, every wrong field named at once.

use domain::address::{Address, MAX_RECIPIENTS, Mailbox};
use domain::facts::{self, Facts, FactsError, RawFacts};
use domain::ids::Client;
use domain::message::{MAX_BODY_BYTES, MAX_MESSAGE_CHARS, MAX_SUBJECT_CHARS};
use lambda::body::{Reader, object};
use lambda::problem::{FieldError, In, Problem};
use lambda_http::Request;
use serde_json::Value;

const FIELDS: [&str; 9] = ["to", "cc", "bcc", "subject", "message", "html", "text", "track", "facts"];

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
    pub(crate) facts: FactTexts,
}

/// The request's facts as they were given. An amount without a currency is in that of the stored invoice, so that they
/// can only be read when it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FactTexts([Option<String>; 8]);

impl FactTexts {
    /// The facts, with what is missing in them taken from the stored ones.
    pub(crate) fn complete(&self, stored: Facts) -> Result<Facts, FieldError> {
        let currency = stored.currency.map(|currency| currency.code());
        let read = self
            .read(currency)
            .map_err(|error| FieldError::new(In::Body, format!("/facts/{}", error.field()), error.to_string()))?;
        Ok(read.or(stored))
    }

    /// The client that the request itself names.
    pub(crate) fn client(&self) -> Option<Client> {
        let [_, client, ..] = &self.0;
        client.as_deref()?.parse().ok()
    }

    fn read(&self, stored_currency: Option<&str>) -> Result<Facts, FactsError> {
        let [number, client, client_name, currency, amount, balance, due_on, url] =
            self.0.each_ref().map(|text| text.as_deref().filter(|text| !text.is_empty()));
        let needs_currency = amount.is_some() || balance.is_some();
        let currency = currency.or_else(|| stored_currency.filter(|_| needs_currency));
        Facts::parse(&RawFacts { number, client, client_name, currency, amount, balance, due_on, url })
    }
}

fn subject(reader: &mut Reader<'_>) -> Option<String> {
    let subject = reader.text("subject").filter(|subject| !subject.trim().is_empty())?;
    if subject.chars().any(char::is_control) {
        reader.error("subject", "must not contain line breaks or other control characters");
    }
    if subject.chars().count() > MAX_SUBJECT_CHARS {
        reader.error("subject", format!("must be at most {MAX_SUBJECT_CHARS} characters"));
    }
    Some(subject.to_owned())
}

/// A text of several lines; `over` says whether it is over its limit.
fn long_text(reader: &mut Reader<'_>, name: &str, over: impl Fn(&str) -> bool, limit: &str) -> Option<String> {
    let text = reader.text(name).filter(|text| !text.trim().is_empty())?;
    if over(text) {
        reader.error(name, format!("must be at most {limit}"));
    }
    if text.contains('\0') {
        reader.error(name, "must not contain NUL characters");
    }
    Some(text.to_owned())
}

fn facts(reader: &mut Reader<'_>) -> FactTexts {
    let object = match reader.get("facts") {
        None => return FactTexts::default(),
        Some(Value::Object(object)) => object,
        Some(_) => {
            reader.error("facts", "must be an object");
            return FactTexts::default();
        }
    };
    let mut facts = reader.within(object, "facts", &facts::FIELDS);
    let texts = FactTexts(facts::FIELDS.map(|name| facts.text(name).map(str::to_owned)));
    match texts.read(None) {
        Ok(_) | Err(FactsError::AmountWithoutCurrency { .. }) => {}
        Err(error) => facts.error(error.field(), error.to_string()),
    }
    texts
}

impl Input {
    /// Everybody it names.
    pub(crate) fn addresses(&self) -> Vec<&Address> {
        [&self.to, &self.cc, &self.bcc].into_iter().flatten().map(|mailbox| &mailbox.address).collect()
    }

    /// Reads the request; `None` if something in it is wrong, which is then among the errors.
    pub(crate) fn read(request: &Request, errors: &mut Vec<FieldError>) -> Result<Option<Self>, Problem> {
        let object = object(request)?;
        let before = errors.len();
        let mut reader = Reader::new(&object, &FIELDS, errors);
        let (mut to, mut cc, mut bcc) = (reader.addresses("to"), reader.addresses("cc"), reader.addresses("bcc"));
        collapse(&mut [&mut to, &mut cc, &mut bcc]);
        if let Some((field, detail)) = too_many(&to, &cc, &bcc) {
            reader.error(field, detail);
        }
        let over_bytes = |text: &str| text.len() > MAX_BODY_BYTES;
        let bytes = format!("{MAX_BODY_BYTES} bytes");
        let input = Self {
            to,
            cc,
            bcc,
            subject: subject(&mut reader),
            message: long_text(
                &mut reader,
                "message",
                |text| text.chars().count() > MAX_MESSAGE_CHARS,
                &format!("{MAX_MESSAGE_CHARS} characters"),
            ),
            html: long_text(&mut reader, "html", over_bytes, &bytes),
            text: long_text(&mut reader, "text", over_bytes, &bytes),
            track: reader.flag("track").unwrap_or(true),
            facts: facts(&mut reader),
        };
        Ok((errors.len() == before).then_some(input))
    }
}

/// The longest of the lists and what is wrong, if there are more recipients than one send can have.
pub(crate) fn too_many(to: &[Mailbox], cc: &[Mailbox], bcc: &[Mailbox]) -> Option<(&'static str, String)> {
    let recipients = to.len() + cc.len() + bcc.len();
    if recipients <= MAX_RECIPIENTS {
        return None;
    }
    let fields = [("bcc", bcc.len()), ("cc", cc.len()), ("to", to.len())];
    let field = fields.into_iter().max_by_key(|(_, length)| *length).map_or("to", |(name, _)| name);
    Some((field, format!("makes {recipients} recipients; at most {MAX_RECIPIENTS} are sent to at once")))
}

/// The same mailbox in several places stays in the first.
pub(crate) fn collapse(lists: &mut [&mut Vec<Mailbox>]) {
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
    fn facts_are_completed_by_the_stored_ones() {
        let facts = |facts: Value| {
            let (input, _) = read(&json!({ "facts": facts }));
            let stored = RawFacts { number: Some("1042"), currency: Some("USD"), ..RawFacts::default() };
            input.unwrap().facts.complete(Facts::parse(&stored).unwrap())
        };
        let completed = facts(json!({ "amount": "12.50" })).unwrap();
        assert_eq!(
            (completed.number.as_deref(), completed.amount.unwrap().to_string().as_str()),
            (Some("1042"), "USD 12.50")
        );
        assert_eq!(facts(json!({ "amount": "12.505" })).unwrap_err().pointer, "/facts/amount");
        let (input, _) = read(&json!({ "facts": { "amount": "1" } }));
        assert_eq!(input.unwrap().facts.complete(Facts::default()).unwrap_err().pointer, "/facts/amount");
    }

    #[test]
    fn nobody_named_is_for_the_stored_addresses_to_decide() {
        for body in [json!({}), json!({ "to": "" }), json!({ "to": " ; , " }), json!({ "to": [] })] {
            assert_eq!(read(&body).0.unwrap().to, [], "{body}");
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
}
