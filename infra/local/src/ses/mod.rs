//! The SES stand-in: SendEmail of SES v2 over HTTP, a mailbox for what it accepts, and events on their way to the
//! queue.

pub(crate) mod events;
pub(crate) mod mailbox;
mod request;
mod scenario;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use serde_json::json;

use crate::clock;
use crate::faults::{Faults, SesFault};
use crate::invoke::{InvocationError, Outcome};
use crate::queue::{Queue, QueueFull};
use crate::serve::{self, NoAnswer, Response, read_body};
use crate::sns;
use events::{Event, Step};
use mailbox::{Mail, Mailbox};
use request::{Refusal, SendEmail, bare_address};
use scenario::Scenario;

/// Base64 in JSON of SES's 40 MB, and some room for the rest.
const MOST_BODY_BYTES: usize = 56 * 1024 * 1024;

/// Mails that are accepted, counted from the start. High enough for load tests; beyond it SES's own refusal shows.
const DAILY_QUOTA: usize = 200_000;

/// Shuffled events arrive within this time, in any order.
const SHUFFLE_WITHIN_MS: u64 = 120;

/// The SES stand-in.
pub(crate) struct Ses {
    pub(crate) configuration_set: &'static str,
    /// The kinds of events that the configuration set publishes.
    pub(crate) event_types: Vec<String>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) accepted: AtomicUsize,
}

impl Ses {
    /// Answers one request of the SES v2 API.
    pub(crate) async fn answer(self: Arc<Self>, request: http::Request<Incoming>) -> Result<Response, NoAnswer> {
        let (parts, body) = request.into_parts();
        let Ok(body) = read_body(body, MOST_BODY_BYTES).await else {
            return Ok(refuse(&Refusal::BadRequest("Message length is more than 40 MB.".to_owned())));
        };
        match (parts.method.as_str(), parts.uri.path()) {
            ("POST", "/v2/email/outbound-emails") => self.send_email(&body).await,
            ("GET", "/v2/email/account") => Ok(serve::json(200, &self.account())),
            _ => Ok(refuse(&Refusal::NotFound("Only SendEmail and GetAccount are played here.".to_owned()))),
        }
    }

    async fn send_email(&self, body: &[u8]) -> Result<Response, NoAnswer> {
        let fault = self.faults.next_ses();
        match fault {
            Some(SesFault::Throttle) => return Ok(refuse(&Refusal::TooManyRequests)),
            Some(SesFault::Error) => return Ok(refuse(&Refusal::InternalFailure)),
            // Ends with the connection, when the caller's patience does.
            Some(SesFault::Hang) => std::future::pending().await,
            Some(SesFault::LoseAnswer) | None => {}
        }
        let accepted = SendEmail::parse(body, self.configuration_set).and_then(|call| self.accept(call));
        match (accepted, fault) {
            (Err(refusal), _) => Ok(refuse(&refusal)),
            (Ok(_), Some(_)) => Err(NoAnswer),
            (Ok(message_id), None) => Ok(serve::json(200, &json!({ "MessageId": message_id }))),
        }
    }

    /// Takes a mail into the mailbox and sends its events on their way.
    fn accept(&self, call: SendEmail) -> Result<String, Refusal> {
        if call.destination.iter().any(|address| Scenario::of(bare_address(address)) == Scenario::Refused) {
            return Err(Refusal::MessageRejected(
                "Email address is not verified (refuse@local.test is never).".to_owned(),
            ));
        }
        if self.accepted.fetch_add(1, Ordering::Relaxed) >= DAILY_QUOTA {
            return Err(Refusal::LimitExceeded);
        }
        let accepted_at = clock::now();
        let message_id = events::message_id(accepted_at);
        // Without a configuration set SES publishes nothing.
        let events = match call.configuration_set {
            Some(_) => events::of(&call, &message_id, accepted_at),
            None => Vec::new(),
        };
        let mail = self.mailbox.add(Mail {
            message_id: message_id.clone(),
            accepted_at,
            envelope_to: call.destination.iter().map(|address| bare_address(address).to_owned()).collect(),
            from: call.from,
            subject: call.subject,
            tags: call.tags,
            configuration_set: call.configuration_set,
            raw: String::from_utf8_lossy(&call.raw).into_owned(),
            ..Mail::default()
        });
        for event in events {
            self.publish_about(&mail, &event);
        }
        Ok(message_id)
    }

    /// Publishes an event of a mail, if it is of a kind that the configuration set publishes.
    fn publish_about(&self, mail: &Mail, event: &Event) {
        if !self.event_types.iter().any(|kind| kind == event.kind) {
            return;
        }
        let json = event.body.to_string();
        match self.publish(&sns::envelope(&json), event.after) {
            Ok(()) => mail.life.note(event.at(mail.accepted_at), event.told(json)),
            Err(error) => tracing::error!(error = %error, "an SES event is lost"),
        }
    }

    /// Publishes an event of a mail that somebody wants by hand, and waits until it was handled once.
    pub(crate) async fn publish_by_hand(&self, mail: &Mail, step: Step) -> Result<Outcome, InvocationError> {
        let call = SendEmail {
            from: mail.from.clone(),
            destination: mail.envelope_to.clone(),
            subject: mail.subject.clone(),
            tags: mail.tags.clone(),
            configuration_set: mail.configuration_set.clone(),
            raw: mail.raw.clone().into_bytes(),
        };
        let after = clock::now().duration_since(mail.accepted_at).unsigned_abs();
        let event = events::one(&call, &mail.message_id, mail.accepted_at, step, after);
        self.publish_and_hear(sns::envelope(&event.body.to_string())).await
    }

    /// Puts a message on the queue, as often and as late as the faults ask.
    fn publish(&self, body: &str, after: Duration) -> Result<(), QueueFull> {
        let travel = self.faults.events();
        for _ in 0..=travel.duplicate {
            self.queue.send(body.to_owned(), after + self.detour())?;
        }
        Ok(())
    }

    /// Puts a message of someone's own on the queue and waits until it was handled once.
    pub(crate) async fn publish_and_hear(&self, body: String) -> Result<Outcome, InvocationError> {
        self.mailbox.note_brought(&body, clock::now());
        for _ in 0..self.faults.events().duplicate {
            self.queue.send(body.clone(), self.detour()).map_err(|error| InvocationError::from_error(&error))?;
        }
        self.queue.send_and_hear(body, self.detour()).await
    }

    /// How much later than usual the next event arrives.
    fn detour(&self) -> Duration {
        let travel = self.faults.events();
        let shuffle = if travel.shuffle { rand::random_range(0..SHUFFLE_WITHIN_MS) } else { 0 };
        Duration::from_millis(travel.delay_ms + shuffle)
    }

    fn account(&self) -> serde_json::Value {
        json!({
            "ProductionAccessEnabled": true,
            "SendingEnabled": true,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": {
                "Max24HourSend": DAILY_QUOTA,
                "MaxSendRate": 1_000,
                "SentLast24Hours": self.accepted.load(Ordering::Relaxed),
            },
        })
    }
}

fn refuse(refusal: &Refusal) -> Response {
    let (status, name) = refusal.status_and_name();
    let mut response = serve::json(status, &json!({ "message": refusal.to_string() }));
    response.headers_mut().insert("x-amzn-errortype", http::HeaderValue::from_static(name));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::faults::Plan;
    use serde_json::Value;
    use tokio::net::TcpListener;

    async fn start() -> (Arc<Ses>, String) {
        let ses = Arc::new(Ses {
            configuration_set: "tracking",
            event_types: vec!["send".to_owned(), "delivery".to_owned()],
            faults: Arc::default(),
            mailbox: Arc::default(),
            queue: Arc::new(Queue::new(Arc::default())),
            accepted: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v2/email/outbound-emails", listener.local_addr().unwrap());
        let stand_in = Arc::clone(&ses);
        tokio::spawn(serve::serve(listener, None, move |request, _| Arc::clone(&stand_in).answer(request)));
        (ses, url)
    }

    async fn send(url: &str, to: &str) -> Result<(u16, Option<String>, Value), reqwest::Error> {
        let simple = json!({ "Subject": { "Data": "Invoice" }, "Body": { "Text": { "Data": "Hello" } } });
        let call = json!({
            "FromEmailAddress": "billing@roe-partners.example",
            "Destination": { "ToAddresses": [to] },
            "Content": { "Simple": simple },
            "ConfigurationSetName": "tracking",
        });
        let request = reqwest::Client::new().post(url).timeout(Duration::from_millis(300)).body(call.to_string());
        let response = request.send().await?;
        let status = response.status().as_u16();
        let error = response.headers().get("x-amzn-errortype").map(|name| name.to_str().unwrap().to_owned());
        Ok((status, error, serde_json::from_slice(&response.bytes().await?).unwrap()))
    }

    #[tokio::test]
    async fn a_mail_is_accepted_and_refused_as_ses_does() {
        let (ses, url) = start().await;
        let (status, _, body) = send(&url, "ann@example.com").await.unwrap();
        assert_eq!(status, 200);
        assert!(ses.mailbox.get(body["MessageId"].as_str().unwrap()).is_some());
        let (status, error, body) = send(&url, "refuse@local.test").await.unwrap();
        assert_eq!((status, error.as_deref()), (400, Some("MessageRejected")));
        assert!(body["message"].is_string());
        assert_eq!(ses.mailbox.newest_first().len(), 1);
    }

    #[tokio::test]
    async fn faults_fail_in_their_own_ways() {
        let (ses, url) = start().await;
        ses.faults.set(Plan::parse(br#"{"ses":{"throttle":1,"error":1,"hang":1,"lose_answer":1}}"#).unwrap());
        let (status, error, _) = send(&url, "ann@example.com").await.unwrap();
        assert_eq!((status, error.as_deref()), (429, Some("TooManyRequestsException")));
        let (status, error, _) = send(&url, "ann@example.com").await.unwrap();
        assert_eq!((status, error.as_deref()), (500, Some("InternalFailure")));
        assert!(send(&url, "ann@example.com").await.unwrap_err().is_timeout());
        assert!(ses.mailbox.newest_first().is_empty() && ses.queue.is_idle(), "nothing was accepted yet");
        assert!(!send(&url, "ann@example.com").await.unwrap_err().is_timeout());
        assert_eq!(ses.mailbox.newest_first().len(), 1);
        assert!(!ses.queue.is_idle());
        assert_eq!(send(&url, "ann@example.com").await.unwrap().0, 200);
    }
}
