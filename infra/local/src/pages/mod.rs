//! The stack's own pages: the mailbox, and what lies under `/_local/`.

mod list;
mod mail;
mod mailbox;
mod parts;
mod plays;
mod said;
mod scheme;

use std::sync::Arc;

use askama::Template;
use domain::ids::{Kind, RecipientKey};
use domain::token::{Purpose, TokenKeys};
use http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bus::Bus;
use crate::dead_letters::DeadLetters;
use crate::event_bridge::EventBridge;
use crate::faults::{Faults, Plan};
use crate::gateway::event::query_parameters;
use crate::invoke::{EventFunction, Outcome, apart_flat};
use crate::serve::{self, Response};
use crate::ses::Ses;
use crate::ses::mailbox::{Mail, Mailbox};
use crate::table_proxy::TableProxy;

/// What may be loaded by the stack's own pages: nothing from elsewhere, and nothing becomes markup but what the server
/// wrote.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
    frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

/// Everything that the pages show.
pub(crate) struct Pages {
    /// The gateway's own URL.
    pub(crate) url: String,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) ses: Arc<Ses>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) dead_letters: Arc<DeadLetters>,
    pub(crate) bus: Bus,
    pub(crate) event_bridge: Arc<EventBridge>,
    /// Counts anew what it is told to.
    pub(crate) follow: EventFunction,
    pub(crate) table: Arc<TableProxy>,
    /// Asks the gateway itself; follows no redirect.
    pub(crate) client: reqwest::Client,
    /// What tells whose copy a mail is; without them mails are shown all the same.
    pub(crate) keys: Option<TokenKeys>,
}

impl Pages {
    /// Answers a request to one of the stack's own paths; `None` leaves it to the API.
    pub(crate) async fn answer(&self, parts: &http::request::Parts, body: &[u8]) -> Option<Response> {
        let path = parts.uri.path();
        if path == "/mailbox" || path.starts_with("/mailbox/") {
            return Some(self.mailbox(parts, body).await);
        }
        match path.strip_prefix("/_local/") {
            Some(name) => Some(self.local(name, parts, body).await),
            None => None,
        }
    }

    async fn local(&self, name: &str, parts: &http::request::Parts, body: &[u8]) -> Response {
        const READ: &[Method] = &[Method::GET, Method::HEAD];
        let methods: &[Method] = match name {
            "faults" => &[Method::GET, Method::HEAD, Method::PUT],
            "events" => &[Method::GET, Method::HEAD, Method::POST],
            "ses-events" | "recount" => &[Method::POST],
            _ => READ,
        };
        if let Some(refusal) = only(methods, parts) {
            return refusal;
        }
        match name {
            "mailbox" => serve::json(200, &self.mailbox.to_json()),
            "mailbox/newer" => {
                let parameters = query_parameters(parts.uri.query().unwrap_or_default());
                let number = parameters.get("than").and_then(|number| number.parse().ok()).unwrap_or_default();
                let query = list::Query::read(|name| parameters.get(name).cloned());
                serve::json(200, &json!({ "newer": query.newer_than(number, &self.mailbox) }))
            }
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
            "events" if parts.method == Method::POST => self.portal_event(body).await,
            "events" => serve::json(200, &self.event_bridge.to_json()),
            "recount" => self.recount(body).await,
            "style.css" => serve::answer(200, "text/css; charset=utf-8", include_str!("../../templates/style.css")),
            "mailbox.js" => {
                serve::answer(200, "text/javascript; charset=utf-8", include_str!("../../templates/mailbox.js"))
            }
            _ => serve::problem(404, "Not Found", "The local stack has no such page."),
        }
    }

    fn faults_left(&self) -> Response {
        serve::json(200, &serde_json::to_value(self.faults.rest()).unwrap_or(Value::Null))
    }

    /// An event of the portal, as EventBridge would hand it over.
    async fn portal_event(&self, body: &[u8]) -> Response {
        let event = match serde_json::from_slice(body) {
            Ok(event) => event,
            Err(error) => return serve::problem(400, "Bad Request", &format!("The event is not JSON: {error}.")),
        };
        match self.bus.publish(event).await {
            Ok(answer) => serve::json(200, &json!({ "outcome": "handled", "answer": answer })),
            Err(error) => serve::json(200, &json!({ "outcome": "failed", "detail": error.to_string() })),
        }
    }

    /// What somebody with the right to invoke functions asks of `follow`.
    async fn recount(&self, body: &[u8]) -> Response {
        let Ok(asked) = serde_json::from_slice::<Value>(body) else {
            return serve::problem(400, "Bad Request", "The body is not JSON.");
        };
        match apart_flat((self.follow)(json!({ "recount": asked }))).await {
            Ok(answer) => serve::json(200, &answer),
            Err(error) => serve::problem(400, "Bad Request", &error.to_string()),
        }
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

#[derive(Template)]
#[template(path = "missing.html")]
struct MissingPage {
    page: &'static str,
}

/// The page that stands for a mail that is not there.
fn missing() -> Response {
    let mut response = page(MissingPage { page: "missing" }.render());
    if response.status().is_success() {
        *response.status_mut() = http::StatusCode::NOT_FOUND;
    }
    response
}

fn page(html: Result<String, askama::Error>) -> Response {
    match html {
        Ok(html) => {
            let mut response = serve::answer(200, "text/html; charset=utf-8", html);
            // Without a referrer a browser would not name the origin of a form either.
            harden(&mut response, PAGE_POLICY, "same-origin");
            response
        }
        Err(error) => {
            tracing::error!(error = %error, "a page could not be made");
            serve::problem(500, "Internal Server Error", "The page could not be made.")
        }
    }
}

fn harden(response: &mut Response, policy: &'static str, referrer: &'static str) {
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_SECURITY_POLICY, http::HeaderValue::from_static(policy));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, http::HeaderValue::from_static("nosniff"));
    headers.insert(http::header::REFERRER_POLICY, http::HeaderValue::from_static(referrer));
}

/// Times as people read them, in UTC.
fn shown_at(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M:%S").to_string()
}

/// Whose copy a mail is: one of its tags says so, sealed.
fn owner(mail: &Mail, keys: Option<&TokenKeys>) -> Option<RecipientKey> {
    let keys = keys?;
    mail.tags.values().find_map(|value| keys.open_recipient(Purpose::Tag, value).ok())
}

/// An address field's name.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::To => "To",
        Kind::Cc => "Cc",
        Kind::Bcc => "Bcc",
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
