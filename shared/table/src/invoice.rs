//! Invoices as the portal tells of them, their payments, and a client's account.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::address::{Address, Mailbox};
use domain::client::correct;
use domain::facts::Money;
use domain::ids::{Client, Firm, Invoice, PaymentId};
use domain::invoice::{MAX_PAYMENTS, Payment, StoredInvoice};
use iso_currency::Currency;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::client::{Saving, read_mailboxes};
use crate::etag::{Expected, Tagged, etag_of, tag};
use crate::facts::FactsItem;
use crate::item::Item;
use crate::{ACCOUNT_INDEX, Table, TableError, keys};

/// How often a change is tried that another one came before. One of those that meet succeeds each time, so that as many
/// can meet: a portal that catches up on an invoice's payments sends some dozens at once.
const MAX_CHANGES: usize = 40;

#[derive(Debug, Serialize, Deserialize)]
struct InvoiceItem {
    #[serde(flatten)]
    facts: FactsItem,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issued_on: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    matter_email: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    payments: Vec<PaymentItem>,
    statement: u32,
    /// Keys of the index that serves a client's account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_sk: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct PaymentItem {
    id: String,
    currency: String,
    amount: String,
    paid_on: String,
    statement: u32,
}

impl InvoiceItem {
    fn new(firm: &Firm, invoice: &Invoice, stored: &StoredInvoice) -> Self {
        let client = stored.facts.client.as_ref();
        Self {
            facts: FactsItem::from(&stored.facts),
            issued_on: stored.issued_on.map(|date| date.to_string()),
            matter_email: stored.matter_email.iter().map(Mailbox::to_string).collect(),
            payments: stored.payments.iter().map(PaymentItem::from).collect(),
            statement: stored.statement,
            account_pk: client.map(|client| keys::account_pk(firm, client)),
            account_sk: client.map(|_| keys::account_sk(stored.issued_on, invoice)),
        }
    }
}

impl From<&Payment> for PaymentItem {
    fn from(payment: &Payment) -> Self {
        Self {
            id: payment.id.to_string(),
            currency: payment.amount.currency().code().to_owned(),
            amount: payment.amount.amount().to_string(),
            paid_on: payment.paid_on.to_string(),
            statement: payment.statement,
        }
    }
}

fn unreadable(what: &str) -> TableError {
    TableError::item(format!("{what} of an invoice cannot be read"))
}

fn read_payment(stored: &PaymentItem) -> Option<Payment> {
    Some(Payment {
        id: stored.id.parse().ok()?,
        amount: Money::parse(Currency::from_code(&stored.currency)?, &stored.amount).ok()?,
        paid_on: stored.paid_on.parse().ok()?,
        statement: stored.statement,
    })
}

/// The invoice in an item.
pub(crate) fn read_invoice(item: Item) -> Result<StoredInvoice, TableError> {
    let stored: InvoiceItem = from_item(item).map_err(|_| TableError::item("an invoice cannot be read"))?;
    let payments = stored.payments.iter().map(read_payment).collect::<Option<_>>();
    Ok(StoredInvoice {
        facts: stored.facts.read()?,
        issued_on: stored.issued_on.map(|date| date.parse::<Date>()).transpose().map_err(|_| unreadable("the date"))?,
        matter_email: read_mailboxes(&stored.matter_email)?,
        payments: payments.ok_or_else(|| unreadable("a payment"))?,
        statement: stored.statement,
    })
}

/// What became of an invoice that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It is as it was told.
    Done(Box<Tagged<StoredInvoice>>),
    /// It is not what was expected, and stays.
    Changed,
    /// It was paid in the currency that it had, and stays.
    OtherCurrency,
}

/// What became of a payment that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paid {
    /// It counts from now on.
    New(Tagged<StoredInvoice>),
    /// The same was told before.
    Known(Tagged<StoredInvoice>),
    /// Another payment has its id.
    IdTaken,
    /// The amount is none in the invoice's currency, or the invoice has no currency.
    NoAmount(Option<Currency>),
    /// It would leave an amount that is too large.
    TooLarge,
    /// The invoice has [`MAX_PAYMENTS`].
    TooMany,
    /// There is no such invoice.
    NoInvoice,
}

/// A payment as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// The portal's id of it.
    pub id: PaymentId,
    /// How much, in the invoice's currency.
    pub amount: String,
    /// The day of it.
    pub paid_on: Date,
}

/// An invoice of a client's account.
pub type AccountInvoice = (Invoice, StoredInvoice);

/// A page of a client's account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountPage {
    /// The invoices, the latest first.
    pub invoices: Vec<AccountInvoice>,
    /// Where to go on, if there is more.
    pub next: Option<AccountPlace>,
}

/// A place in a client's account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountPlace(keys::Key);

impl Table {
    /// An invoice: one `GetItem`. `None` if the portal has told of none.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn invoice(&self, firm: &Firm, invoice: &Invoice) -> Result<Option<Tagged<StoredInvoice>>, TableError> {
        let Some(item) = self.get(keys::invoice(firm, invoice)).await? else { return Ok(None) };
        let etag = tag(&item).unwrap_or_default().to_owned();
        Ok(Some(Tagged { value: read_invoice(item)?, etag }))
    }

    /// Puts what the portal tells of an invoice in place of the expected; its payments stay. One `GetItem` and one
    /// `PutItem`, again if a payment came between.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn put_invoice(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        told: StoredInvoice,
        expected: Expected<'_>,
    ) -> Result<Told, TableError> {
        for _ in 0..MAX_CHANGES {
            let there = self.invoice(firm, invoice).await?;
            let is_expected = match (expected, &there) {
                (Expected::Anything, _) | (Expected::Present, Some(_)) | (Expected::Absent, None) => true,
                (Expected::OneOf(etags), Some(there)) => etags.contains(&there.etag),
                (Expected::Absent, Some(_)) | (Expected::Present | Expected::OneOf(_), None) => false,
            };
            let new = restated(told.clone(), there.as_ref().map(|there| &there.value));
            if new.payments.iter().any(|payment| Some(payment.amount.currency()) != new.currency()) {
                return Ok(if is_expected { Told::OtherCurrency } else { Told::Changed });
            }
            let content = InvoiceItem::new(firm, invoice, &new);
            let etag = etag_of(&content)?;
            let written = Tagged { value: new, etag };
            if there.as_ref().is_some_and(|there| there.etag == written.etag) {
                return Ok(Told::Done(Box::new(written)));
            }
            if !is_expected {
                return Ok(Told::Changed);
            }
            if self.replace(firm, invoice, &content, &written.etag, there.as_ref()).await? {
                return Ok(Told::Done(Box::new(written)));
            }
        }
        Err(TableError::busy("PutItem", "the invoice is being changed"))
    }

    /// Adds a payment to an invoice, once for its id. One `GetItem` and one `PutItem`, again if the invoice was changed
    /// between.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn pay(&self, firm: &Firm, invoice: &Invoice, new: &NewPayment) -> Result<Paid, TableError> {
        for _ in 0..MAX_CHANGES {
            let Some(there) = self.invoice(firm, invoice).await? else { return Ok(Paid::NoInvoice) };
            let currency = there.value.currency();
            let amount = currency.and_then(|currency| Money::parse(currency, &new.amount).ok());
            let Some(amount) = amount else { return Ok(Paid::NoAmount(currency)) };
            if let Some(known) = there.value.payments.iter().find(|payment| payment.id == new.id) {
                let is_same = (known.amount, known.paid_on) == (amount, new.paid_on);
                return Ok(if is_same { Paid::Known(there) } else { Paid::IdTaken });
            }
            if there.value.payments.len() >= MAX_PAYMENTS {
                return Ok(Paid::TooMany);
            }
            let mut value = there.value.clone();
            let statement = value.statement;
            value.payments.push(Payment { id: new.id.clone(), amount, paid_on: new.paid_on, statement });
            // What is left must be an amount that can be read again.
            let is_amount = |left: Money| Money::parse(left.currency(), &left.amount().to_string()).is_ok();
            if !value.balance().is_none_or(is_amount) {
                return Ok(Paid::TooLarge);
            }
            let content = InvoiceItem::new(firm, invoice, &value);
            let etag = etag_of(&content)?;
            if self.replace(firm, invoice, &content, &etag, Some(&there)).await? {
                return Ok(Paid::New(Tagged { value, etag }));
            }
        }
        Err(TableError::busy("PutItem", "the invoice is being changed"))
    }

    /// Puts a corrected address in the place of the old one among an invoice's matter's, and leaves the rest; whether the
    /// matter has the new one then. Two `GetItem` and one `PutItem`, again if somebody changed the invoice meanwhile.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn correct_matter_address(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        old: &Address,
        new: &Mailbox,
        saving: Saving,
    ) -> Result<bool, TableError> {
        let Some(there) = self.invoice(firm, invoice).await? else { return Ok(false) };
        if !correct(&mut there.value.matter_email.clone(), old, new) {
            return Ok(false);
        }
        if saving == Saving::Now {
            self.change_invoice(firm, invoice, |stored| {
                correct(&mut stored.matter_email, old, new);
            })
            .await?;
        }
        Ok(true)
    }

    /// Changes what is told of an invoice, if it is told of. One `GetItem`, and one `PutItem` if that changes anything,
    /// again if somebody else changed the invoice meanwhile.
    pub(crate) async fn change_invoice(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        change: impl Fn(&mut StoredInvoice),
    ) -> Result<(), TableError> {
        for _ in 0..MAX_CHANGES {
            let Some(there) = self.invoice(firm, invoice).await? else { return Ok(()) };
            let mut value = there.value.clone();
            change(&mut value);
            let content = InvoiceItem::new(firm, invoice, &value);
            let etag = etag_of(&content)?;
            if value == there.value || self.replace(firm, invoice, &content, &etag, Some(&there)).await? {
                return Ok(());
            }
        }
        Err(TableError::busy("PutItem", "the invoice is being changed"))
    }

    /// Writes an invoice in place of what was read.
    async fn replace(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        content: &InvoiceItem,
        etag: &str,
        read: Option<&Tagged<StoredInvoice>>,
    ) -> Result<bool, TableError> {
        // A tag that no content has stands for an invoice that is not there.
        const MISSING: &str = "-";
        let was = [read.map_or(MISSING, |read| &read.etag).to_owned()];
        self.put_tagged(keys::invoice(firm, invoice), content, etag, Expected::OneOf(&was), Some(MISSING)).await
    }

    /// A page of a client's invoices, the latest first. One `Query`; they are there within a second of being told.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn account(
        &self,
        firm: &Firm,
        client: &Client,
        after: Option<AccountPlace>,
    ) -> Result<AccountPage, TableError> {
        let found = self
            .client
            .query()
            .table_name(&self.name)
            .index_name(ACCOUNT_INDEX)
            .key_condition_expression("account_pk = :pk")
            .expression_attribute_values(":pk", AttributeValue::S(keys::account_pk(firm, client)))
            .scan_index_forward(false)
            .set_exclusive_start_key(after.map(|place| place.0))
            .send()
            .await
            .map_err(|error| TableError::of_index("Query", ACCOUNT_INDEX, error))?;
        let read = |item: Item| {
            let id = keys::invoice_of_account(&item).ok_or_else(|| unreadable("the id"))?;
            Ok((id, read_invoice(item)?))
        };
        let invoices = found.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, TableError>>()?;
        Ok(AccountPage { invoices, next: found.last_evaluated_key.map(AccountPlace) })
    }
}

/// What is told of an invoice, with the payments that it has. A balance that is stated after payments holds them.
fn restated(told: StoredInvoice, there: Option<&StoredInvoice>) -> StoredInvoice {
    let Some(there) = there else { return told };
    let has_new_payments = there.payments.iter().any(|payment| payment.statement == there.statement);
    let is_restated = told.facts.balance.is_some() && has_new_payments;
    let statement = if is_restated { there.statement.saturating_add(1) } else { there.statement };
    StoredInvoice { payments: there.payments.clone(), statement, ..told }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::facts::{Facts, RawFacts};

    fn facts(balance: Option<&str>) -> Facts {
        let raw = RawFacts { currency: Some("USD"), amount: Some("10.00"), balance, ..RawFacts::default() };
        Facts::parse(&raw).unwrap()
    }

    fn told(balance: Option<&str>) -> StoredInvoice {
        StoredInvoice { facts: facts(balance), ..StoredInvoice::default() }
    }

    fn paid(mut invoice: StoredInvoice, amount: &str) -> StoredInvoice {
        invoice.payments.push(Payment {
            id: format!("p{}", invoice.payments.len()).parse().unwrap(),
            amount: Money::parse(Currency::USD, amount).unwrap(),
            paid_on: "2026-11-20".parse().unwrap(),
            statement: invoice.statement,
        });
        invoice
    }

    fn balance(invoice: &StoredInvoice) -> String {
        invoice.balance().unwrap().to_string()
    }

    #[test]
    fn a_balance_that_is_stated_again_holds_what_was_paid_and_repeating_it_changes_nothing() {
        let first = paid(told(Some("8.00")), "3.00");
        assert_eq!(balance(&first), "USD 5.00");
        let again = restated(told(Some("5.00")), Some(&first));
        assert_eq!(balance(&again), "USD 5.00");
        assert_eq!(restated(told(Some("5.00")), Some(&again)), again);
        assert_eq!(balance(&paid(again.clone(), "1")), "USD 4.00");
        assert_eq!(balance(&restated(told(None), Some(&again))), "USD 7.00", "without one all payments count");
    }

    #[test]
    fn an_invoice_survives_its_item() {
        let mut invoice = paid(told(Some("8.00")), "3.00");
        invoice.facts.client = Some("client-7".parse().unwrap());
        invoice.issued_on = Some("2026-11-01".parse().unwrap());
        invoice.matter_email = vec!["Ann <ann@x.example>".parse().unwrap()];
        let (firm, id) = ("roe".parse().unwrap(), "1042".parse().unwrap());
        let item: Item = serde_dynamo::to_item(InvoiceItem::new(&firm, &id, &invoice)).unwrap();
        assert_eq!(item["account_pk"], AttributeValue::S("account#roe#client-7".to_owned()));
        assert_eq!(keys::invoice_of_account(&item), Some(id));
        assert_eq!(read_invoice(item).unwrap(), invoice);
    }
}
