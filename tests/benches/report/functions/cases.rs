//! The event by which each function is measured: the one that it mostly gets, or the heaviest of those.

use lambda::Call;
use send::Send;
use serde_json::{Value, json};
use settings::Settings;
use submit::Submit;
use tests::cloud::Cloud;
use tests::payload::{http, queued, request};
use tests::ses::{Event, Format};

/// As many messages as the queue hands over at once: see the template's `BatchSize`.
const BATCH: usize = 10;

/// A function and its event.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The function.
    pub(crate) function: &'static str,
    /// What it is asked for, in words.
    pub(crate) what: &'static str,
    /// The event.
    pub(crate) event: Value,
}

/// A firm's invoices on their way: what each event needs to be there is, by the functions themselves.
pub(crate) struct World {
    cloud: Cloud,
    /// What the stream brought of the recipient of the invoice 1042, who has been sent by now.
    sent: Value,
    /// What it brings of the recipient of the invoice 1043, who waits.
    waiting: Value,
}

impl World {
    /// An invoice that was sent to as many people as a batch has messages, one that was sent to one, and one that was
    /// submitted.
    pub(crate) async fn build() -> Self {
        let cloud = Cloud::start().await;
        let settings = Settings::from_environment(&cloud.environment()).unwrap();
        let firm = json!({ "firm_name": "Roe & Partners", "display_balances": true });
        let facts = json!({
            "number": "2026-1042", "client": "acme", "client_name": "Acme", "currency": "USD", "amount": "1250.00",
            "balance": "1000.00", "due_on": "2026-12-01",
        });
        for event in [
            http("PUT /v1/settings", "/v1/settings", json!({}), Some(&firm)),
            client(),
            http("PUT /v1/invoices/{invoice}", "/v1/invoices/1042", json!({ "invoice": "1042" }), Some(&facts)),
        ] {
            assert_eq!(settings.handle(request(&event), Call::begin()).await.status(), 200);
        }
        let many: Vec<String> = (0..BATCH).map(|number| format!("person-{number}@example.com")).collect();
        submit(&cloud, "1041", &many.join("; ")).await;
        send(&cloud).await;
        submit(&cloud, "1042", "Ann <ann@example.com>").await;
        let sent = cloud.to_be_sent().await;
        send(&cloud).await;
        submit(&cloud, "1043", "Ann <ann@example.com>").await;
        let waiting = cloud.to_be_sent().await;
        Self { cloud, sent, waiting }
    }

    /// Where everything is.
    pub(crate) fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// The cases, in the order of the README's table of functions.
    pub(crate) async fn cases(&self) -> Vec<Case> {
        let mails = self.cloud.mails();
        let (many, mail) = (&mails[..BATCH], &mails[BATCH]);
        let token = |url: String| url.rsplit('/').next().unwrap().to_owned();
        let (pixel, page) = (token(mail.pixel()), token(mail.page()));
        let pixel = http("ANY /o/{token}", &format!("/o/{pixel}"), json!({ "token": pixel }), None);
        let page = http("ANY /p/{token}", &format!("/p/{page}"), json!({ "token": page }), None);
        let deliveries = many.iter().enumerate().map(|(number, mail)| {
            queued(&format!("message-{number}"), &Event::delivery(mail).body(Format::PublishedInSns))
        });
        let body = json!({ "to": "Bob Roe <bob@example.com>", "message": "Dear Bob,\n\nplease find our invoice." });
        let mut email = emails("1042", Some(&body));
        email["headers"]["idempotency-key"] = json!("0193ce2c-1f3a-7d2e-9b5a-6d1f0f6f8a11");
        let case = |function, what, event| Case { function, what, event };
        vec![
            case("submit", "an e-mail to one person", email),
            case("send", "one mail", self.waiting.clone()),
            case("track", "an open", pixel),
            case("record", "ten deliveries", json!({ "Records": deliveries.collect::<Vec<_>>() })),
            case("report", "an invoice's history", emails("1042", None)),
            case("settings", "a client is told", client()),
            case("portal", "an invoice's page", page),
            case("follow", "a mail was sent", self.change().await),
            case("watch", "nothing is due", schedule()),
            case("web", "the page", http("GET /", "/", Value::Null, None)),
        ]
    }

    /// What the stream brings once the recipient has been sent.
    async fn change(&self) -> Value {
        let items: Value = serde_json::from_str(&self.cloud.everything().await).unwrap();
        let mut record = self.sent["Records"][0].clone();
        let keys = record["dynamodb"]["Keys"].clone();
        let is_it = |item: &&Value| (&item["pk"], &item["sk"]) == (&keys["pk"], &keys["sk"]);
        let sent = items.as_array().unwrap().iter().find(is_it).unwrap().clone();
        record["eventName"] = json!("MODIFY");
        record["dynamodb"]["OldImage"] = std::mem::replace(&mut record["dynamodb"]["NewImage"], sent);
        json!({
            "Records": [record], "shardId": "shardId-00000001795302300000-0a1b2c3d", "state": {},
            "window": { "start": "2026-11-21T23:05:00Z", "end": "2026-11-21T23:05:30Z" },
            "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-11-21T00:00:00.000",
            "isFinalInvokeForWindow": false, "isWindowTerminatedEarly": false,
        })
    }
}

fn emails(invoice: &str, body: Option<&Value>) -> Value {
    let method = if body.is_some() { "POST" } else { "GET" };
    let path = format!("/v1/invoices/{invoice}/emails");
    http(&format!("{method} /v1/invoices/{{invoice}}/emails"), &path, json!({ "invoice": invoice }), body)
}

fn client() -> Value {
    let contact = json!({ "address": "ann@example.com", "name": "Ann", "invited_at": "2026-01-01T09:00:00Z" });
    let body = json!({ "name": "Acme", "email": "ann@example.com; bob@example.com", "contacts": [contact] });
    http("PUT /v1/clients/{client}", "/v1/clients/acme", json!({ "client": "acme" }), Some(&body))
}

fn schedule() -> Value {
    json!({
        "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
        "source": "aws.events", "account": "123456789012", "time": "2026-11-21T23:05:00Z", "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/every-five-minutes"], "detail": {},
    })
}

async fn submit(cloud: &Cloud, invoice: &str, to: &str) {
    let event = emails(invoice, Some(&json!({ "to": to, "subject": "Invoice 2026-1042" })));
    let submit = Submit::from_environment(&cloud.environment()).unwrap();
    assert_eq!(submit.handle(request(&event), Call::begin()).await.status(), 202);
}

async fn send(cloud: &Cloud) {
    let send = Send::from_environment(&cloud.environment()).unwrap();
    let answer = send.handle(cloud.to_be_sent().await, Call::begin()).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
}
