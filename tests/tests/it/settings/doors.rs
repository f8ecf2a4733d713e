//! Who may come in, and by which method: the routes of settings, clients, invoices and payments.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, System};

use super::{PATH, all_set};

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_405_with_those_it_has() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (path, has) in [
        (PATH, "GET, PUT"),
        ("/v1/clients", "GET"),
        ("/v1/clients/c1", "GET, PUT"),
        ("/v1/invoices/1", "GET, PUT"),
        ("/v1/invoices/1/payments", "POST"),
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if has.split(", ").any(|one| one == method.as_str()) {
                continue;
            }
            let answer = Answer::of(firm.request(method.clone(), path).json(&json!({}))).await;
            answer.problem(405);
            assert_eq!(answer.header("allow"), has, "{method} {path}");
        }
    }
    assert_eq!(firm.get("/v1/clients").await.expect(200)["rows"], json!([]));
}

/// All that the firm's staff see of what these routes change.
async fn seen(staff: &Firm) -> Vec<(Value, String)> {
    let mut all = Vec::new();
    for path in [PATH, "/v1/clients", "/v1/clients/c1", "/v1/invoices/1"] {
        let answer = staff.get(path).await;
        all.push((answer.expect(200), answer.header("etag").to_owned()));
    }
    all
}

#[tokio::test]
async fn a_clients_token_opens_none_of_them_and_changes_nothing() {
    let system = System::start().await;
    let staff = system.firm("roe");
    let client = json!({ "name": "Acme", "email": "ann@secret.example" });
    let invoice = json!({ "number": "1042", "client": "c1", "currency": "USD", "amount": "10.00" });
    let payment = json!({ "id": "p1", "amount": "1.00", "paid_on": "2026-11-20" });
    staff.put(PATH, &all_set()).await.expect(200);
    staff.put("/v1/clients/c1", &client).await.expect(200);
    staff.put("/v1/invoices/1", &invoice).await.expect(200);
    staff.post("/v1/invoices/1/payments", &payment).await.expect(201);
    let before = seen(&staff).await;

    // The client's own, another client's, and one whose claim is none.
    for token in ["roe:c1", "roe:c2"] {
        let caller = system.firm(token);
        for (method, path, body) in [
            (Method::GET, PATH, None),
            (Method::PUT, PATH, Some(json!({ "firm_name": "Mine" }))),
            (Method::GET, "/v1/clients", None),
            (Method::GET, "/v1/clients/c1", None),
            (Method::PUT, "/v1/clients/c1", Some(json!({ "name": "Mine" }))),
            (Method::PUT, "/v1/clients/new", Some(json!({ "name": "Mine" }))),
            (Method::GET, "/v1/invoices/1", None),
            (Method::PUT, "/v1/invoices/1", Some(json!({ "number": "Mine" }))),
            (
                Method::POST,
                "/v1/invoices/1/payments",
                Some(json!({ "id": "p2", "amount": "9.00", "paid_on": "2026-11-20" })),
            ),
            (Method::GET, "/v1/suppressions", None),
            (Method::DELETE, "/v1/suppressions/ann%40secret.example", None),
            // Nor does it learn what would be wrong, or what there is.
            (Method::PUT, PATH, Some(json!({ "firm_name": 7 }))),
            (Method::GET, "/v1/clients/unknown", None),
            (Method::POST, "/v1/invoices/unknown/payments", Some(json!({}))),
        ] {
            let request = caller.request(method.clone(), path);
            let request = body.iter().fold(request, |request, body| request.json(body));
            let answer = Answer::of(request).await;
            let problem = answer.problem(403).to_string();
            assert!(!problem.contains("secret") && !problem.contains("Mine"), "{method} {path}: {problem}");
            assert_eq!(answer.header("etag"), "", "{method} {path}");
        }
    }
    assert_eq!(seen(&staff).await, before);
}

#[tokio::test]
async fn without_a_firm_there_is_nothing() {
    let system = System::start().await;
    for (method, path) in [(Method::GET, PATH), (Method::PUT, PATH), (Method::GET, "/v1/clients")] {
        let request = system.request(method, path).bearer_auth("nobody").json(&json!({}));
        assert_eq!(Answer::of(request).await.status, 401, "{path}");
    }
}
