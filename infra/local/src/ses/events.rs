//! Events as SES publishes them, in their real shapes.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use serde_json::{Map, Value, json};

use super::mailbox::What;
use super::request::{SendEmail, bare_address};
use super::scenario::Scenario;
use crate::clock;

const REPORTING_MTA: &str = "a7-11.smtp-out.eu-central-1.amazonses.com";

/// When things happen after SES accepted a mail. Real ones take seconds to hours; the order is what matters.
const SENT_AFTER: Duration = Duration::from_millis(2);
const DELIVERED_AFTER: Duration = Duration::from_millis(12);
const FAILED_AFTER: Duration = Duration::from_millis(15);
const ANSWERED_AFTER: Duration = Duration::from_millis(30);

/// How long SES keeps trying after a delay, by default.
const TRIES_FOR: SignedDuration = SignedDuration::from_hours(14);

/// One event, and when it is published.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) after: Duration,
    /// The type in the spelling of an event destination: `deliveryDelay`.
    pub(crate) kind: &'static str,
    pub(crate) body: Value,
}

impl Event {
    /// When it happened to a mail that was accepted then.
    pub(crate) fn at(&self, accepted_at: Timestamp) -> Timestamp {
        after(accepted_at, self.after)
    }

    /// What the mail's life tells of it; `json` is its body.
    pub(crate) fn told(&self, json: String) -> What {
        What::Published { kind: self.body["eventType"].as_str().unwrap_or(self.kind).to_owned(), json: json.into() }
    }
}

fn after(accepted_at: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or_default();
    accepted_at.saturating_add(duration).unwrap_or(accepted_at)
}

/// One thing that can become of a mail that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Delivery,
    Delay,
    Bounce,
    MailboxFull,
    Suppressed,
    AutomaticReply,
    Complaint,
    Reject,
}

/// All events of one accepted mail, in order.
pub(crate) fn of(call: &SendEmail, message_id: &str, accepted_at: Timestamp) -> Vec<Event> {
    let mail = Mail { call, message_id, accepted_at };
    let mut events = vec![mail.event(SENT_AFTER, "send", "Send", |_| json!({}))];
    for address in &call.destination {
        let address = bare_address(address);
        events.extend(course(Scenario::of(address)).iter().map(|(step, after)| mail.step(*step, *after, address)));
    }
    events
}

/// One event of a mail that was accepted so long before, whatever its course.
pub(crate) fn one(call: &SendEmail, message_id: &str, accepted_at: Timestamp, step: Step, after: Duration) -> Event {
    let address = call.destination.first().map(|address| bare_address(address)).unwrap_or_default();
    Mail { call, message_id, accepted_at }.step(step, after, address)
}

/// What follows upon the Send event, and when.
fn course(scenario: Scenario) -> &'static [(Step, Duration)] {
    const DELIVERY: (Step, Duration) = (Step::Delivery, DELIVERED_AFTER);
    match scenario {
        Scenario::Accepted | Scenario::Refused => &[],
        Scenario::Delivered => &[DELIVERY],
        Scenario::Bounced => &[(Step::Bounce, FAILED_AFTER)],
        Scenario::Complained => &[DELIVERY, (Step::Complaint, ANSWERED_AFTER)],
        Scenario::OutOfOffice => &[DELIVERY, (Step::AutomaticReply, ANSWERED_AFTER)],
        Scenario::Suppressed => &[(Step::Suppressed, FAILED_AFTER)],
        Scenario::Delayed => &[(Step::Delay, FAILED_AFTER)],
        Scenario::MailboxFull => &[(Step::MailboxFull, FAILED_AFTER)],
        Scenario::Rejected => &[(Step::Reject, FAILED_AFTER)],
    }
}

const USER_UNKNOWN: &str = "smtp; 550 5.1.1 user unknown";
const OVER_QUOTA: &str = "smtp; 552 5.2.2 mailbox full: the recipient is over quota";
const SUPPRESSED: &str = "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.";

struct Mail<'call> {
    call: &'call SendEmail,
    message_id: &'call str,
    accepted_at: Timestamp,
}

impl Mail<'_> {
    fn step(&self, step: Step, after: Duration, address: &str) -> Event {
        let bounce = |kind, subtype, status, diagnostic| {
            self.event(after, "bounce", "Bounce", |at| bounce(at, (kind, subtype), address, (status, diagnostic)))
        };
        match step {
            Step::Delivery => self.event(after, "delivery", "Delivery", |at| delivery(at, address)),
            Step::Delay => self.event(after, "deliveryDelay", "DeliveryDelay", |at| delay(at, address)),
            Step::Bounce => bounce("Permanent", "General", "5.1.1", USER_UNKNOWN),
            Step::MailboxFull => bounce("Transient", "MailboxFull", "5.2.2", OVER_QUOTA),
            Step::Suppressed => bounce("Permanent", "Suppressed", "5.1.1", SUPPRESSED),
            Step::AutomaticReply => self.event(after, "bounce", "Bounce", |at| automatic_reply(at, address)),
            Step::Complaint => self.event(after, "complaint", "Complaint", |at| self.complaint(at, address)),
            Step::Reject => self.event(after, "reject", "Reject", |_| json!({ "reason": "Bad content" })),
        }
    }

    fn event(&self, after: Duration, kind: &'static str, name: &str, detail: impl FnOnce(Timestamp) -> Value) -> Event {
        let at = self::after(self.accepted_at, after);
        let mut body = Map::new();
        body.insert("eventType".to_owned(), json!(name));
        body.insert("mail".to_owned(), self.mail(name, at));
        body.insert(kind.to_owned(), detail(at));
        Event { after, kind, body: Value::Object(body) }
    }

    fn mail(&self, name: &str, at: Timestamp) -> Value {
        // Seen in the wild: the events of one mail disagree on when it was sent.
        let timestamp =
            if name == "Send" { self.accepted_at } else { at.min(self.accepted_at + SignedDuration::from_millis(1)) };
        // Seen in the wild: the Send event of a raw mail has no headers.
        let headers = if name == "Send" { json!([]) } else { self.headers() };
        let from = bare_address(&self.call.from);
        let domain = from.rsplit('@').next().unwrap_or_default();
        let mut tags = Map::from_iter([
            ("ses:source-ip".to_owned(), json!(["127.0.0.1"])),
            ("ses:from-domain".to_owned(), json!([domain])),
            ("ses:caller-identity".to_owned(), json!(["local"])),
        ]);
        if let Some(name) = &self.call.configuration_set {
            tags.insert("ses:configuration-set".to_owned(), json!([name]));
        }
        if name == "Delivery" {
            tags.insert("ses:outgoing-ip".to_owned(), json!(["192.0.2.1"]));
        }
        tags.extend(self.call.tags.iter().map(|(name, value)| (name.clone(), json!([value]))));
        json!({
            "timestamp": clock::rfc3339(timestamp),
            "source": self.call.from,
            "sourceArn": format!("arn:aws:ses:eu-central-1:000000000000:identity/{domain}"),
            "sendingAccountId": "000000000000",
            "messageId": self.message_id,
            "destination": self.call.destination.iter().map(|address| bare_address(address)).collect::<Vec<_>>(),
            "headersTruncated": false,
            "headers": headers,
            "commonHeaders": self.common_headers(),
            "tags": tags,
        })
    }

    fn headers(&self) -> Value {
        let message = MessageParser::default().parse(&self.call.raw).unwrap_or_default();
        let headers = message.headers_raw().map(|(name, value)| {
            let value = value.split("\r\n").map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>();
            json!({ "name": name, "value": value.join(" ") })
        });
        headers.collect()
    }

    fn common_headers(&self) -> Value {
        let message = MessageParser::default().parse(&self.call.raw).unwrap_or_default();
        let text = |name: &str| message.header_raw(name).map(|value| value.trim().replace("\r\n", ""));
        let mut headers = Map::from_iter([
            ("messageId".to_owned(), json!(self.message_id)),
            ("subject".to_owned(), json!(self.call.subject)),
        ]);
        for name in ["from", "to", "cc"] {
            if let Some(text) = text(name) {
                headers.insert(name.to_owned(), json!([text]));
            }
        }
        Value::Object(headers)
    }

    fn complaint(&self, at: Timestamp, address: &str) -> Value {
        json!({
            "feedbackId": feedback_id(at),
            "complaintSubType": null,
            "complainedRecipients": [{ "emailAddress": address }],
            "timestamp": clock::rfc3339(at),
            "userAgent": "Amazon SES Mailbox Simulator",
            "complaintFeedbackType": "abuse",
            "arrivalDate": clock::rfc3339(self.accepted_at),
        })
    }
}

/// `kind` is the type and the subtype, `answer` the status and what the receiving server said.
fn bounce(at: Timestamp, kind: (&str, &str), address: &str, answer: (&str, &str)) -> Value {
    json!({
        "feedbackId": feedback_id(at),
        "bounceType": kind.0,
        "bounceSubType": kind.1,
        "bouncedRecipients": [{
            "emailAddress": address,
            "action": "failed",
            "status": answer.0,
            "diagnosticCode": answer.1,
        }],
        "timestamp": clock::rfc3339(at),
        "reportingMTA": format!("dns; {REPORTING_MTA}"),
    })
}

/// A reply by a machine has no delivery status, so its bounce has no code.
fn automatic_reply(at: Timestamp, address: &str) -> Value {
    json!({
        "feedbackId": feedback_id(at),
        "bounceType": "Transient",
        "bounceSubType": "General",
        "bouncedRecipients": [{ "emailAddress": address }],
        "timestamp": clock::rfc3339(at),
    })
}

fn delivery(at: Timestamp, address: &str) -> Value {
    json!({
        "timestamp": clock::rfc3339(at),
        "processingTimeMillis": DELIVERED_AFTER.as_millis() as u64,
        "recipients": [address],
        "smtpResponse": "250 2.0.0 OK: message accepted",
        "remoteMtaIp": "192.0.2.25",
        "reportingMTA": REPORTING_MTA,
    })
}

fn delay(at: Timestamp, address: &str) -> Value {
    let expires_at = at.saturating_add(TRIES_FOR).unwrap_or(at);
    json!({
        "timestamp": clock::rfc3339(at),
        "delayType": "TransientCommunicationFailure",
        "expirationTime": clock::rfc3339(expires_at),
        "delayedRecipients": [{
            "emailAddress": address,
            "status": "4.4.1",
            "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host",
        }],
        "reportingMTA": REPORTING_MTA,
    })
}

/// An id like SES's: the region and the time in hexadecimal, a UUID, and a counter.
pub(crate) fn message_id(at: Timestamp) -> String {
    format!("0107{:012x}-{}-000000", at.as_millisecond(), clock::uuid())
}

fn feedback_id(at: Timestamp) -> String {
    message_id(at)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::collections::BTreeMap;

    fn call(address: &str) -> SendEmail {
        SendEmail {
            from: "Roe & Partners <billing@roe-partners.example>".to_owned(),
            destination: vec![address.to_owned()],
            subject: "Invoice 1042".to_owned(),
            tags: BTreeMap::from([("token".to_owned(), "abc".to_owned())]),
            configuration_set: Some("tracking".to_owned()),
            raw: b"From: billing@roe-partners.example\r\nTo: ann@example.com,\r\n bob@example.com\r\nSubject: Invoice 1042\r\n\r\nHello"
                .to_vec(),
        }
    }

    fn events(address: &str) -> Vec<Event> {
        of(&call(address), "0107-id-000000", "2026-11-21T10:00:00Z".parse().unwrap())
    }

    fn names(address: &str) -> Vec<String> {
        events(address).iter().map(|event| event.body["eventType"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_address_has_its_course_in_order() {
        for (address, course) in [
            ("ann@example.com", vec!["Send", "Delivery"]),
            ("bounce@simulator.amazonses.com", vec!["Send", "Bounce"]),
            ("complaint@simulator.amazonses.com", vec!["Send", "Delivery", "Complaint"]),
            ("ooto@simulator.amazonses.com", vec!["Send", "Delivery", "Bounce"]),
            ("suppressionlist@simulator.amazonses.com", vec!["Send", "Bounce"]),
            ("accepted@local.test", vec!["Send"]),
            ("delayed@local.test", vec!["Send", "DeliveryDelay"]),
            ("mailbox-full@local.test", vec!["Send", "Bounce"]),
            ("reject@local.test", vec!["Send", "Reject"]),
        ] {
            assert_eq!(names(address), course, "{address}");
            assert!(events(address).is_sorted_by_key(|event| event.after));
        }
    }

    #[test]
    fn a_bounce_has_the_shape_of_a_real_one() {
        let bounce = &events("Ann <bounce+7@simulator.amazonses.com>")[1].body;
        assert!(bounce["bounce"]["feedbackId"].as_str().unwrap().starts_with("0107"));
        let mut detail = bounce["bounce"].clone();
        detail["feedbackId"] = json!("id");
        assert_eq!(
            detail,
            json!({
                "feedbackId": "id",
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{
                    "emailAddress": "bounce+7@simulator.amazonses.com",
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                }],
                "timestamp": "2026-11-21T10:00:00.015Z",
                "reportingMTA": "dns; a7-11.smtp-out.eu-central-1.amazonses.com",
            })
        );
        assert_eq!(
            bounce["mail"],
            json!({
                "timestamp": "2026-11-21T10:00:00.001Z",
                "source": "Roe & Partners <billing@roe-partners.example>",
                "sourceArn": "arn:aws:ses:eu-central-1:000000000000:identity/roe-partners.example",
                "sendingAccountId": "000000000000",
                "messageId": "0107-id-000000",
                "destination": ["bounce+7@simulator.amazonses.com"],
                "headersTruncated": false,
                "headers": [
                    { "name": "From", "value": "billing@roe-partners.example" },
                    { "name": "To", "value": "ann@example.com, bob@example.com" },
                    { "name": "Subject", "value": "Invoice 1042" },
                ],
                "commonHeaders": {
                    "messageId": "0107-id-000000",
                    "subject": "Invoice 1042",
                    "from": ["billing@roe-partners.example"],
                    "to": ["ann@example.com, bob@example.com"],
                },
                "tags": {
                    "ses:source-ip": ["127.0.0.1"],
                    "ses:from-domain": ["roe-partners.example"],
                    "ses:caller-identity": ["local"],
                    "ses:configuration-set": ["tracking"],
                    "token": ["abc"],
                },
            })
        );
    }

    #[test]
    fn the_other_kinds_name_their_recipient_and_time() {
        let delivery = &events("ann@example.com")[1].body;
        assert_eq!(delivery["delivery"]["recipients"], json!(["ann@example.com"]));
        assert_eq!(delivery["delivery"]["timestamp"], "2026-11-21T10:00:00.012Z");
        let delay = &events("delayed@local.test")[1].body["deliveryDelay"];
        assert_eq!(delay["expirationTime"], "2026-11-22T00:00:00.015Z");
        assert_eq!(delay["delayedRecipients"][0]["emailAddress"], "delayed@local.test");
        let complaint = &events("complaint@simulator.amazonses.com")[2].body["complaint"];
        assert_eq!(complaint["complaintFeedbackType"], "abuse");
        let reply = &events("ooto@simulator.amazonses.com")[2].body["bounce"];
        assert_eq!((&reply["bounceType"], &reply["bounceSubType"]), (&json!("Transient"), &json!("General")));
        assert!(reply["bouncedRecipients"][0].get("diagnosticCode").is_none());
        let send = &events("ann@example.com")[0].body;
        assert_eq!((&send["mail"]["headers"], &send["send"]), (&json!([]), &json!({})));
    }

    #[test]
    fn an_event_by_hand_has_its_own_time() {
        let accepted_at = "2026-11-21T10:00:00Z".parse().unwrap();
        let call = call("Ann <ann@example.com>");
        let event = one(&call, "0107-id-000000", accepted_at, Step::Complaint, Duration::from_secs(3600));
        assert_eq!(event.body["eventType"], "Complaint");
        assert_eq!(event.body["complaint"]["timestamp"], "2026-11-21T11:00:00.000Z");
        assert_eq!(event.body["complaint"]["complainedRecipients"], json!([{ "emailAddress": "ann@example.com" }]));
        assert_eq!(event.body["mail"]["messageId"], "0107-id-000000");
    }

    #[test]
    fn ids_look_like_those_of_ses() {
        let id = message_id("2026-11-21T10:00:00Z".parse().unwrap());
        assert_eq!(id.len(), 16 + 1 + 36 + 1 + 6);
        assert!(id.starts_with("010701") && id.ends_with("-000000"), "{id}");
    }
}
