//! What a firm has set up shows in its mails.

use serde_json::{Value, json};
use tests::{Firm, Mail, System, recipient};

use super::set_up;

/// The amount and what is left of it, as mails show them.
const AMOUNT: &str = "1,250.00";
const BALANCE: &str = "1,000.00";

/// An e-mail of an invoice without any words of its own; the mail.
async fn mailed(system: &System, firm: &Firm, invoice: &str, subject: &str) -> Mail {
    let facts = json!({ "number": invoice, "currency": "USD", "amount": "1250.00", "balance": "1000.00" });
    firm.send(invoice, json!({ "to": "ann@example.com", "facts": facts })).await;
    system.mail(subject, "ann@example.com").await
}

#[tokio::test]
async fn the_firms_name_stands_in_the_subject_and_its_own_sender_and_reply_address_in_the_headers() {
    let system = System::start().await;
    let firm = system.firm("doe");
    let plain = mailed(&system, &firm, "1", "Invoice 1 from doe").await;
    let (name, address) = plain.visible_from().split_once(" <").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(plain.header("Reply-To"), "", "replies go to the sender");

    let settings =
        json!({ "firm_name": "Doe & Söhne", "from_name": "Dœ \"Billing\"", "reply_to": "Jane Doe <jane@doe.example>" });
    set_up(&firm, &settings).await;
    let mail = mailed(&system, &firm, "2", "Invoice 2 from Doe & Söhne").await;
    assert_eq!(mail.decoded_subject(), "Invoice 2 from Doe & Söhne");
    assert_eq!(mail.visible_from(), format!("Dœ \"Billing\" <{address}"), "the name is the firm's, the address ours");
    assert_eq!(mail.header("Reply-To"), "\"Jane Doe\" <jane@doe.example>");
    assert!(mail.text().contains("Doe & Söhne sent this e-mail"), "{}", mail.text());
    assert!(mail.html().contains("Doe &#38; Söhne sent this") || mail.html().contains("Doe &amp; Söhne sent this"));

    set_up(&firm, &json!({ "firm_name": "Doe & Söhne" })).await;
    let mail = mailed(&system, &firm, "3", "Invoice 3 from Doe & Söhne").await;
    assert_eq!(mail.visible_from(), format!("{name} <{address}"), "the sender's own name, where it has one");
    assert_eq!(mail.header("Reply-To"), "");
    // Nobody else's mails look so.
    let other = mailed(&system, &system.firm("roe"), "4", "Invoice 4 from roe").await;
    assert!(!other.raw.contains("Doe") && !other.raw.contains("jane@"), "{}", other.raw);
}

#[tokio::test]
async fn the_button_has_the_firms_colour_and_words_that_can_be_read_on_it() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (invoice, colour, words) in [("1", "#7a1f5f", "#ffffff"), ("2", "#ffd400", "#000000")] {
        set_up(&firm, &json!({ "brand_color": colour.to_uppercase() })).await;
        let html = mailed(&system, &firm, invoice, &format!("Invoice {invoice} from roe")).await.html();
        let button = html.split("class=\"button\"").nth(1).and_then(|rest| rest.split("</td>").next()).unwrap();
        assert!(button.contains(&format!("background:{colour}")), "{button}");
        assert!(button.contains(&format!(";color:{words}")), "{button}");
        assert_eq!(html.matches(colour).count(), 1, "it is the button's alone: {html}");
    }
}

#[tokio::test]
async fn what_is_left_to_pay_is_shown_only_where_the_firm_displays_balances() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (invoice, displays) in [("1", false), ("2", true), ("3", false)] {
        set_up(&firm, &json!({ "display_balances": displays })).await;
        let mail = mailed(&system, &firm, invoice, &format!("Invoice {invoice} from roe")).await;
        for part in [mail.text(), mail.html()] {
            assert!(part.contains(AMOUNT), "{part}");
            assert_eq!(part.contains(BALANCE), displays, "{part}");
            assert_eq!(part.to_lowercase().contains("balance"), displays, "nor is there a word of it: {part}");
        }
        assert!(displays || !mail.raw.contains("1000"), "nowhere in the mail: {}", mail.raw);
    }
}

#[tokio::test]
async fn a_preview_shows_what_is_set_up() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let facts = json!({ "number": "1", "currency": "USD", "amount": "1250.00", "balance": "1000.00" });
    let body = json!({ "to": "ann@example.com", "facts": facts });
    for displays in [false, true] {
        let settings = json!({ "firm_name": "Roe LLP", "from_name": "Billing", "display_balances": displays });
        set_up(&firm, &settings).await;
        let preview = firm.preview("1", &body).await.expect(200);
        assert_eq!(preview["subject"], "Invoice 1 from Roe LLP");
        assert!(preview["from"].as_str().unwrap().starts_with("Billing <"), "{preview}");
        for part in ["text", "html"] {
            assert_eq!(preview[part].as_str().unwrap().contains(BALANCE), displays, "{preview}");
        }
    }
    assert_eq!(firm.history("1").await["sends"], json!([]), "a preview sends nothing");
}

/// What an e-mail carries of ours that would tell of its reading.
fn traces(mail: &Mail) -> (Option<String>, Option<String>, usize) {
    (mail.maybe_pixel(), mail.maybe_link(), mail.links_in_text().len())
}

#[tokio::test]
async fn a_firm_that_does_not_track_sends_neither_pixel_nor_links_whatever_a_request_says() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let url = "https://portal.example.com/i/1";
    let body =
        |subject: &str| json!({ "to": "ann@example.com", "subject": subject, "track": true, "facts": { "url": url } });
    let send = firm.send("1", body("Tracked")).await["send"].clone();
    let tracked = system.mail("Tracked", "ann@example.com").await;
    assert!(matches!(traces(&tracked), (Some(_), Some(_), 1)), "{:?}", traces(&tracked));
    system.settled().await;

    set_up(&firm, &json!({ "open_tracking": "off" })).await;
    firm.send("1", body("Untracked")).await;
    let untracked = system.mail("Untracked", "ann@example.com").await;
    assert_eq!(traces(&untracked), (None, None, 0));
    assert!(
        untracked.html().contains(url) && untracked.text().contains(url),
        "the link leads straight to the document"
    );
    let own_html = json!({ "to": "ann@example.com", "subject": "Own", "html": format!("<a href=\"{url}\">Look</a>") });
    firm.send("1", own_html).await;
    assert_eq!(traces(&system.mail("Own", "ann@example.com").await), (None, None, 0));
    let tracked_of = |history: &Value| -> Vec<Value> {
        history["sends"].as_array().unwrap().iter().map(|send| send["tracked"].clone()).collect()
    };
    assert_eq!(tracked_of(&firm.history("1").await), [json!(false), json!(false), json!(true)]);

    // What was sent before stays tracked, and is sent again untracked.
    firm.resend("1", send.as_str().unwrap(), json!({ "recipient": "to:0", "address": "ann@new.example" }))
        .await
        .expect(202);
    assert_eq!(traces(&system.mail("Tracked", "ann@new.example").await), (None, None, 0));
    system.as_browser(&tracked.pixel()).await;
    let history = firm.history("1").await;
    assert_eq!(tracked_of(&history), [json!(false), json!(false), json!(false), json!(true)]);
    assert_eq!(history["sends"][3]["recipients"][0]["opens"], 1);
    assert_eq!(recipient(&history, "to:0")["opens"], 0);

    // Tracking again does not bring it to what was sent without.
    set_up(&firm, &json!({ "open_tracking": "individual" })).await;
    let untracked_send = history["sends"][2]["send"].as_str().unwrap();
    firm.resend("1", untracked_send, json!({ "recipient": "to:0", "address": "bob@new.example" })).await.expect(202);
    assert_eq!(traces(&system.mail("Untracked", "bob@new.example").await), (None, None, 0));
}
