//! How screens are laid out: on every width, in both directions, enlarged, on paper; and that nothing jumps.

use std::time::Duration;

use serde_json::{Value, json};
use tests::System;
use tests::browser::{Browser, Page, Reply};

/// A small telephone, a tablet, a desktop, a large desktop, 4K: CSS pixels.
pub(super) const WIDTHS: [u32; 5] = [320, 768, 1280, 1920, 3840];

/// A4 within a browser's own margins, upright: CSS pixels.
const PAPER: (u32, u32) = (718, 1047);

/// The largest sum of layout shifts on loading: a fifth of what counts as good.
const LARGEST_SHIFT: f64 = 0.02;

/// The invoice whose e-mail has the longest of everything.
const LONGEST: &str = "INV-0123456789.ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-abcdefghij";

/// A screen of the application page: its name, its address, and a text that is there once it is loaded.
type Screen = (&'static str, String, &'static str);

/// All screens; that of an invoice is about this one.
fn screens(invoice: &str) -> [Screen; 4] {
    let at = |query: &str| format!("/?{query}");
    [
        ("report", at("period=last-7-days"), "newest first. Times in"),
        ("work-queue", at("view=attention"), "Oldest first"),
        ("invoice", at(&format!("view=invoice&invoice={invoice}")), "Bounce"),
        ("send", at("view=send"), "Check and preview"),
    ]
}

/// All elements of a page, those in shadow roots among them.
const ALL: &str = "((all) => all(all, document.documentElement))(
    (all, node) => [...(node.shadowRoot?.children ?? []), ...node.children].flatMap((one) => [one, ...all(all, one)]))";

/// What makes the document wider than the window.
const TOO_WIDE: &str = "(() => {
    const root = document.documentElement;
    const px = Math.max(root.scrollWidth, document.body.scrollWidth) - root.clientWidth;
    if (px <= 0) return [];
    const isOutside = ({ width, right, left }) => width > 0 && (right > root.clientWidth + 1 || left < -1);
    const name = (one) => `${one.localName}.${one.getAttribute('class')}: ${one.textContent.trim().slice(0, 40)}`;
    return [`${px} px`, ...ALL.filter((one) => isOutside(one.getBoundingClientRect())).slice(-8).map(name)];
})()";

/// What moved, when, and from where to where.
const SHIFTED: &str = "new Promise((done) => {
    const box = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
    const moved = ({ node, previousRect, currentRect }) =>
        `${node?.nodeName} ${node?.textContent?.trim().slice(0, 40)}: ${box(previousRect)} -> ${box(currentRect)}`;
    const told = ({ value, startTime, sources }) => [value, Math.round(startTime), ...sources.map(moved)];
    const observer = new PerformanceObserver((list) => done(list.getEntries().map(told)));
    observer.observe({ type: 'layout-shift', buffered: true });
})";

/// Nothing makes the document wider than the window, at each of these widths; the page is then shown as before.
pub(super) async fn fits(page: &Page, widths: &[u32]) {
    let before = page.view();
    for &width in widths {
        page.change(|view| view.width = width).await;
        page.until("the window has its size", &format!("innerWidth === {width}")).await;
        fits_as_it_is(page).await;
    }
    page.change(|view| *view = before).await;
}

async fn fits_as_it_is(page: &Page) {
    let too_wide = TOO_WIDE.replace("ALL", ALL);
    let what = format!("{} fits into {} px", page.url().await, page.view().width);
    // Elements that follow their own size draw themselves anew.
    tests::until(&what, async || match page.try_evaluate(&too_wide).await? {
        Value::Array(found) if found.is_empty() => Ok(()),
        found => Err(format!("{found:#}")),
    })
    .await;
}

/// How many elements move by themselves, or would when something changes.
const MOVING: &str = "ALL.flatMap((one) => ['', '::before', '::after'].map((part) => getComputedStyle(one, part)))
    .filter(({ transitionDuration, animationName, scrollBehavior }) =>
        /[1-9]/.test(transitionDuration) || animationName !== 'none' || scrollBehavior !== 'auto').length";

/// What lies over the page, and is not within the window or has something in it that is wider.
const OVERLAYS: &str = "(() => {
    const open = ALL.filter((one) => one.matches('dialog[open], :popover-open'));
    const box = (one) => one.getBoundingClientRect();
    const isWithin = ({ left, right, top, bottom }) =>
        left > -2 && right < innerWidth + 2 && top > -2 && bottom < innerHeight + 2;
    const told = (one) => `${one.localName}.${one.getAttribute('class')} ${JSON.stringify(box(one))}`;
    const below = (one) => ((all) => all(all, one))((all, node) => [
        ...(node.shadowRoot?.children ?? []), ...(node.assignedElements?.() ?? []), ...node.children,
    ].flatMap((one) => [one, ...all(all, one)]));
    const isOver = (inner, { left, right }) => inner.width > 0 && (inner.right > right + 1 || inner.left < left - 1);
    const wider = (one) => below(one).filter((inner) => isOver(box(inner), box(one)));
    if (open.length === 0) return ['nothing is open'];
    return open.filter((one) => !isWithin(box(one)) || one.scrollWidth > one.clientWidth)
        .flatMap((one) => [told(one), `${one.scrollWidth} in ${one.clientWidth}`, ...wider(one).slice(-6).map(told)]);
})()";

/// What lies over the page fits at each of these widths, in both directions; the page is then shown as before.
async fn overlay_fits(page: &Page, widths: &[u32]) {
    let wrong = OVERLAYS.replace("ALL", ALL);
    let before = page.view();
    for direction in ["ltr", "rtl"] {
        page.evaluate(&format!("document.documentElement.dir = '{direction}'")).await;
        for &width in widths {
            page.change(|view| view.width = width).await;
            let what = format!("what lies over {} fits into {width} px, {direction}", page.url().await);
            tests::until(&what, async || match page.try_evaluate(&wrong).await? {
                Value::Array(found) if found.is_empty() => Ok(()),
                found => Err(format!("{found:#}")),
            })
            .await;
        }
    }
    page.evaluate("document.documentElement.dir = 'ltr'").await;
    page.change(|view| *view = before).await;
}

/// axe has nothing against it, in light and in dark, at each of these widths; the page is then shown as before.
pub(super) async fn is_accessible(page: &Page, widths: &[u32]) {
    let before = page.view();
    for &width in widths {
        for dark in [false, true] {
            page.change(|view| (view.width, view.dark) = (width, dark)).await;
            let found = page.axe().await;
            assert!(found.is_empty(), "axe at {}, {width} px, dark: {dark}: {found:#?}", page.url().await);
        }
    }
    page.change(|view| *view = before).await;
}

/// Sixty days of a firm, and an e-mail with the longest of everything that the API takes.
async fn full() -> System {
    let system = System::start_with_demo().await;
    let firm = system.firm("demo");
    let word = "Grundstücksverkehrsgenehmigungszuständigkeit";
    let long = |length: usize| word.chars().cycle().take(length).collect::<String>();
    let (local, domain) = ("a".repeat(52), format!("{}label.{}.example", "long-".repeat(10), "b".repeat(60)));
    let people: Vec<_> = (0..6).map(|number| format!("\"{}\" <{local}{number}@{domain}>", long(100))).collect();
    let body = json!({
        "to": [people.join("; "), "שרה כהן <sara@example.com>", "bounce@simulator.amazonses.com"],
        "cc": "complaint@simulator.amazonses.com; delayed@local.test", "bcc": "mailbox-full@local.test",
        "subject": long(255), "message": long(600),
        "facts": {
            "number": long(60), "client": "c".repeat(64), "client_name": long(120),
            "currency": "USD", "amount": "123456789012.50",
        },
    });
    firm.send(LONGEST, body).await;
    firm.history_when(LONGEST, "bounced", |history| history.to_string().contains("\"bounced\"")).await;
    system.settled().await;
    system
}

/// The invoice of the demo that was e-mailed most often among those that bounced.
async fn troubled(system: &System) -> String {
    let firm = system.firm("demo");
    let mut most = (0, String::new());
    for row in firm.report("?status=rejected").await {
        let invoice = row["invoice"].as_str().unwrap();
        let history = firm.history(invoice).await;
        let sends = history["sends"].as_array().unwrap().len();
        if sends > most.0 && history.to_string().contains("\"bounced\"") {
            most = (sends, invoice.to_owned());
        }
    }
    most.1
}

/// Opens a screen and waits until it has all of its content.
async fn open(browser: &Browser, system: &System, (_, path, text): &Screen) -> Page {
    let page = browser.page(&format!("{}{path}", system.url())).await;
    is_loaded(&page, text).await;
    page
}

async fn is_loaded(page: &Page, text: &str) {
    page.css("main").shows(text).await;
    let waits = format!("{ALL}.some((one) => one.ariaBusy === 'true' || one.matches('.skeleton, .waits'))");
    page.until("nothing is loading", &format!("!{waits}")).await;
}

/// A screen with the longest of everything fits every width, in both directions and enlarged; it moves for nobody who
/// wants less motion, and axe has nothing against it.
async fn is_well_laid_out(screen: usize) {
    let Some(browser) = Browser::open().await else { return };
    let system = full().await;
    let page = open(&browser, &system, &screens(LONGEST)[screen]).await;
    is_accessible(&page, &[320, 1280]).await;
    fits(&page, &WIDTHS).await;
    page.evaluate("document.documentElement.dir = 'rtl'").await;
    fits(&page, &WIDTHS).await;
    page.evaluate("document.documentElement.dir = 'ltr'").await;
    // Twice as large.
    page.evaluate("document.documentElement.style.fontSize = '32px'").await;
    fits(&page, &[1280]).await;
    if screen == 2 {
        assert_ne!(page.evaluate(&MOVING.replace("ALL", ALL)).await, 0, "for everybody else something does");
    }
    page.change(|view| view.reduced_motion = true).await;
    page.until("nothing moves", &format!("{MOVING} === 0").replace("ALL", ALL)).await;
    page.finish().await;
}

#[tokio::test]
async fn the_report_is_well_laid_out() {
    is_well_laid_out(0).await;
}

#[tokio::test]
async fn the_work_queue_is_well_laid_out() {
    is_well_laid_out(1).await;
}

#[tokio::test]
async fn an_invoices_screen_is_well_laid_out() {
    is_well_laid_out(2).await;
}

#[tokio::test]
async fn the_form_that_sends_is_well_laid_out() {
    is_well_laid_out(3).await;
}

#[tokio::test]
async fn what_lies_over_the_report_fits_every_width() {
    let Some(browser) = Browser::open().await else { return };
    let system = full().await;
    let page = open(&browser, &system, &screens(LONGEST)[0]).await;
    page.role("button", "What an open proves").nth(0).press("Enter").await;
    page.any("dialog").shows("proves").await;
    overlay_fits(&page, &WIDTHS).await;
    is_accessible(&page, &[320]).await;
    page.press("Escape").await;
    for width in WIDTHS {
        page.change(|view| view.width = width).await;
        page.role("button", &format!("E-mail history of invoice {LONGEST}")).nth(0).press("Enter").await;
        page.role_with("dialog", LONGEST).shows("Rejected").await;
        overlay_fits(&page, &[width]).await;
        page.press("Escape").await;
        page.any("dialog").disappears().await;
    }
    page.finish().await;
}

#[tokio::test]
async fn the_dialog_that_sends_again_fits_every_width() {
    let Some(browser) = Browser::open().await else { return };
    let system = full().await;
    let page = open(&browser, &system, &screens(LONGEST)[2]).await;
    page.role("button", "Correct the address and send again: bounce@simulator.amazonses.com").press("Enter").await;
    page.any("dialog").shows("bounce@simulator.amazonses.com").await;
    overlay_fits(&page, &WIDTHS).await;
    is_accessible(&page, &[320]).await;
    page.finish().await;
}

#[tokio::test]
async fn the_longest_heading_of_a_dialog_fits_every_width() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&format!("{}/?view=invoice&invoice={LONGEST}", system.url())).await;
    page.role("button", "Send an e-mail").press("Enter").await;
    page.any("dialog").shows("Check and preview").await;
    overlay_fits(&page, &WIDTHS).await;
    page.finish().await;
}

#[tokio::test]
async fn the_dialog_that_sends_fits_every_width() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&format!("{}/?view=invoice&invoice=1042", system.url())).await;
    page.role("button", "Send an e-mail").press("Enter").await;
    let address = format!("{} <ann@{}.example>", "Ann ".repeat(20), "long-".repeat(11) + "x");
    page.role("textbox", "To").fill(&address).await;
    page.role("textbox", "Subject").fill(&"Grundstücksverkehrsgenehmigung".repeat(8)).await;
    overlay_fits(&page, &WIDTHS).await;
    page.role("button", "Check and preview").press("Enter").await;
    page.shown_with("Ann Ann").inside(&page.css("iframe")).nth(0).appears().await;
    overlay_fits(&page, &WIDTHS).await;
    is_accessible(&page, &[320]).await;
    page.screenshots("send-preview").await;
    page.finish().await;
}

#[tokio::test]
async fn nothing_jumps_while_a_screen_is_loaded() {
    let Some(browser) = Browser::open().await else { return };
    let system = full().await;
    let mut jumps = Vec::new();
    for (name, path, text) in &screens(LONGEST) {
        for width in WIDTHS {
            let page = browser.page("about:blank").viewport(width, 900).await;
            // So late that the screen is drawn before it has its content.
            page.intercept("/v1/", Reply::late(Duration::from_millis(150))).await;
            page.goto(&format!("{}{path}", system.url())).await;
            is_loaded(&page, text).await;
            let shift = page.layout_shift().await;
            if shift > LARGEST_SHIFT {
                jumps.push(format!("{name} at {width} px: {shift} by {:#}", page.evaluate(SHIFTED).await));
            }
            page.finish().await;
        }
    }
    assert!(jumps.is_empty(), "{}", jumps.join("\n"));
}

#[tokio::test]
async fn a_report_fits_on_paper_and_has_no_controls_there() {
    let Some(browser) = Browser::open().await else { return };
    let system = full().await;
    let page = open(&browser, &system, &screens(LONGEST)[0]).await;
    // The tiles' and the rows' numbers are read on paper, too.
    let controls = format!(
        "{ALL}.filter((one) => one.matches('input, select, summary, nav a, button:not(.tile, .number)')
            && one.checkVisibility() && one.getBoundingClientRect().width > 0)
            .map((one) => one.textContent.trim() || one.ariaLabel || one.localName)"
    );
    assert_ne!(page.evaluate(&controls).await, json!([]), "on a screen it has many");
    page.change(|view| (view.print, view.width, view.height, view.dark) = (true, PAPER.0, PAPER.1, true)).await;
    page.screenshot("report-on-paper").await;
    assert_eq!(page.evaluate(&controls).await, json!([]));
    fits_as_it_is(&page).await;
    page.finish().await;
}

#[tokio::test]
async fn pictures_of_every_screen() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start_with_demo().await;
    system.settled().await;
    for (name, path, text) in screens(&troubled(&system).await) {
        // All of the month makes the better chart.
        let path = path.replace("period=last-7-days", "");
        let page = open(&browser, &system, &(name, path, text)).await;
        page.screenshots(name).await;
        page.change(|view| (view.width, view.height) = (3840, 2160)).await;
        page.screenshot(name).await;
        page.evaluate("document.documentElement.dir = 'rtl'").await;
        for (width, height) in [(360, 740), (1280, 800)] {
            page.change(|view| (view.width, view.height) = (width, height)).await;
            page.screenshot(&format!("{name}-rtl")).await;
        }
        page.finish().await;
    }
}
