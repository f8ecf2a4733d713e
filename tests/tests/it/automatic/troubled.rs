//! Finalizing against a table that fails at each step: whoever says it again gets the answer, and nobody two mails.

use std::collections::BTreeMap;

use lambda::Call;
use send::Send;
use serde_json::{Value, json};
use settings::Settings;
use submit::Submit;
use tests::cloud::Cloud;
use tests::door::Trouble;
use tests::payload::{answered, http, request};
use tests::{Firm, System, until};

use super::{accepted, automatic, contact, event, mailed, subject, tell_client, tell_invoice};

/// More than the SDK's retries of one request.
const MORE_THAN_RETRIES: usize = 20;

/// The functions that a finalized invoice passes through, without a stream between them.
struct Functions {
    cloud: Cloud,
    settings: Settings,
    submit: Submit,
    send: Send,
}

impl Functions {
    /// With a firm that wants automatic e-mails, and a client of it with two people.
    async fn start() -> Self {
        let cloud = Cloud::start().await;
        let environment = cloud.environment();
        let functions = Self {
            settings: Settings::from_environment(&environment).unwrap(),
            submit: Submit::from_environment(&environment).unwrap(),
            send: Send::from_environment(&environment).unwrap(),
            cloud,
        };
        functions.put("settings", "", &json!({ "send_automatic_invoice_emails": true })).await;
        let people = [accepted("ann@example.com"), contact("bob@example.com", &[])];
        let acme = json!({ "email": "ann@example.com; bob@example.com", "contacts": people });
        functions.put("clients/{client}", "acme", &acme).await;
        functions
    }

    async fn put(&self, route: &str, id: &str, body: &Value) {
        let (name, place) = route.split_once('/').unwrap_or((route, ""));
        let parameters = json!({ place.trim_matches(['{', '}']): id });
        let path = format!("/v1/{name}/{id}");
        let put = http(&format!("PUT /v1/{route}"), &path, parameters, Some(body));
        let (status, answer) = answered(&self.settings.handle(request(&put), Call::begin()).await);
        assert_eq!(status, 200, "{answer}");
    }

    async fn finalize(&self, invoice: &str) -> (u16, Value) {
        let path = format!("/v1/invoices/{invoice}/finalize");
        let post = http("POST /v1/invoices/{invoice}/finalize", &path, json!({ "invoice": invoice }), None);
        answered(&self.submit.handle(request(&post), Call::begin()).await)
    }

    /// Brings what the table's stream would bring, once; how many mails have gone by their subject.
    async fn mails(&self) -> BTreeMap<String, usize> {
        let records = self.cloud.to_be_sent().await;
        let answer = self.send.handle(records, Call::begin()).await.unwrap();
        assert_eq!(answer["batchItemFailures"], json!([]));
        let mut mails = BTreeMap::new();
        for mail in self.cloud.mails() {
            *mails.entry(mail.decoded_subject()).or_insert(0) += 1;
        }
        mails
    }
}

#[tokio::test]
async fn a_failure_at_any_step_costs_a_repetition_and_no_second_mail() {
    let functions = Functions::start().await;
    let steps = [("BatchGetItem", 0), ("GetItem", 0), ("BatchGetItem", 1), ("TransactWriteItems", 0)];
    let mut expected = BTreeMap::new();
    for (step, (operation, spared)) in steps.into_iter().enumerate() {
        for trouble in [Trouble::Throttled, Trouble::AnswerLost] {
            for count in [1, MORE_THAN_RETRIES] {
                let invoice = format!("{step}-{trouble:?}-{count}");
                functions.put("invoices/{invoice}", &invoice, &json!({ "number": invoice, "client": "acme" })).await;
                functions.cloud.door().spoil(trouble, operation, spared, count);
                let (status, first) = functions.finalize(&invoice).await;
                let is_given_up = count == MORE_THAN_RETRIES;
                assert!(functions.cloud.door().still_to_be_spoilt() < count, "{invoice} never came there");
                functions.cloud.door().spoil(trouble, operation, 0, 0);
                assert_eq!(status, if is_given_up { 503 } else { 202 }, "{invoice}: {first}");

                let (status, answer) = functions.finalize(&invoice).await;
                assert_eq!((status, answer["recipients"].as_array().map(Vec::len)), (202, Some(1)), "{invoice}");
                if !is_given_up {
                    assert_eq!(answer, first, "{invoice}");
                }
                assert_eq!(functions.finalize(&invoice).await, (202, answer), "{invoice}");
                expected.insert(format!("Invoice {invoice} from roe"), 1);
            }
        }
    }
    assert_eq!(functions.mails().await, expected);
}

#[tokio::test]
async fn an_event_that_meets_a_failing_table_is_worked_on_when_it_comes_again() {
    let functions = Functions::start().await;
    for (operation, trouble) in [
        ("BatchGetItem", Trouble::Throttled),
        ("TransactWriteItems", Trouble::Throttled),
        ("TransactWriteItems", Trouble::AnswerLost),
    ] {
        let invoice = format!("{operation}-{trouble:?}");
        functions.put("invoices/{invoice}", &invoice, &json!({ "number": invoice, "client": "acme" })).await;
        functions.cloud.door().spoil(trouble, operation, 0, MORE_THAN_RETRIES);
        let told = event("roe", &invoice);
        let failed = functions.submit.handle_event(told.clone(), Call::begin()).await.unwrap_err();
        assert!(failed.to_string().contains("waits"), "{failed}");
        functions.cloud.door().spoil(trouble, operation, 0, 0);
        let answer = functions.submit.handle_event(told.clone(), Call::begin()).await.unwrap();
        assert_eq!(functions.submit.handle_event(told, Call::begin()).await.unwrap(), answer);
        assert_eq!(functions.finalize(&invoice).await, (202, answer));
    }
    assert!(functions.mails().await.values().all(|count| *count == 1));
    assert_eq!(functions.mails().await.len(), 3);
}

/// Finalizes an invoice until it is answered.
async fn insist(firm: &Firm, invoice: &str) -> Value {
    until(&format!("{invoice} is final"), async || {
        let answer = firm.finalize(invoice).await;
        match answer.status {
            202 => Ok(answer.json()),
            // Nothing else is a "try again"; a client gives up on 500.
            503 => Err(answer.problem(503).to_string()),
            other => panic!("{other}: {}", answer.text()),
        }
    })
    .await
}

#[tokio::test]
async fn a_throttling_or_failing_table_is_asked_again() {
    let system = System::start().await;
    let firm = automatic(&system, "roe").await;
    tell_client(&firm, "quiet", &[contact("carl@example.com", &[])]).await;
    for fault in ["throttle", "error"] {
        for count in [1, 2, 3, 4, 6, 9, 14] {
            let invoice = format!("{fault}-{count}");
            tell_invoice(&firm, &invoice, "acme").await;
            system.faults(json!({ "table": { fault: count } })).await;
            let answer = insist(&firm, &invoice).await;
            system.faults(json!({})).await;
            assert_eq!(firm.finalize(&invoice).await.expect(202), answer, "{invoice}");
            firm.history_with(&invoice, "delivered").await;
            assert_eq!(mailed(&system, &subject(&invoice)).await, ["ann@example.com"], "{invoice}");

            // Where it goes to nobody there is still one answer, and one line of history.
            let quiet = format!("quiet-{invoice}");
            tell_invoice(&firm, &quiet, "quiet").await;
            system.faults(json!({ "table": { fault: count } })).await;
            let answer = insist(&firm, &quiet).await;
            system.faults(json!({})).await;
            assert_eq!(firm.finalize(&quiet).await.expect(202), answer, "{quiet}");
            assert_eq!(firm.history(&quiet).await["sends"].as_array().unwrap().len(), 1, "{quiet}");
        }
    }
}
