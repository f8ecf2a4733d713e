//! An invoice's facts: put whole, got as they are.

use serde_json::{Value, json};
use tests::{Answer, Firm, System};
use tokio::task::JoinSet;

use super::{PATH, all_facts, pay};

/// An invoice and its tag.
async fn read(firm: &Firm) -> (Value, String) {
    let answer = firm.get(PATH).await;
    let tag = answer.header("etag").to_owned();
    assert!(tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'), "a strong tag: {tag}");
    (answer.expect(200), tag)
}

/// As GET answers what was put.
fn answered(put: &Value) -> Value {
    let mut answer = json!({
        "invoice": "1042", "number": null, "client": null, "client_name": null, "currency": null, "amount": null,
        "balance": null, "due_on": null, "url": null, "issued_on": null, "matter_email": "", "payments": [],
    });
    answer.as_object_mut().unwrap().extend(put.as_object().unwrap().clone());
    answer
}

#[tokio::test]
async fn what_is_put_is_answered_and_got_and_what_is_missing_is_gone() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.get(PATH).await.problem(404);
    let put = firm.put(PATH, &all_facts()).await;
    assert_eq!(put.expect(200), answered(&all_facts()));
    assert_eq!(read(&firm).await, (answered(&all_facts()), put.header("etag").to_owned()));
    let again = firm.put(PATH, &all_facts()).await;
    assert_eq!((again.expect(200), again.header("etag")), (put.json(), put.header("etag")));

    let nulls: Value = all_facts().as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect();
    let empty: Value = all_facts().as_object().unwrap().keys().map(|name| (name.clone(), json!(""))).collect();
    for body in [json!({}), json!({ "invoice": "1042" }), nulls, empty] {
        firm.put(PATH, &all_facts()).await.expect(200);
        assert_eq!(firm.put(PATH, &body).await.expect(200), answered(&json!({})), "{body}");
        assert_eq!(read(&firm).await.0, answered(&json!({})));
    }
    // Without a balance all of the amount is to be paid, in the currency's digits.
    let amount = json!({ "currency": "USD", "amount": "1250.5" });
    let told = firm.put(PATH, &amount).await.expect(200);
    assert_eq!((&told["amount"], &told["balance"]), (&json!("1250.5"), &json!("1250.50")));
}

#[tokio::test]
async fn each_wrong_field_is_named_and_changes_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.put(PATH, &all_facts()).await.expect(200);
    let before = read(&firm).await;
    let many: Vec<String> = (0..51).map(|number| format!("p{number}@x.example")).collect();
    for (field, wrong) in [
        ("invoice", json!("1043")),
        ("invoice", json!(1042)),
        ("number", json!(1042)),
        ("number", json!("1\r\nBcc: eve@x.example")),
        ("number", json!("n".repeat(65))),
        ("client", json!("a/b")),
        ("client", json!("c".repeat(65))),
        ("client", json!(7)),
        ("client_name", json!("Acme\0")),
        ("client_name", json!("a".repeat(201))),
        ("currency", json!("dollars")),
        ("currency", json!("usd")),
        ("currency", json!("XAU")),
        ("amount", json!(1250)),
        ("amount", json!("1,250.00")),
        ("amount", json!("1250.005")),
        ("amount", json!("1e3")),
        ("amount", json!("1234567890123456")),
        ("balance", json!("a lot")),
        ("balance", json!("-0.00")),
        ("due_on", json!("2026-02-30")),
        ("due_on", json!("2026-12-01T00:00:00Z")),
        ("url", json!("javascript:alert(1)")),
        ("url", json!("/i/1042")),
        ("url", json!("https://portal.example.com/\r\nX: y")),
        ("issued_on", json!("1 November")),
        ("issued_on", json!("20261101")),
        ("issued_on", json!(20_261_101)),
        ("matter_email", json!("ann")),
        ("matter_email", json!({})),
        ("matter_email", json!("\"A\r\nBcc: e@x.example\" <a@x.example>")),
        ("matter_email", json!(many)),
        ("colour", json!("red")),
    ] {
        let mut body = all_facts();
        body[field] = wrong.clone();
        let problem = firm.put(PATH, &body).await.problem_at("body", &format!("/{field}"));
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{field} {wrong}: {problem}");
    }
    firm.put(PATH, &json!({ "amount": "10.00" })).await.problem_at("body", "/amount");
    assert_eq!(read(&firm).await, before);
    for path in ["/v1/invoices/a%20b", &format!("/v1/invoices/{}", "1".repeat(65))] {
        firm.get(path).await.problem_at("path", "invoice");
        firm.put(path, &json!({})).await.problem_at("path", "invoice");
        pay(&firm, path, "p1", "1.00").await.problem_at("path", "invoice");
    }
}

#[tokio::test]
async fn a_condition_that_fits_is_put_and_one_that_does_not_changes_nothing() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let numbered = |number: &str| json!({ "number": number, "currency": "USD", "amount": "10.00" });
    for condition in ["*", "\"x\"", "\"-\""] {
        firm.put_if(condition, PATH, &numbered("1")).await.problem(412);
    }
    firm.get(PATH).await.problem(404);
    let first = firm.put(PATH, &numbered("1")).await.header("etag").to_owned();
    let second = firm.put_if(&first, PATH, &numbered("2")).await;
    let repeated = firm.put_if(&first, PATH, &numbered("2")).await;
    assert_eq!((repeated.expect(200), repeated.header("etag")), (second.expect(200), second.header("etag")));
    firm.put_if(&first, PATH, &numbered("3")).await.problem(412);
    for malformed in ["", "x", "\"x"] {
        firm.put_if(malformed, PATH, &numbered("3")).await.problem_at("header", "If-Match");
    }
    assert_eq!(read(&firm).await.0["number"], "2");
    firm.put_if("*", PATH, &numbered("4")).await.expect(200);

    // A payment is a change that whoever states the invoice anew has to have seen.
    let before = read(&firm).await.1;
    let paid = pay(&firm, PATH, "p1", "1.00").await;
    paid.expect(201);
    let stale = json!({ "number": "5", "currency": "USD", "amount": "10.00", "balance": "10.00" });
    firm.put_if(&before, PATH, &stale).await.problem(412);
    assert_eq!(read(&firm).await, (paid.json(), paid.header("etag").to_owned()));
    firm.put_if(paid.header("etag"), PATH, &stale).await.expect(200);
}

#[tokio::test]
async fn of_ten_who_have_seen_the_same_one_wins() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let tag = firm.put(PATH, &all_facts()).await.header("etag").to_owned();
    let mut putting = JoinSet::new();
    for number in 0..10 {
        let (firm, tag) = (firm.clone(), tag.clone());
        putting.spawn(async move { firm.put_if(&tag, PATH, &json!({ "number": format!("{number}") })).await });
    }
    let answers = putting.join_all().await;
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 9));
    lost.iter().for_each(|answer| drop(answer.problem(412)));
    assert_eq!(read(&firm).await.0, won[0].json());
}

#[tokio::test]
async fn ten_who_have_seen_nothing_are_all_heard() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mut putting = JoinSet::new();
    for number in 0..10 {
        let firm = firm.clone();
        putting.spawn(async move { firm.put(PATH, &json!({ "number": format!("{number}") })).await.expect(200) });
    }
    let told = putting.join_all().await;
    let last = read(&firm).await.0;
    assert!(told.contains(&last), "one of them is the last: {last}");
}

#[tokio::test]
async fn a_firm_has_its_own() {
    let system = System::start().await;
    let names = ["roe", "roe.1", "ROE"];
    for name in names {
        let told = json!({ "number": name, "currency": "USD", "amount": "10.00" });
        system.firm(name).put(PATH, &told).await.expect(200);
    }
    pay(&system.firm("roe"), PATH, "p1", "4.00").await.expect(201);
    for (name, balance) in [("roe", "6.00"), ("roe.1", "10.00"), ("ROE", "10.00")] {
        let (told, _) = read(&system.firm(name)).await;
        assert_eq!((&told["number"], &told["balance"]), (&json!(name), &json!(balance)));
    }
    system.firm("r").get(PATH).await.problem(404);
    pay(&system.firm("r"), PATH, "p1", "4.00").await.problem(404);
}
