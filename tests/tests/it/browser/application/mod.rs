//! The application page: its addresses, its keyboard, and who is signed in.

mod keyboard;
mod looks;
mod navigating;
mod signing_in;
mod strangers;

use tests::System;
use tests::browser::Page;

/// A firm `demo` with one e-mail that arrived and one that bounced, both of invoice 1042.
async fn system_with_mails() -> System {
    let system = System::start().await;
    let firm = system.firm("demo");
    for address in ["ann@example.com", "bounce@simulator.amazonses.com"] {
        firm.send_to("1042", address).await;
    }
    firm.attention_when("the bounce", |rows| rows.len() == 1).await;
    firm.attention_counted().await;
    firm.history_when("1042", "delivered", |history| history.to_string().contains("\"delivered\"")).await;
    system
}

/// Waits until the page is at this query, and called so.
async fn is_at(page: &Page, search: &str, title: &str) {
    let title = format!("{title} – Invoice e-mails");
    page.until(
        &format!("{search} is shown"),
        &format!("location.search === {search:?} && document.title === {title:?}"),
    )
    .await;
}
