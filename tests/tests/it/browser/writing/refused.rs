//! What the API refuses is told at the field that it is about, and nothing that was written is lost.

use serde_json::json;
use tests::System;
use tests::browser::{Browser, Kind, Reply};

use super::super::focus;
use super::{EMAILS, PREVIEW, check, chips, dialog, field, mail, open, posted, write};

#[tokio::test]
async fn each_refusal_stands_at_its_field() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.expect(Kind::Request, ": 400");
    let check_button = page.role("button", "Check and preview");

    check_button.click().await;
    dialog(&page).shows("This names nobody").await;
    focus::is_on(&page, "textbox", "To").await;
    assert_eq!(field(&page, "To").accessibility().await["invalid"], "true");

    page.type_text("ann@example.com,").await;
    page.shown_with("This names nobody").disappears().await;
    check_button.click().await;
    focus::is_on(&page, "textbox", "Subject").await;
    let subject = field(&page, "Subject").accessibility().await;
    assert!(
        subject["description"]
            .as_str()
            .unwrap()
            .starts_with("This is required where no number of the invoice is known."),
        "{subject}"
    );

    page.type_text("Your invoice").await;
    page.role("textbox", "Amount").type_text("12.50").await;
    check_button.click().await;
    focus::is_on(&page, "textbox", "Amount").await;
    dialog(&page).shows("This is given without a currency.").await;
    page.role("textbox", "Currency").type_text("Taler").await;
    check_button.click().await;
    focus::is_on(&page, "textbox", "Currency").await;
    dialog(&page).shows("This must be an ISO 4217 currency code such as USD.").await;
    page.role("textbox", "Currency").fill("USD").await;
    page.role("textbox", "Link to the invoice").type_text("portal").await;
    check_button.click().await;
    focus::is_on(&page, "textbox", "Link to the invoice").await;
    page.role("textbox", "Link to the invoice").fill("https://portal.example.com/i/1").await;
    check(&page).await;
    page.shown_with("12.50").inside(&mail(&page)).nth(0).appears().await;
    page.finish().await;
}

#[tokio::test]
async fn what_a_portal_knows_wrongly_can_be_put_right() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.expect(Kind::Request, ": 400");
    let known = json!({ "number": "2026-1042", "due_on": "31.12.2026", "currency": "USD", "amount": "12.50" });
    page.css("invoice-email-send").evaluate(&format!("(send) => {{ send.facts = {known}; }}")).await;
    let form = page.css("invoice-email-send");
    form.shows("31.12.2026").await;
    field(&page, "To").type_text("ann@example.com").await;
    page.role("button", "Check and preview").click().await;
    form.shows("This must be a date such as 2026-12-01.").await;
    focus::is_on(&page, "Date", "Due date").await;
    // The browser's own field for dates, month first.
    page.type_text("12312026").await;
    check(&page).await;
    assert_eq!(posted(&page, PREVIEW)[1].0["facts"]["due_on"], "2026-12-31");
    page.shown_with("31 December 2026").inside(&mail(&page)).nth(0).appears().await;
    page.finish().await;
}

#[tokio::test]
async fn more_people_than_one_e_mail_may_have() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    page.expect(Kind::Request, ": 400");
    let list =
        |from: u32, to: u32| (from..to).map(|number| format!("a{number}@x.example")).collect::<Vec<_>>().join(";");
    field(&page, "Subject").type_text("Your invoice").await;
    field(&page, "To").focus().await;
    page.paste(&list(0, 20)).await;
    field(&page, "Cc").focus().await;
    page.paste(&list(20, 51)).await;
    chips(&page, "cc").until_count(31).await;
    page.role("button", "Check and preview").click().await;
    dialog(&page).shows("This makes 51 recipients; at most 50 are sent to at once.").await;
    focus::is_on(&page, "textbox", "Cc").await;
    page.press("Backspace").await;
    page.press("Delete").await;
    chips(&page, "cc").until_count(30).await;
    page.shown_with("This makes 51 recipients").disappears().await;
    check(&page).await;
    page.role("button", "Send to 50 people").appears().await;
    page.finish().await;
}

#[tokio::test]
async fn what_the_api_alone_knows_of_an_address_stands_at_its_chip() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    let refusal = json!({
        "type": "about:blank", "title": "Invalid request", "status": 400, "detail": "The request is invalid.", "errors": [
            { "in": "body", "pointer": "/to/1", "detail": "\"bob@example.com\" is too new" },
            { "in": "body", "pointer": "/colour", "detail": "is not known" },
        ],
    });
    let reply = Reply::status(400).header("content-type", "application/problem+json").body(&refusal.to_string());
    page.intercept(PREVIEW, reply.times(1)).await;
    page.expect(Kind::Request, ": 400");
    write(&page, "ann@example.com, bob@example.com").await;
    page.role("button", "Check and preview").click().await;
    focus::is_on(&page, "button", "bob@example.com").await;
    let chip = page.role("button", "bob@example.com").accessibility().await;
    assert_eq!(chip["description"], "\"bob@example.com\" is too new.");
    // What belongs to no field is told all the same.
    dialog(&page).shows("Colour is not known").await;
    page.press("Delete").await;
    check(&page).await;
    page.finish().await;
}

#[tokio::test]
async fn trouble_while_checking_has_a_sentence_and_a_way_on() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system).await;
    write(&page, "ann@example.com").await;
    let cases = [
        (
            Reply::problem(403, "Only partners may."),
            "You are not allowed to do this. Only partners may.",
            Kind::Request,
            ": 403",
        ),
        (
            Reply::problem(429, "Slowly."),
            "Too many requests at once. Wait a moment, then try again.",
            Kind::Request,
            ": 429",
        ),
        (
            Reply::problem(503, "Down."),
            "The service cannot answer at the moment. Try again. Down.",
            Kind::Request,
            ": 503",
        ),
        (
            Reply::status(502).body("<h1>"),
            "The service cannot answer at the moment. Try again.",
            Kind::Request,
            ": 502",
        ),
        (Reply::lost(), "There is no connection to the service.", Kind::Request, "ERR_CONNECTION_CLOSED"),
        (Reply::half("{ \"from\": "), "The answer broke off on its way.", Kind::Request, "ERR_CONTENT_LENGTH_MISMATCH"),
    ];
    for (reply, sentence, kind, part) in cases {
        page.intercept(PREVIEW, reply.times(1)).await;
        page.role("button", "Check and preview").press("Enter").await;
        page.any("alert").shows(sentence).await;
        page.expect(kind, part);
        focus::is_on(&page, "button", "Check and preview").await;
    }
    check(&page).await;
    page.any("alert").until_count(0).await;

    // The same when it is sent: what was written and checked stays.
    page.intercept(EMAILS, Reply::problem(403, "Only partners may.").to("POST").times(2)).await;
    page.role("button", "Send to 1 person").press("Enter").await;
    for _ in 0..2 {
        page.any("alert").shows("You are not allowed to do this. Only partners may.").await;
        focus::is_on(&page, "button", "Send to 1 person").await;
        // It goes away, and the focus does not.
        page.role("button", "Try again").press("Enter").await;
    }
    dialog(&page).shows("On its way to 1 person").await;
    page.finish().await;
}
