//! What settings, clients, invoices and reports ask of the table, counted on the wire.

use serde_json::{Value, json};
use tests::cost::cost;
use tests::{Answer, System};

use super::{PATH, all_set};

#[tokio::test]
async fn a_record_is_one_read_or_one_write() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let (one_read, one_write) = (json!({ "GetItem": 1 }), json!({ "PutItem": 1 }));
    // A retention time is looked after from then on.
    let with_retention = json!({ "PutItem": 1, "UpdateItem": 1 });
    let client = json!({ "name": "Acme", "email": "ann@x.example", "contacts": [{ "address": "ann@x.example" }] });
    for (path, content) in [(PATH, all_set()), ("/v1/clients/c1", client)] {
        // Made, replaced, repeated, and in place of the one that was seen.
        for condition in ["", "", "*"] {
            let spent = cost(&system, "settings", async || {
                let put = firm.request(reqwest::Method::PUT, path).json(&content);
                let put = if condition.is_empty() { put } else { put.header("if-match", condition) };
                Answer::of(put).await.expect(200);
            });
            assert_eq!(spent.await, if path == PATH { &with_retention } else { &one_write }.clone(), "{path}");
        }
        let spent = cost(&system, "settings", async || drop(firm.get(path).await.expect(200)));
        assert_eq!(spent.await, one_read, "{path}");
        let refused =
            cost(&system, "settings", async || drop(firm.put_if("\"x\"", path, &json!({})).await.problem(412)));
        assert_eq!(refused.await, one_write, "{path}: the condition is the write's own");
        let bad = cost(&system, "settings", async || drop(firm.put(path, &json!({ "x": 1 })).await.problem(400)));
        assert_eq!(bad.await, json!({}), "{path}: refused unread");
    }
    let list = cost(&system, "settings", async || drop(firm.get("/v1/clients").await.expect(200)));
    assert_eq!(list.await, json!({ "Query": 1 }));
}

#[tokio::test]
async fn an_invoice_and_a_payment_are_one_read_and_one_write() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let read_and_write = json!({ "GetItem": 1, "PutItem": 1 });
    let path = "/v1/invoices/1";
    for amount in ["10.00", "11.00"] {
        let content = json!({ "currency": "USD", "amount": amount });
        let put = cost(&system, "settings", async || drop(firm.put(path, &content).await.expect(200)));
        assert_eq!(put.await, read_and_write);
    }
    let payments = format!("{path}/payments");
    let payment = |amount: &str| json!({ "id": "p1", "amount": amount, "paid_on": "2026-11-20" });
    for (amount, status, expected) in [
        ("1.00", 201, read_and_write),
        ("1.00", 200, json!({ "GetItem": 1 })),
        ("2.00", 409, json!({ "GetItem": 1 })),
        ("0", 400, json!({})),
    ] {
        let pay = async || assert_eq!(firm.post(&payments, &payment(amount)).await.status, status);
        assert_eq!(cost(&system, "settings", pay).await, expected, "{amount} {status}");
    }
    let get = cost(&system, "settings", async || drop(firm.get(path).await.expect(200)));
    assert_eq!(get.await, json!({ "GetItem": 1 }));
}

#[tokio::test]
async fn a_send_to_stored_addresses_reads_them_and_no_more() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let to: Vec<String> = (0..50).map(|number| format!("p{number}@example.com")).collect();
    firm.put("/v1/clients/c1", &json!({ "email": to.join(";") })).await.expect(200);
    let facts = json!({ "number": "1", "client": "c1", "currency": "USD", "amount": "10.00" });
    firm.put("/v1/invoices/1", &facts).await.expect(200);
    let with_matter = json!({ "number": "2", "client": "c1", "client_name": "Acme", "matter_email": "m@example.com" });
    firm.put("/v1/invoices/2", &with_matter).await.expect(200);
    let send =
        async |invoice: &str, body: Value| cost(&system, "submit", async || drop(firm.send(invoice, body).await)).await;
    let named = send("1", json!({ "to": "ann@example.com" })).await;
    assert_eq!(
        named,
        json!({ "BatchGetItem": 1, "GetItem": 1, "TransactWriteItems": 1 }),
        "the client that only the stored invoice names is asked whether it wants to be tracked"
    );
    let most = json!({ "BatchGetItem": 2, "GetItem": 1, "TransactWriteItems": 1 });
    assert_eq!(send("1", json!({})).await, most);
    let of_matter = send("2", json!({})).await;
    assert_eq!((&of_matter["BatchGetItem"], &of_matter["TransactWriteItems"]), (&json!(2), &json!(1)));
    assert!(of_matter["GetItem"].as_u64().unwrap_or(0) <= 1, "{of_matter}");
}

#[tokio::test]
async fn the_firms_zone_is_read_for_the_first_page_of_a_report_only() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for invoice in ["1", "2", "3"] {
        firm.send_to(invoice, "ann@example.com").await;
    }
    system.settled().await;
    let today = firm.report("?limit=1").await[0]["submitted_at"].as_str().unwrap()[..10].to_owned();
    let path = format!("/v1/reports/invoice-emails?from={today}&to={today}&limit=1");
    let mut cursor = None;
    for page in 0..2 {
        let path_of_page = cursor.map_or_else(|| path.clone(), |cursor: String| format!("{path}&cursor={cursor}"));
        let mut next = None;
        let spent = cost(&system, "report", async || {
            next = firm.get(&path_of_page).await.expect(200)["next_cursor"].as_str().map(str::to_owned);
        })
        .await;
        assert_eq!(spent, if page == 0 { json!({ "GetItem": 1, "Query": 1 }) } else { json!({ "Query": 1 }) });
        cursor = next;
    }
    let own_zone = async || drop(firm.get(&format!("{path}&timezone=UTC")).await.expect(200));
    assert_eq!(cost(&system, "report", own_zone).await, json!({ "Query": 1 }));
}
