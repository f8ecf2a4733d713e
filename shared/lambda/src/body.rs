//! A request's JSON object, read field by field: every wrong field is named, all at once.

use std::fmt::Display;
use std::str::FromStr;

use domain::address::{Mailbox, parse_list};
use lambda_http::http::header;
use lambda_http::{Body, Request};
use serde_json::{Map, Value};

use crate::problem::{FieldError, In, MAX_FIELD_ERRORS, Problem};

/// The longest body: an e-mail's two replacements of 100 KB with every byte escaped, and room for the rest.
pub const MAX_REQUEST_BYTES: usize = 2 * 1024 * 1024;

/// The body's bytes, however they came.
#[must_use]
pub fn bytes(request: &Request) -> &[u8] {
    match request.body() {
        Body::Text(text) => text.as_bytes(),
        Body::Binary(bytes) => bytes,
        _ => &[],
    }
}

/// The request's JSON object.
///
/// # Errors
/// 413, 415, or 400 at the whole body.
pub fn object(request: &Request) -> Result<Map<String, Value>, Problem> {
    let bytes = bytes(request);
    if bytes.len() > MAX_REQUEST_BYTES {
        return Err(Problem::too_large(format!("The body must be at most {MAX_REQUEST_BYTES} bytes.")));
    }
    let media_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    let essence = media_type.map(|media_type| media_type.split(';').next().unwrap_or_default().trim());
    if essence.is_some_and(|essence| !essence.eq_ignore_ascii_case("application/json")) {
        return Err(Problem::unsupported_media_type("The body must be application/json."));
    }
    let coding = request.headers().get(header::CONTENT_ENCODING);
    if coding.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Problem::unsupported_coding());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(FieldError::new(In::Body, "", "must be a JSON object").into()),
        Err(error) => Err(FieldError::new(In::Body, "", format!("is not JSON: {error}")).into()),
    }
}

/// A JSON object being read: collects what is wrong.
#[derive(Debug)]
pub struct Reader<'a> {
    object: &'a Map<String, Value>,
    pointer: String,
    errors: &'a mut Vec<FieldError>,
}

impl<'a> Reader<'a> {
    /// Reads the whole body's object, and refuses fields that it does not know by their names.
    pub fn new(object: &'a Map<String, Value>, known: &[&str], errors: &'a mut Vec<FieldError>) -> Self {
        Self::at(object, String::new(), known, errors)
    }

    fn at(object: &'a Map<String, Value>, pointer: String, known: &[&str], errors: &'a mut Vec<FieldError>) -> Self {
        let mut reader = Self { object, pointer, errors };
        for name in object.keys().filter(|name| !known.contains(&name.as_str())).take(MAX_FIELD_ERRORS) {
            reader.error(&name.replace('~', "~0").replace('/', "~1"), "is not a field of this request");
        }
        reader
    }

    /// Reads an object in a field of this one; `name` may be a path, such as `contacts/0`.
    pub fn within<'b>(&'b mut self, object: &'b Map<String, Value>, name: &str, known: &[&str]) -> Reader<'b> {
        Reader::at(object, format!("{}/{name}", self.pointer), known, self.errors)
    }

    /// Says that a field is wrong; no more than an answer names, because a body may hold a million wrong ones.
    pub fn error(&mut self, name: &str, detail: impl Into<String>) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(In::Body, format!("{}/{name}", self.pointer), detail));
        }
    }

    /// A field that is there and not null.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub fn text(&mut self, name: &str) -> Option<&'a str> {
        let value = self.get(name)?;
        if value.as_str().is_none() {
            self.error(name, "must be a string");
        }
        value.as_str()
    }

    /// A text of a type of its own; an empty one is a missing one.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name).filter(|text| !text.is_empty())?;
        text.parse().map_err(|error: T::Err| self.error(name, error.to_string())).ok()
    }

    /// True or false.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        if value.as_bool().is_none() {
            self.error(name, "must be true or false");
        }
        value.as_bool()
    }

    /// A whole number of a type of its own.
    pub fn whole_number<T: TryFrom<i64, Error: std::fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let Some(number) = self.get(name).filter(|value| *value != "")?.as_i64() else {
            self.error(name, "must be a whole number");
            return None;
        };
        T::try_from(number).map_err(|error| self.error(name, error.to_string())).ok()
    }

    /// An array of objects, each with its path within this one.
    pub fn objects(&mut self, name: &str) -> Vec<(String, &'a Map<String, Value>)> {
        let Some(value) = self.get(name) else { return Vec::new() };
        let Some(values) = value.as_array() else {
            self.error(name, "must be an array of objects");
            return Vec::new();
        };
        let mut objects = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let place = format!("{name}/{index}");
            match value.as_object() {
                Some(object) => objects.push((place, object)),
                None => self.error(&place, "must be an object"),
            }
        }
        objects
    }

    /// An address field: a string, or an array of strings.
    pub fn addresses(&mut self, name: &str) -> Vec<Mailbox> {
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
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn only_json_is_read() {
        let mut request = Request::new(Body::from("{}"));
        request.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        assert_eq!(object(&request).unwrap_err().into_response().status(), 415);
        request.headers_mut().insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
        assert!(object(&request).is_ok());
        request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
        let refusal = object(&request).unwrap_err().into_response();
        assert_eq!(
            (refusal.status().as_u16(), &refusal.headers()["accept-encoding"]),
            (415, &"identity".parse().unwrap())
        );
        request.headers_mut().insert("content-encoding", "Identity".parse().unwrap());
        assert!(object(&request).is_ok());
        *request.body_mut() = Body::from("[1]");
        assert_eq!(object(&request).unwrap_err().into_response().status(), 400);
        *request.body_mut() = Body::from(" ".repeat(MAX_REQUEST_BYTES + 1));
        assert_eq!(object(&request).unwrap_err().into_response().status(), 413);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_pointer() {
        let body = json!({ "list": [{ "a/b": 1, "at": "soon" }, 7], "flag": "yes", "more": null });
        let body = body.as_object().unwrap();
        let mut errors = Vec::new();
        let mut reader = Reader::new(body, &["list", "flag"], &mut errors);
        assert_eq!(reader.flag("flag"), None);
        for (place, object) in reader.objects("list") {
            let mut inner = reader.within(object, &place, &["at"]);
            assert_eq!(inner.parsed::<jiff::Timestamp>("at"), None);
        }
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/more", "/flag", "/list/1", "/list/0/a~1b", "/list/0/at"]);
    }

    /// As long as a body can be; with each `~` written as two characters it once made an answer that Lambda refuses.
    #[test]
    fn an_unknown_field_of_any_length_makes_a_short_answer() {
        let body = format!("{{\"{}\":1}}", "~".repeat(MAX_REQUEST_BYTES - 10));
        let object = object(&Request::new(Body::from(body))).unwrap();
        let mut errors = Vec::new();
        Reader::new(&object, &[], &mut errors);
        let response = Problem::invalid(errors).into_response();
        let Body::Text(text) = response.body() else { panic!("text") };
        assert!(text.len() < 2_000, "{}", text.len());
    }

    #[test]
    fn a_million_wrong_parts_are_not_kept() {
        let body = json!({ "to": vec![7; 10_000], "list": vec![7; 10_000] });
        let mut errors = Vec::new();
        let mut reader = Reader::new(body.as_object().unwrap(), &["to", "list"], &mut errors);
        assert_eq!((reader.addresses("to").len(), reader.objects("list").len()), (0, 0));
        assert_eq!(errors.len(), MAX_FIELD_ERRORS);
        let many: serde_json::Map<String, Value> = (0..10_000).map(|n| (n.to_string(), Value::Null)).collect();
        let mut errors = Vec::new();
        Reader::new(&many, &[], &mut errors);
        assert_eq!(errors.len(), MAX_FIELD_ERRORS);
    }
}
