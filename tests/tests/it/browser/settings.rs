//! The firm's settings and its clients, as staff set them up.

use serde_json::{Value, json};
use tests::browser::{Browser, Kind, Page, Reply};
use tests::{Firm, System};

use super::{focus, layout};

const WIDTHS: [u32; 2] = [360, 1280];

async fn open(browser: &Browser, system: &System, query: &str) -> Page {
    browser.page(&format!("{}/?{query}", system.url())).await
}

async fn settings(firm: &Firm) -> Value {
    firm.get("/v1/settings").await.expect(200)
}

/// The field of the firm's name holds this.
async fn until_named(page: &Page, name: &str) {
    let field = page.role("textbox", "Firm name");
    tests::until(&format!("the firm is {name}"), async || match field.evaluate("(field) => field.value").await {
        found if found == name => Ok(()),
        found => Err(found.to_string()),
    })
    .await;
}

async fn saved(page: &Page) {
    page.role("button", "Save").click().await;
    page.shown_with("Saved").appears().await;
}

#[tokio::test]
async fn the_three_switches_are_set_with_the_keyboard_alone() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let page = open(&browser, &system, "view=settings").await;
    for label in [
        "Display balances",
        "Allow clients to view their account history?",
        "Send automatic invoice notification emails?",
    ] {
        page.css("invoice-email-settings").shows(label).await;
    }
    focus::tab_to(&page, "switch", "Display balances").await;
    page.press("Space").await;
    focus::tab_to(&page, "switch", "Send automatic invoice notification emails?").await;
    page.press("Space").await;
    focus::tab_to(&page, "textbox", "Firm name").await;
    page.paste("Roe & Partners").await;
    focus::tab_to(&page, "button", "Save").await;
    page.press("Enter").await;
    page.shown_with("Saved").appears().await;
    let now = settings(&firm).await;
    assert_eq!(now["firm_name"], "Roe & Partners");
    let switches = ["display_balances", "allow_account_history", "send_automatic_invoice_emails"];
    assert_eq!(switches.map(|name| now[name].clone()), [json!(true), json!(false), json!(true)]);
    // It is what somebody else finds.
    let other = open(&browser, &system, "view=settings").await;
    until_named(&other, "Roe & Partners").await;
    other.finish().await;
    page.finish().await;
}

#[tokio::test]
async fn what_is_refused_stands_at_its_field_and_nothing_is_lost() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let page = open(&browser, &system, "view=settings").await;
    page.role("textbox", "Firm name").fill("Roe").await;
    page.role("textbox", "Payment page’s address").fill("https://pay.example.com/").await;
    page.expect(Kind::Request, ": 400");
    page.role("button", "Save").click().await;
    page.shown_with("{invoice} in its path or query").appears().await;
    focus::is_on(&page, "textbox", "Payment page’s address").await;
    assert_eq!(settings(&firm).await["firm_name"], Value::Null);
    page.role("textbox", "Payment page’s address").fill("https://pay.example.com/{invoice}").await;
    saved(&page).await;
    let now = settings(&firm).await;
    assert_eq!((&now["firm_name"], &now["payment_url"]), (&json!("Roe"), &json!("https://pay.example.com/{invoice}")));
    page.finish().await;
}

#[tokio::test]
async fn what_somebody_else_has_changed_is_not_overwritten_unseen() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let page = open(&browser, &system, "view=settings").await;
    page.role("textbox", "Firm name").fill("Mine").await;
    firm.put("/v1/settings", &json!({ "firm_name": "Theirs", "display_balances": true })).await.expect(200);
    page.expect(Kind::Request, ": 412");
    page.role("button", "Save").click().await;
    page.shown_with("Somebody else has changed").appears().await;
    assert_eq!(settings(&firm).await["firm_name"], "Theirs");
    until_named(&page, "Mine").await;
    page.role("button", "Load theirs").click().await;
    until_named(&page, "Theirs").await;
    page.finish().await;
}

#[tokio::test]
async fn a_clients_addresses_and_people_are_kept() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let page = open(&browser, &system, "view=client&client=client-7").await;
    // Nobody has told of this client yet: the form is empty, and saving makes it.
    page.expect(Kind::Request, ": 404");
    page.role("textbox", "Name").fill("Acme").await;
    page.role("textbox", "E-mail addresses").focus().await;
    page.paste("Bill@x.example; Support@x.example; Billing@x.example").await;
    page.shown_with("Not invited").nth(2).appears().await;
    saved(&page).await;
    let client = firm.get("/v1/clients/client-7").await.expect(200);
    assert_eq!(
        (&client["name"], &client["email"]),
        (&json!("Acme"), &json!("Bill@x.example; Support@x.example; Billing@x.example"))
    );
    // And is found in the list.
    let page_of_list = open(&browser, &system, "view=settings").await;
    page_of_list.shown("Acme").appears().await;
    page_of_list.finish().await;
    page.finish().await;
}

#[tokio::test]
async fn each_state_of_a_contact_is_told_in_words() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let (long_ago, future) = ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z");
    let contacts = json!([
        { "address": "done@x.example", "invited_at": long_ago, "accepted_at": long_ago, "login_created_at": long_ago },
        { "address": "login@x.example", "invited_at": long_ago, "accepted_at": long_ago },
        { "address": "over@x.example", "invited_at": long_ago },
        { "address": "waits@x.example", "invited_at": future },
    ]);
    let email = "done@x.example; login@x.example; over@x.example; waits@x.example; new@x.example";
    firm.put("/v1/clients/c", &json!({ "email": email, "contacts": contacts })).await.expect(200);
    let page = open(&browser, &system, "view=client&client=c").await;
    for state in ["Gets automatic e-mails", "No login yet", "Invitation expired", "Invitation pending", "Not invited"] {
        page.css("invoice-email-client").shows(state).await;
    }
    layout::fits(&page, &WIDTHS).await;
    layout::is_accessible(&page, &WIDTHS).await;
    page.screenshots("client").await;
    page.finish().await;
}

#[tokio::test]
async fn settings_look_right_and_are_accessible() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.put("/v1/clients/c", &json!({ "name": "Acme & Söhne", "email": "ann@x.example" })).await.expect(200);
    let page = open(&browser, &system, "view=settings").await;
    page.css("invoice-email-settings").shows("Brand colour").await;
    page.shown_with("Acme & Söhne").appears().await;
    layout::fits(&page, &[320, 360, 1280, 1920]).await;
    layout::is_accessible(&page, &WIDTHS).await;
    page.screenshots("settings").await;
    page.finish().await;
}

#[tokio::test]
async fn the_history_tells_who_an_automatic_e_mail_did_not_go_to() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.put("/v1/settings", &json!({ "send_automatic_invoice_emails": true })).await.expect(200);
    firm.put("/v1/clients/c", &json!({ "email": "ann@x.example" })).await.expect(200);
    firm.put("/v1/invoices/1", &json!({ "client": "c", "number": "1" })).await.expect(200);
    firm.post("/v1/invoices/1/finalize", &json!({})).await.expect(202);
    let page = open(&browser, &system, "view=invoice&invoice=1").await;
    let view = page.css("invoice-communications");
    for text in ["Sent to nobody", "Sent automatically", "ann@x.example", "not invited into the portal"] {
        view.shows(text).await;
    }
    page.finish().await;
}

#[tokio::test]
async fn details_are_kept_for_as_many_days_as_the_firm_says() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    let page = open(&browser, &system, "view=settings").await;
    let days = page.role("textbox", "Keep details of opens and clicks for");
    for wrong in ["0", "3651", "soon"] {
        days.fill(wrong).await;
        page.role("button", "Save").click().await;
        page.shown_with("Give a whole number of days from 1 to 3650, or nothing.").appears().await;
        focus::is_on(&page, "textbox", "Keep details of opens and clicks for").await;
    }
    layout::is_accessible(&page, &WIDTHS).await;
    days.fill("400").await;
    saved(&page).await;
    assert_eq!(settings(&firm).await["retention_days"], 400);
    days.fill("").await;
    saved(&page).await;
    assert_eq!(settings(&firm).await["retention_days"], Value::Null);
    page.finish().await;
}

/// Asks to forget an address, up to the question.
async fn ask_to_forget(page: &Page, address: &str) {
    page.role("textbox", "Address of who asks to be forgotten").fill(address).await;
    page.role("button", "Forget…").click().await;
    page.role("dialog", "Forget this person?").shows(address).await;
}

#[tokio::test]
async fn a_person_is_forgotten_after_a_confirmation() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.send_to("1042", "ann@example.com").await;
    firm.history_with("1042", "delivered").await;
    let page = open(&browser, &system, "view=settings").await;
    page.role("textbox", "Address of who asks to be forgotten").fill("Ann").await;
    page.role("button", "Forget…").click().await;
    page.shown_with("Give one address, such as ann@example.com.").appears().await;

    ask_to_forget(&page, "ann@example.com").await;
    let dialog = page.role("dialog", "Forget this person?");
    let text = dialog.shows("This cannot be undone.").await;
    assert!(text.contains("What is deleted") && text.contains("What stays"), "{text}");
    focus::is_on(&page, "button", "Keep").await;
    layout::is_accessible(&page, &[320, 1280]).await;
    page.screenshots("settings-forget").await;
    page.press("Enter").await;
    dialog.disappears().await;
    assert_eq!(page.requests("/v1/recipients/").len(), 0);

    ask_to_forget(&page, "ann@example.com").await;
    page.role("button", "Forget for good").click().await;
    dialog.disappears().await;
    page.shown_with("ann@example.com is").appears().await;
    focus::is_on(&page, "button", "Forget…").await;
    firm.history_when("1042", "forgotten", |history| {
        let text = history.to_string();
        text.contains("@forgotten.invalid") && !text.contains("ann@example.com") && text.contains("\"delivered\"")
    })
    .await;
    page.finish().await;
}

#[tokio::test]
async fn forgetting_tells_what_came_of_it() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = open(&browser, &system, "view=settings").await;
    page.role("textbox", "Address of who asks to be forgotten").appears().await;
    let under_way = json!({ "address": "ann@example.com", "state": "under_way" }).to_string();
    let cases = [
        (Reply::status(204), "ann@example.com is forgotten."),
        (
            Reply::status(202).header("content-type", "application/json").body(&under_way),
            "ann@example.com is being forgotten. There is much to go through; it goes on by itself",
        ),
        (Reply::problem(404, "Nobody."), "Nobody of the address ann@example.com is known"),
    ];
    for (reply, sentence) in cases {
        page.intercept("/v1/recipients/ann%40example.com", reply.to("DELETE")).await;
        ask_to_forget(&page, "ann@example.com").await;
        page.role("button", "Forget for good").click().await;
        page.shown_with(sentence).appears().await;
        page.role("dialog", "Forget this person?").disappears().await;
    }
    page.expect(Kind::Request, ": 404");
    page.intercept("/v1/recipients/", Reply::problem(403, "Not yours.").to("DELETE")).await;
    ask_to_forget(&page, "ann@example.com").await;
    page.role("button", "Forget for good").click().await;
    page.role("dialog", "Forget this person?").shows("You are not allowed to do this. Not yours.").await;
    page.expect(Kind::Request, ": 403");
    page.finish().await;
}

#[tokio::test]
async fn a_clients_tracking_is_turned_off_and_on() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("demo");
    firm.put("/v1/clients/c", &json!({ "email": "ann@x.example" })).await.expect(200);
    let page = open(&browser, &system, "view=client&client=c").await;
    for expected in ["off", "individual"] {
        page.role("switch", "Track opens and clicks in this client’s e-mails").press("Space").await;
        saved(&page).await;
        assert_eq!(firm.get("/v1/clients/c").await.expect(200)["open_tracking"], expected);
    }
    page.finish().await;
}
