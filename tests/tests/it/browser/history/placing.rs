//! Where the popup stands: beside its icon on whichever side has room, always within the window.

use tests::browser::{Browser, Page};

use super::{Portal, icon, open_with_click, place, popup};
use crate::browser::clock::pass;

/// The most that lies between an icon and its popup.
const GAP_PX: f64 = 8.0;

/// Icons at all edges of the window.
const EDGES: [&str; 9] = [
    "top left",
    "top center",
    "top right",
    "middle left",
    "middle center",
    "middle right",
    "bottom left",
    "bottom center",
    "bottom right",
];

fn edges() -> String {
    let icon = |(index, place): (usize, &&str)| {
        format!("<div class='{place}'><invoice-email-history invoice={index}></invoice-email-history></div>")
    };
    EDGES.iter().enumerate().map(icon).collect()
}

/// Opens the popups at all edges; each must be whole within the window, beside its icon and not over it.
async fn stand_beside_their_icons(page: &Page) {
    let (width, height) = (f64::from(page.view().width), f64::from(page.view().height));
    for (index, edge) in EDGES.iter().enumerate() {
        let invoice = index.to_string();
        let open = open_with_click(page, &invoice).await;
        open.shows("Never e-mailed.").await;
        let [left, top, right, bottom] = place(&open).await;
        let of_icon = place(&icon(page, &invoice)).await;
        let seen = format!("{edge} of {width} x {height}: popup {:?}, icon {of_icon:?}", [left, top, right, bottom]);
        assert!(left >= 0.0 && top >= 0.0 && right <= width && bottom <= height, "{seen}");
        let gap = if top >= of_icon[3] { top - of_icon[3] } else { of_icon[1] - bottom };
        assert!((0.0..=GAP_PX).contains(&gap), "{seen}");
        assert!(left <= of_icon[0] + 0.5 && of_icon[2] <= right + 0.5 || left == of_icon[0], "{seen}");
        page.press("Escape").await;
        open.disappears().await;
    }
}

#[tokio::test]
async fn at_every_edge_of_the_window() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::with_page(0, "lang=en", &edges()).await;
    let page = portal.open(&browser).await;
    for (width, height) in [(1280, 800), (600, 500), (480, 400)] {
        page.change(|view| (view.width, view.height) = (width, height)).await;
        page.until("the window has its size", &format!("innerWidth === {width}")).await;
        stand_beside_their_icons(&page).await;
    }
    page.finish().await;
}

#[tokio::test]
async fn in_a_page_from_right_to_left() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::with_page(0, "lang=ar dir=rtl", &edges()).await;
    let page = portal.open(&browser).await;
    stand_beside_their_icons(&page).await;
    let middle = open_with_click(&page, "4").await;
    let (popup, icon) = (place(&middle).await, place(&icon(&page, "4")).await);
    assert_eq!(popup[2], icon[2], "it runs to the left");
    page.finish().await;
}

#[tokio::test]
async fn it_goes_with_its_row_and_closes_when_that_is_gone() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(500).await;
    let page = portal.open(&browser).await;
    let sixth = open_with_click(&page, "6").await;
    sixth.shows("Never e-mailed.").await;
    let distance = async || place(&sixth).await[1] - place(&icon(&page, "6")).await[1];
    let before = (distance().await, place(&sixth).await[1]);
    page.move_pointer(1.0, 1.0).await;
    page.evaluate("document.getElementById('table').scrollBy(0, 70)").await;
    assert_eq!((distance().await, place(&sixth).await[1]), (before.0, before.1 - 70.0));
    page.evaluate("document.getElementById('table').scrollBy(0, 5000)").await;
    sixth.disappears().await;
    assert_eq!(page.layout_shift().await, 0.0);
    page.finish().await;
}

#[tokio::test]
async fn nothing_jumps_when_the_answer_comes() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start(20).await;
    for invoice in ["2", "5"] {
        portal.delivered(invoice).await;
    }
    let page = portal.open(&browser).await;
    for invoice in ["2", "5"] {
        icon(&page, invoice).hover().await;
        pass(&page, super::OPENS_AFTER_MS).await;
        popup(&page, invoice).shows("ann@example.com").await;
        page.press("Escape").await;
    }
    assert_eq!(page.layout_shift().await, 0.0);
    page.finish().await;
}

#[tokio::test]
async fn on_a_narrow_window_it_is_a_sheet() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::with_page(0, "lang=en", &edges()).await;
    for width in [320, 360] {
        let page = portal.open_as(browser.page("about:blank").viewport(width, 740)).await;
        for invoice in ["0", "8"] {
            let [left, top, right, bottom] = place(&open_with_click(&page, invoice).await).await;
            let width = f64::from(width);
            assert_eq!((left, right, bottom), (8.0, width - 8.0, 732.0), "all of the width, at the bottom");
            assert!(top >= 740.0 * 0.25, "what it is about stays in sight: {top}");
            page.press("Escape").await;
            popup(&page, invoice).disappears().await;
        }
        page.finish().await;
    }
}
