//! A browser of a journey's own: cookies, storage, cache and downloads that it shares with no other.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::install::{self, Installed};
use super::page::{Page, string};
use super::process;
use super::protocol::Connection;
use super::view::View;

/// Journeys at a time: more only make each other slow, as each page has a process of its own.
const AT_A_TIME: usize = 4;
static PLACES: Semaphore = Semaphore::const_new(AT_A_TIME);

/// A browser of a journey's own.
pub struct Browser {
    context: Arc<Context>,
    _place: SemaphorePermit<'static>,
}

/// What the pages of one browser share; it lives as long as any of them.
pub(super) struct Context {
    pub(super) connection: Arc<Connection>,
    pub(super) id: String,
    /// What its pages call themselves.
    pub(super) agent: String,
    pub(super) axe: PathBuf,
    pub(super) downloads: TempDir,
}

impl Browser {
    /// Opens one. `None`, after having said so loudly, where the machine has none; a failure of the test, where the
    /// variable `BROWSER_TESTS` is `required`.
    pub async fn open() -> Option<Self> {
        let Installed { chromium, axe } = install::find()?;
        let place = PLACES.acquire().await.expect("nobody closes it");
        let connection = process::shared(&chromium).await;
        let downloads = tempfile::tempdir().expect("a folder for downloads");
        let call = async |method, parameters| {
            connection.call("", method, parameters).await.unwrap_or_else(|error| panic!("no browser: {error}"))
        };
        let created = call("Target.createBrowserContext", json!({ "disposeOnDetach": true })).await;
        let id = string(&created["browserContextId"]);
        let kept = json!({ "behavior": "allow", "browserContextId": id, "downloadPath": downloads.path() });
        call("Browser.setDownloadBehavior", kept).await;
        // As a person's browser calls itself: the system tells automatic readers by such names.
        let agent = string(&call("Browser.getVersion", json!({})).await["userAgent"]).replace("Headless", "");
        Some(Self { context: Arc::new(Context { connection, id, agent, axe, downloads }), _place: place })
    }

    /// A page at this URL, once it is awaited.
    pub fn page(&self, url: &str) -> Opening {
        Opening { context: Arc::clone(&self.context), url: url.to_owned(), view: View::default() }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.connection.tell("", "Target.disposeBrowserContext", json!({ "browserContextId": self.id }));
    }
}

/// A page that is to be opened: awaiting it opens it, and waits until it is loaded.
#[must_use = "it opens when it is awaited"]
pub struct Opening {
    context: Arc<Context>,
    url: String,
    view: View,
}

impl Opening {
    /// The size in CSS pixels.
    pub fn viewport(self, width: u32, height: u32) -> Self {
        self.with(|view| (view.width, view.height) = (width, height))
    }

    /// In dark colours.
    pub fn dark(self) -> Self {
        self.with(|view| view.dark = true)
    }

    /// On a touch screen.
    pub fn touch(self) -> Self {
        self.with(|view| view.touch = true)
    }

    /// For somebody who wants less motion.
    pub fn reduced_motion(self) -> Self {
        self.with(|view| view.reduced_motion = true)
    }

    /// In an IANA zone.
    pub fn timezone(self, zone: &str) -> Self {
        self.with(|view| zone.clone_into(&mut view.timezone))
    }

    /// In a language (BCP 47).
    pub fn locale(self, locale: &str) -> Self {
        self.with(|view| locale.clone_into(&mut view.locale))
    }

    /// In any other respect.
    pub fn with(mut self, change: impl FnOnce(&mut View)) -> Self {
        change(&mut self.view);
        self
    }
}

impl IntoFuture for Opening {
    type Output = Page;
    type IntoFuture = Pin<Box<dyn Future<Output = Page>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let page = Page::open(self.context, self.view).await;
            page.goto(&self.url).await;
            page
        })
    }
}
