//! The page of an invoice, and the pages for links that do not lead to one.

use askama::Template;
use domain::address::Address;
use domain::facts::{Facts, Money};
use domain::ids::RecipientKey;
use domain::locale::Locale;
use domain::settings::{BrandColor, PaymentUrl};
use jiff::civil::Date;
use lambda_http::http::{HeaderName, HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use table::PageContent;
use url::Url;
use url::form_urlencoded::byte_serialize;

/// Every page of ours allows its one style sheet, and forms that lead here.
const POLICY: &str = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The colour of buttons where a firm has none of its own, on light and on dark.
const BUTTON: Button = Button { background: "#1f4b8e", text: "#ffffff" };

#[derive(Template)]
#[template(path = "invoice.html")]
struct InvoicePage<'a> {
    nonce: String,
    firm_name: &'a str,
    heading: String,
    rows: Vec<(&'static str, String)>,
    is_paid: bool,
    has_document: bool,
    can_be_paid: bool,
    is_seen: bool,
    reply_to: Option<ReplyTo>,
    background: String,
    text: &'static str,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    nonce: &'static str,
    title: &'static str,
    text: &'static str,
}

/// An address as people read it, and as a link has it.
struct ReplyTo {
    address: String,
    link: String,
}

impl From<&Address> for ReplyTo {
    fn from(address: &Address) -> Self {
        // An address may contain what parts a link (RFC 6068, 2), which could then name further people, or a text.
        let local_part = byte_serialize(address.local_part().as_bytes()).collect::<String>().replace('+', "%20");
        Self { address: address.to_string(), link: format!("mailto:{local_part}@{}", address.domain()) }
    }
}

struct Button {
    background: &'static str,
    text: &'static str,
}

/// Where the invoice's document is: as the portal tells now, else as the e-mail was told.
pub(crate) fn document(content: &PageContent) -> Option<String> {
    let now = content.stored.as_ref().and_then(|stored| stored.facts.url.as_ref());
    now.or(content.body.facts.url.as_ref()).map(|url| url.as_ascii().to_owned())
}

/// Where the invoice is paid.
pub(crate) fn payment(key: &RecipientKey, content: &PageContent) -> Option<String> {
    content.settings.payment_url.as_ref().map(|url: &PaymentUrl| url.of(&key.invoice))
}

/// The invoice, as it is now.
pub(crate) fn invoice(key: &RecipientKey, content: &PageContent, random: u128, is_head: bool) -> Response<Body> {
    let settings = &content.settings;
    let facts = facts(content);
    let balance = facts.balance.filter(|_| settings.display_balances);
    // Nobody is asked to pay twice, whether what is left is shown or not.
    let is_nothing_left = facts.balance.is_some_and(|left| left.is_credit() || left.amount().is_zero());
    let is_paid = is_nothing_left && settings.display_balances;
    let issued_on = content.stored.as_ref().and_then(|stored| stored.issued_on);
    let (document, payment) = (document(content), payment(key, content).filter(|_| !is_nothing_left));
    let color = settings.brand_color;
    let nonce = format!("{random:032x}");
    let page = InvoicePage {
        nonce: nonce.clone(),
        firm_name: settings.name_of(&key.firm),
        heading: format!("Invoice {}", facts.number.as_deref().unwrap_or(key.invoice.as_str())),
        rows: rows(&facts, issued_on, balance, &settings.locale),
        is_paid,
        has_document: document.is_some(),
        can_be_paid: payment.is_some(),
        is_seen: content.recipient.tracked,
        reply_to: settings.reply_to.as_ref().map(|mailbox| ReplyTo::from(&mailbox.address)),
        background: color.map_or_else(|| BUTTON.background.to_owned(), |color| color.to_string()),
        text: color.map_or(BUTTON.text, BrandColor::text),
    };
    let policy = format!("{POLICY}; style-src 'nonce-{nonce}'; form-action {}", form_action([document, payment]));
    let body = if is_head { Ok(String::new()) } else { page.render() };
    html(StatusCode::OK, body, &policy)
}

/// Where the page's form may lead. Chromium holds each redirection after it to that, too, and where the firm's sites lead
/// on, to sign in or to pay, is not known here: any site over HTTPS, and over HTTP where the firm itself names one.
fn form_action(targets: [Option<String>; 2]) -> &'static str {
    let is_plain = |target: &String| Url::parse(target).is_ok_and(|url| url.scheme() == "http");
    if targets.iter().flatten().any(is_plain) { "'self' https: http:" } else { "'self' https:" }
}

/// What the portal tells of the invoice now, and what the e-mail said where the portal tells nothing.
fn facts(content: &PageContent) -> Facts {
    let said = content.body.facts.clone();
    match &content.stored {
        // A payment makes what the e-mail said of the balance an old story.
        Some(stored) if !stored.payments.is_empty() => stored.facts_now().or(Facts { balance: None, ..said }),
        Some(stored) => stored.facts_now().or(said),
        None => said,
    }
}

fn rows(
    facts: &Facts,
    issued_on: Option<Date>,
    balance: Option<Money>,
    locale: &Locale,
) -> Vec<(&'static str, String)> {
    let day = |day: Date| locale.day(day);
    let rows = [
        ("Client", facts.client_name.clone()),
        ("Date", issued_on.map(day)),
        ("Due date", facts.due_on.map(day)),
        ("Amount", facts.amount.map(|amount| locale.money(amount))),
        (
            if balance.is_some_and(|balance| balance.is_credit()) { "Paid too much" } else { "Still to be paid" },
            balance.map(|balance| locale.money(balance.abs())),
        ),
    ];
    rows.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

/// A page without an invoice.
fn message(status: StatusCode, title: &'static str, text: &'static str) -> Response<Body> {
    // Nothing of it comes from outside, so that its style needs no secret.
    const NONCE: &str = "message";
    let policy = format!("{POLICY}; style-src 'nonce-{NONCE}'; form-action 'none'");
    html(status, MessagePage { nonce: NONCE, title, text }.render(), &policy)
}

pub(crate) fn not_found() -> Response<Body> {
    message(
        StatusCode::NOT_FOUND,
        "This link does not work",
        "It may have been cut off or changed on its way. Open it from the e-mail once more, or ask the firm that sent you \
         the invoice.",
    )
}

pub(crate) fn gone() -> Response<Body> {
    message(
        StatusCode::GONE,
        "This link is no longer valid",
        "The firm has sent or changed this invoice since, or the e-mail is more than a year old. Use the link in the \
         latest e-mail, or ask the firm for a new one.",
    )
}

pub(crate) fn unknown_action() -> Response<Body> {
    message(
        StatusCode::BAD_REQUEST,
        "That did not work",
        "The page did not say what to do. Open it from the e-mail once more.",
    )
}

pub(crate) fn try_again() -> Response<Body> {
    let mut response = message(
        StatusCode::SERVICE_UNAVAILABLE,
        "That did not work just now",
        "The invoice cannot be shown at this moment. Please try once more in a minute.",
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}

/// Leads on after a button.
pub(crate) fn see_other(target: &str) -> Response<Body> {
    // Addresses were read as such when they were set up, and tokens are of URL-safe characters.
    let Ok(location) = HeaderValue::try_from(target) else { return unknown_action() };
    let mut response = private(Response::new(Body::Empty));
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, location);
    response
}

fn html(status: StatusCode, body: Result<String, askama::Error>, policy: &str) -> Response<Body> {
    let body = body.unwrap_or_else(|error| {
        tracing::error!(%error, "a page could not be rendered");
        String::new()
    });
    let mut response = private(Response::new(Body::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// For nobody but who holds the link: kept nowhere, told to nobody.
fn private(mut response: Response<Body>) -> Response<Body> {
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
