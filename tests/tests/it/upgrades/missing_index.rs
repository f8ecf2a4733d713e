//! A table without one of its indexes, as while an older stack is upgraded: what reads the index says so in plain words,
//! to the caller and to the operators, and all else works.

use serde_json::json;
use table::{
    ACCOUNT_INDEX, ADDRESS_INDEX, ATTENTION_INDEX, CLIENT_INDEX, DUE_INDEX, MESSAGE_INDEX, RARE_INDEX, REPORT_INDEX,
};
use tests::cloud::Cloud;
use tests::ses::{Event, Format};
use tests::template::Template;

use super::journeys::latest;
use super::world::{Answered, Ask, World, token};

const INDEXES: [&str; 8] =
    [REPORT_INDEX, ATTENTION_INDEX, DUE_INDEX, MESSAGE_INDEX, ACCOUNT_INDEX, RARE_INDEX, CLIENT_INDEX, ADDRESS_INDEX];
const DAYS: &str = "from=2026-11-20&to=2026-11-24";

/// A firm that shows accounts, in a table that lacks an index, and an e-mail on its way.
async fn world_without(index: &str) -> World {
    let world = World::over(Cloud::lacking(index).await).await;
    let settings = json!({ "allow_account_history": true });
    world.ask(0, Ask::of("PUT /v1/settings", &[]).json(&settings)).await.expect(200);
    let facts = json!({ "client": "acme", "currency": "USD", "amount": "10.00", "issued_on": "2026-11-20" });
    world.ask(0, Ask::of("PUT /v1/invoices/{invoice}", &["1042"]).json(&facts)).await.expect(200);
    world.submit(1, "1042", &json!({ "to": "ann@example.com", "subject": "Invoice" })).await;
    world
}

/// Every question that the API answers from an index, and which.
fn questions() -> Vec<(Option<&'static str>, Ask)> {
    let report = |query: &str| Ask::of("GET /v1/reports/invoice-emails", &[]).query(&format!("{DAYS}&{query}"));
    vec![
        (Some(REPORT_INDEX), report("")),
        (Some(REPORT_INDEX), report("format=csv")),
        (Some(REPORT_INDEX), Ask::of("GET /v1/domains/{domain}", &["example.com"])),
        (Some(RARE_INDEX), report("status=rejected")),
        (Some(CLIENT_INDEX), report("client=acme")),
        (Some(ADDRESS_INDEX), report("recipient=ann@example.com")),
        (Some(ADDRESS_INDEX), Ask::of("DELETE /v1/recipients/{address}", &["nobody@example.com"])),
        (Some(ATTENTION_INDEX), Ask::of("GET /v1/attention", &[])),
        (Some(ACCOUNT_INDEX), Ask::of("GET /v1/portal/account", &[]).by_client("acme")),
        (None, Ask::of("GET /v1/invoices/{invoice}/emails", &["1042"])),
        (None, Ask::of("GET /v1/reports/invoice-emails/summary", &[]).query(DAYS)),
        (None, Ask::of("GET /v1/attention/summary", &[])),
        (None, Ask::of("GET /v1/settings", &[])),
        (None, Ask::of("GET /v1/clients", &[])),
        (None, Ask::of("GET /v1/invoices/{invoice}", &["1042"])),
        (None, Ask::of("GET /v1/suppressions", &[])),
    ]
}

fn is_plain(answered: &Answered, index: &str) {
    let problem = answered.expect(503);
    assert_eq!(problem["title"], "Not set up yet", "{index}: {problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("not fully set up") && !detail.contains(index) && !detail.contains("index"), "{detail}");
}

/// What the operators are told: which index, and what to do.
fn names_it(error: &str, index: &str) {
    assert!(error.contains(&format!("no usable index {index} ")) && error.contains("infra/README.md"), "{error}");
}

#[test]
fn the_template_has_no_other_index() {
    let template = Template::read();
    let indexes = template.properties("Table")["GlobalSecondaryIndexes"].as_array().unwrap();
    let mut names: Vec<_> = indexes.iter().map(|index| index["IndexName"].as_str().unwrap()).collect();
    let mut known = INDEXES;
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[tokio::test]
async fn only_questions_to_the_missing_index_fail_and_say_so() {
    for missing in INDEXES {
        let world = world_without(missing).await;
        for (index, asked) in questions() {
            let answered = world.ask(60, asked.clone()).await;
            match index {
                Some(index) if index == missing => is_plain(&answered, missing),
                _ => assert!([200, 404].contains(&answered.status), "{missing}: {asked:?}: {answered:?}"),
            }
        }
    }
}

#[tokio::test]
async fn mails_go_out_and_what_becomes_of_them_is_kept_whatever_index_is_missing() {
    for missing in INDEXES {
        let world = world_without(missing).await;
        world.deliver(2).await;
        let mail = world.mail("ann@example.com");
        world.tell(3, &Event::send(&mail)).await;
        world.tell(3, &Event::delivery(&mail)).await;
        let pixel = Ask::of("ANY /o/{token}", &[token(&mail.pixel())]);
        assert_eq!(world.ask(4, pixel).await.status, 200);
        world.tell(5, &Event::bounce(&mail, "Permanent", "General")).await;
        let history = world.ask(6, Ask::of("GET /v1/invoices/{invoice}/emails", &["1042"])).await.expect(200);
        let ann = &history["sends"][0]["recipients"][0];
        assert_eq!((&ann["sent_status"], &ann["opens"]), (&json!("rejected"), &json!(1)), "{missing}: {ann:#}");
        let key = latest(&world, "1042").await;
        let again = json!({ "recipient": "to:0", "address": "bob@example.com" });
        let route = "POST /v1/invoices/{invoice}/emails/{send}/resend";
        world.ask(7, Ask::of(route, &["1042", &key.send.to_string()]).json(&again)).await.expect(202);
        world.deliver(8).await;
        world.mail("bob@example.com");
    }
}

#[tokio::test]
async fn functions_without_a_caller_name_the_missing_index() {
    // Feedback without a tag is found by the message's id.
    for missing in INDEXES {
        let world = world_without(missing).await;
        world.deliver(2).await;
        let delivery = Event::delivery(&world.mail("ann@example.com"));
        if missing == MESSAGE_INDEX {
            names_it(&world.telling_fails(3, &delivery, Format::Feedback).await, missing);
        } else {
            world.tell_as(3, &delivery, Format::Feedback).await;
        }
        if missing == DUE_INDEX {
            names_it(&world.watch_fails(400).await, missing);
        } else {
            assert_eq!(world.watch(400).await["failed"], 0, "{missing}");
        }
        match missing {
            REPORT_INDEX | ATTENTION_INDEX => names_it(&world.recount(500).await.unwrap_err(), missing),
            _ => drop(world.recount(500).await.unwrap()),
        }
    }
}
