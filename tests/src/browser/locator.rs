//! Ways to elements, and what can be asked of them.

use serde_json::{Value, json};

use super::find::{Found, Root, WORLD, told};
use super::page::{Page, string};
use crate::until;

/// By what an element is found.
#[derive(Debug, Clone)]
pub(super) enum What {
    Role { role: String, name: String, whole: bool },
    Text { text: String, whole: bool },
    Css(String),
}

/// Which of the elements that are found.
#[derive(Debug, Clone)]
pub(super) enum Filter {
    Containing(String),
    Nth(usize),
    Last,
}

/// One part of the way to an element.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) what: What,
    pub(super) filters: Vec<Filter>,
}

/// A way to an element, gone anew each time that it is used, so that nothing is stale. What is asked of one element
/// waits until there is exactly one.
#[derive(Clone)]
#[must_use = "it does nothing by itself"]
pub struct Locator<'page> {
    pub(super) page: &'page Page,
    steps: Vec<Step>,
}

impl<'page> Locator<'page> {
    pub(super) fn new(page: &'page Page, what: What) -> Self {
        Self { page, steps: vec![Step { what, filters: Vec::new() }] }
    }

    /// Only below another element; below an `iframe`, in its document.
    pub fn inside(mut self, outer: &Locator<'page>) -> Self {
        self.steps.splice(0..0, outer.steps.iter().cloned());
        self
    }

    /// Only those that show this text among others.
    pub fn containing(self, part: &str) -> Self {
        self.filter(Filter::Containing(part.to_owned()))
    }

    /// The one at this place among those that are found, from 0.
    pub fn nth(self, index: usize) -> Self {
        self.filter(Filter::Nth(index))
    }

    /// The last one of those that are found.
    pub fn last(self) -> Self {
        self.filter(Filter::Last)
    }

    fn filter(mut self, filter: Filter) -> Self {
        self.steps.last_mut().expect("at least one step").filters.push(filter);
        self
    }

    /// How many there are now.
    pub async fn count(&self) -> usize {
        self.count_now().await.unwrap_or_default()
    }

    /// Waits until there are so many.
    pub async fn until_count(&self, count: usize) {
        until(&format!("{count} times {self:?}"), async || match self.count_now().await? {
            found if found == count => Ok(()),
            found => Err(format!("{found} of them")),
        })
        .await;
    }

    /// Waits until there is exactly one, and it can be seen.
    pub async fn appears(&self) {
        until(&format!("{self:?} appears"), async || match self.is_visible_now().await? {
            true => Ok(()),
            false => Err("it cannot be seen".to_owned()),
        })
        .await;
    }

    /// Waits until there is none that can be seen.
    pub async fn disappears(&self) {
        until(&format!("{self:?} disappears"), async || {
            for found in self.find().await? {
                if self.ask(&found, "isVisible").await? == true {
                    return Err("it can be seen".to_owned());
                }
            }
            Ok(())
        })
        .await;
    }

    /// Whether there is exactly one that can be seen, now.
    pub async fn is_visible(&self) -> bool {
        self.is_visible_now().await.unwrap_or(false)
    }

    async fn is_visible_now(&self) -> Result<bool, String> {
        Ok(self.ask(&self.one().await?, "isVisible").await? == true)
    }

    /// What it shows as text, on one line.
    pub async fn text(&self) -> String {
        string(&self.when("text", async |found| self.ask(found, "shown").await).await)
    }

    /// What each of them shows as text now.
    pub async fn texts(&self) -> Vec<String> {
        until(&format!("texts of {self:?}"), async || self.page.shown_by(&self.find().await?).await).await
    }

    /// Waits until it shows this text among others; all that it shows then.
    pub async fn shows(&self, part: &str) -> String {
        until(&format!("{self:?} shows {part:?}"), async || {
            let text = string(&self.ask(&self.one().await?, "shown").await?);
            if text.contains(part) { Ok(text) } else { Err(format!("it shows {text:?}")) }
        })
        .await
    }

    /// What a field holds.
    pub async fn value(&self) -> String {
        string(&self.when("value", async |found| self.ask(found, "value").await).await)
    }

    /// An attribute's value; `None` if it has none such.
    pub async fn attribute(&self, name: &str) -> Option<String> {
        let value = self.evaluate(&format!("(element) => element.getAttribute({})", json!(name))).await;
        value.as_str().map(str::to_owned)
    }

    /// Waits until an attribute has this value.
    pub async fn until_attribute(&self, name: &str, wanted: &str) {
        let what = format!("{self:?} with {name}={wanted:?}");
        let function = format!("(element) => element.getAttribute({})", json!(name));
        until(&what, async || match self.in_page(&self.one().await?, &function).await? {
            Value::String(value) if value == wanted => Ok(()),
            other => Err(format!("it is {other}")),
        })
        .await;
    }

    /// What a function of the page's own world gives for the element: `(element) => element.invoice`.
    pub async fn evaluate(&self, function: &str) -> Value {
        self.when(function, async |found| self.in_page(found, function).await).await
    }

    /// What assistive technology is told: `role`, `name`, `description`, and properties (`expanded`, `checked`, …).
    pub async fn accessibility(&self) -> Value {
        self.when("accessibility", async |found| {
            let asked = json!({ "backendNodeId": found.backend, "fetchRelatives": false });
            let tree = self.page.try_call("Accessibility.getPartialAXTree", asked).await?;
            Ok(told(&tree["nodes"][0]))
        })
        .await
    }

    /// Waits for exactly one, and for what is asked of it to succeed.
    pub(super) async fn when<T>(&self, what: &str, mut ask: impl AsyncFnMut(&Found) -> Result<T, String>) -> T {
        until(&format!("{what} of {self:?}"), async || ask(&self.one().await?).await).await
    }

    /// Exactly one, or else how many there are.
    pub(super) async fn one(&self) -> Result<Found, String> {
        let mut found = self.find().await?;
        match (found.pop(), found.len()) {
            (Some(one), 0) => Ok(one),
            (None, _) => Err("there is none".to_owned()),
            (Some(_), others) => Err(format!("there are {} of them", others + 1)),
        }
    }

    async fn find(&self) -> Result<Vec<Found>, String> {
        let (step, root) = self.last_step().await?;
        step.find(self.page, &root).await
    }

    async fn count_now(&self) -> Result<usize, String> {
        let (step, root) = self.last_step().await?;
        step.count(self.page, &root).await
    }

    /// The last step, and where it begins.
    async fn last_step(&self) -> Result<(&Step, Root), String> {
        let (last, outer) = self.steps.split_last().ok_or("no step")?;
        let mut root = Root::of(self.page).await?;
        for step in outer {
            root = match step.find(self.page, &root).await?.as_slice() {
                [one] => self.page.root(one).await?,
                other => return Err(format!("the outer one: there are {} of them", other.len())),
            };
        }
        Ok((last, root))
    }

    /// A function of the harness's script, asked of an element.
    pub(super) async fn ask(&self, found: &Found, function: &str) -> Result<Value, String> {
        self.page.ask(found, function).await
    }

    async fn in_page(&self, found: &Found, function: &str) -> Result<Value, String> {
        let asked = json!({ "backendNodeId": found.backend, "objectGroup": WORLD });
        let node = self.page.try_call("DOM.resolveNode", asked).await?;
        let declaration = format!("function () {{ return ({function})(this); }}");
        self.page.call_function(&node["object"]["objectId"], &declaration, &[], true).await
    }
}

impl std::fmt::Debug for Locator<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let steps: Vec<String> = self.steps.iter().map(|step| format!("{:?}{:?}", step.what, step.filters)).collect();
        formatter.write_str(&steps.join(" > ").replace("[]", ""))
    }
}
