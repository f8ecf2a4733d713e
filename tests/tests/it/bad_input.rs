//! What cannot be meant: each is refused in a way that names the place, and nothing is sent.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, System, until};

/// A good request with one field changed.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = json!({ "to": "ann@example.com", "subject": "Invoice", "facts": { "number": "1" } });
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[field] = value;
    body
}

#[tokio::test]
async fn a_body_is_refused_by_the_name_of_the_field() {
    let fifty_one: Vec<String> = (0..51).map(|number| format!("p{number}@example.com")).collect();
    let cases = [
        // Nobody to send to, or too many.
        ("/to", Value::Null),
        ("/to", json!("")),
        ("/to", json!(" ; , ")),
        ("/to", json!([])),
        ("/to", json!(["", " "])),
        ("/to", json!(fifty_one)),
        // No addresses.
        ("/to", json!("ann")),
        ("/to", json!("ann@")),
        ("/to", json!("@example.com")),
        ("/to", json!("ann@example")),
        ("/to", json!("ann @example.com")),
        ("/to", json!("ann@exa mple.com")),
        ("/to", json!("ann@@example.com")),
        ("/to", json!("ann@-example.com")),
        ("/to", json!("ann@example..com")),
        ("/to", json!("Ann <ann@example.com")),
        ("/to", json!("\"Ann <ann@example.com>")),
        ("/to", json!("bob@example.com; ann")),
        ("/to", json!(["bob@example.com", "ann"])),
        ("/to", json!(format!("{}@example.com", "a".repeat(65)))),
        ("/to", json!("jürgen@example.com")),
        ("/cc", json!("ann")),
        ("/bcc", json!(["ann"])),
        // Wrong types.
        ("/to", json!(5)),
        ("/to", json!([5])),
        ("/to", json!({ "address": "ann@example.com" })),
        ("/subject", json!(5)),
        ("/message", json!(["Dear Ann"])),
        ("/track", json!("yes")),
        ("/facts", json!("1042")),
        // What would break out of a header.
        ("/to", json!("\"Ann\r\nBcc: eve@example.com\" <ann@example.com>")),
        ("/to", json!("\"Ann\nBcc: eve@example.com\" <ann@example.com>")),
        ("/to", json!("Ann\u{0} <ann@example.com>")),
        ("/to", json!("ann@example.com\r\nBcc: eve@example.com")),
        ("/subject", json!("Invoice\r\nBcc: eve@example.com")),
        ("/subject", json!("Invoice\nBcc: eve@example.com")),
        ("/subject", json!("Invoice\rBcc: eve@example.com")),
        ("/subject", json!("Invoice\u{0}")),
        // Too long.
        ("/subject", json!("s".repeat(256))),
        ("/message", json!("m".repeat(20_001))),
        ("/html", json!("h".repeat(100 * 1024 + 1))),
        ("/text", json!("t".repeat(100 * 1024 + 1))),
        // Facts that nobody can read or follow.
        ("/facts/client", json!("a/b")),
        ("/facts/client", json!("c".repeat(65))),
        ("/facts/currency", json!("dollars")),
        ("/facts/amount", json!("12,50")),
        ("/facts/amount", json!(12.5)),
        ("/facts/balance", json!("a lot")),
        ("/facts/due_on", json!("2026-02-30")),
        ("/facts/due_on", json!("tomorrow")),
        ("/facts/url", json!("javascript:alert(1)")),
        ("/facts/url", json!("/i/1042")),
        ("/facts/number", json!("1\r\nBcc: eve@example.com")),
        // Fields that we do not know.
        ("/colour", json!("blue")),
        ("/facts/colour", json!("blue")),
    ];
    let system = System::start().await;
    let firm = system.firm("roe");
    for (pointer, value) in cases {
        let answer = firm.submit("1", &with(pointer, value.clone())).await;
        assert_eq!(answer.status, 400, "{pointer} {value}: {}", answer.text());
        answer.problem_at("body", pointer);
    }
    let nobody = firm.submit("1", &json!({ "subject": "To nobody" })).await;
    nobody.problem_at("body", "/to");
    let nameless = firm.submit("1", &json!({ "to": "ann@example.com" })).await;
    nameless.problem_at("body", "/subject");
    let spread = json!({ "to": fifty_one[..20], "cc": fifty_one[20..40], "bcc": fifty_one[40..], "subject": "Many" });
    firm.submit("1", &spread).await.problem_at("body", "/");
    assert_eq!(firm.history("1").await["sends"], json!([]));
    assert!(system.mailbox().await.is_empty());
}

#[tokio::test]
async fn what_is_just_right_is_taken() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (pointer, value) in [
        ("/subject", json!("ß".repeat(255))),
        ("/message", json!("ü".repeat(20_000))),
        ("/html", json!("h".repeat(100 * 1024))),
        ("/text", json!("t".repeat(100 * 1024))),
        ("/facts/client", json!("c".repeat(64))),
        ("/track", Value::Null),
        ("/facts", Value::Null),
    ] {
        let invoice = "i".repeat(64);
        firm.submit(&invoice, &with(pointer, value)).await.expect(202);
    }
}

#[tokio::test]
async fn several_mistakes_are_named_at_once() {
    let system = System::start().await;
    let body = json!({ "to": "ann", "cc": "bob", "subject": "s".repeat(256) });
    let answer = system.firm("roe").submit("1", &body).await;
    for pointer in ["/to", "/cc", "/subject"] {
        answer.problem_at("body", pointer);
    }
}

#[tokio::test]
async fn a_resend_is_refused_by_the_name_of_the_field() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let send = firm.send_to("1", "bounce@simulator.amazonses.com").await;
    firm.history_with("1", "bounced").await;
    for (body, pointer) in [
        (json!({ "address": "ann@example.com" }), "/recipient"),
        (json!({ "recipient": "to:x" }), "/recipient"),
        (json!({ "recipient": "to:00" }), "/recipient"),
        (json!({ "recipient": "to:0", "address": "ann" }), "/address"),
        (json!({ "recipient": "to:0", "address": "a@example.com; b@example.com" }), "/address"),
        (json!({ "recipient": "to:0", "address": "" }), "/address"),
        (json!({ "recipient": "to:0", "subject": "New" }), "/subject"),
        (json!({ "recipient": "to:0", "save_to_client": "yes" }), "/save_to_client"),
    ] {
        let answer = firm.resend("1", &send, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        answer.problem_at("body", pointer);
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let path = "/v1/invoices/1/emails";
    for body in ["", "{", "null", "[]", "\"to\"", "{\"to\":\"ann@example.com\",}", "to=ann@example.com"] {
        let request = firm.request(Method::POST, path).header("content-type", "application/json").body(body);
        Answer::of(request).await.problem(400);
    }
    let good = with("/subject", json!("Invoice")).to_string();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data"]
    {
        let request = firm.request(Method::POST, path).header("content-type", content_type).body(good.clone());
        Answer::of(request).await.problem(415);
    }
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        let request = firm.request(Method::POST, path).header("content-type", content_type).body(good.clone());
        Answer::of(request).await.expect(202);
    }
    let huge = json!({ "to": "ann@example.com", "subject": "Huge", "html": "h".repeat(7 * 1024 * 1024) });
    assert_eq!(firm.submit("1", &huge).await.status, 413);
}

#[tokio::test]
async fn a_path_is_refused_by_the_name_of_its_parameter() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let send = "01KAMD4V5T6W7X8Y9Z0A1B2C3D";
    for invoice in
        ["i".repeat(65), "a%2Fb".into(), "a%23".into(), "%00".into(), "a%20b".into(), "%C3%BC".into(), "%FF".into()]
    {
        firm.get(&format!("/v1/invoices/{invoice}/emails")).await.problem_at("path", "invoice");
        firm.submit(&invoice, &with("/subject", json!("Invoice"))).await.problem_at("path", "invoice");
        firm.resend(&invoice, send, json!({ "recipient": "to:0" })).await.problem_at("path", "invoice");
    }
    let answer = firm.get("/v1/invoices//emails").await;
    assert!(matches!(answer.status, 400 | 404), "{}", answer.status);
    answer.problem(answer.status);
    for unknown in ["x", "01kamd4v5t6w7x8y9z0a1b2c3d", "01KAMD4V5T6W7X8Y9Z0A1B2C3", "%00"] {
        let answer = firm.resend("1", unknown, json!({ "recipient": "to:0" })).await;
        assert!(matches!(answer.status, 400 | 404), "{unknown}: {}", answer.status);
        answer.problem(answer.status);
    }
}

#[tokio::test]
async fn a_query_is_refused_by_the_name_of_its_parameter() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let (report, summary) = ("/v1/reports/invoice-emails", "/v1/reports/invoice-emails/summary");
    let (attention, suppressions, history) = ("/v1/attention", "/v1/suppressions", "/v1/invoices/1/emails");
    for (path, query, parameter) in [
        (report, "status=lost", "status"),
        (report, "status=sent,lost", "status"),
        (report, "from=2026-11-30&to=2026-11-01", ""),
        (report, "from=2026-02-30", "from"),
        (report, "from=yesterday", "from"),
        (report, "to=30.11.2026", "to"),
        (report, "timezone=Mars/Olympus", "timezone"),
        (report, "client=a%2Fb", "client"),
        (report, "invoice=a%2Fb", "invoice"),
        (report, "recipient=ann", "recipient"),
        (report, "format=xml", "format"),
        (report, "limti=1", "limti"),
        (report, "limit=0", "limit"),
        (report, "limit=1001", "limit"),
        (report, "limit=ten", "limit"),
        (report, "limit=-1", "limit"),
        (report, "cursor=AAAA", "cursor"),
        (report, "cursor=%00", "cursor"),
        (summary, "from=2026-11-30&to=2026-11-01", ""),
        (summary, "timezone=Mars/Olympus", "timezone"),
        (summary, "from=x", "from"),
        (attention, "limit=0", "limit"),
        (attention, "limit=1001", "limit"),
        (attention, "cursor=AAAA", "cursor"),
        ("/v1/attention/summary", "limit=1", "limit"),
        (suppressions, "limit=0", "limit"),
        (suppressions, "cursor=AAAA", "cursor"),
        (history, "limit=0", "limit"),
        (history, "limit=51", "limit"),
        (history, "cursor=AAAA", "cursor"),
    ] {
        let answer = firm.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.status, 400, "{path}?{query}: {}", answer.text());
        answer.problem_at("query", parameter);
    }
    for query in [
        "limit=1",
        "limit=1000",
        "timezone=America/New_York",
        "status=sent,opened",
        "format=json",
        "recipient=A@B.example",
    ] {
        firm.get(&format!("{report}?{query}")).await.expect(200);
    }
}

#[tokio::test]
async fn a_cursor_continues_its_own_query_only() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for number in 0..3 {
        firm.send_to(&format!("{number}"), "bounce@simulator.amazonses.com").await;
        firm.history_with(&format!("{number}"), if number == 0 { "bounced" } else { "dropped" }).await;
    }
    let report = "/v1/reports/invoice-emails";
    let attention = "/v1/attention";
    let cursor_of = async |path: &str| {
        until("a next page", async || {
            let page = firm.get(&format!("{path}?limit=1")).await.expect(200);
            page["next_cursor"].as_str().map(str::to_owned).ok_or(page.to_string())
        })
        .await
    };
    let of_report = cursor_of(report).await;
    let of_attention = cursor_of(attention).await;
    firm.get(&format!("{report}?limit=1&cursor={of_report}")).await.expect(200);
    firm.get(&format!("{attention}?limit=1&cursor={of_attention}")).await.expect(200);

    let mut flipped = of_report.clone().into_bytes();
    flipped[7] = if flipped[7] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    for wrong in [
        format!("{report}?limit=1&cursor={flipped}"),
        format!("{report}?limit=1&cursor={}", &of_report[..of_report.len() - 4]),
        format!("{report}?limit=1&cursor={of_attention}"),
        format!("{attention}?limit=1&cursor={of_report}"),
        format!("{report}?limit=1&status=sent&cursor={of_report}"),
        format!("{report}?limit=1&client=c&cursor={of_report}"),
        format!("{report}?limit=1&from=2026-01-01&cursor={of_report}"),
        format!("/v1/invoices/1/emails?cursor={of_report}"),
    ] {
        let answer = firm.get(&wrong).await;
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text());
        answer.problem_at("query", "cursor");
    }
    system.firm("doe").get(&format!("{report}?limit=1&cursor={of_report}")).await.problem_at("query", "cursor");
    system.firm("doe").get(&format!("{attention}?limit=1&cursor={of_attention}")).await.problem_at("query", "cursor");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_405_with_those_it_has() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    for (path, allowed) in [
        ("/v1/invoices/1/emails", vec!["GET", "POST"]),
        ("/v1/invoices/1/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/resend", vec!["POST"]),
        ("/v1/invoices/1/emails/preview", vec!["POST"]),
        ("/v1/invoices/1/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/resend/preview", vec!["POST"]),
        ("/v1/invoices/1/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/proof", vec!["GET"]),
        ("/v1/reports/invoice-emails", vec!["GET"]),
        ("/v1/reports/invoice-emails/summary", vec!["GET"]),
        ("/v1/attention", vec!["GET"]),
        ("/v1/attention/summary", vec!["GET"]),
        ("/v1/suppressions", vec!["GET"]),
        ("/v1/suppressions/ann%40example.com", vec!["DELETE"]),
        ("/o/token.gif", vec!["GET", "HEAD"]),
        ("/c/token", vec!["GET", "HEAD"]),
        ("/u/token", vec!["GET", "POST"]),
    ] {
        for method in methods.iter().filter(|method| !allowed.contains(method)) {
            let answer = Answer::of(firm.request(method.parse().unwrap(), path)).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let mut allow: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
            allow.sort_unstable();
            assert_eq!(allow, allowed, "{method} {path}");
            if *method != "HEAD" {
                answer.problem(405);
            }
        }
    }
}

#[tokio::test]
async fn a_browsers_preflight_carries_no_token_and_is_answered_with_success() {
    let system = System::start().await;
    for path in [
        "/v1/invoices/1/emails",
        "/v1/invoices/1/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/resend",
        "/v1/invoices/1/emails/preview",
        "/v1/invoices/1/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/resend/preview",
        "/v1/invoices/1/emails/01KAMD4V5T6W7X8Y9Z0A1B2C3D/proof",
        "/v1/reports/invoice-emails",
        "/v1/reports/invoice-emails/summary",
        "/v1/attention",
        "/v1/attention/summary",
        "/v1/suppressions",
        "/v1/suppressions/ann%40example.com",
    ] {
        let request = system.request(Method::OPTIONS, path).header("origin", "https://portal.example.com");
        // Whatever it carries: nobody looks at it.
        let answer = Answer::of(request.header("authorization", "Bearer x")).await;
        assert_eq!((answer.status, answer.text().as_str()), (204, ""), "{path}");
        assert!(!answer.header("allow").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_path_is_404() {
    let system = System::start().await;
    for path in [
        "/v1",
        "/v1/nothing",
        "/v1/invoices/1/nothing",
        "/v1/invoices/1/emails/x",
        "/v2/attention",
        "/o",
        "/x/token",
        "/.env",
        "/wp-login.php",
    ] {
        for method in [Method::GET, Method::POST] {
            Answer::of(system.request(method, path)).await.problem(404);
        }
    }
}

#[tokio::test]
async fn a_token_that_names_no_firm_is_401() {
    let system = System::start().await;
    let long = format!("Bearer local:{}", "f".repeat(65));
    for authorization in
        ["Bearer", "Bearer x", "Bearer local:", "Bearer local:a/b", "Basic bG9jYWw6cm9l", "local:roe", &long]
    {
        for path in ["/v1/attention", "/v1/reports/invoice-emails", "/v1/invoices/1/emails"] {
            let request = system.request(Method::GET, path).header("authorization", authorization);
            assert_eq!(Answer::of(request).await.status, 401, "{authorization} {path}");
        }
    }
}
