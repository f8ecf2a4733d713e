//! The stack's clock and chance. It stands in for AWS, so it is an edge: the only place of this crate that reads
//! either.

use jiff::Timestamp;

/// The time now.
#[expect(clippy::disallowed_methods, reason = "the stack plays the part of AWS, whose clock stamps events")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// 128 random bits.
pub(crate) fn random() -> u128 {
    rand::random()
}

/// A random UUID (version 4, RFC 9562), as AWS uses for request and message ids.
pub(crate) fn uuid() -> String {
    let bits = (random() & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// Times as AWS writes them: RFC 3339 in UTC with milliseconds.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::{rfc3339, uuid};
    use jiff::Timestamp;

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        let id = uuid();
        let parts: Vec<&str> = id.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('4'), "{id}");
        assert!(parts[3].starts_with(['8', '9', 'a', 'b']), "{id}");
        assert_ne!(id, uuid());
    }

    #[test]
    fn times_have_milliseconds_and_end_in_z() {
        assert_eq!(rfc3339(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }
}
