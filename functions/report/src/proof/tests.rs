//! What a proof says, and what its page says of it.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::rows::tests::{at, open, sent, with_events};
use crate::tests::KEYS;
use domain::client::{SkipReason, Skipped};
use domain::event::{Bounce, BounceType, Event, EventKind};
use domain::evidence::Agent;
use domain::facts::Facts;
use domain::ids::{Firm, Kind};
use domain::message::Look;
use domain::recipient::{Recipient, Source};
use domain::token::TokenKeys;
use serde_json::{Value, json};
use table::WholeSend;

const NOW: &str = "2026-11-22T09:00:00Z";

fn firm() -> Firm {
    "firm-a".parse().unwrap()
}

/// To Ann, delivered and opened by a machine and perhaps by her; to Bob, bounced.
fn whole() -> WholeSend {
    let delivered = EventKind::Delivered { detail: Some("250 <b>ok</b>".to_owned()) };
    let ann = sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0);
    let mut ann = with_events(ann, vec![("2026-11-21T10:00:01Z", EventKind::Processed)]);
    ann.log.extend([Event::new(at("2026-11-21T10:00:02Z"), delivered).with_source(Digest::of(b"record"))]);
    ann.log.opens.add(open("2026-11-21T10:00:03Z", Agent::AppleProxy));
    ann.log.opens.add(open("2026-11-21T11:00:00Z", Agent::Browser));
    ann.message_id = Some("0100-ann".to_owned());
    ann.message_sha256 = Some(Digest::of(b"MIME"));
    let bounce = EventKind::Bounce(Bounce {
        bounce_type: BounceType::Permanent,
        sub_type: "General".to_owned(),
        feedback_id: None,
        addresses: Vec::new(),
        detail: Some("550 no such user".to_owned()),
    });
    let bob = with_events(
        sent("1042", "2026-11-21T10:00:00Z", Kind::Bcc, 0),
        vec![("2026-11-21T10:00:01Z", EventKind::Processed), ("2026-11-21T10:00:05Z", bounce)],
    );
    WholeSend { recipients: vec![ann, bob], skipped: None }
}

fn content(message: Option<&str>) -> Content {
    Content {
        to: Vec::new(),
        cc: Vec::new(),
        subject: "Invoice 1042".to_owned(),
        firm_name: "Roe & Partners".to_owned(),
        message: message.map(str::to_owned),
        html: None,
        text: None,
        facts: Facts::default(),
        look: Look::default(),
    }
}

fn document(whole: &WholeSend) -> Value {
    let (firm, invoice) = (firm(), "1042".parse().unwrap());
    let send = sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0).key.send;
    let digest = Some(body_digest(&content(None)).unwrap());
    serde_json::to_value(Proof::of(&firm, &invoice, send, whole, digest, Ruleset::CURRENT, at(NOW))).unwrap()
}

fn page(whole: &WholeSend, zone: &str) -> String {
    let (firm, invoice) = (firm(), "1042".parse().unwrap());
    let send = sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0).key.send;
    let proof = Proof::of(&firm, &invoice, send, whole, None, Ruleset::CURRENT, at(NOW));
    let key = TokenKeys::parse(KEYS).unwrap().signing_key().unwrap();
    let signature = Signature::of(&serde_json::to_string(&proof).unwrap(), &key);
    let page = page::html(&proof, &signature, "Roe & Partners", &zone.parse().unwrap(), 7).unwrap();
    assert!(page.text.contains(&signature.jws) && page.text.contains(&signature.key_id));
    page.text
}

fn untracked(mut whole: WholeSend) -> WholeSend {
    for recipient in &mut whole.recipients {
        *recipient = Recipient { tracked: false, ..recipient.clone() };
        recipient.log.opens = Default::default();
    }
    whole
}

#[test]
fn a_proof_says_what_is_known_and_from_where() {
    let proof = document(&whole());
    assert_eq!((&proof["version"], &proof["issued_at"]), (&json!(1), &json!("2026-11-22T09:00:00.000Z")));
    let ann = &proof["recipients"][0];
    assert_eq!(ann["message_sha256"], Digest::of(b"MIME").to_string());
    let events = ann["events"].as_array().unwrap();
    let shown: Vec<_> =
        events.iter().map(|event| (event["status"].as_str().unwrap(), event.get("source_sha256"))).collect();
    let record = json!(Digest::of(b"record").to_string());
    assert_eq!(shown, [("processed", None), ("delivered", Some(&record)), ("opened", None), ("opened", None)]);
    assert_eq!((&events[2]["automatic"], &events[2]["detail"]), (&json!(true), &Value::Null));
    let rules: Vec<&str> = proof["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(rules.len(), 2);
    assert!(
        rules.contains(&events[2]["rule"].as_str().unwrap()) && rules.contains(&events[3]["rule"].as_str().unwrap())
    );
    let bob = &proof["recipients"][1];
    assert_eq!((&bob["recipient"], &bob["sent_status"]), (&json!("bcc:0"), &json!("rejected")));
    assert_eq!((&bob["message_sha256"], &bob["ses_message_id"]), (&Value::Null, &Value::Null));
    assert!(proof.get("skipped").is_none(), "it is no automatic send");
}

#[test]
fn an_automatic_send_says_whom_it_did_not_go_to() {
    let left_out =
        Skipped { address: "cid@example.com".parse().unwrap(), reason: SkipReason::NoLogin, since: Some(at(NOW)) };
    let to_nobody = WholeSend { recipients: Vec::new(), skipped: Some(vec![left_out]) };
    let proof = document(&to_nobody);
    assert_eq!(
        (&proof["source"], &proof["recipients"], &proof["tracked"]),
        (&json!("automatic"), &json!([]), &json!(false))
    );
    assert_eq!(
        proof["skipped"][0],
        json!({ "address": "cid@example.com", "reason": "no_login", "since": "2026-11-22T09:00:00.000Z" })
    );
    let page = page(&to_nobody, "UTC");
    assert!(page.contains("went to nobody") && page.contains("cid@example.com, who had no login"), "{page}");
    let mut all = whole();
    all.recipients.iter_mut().for_each(|recipient| recipient.source = Source::Automatic);
    assert_eq!(document(&all)["skipped"], json!([]));
}

#[test]
fn what_the_sender_wrote_has_a_digest_that_others_can_compute() {
    // printf '%s' '{"html":null,"message":"Dear \"Ann\",\nüber","subject":"Invoice 1042","text":null}' | sha256sum
    let canonical = r#"{"html":null,"message":"Dear \"Ann\",\nüber","subject":"Invoice 1042","text":null}"#;
    assert_eq!(body_digest(&content(Some("Dear \"Ann\",\nüber"))).unwrap(), Digest::of(canonical.as_bytes()));
    assert_ne!(body_digest(&content(Some(""))).unwrap(), body_digest(&content(None)).unwrap());
}

#[test]
fn the_page_tells_machines_from_people_and_escapes_what_others_wrote() {
    let page = page(&whole(), "America/New_York");
    for said in [
        "A machine loaded the e-mail",
        "The e-mail&#39;s image was loaded, possibly by a person",
        "Possibly: its image was loaded as when a person opens it",
        "Came back",
        "250 &#60;b&#62;ok&#60;/b&#62;",
        "21 November 2026, 05:00:00 (UTC-05:00)",
        "21 November 2026, 10:00:00 UTC",
        "Roe &#38; Partners",
        &Digest::of(b"record").to_string(),
        &Digest::of(b"MIME").to_string(),
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    for never in ["<script", "<b>ok", "http-equiv", "src=", "href=", "style=\"", "not opened"] {
        assert!(!page.contains(never), "{never} in {page}");
    }
}

#[test]
fn what_was_not_looked_for_was_not_missed() {
    let page = page(&untracked(whole()), "UTC");
    assert!(page.contains("<td>Not tracked</td>") && page.contains("nothing can be concluded"), "{page}");
    assert!(!page.contains("<td>Not seen") && !page.contains("Image loaded</dt>"), "{page}");
    let mut unseen = whole();
    unseen.recipients[0].log.opens = Default::default();
    let page = super::tests::page(&unseen, "UTC");
    assert!(page.contains("<td>Not seen</td>") && !page.contains("<td>Not tracked"), "{page}");
}

#[test]
fn a_page_may_load_nothing() {
    let (firm, invoice, whole) = (firm(), "1042".parse().unwrap(), whole());
    let proof = Proof::of(&firm, &invoice, whole.recipients[0].key.send, &whole, None, Ruleset::CURRENT, at(NOW));
    let signature = Signature::of("{}", &TokenKeys::parse(KEYS).unwrap().signing_key().unwrap());
    let response = page::html(&proof, &signature, "Roe", &"UTC".parse().unwrap(), 7).unwrap().into_response();
    let headers = response.headers();
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("default-src 'none';") && policy.ends_with(&format!("style-src 'nonce-{:032x}'", 7)),
        "{policy}"
    );
    for (name, value) in [("cache-control", "no-store"), ("x-robots-tag", "noindex, nofollow")] {
        assert_eq!(headers[name], value);
    }
}

#[test]
fn a_proof_is_whole_or_none() {
    assert!(fitting(5, 5).is_ok());
    assert_eq!(fitting(6, 5).unwrap_err().into_response().status(), 413);
}
