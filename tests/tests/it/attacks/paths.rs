//! Paths that try to be another one: written to the connection as they are, since clients put them right.

use tests::System;

use super::{raw, status};

async fn get(system: &System, path: &str, token: &str) -> String {
    let host = system.url().replace("http://", "");
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer local:{token}\r\n");
    raw(system, format!("{head}Connection: close\r\n\r\n").as_bytes()).await
}

#[tokio::test]
async fn a_path_is_never_another_ones() {
    let system = System::start().await;
    let staff = system.firm("roe");
    staff.send_to("1", "ann@example.com").await;
    let long = "a".repeat(60_000);
    for (path, expected) in [
        // Nothing is put right: an id of dots is an id, and what is no route is not found.
        ("/v1/portal/../settings", [404, 404]),
        ("/v1/portal/account/../../settings", [404, 404]),
        ("/v1/./settings", [404, 404]),
        ("//v1/settings", [404, 404]),
        ("/v1//settings", [404, 404]),
        ("/V1/settings", [404, 404]),
        ("/v1/settings%2f", [404, 404]),
        ("/v1%2fsettings", [404, 404]),
        ("/v1/settings;x=1", [404, 404]),
        ("/v1/settings%00", [404, 404]),
        // One step of decoding, and no second one.
        ("/v1/invoices/%252e%252e/emails", [400, 403]),
        ("/v1/invoices/1%252femails", [400, 403]),
        ("/v1/invoices/..%2f..%2fsettings/emails", [400, 403]),
        ("/v1/invoices/..%5c..%5csettings/emails", [400, 403]),
        ("/v1/invoices/1%00/emails", [400, 403]),
        ("/v1/invoices/1%0d%0aX-Evil:%201/emails", [400, 403]),
        ("/v1/invoices/%c0%ae%c0%ae/emails", [400, 403]),
        ("/v1/clients/%2e%2e%2f%2e%2e", [400, 403]),
        ("/v1/clients/report%23roe", [400, 403]),
        (&format!("/v1/invoices/{long}/emails"), [400, 403]),
        (&format!("/v1/domains/{long}"), [400, 403]),
        // Files are found by their names alone.
        ("/ui/../Cargo.toml", [404, 404]),
        ("/ui/..%2fCargo.toml", [404, 404]),
        ("/ui/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd", [404, 404]),
        ("/ui/..%5cCargo.toml", [404, 404]),
        ("/ui/%2fetc%2fpasswd", [404, 404]),
        ("/ui/invoice-email.js%00.css", [404, 404]),
        (&format!("/ui/{long}"), [404, 404]),
        // Readers see a picture, or a page that says what to do.
        ("/o/..%2f..%2fetc%2fpasswd.gif", [200, 200]),
        ("/o/%00.gif", [200, 200]),
        (&format!("/o/{long}.gif"), [200, 200]),
        ("/c/..%2f..%2fetc%2fpasswd", [404, 404]),
        ("/c/https:%2f%2fevil.example", [404, 404]),
        ("/c/%0d%0aLocation:%20https:%2f%2fevil.example", [404, 404]),
        (&format!("/c/{long}"), [404, 404]),
        (&format!("/u/{long}"), [404, 404]),
        (&format!("/p/{long}"), [404, 404]),
    ] {
        let shown: String = path.chars().take(60).collect();
        for (token, expected) in ["roe", "roe:acme"].into_iter().zip(expected) {
            let answer = get(&system, path, token).await;
            assert_eq!(status(&answer), expected, "{shown} of {token}: {answer}");
            for foreign in ["ann@example.com", "root:", "[workspace", "\r\nX-Evil", "\r\nLocation", "\r\nlocation"] {
                assert!(!answer.contains(foreign), "{shown} of {token} has {foreign:?}: {answer}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_http_ends_and_harms_nobody() {
    let system = System::start().await;
    for bytes in [
        &b"GET /v1/settings\x00 HTTP/1.1\r\nHost: x\r\n\r\n"[..],
        b"GET /v1/set tings HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /v1/settings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer local:roe\x00\r\n\r\n",
        b"GET /v1/settings HTTP/9.9\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n\r\n\r\n\r\nnothing\r\n\r\n",
    ] {
        let answer = raw(&system, bytes).await;
        assert!(answer.is_empty() || status(&answer) == 400, "{answer}");
    }
    // Too much before the end of the headers.
    let many: String = (0..2_000).map(|number| format!("X-{number}: x\r\n")).collect();
    let answer = raw(&system, format!("GET /v1/settings HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes()).await;
    assert!(matches!(status(&answer), 400 | 431), "{answer}");
    system.firm("roe").get("/v1/settings").await.expect(200);
}
