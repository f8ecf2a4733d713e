//! The few pages that a recipient may see.

use askama::Template;
use lambda_http::http::{HeaderName, HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};

use crate::with_headers;

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    title: &'static str,
    text: &'static str,
    /// Shows the button that unsubscribes.
    button: bool,
}

fn page(status: StatusCode, page: &Page) -> Response<Body> {
    let html = page.render().unwrap_or_else(|_| page.title.to_owned());
    with_headers(
        status,
        Body::from(html),
        &[
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            ),
            (HeaderName::from_static("x-robots-tag"), "noindex"),
        ],
    )
}

pub(crate) fn not_found() -> Response<Body> {
    page(
        StatusCode::NOT_FOUND,
        &Page {
            title: "This link does not work",
            text: "It may have been cut off or changed on its way. Open it from the e-mail once more, \
               or ask the firm that sent you the invoice.",
            button: false,
        },
    )
}

pub(crate) fn unsubscribe() -> Response<Body> {
    page(
        StatusCode::OK,
        &Page {
            title: "Stop invoice e-mails?",
            text: "The firm will no longer send invoices to this address by e-mail. Its invoices stay due all the same.",
            button: true,
        },
    )
}

pub(crate) fn unsubscribed() -> Response<Body> {
    page(
        StatusCode::OK,
        &Page {
            title: "You will get no more invoice e-mails",
            text: "The firm sees that you asked for this. To receive invoices by e-mail again, ask the firm.",
            button: false,
        },
    )
}

pub(crate) fn try_again() -> Response<Body> {
    let mut response = page(
        StatusCode::SERVICE_UNAVAILABLE,
        &Page {
            title: "That did not work just now",
            text: "Your wish could not be recorded. Please try once more in a minute.",
            button: true,
        },
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}
