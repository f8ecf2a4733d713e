//! A firm's clients: their addresses and their people.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::address::{Address, Mailbox};
use domain::client::{Contact, Profile, correct};
use domain::ids::{Client, Firm};
use domain::settings::OpenTracking;
use domain::time::from_millisecond;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::etag::{Expected, Tagged, Written, etag_of, tag};
use crate::item::{Item, parsed};
use crate::{Table, TableError, keys};

/// How often a correction is tried again that another change came before.
const MAX_CORRECTIONS: usize = 5;

#[derive(Debug, Serialize, Deserialize)]
struct ClientItem {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    email: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<ContactItem>,
    /// Present where it is not the default, so that the tags of what was there before stay the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open_tracking: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ContactItem {
    address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invited_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accepted_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login_created_at: Option<i64>,
}

impl From<&Profile> for ClientItem {
    fn from(profile: &Profile) -> Self {
        Self {
            name: profile.name.clone(),
            email: profile.email.iter().map(Mailbox::to_string).collect(),
            contacts: profile.contacts.iter().map(ContactItem::from).collect(),
            open_tracking: (profile.open_tracking != OpenTracking::default())
                .then(|| profile.open_tracking.as_str().to_owned()),
        }
    }
}

impl From<&Contact> for ContactItem {
    fn from(contact: &Contact) -> Self {
        Self {
            address: contact.address.to_string(),
            name: contact.name.clone(),
            invited_at: contact.invited_at.map(Timestamp::as_millisecond),
            accepted_at: contact.accepted_at.map(Timestamp::as_millisecond),
            login_created_at: contact.login_created_at.map(Timestamp::as_millisecond),
        }
    }
}

/// Addresses that an item holds, one to a text.
pub(crate) fn read_mailboxes(texts: &[String]) -> Result<Vec<Mailbox>, TableError> {
    let parsed = texts.iter().map(|text| text.parse::<Mailbox>());
    parsed.collect::<Result<_, _>>().map_err(|_| TableError::item("a stored address cannot be read"))
}

pub(crate) fn read_profile(item: Item) -> Result<Profile, TableError> {
    let stored: ClientItem = from_item(item).map_err(|_| TableError::item("a client cannot be read"))?;
    let contact = |contact: ContactItem| {
        let address: Address =
            contact.address.parse().map_err(|_| TableError::item("a contact's address cannot be read"))?;
        Ok(Contact {
            address,
            name: contact.name,
            invited_at: contact.invited_at.map(from_millisecond),
            accepted_at: contact.accepted_at.map(from_millisecond),
            login_created_at: contact.login_created_at.map(from_millisecond),
        })
    };
    Ok(Profile {
        name: stored.name,
        email: read_mailboxes(&stored.email)?,
        contacts: stored.contacts.into_iter().map(contact).collect::<Result<_, TableError>>()?,
        open_tracking: parsed(stored.open_tracking.as_deref(), "open_tracking")?.unwrap_or_default(),
    })
}

fn tagged(value: Profile) -> Result<Tagged<Profile>, TableError> {
    let etag = etag_of(&ClientItem::from(&value))?;
    Ok(Tagged { value, etag })
}

/// A page of a firm's clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientPage {
    /// The clients, by id.
    pub clients: Vec<(Client, Profile)>,
    /// What the next page starts after, if there is one.
    pub next: Option<Client>,
}

/// Whether an address is corrected, or only looked at what that would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saving {
    /// Corrected.
    Now,
    /// Looked at.
    Foreseen,
}

/// What a corrected address meets at a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Corrected {
    /// The client has the new one.
    pub is_saved: bool,
    /// Its contact is still known by the old one.
    pub contact_keeps_old: bool,
}

impl Table {
    /// A client: one `GetItem`. `None` if the firm has told of none.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn client(&self, firm: &Firm, client: &Client) -> Result<Option<Tagged<Profile>>, TableError> {
        let Some(item) = self.get(keys::client(firm, client)).await? else { return Ok(None) };
        let etag = tag(&item).unwrap_or_default().to_owned();
        Ok(Some(Tagged { value: read_profile(item)?, etag }))
    }

    /// Puts a client in place of the expected one. One `PutItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn put_client(
        &self,
        firm: &Firm,
        client: &Client,
        profile: Profile,
        expected: Expected<'_>,
    ) -> Result<Written<Profile>, TableError> {
        let new = tagged(profile)?;
        let content = ClientItem::from(&new.value);
        let is_put = self.put_tagged(keys::client(firm, client), &content, &new.etag, expected, None).await?;
        Ok(if is_put { Written::Done(new) } else { Written::Changed })
    }

    /// A page of the firm's clients, by id. One `Query`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn clients(&self, firm: &Firm, after: Option<&Client>, limit: usize) -> Result<ClientPage, TableError> {
        // Ids hold nothing that sorts between an id and the same with "!" behind it.
        let after = after.map_or_else(|| "!".to_owned(), |after| format!("{after}!"));
        let found = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression("pk = :pk AND sk >= :after")
            .expression_attribute_values(":pk", AttributeValue::S(keys::clients_pk(firm)))
            .expression_attribute_values(":after", AttributeValue::S(after))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| TableError::of("Query", error))?;
        let id = |item: &Item| -> Option<Client> { item.get("sk")?.as_s().ok()?.parse().ok() };
        let next = found.last_evaluated_key.as_ref().and_then(id);
        let read = |item: Item| {
            let client = id(&item).ok_or_else(|| TableError::item("a client's id cannot be read"))?;
            Ok((client, read_profile(item)?))
        };
        let clients = found.items.unwrap_or_default().into_iter().map(read).collect::<Result<_, TableError>>()?;
        Ok(ClientPage { clients, next })
    }

    /// Puts a corrected address in the place of the old one among a client's, and leaves the rest. One `GetItem` and
    /// one `PutItem`, again if somebody changed the client meanwhile.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn correct_address(
        &self,
        firm: &Firm,
        client: &Client,
        old: &Address,
        new: &Mailbox,
        saving: Saving,
    ) -> Result<Corrected, TableError> {
        for _ in 0..MAX_CORRECTIONS {
            let Some(item) = self.get(keys::client(firm, client)).await? else { return Ok(Corrected::default()) };
            let etag = tag(&item).map(str::to_owned);
            let known = read_profile(item)?;
            let mut profile = known.clone();
            if !correct(&mut profile.email, old, new) {
                return Ok(Corrected::default());
            }
            let corrected = Corrected { is_saved: true, contact_keeps_old: profile.contact_keeps(old, &new.address) };
            // A repeat finds it corrected.
            if saving == Saving::Foreseen || profile == known {
                return Ok(corrected);
            }
            let etags: Vec<String> = etag.into_iter().collect();
            if let Written::Done(_) = self.put_client(firm, client, profile, Expected::OneOf(&etags)).await? {
                return Ok(corrected);
            }
        }
        Err(TableError::busy("PutItem", "the client is being changed"))
    }
}
