//! Bodies that are made to cost: deep, large, packed, ambiguous, slow and endless ones.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::json;
use tests::{Answer, Firm, System};

use super::{raw, status};

/// Deeper than any stack that follows it by calling itself.
const LEVELS: usize = 10_000;

/// The doors that read JSON.
const DOORS: [(Method, &str); 6] = [
    (Method::POST, "/v1/invoices/1/emails"),
    (Method::POST, "/v1/invoices/1/emails/preview"),
    (Method::POST, "/v1/invoices/1/payments"),
    (Method::PUT, "/v1/invoices/1"),
    (Method::PUT, "/v1/settings"),
    (Method::PUT, "/v1/clients/acme"),
];

async fn ask(firm: &Firm, method: &Method, path: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = firm.request(method.clone(), path).header("content-type", "application/json");
    Answer::of(request.body(body)).await
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::best());
    packing.write_all(bytes).unwrap();
    packing.finish().unwrap()
}

#[tokio::test]
async fn json_of_ten_thousand_levels_is_refused_at_every_door() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let arrays = "[".repeat(LEVELS) + &"]".repeat(LEVELS);
    let objects = "{\"facts\":".repeat(LEVELS) + "1" + &"}".repeat(LEVELS);
    let within = format!("{{\"to\":{arrays},\"subject\":\"Deep\"}}");
    for (method, path) in DOORS {
        for body in [&arrays, &objects, &within, &"[".repeat(LEVELS)] {
            ask(&firm, &method, path, body.clone()).await.problem(400);
        }
    }
    // SES's events come through another door, and a JSON text within a JSON text.
    for message in [&objects, &json!({ "Type": "Notification", "Message": objects }).to_string()] {
        assert_eq!(system.bring(message.clone()).await, "failed");
    }
}

#[tokio::test]
async fn of_a_field_that_is_there_twice_the_last_counts_and_one_mail_goes() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = r#"{"to":"ann@example.com","subject":"First","to":"bob@example.com","subject":"Last"}"#;
    let accepted = ask(&firm, &Method::POST, "/v1/invoices/1/emails", body).await.expect(202);
    assert_eq!(accepted["recipients"].as_array().unwrap().len(), 1);
    system.mail("Last", "bob@example.com").await;
    assert_eq!(system.mailbox().await.len(), 1);
}

#[tokio::test]
async fn numbers_that_nothing_holds_are_refused_at_their_place() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let settings = Method::PUT;
    for number in ["1e400", "-1e400", "99999999999999999999999999", "1e-400", "-1", "0.5", "36500000"] {
        let body = format!("{{\"retention_days\":{number}}}");
        ask(&firm, &settings, "/v1/settings", body).await.problem(400);
    }
    let digits = "9".repeat(100_000);
    for body in [format!("{{\"retention_days\":{digits}}}"), format!("{{\"retention_days\":1.{digits}}}")] {
        ask(&firm, &settings, "/v1/settings", body).await.problem(400);
    }
    for amount in [digits.as_str(), "1e9", "0x10", "NaN", "Infinity", "-0x1", "٣"] {
        let facts = json!({ "currency": "USD", "amount": amount });
        firm.put("/v1/invoices/1", &facts).await.problem_at("body", "/amount");
    }
}

#[tokio::test]
async fn nothing_that_is_packed_is_unpacked() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let good = packed(json!({ "to": "ann@example.com", "subject": "Packed" }).to_string().as_bytes());
    // 200 MB in 200 KB; it could be packed again, into less.
    let bomb = packed(&packed(&vec![b' '; 200 * 1024 * 1024]));
    for (method, path) in DOORS {
        for (coding, body) in
            [("gzip", &good), ("gzip", &bomb), ("deflate", &good), ("br", &good), ("gzip, gzip", &bomb)]
        {
            let request = firm.request(method.clone(), path).header("content-type", "application/json");
            let answer = Answer::of(request.header("content-encoding", coding).body(body.clone())).await;
            answer.problem(415);
        }
    }
    system.settled().await;
    assert!(system.mailbox().await.is_empty());
}

#[tokio::test]
async fn a_form_of_six_megabytes_is_read_by_no_page() {
    let system = System::start().await;
    let firm = system.firm("roe");
    firm.send("1", json!({ "to": "ann@example.com", "subject": "Form", "facts": { "number": "1" } })).await;
    let mail = system.mail("Form", "ann@example.com").await;
    let large = format!("action=open&x={}", "x".repeat(6 * 1024 * 1024));
    let post = async |link: &str, body: String| {
        let request = system.request(Method::POST, link).header("content-type", "application/x-www-form-urlencoded");
        Answer::of(request.body(body)).await.status
    };
    assert_eq!(post(&mail.unsubscribe(), large.clone()).await, 200, "a body that says nothing is not looked at");
    for page in [format!("/p/{}", "A".repeat(80)), "/p/AAAA".to_owned()] {
        assert_eq!(post(&page, large.clone()).await, 404);
    }
}

#[tokio::test]
async fn two_lengths_are_one_request_at_most() {
    let system = System::start().await;
    let body = r#"{"to":"ann@example.com","subject":"Smuggled"}"#;
    let hidden = format!(
        "POST /v1/invoices/1/emails HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer local:roe\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let around = |lengths: &str, before: &str| {
        let head = "POST /v1/invoices/1/emails HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer local:roe\r\n";
        format!("{head}Content-Type: application/json\r\n{lengths}\r\n\r\n{before}{hidden}")
    };
    let both = format!("Content-Length: 2\r\nContent-Length: {}", hidden.len() + 2);
    for request in [
        around(&both, "{}"),
        around("Content-Length: 2, 2000", "{}"),
        around("Content-Length: -2", "{}"),
        around("Content-Length: 0x2", "{}"),
        around("Content-Length: 99999999999999999999999", "{}"),
        around("Transfer-Encoding: gzip\r\nContent-Length: 2", "{}"),
        around("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
    ] {
        let answer = raw(&system, request.as_bytes()).await;
        assert_eq!(status(&answer), 400, "{answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "what comes behind is nobody's: {answer}");
    }
    system.settled().await;
    assert!(system.mailbox().await.is_empty());
}

#[tokio::test]
async fn who_does_not_send_the_whole_is_cut_off_and_nothing_comes_of_it() {
    let system = System::start_impatient().await;
    let head = "POST /v1/invoices/1/emails HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer local:roe\r\n\
                Content-Type: application/json\r\nConnection: close\r\n";
    let body = r#"{"to":"ann@example.com","subject":"Slow"}"#;
    for request in [
        format!("{head}Content-Length: {}\r\n\r\n", body.len() + 1),
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len() + 1),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n", body.len()),
    ] {
        let answer = raw(&system, request.as_bytes()).await;
        assert_eq!(status(&answer), 408, "{answer}");
    }
    // Not even the headers come to an end.
    let answer = raw(&system, head.as_bytes()).await;
    assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
    system.settled().await;
    assert!(system.mailbox().await.is_empty());
}

#[tokio::test]
async fn a_body_without_an_end_is_refused_at_its_limit() {
    let system = System::start().await;
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
    let head = "POST /v1/invoices/1/emails HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer local:roe\r\n\
                Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    // More than is read and thrown away behind the ten megabytes that are the limit.
    let answer = raw(&system, (head.to_owned() + &chunk.repeat(100)).as_bytes()).await;
    assert!(answer.is_empty() || status(&answer) == 413, "{answer}");
    system.firm("roe").get("/v1/settings").await.expect(200);
}
