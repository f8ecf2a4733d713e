//! What a browser and the function agree on: the coding of an answer, and whether the browser has it already.

/// A content coding of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
}

impl Coding {
    /// Its name in `Content-Encoding`; none is named for what is not coded.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }

    /// The smaller first: what decides between codings that the browser likes equally.
    fn rank(self) -> u8 {
        match self {
            Self::Identity => 0,
            Self::Gzip => 1,
            Self::Brotli => 2,
        }
    }

    fn is_called(self, name: &str) -> bool {
        let names: &[&str] = match self {
            Self::Identity => &["identity"],
            // A recipient treats the old name as the new one (RFC 9110, 8.4.1.3).
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Brotli => &["br"],
        };
        names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// The best of `available` for an `Accept-Encoding` (RFC 9110, 12.5.3). Whoever accepts nothing that is there gets the
/// file as it is, which serves better than a refusal.
pub(crate) fn choose(accepted: Option<&str>, available: impl IntoIterator<Item = Coding>) -> Coding {
    let Some(accepted) = accepted else { return Coding::Identity };
    let weights = weights(accepted);
    available
        .into_iter()
        .map(|coding| (weight(&weights, coding), coding.rank(), coding))
        .filter(|(weight, ..)| *weight > 0)
        .max_by_key(|(weight, rank, _)| (*weight, *rank))
        .map_or(Coding::Identity, |(.., coding)| coding)
}

/// The names in an `Accept-Encoding` with their weights in thousandths. What is malformed counts as not there.
fn weights(accepted: &str) -> Vec<(&str, u16)> {
    let parts = accepted.split(',').filter_map(|part| {
        let (name, parameters) = part.split_once(';').unwrap_or((part, "q=1"));
        let (q, weight) = parameters.split_once('=')?;
        q.trim().eq_ignore_ascii_case("q").then_some((name.trim(), thousandths(weight.trim())?))
    });
    parts.collect()
}

/// `0.8` as 800: at most three decimals, at most one (RFC 9110, 12.4.2).
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let is_weight = matches!(whole, "0" | "1") && decimals.len() <= 3 && decimals.bytes().all(|d| d.is_ascii_digit());
    let value: u16 = format!("{whole}{decimals:0<3}").parse().ok().filter(|_| is_weight)?;
    (value <= 1000).then_some(value)
}

fn weight(weights: &[(&str, u16)], coding: Coding) -> u16 {
    let named = |is: &dyn Fn(&str) -> bool| weights.iter().find(|(name, _)| is(name)).map(|(_, weight)| *weight);
    let own = named(&|name| coding.is_called(name)).or_else(|| named(&|name| name == "*"));
    own.unwrap_or(match coding {
        // Acceptable unless it is refused, and less than anything that is asked for.
        Coding::Identity => 1,
        Coding::Gzip | Coding::Brotli => 0,
    })
}

/// Whether an `If-None-Match` names this tag (RFC 9110, 13.1.2): weakly compared, and `*` names all.
pub(crate) fn names_tag(if_none_match: &str, tag: &str) -> bool {
    let mut tags = if_none_match.split(',').map(str::trim);
    tags.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_wish_decides_and_then_the_size() {
        use Coding::{Brotli, Gzip, Identity};
        for (accepted, wanted) in [
            ("gzip, deflate, br, zstd", Brotli),
            ("gzip, deflate", Gzip),
            ("X-GZIP", Gzip),
            ("deflate, zstd", Identity),
            ("", Identity),
            ("*", Brotli),
            ("br;q=0.5, gzip;q=0.8", Gzip),
            ("br;q=0.5,gzip ; Q=0.500", Brotli),
            ("br;q=0, *", Gzip),
            ("br;q=0.000,gzip;q=0", Identity),
            ("gzip;q=0.001", Gzip),
            ("identity, gzip;q=0.9", Identity),
            ("identity;q=0.5, gzip;q=0.6", Gzip),
            ("*;q=0", Identity),
            ("identity;q=0", Identity),
            // No weights: whoever writes so gets what the rest asks for.
            ("br;q=2, gzip", Gzip),
            ("br;q=1.001, gzip", Gzip),
            ("br;q=0.1234, gzip", Gzip),
            ("br;q=-1, gzip", Gzip),
            ("br;q=, gzip", Gzip),
            ("br;level=3, gzip", Gzip),
            (", ,;,gzip,", Gzip),
        ] {
            assert_eq!(choose(Some(accepted), [Identity, Gzip, Brotli]), wanted, "{accepted:?}");
        }
        assert_eq!(choose(None, [Identity, Gzip, Brotli]), Identity);
        assert_eq!(choose(Some("br, gzip"), [Identity]), Identity);
    }

    #[test]
    fn a_list_of_tags_is_compared_weakly() {
        for named in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", " W/\"b\" ,W/\"a\" ", "*"] {
            assert!(names_tag(named, "\"a\""), "{named}");
        }
        for other in ["", "a", "\"b\"", "w/\"a\"", "\"a", "\"ab\"", "\"A\""] {
            assert!(!names_tag(other, "\"a\""), "{other}");
        }
    }
}
