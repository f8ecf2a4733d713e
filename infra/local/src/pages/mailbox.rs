//! The paths under `/mailbox`: the list, a mail, its HTML for a frame, its source, and what can be played by hand.

use std::time::Duration;

use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};

use super::mail::{self, Known, View};
use super::plays::{self, Program, Target};
use super::scheme::Scheme;
use super::{Pages, list, only, owner, page, parts, said};
use crate::clock;
use crate::gateway::event::query_parameters;
use crate::invoke::InvocationError;
use crate::serve::{self, Response};
use crate::ses::mailbox::{Mail, What};

/// What may be loaded by a mail: pictures, so that its pixel is loaded as it would be elsewhere, and its own styles. No
/// script runs, and its links open in windows of their own.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'none'; \
    form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// The same for who wants to look without being noticed.
const MAIL_POLICY_WITHOUT_IMAGES: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; font-src 'none'; \
    form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

/// How long a page waits until an event was handled; faults can keep it for longer.
const HEARING_TIMEOUT: Duration = Duration::from_secs(3);

const READ: &[Method] = &[Method::GET, Method::HEAD];

impl Pages {
    /// Answers a request below `/mailbox`.
    pub(super) async fn mailbox(&self, parts: &Parts, body: &[u8]) -> Response {
        let path = parts.uri.path().strip_prefix("/mailbox").unwrap_or_default().trim_matches('/');
        let (id, part) = path.split_once('/').unwrap_or((path, ""));
        let methods: &[Method] = if matches!(part, "fetch" | "event") { &[Method::POST] } else { READ };
        if let Some(refusal) = only(methods, parts) {
            return refusal;
        }
        if id.is_empty() {
            let query = list::Query::read(parameters(parts.uri.query().unwrap_or_default()));
            return page(list::page(&self.mailbox, &query, self.keys.as_ref(), &self.url));
        }
        let Some(mail) = self.mailbox.get(id) else { return super::missing() };
        let parameter = parameters(parts.uri.query().unwrap_or_default());
        match part {
            "" => {
                let view = View::of(&parameter("view").unwrap_or_default());
                page(mail::page(&mail, &self.known(&mail).await, view, &self.url))
            }
            "html" => {
                let scheme = parameter("scheme").as_deref().and_then(Scheme::of);
                let with_images = parameter("images").as_deref() != Some("none");
                frame(&mail, scheme, with_images, parts.method == Method::GET)
            }
            "source" => source(&mail),
            "fetch" | "event" if !comes_from_here(&parts.headers) => {
                serve::problem(403, "Forbidden", "Only the mailbox's own page may do this.")
            }
            "fetch" | "event" => {
                let form = String::from_utf8_lossy(body).into_owned();
                let asked = parameters(&form)("as").unwrap_or_default();
                if part == "fetch" { self.fetch(&mail, &asked).await } else { self.say(&mail, &asked).await }
            }
            _ => super::missing(),
        }
    }

    async fn known(&self, mail: &Mail) -> Known {
        let owner = owner(mail, self.keys.as_ref());
        let said = match &owner {
            Some(key) => said::ask(&self.client, &self.url, key).await,
            None => Err("This mail was not sent by the product.".to_owned()),
        };
        Known { owner, said }
    }

    /// Plays a program that loads the mail's pixel or follows its link.
    async fn fetch(&self, mail: &Mail, program: &str) -> Response {
        let Some(program) = Program::of(program) else {
            return serve::problem(400, "Bad Request", "There is no such program to play.");
        };
        let message = parts::parse(mail);
        let html = parts::html(&message).unwrap_or_default();
        let target = match program.target {
            Target::Pixel => parts::pixel(html, &self.url),
            Target::Link => parts::link(html, &self.url),
        };
        let Some(target) = target else {
            return serve::problem(409, "Conflict", "The mail has nothing to fetch: it is not tracked.");
        };
        let at = clock::now();
        match program.fetch(&self.client, &target).await {
            Ok(()) => {
                mail.life.note(at, What::Played(program.deed));
                see(mail)
            }
            Err(error) => unavailable(&InvocationError::from_error(&error)),
        }
    }

    /// Publishes an event of the mail as SES would.
    async fn say(&self, mail: &Mail, step: &str) -> Response {
        let Some(step) = plays::step(step) else {
            return serve::problem(400, "Bad Request", "There is no such event to publish.");
        };
        if mail.configuration_set.is_none() {
            return serve::problem(409, "Conflict", "Without a configuration set SES publishes nothing.");
        }
        match tokio::time::timeout(HEARING_TIMEOUT, self.ses.publish_by_hand(mail, step)).await {
            // What the recorder makes of it is to be read on the page; a failure stays in the queue and is tried again.
            Ok(Ok(_)) | Err(_) => see(mail),
            Ok(Err(error)) => unavailable(&error),
        }
    }
}

/// A parameter of a query or of a form.
fn parameters(text: &str) -> impl Fn(&str) -> Option<String> {
    let all = query_parameters(text);
    move |name| all.get(name).cloned()
}

/// The mail's HTML for a frame. Who asks for it with its images is about to load them.
fn frame(mail: &Mail, scheme: Option<Scheme>, with_images: bool, is_looking: bool) -> Response {
    let message = parts::parse(mail);
    let html = parts::html(&message).unwrap_or_default();
    let decided = scheme.map_or_else(|| html.to_owned(), |scheme| scheme.decide(html));
    let shown = parts::for_frame(&if with_images { decided } else { parts::without_images(&decided) });
    let mut response = serve::answer(200, "text/html; charset=utf-8", shown);
    let policy = if with_images { MAIL_POLICY } else { MAIL_POLICY_WITHOUT_IMAGES };
    super::harden(&mut response, policy, "no-referrer");
    if with_images && is_looking && !html.is_empty() {
        mail.life.note(clock::now(), What::Shown);
    }
    response
}

fn source(mail: &Mail) -> Response {
    let mut response = serve::answer(200, "message/rfc822", mail.raw.clone());
    super::harden(&mut response, "default-src 'none'; sandbox", "no-referrer");
    let attachment = HeaderValue::from_static("attachment; filename=\"mail.eml\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment);
    response
}

/// Leads back to the mail, to what became of it.
fn see(mail: &Mail) -> Response {
    let mut response = serve::answer(303, "text/plain; charset=utf-8", "");
    if let Ok(location) = HeaderValue::try_from(mail::href(&mail.message_id, View::Events)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn unavailable(error: &InvocationError) -> Response {
    serve::problem(503, "Service Unavailable", &format!("It could not be done: {error}"))
}

/// Whether a request comes from a page of this stack, or from a program, but not from another site's page, which a
/// browser marks: <https://www.w3.org/TR/fetch-metadata/>, and `Origin` on every POST. Names other than loopback's are
/// refused too, since another site can let its own name point here.
fn comes_from_here(headers: &HeaderMap) -> bool {
    let header = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if header(header::HeaderName::from_static("sec-fetch-site")).is_some_and(|site| site != "same-origin") {
        return false;
    }
    let Some(origin) = header(header::ORIGIN) else { return true };
    let host = header(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "127.0.0.1" | "localhost") && origin == format!("http://{host}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn from_here(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)));
        comes_from_here(&pairs.collect())
    }

    #[test]
    fn a_form_of_another_site_is_not_ours() {
        let host = ("host", "127.0.0.1:8787");
        assert!(from_here(&[host]), "a program");
        assert!(from_here(&[host, ("origin", "http://127.0.0.1:8787"), ("sec-fetch-site", "same-origin")]));
        assert!(from_here(&[("host", "localhost:8787"), ("origin", "http://localhost:8787")]));
        for headers in [
            [host, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            [host, ("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-site")],
            [host, ("origin", "null"), ("sec-fetch-site", "same-origin")],
            [host, ("origin", "http://127.0.0.1:3000"), ("accept", "*/*")],
            [("host", "evil.example:8787"), ("origin", "http://evil.example:8787"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(!from_here(&headers), "{headers:?}");
        }
    }
}
