//! Finding elements as people and their tools do: by role and name, by what they show; through open shadow roots.

use serde_json::{Value, json};

use super::locator::{Filter, Step, What};
use super::page::{Page, string};
use crate::until;

/// Asked of the document, in a world of its own.
const SCRIPT: &str = include_str!("script.js");
/// The name of that world, and of all that the harness holds in the page.
pub(super) const WORLD: &str = "journeys";

/// An element that was found. Its numbers are of no use once the page has changed.
#[derive(Debug, Clone)]
pub(super) struct Found {
    frame: String,
    pub(super) backend: Value,
}

impl Found {
    pub(super) fn is_in_main_frame(&self, page: &Page) -> bool {
        self.frame == page.target
    }
}

/// What is searched: a document, or what is below an element.
pub(super) struct Root {
    frame: String,
    object: Value,
}

impl Root {
    /// The page's own document.
    pub(super) async fn of(page: &Page) -> Result<Self, String> {
        Ok(Self { frame: page.target.clone(), object: page.document(&page.target).await? })
    }
}

impl Step {
    /// All that it leads to.
    pub(super) async fn find(&self, page: &Page, root: &Root) -> Result<Vec<Found>, String> {
        match &self.what {
            What::Role { role, name, whole } => {
                let found = page.by_role(root, role, name, *whole).await?;
                page.filtered(found, &self.filters).await
            }
            What::Text { .. } | What::Css(_) => page.by_script(root, self).await,
        }
    }

    /// How many it leads to.
    pub(super) async fn count(&self, page: &Page, root: &Root) -> Result<usize, String> {
        match &self.what {
            What::Role { .. } => Ok(self.find(page, root).await?.len()),
            What::Text { .. } | What::Css(_) => {
                let count = page.call_script(&root.object, "count", &self.arguments(), true).await?;
                Ok(count.as_u64().ok_or("no number")? as usize)
            }
        }
    }

    /// What the script is asked for.
    fn arguments(&self) -> [Value; 3] {
        let (function, arguments) = match &self.what {
            What::Role { .. } => ("", json!([])),
            What::Text { text, whole } => ("text", json!([text, whole])),
            What::Css(selector) => ("css", json!([selector])),
        };
        let filter = |filter: &Filter| match filter {
            Filter::Containing(part) => json!({ "containing": part }),
            Filter::Nth(index) => json!({ "nth": index }),
            Filter::Last => json!({ "nth": -1 }),
        };
        [json!(function), arguments, self.filters.iter().map(filter).collect()]
    }
}

impl Page {
    /// The harness's own world in a frame.
    pub(super) async fn world(&self, frame: &str) -> Result<Value, String> {
        let world = json!({ "frameId": frame, "worldName": WORLD, "grantUniveralAccess": true });
        Ok(self.try_call("Page.createIsolatedWorld", world).await?["executionContextId"].take())
    }

    async fn document(&self, frame: &str) -> Result<Value, String> {
        let world = self.world(frame).await?;
        let asked = json!({ "expression": "document", "contextId": world, "objectGroup": WORLD });
        Ok(self.try_call("Runtime.evaluate", asked).await?["result"]["objectId"].take())
    }

    /// What is below an element.
    pub(super) async fn root(&self, outer: &Found) -> Result<Root, String> {
        let node = self.try_call("DOM.describeNode", json!({ "backendNodeId": outer.backend, "depth": 0 })).await?;
        match node["node"]["contentDocument"].as_object() {
            Some(_) => {
                // What nobody looks at is not drawn, and its accessibility not told.
                let frame = string(&node["node"]["frameId"]);
                self.try_call("DOM.scrollIntoViewIfNeeded", json!({ "backendNodeId": outer.backend })).await?;
                Ok(Root { object: self.document(&frame).await?, frame })
            }
            None => Ok(Root { frame: outer.frame.clone(), object: self.object(outer).await? }),
        }
    }

    /// An element as the harness's script knows it.
    async fn object(&self, found: &Found) -> Result<Value, String> {
        self.object_in(&self.world(&found.frame).await?, found).await
    }

    async fn object_in(&self, world: &Value, found: &Found) -> Result<Value, String> {
        let asked = json!({ "backendNodeId": found.backend, "executionContextId": world, "objectGroup": WORLD });
        Ok(self.try_call("DOM.resolveNode", asked).await?["object"]["objectId"].take())
    }

    async fn by_role(&self, root: &Root, role: &str, name: &str, whole: bool) -> Result<Vec<Found>, String> {
        // The browser's word for it is another one than ARIA's.
        let role = if role == "img" { "image" } else { role };
        let mut asked = json!({ "objectId": root.object, "role": role });
        if whole {
            asked["accessibleName"] = json!(name);
        }
        let tree = self.try_call("Accessibility.queryAXTree", asked).await?;
        let nodes = tree["nodes"].as_array().into_iter().flatten();
        let meant = nodes.filter(|node| {
            let told = node["name"]["value"].as_str().unwrap_or_default();
            node["ignored"] != true && (whole || told.contains(name))
        });
        Ok(meant.map(|node| Found { frame: root.frame.clone(), backend: node["backendDOMNodeId"].clone() }).collect())
    }

    async fn by_script(&self, root: &Root, step: &Step) -> Result<Vec<Found>, String> {
        let list = self.call_script(&root.object, "find", &step.arguments(), false).await?;
        let asked = json!({ "objectId": list["objectId"], "ownProperties": true });
        let properties = self.try_call("Runtime.getProperties", asked).await?;
        let mut found = Vec::new();
        for property in properties["result"].as_array().into_iter().flatten() {
            if property["name"].as_str().is_some_and(|name| name.parse::<usize>().is_ok()) {
                let asked = json!({ "objectId": property["value"]["objectId"], "depth": 0 });
                let mut node = self.try_call("DOM.describeNode", asked).await?;
                found.push(Found { frame: root.frame.clone(), backend: node["node"]["backendNodeId"].take() });
            }
        }
        Ok(found)
    }

    async fn filtered(&self, mut found: Vec<Found>, filters: &[Filter]) -> Result<Vec<Found>, String> {
        for filter in filters {
            match filter {
                Filter::Containing(part) => found = self.containing(found, part).await?,
                Filter::Nth(index) => found = found.into_iter().skip(*index).take(1).collect(),
                Filter::Last => found = found.pop().into_iter().collect(),
            }
        }
        Ok(found)
    }

    async fn containing(&self, all: Vec<Found>, part: &str) -> Result<Vec<Found>, String> {
        let texts = self.shown_by(&all).await?;
        Ok(all.into_iter().zip(texts).filter(|(_, text)| text.contains(part)).map(|(found, _)| found).collect())
    }

    /// What elements of one frame show as text.
    pub(super) async fn shown_by(&self, all: &[Found]) -> Result<Vec<String>, String> {
        let Some(first) = all.first() else { return Ok(Vec::new()) };
        let world = self.world(&first.frame).await?;
        let mut objects = Vec::new();
        for found in all {
            objects.push(json!({ "objectId": self.object_in(&world, found).await? }));
        }
        let declaration = format!("function (...all) {{ return all.map((one) => ({SCRIPT}).shown(one)); }}");
        let answer = self.call_function(&objects[0]["objectId"], &declaration, &objects, true).await?;
        Ok(answer.as_array().ok_or("no list")?.iter().map(string).collect())
    }

    /// What a function of the harness's script gives for an element.
    pub(super) async fn ask(&self, found: &Found, function: &str) -> Result<Value, String> {
        self.call_script(&self.object(found).await?, function, &[], true).await
    }

    async fn call_script(
        &self,
        object: &Value,
        function: &str,
        arguments: &[Value],
        by_value: bool,
    ) -> Result<Value, String> {
        let declaration = format!("function (...rest) {{ return ({SCRIPT}).{function}(this, ...rest); }}");
        let arguments: Vec<Value> = arguments.iter().map(|value| json!({ "value": value })).collect();
        self.call_function(object, &declaration, &arguments, by_value).await
    }

    /// Lets go of what the harness holds in the page, which would else count as the page's own.
    pub(super) async fn let_go(&self) {
        self.call("Runtime.releaseObjectGroup", json!({ "objectGroup": WORLD })).await;
        self.call("Runtime.discardConsoleEntries", json!({})).await;
    }

    /// Calls a function with an object as `this`; the value that it gives, or else an object that stands for it.
    pub(super) async fn call_function(
        &self,
        object: &Value,
        declaration: &str,
        arguments: &[Value],
        by_value: bool,
    ) -> Result<Value, String> {
        let asked = json!({
            "objectId": object, "functionDeclaration": declaration, "arguments": arguments,
            "returnByValue": by_value, "awaitPromise": by_value, "userGesture": true,
        });
        let mut answer = self.try_call("Runtime.callFunctionOn", asked).await?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(super::watch::exception(details)),
            None if by_value => Ok(answer["result"]["value"].take()),
            None => Ok(answer["result"].take()),
        }
    }

    /// The element that has the focus, through shadow roots: what assistive technology is told of it, and its `text`.
    pub async fn focused(&self) -> Value {
        until("the focused element", async || {
            let declaration = format!("function () {{ return [({SCRIPT}).focused()]; }}");
            let document = self.document(&self.target).await?;
            let list = self.call_function(&document, &declaration, &[], false).await?;
            let asked = json!({ "objectId": list["objectId"], "ownProperties": true });
            let properties = self.try_call("Runtime.getProperties", asked).await?;
            let asked = json!({ "objectId": properties["result"][0]["value"]["objectId"], "fetchRelatives": false });
            Ok(told(&self.try_call("Accessibility.getPartialAXTree", asked).await?["nodes"][0]))
        })
        .await
    }
}

/// A node of the accessibility tree as `{ "role": …, "name": …, … }`.
pub(super) fn told(node: &Value) -> Value {
    let mut told = json!({});
    for key in ["role", "name", "description", "value"] {
        if !node[key]["value"].is_null() {
            told[key] = node[key]["value"].clone();
        }
    }
    for property in node["properties"].as_array().into_iter().flatten() {
        told[string(&property["name"])] = property["value"]["value"].clone();
    }
    told
}
