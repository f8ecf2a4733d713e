//! The page's buttons, as a browser posts them.

use lambda::body;
use lambda_http::Request;
use url::form_urlencoded;

/// The longest body that is read: the form has one short field.
const MAX_FORM_BYTES: usize = 4 * 1024;

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Opens the invoice's document.
    Open,
    /// Pays the invoice.
    Pay,
}

impl Action {
    /// The request's, by its form field `action`.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let bytes = Some(body::bytes(request)).filter(|bytes| bytes.len() <= MAX_FORM_BYTES)?;
        let action = form_urlencoded::parse(bytes).find(|(name, _)| name == "action")?.1;
        match &*action {
            "open" => Some(Self::Open),
            "pay" => Some(Self::Pay),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Body;

    #[test]
    fn a_button_is_known_by_its_field() {
        for (body, action) in [
            ("action=open", Some(Action::Open)),
            ("x=1&action=pay", Some(Action::Pay)),
            ("action=%6fpen", Some(Action::Open)),
            ("action=", None),
            ("action=refund", None),
            ("open", None),
            ("", None),
            ("{\"action\":\"open\"}", None),
        ] {
            assert_eq!(Action::of(&Request::new(Body::from(body))), action, "{body}");
        }
        let long = format!("x={}&action=open", "x".repeat(MAX_FORM_BYTES));
        assert_eq!(Action::of(&Request::new(Body::from(long))), None);
    }
}
