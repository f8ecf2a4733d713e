//! Headers, parts and the form of the whole.

use super::*;

#[test]
fn headers_are_complete_and_nothing_else() {
    let draft = Draft { reply_to: Some("Bob <bob@example.com>".parse().unwrap()), ..Draft::default() };
    let read = draft.compose();
    assert_eq!(
        read.header_names(),
        [
            "From",
            "Reply-To",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "Auto-Submitted",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "MIME-Version",
            "Content-Type",
        ]
    );
    assert_eq!(read.mailboxes("From"), [(Some("Roe & Partners".into()), "invoices@example.com".into())]);
    assert_eq!(read.mailboxes("Reply-To"), [(Some("Bob".into()), "bob@example.com".into())]);
    assert_eq!(read.mailboxes("To"), [(Some("Ann Example".into()), "ann@example.com".into())]);
    assert_eq!(read.message().subject(), Some("Invoice 1042 from Roe & Partners"));
    assert_eq!(read.header("Date"), "Sat, 21 Nov 2026 23:05:00 +0000");
    assert_eq!(read.header("Message-ID"), "<01J000.to-0@example.com>");
    assert_eq!(read.header("Auto-Submitted"), "auto-generated");
    assert_eq!(read.header("List-Unsubscribe"), format!("<{UNSUBSCRIBE}>"));
    assert_eq!(read.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_eq!(read.header("MIME-Version"), "1.0");
}

#[test]
fn the_body_is_text_then_html() {
    let read = Draft::default().compose();
    let message = read.message();
    let content_type = message.content_type().unwrap();
    assert_eq!((content_type.ctype(), content_type.subtype()), ("multipart", Some("alternative")));
    assert_eq!(message.parts.len(), 3);
    for (part, subtype) in message.parts[1..].iter().zip(["plain", "html"]) {
        let content_type = part.content_type().unwrap();
        assert_eq!(content_type.subtype(), Some(subtype));
        assert_eq!(content_type.attribute("charset"), Some("utf-8"));
        assert!(["quoted-printable", "base64"].contains(&part.content_transfer_encoding().unwrap()));
    }
}

#[test]
fn composing_twice_gives_the_same_bytes_and_two_copies_differ_in_their_boundary() {
    let draft = Draft::default();
    let raw = draft.try_compose().unwrap();
    assert_eq!(raw, draft.try_compose().unwrap());
    let other = Draft { message_id: "01J000.to-1@example.com".into(), ..Draft::default() };
    let boundary = |read: &Read| read.message().content_type().unwrap().attribute("boundary").unwrap().to_owned();
    assert_ne!(boundary(&draft.compose()), boundary(&other.compose()));
    assert!(boundary(&other.compose()).starts_with("=_"));
}

#[test]
fn every_copy_shows_all_of_to_and_cc_and_nobody_of_bcc() {
    let draft = Draft {
        to: parse_list("ann@example.com; Zoë <zoe@münchen.example>").unwrap(),
        cc: parse_list("\"Roe, Bob\" <bob@example.com>").unwrap(),
        ..Draft::default()
    };
    let read = draft.compose();
    assert_eq!(
        read.mailboxes("To"),
        [(None, "ann@example.com".into()), (Some("Zoë".into()), "zoe@xn--mnchen-3ya.example".into())]
    );
    assert_eq!(read.mailboxes("Cc"), [(Some("Roe, Bob".into()), "bob@example.com".into())]);
    assert!(!read.header_names().iter().any(|name| name.eq_ignore_ascii_case("bcc")));

    let read = Draft { to: vec![], cc: vec![], ..Draft::default() }.compose();
    assert_eq!(read.header("To"), "undisclosed-recipients:;");
    assert!(!read.header_names().contains(&"Cc"));

    let read = Draft { to: vec![], cc: parse_list("a@example.com").unwrap(), ..Draft::default() }.compose();
    assert!(!read.header_names().contains(&"To"));
}

#[test]
fn fifty_recipients_with_and_without_names_keep_their_lines_short() {
    for name in ["", "N. ", "Äöü ", &"Ü".repeat(199), &"n".repeat(199)] {
        let list = (0..50).map(|n| match name {
            "" => format!("recipient-number-{n}-of-fifty@subdomain.example.com"),
            _ => format!("{name}{n} <recipient-number-{n}-of-fifty@subdomain.example.com>"),
        });
        let to: Vec<Mailbox> =
            list.map(|one| one.parse().unwrap_or_else(|_| "long@example.com".parse().unwrap())).collect();
        let read = Draft { to: to.clone(), cc: to.clone(), ..Draft::default() }.compose();
        let expected: Vec<_> = to.iter().map(|one| (one.name.clone(), one.address.to_string())).collect();
        assert_eq!(read.mailboxes("To"), expected);
        assert_eq!(read.mailboxes("Cc"), expected);
        assert_eq!(expected.len(), 50);
    }
}

#[test]
fn subjects_of_any_script_and_length_come_back() {
    for subject in [
        "Rechnung für Müller & Söhne".to_owned(),
        "請".repeat(255),
        "😀".repeat(255),
        "x".repeat(255),
        "word ".repeat(51).trim_end().to_owned(),
        "ü ".repeat(127).trim_end().to_owned(),
        "a  b".to_owned(),
        format!("{}   b", "x".repeat(120)),
        "=?utf-8?q?plain?= text".to_owned(),
        "Line\u{2028}separator\u{2029}and \u{202e}bidi".to_owned(),
    ] {
        let read = Draft { subject: subject.clone(), ..Draft::default() }.compose();
        assert_eq!(read.message().subject(), Some(subject.as_str()));
    }
}

#[test]
fn what_could_break_out_of_a_header_is_refused() {
    for bad in ["a\r\nBcc: eve@example.com", "a\nb", "a\rb", "a\0b", "a\u{85}b", "a\tb"] {
        let draft = Draft { subject: bad.into(), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("Subject"))), "{bad:?}");

        let named = Mailbox { name: Some(bad.into()), ..Draft::default().from };
        let draft = Draft { from: named.clone(), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("From"))));
        let draft = Draft { reply_to: Some(named.clone()), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("Reply-To"))));
        let draft = Draft { to: vec![named.clone()], ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("To"))));
        let draft = Draft { cc: vec![named], ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::ControlCharacter("Cc"))));

        let draft = Draft { message_id: bad.into(), ..Draft::default() };
        assert!(matches!(draft.try_compose(), Err(ComposeError::MessageId)));
        assert!(matches!(unsubscribe(&format!("https://x.example/{bad}")), Err(ComposeError::UnsubscribeUrl)));
    }
    let draft = Draft { subject: "x".repeat(256), ..Draft::default() };
    assert!(matches!(draft.try_compose(), Err(ComposeError::SubjectTooLong)));
    for bad in ["", "<>", "a b", "a>b", &"x".repeat(251)] {
        assert!(matches!(message_id(bad), Err(ComposeError::MessageId)), "{bad}");
    }
    for bad in ["", "javascript:x", "https://x.example/ü", "https://x.example/>", "mailto:a@x.com"] {
        assert!(matches!(unsubscribe(bad), Err(ComposeError::UnsubscribeUrl)), "{bad}");
    }
    for bad in [Timestamp::MIN, Timestamp::from_second(-1).unwrap()] {
        assert!(matches!(date(bad), Err(ComposeError::Date)));
    }
    assert!(date(Timestamp::MAX).is_ok());
}

#[test]
fn a_name_stays_one_name() {
    let long = format!("{}   b", "x".repeat(120));
    for name in
        [&long, "Eve>, <x@evil.example", "=?utf-8?q?x?=", "a\" <b@evil.example>, \"", "Bcc: x", "Bob\u{2028}Bcc: eve"]
    {
        let to = vec![Mailbox { name: Some(name.into()), address: "ann@example.com".parse().unwrap() }];
        let read = Draft { to, ..Draft::default() }.compose();
        assert_eq!(read.mailboxes("To"), [(Some(name.into()), "ann@example.com".into())], "{name}");
    }
}

#[test]
fn a_boundary_in_the_content_changes_nothing() {
    let boundary = boundary("01J000.to-0@example.com");
    let text = format!("a\r\n--{boundary}\r\nContent-Type: text/html\r\n\r\nb\r\n--{boundary}--\r\n");
    let read = Draft { text: Some(text.clone()), html: Some(text), ..Draft::default() }.compose();
    assert_eq!(read.message().parts.len(), 3);
    assert!(read.text().contains(&format!("--{boundary}--")));
}

#[test]
fn default_subjects() {
    assert_eq!(default_subject(Some("1042"), "Roe & Partners").as_deref(), Some("Invoice 1042 from Roe & Partners"));
    assert_eq!(default_subject(Some("1042"), " ").as_deref(), Some("Invoice 1042"));
    assert_eq!(default_subject(None, "Roe & Partners"), None);
    assert_eq!(default_subject(Some(""), "Roe & Partners"), None);
    let long = default_subject(Some("1042"), &"ü".repeat(300)).unwrap();
    assert_eq!((long.chars().count(), long.chars().last()), (MAX_SUBJECT_CHARS, Some('…')));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_and_markup_are_carried(
        subject in "\\PC{0,255}",
        name in "\\PC{1,40}",
        message in any::<String>(),
        html in proptest::option::of("(<(/?(body|head|html|a|p|table|tr|td|title|svg|select|!--)|a href=\"https://x.example/[a-z]\")>?|[a-z&;<>\"']){0,30}"),
        text in proptest::option::of(any::<String>()),
    ) {
        prop_assume!(!subject.chars().chain(name.chars()).any(char::is_control));
        let to = vec![Mailbox { name: Some(name.clone()), address: "ann@example.com".parse().unwrap() }];
        let draft = Draft { subject: subject.clone(), to, message: Some(message), html, text, ..Draft::default() };
        let read = draft.compose();
        prop_assert_eq!(read.message().parts.len(), 3);
        let read_subject = read.message().subject().unwrap_or_default().trim().to_owned();
        prop_assert_eq!(read_subject.as_str(), subject.trim());
        let expected = Some(name.trim()).filter(|name| !name.is_empty()).map(ToOwned::to_owned);
        prop_assert_eq!(read.mailboxes("To"), vec![(expected, "ann@example.com".to_owned())]);
        prop_assert!(read.html().contains(PIXEL));
    }
}
