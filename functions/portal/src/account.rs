//! `GET /v1/portal/account`: what a client who has signed in sees of all invoices.

use domain::facts::Money;
use domain::invoice::totals;
use lambda::problem::Problem;
use lambda::{ClientCaller, reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::AccountInvoice;

use crate::{Portal, table_problem};

/// The most pages of an account, of 1 MB each: some 10,000 invoices. A payment takes more in the answer than in the table,
/// and Lambda answers 6 MB at most.
const MAX_PAGES: usize = 3;

#[derive(Serialize)]
struct Account<'a> {
    client: &'a str,
    name: Option<&'a str>,
    invoices: Vec<InvoiceEntry<'a>>,
    payments: Vec<PaymentEntry<'a>>,
    outstanding: Vec<Outstanding>,
}

#[derive(Serialize)]
struct InvoiceEntry<'a> {
    invoice: &'a str,
    number: Option<&'a str>,
    issued_on: Option<String>,
    due_on: Option<String>,
    currency: Option<&'static str>,
    amount: Option<String>,
    balance: Option<String>,
}

#[derive(Serialize)]
struct PaymentEntry<'a> {
    id: &'a str,
    invoice: &'a str,
    paid_on: String,
    currency: &'static str,
    amount: String,
}

#[derive(Serialize)]
struct Outstanding {
    currency: &'static str,
    amount: String,
}

fn decimal(money: Money) -> String {
    money.amount().to_string()
}

fn invoice_entry((invoice, stored): &AccountInvoice) -> InvoiceEntry<'_> {
    let facts = &stored.facts;
    InvoiceEntry {
        invoice: invoice.as_str(),
        number: facts.number.as_deref(),
        issued_on: stored.issued_on.map(|day| day.to_string()),
        due_on: facts.due_on.map(|day| day.to_string()),
        currency: facts.currency.map(|currency| currency.code()),
        amount: facts.amount.map(decimal),
        balance: stored.balance().map(decimal),
    }
}

/// All payments, the latest first.
fn payment_entries(invoices: &[AccountInvoice]) -> Vec<PaymentEntry<'_>> {
    let entries = invoices.iter().flat_map(|(invoice, stored)| {
        stored.payments.iter().map(|payment| PaymentEntry {
            id: payment.id.as_str(),
            invoice: invoice.as_str(),
            paid_on: payment.paid_on.to_string(),
            currency: payment.amount.currency().code(),
            amount: decimal(payment.amount),
        })
    });
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by(|one, other| (&other.paid_on, one.invoice, one.id).cmp(&(&one.paid_on, other.invoice, other.id)));
    entries
}

/// What is still to be paid of all invoices together, in each currency.
fn outstanding(invoices: &[AccountInvoice]) -> Vec<Outstanding> {
    let balances = invoices.iter().filter_map(|(_, stored)| stored.balance());
    let totals = totals(balances).into_iter();
    totals.map(|money| Outstanding { currency: money.currency().code(), amount: decimal(money) }).collect()
}

impl Portal {
    pub(crate) async fn account(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::client_caller(request, &self.claims)?;
        let settings = self.table.settings(&caller.firm).await.map_err(table_problem)?.value;
        if !settings.allow_account_history {
            return Err(Problem::forbidden(
                "The firm does not show accounts; each invoice can be seen and paid through the link in its e-mail.",
            ));
        }
        let profile = self.table.client(&caller.firm, &caller.client).await.map_err(table_problem)?;
        let invoices = self.invoices(&caller).await?;
        let account = Account {
            client: caller.client.as_str(),
            name: profile.as_ref().and_then(|profile| profile.value.name.as_deref()),
            invoices: invoices.iter().map(invoice_entry).collect(),
            payments: payment_entries(&invoices),
            outstanding: outstanding(&invoices),
        };
        Ok(reply::json(StatusCode::OK, &account))
    }

    async fn invoices(&self, caller: &ClientCaller) -> Result<Vec<AccountInvoice>, Problem> {
        let mut invoices = Vec::new();
        let mut place = None;
        for _ in 0..MAX_PAGES {
            let page = self.table.account(&caller.firm, &caller.client, place).await.map_err(table_problem)?;
            invoices.extend(page.invoices);
            place = page.next;
            if place.is_none() {
                return Ok(invoices);
            }
        }
        // The sum of the latest alone would be taken for the whole.
        Err(Problem::too_much("The account has more invoices than one answer holds; ask the firm for a statement."))
    }
}
