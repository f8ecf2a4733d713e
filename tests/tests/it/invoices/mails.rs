//! What mails and reports say of an invoice that the portal has told of.

use serde_json::{Value, json};
use tests::{Firm, Mail, System, api};

use super::{PATH, all_facts, pay};

const ANN: &str = "ann@example.com";

/// E-mails the invoice to Ann; the mail.
async fn mailed(system: &System, firm: &Firm, subject: &str, facts: Value) -> Mail {
    firm.send("1042", json!({ "to": ANN, "subject": subject, "facts": facts })).await;
    system.mail(subject, ANN).await
}

/// Both parts of a mail have all of these and none of those.
fn says(mail: &Mail, all: &[&str], none: &[&str]) {
    for part in [mail.text(), mail.html()] {
        all.iter().for_each(|text| assert!(part.contains(text), "{text} is missing in {part}"));
        none.iter().for_each(|text| assert!(!part.contains(text), "{text} is in {part}"));
    }
}

/// A portal that shows what is left.
async fn displaying(system: &System) -> Firm {
    let firm = system.firm("roe");
    firm.put("/v1/settings", &json!({ "display_balances": true })).await.expect(200);
    firm
}

#[tokio::test]
async fn what_a_request_does_not_say_comes_from_the_stored_invoice() {
    let system = System::start().await;
    let firm = displaying(&system).await;
    firm.put(PATH, &all_facts()).await.expect(200);
    pay(&firm, PATH, "p1", "300.00").await.expect(201);
    firm.send("1042", json!({ "to": ANN })).await;
    let mail = system.mail("Invoice 2026/1042 from roe", ANN).await;
    says(&mail, &["2026/1042", "Acme", "1,250.00", "700.00", "1 December 2026"], &["1,000.00"]);
    let row = firm.report("?invoice=1042").await[0].clone();
    let said = ["number", "client", "client_name", "subject"].map(|name| row[name].as_str().unwrap().to_owned());
    assert_eq!(said, ["2026/1042", "c1", "Acme", "Invoice 2026/1042 from roe"]);
    assert_eq!(firm.report("?client=c1").await.len(), 1);

    // What is given wins, and the rest still comes from there.
    let given =
        json!({ "number": "7", "client": "c2", "client_name": "Bolt", "due_on": "2027-01-31", "balance": "1.50" });
    let mail = mailed(&system, &firm, "Given", given).await;
    says(&mail, &["Invoice 7", "Bolt", "1,250.00", "1.50", "31 January 2027"], &["2026/1042", "Acme", "700.00"]);
    let row = firm.report("?client=c2").await[0].clone();
    assert_eq!((&row["number"], &row["client"], &row["client_name"]), (&json!("7"), &json!("c2"), &json!("Bolt")));
    // Another client does not bear the stored one's name.
    let mail = mailed(&system, &firm, "Another's", json!({ "client": "c3" })).await;
    says(&mail, &["2026/1042"], &["Acme"]);
    assert_eq!(firm.report("?client=c3").await[0]["client_name"], Value::Null);
    // Nothing of it is written back.
    assert_eq!(firm.get(PATH).await.expect(200)["number"], "2026/1042");
}

#[tokio::test]
async fn an_amount_without_a_currency_is_in_the_stored_one_and_another_currency_stands_alone() {
    let system = System::start().await;
    let firm = displaying(&system).await;
    firm.put(PATH, &all_facts()).await.expect(200);
    let usd = mailed(&system, &firm, "Stored currency", json!({ "amount": "99.5" })).await;
    says(&usd, &["99.50", "1,000.00"], &["1,250.00"]);
    let yen = mailed(&system, &firm, "Yen", json!({ "currency": "JPY" })).await;
    says(&yen, &["2026/1042"], &["1,250", "1,000", "USD"]);
    let yen = mailed(&system, &firm, "Yen and amount", json!({ "currency": "JPY", "amount": "12345" })).await;
    says(&yen, &["12,345"], &["1,250", "1,000", "USD", "12,345."]);
    let same = mailed(&system, &firm, "Same", json!({ "currency": "USD", "balance": "5.00" })).await;
    says(&same, &["1,250.00", "5.00"], &["1,000.00"]);

    let submit = async |invoice: &'static str, facts: Value| {
        firm.submit(invoice, &json!({ "to": ANN, "subject": "Refused", "facts": facts })).await
    };
    submit("1042", json!({ "amount": "99.505" })).await.problem_at("body", "/facts/amount");
    submit("1042", json!({ "balance": "1.234" })).await.problem_at("body", "/facts/balance");
    submit("1042", json!({ "currency": "JPY", "amount": "1.5" })).await.problem_at("body", "/facts/amount");
    submit("unknown", json!({ "amount": "1.00" })).await.problem_at("body", "/facts/amount");
    assert!(system.mailbox().await.iter().all(|mail| mail.subject != "Refused"));
}

#[tokio::test]
async fn the_button_leads_to_the_clients_page_unless_the_request_has_an_address() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.put(PATH, &all_facts()).await.expect(200);
    let stored = mailed(&system, &firm, "Stored", json!({})).await;
    assert!(stored.page().contains("/p/"));
    assert_eq!((stored.maybe_link(), stored.links_in_text().len()), (None, 0));
    assert!(stored.text().contains(&stored.page()), "the text leads there, too");
    says(&stored, &["/p/"], &["portal.example.com"]);
    let url = "https://other.example.com/i/1042";
    let given = mailed(&system, &firm, "Given", json!({ "url": url })).await;
    assert_eq!((given.maybe_page(), given.links_in_text().len()), (None, 1));
    assert_eq!(system.as_browser(&given.link()).await.header("location"), url);
}

#[tokio::test]
async fn the_next_mail_after_a_payment_shows_what_is_left_even_if_it_is_an_old_one() {
    let system = System::start().await;
    let firm = displaying(&system).await;
    firm.put(PATH, &json!({ "number": "1042", "currency": "USD", "amount": "1250.00" })).await.expect(200);
    let body = json!({ "to": ANN, "subject": "First" });
    let send = api::id(&firm.send("1042", body).await);
    says(&system.mail("First", ANN).await, &["1,250.00"], &["1,000.00"]);
    system.settled().await;

    pay(&firm, PATH, "p1", "250.00").await.expect(201);
    says(&mailed(&system, &firm, "Second", json!({})).await, &["1,250.00", "1,000.00"], &[]);
    let again = json!({ "recipient": "to:0", "address": "ann@new.example" });
    let preview = firm.preview_resend("1042", &send, &again).await.expect(200);
    assert!(preview["text"].as_str().unwrap().contains("1,000.00"), "{preview}");
    let resent = api::id(&firm.resend("1042", &send, again).await.expect(202));
    says(&system.mail("First", "ann@new.example").await, &["1,250.00", "1,000.00"], &[]);
    system.settled().await;

    // Unless the firm shows it no more.
    pay(&firm, PATH, "p2", "400.00").await.expect(201);
    firm.put("/v1/settings", &json!({ "display_balances": false })).await.expect(200);
    let again = json!({ "recipient": "to:0", "address": "ann@newer.example" });
    firm.resend("1042", &resent, again).await.expect(202);
    says(&system.mail("First", "ann@newer.example").await, &["1,250.00"], &["1,000.00", "600.00"]);
}

#[tokio::test]
async fn an_old_mail_keeps_its_currency_when_it_is_sent_again() {
    let system = System::start().await;
    let firm = displaying(&system).await;
    firm.put(PATH, &json!({ "number": "1042", "currency": "USD", "amount": "1250.00" })).await.expect(200);
    let facts = json!({ "currency": "JPY", "amount": "180000", "balance": "170000" });
    let send = firm.send("1042", json!({ "to": ANN, "subject": "Yen", "facts": facts })).await;
    says(&system.mail("Yen", ANN).await, &["180,000", "170,000"], &["1,250"]);
    system.settled().await;
    let again = json!({ "recipient": "to:0", "address": "ann@new.example" });
    firm.resend("1042", &api::id(&send), again).await.expect(202);
    says(&system.mail("Yen", "ann@new.example").await, &["180,000", "170,000"], &["1,250"]);
}

#[tokio::test]
async fn amounts_are_written_with_the_digits_of_their_currency() {
    let system = System::start().await;
    let firm = displaying(&system).await;
    for (currency, amount, left, shown) in
        [("JPY", "125000", "25000", ["125,000", "25,000"]), ("KWD", "1250.5", "1000.125", ["1,250.500", "1,000.125"])]
    {
        firm.put(PATH, &json!({ "currency": currency, "amount": amount, "balance": left })).await.expect(200);
        let mail = mailed(&system, &firm, currency, json!({})).await;
        says(&mail, &shown, &["125,000.", "25,000."]);
    }
}
