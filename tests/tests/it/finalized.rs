//! The portal's event that an invoice is final, brought to the binary as EventBridge brings it; the same binary answers
//! HTTP requests as ever.

use serde_json::{Value, json};
use tests::binary;
use tests::cloud::Cloud;
use tests::payload::{body_of, http, pairs};

/// An event as EventBridge hands it over.
fn event(detail: &Value) -> Value {
    json!({
        "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Invoice Finalized",
        "source": "billing.portal", "account": "123456789012", "time": "2026-11-21T23:05:00Z", "region": "eu-central-1",
        "resources": [], "detail": detail,
    })
}

async fn invoke(cloud: &Cloud, event: &Value) -> Result<Value, String> {
    binary::invoke("submit", &pairs(&cloud.variables()), event).await
}

#[tokio::test]
async fn a_finalized_invoice_sends_nothing_where_nobody_asked_for_it() {
    let cloud = Cloud::start().await;
    cloud.door().requests();
    let answer = invoke(&cloud, &event(&json!({ "firm": "roe", "invoice": "1042" }))).await;
    assert_eq!(answer, Ok(json!({ "automatic": false, "send": null, "recipients": [], "skipped": [] })));
    assert_eq!(cloud.door().requests(), json!({ "BatchGetItem": 1 }), "whether anybody has");
}

#[tokio::test]
async fn a_finalized_invoice_is_mailed_where_the_firm_wants_it_by_whichever_door_it_is_told() {
    let cloud = Cloud::start().await;
    let variables = cloud.variables();
    let put = async |route: &str, path: &str, parameters: Value, body: Value| {
        let request = http(&format!("PUT {route}"), path, parameters, Some(&body));
        body_of(&binary::invoke("settings", &pairs(&variables), &request).await.unwrap(), 200);
    };
    let on = json!({ "firm_name": "Roe & Partners", "send_automatic_invoice_emails": true });
    put("/v1/settings", "/v1/settings", json!({}), on).await;
    let detail = json!({ "firm": "roe", "invoice": "1042" });
    let error = invoke(&cloud, &event(&detail)).await.unwrap_err();
    let reported: Value = serde_json::from_str(&error).unwrap();
    assert_eq!(reported["errorMessage"], "an invoice's finalization waits: nothing is known of the invoice");

    let done = "2026-01-01T09:00:00Z";
    let ann =
        json!({ "address": "ann@example.com", "invited_at": done, "accepted_at": done, "login_created_at": done });
    let acme = json!({ "email": "ann@example.com; bob@example.com", "contacts": [ann] });
    put("/v1/clients/{client}", "/v1/clients/acme", json!({ "client": "acme" }), acme).await;
    let invoice = json!({ "number": "2026-1042", "client": "acme" });
    put("/v1/invoices/{invoice}", "/v1/invoices/1042", json!({ "invoice": "1042" }), invoice).await;
    let answer = invoke(&cloud, &event(&detail)).await.unwrap();
    assert_eq!(answer["recipients"][0]["address"], "ann@example.com");
    let skipped = json!([{ "address": "bob@example.com", "reason": "not_invited", "since": null }]);
    assert_eq!((&answer["automatic"], &answer["skipped"]), (&json!(true), &skipped));

    let path = "/v1/invoices/1042/finalize";
    let request = http("POST /v1/invoices/{invoice}/finalize", path, json!({ "invoice": "1042" }), None);
    assert_eq!(body_of(&invoke(&cloud, &request).await.unwrap(), 202), answer);
    let stream = cloud.to_be_sent().await;
    binary::invoke("send", &pairs(&variables), &stream).await.unwrap();
    let mails = cloud.mails();
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ann@example.com"));
    assert_eq!(mails[0].decoded_subject(), "Invoice 2026-1042 from Roe & Partners");
    let page = mails[0].page();
    let token = page.strip_prefix("https://mail.example.com/p/").expect("a page of its own");
    let request = http("ANY /p/{token}", &format!("/p/{token}"), json!({ "token": token }), None);
    let shown = binary::invoke("portal", &pairs(&variables), &request).await.unwrap();
    assert_eq!(shown["statusCode"], 200, "{shown:#}");
    assert!(shown["body"].as_str().unwrap().contains("<h1>Invoice 2026-1042</h1>"), "{shown:#}");
}

#[tokio::test]
async fn a_malformed_event_fails_the_invocation_by_the_name_of_its_field() {
    let cloud = Cloud::start().await;
    let good = json!({ "firm": "roe", "invoice": "1042" });
    let with = |pointer: &str, value: Value| {
        let mut event = event(&good);
        *event.pointer_mut(pointer).unwrap() = value;
        event
    };
    for (event, field) in [
        (with("/detail/firm", json!("roe & partners")), "detail.firm"),
        (with("/detail/invoice", Value::Null), "detail.invoice"),
        (with("/detail", json!({ "firm": "roe" })), "detail.invoice"),
        (with("/detail-type", json!("Invoice Voided")), "detail-type"),
        (with("/source", json!("aws.events")), "source"),
        (json!({}), "source"),
        (json!("Invoice Finalized"), "source"),
    ] {
        let error = invoke(&cloud, &event).await.unwrap_err();
        let reported: Value = serde_json::from_str(&error).unwrap();
        let message = reported["errorMessage"].as_str().unwrap();
        assert!(message.starts_with(&format!("the event's {field} is ")), "{event}: {error}");
    }
}

#[tokio::test]
async fn requests_are_answered_beside_events() {
    let cloud = Cloud::start().await;
    let request = |body: &Value| {
        http("POST /v1/invoices/{invoice}/emails", "/v1/invoices/1042/emails", json!({ "invoice": "1042" }), Some(body))
    };
    let good = invoke(&cloud, &request(&json!({ "to": "ann@example.com", "subject": "By HTTP" }))).await.unwrap();
    assert_eq!(good["headers"]["content-type"], "application/json");
    assert_eq!(body_of(&good, 202)["recipients"][0]["address"], "ann@example.com");
    let refused = invoke(&cloud, &request(&json!({ "to": "nobody" }))).await.unwrap();
    assert_eq!(refused["headers"]["content-type"], "application/problem+json");
    assert_eq!(body_of(&refused, 400)["errors"][0]["pointer"], "/to");

    // A body in base64, which API Gateway makes of whatever it takes for binary.
    let mut encoded = request(&json!({}));
    let body = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        r#"{"to":"bob@example.com","subject":"Encoded"}"#,
    );
    encoded["body"] = json!(body);
    encoded["isBase64Encoded"] = json!(true);
    let answer = invoke(&cloud, &encoded).await.unwrap();
    assert_eq!(body_of(&answer, 202)["recipients"][0]["address"], "bob@example.com");

    // What looks like a request and is none is nobody's event.
    let error = invoke(&cloud, &json!({ "requestContext": {}, "source": "billing.portal" })).await.unwrap_err();
    assert!(error.contains("API Gateway"), "{error}");
}
