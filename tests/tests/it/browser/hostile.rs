//! Strings from outside on the screens about an invoice: whoever writes them, they are text.

use serde_json::{Value, json};
use tests::System;
use tests::browser::{Browser, Page, Reply};
use tests::ses::{Event, Format};

use super::communications::{INVOICE, firm_of, open_stopped, person, url};
use super::{clock, layout};

const IMAGE: &str = "<img src=x onerror='globalThis.pwned=1'>";
const SCRIPT: &str = "\"'><script>globalThis.pwned=2</script>";
/// Turns what follows around, so that a name ends like another one.
const OVERRIDE: &str = "\u{202e}fdp.exe";
const TEMPLATE: &str = "${globalThis.pwned=3}{{7*7}}&lt;b&gt;";

/// All of it in one line.
fn hostile() -> String {
    format!("{IMAGE}{SCRIPT}{TEMPLATE}{OVERRIDE}")
}

/// The same and one word that is wider than any telephone.
fn hostile_and_long() -> String {
    format!("{} {}", hostile(), "W".repeat(400))
}

/// Nothing of it ran, nothing of it became an element, and nothing that follows it is turned around.
async fn is_text(page: &Page) {
    assert_eq!(page.evaluate("globalThis.pwned ?? null").await, Value::Null);
    let found = "(() => {
        const all = (node) => [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].flatMap((one) => [one, ...all(one)]);
        const nodes = all(document.body);
        const contained = ['isolate', 'isolate-override', 'plaintext'];
        const loose = nodes.filter((one) => one.nodeType === 3 && one.data.includes('\\u202e'))
            .map((one) => one.parentElement ?? one.getRootNode().host)
            .filter((one) => !contained.includes(getComputedStyle(one).unicodeBidi))
            .map((one) => `${one.localName}: ${one.textContent}`);
        const elements = nodes.filter((one) => one.localName === 'img' || (one.localName === 'script' && !one.src));
        return [...loose, ...elements.map((one) => one.outerHTML)];
    })()";
    assert_eq!(page.evaluate(found).await, json!([]));
}

/// An invoice whose e-mail, and all that was said of it, is hostile: to Ann, who gets it, and to Bob, whose server refuses.
async fn attacked() -> System {
    let system = System::start().await;
    let firm = firm_of(&system);
    let name = |who: &str| format!("{who} {IMAGE}{SCRIPT}{OVERRIDE}").replace('"', "\\\"");
    let body = json!({
        "to": [format!("\"{}\" <ann@example.com>", name("Ann")), format!("\"{}\" <bob@example.com>", name("Bob"))],
        "subject": hostile(), "message": hostile_and_long(),
        "facts": { "number": hostile().chars().take(60).collect::<String>(), "client_name": hostile() },
    });
    firm.send(INVOICE, body).await;
    firm.history_with(INVOICE, "delivered").await;
    let mails = system.mailbox().await;
    let mail = |address: &str| mails.iter().find(|mail| mail.to == address).unwrap();
    let said = |bounced: &str| {
        json!([{ "emailAddress": bounced, "action": "failed", "status": "5.2.2",
                 "diagnosticCode": format!("smtp; 552 {}", hostile_and_long()) }])
    };
    let bob = mail("bob@example.com");
    let full = Event::bounce(bob, "Transient", "MailboxFull").with("bouncedRecipients", said("bob@example.com"));
    // Of an address that is none of ours: it was forwarded.
    let forwarded = Event::bounce(mail("ann@example.com"), "Permanent", "General")
        .with("bouncedRecipients", said(&format!("{IMAGE}@example.com")));
    let mut unknown = Event::invented(bob).published();
    unknown["eventType"] = json!(IMAGE);
    for event in [full.body(Format::Published), forwarded.body(Format::PublishedInSns), unknown.to_string()] {
        assert_eq!(system.bring(event).await, "recorded");
    }
    system
}

#[tokio::test]
async fn in_the_communications_view() {
    let Some(browser) = Browser::open().await else { return };
    let system = attacked().await;
    let page = open_stopped(&browser, &system).await;
    let bob = person(&page, "bob@example.com");
    bob.shows(&format!("Bob {IMAGE}{SCRIPT}{OVERRIDE}")).await;
    page.css("li.send .head").shows(&hostile()).await;
    page.role("button", "The server's own answer").inside(&bob).click().await;
    page.css("blockquote").shows(&hostile_and_long()).await;
    for address in ["ann@example.com", "bob@example.com"] {
        page.role("button", &format!("Details of {address}")).click().await;
    }
    // An address loses its brackets, and no more.
    page.css("table.log").containing("Bounce elsewhere").shows("img src=x onerror='globalthis.pwned=1' bounced").await;
    bob.shows(&hostile()).await;
    is_text(&page).await;
    layout::fits(&page, &layout::WIDTHS).await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("communications-hostile").await;
    page.finish().await;
}

#[tokio::test]
async fn in_the_history_popup() {
    let Some(browser) = Browser::open().await else { return };
    let system = attacked().await;
    let page = clock::stopped(browser.page("about:blank"), &system.url()).await;
    page.role_with("button", "E-mail history").nth(0).click().await;
    let popup = page.role_with("dialog", INVOICE);
    let text = popup.shows(&hostile()).await;
    assert!(text.contains(&format!("Ann {IMAGE}{SCRIPT}{OVERRIDE}")), "{text}");
    is_text(&page).await;
    layout::is_accessible(&page, &[1280]).await;
    page.screenshot("history-popup-hostile").await;
    page.finish().await;
}

#[tokio::test]
async fn in_the_dialog_for_sending_again() {
    let Some(browser) = Browser::open().await else { return };
    let system = attacked().await;
    let page = open_stopped(&browser, &system).await;
    page.role("button", "Send again to bob@example.com").click().await;
    let dialog = page.role("dialog", "Send again");
    dialog.shows("Nothing is known against this address.").await;
    let text = dialog.text().await;
    assert!(text.contains(&hostile()) && text.contains(&format!("Bob {IMAGE}{SCRIPT}{OVERRIDE}")), "{text}");
    page.shown("See the e-mail").click().await;
    page.shown_with(TEMPLATE).inside(&page.css("iframe")).nth(0).appears().await;
    is_text(&page).await;
    layout::fits(&page, &layout::WIDTHS).await;
    layout::is_accessible(&page, &[360, 1280]).await;
    page.screenshots("resend-hostile").await;
    page.finish().await;
}

#[tokio::test]
async fn in_answers_of_a_server_that_is_not_ours() {
    let Some(browser) = Browser::open().await else { return };
    let system = attacked().await;
    // What our own server never lets through: who sent it, what kinds of things there are.
    let mut history = firm_of(&system).history(INVOICE).await;
    let send = &mut history["sends"][0];
    for field in ["sent_by", "source"] {
        send[field] = json!(hostile());
    }
    let ann = &mut send["recipients"][0];
    for field in ["kind", "address", "sent_status", "evidence", "next_action", "reason"] {
        ann[field] = json!(hostile());
    }
    ann["statuses"][0]["status"] = json!(hostile());
    history["sent_status"] = json!(hostile());
    let page = clock::stopped(browser.page("about:blank").viewport(360, 740), &system.url()).await;
    page.intercept(&format!("/v1/invoices/{INVOICE}/emails"), Reply::json(&history)).await;
    page.role_with("button", "E-mail history").nth(0).click().await;
    let popup = page.role_with("dialog", INVOICE);
    popup.shows(&format!("by {}", hostile())).await;
    is_text(&page).await;
    assert_eq!(
        popup.evaluate("(popup) => popup.scrollWidth - popup.clientWidth").await,
        0,
        "it is not wider than its sheet"
    );

    page.goto(&url(&system)).await;
    page.reload().await;
    let text = page.css("invoice-communications").shows(&format!("by {}", hostile())).await;
    assert!(text.matches(IMAGE).count() >= 8, "{text}");
    is_text(&page).await;
    layout::fits(&page, &layout::WIDTHS).await;

    page.intercept(&format!("/v1/invoices/{INVOICE}/emails"), Reply::problem(403, &hostile())).await;
    page.reload().await;
    page.css("invoice-communications").shows(&hostile()).await;
    is_text(&page).await;
    page.expect(tests::browser::Kind::Request, ": 403");
    page.finish().await;
}

#[tokio::test]
async fn in_the_address_of_the_page() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let invoice = format!("{IMAGE}{SCRIPT}");
    let page = open_stopped(&browser, &system).await;
    let escaped = page.evaluate(&format!("encodeURIComponent({})", json!(invoice))).await;
    page.goto(&url(&system).replace(INVOICE, escaped.as_str().unwrap())).await;
    page.css("invoice-communications").shows(&format!("E-mails of invoice {invoice}")).await;
    page.any("alert").appears().await;
    is_text(&page).await;
    layout::fits(&page, &layout::WIDTHS).await;
    page.expect(tests::browser::Kind::Request, ": 400");
    page.finish().await;
}
