//! Many requests for one link, and for links that there are not.

use domain::log::MAX_HITS;
use futures_util::StreamExt;
use futures_util::stream::iter;
use serde_json::json;
use tests::system::BROWSER;
use tests::{Answer, System, recipient};

/// More than a log keeps one by one, ten times over.
const REQUESTS: u64 = 1_000;

/// As many as a browser or a scanner of many threads has under way.
const AT_ONCE: usize = 32;

#[tokio::test]
async fn a_thousand_for_one_pixel_are_all_answered_and_counted() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.send("1", json!({ "to": "ann@example.com", "subject": "Flood" })).await;
    let pixel = system.mail("Flood", "ann@example.com").await.pixel();
    let flood = iter(0..REQUESTS).map(|number| {
        // Every fourth is a program; headers as long as a server takes them are no longer in the log.
        let agent = if number % 4 == 0 { format!("curl/{number} {}", "x".repeat(4_000)) } else { BROWSER.to_owned() };
        let request = system.request(reqwest::Method::GET, &pixel).header("user-agent", agent);
        async move { Answer::of(request).await.status }
    });
    let answered = flood.buffer_unordered(AT_ONCE).filter(|status| std::future::ready(*status == 200)).count().await;
    assert_eq!(answered as u64, REQUESTS);
    let history = firm.history("1").await;
    let ann = recipient(&history, "to:0");
    let (people, programs) = (ann["opens"].as_u64().unwrap(), ann["automatic_opens"].as_u64().unwrap());
    // Of the hundred that are kept one by one, those of one millisecond and one network are one; each of the others counts.
    for (counted, asked) in [(people, REQUESTS * 3 / 4), (programs, REQUESTS / 4)] {
        assert!((asked - MAX_HITS as u64..=asked).contains(&counted), "{counted} of {asked}");
    }
    // The table takes no item above 400 KB, and the item has what the answer shows.
    let shown = history.to_string().len();
    assert!(shown < 100_000, "{shown} bytes");
}

#[tokio::test]
async fn random_tokens_cost_the_table_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.send("1", json!({ "to": "ann@example.com", "subject": "Random" })).await;
    let mail = system.mail("Random", "ann@example.com").await;
    system.settled().await;
    let spent = async || [system.requests_of("track").await, system.requests_of("portal").await];
    let before = spent().await;
    let genuine = mail.pixel().rsplit('/').next().unwrap().trim_end_matches(".gif").to_owned();
    // Of the alphabet and the length of a true one; and a true one but for its end.
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['-', '_']).collect();
    let random = |seed: usize| -> String {
        let place = |index: usize| (seed.wrapping_mul(0x9E37_79B9) ^ index.wrapping_mul(0x85EB_CA6B)) >> 7;
        let token: String = (0..genuine.len()).map(|index| alphabet[place(index) % alphabet.len()]).collect();
        if seed.is_multiple_of(2) { token } else { format!("{}{}", &genuine[..40], &token[40..]) }
    };
    let links = (0..600).map(|seed| match seed % 4 {
        0 => format!("/o/{}.gif", random(seed / 4)),
        1 => format!("/c/{}", random(seed / 4)),
        2 => format!("/u/{}", random(seed / 4)),
        _ => format!("/p/{}", random(seed / 4)),
    });
    let asked = iter(links).map(|link| {
        let expected = if link.starts_with("/o/") { 200 } else { 404 };
        let request = system.request(reqwest::Method::GET, &link).header("user-agent", BROWSER);
        async move { (Answer::of(request).await.status, expected, link) }
    });
    let answered: Vec<(u16, u16, String)> = asked.buffer_unordered(AT_ONCE).collect().await;
    for (status, expected, link) in &answered {
        assert_eq!(status, expected, "{link}");
    }
    assert_eq!(spent().await, before, "not one request");
    let unsubscribed = Answer::of(system.request(reqwest::Method::POST, &format!("/u/{}", random(1)))).await;
    assert_eq!(unsubscribed.status, 404);
    assert_eq!(spent().await, before);
}
