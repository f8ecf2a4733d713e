//! What is read as an address, and what is not.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use proptest::prelude::*;

use super::*;

fn addresses(list: &str) -> Vec<String> {
    parse_list(list).unwrap().iter().map(|mailbox| mailbox.address.to_string()).collect()
}

fn one(text: &str) -> (String, Option<String>) {
    let mailbox: Mailbox = text.parse().unwrap();
    (mailbox.address.to_string(), mailbox.name)
}

fn fault(list: &str) -> AddressFault {
    match parse_list(list) {
        Err(AddressError::Part { fault, .. }) => fault,
        other => panic!("{list:?} gave {other:?}"),
    }
}

#[test]
fn lists_are_split_at_semicolons_and_commas() {
    assert_eq!(addresses("Bill@x.com; Support@x.com, Billing@x.com"), ["Bill@x.com", "Support@x.com", "Billing@x.com"]);
    assert_eq!(addresses(" ; a@x.com,, ;b@x.com;"), ["a@x.com", "b@x.com"]);
    assert_eq!(addresses(""), [""; 0]);
    assert_eq!(addresses(" ;,; "), [""; 0]);
}

#[test]
fn separators_in_quotes_comments_and_brackets_do_not_split() {
    assert_eq!(one("\"Roe; Bob\" <bob@example.com>"), ("bob@example.com".into(), Some("Roe; Bob".into())));
    assert_eq!(
        one("bob@example.com (Bob, the accountant)"),
        ("bob@example.com".into(), Some("Bob, the accountant".into()))
    );
    assert_eq!(one("<\"a;b\"@example.com>"), ("\"a;b\"@example.com".into(), None));
    assert_eq!(addresses("\"x,\\\" y\" <a@x.com>, (a \\) ; (b,) c) b@x.com"), ["a@x.com", "b@x.com"]);
}

#[test]
fn names_are_read() {
    for (typed, name) in [
        ("Bob Roe <bob@example.com>", Some("Bob Roe")),
        ("Bob J. Roe <bob@example.com>", Some("Bob J. Roe")),
        ("bob@example.com", None),
        ("<bob@example.com>", None),
        ("\"\" <bob@example.com>", None),
        ("(Bob) bob@example.com", Some("Bob")),
        ("Bob (work) <bob@example.com>", Some("Bob (work)")),
        ("Bob <bob@example.com> (work)", Some("Bob (work)")),
        ("\"Bob \\\"B\\\" Roe\" <bob@example.com>", Some("Bob \"B\" Roe")),
        ("Zoë Müller <bob@example.com>", Some("Zoë Müller")),
        ("李雷 <bob@example.com>", Some("李雷")),
        ("=?utf-8?q?Zo=C3=AB?= <bob@example.com>", Some("Zoë")),
        ("\"Bob & Söhne, Inc.\" <bob@example.com>", Some("Bob & Söhne, Inc.")),
        ("Bob\u{2028}Bcc <bob@example.com>", Some("Bob\u{2028}Bcc")),
        ("bob@example.com <bob@example.com>", None),
        ("'Bob@example.com' <bob@example.com>", None),
    ] {
        assert_eq!(one(typed), ("bob@example.com".into(), name.map(Into::into)), "{typed}");
    }
}

#[test]
fn domains_are_lower_case_ascii_and_local_parts_as_given() {
    assert_eq!(one("Ann@Example.COM").0, "Ann@example.com");
    assert_eq!(one("ann@münchen.example").0, "ann@xn--mnchen-3ya.example");
    assert_eq!(one("ann@MÜNCHEN.example").0, "ann@xn--mnchen-3ya.example");
    assert_eq!(one("\"quoted local\"@example.com").0, "\"quoted local\"@example.com");
    let address: Address = "\"quoted local\"@Example.com".parse().unwrap();
    assert_eq!((address.local_part(), address.domain()), ("\"quoted local\"", "example.com"));
}

#[test]
fn what_is_wrong_is_named() {
    use AddressFault::*;
    for (typed, expected) in [
        ("müller@example.com", NonAsciiLocalPart),
        ("a@b", Domain),
        ("@example.com", NotAnAddress),
        ("ann@", NotAnAddress),
        ("ann", NotAnAddress),
        ("Roe, Bob <bob@example.com>", NotAnAddress),
        ("a@@b.com", NotAnAddress),
        (".a@b.com", NotAnAddress),
        ("a..b@b.com", NotAnAddress),
        ("undisclosed-recipients:;", Group),
        ("team: a@x.com, b@x.com;", Group),
        ("a@x.com b@x.com", MissingSeparator),
        ("a@x.com <b@x.com>", MissingSeparator),
        ("<a@x.com> b@x.com", MissingSeparator),
        ("Bob a@x.com", TextBesideAddress),
        ("a@x.com Bob", TextBesideAddress),
        ("a(c)b@x.com", TextBesideAddress),
        ("<a@x.com> junk", TextBesideAddress),
        ("<a@x.com> \"junk\"", TextBesideAddress),
        ("Bob <<a@x.com>>", AngleBrackets),
        ("Bob <a@x.com> <b@x.com>", AngleBrackets),
        ("Bob a@x.com>", AngleBrackets),
        ("Bob <a@x.com", Unclosed),
        ("\"Bob <a@x.com>", Unclosed),
        ("a@x.com (Bob", Unclosed),
        ("a@x.com \\", TextBesideAddress),
        ("a@[192.0.2.1]", DomainLiteral),
        ("a@192.0.2.1", Domain),
        ("a@ex_ample.com", Domain),
        ("a@-x.com", Domain),
        ("a@x..com", Domain),
        ("a@x.com.", Domain),
        ("<>", NotAnAddress),
        ("()", NotAnAddress),
        ("\"\"@x.com", NotAnAddress),
        ("mailto:a@x.com", Group),
        ("a\n@x.com", ControlCharacter),
        ("Bob\r\nBcc: eve@x.com <a@x.com>", ControlCharacter),
        ("a@x.com\0", ControlCharacter),
        ("Bob\u{85} <a@x.com>", ControlCharacter),
        ("=?utf-8?q?a=0D=0ABcc=3A_eve=40x.com?= <a@x.com>", ControlCharacter),
        ("\"=?utf-8?q?a=0D=0ABcc=3A_eve=40x.com?=\" <a@x.com>", ControlCharacter),
        ("a@x.com (=?utf-8?b?YQBi?=)", ControlCharacter),
    ] {
        assert_eq!(fault(typed), expected, "{typed}");
    }
}

#[test]
fn limits() {
    let local = "l".repeat(64);
    assert!(format!("{local}@example.com").parse::<Address>().is_ok());
    assert_eq!(format!("l{local}@example.com").parse::<Address>(), Err(AddressFault::NotAnAddress));
    let domain = format!("{}.{}.{}.com", "a".repeat(60), "b".repeat(60), "c".repeat(60));
    assert_eq!(format!("{local}@{domain}").len(), 251);
    assert!(format!("{local}@{domain}").parse::<Address>().is_ok());
    assert_eq!(format!("{local}@dddd.{domain}").parse::<Address>(), Err(AddressFault::TooLong));
    assert_eq!(fault(&format!("{} <a@x.com>", "ü".repeat(201))), AddressFault::NameTooLong);
    assert_eq!(parse_list(&";".repeat(MAX_LIST_BYTES + 1)), Err(AddressError::ListTooLong));
    assert_eq!(parse_list(&";".repeat(MAX_LIST_BYTES)), Ok(vec![]));
}

#[test]
fn an_error_names_the_part() {
    let error = parse_list("a@x.com;; b@@x.com").unwrap_err();
    assert_eq!(error, AddressError::Part { index: 1, part: "b@@x.com".into(), fault: AddressFault::NotAnAddress });
    assert_eq!(error.to_string(), "\"b@@x.com\" is not an e-mail address");
    let error = parse_list(&format!("a\r\n{}@x.com", "b".repeat(200))).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("\"a\\r\\n{}…\" contains a line break or another control character", "b".repeat(77))
    );
}

#[test]
fn one_mailbox_means_one() {
    assert_eq!("".parse::<Mailbox>(), Err(AddressError::NotOne(0)));
    assert_eq!("a@x.com, b@x.com".parse::<Mailbox>(), Err(AddressError::NotOne(2)));
}

#[test]
fn one_mailbox_has_one_key() {
    let key = |text: &str| text.parse::<Address>().unwrap().same_mailbox_key();
    assert_eq!(key("Ann@Example.com"), "ann@example.com");
    assert_eq!(key("\"Ann\"@example.com"), "ann@example.com");
    assert_eq!(key("\"a\\nn\"@example.com"), "ann@example.com");
    assert_eq!(key("\"Ann Roe\"@example.com"), "\"ann roe\"@example.com");
    assert_eq!(key("\"ann.\"@example.com"), "\"ann.\"@example.com");
    assert_ne!(key("\"a@b\"@example.com"), key("ab@example.com"));
}

#[test]
fn reported_addresses_compare() {
    for reported in [
        "ann@münchen.example",
        "<Ann@München.Example>",
        " ANN@xn--mnchen-3ya.EXAMPLE ",
        "\"ann\"@münchen.example",
        "\"ann@münchen.example\"",
        "Ann Roe <ann@münchen.example>",
        "ann@münchen.example.",
    ] {
        assert_eq!(comparison_key(reported), "ann@xn--mnchen-3ya.example", "{reported}");
    }
    assert_eq!(comparison_key("MAILER-DAEMON"), "mailer-daemon");
    assert_eq!(comparison_key(""), "");
    assert_eq!(comparison_key("Müller@Host"), "müller@host");
}

/// Names of any characters that a name may have, and addresses of the usual and the quoted kind.
fn mailboxes() -> impl Strategy<Value = Mailbox> {
    let name = proptest::option::of("[\\PC&&[^\\p{Cc}]]{1,20}|[-a-z =?\"\\\\,;:<>()@._]{1,30}|=\\?utf-8\\?q\\?x\\?=");
    let local = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,10}(\\.[a-z0-9]{1,5})?|\"[ a-z;,@<>().]{1,10}\"";
    (name, local, "[a-z0-9]{1,10}(-[a-z0-9]{1,3})?\\.(com|example|xn--p1ai)").prop_filter_map(
        "a valid address with a trimmed name",
        |(name, local, domain)| {
            let name = name.map(|name: String| name.trim().to_owned()).filter(|name| !name.is_empty());
            let address = format!("{local}@{domain}").parse().ok()?;
            Some(Mailbox { address, name })
        },
    )
}

proptest! {
    #[test]
    fn what_is_joined_is_parsed_back(
        expected in proptest::collection::vec(mailboxes(), 0..6),
        separator in prop_oneof![Just("; "), Just(","), Just(" ;, ")],
    ) {
        let joined = expected.iter().map(ToString::to_string).collect::<Vec<_>>().join(separator);
        prop_assert_eq!(parse_list(&joined), Ok(expected));
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        let _ = parse_list(&text);
        let _ = comparison_key(&text);
    }

    #[test]
    fn whatever_is_accepted_is_clean_and_stable(text in "[ab@.<>()\"\\\\;,: =?ü\u{85}\u{2028}\r\n\0-]{0,40}|(=\\?utf-8\\?q\\?[a=0D_]{0,9}\\?=|<?a@x\\.com>?|[ \"();,]){0,6}") {
        if let Ok(mailboxes) = parse_list(&text) {
            prop_assert!(!text.chars().any(char::is_control));
            for mailbox in &mailboxes {
                prop_assert!(mailbox.address.as_str().is_ascii());
                prop_assert!(!mailbox.name.as_deref().unwrap_or("x").is_empty());
                prop_assert!(!mailbox.to_string().chars().any(char::is_control));
            }
            let joined = mailboxes.iter().map(ToString::to_string).collect::<Vec<_>>().join(";");
            prop_assert_eq!(parse_list(&joined), Ok(mailboxes));
        }
    }

    #[test]
    fn a_valid_address_compares_by_its_own_key(mailbox in mailboxes()) {
        let key = mailbox.address.same_mailbox_key();
        prop_assert_eq!(comparison_key(mailbox.address.as_str()), key.clone());
        prop_assert_eq!(comparison_key(&mailbox.address.as_str().to_uppercase()), key.clone());
        prop_assert_eq!(comparison_key(&key), key);
    }
}
