//! What today's functions read of a table as older versions left it.

use serde_json::{Map, Value, json};

use super::fixture::{self, ALL};
use super::world::{Answered, Ask, World};

/// Three days after the journeys began: no news is old news.
const LATER: i64 = 3 * 24 * 3600;
/// Statuses of one recipient that a snapshot shows one by one.
const MOST_STATUSES: usize = 12;

/// The body of an answer that must be there: JSON, or lines of text.
fn shown(answered: &Answered) -> Value {
    assert_eq!(answered.status, 200, "{}", answered.text);
    let lines = || json!(answered.text.lines().collect::<Vec<_>>());
    let mut shown = serde_json::from_str(&answered.text).unwrap_or_else(|_| lines());
    shorten(&mut shown);
    shown
}

/// Long lists of statuses, for whoever looks at a snapshot.
fn shorten(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Array(statuses)) = fields.get_mut("statuses")
                && statuses.len() > MOST_STATUSES
            {
                let rest = statuses.split_off(MOST_STATUSES).len();
                statuses.push(json!(format!("and {rest} more")));
            }
            fields.values_mut().for_each(shorten);
        }
        Value::Array(values) => values.iter_mut().for_each(shorten),
        _ => {}
    }
}

pub(super) fn snapshot(name: String, value: &Value) {
    insta::with_settings!({ prepend_module_to_snapshot => false }, { insta::assert_json_snapshot!(name, value) });
}

/// Everything that the API tells of a table.
async fn read(world: &World, items: &[Value]) -> Value {
    let get = async |route: &str, places: &[&str], query: &str| {
        shown(&world.ask(LATER, Ask::of(&format!("GET {route}"), places).query(query)).await)
    };
    let days = "from=2026-11-20&to=2026-11-24";
    let mut histories = Map::new();
    for invoice in fixture::invoices(items) {
        histories.insert(invoice.clone(), get("/v1/invoices/{invoice}/emails", &[&invoice], "").await);
    }
    let mut filtered = Map::new();
    for filter in ["status=rejected,queued", "client=acme", "recipient=bounced@example.com"] {
        let page = get("/v1/reports/invoice-emails", &[], &format!("{days}&{filter}")).await;
        let rows = page["rows"].as_array().unwrap().iter();
        let rows = rows.map(|row| format!("{} {} {}", row["invoice"], row["address"], row["sent_status"]));
        filtered.insert(filter.to_owned(), json!(rows.collect::<Vec<_>>()));
    }
    let account = Ask::of("GET /v1/portal/account", &[]).by_client("acme");
    json!({
        "histories": histories,
        "report": get("/v1/reports/invoice-emails", &[], days).await,
        "filtered": filtered,
        "csv": get("/v1/reports/invoice-emails", &[], &format!("{days}&format=csv")).await,
        "summary": get("/v1/reports/invoice-emails/summary", &[], days).await,
        "attention": get("/v1/attention", &[], "").await,
        "attention_summary": get("/v1/attention/summary", &[], "").await,
        "domain": get("/v1/domains/{domain}", &["example.com"], "").await,
        "settings": get("/v1/settings", &[], "").await,
        "clients": get("/v1/clients", &[], "").await,
        "client": get("/v1/clients/{client}", &["acme"], "").await,
        "invoice": get("/v1/invoices/{invoice}", &["1042"], "").await,
        "suppressions": get("/v1/suppressions", &[], "").await,
        "removed": get("/v1/suppressions", &[], "removed=true").await,
        "account": shown(&world.ask(LATER, account).await),
    })
}

#[tokio::test]
async fn all_that_older_versions_wrote_is_read_after_a_recount() {
    for name in ALL {
        let world = fixture::world(name).await;
        let recounted = world.recount(LATER).await.unwrap();
        assert_eq!((&recounted["unlisted"], &recounted["unsettled"]), (&json!(0), &json!(0)), "{name}: {recounted:#}");
        snapshot(format!("{name}_read"), &read(&world, &fixture::items(name)).await);
        // Nothing is left to be put right.
        let again = world.recount(LATER).await.unwrap();
        let rest = ["different", "listed", "unlisted", "misplaced"].map(|count| again[count].clone());
        assert_eq!(rest, [json!(0), json!(0), json!(0), json!(0)], "{name}: {again:#}");
    }
}

#[tokio::test]
async fn histories_and_rows_are_right_before_any_recount() {
    for name in ALL {
        let (world, items) = (fixture::world(name).await, fixture::items(name));
        let before = read(&world, &items).await;
        world.recount(LATER).await.unwrap();
        let after = read(&world, &items).await;
        for part in ["histories", "report", "csv", "settings", "client", "invoice", "suppressions", "account"] {
            assert_eq!(before[part], after[part], "{name}: {part}");
        }
    }
}
