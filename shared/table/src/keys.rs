//! Keys: the only place that builds or reads one.
//!
//! Ids hold no `#`, so that parts joined by it cannot run into one another. Within an invoice the newest send must
//! come first and, in it, To before Cc before Bcc. One backward query gives both, because the position is written
//! upside down: `to:0` is `c99`, `to:1` is `c98`, `cc:0` is `b99`, `bcc:0` is `a99`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::fold::Rare;
use domain::ids::{Client, Firm, Invoice, Kind, Position, RecipientKey, SendId};
use domain::time::rfc3339_ms;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::chore::{ChoreKey, What};

/// How many partitions the `due` index spreads over: one takes 1,000 writes a second, which a month-end run of all
/// firms together may pass.
pub const DUE_SHARDS: u8 = 8;

pub(crate) type Key = HashMap<String, AttributeValue>;

fn key(pk: String, sk: String) -> Key {
    HashMap::from([("pk".to_owned(), AttributeValue::S(pk)), ("sk".to_owned(), AttributeValue::S(sk))])
}

pub(crate) fn invoice_pk(firm: &Firm, invoice: &Invoice) -> String {
    format!("invoice#{firm}#{invoice}")
}

pub(crate) fn recipient(id: &RecipientKey) -> Key {
    key(invoice_pk(&id.firm, &id.invoice), recipient_sk(id.send, id.position))
}

pub(crate) fn body(firm: &Firm, invoice: &Invoice, send: SendId) -> Key {
    key(invoice_pk(firm, invoice), format!("body#{send}"))
}

/// The sort key of what is remembered of an invoice's last sends.
pub(crate) const RECENT_SK: &str = "recent";

pub(crate) fn recent(firm: &Firm, invoice: &Invoice) -> Key {
    key(invoice_pk(firm, invoice), RECENT_SK.to_owned())
}

pub(crate) fn idempotency(firm: &Firm, idempotency_key: &str) -> Key {
    key(format!("idempotency#{firm}#{idempotency_key}"), "-".to_owned())
}

pub(crate) fn suppression_pk(firm: &Firm) -> String {
    format!("suppression#{firm}")
}

pub(crate) fn suppression(firm: &Firm, address_key: &str) -> Key {
    key(suppression_pk(firm), address_key.to_owned())
}

pub(crate) fn settings_pk(firm: &Firm) -> String {
    format!("settings#{firm}")
}

pub(crate) fn settings(firm: &Firm) -> Key {
    key(settings_pk(firm), "-".to_owned())
}

pub(crate) fn clients_pk(firm: &Firm) -> String {
    format!("clients#{firm}")
}

pub(crate) fn client(firm: &Firm, client: &Client) -> Key {
    key(clients_pk(firm), client.to_string())
}

/// The sort key of what the portal has told of an invoice.
pub(crate) const INVOICE_SK: &str = "invoice";

pub(crate) fn invoice(firm: &Firm, invoice: &Invoice) -> Key {
    key(invoice_pk(firm, invoice), INVOICE_SK.to_owned())
}

pub(crate) fn finalization(firm: &Firm, invoice: &Invoice) -> Key {
    key(invoice_pk(firm, invoice), "finalized".to_owned())
}

/// Among the recipients of its send, behind all of them in a backward query.
pub(crate) fn skipped(firm: &Firm, invoice: &Invoice, send: SendId) -> Key {
    key(invoice_pk(firm, invoice), format!("send#{send}#{SKIPPED}"))
}

const SKIPPED: &str = "-";

/// The send whose skipped people an item holds.
pub(crate) fn parse_skipped(item: &Key) -> Option<SendId> {
    let (send, rest) = item.get("sk")?.as_s().ok()?.strip_prefix("send#")?.split_once('#')?;
    if rest == SKIPPED { send.parse().ok() } else { None }
}

pub(crate) fn account_pk(firm: &Firm, client: &Client) -> String {
    format!("account#{firm}#{client}")
}

/// By the day on the invoice; those without one are the oldest.
pub(crate) fn account_sk(issued_on: Option<Date>, invoice: &Invoice) -> String {
    issued_on.map_or_else(|| format!("#{invoice}"), |day| format!("{day}#{invoice}"))
}

/// The invoice that an item of the account index is about.
pub(crate) fn invoice_of_account(item: &Key) -> Option<Invoice> {
    item.get("account_sk")?.as_s().ok()?.split_once('#')?.1.parse().ok()
}

/// The lower bound of the sort keys of an invoice's recipients.
pub(crate) const FIRST_SEND_SK: &str = "send#";

/// The upper bound of the sort keys of the sends before this one, or of all of them.
pub(crate) fn sends_before(send: Option<SendId>) -> String {
    send.map_or_else(|| "send#~".to_owned(), |send| format!("send#{send}"))
}

/// What the sort keys of a send's recipients, and of whom it did not go to, begin with.
pub(crate) fn of_send(send: SendId) -> String {
    format!("send#{send}#")
}

fn recipient_sk(send: SendId, position: Position) -> String {
    format!("send#{send}#{}", order(position))
}

fn order(position: Position) -> String {
    let kind = match position.kind {
        Kind::To => 'c',
        Kind::Cc => 'b',
        Kind::Bcc => 'a',
    };
    format!("{kind}{:02}", 99 - position.index.min(99))
}

fn parse_order(text: &str) -> Option<Position> {
    let kind = match text.get(..1)? {
        "c" => Kind::To,
        "b" => Kind::Cc,
        "a" => Kind::Bcc,
        _ => return None,
    };
    let digits = text.get(1..).filter(|digits| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some(Position { kind, index: 99 - digits.parse::<u8>().ok()? })
}

pub(crate) fn parse_recipient(pk: &str, sk: &str) -> Option<RecipientKey> {
    let (firm, invoice) = pk.strip_prefix("invoice#")?.split_once('#')?;
    let (send, order) = sk.strip_prefix("send#")?.split_once('#')?;
    Some(RecipientKey {
        firm: firm.parse().ok()?,
        invoice: invoice.parse().ok()?,
        send: send.parse().ok()?,
        position: parse_order(order)?,
    })
}

pub(crate) fn parse_recipient_key(key: &Key) -> Option<RecipientKey> {
    parse_recipient(key.get("pk")?.as_s().ok()?, key.get("sk")?.as_s().ok()?)
}

/// A month of UTC, the partition of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    year: i16,
    month: i8,
}

impl Month {
    pub(crate) fn of(at: Timestamp) -> Self {
        let date = at.to_zoned(TimeZone::UTC).date();
        Self { year: date.year(), month: date.month() }
    }

    pub(crate) fn start(self) -> Timestamp {
        jiff::civil::Date::new(self.year, self.month, 1)
            .and_then(|date| date.to_zoned(TimeZone::UTC))
            .map_or(Timestamp::MIN, |start| start.timestamp())
    }
}

pub(crate) fn report_pk(firm: &Firm, month: Month) -> String {
    format!("report#{firm}#{:04}-{:02}", month.year, month.month)
}

pub(crate) fn report_sk(send: SendId, position: Position) -> String {
    format!("{send}#{}", order(position))
}

fn parse_report_sk(sk: &str) -> Option<Place> {
    let (send, order) = sk.split_once('#')?;
    Some(Place { since: None, send: send.parse().ok()?, position: parse_order(order)? })
}

/// The recipients of a firm that are neither sent nor opened: those that wait, or those that fail.
pub(crate) fn rare_pk(firm: &Firm, rare: Rare) -> String {
    format!("rare#{firm}#{}", rare_name(rare))
}

fn rare_name(rare: Rare) -> &'static str {
    match rare {
        Rare::Queued => "queued",
        Rare::Failing => "failing",
    }
}

pub(crate) fn parse_rare(pk: &str) -> Option<Rare> {
    let (_, name) = pk.strip_prefix("rare#")?.split_once('#')?;
    [Rare::Queued, Rare::Failing].into_iter().find(|rare| rare_name(*rare) == name)
}

/// The recipients of a client of the firm.
pub(crate) fn client_pk(firm: &Firm, client: &str) -> String {
    format!("client#{firm}#{client}")
}

/// The recipients of the firm that have an address, as [`domain::address::comparison_key`] has it.
pub(crate) fn address_pk(firm: &Firm, address_key: &str) -> String {
    format!("address#{firm}#{address_key}")
}

/// The bounds of the report's sort keys from the start of a span up to its end or, with a place, up to just before
/// that place.
pub(crate) fn report_bounds(from: Timestamp, until: Timestamp, before: Option<&Place>) -> (String, String) {
    let low = SendId::first_at(from).to_string();
    let end = SendId::first_at(until).to_string();
    let high = before.map_or_else(|| end.clone(), |place| just_before(&report_sk(place.send, place.position)));
    (low, high.min(end))
}

/// The greatest text below `sk` that no key has: `BETWEEN` includes its ends.
fn just_before(sk: &str) -> String {
    let mut bytes = sk.as_bytes().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last -= 1;
    }
    bytes.push(b'~');
    String::from_utf8(bytes).unwrap_or_default()
}

pub(crate) fn attention_pk(firm: &Firm) -> String {
    format!("attention#{firm}")
}

pub(crate) fn attention_sk(since: Timestamp, send: SendId, position: Position) -> String {
    format!("{}#{send}#{}", rfc3339_ms(since), order(position))
}

pub(crate) fn parse_attention_since(sk: &str) -> Option<Timestamp> {
    sk.split_once('#')?.0.parse().ok()
}

fn parse_attention_sk(sk: &str) -> Option<Place> {
    let (since, rest) = sk.split_once('#')?;
    Some(Place { since: Some(since.parse().ok()?), ..parse_report_sk(rest)? })
}

/// The lower bound of the attention index's sort keys, exclusive of the place itself.
pub(crate) fn attention_after(place: Option<&Place>) -> String {
    match place {
        Some(Place { since: Some(since), send, position }) => {
            format!("{}!", attention_sk(*since, *send, *position))
        }
        _ => "0".to_owned(),
    }
}

/// What has to be done to many of a firm's recipients.
pub(crate) fn chore(chore: &ChoreKey) -> Key {
    let sk = match &chore.what {
        What::Retention => RETENTION.to_owned(),
        What::Forget(hash) => format!("{FORGET}{hash}"),
    };
    key(format!("{CHORE}{}", chore.firm), sk)
}

const CHORE: &str = "chore#";
const RETENTION: &str = "retention";
const FORGET: &str = "forget#";

pub(crate) fn parse_chore(key: &Key) -> Option<ChoreKey> {
    let firm = key.get("pk")?.as_s().ok()?.strip_prefix(CHORE)?.parse().ok()?;
    let sk = key.get("sk")?.as_s().ok()?;
    let what = match sk.strip_prefix(FORGET) {
        Some(hash) => What::Forget(hash.to_owned()),
        None => Some(What::Retention).filter(|_| sk == RETENTION)?,
    };
    Some(ChoreKey { firm, what })
}

pub(crate) fn chore_due_pk(chore: &ChoreKey) -> String {
    let sum = chore.firm.as_str().bytes().fold(0_u8, u8::wrapping_add);
    due_shard(sum % DUE_SHARDS)
}

pub(crate) fn due_pk(send: SendId) -> String {
    due_shard(send.to_bytes()[15] % DUE_SHARDS)
}

pub(crate) fn due_shard(shard: u8) -> String {
    format!("due#{shard}")
}

/// The counters of a firm.
pub(crate) fn totals_pk(firm: &Firm) -> String {
    format!("totals#{firm}")
}

/// An hour of UTC in the sort keys of counters: `2026-11-21T09`.
pub(crate) fn hour(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H").to_string()
}

pub(crate) fn parse_hour(sk: &str) -> Option<Timestamp> {
    format!("{}:00:00Z", sk.split_once('#')?.0).parse().ok()
}

/// What the sort keys of the counters of a firm's work queue begin with; behind all hours.
pub(crate) const WAITING: &str = "waiting";

/// A counter of an hour, or of the work queue, in one of the lanes that writers spread over.
pub(crate) fn totals(firm: &Firm, what: &str, lane: u8) -> Key {
    key(totals_pk(firm), format!("{what}#{lane}"))
}

/// How far a shard of the table's stream has been counted.
pub(crate) fn watermark(shard: &str) -> Key {
    key(format!("stream#{shard}"), "-".to_owned())
}

/// A place in a listing: where the next page starts. Holds no firm, so that it cannot lead into another's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    since: Option<Timestamp>,
    send: SendId,
    position: Position,
}

impl Place {
    /// The place in the report right after this recipient.
    #[must_use]
    pub fn in_report(key: &RecipientKey) -> Self {
        Self { since: None, send: key.send, position: key.position }
    }

    /// The place in the attention index right after this recipient.
    #[must_use]
    pub fn in_attention(key: &RecipientKey, since: Timestamp) -> Self {
        Self { since: Some(since), ..Self::in_report(key) }
    }

    /// The place right after everything that was submitted at or after `at`.
    pub(crate) fn before(at: Timestamp) -> Self {
        Self { since: None, send: SendId::first_at(at), position: Position { kind: Kind::Bcc, index: 99 } }
    }

    pub(crate) fn of_last_report_key(key: &Key) -> Option<Self> {
        parse_report_sk(key.get("report_sk")?.as_s().ok()?)
    }

    pub(crate) fn of_last_attention_key(key: &Key) -> Option<Self> {
        parse_attention_sk(key.get("attention_sk")?.as_s().ok()?)
    }

    pub(crate) fn submitted_at(&self) -> Timestamp {
        self.send.submitted_at()
    }

    /// What sorts places of the report: the later the newer.
    pub(crate) fn in_time(&self) -> (SendId, std::cmp::Reverse<Position>) {
        (self.send, std::cmp::Reverse(self.position))
    }

    /// Whether nothing submitted in the place's own millisecond comes after it.
    pub(crate) fn is_before_all_of_its_moment(&self) -> bool {
        *self == Self::before(self.submitted_at())
    }

    /// The place as bytes, to be sealed into a cursor.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = match self.since {
            Some(since) => attention_sk(since, self.send, self.position),
            None => report_sk(self.send, self.position),
        };
        text.into_bytes()
    }

    /// The place that [`Place::to_bytes`] gave.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        parse_report_sk(text).or_else(|| parse_attention_sk(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::from_millisecond;
    use proptest::prelude::*;

    fn any_position() -> impl Strategy<Value = Position> {
        (prop::sample::select(vec![Kind::To, Kind::Cc, Kind::Bcc]), 0u8..=99)
            .prop_map(|(kind, index)| Position { kind, index })
    }

    fn any_send() -> impl Strategy<Value = SendId> {
        (0i64..4_000_000_000_000, any::<u128>()).prop_map(|(ms, random)| SendId::new(from_millisecond(ms), random))
    }

    fn any_recipient() -> impl Strategy<Value = RecipientKey> {
        ("[A-Za-z0-9._-]{1,8}", "[A-Za-z0-9._-]{1,8}", any_send(), any_position()).prop_map(
            |(firm, invoice, send, position)| RecipientKey {
                firm: firm.parse().unwrap(),
                invoice: invoice.parse().unwrap(),
                send,
                position,
            },
        )
    }

    proptest! {
        #[test]
        fn a_key_is_read_as_it_was_built(id in any_recipient()) {
            prop_assert_eq!(parse_recipient_key(&recipient(&id)), Some(id));
        }

        #[test]
        fn two_recipients_never_share_a_key(a in any_recipient(), b in any_recipient()) {
            prop_assert_eq!(a == b, recipient(&a) == recipient(&b));
        }

        #[test]
        fn backwards_is_newest_send_first_and_to_before_cc_before_bcc(
            a in (any_send(), any_position()),
            b in (any_send(), any_position()),
        ) {
            let reading_order = |(send, position): (SendId, Position)| (std::cmp::Reverse(send), position);
            prop_assert_eq!(
                reading_order(a).cmp(&reading_order(b)),
                recipient_sk(b.0, b.1).cmp(&recipient_sk(a.0, a.1)),
            );
        }

        #[test]
        fn a_place_comes_back(id in any_recipient(), ms in 0i64..4_000_000_000_000) {
            let report = Place::in_report(&id);
            prop_assert_eq!(Place::from_bytes(&report.to_bytes()), Some(report));
            let attention = Place::in_attention(&id, from_millisecond(ms));
            prop_assert_eq!(Place::from_bytes(&attention.to_bytes()), Some(attention));
        }

        #[test]
        fn the_bound_before_a_place_excludes_it_and_nothing_older(
            place in (any_send(), any_position()),
            other in (any_send(), any_position()),
        ) {
            let bound = just_before(&report_sk(place.0, place.1));
            let (place, other) = (report_sk(place.0, place.1), report_sk(other.0, other.1));
            prop_assert_eq!(other <= bound, other < place);
        }

        #[test]
        fn junk_is_no_place(bytes: Vec<u8>) {
            prop_assert_eq!(Place::from_bytes(&bytes), None);
        }
    }

    #[test]
    fn months_are_utc() {
        let month = Month::of("2026-11-30T23:59:59.999Z".parse().unwrap());
        assert_eq!(report_pk(&"demo".parse().unwrap(), month), "report#demo#2026-11");
        assert_eq!(month.start(), "2026-11-01T00:00:00Z".parse::<Timestamp>().unwrap());
    }
}
