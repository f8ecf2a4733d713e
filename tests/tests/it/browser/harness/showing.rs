//! Pages are shown as asked, and pictures and figures are taken of them.

use serde_json::json;
use tests::browser::{Browser, Network, Site};

use super::{document, show};

#[tokio::test]
async fn sizes_colours_media_zones_and_languages() {
    let Some(browser) = Browser::open().await else { return };
    let site = Site::page(&document("<p>p</p>")).await;
    let opening = browser.page(site.url()).viewport(360, 740).dark().touch().reduced_motion();
    let page = opening.timezone("Asia/Tokyo").locale("de-DE").await;
    let shown = "[
        innerWidth, innerHeight,
        matchMedia('(prefers-color-scheme: dark)').matches,
        matchMedia('(prefers-reduced-motion: reduce)').matches,
        matchMedia('(hover: none)').matches,
        matchMedia('print').matches,
        matchMedia('(forced-colors: active)').matches,
        new Intl.DateTimeFormat().resolvedOptions().timeZone,
        (1234.5).toLocaleString(),
        navigator.language,
        document.hasFocus(), document.visibilityState,
    ]";
    let as_asked = json!([360, 740, true, true, true, false, false, "Asia/Tokyo", "1.234,5", "de-DE", true, "visible"]);
    assert_eq!(page.evaluate(shown).await, as_asked);
    page.finish().await;

    let page = browser.page(site.url()).with(|view| (view.print, view.forced_colors) = (true, true)).await;
    let by_default = json!([1280, 800, false, false, false, true, true, "UTC", "1,234.5", "en-US", true, "visible"]);
    assert_eq!(page.evaluate(shown).await, by_default);
    page.finish().await;
}

#[tokio::test]
async fn a_network_that_is_slow_or_gone() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, "<p>p</p>").await;
    let fetched = "(async () => {
        const began = performance.now();
        const answered = await fetch('/', { cache: 'no-store' }).then((response) => response.ok, () => false);
        return { answered, ms: performance.now() - began };
    })()";
    page.change(|view| view.network = Network::Slow).await;
    let slow = page.evaluate(fetched).await;
    assert_eq!(slow["answered"], true);
    assert!(slow["ms"].as_f64().unwrap() >= 390.0, "{slow}");
    page.change(|view| view.network = Network::Offline).await;
    assert_eq!(page.evaluate("navigator.onLine").await, false);
    assert_eq!(page.evaluate(fetched).await["answered"], false);
    page.expect(tests::browser::Kind::Request, "ERR_INTERNET_DISCONNECTED");
    page.change(|view| view.network = Network::Fast).await;
    assert_eq!(page.evaluate(fetched).await["answered"], true);
    page.finish().await;
}

#[tokio::test]
async fn a_tab_that_is_hidden_and_shown_again() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(
        &browser,
        "<script>
        const states = [];
        document.addEventListener('visibilitychange', () => states.push(document.visibilityState));
    </script>",
    )
    .await;
    page.hide().await;
    page.until("it is hidden", "document.hidden").await;
    page.unhide().await;
    page.until("it is seen", "!document.hidden").await;
    assert_eq!(page.evaluate("states").await, json!(["hidden", "visible"]));
    page.finish().await;
}

#[tokio::test]
async fn pictures_in_all_sizes_and_both_colours() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, "<meta name=color-scheme content='light dark'><h1>Harness</h1>").await;
    let paths = page.screenshots("harness").await;
    let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let expected =
        [360, 1280, 1920].map(|width| [format!("harness-{width}-light.png"), format!("harness-{width}-dark.png")]);
    assert_eq!(names, expected.concat());
    for path in paths {
        let picture = std::fs::read(&path).unwrap();
        assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"), "{path:?}");
        // The width stands first in the first chunk's data.
        let width = u32::from_be_bytes(picture[16..20].try_into().unwrap());
        assert!(path.to_str().unwrap().contains(&format!("-{width}-")), "{path:?} is {width} wide");
    }
    assert_eq!(page.view().width, 1280, "as before");
    page.finish().await;
}

#[tokio::test]
async fn memory_layout_shifts_and_paint_are_measured() {
    let Some(browser) = Browser::open().await else { return };
    let page = show(&browser, "<p>p</p>").await;
    assert!(page.first_paint_ms().await > 0.0);
    assert_eq!(page.layout_shift().await, 0.0);
    page.evaluate(
        "{ const div = document.createElement('div'); div.style.height = '300px'; document.body.prepend(div); }",
    )
    .await;
    let shift = page.layout_shift().await;
    assert!(shift > 0.0, "{shift}");

    let before = page.memory().await;
    page.evaluate("globalThis.kept = new Array(1_000_000).fill().map((_, index) => ({ index })); 0").await;
    let held = page.memory().await;
    assert!(held.heap_bytes > before.heap_bytes + 10_000_000, "{before:?}, {held:?}");
    page.evaluate("delete globalThis.kept").await;
    let after = page.memory().await;
    assert!(after.heap_bytes < before.heap_bytes + 1_000_000, "{before:?}, {after:?}");

    page.evaluate("document.body.append(...Array.from({ length: 1_000 }, () => document.createElement('i'))); 0").await;
    assert_eq!(page.css("i").texts().await.len(), 1_000);
    assert!(page.memory().await.nodes >= before.nodes + 1_000);
    page.evaluate("document.body.querySelectorAll('i').forEach((one) => one.remove()); console.log(document.body)")
        .await;
    let after = page.memory().await;
    assert!(after.nodes < before.nodes + 100, "what was looked at is not held: {before:?}, {after:?}");
    page.finish().await;
}
