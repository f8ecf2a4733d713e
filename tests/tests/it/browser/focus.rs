//! Where the keyboard is.

use tests::browser::Page;
use tests::until;

/// Waits until the focus is on what has this role, and a name that contains this part.
pub(super) async fn is_on(page: &Page, role: &str, part: &str) {
    until(&format!("the focus is on {role} {part:?}"), async || {
        let focused = page.focused().await;
        let name = focused["name"].as_str().unwrap_or_default();
        if focused["role"] == role && name.contains(part) { Ok(()) } else { Err(focused.to_string()) }
    })
    .await;
}
