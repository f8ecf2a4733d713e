//! A page of another origin: what a portal's own web server would serve.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;

use super::protocol::locked;

/// Path, content type, text.
type File = (String, HeaderValue, String);

/// Path, and where it leads.
type Way = (String, HeaderValue);

/// A server on a port of its own, and so an origin of its own; it runs until the test ends.
#[derive(Debug)]
pub struct Site {
    url: String,
    files: Arc<Mutex<Vec<File>>>,
    ways: Arc<Mutex<Vec<Way>>>,
}

impl Site {
    /// Serves nothing yet.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Serves nothing yet, with these headers on whatever it will.
    pub async fn start_with(headers: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let files = Arc::<Mutex<Vec<File>>>::default();
        let ways = Arc::<Mutex<Vec<Way>>>::default();
        let headers: Vec<(HeaderName, HeaderValue)> =
            headers.iter().map(|(name, text)| (name.parse().expect("a header's name"), value(text))).collect();
        let (served, led) = (Arc::clone(&files), Arc::clone(&ways));
        let router = Router::new().fallback(move |request: Request| async move {
            let path = request.uri().path();
            let way = locked(&led).iter().find(|(known, _)| known == path).map(|(_, url)| url.clone());
            let mut response = match way {
                Some(url) => (StatusCode::FOUND, [(header::LOCATION, url)]).into_response(),
                None => answer(&locked(&served), path),
            };
            response.headers_mut().extend(headers.clone());
            response
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, files, ways }
    }

    /// Serves one page at `/`.
    pub async fn page(html: &str) -> Self {
        let site = Self::start().await;
        site.put("/", "text/html; charset=utf-8", html);
        site
    }

    /// Serves a text from now on.
    pub fn put(&self, path: &str, content_type: &str, text: &str) {
        let mut files = locked(&self.files);
        files.retain(|(known, ..)| known != path);
        files.push((path.to_owned(), value(content_type), text.to_owned()));
    }

    /// Leads on to another URL from now on.
    pub fn lead(&self, path: &str, url: &str) {
        locked(&self.ways).push((path.to_owned(), value(url)));
    }

    /// Where it answers, without a slash at the end: its origin.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn answer(files: &[File], path: &str) -> Response {
    match files.iter().find(|(known, ..)| known == path) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, kind.clone())], text.clone()).into_response(),
        // Browsers ask for it unasked.
        None if path == "/favicon.ico" => StatusCode::NO_CONTENT.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a header's value")
}
