//! Mails that a careless frame would clean badly, show badly or not at all.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind, Page, Reply};

use super::{PREVIEW, SUBJECT, check, dialog, mail, open, write};

/// Goes to the preview of a mail with this HTML.
async fn preview(page: &Page, html: &str) {
    let answer = json!({
        "from": "Roe & Partners <billing@example.com>", "subject": SUBJECT, "html": html, "text": "Dear Ann", "recipients": [{
            "recipient": "to:0", "kind": "to", "address": "ann@example.com", "name": null, "sent_status": "queued",
            "reason": null, "warnings": [],
        }],
    });
    page.intercept(PREVIEW, Reply::json(&answer)).await;
    check(page).await;
}

/// By how much the mail is higher than its frame.
async fn lacking_px(page: &Page) -> i64 {
    let lacking =
        "({ ownerDocument: { scrollingElement } }) => scrollingElement.scrollHeight - scrollingElement.clientHeight";
    page.css("body").inside(&mail(page)).evaluate(lacking).await.as_i64().unwrap()
}

#[tokio::test]
async fn names_of_a_mails_elements_hide_nothing_from_the_frame() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    let names = ["body", "head", "styleSheets", "documentElement", "querySelectorAll", "firstElementChild"];
    let forms: String = names.map(|name| format!("<form name={name}></form>")).concat();
    let html = format!(
        "<body \"odd class=letter onload='globalThis.ran = 1'>{forms}<p>Dear Ann</p>
        <form onmouseover='globalThis.ran = 1' action='{}'>
        <input name=attributes><input name=getAttributeNames><input name=removeAttribute><input name=localName></form>",
        system.url(),
    );
    // The browser says it of each handler that it parses, before anybody can take it away.
    page.expect(Kind::ContentSecurityPolicy, "Executing inline event handler");
    preview(&page, &html).await;
    page.shown("Dear Ann").inside(&mail(&page)).appears().await;
    for element in ["[onmouseover]", "[onload]", "[action]"] {
        page.css(element).inside(&mail(&page)).until_count(0).await;
    }
    page.css("body.letter").inside(&mail(&page)).until_count(1).await;
    // The same frame is asked for the next one.
    page.role("button", "Change").click().await;
    preview(&page, "<p>Dear Bob</p>").await;
    page.shown("Dear Bob").inside(&mail(&page)).appears().await;
    page.finish().await;
}

#[tokio::test]
async fn what_cannot_be_shown_is_told_and_the_text_is_there() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    preview(&page, "<frameset><frame src='/'></frameset>").await;
    dialog(&page).shows("The preview cannot be shown here.").await;
    page.role("radio", "Text only").click().await;
    page.role("region", "The e-mail as text").shows("Dear Ann").await;
    page.role("button", "Send to 1 person").appears().await;
    page.finish().await;
}

#[tokio::test]
async fn a_mail_does_not_scroll_in_its_frame_and_does_not_grow_with_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    check(&page).await;
    tests::until("the mail of ours is seen whole", async || match lacking_px(&page).await {
        0 => Ok(()),
        other => Err(other.to_string()),
    })
    .await;
    page.role("button", "Change").click().await;
    preview(&page, "<style>body { margin: 20px; min-height: 100vh }</style><p>Dear Ann</p>").await;
    page.shown("Dear Ann").inside(&mail(&page)).appears().await;
    for _ in 0..20 {
        page.drawn().await;
    }
    let height = mail(&page).evaluate("(frame) => frame.offsetHeight").await.as_i64().unwrap();
    assert!(height < 420, "{height}: no more than one step above what it was at first");
    page.finish().await;
}
