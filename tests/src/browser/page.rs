//! A page of the browser.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::context::Context;
use super::intercept::{self, Reply, Rule};
use super::locator::{Locator, What};
use super::protocol::{Connection, locked};
use super::view::View;
use super::watch::{Kind, Problem, Request, Watch, exception};
use crate::until;

/// What the browser is told before anything else, so that nothing goes unseen.
const ENABLED: [&str; 4] = ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"];

/// A page. What it does fails the test when it does not succeed within the deadline of [`until()`].
pub struct Page {
    pub(super) context: Arc<Context>,
    /// The page's main frame has the same id.
    pub(super) target: String,
    session: String,
    watch: Arc<Mutex<Watch>>,
    expected: Mutex<Vec<(Kind, String)>>,
    view: Mutex<View>,
    is_finished: bool,
}

impl Page {
    pub(super) async fn open(context: Arc<Context>, view: View) -> Self {
        let connection = &context.connection;
        let wanted = json!({ "url": "about:blank", "browserContextId": context.id, "newWindow": true });
        let call = async |method, parameters| {
            connection.call("", method, parameters).await.unwrap_or_else(|error| panic!("no page: {error}"))
        };
        let target = string(&call("Target.createTarget", wanted).await["targetId"]);
        let attach = json!({ "targetId": target, "flatten": true });
        let session = string(&call("Target.attachToTarget", attach).await["sessionId"]);
        let watch = Arc::<Mutex<Watch>>::default();
        listen(&context.connection, &session, &watch);
        let view_commands = view.commands(&context.agent);
        let (view, expected) = (Mutex::new(view), Mutex::default());
        let page = Self { context, target, session, watch, expected, view, is_finished: false };
        for method in ENABLED {
            page.call(method, json!({})).await;
        }
        // Focused as if it were in front, whichever other page is.
        page.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
        for (method, parameters) in view_commands {
            page.call(method, parameters).await;
        }
        page
    }

    /// Goes to a URL and waits until it is loaded.
    pub async fn goto(&self, url: &str) {
        self.navigate(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Goes to a URL and waits until it is loaded, if it can be.
    pub async fn navigate(&self, url: &str) -> Result<(), String> {
        let went = self.call("Page.navigate", json!({ "url": url })).await;
        match went["errorText"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => {
                self.until_loaded().await;
                Ok(())
            }
        }
    }

    /// Loads the page anew.
    pub async fn reload(&self) {
        self.evaluate("globalThis.beforeReload = true").await;
        self.call("Page.reload", json!({})).await;
        self.until("the page is loaded anew", "!globalThis.beforeReload && document.readyState === 'complete'").await;
    }

    /// Goes back, as the browser's own button does.
    pub async fn back(&self) {
        let history = self.call("Page.getNavigationHistory", json!({})).await;
        let index = history["currentIndex"].as_u64().and_then(|index| index.checked_sub(1)).expect("a page before");
        let entry = &history["entries"][index as usize];
        self.call("Page.navigateToHistoryEntry", json!({ "entryId": entry["id"] })).await;
        let url = string(&entry["url"]);
        self.until(&format!("back at {url}"), &format!("location.href === {}", json!(url))).await;
        self.until_loaded().await;
    }

    async fn until_loaded(&self) {
        self.until("the page is loaded", "document.readyState === 'complete'").await;
    }

    /// The value of an expression in the page's own world. A promise is awaited, a minute at most.
    pub async fn evaluate(&self, expression: &str) -> Value {
        self.try_evaluate(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The same, or else what it threw.
    pub async fn try_evaluate(&self, expression: &str) -> Result<Value, String> {
        let asked = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true,
        });
        let answer = self.try_call("Runtime.evaluate", asked).await?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(exception(details)),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Waits until an expression is true in the page.
    pub async fn until(&self, what: &str, expression: &str) {
        until(what, async || match self.try_evaluate(&format!("Boolean({expression})")).await {
            Ok(Value::Bool(true)) => Ok(()),
            other => Err(format!("{expression} is {other:?}")),
        })
        .await;
    }

    /// Where the page is.
    pub async fn url(&self) -> String {
        string(&self.evaluate("location.href").await)
    }

    /// What the whole page shows as text, on one line.
    pub async fn text(&self) -> String {
        self.css("body").text().await
    }

    /// An element by its role and its whole accessible name (`button`, `Send`).
    pub fn role(&self, role: &str, name: &str) -> Locator<'_> {
        Locator::new(self, What::Role { role: role.to_owned(), name: name.to_owned(), whole: true })
    }

    /// An element by its role alone, also if it has no name: rows of tables have none.
    pub fn any(&self, role: &str) -> Locator<'_> {
        self.role_with(role, "")
    }

    /// An element by its role and a part of its accessible name.
    pub fn role_with(&self, role: &str, part: &str) -> Locator<'_> {
        Locator::new(self, What::Role { role: role.to_owned(), name: part.to_owned(), whole: false })
    }

    /// The innermost element that shows this text and no other.
    pub fn shown(&self, text: &str) -> Locator<'_> {
        Locator::new(self, What::Text { text: text.to_owned(), whole: true })
    }

    /// The innermost element that shows this text among others.
    pub fn shown_with(&self, part: &str) -> Locator<'_> {
        Locator::new(self, What::Text { text: part.to_owned(), whole: false })
    }

    /// An element by a selector, which is tried within each shadow root by itself.
    pub fn css(&self, selector: &str) -> Locator<'_> {
        Locator::new(self, What::Css(selector.to_owned()))
    }

    /// Changes how the page is shown.
    pub async fn change(&self, change: impl FnOnce(&mut View)) {
        let (before, after) = {
            let mut view = locked(&self.view);
            let before = view.clone();
            change(&mut view);
            // The browser would not give the mouse back.
            assert!(view.touch || !before.touch, "a touch screen stays one: open another page");
            (before.commands(&self.context.agent), view.commands(&self.context.agent))
        };
        for (method, parameters) in after.into_iter().filter(|command| !before.contains(command)) {
            self.call(method, parameters).await;
        }
    }

    /// How the page is shown.
    pub fn view(&self) -> View {
        locked(&self.view).clone()
    }

    /// Waits until what changed last is drawn: two frames, and the fonts. Nothing is drawn of a hidden page.
    pub async fn drawn(&self) {
        let drawn = "document.hidden || document.fonts.ready.then(() => new Promise((done) =>
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))";
        self.evaluate(drawn).await;
    }

    /// Hides the page behind another tab of its window.
    pub async fn hide(&self) {
        self.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": false })).await;
        let behind = json!({ "url": "about:blank", "browserContextId": self.context.id });
        self.browser("Target.createTarget", behind).await;
    }

    /// Shows it again.
    pub async fn unhide(&self) {
        self.call("Page.bringToFront", json!({})).await;
        self.call("Emulation.setFocusEmulationEnabled", json!({ "enabled": true })).await;
    }

    /// Gives a reply, from now on, to requests whose URL contains `part`; of several replies the latest counts.
    pub async fn intercept(&self, part: &str, reply: Reply) {
        let rule = Rule::new(part, reply).await;
        locked(&self.watch).rules.push(rule);
        self.call("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] })).await;
    }

    /// Lets all requests go to the server again.
    pub async fn stop_intercepting(&self) {
        locked(&self.watch).rules.clear();
        self.call("Fetch.disable", json!({})).await;
    }

    /// The requests so far whose URL contains `part`, oldest first.
    pub fn requests(&self, part: &str) -> Vec<Request> {
        locked(&self.watch).requests.iter().filter(|request| request.url.contains(part)).cloned().collect()
    }

    /// Waits until so many requests whose URL contains `part` were made and answered; more than that fail the test.
    pub async fn requests_when(&self, part: &str, count: usize) -> Vec<Request> {
        let requests = until(&format!("{count} requests to {part}"), async || {
            let requests = self.requests(part);
            let done = requests.iter().filter(|request| request.finished).count();
            if done >= count { Ok(requests) } else { Err(format!("{:#?}", self.requests(""))) }
        })
        .await;
        assert_eq!(requests.len(), count, "{requests:#?}");
        requests
    }

    /// What went wrong so far.
    pub fn problems(&self) -> Vec<Problem> {
        locked(&self.watch).problems.clone()
    }

    /// Waits until something of this kind went wrong whose text contains `part`, and expects it.
    pub async fn problem(&self, kind: Kind, part: &str) -> Problem {
        self.expect(kind, part);
        until(&format!("a problem {kind:?} {part:?}"), async || {
            let problems = self.problems();
            let found = problems.iter().find(|problem| problem.is(kind, part)).cloned();
            found.ok_or_else(|| format!("{problems:#?}"))
        })
        .await
    }

    /// Says that things of this kind go wrong whose text contains `part`, at least once until the page is finished.
    pub fn expect(&self, kind: Kind, part: &str) {
        locked(&self.expected).push((kind, part.to_owned()));
    }

    /// Ends the page. Fails the test for everything that went wrong unexpectedly, or did not go wrong as expected.
    pub async fn finish(mut self) {
        self.is_finished = true;
        // What the page has begun to say comes before this answer.
        self.try_evaluate("0").await.ok();
        let (problems, expected) = (self.problems(), locked(&self.expected).clone());
        self.context.connection.call("", "Target.closeTarget", json!({ "targetId": self.target })).await.ok();
        let unexpected: Vec<&Problem> =
            problems.iter().filter(|problem| !expected.iter().any(|(kind, part)| problem.is(*kind, part))).collect();
        assert!(unexpected.is_empty(), "in the page went wrong: {unexpected:#?}");
        for (kind, part) in expected {
            let came = problems.iter().any(|problem| problem.is(kind, &part));
            assert!(came, "{kind:?} {part:?} was expected to go wrong and did not");
        }
    }

    /// A command of the protocol to this page: for what has no method here.
    pub async fn call(&self, method: &str, parameters: Value) -> Value {
        self.try_call(method, parameters).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// A command of the protocol to the browser.
    async fn browser(&self, method: &str, parameters: Value) -> Value {
        self.context.connection.call("", method, parameters).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, or else what the browser said against it.
    pub async fn try_call(&self, method: &str, parameters: Value) -> Result<Value, String> {
        self.context.connection.call(&self.session, method, parameters).await
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let connection = &self.context.connection;
        connection.stop_listening(&self.session);
        if !self.is_finished {
            connection.tell("", "Target.closeTarget", json!({ "targetId": self.target }));
            // Without it nobody would have looked at what went wrong.
            assert!(std::thread::panicking(), "a journey ends its pages with `page.finish().await`");
        }
    }
}

/// Watches a page, and answers at once what would otherwise hold it.
fn listen(connection: &Arc<Connection>, session: &str, watch: &Arc<Mutex<Watch>>) {
    // Not the connection itself, which holds its listeners.
    let (weak, name, watch) = (Arc::downgrade(connection), session.to_owned(), Arc::clone(watch));
    let runtime = tokio::runtime::Handle::current();
    connection.listen(
        session,
        Box::new(move |event, parameters| {
            let mut watch = locked(&watch);
            watch.see(event, parameters);
            let Some(connection) = weak.upgrade() else { return };
            if event == "Page.javascriptDialogOpening" {
                let is_leaving = parameters["type"] == "beforeunload";
                connection.tell(&name, "Page.handleJavaScriptDialog", json!({ "accept": is_leaving }));
            } else if event == "Fetch.requestPaused"
                && let Some(verdict) = intercept::judge(&mut watch.rules, parameters)
            {
                let session = name.clone();
                match verdict.delay {
                    None => connection.tell(&session, verdict.method, verdict.parameters),
                    Some(delay) => {
                        runtime.spawn(async move {
                            tokio::time::sleep(delay).await;
                            connection.tell(&session, verdict.method, verdict.parameters);
                        });
                    }
                }
            }
        }),
    );
}

/// The text of a JSON value that is one.
pub(super) fn string(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
