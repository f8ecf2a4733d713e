//! Opens, clicks and unsubscribing: the reader comes first, whatever happens, and a machine is never taken for one.

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};
use tests::system::BROWSER;
use tests::{Answer, Firm, Mail, System, recipient, sorted_statuses};

const INVOICE: &str = "https://portal.example.com/i/1?a=1&b=%C3%BC#pay";

async fn mailed() -> (System, Firm, Mail) {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({ "to": "ann@example.com", "subject": "Tracked", "facts": { "number": "1", "url": INVOICE } });
    firm.send("1", body).await;
    firm.history_with("1", "delivered").await;
    let mail = system.mail("Tracked", "ann@example.com").await;
    (system, firm, mail)
}

async fn one(firm: &Firm) -> Value {
    recipient(&firm.history("1").await, "to:0").clone()
}

/// The picture of 1x1, which no proxy may keep.
fn is_the_pixel(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.header("content-type"), "image/gif");
    assert!(answer.header("cache-control").starts_with("no-store"), "{}", answer.header("cache-control"));
}

fn is_1x1(body: &[u8]) {
    assert!(body.starts_with(b"GIF89a") || body.starts_with(b"GIF87a"), "{body:?}");
    assert_eq!(body[6..10], [1, 0, 1, 0], "width and height");
}

/// Tokens that are none: cut, changed, of another purpose, junk.
fn bad_tokens(mail: &Mail) -> Vec<String> {
    let token = |link: &str| link.rsplit('/').next().unwrap().trim_end_matches(".gif").to_owned();
    let pixel = token(&mail.pixel());
    let tag = mail.tags.values().filter_map(|values| values[0].as_str()).max_by_key(|value| value.len()).unwrap();
    let flipped = if pixel.starts_with('A') { pixel.replacen('A', "B", 1) } else { format!("A{}", &pixel[1..]) };
    let mut tokens =
        vec!["x".to_owned(), "-".to_owned(), "A".repeat(4096), "%00".into(), "%FF%FE".into(), "a%2Fb".into()];
    tokens.extend(["%F0%9F%92%B8".into(), "{token}".into(), "..%2F..%2Fetc%2Fpasswd".into(), "'%20OR%201=1".into()]);
    tokens.extend([pixel[..pixel.len() - 1].to_owned(), format!("{pixel}A"), flipped, tag.to_owned()]);
    tokens
}

#[tokio::test]
async fn the_pixel_is_a_picture_whatever_the_token() {
    let (system, firm, mail) = mailed().await;
    let mut tokens = bad_tokens(&mail);
    tokens.extend([mail.link(), mail.unsubscribe()].map(|link| link.rsplit('/').next().unwrap().to_owned()));
    for token in tokens {
        for path in [format!("/o/{token}.gif"), format!("/o/{token}")] {
            let answer = system.as_browser(&path).await;
            is_the_pixel(&answer);
            is_1x1(&answer.body);
        }
    }
    assert_eq!(one(&firm).await["evidence"], "delivered", "none of it is an open");
}

#[tokio::test]
async fn the_pixel_is_a_picture_whatever_the_headers() {
    let (system, _firm, mail) = mailed().await;
    let long = "x".repeat(6000);
    for (name, value) in [
        ("user-agent", b"\xff\xfe\x80".as_slice()),
        ("user-agent", long.as_bytes()),
        ("accept", b"application/json"),
        ("accept", b"nonsense;;;"),
        ("range", b"bytes=0-0"),
        ("if-none-match", b"*"),
        ("if-modified-since", b"Sat, 21 Nov 2026 23:05:00 GMT"),
        ("authorization", b"Bearer nonsense"),
        ("cookie", b"a=b; ; ;;=;"),
        ("x-forwarded-for", b"not an address"),
        ("content-type", b"multipart/form-data"),
        ("purpose", b"\xff"),
    ] {
        let request = system.request(Method::GET, &mail.pixel());
        let answer =
            Answer::of(request.header(HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap())).await;
        is_the_pixel(&answer);
        is_1x1(&answer.body);
    }
}

#[tokio::test]
async fn the_reader_comes_first_even_when_nothing_can_be_recorded() {
    let (system, firm, mail) = mailed().await;
    for faults in [json!({ "table": { "error": 1000 } }), json!({ "table": { "throttle": 1000 } })] {
        system.faults(faults).await;
        is_the_pixel(&system.as_browser(&mail.pixel()).await);
        let click = system.as_browser(&mail.link()).await;
        assert_eq!((click.status, click.header("location")), (302, INVOICE));
        // To say "done" would be a lie.
        assert_eq!(Answer::of(system.request(Method::POST, &mail.unsubscribe())).await.status, 503);
        system.faults(json!({})).await;
    }
    assert_eq!(one(&firm).await["evidence"], "delivered");
}

#[tokio::test]
async fn a_click_leads_where_its_token_says_and_nowhere_else() {
    let (system, _firm, mail) = mailed().await;
    for link in [
        mail.link(),
        format!("{}?url=https://evil.example", mail.link()),
        format!("{}?redirect=//evil.example", mail.link()),
    ] {
        let click = system.as_browser(&link).await;
        assert_eq!((click.status, click.header("location")), (302, INVOICE));
        assert!(click.header("cache-control").starts_with("no-store"));
    }
    let mut tokens = bad_tokens(&mail);
    tokens.push(mail.pixel().rsplit('/').next().unwrap().trim_end_matches(".gif").to_owned());
    tokens.push(mail.unsubscribe().rsplit('/').next().unwrap().to_owned());
    for token in tokens {
        for query in ["", "?url=https://evil.example", "?u=https://evil.example&to=//evil.example"] {
            let answer = system.as_browser(&format!("/c/{token}{query}")).await;
            assert_eq!(answer.status, 404, "{token}");
            assert!(answer.header("content-type").starts_with("text/html"), "{}", answer.header("content-type"));
            assert!(answer.headers.get("location").is_none() && !answer.text().contains("evil.example"));
        }
    }
}

#[tokio::test]
async fn a_token_is_good_for_one_purpose() {
    let (system, firm, mail) = mailed().await;
    let token = |link: String| link.rsplit('/').next().unwrap().trim_end_matches(".gif").to_owned();
    let (open, click, unsubscribe) = (token(mail.pixel()), token(mail.link()), token(mail.unsubscribe()));
    let tag = bad_tokens(&mail).pop().unwrap();
    for token in [&open, &click, &tag] {
        let path = format!("/u/{token}");
        assert_eq!(system.as_browser(&path).await.status, 404);
        assert_eq!(Answer::of(system.request(Method::POST, &path)).await.status, 404);
    }
    for token in [&click, &unsubscribe, &tag] {
        is_the_pixel(&system.as_browser(&format!("/o/{token}.gif")).await);
    }
    for token in [&open, &unsubscribe, &tag] {
        assert_eq!(system.as_browser(&format!("/c/{token}")).await.status, 404);
    }
    let one = one(&firm).await;
    assert_eq!((&one["evidence"], &one["reason"]), (&json!("delivered"), &Value::Null), "{one:#}");
}

#[tokio::test]
async fn links_reveal_nothing_of_the_invoice_or_the_person() {
    let (_system, _firm, mail) = mailed().await;
    for link in [mail.pixel(), mail.link(), mail.unsubscribe()] {
        for secret in ["ann", "example.com", "roe", "portal"] {
            assert!(!link.to_lowercase().rsplit('/').next().unwrap().contains(secret), "{secret} in {link}");
        }
    }
}

#[tokio::test]
async fn machines_are_answered_alike_and_counted_apart() {
    let gmail = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0";
    let headless =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36";
    let (browser, get, head) = (Some(BROWSER), Method::GET, Method::HEAD);
    type Case<'a> = (Method, Option<&'a str>, Option<(&'static str, &'static str)>);
    let machines: Vec<Case<'_>> = vec![
        (get.clone(), Some("Mozilla/5.0"), None),
        (get.clone(), Some(gmail), None),
        (get.clone(), Some(headless), None),
        (get.clone(), Some("curl/8.5.0"), None),
        (get.clone(), Some("python-requests/2.31.0"), None),
        (get.clone(), Some("Go-http-client/1.1"), None),
        (get.clone(), Some("Mozilla/5.0 (compatible; Acme-Bot/1.0)"), None),
        (get.clone(), Some(""), None),
        (get.clone(), None, None),
        (head.clone(), browser, None),
        (get.clone(), browser, Some(("purpose", "prefetch"))),
        (get.clone(), browser, Some(("sec-purpose", "prefetch;prerender"))),
        (get.clone(), browser, Some(("x-purpose", "preview"))),
        (get.clone(), browser, Some(("x-moz", "prefetch"))),
    ];
    let people: Vec<Case<'_>> = vec![
        (get.clone(), browser, None),
        (
            get.clone(),
            Some("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"),
            None,
        ),
        (get.clone(), Some("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"), None),
        (
            get.clone(),
            Some("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"),
            None,
        ),
        (
            get.clone(),
            Some("Mozilla/5.0 (Linux; Android 11; CUBOT X50) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36"),
            None,
        ),
        (get.clone(), browser, Some(("purpose", "nothing special"))),
    ];
    let (system, firm, mail) = mailed().await;
    let fetch = async |(method, agent, header): &Case<'_>, link: String| {
        let mut request = system.request(method.clone(), &link);
        if let Some(agent) = agent {
            request = request.header("user-agent", *agent);
        }
        if let Some((name, value)) = header {
            request = request.header(*name, *value);
        }
        Answer::of(request).await
    };
    for (count, case) in machines.iter().enumerate() {
        let (open, click) = (fetch(case, mail.pixel()).await, fetch(case, mail.link()).await);
        is_the_pixel(&open);
        assert_eq!((click.status, click.header("location")), (302, INVOICE), "{case:?}");
        assert_eq!(open.body.is_empty(), case.0 == Method::HEAD);
        let one = one(&firm).await;
        let counted = (&one["automatic_opens"], &one["automatic_clicks"], &one["opens"], &one["clicks"]);
        assert_eq!(counted, (&json!(count + 1), &json!(count + 1), &json!(0), &json!(0)), "{case:?}");
        assert_eq!(
            (&one["sent_status"], &one["evidence"]),
            (&json!("sent"), &json!("fetched_automatically")),
            "{case:?}"
        );
        assert!(one["first_opened_at"].is_null() && one["last_opened_at"].is_null());
    }
    for (count, case) in people.iter().enumerate() {
        fetch(case, mail.pixel()).await;
        let one = one(&firm).await;
        assert_eq!((&one["opens"], &one["automatic_opens"]), (&json!(count + 1), &json!(machines.len())), "{case:?}");
        assert_eq!((&one["sent_status"], &one["evidence"]), (&json!("opened"), &json!("possibly_opened")), "{case:?}");
    }
}

#[tokio::test]
async fn a_click_after_an_open_is_kept_and_an_open_after_a_click_too() {
    let (system, firm, mail) = mailed().await;
    for link in [mail.pixel(), mail.link(), mail.pixel(), mail.link()] {
        system.as_browser(&link).await;
    }
    let one = one(&firm).await;
    assert_eq!((&one["opens"], &one["clicks"], &one["evidence"]), (&json!(2), &json!(2), &json!("clicked")), "{one:#}");
    assert_eq!(sorted_statuses(&one), ["clicked", "clicked", "delivered", "opened", "opened", "processed"]);
}

#[tokio::test]
async fn a_hundred_and_fifty_opens_are_counted_and_a_hundred_kept() {
    let (system, firm, mail) = mailed().await;
    system.as_browser(&mail.pixel()).await;
    let first = one(&firm).await["first_opened_at"].clone();
    for _ in 0..148 {
        system.as_browser(&mail.pixel()).await;
    }
    let earlier = one(&firm).await;
    system.as_browser(&mail.pixel()).await;
    for _ in 0..5 {
        system.as_agent("Mozilla/5.0", &mail.pixel()).await;
    }
    let one = one(&firm).await;
    assert_eq!((&one["opens"], &one["automatic_opens"]), (&json!(150), &json!(5)));
    assert_eq!(one["first_opened_at"], first);
    let last = |one: &Value| one["last_opened_at"].as_str().unwrap().to_owned();
    assert!(last(&one) > last(&earlier), "the last one is known: {} {}", last(&one), last(&earlier));
    let kept = sorted_statuses(&one).iter().filter(|status| *status == "opened").count();
    // The hundred, and the ends of what was only counted: of people, and of machines.
    assert!((100..=104).contains(&kept), "{kept} are shown");
}

#[tokio::test]
async fn an_open_before_any_news_from_ses_counts() {
    let system = System::start().await;
    let firm = system.firm("roe");
    system.faults(json!({ "events": { "delay_ms": 3_600_000 } })).await;
    firm.send("1", json!({ "to": "ann@example.com", "subject": "Quick" })).await;
    let mail = system.mail("Quick", "ann@example.com").await;
    system.as_browser(&mail.pixel()).await;
    let history = firm.history_when("1", "opened", |history| history["sent_status"] == "opened").await;
    assert_eq!(recipient(&history, "to:0")["opens"], 1);
}

#[tokio::test]
async fn looking_at_the_unsubscribe_page_changes_nothing_and_its_button_does() {
    let (system, firm, mail) = mailed().await;
    for _ in 0..2 {
        let page = system.as_browser(&mail.unsubscribe()).await;
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html") && page.text().to_lowercase().contains("<form"));
        assert!(page.text().to_lowercase().contains("method=\"post\""), "{}", page.text());
    }
    assert_eq!(sorted_statuses(&one(&firm).await), ["delivered", "processed"], "a scanner's GET unsubscribes nobody");

    for _ in 0..2 {
        let request = system.request(Method::POST, &mail.unsubscribe());
        let request =
            request.header("content-type", "application/x-www-form-urlencoded").body("List-Unsubscribe=One-Click");
        let done = Answer::of(request).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }
    let before = one(&firm).await;
    let found = (&before["sent_status"], &before["next_action"]);
    assert_eq!(found, (&json!("sent"), &json!("do_not_email")), "{before:#}");
    assert!(sorted_statuses(&before).contains(&"unsubscribed".to_owned()));

    firm.send("2", json!({ "to": "Ann@Example.com; bob@example.com", "subject": "Later" })).await;
    let history = firm
        .history_when("2", "bob has his mail", |history| {
            history["sends"].get(0).is_some()
                && sorted_statuses(recipient(history, "to:1")) == ["delivered", "processed"]
                && recipient(history, "to:0")["sent_status"] == "rejected"
        })
        .await;
    let ann = recipient(&history, "to:0");
    let found = (sorted_statuses(ann), &ann["sent_status"], &ann["next_action"]);
    assert_eq!(found, (vec!["dropped".to_owned()], &json!("rejected"), &json!("do_not_email")), "{ann:#}");
    assert!(system.mailbox().await.iter().all(|mail| mail.subject != "Later" || mail.to == "bob@example.com"));
}

#[tokio::test]
async fn an_unsubscribe_stands_once_in_the_history_however_often_it_is_asked() {
    let (system, firm, mail) = mailed().await;
    for _ in 0..2 {
        assert_eq!(system.as_browser(&mail.unsubscribe()).await.status, 200);
        let done = Answer::of(system.request(Method::POST, &mail.unsubscribe())).await;
        assert_eq!(done.status, 200, "{}", done.text());
    }
    assert_eq!(sorted_statuses(&one(&firm).await), ["delivered", "processed", "unsubscribed"]);
    let list = firm.get("/v1/suppressions").await.expect(200);
    assert_eq!(list["rows"].as_array().unwrap().len(), 1, "{list:#}");
}

#[tokio::test]
async fn each_link_of_a_firms_own_html_is_whole_in_the_text_and_leads_where_it_did() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let targets: Vec<String> = (0..8)
        .map(|number| format!("https://portal.example.com/{}?a=1&b={number}", "long/".repeat(number * 30)))
        .collect();
    let links: String = targets
        .iter()
        .map(|target| {
            let target = target.replace('&', "&amp;");
            format!(
                "<p>Some words in front of <a href=\"{target}\">the invoice</a>, and words behind it.</p>\
                     <blockquote><ul><li><a href=\"{target}\">again</a></li></ul></blockquote>\
                     <table><tr><td><a href=\"{target}\">there</a></td><td>and here</td></tr></table>"
            )
        })
        .collect();
    firm.send(
        "1",
        json!({ "to": "ann@example.com", "subject": "Own", "html": format!("<html><body>{links}</body></html>") }),
    )
    .await;
    let mail = system.mail("Own", "ann@example.com").await;
    let mut reached = BTreeSet::new();
    for link in mail.links_in_text() {
        let click = system.as_browser(&link).await;
        assert_eq!(click.status, 302, "{link} in {}", mail.text());
        reached.insert(click.header("location").to_owned());
    }
    assert_eq!(reached, targets.into_iter().collect(), "{}", mail.text());
}
