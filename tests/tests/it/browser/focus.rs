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

/// Presses Tab until the focus is on what has this role, and a name that contains this part.
pub(super) async fn tab_to(page: &Page, role: &str, part: &str) {
    /// More stops than any of these pages has before what is looked for.
    const MOST: usize = 150;
    let mut passed = Vec::new();
    for _ in 0..MOST {
        page.press("Tab").await;
        let focused = page.focused().await;
        let name = focused["name"].as_str().unwrap_or_default();
        if focused["role"] == role && name.contains(part) {
            return;
        }
        passed.push(format!("{} {name}", focused["role"]));
    }
    panic!("Tab does not lead to {role} {part:?}, but to {passed:#?}");
}
