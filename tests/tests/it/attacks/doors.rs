//! Tokens of an issuer that says something odd about a client.

use serde_json::json;
use tests::System;

/// Claims that name no client; what would name one is tried in `firms` and `portal::strangers`.
fn odd_claims() -> Vec<String> {
    let odd = ["", "*", "a/b", "a b", "a#b", "..%2f", "ü", "null", "acme:x", "acme,other", "[acme]"];
    odd.map(str::to_owned).into_iter().chain(["c".repeat(65)]).collect()
}

#[tokio::test]
async fn whoever_has_the_claim_of_a_client_is_no_staff_whatever_it_says() {
    let system = System::start().await;
    let staff = system.firm("roe");
    staff.put("/v1/settings", &json!({ "allow_account_history": true })).await.expect(200);
    staff.send_to("1", "ann@example.com").await;
    system.settled().await;
    for claim in odd_claims() {
        let client = system.firm(&format!("roe:{claim}"));
        for path in
            ["/v1/settings", "/v1/invoices/1/emails", "/v1/reports/invoice-emails", "/v1/clients", "/v1/attention"]
        {
            let problem = client.get(path).await.problem(403);
            assert!(problem["detail"].as_str().unwrap().contains("a client's"), "{claim:?}, {path}: {problem}");
        }
        let mail = json!({ "to": "eve@example.com", "subject": "Mine" });
        client.submit("1", &mail).await.problem(403);
        client.put("/v1/settings", &json!({ "firm_name": "Mine" })).await.problem(403);
    }
    system.settled().await;
    assert_eq!(system.mailbox().await.len(), 1);
    assert_eq!(staff.get("/v1/settings").await.expect(200)["firm_name"], json!(null));
}

#[tokio::test]
async fn a_claim_that_names_no_client_shows_no_account() {
    let system = System::start().await;
    let staff = system.firm("roe");
    staff.put("/v1/settings", &json!({ "allow_account_history": true })).await.expect(200);
    for claim in odd_claims().into_iter().filter(|claim| claim != "null") {
        system.firm(&format!("roe:{claim}")).get("/v1/portal/account").await.problem(403);
    }
}
