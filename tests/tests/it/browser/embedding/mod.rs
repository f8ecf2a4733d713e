//! Elements in a portal's own pages, on another origin: one script tag and one tag, under a strict policy.

mod elements;
mod looks;
mod tokens;

use serde_json::{Value, json};
use tests::browser::{Browser, Page, Site};
use tests::{Firm, System};

/// What loads a module of the portal's own; the elements need none.
const OWN_MODULE: &str = "<script type=module src=/portal.js></script>";

/// A portal, and the system whose API its pages may call.
struct Portal {
    site: Site,
    system: System,
}

impl Portal {
    /// A portal that the system knows.
    async fn start() -> Self {
        let site = Site::start().await;
        let system = System::start_for(&[site.url()]).await;
        Self { site, system }
    }

    /// What its pages may load: the portal's own, and from elsewhere the system's modules, API and frames.
    fn policy(&self) -> String {
        let stack = self.system.url();
        format!(
            "default-src 'none'; script-src 'self' {stack}; connect-src {stack}; frame-src {stack}; style-src 'self'; \
             img-src 'self'; base-uri 'none'; form-action 'none'; \
             require-trusted-types-for 'script'; trusted-types lit-html"
        )
    }

    /// Serves a page with this body at `/`, after the one script tag.
    fn show(&self, body: &str) {
        self.show_with("", body);
    }

    /// The same with more in its head, before that script tag.
    fn show_with(&self, head: &str, body: &str) {
        let html = format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>A portal</title>
            <meta name=viewport content='width=device-width'>
            <meta http-equiv=Content-Security-Policy content=\"{}\">{head}
            <script type=module src='{}/ui/invoice-email.js'></script></head>
            <body><main><h1>A portal</h1>{body}</main></body></html>",
            self.policy(),
            self.system.url(),
        );
        self.site.put("/", "text/html; charset=utf-8", &html);
    }

    /// Serves the module that [`OWN_MODULE`] loads; `SYSTEM` in it stands for where the system answers.
    fn module(&self, text: &str) {
        self.site.put("/portal.js", "text/javascript", &text.replace("SYSTEM", &self.system.url()));
    }

    async fn open(&self, browser: &Browser) -> Page {
        browser.page(self.site.url()).await
    }
}

/// A script of the portal's that keeps every event that reaches the document, and takes over those that `takes` names.
fn listening(takes: &[&str]) -> String {
    let names = ["select", "send", "sent", "filter", "attention-count", "unauthorized"];
    format!(
        "globalThis.heard = [];
        for (const name of {names:?}) {{
            document.addEventListener(`invoice-email:${{name}}`, (event) => {{
                heard.push([name, event.detail, event.target.localName]);
                if ({takes:?}.includes(name)) event.preventDefault();
            }});
        }}"
    )
}

/// What the document has heard of this name: each event's detail.
async fn heard(page: &Page, name: &str) -> Vec<Value> {
    page.until(&format!("{name} is heard"), &format!("heard.some(([name]) => name === {name:?})")).await;
    let all = page.evaluate(&format!("heard.filter(([name]) => name === {name:?}).map(([, detail]) => detail)")).await;
    all.as_array().unwrap().clone()
}

/// A firm with one e-mail that arrived and one that bounced.
async fn firm_with_mails(system: &System, name: &str) -> Firm {
    let firm = system.firm(name);
    firm.send(
        "1042",
        json!({
            "to": format!("ann@{name}.example; bounce@simulator.amazonses.com"),
            "subject": format!("Invoice 1042 of {name}"),
            "facts": { "number": "2026-1042", "client_name": "Acme" },
        }),
    )
    .await;
    firm.history_when("1042", "delivered and bounced", |history| {
        let text = history.to_string();
        text.contains("\"delivered\"") && text.contains("\"bounced\"")
    })
    .await;
    firm
}
