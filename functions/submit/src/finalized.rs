//! The portal's word that an invoice is final, by EventBridge.
//! <https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html>

use std::str::FromStr;

use domain::ids::{Firm, IdError, Invoice};
use serde_json::{Value, json};
use thiserror::Error;

use crate::Submit;

const SOURCE: &str = "billing.portal";
const DETAIL_TYPE: &str = "Invoice Finalized";

/// Why an event cannot be worked on. Nobody waits for an answer: the invocation fails, and the event is tried again and
/// kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EventError {
    /// It is another's, or of another kind: what brings it here is set up wrongly.
    #[error("the event's {field} is not {expected:?}")]
    Unknown {
        /// Which field says so.
        field: &'static str,
        /// What it has to say.
        expected: &'static str,
    },
    /// A field that must be there is not, or is no text.
    #[error("the event's {0} is missing, or not a string")]
    Missing(&'static str),
    /// A field is no id.
    #[error("the event's {field} is malformed")]
    Malformed {
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        #[source]
        source: IdError,
    },
}

/// An invoice that was finalized.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finalized {
    firm: Firm,
    invoice: Invoice,
}

impl Finalized {
    fn read(event: &Value) -> Result<Self, EventError> {
        for (field, expected) in [("source", SOURCE), ("detail-type", DETAIL_TYPE)] {
            if event[field] != expected {
                return Err(EventError::Unknown { field, expected });
            }
        }
        let detail = &event["detail"];
        Ok(Self { firm: id(&detail["firm"], "detail.firm")?, invoice: id(&detail["invoice"], "detail.invoice")? })
    }
}

fn id<T: FromStr<Err = IdError>>(value: &Value, field: &'static str) -> Result<T, EventError> {
    let text = value.as_str().ok_or(EventError::Missing(field))?;
    text.parse().map_err(|source| EventError::Malformed { field, source })
}

impl Submit {
    /// Takes an event of the portal. No setting turns automatic e-mails on for a firm, so it is acknowledged and nothing
    /// is sent.
    ///
    /// # Errors
    /// It is no event of an invoice's finalization; the message names the field.
    pub async fn handle_event(&self, event: Value) -> Result<Value, EventError> {
        let Finalized { firm, invoice } = Finalized::read(&event)?;
        tracing::info!(firm.id = %firm, invoice.id = %invoice, "automatic e-mails are not enabled");
        Ok(json!({ "automatic": false, "send": null, "recipients": [], "skipped": [] }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(detail: &Value) -> Value {
        json!({
            "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "detail-type": "Invoice Finalized",
            "source": "billing.portal", "account": "123456789012", "time": "2026-11-21T23:05:00Z",
            "region": "eu-central-1", "resources": [], "detail": detail,
        })
    }

    #[test]
    fn an_event_names_an_invoice_of_a_firm() {
        let detail = json!({ "firm": "roe", "invoice": "1042", "more": "than we know" });
        let expected = Finalized { firm: "roe".parse().unwrap(), invoice: "1042".parse().unwrap() };
        assert_eq!(Finalized::read(&event(&detail)), Ok(expected));
    }

    #[test]
    fn each_field_that_is_missing_or_malformed_is_named() {
        let long = "1".repeat(65);
        for (detail, field) in [
            (json!({ "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": null, "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": "", "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": "roe & partners", "invoice": "1042" }), "detail.firm"),
            (json!({ "firm": "roe" }), "detail.invoice"),
            (json!({ "firm": "roe", "invoice": 1042 }), "detail.invoice"),
            (json!({ "firm": "roe", "invoice": long }), "detail.invoice"),
            (json!(null), "detail.firm"),
            (json!("roe"), "detail.firm"),
        ] {
            let error = Finalized::read(&event(&detail)).unwrap_err();
            assert!(error.to_string().contains(&format!("{field} is ")), "{detail}: {error}");
        }
    }

    #[test]
    fn what_is_no_such_event_is_told_by_the_field_that_says_so() {
        let good = event(&json!({ "firm": "roe", "invoice": "1042" }));
        for (field, value) in [
            ("source", json!("aws.events")),
            ("source", json!(null)),
            ("detail-type", json!("Invoice Voided")),
            ("detail-type", json!(["Invoice Finalized"])),
        ] {
            let mut event = good.clone();
            event[field] = value;
            let error = Finalized::read(&event).unwrap_err();
            assert!(error.to_string().contains(&format!("the event's {field} is not")), "{event}: {error}");
        }
        for junk in [json!(null), json!(7), json!([]), json!("event"), json!({})] {
            assert!(Finalized::read(&junk).is_err(), "{junk}");
        }
    }

    #[test]
    fn what_an_event_says_is_not_repeated() {
        let error = Finalized::read(&event(&json!({ "firm": "ann@example.com", "invoice": "1042" }))).unwrap_err();
        let text = lambda::log::chain(&error);
        assert!(text.contains("must consist of") && !text.contains("ann"), "{text}");
    }
}
