//! The page where the table fails, and long after the mail: there is always a page that says what to do.

use std::time::Duration;

use domain::ids::RecipientKey;
use domain::token::{Purpose, TokenKeys};
use lambda::{Call, Environment};
use lambda_http::{Body, Response};
use portal::Portal;
use reqwest::Method;
use serde_json::json;
use tests::cloud::Cloud;
use tests::door::Trouble;
use tests::payload::{http, request};
use tests::written::{at, firm, send_to, start, stored};
use tests::{Answer, statuses};
use tokio::net::TcpListener;
use tokio::time::Instant;

use super::{is_a_page, one, press, started};

/// More than the SDK's retries of one request.
const MORE_THAN_RETRIES: usize = 20;

/// For how long a link lasts, in seconds.
const LINK_LASTS: i64 = 400 * 24 * 3600;

#[tokio::test]
async fn where_the_invoice_cannot_be_read_a_page_asks_to_try_again() {
    let (system, firm, mail) = started(json!({ "firm_name": "Roe & Partners" })).await;
    let page = mail.page();
    for fault in ["error", "throttle"] {
        system.faults(json!({ "table": { fault: 1_000 } })).await;
        let head = Answer::of(system.request(Method::HEAD, &page)).await;
        for answer in [&system.as_browser(&page).await, &press(&system, &page, "open").await, &head] {
            assert_eq!((answer.status, answer.header("retry-after")), (503, "60"), "{fault}: {}", answer.text());
            is_a_page(answer);
            assert!(answer.body.is_empty() || answer.text().contains("try once more in a minute"), "{}", answer.text());
        }
        // A token that is none is known without the table.
        assert_eq!(system.as_browser("/p/AAAA").await.status, 404);
        system.faults(json!({})).await;
        assert_eq!(system.as_browser(&page).await.status, 200, "a minute later");
    }
    // A few failures are not even seen.
    system.faults(json!({ "table": { "throttle": 1, "error": 1 } })).await;
    assert_eq!(system.as_browser(&page).await.status, 200);
    system.faults(json!({})).await;
    assert_eq!(one(&firm).await["clicks"], 3);
}

/// The page's function alone, with one e-mail.
struct Alone {
    cloud: Cloud,
    portal: Portal,
    key: RecipientKey,
    token: String,
}

impl Alone {
    async fn start() -> Self {
        let cloud = Cloud::start().await;
        let portal = Portal::from_environment(&cloud.environment()).unwrap();
        let key = send_to(&cloud.table(), "1042", "ann@example.com").await;
        let keys = TokenKeys::parse(&cloud.variables()["TOKEN_KEYS"]).unwrap();
        let token = keys.seal_recipient(Purpose::Portal, &key);
        Self { cloud, portal, key, token }
    }

    /// What is answered so many seconds after the mail.
    async fn ask(&self, method: &str, seconds: i64) -> Response<Body> {
        ask(&self.portal, method, &self.token, seconds).await
    }

    async fn shows(&self) -> Vec<String> {
        let recipient = stored(&self.cloud.table(), &self.key).await;
        let view = domain::fold::fold(&recipient, at(1));
        statuses(
            &json!({ "statuses": view.statuses.iter().map(|entry| json!({ "status": entry.status.as_str() })).collect::<Vec<_>>() }),
        )
    }
}

async fn ask(portal: &Portal, method: &str, token: &str, seconds: i64) -> Response<Body> {
    let mut event = http("ANY /p/{token}", &format!("/p/{token}"), json!({ "token": token }), None);
    event["requestContext"]["http"]["method"] = json!(method);
    if method == "POST" {
        event["headers"]["content-type"] = json!("application/x-www-form-urlencoded");
        event["body"] = json!("action=open");
    }
    portal.handle(request(&event), Call::new(at(seconds), 7)).await
}

#[tokio::test]
async fn where_nothing_can_be_recorded_the_client_is_served_all_the_same() {
    let alone = Alone::start().await;
    for (method, status) in [("GET", 200), ("POST", 303), ("HEAD", 200)] {
        alone.cloud.door().spoil(Trouble::Throttled, "UpdateItem", 0, MORE_THAN_RETRIES);
        assert_eq!(alone.ask(method, 1).await.status(), status, "{method}");
        assert!(alone.cloud.door().still_to_be_spoilt() < MORE_THAN_RETRIES, "{method} recorded nothing at all");
        alone.cloud.door().spoil(Trouble::Throttled, "UpdateItem", 0, 0);
    }
    assert_eq!(alone.shows().await, Vec::<String>::new());
    // What is repeated because its answer was lost counts once.
    alone.cloud.door().spoil(Trouble::AnswerLost, "UpdateItem", 0, 1);
    assert_eq!(alone.ask("POST", 1).await.status(), 303);
    assert_eq!(alone.shows().await, ["portal_confirmed"]);
}

#[tokio::test]
async fn a_link_lasts_for_four_hundred_days() {
    let alone = Alone::start().await;
    for method in ["GET", "HEAD", "POST"] {
        let status = if method == "POST" { 303 } else { 200 };
        assert_eq!(alone.ask(method, LINK_LASTS - 1).await.status(), status);
    }
    let before = alone.shows().await;
    assert_eq!(before.len(), 3);
    for seconds in [LINK_LASTS, 10 * LINK_LASTS] {
        for method in ["GET", "HEAD", "POST"] {
            let gone = alone.ask(method, seconds).await;
            assert_eq!((gone.status().as_u16(), gone.headers().get("location")), (410, None), "{method}");
        }
    }
    assert_eq!(alone.shows().await, before, "nobody is seen at a door that is shut");

    // A clock that is behind is no reason to send anybody away, and a mail that was never written is none.
    assert_eq!(alone.ask("GET", -60).await.status(), 200);
    let keys = TokenKeys::parse(&alone.cloud.variables()["TOKEN_KEYS"]).unwrap();
    let never = RecipientKey { firm: firm(), invoice: "never".parse().unwrap(), ..alone.key.clone() };
    let token = keys.seal_recipient(Purpose::Portal, &never);
    assert_eq!(ask(&alone.portal, "GET", &token, 1).await.status(), 410);
    assert_eq!(start(), alone.key.send.submitted_at());
}

// On a clock that goes on when all wait: what is waited for is counted, and nobody waits.
#[tokio::test(start_paused = true)]
async fn a_table_that_never_answers_is_not_waited_for() {
    // Whoever connects is heard and never answered.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let key = format!("k1:{}", "A".repeat(43) + "=");
    let variables = [
        ("TABLE_NAME", "table"),
        ("TOKEN_KEYS", &key),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "EXAMPLEKEY"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &url),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let portal = Portal::from_environment(&Environment::of(variables)).unwrap();
    let recipient = tests::written::waiting("1042", domain::ids::SendId::new(start(), 0), 0, "ann@example.com");
    let token = TokenKeys::parse(&key).unwrap().seal_recipient(Purpose::Portal, &recipient.key);
    let began = Instant::now();
    let (get, post) = tokio::join!(ask(&portal, "GET", &token, 1), ask(&portal, "POST", &token, 1));
    let took = began.elapsed();
    for answer in [get, post] {
        let Body::Text(page) = answer.body() else { panic!("{answer:?}") };
        assert!(answer.status() == 503 && page.contains("try once more"), "{}: {page}", answer.status());
    }
    // The function would be ended after ten seconds, and nobody would see a page.
    assert!(took < Duration::from_secs(9), "{took:?}");
    drop(listener);
}
