//! The door between the functions and all that they call: the table, SES and the bus. Each request of an invocation has
//! a number here, and the plan of the invocation says what becomes of it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, MutexGuard};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use lambda_http::http;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::database::{Answer, Clock, Table};
use super::mailbox::Mailbox;
use super::trouble::{Hold, Plan, Trouble};

/// A request, and from which invocation it came.
#[derive(Debug, Clone)]
struct Asked {
    invocation: usize,
    service: Service,
    body: String,
    asked_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Service {
    Table(String),
    Ses,
    Bus,
}

/// What a door has seen of an invocation.
#[derive(Debug, Default)]
pub(super) struct Seen {
    plan: Plan,
    /// What passed or was spoilt: `UpdateItem`, `UpdateItem (DropAfter)`.
    pub(super) requests: Vec<String>,
    /// How many updates of items the table has carried out for it.
    pub(super) updates: usize,
    /// Whether it met the trouble that was planned for it.
    pub(super) troubled: bool,
    killed: bool,
    held: bool,
}

/// All that functions call, and what goes wrong on the way there.
pub(super) struct Outside {
    pub(super) table: Table,
    pub(super) mailbox: Mailbox,
    /// The details of the events on the bus.
    pub(super) announced: Vec<Value>,
    pub(super) invocations: Vec<Seen>,
    clock: Clock,
    /// Which invocation a worker is at.
    workers: BTreeMap<String, usize>,
    /// What is carried out long after it was asked for.
    stragglers: Vec<Asked>,
    moves: u64,
}

/// The open door.
pub(super) struct Door {
    url: String,
    outside: Arc<Mutex<Outside>>,
    released: Arc<Notify>,
}

impl Door {
    pub(super) async fn open(clock: Clock, table: Table, mailbox: Mailbox) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let outside = Outside {
            table,
            mailbox,
            announced: Vec::new(),
            invocations: Vec::new(),
            clock,
            workers: BTreeMap::new(),
            stragglers: Vec::new(),
            moves: 0,
        };
        let (outside, released) = (Arc::new(Mutex::new(outside)), Arc::new(Notify::new()));
        let (guard, bell) = (Arc::clone(&outside), Arc::clone(&released));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let (guard, bell) = (Arc::clone(&guard), Arc::clone(&bell));
                let service = service_fn(move |request| answer(Arc::clone(&guard), Arc::clone(&bell), request));
                let connection =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                // It ends with an error where trouble wants it to.
                tokio::spawn(async move { drop(connection.await) });
            }
        });
        Self { url, outside, released }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn outside(&self) -> MutexGuard<'_, Outside> {
        self.outside.lock().unwrap()
    }

    /// A worker begins an invocation; its number.
    pub(super) fn begin(&self, worker: &str, plan: Plan) -> usize {
        let mut outside = self.outside();
        let number = outside.invocations.len();
        outside.invocations.push(Seen { plan, ..Seen::default() });
        outside.workers.insert(worker.to_owned(), number);
        number
    }

    /// How often something has moved.
    pub(super) fn moves(&self) -> u64 {
        self.outside().moves
    }

    pub(super) fn is_killed(&self, invocation: usize) -> bool {
        self.outside().invocations[invocation].killed
    }

    pub(super) fn is_held(&self, invocation: usize) -> bool {
        self.outside().invocations[invocation].held
    }

    /// Lets a held invocation go on.
    pub(super) fn release(&self, invocation: usize) {
        self.outside().invocations[invocation].held = false;
        self.released.notify_waiters();
    }

    /// Carries out what was left on its way; how many requests it was.
    pub(super) fn let_stragglers_arrive(&self) -> usize {
        let mut outside = self.outside();
        let stragglers = std::mem::take(&mut outside.stragglers);
        for asked in &stragglers {
            outside.carry_out(asked);
        }
        stragglers.len()
    }
}

async fn answer(
    outside: Arc<Mutex<Outside>>,
    released: Arc<Notify>,
    request: http::Request<Incoming>,
) -> std::io::Result<http::Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Err(ErrorKind::ConnectionReset.into()) };
    let body = String::from_utf8(body.to_bytes().to_vec()).unwrap();
    let (asked, trouble, hold) = outside.lock().unwrap().enter(&parts, body);
    let wait = async |here: bool| {
        if here {
            outside.lock().unwrap().invocations[asked.invocation].held = true;
            while outside.lock().unwrap().invocations[asked.invocation].held {
                released.notified().await;
            }
        }
    };
    wait(hold.is_some_and(|hold| !hold.carried_out)).await;
    let answered = outside.lock().unwrap().spoil(&asked, trouble);
    wait(hold.is_some_and(|hold| hold.carried_out)).await;
    outside.lock().unwrap().moves += 1;
    match answered {
        Spoilt::Answer((status, body), kind) => {
            let mut response = http::Response::new(Full::new(Bytes::from(body)));
            *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
            let headers = response.headers_mut();
            let content_type =
                if asked.service == Service::Ses { "application/json" } else { "application/x-amz-json-1.0" };
            headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
            if let Some(kind) = kind {
                headers.insert("x-amzn-errortype", http::HeaderValue::from_static(kind));
            }
            Ok(response)
        }
        // The server closes the connection.
        Spoilt::Dropped => Err(ErrorKind::ConnectionReset.into()),
        Spoilt::Silence => std::future::pending().await,
    }
}

/// What comes of a request.
enum Spoilt {
    /// An answer, with the header in which SES names an error.
    Answer(Answer, Option<&'static str>),
    Dropped,
    Silence,
}

impl Outside {
    /// A request has come: whose it is, and what shall become of it.
    fn enter(&mut self, parts: &http::request::Parts, body: String) -> (Asked, Option<Trouble>, Option<Hold>) {
        self.moves += 1;
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let credential = header("authorization").split("Credential=").nth(1).unwrap_or_default();
        let worker = credential.split('/').next().unwrap_or_default();
        let invocation = *self.workers.get(worker).unwrap_or_else(|| panic!("nobody is {worker:?}"));
        let target = header("x-amz-target");
        let service = match target.split_once('.') {
            Some(("AWSEvents", _)) => Service::Bus,
            Some((_, operation)) => Service::Table(operation.to_owned()),
            None => Service::Ses,
        };
        let seen = &mut self.invocations[invocation];
        let number = seen.requests.len() + 1;
        let trouble = seen.plan.of(number).map(|trouble| applicable(trouble, &service));
        let name = match &service {
            Service::Table(operation) => operation.as_str(),
            Service::Ses => "SendEmail",
            Service::Bus => "PutEvents",
        };
        let named = trouble.map_or_else(|| name.to_owned(), |trouble| format!("{name} ({trouble:?})"));
        seen.requests.push(named);
        seen.troubled |= trouble.is_some();
        // A killed function holds nothing up: what it had on its way is carried out.
        let hold = seen.plan.hold.filter(|hold| hold.request == number && !seen.killed);
        (Asked { invocation, service, body, asked_at: self.clock.now() }, trouble, hold)
    }

    /// What has happened so far is no part of the history.
    pub(super) fn forget(&mut self) {
        self.mailbox.forget();
        self.announced.clear();
    }

    fn spoil(&mut self, asked: &Asked, trouble: Option<Trouble>) -> Spoilt {
        let Some(trouble) = trouble else { return Spoilt::Answer(self.carry_out(asked), None) };
        match trouble {
            Trouble::ErrorAfter | Trouble::DropAfter | Trouble::HangAfter | Trouble::KillAfter => {
                self.carry_out(asked);
            }
            Trouble::Straggles | Trouble::KillStraggles => self.stragglers.push(asked.clone()),
            _ => {}
        }
        match trouble {
            Trouble::DropBefore | Trouble::DropAfter => Spoilt::Dropped,
            Trouble::HangBefore | Trouble::HangAfter | Trouble::Straggles => Spoilt::Silence,
            Trouble::KillBefore | Trouble::KillAfter | Trouble::KillStraggles => {
                self.invocations[asked.invocation].killed = true;
                Spoilt::Silence
            }
            Trouble::Refused => {
                let call: Value = serde_json::from_str(&asked.body).unwrap();
                let key = self.mailbox.recipient(&call);
                self.mailbox.refused.push(key);
                error(&asked.service, 400, "MessageRejected")
            }
            Trouble::Paused => error(&asked.service, 400, "SendingPausedException"),
            Trouble::ErrorBefore | Trouble::ErrorAfter => error(&asked.service, 500, "InternalServerError"),
            Trouble::Partly => Spoilt::Answer(self.put_on_bus(&asked.body, 1), None),
            Trouble::Conflict if asked.service == Service::Table("TransactWriteItems".to_owned()) => {
                Spoilt::Answer(conflict(&asked.body), None)
            }
            Trouble::Conflict => error(&asked.service, 400, "TransactionConflictException"),
            Trouble::Throttled => match asked.service {
                Service::Table(_) => error(&asked.service, 400, "ProvisionedThroughputExceededException"),
                Service::Ses => error(&asked.service, 429, "TooManyRequestsException"),
                Service::Bus => error(&asked.service, 400, "ThrottlingException"),
            },
        }
    }

    fn carry_out(&mut self, asked: &Asked) -> Answer {
        let now = self.clock.now();
        match &asked.service {
            Service::Table(operation) => {
                let answer = self.table.carry_out(operation, &asked.body);
                if operation == "UpdateItem" && answer.0 == 200 {
                    self.invocations[asked.invocation].updates += 1;
                    self.mailbox.note_written(&asked.body, now);
                }
                answer
            }
            Service::Ses => {
                let call = serde_json::from_str(&asked.body).unwrap();
                let message_id = self.mailbox.accept(&call, asked.asked_at, now);
                (200, json!({ "MessageId": message_id }).to_string())
            }
            Service::Bus => self.put_on_bus(&asked.body, 0),
        }
    }

    /// Takes all entries but the last ones.
    fn put_on_bus(&mut self, body: &str, refused: usize) -> Answer {
        let call: Value = serde_json::from_str(body).unwrap();
        let entries = call["Entries"].as_array().unwrap();
        let taken = entries.len() - refused;
        let mut results = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            if index < taken {
                self.announced.push(serde_json::from_str(entry["Detail"].as_str().unwrap()).unwrap());
                results.push(json!({ "EventId": format!("{index}") }));
            } else {
                results.push(json!({ "ErrorCode": "ThrottlingException", "ErrorMessage": "Slow down." }));
            }
        }
        (200, json!({ "FailedEntryCount": refused, "Entries": results }).to_string())
    }
}

/// What a trouble comes to at a service that does not know it.
fn applicable(trouble: Trouble, service: &Service) -> Trouble {
    let knows = match (trouble, service) {
        (Trouble::Refused | Trouble::Paused, service) => *service == Service::Ses,
        (Trouble::Partly, service) => *service == Service::Bus,
        (Trouble::Conflict, Service::Table(operation)) => {
            matches!(operation.as_str(), "UpdateItem" | "TransactWriteItems")
        }
        (Trouble::Conflict, _) => false,
        // SES says that it failed, and took the message nonetheless: then its word would count for nothing.
        (Trouble::ErrorAfter, service) => *service != Service::Ses,
        _ => true,
    };
    match trouble {
        _ if knows => trouble,
        Trouble::ErrorAfter => Trouble::ErrorBefore,
        _ => Trouble::Throttled,
    }
}

fn error(service: &Service, status: u16, kind: &'static str) -> Spoilt {
    let body = match service {
        Service::Table(_) => json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": "No." }),
        Service::Ses => json!({ "message": "No." }),
        Service::Bus => json!({ "__type": kind, "message": "No." }),
    };
    Spoilt::Answer((status, body.to_string()), (*service == Service::Ses).then_some(kind))
}

/// A transaction whose last write met another one.
fn conflict(body: &str) -> Answer {
    let call: Value = serde_json::from_str(body).unwrap();
    let count = call["TransactItems"].as_array().unwrap().len();
    let mut reasons = vec![json!({ "Code": "None" }); count - 1];
    reasons.push(json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }));
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    (400, json!({ "__type": kind, "Message": "Transaction cancelled", "CancellationReasons": reasons }).to_string())
}
