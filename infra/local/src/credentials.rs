//! Who calls: each function has credentials of its own, as each has a role of its own on AWS, and their key id tells the
//! stand-ins who asks.

/// What the key ids of the functions begin with.
const KEY_PREFIX: &str = "LOCAL";

/// The access key id that a function signs with.
pub(crate) fn access_key_id(function: &str) -> String {
    format!("{KEY_PREFIX}{}", function.to_ascii_uppercase())
}

/// The function whose credentials signed the request: `Credential=LOCALTRACK/20261121/…`.
pub(crate) fn function_of(headers: &http::HeaderMap) -> String {
    let authorization =
        headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    authorization
        .split_once("Credential=")
        .and_then(|(_, credential)| credential.split('/').next())
        .and_then(|key| key.strip_prefix(KEY_PREFIX))
        .filter(|name| !name.is_empty())
        .map_or_else(|| "other".to_owned(), str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_function_is_known_by_its_key() {
        let signed = |key: &str| {
            let authorization =
                format!("AWS4-HMAC-SHA256 Credential={key}/20261121/eu/events/aws4_request, Signature=0");
            function_of(&http::HeaderMap::from_iter([(http::header::AUTHORIZATION, authorization.parse().unwrap())]))
        };
        assert_eq!(signed(&access_key_id("follow")), "follow");
        assert_eq!((signed("AKIA"), signed("LOCAL")), ("other".to_owned(), "other".to_owned()));
        assert_eq!(function_of(&http::HeaderMap::new()), "other");
    }
}
