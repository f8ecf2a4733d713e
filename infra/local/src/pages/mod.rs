//! The stack's own pages: the report, the mailbox, and what lies under `/_local/`.

mod html;

use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};

use crate::dead_letters::DeadLetters;
use crate::faults::{Faults, Plan};
use crate::invoke::Outcome;
use crate::serve::{self, Response};
use crate::ses::Ses;
use crate::ses::mailbox::Mailbox;
use crate::table_proxy::TableProxy;

/// What may be loaded by the stack's own pages: nothing from elsewhere.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
    frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What may be loaded by a mail: pictures, so that its pixel is loaded as it would be elsewhere, and its own styles. No
/// script runs, and its links open in windows of their own.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'none'; \
    form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// Everything that the pages show.
pub(crate) struct Pages {
    /// The gateway's own URL.
    pub(crate) url: String,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) ses: Arc<Ses>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) dead_letters: Arc<DeadLetters>,
    pub(crate) table: Arc<TableProxy>,
}

impl Pages {
    /// Answers a request to one of the stack's own paths; `None` leaves it to the API.
    pub(crate) async fn answer(&self, parts: &http::request::Parts, body: &[u8]) -> Option<Response> {
        let path = parts.uri.path();
        if path == "/" && matches!(parts.method, Method::GET | Method::HEAD) {
            return Some(page(html::overview(&self.url), PAGE_POLICY));
        }
        if path == "/mailbox" || path.starts_with("/mailbox/") {
            return Some(only(&[Method::GET, Method::HEAD], parts).unwrap_or_else(|| self.mailbox_page(path)));
        }
        match path.strip_prefix("/_local/") {
            Some(name) => Some(self.local(name, parts, body).await),
            None => None,
        }
    }

    fn mailbox_page(&self, path: &str) -> Response {
        let rest = path.strip_prefix("/mailbox").unwrap_or_default().trim_matches('/');
        if rest.is_empty() {
            return page(html::mailbox(&self.mailbox), PAGE_POLICY);
        }
        let (id, only_html) = rest.strip_suffix("/html").map_or((rest, false), |id| (id, true));
        match self.mailbox.get(id) {
            None => serve::problem(404, "Not Found", "There is no such mail; a restart empties the mailbox."),
            Some(mail) if only_html => page(html::html_part(&mail), MAIL_POLICY),
            Some(mail) => page(html::mail(&mail), PAGE_POLICY),
        }
    }

    async fn local(&self, name: &str, parts: &http::request::Parts, body: &[u8]) -> Response {
        const READ: &[Method] = &[Method::GET, Method::HEAD];
        let methods: &[Method] = match name {
            "faults" => &[Method::GET, Method::HEAD, Method::PUT],
            "ses-events" => &[Method::POST],
            _ => READ,
        };
        if let Some(refusal) = only(methods, parts) {
            return refusal;
        }
        match name {
            "mailbox" => serve::json(200, &self.mailbox.to_json()),
            "dead-letters" => serve::json(200, &json!({ "dead_letters": self.dead_letters.all() })),
            "table-requests" => serve::json(200, &self.table.to_json()),
            "faults" if parts.method == Method::PUT => match Plan::parse(body) {
                Ok(plan) => {
                    self.faults.set(plan);
                    self.faults_left()
                }
                Err(error) => serve::problem(400, "Bad Request", &error.to_string()),
            },
            "faults" => self.faults_left(),
            "ses-events" => self.ses_event(body).await,
            "style.css" => serve::answer(200, "text/css; charset=utf-8", include_str!("../../templates/style.css")),
            "overview.js" => {
                serve::answer(200, "text/javascript; charset=utf-8", include_str!("../../templates/overview.js"))
            }
            _ => serve::problem(404, "Not Found", "The local stack has no such page."),
        }
    }

    fn faults_left(&self) -> Response {
        serve::json(200, &serde_json::to_value(self.faults.rest()).unwrap_or(Value::Null))
    }

    async fn ses_event(&self, body: &[u8]) -> Response {
        let body = String::from_utf8_lossy(body).into_owned();
        let (outcome, detail) = match self.ses.publish_and_hear(body).await {
            Ok(Outcome::Recorded(detail)) => ("recorded", detail),
            Ok(Outcome::Ignored(detail) | Outcome::NotKnownYet(detail)) => ("ignored", detail),
            Err(error) => ("failed", error.to_string()),
        };
        serve::json(200, &json!({ "outcome": outcome, "detail": detail }))
    }
}

fn page(html: Result<String, askama::Error>, policy: &'static str) -> Response {
    match html {
        Ok(html) => {
            let mut response = serve::answer(200, "text/html; charset=utf-8", html);
            let headers = response.headers_mut();
            headers.insert(http::header::CONTENT_SECURITY_POLICY, http::HeaderValue::from_static(policy));
            headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, http::HeaderValue::from_static("nosniff"));
            headers.insert(http::header::REFERRER_POLICY, http::HeaderValue::from_static("no-referrer"));
            response
        }
        Err(error) => {
            tracing::error!(error = %error, "a page could not be made");
            serve::problem(500, "Internal Server Error", "The page could not be made.")
        }
    }
}

/// The refusal of a method that is none of `methods`.
fn only(methods: &[Method], parts: &http::request::Parts) -> Option<Response> {
    if methods.contains(&parts.method) {
        return None;
    }
    let mut response = serve::problem(405, "Method Not Allowed", "The page does not take this method.");
    let allowed = methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
    if let Ok(allowed) = http::HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(http::header::ALLOW, allowed);
    }
    Some(response)
}
