//! Reading: the history of an invoice, the report of a firm, and what needs attention.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::address::MAX_RECIPIENTS;
use domain::client::Skipped;
use domain::fold::Rare;
use domain::ids::{Client, Firm, Invoice, RecipientKey, SendId};
use domain::recipient::Recipient;
use jiff::{SignedDuration, Timestamp};

use crate::item::Item;
use crate::keys::{Key, Month, Place};
use crate::listed::Common;
use crate::{ATTENTION_INDEX, MESSAGE_INDEX, REPORT_INDEX, Table, TableError, item, keys, skipped};

/// How many queries one page of a history may take. One serves; a send whose fifty logs are full is over DynamoDB's
/// 1 MB per answer and takes more.
const MAX_HISTORY_QUERIES: usize = 8;

/// Recipients of an invoice, the latest send first, in each To, Cc, Bcc in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The recipients; whole sends only.
    pub recipients: Vec<Recipient>,
    /// Whom automatic sends did not go to, also those that went to nobody.
    pub skipped: BTreeMap<SendId, Vec<Skipped>>,
    /// Before which send there are older ones; `None` at the end.
    pub older_than: Option<SendId>,
}

/// How many queries one send may take. One serves; fifty recipients whose items have grown to DynamoDB's 400 KB are
/// 20 MB, of which each query gives at most 1 MB in whole items.
const MAX_SEND_QUERIES: usize = 30;

/// All of one send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeSend {
    /// Its recipients: To, Cc, Bcc in the order given.
    pub recipients: Vec<Recipient>,
    /// Whom an automatic send did not go to.
    pub skipped: Option<Vec<Skipped>>,
}

/// An item of an invoice's sends.
enum Row {
    Recipient(Box<Recipient>),
    Skipped(SendId, Vec<Skipped>),
}

impl Row {
    fn read(item: Item) -> Result<Self, TableError> {
        match keys::parse_skipped(&item) {
            Some(send) => Ok(Self::Skipped(send, skipped::read_skipped(item)?)),
            None => Ok(Self::Recipient(Box::new(item::recipient(item)?))),
        }
    }

    fn send(&self) -> SendId {
        match self {
            Self::Recipient(recipient) => recipient.key.send,
            Self::Skipped(send, _) => *send,
        }
    }
}

/// A span of time: from, inclusive, until, exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// Which recipients of a firm a report reads at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selection {
    /// All of them.
    #[default]
    All,
    /// Those that wait or fail. One that has been opened nevertheless may be among them.
    Rare(BTreeSet<Rare>),
    /// This client's.
    Client(Client),
    /// This address's, as [`domain::address::comparison_key`] has it.
    Address(String),
    /// Those at this domain; another one's may be among them that is written in the address, too. All are read for it.
    Domain(String),
    /// Those that were written before there were indexes of clients and addresses. All are read for it.
    Unlisted,
}

/// A page of recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The recipients; fewer than the limit, or none, do not mean the end.
    pub recipients: Vec<Recipient>,
    /// Where to go on; `None` at the end.
    pub next: Option<Place>,
}

pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn recipients(items: Option<Vec<Item>>) -> Result<Vec<Recipient>, TableError> {
    items.unwrap_or_default().into_iter().map(item::recipient).collect()
}

impl Table {
    pub(crate) fn query(&self) -> QueryFluentBuilder {
        self.client.query().table_name(&self.name)
    }

    /// One recipient: one `GetItem`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn recipient(&self, key: &RecipientKey) -> Result<Option<Recipient>, TableError> {
        self.get(keys::recipient(key)).await?.map(item::recipient).transpose()
    }

    /// The recipients of an invoice's latest sends, or of the latest ones `before` a send; at most `max_sends`. One
    /// `Query`, unless the logs are very long.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn history(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        before: Option<SendId>,
        max_sends: usize,
    ) -> Result<History, TableError> {
        let mut found: Vec<Row> = Vec::new();
        let mut start: Option<Key> = None;
        for _ in 0..MAX_HISTORY_QUERIES {
            let page = self
                .query()
                .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :before")
                .expression_attribute_values(":pk", text(keys::invoice_pk(firm, invoice)))
                .expression_attribute_values(":first", text(keys::FIRST_SEND_SK))
                .expression_attribute_values(":before", text(keys::sends_before(before)))
                .scan_index_forward(false)
                // Whoever has just sent looks at once.
                .consistent_read(true)
                // One more than can belong to the page, so that one query tells whether there are older sends.
                .limit(i32::try_from(max_sends.saturating_mul(MAX_RECIPIENTS) + 1).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start.take())
                .send()
                .await
                .map_err(|error| TableError::of("Query", error))?;
            let rows = page.items.unwrap_or_default().into_iter().map(Row::read);
            found.extend(rows.collect::<Result<Vec<_>, _>>()?);
            start = page.last_evaluated_key;
            if start.is_none() || number_of_sends(&found) > 1 {
                break;
            }
        }
        Ok(whole_sends(found, max_sends, start.is_some()))
    }

    /// All of one send, or nothing of it: `None` if there is no such send. One `Query`, unless the logs are very long.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn whole_send(
        &self,
        firm: &Firm,
        invoice: &Invoice,
        send: SendId,
    ) -> Result<Option<WholeSend>, TableError> {
        let mut whole = WholeSend { recipients: Vec::new(), skipped: None };
        let mut start: Option<Key> = None;
        for _ in 0..MAX_SEND_QUERIES {
            let page = self
                .query()
                .key_condition_expression("pk = :pk AND begins_with(sk, :send)")
                .expression_attribute_values(":pk", text(keys::invoice_pk(firm, invoice)))
                .expression_attribute_values(":send", text(keys::of_send(send)))
                .scan_index_forward(false)
                // What is handed over must not lag behind what was seen.
                .consistent_read(true)
                .set_exclusive_start_key(start.take())
                .send()
                .await
                .map_err(|error| TableError::of("Query", error))?;
            for item in page.items.unwrap_or_default() {
                match Row::read(item)? {
                    Row::Recipient(recipient) => whole.recipients.push(*recipient),
                    Row::Skipped(_, skipped) => whole.skipped = Some(skipped),
                }
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                let is_there = !whole.recipients.is_empty() || whole.skipped.is_some();
                return Ok(is_there.then_some(whole));
            }
        }
        Err(TableError::item("a send is larger than fifty recipients can be"))
    }

    /// A page of the firm's recipients in a span, newest first.
    ///
    /// Of all, of a domain, or of the unlisted: one `Query` in one month of UTC; `next` leads on to the months before. Of others: one
    /// `Query`, or two for both that wait and that fail, and one `BatchGetItem` for each hundred recipients.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn report(
        &self,
        firm: &Firm,
        span: &Span,
        selection: &Selection,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Page, TableError> {
        let common = match selection {
            Selection::All | Selection::Domain(_) | Selection::Unlisted => {
                return self.report_month(firm, span, selection, after, limit).await;
            }
            Selection::Rare(kinds) => Common::Rare(kinds),
            Selection::Client(client) => Common::Client(client.as_str()),
            Selection::Address(address_key) => Common::Address(address_key),
        };
        self.listed(firm, span, common, after, limit).await
    }

    async fn report_month(
        &self,
        firm: &Firm,
        span: &Span,
        selection: &Selection,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Page, TableError> {
        // The last moment that the page can hold decides the month.
        let last = span.until.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(span.until);
        let last = after.map_or(last, |place| last.min(before_place(place)));
        if last < span.from {
            return Ok(Page { recipients: Vec::new(), next: None });
        }
        let month = Month::of(last);
        let from = span.from.max(month.start());
        let (low, high) = keys::report_bounds(from, span.until, after);
        let earlier_months = (month.start() > span.from).then(|| Place::before(month.start()));
        // DynamoDB refuses a range whose ends are the wrong way round, which is what nothing looks like.
        if low > high {
            return Ok(Page { recipients: Vec::new(), next: earlier_months });
        }
        let mut query = self
            .query()
            .index_name(REPORT_INDEX)
            .key_condition_expression("report_pk = :pk AND report_sk BETWEEN :low AND :high")
            .expression_attribute_values(":pk", text(keys::report_pk(firm, month)))
            .expression_attribute_values(":low", text(low))
            .expression_attribute_values(":high", text(high))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        query = match selection {
            Selection::Domain(domain) => query
                .filter_expression("contains(address_key, :domain)")
                .expression_attribute_values(":domain", text(format!("@{domain}"))),
            Selection::Unlisted => query.filter_expression("attribute_not_exists(address_pk)"),
            _ => query,
        };
        let page = query.send().await.map_err(|error| TableError::of_index("Query", REPORT_INDEX, error))?;
        let next = match page.last_evaluated_key {
            Some(key) => Place::of_last_report_key(&key),
            None => earlier_months,
        };
        Ok(Page { recipients: recipients(page.items)?, next })
    }

    /// A page of what somebody should look at, oldest first. One `Query`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn attention(&self, firm: &Firm, after: Option<&Place>, limit: usize) -> Result<Page, TableError> {
        let page = self
            .query()
            .index_name(ATTENTION_INDEX)
            .key_condition_expression("attention_pk = :pk AND attention_sk BETWEEN :low AND :high")
            .expression_attribute_values(":pk", text(keys::attention_pk(firm)))
            .expression_attribute_values(":low", text(keys::attention_after(after)))
            .expression_attribute_values(":high", text("~"))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| TableError::of_index("Query", ATTENTION_INDEX, error))?;
        let next = page.last_evaluated_key.as_ref().and_then(Place::of_last_attention_key);
        Ok(Page { recipients: recipients(page.items)?, next })
    }

    /// The recipient whose message has this SES id. One `Query`.
    ///
    /// # Errors
    /// See [`TableError`].
    pub async fn recipient_of_message(&self, message_id: &str) -> Result<Option<RecipientKey>, TableError> {
        let page = self
            .query()
            .index_name(MESSAGE_INDEX)
            .key_condition_expression("message_id = :id")
            .expression_attribute_values(":id", text(message_id))
            .limit(1)
            .send()
            .await
            .map_err(|error| TableError::of_index("Query", MESSAGE_INDEX, error))?;
        Ok(page.items.unwrap_or_default().first().and_then(keys::parse_recipient_key))
    }
}

/// The latest moment of what comes after a place in a listing that goes back in time.
fn before_place(place: &Place) -> Timestamp {
    let at = place.submitted_at();
    if place.is_before_all_of_its_moment() {
        at.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(at)
    } else {
        at
    }
}

fn number_of_sends(rows: &[Row]) -> usize {
    rows.chunk_by(|one, next| one.send() == next.send()).count()
}

/// Cuts to whole sends: at most `max_sends`, and not the last one if there is more of it.
fn whole_sends(found: Vec<Row>, max_sends: usize, cut_off: bool) -> History {
    let sends = number_of_sends(&found);
    let keep = if cut_off && sends > 1 { (sends - 1).min(max_sends) } else { sends.min(max_sends) };
    let kept: usize = found.chunk_by(|one, next| one.send() == next.send()).take(keep).map(<[Row]>::len).sum();
    let more = cut_off || kept < found.len();
    let oldest = kept.checked_sub(1).and_then(|last| found.get(last)).map(Row::send);
    let mut history = History { recipients: Vec::new(), skipped: BTreeMap::new(), older_than: oldest.filter(|_| more) };
    for row in found.into_iter().take(kept) {
        match row {
            Row::Recipient(recipient) => history.recipients.push(*recipient),
            Row::Skipped(send, skipped) => {
                history.skipped.insert(send, skipped);
            }
        }
    }
    history
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::tests::ann;
    use domain::time::from_millisecond;

    fn sends(ids: &[i64]) -> Vec<Row> {
        let recipient = |ms: &i64| {
            let mut recipient = ann();
            recipient.key.send = SendId::new(from_millisecond(*ms), 0);
            Row::Recipient(Box::new(recipient))
        };
        ids.iter().map(recipient).collect()
    }

    fn kept(ids: &[i64], max_sends: usize, cut_off: bool) -> (usize, bool) {
        let history = whole_sends(sends(ids), max_sends, cut_off);
        (history.recipients.len(), history.older_than.is_some())
    }

    #[test]
    fn a_page_ends_between_sends() {
        assert_eq!(kept(&[], 2, false), (0, false));
        assert_eq!(kept(&[9, 9, 8], 2, false), (3, false));
        assert_eq!(kept(&[9, 9, 8, 7], 2, false), (3, true));
        assert_eq!(kept(&[9, 9, 8], 2, true), (2, true));
        assert_eq!(kept(&[9, 9], 2, true), (2, true));
    }

    #[test]
    fn a_send_to_nobody_is_a_send() {
        let id = |ms| SendId::new(from_millisecond(ms), 0);
        let mut rows = sends(&[9]);
        rows.push(Row::Skipped(id(9), Vec::new()));
        rows.push(Row::Skipped(id(8), Vec::new()));
        rows.extend(sends(&[7]));
        let history = whole_sends(rows, 2, false);
        assert_eq!((history.recipients.len(), history.older_than), (1, Some(id(8))));
        assert_eq!(history.skipped.into_keys().collect::<Vec<_>>(), [id(8), id(9)]);
    }
}
