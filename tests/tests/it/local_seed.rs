//! A table that was filled at once is one like any other.

use local::seed::{self, Seed};
use serde_json::json;
use tests::System;

const COUNT: u64 = 150;

#[tokio::test]
async fn a_seeded_firm_is_reported_counted_and_opened() {
    let directory = tempfile::tempdir().unwrap();
    let seed = Seed { count: COUNT, data: directory.path().to_owned(), firm: "large".parse().unwrap() };
    let seeded = seed::write(&seed, |_| {}).unwrap();
    seed::recount_all(&seed, &seeded, |_| {}).await.unwrap();

    let system = System::start_on(directory.path()).await;
    let firm = system.firm("large");
    let days = format!("from={}&to={}", seeded.from, seeded.to);
    let rows = firm.report(&format!("?{days}&limit=100")).await;
    assert_eq!(rows.len(), 100, "a full page");
    let summary = firm.get(&format!("/v1/reports/invoice-emails/summary?{days}")).await.expect(200);
    assert_eq!(summary["total"]["recipients"], COUNT, "{summary:#}");
    let history = firm.history(rows[0]["invoice"].as_str().unwrap()).await;
    assert_eq!(history["sends"][0]["subject"], rows[0]["subject"], "{history:#}");
    // What nobody announced is counted nevertheless.
    assert_eq!(system.recount("large").await["differences"], json!([]));
    assert!(system.announced().await.is_empty());
}
