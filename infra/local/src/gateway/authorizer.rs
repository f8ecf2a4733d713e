//! What stands for a JWT: `Authorization: Bearer local:<firm>[:<client>]`, and nothing at all for the firm `demo`.

use serde_json::{Map, Value, json};

/// The claim that names the firm, which every function finds in `FIRM_CLAIM`.
pub(crate) const FIRM_CLAIM: &str = "custom:firm";

/// The claim that names a client who is signed in, which functions find in `CLIENT_CLAIM`.
pub(crate) const CLIENT_CLAIM: &str = "custom:client";

/// Whose data is shown to someone who says nothing.
pub(crate) const DEFAULT_FIRM: &str = "demo";

/// The header is there, but it is none that API Gateway would let pass.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Authorization header is not `Bearer local:<firm>[:<client>]`")]
pub(crate) struct Unauthorized;

/// The claims that the function sees. The firm is taken as it is: the function judges it.
pub(crate) fn claims(authorization: Option<&[u8]>) -> Result<Map<String, Value>, Unauthorized> {
    let (firm, client) = match authorization {
        None => (DEFAULT_FIRM, None),
        Some(header) => {
            let header = std::str::from_utf8(header).map_err(|_| Unauthorized)?;
            let (scheme, token) = header.split_once(' ').ok_or(Unauthorized)?;
            let subject = token.trim().strip_prefix("local:").ok_or(Unauthorized)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(Unauthorized);
            }
            subject.split_once(':').map_or((subject, None), |(firm, client)| (firm, Some(client)))
        }
    };
    let mut claims = Map::from_iter([
        (FIRM_CLAIM.to_owned(), json!(firm)),
        ("sub".to_owned(), json!("local")),
        ("email".to_owned(), json!(format!("staff@{firm}.example"))),
    ]);
    if let Some(client) = client {
        claims.insert(CLIENT_CLAIM.to_owned(), json!(client));
    }
    Ok(claims)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_header_names_firm_and_client() {
        let claims_of = |header: &str| Value::Object(claims(Some(header.as_bytes())).unwrap());
        assert_eq!(claims_of("Bearer local:roe")["custom:firm"], "roe");
        assert_eq!(claims_of("Bearer local:roe")["email"], "staff@roe.example");
        assert_eq!(claims_of("bearer local:roe:client-7")["custom:client"], "client-7");
        assert_eq!(claims_of("Bearer local:")["custom:firm"], "");
        assert_eq!(claims_of("Bearer local:a b/c")["custom:firm"], "a b/c");
        assert!(claims_of("Bearer local:roe").get("custom:client").is_none());
        assert_eq!(Value::Object(claims(None).unwrap())["custom:firm"], "demo");
    }

    #[test]
    fn anything_else_is_turned_away() {
        for header in ["", "Bearer", "Bearer ", "Bearer eyJhbGciOi", "local:roe", "Basic local:roe", "Bearer Local:roe"]
        {
            assert_eq!(claims(Some(header.as_bytes())), Err(Unauthorized), "{header}");
        }
        assert_eq!(claims(Some(b"Bearer local:\xff")), Err(Unauthorized));
    }
}
