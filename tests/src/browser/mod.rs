//! A real browser for journeys: headless Chromium against the local stack.
//!
//! ```ignore
//! #[tokio::test]
//! async fn staff_see_a_rejected_recipient() {
//!     let Some(browser) = Browser::open().await else { return };
//!     let system = System::start().await;
//!     let firm = system.firm("demo"); // whom the page shows without a token
//!     firm.send_to("1042", "bounce@simulator.amazonses.com").await;
//!     firm.history_with("1042", "bounced").await;
//!
//!     let page = browser.page(&system.url()).viewport(1280, 800).dark().await;
//!     page.any("row").containing("1042").shows("Rejected").await;
//!     page.requests_when("/v1/invoices/", 0).await;
//!     page.role("button", "E-mail history of invoice 1042").hover().await;
//!     let popup = page.role_with("dialog", "1042");
//!     popup.shows("bounce@simulator.amazonses.com").await;
//!     page.requests_when("/v1/invoices/1042/emails", 1).await;
//!
//!     page.is_accessible().await;
//!     page.screenshots("history").await;
//!     page.press("Escape").await;
//!     popup.disappears().await;
//!     page.finish().await;
//! }
//! ```
//!
//! **Each test** opens a browser of its own ([`Browser::open`]: cookies, storage, cache, downloads), in the one process
//! that all journeys of the binary share. Without an installed Chromium (see `install`) or without axe-core the test
//! says loudly that it was skipped; with `BROWSER_TESTS=required` it fails.
//!
//! **Finding** ([`Locator`]): [`Page::role`] by role and accessible name, [`Page::any`] by role, [`Page::shown`] by text,
//! [`Page::css`] by a selector, `…_with` by a part; all of them through open shadow roots and slots. Narrowed by
//! [`Locator::inside`] (also of an `iframe`), [`Locator::containing`], [`Locator::nth`]. What is done with an element
//! waits until there is exactly one, until it is shown, enabled, at rest and not covered. Never sleep: `shows`,
//! `appears`, `disappears`, `until_count`, `until_attribute`, [`Page::until`], [`Page::requests_when`] and
//! [`crate::until()`] ask until the deadline.
//!
//! **Acting** is real input: `click`, `double_click`, `hover`, `tap` (with `.touch()`), `focus`, `type_text`, `fill`,
//! [`Page::press`], [`Page::type_text`]; [`Page::focused`] tells where the keyboard is.
//!
//! **Showing** ([`View`]): `.dark()`, `.touch()`, `.timezone("Asia/Tokyo")`, … when opening, and
//! `page.change(|view| view.print = true).await` later; `view.network` can be slow, or offline.
//!
//! **Trouble**: [`Page::intercept`] answers in the server's stead ([`Reply`]: 4xx, 5xx, lost, never, late, half).
//!
//! **Looking**: [`Page::screenshots`], [`Page::is_accessible`] (axe), [`Page::download`], and figures: [`Page::memory`],
//! [`Page::layout_shift`], [`Page::first_paint_ms`], [`Page::requests`].
//!
//! **Another origin** ([`Site`]), say a portal's page that embeds an element:
//!
//! ```ignore
//! let portal = Site::start().await;
//! let system = System::start_for(&[portal.url()]).await;
//! portal.put("/", "text/html", &format!("<!doctype html>… src='{}/ui/invoice-email.js' …", system.url()));
//! let page = browser.page(portal.url()).await;
//! ```
//!
//! **The end**: every page is ended by [`Page::finish`], which fails for each error or warning of the console, uncaught
//! exception, violation of the Content-Security-Policy, failed request and dialog, unless the test has said with
//! [`Page::expect`] that it comes; and for what was expected and did not come.

mod act;
mod axe;
mod context;
mod download;
mod find;
mod install;
mod intercept;
mod keyboard;
mod locator;
mod measure;
mod page;
mod picture;
mod process;
mod protocol;
mod site;
mod view;
mod watch;

pub use axe::Violation;
pub use context::{Browser, Opening};
pub use intercept::Reply;
pub use locator::Locator;
pub use measure::Memory;
pub use page::Page;
pub use site::Site;
pub use view::{Network, View};
pub use watch::{Kind, Problem, Request};
