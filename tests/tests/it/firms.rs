//! Firms: nobody reads, finds, repeats or silences anything of another firm's.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, System, recipient, sorted_statuses, workspace};

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

/// The routes that need a token: `GET /v1/attention`.
fn staff_routes() -> Vec<(Method, String)> {
    let template = workspace::yaml("infra/template.yaml");
    let resources = template["Resources"].as_mapping().unwrap().values();
    let events =
        resources.filter_map(|resource| resource["Properties"]["Events"].as_mapping()).flat_map(|all| all.values());
    let properties = events.filter(|event| event["Type"] == "HttpApi").map(|event| &event["Properties"]);
    let routes = properties.filter(|route| route["Auth"]["Authorizer"] != "NONE" && route["Method"] != "ANY");
    let text = |value: &serde_yaml_ng::Value| value.as_str().unwrap().to_owned();
    routes.map(|route| (text(&route["Method"]).parse().unwrap(), text(&route["Path"]))).collect()
}

#[tokio::test]
async fn a_clients_token_opens_no_door_of_the_staff() {
    let system = System::start().await;
    let (staff, client) = (system.firm("roe"), system.firm("roe:client-1"));
    let address = "bounce@simulator.amazonses.com";
    let facts = json!({ "client": "client-1" });
    let send = staff.send("1", json!({ "to": address, "subject": "One", "facts": facts })).await["send"].clone();
    staff.history_with("1", "bounced").await;
    staff.attention_when("the bounce", |rows| rows.len() == 1).await;
    system.settled().await;
    let read = async || {
        let paths = ["/v1/invoices/1/emails", "/v1/reports/invoice-emails", "/v1/attention", "/v1/suppressions"];
        let mut all = Vec::new();
        for path in paths {
            all.push(staff.get(path).await.expect(200));
        }
        all
    };
    let before = read().await;
    assert_eq!(before[3]["rows"].as_array().unwrap().len(), 1, "there is something to take off the list");

    let routes = staff_routes();
    assert!(routes.len() >= 8, "{routes:?}");
    for (method, path) in routes {
        let values = [("{invoice}", "1"), ("{send}", send.as_str().unwrap()), ("{address}", address)];
        let path = values.iter().fold(path, |path, (name, value)| path.replace(name, value));
        let mut request = client.request(method.clone(), &path);
        if path.contains("/resend") {
            request = request.json(&json!({ "recipient": "to:0", "address": "ann@example.com" }));
        } else if method == Method::POST {
            request = request.json(&json!({ "to": "ann@example.com", "subject": "Mine" }));
        }
        let problem = Answer::of(request).await.problem(403);
        assert!(!problem.to_string().contains(address), "{method} {path}: {problem}");
    }
    system.settled().await;
    assert_eq!(read().await, before);
    assert_eq!(system.mailbox().await.len(), 1);
}
