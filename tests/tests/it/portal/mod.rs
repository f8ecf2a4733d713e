//! The client's side: the page behind the link of an e-mail, what is seen of its readers, and the account of a client who
//! has signed in.

mod account;
mod costs;
mod evidence;
mod failing;
mod hostile;
mod leading;
mod showing;
mod strangers;
mod tokens;

use regex_lite::Regex;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Firm, Mail, System, recipient};

const SUBJECT: &str = "Invoice 1042";
const ADDRESS: &str = "ann@example.com";
const DOCUMENT: &str = "https://documents.example.com/i/1042?a=1&b=%C3%BC";

/// An invoice with everything.
fn invoice() -> Value {
    json!({
        "number": "2026-1042", "client": "acme", "client_name": "Acme", "currency": "USD", "amount": "1250.00",
        "issued_on": "2026-11-01", "due_on": "2026-12-01", "url": DOCUMENT,
    })
}

/// The same with some fields changed; null leaves one out.
fn with(base: Value, changes: Value) -> Value {
    let mut changed = base;
    for (name, value) in changes.as_object().unwrap() {
        changed[name] = value.clone();
    }
    changed
}

/// What staff set up.
async fn set_up(firm: &Firm, settings: Value) {
    firm.put("/v1/settings", &settings).await.expect(200);
}

/// What the portal tells of an invoice.
async fn tell(firm: &Firm, invoice: &str, told: &Value) {
    firm.put(&format!("/v1/invoices/{invoice}"), told).await.expect(200);
}

/// A payment that the portal tells of.
async fn pay(firm: &Firm, invoice: &str, id: &str, amount: &str) {
    let payment = json!({ "id": id, "amount": amount, "paid_on": "2026-11-20" });
    firm.post(&format!("/v1/invoices/{invoice}/payments"), &payment).await.expect(201);
}

/// An invoice e-mailed to [`ADDRESS`] and delivered: its mail.
async fn mailed(system: &System, firm: &Firm, body: Value) -> Mail {
    firm.send("1042", with(json!({ "to": ADDRESS, "subject": SUBJECT }), body)).await;
    firm.history_with("1042", "delivered").await;
    let mail = system.mail(SUBJECT, ADDRESS).await;
    system.settled().await;
    mail
}

/// A system with a firm, whose invoice 1042 with everything was told and e-mailed.
async fn started(settings: Value) -> (System, Firm, Mail) {
    let system = System::start().await;
    let firm = system.firm("roe");
    set_up(&firm, settings).await;
    tell(&firm, "1042", &invoice()).await;
    let mail = mailed(&system, &firm, json!({})).await;
    (system, firm, mail)
}

/// A button of the page, as a person's browser posts it.
async fn press(system: &System, page: &str, action: &str) -> Answer {
    let request = system.request(Method::POST, page).header("user-agent", tests::system::BROWSER);
    let form = request.header("content-type", "application/x-www-form-urlencoded");
    Answer::of(form.body(format!("action={action}"))).await
}

/// Where a button leads.
async fn leads_to(system: &System, page: &str, action: &str) -> String {
    let answer = press(system, page, action).await;
    assert_eq!((answer.status, answer.body.len()), (303, 0), "{}", answer.text());
    is_private(&answer);
    answer.header("location").to_owned()
}

/// The one recipient of the invoice's latest send.
async fn one(firm: &Firm) -> Value {
    recipient(&firm.history("1042").await, "to:0").clone()
}

/// A link's token.
fn token(link: &str) -> String {
    link.rsplit('/').next().unwrap().trim_end_matches(".gif").to_owned()
}

/// What a page shows, as text.
#[derive(Debug, PartialEq)]
struct Shown {
    firm: String,
    heading: String,
    rows: Vec<(String, String)>,
    buttons: Vec<String>,
    is_paid: bool,
}

impl Shown {
    /// Of a page that must be one of an invoice.
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let html = answer.text();
        let all = |pattern: &str| -> Vec<Vec<String>> {
            let found = Regex::new(pattern).unwrap();
            let texts = found
                .captures_iter(&html)
                .map(|found| found.iter().skip(1).flatten().map(|part| unescaped(part.as_str())).collect::<Vec<_>>());
            texts.collect()
        };
        let one = |pattern: &str| all(pattern).swap_remove(0).swap_remove(0);
        Self {
            firm: one("<p class=\"firm\">([^<]*)</p>"),
            heading: one("<h1>([^<]*)</h1>"),
            rows: all("<dt>([^<]*)</dt><dd>([^<]*)</dd>")
                .into_iter()
                .map(|row| (row[0].clone(), row[1].clone()))
                .collect(),
            buttons: all("<button[^>]* value=\"([^\"]*)\"").concat(),
            is_paid: html.contains("This invoice is paid"),
        }
    }

    fn row(&self, label: &str) -> Option<&str> {
        self.rows.iter().find(|(known, _)| known == label).map(|(_, value)| value.as_str())
    }
}

/// Text as HTML holds it, read.
fn unescaped(text: &str) -> String {
    let named = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">")];
    named
        .into_iter()
        .chain([("&quot;", "\""), ("&#38;", "&"), ("&amp;", "&")])
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

async fn shown(system: &System, page: &str) -> Shown {
    Shown::of(&system.as_browser(page).await)
}

/// Nobody but who holds the link shall have it: not a cache, not a search engine, not the next site.
fn is_private(answer: &Answer) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), value, "{name} of a {}", answer.status);
    }
}

/// A page of ours: private, with a policy that lets nothing in, and no script in it.
fn is_a_page(answer: &Answer) {
    is_private(answer);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(directives.contains(&directive), "{directive} is not in {policy}");
    }
    let form = if answer.status == 200 { "form-action 'self' https:" } else { "form-action 'none'" };
    assert!(policy.contains(form), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script-src") && !policy.contains('*'), "{policy}");
    let style = directives.iter().find(|directive| directive.starts_with("style-src ")).expect("a policy for styles");
    let nonce = style.strip_prefix("style-src 'nonce-").and_then(|rest| rest.strip_suffix('\'')).expect("a nonce");
    let html = answer.text().to_lowercase();
    if html.is_empty() {
        return;
    }
    assert!(
        html.contains("<html lang=\"en\">") && html.contains("<meta name=\"robots\" content=\"noindex, nofollow\">")
    );
    assert_eq!(html.matches("<style").count(), 1);
    assert!(html.contains(&format!("<style nonce=\"{nonce}\">")), "{policy}");
    let (before, rest) = html.split_once("<style").unwrap();
    let (styles, after) = rest.split_once("</style>").unwrap();
    assert!(["url(", "@import", "<"].iter().all(|part| !styles.contains(part)), "{styles}");
    // Attributes are looked for in tags alone: what they say may also be said in a text.
    let tags = Regex::new("<[^>]*>").unwrap();
    for tag in tags.find_iter(&format!("{before}{after}")).map(|tag| tag.as_str()) {
        let elements = ["<script", "<link", "<iframe", "<base", "<object", "<img", "<svg"];
        let attributes = [" style=", " src=", " on", "javascript:"];
        assert!(elements.iter().chain(&attributes).all(|part| !tag.contains(part)), "{tag}");
    }
}
