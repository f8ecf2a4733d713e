//! `/v1/invoices/{invoice}`: what the portal tells of an invoice, what is paid of it, and what mails say of both.

mod facts;
mod mails;
mod payments;

use serde_json::{Value, json};
use tests::{Answer, Firm};

const PATH: &str = "/v1/invoices/1042";

/// An invoice with everything, as it is put.
fn all_facts() -> Value {
    json!({
        "number": "2026/1042", "client": "c1", "client_name": "Acme", "currency": "USD", "amount": "1250.00",
        "balance": "1000.00", "due_on": "2026-12-01", "url": "https://portal.example.com/i/1042?a=ü",
        "issued_on": "2026-11-01", "matter_email": "\"Ann\" <ann@matter.example>; bob@matter.example",
    })
}

/// What is still to be paid of an invoice.
async fn balance(firm: &Firm, path: &str) -> Value {
    firm.get(path).await.expect(200)["balance"].clone()
}

fn payment(id: &str, amount: &str) -> Value {
    json!({ "id": id, "amount": amount, "paid_on": "2026-11-20" })
}

/// Tells of a payment of the invoice at a path.
async fn pay(firm: &Firm, path: &str, id: &str, amount: &str) -> Answer {
    firm.post(&format!("{path}/payments"), &payment(id, amount)).await
}
