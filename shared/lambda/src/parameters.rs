//! The parameters of a query, read so that every wrong one is reported at once.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use crate::problem::{FieldError, In};

/// How much of an unknown parameter's name an error repeats, in characters.
const MAX_NAME_CHARS: usize = 64;

/// What a query gave, and what is wrong with it so far.
#[derive(Debug)]
pub struct Parameters {
    given: BTreeMap<String, String>,
    errors: Vec<FieldError>,
}

/// An error at a parameter of the query.
pub fn wrong(name: &str, detail: impl Into<String>) -> FieldError {
    FieldError::new(In::Query, name, detail)
}

impl Parameters {
    /// Reads a query that knows these parameters. A parameter without a value counts as not given, because forms send
    /// their empty fields; an unknown or a repeated one is an error.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>, known: &[&str]) -> Self {
        let mut parameters = Self { given: BTreeMap::new(), errors: Vec::new() };
        for (name, value) in pairs {
            if !known.contains(&name.as_str()) {
                let name: String = name.chars().take(MAX_NAME_CHARS).collect();
                parameters.error(&name, format!("is not a parameter of this query; it knows {}.", known.join(", ")));
            } else if !value.is_empty() && parameters.given.insert(name.clone(), value).is_some() {
                parameters.error(&name, "must be given once only.");
            }
        }
        parameters
    }

    /// A parameter as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.given.get(name).map(String::as_str)
    }

    /// A parameter as `read` understands it; what it refuses becomes an error.
    pub fn read<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        match read(self.given.get(name)?) {
            Ok(value) => Some(value),
            Err(detail) => {
                self.error(name, detail);
                None
            }
        }
    }

    /// A parameter in its own type.
    pub fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.read(name, |text| text.parse().map_err(|error: T::Err| format!("{error}.")))
    }

    /// `limit`: a number from 1 to `most`, `default` if missing.
    pub fn limit(&mut self, default: usize, most: usize) -> usize {
        let number = |text: &str| {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|number| plain && (1..=most).contains(number))
        };
        self.read("limit", |text| number(text).ok_or_else(|| format!("must be a whole number from 1 to {most}.")))
            .unwrap_or(default)
    }

    /// Notes an error.
    pub fn error(&mut self, name: &str, detail: impl Into<String>) {
        self.errors.push(wrong(name, detail));
    }

    /// Adds an error that was found elsewhere in the request.
    pub fn keep<T>(&mut self, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.errors.push(error)).ok()
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn are_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether something is wrong with a parameter.
    #[must_use]
    pub fn has_error(&self, name: &str) -> bool {
        self.errors.iter().any(|error| error.pointer == name)
    }

    /// All that is wrong.
    #[must_use]
    pub fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Parameters::new(pairs, &["limit", "cursor"])
    }

    #[test]
    fn unknown_and_repeated_parameters_are_named() {
        let errors = parameters(&[("limit", "1"), ("limti", "2"), ("limit", "3")]).into_errors();
        let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["limti", "limit"]);
        assert_eq!(errors[0].detail, "is not a parameter of this query; it knows limit, cursor.");
    }

    #[test]
    fn an_empty_parameter_is_not_given() {
        let mut empty = parameters(&[("cursor", ""), ("limit", "")]);
        assert_eq!(empty.text("cursor"), None);
        assert_eq!(empty.limit(100, 1000), 100);
        assert!(empty.are_valid());
    }

    #[test]
    fn limits_are_plain_numbers() {
        for bad in ["0", "1001", "-1", "+1", "1.0", " 1", "ten", "99999999999999999999999"] {
            let mut given = parameters(&[("limit", bad)]);
            given.limit(100, 1000);
            let errors = given.into_errors();
            assert_eq!(errors.len(), 1, "{bad}");
            assert_eq!(errors[0].pointer, "limit");
        }
        assert_eq!(parameters(&[("limit", "1000")]).limit(100, 1000), 1000);
    }
}
