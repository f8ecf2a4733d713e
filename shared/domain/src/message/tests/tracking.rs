//! Pixel and links.

use super::*;

#[test]
fn untracked_copies_have_neither_pixel_nor_tracked_links() {
    let html = "<body><a href=\"https://x.example/?a=1&amp;b=2\">x</a></body>";
    for own in [None, Some(html.to_owned())] {
        let draft = Draft { tracked: false, html: own.clone(), ..Draft::default() };
        let read = draft.compose();
        assert!(!read.raw.contains("/o/") && !read.raw.contains("/c/"));
        assert!(!read.html().contains("<img"));
        match own {
            Some(own) => assert_eq!(read.html().trim_end(), own),
            None => assert!(read.html().contains("https://portal.example.com/i/1042?a=1&#38;b=2")),
        }
    }
}

#[test]
fn the_pixel_comes_first_in_the_body() {
    let img = format!("<img src=\"{PIXEL}\"");
    for (own, before) in [
        ("<!DOCTYPE html><html><head><title>t</title></head><BODY class=x>\n<p>Hi", "<BODY class=x>"),
        ("<p>Hi", ""),
        ("", ""),
        ("text only", ""),
        ("<html><p>Hi", "<html>"),
        ("<html><head><title>t</title></head><p>Hi", "</head>"),
        ("<!-- <body> --><p>Hi", ""),
        ("<head><title><body></title></head><p>Hi", "</head>"),
        ("<!doctype html>\n<p>Hi", "<!doctype html>"),
        ("<body>a</body><body>b</body>", "<body>"),
        // The first head is not closed, the second one is.
        ("<html><head><head></head><p>Hi", ""),
        // An image would end the drawing, and the title then hide the link.
        ("<svg><html><title><a href=\"https://example.com\">x", ""),
    ] {
        let read = Draft { html: Some(own.into()), ..Draft::default() }.compose();
        let html = read.html();
        assert_eq!(html.matches("<img").count(), 1, "{html}");
        let wanted = format!("{before}{img}");
        assert!(html.find(&img).unwrap() == own.find(before).unwrap() + before.len(), "{wanted} is not in {html}");
    }
    let html = Draft::default().compose().html();
    let (_, body) = html.split_once("<body").unwrap();
    assert!(body.split_once('>').unwrap().1.starts_with(&img));
    let html = Draft { text: Some("Hi".into()), ..Draft::default() }.compose().html();
    assert!(html.contains(&format!("<body>{img}")));
}

#[test]
fn links_of_the_callers_html_are_tracked_with_their_entities_resolved() {
    let own = format!(
        "<a href=\"https://x.example/?a=1&amp;b=2\">1</a>\
         <a CLASS=k href='http://x.example/two'>2</a>\
         <a href=https://x.example/?a=1&b=2>1 again</a>\
         <a href=\" https://x.example/&#x22;quoted&quot; \">3</a>\
         <a href=\"https://münchen.example/ü\">4</a>\
         <a href=\"mailto:a@x.example\">m</a><a href=\"tel:+1\">t</a><a href=\"#top\">f</a><a href=\"/rel\">r</a>\
         <a href=\"{UNSUBSCRIBE}\">u</a><a name=\"n\">n</a><a href=\"\">e</a><a href=\"javascript:x\">j</a>\
         <link href=\"https://x.example/style.css\"><area href=\"https://x.example/area\">"
    );
    let read = Draft { html: Some(own), ..Draft::default() }.compose();
    let html = read.html();
    let links: Vec<&str> = html.split(" href=").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    assert_eq!(
        links[..5],
        [
            "\"https://t.example.com/c/0&amp;https___x.example__a_1_b_2\"",
            "\"https://t.example.com/c/1&amp;http___x.example_two\"",
            "\"https://t.example.com/c/0&amp;https___x.example__a_1_b_2\"",
            "\"https://t.example.com/c/2&amp;https___x.example_%22quoted%22\"",
            "\"https://t.example.com/c/3&amp;https___xn--mnchen-3ya.example_%C3%BC\"",
        ],
        "{html}"
    );
    assert_eq!(html.matches("/c/").count(), 5);
    assert!(html.contains(&format!("<a href=\"{UNSUBSCRIBE}\">u</a>")));
}

#[test]
fn at_most_250_links_are_tracked() {
    let own: String = (0..300).map(|n| format!("<a href=\"https://x.example/{n}\">{n}</a> ")).collect();
    let html = Draft { html: Some(own), ..Draft::default() }.compose().html();
    assert_eq!(html.matches("/c/").count(), 250);
    assert!(html.contains("/c/249&amp;"));
    assert!(html.contains("<a href=\"https://x.example/250\">"));
    let own = "<a href=\"https://x.example/\">x</a> ".repeat(300);
    let html = Draft { html: Some(own), ..Draft::default() }.compose().html();
    assert_eq!(html.matches("/c/0&amp;").count(), 250);
}
