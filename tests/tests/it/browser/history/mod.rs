//! The e-mail history: an icon for each row of a portal's table, and its popup.

mod chain;
mod opening;
mod placing;
mod showing;
mod troubles;

use serde_json::Value;
use tests::browser::{Browser, Locator, Opening, Page, Site};
use tests::{Firm, System};

use super::clock;

/// How long a pointer or the focus rests on an icon before the popup opens.
const OPENS_AFTER_MS: u32 = 250;
/// How long the popup waits for a pointer that has left.
const CLOSES_AFTER_MS: u32 = 400;

const STYLE: &str = "
    :root { color-scheme: light dark; font-family: sans-serif; }
    body { margin: 16px; }
    #table { block-size: 320px; overflow: auto; }
    table { inline-size: 100%; table-layout: fixed; }
    .top, .middle, .bottom { position: fixed; }
    .top { top: 4px; } .middle { top: 45%; } .bottom { bottom: 4px; }
    .left { left: 4px; } .center { left: 48%; } .right { right: 4px; }";

const SCRIPT: &str = "
    import { configure } from 'SYSTEM/ui/invoice-email.js';
    configure({ token: () => 'local:roe', timezone: 'Europe/Berlin', locale: 'en-GB' });
    const rows = document.querySelector('tbody');
    for (let number = 1; rows && number <= ROWS; number += 1) {
        const row = document.createElement('tr');
        const icon = document.createElement('invoice-email-history');
        icon.setAttribute('invoice', number);
        row.insertCell().textContent = `Invoice ${number}`;
        row.insertCell().append(icon);
        row.insertCell().textContent = '1,250.00';
        rows.append(row);
    }";

const TABLE: &str = "<h1>Invoices</h1><label>Search <input></label>
    <div id=table role=region aria-label=Invoices tabindex=0><table><thead>
        <tr><th scope=col>Invoice</th><th scope=col>E-mails</th><th scope=col>Amount</th></tr>
    </thead><tbody></tbody></table></div>
    <button>After</button>";

/// A portal on an origin of its own, under a strict policy, and the system whose API its pages may call.
struct Portal {
    site: Site,
    system: System,
    firm: Firm,
}

impl Portal {
    /// Its page is a table of so many invoices, each with an icon, in a box that scrolls.
    async fn start(rows: usize) -> Self {
        Self::with_page(rows, "lang=en", TABLE).await
    }

    /// Its page has these attributes and this body.
    async fn with_page(rows: usize, attributes: &str, body: &str) -> Self {
        let site = Site::start().await;
        let system = System::start_for(&[site.url()]).await;
        let stack = system.url();
        let html = format!(
            "<!doctype html><html {attributes}><head><meta charset=utf-8><title>Invoices</title>
            <meta name=viewport content='width=device-width'>
            <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; script-src 'self' {stack};
                connect-src {stack}; frame-src {stack}; style-src 'self'; base-uri 'none'; form-action 'none';
                require-trusted-types-for 'script'; trusted-types lit-html\">
            <link rel=stylesheet href=/portal.css><script type=module src=/portal.js></script></head>
            <body><main>{body}</main></body></html>"
        );
        site.put("/", "text/html; charset=utf-8", &html);
        site.put("/portal.css", "text/css", STYLE);
        let script = SCRIPT.replace("SYSTEM", &stack).replace("ROWS", &rows.to_string());
        site.put("/portal.js", "text/javascript", &script);
        let firm = system.firm("roe");
        Self { site, system, firm }
    }

    /// An invoice that was delivered to Ann.
    async fn delivered(&self, invoice: &str) {
        self.firm.send_to(invoice, "ann@example.com").await;
        self.firm.history_with(invoice, "delivered").await;
    }

    /// Its page, on which no time passes.
    async fn open(&self, browser: &Browser) -> Page {
        self.open_as(browser.page("about:blank")).await
    }

    async fn open_as(&self, blank: Opening) -> Page {
        let page = clock::stopped(blank, self.site.url()).await;
        page.until("the icons are there", "document.querySelector('invoice-email-history')?.shadowRoot !== null").await;
        page
    }
}

/// An invoice's icon.
fn icon<'page>(page: &'page Page, invoice: &str) -> Locator<'page> {
    page.role("button", &format!("E-mail history of invoice {invoice}"))
}

/// An invoice's popup.
fn popup<'page>(page: &'page Page, invoice: &str) -> Locator<'page> {
    page.role("dialog", &format!("E-mails of invoice {invoice}"))
}

/// What the page has asked of the API, preflights apart: the paths, oldest first.
fn asked(page: &Page) -> Vec<String> {
    let requests = page.requests("/v1/").into_iter().filter(|request| request.method != "OPTIONS");
    requests.map(|request| request.url[request.url.find("/v1/").unwrap()..].to_owned()).collect()
}

/// The path of an invoice's history, as a popup asks for it.
fn path(invoice: &str) -> String {
    format!("/v1/invoices/{invoice}/emails?limit=10")
}

/// Opens a popup with the mouse, so that it stays.
async fn open_with_click<'page>(page: &'page Page, invoice: &str) -> Locator<'page> {
    icon(page, invoice).click().await;
    let popup = popup(page, invoice);
    popup.appears().await;
    popup
}

/// Whether assistive technology is told that the popup is there.
async fn is_expanded(page: &Page, invoice: &str) -> Value {
    icon(page, invoice).accessibility().await["expanded"].clone()
}

/// Where an element is in the window: left, top, right, bottom.
async fn place(element: &Locator<'_>) -> [f64; 4] {
    let sides = "(element) => { const box = element.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom] }";
    let found = element.evaluate(sides).await;
    [0, 1, 2, 3].map(|side| found[side].as_f64().unwrap())
}

/// The focus as a role and a name.
async fn focus(page: &Page) -> (String, String) {
    let focused = page.focused().await;
    let text = |key: &str| focused[key].as_str().unwrap_or_default().to_owned();
    (text("role"), text("name"))
}
