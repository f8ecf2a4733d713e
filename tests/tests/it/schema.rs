//! The system's answers are what `infra/openapi.yaml` promises: all required fields, no others, of the right types.

use serde_json::{Value, json};
use tests::ses::{Event, Format};
use tests::{System, workspace};

/// The description as JSON.
fn description() -> Value {
    serde_json::to_value(workspace::yaml("infra/openapi.yaml")).unwrap()
}

fn resolve<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolve(description, description.pointer(&reference[1..]).expect(reference)),
        None => schema,
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() || number.is_i64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What is wrong with a value, as far as types, fields and lists of values tell.
fn wrong(description: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let schema = resolve(description, schema);
    if let Some(all) = schema["allOf"].as_array() {
        // Each part knows some of the fields; together they know all.
        let mut whole = json!({ "type": "object", "required": [], "properties": {} });
        for part in all.iter().map(|part| resolve(description, part)) {
            whole["required"]
                .as_array_mut()
                .unwrap()
                .extend(part["required"].as_array().into_iter().flatten().cloned());
            whole["properties"].as_object_mut().unwrap().extend(part["properties"].as_object().unwrap().clone());
        }
        return wrong(description, &whole, value, place);
    }
    if let Some(some) = schema["oneOf"].as_array() {
        let fits = some.iter().filter(|one| wrong(description, one, value, place).is_empty()).count();
        return if fits == 1 { vec![] } else { vec![format!("{place}: {value} fits {fits} of {some:?}")] };
    }
    let mut found = Vec::new();
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(some) => some.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if !types.is_empty() && !types.contains(&type_of(value)) {
        return vec![format!("{place} is {}, not {types:?}: {value}", type_of(value))];
    }
    if let Some(allowed) = schema["enum"].as_array().filter(|allowed| !allowed.contains(value)) {
        found.push(format!("{place}: {value} is none of {allowed:?}"));
    }
    if let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                found.push(format!("{place}/{name} is missing"));
            }
        }
        for (name, value) in fields {
            match properties.get(name) {
                Some(schema) => found.extend(wrong(description, schema, value, &format!("{place}/{name}"))),
                None => found.push(format!("{place}/{name} is not described")),
            }
        }
    }
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(wrong(description, &schema["items"], value, &format!("{place}/{index}")));
    }
    found
}

fn fits(description: &Value, schema: &str, value: &Value) {
    let schema = &description["components"]["schemas"][schema];
    assert!(schema.is_object());
    assert_eq!(wrong(description, schema, value, ""), [] as [String; 0], "{value:#}");
}

#[tokio::test]
async fn answers_are_as_described() {
    let description = description();
    let system = System::start().await;
    let firm = system.firm("roe");
    fits(&description, "History", &firm.history("1").await);
    let body = json!({
        "to": "Ann <ann@gmial.com>; accepted@local.test", "cc": "bounce@simulator.amazonses.com", "bcc": "delayed@local.test",
        "subject": "Described", "facts": { "number": "1", "client": "c", "client_name": "Acme", "url": "https://portal.example.com/i/1" },
    });
    fits(&description, "Preview", &firm.preview("1", &body).await.expect(200));
    let accepted = firm.send("1", body).await;
    fits(&description, "Accepted", &accepted);
    firm.attention_when("bounced and delayed", |rows| rows.len() == 2).await;
    let mail = system.mail("Described", "accepted@local.test").await;
    for event in
        [Event::delivery(&mail), Event::invented(&mail), Event::complaint(&mail, "abuse"), Event::subscription(&mail)]
    {
        system.bring(event.body(Format::Published)).await;
    }
    for link in [mail.pixel(), mail.link()] {
        system.as_browser(&link).await;
        system.as_agent("curl/8.5.0", &link).await;
    }
    let send = accepted["send"].as_str().unwrap();
    let again = json!({ "recipient": "cc:0", "address": "info@example.com" });
    fits(&description, "Preview", &firm.preview_resend("1", send, &again).await.expect(200));
    let suppressed = json!({ "recipient": "cc:0" });
    fits(&description, "Preview", &firm.preview_resend("1", send, &suppressed).await.expect(200));
    let resent = firm.resend("1", send, again).await.expect(202);
    fits(&description, "Accepted", &resent);
    let history = firm.history_with("1", "delivered").await;
    fits(&description, "History", &history);
    let proof = firm.get(&format!("/v1/invoices/1/emails/{send}/proof")).await.expect(200);
    assert!(proof.to_string().contains("source_sha256") && proof["proof"]["rules"].as_array().unwrap().len() > 1);
    fits(&description, "ProofBundle", &proof);
    fits(&description, "ReportPage", &firm.get("/v1/reports/invoice-emails?limit=2").await.expect(200));
    fits(&description, "DomainHabits", &firm.get("/v1/domains/example.com").await.expect(200));
    fits(&description, "AttentionPage", &firm.get("/v1/attention").await.expect(200));
    fits(&description, "Summary", &firm.get("/v1/reports/invoice-emails/summary").await.expect(200));
    fits(&description, "Counts", &firm.get("/v1/attention/summary").await.expect(200));
    fits(&description, "SuppressionPage", &firm.get("/v1/suppressions").await.expect(200));
    fits(&description, "Problem", &firm.get("/v1/attention?limit=0").await.problem(400));
    fits(&description, "Problem", &firm.get("/v1/nothing").await.problem(404));
}
