//! Texts that try to be more than texts: on the page they are what they say, and nothing happens.

use reqwest::Url;
use serde_json::json;
use tests::System;

use super::{Shown, is_a_page, leads_to, mailed, set_up, tell};

const EVIL: &str = "</title></style><script>alert(1)</script><img src=x onerror=alert(2)>\"'`&lt;{{7*191}}";

#[tokio::test]
async fn markup_in_names_and_numbers_stays_text() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let number = "<svg/onload=alert(1)>\" x='{{1}}'";
    let settings = json!({ "firm_name": EVIL, "from_name": EVIL, "display_balances": true, "brand_color": "#123456" });
    set_up(&firm, settings).await;
    let told = json!({ "number": number, "client_name": EVIL, "currency": "USD", "amount": "1.00" });
    tell(&firm, "1042", &told).await;
    let mail = mailed(&system, &firm, json!({})).await;
    let answer = system.as_browser(&mail.page()).await;
    is_a_page(&answer);
    let shown = Shown::of(&answer);
    assert_eq!((shown.firm.as_str(), shown.row("Client")), (EVIL, Some(EVIL)));
    assert_eq!(shown.heading, format!("Invoice {number}"));
    for part in ["<script", "<img", "<svg", "</title></style>", "{{7*191}}\"", "1337"] {
        assert!(!answer.text().contains(part), "{part} in {}", answer.text());
    }
}

#[tokio::test]
async fn an_address_to_write_to_is_one_address_whatever_it_contains() {
    let system = System::start().await;
    let firm = system.firm("roe");
    tell(&firm, "1042", &super::invoice()).await;
    let mail = mailed(&system, &firm, json!({})).await;
    for (local, encoded) in [
        ("o'brien&co?cc=eve%40evil.example", "o%27brien%26co%3Fcc%3Deve%2540evil.example"),
        ("a+b#c", "a%2Bb%23c"),
        ("\"<b>x</b> y\"", "%22%3Cb%3Ex%3C%2Fb%3E%20y%22"),
    ] {
        let address = format!("{local}@example.com");
        set_up(&firm, json!({ "reply_to": format!("{} <{address}>", "\"<script>alert(1)</script>\"") })).await;
        let answer = system.as_browser(&mail.page()).await;
        is_a_page(&answer);
        let html = answer.text();
        let link = html.split("href=\"mailto:").nth(1).unwrap_or_else(|| panic!("no link in {html}"));
        let (target, rest) = link.split_once('"').unwrap();
        let target = super::unescaped(target);
        assert_eq!(target, format!("{encoded}@example.com"));
        let url = Url::parse(&format!("mailto:{target}")).unwrap();
        assert_eq!((url.query(), url.fragment()), (None, None), "it says to whom, and nothing else: {url}");
        let shown = rest.trim_start_matches('>').split('<').next().unwrap();
        assert_eq!(super::unescaped(shown), address);
    }
}

#[tokio::test]
async fn addresses_of_documents_and_payments_cannot_loosen_the_policy_or_split_a_header() {
    let system = System::start().await;
    let firm = system.firm("roe");
    tell(&firm, "1042", &super::invoice()).await;
    let mail = mailed(&system, &firm, json!({})).await;
    for url in [
        "https://evil.example/;script-src *;x",
        "https://evil.example/a b'unsafe-inline'",
        "https://evil.example/%0d%0aset-cookie:a=b",
        "https://user:pass@evil.example/?q=<script>",
        "https://[2001:db8::1]:8443/x",
        "http://127.0.0.1:9/x",
    ] {
        let told = firm.put("/v1/invoices/1042", &json!({ "number": "1", "url": url })).await;
        if told.status == 400 {
            continue;
        }
        told.expect(200);
        let answer = system.as_browser(&mail.page()).await;
        is_a_page(&answer);
        assert!(!answer.text().contains("evil.example"), "where it leads stands nowhere but in the answer to a button");
        let location = leads_to(&system, &mail.page(), "open").await;
        assert_eq!(Url::parse(&location).unwrap().origin(), Url::parse(url).unwrap().origin());
        assert!(!location.contains([' ', '\r', '\n', '<']), "{location}");
    }
    for payment in ["javascript:alert(1)//{invoice}", "https://{invoice}.evil.example/", "//evil.example/{invoice}"] {
        firm.put("/v1/settings", &json!({ "payment_url": payment })).await.problem_at("body", "/payment_url");
    }
    for url in ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "/x"] {
        firm.put("/v1/invoices/1042", &json!({ "url": url })).await.problem_at("body", "/url");
    }
}
