//! What cannot be set up: refused by the field's name, and the settings stay as they are.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, System};

use super::{PATH, all_set, set_up};

/// More than any request may have.
const TOO_MANY_BYTES: usize = 2 * 1024 * 1024 + 1;

#[tokio::test]
async fn each_wrong_field_is_named() {
    let system = System::start().await;
    let firm = system.firm("roe");
    set_up(&firm, &all_set()).await;
    let before = firm.get(PATH).await;
    let mut cases: Vec<(&str, Value)> = Vec::new();
    let texts =
        ["firm_name", "from_name", "reply_to", "timezone", "locale", "open_tracking", "payment_url", "brand_color"];
    for text in texts {
        cases.extend([json!(7), json!(true), json!(["Roe"]), json!({}), json!(" ")].map(|wrong| (text, wrong)));
    }
    for switch in ["display_balances", "allow_account_history", "send_automatic_invoice_emails"] {
        cases.extend([json!("true"), json!(""), json!(1), json!([]), json!({})].map(|wrong| (switch, wrong)));
    }
    for header in ["firm_name", "from_name", "reply_to"] {
        for broken in ["Roe\r\nBcc: eve@x.example", "Roe\nX: y", "Roe\rX: y", "Roe\u{0}", "Roe\u{85}", "Roe\u{7f}"] {
            let value = if header == "reply_to" { format!("{broken} <a@x.example>") } else { broken.to_owned() };
            cases.push((header, json!(value)));
        }
    }
    let long = "ü".repeat(101);
    let long_url = format!("https://pay.example.com/{{invoice}}/{}", "a".repeat(2_000));
    for (field, text) in [
        ("firm_name", long.as_str()),
        ("from_name", &long),
        ("firm_name", "Roe\n"),
        ("reply_to", "bob"),
        ("reply_to", "bob@"),
        ("reply_to", "a@x.example; b@x.example"),
        ("reply_to", "a@x.example\r\nBcc: eve@x.example"),
        ("reply_to", "jürgen@x.example"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "+02:00"),
        ("timezone", "CET-1CEST,M3.5.0,M10.5.0/3"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "Europe/Berlin\0"),
        ("timezone", "Etc/Unknown"),
        ("locale", "a language"),
        ("locale", "e"),
        ("locale", "und"),
        ("locale", "de-DE\r\nX: y"),
        ("open_tracking", "on"),
        ("open_tracking", "Individual"),
        ("payment_url", "https://pay.example.com/"),
        ("payment_url", "https://{invoice}.example.com/"),
        ("payment_url", "javascript:alert({invoice})"),
        ("payment_url", "/pay/{invoice}"),
        ("payment_url", "https://pay.example.com/{invoice}\r\nSet-Cookie: a=b"),
        ("payment_url", &long_url),
        ("brand_color", "red"),
        ("brand_color", "#fff"),
        ("brand_color", "#1f5fbf;background:url(https://x.example)"),
    ] {
        cases.push((field, json!(text)));
    }
    for (field, wrong) in cases {
        let mut settings = all_set();
        settings[field] = wrong.clone();
        let problem = firm.put(PATH, &settings).await.problem_at("body", &format!("/{field}"));
        assert_eq!(problem["errors"].as_array().unwrap().len(), 1, "{field} {wrong}: {problem}");
    }
    let after = firm.get(PATH).await;
    assert_eq!((after.json(), after.header("etag")), (before.json(), before.header("etag")));
}

#[tokio::test]
async fn unknown_fields_and_all_mistakes_are_named_at_once() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let body = json!({ "colour": "red", "a/b~c": 1, "firm_name": 7, "brand_color": "red", "display_balances": "no" });
    let problem = firm.put(PATH, &body).await.problem(400);
    let errors = problem["errors"].as_array().unwrap();
    let mut pointers: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["/a~1b~0c", "/brand_color", "/colour", "/display_balances", "/firm_name"]);
    assert!(errors.iter().all(|error| error["in"] == "body"), "{problem}");
}

#[tokio::test]
async fn only_a_json_object_is_read() {
    let system = System::start().await;
    let firm = system.firm("roe");
    set_up(&firm, &all_set()).await;
    let put = |media_type: &'static str, body: String| {
        Answer::of(firm.request(Method::PUT, PATH).header("content-type", media_type).body(body))
    };
    for body in ["", "{", "[]", "[{}]", "7", "null", "\"roe\"", "{} {}"] {
        let problem = put("application/json", body.to_owned()).await.problem_at("body", "");
        assert_eq!(problem["errors"][0]["pointer"], "", "the whole body: {problem}");
    }
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/merge-patch+json"] {
        put(media_type, "{}".to_owned()).await.problem(415);
    }
    let too_large = json!({ "firm_name": "a".repeat(TOO_MANY_BYTES) });
    put("application/json", too_large.to_string()).await.problem(413);
    assert_eq!(firm.get(PATH).await.expect(200), all_set());
    let read = put("application/json; charset=utf-8", "{}".to_owned()).await;
    assert_eq!(read.expect(200)["firm_name"], Value::Null);
}
