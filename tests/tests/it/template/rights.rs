//! Each right to the table is used: a journey through all that the functions do leaves none over.
//!
//! The other way round needs no test of its own: the local stack refuses what the template does not allow.

use std::collections::BTreeSet;

use serde_json::json;
use tests::ses::{Event, Format};
use tests::template::{Template, id};
use tests::{Answer, System, until, workspace};

use super::privileges;

/// What a function is allowed to do to the table, in the local stack's words.
fn allowed(template: &Template, function: &str) -> BTreeSet<String> {
    let given = privileges::given(template.properties(&id(function, "Role")));
    let to_table = given.into_iter().filter_map(|(action, resource)| {
        let place = match resource.strip_prefix("${Table.Arn}")? {
            "" => "the table".to_owned(),
            path => format!("the index {}", path.strip_prefix("/index/")?),
        };
        Some(format!("{action} on {place}"))
    });
    to_table.collect()
}

/// What is allowed and has not been used so far.
async fn unused(system: &System) -> Vec<String> {
    let requests = Answer::of(system.request(reqwest::Method::GET, "/_local/table-requests")).await.expect(200);
    let template = Template::read();
    let mut unused = Vec::new();
    for function in workspace::functions() {
        let rights = requests["rights_used"][&function].as_array().into_iter().flatten();
        let used: BTreeSet<String> = rights.map(|right| right.as_str().unwrap().to_owned()).collect();
        let allowed = allowed(&template, &function);
        assert!(!allowed.is_empty() || function == "web", "{function} has a policy");
        unused.extend(allowed.difference(&used).map(|right| format!("{function}: {right}")));
    }
    unused
}

#[tokio::test]
async fn each_right_to_the_table_is_used() {
    let system = System::start().await;
    let firm = system.firm("roe");
    assert!(unused(&system).await.len() > 10, "before anything is done");

    // Submitting, with a bounce that suppresses; sending; and what SES says, once without our tag.
    let body = json!({ "to": "accepted@local.test; bounce@simulator.amazonses.com", "subject": "Rights" });
    let accepted = firm.submit_once("key", "1", &body).await.expect(202);
    let mail = system.mail("Rights", "accepted@local.test").await;
    system.settled().await;
    system.bring(Event::delivery(&mail).body(Format::Feedback)).await;

    // Reading: history, report, work queue, suppressions; and taking somebody off that list.
    firm.attention_when("the bounce", |rows| rows.len() == 1).await;
    firm.history("1").await;
    firm.report("").await;
    // Found by what few have in common, and totals; then the counters are held against the recipients.
    firm.report("?status=rejected").await;
    firm.report("?client=acme").await;
    firm.report("?recipient=accepted%40local.test").await;
    firm.get("/v1/reports/invoice-emails/summary").await.expect(200);
    firm.get("/v1/attention/summary").await.expect(200);
    let today = &accepted["submitted_at"].as_str().unwrap()[..10];
    let recount = json!({ "firm": "roe", "from": today });
    let recount = system.request(reqwest::Method::POST, "/_local/recount").json(&recount);
    Answer::of(recount).await.expect(200);
    firm.get("/v1/suppressions").await.expect(200);
    let suppressed = firm.request(reqwest::Method::DELETE, "/v1/suppressions/bounce%40simulator.amazonses.com");
    assert_eq!(Answer::of(suppressed).await.status, 204);

    // Reading the mail.
    let linked = json!({ "to": "ann@example.com", "subject": "Link", "facts": { "number": "2", "url": "https://portal.example.com" } });
    firm.send("2", linked).await;
    system.as_browser(&system.mail("Link", "ann@example.com").await.link()).await;

    // What the portal tells, also how long fetches are kept, which `watch` then sees to; a client's page and account.
    let settings = json!({ "allow_account_history": true, "retention_days": 90 });
    firm.put("/v1/settings", &settings).await.expect(200);
    firm.put("/v1/clients/acme", &json!({ "email": "ann@example.com" })).await.expect(200);
    firm.put("/v1/invoices/3", &json!({ "number": "3", "client": "acme" })).await.expect(200);
    firm.get("/v1/clients").await.expect(200);
    firm.send("3", json!({ "subject": "Page" })).await;
    system.as_browser(&system.mail("Page", "ann@example.com").await.page()).await;
    system.firm("roe:acme").get("/v1/portal/account").await.expect(200);

    // Sending again, while a call of SES hangs, so that `watch` has something to drive. At once, before the lease of that
    // call ends: forgetting somebody whose mail is under way, which `watch` goes on with. A client that knows them only since.
    firm.put("/v1/clients/acme", &json!({ "email": "ann@example.com" })).await.expect(200);
    system.faults(json!({ "ses": { "hang": 1 } })).await;
    let send = accepted["send"].as_str().unwrap();
    firm.resend("1", send, json!({ "recipient": "to:1", "address": "carl@example.com" })).await.expect(202);
    let forget = firm.request(reqwest::Method::DELETE, "/v1/recipients/carl%40example.com");
    assert_eq!(Answer::of(forget).await.status, 202);
    firm.put("/v1/clients/other", &json!({ "email": "carl@example.com" })).await.expect(200);

    until("all rights are used", async || {
        let unused = unused(&system).await;
        if unused.is_empty() { Ok(()) } else { Err(format!("{unused:#?}")) }
    })
    .await;
}
