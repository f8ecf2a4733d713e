//! Firms: nobody reads, finds, repeats or silences anything of another firm's.

use serde_json::{Value, json};
use tests::{System, recipient, sorted_statuses};

#[tokio::test]
async fn a_firm_sees_nothing_of_anothers() {
    let system = System::start().await;
    let (roe, doe) = (system.firm("roe"), system.firm("doe"));
    let send = roe.send_to("1042", "bounce@simulator.amazonses.com").await;
    roe.history_with("1042", "bounced").await;
    assert_eq!(roe.attention_when("one", |rows| rows.len() == 1).await[0]["send"], json!(send));

    let history = doe.history("1042").await;
    assert_eq!((&history["sends"], &history["sent_status"]), (&json!([]), &Value::Null));
    assert_eq!(doe.report("").await, Vec::<Value>::new());
    assert_eq!(doe.report("?invoice=1042").await, Vec::<Value>::new());
    assert_eq!(doe.report("?recipient=bounce@simulator.amazonses.com").await, Vec::<Value>::new());
    assert_eq!(doe.attention().await, Vec::<Value>::new());
    let summary = doe.get("/v1/reports/invoice-emails/summary").await.expect(200);
    assert_eq!(summary["total"]["recipients"], 0);
    doe.resend("1042", &send, json!({ "recipient": "to:0", "address": "ann@example.com" })).await.problem(404);
    assert_eq!(system.mailbox().await.len(), 1, "nothing was sent");
    let own = recipient(&roe.history("1042").await, "to:0").clone();
    assert_eq!(own["superseded_by"], Value::Null);
}

#[tokio::test]
async fn the_same_invoice_id_of_two_firms_is_two_invoices() {
    let system = System::start().await;
    // Names that would run together if keys were not escaped.
    for (number, name) in ["roe", "roe.1", "roe-1", "ROE", "r"].into_iter().enumerate() {
        let firm = system.firm(name);
        firm.send_to("1", &format!("p{number}@example.com")).await;
        firm.send_to("1.1", "other@example.com").await;
        let history = firm.history_with("1", "delivered").await;
        assert_eq!(history["sends"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(recipient(&history, "to:0")["address"], format!("p{number}@example.com"), "{name}");
        assert_eq!(firm.report("").await.len(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_bounce_silences_its_own_firm_only() {
    let system = System::start().await;
    let (roe, doe) = (system.firm("roe"), system.firm("doe"));
    let address = "bounce@simulator.amazonses.com";
    roe.send_to("1", address).await;
    roe.history_with("1", "bounced").await;
    roe.send_to("2", address).await;
    let silenced = roe.history_with("2", "dropped").await;
    assert_eq!(sorted_statuses(recipient(&silenced, "to:0")), ["dropped"]);
    doe.send_to("1", address).await;
    let tried = doe.history_with("1", "bounced").await;
    assert_eq!(sorted_statuses(recipient(&tried, "to:0")), ["bounced", "processed"]);
}
