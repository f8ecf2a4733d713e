//! What a proof says, to programs and to people.

use serde_json::{Value, json};
use tests::{Answer, api};

use super::{answer, delivered, event, one, path, proof, with_one};

/// Apple Mail's privacy protection.
const APPLE: &str = "Mozilla/5.0";

#[tokio::test]
async fn a_proof_names_everybody_in_order_with_what_became_of_each() {
    let system = tests::System::start().await;
    let firm = system.firm("roe");
    let body = json!({
        "to": ["Ann <ann@example.com>", "bounce@simulator.amazonses.com"], "cc": "carl@example.com", "bcc": "dora@example.com",
        "subject": "Invoice 1042", "facts": { "number": "1042", "url": "https://portal.example.com/i/1042" },
    });
    let send = api::id(&firm.send("1042", body).await);
    firm.history_when("1042", "all reported", |history| {
        let all = history["sends"][0]["recipients"].as_array().unwrap();
        all.iter().all(|one| one["statuses"].as_array().unwrap().len() == 2)
    })
    .await;
    let mail = system.mail("Invoice 1042", "ann@example.com").await;
    system.as_agent(APPLE, &mail.pixel()).await;
    system.as_browser(&mail.pixel()).await;

    let proof = proof(&firm, "1042", &send).await;
    assert_eq!((&proof["firm"], &proof["invoice"], &proof["send"]), (&json!("roe"), &json!("1042"), &json!(send)));
    assert_eq!((&proof["subject"], &proof["source"]), (&json!("Invoice 1042"), &json!("manual")));
    let people: Vec<_> =
        proof["recipients"].as_array().unwrap().iter().map(|one| [&one["recipient"], &one["address"]]).collect();
    let expected = json!([
        ["to:0", "ann@example.com"],
        ["to:1", "bounce@simulator.amazonses.com"],
        ["cc:0", "carl@example.com"],
        ["bcc:0", "dora@example.com"],
    ]);
    assert_eq!(json!(people), expected);

    let ann = one(&proof, "to:0");
    assert_eq!(
        (&ann["opens"], &ann["automatic_opens"], &ann["evidence"]),
        (&json!(1), &json!(1), &json!("possibly_opened"))
    );
    assert_eq!(ann["ses_message_id"], mail.message_id);
    let bounced = one(&proof, "to:1");
    assert_eq!(bounced["sent_status"], "rejected");
    assert!(event(bounced, "bounced")["detail"].as_str().unwrap().contains("550"), "{bounced:#}");
    // What others see of the invoice and what is proved of it are the same.
    let history = firm.history("1042").await;
    for shown in history["sends"][0]["recipients"].as_array().unwrap() {
        let proved = one(&proof, shown["recipient"].as_str().unwrap());
        for name in
            ["address", "name", "sent_status", "evidence", "opens", "automatic_opens", "reason", "first_opened_at"]
        {
            assert_eq!(proved[name], shown[name], "{name}");
        }
        let times = |list: &Value| {
            list.as_array().unwrap().iter().map(|e| (e["at"].clone(), e["status"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(times(&proved["events"]), times(&shown["statuses"]));
    }
    let rules: Vec<_> =
        proof["rules"].as_array().unwrap().iter().map(|rule| (&rule["id"], &rule["automatic"])).collect();
    assert_eq!(json!(rules), json!([["apple_mail_privacy", true], ["mail_reader", false]]));
}

#[tokio::test]
async fn the_versions_of_the_rules_judge_a_burst_apart() {
    let (system, firm, send) = with_one().await;
    let mail = system.mail("Proved", "ann@example.com").await;
    for network in 1..=3 {
        assert_eq!(system.as_browser_in(network, &mail.link()).await.status, 302);
    }
    let under = async |ruleset: &str| {
        let proof = firm.get(&format!("{}?ruleset={ruleset}", path("1", &send))).await.expect(200)["proof"].clone();
        assert_eq!(proof["ruleset"], ruleset);
        let ann = one(&proof, "to:0");
        let rules = proof["rules"].as_array().unwrap().iter().map(|rule| rule["id"].clone()).collect::<Vec<_>>();
        json!([ann["clicks"], ann["automatic_clicks"], ann["evidence"], rules])
    };
    assert_eq!(under("1").await, json!([3, 0, "clicked", ["browser"]]));
    assert_eq!(under("2").await, json!([0, 3, "fetched_automatically", ["many_networks"]]));
    let problem = firm.get(&format!("{}?ruleset=3&format=pdf&x=1", path("1", &send))).await.problem(400);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem}");
}

#[tokio::test]
async fn what_was_not_tracked_is_said_so_in_both_forms() {
    let system = tests::System::start().await;
    let firm = system.firm("roe");
    let send = api::id(&firm.send("1", json!({ "to": "ann@example.com", "subject": "Quiet", "track": false })).await);
    firm.history_with("1", "delivered").await;
    assert_eq!(proof(&firm, "1", &send).await["tracked"], false);
    let page = firm.get(&format!("{}?format=html", path("1", &send))).await.text();
    assert!(page.contains("<td>Not tracked</td>") && !page.contains("<td>Not seen"), "{page}");
    let tracked = delivered(&firm, "Heard").await;
    let page = firm.get(&format!("{}?format=html", path("1", &tracked))).await.text();
    assert!(page.contains("<td>Not seen</td>") && !page.contains("<td>Not tracked"), "{page}");
}

#[tokio::test]
async fn a_browser_gets_a_page_that_loads_nothing_and_is_kept_nowhere() {
    let (_system, firm, send) = with_one().await;
    firm.put("/v1/settings", &json!({ "timezone": "America/New_York" })).await.expect(200);
    let asked = firm.request(reqwest::Method::GET, &path("1", &send)).header("accept", "text/html, */*;q=0.8");
    let page = Answer::of(asked).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!((page.header("cache-control"), page.header("x-robots-tag")), ("no-store", "noindex, nofollow"));
    let policy = page.header("content-security-policy");
    let nonce = policy.split("style-src 'nonce-").nth(1).unwrap().trim_end_matches('\'');
    assert!(policy.starts_with("default-src 'none'") && nonce.len() == 32, "{policy}");
    let text = page.text();
    assert!(text.contains(&format!("<style nonce=\"{nonce}\">")) && !text.contains("<script"), "{text}");
    assert!(text.contains("America/New_York") && text.contains("(UTC-0"), "{text}");

    let other = firm.get(&format!("{}?format=html", path("1", &send))).await;
    assert_ne!(other.header("content-security-policy"), policy, "a nonce is used once");
    // The parameter outranks the header, and who says nothing wants JSON.
    let asked = firm.request(reqwest::Method::GET, &format!("{}?format=json", path("1", &send)));
    for answer in [Answer::of(asked.header("accept", "text/html")).await, answer(&firm, "1", &send).await] {
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_ones_own_is_not_proved() {
    let (system, firm, send) = with_one().await;
    answer(&firm, "1", "01KAMD4V5T6W7X8Y9Z0A1B2C3D").await.problem(404);
    answer(&firm, "2", &send).await.problem(404);
    answer(&system.firm("doe"), "1", &send).await.problem(404);
    answer(&system.firm("roe:client-1"), "1", &send).await.problem(403);
    answer(&firm, "1", "send").await.problem_at("path", "send");
    answer(&firm, "1", &send).await.expect(200);
}
