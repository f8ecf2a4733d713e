//! Configuration: variables of the process, or a map that stands for them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use domain::address::Mailbox;
use domain::token::TokenKeys;
use thiserror::Error;

/// A variable that is missing or malformed; its message is all that an operator needs, and never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigurationError {
    /// Not set, or empty.
    #[error("the variable {0} is not set")]
    Missing(&'static str),
    /// Set to something that cannot be used.
    #[error("the variable {name} is malformed: {detail}")]
    Malformed {
        /// The variable.
        name: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

/// Where configuration comes from. The local stack and the tests hand over a map; nothing else differs.
#[derive(Debug, Clone)]
pub struct Environment(Source);

#[derive(Debug, Clone)]
enum Source {
    Process,
    Map(BTreeMap<String, String>),
}

impl Environment {
    /// The process's own variables.
    #[must_use]
    pub fn process() -> Self {
        Self(Source::Process)
    }

    /// These variables and no others.
    #[must_use]
    pub fn of<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(Source::Map(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }

    /// A variable, unless it is missing or empty.
    #[must_use]
    pub fn optional(&self, name: &'static str) -> Option<String> {
        let value = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the place that reads the environment")]
            Source::Process => std::env::var(name).ok(),
            Source::Map(map) => map.get(name).cloned(),
        };
        value.filter(|value| !value.is_empty())
    }

    /// A variable that must be there.
    ///
    /// # Errors
    /// It is missing or empty.
    pub fn required(&self, name: &'static str) -> Result<String, ConfigurationError> {
        self.optional(name).ok_or(ConfigurationError::Missing(name))
    }

    /// A variable in its own type, if it is there.
    ///
    /// # Errors
    /// It is there and malformed.
    pub fn parsed<T: FromStr<Err: Display>>(&self, name: &'static str) -> Result<Option<T>, ConfigurationError> {
        self.optional(name).map(|text| text.parse().map_err(|error: T::Err| malformed(name, error))).transpose()
    }

    /// `TOKEN_KEYS`.
    ///
    /// # Errors
    /// It is missing or malformed.
    pub fn token_keys(&self) -> Result<TokenKeys, ConfigurationError> {
        TokenKeys::parse(&self.required("TOKEN_KEYS")?).map_err(|error| malformed("TOKEN_KEYS", error))
    }

    /// `FROM_ADDRESS`: the sender of all mails.
    ///
    /// # Errors
    /// It is missing or malformed.
    pub fn from_address(&self) -> Result<Mailbox, ConfigurationError> {
        let text = self.required("FROM_ADDRESS")?;
        // The parser's own words quote the address.
        text.parse().map_err(|_| malformed("FROM_ADDRESS", "it is no e-mail address"))
    }

    /// `FIRM_CLAIM`, by default `custom:firm`, and `CLIENT_CLAIM`, by default `custom:client`.
    #[must_use]
    pub fn claims(&self) -> Claims {
        let claim = |name, default: &str| self.optional(name).unwrap_or_else(|| default.to_owned());
        Claims { firm: claim("FIRM_CLAIM", "custom:firm"), client: claim("CLIENT_CLAIM", "custom:client") }
    }
}

/// The claims of a token that say who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Names the tenant.
    pub firm: String,
    /// Names the client, in a client's token.
    pub client: String,
}

/// A [`ConfigurationError::Malformed`] with the words of an error.
pub fn malformed(name: &'static str, error: impl Display) -> ConfigurationError {
    ConfigurationError::Malformed { name, detail: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let environment = Environment::of([("TABLE_NAME", "")]);
        let error = environment.required("TABLE_NAME").unwrap_err();
        assert_eq!(error.to_string(), "the variable TABLE_NAME is not set");
    }

    #[test]
    fn a_malformed_variable_is_named_without_its_value() {
        let environment =
            Environment::of([("TOKEN_KEYS", "new:c2VjcmV0"), ("FROM_ADDRESS", "ann@"), ("SES_TIMEOUT_MS", "soon")]);
        let error = environment.token_keys().unwrap_err().to_string();
        assert!(error.contains("TOKEN_KEYS") && !error.contains("c2VjcmV0"), "{error}");
        let error = environment.from_address().unwrap_err().to_string();
        assert!(error.contains("FROM_ADDRESS") && !error.contains("ann"), "{error}");
        let error = environment.parsed::<u64>("SES_TIMEOUT_MS").unwrap_err().to_string();
        assert!(error.contains("SES_TIMEOUT_MS"), "{error}");
    }
}
