//! One recipient's copy, made of what the send and the recipient are.

use super::*;
use crate::ids::{RecipientKey, SendId};
use crate::recipient::{Recipient, Source};

fn body() -> Body {
    let Draft { firm_name, to, cc, subject, message, html, text, facts, .. } = Draft::default();
    Body { subject, firm_name, to, cc, message, html, text, facts, look: Look::default() }
}

fn recipient(position: &str) -> Recipient {
    let key = RecipientKey {
        firm: "roe".parse().unwrap(),
        invoice: "1042".parse().unwrap(),
        send: SendId::new(Draft::default().date, 7),
        position: position.parse().unwrap(),
    };
    Recipient::new(key, "Ann Example <ann@example.com>".parse().unwrap(), "Invoice 1042", Source::Manual)
}

fn links() -> Links<'static> {
    Links { unsubscribe_url: UNSUBSCRIBE.to_owned(), ..Links::default() }
}

#[test]
fn each_recipients_copy_is_told_from_the_others_and_dated_by_the_send() {
    let (from, body) = (Draft::default().from, body());
    let (ann, bob) = (recipient("to:0"), recipient("bcc:12"));
    let read = |recipient| {
        let letter = Letter::new(&from, &body, recipient, links());
        Read { raw: String::from_utf8(compose(&letter).unwrap()).unwrap() }
    };
    assert_eq!(read(&ann).header("Message-ID"), format!("<{}.to0@example.com>", ann.key.send));
    assert_eq!(read(&bob).header("Message-ID"), format!("<{}.bcc12@example.com>", ann.key.send));
    assert_eq!(read(&ann).header("Date"), "Sat, 21 Nov 2026 23:05:00 +0000");
    assert_eq!(read(&ann).mailboxes("To"), [(Some("Ann Example".into()), "ann@example.com".into())]);
    let text = read(&ann).text();
    assert!(text.contains("please find the invoice below") && text.contains("to Ann Example."), "{text}");
}

#[test]
fn what_is_still_to_be_paid_is_not_shown_unasked() {
    let (from, body, ann) = (Draft::default().from, body(), recipient("to:0"));
    let letter = Letter::new(&from, &body, &ann, links());
    let Alternatives { text, html } = alternatives(&letter).unwrap();
    for shown in [&text, &html] {
        assert!(shown.contains("USD 1,250.00") && !shown.contains("1,000.00"), "{shown}");
    }
    let Alternatives { text, .. } = alternatives(&Letter { shows_balance: true, ..letter }).unwrap();
    assert!(text.contains("Balance due: USD 1,000.00"), "{text}");
}

#[test]
fn the_firm_lends_its_name_to_a_sender_without_one() {
    let from = |from: &str, firm_name: &str| {
        let draft = Draft { from: from.parse().unwrap(), firm_name: firm_name.into(), ..Draft::default() };
        let sender = draft.letter().sender();
        let expected = (sender.name.clone(), sender.address.to_string());
        assert_eq!(draft.compose().mailboxes("From"), [expected]);
        sender.name
    };
    assert_eq!(from("Billing <billing@example.com>", "Roe & Partners").as_deref(), Some("Billing"));
    assert_eq!(from("billing@example.com", "Roe, Doe & Co").as_deref(), Some("Roe, Doe & Co"));
    assert_eq!(from("billing@example.com", " "), None);
}

#[test]
fn the_alternatives_are_the_parts_of_the_mail() {
    let html = "<body><a href=\"https://x.example/\">x</a></body>";
    for (own_text, own_html) in [(None, None), (Some("Own text"), None), (None, Some(html)), (Some("Own"), Some(html))]
    {
        for tracked in [true, false] {
            let (text, html) = (own_text.map(str::to_owned), own_html.map(str::to_owned));
            let draft = Draft { text, html, tracked, ..Draft::default() };
            let Alternatives { text, html } = alternatives(&draft.letter()).unwrap();
            let read = draft.compose();
            assert_eq!((read.text(), read.html()), (text, html));
        }
    }
}

#[test]
fn a_firm_has_its_own_name_colour_and_place_for_replies() {
    let (from, mut body, ann) = (Draft::default().from, body(), recipient("to:0"));
    body.facts.url = None;
    body.look = Look {
        from_name: Some("Roe Billing".parse().unwrap()),
        reply_to: Some("Accounts <accounts@roe.example>".parse().unwrap()),
        brand_color: Some("#FFD400".parse().unwrap()),
        shows_balance: true,
        locale: "de".parse().unwrap(),
    };
    let links = Links { page_url: Some("https://t.example.com/p/abc".to_owned()), ..links() };
    let letter = Letter::new(&from, &body, &ann, links);
    let read = Read { raw: String::from_utf8(compose(&letter).unwrap()).unwrap() };
    assert_eq!(read.mailboxes("From")[0].0.as_deref(), Some("Roe Billing"));
    assert_eq!(read.mailboxes("Reply-To"), [(Some("Accounts".into()), "accounts@roe.example".into())]);
    let Alternatives { text, html } = alternatives(&letter).unwrap();
    assert!(html.contains("background:#ffd400") && html.contains("color:#000000"), "{html}");
    assert!(!html.contains("#9ec5ff"), "the colour stays in the dark: {html}");
    for shown in [&text, &html] {
        assert!(shown.contains("https://t.example.com/p/abc") && shown.contains("USD 1.000,00"), "{shown}");
    }
}
