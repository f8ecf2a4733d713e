//! The keyboard alone leads everywhere.

use tests::browser::Browser;

use super::super::focus;
use super::{is_at, system_with_mails};

#[tokio::test]
async fn all_screens_are_reached_by_keyboard_alone() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    let page = browser.page(&system.url()).await;
    page.css("invoice-email-report").shows("ann@example.com").await;
    focus::tab_to(&page, "link", "Work queue").await;
    page.press("Enter").await;
    is_at(&page, "?view=attention", "Work queue").await;
    focus::is_on(&page, "heading", "Work queue").await;
    page.css("invoice-email-attention:not([badge])").shows("bounce@simulator").await;

    focus::tab_to(&page, "button", "Show e-mails of invoice 1042").await;
    page.press("Enter").await;
    let shown = "location.search.startsWith('?view=invoice&invoice=1042&') && document.title.startsWith('E-mails of invoice 1042')";
    page.until("the invoice's screen is shown", shown).await;
    page.css("invoice-communications").shows("bounce@simulator").await;
    // At the e-mail that the row is about, not only on its screen.
    let is_there = "document.activeElement.shadowRoot?.activeElement?.closest('[data-send]') != null";
    page.until("the focus is on the row's e-mail", is_there).await;
    focus::tab_to(&page, "button", "Send an e-mail").await;
    page.press("Enter").await;
    focus::is_on(&page, "textbox", "To").await;
    page.press("Escape").await;
    focus::is_on(&page, "button", "Send an e-mail").await;
    page.press("Shift+Tab").await;
    focus::is_on(&page, "link", "Back to the work queue").await;
    page.press("Enter").await;
    is_at(&page, "?view=attention", "Work queue").await;

    for screen in ["Blocked addresses", "Settings", "Send an e-mail"] {
        page.press("Shift+Tab").await;
        focus::is_on(&page, "link", screen).await;
    }
    page.press("Enter").await;
    is_at(&page, "?view=send", "Send an invoice by e-mail").await;
    page.press("Alt+ArrowLeft").await;
    page.evaluate("location.search === '?view=attention' || history.back()").await;
    is_at(&page, "?view=attention", "Work queue").await;
    page.finish().await;
}

#[tokio::test]
async fn the_first_stop_skips_the_navigation() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    for search in ["", "?view=attention", "?view=invoice&invoice=1042", "?view=send"] {
        let page = browser.page(&format!("{}/{search}", system.url())).await;
        page.css("h1").until_count(1).await;
        page.press("Tab").await;
        focus::is_on(&page, "link", "Skip to the content").await;
        // It can be seen while it has the focus, and only then.
        let is_seen = "(link) => { const box = link.getBoundingClientRect(); return box.top >= 0 && box.left >= 0 && box.width > 40; }";
        assert_eq!(page.role("link", "Skip to the content").evaluate(is_seen).await, true);
        page.screenshot("application-skip-link").await;
        page.press("Enter").await;
        focus::is_on(&page, "main", "").await;
        let title = page.evaluate("document.title").await;
        page.press("Tab").await;
        let inside = "document.querySelector('main').contains(document.activeElement)";
        page.until("the next stop is in the content", inside).await;
        assert_eq!(page.evaluate("document.title").await, title);
        assert_eq!(page.evaluate("location.search").await, search);
        page.finish().await;
    }
}
