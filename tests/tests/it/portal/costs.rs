//! What the client's side asks of the table.

use reqwest::Method;
use serde_json::json;
use tests::cost::cost;
use tests::{Answer, api};

use super::{mailed, pay, press, started, tell};

#[tokio::test]
async fn the_page_is_one_read_and_one_write_whatever_was_before() {
    let (system, firm, mail) = started(json!({ "payment_url": "https://pay.example.com/{invoice}" })).await;
    let page = mail.page();
    let whole = json!({ "BatchGetItem": 1, "UpdateItem": 1 });
    let read = json!({ "BatchGetItem": 1 });
    let get = async || drop(system.as_browser(&page).await);
    let head = async || drop(Answer::of(system.request(Method::HEAD, &page)).await);
    let press_open = async || drop(press(&system, &page, "open").await);
    let press_nothing = async || drop(press(&system, &page, "nothing").await);
    for _ in 0..2 {
        assert_eq!(cost(&system, "portal", get).await, whole);
        assert_eq!(cost(&system, "portal", head).await, whole);
        assert_eq!(cost(&system, "portal", press_open).await, whole);
        assert_eq!(cost(&system, "portal", press_nothing).await, read);
        // The hundred-and-first costs no more than the first.
        for _ in 0..101 {
            press_open().await;
            get().await;
        }
    }
    let junk = async || drop(system.as_browser("/p/AAAA").await);
    assert_eq!(cost(&system, "portal", junk).await, json!({}), "what is no token is not looked for");
    let other_method = async || drop(Answer::of(system.request(Method::PUT, &page)).await);
    assert_eq!(cost(&system, "portal", other_method).await, json!({}));

    let send = firm.history("1042").await["sends"][0]["send"].as_str().unwrap().to_owned();
    let again = api::id(&firm.resend("1042", &send, json!({ "recipient": "to:0" })).await.expect(202));
    assert_ne!(again, send);
    assert_eq!(cost(&system, "portal", get).await, read, "nothing is written of whom nothing is shown");
    assert_eq!(cost(&system, "portal", press_open).await, read);
}

#[tokio::test]
async fn the_page_of_an_untracked_mail_is_one_read() {
    let system = tests::System::start().await;
    let firm = system.firm("roe");
    tell(&firm, "1042", &super::invoice()).await;
    let mail = mailed(&system, &firm, json!({ "track": false })).await;
    let get = async || drop(system.as_browser(&mail.page()).await);
    let press_open = async || drop(press(&system, &mail.page(), "open").await);
    assert_eq!(cost(&system, "portal", get).await, json!({ "BatchGetItem": 1 }));
    assert_eq!(cost(&system, "portal", press_open).await, json!({ "BatchGetItem": 1 }));
}

#[tokio::test]
async fn an_account_is_two_reads_and_a_query_however_many_invoices() {
    let system = tests::System::start().await;
    let firm = system.firm("roe");
    let client = system.firm("roe:acme");
    let account = async || drop(client.get("/v1/portal/account").await);
    let one_read = json!({ "GetItem": 1 });
    assert_eq!(cost(&system, "portal", account).await, one_read, "it is not shown");
    super::set_up(&firm, json!({ "allow_account_history": true })).await;
    let whole = json!({ "GetItem": 2, "Query": 1 });
    assert_eq!(cost(&system, "portal", account).await, whole);
    for number in 0..40 {
        tell(&firm, &number.to_string(), &json!({ "client": "acme", "currency": "USD", "amount": "10.00" })).await;
        pay(&firm, &number.to_string(), "p1", "1.00").await;
    }
    assert_eq!(cost(&system, "portal", account).await, whole);
    let staff = async || drop(firm.get("/v1/portal/account").await);
    assert_eq!(cost(&system, "portal", staff).await, json!({}));
}
