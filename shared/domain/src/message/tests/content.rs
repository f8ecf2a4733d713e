//! What a recipient reads, in text and in HTML.

use super::*;

#[test]
fn the_text_says_everything() {
    assert_eq!(
        Draft::default().compose().text().trim_end(),
        "\
Roe & Partners

Invoice 1042

Dear Ann,

please find the invoice below.

Kind regards
Bob

Invoice number: 1042
Client: Acme
Amount: USD 1,250.00
Balance due: USD 1,000.00
Due date: 1 December 2026

View invoice:
https://t.example.com/c/0&https___portal.example.com_i_1042_a_1_b_2

---
Roe & Partners sent this e-mail to Ann Example.
Stop invoice e-mails to this address:
https://t.example.com/u/UNSUBSCRIBE"
    );
}

#[test]
fn the_text_leaves_out_what_is_not_known() {
    let draft = Draft {
        facts: Facts::default(),
        message: None,
        recipient_name: None,
        subject: "Your invoice".into(),
        firm_name: String::new(),
        tracked: false,
        ..Draft::default()
    };
    assert_eq!(
        draft.compose().text().trim_end(),
        "\
Roe & Partners

Your invoice

---
Roe & Partners sent this e-mail.
Stop invoice e-mails to this address:
https://t.example.com/u/UNSUBSCRIBE"
    );
}

#[test]
fn the_html_says_the_same_and_suits_every_reader() {
    let html = Draft::default().compose().html();
    for wanted in [
        "<html lang=\"en\"",
        "<title>Invoice 1042 from Roe &#38; Partners</title>",
        "<meta name=\"color-scheme\" content=\"light dark\">",
        "prefers-color-scheme: dark",
        "<h1 ",
        ">Invoice 1042</h1>",
        ">Invoice number</th>",
        ">Acme</td>",
        ">USD 1,250.00</td>",
        ">USD 1,000.00</td>",
        ">1 December 2026</td>",
        "Kind regards<br>\nBob",
        "<a href=\"https://t.example.com/c/0&#38;https___portal.example.com_i_1042_a_1_b_2\"",
        ">View invoice</a>",
        "Roe &#38; Partners sent this e-mail to Ann Example.",
        "href=\"https://t.example.com/u/UNSUBSCRIBE\"",
    ] {
        assert!(html.contains(wanted), "{wanted} is not in {html}");
    }
    assert!(!html.contains("<script"));
    // One image, and it says nothing: without images nothing is missing.
    assert_eq!(html.matches("<img").count(), 1);
    assert!(html.contains(&format!("<img src=\"{PIXEL}\" width=\"1\" height=\"1\" alt=\"\"")));
    // Tables that lay out say so, and the table of facts has row headers.
    assert_eq!(html.matches("<table").count(), html.matches("role=\"presentation\"").count() + 1);
    assert_eq!(html.matches("<th ").count(), html.matches("scope=\"row\"").count());
}

#[test]
fn what_people_type_is_never_markup() {
    let nasty = "<b>&\"'</b><script>alert(1)</script>{{ 7*7 }}";
    let draft = Draft {
        message: Some(nasty.into()),
        firm_name: nasty.into(),
        subject: nasty.into(),
        recipient_name: Some(nasty.into()),
        facts: Facts::parse(&RawFacts {
            number: Some(nasty),
            client_name: Some(nasty),
            url: Some("https://x.example/\"><script>"),
            ..RawFacts::default()
        })
        .unwrap(),
        tracked: false,
        ..Draft::default()
    };
    let read = draft.compose();
    assert!(!read.html().contains("<script"));
    assert!(!read.html().contains("<b>"));
    assert!(read.html().contains("&#60;b&#62;&#38;&#34;&#39;&#60;/b&#62;"));
    assert!(read.html().contains("{{ 7*7 }}"));
    assert!(read.text().contains(nasty));

    let html = Draft { text: Some(nasty.into()), ..draft }.compose().html();
    assert!(!html.contains("<script"));
    assert!(html.contains("&#60;b&#62;&#38;&#34;&#39;&#60;/b&#62;"));
}

#[test]
fn each_part_follows_from_the_other() {
    let own = "<html><head><style>p{}</style></head><body><h1>Hello</h1><p>M&uuml;ller &amp; Co, <a href=\"https://x.example/\">here</a></p>";
    let read = Draft { html: Some(own.into()), tracked: false, ..Draft::default() }.compose();
    let text = read.text();
    assert!(text.contains("Hello") && text.contains("Müller & Co") && text.contains("https://x.example/"), "{text}");
    assert!(!text.contains("p{}"));

    let read = Draft { html: Some(own.into()), ..Draft::default() }.compose();
    assert!(read.text().contains("/c/0&https___x.example_"), "{}", read.text());
    assert!(!read.text().contains("/o/"));

    let read = Draft { text: Some("One\nTwo\r\n\r\nThree  four".into()), ..Draft::default() }.compose();
    assert_eq!(read.text().trim_end(), "One\nTwo\n\nThree  four");
    assert!(read.html().contains(">One<br>Two</p>") && read.html().contains(">Three  four</p>"), "{}", read.html());

    let read = Draft { text: Some("text".into()), html: Some("<p>html".into()), ..Draft::default() }.compose();
    assert_eq!(read.text().trim_end(), "text");
    assert!(read.html().ends_with("<p>html"));

    // HTML without any words: the text still tells the facts.
    let read = Draft { html: Some("<img src=\"https://x.example/i.png\">".into()), ..Draft::default() }.compose();
    assert!(read.text().contains("USD 1,250.00"), "{}", read.text());
}

#[test]
fn long_and_odd_bodies_are_carried() {
    for text in [
        "x".repeat(MAX_BODY_BYTES),
        "請".repeat(30_000),
        "a\0b\u{1b}[31m".into(),
        "\r\r\n\n".into(),
        ".\r\n.\r\n".into(),
    ] {
        let read = Draft { text: Some(text.clone()), html: Some(text.clone()), ..Draft::default() }.compose();
        assert_eq!(read.message().parts.len(), 3);
        if text.len() > 10 {
            assert_eq!(read.text().trim_end(), text);
        }
        let _ = Draft { text: None, html: Some(text), ..Draft::default() }.compose();
    }
}

#[test]
fn html_that_is_all_tags_still_gets_a_text() {
    for unit in ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<a href=\"https://x.example/\">", "<p", "<!--", "&"] {
        let own = unit.repeat(MAX_BODY_BYTES / unit.len());
        let read = Draft { html: Some(own), ..Draft::default() }.compose();
        assert!(!read.text().trim().is_empty(), "{unit}");
    }
    let tables = "<table><tr><td>a</td><td>".repeat(1_300);
    assert_eq!(html::as_text(&tables), None);
}
