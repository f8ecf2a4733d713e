//! All functions over one table, without a stream, a queue or a clock between them.

use domain::ids::RecipientKey;
use domain::token::{Purpose, TokenKeys};
use follow::Follow;
use lambda::Call;
use lambda_http::{Body, Response};
use portal::Portal;
use record::Record;
use report::Report;
use send::Send;
use serde_json::{Value, json};
use settings::Settings;
use submit::Submit;
use table::Table;
use tests::Mail;
use tests::cloud::Cloud;
use tests::payload::{http, request};
use tests::ses::{Event, Format};
use tests::written::at;
use track::Track;
use watch::Watch;

/// The functions.
pub(super) struct World {
    pub(super) cloud: Cloud,
    pub(super) table: Table,
    submit: Submit,
    send: Send,
    track: Track,
    record: Record,
    report: Report,
    settings: Settings,
    portal: Portal,
    follow: Follow,
    watch: Watch,
}

/// What somebody asks: a route of the API with what stands in its places.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    event: Value,
}

/// What is answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Ask {
    /// Of a route such as `GET /v1/clients/{client}`, the places being given in their order.
    pub(super) fn of(route: &str, places: &[&str]) -> Self {
        let (method, template) = route.split_once(' ').expect("a method and a path");
        let (mut path, mut parameters) = (template.to_owned(), json!({}));
        let mut places = places.iter();
        for name in template.split('/').filter(|part| part.contains('{')) {
            let place = places.next().expect("a value for each place");
            path = path.replacen(name, place, 1);
            parameters[name.trim_start_matches('{').split('}').next().expect("a name")] = json!(place);
        }
        let mut event = http(route, &path, parameters, None);
        event["requestContext"]["http"]["method"] = json!(method.replace("ANY", "GET"));
        Self { event }
    }

    pub(super) fn query(mut self, query: &str) -> Self {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        self.event["queryStringParameters"] = pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect();
        self.event["rawQueryString"] = json!(query);
        self
    }

    pub(super) fn json(mut self, body: &Value) -> Self {
        self.event["body"] = json!(body.to_string());
        self
    }

    /// The body of a form.
    pub(super) fn form(self, body: &str) -> Self {
        let mut asked = self.header("content-type", "application/x-www-form-urlencoded");
        asked.event["body"] = json!(body);
        asked
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.event["headers"][name] = json!(value);
        self
    }

    pub(super) fn method(mut self, method: &str) -> Self {
        self.event["requestContext"]["http"]["method"] = json!(method);
        self
    }

    /// As a client who has signed in.
    pub(super) fn by_client(mut self, client: &str) -> Self {
        self.event["requestContext"]["authorizer"]["jwt"]["claims"]["custom:client"] = json!(client);
        self
    }
}

impl Answered {
    fn of(response: &Response<Body>) -> Self {
        let text = match response.body() {
            Body::Text(text) => text.clone(),
            _ => String::new(),
        };
        Self { status: response.status().as_u16(), text }
    }

    /// The JSON of an answer with this status.
    pub(super) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

/// The token in a link of a mail.
pub(super) fn token(link: &str) -> &str {
    link.rsplit('/').next().expect("a last part")
}

impl World {
    pub(super) async fn over(cloud: Cloud) -> Self {
        let environment = cloud.environment();
        Self {
            table: cloud.table(),
            submit: Submit::from_environment(&environment).unwrap(),
            send: Send::from_environment(&environment).unwrap(),
            track: Track::from_environment(&environment).unwrap(),
            record: Record::from_environment(&environment).unwrap(),
            report: Report::from_environment(&environment).unwrap(),
            settings: Settings::from_environment(&environment).unwrap(),
            portal: Portal::from_environment(&environment).unwrap(),
            follow: Follow::from_environment(&environment).unwrap(),
            watch: Watch::from_environment(&environment).unwrap(),
            cloud,
        }
    }

    /// What is answered so many seconds after the start.
    pub(super) async fn ask(&self, seconds: i64, asked: Ask) -> Answered {
        let (request, call) = (request(&asked.event), call(seconds));
        let route = asked.event["routeKey"].as_str().expect("a route").to_owned();
        let (method, path) = route.split_once(' ').expect("a method and a path");
        let is_sending = method == "POST" && (path.contains("/emails") || path.ends_with("/finalize"));
        let response = if is_sending {
            self.submit.handle(request, call).await
        } else if path.starts_with("/p/") || path.starts_with("/v1/portal") {
            self.portal.handle(request, call).await
        } else if !path.starts_with("/v1") {
            self.track.handle(request, call).await
        } else if ["/emails", "/v1/reports", "/v1/attention", "/v1/domains"].iter().any(|part| path.contains(part)) {
            self.report.handle(request, call).await
        } else {
            self.settings.handle(request, call).await
        };
        Answered::of(&response)
    }

    /// E-mails an invoice; the send's id.
    pub(super) async fn submit(&self, seconds: i64, invoice: &str, body: &Value) -> String {
        let asked = Ask::of("POST /v1/invoices/{invoice}/emails", &[invoice]).json(body);
        self.ask(seconds, asked).await.expect(202)["send"].as_str().expect("an id").to_owned()
    }

    /// The token of a recipient for a purpose: the same today as it was in a mail of then.
    pub(super) fn token(&self, purpose: Purpose, key: &RecipientKey) -> String {
        let keys = TokenKeys::parse(&self.cloud.variables()["TOKEN_KEYS"]).unwrap();
        keys.seal_recipient(purpose, key)
    }

    /// Hands everything that waits to SES.
    pub(super) async fn deliver(&self, seconds: i64) {
        let answer = self.send.handle(self.cloud.to_be_sent().await, call(seconds)).await.unwrap();
        assert_eq!(answer, json!({ "batchItemFailures": [] }));
    }

    /// The last mail to an address.
    pub(super) fn mail(&self, address: &str) -> Mail {
        let mails = self.cloud.mails().into_iter().rev();
        mails.into_iter().find(|mail| mail.to == address).unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// Brings an event of SES.
    pub(super) async fn tell(&self, seconds: i64, event: &Event) {
        self.tell_as(seconds, event, Format::Published).await;
    }

    pub(super) async fn tell_as(&self, seconds: i64, event: &Event, format: Format) {
        self.record.handle_message(&event.body(format), call(seconds)).await.unwrap();
    }

    pub(super) async fn watch(&self, seconds: i64) -> Value {
        self.watch.handle(json!({}), call(seconds)).await.unwrap()
    }

    /// What goes wrong in a run of `watch`, with its causes.
    pub(super) async fn watch_fails(&self, seconds: i64) -> String {
        lambda::log::chain(&self.watch.handle(json!({}), call(seconds)).await.unwrap_err())
    }

    /// What goes wrong with an event of SES, with its causes.
    pub(super) async fn telling_fails(&self, seconds: i64, event: &Event, format: Format) -> String {
        lambda::log::chain(&self.record.handle_message(&event.body(format), call(seconds)).await.unwrap_err())
    }

    /// Counts anew over all days of the journeys.
    pub(super) async fn recount(&self, seconds: i64) -> Result<Value, String> {
        let asked = json!({ "recount": {
            "firm": "roe", "from": "2026-11-20", "to": "2026-11-24", "correct": true, "list": true, "pause_seconds": 0,
        } });
        self.follow.handle(asked, call(seconds)).await.map_err(|error| lambda::log::chain(&error))
    }
}

/// A moment of a journey. Its randomness is its own, so that a journey writes the same whenever it runs.
fn call(seconds: i64) -> Call {
    Call::new(at(seconds), seconds.unsigned_abs().into())
}
