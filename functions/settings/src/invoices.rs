//! `/v1/invoices/{invoice}` and its payments: what the portal tells of an invoice.

use domain::facts::{self, Facts, Money, MoneyFault, RawFacts};
use domain::ids::{Invoice, PaymentId};
use domain::invoice::{MAX_PAYMENTS, StoredInvoice};
use jiff::civil::Date;
use lambda::body::{Reader, object};
use lambda::problem::{FieldError, In, Problem};
use lambda::request;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::{NewPayment, Paid, Tagged, Told};

use crate::clients::addresses;
use crate::tags::{Condition, changed, tagged};
use crate::{Settings, keep, list_of, table_problem, write_problem};

const FIELDS: [&str; 11] = [
    "invoice",
    "number",
    "client",
    "client_name",
    "currency",
    "amount",
    "balance",
    "due_on",
    "url",
    "issued_on",
    "matter_email",
];
const PAYMENT_FIELDS: [&str; 3] = ["id", "amount", "paid_on"];

#[derive(Serialize)]
struct Answer<'a> {
    invoice: &'a str,
    number: Option<&'a str>,
    client: Option<&'a str>,
    client_name: Option<&'a str>,
    currency: Option<&'static str>,
    amount: Option<String>,
    /// What is still to be paid.
    balance: Option<String>,
    due_on: Option<String>,
    url: Option<&'a str>,
    issued_on: Option<String>,
    matter_email: String,
    payments: Vec<AnswerPayment<'a>>,
}

#[derive(Serialize)]
struct AnswerPayment<'a> {
    id: &'a str,
    amount: String,
    paid_on: String,
}

fn decimal(money: Money) -> String {
    money.amount().to_string()
}

impl<'a> Answer<'a> {
    fn new(invoice: &'a Invoice, stored: &'a StoredInvoice) -> Self {
        let facts = &stored.facts;
        let payments = stored.payments.iter().map(|payment| AnswerPayment {
            id: payment.id.as_str(),
            amount: decimal(payment.amount),
            paid_on: payment.paid_on.to_string(),
        });
        Self {
            invoice: invoice.as_str(),
            number: facts.number.as_deref(),
            client: facts.client.as_ref().map(domain::ids::Client::as_str),
            client_name: facts.client_name.as_deref(),
            currency: facts.currency.map(|currency| currency.code()),
            amount: facts.amount.map(decimal),
            balance: stored.balance().map(decimal),
            due_on: facts.due_on.map(|date| date.to_string()),
            url: facts.url.as_ref().map(domain::facts::WebAddress::as_str),
            issued_on: stored.issued_on.map(|date| date.to_string()),
            matter_email: list_of(&stored.matter_email),
            payments: payments.collect(),
        }
    }
}

/// The invoice in a request: whole, but for its payments, which are told one by one.
fn read(request: &Request, errors: &mut Vec<FieldError>) -> Result<(Option<String>, StoredInvoice), Problem> {
    let object = object(request)?;
    let mut reader = Reader::new(&object, &FIELDS, errors);
    let id = reader.text("invoice").map(str::to_owned);
    let [number, client, client_name, currency, amount, balance, due_on, url] =
        facts::FIELDS.map(|name| reader.text(name));
    let raw = RawFacts { number, client, client_name, currency, amount, balance, due_on, url };
    let facts = Facts::parse(&raw).unwrap_or_else(|error| {
        reader.error(error.field(), error.to_string());
        Facts::default()
    });
    let issued_on = date(&mut reader, "issued_on");
    let matter_email = addresses(&mut reader, "matter_email");
    Ok((id, StoredInvoice { facts, issued_on, matter_email, ..StoredInvoice::default() }))
}

fn date(reader: &mut Reader<'_>, field: &str) -> Option<Date> {
    let text = reader.text(field).filter(|text| !text.is_empty())?;
    // The parser reads date-times and signed years too; only the canonical text is a date here.
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    if date.is_none() {
        reader.error(field, "must be a date such as 2026-12-01");
    }
    date
}

/// The payment in a request.
fn read_payment(request: &Request, errors: &mut Vec<FieldError>) -> Result<Option<NewPayment>, Problem> {
    let object = object(request)?;
    let mut reader = Reader::new(&object, &PAYMENT_FIELDS, errors);
    for name in PAYMENT_FIELDS {
        if reader.get(name).is_none_or(|value| value == "") {
            reader.error(name, "is required");
        }
    }
    let id = reader.text("id").filter(|id| !id.is_empty()).map(str::parse::<PaymentId>).transpose();
    let id = id.unwrap_or_else(|error| {
        reader.error("id", error.to_string());
        None
    });
    let amount = reader.text("amount").filter(|amount| !amount.is_empty()).map(str::to_owned);
    let is_nothing = |amount: &str| amount.chars().all(|c| matches!(c, '0' | '.'));
    if amount.as_deref().is_some_and(is_nothing) {
        reader.error("amount", "must not be zero");
    }
    let paid_on = date(&mut reader, "paid_on");
    Ok(id.zip(amount).zip(paid_on).map(|((id, amount), paid_on)| NewPayment { id, amount, paid_on }))
}

fn no_invoice() -> Problem {
    Problem::not_found("Nothing is known of this invoice.")
}

/// Why an amount is none of this invoice.
fn wrong_amount(currency: Option<iso_currency::Currency>, amount: &str) -> FieldError {
    let detail = match currency.map(|currency| Money::parse(currency, amount)) {
        None => "cannot be told while the invoice has no currency".to_owned(),
        Some(Err(fault)) => fault.to_string(),
        // The invoice was given another currency between the two looks.
        Some(Ok(_)) => MoneyFault::NotADecimal.to_string(),
    };
    FieldError::new(In::Body, "/amount", detail)
}

impl Settings {
    pub(crate) async fn show_invoice(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let invoice: Invoice = request::parsed_path_parameter(request, "invoice")?;
        let found = self.table.invoice(&caller.firm, &invoice).await.map_err(table_problem)?.ok_or_else(no_invoice)?;
        Ok(told(StatusCode::OK, &invoice, &found))
    }

    pub(crate) async fn put_invoice(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let mut errors = Vec::new();
        let invoice = keep(request::parsed_path_parameter::<Invoice>(request, "invoice"), &mut errors);
        let condition = keep(Condition::of(request), &mut errors);
        let (id, stored) = read(request, &mut errors)?;
        crate::same_id("invoice", id.as_deref(), invoice.as_ref().map(Invoice::as_str), &mut errors);
        let (Some(invoice), Some(condition), []) = (invoice, condition, errors.as_slice()) else {
            return Err(Problem::invalid(errors));
        };
        let written = self.table.put_invoice(&caller.firm, &invoice, stored, condition.expected()).await;
        match written.map_err(write_problem)? {
            Told::Done(new) => Ok(told(StatusCode::OK, &invoice, &new)),
            Told::Changed => Err(changed()),
            Told::OtherCurrency => {
                let detail = "cannot be changed any more: payments were told in the currency that the invoice has";
                Err(FieldError::new(In::Body, "/currency", detail).into())
            }
        }
    }

    pub(crate) async fn add_payment(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let mut errors = Vec::new();
        let invoice = keep(request::parsed_path_parameter::<Invoice>(request, "invoice"), &mut errors);
        let payment = read_payment(request, &mut errors)?;
        let (Some(invoice), Some(payment), []) = (invoice, payment, errors.as_slice()) else {
            return Err(Problem::invalid(errors));
        };
        match self.table.pay(&caller.firm, &invoice, &payment).await.map_err(write_problem)? {
            Paid::New(new) => Ok(told(StatusCode::CREATED, &invoice, &new)),
            Paid::Known(known) => Ok(told(StatusCode::OK, &invoice, &known)),
            Paid::IdTaken => Err(Problem::conflict("Another payment of this invoice has this id.")),
            Paid::NoAmount(currency) => Err(wrong_amount(currency, &payment.amount).into()),
            Paid::TooLarge => {
                let detail = "leaves an amount with too many digits";
                Err(FieldError::new(In::Body, "/amount", detail).into())
            }
            Paid::TooMany => Err(Problem::conflict(format!("An invoice has at most {MAX_PAYMENTS} payments."))),
            Paid::NoInvoice => Err(no_invoice()),
        }
    }
}

fn told(status: StatusCode, invoice: &Invoice, stored: &Tagged<StoredInvoice>) -> Response<Body> {
    tagged(status, &Answer::new(invoice, &stored.value), &stored.etag)
}
