//! `cargo run -- verify FILE`: whether the proof of an e-mail holds, without the service that issued it.
//!
//! It takes a bundle as the API answers it, however its white space was changed since, or the signature alone as the
//! printed page has it.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::signing::{ALGORITHM, PublicKey};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

/// Why a file is no proof that holds.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum Unverified {
    /// It is a proof, or claims to be one, and this does not hold.
    #[error("{0}")]
    DoesNotHold(String),
    /// There is nothing to judge, or the means to judge it are missing.
    #[error("{0}")]
    NoVerdict(String),
}

fn does_not_hold(what: impl Into<String>) -> Unverified {
    Unverified::DoesNotHold(what.into())
}

/// A bundle; what it does not know is refused, because it would stand there unsigned.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    proof: Box<RawValue>,
    signature: Signature,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    algorithm: String,
    key_id: String,
    public_key: String,
    jws: String,
}

/// Verifies a file's bytes, with the public key or the id of the key that must have signed it, and tells in a few lines
/// what is proved.
///
/// # Errors
/// The proof does not hold, or there is no verdict.
pub fn verify(bytes: &[u8], expected: Option<&str>) -> Result<String, Unverified> {
    let text = std::str::from_utf8(bytes).map_err(|_| {
        if claims_to_be_a_bundle(&String::from_utf8_lossy(bytes)) {
            does_not_hold("The file is not text any more: a byte of it was changed.")
        } else {
            Unverified::NoVerdict("The file is no text.".to_owned())
        }
    })?;
    let alone: String = text.split_whitespace().collect();
    let (payload, key) = if is_jws(&alone) {
        verify_alone(&alone, expected)?
    } else if claims_to_be_a_bundle(text) {
        verify_bundle(text, expected)?
    } else {
        return Err(Unverified::NoVerdict(
            "The file is neither a proof as the API answers it nor the signature of one.".to_owned(),
        ));
    };
    let payload: Value = serde_json::from_slice(&payload)
        .map_err(|_| does_not_hold("What is signed is not the proof of an e-mail: it is no JSON."))?;
    if payload["version"] != 1 {
        return Err(does_not_hold(
            "What is signed is not the proof of an e-mail in a version that this program knows.",
        ));
    }
    Ok(told(&payload, key, expected.is_some()))
}

/// Whatever may have been a bundle before it was changed is judged as one.
fn claims_to_be_a_bundle(text: &str) -> bool {
    text.trim_start().starts_with('{') || text.contains("\"signature\"")
}

fn is_jws(text: &str) -> bool {
    let is_base64url = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    text.split('.').count() == 3 && text.split('.').all(|part| !part.is_empty() && is_base64url(part))
}

/// A signature without the readable part; only who gives the key can judge it.
fn verify_alone(jws: &str, expected: Option<&str>) -> Result<(Vec<u8>, PublicKey), Unverified> {
    let header = jws.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok()).unwrap_or_default();
    // A key's id looks like a key.
    let is_id = |expected: &str| String::from_utf8_lossy(&header).contains(expected);
    let Some(Ok(key)) = expected.filter(|expected| !is_id(expected)).map(str::parse::<PublicKey>) else {
        return Err(Unverified::NoVerdict(
            "A signature alone holds no key: give the public key that is printed beside it (not its id) by --key."
                .to_owned(),
        ));
    };
    let payload = key.verify(jws).map_err(|error| does_not_hold(format!("By this key, {error}.")))?;
    Ok((payload, key))
}

fn verify_bundle(text: &str, expected: Option<&str>) -> Result<(Vec<u8>, PublicKey), Unverified> {
    let Bundle { proof, signature } = serde_json::from_str(text)
        .map_err(|error| does_not_hold(format!("The file does not have the form of a proof: {error}.")))?;
    if signature.algorithm != ALGORITHM {
        return Err(does_not_hold(format!("The bundle names another algorithm than {ALGORITHM}.")));
    }
    let key: PublicKey =
        signature.public_key.parse().map_err(|error| does_not_hold(format!("The bundle's public_key {error}.")))?;
    if signature.key_id != key.id() {
        return Err(does_not_hold("The bundle's key_id is not the thumbprint of its public_key."));
    }
    if expected.is_some_and(|expected| expected != signature.key_id && expected != signature.public_key) {
        return Err(does_not_hold(format!("Another key signed it than the one that was given: {}.", signature.key_id)));
    }
    let payload = key.verify(&signature.jws).map_err(|error| does_not_hold(format!("It does not hold: {error}.")))?;
    if compact(proof.get()).as_bytes() != payload {
        return Err(does_not_hold(
            "The readable part is not the one that is signed: the signature itself holds, and what it signs differs from \
             what stands in `proof`.",
        ));
    }
    Ok((payload, key))
}

/// JSON without the white space between its parts: what programs change when they show it nicely.
fn compact(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    let keeps = |character: &char| {
        let keep = in_text || !character.is_ascii_whitespace();
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_text = !in_text,
            _ => {}
        }
        keep
    };
    json.chars().filter(keeps).collect()
}

/// Who, what and when.
fn told(proof: &Value, key: PublicKey, given: bool) -> String {
    let text = |name: &str| printable(proof[name].as_str().unwrap_or("none"));
    let mut lines = String::from("The proof holds: nothing of it was changed since it was signed.\n\n");
    let sent_by = proof["sent_by"].as_str().map(|name| format!(" by {}", printable(name))).unwrap_or_default();
    let tracked = if proof["tracked"] == true { "tracked" } else { "not tracked" };
    for (name, value) in [
        ("Firm", text("firm")),
        ("Invoice", format!("{}, e-mail {}", text("invoice"), text("send"))),
        ("Subject", text("subject")),
        ("Submitted", format!("{}, {}{sent_by}", text("submitted_at"), text("source"))),
        ("Issued", text("issued_at")),
        ("Opens", format!("{tracked}, judged by rules {}", text("ruleset"))),
    ] {
        // Writing to a text cannot fail.
        let _ = writeln!(lines, "  {name:<10} {value}");
    }
    for recipient in proof["recipients"].as_array().into_iter().flatten() {
        let of = |name: &str| printable(recipient[name].as_str().unwrap_or("none"));
        let (position, address) = (of("recipient"), of("address"));
        let _ = writeln!(lines, "  {position:<10} {address}: {}, evidence {}", of("sent_status"), of("evidence"));
    }
    let whose = if given { "the one that was given" } else { "the one inside: compare it with what the firm names" };
    let _ = writeln!(lines, "  {:<10} {} ({whose})", "Key", key.id());
    lines
}

/// A text that can do nothing to a terminal and hides nothing in it.
fn printable(text: &str) -> String {
    let turns = |character: char| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().fold(String::new(), |mut line, character| {
        if character.is_control() || turns(character) {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
        line
    })
}

#[cfg(test)]
mod tests;
