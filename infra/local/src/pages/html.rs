//! The pages' HTML. Askama escapes every value.

use askama::Template;
use mail_parser::MessageParser;

use crate::clock;
use crate::ses::mailbox::{Mail, Mailbox};

/// More rows make the page slow, and nobody reads them.
const MOST_ROWS: usize = 500;

struct Example {
    title: &'static str,
    command: String,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    page: &'static str,
    examples: Vec<Example>,
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage {
    page: &'static str,
    total: usize,
    mails: Vec<Row>,
}

struct Row {
    id: String,
    to: String,
    subject: String,
    at: String,
    shown_at: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage<'mail> {
    page: &'static str,
    id: &'mail str,
    subject: &'mail str,
    to: String,
    at: String,
    configuration_set: &'mail str,
    tags: Vec<(&'mail str, &'mail str)>,
    headers: Vec<(String, String)>,
    has_html: bool,
    text: String,
    raw: &'mail str,
}

pub(super) fn overview(url: &str) -> Result<String, askama::Error> {
    let example = |title, command| Example { title, command };
    let examples = vec![
        example(
            "Send an invoice e-mail to three people, each with a course of their own",
            format!(
                r#"curl -s {url}/v1/invoices/2001/emails -H 'content-type: application/json' -d '{{
  "to": "Ann Lee <ann@example.com>; bounce+1@simulator.amazonses.com", "cc": ["delayed@local.test"],
  "subject": "Invoice 2001 from Roe & Partners", "message": "Dear Ann, please find our invoice below.",
  "facts": {{ "number": "2001", "client": "client-7", "client_name": "Acme", "currency": "USD", "amount": "1250.00" }} }}'"#
            ),
        ),
        example("What became of it, person by person", format!("curl -s {url}/v1/invoices/2001/emails")),
        example(
            "The report of another firm, rejected and delayed only",
            format!(
                "curl -s '{url}/v1/reports/invoice-emails?status=rejected,delayed' -H 'authorization: Bearer local:other-firm'"
            ),
        ),
        example(
            "Let SES throttle the next three calls, and send every event twice and out of order",
            format!(
                r#"curl -s -X PUT {url}/_local/faults -d '{{ "ses": {{ "throttle": 3 }}, "events": {{ "duplicate": 1, "shuffle": true }} }}'"#
            ),
        ),
        example("End all faults", format!("curl -s -X PUT {url}/_local/faults -d '{{}}'")),
    ];
    Overview { page: "overview", examples }.render()
}

pub(super) fn mailbox(mailbox: &Mailbox) -> Result<String, askama::Error> {
    let mails = mailbox.newest_first();
    let rows = mails.iter().take(MOST_ROWS).map(|mail| Row {
        id: mail.message_id.clone(),
        to: mail.envelope_to.join(", "),
        subject: mail.subject.clone(),
        at: clock::rfc3339(mail.accepted_at),
        shown_at: mail.accepted_at.strftime("%-d %b %Y, %H:%M:%S").to_string(),
    });
    MailboxPage { page: "mailbox", total: mails.len(), mails: rows.collect() }.render()
}

pub(super) fn mail(mail: &Mail) -> Result<String, askama::Error> {
    let message = MessageParser::default().parse(mail.raw.as_bytes()).unwrap_or_default();
    let headers = message.headers_raw().map(|(name, value)| {
        let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
        (name.to_owned(), lines.collect::<Vec<_>>().join(" "))
    });
    MailPage {
        page: "mailbox",
        id: &mail.message_id,
        subject: &mail.subject,
        to: mail.envelope_to.join(", "),
        at: clock::rfc3339(mail.accepted_at),
        configuration_set: mail.configuration_set.as_deref().unwrap_or("none"),
        tags: mail.tags.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        headers: headers.collect(),
        has_html: message.html_body_count() > 0,
        text: message.body_text(0).unwrap_or_default().into_owned(),
        raw: &mail.raw,
    }
    .render()
}

/// The mail's HTML part as it is, but for its links, which open windows of their own instead of the frame.
pub(super) fn html_part(mail: &Mail) -> Result<String, askama::Error> {
    const BASE: &str = "<base target=\"_blank\">";
    let message = MessageParser::default().parse(mail.raw.as_bytes()).unwrap_or_default();
    let html = message.body_html(0).unwrap_or_default();
    let lower = html.to_ascii_lowercase();
    let head = lower.find("<head").and_then(|start| lower[start..].find('>').map(|end| start + end + 1));
    Ok(match head {
        Some(at) => format!("{}{BASE}{}", &html[..at], &html[at..]),
        None => format!("{BASE}{html}"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::collections::BTreeMap;

    fn example(raw: &str) -> Mail {
        Mail {
            message_id: "0107-id".to_owned(),
            accepted_at: jiff::Timestamp::UNIX_EPOCH,
            envelope_to: vec!["\"<b>\"@example.com".to_owned()],
            from: "billing@roe-partners.example".to_owned(),
            subject: "<script>alert(1)</script>".to_owned(),
            tags: BTreeMap::from([("token".to_owned(), "a\"b".to_owned())]),
            configuration_set: None,
            raw: raw.to_owned(),
        }
    }

    #[test]
    fn what_a_mail_says_is_never_markup_of_the_page() {
        let raw = "Subject: <script>x</script>\r\nContent-Type: text/html\r\n\r\n<p onclick=x>Hello</p></textarea><script>y</script>";
        let page = mail(&example(raw)).unwrap();
        assert!(!page.contains("<script>") && !page.contains("<b>") && !page.contains("<p onclick"), "{page}");
        assert!(page.contains("sandbox=") && page.contains("src=\"/mailbox/0107-id/html\""));
        let mails = Mailbox::default();
        mails.add(example(raw));
        let page = mailbox(&mails).unwrap();
        assert!(!page.contains("<script>") && page.contains("&#60;script&#62;"), "{page}");
    }

    #[test]
    fn links_of_the_html_part_leave_the_frame() {
        let part = |html: &str| html_part(&example(&format!("Content-Type: text/html\r\n\r\n{html}"))).unwrap();
        assert_eq!(part("<html><HEAD lang=en><title>x"), "<html><HEAD lang=en><base target=\"_blank\"><title>x");
        assert_eq!(part("<p>x"), "<base target=\"_blank\"><p>x");
    }

    #[test]
    fn the_examples_name_this_stack() {
        assert!(overview("http://127.0.0.1:9").unwrap().contains("http://127.0.0.1:9/v1/invoices/2001/emails"));
    }
}
