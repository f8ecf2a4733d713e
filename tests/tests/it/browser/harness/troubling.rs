//! Requests are counted, and answered in the server's stead; files are downloaded.

use std::time::Duration;

use serde_json::json;
use tests::browser::{Browser, Kind, Page, Reply, Site};

use super::{document, show};

/// What a page's own script learns of a request: status, type and text, or that it failed.
async fn fetched(page: &Page, path: &str) -> serde_json::Value {
    page.evaluate(&format!(
        "fetch({path:?}).then(async (response) =>
            [response.status, response.headers.get('content-type'), await response.text()], () => 'failed')
            .catch(() => 'broken off')"
    ))
    .await
}

#[tokio::test]
async fn requests_are_listed_with_what_was_sent() {
    let Some(browser) = Browser::open().await else { return };
    let site = Site::page(&document("")).await;
    site.put("/api", "application/json", "{}");
    let page = browser.page(site.url()).await;
    assert_eq!(page.requests("/api").len(), 0);
    page.evaluate("fetch('/api', { method: 'POST', body: 'sent', headers: { 'Idempotency-Key': 'k' } }).then(() => 0)")
        .await;
    let requests = page.requests_when("/api", 1).await;
    let request = &requests[0];
    assert_eq!((request.method.as_str(), request.body.as_str(), request.status), ("POST", "sent", Some(200)));
    assert_eq!(request.headers["idempotency-key"], "k");
    assert_eq!(request.resource, "Fetch");
    assert!(request.received_bytes > 0, "{request:?}");
    page.finish().await;
}

#[tokio::test]
async fn answers_in_the_servers_stead() {
    let Some(browser) = Browser::open().await else { return };
    let site = Site::page(&document("")).await;
    site.put("/api", "text/plain", "the server's");
    let page = browser.page(site.url()).await;
    let servers = json!([200, "text/plain", "the server's"]);

    page.intercept("/api", Reply::problem(429, "Slowly.").header("retry-after", "1").times(1)).await;
    let refused = fetched(&page, "/api").await;
    assert_eq!((&refused[0], &refused[1]), (&json!(429), &json!("application/problem+json")));
    assert!(refused[2].as_str().unwrap().contains("Slowly."));
    page.expect(Kind::Request, ": 429");
    assert_eq!(fetched(&page, "/api").await, servers, "only once");

    page.intercept("/api", Reply::json(&json!({ "rows": [] })).to("POST")).await;
    assert_eq!(fetched(&page, "/api").await, servers, "another method");

    page.intercept("/api", Reply::half("{ \"rows\": [")).await;
    assert_eq!(fetched(&page, "/api").await, "broken off");
    page.expect(Kind::Request, "ERR_CONTENT_LENGTH_MISMATCH");

    page.intercept("/api", Reply::lost()).await;
    assert_eq!(fetched(&page, "/api").await, "failed");
    page.expect(Kind::Request, "ERR_CONNECTION_CLOSED");

    page.intercept("/api", Reply::late(Duration::from_millis(200))).await;
    let ms =
        "(async () => { const began = performance.now(); await fetch('/api'); return performance.now() - began })()";
    assert!(page.evaluate(ms).await.as_f64().unwrap() >= 190.0);

    page.intercept("/api", Reply::never()).await;
    let given_up = "fetch('/api', { signal: AbortSignal.timeout(100) }).catch((error) => error.name)";
    assert_eq!(page.evaluate(given_up).await, "TimeoutError");

    page.stop_intercepting().await;
    assert_eq!(fetched(&page, "/api").await, servers);
    page.finish().await;
}

#[tokio::test]
async fn files_are_downloaded_into_a_folder_of_the_journey() {
    let Some(browser) = Browser::open().await else { return };
    let body = "<button>Download</button><script>
        document.querySelector('button').onclick = () => {
            const link = document.createElement('a');
            link.href = URL.createObjectURL(new Blob(['a,b\\r\\n'], { type: 'text/csv' }));
            link.download = 'rows.csv';
            link.click();
        };
    </script>";
    let page = show(&browser, body).await;
    assert_eq!(page.downloads(), [""; 0]);
    page.role("button", "Download").click().await;
    let path = page.download("rows.csv").await;
    assert_eq!(std::fs::read_to_string(path).unwrap(), "a,b\r\n");
    page.finish().await;
}

#[tokio::test]
async fn another_origin_is_another_origin() {
    let Some(browser) = Browser::open().await else { return };
    let open = Site::start_with(&[("access-control-allow-origin", "*")]).await;
    let closed = Site::start().await;
    for site in [&open, &closed] {
        site.put("/api", "text/plain", "open");
    }
    let page = show(&browser, "").await;
    assert_eq!(fetched(&page, &format!("{}/api", open.url())).await, json!([200, "text/plain", "open"]));
    assert_eq!(fetched(&page, &format!("{}/api", closed.url())).await, "failed");
    page.expect(Kind::Request, "MissingAllowOriginHeader");
    page.expect(Kind::Console, "CORS policy");
    page.finish().await;
}

#[tokio::test]
async fn browsers_share_nothing() {
    let (Some(one), Some(other)) = (Browser::open().await, Browser::open().await) else { return };
    let site = Site::page(&document("")).await;
    let (first, second) = (one.page(site.url()).await, other.page(site.url()).await);
    first.evaluate("localStorage.setItem('seen', 'yes')").await;
    assert_eq!(second.evaluate("localStorage.getItem('seen')").await, json!(null));
    let again = one.page(site.url()).await;
    assert_eq!(again.evaluate("localStorage.getItem('seen')").await, "yes", "pages of one browser do");
    for page in [first, second, again] {
        page.finish().await;
    }
}
