//! What a finalization asks of the table.

use serde_json::{Value, json};
use tests::System;
use tests::cost::cost;

use super::{accepted, automatic, contact, event, tell_client, tell_invoice};

#[tokio::test]
async fn a_finalization_costs_four_requests_and_its_repetition_one() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    let spent = async |invoice: &str| cost(&system, "submit", async || drop(firm.finalize(invoice).await)).await;
    let once = json!({ "BatchGetItem": 1 });
    let whole = json!({ "BatchGetItem": 2, "GetItem": 1, "TransactWriteItems": 1 });
    assert_eq!(spent("unknown").await, once);

    // However many people it goes to or not.
    let everybody: Vec<Value> = (0..50).map(|number| accepted(&format!("p{number}@example.com"))).collect();
    tell_client(&firm, "many", &everybody).await;
    tell_client(&firm, "quiet", &[contact("carl@example.com", &[]), contact("dora@example.com", &[])]).await;
    for client in ["acme", "many", "quiet"] {
        tell_invoice(&firm, client, client).await;
        assert_eq!(spent(client).await, whole, "{client}");
        for _ in 0..2 {
            assert_eq!(spent(client).await, once, "{client}");
            let by_event = async || drop(system.publish(&event("roe", client)).await);
            assert_eq!(cost(&system, "submit", by_event).await, once, "{client}");
        }
    }
    firm.put("/v1/clients/mute", &json!({})).await.expect(200);
    tell_invoice(&firm, "mute", "mute").await;
    assert_eq!(spent("mute").await, json!({ "BatchGetItem": 1, "GetItem": 1 }), "there is nobody, and nothing to keep");
    tell_invoice(&firm, "lost", "unknown").await;
    assert_eq!(spent("lost").await, json!({ "BatchGetItem": 1, "GetItem": 1 }), "nothing is written of it");

    let off = system.firm("off");
    let spent_off = cost(&system, "submit", async || drop(off.finalize("1").await)).await;
    assert_eq!(spent_off, once);
    let refused = async || drop(system.firm("roe:acme").finalize("acme").await.problem(403));
    assert_eq!(cost(&system, "submit", refused).await, json!({}));
}
