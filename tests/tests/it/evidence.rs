//! Who read it, over the network: bursts, proxies, previews; and the same logs under another version of the rules.

use serde_json::{Value, json};
use tests::ses::{Event, Format};
use tests::system::BROWSER;
use tests::{Firm, Mail, System, recipient, sorted_statuses};

const SILENT: &str = "accepted@local.test";
const PREVIEW: &str = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)";
const GMAIL: &str = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
const OUTLOOK: &str = "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; ms-office; MSOffice 16)";

/// A delivered mail with a link, to somebody of whom SES says no more.
async fn delivered(system: &System, firm: &Firm, invoice: &str) -> Mail {
    let facts = json!({ "number": invoice, "url": "https://portal.example.com/i/1" });
    firm.send(invoice, json!({ "to": SILENT, "subject": invoice, "facts": facts })).await;
    firm.history_with(invoice, "processed").await;
    let mail = system.mail(invoice, SILENT).await;
    system.bring(Event::delivery(&mail).body(Format::Published)).await;
    mail
}

async fn one(firm: &Firm, invoice: &str) -> Value {
    recipient(&firm.history(invoice).await, "to:0").clone()
}

/// Evidence, opens, automatic opens, clicks, automatic clicks.
fn counted(one: &Value) -> Value {
    let names = ["evidence", "opens", "automatic_opens", "clicks", "automatic_clicks"];
    names.iter().map(|name| one[name].clone()).collect()
}

/// The rules by which fetches were judged, in order of time.
fn rules(one: &Value) -> Vec<&str> {
    one["statuses"].as_array().unwrap().iter().filter_map(|line| line["rule"].as_str()).collect()
}

#[tokio::test]
async fn apples_prefetch_is_a_machines_and_the_open_after_it_a_persons() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mail = delivered(&system, &firm, "1").await;
    system.as_agent("Mozilla/5.0", &mail.pixel()).await;
    let fetched = one(&firm, "1").await;
    assert_eq!(
        (counted(&fetched), &fetched["sent_status"]),
        (json!(["fetched_automatically", 0, 1, 0, 0]), &json!("sent"))
    );
    assert_eq!(fetched["first_opened_at"], Value::Null);
    system.as_browser(&mail.pixel()).await;
    system.as_agent("Mozilla/5.0", &mail.pixel()).await;
    let opened = one(&firm, "1").await;
    assert_eq!((counted(&opened), &opened["sent_status"]), (json!(["possibly_opened", 1, 2, 0, 0]), &json!("opened")));
    assert_eq!(rules(&opened), ["apple_mail_privacy", "mail_reader", "apple_mail_privacy"]);
    assert_eq!(opened["first_opened_at"], opened["last_opened_at"]);
}

#[tokio::test]
async fn a_burst_over_three_networks_is_a_scanners_from_its_first_click_on() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mail = delivered(&system, &firm, "1").await;
    for (network, expected) in [
        (1, json!(["clicked", 0, 0, 1, 0])),
        (2, json!(["clicked", 0, 0, 2, 0])),
        // The third gives the first two away.
        (3, json!(["fetched_automatically", 0, 0, 0, 3])),
    ] {
        system.as_browser_in(network, &mail.link()).await;
        assert_eq!(counted(&one(&firm, "1").await), expected, "{network}");
    }
    let burst = one(&firm, "1").await;
    assert_eq!((rules(&burst), &burst["sent_status"]), (vec!["many_networks"; 3], &json!("sent")));
    assert_eq!(burst["possibly_forwarded"], false);
    // A person's button is a person's, whoever came before.
    let page = delivered(&system, &firm, "2").await;
    assert_eq!(counted(&one(&firm, "2").await), json!(["delivered", 0, 0, 0, 0]));
    for network in 1..=3 {
        system.as_browser_in(network, &page.pixel()).await;
    }
    assert_eq!(counted(&one(&firm, "2").await), json!(["fetched_automatically", 0, 3, 0, 0]));
}

#[tokio::test]
async fn proxies_that_fetch_for_a_reader_make_no_burst() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mail = delivered(&system, &firm, "1").await;
    for agent in [GMAIL, GMAIL, OUTLOOK] {
        system.as_agent(agent, &mail.pixel()).await;
    }
    let read = one(&firm, "1").await;
    assert_eq!(
        (counted(&read), rules(&read)),
        (json!(["possibly_opened", 3, 0, 0, 0]), vec!["image_proxy", "image_proxy", "mail_reader"])
    );
    // Outlook's own look at a link, and a chat's preview of it, are no clicks; the browser that they start is one.
    system.as_agent(OUTLOOK, &mail.link()).await;
    system.as_agent(PREVIEW, &mail.link()).await;
    assert_eq!(counted(&one(&firm, "1").await), json!(["possibly_opened", 3, 0, 0, 2]));
    system.as_agent(BROWSER, &mail.link()).await;
    assert_eq!(counted(&one(&firm, "1").await), json!(["clicked", 3, 0, 1, 2]));
}

#[tokio::test]
async fn what_comes_after_an_open_is_shown_beside_it() {
    let system = System::start().await;
    let firm = system.firm("roe");
    for (invoice, event, status, sent_status) in [
        ("bounce", (|mail| Event::bounce(mail, "Permanent", "General")) as fn(&Mail) -> Event, "bounced", "rejected"),
        ("complaint", |mail| Event::complaint(mail, "abuse"), "complained", "marked_spam"),
        ("away", |mail| Event::bounce(mail, "Transient", "General"), "auto_replied", "opened"),
        (
            "forwarded",
            |mail| Event::bounce_of(mail, "Permanent", "General", &["x@elsewhere.example"]),
            "bounced_elsewhere",
            "opened",
        ),
    ] {
        // Each to a firm of its own, which remembers what it learns of an address.
        let firm = system.firm(&format!("roe-{invoice}"));
        let mail = delivered(&system, &firm, invoice).await;
        system.as_browser(&mail.pixel()).await;
        system.bring(event(&mail).body(Format::Published)).await;
        let one = one(&firm, invoice).await;
        assert_eq!(
            (&one["sent_status"], &one["evidence"]),
            (&json!(sent_status), &json!("possibly_opened")),
            "{invoice}"
        );
        assert_eq!(
            sorted_statuses(&one),
            [status, "delivered", "opened", "processed"]
                .map(str::to_owned)
                .into_iter()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
        );
    }
    assert_eq!(firm.report("").await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_same_logs_give_two_reports_under_two_versions_of_the_rules() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let mail = delivered(&system, &firm, "1").await;
    delivered(&system, &firm, "2").await;
    for network in 1..=3 {
        system.as_browser_in(network, &mail.link()).await;
    }
    let statuses = async |query: &str| -> Vec<Value> {
        let rows = firm.report(query).await;
        rows.iter()
            .map(|row| json!([row["invoice"], row["sent_status"], row["clicks"], row["automatic_clicks"]]))
            .collect()
    };
    let now = [json!(["2", "sent", 0, 0]), json!(["1", "sent", 0, 3])];
    let then = [json!(["2", "sent", 0, 0]), json!(["1", "opened", 3, 0])];
    assert_eq!(statuses("").await, now);
    assert_eq!(statuses("?ruleset=1").await, then);
    assert_eq!(statuses("?ruleset=1&status=opened").await, then[1..]);
    assert_eq!(statuses("?status=opened").await, Vec::<Value>::new());
    let totals = async |query: &str| {
        firm.get(&format!("/v1/reports/invoice-emails/summary{query}")).await.expect(200)["total"].clone()
    };
    assert_eq!((&totals("").await["opened"], &totals("?ruleset=1").await["opened"]), (&json!(0), &json!(1)));
    let history = async |query: &str| firm.get(&format!("/v1/invoices/1/emails{query}")).await.expect(200);
    assert_eq!((&history("").await["ruleset"], &history("").await["sent_status"]), (&json!("2"), &json!("sent")));
    let old = history("?ruleset=1").await;
    assert_eq!(
        (&old["ruleset"], &old["sent_status"], &old["evidence"]),
        (&json!("1"), &json!("opened"), &json!("clicked"))
    );
    // Asking wrote nothing: what is shown by today's rules is as before.
    assert_eq!(statuses("").await, now);
    let page = firm.get("/v1/reports/invoice-emails?limit=1").await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    firm.get(&format!("/v1/reports/invoice-emails?limit=1&ruleset=1&cursor={cursor}"))
        .await
        .problem_at("query", "cursor");
    for path in [
        "/v1/reports/invoice-emails?ruleset=3",
        "/v1/invoices/1/emails?ruleset=one",
        "/v1/reports/invoice-emails/summary?ruleset=0",
    ] {
        firm.get(path).await.problem_at("query", "ruleset");
    }
}
