//! Cursors: the place at which the next page starts, sealed.
//!
//! A cursor is good for one firm, one endpoint and one query: those are sealed with it as its context, though not in
//! it. Changed by one bit, or taken elsewhere, it is refused. How many rows a page has and in which format are no
//! part of the context, so that both may change from page to page.

use crate::parameters::wrong;
use crate::problem::FieldError;
use domain::ids::Firm;
use domain::token::{Purpose, TokenKeys};

/// What a cursor belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context(Vec<u8>);

impl Context {
    /// An endpoint of a firm.
    #[must_use]
    pub fn new(endpoint: &str, firm: &Firm) -> Self {
        Self(Vec::new()).with(Some(endpoint)).with(Some(firm.as_str()))
    }

    /// The same with one more part of the query; a missing part differs from an empty one.
    #[must_use]
    pub fn with(mut self, part: Option<&str>) -> Self {
        // A length before each part, so that ("a", "bc") and ("ab", "c") differ.
        let length = part.map_or(u64::MAX, |part| part.len() as u64);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(part.unwrap_or_default().as_bytes());
        self
    }
}

/// Seals a place.
#[must_use]
pub fn seal(keys: &TokenKeys, context: &Context, place: &[u8]) -> String {
    keys.seal(Purpose::Cursor, &context.0, place)
}

/// The place in a cursor, if `read` understands it.
///
/// # Errors
/// The cursor is not of this query.
pub fn open<T>(
    keys: &TokenKeys,
    context: &Context,
    cursor: &str,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, FieldError> {
    let place = keys.open(Purpose::Cursor, &context.0, cursor).ok();
    place.and_then(|place| read(&place)).ok_or_else(|| {
        wrong("cursor", "is not a next_cursor of this query; give the same parameters as for the page before.")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const KEYS: &str = "new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn context(endpoint: &str, firm: &str, part: Option<&str>) -> Context {
        Context::new(endpoint, &firm.parse().unwrap()).with(part)
    }

    #[test]
    fn a_cursor_is_good_for_its_own_query_only() {
        let keys = TokenKeys::parse(KEYS).unwrap();
        let own = context("report", "firm-a", Some("client-7"));
        let cursor = seal(&keys, &own, b"place");
        let open = |context: &Context| open(&keys, context, &cursor, |place| Some(place.to_vec()));
        assert_eq!(open(&own).unwrap(), b"place");
        for other in [
            context("report", "firm-b", Some("client-7")),
            context("attention", "firm-a", Some("client-7")),
            context("report", "firm-a", Some("client-8")),
            context("report", "firm-a", Some("")),
            context("report", "firm-a", None),
            Context::new("report", &"firm-a".parse().unwrap()),
        ] {
            assert_eq!(open(&other).unwrap_err().pointer, "cursor", "{other:?}");
        }
    }

    #[test]
    fn a_cursor_with_a_flipped_bit_is_refused() {
        let keys = TokenKeys::parse(KEYS).unwrap();
        let own = context("report", "firm-a", None);
        let cursor = seal(&keys, &own, b"place");
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert!(open(&keys, &own, &changed, |_| Some(())).is_err(), "{index}");
        }
        assert!(open(&keys, &own, "nonsense", |_| Some(())).is_err());
        assert!(open(&keys, &own, &cursor, |_| None::<()>).is_err());
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let firm: Firm = "firm-a".parse().unwrap();
        let context = |a, b| Context::new("report", &firm).with(a).with(b);
        assert_ne!(context(Some("a"), Some("bc")), context(Some("ab"), Some("c")));
        assert_ne!(context(Some("a"), None), context(None, Some("a")));
    }
}
