//! The portal of one firm: what its front end asks of the API.

use reqwest::{Client, Method};
use serde_json::Value;

use crate::{Answer, until};

/// A firm's portal; each clone is another of its users.
#[derive(Debug, Clone)]
pub struct Firm {
    client: Client,
    base: String,
    bearer: String,
}

impl Firm {
    pub(crate) fn new(client: Client, base: &str, name: &str) -> Self {
        Self { client, base: base.to_owned(), bearer: format!("local:{name}") }
    }

    /// A request to a path with the firm's token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.bearer)
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).json(body)).await
    }

    /// PUT of JSON, as long as the condition in `If-Match` holds.
    pub async fn put_if(&self, condition: &str, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).header("if-match", condition).json(body)).await
    }

    /// PUT of JSON where nothing is yet: `If-None-Match`.
    pub async fn put_new(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).header("if-none-match", "*").json(body)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    /// Says that an invoice is final.
    pub async fn finalize(&self, invoice: &str) -> Answer {
        self.post(&format!("/v1/invoices/{invoice}/finalize"), &serde_json::json!({})).await
    }

    /// Asks to e-mail an invoice.
    pub async fn submit(&self, invoice: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/invoices/{invoice}/emails"), body).await
    }

    /// Asks to e-mail an invoice, with an `Idempotency-Key`.
    pub async fn submit_once(&self, key: &str, invoice: &str, body: &Value) -> Answer {
        let path = format!("/v1/invoices/{invoice}/emails");
        Answer::of(self.request(Method::POST, &path).header("idempotency-key", key).json(body)).await
    }

    /// E-mails an invoice; the 202's body.
    pub async fn send(&self, invoice: &str, body: Value) -> Value {
        self.submit(invoice, &body).await.expect(202)
    }

    /// E-mails an invoice to one address; the send's id.
    pub async fn send_to(&self, invoice: &str, address: &str) -> String {
        let body = serde_json::json!({ "to": address, "subject": format!("Invoice {invoice}") });
        id(&self.send(invoice, body).await)
    }

    /// Asks to send again to one recipient.
    pub async fn resend(&self, invoice: &str, send: &str, body: Value) -> Answer {
        self.post(&format!("/v1/invoices/{invoice}/emails/{send}/resend"), &body).await
    }

    /// Asks what e-mailing an invoice would send.
    pub async fn preview(&self, invoice: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/invoices/{invoice}/emails/preview"), body).await
    }

    /// Asks what sending again to one recipient would send.
    pub async fn preview_resend(&self, invoice: &str, send: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/invoices/{invoice}/emails/{send}/resend/preview"), body).await
    }

    /// An invoice's history.
    pub async fn history(&self, invoice: &str) -> Value {
        self.get(&format!("/v1/invoices/{invoice}/emails")).await.expect(200)
    }

    /// An invoice's history once it is as wanted.
    pub async fn history_when(&self, invoice: &str, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        until(&format!("history of {invoice}: {what}"), async || {
            let history = self.history(invoice).await;
            if wanted(&history) { Ok(history) } else { Err(format!("{history:#}")) }
        })
        .await
    }

    /// An invoice's history once each recipient of its latest send shows a status (`processed`, say).
    pub async fn history_with(&self, invoice: &str, status: &str) -> Value {
        self.history_when(invoice, &format!("all {status}"), |history| {
            latest(history).is_some_and(|all| all.iter().all(|one| statuses(one).contains(&status.to_owned())))
        })
        .await
    }

    /// The rows of one page of the report; the query begins with `?` or is empty.
    pub async fn report(&self, query: &str) -> Vec<Value> {
        rows(&self.get(&format!("/v1/reports/invoice-emails{query}")).await.expect(200))
    }

    /// The rows of the work queue.
    pub async fn attention(&self) -> Vec<Value> {
        rows(&self.get("/v1/attention").await.expect(200))
    }

    /// The work queue once it is as wanted.
    pub async fn attention_when(&self, what: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        until(&format!("work queue: {what}"), async || {
            let rows = self.attention().await;
            if wanted(&rows) { Ok(rows) } else { Err(format!("{rows:#?}")) }
        })
        .await
    }

    /// Waits until the work queue's summary counts as many rows as there are; counters follow a moment later.
    pub async fn attention_counted(&self) {
        until("the work queue is counted", async || {
            let rows = self.attention().await.len();
            let counts = self.get("/v1/attention/summary").await.expect(200);
            if counts["recipients"] == rows { Ok(()) } else { Err(format!("{counts} for {rows} rows")) }
        })
        .await;
    }
}

/// The send's id in a 202's body.
pub fn id(accepted: &Value) -> String {
    accepted["send"].as_str().expect("a send's id").to_owned()
}

/// The rows of a page.
pub fn rows(page: &Value) -> Vec<Value> {
    page["rows"].as_array().expect("rows").clone()
}

fn latest(history: &Value) -> Option<&Vec<Value>> {
    history["sends"].get(0)?["recipients"].as_array()
}

/// A recipient of an invoice's latest send, `to:0` say.
pub fn recipient<'a>(history: &'a Value, position: &str) -> &'a Value {
    latest(history)
        .and_then(|all| all.iter().find(|one| one["recipient"] == position))
        .unwrap_or_else(|| panic!("no {position} in {history:#}"))
}

/// The names of a recipient's statuses, in the order of the answer.
pub fn statuses(recipient: &Value) -> Vec<String> {
    let shown = recipient["statuses"].as_array().unwrap_or_else(|| panic!("no statuses in {recipient:#}"));
    shown.iter().map(|one| one["status"].as_str().expect("a name").to_owned()).collect()
}

/// The names of a recipient's statuses by the alphabet: a complaint comes in whole seconds and may stand before the
/// delivery.
pub fn sorted_statuses(recipient: &Value) -> Vec<String> {
    let mut names = statuses(recipient);
    names.sort();
    names
}

/// Each recipient of the latest send with its statuses by the alphabet: `["to:0", "delivered", "processed"]`.
pub fn all_statuses(history: &Value) -> Vec<Vec<String>> {
    let all = latest(history).expect("a send").iter();
    all.map(|one| [vec![one["recipient"].as_str().unwrap().to_owned()], sorted_statuses(one)].concat()).collect()
}
