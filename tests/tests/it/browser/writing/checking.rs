//! The preview: the real mail, shown safely, and what speaks against its addresses.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind, Page, Reply};

use super::super::focus;
use super::{EMAILS, PREVIEW, SUBJECT, check, chips, communications, dialog, field, mail, open, posted, write};

const BOUNCES: &str = "bounce@simulator.amazonses.com";
/// What would show itself at once, were any of it let in.
const EVIL: &str = "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>Pay</a>";

/// Whether nothing of a mail ran, here or in its frame.
async fn nothing_ran(page: &Page) {
    assert_eq!(page.evaluate("globalThis.ran ?? null").await, json!(null));
    let inside = page.css("body").inside(&mail(page)).evaluate("() => [globalThis.ran ?? null, frames.length]").await;
    assert_eq!(inside, json!([null, 0]));
}

#[tokio::test]
async fn the_preview_is_the_mail_that_is_sent_and_looking_does_nothing() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "Ann Lee <ann@example.com>").await;
    field(&page, "Bcc").type_text("carl@example.com").await;
    field(&page, "Message").type_text("Dear Ann,\n\nplease find <our> invoice.").await;
    page.role("textbox", "Invoice number").type_text("2026-1042").await;
    check(&page).await;
    focus::is_on(&page, "heading", "Check the e-mail").await;
    let shown = dialog(&page);
    for text in
        [SUBJECT, "Ann Lee ann@example.com", "carl@example.com", "Seen by nobody else.", "This is the copy of Ann Lee."]
    {
        shown.shows(text).await;
    }
    page.shown_with("please find <our> invoice.").inside(&mail(&page)).appears().await;
    let in_frame = page.css("body").inside(&mail(&page)).text().await;

    page.role("radio", "Dark").press("Space").await;
    let scheme = "(body) => getComputedStyle(body).colorScheme";
    page.css("body").inside(&mail(&page)).shows("please find").await;
    tests::until("the mail is dark", async || {
        let scheme = page.css("body").inside(&mail(&page)).evaluate(scheme).await;
        if scheme == "dark" { Ok(()) } else { Err(scheme.to_string()) }
    })
    .await;
    page.role("radio", "Text only").press("Space").await;
    let as_text = page.role("region", "The e-mail as text").shows("please find <our> invoice.").await;

    // Looking has loaded the frame and its script, once each, and nothing else.
    assert_eq!(page.requests("/ui/mail").len(), 2, "{:#?}", page.requests("/ui/mail"));
    for part in ["/o/", "/c/", "/u/"] {
        assert_eq!(page.requests(part).len(), 0);
    }
    system.settled().await;
    assert_eq!(system.mailbox().await.len(), 0);
    assert_eq!(system.firm("demo").history("1042").await["sends"], json!([]));

    page.role("button", "Send to 2 people").click().await;
    shown.shows("On its way to 2 people").await;
    let sent = system.mail(SUBJECT, "ann@example.com").await;
    assert!(sent.maybe_pixel().is_some() && sent.text().contains("please find <our> invoice."));
    assert!(in_frame.contains("Dear Ann") && as_text.contains("Dear Ann"), "{in_frame} {as_text}");
    assert_eq!(sent.visible_to(), ["ann@example.com"]);
    system.mail(SUBJECT, "carl@example.com").await;
    page.finish().await;
}

#[tokio::test]
async fn the_address_that_was_probably_meant_is_taken_by_one_click() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "Carl Roe <carl@gmial.com>, ann@example.com").await;
    check(&page).await;
    page.role("button", "Use carl@gmail.com").click().await;
    page.role("button", "Use carl@gmail.com").disappears().await;
    dialog(&page).shows("Carl Roe carl@gmail.com").await;
    focus::is_on(&page, "heading", "Check the e-mail").await;
    page.role("button", "Send to 2 people").click().await;
    dialog(&page).shows("On its way to 2 people").await;
    assert_eq!(posted(&page, EMAILS)[0].0["to"], json!(["\"Carl Roe\" <carl@gmail.com>", "ann@example.com"]));
    system.mail(SUBJECT, "carl@gmail.com").await;
    page.finish().await;
}

#[tokio::test]
async fn who_would_not_be_mailed_is_told_before_it_is_sent() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1", BOUNCES).await;
    firm.history_with("1", "bounced").await;
    system.settled().await;
    let page = open(&browser, &system).await;
    write(&page, &format!("{BOUNCES}, ann@example.com")).await;
    check(&page).await;
    let person = page.css(".persons li").containing(BOUNCES);
    person.shows("Will not be sent: an earlier e-mail to this address bounced.").await;
    page.role("button", "Send to 1 person").click().await;
    let after = dialog(&page);
    after.shows("On its way to 1 person").await;
    after.shows("Not sent to 1 person: see the reason below.").await;
    after.shows("Dropped").await;
    system.mail(SUBJECT, "ann@example.com").await;
    system.settled().await;
    assert_eq!(system.mailbox().await.len(), 2, "the first and Ann's");
    page.finish().await;
}

#[tokio::test]
async fn nobody_is_left_to_send_to() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1", BOUNCES).await;
    firm.history_with("1", "bounced").await;
    system.settled().await;
    let page = open(&browser, &system).await;
    write(&page, BOUNCES).await;
    check(&page).await;
    dialog(&page).shows("It would be sent to nobody. Change the addresses.").await;
    page.role_with("button", "Send to").disappears().await;
    page.role("button", "Change").click().await;
    page.role("button", "Check and preview").appears().await;
    page.finish().await;
}

#[tokio::test]
async fn what_somebody_writes_stays_text_in_the_preview() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    field(&page, "To").focus().await;
    page.paste(&format!("\"{EVIL}\" <ann@example.com>")).await;
    chips(&page, "to").until_count(1).await;
    field(&page, "Subject").focus().await;
    page.paste(EVIL).await;
    field(&page, "Message").focus().await;
    page.paste(EVIL).await;
    for label in ["Invoice number", "Client’s name"] {
        field(&page, label).focus().await;
        page.paste(&EVIL[..50]).await;
    }
    check(&page).await;
    page.shown_with(EVIL).inside(&mail(&page)).nth(0).appears().await;
    page.css(".persons").shows(EVIL).await;
    page.css(".envelope strong").shows(EVIL).await;
    nothing_ran(&page).await;
    page.role("radio", "Text only").press("Space").await;
    page.role("region", "The e-mail as text").shows(EVIL).await;
    page.role("button", "Send to 1 person").click().await;
    dialog(&page).shows("On its way to 1 person").await;
    communications(&page).shows(EVIL).await;
    page.finish().await;
}

#[tokio::test]
async fn a_hostile_mail_runs_nothing_loads_nothing_and_leads_nowhere() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    let url = page.url().await;
    let html = format!(
        "<html><head><base href='{stack}'><meta http-equiv=refresh content='0;url={stack}'>
        <style>@import '{stack}/ui/style.css'; p {{ background: url({stack}/o/style) }}</style>
        <link rel=stylesheet href='{stack}/ui/link.css'></head><body onload='globalThis.ran = 1' background='{stack}/o/body'>
        <p id=text>Dear Ann</p>{EVIL}<script>globalThis.ran = parent.ran = top.ran = 1; fetch('{stack}/o/script')</script>
        <img src='{stack}/o/image' onerror='globalThis.ran = 1'><img srcset='{stack}/o/set'><video poster='{stack}/o/poster'></video>
        <svg onload='globalThis.ran = 1'><image href='{stack}/o/svg'/><animate attributeName=href values='javascript:alert(4)'/></svg>
        <iframe src='{stack}'></iframe><iframe srcdoc='<script>top.ran = 1</script>'></iframe><object data='{stack}'></object>
        <embed src='{stack}'><form action='{stack}'><button formaction='{stack}'>Go</button></form>
        <a id=away href='{stack}/away' target=_top ping='{stack}/o/ping'>Away</a>
        <template shadowrootmode=open><script>top.ran = 1</script></template></body></html>",
        stack = system.url(),
    );
    let answer = json!({
        "from": EVIL, "subject": EVIL, "html": html, "text": EVIL, "recipients": [{
            "recipient": "to:0", "kind": "to", "address": "ann@example.com", "name": EVIL, "sent_status": "rejected",
            "reason": EVIL, "warnings": [{ "code": "possible_typo", "detail": EVIL, "suggestion": EVIL }],
        }],
    });
    page.intercept(PREVIEW, Reply::json(&answer)).await;
    write(&page, "ann@example.com").await;
    check(&page).await;
    page.shown("Dear Ann").inside(&mail(&page)).appears().await;
    dialog(&page).shows("Pictures from the internet are not loaded here.").await;
    for element in
        ["script:not([src])", "iframe", "object", "embed", "form[action]", "[onload]", "[onerror]", "base", "animate"]
    {
        page.css(element).inside(&mail(&page)).until_count(0).await;
    }
    let link = page.css("#away").inside(&mail(&page));
    link.press("Enter").await;
    link.evaluate("(link) => link.click()").await;
    page.role("button", "Go").inside(&mail(&page)).click().await;
    page.problem(Kind::Console, "Blocked form submission").await;
    assert_eq!(link.attribute("title").await, Some(format!("{}/away", system.url())));
    nothing_ran(&page).await;
    assert_eq!(page.url().await, url);
    assert_eq!(page.requests("/away").len(), 0);
    // The frame's policy is a wall of its own: it tells what it has kept back, such as what styles would load.
    page.problem(Kind::ContentSecurityPolicy, "/o/style").await;
    page.expect(Kind::ContentSecurityPolicy, "");
    for request in page.requests("/o/") {
        assert_eq!(request.error.as_deref(), Some("csp"), "{request:#?}");
    }
    page.finish().await;
}
