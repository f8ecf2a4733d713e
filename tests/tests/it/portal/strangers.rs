//! A client's token opens no door of the staff, whichever there are.

use serde_json::{Value, json};
use tests::template::Template;
use tests::{Answer, Firm, System};

use super::{invoice, mailed, pay, set_up, tell};

const BOUNCED: &str = "bounce@simulator.amazonses.com";

/// What staff could read, all of it.
async fn everything(system: &System, staff: &Firm) -> Vec<Value> {
    system.settled().await;
    let mut all = vec![json!(system.mailbox().await.len())];
    for path in [
        "/v1/settings",
        "/v1/clients",
        "/v1/clients/acme",
        "/v1/invoices/1042",
        "/v1/invoices/1042/emails",
        "/v1/invoices/final/emails",
        "/v1/reports/invoice-emails",
        "/v1/attention",
        "/v1/suppressions",
    ] {
        all.push(staff.get(path).await.expect(200));
    }
    all
}

/// A body with which staff would change something.
fn body(method: &str, path: &str) -> Option<Value> {
    Some(match (method, path.rsplit('/').next().unwrap()) {
        ("GET" | "DELETE", _) => return None,
        ("POST", "emails") => json!({ "to": "eve@example.com", "subject": "Mine" }),
        ("POST", "resend") => json!({ "recipient": "to:0", "address": "eve@example.com" }),
        ("POST", "preview") if path.contains("/resend/") => json!({ "recipient": "to:0" }),
        ("POST", "preview") => json!({ "to": "eve@example.com", "subject": "Mine" }),
        ("POST", "finalize") => json!({}),
        ("POST", "payments") => json!({ "id": "mine", "amount": "1.00", "paid_on": "2026-11-20" }),
        ("PUT", "settings") => json!({ "firm_name": "Mine" }),
        ("PUT", "{client}") => json!({ "name": "Mine", "email": "eve@example.com" }),
        ("PUT", "{invoice}") => json!({ "number": "mine", "client": "acme", "currency": "USD", "amount": "0.01" }),
        other => panic!("what would staff say to {other:?}?"),
    })
}

#[tokio::test]
async fn a_clients_token_is_refused_at_every_door_of_the_staff_and_changes_nothing() {
    let system = System::start().await;
    let staff = system.firm("roe");
    set_up(&staff, json!({ "send_automatic_invoice_emails": true, "allow_account_history": true })).await;
    let done = "2026-01-01T09:00:00Z";
    let ann = json!({
        "address": "ann@example.com", "invited_at": done, "accepted_at": done, "login_created_at": done,
    });
    let told = json!({ "name": "Acme", "email": "ann@example.com", "contacts": [ann] });
    staff.put("/v1/clients/acme", &told).await.expect(200);
    tell(&staff, "1042", &invoice()).await;
    tell(&staff, "final", &invoice()).await;
    pay(&staff, "1042", "p1", "1.00").await;
    mailed(&system, &staff, json!({})).await;
    let send = staff.send("1042", json!({ "to": BOUNCED, "subject": "Bounces" })).await["send"].clone();
    staff.attention_when("the bounce", |rows| rows.len() == 1).await;
    let before = everything(&system, &staff).await;

    let template = Template::read();
    let mut routes = template.guarded_routes();
    routes.retain(|(method, path)| *method != "ANY" && *path != "/v1/portal/account");
    assert!(routes.len() >= 19, "{routes:?}");
    let request = |firm: &Firm, method: &str, path: &str| {
        let invoice = if path.ends_with("/finalize") { "final" } else { "1042" };
        let values = [
            ("{invoice}", invoice),
            ("{send}", send.as_str().unwrap()),
            ("{client}", "acme"),
            ("{domain}", "x.example"),
        ];
        let filled =
            values.iter().fold(path.replace("{address}", BOUNCED), |path, (name, value)| path.replace(name, value));
        assert!(!filled.contains('{'), "{filled} has a parameter that this test does not know");
        let request = firm.request(method.parse().unwrap(), &filled);
        body(method, path).map_or(request.try_clone().unwrap(), |body| request.json(&body))
    };
    for (method, path) in &routes {
        for client in ["roe:acme", "roe:other", "doe:acme"] {
            let problem = Answer::of(request(&system.firm(client), method, path)).await.problem(403);
            assert!(problem["detail"].as_str().unwrap().contains("for the firm's staff"), "{method} {path}: {problem}");
        }
    }
    assert_eq!(everything(&system, &staff).await, before);

    // Each of these requests was good; only who made it was wrong. What a later one needs is changed last.
    let forgets = |path: &str| path == "/v1/recipients/{address}";
    routes
        .sort_by_key(|(method, path)| (forgets(path), *method == "PUT", *method == "POST", !path.ends_with("preview")));
    for (method, path) in routes {
        let answer = Answer::of(request(&staff, method, path)).await;
        assert!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.text());
    }
    let after = everything(&system, &staff).await;
    let unchanged: Vec<usize> = (0..before.len()).filter(|index| before[*index] == after[*index]).collect();
    assert_eq!(unchanged, Vec::<usize>::new(), "staff change all of it");
}

#[tokio::test]
async fn a_client_sees_the_account_and_whoever_has_the_link_the_page_and_neither_more() {
    let system = System::start().await;
    let staff = system.firm("roe");
    set_up(&staff, json!({ "allow_account_history": false })).await;
    tell(&staff, "1042", &invoice()).await;
    tell(&staff, "1043", &invoice()).await;
    let mail = mailed(&system, &staff, json!({})).await;
    // Where accounts are not shown only the linked invoice is.
    system.firm("roe:acme").get("/v1/portal/account").await.problem(403);
    let page = system.as_browser(&mail.page()).await;
    assert_eq!(page.status, 200);
    assert!(!page.text().contains("1043"));
    // The page's address is no token of the API, nor is a token of the API needed for it.
    let own = super::token(&mail.page());
    let as_bearer = system.request(reqwest::Method::GET, "/v1/portal/account").bearer_auth(own);
    assert_eq!(Answer::of(as_bearer).await.status, 401);
}
