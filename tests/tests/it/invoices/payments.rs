//! Payments: each counts once, exactly, and what is left follows from them.

use serde_json::{Value, json};
use tests::{Firm, System};
use tokio::task::JoinSet;

use super::{PATH, balance, pay, payment};

/// Tells of the invoice: what it is about, and what is left if that is said.
async fn state(firm: &Firm, currency: &str, amount: &str, left: Option<&str>) -> Value {
    firm.put(PATH, &json!({ "currency": currency, "amount": amount, "balance": left })).await.expect(200)
}

#[tokio::test]
async fn a_payment_told_twice_counts_once() {
    let system = System::start().await;
    let firm = system.firm("roe");
    state(&firm, "USD", "1250.00", None).await;
    let first = pay(&firm, PATH, "p-1", "250.00").await;
    let told = first.expect(201);
    assert_eq!((&told["balance"], &told["payments"]), (&json!("1000.00"), &json!([payment("p-1", "250.00")])));
    // The same again, however the amount is written.
    for amount in ["250.00", "250", "250.0"] {
        let again = pay(&firm, PATH, "p-1", amount).await;
        assert_eq!((again.expect(200), again.header("etag")), (told.clone(), first.header("etag")));
    }
    // Something else under its id is another payment, and refused.
    pay(&firm, PATH, "p-1", "251.00").await.problem(409);
    let other_day = json!({ "id": "p-1", "amount": "250.00", "paid_on": "2026-11-21" });
    firm.post(&format!("{PATH}/payments"), &other_day).await.problem(409);
    assert_eq!(balance(&firm, PATH).await, "1000.00");
    // An id is the invoice's own, and case matters.
    pay(&firm, PATH, "P-1", "1.00").await.expect(201);
    firm.put("/v1/invoices/7", &json!({ "currency": "USD", "amount": "10.00" })).await.expect(200);
    pay(&firm, "/v1/invoices/7", "p-1", "4.00").await.expect(201);
    assert_eq!(balance(&firm, "/v1/invoices/7").await, "6.00");
    assert_eq!(balance(&firm, PATH).await, "999.00");
}

#[tokio::test]
async fn eight_at_once_are_one_payment() {
    let system = System::start().await;
    let firm = system.firm("roe");
    state(&firm, "USD", "1250.00", None).await;
    let mut paying = JoinSet::new();
    for _ in 0..8 {
        let firm = firm.clone();
        paying.spawn(async move { pay(&firm, PATH, "p1", "250.00").await });
    }
    let answers = paying.join_all().await;
    // Those that meet have all made it, the others have found it.
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 201)), "{answers:?}");
    let told = firm.get(PATH).await.expect(200);
    assert!(answers.iter().all(|answer| answer.json() == told), "all are told the same");
    assert_eq!((&told["balance"], &told["payments"]), (&json!("1000.00"), &json!([payment("p1", "250.00")])));
}

#[tokio::test]
async fn different_payments_at_once_all_count() {
    let system = System::start().await;
    let firm = system.firm("roe");
    state(&firm, "USD", "1000.00", None).await;
    let mut paying = JoinSet::new();
    for number in 0..10 {
        let firm = firm.clone();
        paying.spawn(async move { pay(&firm, PATH, &format!("p{number}"), "10.01").await.expect(201) });
    }
    paying.join_all().await;
    let told = firm.get(PATH).await.expect(200);
    assert_eq!(told["payments"].as_array().unwrap().len(), 10);
    assert_eq!(told["balance"], "899.90");
}

#[tokio::test]
async fn what_is_no_payment_is_refused_by_the_name_of_the_field() {
    let system = System::start().await;
    let firm = system.firm("roe");
    state(&firm, "USD", "1250.00", None).await;
    for (field, wrong) in [
        ("amount", json!("10.005")),
        ("amount", json!("10.000")),
        ("amount", json!("0")),
        ("amount", json!("0.00")),
        ("amount", json!("-0")),
        ("amount", json!("-0.00")),
        ("amount", json!("")),
        ("amount", json!("ten")),
        ("amount", json!("1,000.00")),
        ("amount", json!("1e3")),
        ("amount", json!("+10")),
        ("amount", json!("010")),
        ("amount", json!("1234567890123456")),
        ("amount", json!(10)),
        ("amount", Value::Null),
        ("id", json!("")),
        ("id", json!("a b")),
        ("id", json!("p".repeat(65))),
        ("id", json!(7)),
        ("id", Value::Null),
        ("paid_on", json!("")),
        ("paid_on", json!("2026-02-30")),
        ("paid_on", json!("2026-11-20T10:00:00Z")),
        ("paid_on", json!(20_261_120)),
        ("paid_on", Value::Null),
        ("currency", json!("USD")),
    ] {
        let mut body = payment("p1", "10.00");
        body[field] = wrong.clone();
        let answer = firm.post(&format!("{PATH}/payments"), &body).await;
        let problem = answer.problem_at("body", &format!("/{field}"));
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{field} {wrong}: {problem}");
    }
    let nothing = firm.post(&format!("{PATH}/payments"), &json!({})).await;
    ["/id", "/amount", "/paid_on"].iter().for_each(|pointer| drop(nothing.problem_at("body", pointer)));
    assert_eq!(balance(&firm, PATH).await, "1250.00");
    pay(&firm, "/v1/invoices/unknown", "p1", "10.00").await.problem(404);

    // Without a currency nobody knows what was paid, though what is left was never told either.
    firm.put("/v1/invoices/7", &json!({ "number": "7" })).await.expect(200);
    pay(&firm, "/v1/invoices/7", "p1", "10.00").await.problem_at("body", "/amount");
    firm.put("/v1/invoices/7", &json!({ "currency": "USD" })).await.expect(200);
    let told = pay(&firm, "/v1/invoices/7", "p1", "10.00").await.expect(201);
    assert_eq!((&told["balance"], told["payments"].as_array().unwrap().len()), (&Value::Null, 1));
}

#[tokio::test]
async fn a_reversal_gives_back_what_was_paid_and_too_much_is_shown_as_it_is() {
    let system = System::start().await;
    let firm = system.firm("roe");
    state(&firm, "USD", "1250.00", None).await;
    for (id, amount, left) in [
        ("p1", "250.00", "1000.00"),
        ("p1-reversed", "-250.00", "1250.00"),
        ("p2", "1300", "-50.00"),
        ("p3", "-50", "0.00"),
    ] {
        assert_eq!(pay(&firm, PATH, id, amount).await.expect(201)["balance"], left, "{id}");
    }
    let told = firm.get(PATH).await.expect(200)["payments"].clone();
    assert_eq!(
        told,
        json!([
            payment("p1", "250.00"),
            payment("p1-reversed", "-250.00"),
            payment("p2", "1300"),
            payment("p3", "-50")
        ])
    );
}

#[tokio::test]
async fn amounts_have_the_digits_of_their_currency() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (path, currency, amount, paid, left, too_fine) in [
        ("/v1/invoices/jpy", "JPY", "125000", "1", "124999", "1.0"),
        ("/v1/invoices/kwd", "KWD", "1250.005", "0.001", "1250.004", "0.0001"),
        ("/v1/invoices/usd", "USD", "0.30", "0.10", "0.20", "0.001"),
        ("/v1/invoices/big", "USD", "999999999999999.99", "0.01", "999999999999999.98", "0.001"),
    ] {
        let told = firm.put(path, &json!({ "currency": currency, "amount": amount })).await.expect(200);
        assert_eq!((&told["amount"], &told["balance"]), (&json!(amount), &json!(amount)));
        pay(&firm, path, "p0", too_fine).await.problem_at("body", "/amount");
        assert_eq!(pay(&firm, path, "p1", paid).await.expect(201)["balance"], left, "{path}");
    }
    let cents = state(&firm, "USD", "1.00", None).await;
    assert_eq!(cents["balance"], "1.00");
    for number in 0..10 {
        pay(&firm, PATH, &format!("p{number}"), "0.10").await.expect(201);
    }
    assert_eq!(balance(&firm, PATH).await, "0.00", "ten tenths are one, exactly");
}

#[tokio::test]
async fn a_stated_balance_holds_as_of_its_statement_and_payments_lower_it() {
    let system = System::start().await;
    let firm = system.firm("roe");
    assert_eq!(state(&firm, "USD", "1250.00", Some("1000.00")).await["balance"], "1000.00");
    pay(&firm, PATH, "p1", "300.00").await.expect(201);
    assert_eq!(balance(&firm, PATH).await, "700.00");
    // Stated again it knows of that payment, and so does a repeat of the statement.
    for _ in 0..2 {
        assert_eq!(state(&firm, "USD", "1250.00", Some("690.00")).await["balance"], "690.00");
    }
    // So does a payment that is told again.
    pay(&firm, PATH, "p1", "300.00").await.expect(200);
    assert_eq!(balance(&firm, PATH).await, "690.00");
    assert_eq!(pay(&firm, PATH, "p2", "90.00").await.expect(201)["balance"], "600.00");
    // What GET answered can be stated as well.
    let mut got = firm.get(PATH).await.expect(200);
    got.as_object_mut().unwrap().remove("payments");
    assert_eq!(firm.put(PATH, &got).await.expect(200)["balance"], "600.00");
    assert_eq!(firm.put(PATH, &got).await.expect(200)["balance"], "600.00");
    // Without a balance it starts anew at the amount, less all payments there were.
    let told = state(&firm, "USD", "1250.00", None).await;
    assert_eq!((&told["balance"], told["payments"].as_array().unwrap().len()), (&json!("860.00"), 2));
    assert_eq!(state(&firm, "USD", "1300.00", None).await["balance"], "910.00");
    assert_eq!(pay(&firm, PATH, "p3", "10.00").await.expect(201)["balance"], "900.00");
    // A statement whose answer was lost, repeated after a payment, would hold what came between: it says so itself.
    assert_eq!(state(&firm, "USD", "1300.00", Some("900.00")).await["balance"], "900.00");
}

#[tokio::test]
async fn what_was_paid_in_a_currency_stays_in_it() {
    let system = System::start().await;
    let firm = system.firm("roe");
    state(&firm, "USD", "10.00", None).await;
    assert_eq!(state(&firm, "EUR", "10.00", None).await["currency"], "EUR", "nothing is paid yet");
    let paid = pay(&firm, PATH, "p1", "4.00").await;
    paid.expect(201);
    for body in [
        json!({ "currency": "USD", "amount": "10.00" }),
        json!({ "currency": "JPY" }),
        json!({}),
        json!({ "number": "1" }),
    ] {
        firm.put(PATH, &body).await.problem_at("body", "/currency");
    }
    firm.put_if("\"x\"", PATH, &json!({ "currency": "USD" })).await.problem(412);
    let after = firm.get(PATH).await;
    assert_eq!((after.expect(200), after.header("etag")), (paid.json(), paid.header("etag")));
    assert_eq!(state(&firm, "EUR", "12.00", None).await["balance"], "8.00");
}
