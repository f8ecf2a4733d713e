//! The signature, as others verify it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::digest::Digest;
use jiff::Timestamp;
use lambda::{Call, Environment};
use report::Report;
use serde_json::{Value, json};
use tests::cloud::Cloud;
use tests::payload::{answered, http, request};
use tests::written::{at, send_to};

use super::{answer, verified, with_one};

#[tokio::test]
async fn what_is_read_is_the_very_text_that_is_signed() {
    let (_system, firm, send) = with_one().await;
    let answer = answer(&firm, "1", &send).await;
    let (text, bundle) = (answer.text(), answer.json());
    let payload = String::from_utf8(verified(&bundle["signature"]).expect("it holds")).unwrap();
    assert!(text.starts_with(&format!("{{\"proof\":{payload},\"signature\":{{")), "{text}");
    assert_eq!(serde_json::from_str::<Value>(&payload).unwrap(), bundle["proof"]);
    // RFC 7638, 3: the members by the alphabet, without white space.
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":{}}}"#, bundle["signature"]["public_key"]);
    let thumbprint = URL_SAFE_NO_PAD.encode(Digest::of(jwk.as_bytes()).to_bytes());
    assert_eq!(bundle["signature"]["key_id"], thumbprint);
    assert_eq!(bundle["signature"]["algorithm"], "Ed25519");
}

#[tokio::test]
async fn no_byte_of_what_is_signed_can_be_another_one() {
    let (_system, firm, send) = with_one().await;
    let bundle = answer(&firm, "1", &send).await.expect(200);
    let parts: Vec<&str> = bundle["signature"]["jws"].as_str().unwrap().split('.').collect();
    let payload = verified(&bundle["signature"]).expect("it holds");
    for place in 0..payload.len() {
        let mut changed = payload.clone();
        changed[place] ^= 1;
        let mut signature = bundle["signature"].clone();
        signature["jws"] = json!(format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(changed), parts[2]));
        assert!(verified(&signature).is_none(), "{place}");
    }
}

/// The proof of the one e-mail, by a function with these keys.
async fn signed_with(cloud: &Cloud, keys: &str, event: &Value) -> Value {
    let mut variables = cloud.variables();
    variables.insert("TOKEN_KEYS".to_owned(), keys.to_owned());
    let report = Report::from_environment(&Environment::of(variables)).unwrap();
    let (status, bundle) = answered(&report.handle(request(event), Call::new(at(60), 0)).await);
    assert_eq!(status, 200, "{bundle}");
    bundle
}

#[tokio::test]
async fn an_older_keys_signature_holds_and_the_first_key_signs() {
    let cloud = Cloud::start().await;
    let key = send_to(&cloud.table(), "1042", "ann@example.com").await;
    let send = key.send.to_string();
    let (path, parameters) = (super::path("1042", &send), json!({ "invoice": "1042", "send": send }));
    let event = http("GET /v1/invoices/{invoice}/emails/{send}/proof", &path, parameters, None);
    let [old, new] = [[1; 32], [2; 32]].map(|bytes| format!("k{}:{}", bytes[0], STANDARD.encode(bytes)));
    let before = signed_with(&cloud, &old, &event).await;
    let rotated = signed_with(&cloud, &format!("{new},{old}"), &event).await;
    let after = signed_with(&cloud, &new, &event).await;
    assert_eq!(rotated, after, "the first key signs, and the same at the same time");
    assert_ne!(before["signature"]["key_id"], rotated["signature"]["key_id"]);
    for bundle in [&before, &rotated] {
        let payload = verified(&bundle["signature"]).expect("by the key inside it");
        assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), bundle["proof"]);
    }
    assert_eq!(before["proof"], rotated["proof"]);
    assert_eq!(before["proof"]["issued_at"].as_str().unwrap().parse::<Timestamp>().unwrap(), at(60));
}
