//! The binaries that AWS runs, as processes and without the local stack: they start, take one event of their
//! trigger, and answer it; and they refuse to start with a message that names what is wrong.

use serde_json::{Value, json};
use tests::cloud::Cloud;
use tests::payload::{body_of, http, pairs, queued};
use tests::ses::{Event, Format, in_sns};
use tests::{api, binary, recipient, sorted_statuses, workspace};

/// What a topic hands to a function that it invokes itself: two fields are spelt differently there.
fn from_topic(message: &Value) -> Value {
    json!({ "Records": [{
        "EventSource": "aws:sns", "EventVersion": "1.0",
        "EventSubscriptionArn": "arn:aws:sns:eu-central-1:123456789012:events:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55",
        "Sns": {
            "Type": "Notification", "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
            "TopicArn": "arn:aws:sns:eu-central-1:123456789012:events", "Subject": null,
            "Message": message.to_string(),
            "Timestamp": "2026-11-21T23:05:00.000Z", "SignatureVersion": "1", "Signature": "EXAMPLE",
            "SigningCertUrl": "https://sns.eu-central-1.amazonaws.com/cert.pem",
            "UnsubscribeUrl": "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
            "MessageAttributes": {},
        },
    }] })
}

#[tokio::test]
async fn the_binaries_carry_an_invoice_from_its_submission_to_the_report() {
    let cloud = Cloud::start().await;
    let variables = cloud.variables();
    let invoke = async |function, event| binary::invoke(function, &pairs(&variables), &event).await.unwrap();
    let emails = "/v1/invoices/1042/emails";
    let invoice = json!({ "invoice": "1042" });

    let body = json!({ "to": "ann@example.com", "subject": "From the binary", "facts": { "number": "1042" } });
    let mut submit = http("POST /v1/invoices/{invoice}/emails", emails, invoice.clone(), Some(&body));
    submit["headers"]["idempotency-key"] = json!("key");
    let accepted = body_of(&invoke("submit", submit.clone()).await, 202);
    assert_eq!(body_of(&invoke("submit", submit).await, 202), accepted, "another process knows the key too");

    let stream = cloud.to_be_sent().await;
    assert_eq!(stream["Records"].as_array().unwrap().len(), 1);
    for _ in 0..2 {
        // A stream may bring a record twice.
        assert_eq!(invoke("send", stream.clone()).await, json!({ "batchItemFailures": [] }));
    }
    let mails = cloud.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!((mail.to.as_str(), &mail.configuration_set), ("ann@example.com", &json!("invoices")));
    assert!(mail.pixel().starts_with("https://mail.example.com/o/"), "{}", mail.pixel());

    let batch = json!({ "Records": [
        queued("good", &Event::delivery(mail).body(Format::PublishedInSns)),
        queued("poison", "poison"),
        queued("set-up", &in_sns("Successfully validated SNS topic for Amazon SES event publishing.")),
    ] });
    assert_eq!(invoke("record", batch).await, json!({ "batchItemFailures": [{ "itemIdentifier": "poison" }] }));
    invoke("record", from_topic(&Event::complaint(mail, "abuse").published())).await;

    let token = mail.pixel().rsplit('/').next().unwrap().to_owned();
    let answer = invoke("track", http("ANY /o/{token}", &format!("/o/{token}"), json!({ "token": token }), None)).await;
    assert_eq!((&answer["statusCode"], &answer["isBase64Encoded"]), (&json!(200), &json!(true)), "{answer:#}");
    assert!(answer["body"].as_str().unwrap().starts_with("R0lGOD"), "a GIF in base64: {answer:#}");
    assert_eq!(answer["headers"]["strict-transport-security"], "max-age=31536000", "{answer:#}");

    let schedule = json!({
        "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event", "source": "aws.events",
        "account": "123456789012", "time": "2026-11-21T23:05:00Z", "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/every-five-minutes"], "detail": {},
    });
    invoke("watch", schedule).await;

    let read = invoke("report", http("GET /v1/invoices/{invoice}/emails", emails, invoice, None)).await;
    let history = body_of(&read, 200);
    assert_eq!(
        (&history["sends"][0]["send"], &history["sends"][0]["sent_by"]),
        (&json!(api::id(&accepted)), &json!("anna@roe.example"))
    );
    let ann = recipient(&history, "to:0");
    assert_eq!(sorted_statuses(ann), ["complained", "delivered", "opened", "processed"]);
    assert_eq!((&ann["sent_status"], &ann["opens"]), (&json!("marked_spam"), &json!(1)));
}

#[tokio::test]
async fn a_record_that_comes_again_while_ses_is_silent_sends_no_second_mail() {
    let cloud = Cloud::with_silent_ses().await;
    let mut variables = cloud.variables();
    variables.insert("SES_TIMEOUT_MS".to_owned(), "300".to_owned());
    let body = json!({ "to": "ann@example.com", "subject": "Silence" });
    let path = "/v1/invoices/1/emails";
    let submit = http("POST /v1/invoices/{invoice}/emails", path, json!({ "invoice": "1" }), Some(&body));
    body_of(&binary::invoke("submit", &pairs(&variables), &submit).await.unwrap(), 202);
    let stream = cloud.to_be_sent().await;
    for _ in 0..3 {
        let answer = binary::invoke("send", &pairs(&variables), &stream).await.unwrap();
        assert_eq!(answer, json!({ "batchItemFailures": [] }));
    }
    assert_eq!(cloud.mails().len(), 1, "the lease holds until SES's event, or its end");
}

#[tokio::test]
async fn the_binary_of_the_screens_needs_no_variable_and_packs_what_is_compressed_into_base64() {
    let ask = async |accepted: &str| {
        let parameters = json!({ "file": "invoice-email.js" });
        let mut request = http("GET /ui/{file}", "/ui/invoice-email.js", parameters, None);
        request["headers"]["accept-encoding"] = json!(accepted);
        binary::invoke("web", &[], &request).await.unwrap()
    };
    let plain = ask("identity").await;
    assert_eq!((&plain["statusCode"], &plain["isBase64Encoded"]), (&json!(200), &json!(false)), "{plain:#}");
    assert!(plain["body"].as_str().unwrap().starts_with("export "), "{plain:#}");
    let page = binary::invoke("web", &[], &http("GET /", "/", Value::Null, None)).await.unwrap();
    assert!(page["body"].as_str().unwrap().starts_with("<!doctype html>"), "{page:#}");
    let mut request = http("GET /", "/", Value::Null, None);
    request["headers"]["accept-encoding"] = json!("gzip");
    let packed = binary::invoke("web", &[], &request).await.unwrap();
    assert_eq!((&packed["headers"]["content-encoding"], &packed["isBase64Encoded"]), (&json!("gzip"), &json!(true)));
    // API Gateway adds no header of its own.
    assert_eq!(packed["headers"]["strict-transport-security"], "max-age=31536000", "{packed:#}");
    // The first bytes of every gzip file (RFC 1952, 2.3.1).
    assert!(packed["body"].as_str().unwrap().starts_with("H4sI"), "{packed:#}");
}

#[tokio::test]
async fn a_missing_variable_stops_the_start_by_its_name() {
    let all = Cloud::start().await.variables();
    let mut wrong = Vec::new();
    for function in workspace::functions() {
        if function == "web" {
            // It reads none.
            continue;
        }
        let mut needed = vec!["TABLE_NAME", "AWS_REGION"];
        needed.extend((!matches!(function.as_str(), "submit" | "follow" | "watch")).then_some("TOKEN_KEYS"));
        needed.extend((function == "follow").then_some("EVENT_BUS_NAME"));
        needed.extend(matches!(function.as_str(), "send" | "submit").then_some("FROM_ADDRESS"));
        if function == "send" {
            needed.extend(["TRACKING_BASE_URL", "CONFIGURATION_SET"]);
        }
        for name in needed {
            let mut variables = all.clone();
            variables.remove(name);
            let said = binary::fails_to_start(&function, &pairs(&variables)).await;
            if !said.as_ref().is_ok_and(|said| said.contains(name)) {
                wrong.push(format!("{function} without {name}: {said:?}"));
            }
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
}

#[tokio::test]
async fn a_malformed_variable_stops_the_start_by_its_name_and_no_secret_is_shown() {
    let all = Cloud::start().await.variables();
    let mut wrong = Vec::new();
    for (function, name, value) in [
        ("track", "TOKEN_KEYS", "c2VjcmV0LXdpdGhvdXQtYW4taWQ="),
        ("record", "TOKEN_KEYS", "new:c2VjcmV0!!!!"),
        ("send", "TOKEN_KEYS", "new:c2VjcmV0LXRoYXQtaXMtdG9vLXNob3J0"),
        ("report", "TOKEN_KEYS", ","),
        ("send", "FROM_ADDRESS", "nobody"),
        ("submit", "FROM_ADDRESS", "nobody"),
        ("send", "TRACKING_BASE_URL", "not a url"),
        ("send", "SES_TIMEOUT_MS", "soon"),
        ("send", "SEND_LEASE_SECONDS", "soon"),
        ("send", "SEND_LEASE_SECONDS", "-1"),
        ("follow", "EVENT_ADDRESSES", "perhaps"),
    ] {
        let mut variables = all.clone();
        variables.insert(name.to_owned(), value.to_owned());
        let said = binary::fails_to_start(function, &pairs(&variables)).await;
        // A part of a key in the log would be a leak.
        if !said.as_ref().is_ok_and(|said| said.contains(name) && !said.contains("c2VjcmV0")) {
            wrong.push(format!("{function} with {name}={value}: {said:?}"));
        }
    }
    assert_eq!(wrong, [] as [String; 0]);
}
