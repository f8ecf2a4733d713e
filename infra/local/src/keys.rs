//! The keys that seal tokens: new ones at each start, or kept beside the table, whose mails would else lose their
//! links.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::clock;

const FILE_NAME: &str = "token-keys";

/// The value of `TOKEN_KEYS`, kept in `directory` if there is one.
pub(crate) fn token_keys(directory: Option<&Path>) -> io::Result<String> {
    let Some(directory) = directory else { return Ok(new_keys()) };
    let file = directory.join(FILE_NAME);
    match std::fs::read_to_string(&file) {
        Ok(keys) => Ok(keys.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let keys = new_keys();
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&file)?.write_all(keys.as_bytes())?;
            Ok(keys)
        }
        Err(error) => Err(error),
    }
}

fn new_keys() -> String {
    let mut key = [0; 32];
    key[..16].copy_from_slice(&clock::random().to_le_bytes());
    key[16..].copy_from_slice(&clock::random().to_le_bytes());
    format!("local:{}", STANDARD.encode(key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn kept_keys_are_found_again_and_others_are_new() {
        let directory = tempfile::tempdir().unwrap();
        let keys = token_keys(Some(directory.path())).unwrap();
        assert_eq!(keys.len(), "local:".len() + 44);
        assert_eq!(token_keys(Some(directory.path())).unwrap(), keys);
        assert_ne!(token_keys(None).unwrap(), token_keys(None).unwrap());
        assert!(token_keys(Some(&directory.path().join("missing"))).is_err());
    }
}
