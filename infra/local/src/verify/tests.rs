//! Proofs that hold, and whatever else may be in a file.
#![allow(clippy::unwrap_used)]

use super::*;
use domain::signing::SigningKey;
use serde_json::json;

fn key() -> SigningKey {
    SigningKey::of_seed(&[7; 32]).unwrap()
}

fn proof() -> Value {
    json!({
        "version": 1, "firm": "roe", "invoice": "1042", "send": "01K", "subject": "Ü \u{1b}[2J \u{202e}\"\\ x",
        "tracked": false, "ruleset": "2", "submitted_at": "t", "issued_at": "u", "source": "manual",
        "sent_by": "anna", "recipients": [{ "recipient": "to:0", "address": "ann@example.com",
        "sent_status": "sent", "evidence": "delivered" }],
    })
}

fn bundle(proof: &Value) -> String {
    let (payload, public) = (proof.to_string(), key().public());
    let signature = json!({
        "algorithm": ALGORITHM, "key_id": public.id(), "public_key": public.to_string(),
        "jws": key().sign(payload.as_bytes()),
    });
    format!(r#"{{"proof":{payload},"signature":{signature}}}"#)
}

#[test]
fn a_proof_that_holds_is_told_in_a_few_lines() {
    let told = verify(bundle(&proof()).as_bytes(), None).unwrap();
    for line in ["Firm       roe", "Invoice    1042, e-mail 01K", "Opens      not tracked", "manual by anna"] {
        assert!(told.contains(line), "{told}");
    }
    assert!(told.contains("to:0       ann@example.com: sent, evidence delivered"), "{told}");
    assert!(told.contains("Ü \\u{1b}[2J \\u{202e}"), "nothing turns or moves the terminal: {told}");
}

#[test]
fn white_space_may_change_and_nothing_else() {
    let pretty: Value = serde_json::from_str(&bundle(&proof())).unwrap();
    let pretty = serde_json::to_string_pretty(&pretty).unwrap();
    assert!(verify(pretty.as_bytes(), None).is_ok());
    let inside = bundle(&proof()).replacen("anna", "an na", 1);
    let Err(Unverified::DoesNotHold(what)) = verify(inside.as_bytes(), None) else { panic!("it was changed") };
    assert!(what.contains("The readable part is not the one that is signed"), "{what}");
}

#[test]
fn no_byte_can_be_another_one() {
    let whole = bundle(&proof()).into_bytes();
    for place in 0..whole.len() {
        for flip in [1, 2, 0x20, 0x80] {
            let mut changed = whole.clone();
            changed[place] ^= flip;
            assert!(matches!(verify(&changed, None), Err(Unverified::DoesNotHold(_))), "{place} {flip}");
        }
    }
}

#[test]
fn what_stands_there_unsigned_is_refused() {
    for (from, to) in [
        (r#""signature":{"#, r#""signature":{"note":"x","#),
        (r#"{"proof":"#, r#"{"note":"paid","proof":"#),
        (r#"{"proof":"#, r#"{"proof":{},"proof":"#),
        (r#""firm":"roe""#, r#""firm":"doe","firm":"roe""#),
    ] {
        let changed = bundle(&proof()).replacen(from, to, 1);
        assert!(matches!(verify(changed.as_bytes(), None), Err(Unverified::DoesNotHold(_))), "{to}");
    }
}

#[test]
fn the_key_can_be_named_in_two_ways() {
    let (public, other) = (key().public(), SigningKey::of_seed(&[8; 32]).unwrap().public());
    let whole = bundle(&proof());
    for expected in [public.to_string(), public.id()] {
        assert!(verify(whole.as_bytes(), Some(&expected)).is_ok());
    }
    for expected in [other.to_string(), other.id(), "junk".to_owned()] {
        let result = verify(whole.as_bytes(), Some(&expected));
        assert!(matches!(&result, Err(Unverified::DoesNotHold(what)) if what.contains("Another key")), "{result:?}");
    }
}

#[test]
fn a_signature_alone_needs_its_key() {
    let (public, jws) = (key().public(), key().sign(proof().to_string().as_bytes()));
    // As it is copied from paper.
    let copied = format!("{}\n  {}\r\n", &jws[..40], &jws[40..]);
    assert!(verify(copied.as_bytes(), Some(&public.to_string())).is_ok());
    for (text, expected) in [(&copied, None), (&copied, Some(public.id()))] {
        assert!(matches!(verify(text.as_bytes(), expected.as_deref()), Err(Unverified::NoVerdict(_))));
    }
    let other = SigningKey::of_seed(&[8; 32]).unwrap().public().to_string();
    assert!(matches!(verify(copied.as_bytes(), Some(&other)), Err(Unverified::DoesNotHold(_))));
}

#[test]
fn what_is_signed_must_be_a_proof() {
    for other in [json!({ "version": 2 }), json!([1]), json!({})] {
        assert!(matches!(verify(bundle(&other).as_bytes(), None), Err(Unverified::DoesNotHold(_))), "{other}");
    }
}

#[test]
fn junk_is_nothing_to_judge() {
    for junk in [b"".as_slice(), b"junk", b"a.b", b"\xff\xfe", b"%PDF-1.7"] {
        assert!(matches!(verify(junk, None), Err(Unverified::NoVerdict(_))), "{junk:?}");
    }
}
