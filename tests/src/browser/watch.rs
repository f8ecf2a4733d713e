//! What happens in a page while a journey goes on: everything that went wrong, and every request.

use std::collections::BTreeMap;

use serde_json::Value;

use super::intercept::Rule;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An error or a warning of the console.
    Console,
    /// An exception that nobody caught, or a rejected promise.
    Exception,
    /// The Content-Security-Policy forbade something.
    ContentSecurityPolicy,
    /// A request that failed, or was answered with 4xx or 5xx.
    Request,
    /// `alert`, `confirm` or `prompt`: a page has its own dialogs, and a script that was let in likes these.
    Dialog,
    /// The page's process ended.
    Crash,
}

/// Something that went wrong in a page.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What kind.
    pub kind: Kind,
    /// What the browser said, with the place.
    pub text: String,
}

impl Problem {
    /// Whether it is of this kind and its text contains `part`.
    pub fn is(&self, kind: Kind, part: &str) -> bool {
        self.kind == kind && self.text.contains(part)
    }
}

/// A request that a page made.
#[derive(Debug, Clone)]
pub struct Request {
    /// The browser's own id.
    id: String,
    /// `GET`, …
    pub method: String,
    /// All of the URL.
    pub url: String,
    /// `Document`, `Script`, `Stylesheet`, `Fetch`, `Image`, …
    pub resource: String,
    /// The headers that the page set, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// What was sent.
    pub body: String,
    /// The answer's status, once it is there.
    pub status: Option<u16>,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// The whole answer is there, or there will be none.
    pub finished: bool,
    /// The bytes of the answer as they travelled, once it is whole.
    pub received_bytes: u64,
}

/// All that was seen of a page so far.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub(super) problems: Vec<Problem>,
    pub(super) requests: Vec<Request>,
    pub(super) rules: Vec<Rule>,
}

impl Watch {
    /// Takes an event of the page's session.
    pub(super) fn see(&mut self, event: &str, parameters: &Value) {
        match event {
            "Runtime.consoleAPICalled" => self.console(parameters),
            "Runtime.exceptionThrown" => self.problem(Kind::Exception, exception(&parameters["exceptionDetails"])),
            "Log.entryAdded" => self.log(&parameters["entry"]),
            "Page.javascriptDialogOpening" => {
                self.problem(Kind::Dialog, format!("{}: {}", text(&parameters["type"]), text(&parameters["message"])));
            }
            "Inspector.targetCrashed" => self.problem(Kind::Crash, "the page crashed".to_owned()),
            "Network.requestWillBeSent" => self.request(parameters),
            "Network.responseReceived" => self.response(parameters),
            "Network.loadingFinished" => {
                if let Some(request) = self.under_way(parameters) {
                    request.finished = true;
                    request.received_bytes = parameters["encodedDataLength"].as_f64().unwrap_or_default() as u64;
                }
            }
            "Network.loadingFailed" => self.failure(parameters),
            _ => {}
        }
    }

    fn problem(&mut self, kind: Kind, text: String) {
        self.problems.push(Problem { kind, text });
    }

    fn console(&mut self, call: &Value) {
        if ["error", "warning", "assert"].iter().any(|kind| call["type"] == **kind) {
            let said: Vec<String> = call["args"].as_array().into_iter().flatten().map(argument).collect();
            let frame = &call["stackTrace"]["callFrames"][0];
            self.problem(Kind::Console, format!("{} ({})", said.join(" "), place(frame)));
        }
    }

    /// What the browser itself says in the console.
    fn log(&mut self, entry: &Value) {
        let said = text(&entry["text"]);
        // Each of these is a failed request too, which says more.
        let is_request = entry["source"] == "network" && said.starts_with("Failed to load resource");
        if is_request || !(entry["level"] == "error" || entry["level"] == "warning") {
            return;
        }
        let is_policy = said.contains("Content Security Policy") || said.contains("Trusted");
        let kind = if is_policy { Kind::ContentSecurityPolicy } else { Kind::Console };
        self.problem(kind, format!("{said} ({})", text(&entry["url"])));
    }

    fn request(&mut self, sent: &Value) {
        let id = text(&sent["requestId"]);
        // The same id again: the request before was answered with a redirect.
        if let Some(before) = self.under_way(sent) {
            before.status = status(&sent["redirectResponse"]);
            before.finished = true;
        }
        let request = &sent["request"];
        let headers = request["headers"].as_object().into_iter().flatten();
        self.requests.push(Request {
            id,
            method: text(&request["method"]),
            url: text(&request["url"]) + &text(&request["urlFragment"]),
            resource: text(&sent["type"]),
            headers: headers.map(|(name, value)| (name.to_lowercase(), text(value))).collect(),
            body: text(&request["postData"]),
            status: None,
            error: None,
            finished: false,
            received_bytes: 0,
        });
    }

    fn response(&mut self, received: &Value) {
        let status = status(&received["response"]);
        if let Some(request) = self.under_way(received) {
            request.status = status;
            let line = format!("{} {}: {}", request.method, request.url, status.unwrap_or_default());
            if status.is_some_and(|status| status >= 400) {
                self.problem(Kind::Request, line);
            }
        }
    }

    fn failure(&mut self, failed: &Value) {
        let why = [&failed["errorText"], &failed["blockedReason"], &failed["corsErrorStatus"]["corsError"]];
        let why: Vec<String> = why.into_iter().map(text).filter(|text| !text.is_empty()).collect();
        let why = why.join(", ");
        if let Some(request) = self.under_way(failed) {
            request.finished = true;
            request.error = Some(why.clone());
            let line = format!("{} {}: {why}", request.method, request.url);
            // What the page itself gave up is no failure, and of the policy there is a message of its own.
            if failed["canceled"] != true && failed["blockedReason"] != "csp" {
                self.problem(Kind::Request, line);
            }
        }
    }

    fn under_way(&mut self, event: &Value) -> Option<&mut Request> {
        let id = text(&event["requestId"]);
        self.requests.iter_mut().rev().find(|request| request.id == id && !request.finished)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn status(response: &Value) -> Option<u16> {
    response["status"].as_u64().and_then(|status| status.try_into().ok())
}

/// An argument of a console's method, as the console shows it.
fn argument(argument: &Value) -> String {
    let value = if argument["value"].is_null() { &argument["description"] } else { &argument["value"] };
    text(value)
}

fn place(frame: &Value) -> String {
    let line = frame["lineNumber"].as_u64().map_or(0, |line| line + 1);
    format!("{}:{line}", text(&frame["url"]))
}

/// An exception's own text, which has its stack.
pub(super) fn exception(details: &Value) -> String {
    let said = argument(&details["exception"]);
    format!("{} {said} ({})", text(&details["text"]), place(details)).trim().to_owned()
}
