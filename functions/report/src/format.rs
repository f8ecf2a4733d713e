//! Which format an answer of the report has: JSON, or CSV by `format` or else by `Accept`.

/// A format of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/json`
    Json,
    /// `text/csv`
    Csv,
}

impl Format {
    /// The value of `format`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// What an `Accept` header prefers. Where it is undecided, or admits neither, JSON.
    pub(crate) fn preferred(accept: &str) -> Self {
        let csv = preference(accept, ["text/csv", "text/*", "*/*"]);
        let json = preference(accept, ["application/json", "application/*", "*/*"]);
        if csv.is_some() && csv > json { Self::Csv } else { Self::Json }
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
            assert_eq!(Format::preferred(accept), format, "{accept}");
        }
    }
}
