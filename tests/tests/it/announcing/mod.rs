//! What the system announces on EventBridge when a sent status changes.

mod examples;
mod recounting;
mod schema;
mod transitions;

use serde_json::json;
use tests::System;

/// The counters of the firm say what its recipients say, and the summary and the work queue what the rows say.
pub(crate) async fn adds_up(system: &System, firm: &str) {
    system.settled().await;
    let recount = system.recount(firm).await;
    assert_eq!(recount["differences"], json!([]), "{recount:#}");
    assert_eq!(recount["attention"]["counted"], recount["attention"]["recipients"], "{recount:#}");
    let firm = system.firm(firm);
    let rows = firm.report("?limit=1000").await;
    let summary = firm.get("/v1/reports/invoice-emails/summary").await.expect(200);
    for status in ["queued", "sent", "rejected", "delayed", "marked_spam", "opened"] {
        let count = rows.iter().filter(|row| row["sent_status"] == status).count();
        assert_eq!(summary["total"][status], count, "{status}: {summary:#}");
    }
    for (evidence, counted) in summary["evidence"].as_object().unwrap() {
        let count = rows.iter().filter(|row| row["evidence"] == evidence.as_str()).count();
        assert_eq!(*counted, count, "{evidence}: {summary:#}");
    }
    assert_eq!(summary["total"]["recipients"], rows.len());
}
