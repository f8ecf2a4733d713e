//! What a line of the log says about an error.

use std::error::Error;

/// An error and its causes in one line: the JSON format of logs would leave the causes out.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConfigurationError;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot start")]
    struct Outer(#[source] ConfigurationError);

    #[test]
    fn causes_follow_their_error() {
        let error = Outer(ConfigurationError::Missing("TABLE_NAME"));
        assert_eq!(chain(&error), "cannot start: the variable TABLE_NAME is not set");
    }
}
