//! The popup opens for a pointer that rests, for the keyboard and for a finger, and for nothing else.

use tests::browser::{Browser, Page, Reply};

use super::{CLOSES_AFTER_MS, OPENS_AFTER_MS, Portal, asked, focus, icon, is_expanded, open_with_click, path, popup};
use crate::browser::clock::pass;
use crate::browser::focus;

/// Whether the pointer is over an icon or its popup.
const IS_HOVERED: &str =
    "[...document.querySelectorAll('invoice-email-history')].some((one) => one.shadowRoot.querySelector(':hover'))";

/// Moves the pointer to where nothing is.
async fn move_away(page: &Page) {
    page.move_pointer(1.0, 1.0).await;
    page.until("the pointer has left", &format!("!{IS_HOVERED}")).await;
}

#[tokio::test]
async fn of_five_hundred_icons_those_that_are_opened_ask_once_each() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(500).await;
    portal.delivered("3").await;
    let page = portal.open(&browser).await;
    page.css("invoice-email-history").until_count(500).await;
    pass(&page, 60_000).await;
    assert_eq!(asked(&page), [""; 0]);

    let third = open_with_click(&page, "3").await;
    third.shows("ann@example.com").await;
    assert_eq!(asked(&page), [path("3")]);
    // Another one above it: what is open closes.
    open_with_click(&page, "2").await.shows("Never e-mailed.").await;
    assert!(!third.is_visible().await);
    let open = "[...document.querySelectorAll('invoice-email-history')].filter((one) => one.isOpen).length";
    assert_eq!(page.evaluate(open).await, 1);
    assert_eq!((is_expanded(&page, "3").await, is_expanded(&page, "2").await), (false.into(), true.into()));

    // A row far down, to which the table has to scroll.
    open_with_click(&page, "497").await.shows("Never e-mailed.").await;
    pass(&page, 60_000).await;
    assert_eq!(asked(&page), [path("3"), path("2"), path("497")]);
    page.finish().await;
}

#[tokio::test]
async fn a_pointer_that_rests_opens_it_and_may_move_in() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("3").await;
    let page = portal.open(&browser).await;
    let popup = popup(&page, "3");

    icon(&page, "3").hover().await;
    pass(&page, OPENS_AFTER_MS - 1).await;
    move_away(&page).await;
    pass(&page, 60_000).await;
    assert_eq!(asked(&page), [""; 0], "a pointer that only passes opens nothing");

    icon(&page, "3").hover().await;
    pass(&page, OPENS_AFTER_MS).await;
    popup.shows("ann@example.com").await;
    assert_eq!(is_expanded(&page, "3").await, true);
    move_away(&page).await;
    pass(&page, CLOSES_AFTER_MS - 1).await;
    assert!(popup.is_visible().await);
    page.shown_with("ann@example.com").hover().await;
    page.until("the pointer is back", IS_HOVERED).await;
    pass(&page, 60_000).await;
    assert!(popup.is_visible().await, "it stays while the pointer is in it");

    move_away(&page).await;
    pass(&page, CLOSES_AFTER_MS).await;
    popup.disappears().await;
    assert_eq!(is_expanded(&page, "3").await, false);
    assert_eq!(asked(&page), [path("3")]);
    page.finish().await;
}

#[tokio::test]
async fn a_click_keeps_it_until_escape_a_click_elsewhere_or_another_click() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    let page = portal.open(&browser).await;
    let (first, popup) = (icon(&page, "1"), popup(&page, "1"));
    for way in ["Escape", "elsewhere", "icon", "button"] {
        open_with_click(&page, "1").await.appears().await;
        move_away(&page).await;
        pass(&page, 60_000).await;
        assert!(popup.is_visible().await);
        match way {
            "Escape" => page.press("Escape").await,
            "elsewhere" => page.role("heading", "Invoices").click().await,
            "icon" => first.click().await,
            _ => page.role("button", "Close").click().await,
        }
        popup.disappears().await;
        // The pointer may still be over the icon that it has clicked.
        pass(&page, 60_000).await;
        assert!(!popup.is_visible().await, "{way}");
    }
    page.finish().await;
}

#[tokio::test]
async fn the_keyboard_opens_it_reads_it_and_goes_on_where_it_was() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("1").await;
    let page = portal.open(&browser).await;
    let popup = popup(&page, "1");
    let of = |invoice: &str| ("button".to_owned(), format!("E-mail history of invoice {invoice}"));

    focus::tab_to(&page, "button", "E-mail history").await;
    assert_eq!(is_expanded(&page, "1").await, false);
    pass(&page, OPENS_AFTER_MS).await;
    popup.shows("ann@example.com").await;
    assert_eq!((focus(&page).await, is_expanded(&page, "1").await), (of("1"), true.into()));
    pass(&page, 60_000).await;
    assert!(popup.is_visible().await, "it stays while the focus is there");

    page.press("Escape").await;
    popup.disappears().await;
    assert_eq!((focus(&page).await, is_expanded(&page, "1").await), (of("1"), false.into()));
    pass(&page, 60_000).await;
    assert!(!popup.is_visible().await, "the focus that is still there does not open it again");

    // Enter goes into it.
    page.press("Enter").await;
    page.until("the focus is in it", "document.activeElement.shadowRoot?.activeElement?.id === 'popup'").await;
    assert_eq!(focus(&page).await, ("dialog".to_owned(), "E-mails of invoice 1".to_owned()));
    focus::tab_to(&page, "button", "Close").await;
    focus::tab_to(&page, "button", "All e-mails").await;
    page.press("Escape").await;
    popup.disappears().await;
    assert_eq!(focus(&page).await, of("1"));
    pass(&page, 60_000).await;
    assert!(!popup.is_visible().await, "nor does the focus that comes back");

    page.press("Tab").await;
    assert_eq!(focus(&page).await, of("2"));
    pass(&page, OPENS_AFTER_MS).await;
    super::popup(&page, "2").shows("Never e-mailed.").await;
    page.press("Shift+Tab").await;
    super::popup(&page, "2").disappears().await;
    page.finish().await;
}

#[tokio::test]
async fn escape_closes_the_popup_and_not_what_it_stands_in() {
    let Some(browser) = Browser::open().await else { return };
    let body =
        "<h1>Invoices</h1><dialog aria-label=Around><invoice-email-history invoice=1></invoice-email-history></dialog>";
    let portal = Portal::with_page(0, "lang=en", body).await;
    let page = portal.open(&browser).await;
    page.evaluate("document.querySelector('dialog').showModal()").await;
    let popup = open_with_click(&page, "1").await;
    popup.shows("Never e-mailed.").await;
    page.press("Escape").await;
    popup.disappears().await;
    assert!(page.role("dialog", "Around").is_visible().await);
    page.press("Escape").await;
    page.role("dialog", "Around").disappears().await;
    page.finish().await;
}

#[tokio::test]
async fn a_finger_opens_a_sheet_and_closes_it() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("2").await;
    let page = portal.open_as(browser.page("about:blank").viewport(360, 740).touch()).await;
    let popup = popup(&page, "2");
    for way in ["elsewhere", "icon", "button"] {
        icon(&page, "2").tap().await;
        popup.shows("ann@example.com").await;
        pass(&page, 60_000).await;
        assert!(popup.is_visible().await, "no pointer is needed to keep it");
        match way {
            "elsewhere" => page.role("heading", "Invoices").tap().await,
            "icon" => icon(&page, "2").tap().await,
            _ => page.role("button", "Close").tap().await,
        }
        popup.disappears().await;
    }
    page.finish().await;
}

#[tokio::test]
async fn what_is_known_is_shown_at_once_and_renewed_behind_it() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    portal.delivered("3").await;
    let page = portal.open(&browser).await;
    let popup = open_with_click(&page, "3").await;
    popup.shows("ann@example.com").await;
    page.press("Escape").await;
    popup.disappears().await;

    let mail = portal.system.mail("Invoice 3", "ann@example.com").await;
    portal.system.as_browser(&mail.pixel()).await;
    open_with_click(&page, "3").await.shows("Open ").await;
    assert_eq!(asked(&page), [path("3"), path("3")]);
    page.press("Escape").await;
    popup.disappears().await;

    // An answer that never comes: what was known stands there meanwhile.
    page.intercept("/v1/", Reply::never()).await;
    open_with_click(&page, "3").await.shows("Open ").await;
    assert_eq!(asked(&page).len(), 3);

    // A table that uses its rows again: what is open is about another invoice.
    let element = page.css("invoice-email-history[invoice='3']");
    element.evaluate("(icon) => icon.setAttribute('invoice', 'other')").await;
    popup.disappears().await;
    page.stop_intercepting().await;
    open_with_click(&page, "other").await.shows("Never e-mailed.").await;
    page.finish().await;
}
