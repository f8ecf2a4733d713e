//! An invoice as the portal has told of it: its facts, its payments, and what is still to be paid.

use iso_currency::Currency;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::address::Mailbox;
use crate::facts::{Facts, Money};
use crate::ids::PaymentId;

/// The most payments of an invoice: an item of DynamoDB holds them with room to spare.
pub const MAX_PAYMENTS: usize = 500;

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoredInvoice {
    /// What it says of itself. Its balance is the one that was stated, see [`StoredInvoice::balance`].
    pub facts: Facts,
    /// The day on it.
    pub issued_on: Option<Date>,
    /// Where the e-mails of its matter go, in place of the client's addresses.
    pub matter_email: Vec<Mailbox>,
    /// What was paid, in the order in which it was told.
    pub payments: Vec<Payment>,
    /// How often the invoice was stated: payments of earlier statements are part of a balance stated since.
    pub statement: u32,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The portal's id of it.
    pub id: PaymentId,
    /// How much; negative where a payment was reversed.
    pub amount: Money,
    /// The day of it.
    pub paid_on: Date,
    /// Under which statement of the invoice it was told.
    pub statement: u32,
}

impl StoredInvoice {
    /// What is still to be paid: the balance as it was stated, less what was paid since; without one the whole amount,
    /// less all that was paid.
    #[must_use]
    pub fn balance(&self) -> Option<Money> {
        let (start, since) = match (self.facts.balance, self.facts.amount) {
            (Some(balance), _) => (balance, self.statement),
            (None, Some(amount)) => (amount, 0),
            (None, None) => return None,
        };
        let counts = |payment: &&Payment| payment.statement >= since && payment.amount.currency() == start.currency();
        let paid: Decimal = self.payments.iter().filter(counts).map(|payment| payment.amount.amount()).sum();
        Some(start.minus(paid))
    }

    /// What is known of it for an e-mail of now: its facts, and what is still to be paid. Not the link, behind which the
    /// document is: e-mails lead to the client's page.
    #[must_use]
    pub fn facts_now(&self) -> Facts {
        Facts { balance: self.balance(), url: None, ..self.facts.clone() }
    }

    /// The currency that payments are in.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.facts.currency
    }
}

/// Adds up amounts, each currency for itself, by code.
#[must_use]
pub fn totals(amounts: impl IntoIterator<Item = Money>) -> Vec<Money> {
    let mut totals: Vec<Money> = Vec::new();
    for money in amounts {
        match totals.iter_mut().find(|total| total.currency() == money.currency()) {
            Some(total) => *total = total.plus(money.amount()),
            None => totals.push(money),
        }
    }
    totals.sort_by_key(|total| total.currency().code());
    totals
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn money(code: &str, amount: &str) -> Money {
        Money::parse(Currency::from_code(code).unwrap(), amount).unwrap()
    }

    fn paid(amount: Money, statement: u32) -> Payment {
        Payment { id: "p".parse().unwrap(), amount, paid_on: jiff::civil::date(2026, 11, 20), statement }
    }

    fn invoice(amount: Option<&str>, balance: Option<&str>, statement: u32, payments: Vec<Payment>) -> StoredInvoice {
        let facts = Facts {
            currency: Currency::from_code("USD"),
            amount: amount.map(|amount| money("USD", amount)),
            balance: balance.map(|balance| money("USD", balance)),
            ..Facts::default()
        };
        StoredInvoice { facts, payments, statement, ..StoredInvoice::default() }
    }

    fn balance(invoice: &StoredInvoice) -> Option<String> {
        invoice.balance().map(|balance| balance.to_string())
    }

    #[test]
    fn payments_lower_the_amount() {
        let payments = vec![paid(money("USD", "250.00"), 1), paid(money("USD", "0.5"), 2)];
        assert_eq!(balance(&invoice(Some("1250.00"), None, 2, payments)).as_deref(), Some("USD 999.50"));
        assert_eq!(balance(&invoice(None, None, 1, Vec::new())), None);
    }

    #[test]
    fn a_stated_balance_holds_what_was_paid_before_it() {
        let payments = vec![paid(money("USD", "250.00"), 1), paid(money("USD", "100"), 2)];
        assert_eq!(balance(&invoice(Some("1250.00"), Some("1000.00"), 2, payments)).as_deref(), Some("USD 900.00"));
    }

    #[test]
    fn reversals_and_too_much_are_told_as_they_are() {
        let payments = vec![paid(money("USD", "300"), 1), paid(money("USD", "-300"), 1), paid(money("USD", "1300"), 1)];
        assert_eq!(balance(&invoice(Some("1250.00"), None, 1, payments)).as_deref(), Some("USD -50.00"));
    }

    #[test]
    fn currencies_are_never_added_up() {
        let amounts = [("USD", "1.50"), ("JPY", "300"), ("USD", "2.25"), ("KWD", "0.125"), ("JPY", "-1")];
        let totals: Vec<String> =
            totals(amounts.map(|(code, amount)| money(code, amount))).iter().map(Money::to_string).collect();
        assert_eq!(totals, ["JPY 299", "KWD 0.125", "USD 3.75"]);
    }

    #[test]
    fn an_e_mail_of_now_tells_what_is_left() {
        let mut invoice = invoice(Some("10"), Some("8"), 1, vec![paid(money("USD", "3"), 1)]);
        invoice.facts.url = Some("https://portal.example.com/i/1".parse().unwrap());
        let facts = invoice.facts_now();
        assert_eq!((facts.balance, facts.url), (Some(money("USD", "5")), None));
        assert_eq!(facts.amount, invoice.facts.amount);
    }
}
