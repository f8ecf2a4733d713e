//! Demo data: sixty days of a law firm, written as the functions write them, and a few e-mails that really run.

pub(crate) mod fate;
mod story;
mod told;

use std::collections::BTreeMap;

use domain::address::Mailbox;
use domain::facts::{Facts, RawFacts};
use domain::fold::fold;
use domain::ids::{Firm, Invoice, Position, RecipientKey, SendId};
use domain::message::Look;
use domain::recipient::{Outbox, Recipient, Source};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use lambda::ConfigurationError;
use lambda::aws::Service;
use serde_json::{Value, json};
use table::{Body, NewSend, Table, TableError};

use crate::clock;
use crate::functions::Surroundings;
use crate::gateway::authorizer::DEFAULT_FIRM;
use fate::Writer;
use story::{CLIENTS, Planned, STAFF};

const FIRM_NAME: &str = "Roe & Partners";

/// How the stack's own requests to the table are signed and counted.
const WRITER: &str = "demo";

/// Sends written at a time.
const AT_ONCE: usize = 16;

/// Why demo data could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error("the demo's own variables are refused")]
    Variables(#[from] ConfigurationError),
    #[error("the table refuses the demo data")]
    Table(#[from] TableError),
    #[error("the demo data is not what the domain takes: {0}")]
    Data(String),
    #[error("the gateway does not take the demo's e-mails")]
    Gateway(#[from] reqwest::Error),
}

/// Writes the demo firm's past.
pub(crate) async fn write_past(surroundings: &Surroundings) -> Result<(), DemoError> {
    let config = lambda::aws::config(&surroundings.environment(WRITER), Service::DynamoDb)?;
    let table = Table::new(&config, crate::database::TABLE_NAME);
    let now = clock::now();
    let plan = story::plan(now, surroundings.options.scale);
    told::write(&table, &parse(DEFAULT_FIRM)?, &plan, now).await?;
    let sends = sends(&plan, now)?;
    let mut writing = tokio::task::JoinSet::new();
    // A send that repeats another needs that one to be there, so they come after all others.
    let (first, repeating): (Vec<_>, Vec<_>) = sends.into_iter().partition(|send| send.supersedes.is_none());
    for send in first {
        if writing.len() >= AT_ONCE {
            finish(writing.join_next().await)?;
        }
        writing.spawn(write(table.clone(), send, now));
    }
    while let Some(written) = writing.join_next().await {
        finish(Some(written))?;
    }
    for send in repeating {
        write(table.clone(), send, now).await?;
    }
    Ok(())
}

/// Tells of a few invoices and e-mails them through the API, so that the mailbox has something to show; the last one by
/// finalizing it.
pub(crate) async fn send_some(surroundings: &Surroundings) -> Result<(), DemoError> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let ask = async |method: reqwest::Method, path: &str, body: Value| {
        let request = client.request(method, format!("{}/v1/invoices/{path}", surroundings.url));
        let request = request.header("content-type", "application/json").body(body.to_string());
        request.send().await?.error_for_status().map(drop)
    };
    let today = clock::now().to_zoned(TimeZone::UTC).date();
    let examples = [
        (
            "2026-0901",
            "Ann Lee <ann.lee@acme-tooling.example>; Bob Stone <bob@acme-tooling.example>",
            "client-07",
            "Acme Tooling Inc.",
            "1250.00",
        ),
        ("2026-0902", "Élodie Marchand <elodie@marchand.example>", "client-05", "Société Marchand", "840.50"),
        ("2026-0903", "delayed+marcus@local.test", "client-03", "Northlight Energy", "3100.00"),
        ("2026-0904", "bounce+grace@simulator.amazonses.com", "client-10", "Maple Street Bakery", "215.75"),
        ("2026-0905", "", "client-06", "Blue Heron Estates", "4820.00"),
    ];
    for (number, to, id, name, amount) in examples {
        let invoice = json!({
            "number": number, "client": id, "client_name": name, "currency": "USD", "amount": amount,
            "issued_on": today.to_string(), "due_on": today.saturating_add(DAYS_TO_PAY.days()).to_string(),
            "url": format!("https://portal.roe-partners.example/invoices/{number}.pdf"),
        });
        ask(reqwest::Method::PUT, number, invoice).await?;
        let payment = json!({ "id": format!("payment-{number}"), "amount": "100", "paid_on": today.to_string() });
        ask(reqwest::Method::POST, &format!("{number}/payments"), payment).await?;
        if to.is_empty() {
            ask(reqwest::Method::POST, &format!("{number}/finalize"), json!({})).await?;
            continue;
        }
        let message = format!(
            "Dear {name},\n\nplease find our invoice {number} for the services of last month.\n\nKind regards\nAnna Roe"
        );
        ask(reqwest::Method::POST, &format!("{number}/emails"), json!({ "to": to, "message": message })).await?;
    }
    Ok(())
}

struct Written {
    recipients: Vec<Recipient>,
    body: Body,
    supersedes: Option<RecipientKey>,
}

async fn write(table: Table, send: Written, now: Timestamp) -> Result<(), DemoError> {
    let superseded = match &send.supersedes {
        Some(key) => table.recipient(key).await?,
        None => None,
    };
    table
        .submit(NewSend {
            recipients: &send.recipients,
            body: &send.body,
            skipped: &[],
            once: None,
            recent: &BTreeMap::new(),
            supersedes: superseded.as_ref(),
            now,
        })
        .await?;
    // What events lead to: the firm's suppression list, and the relief of whom a recipient replaces.
    for recipient in send.recipients {
        table.follow_up(recipient, now).await?;
    }
    Ok(())
}

fn finish(written: Option<Result<Result<(), DemoError>, tokio::task::JoinError>>) -> Result<(), DemoError> {
    match written {
        None => Ok(()),
        Some(Ok(result)) => result,
        Some(Err(error)) => Err(DemoError::Data(error.to_string())),
    }
}

fn sends(plan: &[Planned], now: Timestamp) -> Result<Vec<Written>, DemoError> {
    // Ids are fixed by time and place, so that a repeated send can name the one it repeats.
    let id = |place: usize| SendId::new(plan[place].at, place as u128 + 1);
    plan.iter()
        .enumerate()
        .map(|(place, planned)| {
            let repeats = planned.resends.map(|earlier| (id(earlier), FIRST));
            send(planned, id(place), repeats, now)
        })
        .collect()
}

/// Whom a resend replaces is always the first recipient of the send.
const FIRST: Position = Position { kind: domain::ids::Kind::To, index: 0 };

fn send(
    planned: &Planned,
    id: SendId,
    repeats: Option<(SendId, Position)>,
    now: Timestamp,
) -> Result<Written, DemoError> {
    let number = planned.number();
    let (firm, invoice) = (parse::<Firm>(DEFAULT_FIRM)?, parse::<Invoice>(&number)?);
    let client = &CLIENTS[planned.client];
    let subject = format!("Invoice {number} from {FIRM_NAME}");
    let mut recipients: Vec<Recipient> = Vec::new();
    for (place, to) in planned.recipients.iter().enumerate() {
        let index = recipients.iter().filter(|recipient| recipient.key.position.kind == to.kind).count();
        let position = Position { kind: to.kind, index: u8::try_from(index).unwrap_or(u8::MAX) };
        let key = RecipientKey { firm: firm.clone(), invoice: invoice.clone(), send: id, position };
        let writer = Writer {
            submitted_at: planned.at,
            now,
            address: to.address.clone(),
            network: u64::from(planned.invoice) << 8 | place as u64,
            reads_after: 240 + i64::from(planned.invoice) * 7_919 % 40_000,
        };
        let name = (!to.name.is_empty()).then(|| to.name.to_owned());
        let mailbox = Mailbox { address: parse(&to.address)?, name };
        let source = if repeats.is_some() { Source::Resend } else { Source::Manual };
        let mut recipient = Recipient {
            sent_by: Some(planned.sent_by.to_owned()),
            number: Some(number.clone()),
            client: Some(client.id.to_owned()),
            client_name: Some(client.name.to_owned()),
            predecessor: repeats,
            outbox: Outbox { settled: true, attempts: 1, ..Outbox::default() },
            log: writer.log(to.fate),
            ..Recipient::new(key, mailbox, &subject, source)
        };
        let view = fold(&recipient, now);
        (recipient.attention_since, recipient.rare) = (view.attention_since, view.rare);
        recipients.push(recipient);
    }
    let body = body(planned, &number, &subject, &recipients)?;
    let supersedes =
        repeats.map(|(send, position)| RecipientKey { firm: firm.clone(), invoice: invoice.clone(), send, position });
    Ok(Written { recipients, body, supersedes })
}

fn body(planned: &Planned, number: &str, subject: &str, recipients: &[Recipient]) -> Result<Body, DemoError> {
    let client = &CLIENTS[planned.client];
    let in_kind = |kind| {
        let of_kind = recipients.iter().filter(move |recipient| recipient.key.position.kind == kind);
        of_kind.map(|recipient| recipient.mailbox.clone()).collect()
    };
    Ok(Body {
        subject: subject.to_owned(),
        firm_name: FIRM_NAME.to_owned(),
        to: in_kind(domain::ids::Kind::To),
        cc: in_kind(domain::ids::Kind::Cc),
        message: Some(format!(
            "Dear {},\n\nplease find our invoice {number}.\n\nKind regards\n{}",
            client.name, STAFF[0]
        )),
        html: None,
        text: None,
        facts: facts(planned)?,
        look: Look::default(),
    })
}

/// The numbers of the invoices that are sent through the API, which larger firms' pasts reach, too.
const EXAMPLES: std::ops::RangeInclusive<u32> = 901..=905;

/// How long a client has to pay.
const DAYS_TO_PAY: i64 = 30;

/// What an invoice of the plan says of itself.
fn facts(planned: &Planned) -> Result<Facts, DemoError> {
    let client = &CLIENTS[planned.client];
    let issued_on = planned.at.to_zoned(TimeZone::UTC).date();
    let raw = RawFacts {
        number: Some(&planned.number()),
        client: Some(client.id),
        client_name: Some(client.name),
        currency: Some(client.currency),
        amount: Some(&planned.amount),
        due_on: Some(&issued_on.saturating_add(DAYS_TO_PAY.days()).to_string()),
        ..RawFacts::default()
    };
    Facts::parse(&raw).map_err(|error| DemoError::Data(error.to_string()))
}

fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, DemoError> {
    text.parse().map_err(|error: T::Err| DemoError::Data(format!("{text}: {error}")))
}
