//! A firm's month in a table, and all functions around it in this process, with every request metered.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::routing::post;
use axum::{Json, Router};
use follow::Follow;
use jiff::{SignedDuration, Timestamp};
use lambda::{Call, Environment};
use lambda_http::{Body, Response};
use local::seed::{self, Seed};
use portal::Portal;
use record::Record;
use report::Report;
use send::Send;
use serde_json::{Value, json};
use settings::Settings;
use submit::Submit;
use tempfile::TempDir;
use tests::Mail;
use tests::cloud::{Cloud, serve};
use tests::meter::{Meter, Spent};
use tests::payload::{http, queued, request};
use tests::ses::{Event, Format};
use tokio::net::TcpListener;
use track::Track;
use watch::Watch;

use crate::stream::Stream;

/// The firm that [`http`]'s token names.
pub(crate) const FIRM: &str = "roe";

/// The table, what stands around it, and the functions.
pub(crate) struct World {
    pub(crate) meter: Meter,
    cloud: Cloud,
    table: &'static str,
    table_url: String,
    stream: Stream,
    for_send: Vec<Value>,
    for_follow: Vec<Value>,
    submit: Submit,
    send: Send,
    record: Record,
    track: Track,
    report: Report,
    settings: Settings,
    portal: Portal,
    follow: Follow,
    watch: Watch,
    now: Timestamp,
    /// Makes each call's randomness another one.
    calls: u128,
    _data: TempDir,
}

impl World {
    /// A firm with so many recipients in its month, whose counters are not counted yet.
    pub(crate) async fn of(recipients: u64) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let seed = Seed { count: recipients, data: data.path().to_owned(), firm: FIRM.parse().expect("a firm") };
        seed::write(&seed, |_| ()).expect("the month is written");
        let (database, table_name) = seed::open(&seed).expect("what was written can be opened");
        let table_url = serve(database.clone()).await;
        let meter = Meter::open(table_url.clone()).await;
        let cloud = Cloud::start().await;
        let environment = Environment::of(variables(&cloud, table_name, meter.url(), &bus().await));
        let made = "its variables are complete";
        Self {
            table: table_name,
            table_url,
            stream: Stream::of(database, table_name),
            for_send: Vec::new(),
            for_follow: Vec::new(),
            submit: Submit::from_environment(&environment).expect(made),
            send: Send::from_environment(&environment).expect(made),
            record: Record::from_environment(&environment).expect(made),
            track: Track::from_environment(&environment).expect(made),
            report: Report::from_environment(&environment).expect(made),
            settings: Settings::from_environment(&environment).expect(made),
            portal: Portal::from_environment(&environment).expect(made),
            follow: Follow::from_environment(&environment).expect(made),
            watch: Watch::from_environment(&environment).expect(made),
            meter,
            cloud,
            now: Call::begin().now,
            calls: 0,
            _data: data,
        }
    }

    /// The table's name.
    pub(crate) fn table(&self) -> &'static str {
        self.table
    }

    /// The variables of functions at this table, past the meter.
    pub(crate) fn unmetered(&self) -> BTreeMap<String, String> {
        variables(&self.cloud, self.table, &self.table_url, "http://127.0.0.1:9")
    }

    /// What something consumes.
    pub(crate) async fn spent(&mut self, what: impl AsyncFnOnce(&mut Self)) -> Vec<Spent> {
        self.meter.spent();
        what(self).await;
        self.meter.spent()
    }

    /// The next call, a second after the one before.
    fn call(&mut self) -> Call {
        self.now += SignedDuration::from_secs(1);
        self.calls += 1;
        Call::new(self.now, self.calls << 64 | self.calls)
    }

    /// Submits an invoice to so many people. The mail's button is a link of ours, which leads to the portal's invoice.
    pub(crate) async fn submit(&mut self, invoice: &str, people: usize) {
        self.submit_with(invoice, people, Some(format!("https://portal.example.com/i/{invoice}"))).await;
    }

    /// The same without an address of the invoice: the button leads to the client's page.
    pub(crate) async fn submit_with_page(&mut self, invoice: &str) {
        self.submit_with(invoice, 1, None).await;
    }

    async fn submit_with(&mut self, invoice: &str, people: usize, url: Option<String>) {
        let person = |number| format!("Person {number} <p{number}@{invoice}.example>");
        let body = json!({
            "to": (0..people).map(person).collect::<Vec<_>>(),
            "subject": format!("Invoice {invoice} from Roe & Partners"),
            "message": "Dear all,\n\nplease find the invoice below.\n\nKind regards\nAnna Roe",
            "facts": {
                "number": invoice, "client": format!("client-{invoice}"), "client_name": "Acme Ltd", "currency": "USD",
                "amount": "1250.00", "balance": "1000.00", "due_on": "2026-12-01", "url": url,
            },
        });
        let path = format!("/v1/invoices/{invoice}/emails");
        let mut event = http("POST /v1/invoices/{invoice}/emails", &path, json!({ "invoice": invoice }), Some(&body));
        event["headers"]["idempotency-key"] = json!(format!("{invoice}-{}", self.calls));
        let call = self.call();
        expect(202, &self.submit.handle(request(&event), call).await);
    }

    /// Finalizes an invoice.
    pub(crate) async fn finalize(&mut self, invoice: &str) {
        let path = format!("/v1/invoices/{invoice}/finalize");
        let event =
            http("POST /v1/invoices/{invoice}/finalize", &path, json!({ "invoice": invoice }), Some(&json!({})));
        let call = self.call();
        expect(202, &self.submit.handle(request(&event), call).await);
    }

    /// Puts something of the firm's: settings, a client, an invoice.
    pub(crate) async fn put(&mut self, route: &str, parameters: Value, body: &Value) {
        let mut path = route.to_owned();
        for (name, value) in parameters.as_object().expect("an object") {
            path = path.replace(&format!("{{{name}}}"), value.as_str().expect("text"));
        }
        let event = http(&format!("PUT {route}"), &path, parameters, Some(body));
        let call = self.call();
        expect(200, &self.settings.handle(request(&event), call).await);
    }

    /// What the stream holds for `send`.
    pub(crate) fn waiting(&mut self) -> Vec<Value> {
        self.pump();
        let records = std::mem::take(&mut self.for_send).into_iter();
        records.filter(|record| record["dynamodb"]["NewImage"].get("drive").is_some()).collect()
    }

    /// Hands `send` what the stream holds for it; the mails that this made.
    pub(crate) async fn send(&mut self) -> Vec<Mail> {
        let waiting = self.waiting();
        let mails = self.cloud.mails().len();
        let call = self.call();
        let answer = self.send.handle(json!({ "Records": waiting }), call).await.expect("it sends");
        assert_eq!(answer["batchItemFailures"], json!([]), "{answer}");
        let mut mails = self.cloud.mails().split_off(mails);
        // The stand-in dates every mail alike; SES took it a little before its answer came.
        for mail in &mut mails {
            mail.accepted_at = self.now - SignedDuration::from_millis(20);
        }
        mails
    }

    /// Hands `follow` what the stream holds of recipients, as one batch; how many records that were.
    pub(crate) async fn follow(&mut self) -> usize {
        self.pump();
        let mut records = std::mem::take(&mut self.for_follow);
        let is_recipient =
            |record: &Value| record["dynamodb"]["Keys"]["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("send#"));
        records.retain(is_recipient);
        let (count, call) = (records.len(), self.call());
        let batch = json!({ "shardId": "shardId-1", "Records": records });
        let answer = self.follow.handle(batch, call).await.expect("it follows");
        assert_eq!(answer["batchItemFailures"], json!([]), "{answer}");
        count
    }

    /// Forgets what the stream holds.
    pub(crate) fn skip(&mut self) {
        self.pump();
        self.for_send.clear();
        self.for_follow.clear();
    }

    /// Each of the two readers gets each record.
    fn pump(&mut self) {
        loop {
            let records = self.stream.next();
            if records.is_empty() {
                return;
            }
            self.for_send.extend(records.iter().cloned());
            self.for_follow.extend(records);
        }
    }

    /// Counts the whole month anew, and puts the counters right.
    pub(crate) async fn recount(&mut self) {
        let day = |days: i64| (self.now - SignedDuration::from_hours(24 * days)).strftime("%Y-%m-%d").to_string();
        let mut asked = json!({ "firm": FIRM, "from": day(32), "to": day(-1), "correct": true, "pause_seconds": 0 });
        loop {
            let call = self.call();
            let answer = self.follow.handle(json!({ "recount": asked }), call).await.expect("it counts");
            let Some(next) = answer["next"].as_str() else { return };
            asked["from"] = json!(next);
        }
    }

    /// One run of `watch`.
    pub(crate) async fn watch(&mut self) {
        let call = self.call();
        self.watch.handle(json!({}), call).await.expect("it looks");
    }

    /// Brings events of SES, as one batch of the queue.
    pub(crate) async fn record(&mut self, events: &[Event]) {
        let body = |event: &Event| event.body(Format::PublishedInSns);
        let messages = events.iter().enumerate().map(|(number, event)| queued(&number.to_string(), &body(event)));
        let call = self.call();
        let answer =
            self.record.handle(json!({ "Records": messages.collect::<Vec<_>>() }), call).await.expect("it records");
        assert_eq!(answer["batchItemFailures"], json!([]), "{answer}");
    }

    /// A person's mail program loads the pixel.
    pub(crate) async fn open(&mut self, mail: &Mail) {
        let (path, token) = path_and_token(&mail.pixel());
        let event = http("ANY /o/{token}", &path, json!({ "token": token }), None);
        let call = self.call();
        expect(200, &self.track.handle(request(&event), call).await);
    }

    /// A person follows the first link.
    pub(crate) async fn click(&mut self, mail: &Mail) {
        let (path, token) = path_and_token(&mail.link());
        let event = http("ANY /c/{token}", &path, json!({ "token": token }), None);
        let call = self.call();
        expect(302, &self.track.handle(request(&event), call).await);
    }

    /// A client looks at the page of the invoice.
    pub(crate) async fn view(&mut self, mail: &Mail) {
        let (path, token) = path_and_token(&mail.page());
        let event = http("GET /p/{token}", &path, json!({ "token": token }), None);
        let call = self.call();
        expect(200, &self.portal.handle(request(&event), call).await);
    }

    /// A client looks at the account.
    pub(crate) async fn account(&mut self, client: &str) {
        let mut event = http("GET /v1/portal/account", "/v1/portal/account", json!({}), None);
        event["requestContext"]["authorizer"]["jwt"]["claims"]["custom:client"] = json!(client);
        let call = self.call();
        expect(200, &self.portal.handle(request(&event), call).await);
    }

    /// Staff read something; what they get.
    pub(crate) async fn read(&mut self, route: &str, parameters: Value, query: &[(&str, &str)]) -> String {
        let event = reading(route, parameters, query);
        let call = self.call();
        let answer = self.report.handle(request(&event), call).await;
        expect(200, &answer);
        let Body::Text(text) = answer.into_body() else { panic!("an answer without text") };
        text
    }
}

/// A request of staff to `report`.
pub(crate) fn reading(route: &str, parameters: Value, query: &[(&str, &str)]) -> Value {
    let mut path = route.to_owned();
    for (name, value) in parameters.as_object().expect("an object") {
        path = path.replace(&format!("{{{name}}}"), value.as_str().expect("text"));
    }
    let mut event = http(&format!("GET {route}"), &path, parameters, None);
    // Cursors are base64url, and nothing else here needs an escape either.
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    event["rawQueryString"] = json!(pairs.join("&"));
    event["queryStringParameters"] = json!(query.iter().copied().collect::<BTreeMap<_, _>>());
    event
}

/// The variables of functions at this table.
pub(crate) fn variables(cloud: &Cloud, table: &str, table_url: &str, bus_url: &str) -> BTreeMap<String, String> {
    let mut variables = cloud.variables();
    for (name, value) in
        [("TABLE_NAME", table), ("AWS_ENDPOINT_URL_DYNAMODB", table_url), ("AWS_ENDPOINT_URL_EVENTBRIDGE", bus_url)]
    {
        variables.insert(name.to_owned(), value.to_owned());
    }
    variables
}

/// A bus that takes everything; where it answers.
pub(crate) async fn bus() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let take = async |body: Bytes| {
        let call: Value = serde_json::from_slice(&body).expect("JSON");
        let entries = call["Entries"].as_array().map_or(0, Vec::len);
        Json(json!({ "FailedEntryCount": 0, "Entries": vec![json!({ "EventId": "1" }); entries] }))
    };
    let router = Router::new().route("/", post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

fn path_and_token(link: &str) -> (String, String) {
    let path = link.strip_prefix("https://mail.example.com").expect("one of ours").to_owned();
    let token = path.rsplit('/').next().expect("a token").to_owned();
    (path, token)
}

fn expect(status: u16, answer: &Response<Body>) {
    assert_eq!(answer.status(), status, "{:?}", answer.body());
}
