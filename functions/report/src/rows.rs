//! A row of the report: one recipient of one send.

use domain::fold::View;
use domain::recipient::Recipient;
use domain::time::rfc3339_ms;
use serde::Serialize;

/// One recipient of one send, in the order of the report's columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub(crate) invoice: String,
    pub(crate) number: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) client_name: Option<String>,
    pub(crate) recipient: String,
    pub(crate) kind: &'static str,
    pub(crate) address: String,
    pub(crate) subject: String,
    pub(crate) submitted_at: String,
    pub(crate) sent_status: &'static str,
    pub(crate) status_at: String,
    pub(crate) evidence: &'static str,
    pub(crate) opens: u64,
    pub(crate) automatic_opens: u64,
    pub(crate) clicks: u64,
    pub(crate) automatic_clicks: u64,
    /// Said only where it is not: nothing seen means "not tracked" then. No column of the CSV.
    #[serde(skip_serializing_if = "is_tracked")]
    pub(crate) tracked: bool,
    pub(crate) last_opened_at: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) next_action: Option<&'static str>,
    /// Beside the action `wait` only; no column of the CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wait_until: Option<String>,
    pub(crate) send: String,
}

impl Row {
    /// The row of a recipient and what its log says.
    #[must_use]
    pub fn of(recipient: &Recipient, view: &View) -> Self {
        Self {
            invoice: recipient.key.invoice.to_string(),
            number: recipient.number.clone(),
            client: recipient.client.clone(),
            client_name: recipient.client_name.clone(),
            recipient: recipient.key.position.to_string(),
            kind: recipient.key.position.kind.as_str(),
            address: recipient.mailbox.address.to_string(),
            subject: recipient.subject.clone(),
            submitted_at: rfc3339_ms(recipient.submitted_at()),
            sent_status: view.sent_status.as_str(),
            status_at: rfc3339_ms(view.status_at),
            evidence: view.evidence.as_str(),
            opens: view.opens.human,
            automatic_opens: view.opens.automatic,
            clicks: view.clicks.human,
            automatic_clicks: view.clicks.automatic,
            tracked: recipient.tracked,
            last_opened_at: view.last_opened_at.map(rfc3339_ms),
            reason: view.reason.clone(),
            next_action: view.next_action.map(|action| action.as_str()),
            wait_until: view.wait_until.map(rfc3339_ms),
            send: recipient.key.send.to_string(),
        }
    }
}

fn is_tracked(tracked: &bool) -> bool {
    *tracked
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::event::{DropCause, Event, EventKind};
    use domain::evidence::{Agent, Facts, Method, NetworkClass};
    use domain::fold::fold;
    use domain::ids::{Kind, Position, RecipientKey, SendId};
    use domain::log::Hit;
    use domain::recipient::Source;
    use domain::time::from_millisecond;
    use jiff::Timestamp;
    use serde_json::json;

    pub(crate) fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A recipient `to:0` of an invoice, submitted at 2026-11-21T10:00:00Z, of which nothing more is known.
    pub(crate) fn recipient(invoice: &str) -> Recipient {
        sent(invoice, "2026-11-21T10:00:00Z", Kind::To, 0)
    }

    /// A recipient of a send that was submitted at a certain time.
    pub(crate) fn sent(invoice: &str, submitted_at: &str, kind: Kind, index: u8) -> Recipient {
        let key = RecipientKey {
            firm: "firm-a".parse().unwrap(),
            invoice: invoice.parse().unwrap(),
            send: SendId::new(at(submitted_at), 7),
            position: Position { kind, index },
        };
        let mailbox = "ann@example.com".parse().unwrap();
        Recipient {
            sent_by: Some("anna@firm.com".to_owned()),
            number: Some("1042".to_owned()),
            client: Some("client-7".to_owned()),
            client_name: Some("Acme".to_owned()),
            ..Recipient::new(key, mailbox, "Invoice 1042 from Roe & Partners", Source::Manual)
        }
    }

    pub(crate) fn with_events(mut recipient: Recipient, events: Vec<(&str, EventKind)>) -> Recipient {
        recipient.log.extend(events.into_iter().map(|(time, kind)| Event::new(at(time), kind)));
        recipient
    }

    pub(crate) fn open(time: &str, agent: Agent) -> Hit {
        Hit {
            at: at(time),
            link: 0,
            facts: Facts {
                agent,
                method: Method::Get,
                prefetch: false,
                network_class: NetworkClass::Other,
                network: 1,
            },
        }
    }

    pub(crate) fn deferred() -> EventKind {
        EventKind::Deferred {
            delay_type: "MailboxFull".to_owned(),
            until: Some(at("2026-11-22T00:00:05Z")),
            detail: None,
        }
    }

    #[test]
    fn a_row_is_as_the_contract_says() {
        let mut recipient = with_events(recipient("1042"), vec![("2026-11-21T10:00:01Z", EventKind::Processed)]);
        recipient.log.opens.add(open("2026-11-21T11:00:00Z", Agent::Browser));
        recipient.log.opens.add(open("2026-11-21T12:00:00.5Z", Agent::Browser));
        recipient.log.opens.add(open("2026-11-21T10:00:03Z", Agent::AppleProxy));
        let row = Row::of(&recipient, &fold(&recipient, from_millisecond(0)));
        let expected = format!(
            concat!(
                r#"{{"invoice":"1042","number":"1042","client":"client-7","client_name":"Acme","recipient":"to:0","#,
                r#""kind":"to","address":"ann@example.com","subject":"Invoice 1042 from Roe & Partners","#,
                r#""submitted_at":"2026-11-21T10:00:00.000Z","sent_status":"opened","#,
                r#""status_at":"2026-11-21T11:00:00.000Z","evidence":"possibly_opened","opens":2,"#,
                r#""automatic_opens":1,"clicks":0,"automatic_clicks":0,"#,
                r#""last_opened_at":"2026-11-21T12:00:00.500Z","reason":null,"next_action":null,"send":"{}"}}"#,
            ),
            recipient.key.send
        );
        assert_eq!(serde_json::to_string(&row).unwrap(), expected);
    }

    #[test]
    fn what_is_not_tracked_is_said_so() {
        let untracked = Recipient { tracked: false, ..recipient("1042") };
        let row = |recipient: &Recipient| {
            serde_json::to_value(Row::of(recipient, &fold(recipient, from_millisecond(0)))).unwrap()
        };
        assert_eq!(row(&untracked)["tracked"], false);
        assert_eq!(row(&recipient("1042")).get("tracked"), None);
    }

    #[test]
    fn a_failure_says_why_and_what_to_do() {
        let cause = DropCause::SuppressedBySes("Suppressed".to_owned());
        let dropped = EventKind::Dropped { cause, detail: None };
        let recipient = with_events(recipient("1042"), vec![("2026-11-21T10:00:01Z", dropped)]);
        let row = serde_json::to_value(Row::of(&recipient, &fold(&recipient, from_millisecond(0)))).unwrap();
        assert_eq!(row["sent_status"], "rejected");
        assert_eq!(row["next_action"], "correct_address");
        assert!(row["reason"].is_string());
        assert_eq!(row["last_opened_at"], json!(null));
        assert_eq!(row.get("wait_until"), None);
    }

    #[test]
    fn waiting_has_an_end() {
        let recipient = with_events(recipient("1042"), vec![("2026-11-21T10:00:05Z", deferred())]);
        let row = serde_json::to_value(Row::of(&recipient, &fold(&recipient, from_millisecond(0)))).unwrap();
        assert_eq!((&row["sent_status"], &row["next_action"]), (&json!("delayed"), &json!("wait")));
        assert_eq!(row["wait_until"], "2026-11-22T00:00:05.000Z");
    }
}
