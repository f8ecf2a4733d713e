//! Events as Amazon SES words them, in both of its formats, about a mail of the mailbox.
//!
//! The shapes follow the examples of the SES developer guide:
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html> and
//! <https://docs.aws.amazon.com/ses/latest/dg/notification-examples.html>.

use serde_json::{Value, json};

use crate::Mail;

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// SES's name for it.
    kind: &'static str,
    /// The name of the field with what is particular to it.
    field: &'static str,
    payload: Value,
    mail: Value,
}

/// How an event is wrapped on its way to the recorder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Event publishing, raw message delivery.
    Published,
    /// Event publishing in an SNS envelope.
    PublishedInSns,
    /// Identity feedback, raw message delivery.
    Feedback,
    /// Identity feedback in an SNS envelope.
    FeedbackInSns,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Published, Self::PublishedInSns, Self::Feedback, Self::FeedbackInSns];
}

impl Event {
    fn new(mail: &Mail, kind: &'static str, field: &'static str, payload: Value) -> Self {
        let mail = json!({
            "timestamp": mail.after(0),
            "source": "Roe & Partners <billing@example.com>",
            "sourceArn": "arn:aws:ses:eu-central-1:123456789012:identity/example.com",
            "sendingAccountId": "123456789012",
            "messageId": mail.message_id,
            "destination": [mail.to],
            "headersTruncated": false,
            "headers": [{ "name": "Subject", "value": mail.subject }],
            "commonHeaders": { "to": [mail.to], "messageId": mail.message_id, "subject": mail.subject },
            "tags": mail.tags,
        });
        Self { kind, field, payload, mail }
    }

    /// SES took the mail.
    pub fn send(mail: &Mail) -> Self {
        Self::new(mail, "Send", "send", json!({}))
    }

    /// The receiving server took the mail, two seconds later.
    pub fn delivery(mail: &Mail) -> Self {
        let payload = json!({
            "timestamp": mail.after(2),
            "processingTimeMillis": 2000,
            "recipients": [mail.to],
            "smtpResponse": "250 2.6.0 Message received",
            "reportingMTA": "a8-70.smtp-out.amazonses.com",
        });
        Self::new(mail, "Delivery", "delivery", payload)
    }

    /// A bounce of the mail's own address, five seconds later.
    pub fn bounce(mail: &Mail, bounce_type: &str, sub_type: &str) -> Self {
        Self::bounce_of(mail, bounce_type, sub_type, &[&mail.to])
    }

    /// A bounce that names these addresses.
    pub fn bounce_of(mail: &Mail, bounce_type: &str, sub_type: &str, addresses: &[&str]) -> Self {
        let (status, code) = if bounce_type == "Permanent" { ("5.1.1", 550) } else { ("4.4.7", 451) };
        let named = addresses.iter().map(|address| {
            json!({
                "emailAddress": address,
                "action": "failed",
                "status": status,
                "diagnosticCode": format!("smtp; {code} {status} server said no"),
            })
        });
        let payload = json!({
            "feedbackId": format!("0102-{bounce_type}-{sub_type}-{}", mail.message_id),
            "bounceType": bounce_type,
            "bounceSubType": sub_type,
            "bouncedRecipients": named.collect::<Vec<_>>(),
            "timestamp": mail.after(5),
            "reportingMTA": "dns; mx.example.com",
        });
        Self::new(mail, "Bounce", "bounce", payload)
    }

    /// A complaint, seven seconds later.
    pub fn complaint(mail: &Mail, feedback_type: &str) -> Self {
        let payload = json!({
            "feedbackId": format!("0103-{feedback_type}-{}", mail.message_id),
            "complaintSubType": null,
            "complainedRecipients": [{ "emailAddress": mail.to }],
            "timestamp": mail.after(7),
            "userAgent": "Feedback loop of example.com",
            "complaintFeedbackType": feedback_type,
            "arrivalDate": mail.after(6),
        });
        Self::new(mail, "Complaint", "complaint", payload)
    }

    /// SES found the content unfit.
    pub fn reject(mail: &Mail) -> Self {
        Self::new(mail, "Reject", "reject", json!({ "reason": "Bad content" }))
    }

    /// SES could not render the mail. AWS writes the field `failure`.
    pub fn rendering_failure(mail: &Mail) -> Self {
        let payload = json!({ "errorMessage": "Attribute 'name' is not present", "templateName": "Invoice" });
        Self::new(mail, "Rendering Failure", "failure", payload)
    }

    /// The receiving server lets the mail wait; SES tries for 14 hours.
    pub fn delay(mail: &Mail, delay_type: &str) -> Self {
        let payload = json!({
            "timestamp": mail.after(3),
            "delayType": delay_type,
            "expirationTime": mail.after(14 * 3600),
            "delayedRecipients": [{
                "emailAddress": mail.to,
                "status": "4.4.1",
                "diagnosticCode": "smtp; 421 4.4.1 try later",
            }],
        });
        Self::new(mail, "DeliveryDelay", "deliveryDelay", payload)
    }

    /// The person unsubscribed through SES.
    pub fn subscription(mail: &Mail) -> Self {
        let payload = json!({
            "contactList": "Invoices",
            "timestamp": mail.after(8),
            "source": "UnsubscribeHeader",
            "newTopicPreferences": { "unsubscribeAll": true },
        });
        Self::new(mail, "Subscription", "subscription", payload)
    }

    /// Something that SES may invent one day.
    pub fn invented(mail: &Mail) -> Self {
        Self::new(mail, "Teleport", "teleport", json!({ "timestamp": mail.after(4), "beam": "blue" }))
    }

    /// The same event with one field of its own changed; `null` leaves it out.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        set(&mut self.payload, field, value);
        self
    }

    /// The same event with one field of its `mail` changed; `null` leaves it out.
    pub fn with_mail(mut self, field: &str, value: Value) -> Self {
        set(&mut self.mail, field, value);
        self
    }

    /// Whether identity feedback has this kind.
    pub fn has(&self, format: Format) -> bool {
        match format {
            Format::Published | Format::PublishedInSns => true,
            Format::Feedback | Format::FeedbackInSns => matches!(self.kind, "Bounce" | "Complaint" | "Delivery"),
        }
    }

    /// The event as JSON of event publishing.
    pub fn published(&self) -> Value {
        let mut event = json!({ "eventType": self.kind, "mail": self.mail });
        set(&mut event, self.field, self.payload.clone());
        event
    }

    /// The event as JSON of identity feedback, which has no tags.
    pub fn feedback(&self) -> Value {
        let mut mail = self.mail.clone();
        set(&mut mail, "tags", Value::Null);
        mail["commonHeaders"]["messageId"] = json!("<original@example.com>");
        let mut event = json!({ "notificationType": self.kind, "mail": mail });
        set(&mut event, self.field, self.payload.clone());
        event
    }

    /// The event as the body of a message in the queue.
    pub fn body(&self, format: Format) -> String {
        match format {
            Format::Published => self.published().to_string(),
            Format::PublishedInSns => in_sns(&self.published().to_string()),
            Format::Feedback => self.feedback().to_string(),
            Format::FeedbackInSns => in_sns(&self.feedback().to_string()),
        }
    }
}

fn set(object: &mut Value, field: &str, value: Value) {
    let fields = object.as_object_mut().expect("an object");
    match value {
        Value::Null => drop(fields.remove(field)),
        value => drop(fields.insert(field.to_owned(), value)),
    }
}

/// A message in the envelope that SNS puts around it.
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html>
pub fn in_sns(message: &str) -> String {
    json!({
        "Type": "Notification",
        "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
        "TopicArn": "arn:aws:sns:eu-central-1:123456789012:events",
        "Subject": "Amazon SES Email Event Notification",
        "Message": message,
        "Timestamp": "2026-11-21T23:05:00.000Z",
        "SignatureVersion": "1",
        "Signature": "FMG5tlZhJNHLHUXvZgtZzlk24FzVa7oX0T4P03neeXw8ZEXZx6z35j2FOTuNYShn2h0bKNC/zLTnMyIxEzmi2X1shOBWsJHkrW2xkR58ABZ",
        "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-000.pem",
        "UnsubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe",
    })
    .to_string()
}
