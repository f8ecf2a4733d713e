//! The client's page in a browser: it fits, everybody can read and use it, and its buttons lead to other sites.

use serde_json::json;
use tests::browser::{Browser, Kind, Page, Site};
use tests::{Firm, System, recipient};

use super::{focus, layout};

/// A telephone of the smallest kind, and a desktop.
const WIDTHS: [u32; 2] = [320, 1280];

/// A firm's page of an invoice, all of it: where it is.
async fn with_settings(system: &System, settings: serde_json::Value, url: Option<&str>) -> (Firm, String) {
    let firm = system.firm("roe");
    firm.put("/v1/settings", &settings).await.expect(200);
    let told = json!({
        "number": "2026-1042", "client": "acme", "client_name": "Acme & Sons", "currency": "USD", "amount": "1250.00",
        "issued_on": "2026-11-01", "due_on": "2026-12-01", "url": url,
    });
    firm.put("/v1/invoices/1042", &told).await.expect(200);
    let payment = json!({ "id": "p1", "amount": "250.00", "paid_on": "2026-11-10" });
    let paid = firm.post("/v1/invoices/1042/payments", &payment).await.status;
    assert!(matches!(paid, 200 | 201), "{paid}");
    firm.send_to("1042", "ann@example.com").await;
    firm.history_with("1042", "delivered").await;
    let page = system.mail("Invoice 1042", "ann@example.com").await.page();
    (firm, page)
}

/// The firm's own site, with a document and a page to pay at.
async fn site() -> Site {
    let site = Site::start().await;
    site.put("/document", "text/html", "<!doctype html><html lang=en><title>Document</title><h1>The document</h1>");
    site.put("/pay/1042", "text/html", "<!doctype html><html lang=en><title>Payment</title><h1>The payment</h1>");
    site
}

fn all_of(site: &Site) -> serde_json::Value {
    json!({
        "firm_name": "Roe & Partners", "display_balances": true, "reply_to": "Billing <billing@roe.example>",
        "payment_url": format!("{}/pay/{{invoice}}", site.url()),
    })
}

async fn evidence(firm: &Firm) -> String {
    recipient(&firm.history("1042").await, "to:0")["evidence"].as_str().unwrap().to_owned()
}

/// Each button is as large as a finger, and is seen to be one.
async fn has_large_buttons(page: &Page) {
    let heights = "[...document.querySelectorAll('button')].map((button) => button.getBoundingClientRect().height)";
    let heights = page.evaluate(heights).await;
    assert!(heights.as_array().unwrap().iter().all(|height| height.as_f64().unwrap() >= 44.0), "{heights}");
}

#[tokio::test]
async fn the_page_fits_and_is_accessible_in_light_and_dark_whatever_the_firms_colour() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let site = site().await;
    // None, dark, light, and one in between, on which neither black nor white is easy to read.
    for color in [json!(null), json!("#001133"), json!("#ffee88"), json!("#777777"), json!("#ffffff"), json!("#000000")]
    {
        let mut settings = all_of(&site);
        settings["brand_color"] = color.clone();
        let (_firm, url) = with_settings(&system, settings, Some(&format!("{}/document", site.url()))).await;
        let page = browser.page(&url).await;
        page.role("heading", "Invoice 2026-1042").appears().await;
        page.css("dl").shows("USD 1,000.00").await;
        has_large_buttons(&page).await;
        layout::fits(&page, &WIDTHS).await;
        layout::is_accessible(&page, &WIDTHS).await;
        if color.is_null() {
            page.screenshots("portal").await;
        }
        page.finish().await;
    }
}

#[tokio::test]
async fn long_words_and_pages_without_an_invoice_fit_too() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let long = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung".repeat(3);
    let long = |length: usize| long.chars().take(length).collect::<String>();
    let address = format!("{}@{}.example", "a".repeat(60), "b".repeat(60));
    let settings = json!({ "firm_name": long(100), "display_balances": true, "reply_to": address });
    let (firm, url) = with_settings(&system, settings, None).await;
    let told = json!({
        "number": long(64), "client": "acme", "client_name": long(190), "currency": "USD",
        "amount": "999999999999999.99", "issued_on": "2026-11-01", "due_on": "2026-12-01",
    });
    firm.put("/v1/invoices/1042", &told).await.expect(200);
    let page = browser.page(&url).await;
    layout::fits(&page, &WIDTHS).await;
    layout::is_accessible(&page, &WIDTHS).await;
    page.screenshots("portal-long").await;
    page.finish().await;

    let send = firm.history("1042").await["sends"][0]["send"].as_str().unwrap().to_owned();
    firm.resend("1042", &send, json!({ "recipient": "to:0" })).await.expect(202);
    for (url, status, title) in [
        (format!("{}/p/AAAA", system.url()), ": 404", "This link does not work"),
        (url, ": 410", "This link is no longer valid"),
    ] {
        let page = browser.page(&url).await;
        page.expect(Kind::Request, status);
        page.role("heading", title).appears().await;
        layout::fits(&page, &WIDTHS).await;
        layout::is_accessible(&page, &WIDTHS).await;
        page.screenshots(&format!("portal{}", status.replace(": ", "-"))).await;
        page.finish().await;
    }
}

#[tokio::test]
async fn the_buttons_lead_to_the_firms_own_site_and_looking_and_pressing_are_told_apart() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let site = site().await;
    let (firm, url) = with_settings(&system, all_of(&site), Some(&format!("{}/document", site.url()))).await;
    assert_eq!(evidence(&firm).await, "delivered");
    let page = browser.page(&url).await;
    page.role("heading", "Invoice 2026-1042").appears().await;
    assert_eq!(evidence(&firm).await, "clicked");
    assert_eq!(page.requests("").len(), 1, "the page is one file");
    // Without a mouse.
    focus::tab_to(&page, "button", "Open the invoice").await;
    page.press("Enter").await;
    page.role("heading", "The document").appears().await;
    assert_eq!(page.url().await, format!("{}/document", site.url()));
    assert_eq!(page.evaluate("document.referrer").await, "", "the address of the page is told to nobody");
    assert_eq!(evidence(&firm).await, "portal_confirmed");
    page.back().await;
    page.role("button", "Pay this invoice").click().await;
    page.role("heading", "The payment").appears().await;
    assert_eq!(page.url().await, format!("{}/pay/1042", site.url()));
    page.finish().await;
}

#[tokio::test]
async fn a_document_behind_a_sign_in_of_yet_another_site_is_reached() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let sign_in = Site::start().await;
    sign_in.put("/login", "text/html", "<!doctype html><html lang=en><title>Sign in</title><h1>Sign in</h1>");
    let portal = Site::start().await;
    portal.lead("/i/1042", &format!("{}/login", sign_in.url()));
    let (_firm, url) = with_settings(&system, all_of(&portal), Some(&format!("{}/i/1042", portal.url()))).await;
    let page = browser.page(&url).await;
    page.role("button", "Open the invoice").click().await;
    page.role("heading", "Sign in").appears().await;
    assert_eq!(page.url().await, format!("{}/login", sign_in.url()));
    page.finish().await;
}

#[tokio::test]
async fn without_scripts_and_styles_of_its_own_nothing_is_lost() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let site = site().await;
    let (_firm, url) = with_settings(&system, all_of(&site), Some(&format!("{}/document", site.url()))).await;
    let page = browser.page("about:blank").await;
    page.call("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    page.goto(&url).await;
    let text = page.text().await;
    for part in ["Roe & Partners", "Invoice 2026-1042", "Still to be paid", "USD 1,000.00", "billing@roe.example"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    page.role("button", "Pay this invoice").click().await;
    page.role("heading", "The payment").appears().await;
    page.finish().await;
}
