//! The proof of an e-mail: what it says, what its digests are of, and that anybody can verify it.

mod digests;
mod showing;
mod signing;
mod verifying;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use tests::{Answer, Firm, System, api};

/// Where the proof of a send is.
fn path(invoice: &str, send: &str) -> String {
    format!("/v1/invoices/{invoice}/emails/{send}/proof")
}

async fn answer(firm: &Firm, invoice: &str, send: &str) -> Answer {
    firm.get(&path(invoice, send)).await
}

/// The proof of a send, as it is read.
async fn proof(firm: &Firm, invoice: &str, send: &str) -> Value {
    answer(firm, invoice, send).await.expect(200)["proof"].clone()
}

/// A recipient of a proof, `to:0` say.
fn one<'a>(proof: &'a Value, position: &str) -> &'a Value {
    let mut all = proof["recipients"].as_array().expect("recipients").iter();
    all.find(|one| one["recipient"] == position).unwrap_or_else(|| panic!("no {position} in {proof:#}"))
}

/// The first event of a status.
fn event<'a>(recipient: &'a Value, status: &str) -> &'a Value {
    let mut all = recipient["events"].as_array().expect("events").iter();
    all.find(|event| event["status"] == status).unwrap_or_else(|| panic!("no {status} in {recipient:#}"))
}

/// E-mails invoice 1 to Ann, and gives the send once it is delivered.
async fn delivered(firm: &Firm, subject: &str) -> String {
    let facts = json!({ "number": "1", "url": "https://portal.example.com/i/1" });
    let body = json!({ "to": "ann@example.com", "subject": subject, "facts": facts });
    let send = api::id(&firm.send("1", body).await);
    firm.history_with("1", "delivered").await;
    send
}

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// The bytes that a bundle's signature signs, verified by another implementation than ours, from the bundle alone.
fn verified(signature: &Value) -> Option<Vec<u8>> {
    let text = |name: &str| signature[name].as_str().unwrap();
    let key = VerifyingKey::from_bytes(&decoded(text("public_key")).try_into().unwrap()).unwrap();
    let parts: Vec<&str> = text("jws").split('.').collect();
    let [header, payload, mac] = parts[..] else { panic!("{signature}") };
    let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
    assert_eq!(header, json!({ "alg": "EdDSA", "kid": text("key_id") }));
    let signed = text("jws").rsplit_once('.').unwrap().0;
    let mac = Signature::from_bytes(&decoded(mac).try_into().unwrap());
    key.verify_strict(signed.as_bytes(), &mac).ok().map(|()| decoded(payload))
}

/// A system with one delivered e-mail to Ann.
async fn with_one() -> (System, Firm, String) {
    let system = System::start().await;
    let firm = system.firm("roe");
    let send = delivered(&firm, "Proved").await;
    (system, firm, send)
}
