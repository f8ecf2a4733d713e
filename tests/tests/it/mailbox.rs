//! The local stack's mailbox: what people find there, what looking does, and what it never lets in.

use reqwest::Method;
use serde_json::json;
use tests::system::BROWSER;
use tests::{Answer, Firm, Mail, System, recipient, statuses, until};

async fn page(system: &System, path: &str) -> String {
    let answer = system.as_browser(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    answer.text()
}

/// The page of a mail.
fn at(mail: &Mail, rest: &str) -> String {
    format!("/mailbox/{}{rest}", mail.message_id)
}

/// A form of the mail's page, as a program would post it.
fn form(system: &System, mail: &Mail, form: &str, value: &str) -> reqwest::RequestBuilder {
    let request = system.request(Method::POST, &at(mail, form));
    request.header("content-type", "application/x-www-form-urlencoded").body(format!("as={value}"))
}

async fn posted(system: &System, mail: &Mail, path: &str, value: &str) {
    let answer = Answer::of(form(system, mail, path, value)).await;
    assert_eq!((answer.status, answer.header("location")), (303, at(mail, "?view=events").as_str()), "{value}");
}

/// One tracked mail, delivered, and its firm.
async fn delivered() -> (System, Firm, Mail) {
    let system = System::start().await;
    let firm = system.firm("roe");
    let facts = json!({ "number": "7", "url": "https://portal.example.com/i/7" });
    firm.send("7", json!({ "to": "ann@example.com", "subject": "Invoice 7", "facts": facts })).await;
    firm.history_with("7", "delivered").await;
    let mail = system.mail("Invoice 7", "ann@example.com").await;
    (system, firm, mail)
}

#[tokio::test]
async fn the_list_tells_who_got_what_and_what_became_of_it() {
    let system = System::start().await;
    let firm = system.firm("roe-partners");
    let body = json!({
        "to": "Ann Lee <ann@example.com>; bounce@simulator.amazonses.com", "cc": "delayed@local.test",
        "bcc": "complaint@simulator.amazonses.com", "subject": "Invoice 1042",
    });
    firm.send("1042", body).await;
    let sent = until("four mails", async || {
        let count = system.mailbox().await.len();
        if count == 4 { Ok(count) } else { Err(format!("{count}")) }
    });
    sent.await;
    system.settled().await;
    let list = page(&system, "/mailbox").await;
    for text in ["4 mails", "Ann Lee", "roe-partners", "1042", "Bcc", ">Bounce<", ">Complaint<", ">DeliveryDelay<"] {
        assert!(list.contains(text), "{text} in {list}");
    }
    assert!(list.contains("loads its pixel"), "what looking does is said before: {list}");
    let hidden = system.mail("Invoice 1042", "complaint@simulator.amazonses.com").await;
    let events = page(&system, &at(&hidden, "?view=events")).await;
    assert!(events.contains("no header names this recipient"), "{events}");
    let places = [">Send<", ">Delivery<", ">Complaint<"].map(|kind| events.find(kind).expect(kind));
    assert!(places.is_sorted(), "{events}");
    assert!(events.contains("&#34;complaintFeedbackType&#34;: &#34;abuse&#34;"), "{events}");
}

#[tokio::test]
async fn a_search_finds_by_recipient_and_subject() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.send("1", json!({ "to": "ann@example.com; bob@example.com", "subject": "Größe & Preis" })).await;
    firm.send("2", json!({ "to": "ann@example.org", "subject": "Another" })).await;
    for (subject, address) in [("Größe & Preis", "bob@example.com"), ("Another", "ann@example.org")] {
        system.mail(subject, address).await;
    }
    system.settled().await;
    for (query, count) in
        [("ANN%40", "2 mails"), ("gr%C3%B6%C3%9Fe+%26", "2 mails"), ("bob", "1 mail "), ("%3Cb%3E", "No mail")]
    {
        let list = page(&system, &format!("/mailbox?q={query}")).await;
        assert!(list.contains(count), "{query}: {list}");
        assert!(!list.contains("<b>"), "{list}");
    }
    let newer = Answer::of(system.request(Method::GET, "/_local/mailbox/newer?than=0&q=bob")).await.expect(200);
    assert_eq!(newer, json!({ "newer": 1 }));
    let newer = Answer::of(system.request(Method::GET, "/_local/mailbox/newer?than=3")).await.expect(200);
    assert_eq!(newer, json!({ "newer": 0 }));
}

#[tokio::test]
async fn looking_counts_only_where_images_are_loaded() {
    let (system, firm, mail) = delivered().await;
    for view in ["without-images", "text", "headers", "source", "events"] {
        let text = page(&system, &at(&mail, &format!("?view={view}"))).await;
        assert!(!text.contains("/html\""), "{view}");
    }
    let bare = system.as_browser(&at(&mail, "/html?images=none")).await;
    assert!(bare.header("content-security-policy").contains("img-src 'none'"));
    assert!(!page(&system, "/mailbox").await.contains("Shown here"));

    let shown = page(&system, &at(&mail, "")).await;
    assert!(shown.contains(&format!("src=\"{}\"", at(&mail, "/html?scheme=light"))), "{shown}");
    assert!(shown.contains("Looking here counts"), "{shown}");
    let frame = system.as_browser(&at(&mail, "/html?scheme=light")).await;
    let policy = frame.header("content-security-policy");
    assert!(policy.contains("sandbox allow-popups") && policy.contains("img-src 'self'"), "{policy}");
    assert!(frame.text().contains(&mail.pixel()));
    assert_eq!(recipient(&firm.history("7").await, "to:0")["sent_status"], "sent", "the browser has not loaded it yet");
    system.as_browser(&mail.pixel()).await;
    assert!(page(&system, "/mailbox").await.contains("Shown here"));
    assert!(page(&system, &at(&mail, "?view=events")).await.contains(">Opened<"));
}

#[tokio::test]
async fn a_mail_in_dark_mode_takes_its_dark_styles() {
    let (system, _firm, mail) = delivered().await;
    assert!(mail.html().contains("prefers-color-scheme: dark"));
    let dark = system.as_browser(&at(&mail, "/html?scheme=dark")).await.text();
    assert!(!dark.contains("prefers-color-scheme") && dark.contains("color-scheme: dark"), "{dark}");
    let light = system.as_browser(&at(&mail, "/html?scheme=light")).await.text();
    assert!(!light.contains("prefers-color-scheme") && light.contains("color-scheme: light;"), "{light}");
    assert_ne!(light, dark);
}

#[tokio::test]
async fn programs_can_be_played_and_the_report_tells_them_apart() {
    let (system, firm, mail) = delivered().await;
    for (program, evidence, status) in [
        ("apple-privacy", "fetched_automatically", "sent"),
        ("scanner", "fetched_automatically", "sent"),
        ("head", "fetched_automatically", "sent"),
        ("gmail-prefetch", "fetched_automatically", "sent"),
        ("scanner-click", "fetched_automatically", "sent"),
        ("outlook", "possibly_opened", "opened"),
        ("browser-click", "clicked", "opened"),
    ] {
        posted(&system, &mail, "/fetch", program).await;
        let history = firm.history("7").await;
        let one = recipient(&history, "to:0");
        assert_eq!((&one["evidence"], &one["sent_status"]), (&json!(evidence), &json!(status)), "{program}: {one:#}");
    }
    let text = page(&system, &at(&mail, "?view=events")).await;
    for words in ["Pixel loaded as Outlook", "Link followed as a browser", ">Opened<", "Open (automatic)", "Clicked"] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

#[tokio::test]
async fn ses_can_be_made_to_say_what_it_may_say() {
    let (system, firm, mail) = delivered().await;
    posted(&system, &mail, "/event", "auto-reply").await;
    posted(&system, &mail, "/event", "complaint").await;
    let history = firm.history("7").await;
    let shown = statuses(recipient(&history, "to:0"));
    assert!(shown.contains(&"auto_replied".to_owned()) && shown.contains(&"complained".to_owned()), "{shown:?}");
    assert!(page(&system, &at(&mail, "?view=events")).await.contains(">Marked Spam<"));
    // What somebody brings by hand is shown too.
    let delay = tests::ses::Event::delay(&mail, "General").body(tests::ses::Format::PublishedInSns);
    assert_eq!(system.bring(delay).await, "recorded");
    assert!(page(&system, "/mailbox").await.contains(">DeliveryDelay<"));
}

#[tokio::test]
async fn another_sites_page_can_play_nothing() {
    let (system, firm, mail) = delivered().await;
    let own = system.url();
    for (site, origin) in [
        ("cross-site", "https://evil.example"),
        ("same-site", "http://127.0.0.1:1"),
        ("same-origin", "https://evil.example"),
        ("none", own.as_str()),
    ] {
        for (path, value) in [("/fetch", "outlook"), ("/event", "complaint")] {
            let request = form(&system, &mail, path, value).header("sec-fetch-site", site).header("origin", origin);
            Answer::of(request).await.problem(403);
        }
    }
    let history = firm.history("7").await;
    assert_eq!(recipient(&history, "to:0")["evidence"], "delivered");
    let request =
        form(&system, &mail, "/fetch", "outlook").header("sec-fetch-site", "same-origin").header("origin", &own);
    assert_eq!(Answer::of(request).await.status, 303, "its own page can");

    Answer::of(form(&system, &mail, "/fetch", "nonsense")).await.problem(400);
    Answer::of(form(&system, &mail, "/event", "send")).await.problem(400);
    let answer = Answer::of(system.request(Method::GET, &at(&mail, "/fetch"))).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn an_untracked_mail_has_nothing_to_load() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.send("8", json!({ "to": "ann@example.com", "subject": "Untracked", "track": false })).await;
    let mail = system.mail("Untracked", "ann@example.com").await;
    let text = page(&system, &at(&mail, "")).await;
    assert!(text.contains("has no pixel") && !text.contains("Looking here counts"), "{text}");
    Answer::of(form(&system, &mail, "/fetch", "outlook")).await.problem(409);
    // A picture elsewhere that looks like a pixel is never fetched.
    let html = "<img src=\"http://127.0.0.1:1/o/abc.gif\"><a href=\"http://127.0.0.1:1/c/abc\">x</a>";
    firm.send("9", json!({ "to": "bob@example.com", "subject": "Foreign", "html": html, "track": false })).await;
    let mail = system.mail("Foreign", "bob@example.com").await;
    Answer::of(form(&system, &mail, "/fetch", "outlook")).await.problem(409);
    Answer::of(form(&system, &mail, "/fetch", "browser-click")).await.problem(409);
}

#[tokio::test]
async fn nothing_that_a_mail_says_becomes_markup() {
    const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({
        "to": format!("\"{EVIL}\" <ann@example.com>"), "subject": EVIL, "html": format!("<p>x{EVIL}"),
        "text": format!("</pre></textarea>{EVIL}"),
    });
    firm.send("1", body).await;
    let mail = system.mail(EVIL, "ann@example.com").await;
    system.settled().await;
    let views =
        ["", "?view=dark", "?view=without-images", "?view=text", "?view=headers", "?view=source", "?view=events"];
    let paths =
        views.map(|view| at(&mail, view)).into_iter().chain(["/mailbox".to_owned(), "/mailbox?q=alert".to_owned()]);
    for path in paths {
        let answer = system.as_browser(&path).await;
        let text = answer.text();
        assert!(!text.contains("<script>") && !text.contains("<img"), "{path}: {text}");
        assert!(!text.contains("style=\"") && !text.contains(" onclick=\""), "{path}: no inline style or script");
        let policy = answer.header("content-security-policy");
        for rule in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "trusted-types 'none'"] {
            assert!(policy.contains(rule), "{rule} in {policy}");
        }
    }
    let source = system.as_browser(&at(&mail, "/source")).await;
    assert_eq!(source.header("content-type"), "message/rfc822");
    assert!(source.header("content-disposition").starts_with("attachment"));
    assert_eq!(source.text(), mail.raw);
}

#[tokio::test]
async fn headers_are_shown_as_they_were_sent() {
    let (system, _firm, mail) = delivered().await;
    let text = page(&system, &at(&mail, "?view=headers")).await;
    for line in mail.headers().lines() {
        let shown = line.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;").replace('"', "&#34;");
        let value = shown.split_once(": ").map_or(shown.as_str(), |(_, value)| value);
        assert!(text.contains(value), "{line} in {text}");
    }
}

#[tokio::test]
async fn a_mail_that_is_not_there_has_a_page_that_says_so() {
    let system = System::start().await;
    for path in ["/mailbox/nothing", "/mailbox/nothing/html", "/mailbox/%3Cb%3E?view=events"] {
        let answer = system.as_browser(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
        assert!(answer.text().contains("no such mail"));
    }
    let list = page(&system, "/mailbox").await;
    assert!(list.contains("No mail yet") && list.contains(&system.url()), "{list}");
    let answer = Answer::of(system.request(Method::PUT, "/mailbox").header("user-agent", BROWSER)).await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD"));
}
