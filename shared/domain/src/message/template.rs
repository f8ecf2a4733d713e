//! The built-in template: the firm's words, the invoice's facts, a button, and who sent it. Markup is in `templates/`.

use askama::Template;

use super::{ComposeError, Letter, html};
use crate::settings::BrandColor;

/// The index of the template's only link among the tracked ones.
const INVOICE_LINK: u8 = 0;

/// What both parts of the template show.
struct Content<'a> {
    subject: &'a str,
    sender: &'a str,
    heading: String,
    paragraphs: Vec<Vec<String>>,
    facts: Vec<(&'static str, String)>,
    invoice_url: Option<String>,
    brand: Option<Brand>,
    recipient_name: Option<&'a str>,
    unsubscribe_url: &'a str,
    /// Markup.
    pixel: Option<String>,
}

/// The firm's colour, and what is written on it.
struct Brand {
    background: String,
    text: &'static str,
}

impl From<BrandColor> for Brand {
    fn from(color: BrandColor) -> Self {
        Self { background: color.to_string(), text: color.text() }
    }
}

#[derive(Template)]
#[template(path = "invoice.html")]
struct InvoiceHtml<'a> {
    content: &'a Content<'a>,
}

#[derive(Template)]
#[template(path = "invoice.txt")]
struct InvoiceText<'a> {
    content: &'a Content<'a>,
}

#[derive(Template)]
#[template(path = "page.html")]
struct PageHtml<'a> {
    subject: &'a str,
    paragraphs: Vec<Vec<String>>,
    pixel: Option<String>,
}

/// The template's text and HTML.
pub(super) fn built_in(letter: &Letter<'_>) -> Result<(String, String), ComposeError> {
    let facts = letter.facts;
    let content = Content {
        subject: letter.subject,
        sender: sender(letter),
        heading: match &facts.number {
            Some(number) => format!("Invoice {number}"),
            None => letter.subject.to_owned(),
        },
        paragraphs: paragraphs(letter.message.unwrap_or_default()),
        facts: rows(letter),
        invoice_url: match (&facts.url, letter.links.track_link) {
            (Some(url), Some(track_link)) => Some(track_link(INVOICE_LINK, url.as_ascii())),
            (Some(url), None) => Some(url.as_ascii().to_owned()),
            (None, _) => letter.links.page_url.clone(),
        },
        brand: letter.brand_color.map(Brand::from),
        recipient_name: letter.recipient_name.map(str::trim).filter(|name| !name.is_empty()),
        unsubscribe_url: &letter.links.unsubscribe_url,
        pixel: letter.links.pixel_url.as_deref().map(html::pixel),
    };
    Ok((InvoiceText { content: &content }.render()?, InvoiceHtml { content: &content }.render()?))
}

/// The least HTML that shows the caller's own text.
pub(super) fn page_around(letter: &Letter<'_>, text: &str) -> Result<String, ComposeError> {
    let page = PageHtml {
        subject: letter.subject,
        paragraphs: paragraphs(text),
        pixel: letter.links.pixel_url.as_deref().map(html::pixel),
    };
    Ok(page.render()?)
}

/// Who the e-mail is from, in words.
fn sender<'a>(letter: &Letter<'a>) -> &'a str {
    let name = letter.from.name.as_deref().unwrap_or_default();
    [letter.firm_name, name]
        .into_iter()
        .map(str::trim)
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| letter.from.address.as_str())
}

fn rows(letter: &Letter<'_>) -> Vec<(&'static str, String)> {
    let facts = letter.facts;
    let rows = [
        ("Invoice number", facts.number.clone()),
        ("Client", facts.client_name.clone()),
        ("Amount", facts.amount.map(|amount| letter.locale.money(amount))),
        (
            if facts.balance.is_some_and(|balance| balance.is_credit()) { "Credit" } else { "Balance due" },
            facts.balance.filter(|_| letter.shows_balance).map(|balance| letter.locale.money(balance.abs())),
        ),
        ("Due date", facts.due_on.map(|due_on| letter.locale.day(due_on))),
    ];
    rows.into_iter().filter_map(|(label, value)| Some((label, value?))).collect()
}

/// A text as paragraphs of lines. Control characters, which no mail program shows, are left out of the body.
fn paragraphs(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut paragraphs = Vec::new();
    let mut paragraph = Vec::new();
    for line in text.lines() {
        let line: String = line.trim_end().chars().filter(|c| *c == '\t' || !c.is_control()).collect();
        if !line.is_empty() {
            paragraph.push(line);
        } else if !paragraph.is_empty() {
            paragraphs.push(std::mem::take(&mut paragraph));
        }
    }
    if !paragraph.is_empty() {
        paragraphs.push(paragraph);
    }
    paragraphs
}
