//! Which format an answer has: JSON, or what a route has beside it, by `format` or else by `Accept`.

use lambda::parameters::Parameters;

/// A format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`
    Json,
    /// `text/csv`
    Csv,
    /// `text/html`
    Html,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Html => "html",
        }
    }

    /// The media ranges that mean it, from the narrowest to the widest.
    fn ranges(self) -> [&'static str; 3] {
        match self {
            Self::Json => ["application/json", "application/*", "*/*"],
            Self::Csv => ["text/csv", "text/*", "*/*"],
            Self::Html => ["text/html", "text/*", "*/*"],
        }
    }

    /// The format that a query names, else the one that its `Accept` header prefers, of a route that has JSON and one
    /// other.
    pub(crate) fn of(parameters: &mut Parameters, accept: &str, other: Self) -> Self {
        let named = |name: &str| [Self::Json, other].into_iter().find(|format| format.name() == name);
        let wrong = || format!("must be {} or {}.", Self::Json.name(), other.name());
        let format = parameters.read("format", |name| named(name).ok_or_else(wrong));
        format.unwrap_or_else(|| Self::preferred(accept, other))
    }

    /// What an `Accept` header prefers. Where it is undecided, or admits neither, JSON.
    fn preferred(accept: &str, other: Self) -> Self {
        let (wanted, json) = (preference(accept, other.ranges()), preference(accept, Self::Json.ranges()));
        if wanted.is_some() && wanted > json { other } else { Self::Json }
    }
}

/// How much a header wants a type, of which `ranges` are the names from the narrowest to the widest: first its weight
/// in thousandths, then how narrow the range is. `None`: not at all.
/// <https://www.rfc-editor.org/rfc/rfc9110#name-accept>
fn preference(accept: &str, ranges: [&str; 3]) -> Option<(u16, u8)> {
    let mut found: Option<(u16, u8)> = None;
    for entry in accept.split(',') {
        let mut parts = entry.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let Some(width) = ranges.iter().position(|range| range.eq_ignore_ascii_case(name)) else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let weight = weight.map_or(1000, thousandths);
        let narrowness = u8::try_from(ranges.len() - width).unwrap_or(0);
        // The narrowest range decides about a type, whatever wider ones say.
        if found.is_none_or(|(_, known)| narrowness > known) {
            found = Some((weight, narrowness));
        }
    }
    found.filter(|(weight, _)| *weight > 0)
}

fn thousandths(weight: &str) -> u16 {
    match weight.trim().parse::<f32>() {
        // From 0 to 1000, so that nothing is lost; a weight that is none counts as the usual one.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is within bounds")]
        Ok(weight) if weight.is_finite() => (weight.clamp(0.0, 1.0) * 1000.0).round() as u16,
        _ => 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_is_weighed() {
        for (accept, format) in [
            ("text/csv", Format::Csv),
            ("TEXT/CSV", Format::Csv),
            ("text/csv; charset=utf-8", Format::Csv),
            ("text/*", Format::Csv),
            ("text/csv, */*", Format::Csv),
            ("text/csv, */*;q=0.1", Format::Csv),
            ("application/json;q=0.5, text/csv", Format::Csv),
            ("application/json;q=0.5, text/csv;q=0.501", Format::Csv),
            ("*/*, application/json;q=0", Format::Csv),
            ("", Format::Json),
            ("*/*", Format::Json),
            ("application/json", Format::Json),
            ("application/json, text/csv", Format::Json),
            ("text/csv;q=0.9, application/json", Format::Json),
            ("text/csv;q=0", Format::Json),
            ("text/csv;q=0, text/*", Format::Json),
            ("text/html, application/xhtml+xml, */*;q=0.8", Format::Json),
            ("image/png", Format::Json),
            (";;,,q=", Format::Json),
        ] {
            assert_eq!(Format::preferred(accept, Format::Csv), format, "{accept}");
        }
    }

    #[test]
    fn a_browser_that_goes_to_a_page_gets_the_page() {
        for (accept, format) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", Format::Html),
            ("text/html", Format::Html),
            ("text/*", Format::Html),
            ("application/json", Format::Json),
            ("*/*", Format::Json),
            ("", Format::Json),
            ("text/csv", Format::Json),
        ] {
            assert_eq!(Format::preferred(accept, Format::Html), format, "{accept}");
        }
    }
}
