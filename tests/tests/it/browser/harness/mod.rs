//! The harness itself, on pages of the tests' own: what it finds, what it does, what it does not let pass.

mod acting;
mod finding;
mod lacking;
mod noticing;
mod showing;
mod troubling;

use tests::browser::{Browser, Page, Site};

/// A whole document around this body.
fn document(body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>A page</title></head><body>{body}</body></html>"
    )
}

/// A page that shows this body, at a desktop.
async fn show(browser: &Browser, body: &str) -> Page {
    let site = Site::page(&document(body)).await;
    browser.page(site.url()).await
}
