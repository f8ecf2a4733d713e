//! Each element in a portal's page, with one script tag and its own tag, and what it tells the page.

use serde_json::json;
use tests::browser::Browser;

use super::super::layout;
use super::{OWN_MODULE, Portal, firm_with_mails, heard, listening};

#[tokio::test]
async fn the_report_needs_one_script_and_one_tag() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    portal.show("<invoice-email-report token=local:roe></invoice-email-report>");
    let page = portal.open(&browser).await;
    page.any("row").containing("ann@roe.example").shows("Sent").await;
    page.any("row").containing("bounce@simulator").shows("Rejected").await;
    layout::is_accessible(&page, &[1280]).await;
    // A page that knows nothing of events shows an invoice all the same.
    page.role("button", "2026-1042").nth(0).click().await;
    page.role("dialog", "Invoice 1042").shows("Details").await;
    assert!(!page.url().await.contains('?'), "a portal's address is the portal's own");
    page.finish().await;
}

#[tokio::test]
async fn the_history_needs_one_script_and_one_tag() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    portal.show(
        "<table><tr><td>1042<td><invoice-email-history invoice=1042 token=local:roe></invoice-email-history></table>",
    );
    let page = portal.open(&browser).await;
    let icon = page.role("button", "E-mail history of invoice 1042");
    icon.appears().await;
    assert_eq!(page.requests("/v1/").len(), 0, "an icon asks for nothing");
    icon.hover().await;
    let popup = page.role_with("dialog", "1042");
    popup.shows("ann@roe.example").await;
    layout::is_accessible(&page, &[1280]).await;
    page.role("button", "All e-mails of this invoice").click().await;
    page.role("dialog", "Invoice 1042").shows("Details").await;
    page.finish().await;
}

#[tokio::test]
async fn the_communications_view_needs_one_script_and_one_tag() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    portal.show("<invoice-communications invoice=1042 token=local:roe></invoice-communications>");
    let page = portal.open(&browser).await;
    let view = page.css("invoice-communications");
    for text in ["ann@roe.example", "Delivered", "Bounce", "Correct the address and send again"] {
        view.shows(text).await;
    }
    layout::is_accessible(&page, &[1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn the_blocked_addresses_need_one_script_and_one_tag() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    firm_with_mails(&portal.system, "roe").await;
    portal.show("<invoice-email-suppressions token=local:roe></invoice-email-suppressions>");
    let page = portal.open(&browser).await;
    page.css("invoice-email-suppressions").shows("An e-mail bounced for good").await;
    layout::is_accessible(&page, &[1280]).await;
    // A page that knows nothing of events shows an invoice all the same.
    page.role("button", "Show the e-mails of invoice 1042").click().await;
    page.role("dialog", "Invoice 1042").shows("bounce@simulator").await;
    page.finish().await;
}

#[tokio::test]
async fn the_work_queue_needs_one_script_and_one_tag() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    let firm = firm_with_mails(&portal.system, "roe").await;
    firm.attention_when("a bounce", |rows| rows.len() == 1).await;
    firm.attention_counted().await;
    portal.show(
        "<p id=menu><invoice-email-attention badge token=local:roe></invoice-email-attention></p>
        <invoice-email-attention id=queue token=local:roe></invoice-email-attention>",
    );
    let page = portal.open(&browser).await;
    page.any("row").containing("bounce@simulator").shows("Correct the address").await;
    page.css("#menu").shows("1 need").await;
    layout::is_accessible(&page, &[1280]).await;
    page.finish().await;
}

#[tokio::test]
async fn an_e_mail_is_sent_from_a_portals_page_and_the_document_hears_of_it() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    let firm = portal.system.firm("roe");
    portal.module(&listening(&[]));
    portal.show_with(
        OWN_MODULE,
        "<invoice-email-send invoice=77 token=local:roe subject='Invoice 77'>Mail it</invoice-email-send>",
    );
    let page = portal.open(&browser).await;
    page.role("button", "Mail it").click().await;
    let dialog = page.role("dialog", "Send invoice 77 by e-mail");
    page.role("textbox", "To").inside(&dialog).type_text("Ann <ann@example.com>").await;
    page.role("button", "Check and preview").click().await;
    // The preview's frame comes from the system, and has an origin of its own.
    let mail = page.css("iframe");
    page.shown_with("Invoice 77").inside(&mail).nth(0).appears().await;
    layout::is_accessible(&page, &[1280]).await;
    page.role("button", "Send to 1 person").double_click().await;
    dialog.shows("On its way to 1 person").await;
    let sent = heard(&page, "sent").await;
    let history = firm.history_with("77", "delivered").await;
    let sends = history["sends"].as_array().unwrap();
    assert_eq!((sent.len(), sends.len()), (1, 1), "a double click sends once");
    assert_eq!((&sent[0]["invoice"], &sent[0]["send"]), (&json!("77"), &sends[0]["send"]));
    assert_eq!(sent[0]["answer"]["recipients"][0]["address"], "ann@example.com");
    dialog.shows("Delivered").await;
    page.finish().await;
}

#[tokio::test]
async fn what_somebody_chooses_reaches_the_document_which_may_take_it_over() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    let firm = firm_with_mails(&portal.system, "roe").await;
    firm.attention_when("a bounce", |rows| rows.len() == 1).await;
    portal.module(&listening(&["select", "send"]));
    portal.show_with(
        OWN_MODULE,
        "<invoice-email-report token=local:roe></invoice-email-report>
        <invoice-email-attention token=local:roe></invoice-email-attention>
        <invoice-communications invoice=never token=local:roe></invoice-communications>",
    );
    let page = portal.open(&browser).await;
    assert_eq!(heard(&page, "attention-count").await, [json!({ "count": 1, "more": false })]);

    page.role("button", "2026-1042").nth(0).click().await;
    let chosen = heard(&page, "select").await;
    assert_eq!((chosen.len(), &chosen[0]["invoice"]), (1, &json!("1042")));
    assert!(chosen[0]["send"].is_string() && chosen[0]["recipient"].is_string(), "{chosen:?}");

    page.role("button", "Send by e-mail").click().await;
    assert_eq!(heard(&page, "send").await, [json!({ "invoice": "never" })]);

    page.css("button.tile").containing("Rejected").click().await;
    let filters = heard(&page, "filter").await;
    assert_eq!(filters.last().unwrap()["status"], json!(["rejected"]));
    assert_eq!(page.any("dialog").count().await, 0, "the page has a place of its own for all of it");
    page.finish().await;
}

#[tokio::test]
async fn what_a_portal_knows_of_an_invoice_is_in_the_e_mail() {
    let Some(browser) = Browser::open().await else { return };
    let portal = Portal::start().await;
    // Deferred scripts run in their order: what is set before the module is there must not be lost.
    let early = "Object.assign(document.querySelector('invoice-email-send'), {
            token: () => 'local:roe', to: 'ann@example.com',
            facts: { number: 'R-77', currency: 'EUR', amount: '99.50' },
        });";
    portal.site.put("/early.js", "text/javascript", early);
    portal.show_with(
        "<script defer src=/early.js></script>",
        "<invoice-email-send inline invoice=77></invoice-email-send>",
    );
    let page = portal.open(&browser).await;
    page.css("invoice-email-send").shows("EUR 99.50").await;
    page.role("button", "Check and preview").click().await;
    page.shown("EUR 99.50").inside(&page.css("iframe")).appears().await;
    page.shown("Invoice R-77").inside(&page.css("iframe")).appears().await;
    page.finish().await;
}
