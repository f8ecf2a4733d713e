//! The story that the README tells: an invoice goes to four people, and each has a fate of their own.

use serde_json::{Value, json};
use tests::{Firm, Mail, System, all_statuses, recipient};

const INVOICE: &str = "https://portal.example.com/i/1042";
const SUBJECT: &str = "Invoice 1042 from Roe & Partners";
const GOOD: &str = "success@simulator.amazonses.com";
const ANN: &str = "ann@example.com";
const BOUNCES: &str = "bounce@simulator.amazonses.com";
const COMPLAINS: &str = "complaint@simulator.amazonses.com";

fn invoice() -> Value {
    json!({
        "to": format!("{GOOD}; Ann <{ANN}>"),
        "cc": [BOUNCES],
        "bcc": COMPLAINS,
        "subject": SUBJECT,
        "message": "Dear Ann, please find our invoice.",
        "facts": {
            "number": "1042", "client": "client-7", "client_name": "Acme", "currency": "USD",
            "amount": "1250.00", "balance": "1000.00", "due_on": "2026-12-01", "url": INVOICE,
        },
    })
}

/// Sends the invoice and waits until everybody's fate is known.
async fn told() -> (System, Firm, Value) {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.send("1042", invoice()).await;
    let history = firm
        .history_when("1042", "everybody's fate", |history| {
            history["sends"].get(0).is_some()
                && all_statuses(history)
                    == [
                        vec!["to:0", "delivered", "processed"],
                        vec!["to:1", "delivered", "processed"],
                        vec!["cc:0", "bounced", "processed"],
                        vec!["bcc:0", "complained", "delivered", "processed"],
                    ]
        })
        .await;
    (system, firm, history)
}

#[tokio::test]
async fn the_answer_names_every_recipient_before_anything_is_sent() {
    let system = System::start().await;
    let accepted = system.firm("roe").send("1042", invoice()).await;
    assert_eq!(accepted["invoice"], "1042");
    let recipients = accepted["recipients"].as_array().unwrap();
    let shown: Vec<_> = recipients.iter().map(|one| (&one["recipient"], &one["address"], &one["name"])).collect();
    let expected = [
        ("to:0", json!(GOOD), Value::Null),
        ("to:1", json!(ANN), json!("Ann")),
        ("cc:0", json!(BOUNCES), Value::Null),
        ("bcc:0", json!(COMPLAINS), Value::Null),
    ];
    assert_eq!(shown.len(), expected.len());
    for (shown, (position, address, name)) in shown.iter().zip(&expected) {
        assert_eq!(*shown, (&json!(position), address, name));
    }
    assert!(recipients.iter().all(|one| one["sent_status"] == "queued"), "{accepted:#}");
}

#[tokio::test]
async fn each_fate_stands_at_its_own_recipient() {
    let (_system, _firm, history) = told().await;
    for (position, sent_status, evidence, next_action) in [
        ("to:0", "sent", "delivered", None),
        ("to:1", "sent", "delivered", None),
        ("cc:0", "rejected", "accepted", Some("correct_address")),
        ("bcc:0", "marked_spam", "delivered", Some("do_not_email")),
    ] {
        let one = recipient(&history, position);
        assert_eq!(one["sent_status"], sent_status, "{one:#}");
        assert_eq!(one["evidence"], evidence, "{one:#}");
        assert_eq!(one["next_action"], json!(next_action), "{one:#}");
        assert_eq!(one["reason"].is_null(), next_action.is_none(), "{one:#}");
    }
    assert!(recipient(&history, "cc:0")["reason"].as_str().unwrap().contains("550"), "the server's own text");
    assert_eq!(history["sent_status"], "marked_spam");
    assert_eq!(history["evidence"], "delivered");
    let send = &history["sends"][0];
    assert_eq!(
        (&send["subject"], &send["source"], &send["tracked"]),
        (&json!(SUBJECT), &json!("manual"), &json!(true))
    );
}

#[tokio::test]
async fn the_history_reads_as_it_always_did() {
    let (_system, _firm, history) = told().await;
    insta::assert_json_snapshot!(history, {
        ".sends[].send" => "[send]",
        ".sends[].submitted_at" => "[time]",
        ".sends[].recipients[].statuses[].at" => "[time]",
    });
}

#[tokio::test]
async fn all_statuses_are_in_order_of_time() {
    let (_system, _firm, history) = told().await;
    for position in ["to:0", "to:1", "cc:0", "bcc:0"] {
        let statuses = recipient(&history, position)["statuses"].as_array().unwrap();
        assert!(statuses.iter().map(|one| one["at"].as_str().unwrap()).is_sorted(), "{statuses:#?}");
    }
}

#[tokio::test]
async fn everybody_gets_a_copy_of_their_own_and_nobody_sees_the_blind_copy() {
    let (system, _firm, _history) = told().await;
    let mails = system.mailbox().await;
    let mut reached: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    reached.sort_unstable();
    assert_eq!(reached, [ANN, BOUNCES, COMPLAINS, GOOD]);
    for mail in &mails {
        assert_eq!(mail.visible_to(), [GOOD, ANN]);
        assert_eq!(mail.visible_cc(), [BOUNCES]);
        assert!(!mail.headers().contains("complaint@"), "the blind copy stands in a header:\n{}", mail.headers());
        assert!(!mail.html().contains("complaint@") && !mail.text().contains("complaint@"));
    }
    for own in [Mail::pixel, Mail::link, Mail::unsubscribe, |mail: &Mail| format!("{:?}", mail.tags)] {
        let distinct: std::collections::BTreeSet<String> = mails.iter().map(own).collect();
        assert_eq!(distinct.len(), mails.len(), "{distinct:#?}");
    }
}

#[tokio::test]
async fn a_mail_says_what_mail_programs_want_to_know() {
    let (system, _firm, _history) = told().await;
    let mail = system.mail(SUBJECT, ANN).await;
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(mail.header("Content-Type").starts_with("multipart/alternative"), "{}", mail.header("Content-Type"));
    assert!(mail.configuration_set.is_string());
    for (name, values) in &mail.tags {
        for text in [name.as_str(), values[0].as_str().unwrap()] {
            let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
            assert!(text.len() <= 256 && text.chars().all(fits), "{text}");
        }
    }
    let html = mail.html();
    let (pixel, message) = (html.find("/o/").unwrap(), html.find("please find our invoice").unwrap());
    assert!(pixel < message, "a program that clips long mails would clip the pixel");
    for part in [mail.text(), html] {
        assert!(part.contains("please find our invoice") && part.contains("USD 1,250.00"), "{part}");
        assert!(!part.contains("1,000.00"), "what is still to be paid is not shown unless the firm says so: {part}");
    }
    for line in mail.raw.split("\r\n") {
        assert!(line.len() <= 998 && line.is_ascii(), "RFC 5322 and 7 bits: {line}");
    }
}

#[tokio::test]
async fn without_tracking_there_is_neither_pixel_nor_link_of_ours() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mut body = invoice();
    body["track"] = json!(false);
    firm.send("1042", body).await;
    let history = firm.history_with("1042", "processed").await;
    assert_eq!(history["sends"][0]["tracked"], false);
    let mail = system.mail(SUBJECT, ANN).await;
    assert_eq!((mail.maybe_pixel(), mail.maybe_link()), (None, None));
    assert!(mail.html().contains(INVOICE), "the invoice's own address stays");
}

#[tokio::test]
async fn opens_and_clicks_count_for_the_one_who_made_them() {
    let (system, firm, _history) = told().await;
    let mail = system.mail(SUBJECT, ANN).await;
    assert_eq!(system.as_agent("Mozilla/5.0", &mail.pixel()).await.status, 200);
    let ann = recipient(&firm.history("1042").await, "to:1").clone();
    assert_eq!((&ann["sent_status"], &ann["evidence"]), (&json!("sent"), &json!("fetched_automatically")), "{ann:#}");
    assert_eq!((&ann["opens"], &ann["automatic_opens"]), (&json!(0), &json!(1)));

    assert_eq!(system.as_browser(&mail.pixel()).await.status, 200);
    let ann = recipient(&firm.history("1042").await, "to:1").clone();
    assert_eq!((&ann["sent_status"], &ann["evidence"]), (&json!("opened"), &json!("possibly_opened")), "{ann:#}");
    assert_eq!((&ann["opens"], &ann["automatic_opens"]), (&json!(1), &json!(1)));
    assert!(ann["first_opened_at"].is_string() && ann["first_opened_at"] == ann["last_opened_at"]);

    let click = system.as_browser(&mail.link()).await;
    assert_eq!((click.status, click.header("location")), (302, INVOICE));
    let history = firm.history("1042").await;
    let ann = recipient(&history, "to:1");
    assert_eq!((&ann["sent_status"], &ann["evidence"]), (&json!("opened"), &json!("clicked")), "{ann:#}");
    assert_eq!((&ann["clicks"], &ann["automatic_clicks"]), (&json!(1), &json!(0)));
    let opened = ann["statuses"].as_array().unwrap().iter().filter(|one| one["status"] == "opened");
    let automatic: Vec<_> = opened.map(|one| one["automatic"].as_bool().unwrap()).collect();
    assert_eq!(automatic, [true, false], "the machine came first");
    for other in ["to:0", "cc:0", "bcc:0"] {
        let other = recipient(&history, other);
        assert_eq!((&other["opens"], &other["automatic_opens"], &other["clicks"]), (&json!(0), &json!(0), &json!(0)));
    }
}

#[tokio::test]
async fn report_csv_and_summary_say_the_same_as_the_history() {
    let (system, firm, _history) = told().await;
    system.as_browser(&system.mail(SUBJECT, ANN).await.pixel()).await;
    let history = firm.history("1042").await;
    let rows = firm.report("").await;
    assert_eq!(rows.len(), 4);
    for row in &rows {
        let own = recipient(&history, row["recipient"].as_str().unwrap());
        let fields = "recipient kind address sent_status evidence opens automatic_opens clicks automatic_clicks \
                      last_opened_at reason next_action";
        for field in fields.split_whitespace() {
            assert_eq!(row[field], own[field], "{field} of {row:#}");
        }
        let send = &history["sends"][0];
        for field in ["send", "subject", "submitted_at"] {
            assert_eq!(row[field], send[field], "{field} of {row:#}");
        }
        let facts = [("invoice", "1042"), ("number", "1042"), ("client", "client-7"), ("client_name", "Acme")];
        for (field, expected) in facts {
            assert_eq!(row[field], expected, "{field} of {row:#}");
        }
    }

    let csv = firm.get("/v1/reports/invoice-emails?format=csv").await;
    assert_eq!(csv.status, 200);
    assert!(csv.header("content-type").starts_with("text/csv"), "{}", csv.header("content-type"));
    let mut lines = csv::Reader::from_reader(csv.body.as_slice());
    let columns: Vec<String> = lines.headers().unwrap().iter().map(str::to_owned).collect();
    let records: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), rows.len());
    for (record, row) in records.iter().zip(&rows) {
        for (column, value) in columns.iter().zip(record) {
            let expected = match &row[column.as_str()] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(value, expected, "{column}");
        }
    }

    let total = json!({
        "recipients": 4, "queued": 0, "sent": 1, "rejected": 1, "delayed": 0, "marked_spam": 1, "opened": 1,
    });
    let summary = firm.get("/v1/reports/invoice-emails/summary").await.expect(200);
    assert_eq!(summary["total"], total, "{summary:#}");
    let mut day = total;
    day["day"] = json!(&history["sends"][0]["submitted_at"].as_str().unwrap()[..10]);
    let with_mails: Vec<_> = summary["days"].as_array().unwrap().iter().filter(|day| day["recipients"] != 0).collect();
    assert_eq!(with_mails, [&day]);
}

#[tokio::test]
async fn the_same_address_twice_gets_one_mail() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({
        "to": ["Ann <ann@example.com>, ANN@example.com;", ";;"], "cc": "ann@example.com; carl@example.com",
        "bcc": ["Carl@Example.com"], "subject": "Twice",
    });
    let accepted = firm.send("7", body).await;
    let positions: Vec<_> = accepted["recipients"].as_array().unwrap().iter().map(|one| &one["recipient"]).collect();
    assert_eq!(positions, ["to:0", "cc:0"], "{accepted:#}");
    firm.history_with("7", "delivered").await;
    assert_eq!(system.mailbox().await.len(), 2);
}

#[tokio::test]
async fn names_and_domains_of_the_world_travel() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let accepted = firm
        .send(
            "8",
            json!({ "to": "\"Müller, Jörg; Dr.\" <joerg@bücher.example>", "subject": "Überweisung für 8 – danke" }),
        )
        .await;
    assert_eq!(accepted["recipients"][0]["name"], "Müller, Jörg; Dr.");
    firm.history_with("8", "delivered").await;
    let mails = system.mailbox().await;
    assert_eq!(mails[0].to, "joerg@xn--bcher-kva.example");
    assert_eq!(mails[0].visible_to(), ["joerg@xn--bcher-kva.example"]);
    assert_eq!(mails[0].decoded_subject(), "Überweisung für 8 – danke");
    assert!(mails[0].headers().is_ascii());
}

#[tokio::test]
async fn own_html_and_text_replace_the_template_and_are_tracked_too() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({
        "to": ANN, "subject": "Own words", "text": "Own text",
        "html": "<html><body><p>Own words.</p><a href=\"https://portal.example.com/own?a=1&amp;b=2\">Pay</a></body></html>",
    });
    firm.send("9", body).await;
    let mail = system.mail("Own words", ANN).await;
    assert!(mail.html().contains("<p>Own words.</p>"), "{}", mail.html());
    assert!(mail.text().contains("Own text"));
    let click = system.as_browser(&mail.link()).await;
    assert_eq!((click.status, click.header("location")), (302, "https://portal.example.com/own?a=1&b=2"));
    assert_eq!(system.as_browser(&mail.pixel()).await.status, 200);
    let history = firm.history_when("9", "clicked", |history| history["evidence"] == "clicked").await;
    assert_eq!(recipient(&history, "to:0")["opens"], 1);
}

#[tokio::test]
async fn without_a_subject_the_invoices_number_makes_one() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let history = {
        firm.send("10", json!({ "to": ANN, "facts": { "number": "2026/10" } })).await;
        firm.history_with("10", "delivered").await
    };
    let subject = history["sends"][0]["subject"].as_str().unwrap();
    assert!(subject.starts_with("Invoice 2026/10"), "{subject}");
}
