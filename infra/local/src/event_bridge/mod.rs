//! The EventBridge stand-in: PutEvents over HTTP, and the events that were put on the bus.

mod request;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::clock;
use crate::credentials::function_of;
use crate::faults::{BusFault, Faults};
use crate::policy::Policy;
use crate::serve::{self, NoAnswer, Response, read_body};
use request::{EntryRefusal, PutEvents, Refusal};

/// The bus that exists at the stand-in, which every function finds in `EVENT_BUS_NAME`.
pub(crate) const EVENT_BUS: &str = "invoice-email-tracking";

/// The newest events that are kept: as many as a journey looks through. A month of a large firm has a million.
const KEPT: usize = 10_000;

/// The limit of a call's entries, several times: each quotation mark in them takes two bytes, and each line break.
const MOST_BODY_BYTES: usize = 4 * 1024 * 1024;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// The EventBridge stand-in.
pub(crate) struct EventBridge {
    policies: BTreeMap<String, Policy>,
    faults: Arc<Faults>,
    /// The newest events in their envelopes, oldest first.
    events: Mutex<VecDeque<Value>>,
}

impl EventBridge {
    pub(crate) fn new(policies: BTreeMap<String, Policy>, faults: Arc<Faults>) -> Self {
        Self { policies, faults, events: Mutex::default() }
    }

    /// The newest events on the bus, newest first.
    pub(crate) fn to_json(&self) -> Value {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        json!({ "events": events.iter().rev().collect::<Vec<_>>() })
    }

    /// Answers one request of the EventBridge API.
    pub(crate) async fn answer(self: Arc<Self>, request: http::Request<Incoming>) -> Result<Response, NoAnswer> {
        let (parts, body) = request.into_parts();
        let body = read_body(body, MOST_BODY_BYTES).await.map_err(|_| Refusal::TooLarge);
        let answered = body.and_then(|body| self.put_events(&parts.headers, &body));
        Ok(answered.unwrap_or_else(|refusal| refuse(&refusal)))
    }

    fn put_events(&self, headers: &http::HeaderMap, body: &[u8]) -> Result<Response, Refusal> {
        if headers.get("x-amz-target").is_none_or(|target| target != "AWSEvents.PutEvents") {
            return Err(Refusal::UnknownOperation);
        }
        let function = function_of(headers);
        if let Some(policy) = self.policies.get(&function)
            && let Err(denied) = policy.check_put_events()
        {
            tracing::error!(function, error = %denied, "a request to the event bus is denied");
            return Err(Refusal::AccessDenied(format!("{function}: {denied}")));
        }
        let fault = self.faults.next_bus();
        match fault {
            Some(BusFault::Throttle) => return Err(Refusal::Throttling),
            Some(BusFault::Error) => return Err(Refusal::Internal),
            Some(BusFault::RefuseFirst) | None => {}
        }
        let call = PutEvents::parse(body)?;
        let now = clock::now();
        let results = call.entries.iter().enumerate().map(|(place, entry)| {
            if place == 0 && fault == Some(BusFault::RefuseFirst) {
                return Err(EntryRefusal::Internal);
            }
            let id = clock::uuid();
            let event = entry.event(&id, now)?;
            if entry.bus() == EVENT_BUS {
                self.keep(event);
            } else {
                // EventBridge takes what is put on a bus that does not exist, and drops it.
                // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
                tracing::warn!(function, bus = entry.bus(), "an event for a bus that does not exist is dropped");
            }
            Ok(id)
        });
        let results: Vec<Result<String, EntryRefusal>> = results.collect();
        let entries = results.iter().map(|result| match result {
            Ok(id) => json!({ "EventId": id }),
            Err(refusal) => json!({ "ErrorCode": refusal.code(), "ErrorMessage": refusal.to_string() }),
        });
        let answer = json!({
            "FailedEntryCount": results.iter().filter(|result| result.is_err()).count(),
            "Entries": entries.collect::<Vec<_>>(),
        });
        Ok(serve::answer(200, CONTENT_TYPE, answer.to_string()))
    }

    fn keep(&self, event: Value) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() == KEPT {
            events.pop_front();
        }
        events.push_back(event);
    }
}

/// An EventBridge error, in the shape that the SDKs read.
fn refuse(refusal: &Refusal) -> Response {
    let (status, name) = refusal.status_and_name();
    let body = json!({ "__type": name, "message": refusal.to_string() });
    serve::answer(status, CONTENT_TYPE, body.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::credentials::access_key_id;
    use crate::faults::Plan;
    use bus::{Bus, Entry, Refused};
    use lambda::Environment;
    use lambda::aws::Service;
    use tokio::net::TcpListener;

    async fn start(policies: BTreeMap<String, Policy>) -> (Arc<EventBridge>, String) {
        let stand_in = Arc::new(EventBridge::new(policies, Arc::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let answering = Arc::clone(&stand_in);
        tokio::spawn(serve::serve(listener, None, move |request, _| Arc::clone(&answering).answer(request)));
        (stand_in, url)
    }

    fn entry(number: usize) -> Value {
        let detail = json!({ "number": number }).to_string();
        json!({ "Source": "tests", "DetailType": "Counted", "Detail": detail, "EventBusName": EVENT_BUS })
    }

    async fn call(url: &str, function: &str, entries: Vec<Value>) -> (u16, Value) {
        let scope = format!("{}/20261121/eu/events/aws4_request", access_key_id(function));
        let request = reqwest::Client::new().post(url).header("x-amz-target", "AWSEvents.PutEvents");
        let request = request.header("authorization", format!("AWS4-HMAC-SHA256 Credential={scope}, Signature=0"));
        let response = request.body(json!({ "Entries": entries }).to_string()).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], CONTENT_TYPE);
        (response.status().as_u16(), serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
    }

    /// The numbers of the events on the bus, newest first.
    fn numbers(stand_in: &EventBridge) -> Vec<u64> {
        let events = stand_in.to_json();
        events["events"].as_array().unwrap().iter().map(|event| event["detail"]["number"].as_u64().unwrap()).collect()
    }

    #[tokio::test]
    async fn entries_are_taken_one_by_one() {
        let (stand_in, url) = start(BTreeMap::new()).await;
        let mut elsewhere = entry(2);
        elsewhere["EventBusName"] = json!("orders");
        let (status, answer) =
            call(&url, "follow", vec![entry(1), json!({ "Source": "tests" }), elsewhere, entry(3)]).await;
        assert_eq!((status, &answer["FailedEntryCount"]), (200, &json!(1)));
        assert_eq!(answer["Entries"][1]["ErrorCode"], "InvalidArgument");
        assert_eq!(answer["Entries"][0]["EventId"], stand_in.to_json()["events"][1]["id"]);
        assert!(answer["Entries"][2]["EventId"].is_string(), "what no bus takes is dropped without a word");
        assert_eq!(numbers(&stand_in), [3, 1]);
        let (status, answer) = call(&url, "follow", Vec::new()).await;
        assert_eq!((status, &answer["__type"]), (400, &json!("ValidationException")));
    }

    #[tokio::test]
    async fn the_sdk_is_understood_and_understands() {
        let (stand_in, url) = start(BTreeMap::new()).await;
        let environment = Environment::of([
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", access_key_id("follow")),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_ENDPOINT_URL_EVENTBRIDGE", url),
        ]);
        let config = lambda::aws::config(&environment, Service::EventBridge).unwrap();
        let bus = Bus::new(&config, EVENT_BUS, "tests", "Counted");
        let at = "2026-11-21T09:15:42.123Z".parse().unwrap();
        let entries = ["{\"number\":1}", "nonsense"].map(|detail| Entry { at, detail: detail.to_owned() });
        let refused = bus.put(&entries).await.unwrap();
        assert_eq!(refused, [Refused { index: 1, code: "MalformedDetail".to_owned() }]);
        let event = &stand_in.to_json()["events"][0];
        assert_eq!((&event["time"], &event["detail"]), (&json!("2026-11-21T09:15:42Z"), &json!({ "number": 1 })));
        assert_eq!((&event["source"], &event["detail-type"]), (&json!("tests"), &json!("Counted")));
        // More than the SDK tries by itself.
        stand_in.faults.set(Plan::parse(br#"{"bus":{"throttle":99}}"#).unwrap());
        assert_eq!(bus.put(&entries).await.unwrap_err().code, "ThrottlingException");
        stand_in.faults.set(Plan::parse(br#"{"bus":{"error":1}}"#).unwrap());
        assert_eq!(bus.put(&entries[..1]).await.unwrap(), [], "it was tried again");
    }

    #[tokio::test]
    async fn faults_fail_in_their_own_ways() {
        let (stand_in, url) = start(BTreeMap::new()).await;
        stand_in.faults.set(Plan::parse(br#"{"bus":{"throttle":1,"error":1,"refuse":1}}"#).unwrap());
        let (status, answer) = call(&url, "follow", vec![entry(1)]).await;
        assert_eq!((status, &answer["__type"]), (400, &json!("ThrottlingException")));
        let (status, answer) = call(&url, "follow", vec![entry(2)]).await;
        assert_eq!((status, &answer["__type"]), (500, &json!("InternalException")));
        let (status, answer) = call(&url, "follow", vec![entry(3), entry(4)]).await;
        assert_eq!((status, &answer["Entries"][0]["ErrorCode"]), (200, &json!("InternalFailure")));
        assert!(answer["Entries"][1]["EventId"].is_string());
        call(&url, "follow", vec![entry(5)]).await;
        assert_eq!(numbers(&stand_in), [5, 4]);
    }

    #[tokio::test]
    async fn who_may_put_no_events_is_denied() {
        let allowed = json!({ "PolicyDocument": { "Statement": [
            { "Effect": "Allow", "Action": "events:PutEvents", "Resource": "*" },
        ] } });
        let policies = [("follow", Policy::parse(&allowed, "Table")), ("send", Policy::default())];
        let policies = policies.map(|(function, policy)| (function.to_owned(), policy)).into();
        let (stand_in, url) = start(policies).await;
        let (status, answer) = call(&url, "send", vec![entry(1)]).await;
        assert_eq!((status, &answer["__type"]), (400, &json!("AccessDeniedException")));
        assert_eq!(call(&url, "follow", vec![entry(2)]).await.0, 200);
        assert_eq!(numbers(&stand_in), [2]);
    }

    #[test]
    fn the_oldest_gives_way() {
        let stand_in = EventBridge::new(BTreeMap::new(), Arc::default());
        for number in 0..=KEPT {
            stand_in.keep(json!({ "detail": { "number": number } }));
        }
        let numbers = numbers(&stand_in);
        assert_eq!((numbers.len(), numbers[0], numbers[KEPT - 1]), (KEPT, KEPT as u64, 1));
    }
}
