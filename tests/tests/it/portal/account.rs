//! The account of a client who has signed in: all of its own invoices and payments, and nobody else's.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, System};

use super::{pay, set_up, tell};

const ACCOUNT: &str = "/v1/portal/account";

/// A firm that shows accounts.
async fn open(system: &System, name: &str) -> Firm {
    let firm = system.firm(name);
    set_up(&firm, json!({ "allow_account_history": true })).await;
    firm
}

/// A client's account.
async fn account(system: &System, firm: &str, client: &str) -> Value {
    system.firm(&format!("{firm}:{client}")).get(ACCOUNT).await.expect(200)
}

/// The ids of the invoices in an account, in its order.
fn invoices(account: &Value) -> Vec<&str> {
    account["invoices"].as_array().unwrap().iter().map(|invoice| invoice["invoice"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn it_is_for_clients_who_have_signed_in_where_the_firm_shows_it() {
    let system = System::start().await;
    let firm = system.firm("roe");
    tell(&firm, "1", &json!({ "client": "acme", "currency": "USD", "amount": "1.00" })).await;
    let client = system.firm("roe:acme");
    for settings in [json!({}), json!({ "display_balances": true }), json!({ "allow_account_history": false })] {
        set_up(&firm, settings).await;
        let problem = client.get(ACCOUNT).await.problem(403);
        assert!(problem["detail"].as_str().unwrap().contains("The firm does not show accounts"), "{problem}");
    }
    set_up(&firm, json!({ "allow_account_history": true })).await;
    assert_eq!(invoices(&client.get(ACCOUNT).await.expect(200)), ["1"]);
    let staff = firm.get(ACCOUNT).await.problem(403);
    assert!(staff["detail"].as_str().unwrap().contains("for the firm's clients"), "{staff}");
    for token in ["local::acme", "local:"] {
        Answer::of(system.request(Method::GET, ACCOUNT).bearer_auth(token)).await.problem(401);
    }
    for header in ["Bearer nonsense", "Basic cm9lOmFjbWU=", "Bearer", "roe:acme"] {
        let answer = Answer::of(system.request(Method::GET, ACCOUNT).header("authorization", header)).await;
        assert_eq!(answer.status, 401, "{header}");
    }
    for name in ["roe:ac me", "roe:../acme", &format!("roe:{}", "a".repeat(65))] {
        system.firm(name).get(ACCOUNT).await.problem(403);
    }
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let answer = Answer::of(client.request(method.clone(), ACCOUNT)).await;
        answer.problem(405);
        assert_eq!(answer.header("allow"), "GET", "{method}");
    }
    // Turned off again it is shut at once.
    set_up(&firm, json!({})).await;
    client.get(ACCOUNT).await.problem(403);
}

#[tokio::test]
async fn it_says_exactly_what_there_is() {
    let system = System::start().await;
    let firm = open(&system, "roe").await;
    firm.put("/v1/clients/acme", &json!({ "name": "Acme & Sons", "email": "ann@example.com" })).await.expect(200);
    let told = json!({
        "number": "2026-1", "client": "acme", "client_name": "Another name", "currency": "USD", "amount": "1250.00",
        "issued_on": "2026-10-01", "due_on": "2026-11-01", "url": "https://portal.example.com/i/1",
        "matter_email": "matter@example.com",
    });
    tell(&firm, "1", &told).await;
    tell(&firm, "2", &json!({ "client": "acme", "issued_on": "2026-11-02" })).await;
    firm.post("/v1/invoices/1/payments", &json!({ "id": "p1", "amount": "250.00", "paid_on": "2026-10-20" }))
        .await
        .expect(201);
    firm.post("/v1/invoices/1/payments", &json!({ "id": "p2", "amount": "0.50", "paid_on": "2026-11-20" }))
        .await
        .expect(201);
    let expected = json!({
        "client": "acme",
        "name": "Acme & Sons",
        "invoices": [
            { "invoice": "2", "number": null, "issued_on": "2026-11-02", "due_on": null, "currency": null, "amount": null,
              "balance": null },
            { "invoice": "1", "number": "2026-1", "issued_on": "2026-10-01", "due_on": "2026-11-01", "currency": "USD",
              "amount": "1250.00", "balance": "999.50" },
        ],
        "payments": [
            { "id": "p2", "invoice": "1", "paid_on": "2026-11-20", "currency": "USD", "amount": "0.50" },
            { "id": "p1", "invoice": "1", "paid_on": "2026-10-20", "currency": "USD", "amount": "250.00" },
        ],
        "outstanding": [{ "currency": "USD", "amount": "999.50" }],
    });
    let answer = system.firm("roe:acme").get(ACCOUNT).await;
    assert_eq!(answer.expect(200), expected);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.header("cache-control").contains("no-store"), "{:?}", answer.headers);
    assert!(!answer.text().contains("example.com"), "addresses are the firm's business");
    let empty = json!({ "client": "new", "name": null, "invoices": [], "payments": [], "outstanding": [] });
    assert_eq!(account(&system, "roe", "new").await, empty, "whom nothing was told of");
}

#[tokio::test]
async fn the_newest_stands_first_and_currencies_are_never_added_up() {
    let system = System::start().await;
    let firm = open(&system, "roe").await;
    for (invoice, issued_on, currency, amount) in [
        ("1", json!("2026-01-31"), "USD", "10.10"),
        ("2", json!("2026-11-02"), "JPY", "1050"),
        ("3", json!("2025-12-31"), "KWD", "1.005"),
        ("4", Value::Null, "USD", "0.20"),
        ("5", json!("2026-11-10"), "KWD", "0.995"),
        ("6", json!("2026-02-01"), "USD", "999999999999999.99"),
    ] {
        let told = json!({ "client": "acme", "issued_on": issued_on, "currency": currency, "amount": amount });
        tell(&firm, invoice, &told).await;
    }
    let all = account(&system, "roe", "acme").await;
    assert_eq!(invoices(&all), ["5", "2", "6", "1", "3", "4"], "those without a day are the oldest");
    let outstanding = json!([
        { "currency": "JPY", "amount": "1050" },
        { "currency": "KWD", "amount": "2.000" },
        { "currency": "USD", "amount": "1000000000000010.29" },
    ]);
    assert_eq!(all["outstanding"], outstanding);

    // Payments lower their own invoice's balance and the sum of their own currency, once for each id.
    pay(&firm, "2", "p1", "1000").await;
    pay(&firm, "3", "p1", "0.005").await;
    pay(&firm, "6", "p1", "999999999999999.99").await;
    let again = json!({ "id": "p1", "amount": "1000", "paid_on": "2026-11-20" });
    firm.post("/v1/invoices/2/payments", &again).await.expect(200);
    let paid = account(&system, "roe", "acme").await;
    let outstanding = json!([
        { "currency": "JPY", "amount": "50" },
        { "currency": "KWD", "amount": "1.995" },
        { "currency": "USD", "amount": "10.30" },
    ]);
    assert_eq!((&paid["outstanding"], paid["payments"].as_array().unwrap().len()), (&outstanding, 3));
    let balances: Vec<&Value> =
        paid["invoices"].as_array().unwrap().iter().map(|invoice| &invoice["balance"]).collect();
    assert_eq!(balances, ["0.995", "50", "0.00", "10.10", "1.000", "0.20"]);
}

#[tokio::test]
async fn nobody_elses_invoices_are_in_it() {
    let system = System::start().await;
    let (roe, doe) = (open(&system, "roe").await, open(&system, "doe").await);
    // Names that would run into each other if keys did.
    let clients = ["acme", "acme.1", "acme-1", "ACME", "a", "acm"];
    for (number, client) in clients.iter().enumerate() {
        let told = json!({ "client": client, "currency": "USD", "amount": "1.00", "issued_on": "2026-11-01" });
        tell(&roe, &format!("roe-{number}"), &told).await;
        pay(&roe, &format!("roe-{number}"), "p", "0.25").await;
    }
    tell(&doe, "roe-0", &json!({ "client": "acme", "currency": "EUR", "amount": "7.00" })).await;
    tell(&roe, "nobodys", &json!({ "currency": "USD", "amount": "5.00" })).await;
    for (number, client) in clients.iter().enumerate() {
        let account = account(&system, "roe", client).await;
        assert_eq!(invoices(&account), [format!("roe-{number}")], "{client}");
        assert_eq!(account["payments"].as_array().unwrap().len(), 1);
        assert_eq!(account["outstanding"], json!([{ "currency": "USD", "amount": "0.75" }]));
    }
    let other = account(&system, "doe", "acme").await;
    assert_eq!(other["outstanding"], json!([{ "currency": "EUR", "amount": "7.00" }]));
    for query in ["?client=acme-1", "?firm=doe", "?client=acme&client=a"] {
        let answer = system.firm("roe:acme").get(&format!("{ACCOUNT}{query}")).await;
        assert!(answer.status == 400 || invoices(&answer.expect(200)) == ["roe-0"], "{query}: {}", answer.text());
    }
}

#[tokio::test]
async fn an_invoice_that_moves_to_another_client_takes_its_payments_along() {
    let system = System::start().await;
    let firm = open(&system, "roe").await;
    let told =
        |client: Value| json!({ "client": client, "currency": "USD", "amount": "10.00", "issued_on": "2026-11-01" });
    tell(&firm, "1", &told(json!("old"))).await;
    pay(&firm, "1", "p1", "4.00").await;
    assert_eq!(invoices(&account(&system, "roe", "old").await), ["1"]);
    tell(&firm, "1", &told(json!("new"))).await;
    let (old, new) = (account(&system, "roe", "old").await, account(&system, "roe", "new").await);
    assert_eq!((&old["invoices"], &old["payments"], &old["outstanding"]), (&json!([]), &json!([]), &json!([])));
    assert_eq!((invoices(&new), &new["payments"][0]["id"]), (vec!["1"], &json!("p1")));
    assert_eq!(new["outstanding"], json!([{ "currency": "USD", "amount": "6.00" }]));
    // And from everybody's, where it names none any more.
    tell(&firm, "1", &told(Value::Null)).await;
    assert_eq!(invoices(&account(&system, "roe", "new").await), Vec::<&str>::new());
    // Another day puts it elsewhere in the order.
    tell(&firm, "2", &json!({ "client": "new", "issued_on": "2026-11-02" })).await;
    tell(&firm, "1", &json!({ "client": "new", "currency": "USD", "amount": "10.00", "issued_on": "2026-11-03" }))
        .await;
    assert_eq!(invoices(&account(&system, "roe", "new").await), ["1", "2"]);
}

#[tokio::test]
async fn a_table_in_trouble_is_no_empty_account() {
    let system = System::start().await;
    let firm = open(&system, "roe").await;
    tell(&firm, "1", &json!({ "client": "acme", "currency": "USD", "amount": "10.00" })).await;
    for fault in ["error", "throttle"] {
        system.faults(json!({ "table": { fault: 1_000 } })).await;
        system.firm("roe:acme").get(ACCOUNT).await.problem(503);
        system.faults(json!({})).await;
    }
    assert_eq!(invoices(&account(&system, "roe", "acme").await), ["1"]);
}
