//! CORS: what a portal's page on another origin may do, as API Gateway has it once origins are configured.

use reqwest::Method;
use tests::{Answer, System};

const PORTAL: &str = "https://portal.example.com";
const OTHER_PORTAL: &str = "http://127.0.0.1:5173";
const STRANGER: &str = "https://portal.example.com.evil.example";

const EMAILS: &str = "/v1/invoices/1042/emails";

async fn ask(system: &System, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = system.request(method, path);
    Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

async fn preflight(system: &System, path: &str, origin: &str, method: &str) -> Answer {
    let headers = [("origin", origin), ("access-control-request-method", method)];
    ask(system, Method::OPTIONS, path, &headers).await
}

fn has_cors(answer: &Answer) -> bool {
    answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"))
}

fn varies_by_origin(answer: &Answer) -> bool {
    let values = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
    values.flat_map(|value| value.split(',')).any(|name| name.trim().eq_ignore_ascii_case("origin"))
}

#[tokio::test]
async fn a_portals_page_hears_in_a_preflight_what_it_may_ask() {
    let system = System::start_for(&[PORTAL, OTHER_PORTAL]).await;
    for (path, method) in [
        (EMAILS, "GET"),
        (EMAILS, "POST"),
        ("/v1/invoices/1042/emails/preview", "POST"),
        ("/v1/invoices/1042/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/resend", "POST"),
        ("/v1/invoices/1042/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/resend/preview", "POST"),
        ("/v1/invoices/1042/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/proof", "GET"),
        ("/v1/reports/invoice-emails", "GET"),
        ("/v1/reports/invoice-emails/summary", "GET"),
        ("/v1/attention", "GET"),
        ("/v1/attention/summary", "GET"),
        ("/v1/suppressions/ann%40example.com", "DELETE"),
    ] {
        for origin in [PORTAL, OTHER_PORTAL] {
            let answer = preflight(&system, path, origin, method).await;
            // A browser takes nothing but success, and it comes without a token.
            assert_eq!(answer.status, 204, "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), origin, "{path}");
            let methods: Vec<&str> = answer.header("access-control-allow-methods").split(',').collect();
            assert!(methods.contains(&method), "{method} {path}: {methods:?}");
            assert_eq!(answer.header("access-control-max-age"), "600");
            let allowed: Vec<&str> = answer.header("access-control-allow-headers").split(',').collect();
            for needed in ["accept", "authorization", "content-type", "idempotency-key"] {
                assert!(allowed.contains(&needed), "{needed}: {allowed:?}");
            }
            assert_eq!(answer.header("access-control-allow-credentials"), "", "a token travels in a header");
        }
        let answer = preflight(&system, path, STRANGER, method).await;
        assert!(!has_cors(&answer) && varies_by_origin(&answer), "{path}: {:?}", answer.headers);
    }
}

#[tokio::test]
async fn every_answer_can_be_read_by_a_portals_page_and_by_no_other() {
    let system = System::start_for(&[PORTAL]).await;
    let cases = [
        (Method::GET, EMAILS, "Bearer local:roe", 200),
        (Method::GET, EMAILS, "Bearer expired", 401),
        (Method::GET, EMAILS, "Bearer local:", 401),
        (Method::GET, "/v1/reports/invoice-emails?status=nonsense", "Bearer local:roe", 400),
        (Method::GET, "/v1/nothing", "Bearer local:roe", 404),
        (Method::PUT, EMAILS, "Bearer local:roe", 405),
    ];
    for (method, path, token, status) in cases {
        let mut headers = vec![("authorization", token), ("origin", PORTAL)];
        let answer = ask(&system, method.clone(), path, &headers).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.header("access-control-allow-origin"), PORTAL, "{method} {path}");
        let exposed: Vec<&str> = answer.header("access-control-expose-headers").split(',').collect();
        for needed in ["content-disposition", "etag", "link", "retry-after"] {
            assert!(exposed.contains(&needed), "{needed}: {exposed:?}");
        }
        assert!(varies_by_origin(&answer));
        headers.pop();
        for stranger in [None, Some(STRANGER), Some("null"), Some("http://portal.example.com")] {
            let headers: Vec<_> = headers.iter().copied().chain(stranger.map(|origin| ("origin", origin))).collect();
            let answer = ask(&system, method.clone(), path, &headers).await;
            // CORS is a browser's business: the answer is the same.
            assert_eq!(answer.status, status, "{method} {path} of {stranger:?}");
            assert!(!has_cors(&answer) && varies_by_origin(&answer), "{method} {path} of {stranger:?}");
        }
    }
}

#[tokio::test]
async fn modules_are_for_the_portals_where_there_are_any_and_for_everybody_else_where_not() {
    let module = "/ui/invoice-email.js";
    let (with, without) = tokio::join!(System::start_for(&[PORTAL]), System::start());
    for (origin, allowed) in [(PORTAL, PORTAL), (STRANGER, "")] {
        let answer = ask(&with, Method::GET, module, &[("origin", origin)]).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, allowed));
        assert!(varies_by_origin(&answer));
        let answer = ask(&without, Method::GET, module, &[("origin", origin)]).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, "*"));
    }
    // A cache that the page itself filled, without an origin, must not answer a portal on the same site.
    assert!(varies_by_origin(&ask(&with, Method::GET, module, &[]).await));
}

#[tokio::test]
async fn without_origins_there_is_no_cors() {
    let system = System::start().await;
    let answer = preflight(&system, EMAILS, PORTAL, "POST").await;
    assert!(!has_cors(&answer), "{:?}", answer.headers);
    let answer = ask(&system, Method::GET, EMAILS, &[("origin", PORTAL)]).await;
    assert!(answer.status == 200 && !has_cors(&answer), "{:?}", answer.headers);
}
