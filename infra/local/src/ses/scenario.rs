//! What becomes of a mail, by its address: Amazon's mailbox simulator, and our own addresses at `local.test`.
//!
//! <https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator>

/// The course that a mail to one address takes after SES accepted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scenario {
    /// Send, Delivery.
    Delivered,
    /// Send, then a hard bounce.
    Bounced,
    /// Send, Delivery, then a complaint.
    Complained,
    /// Send, Delivery, then an automatic reply that SES reports as a bounce.
    OutOfOffice,
    /// Send, then a bounce because SES holds the address back.
    Suppressed,
    /// Send, then silence.
    Accepted,
    /// Send, then a delay.
    Delayed,
    /// Send, then the end of all attempts at a full mailbox.
    MailboxFull,
    /// Send, then SES finds something bad in the mail.
    Rejected,
    /// SendEmail itself answers MessageRejected.
    Refused,
}

impl Scenario {
    /// The course for an address. Case and a `+label` do not matter.
    pub(crate) fn of(address: &str) -> Self {
        let address = address.to_ascii_lowercase();
        let (local, domain) = address.rsplit_once('@').unwrap_or((&address, ""));
        let name = local.split('+').next().unwrap_or(local);
        match (domain, name) {
            ("simulator.amazonses.com", "bounce") => Self::Bounced,
            ("simulator.amazonses.com", "complaint") => Self::Complained,
            ("simulator.amazonses.com", "ooto") => Self::OutOfOffice,
            ("simulator.amazonses.com", "suppressionlist") => Self::Suppressed,
            ("local.test", "accepted") => Self::Accepted,
            ("local.test", "delayed") => Self::Delayed,
            ("local.test", "mailbox-full") => Self::MailboxFull,
            ("local.test", "reject") => Self::Rejected,
            ("local.test", "refuse") => Self::Refused,
            _ => Self::Delivered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    #[test]
    fn addresses_are_compared_without_case_and_label() {
        for (address, scenario) in [
            ("success@simulator.amazonses.com", Scenario::Delivered),
            ("BOUNCE+invoice-7@Simulator.AmazonSES.com", Scenario::Bounced),
            ("complaint@simulator.amazonses.com", Scenario::Complained),
            ("ooto+x+y@simulator.amazonses.com", Scenario::OutOfOffice),
            ("suppressionlist@simulator.amazonses.com", Scenario::Suppressed),
            ("accepted@local.test", Scenario::Accepted),
            ("Delayed+1@LOCAL.test", Scenario::Delayed),
            ("mailbox-full@local.test", Scenario::MailboxFull),
            ("reject@local.test", Scenario::Rejected),
            ("refuse@local.test", Scenario::Refused),
            ("bounce@example.com", Scenario::Delivered),
            ("other@local.test", Scenario::Delivered),
        ] {
            assert_eq!(Scenario::of(address), scenario, "{address}");
        }
    }
}
