//! `/v1/clients`: to whom a firm's invoices go, and who of them has come into the portal.

use domain::address::{Address, MAX_RECIPIENTS, Mailbox};
use domain::client::{Contact, MAX_CONTACTS, MAX_NAME_CHARS, Profile};
use domain::ids::Client;
use domain::time::{rfc3339_ms, to_millisecond};
use jiff::Timestamp;
use lambda::body::{Reader, object};
use lambda::cursor::{self, Context};
use lambda::parameters::Parameters;
use lambda::problem::{FieldError, Problem};
use lambda::{reply, request};
use lambda_http::http::StatusCode;
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use table::Written;

use crate::tags::{Condition, changed, tagged};
use crate::{Settings, distinct, keep, list_of, table_problem, write_problem};

const FIELDS: [&str; 5] = ["client", "name", "email", "contacts", "open_tracking"];
const CONTACT_FIELDS: [&str; 5] = ["address", "name", "invited_at", "accepted_at", "login_created_at"];

/// Rows of a page if the request does not say.
const DEFAULT_LIMIT: usize = 100;
/// Rows of a page at most; DynamoDB ends a page at 1 MB besides.
const MAX_LIMIT: usize = 1_000;

#[derive(Serialize)]
struct Page<'a> {
    rows: Vec<Answer<'a>>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    client: &'a str,
    name: Option<&'a str>,
    email: String,
    contacts: Vec<AnswerContact<'a>>,
    open_tracking: &'static str,
}

#[derive(Serialize)]
struct AnswerContact<'a> {
    address: &'a str,
    name: Option<&'a str>,
    invited_at: Option<String>,
    accepted_at: Option<String>,
    login_created_at: Option<String>,
}

impl<'a> Answer<'a> {
    fn new(client: &'a Client, profile: &'a Profile) -> Self {
        let contact = |contact: &'a Contact| AnswerContact {
            address: contact.address.as_str(),
            name: contact.name.as_deref(),
            invited_at: contact.invited_at.map(rfc3339_ms),
            accepted_at: contact.accepted_at.map(rfc3339_ms),
            login_created_at: contact.login_created_at.map(rfc3339_ms),
        };
        Self {
            client: client.as_str(),
            name: profile.name.as_deref(),
            email: list_of(&profile.email),
            contacts: profile.contacts.iter().map(contact).collect(),
            open_tracking: profile.open_tracking.as_str(),
        }
    }
}

/// The client in a request: whole.
fn read(request: &Request, errors: &mut Vec<FieldError>) -> Result<(Option<String>, Profile), Problem> {
    let object = object(request)?;
    let mut reader = Reader::new(&object, &FIELDS, errors);
    let id = reader.text("client").map(str::to_owned);
    let name = name(&mut reader);
    let email = addresses(&mut reader, "email");
    let open_tracking = reader.parsed("open_tracking").unwrap_or_default();
    let mut contacts: Vec<Contact> = Vec::new();
    let listed = reader.objects("contacts");
    if listed.len() > MAX_CONTACTS {
        reader.error("contacts", format!("must be at most {MAX_CONTACTS}"));
    }
    for (place, object) in listed.into_iter().take(MAX_CONTACTS) {
        let mut reader = reader.within(object, &place, &CONTACT_FIELDS);
        let contact = contact(&mut reader);
        let Some(contact) = contact else { continue };
        let key = contact.address.same_mailbox_key();
        if contacts.iter().any(|known| known.address.same_mailbox_key() == key) {
            reader.error("address", "is the address of another contact, too");
        }
        contacts.push(contact);
    }
    Ok((id, Profile { name, email, contacts, open_tracking }))
}

fn contact(reader: &mut Reader<'_>) -> Option<Contact> {
    let address = reader.parsed::<Address>("address");
    if reader.get("address").is_none_or(|value| value == "") {
        reader.error("address", "is required");
    }
    let name = name(reader);
    let [invited_at, accepted_at, login_created_at] = ["invited_at", "accepted_at", "login_created_at"].map(|field| {
        let at = reader.text(field).filter(|text| !text.is_empty())?;
        let at = at.parse::<Timestamp>().map(to_millisecond);
        at.map_err(|_| reader.error(field, "must be a time such as \"2026-11-21T09:30:00Z\"")).ok()
    });
    Some(Contact { address: address?, name, invited_at, accepted_at, login_created_at })
}

/// The name of a client or a contact.
fn name(reader: &mut Reader<'_>) -> Option<String> {
    let name = reader.text("name").map(str::trim).filter(|name| !name.is_empty())?;
    if name.chars().any(char::is_control) {
        reader.error("name", "must not contain line breaks or other control characters");
    }
    if name.chars().count() > MAX_NAME_CHARS {
        reader.error("name", format!("must be at most {MAX_NAME_CHARS} characters"));
    }
    Some(name.to_owned())
}

/// Addresses that a send without any goes to.
pub(crate) fn addresses(reader: &mut Reader<'_>, field: &str) -> Vec<Mailbox> {
    let mailboxes = distinct(reader.addresses(field));
    if mailboxes.len() > MAX_RECIPIENTS {
        reader.error(field, format!("must be at most {MAX_RECIPIENTS} addresses, as many as one send can have"));
    }
    mailboxes
}

impl Settings {
    pub(crate) async fn list_clients(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let context = Context::new("clients", &caller.firm);
        let mut parameters = Parameters::new(request::query_parameters(request), &["limit", "cursor"]);
        let limit = parameters.limit(DEFAULT_LIMIT, MAX_LIMIT);
        let place = |place: &[u8]| std::str::from_utf8(place).ok()?.parse::<Client>().ok();
        let opened = parameters.text("cursor").map(|cursor| cursor::open(&self.keys, &context, cursor, place));
        let after = opened.and_then(|opened| parameters.keep(opened));
        if !parameters.are_valid() {
            return Err(Problem::invalid(parameters.into_errors()));
        }
        let page = self.table.clients(&caller.firm, after.as_ref(), limit).await.map_err(table_problem)?;
        let rows = page.clients.iter().map(|(client, profile)| Answer::new(client, profile)).collect();
        let next_cursor = page.next.map(|client| cursor::seal(&self.keys, &context, client.as_str().as_bytes()));
        Ok(reply::json(StatusCode::OK, &Page { rows, next_cursor }))
    }

    pub(crate) async fn show_client(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let client: Client = request::parsed_path_parameter(request, "client")?;
        let found = self.table.client(&caller.firm, &client).await.map_err(table_problem)?;
        let found = found.ok_or_else(|| Problem::not_found("Nothing is known of this client."))?;
        Ok(tagged(StatusCode::OK, &Answer::new(&client, &found.value), &found.etag))
    }

    pub(crate) async fn put_client(&self, request: &Request) -> Result<Response<Body>, Problem> {
        let caller = request::caller(request, &self.claims)?;
        let mut errors = Vec::new();
        let client = keep(request::parsed_path_parameter::<Client>(request, "client"), &mut errors);
        let condition = keep(Condition::of(request), &mut errors);
        let (id, profile) = read(request, &mut errors)?;
        crate::same_id("client", id.as_deref(), client.as_ref().map(Client::as_str), &mut errors);
        let (Some(client), Some(condition), []) = (client, condition, errors.as_slice()) else {
            return Err(Problem::invalid(errors));
        };
        let written = self.table.put_client(&caller.firm, &client, profile, condition.expected()).await;
        match written.map_err(write_problem)? {
            Written::Done(new) => Ok(tagged(StatusCode::OK, &Answer::new(&client, &new.value), &new.etag)),
            Written::Changed => Err(changed()),
        }
    }
}
