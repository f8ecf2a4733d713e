//! The envelope in which SNS hands an SES event to a queue.

use serde_json::json;

use crate::clock;

const REGION: &str = "eu-central-1";
const TOPIC_ARN: &str = "arn:aws:sns:eu-central-1:000000000000:invoice-email-events";

/// Wraps a message as SNS does for a subscription without raw delivery. The signature is not one: nothing here could
/// check it.
pub(crate) fn envelope(message: &str) -> String {
    json!({
        "Type": "Notification",
        "MessageId": clock::uuid(),
        "TopicArn": TOPIC_ARN,
        "Subject": "Amazon SES Email Event Notification",
        "Message": message,
        "Timestamp": clock::rfc3339(clock::now()),
        "SignatureVersion": "1",
        "Signature": "TG9jYWw6IG5vdCBzaWduZWQu",
        "SigningCertURL": format!("https://sns.{REGION}.amazonaws.com/SimpleNotificationService-local.pem"),
        "UnsubscribeURL": format!(
            "https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={TOPIC_ARN}:{}",
            clock::uuid()
        ),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_message_travels_as_text() {
        let envelope: Value = serde_json::from_str(&envelope(r#"{"eventType":"Send"}"#)).unwrap();
        assert_eq!(envelope["Type"], "Notification");
        assert_eq!(envelope["Message"], r#"{"eventType":"Send"}"#);
        assert!(envelope["SigningCertURL"].is_string());
    }
}
