//! axe-core: what a program can tell about a page's accessibility.
//!
//! <https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md>

use serde_json::{Value, json};

use super::page::{Page, string};
use super::watch::exception;

/// WCAG 2.2, level AA, and what it builds on. Best practices are opinions, and stay out.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/// A rule that the page breaks.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The rule: `color-contrast`, `button-name`, ….
    pub rule: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: String,
    /// What the rule asks for.
    pub help: String,
    /// Where it is broken, and how.
    pub places: Vec<String>,
}

impl Page {
    /// What axe finds against the page as it is shown now, through open shadow roots; frames are left out.
    pub async fn axe(&self) -> Vec<Violation> {
        let world = self.world(&self.target).await.unwrap_or_else(|error| panic!("{error}"));
        let source = std::fs::read_to_string(&self.context.axe).expect("axe can be read");
        let options = json!({
            "runOnly": { "type": "tag", "values": TAGS },
            // Off by default, and part of WCAG 2.2 AA.
            "rules": { "target-size": { "enabled": true } },
            "resultTypes": ["violations"],
            "iframes": false,
        });
        // In a world of its own: the page's policy does not hold there, and the page's scripts do not notice.
        let run = format!("axe.run(document, {options}).then((results) => results.violations)");
        let mut found = Value::Null;
        for expression in [source, run] {
            let asked = json!({
                "expression": expression, "contextId": world, "awaitPromise": true, "returnByValue": true,
            });
            let answer = self.call("Runtime.evaluate", asked).await;
            if let Some(details) = answer.get("exceptionDetails") {
                panic!("axe: {}", exception(details));
            }
            found = answer["result"]["value"].clone();
        }
        found.as_array().expect("a list of violations").iter().map(violation).collect()
    }

    /// Fails the test for everything that axe finds.
    pub async fn is_accessible(&self) {
        let found = self.axe().await;
        assert!(found.is_empty(), "axe at {}: {found:#?}", self.url().await);
    }
}

fn violation(found: &Value) -> Violation {
    let places = found["nodes"].as_array().into_iter().flatten();
    Violation {
        rule: string(&found["id"]),
        impact: string(&found["impact"]),
        help: string(&found["help"]),
        places: places.map(|node| format!("{} {}: {}", node["target"], node["html"], node["failureSummary"])).collect(),
    }
}
