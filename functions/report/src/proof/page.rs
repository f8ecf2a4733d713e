//! The proof as a page to print or to save: every fact of it is out of what is signed, but for the firm's name and zone.

use askama::Template;
use domain::settings::Zone;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use lambda_http::http::{HeaderName, HeaderValue, header};
use lambda_http::{Body, Response};

use super::Signature;
use super::bundle::{Proof, ProofEvent, ProofRecipient, Time};
use super::words;

/// The page loads nothing and leads nowhere; its one style sheet is its own.
const POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'nonce-";

#[derive(Template)]
#[template(path = "proof.html")]
struct ProofPage<'a> {
    nonce: &'a str,
    firm_name: &'a str,
    zone: &'a Zone,
    proof: &'a Proof<'a>,
    signature: &'a Signature,
}

/// A rendered page.
pub(crate) struct Page {
    pub(crate) text: String,
    nonce: String,
}

pub(crate) fn html(
    proof: &Proof<'_>,
    signature: &Signature,
    firm_name: &str,
    zone: &Zone,
    random: u128,
) -> Result<Page, askama::Error> {
    let nonce = format!("{random:032x}");
    let text = ProofPage { nonce: &nonce, firm_name, zone, proof, signature }.render()?;
    Ok(Page { text, nonce })
}

impl Page {
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.text));
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if let Ok(policy) = HeaderValue::try_from(format!("{POLICY}{}'", self.nonce)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

impl ProofPage<'_> {
    fn local(&self, time: &Time) -> String {
        clock(time.0, self.zone.rules())
    }

    fn utc(&self, time: &Time) -> String {
        clock(time.0, &TimeZone::UTC)
    }

    /// Whether the firm counts its time otherwise than UTC.
    fn has_zone(&self) -> bool {
        self.zone.name() != "UTC"
    }

    /// The sentence of an event's rule.
    fn sentence(&self, event: &ProofEvent) -> Option<&'static str> {
        let rule = event.rule?;
        self.proof.rules.iter().find(|known| known.id == rule).map(|known| known.sentence)
    }

    /// How many opens and clicks have no line of their own, because only the first hundred are kept one by one.
    fn unlisted(&self, recipient: &ProofRecipient<'_>) -> u64 {
        let listed = recipient.events.iter().filter(|event| event.automatic.is_some()).count() as u64;
        let counted = recipient.opens + recipient.automatic_opens + recipient.clicks + recipient.automatic_clicks;
        counted.saturating_sub(listed)
    }
}

/// A moment that nobody can misread: the day in words, the time to the second, and how far the zone is from UTC.
fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%-d %B %Y, %H:%M:%S (UTC%:z)").to_string().replace("(UTC+00:00)", "UTC")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_moment_says_in_which_zone_it_is() {
        let at: Timestamp = "2026-11-21T23:05:00.120Z".parse().unwrap();
        let zone: Zone = "America/New_York".parse().unwrap();
        assert_eq!(clock(at, zone.rules()), "21 November 2026, 18:05:00 (UTC-05:00)");
        assert_eq!(clock(at, &TimeZone::UTC), "21 November 2026, 23:05:00 UTC");
    }
}
