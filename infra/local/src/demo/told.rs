//! What the demo firm's portal has told: its settings, its clients with people in every state, and their invoices.

use domain::address::Mailbox;
use domain::client::{Contact, Profile};
use domain::facts::Money;
use domain::ids::Firm;
use domain::invoice::{Payment, StoredInvoice};
use domain::settings::Settings;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;
use table::{Expected, Table};

use super::story::{CLIENTS, Client, Planned};
use super::{DemoError, EXAMPLES, FIRM_NAME, facts, parse};

/// Invoices that clients find on their page and in their account: the latest. A larger firm's earlier ones were only
/// e-mailed.
const INVOICES: usize = 120;

/// Writes all of it.
pub(super) async fn write(table: &Table, firm: &Firm, plan: &[Planned], now: Timestamp) -> Result<(), DemoError> {
    table.put_settings(firm, settings()?, Expected::Anything, now).await?;
    for (index, client) in CLIENTS.iter().enumerate() {
        table.put_client(firm, &parse(client.id)?, profile(index, client, now)?, Expected::Anything).await?;
    }
    let told = plan.iter().rev().filter(|planned| planned.resends.is_none() && !EXAMPLES.contains(&planned.invoice));
    for planned in told.take(INVOICES) {
        let number = planned.number();
        table.put_invoice(firm, &parse(&number)?, invoice(planned)?, Expected::Anything).await?;
    }
    Ok(())
}

fn settings() -> Result<Settings, DemoError> {
    Ok(Settings {
        firm_name: Some(parse(FIRM_NAME)?),
        reply_to: Some(parse("\"Accounts\" <accounts@roe-partners.example>")?),
        display_balances: true,
        allow_account_history: true,
        send_automatic_invoice_emails: true,
        payment_url: Some(parse("https://pay.roe-partners.example/invoices/{invoice}")?),
        brand_color: Some(parse("#1f4b8e")?),
        ..Settings::default()
    })
}

/// A client's people: of each kind there is somebody.
fn profile(index: usize, client: &Client, now: Timestamp) -> Result<Profile, DemoError> {
    let before = |days: i64| now.saturating_sub(SignedDuration::from_hours(days * 24)).ok();
    let (invited_at, accepted_at, login_created_at) = match index % 5 {
        0 | 1 => (before(90), before(88), before(88)),
        2 => (before(40), before(39), None),
        3 => (before(2), None, None),
        _ => (before(30), None, None),
    };
    let mut email = Vec::new();
    let mut contacts = Vec::new();
    for (place, (name, address)) in client.people.iter().enumerate() {
        let name = (!name.is_empty()).then(|| (*name).to_owned());
        email.push(Mailbox { address: parse(address)?, name: name.clone() });
        // Whoever stands second was never invited.
        if place == 0 {
            contacts.push(Contact { address: parse(address)?, name, invited_at, accepted_at, login_created_at });
        }
    }
    Ok(Profile { name: Some(client.name.to_owned()), email, contacts, ..Profile::default() })
}

/// An invoice, paid in full, in part, or not yet.
fn invoice(planned: &Planned) -> Result<StoredInvoice, DemoError> {
    let issued_on = planned.at.to_zoned(TimeZone::UTC).date();
    let mut facts = facts(planned)?;
    facts.url = Some(parse(&format!("https://portal.roe-partners.example/invoices/{}.pdf", planned.number()))?);
    let paid = facts.amount.and_then(|amount| match planned.invoice % 4 {
        0 => Some(amount),
        1 => Some(half(amount)),
        _ => None,
    });
    let payments = paid.map(|amount| -> Result<Payment, DemoError> {
        let id = parse(&format!("payment-{}", planned.invoice))?;
        Ok(Payment { id, amount, paid_on: issued_on.saturating_add(3.days()), statement: 0 })
    });
    Ok(StoredInvoice {
        facts,
        issued_on: Some(issued_on),
        payments: payments.transpose()?.into_iter().collect(),
        ..StoredInvoice::default()
    })
}

fn half(amount: Money) -> Money {
    amount.minus(amount.amount() / Decimal::TWO)
}
