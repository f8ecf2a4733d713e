//! `cargo run -- verify FILE`, as a process on files as people keep them.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;
use tests::binary;

use super::{answer, path, with_one};

struct Files(TempDir);

impl Files {
    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// The exit code and all that was written.
async fn verify(file: &str, more: &[&str]) -> (i32, String) {
    binary::run("local", &[&["verify", file], more].concat()).await
}

#[tokio::test]
async fn a_saved_proof_holds_a_changed_one_does_not_and_junk_is_none() {
    let (_system, firm, send) = with_one().await;
    let files = Files(TempDir::new().unwrap());
    let bundle = answer(&firm, "1", &send).await;
    let key = bundle.json()["signature"]["public_key"].as_str().unwrap().to_owned();
    let id = bundle.json()["signature"]["key_id"].as_str().unwrap().to_owned();
    let saved = files.write("saved.json", &bundle.body);
    for more in [vec![], vec!["--key", &key], vec!["--key", &id]] {
        let (code, said) = verify(&saved, &more).await;
        assert_eq!(code, 0, "{said}");
        for fact in ["The proof holds", "roe", &send, "Proved", "ann@example.com: sent, evidence delivered"] {
            assert!(said.contains(fact), "{fact} in {said}");
        }
    }
    let shown: Value = bundle.json();
    let changed = bundle.text().replacen("ann@example.com", "bob@example.com", 1);
    // An id begins with any character of base64url.
    let other = if id.starts_with('_') { "-" } else { "_" };
    let other_id = format!("{other}{}", &id[1..]);
    for (name, text, what) in [
        ("address.json", changed, "The readable part is not the one that is signed"),
        ("key.json", bundle.text().replacen(&id, &other_id, 1), "key_id"),
        ("cut.json", bundle.text()[..bundle.text().len() - 9].to_owned(), "does not have the form of a proof"),
        ("unsigned.json", format!("{{\"proof\":{}}}", shown["proof"]), "does not have the form of a proof"),
    ] {
        let (code, said) = verify(&files.write(name, text.as_bytes()), &[]).await;
        assert_eq!(code, 1, "{name}: {said}");
        assert!(said.contains("does NOT hold") && said.contains(what), "{name}: {said}");
    }
    let (code, said) = verify(&saved, &["--key", &"A".repeat(43)]).await;
    assert!(code == 1 && said.contains("Another key signed it"), "{said}");
    for file in [files.write("junk", b"junk"), files.write("empty", b""), "/nowhere/proof.json".to_owned()] {
        let (code, said) = verify(&file, &[]).await;
        assert_eq!(code, 2, "{file}: {said}");
    }
}

#[tokio::test]
async fn the_page_can_be_verified_by_the_signature_and_the_key_on_it() {
    let (_system, firm, send) = with_one().await;
    let page = firm.get(&format!("{}?format=html", path("1", &send))).await.text();
    let jws = page.split("aria-label=\"The signature\">").nth(1).unwrap().split('<').next().unwrap();
    let key = page.split("<dt>Public key</dt><dd><code>").nth(1).unwrap().split('<').next().unwrap();
    let files = Files(TempDir::new().unwrap());
    // In lines, as it is copied.
    let (first, second) = jws.split_at(jws.len() / 2);
    let copied = files.write("proof.jws", format!("{first}\n{second}\n").as_bytes());
    let (code, said) = verify(&copied, &["--key", key]).await;
    assert!(code == 0 && said.contains(&send), "{said}");
    let (code, said) = verify(&copied, &[]).await;
    assert!(code == 2 && said.contains("--key"), "{said}");
    let changed = files.write("changed.jws", jws.replacen("eyJ2", "eyJ3", 1).as_bytes());
    assert_eq!(verify(&changed, &["--key", key]).await.0, 1);
}
