//! The local stack's mailbox: what somebody who tries the product does there, and what looking at a mail does.

use serde_json::{Value, json};
use tests::browser::{Browser, Kind, Page};
use tests::ses::{Event, Format};
use tests::{Firm, Mail, System, recipient};

use super::{focus, layout};

const SUBJECT: &str = "Invoice 7 from Roe & Partners";
/// What would show itself at once, were any of it let in.
const EVIL: &str = "</title></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`&lt;b&gt;";

/// One tracked mail, delivered, with a link.
async fn delivered() -> (System, Firm, Mail) {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({
        "to": "Ann Lee <ann@example.com>", "subject": SUBJECT, "message": "Dear Ann,\n\nplease find our invoice.",
        "facts": { "number": "7", "url": "https://portal.example.com/i/7", "currency": "USD", "amount": "12.50" },
    });
    firm.send("7", body).await;
    firm.history_with("7", "delivered").await;
    let mail = system.mail(SUBJECT, "ann@example.com").await;
    system.settled().await;
    (system, firm, mail)
}

/// The page of a mail, in a view.
fn at(system: &System, mail: &Mail, view: &str) -> String {
    format!("{}/mailbox/{}{view}", system.url(), mail.message_id)
}

async fn first_recipient(firm: &Firm) -> Value {
    recipient(&firm.history("7").await, "to:0").clone()
}

/// Goes to a link of the mail's navigation by Tab, follows it by Enter, and waits for its view.
async fn follow(page: &Page, label: &str) {
    focus::tab_to(page, "link", label).await;
    page.press("Enter").await;
    page.role_with("link", label).until_attribute("aria-current", "page").await;
}

#[tokio::test]
async fn a_mail_is_read_in_every_way_by_keyboard_and_only_its_html_makes_it_opened() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm, _mail) = delivered().await;
    let page = browser.page(&format!("{}/mailbox", system.url())).await;
    page.any("row").containing("Ann Lee").shows("Delivery").await;

    focus::tab_to(&page, "link", "without images (Invoice 7").await;
    page.press("Enter").await;
    page.shown_with("Looking here loads no image").appears().await;
    let frame = page.css("iframe.mail");
    page.shown_with("please find our invoice").inside(&frame).appears().await;
    for (label, shows) in [
        ("Text", "please find our invoice."),
        ("Headers", "Auto-Submitted"),
        ("Source", "MIME-Version: 1.0"),
        ("Events", "Delivery"),
    ] {
        follow(&page, label).await;
        page.css("section[aria-labelledby=view-title]").shows(shows).await;
    }
    assert_eq!(page.requests("/o/").len(), 0, "nothing of it loads the pixel");
    let one = first_recipient(&firm).await;
    assert_eq!((&one["sent_status"], &one["evidence"]), (&json!("sent"), &json!("delivered")));

    follow(&page, "HTML, light").await;
    page.shown_with("please find our invoice").inside(&frame).appears().await;
    page.requests_when("/o/", 1).await;
    firm.history_with("7", "opened").await;
    let one = first_recipient(&firm).await;
    assert_eq!((&one["sent_status"], &one["opens"], &one["automatic_opens"]), (&json!("opened"), &json!(1), &json!(0)));
    // Without a reload: the page follows what the report says.
    page.css("#said").shows("Opened").await;
    page.finish().await;
}

#[tokio::test]
async fn dark_and_light_are_the_mails_own_whatever_the_browser_prefers() {
    let Some(browser) = Browser::open().await else { return };
    let (system, _firm, mail) = delivered().await;
    let colors = "(body) => {
        const { color, backgroundColor } = getComputedStyle(body);
        return [color, backgroundColor, getComputedStyle(body.parentElement).colorScheme];
    }";
    let mut seen = Vec::new();
    for dark in [false, true] {
        let mut shown = Vec::new();
        for view in ["", "?view=dark"] {
            let opening = browser.page(&at(&system, &mail, view));
            let page = if dark { opening.dark().await } else { opening.await };
            let frame = page.css("iframe.mail");
            shown.push(page.css("body").inside(&frame).evaluate(colors).await);
            page.finish().await;
        }
        assert_ne!(shown[0], shown[1]);
        assert_eq!((&shown[0][2], &shown[1][2]), (&json!("light"), &json!("dark")));
        seen.push(shown);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn programs_and_events_are_played_by_their_buttons() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm, mail) = delivered().await;
    let page = browser.page(&at(&system, &mail, "?view=text")).await;
    let said = page.css("#said");
    let events = page.css("ol.events");

    let privacy = page.role("button", "Apple Mail Privacy Protection");
    assert_eq!(privacy.accessibility().await["description"], "on arrival, read or not");
    privacy.press("Enter").await;
    events.shows("Pixel loaded as Apple Mail Privacy Protection").await;
    said.shows("Open (automatic)").await;
    said.shows("Sent").await;

    page.role("button", "Outlook").click().await;
    events.shows("Pixel loaded as Outlook").await;
    said.shows("Possibly opened").await;
    said.shows("Opened").await;

    page.role("button", "Browser").click().await;
    events.shows("Link followed as a browser").await;
    said.shows("Clicked").await;

    page.role("button", "Complaint").click().await;
    events.shows("Complaint").await;
    said.shows("Marked Spam").await;
    let one = first_recipient(&firm).await;
    assert_eq!(
        (&one["sent_status"], &one["automatic_opens"], &one["opens"]),
        (&json!("marked_spam"), &json!(1), &json!(1))
    );

    // What SES published can be read.
    let published = events.clone();
    page.shown_with("complaintFeedbackType").inside(&published).disappears().await;
    focus::tab_to(&page, "DisclosureTriangle", "JSON of Complaint").await;
    page.press("Enter").await;
    page.shown_with("complaintFeedbackType").inside(&published).appears().await;
    page.role("link", "All mails").click().await;
    page.any("row").containing("Ann Lee").shows("Complaint").await;
    page.any("row").containing("Ann Lee").shows("Played here × 3").await;
    page.finish().await;
}

#[tokio::test]
async fn mails_are_found_and_new_ones_are_told() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm, _mail) = delivered().await;
    firm.send_to("8", "bob@example.com").await;
    system.mail("Invoice 8", "bob@example.com").await;
    system.settled().await;
    let page = browser.page(&format!("{}/mailbox", system.url())).await;
    page.css("caption").shows("2 mails").await;

    focus::tab_to(&page, "searchbox", "Recipient or subject").await;
    page.type_text("BOB@").await;
    page.press("Enter").await;
    page.css("caption").shows("1 mail with “BOB@”").await;
    assert_eq!(page.role("searchbox", "Recipient or subject").value().await, "BOB@");
    assert_eq!(page.any("row").containing("Ann Lee").count().await, 0);

    page.role("searchbox", "Recipient or subject").fill("<b>nobody</b>").await;
    page.press("Enter").await;
    page.shown_with("No mail has “<b>nobody</b>”").appears().await;
    page.role("link", "All mails").click().await;
    page.css("caption").shows("2 mails").await;

    firm.send_to("9", "eve@example.com").await;
    let news = page.role("link", "1 new mail: reload");
    news.click().await;
    page.css("caption").shows("3 mails").await;
    page.finish().await;
}

#[tokio::test]
async fn what_a_mail_says_stays_text_and_its_html_stays_in_its_frame() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let firm = system.firm("roe");
    let html = format!(
        "<p>A mail</p>{}<script>top.location='/'</script><meta http-equiv=refresh content='0;url=/mailbox'>\
        <iframe src=/mailbox></iframe><object data=/mailbox></object><form action=/mailbox><button>Go</button></form>",
        EVIL.replace("src=x", "src=data:,")
    );
    let body = json!({
        "to": format!("\"{}\" <ann@example.com>", EVIL.replace('"', "")), "subject": EVIL, "html": html,
        "text": format!("</pre>{EVIL}"), "track": false,
    });
    firm.send("7", body).await;
    let mail = system.mail(EVIL, "ann@example.com").await;
    let said = format!("smtp; 550 {EVIL}");
    let recipients = json!([{ "emailAddress": "ann@example.com", "status": "5.1.1", "diagnosticCode": said }]);
    let bounce = Event::bounce(&mail, "Permanent", "General").with("bouncedRecipients", recipients);
    assert_eq!(system.bring(bounce.body(Format::Published)).await, "recorded");
    system.settled().await;

    let page = browser.page(&format!("{}/mailbox", system.url())).await;
    page.any("row").containing("<script>alert(1)</script><img src=x onerror=alert(2)>").shows("Bounce").await;
    page.finish().await;
    for view in ["?view=text", "?view=headers", "?view=source", "?view=events"] {
        let page = browser.page(&at(&system, &mail, view)).await;
        page.role_with("heading", "<script>alert(1)</script>").appears().await;
        page.css("#said").shows("<img src=x onerror=alert(2)>").await;
        assert!(page.evaluate("document.title").await.as_str().unwrap().starts_with("</title></script><script>"));
        page.finish().await;
    }
    let url = at(&system, &mail, "");
    let page = browser.page(&url).await;
    page.shown("A mail").inside(&page.css("iframe.mail")).appears().await;
    // The browser tells what it has not let the mail do.
    for refused in ["Blocked script execution", "Refused to execute the redirect"] {
        page.problem(Kind::Console, refused).await;
    }
    for refused in ["Framing", "Loading plugin data"] {
        page.problem(Kind::ContentSecurityPolicy, refused).await;
    }
    page.role("button", "Go").inside(&page.css("iframe.mail")).click().await;
    page.problem(Kind::Console, "Blocked form submission").await;
    assert_eq!(page.url().await, url);
    page.finish().await;
}

#[tokio::test]
async fn the_mailbox_is_accessible_and_fits_every_screen() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm, mail) = delivered().await;
    let long = "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung";
    let body = json!({
        "to": "שרה כהן <sara@example.com>; bounce@simulator.amazonses.com",
        "cc": "delayed@local.test; a.very.long.local.part.that.does.not.break.anywhere.at.all@a-long-domain.example",
        "bcc": "complaint@simulator.amazonses.com",
        "subject": format!("חשבונית 1042 / Rechnung 1042: {long}"),
    });
    firm.send("1042", body).await;
    firm.history_with("1042", "processed").await;
    system.settled().await;
    let list = format!("{}/mailbox", system.url());
    let (nobody, missing) = (format!("{list}?q=nobody"), format!("{list}/nothing"));
    let views = ["", "?view=without-images", "?view=text", "?view=headers", "?view=source", "?view=events"];
    let mails = views.map(|view| at(&system, &mail, view));
    for url in [&list, &nobody, &missing].into_iter().chain(&mails) {
        let page = browser.page(url).await;
        if *url == missing {
            page.expect(Kind::Request, ": 404");
        }
        layout::fits(&page, &layout::WIDTHS).await;
        layout::is_accessible(&page, &[360, 1280]).await;
        page.finish().await;
    }
}

#[tokio::test]
async fn pictures_of_the_mailbox() {
    let Some(browser) = Browser::open().await else { return };
    let (system, firm, mail) = delivered().await;
    let body = json!({
        "to": "Bob Stone <bob@example.com>; bounce@simulator.amazonses.com", "cc": "delayed@local.test",
        "bcc": "complaint@simulator.amazonses.com", "subject": "Invoice 1042 from Roe & Partners",
    });
    firm.send("1042", body).await;
    firm.history_with("1042", "processed").await;
    system.settled().await;
    for (name, url) in [
        ("mailbox-list", format!("{}/mailbox", system.url())),
        ("mailbox-mail", at(&system, &mail, "")),
        ("mailbox-mail-in-dark-mode", at(&system, &mail, "?view=dark")),
        ("mailbox-events", at(&system, &mail, "?view=events")),
    ] {
        let page = browser.page(&url).await;
        page.screenshots(name).await;
        page.finish().await;
    }
}
