//! The search of all lines that functions write during the journeys: it finds what no line may tell, lets pass what lines
//! do tell, and fails the journey in which one tells too much.

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::token::Purpose;
use tests::System;
use tests::cloud::Cloud;
use tests::secrecy::told;
use tests::written::send_to;

#[tokio::test]
async fn what_no_line_may_tell_is_found() {
    let cloud = Cloud::start().await;
    let key = send_to(&cloud.table(), "1", "ann@example.com").await;
    let variables = cloud.variables();
    let keys = cloud.environment().token_keys().unwrap();
    for purpose in [Purpose::Tag, Purpose::Open, Purpose::Unsubscribe, Purpose::Portal] {
        let token = keys.seal_recipient(purpose, &key);
        assert_eq!(told(&format!("token={token} opened nothing")), Some("a token"), "{purpose:?}");
        assert_eq!(told(&format!("GET /o/{token}.gif")), Some("a link of a mail"));
    }
    for (line, what) in [
        ("not delivered to ann@example.com", "an e-mail address"),
        ("to=Ann.O'Neill+x@mail.example.co.uk: refused", "an e-mail address"),
        ("DELETE /v1/suppressions/ann%40example.com", "an e-mail address"),
        ("headers: {authorization: x}", "an authorization"),
        ("Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "an authorization"),
        ("credentials AKIAIOSFODNN7EXAMPLE were refused", "a key of AWS"),
        ("AWS4-HMAC-SHA256 Credential=x", "a key of AWS"),
        ("from 203.0.113.7", "an IP address"),
        ("peer=203.0.113.7:443,", "an IP address"),
        ("from \"2001:db8::7\"", "an IP address"),
        ("peer [2001:db8::7]:443", "an IP address"),
        ("from 127.0.7.1.", "an IP address"),
    ] {
        assert_eq!(told(line), Some(what), "{line}");
    }
    assert_eq!(told(&format!("TOKEN_KEYS is {}", variables["TOKEN_KEYS"])), Some("a key of tokens"));
}

#[test]
fn what_lines_do_tell_passes() {
    for line in [
        "ERROR a recipient could not be worked on error=the table is busy: service error recipient=01KAMD4V5T6W7X8Y9Z0A1B2C3D#to:0",
        "{\"timestamp\":\"2026-11-21T23:05:00.123456Z\",\"level\":\"INFO\",\"requestId\":\"8476a536-e9f4-11e8-9739-2dfe598c3fcd\"}",
        "xrayTraceId=Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1",
        "request_id=R2O4JH56A5TH3L6JJ8TGRSF7UBVV4KQNSO5AEMVJF66Q9ASUAAJG digest=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "table::append of lambda::log at 12:30:45, version 1.2.3, nobody reaches http://127.0.0.1:8000/",
    ] {
        assert_eq!(told(line), None, "{line}");
    }
}

#[tokio::test]
async fn a_journey_in_which_a_line_tells_an_address_fails_and_its_neighbours_do_not() {
    let system = System::start().await;
    let neighbour = std::thread::spawn(|| {
        tokio::runtime::Runtime::new().unwrap().block_on(async { drop(System::start().await) });
    });
    // As each function could; the stand-ins have logs of their own.
    tracing::info!(target: "local", "a mail for ann@example.com came");
    tracing::debug!(target: "send", address = "ann@example.com", "a recipient could not be worked on");
    neighbour.join().unwrap();
    let failed = catch_unwind(AssertUnwindSafe(|| drop(system))).unwrap_err();
    let said = failed.downcast_ref::<String>().unwrap();
    assert!(said.contains("an e-mail address") && said.contains("could not be worked on"), "{said}");
    assert!(!said.contains("a mail for"), "{said}");
}
