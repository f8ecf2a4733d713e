//! Texts that try to be more than texts: another header of a mail, markup of a mail or a page.

use serde_json::{Value, json};
use tests::{Firm, Mail, System};

/// What ends a line somewhere: in MIME, in Unicode, in a terminal.
const LINE_ENDS: [&str; 8] = ["\r\n", "\n", "\r", "\u{0}", "\u{b}", "\u{85}", "\u{2028}", "\r\n\r\n"];

const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><a href=\"javascript:alert(3)\">";

/// Puts one text into each field that a mail shows, all at once or as far as it is taken: who is refused tries the next.
async fn plant(firm: &Firm, text: &str) -> usize {
    let mut refused = 0;
    let fields = |names: &[&str]| -> Vec<(String, Value)> {
        names.iter().map(|name| ((*name).to_owned(), json!(text))).collect()
    };
    for (name, value) in fields(&["firm_name", "from_name", "reply_to", "payment_url", "locale", "timezone"]) {
        refused += usize::from(firm.put("/v1/settings", &json!({ name: value })).await.status == 400);
    }
    for (name, value) in fields(&["name", "email"]) {
        refused += usize::from(firm.put("/v1/clients/acme", &json!({ name: value })).await.status == 400);
    }
    let contact = json!({ "name": "Acme", "contacts": [{ "address": "ann@example.com", "name": text }] });
    refused += usize::from(firm.put("/v1/clients/acme", &contact).await.status == 400);
    for (name, value) in fields(&["number", "client_name", "url", "matter_email"]) {
        refused += usize::from(firm.put("/v1/invoices/1", &json!({ name: value })).await.status == 400);
    }
    for (name, value) in fields(&["to", "cc", "bcc", "subject"]) {
        let mut mail = json!({ "to": "ann@example.com", "subject": "Plain" });
        mail[name] = value;
        refused += usize::from(firm.submit("1", &mail).await.status == 400);
    }
    for (name, value) in fields(&["number", "client_name", "url"]) {
        let mail = json!({ "to": "ann@example.com", "subject": "Facts", "facts": { name: value } });
        refused += usize::from(firm.submit("1", &mail).await.status == 400);
    }
    refused
}

/// The names of a mail's headers, in lower case; lines that go on are their header's.
fn header_names(mail: &Mail) -> Vec<String> {
    let head = mail.raw.split("\r\n\r\n").next().unwrap();
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    lines.map(|line| line.split(':').next().unwrap().to_ascii_lowercase()).collect()
}

#[tokio::test]
async fn no_text_adds_a_header_to_a_mail() {
    let system = System::start().await;
    let plain = system.firm("plain");
    plain.send("1", json!({ "to": "ann@example.com", "subject": "Known" })).await;
    let mut known = header_names(&system.mail("Known", "ann@example.com").await);
    known.extend(["cc", "reply-to"].map(str::to_owned));

    let firm = system.firm("roe");
    for end in LINE_ENDS {
        let text = format!("Roe{end}Bcc: eve@example.com{end}X-Evil: 1");
        let refused = plant(&firm, &text).await;
        // What ends a line on a screen alone is a character like others, and encoded in a header.
        let ends_lines = end.chars().all(char::is_control);
        assert!(refused >= 15 || !ends_lines, "{end:?} was refused in {refused} of 18 fields only");
        let free = json!({ "to": "ann@example.com", "subject": "Free", "message": text, "facts": { "number": "1" } });
        // Where people may write lines, a NUL is refused all the same.
        firm.submit("1", &free).await.expect(if end == "\u{0}" { 400 } else { 202 });
    }
    system.settled().await;
    let mails = system.mailbox().await;
    assert!(mails.len() > LINE_ENDS.len());
    for mail in mails {
        assert_eq!(mail.to, "ann@example.com");
        let odd: Vec<String> = header_names(&mail).into_iter().filter(|name| !known.contains(name)).collect();
        assert!(odd.is_empty(), "{odd:?} in\n{}", mail.raw);
    }
}

#[tokio::test]
async fn no_text_becomes_markup_of_a_mail() {
    let system = System::start().await;
    let firm = system.firm("roe");
    plant(&firm, MARKUP).await;
    // As long as a number may be.
    let number = "<img src=x onerror=alert(2)>";
    let facts = json!({ "number": number, "client_name": MARKUP });
    let mail =
        json!({ "to": "\"<b>Ann</b>\" <ann@example.com>", "subject": MARKUP, "message": MARKUP, "facts": facts });
    firm.submit("1", &mail).await.expect(202);
    system.settled().await;
    let mails = system.mailbox().await;
    assert!(mails.iter().any(|mail| mail.subject == MARKUP), "the subject is what it was");
    for mail in mails {
        let html = mail.html().to_ascii_lowercase();
        for markup in ["<script", "<img src=x", "<img src=\"x", "href=\"javascript:", "onerror=alert(2)>", "<b>ann"] {
            assert!(!html.contains(markup), "{markup} in {html}");
        }
    }
}
