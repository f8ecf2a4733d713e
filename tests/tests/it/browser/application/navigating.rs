//! Every screen has an address, which the browser's own buttons know.

use serde_json::{Value, json};
use tests::System;
use tests::browser::Browser;

use super::super::focus;
use super::{is_at, system_with_mails};

#[tokio::test]
async fn an_address_leads_to_its_screen() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    let send = system.firm("demo").history("1042").await["sends"][1]["send"].as_str().unwrap().to_owned();
    let cases = [
        ("", "Report", "invoice-email-report", "ann@example.com"),
        ("?view=unknown", "Report", "invoice-email-report", "ann@example.com"),
        ("?status=rejected", "Report", "invoice-email-report", "bounce@simulator"),
        ("?view=attention", "Work queue", "invoice-email-attention:not([badge])", "bounce@simulator"),
        ("?view=invoice&invoice=1042", "E-mails of invoice 1042", "invoice-communications", "bounce@simulator"),
        (
            &format!("?view=invoice&invoice=1042&send={send}"),
            "E-mails of invoice 1042",
            "invoice-communications",
            "ann@example.com",
        ),
        (
            "?view=invoice&invoice=never",
            "E-mails of invoice never",
            "invoice-communications",
            "This invoice was never e-mailed.",
        ),
        ("?view=send", "Send an invoice by e-mail", "invoice-email-send", "Its id in your portal."),
        ("?view=blocked", "Blocked addresses", "invoice-email-suppressions", "bounce@simulator"),
        ("?view=send&invoice=1042", "Send invoice 1042 by e-mail", "invoice-email-send", "Subject"),
    ];
    for (search, title, element, text) in cases {
        let page = browser.page(&format!("{}/{search}", system.url())).await;
        is_at(&page, search, title).await;
        page.css(element).shows(text).await;
        assert_eq!(page.css("h1").text().await, title);
        let current = page.evaluate("document.querySelector('[aria-current=page]')?.dataset.view ?? null").await;
        let view = match title {
            "Report" => json!("report"),
            "Work queue" => json!("attention"),
            "Blocked addresses" => json!("blocked"),
            title if title.starts_with("Send") => json!("send"),
            _ => Value::Null,
        };
        assert_eq!(current, view);
        // Who has just come is where every page begins.
        if !search.contains("send=") {
            assert_eq!(page.evaluate("document.activeElement === document.body").await, true, "{search}");
        }
        page.finish().await;
    }
}

#[tokio::test]
async fn back_and_forward_lead_through_the_screens() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    let page = browser.page(&system.url()).await;
    page.css("invoice-email-report").shows("ann@example.com").await;
    page.role("link", "Send an e-mail").click().await;
    is_at(&page, "?view=send", "Send an invoice by e-mail").await;
    focus::is_on(&page, "heading", "Send an invoice by e-mail").await;
    page.role_with("link", "Work queue").click().await;
    is_at(&page, "?view=attention", "Work queue").await;
    focus::is_on(&page, "heading", "Work queue").await;
    page.role("button", "Show the e-mails of invoice 1042").click().await;
    page.until("the invoice is shown", "location.search.startsWith('?view=invoice&invoice=1042&send=')").await;
    // The very send that the row is about, named by its time.
    focus::is_on(&page, "button", ", 20").await;

    page.back().await;
    is_at(&page, "?view=attention", "Work queue").await;
    focus::is_on(&page, "heading", "Work queue").await;
    page.css("invoice-email-attention:not([badge])").shows("bounce@simulator").await;
    page.back().await;
    is_at(&page, "?view=send", "Send an invoice by e-mail").await;
    page.back().await;
    is_at(&page, "", "Report").await;
    focus::is_on(&page, "heading", "Report").await;
    page.evaluate("history.forward()").await;
    is_at(&page, "?view=send", "Send an invoice by e-mail").await;
    focus::is_on(&page, "heading", "Send an invoice by e-mail").await;
    page.css("#views > section:not(.kept)").until_count(1).await;
    page.finish().await;
}

#[tokio::test]
async fn the_report_is_found_as_it_was_left() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    let page = browser.page(&system.url()).await;
    page.css(".tile").containing("Rejected").click().await;
    is_at(&page, "?status=rejected", "Report").await;
    page.any("row").containing("ann@example.com").until_count(0).await;
    page.role("button", "1042").click().await;
    focus::is_on(&page, "button", ", 20").await;
    let asked = page.requests("/v1/reports/invoice-emails?").len();
    page.role("link", "Back to the report").click().await;
    is_at(&page, "?status=rejected", "Report").await;
    page.any("row").containing("bounce@simulator").appears().await;
    assert_eq!(page.requests("/v1/reports/invoice-emails?").len(), asked, "it was there all the time");

    page.role_with("link", "Work queue").click().await;
    is_at(&page, "?view=attention", "Work queue").await;
    page.role("link", "Report").click().await;
    is_at(&page, "?status=rejected", "Report").await;
    // The way back was no step forward.
    page.evaluate("history.forward()").await;
    is_at(&page, "?view=attention", "Work queue").await;
    page.finish().await;
}

#[tokio::test]
async fn a_link_opens_in_another_tab_where_somebody_wants_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    let page = browser.page(&system.url()).await;
    let hrefs = "[...document.querySelectorAll('header a')].map((link) => link.getAttribute('href'))";
    let expected = ["./", "./", "?view=attention", "?view=send", "?view=settings", "?view=blocked"];
    assert_eq!(page.evaluate(hrefs).await, json!(expected));
    // With Control the browser does what it always does, and this tab stays where it is.
    let prevented = "(link) => {
        const click = new MouseEvent('click', { ctrlKey: true, bubbles: true, cancelable: true, composed: true });
        document.addEventListener('click', (event) => event.preventDefault(), { once: true });
        link.dispatchEvent(click);
        return location.search;
    }";
    assert_eq!(page.role_with("link", "Work queue").evaluate(prevented).await, "");
    is_at(&page, "", "Report").await;
    page.finish().await;
}

#[tokio::test]
async fn the_zone_is_chosen_once_for_all_screens_and_remembered() {
    let Some(browser) = Browser::open().await else { return };
    let system = system_with_mails().await;
    let page = browser.page(&format!("{}/?view=attention", system.url())).timezone("Asia/Tokyo").await;
    let queue = page.css("invoice-email-attention:not([badge])");
    queue.shows("Times in Asia/Tokyo.").await;
    page.until("all zones are offered", "document.querySelectorAll('#timezone option').length > 300").await;
    page.role("combobox", "Time zone").focus().await;
    page.type_text("Europe/Berlin").await;
    queue.shows("Times in Europe/Berlin.").await;
    page.role("button", "Show the e-mails of invoice 1042").click().await;
    page.css("invoice-communications").shows("Times in Europe/Berlin").await;
    page.reload().await;
    page.css("invoice-communications").shows("Times in Europe/Berlin").await;
    assert_eq!(page.evaluate("document.querySelector('#timezone').value").await, "Europe/Berlin");
    page.finish().await;
}

#[tokio::test]
async fn without_scripts_the_page_says_what_it_needs() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page("about:blank").await;
    page.call("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    page.goto(&system.url()).await;
    let shown =
        "document.querySelector('noscript p').checkVisibility() && document.querySelector('noscript p').innerText";
    let text = page.evaluate(shown).await;
    assert!(text.as_str().unwrap().starts_with("These screens need JavaScript."), "{text}");
    page.finish().await;
}
