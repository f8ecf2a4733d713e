//! The report of one invoice, read from the invoice's own partition instead of the firm's months.

use domain::ids::{Kind, Position, SendId};
use domain::recipient::Recipient;
use jiff::Timestamp;
use table::{History, Span};

/// The most sends that one query asks for; an invoice rarely has more than three.
pub(crate) const SENDS_PER_QUERY: usize = 50;

/// A place among the recipients of an invoice, newest send first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InvoicePlace {
    send: SendId,
    /// Right after this recipient of the send; `None`: after all of them.
    position: Option<Position>,
}

impl InvoicePlace {
    /// The place right after a recipient.
    pub(crate) fn of(recipient: &Recipient) -> Self {
        Self { send: recipient.key.send, position: Some(recipient.key.position) }
    }

    /// The place before the first send of a span that ends there.
    pub(crate) fn end_of_span(until: Timestamp) -> Self {
        Self { send: SendId::first_at(until), position: None }
    }

    /// Sends older than this one hold all that comes after the place.
    pub(crate) fn before(&self) -> SendId {
        match self.position {
            None => self.send,
            // The rest of the send itself comes after the place, too: the next id but none is the bound.
            Some(_) => SendId::from_bytes(u128::from_be_bytes(self.send.to_bytes()).saturating_add(1).to_be_bytes()),
        }
    }

    /// The place as bytes, for sealing.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.send.to_bytes().to_vec();
        if let Some(Position { kind, index }) = self.position {
            bytes.push(match kind {
                Kind::To => 0,
                Kind::Cc => 1,
                Kind::Bcc => 2,
            });
            bytes.push(index);
        }
        bytes
    }

    /// The place that [`InvoicePlace::to_bytes`] wrote.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (send, rest) = bytes.split_first_chunk::<16>()?;
        let position = match rest {
            [] => None,
            [kind, index] => {
                let kind = [Kind::To, Kind::Cc, Kind::Bcc].get(usize::from(*kind)).copied()?;
                Some(Position { kind, index: *index })
            }
            _ => return None,
        };
        Some(Self { send: SendId::from_bytes(*send), position })
    }

    fn is_before(&self, recipient: &Recipient) -> bool {
        recipient.key.send < self.send
            || (recipient.key.send == self.send
                && self.position.is_some_and(|position| recipient.key.position > position))
    }
}

/// What of a part of the history lies after a place and within a span, and where to go on.
pub(crate) fn within(history: History, after: &InvoicePlace, span: &Span) -> (Vec<Recipient>, Option<InvoicePlace>) {
    let next = history.older_than.filter(|oldest| oldest.submitted_at() >= span.from);
    let recipients = history.recipients.into_iter().filter(|recipient| {
        let at = recipient.submitted_at();
        after.is_before(recipient) && span.from <= at && at < span.until
    });
    (recipients.collect(), next.map(|send| InvoicePlace { send, position: None }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;

    use super::*;
    use crate::rows::tests::{at, sent};

    /// Three sends of November, the second of them to three people, newest first.
    fn recipients() -> Vec<Recipient> {
        vec![
            sent("1042", "2026-11-30T00:00:00Z", Kind::To, 0),
            sent("1042", "2026-11-20T00:00:00Z", Kind::To, 0),
            sent("1042", "2026-11-20T00:00:00Z", Kind::To, 1),
            sent("1042", "2026-11-20T00:00:00Z", Kind::Bcc, 0),
            sent("1042", "2026-11-10T00:00:00Z", Kind::To, 0),
        ]
    }

    fn part(more: bool, after: &InvoicePlace, from: &str) -> (Vec<Recipient>, Option<InvoicePlace>) {
        let span = Span { from: at(from), until: at("2026-12-01T00:00:00Z") };
        let before = after.before();
        let recipients: Vec<Recipient> =
            recipients().into_iter().filter(|recipient| recipient.key.send < before).collect();
        let older_than = recipients.last().map(|recipient| recipient.key.send).filter(|_| more);
        within(History { recipients, skipped: BTreeMap::new(), older_than }, after, &span)
    }

    #[test]
    fn places_survive_their_bytes() {
        for recipient in recipients() {
            let place = InvoicePlace::of(&recipient);
            assert_eq!(InvoicePlace::from_bytes(&place.to_bytes()), Some(place));
        }
        let end = InvoicePlace::end_of_span(at("2026-12-01T00:00:00Z"));
        assert_eq!(InvoicePlace::from_bytes(&end.to_bytes()), Some(end));
        for bad in [&[0; 15][..], &[0; 17], &[3; 18], &[0; 19]] {
            assert_eq!(InvoicePlace::from_bytes(bad), None);
        }
    }

    #[test]
    fn a_page_goes_on_within_a_send() {
        let all = recipients();
        for (index, recipient) in all.iter().enumerate() {
            let (rest, next) = part(false, &InvoicePlace::of(recipient), "2026-11-01T00:00:00Z");
            assert_eq!((rest.as_slice(), next), (&all[index + 1..], None));
        }
    }

    #[test]
    fn the_span_bounds_the_listing() {
        let end = InvoicePlace::end_of_span(at("2026-12-01T00:00:00Z"));
        let (all, next) = part(true, &end, "2026-11-01T00:00:00Z");
        assert_eq!(all, recipients());
        assert_eq!(next.unwrap().before(), all[4].key.send);
        // What is older than the span ends it, though the invoice has more.
        let (late, next) = part(true, &end, "2026-11-20T00:00:00.001Z");
        assert_eq!((late.as_slice(), next), (&all[..1], None));
        let (rest, _) = part(true, &InvoicePlace::end_of_span(at("2026-11-30T00:00:00Z")), "2026-11-01T00:00:00Z");
        assert_eq!(rest, all[1..]);
    }
}
