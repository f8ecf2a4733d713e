//! What SES says about a mail, in whatever form, number and order it comes, and what people then read.

use serde_json::{Value, json};
use tests::ses::{Event, Format, in_sns};
use tests::{Firm, Mail, System, recipient, sorted_statuses, until};
use tokio::task::JoinSet;

/// The stand-in of SES accepts mail to it and then keeps silent: what comes is what a test brings.
const SILENT: &str = "accepted@local.test";

/// A mail of that firm to [`SILENT`] that SES has accepted.
async fn mailed(system: &System, firm: &str) -> (Firm, Mail) {
    let portal = system.firm(firm);
    portal.send("1", json!({ "to": SILENT, "subject": firm })).await;
    portal.history_with("1", "processed").await;
    (portal, system.mail(firm, SILENT).await)
}

/// The one recipient of invoice 1.
async fn one(firm: &Firm) -> Value {
    recipient(&firm.history("1").await, "to:0").clone()
}

struct Case {
    name: &'static str,
    /// What SES says, after Send.
    events: fn(&Mail) -> Vec<Event>,
    /// The communications view's entries, by the alphabet, beside `processed`.
    shown: &'static [&'static str],
    sent_status: &'static str,
    evidence: &'static str,
    next_action: Option<&'static str>,
    /// Words that the reason must have.
    reason: Option<&'static str>,
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: "send", events: |m| vec![Event::send(m)],
        shown: &[], sent_status: "sent", evidence: "accepted", next_action: None, reason: None },
    Case { name: "delivery", events: |m| vec![Event::delivery(m)],
        shown: &["delivered"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "reject", events: |m| vec![Event::reject(m)],
        shown: &["dropped"], sent_status: "rejected", evidence: "accepted", next_action: Some("send_again"), reason: Some("Bad content") },
    Case { name: "rendering-failure", events: |m| vec![Event::rendering_failure(m)],
        shown: &["dropped"], sent_status: "rejected", evidence: "accepted", next_action: Some("send_again"), reason: Some("Attribute 'name' is not present") },
    Case { name: "suppressed", events: |m| vec![Event::bounce(m, "Permanent", "Suppressed")],
        shown: &["dropped"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("Not sent") },
    Case { name: "account-suppression", events: |m| vec![Event::bounce(m, "Permanent", "OnAccountSuppressionList")],
        shown: &["dropped"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("suppression list") },
    Case { name: "tenant-suppression", events: |m| vec![Event::bounce(m, "Permanent", "OnTenantSuppressionList")],
        shown: &["dropped"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("suppression list") },
    Case { name: "validation-suppressed", events: |m| vec![Event::bounce(m, "Permanent", "EmailValidationSuppressed")],
        shown: &["dropped"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("Not sent") },
    Case { name: "unsubscribed-at-ses", events: |m| vec![Event::bounce(m, "Permanent", "UnsubscribedRecipient")],
        shown: &["dropped"], sent_status: "rejected", evidence: "accepted", next_action: Some("do_not_email"), reason: Some("unsubscribed") },
    Case { name: "delay", events: |m| vec![Event::delay(m, "MailboxFull")],
        shown: &["deferred"], sent_status: "delayed", evidence: "accepted", next_action: Some("wait"), reason: Some("421 4.4.1 try later") },
    Case { name: "delay-as-spam", events: |m| vec![Event::delay(m, "SpamDetected")],
        shown: &["deferred"], sent_status: "delayed", evidence: "accepted", next_action: Some("ask_to_allow"), reason: Some("spam") },
    Case { name: "delay-of-a-new-kind", events: |m| vec![Event::delay(m, "SolarFlare")],
        shown: &["deferred"], sent_status: "delayed", evidence: "accepted", next_action: Some("wait"), reason: Some("Delayed") },
    Case { name: "delay-then-delivery", events: |m| vec![Event::delivery(m).with("timestamp", json!(m.after(60))), Event::delay(m, "MailboxFull")],
        shown: &["deferred", "delivered"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "permanent", events: |m| vec![Event::bounce(m, "Permanent", "General")],
        shown: &["bounced"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("550 5.1.1 server said no") },
    Case { name: "permanent-no-email", events: |m| vec![Event::bounce(m, "Permanent", "NoEmail")],
        shown: &["bounced"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("refused") },
    Case { name: "permanent-of-a-new-kind", events: |m| vec![Event::bounce(m, "Permanent", "Vanished")],
        shown: &["bounced"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("refused") },
    Case { name: "permanent-after-delivery", events: |m| vec![Event::delivery(m), Event::bounce(m, "Permanent", "General")],
        shown: &["bounced", "delivered"], sent_status: "rejected", evidence: "delivered", next_action: Some("correct_address"), reason: Some("550") },
    Case { name: "transient", events: |m| vec![Event::bounce(m, "Transient", "General")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("send_again"), reason: Some("451 4.4.7") },
    Case { name: "transient-mailbox-full", events: |m| vec![Event::bounce(m, "Transient", "MailboxFull")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("call"), reason: Some("full") },
    Case { name: "transient-too-large", events: |m| vec![Event::bounce(m, "Transient", "MessageTooLarge")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("ask_to_allow"), reason: Some("large") },
    Case { name: "transient-content", events: |m| vec![Event::bounce(m, "Transient", "ContentRejected")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("ask_to_allow"), reason: Some("content") },
    Case { name: "transient-attachment", events: |m| vec![Event::bounce(m, "Transient", "AttachmentRejected")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("ask_to_allow"), reason: Some("attachment") },
    Case { name: "transient-timeout", events: |m| vec![Event::bounce(m, "Transient", "CustomTimeoutExceeded")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("send_again"), reason: Some("time") },
    Case { name: "transient-of-a-new-kind", events: |m| vec![Event::bounce(m, "Transient", "Flooded")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("send_again"), reason: Some("stopped trying") },
    Case { name: "undetermined", events: |m| vec![Event::bounce(m, "Undetermined", "Undetermined")],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("send_again"), reason: Some("stopped trying") },
    Case { name: "mailbox-full-after-delivery", events: |m| vec![Event::delivery(m), Event::bounce(m, "Transient", "MailboxFull")],
        shown: &["blocked", "delivered"], sent_status: "rejected", evidence: "delivered", next_action: Some("call"), reason: Some("full") },
    Case { name: "out-of-office", events: |m| vec![Event::delivery(m), Event::bounce(m, "Transient", "General")],
        shown: &["auto_replied", "delivered"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "out-of-office-before-delivery", events: |m| vec![Event::bounce(m, "Transient", "General"), Event::delivery(m)],
        shown: &["auto_replied", "delivered"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "undetermined-after-delivery", events: |m| vec![Event::delivery(m), Event::bounce(m, "Undetermined", "Undetermined")],
        shown: &["auto_replied", "delivered"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "complaint", events: |m| vec![Event::delivery(m), Event::complaint(m, "abuse")],
        shown: &["complained", "delivered"], sent_status: "marked_spam", evidence: "delivered", next_action: Some("do_not_email"), reason: Some("spam") },
    Case { name: "complaint-without-type", events: |m| vec![Event::complaint(m, "abuse").with("complaintFeedbackType", Value::Null)],
        shown: &["complained"], sent_status: "marked_spam", evidence: "accepted", next_action: Some("do_not_email"), reason: Some("spam") },
    Case { name: "complaint-without-recipients", events: |m| vec![Event::complaint(m, "abuse").with("complainedRecipients", Value::Null)],
        shown: &["complained"], sent_status: "marked_spam", evidence: "accepted", next_action: Some("do_not_email"), reason: Some("spam") },
    Case { name: "complaint-outranks-bounce", events: |m| vec![Event::bounce(m, "Permanent", "General"), Event::complaint(m, "fraud")],
        shown: &["bounced", "complained"], sent_status: "marked_spam", evidence: "accepted", next_action: Some("do_not_email"), reason: Some("fraud") },
    Case { name: "not-spam", events: |m| vec![Event::delivery(m), Event::complaint(m, "not-spam")],
        shown: &["delivered", "unknown"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "subscription", events: |m| vec![Event::delivery(m), Event::subscription(m)],
        shown: &["delivered", "unsubscribed"], sent_status: "sent", evidence: "delivered", next_action: Some("do_not_email"), reason: Some("no further") },
    Case { name: "invented", events: |m| vec![Event::delivery(m), Event::invented(m)],
        shown: &["delivered", "unknown"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    // `bounceType` outranks the codes: captured bounces contradict themselves.
    Case { name: "transient-with-550", events: |m| vec![Event::bounce(m, "Transient", "MailboxFull").with("bouncedRecipients", json!([{ "emailAddress": m.to, "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 unknown" }]))],
        shown: &["blocked"], sent_status: "rejected", evidence: "accepted", next_action: Some("call"), reason: Some("550 5.1.1 unknown") },
    Case { name: "permanent-with-447", events: |m| vec![Event::bounce(m, "Permanent", "General").with("bouncedRecipients", json!([{ "emailAddress": m.to, "status": "4.4.7" }]))],
        shown: &["bounced"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("refused") },
    Case { name: "bounce-without-recipients", events: |m| vec![Event::bounce(m, "Permanent", "General").with("bouncedRecipients", Value::Null)],
        shown: &["bounced"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("refused") },
    // Whom a bounce names.
    Case { name: "forwarded", events: |m| vec![Event::delivery(m), Event::bounce_of(m, "Permanent", "General", &["gone@elsewhere.example"])],
        shown: &["bounced_elsewhere", "delivered"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "forwarded-before-delivery", events: |m| vec![Event::bounce_of(m, "Permanent", "General", &["gone@elsewhere.example"]), Event::delivery(m)],
        shown: &["bounced_elsewhere", "delivered"], sent_status: "sent", evidence: "delivered", next_action: None, reason: None },
    Case { name: "foreign-without-delivery", events: |m| vec![Event::bounce_of(m, "Permanent", "General", &["gone@elsewhere.example"])],
        shown: &["bounced"], sent_status: "rejected", evidence: "accepted", next_action: Some("correct_address"), reason: Some("550") },
    Case { name: "other-case-and-quotes", events: |m| vec![Event::delivery(m), Event::bounce_of(m, "Permanent", "General", &["\"Accepted\"@LOCAL.TEST"])],
        shown: &["bounced", "delivered"], sent_status: "rejected", evidence: "delivered", next_action: Some("correct_address"), reason: Some("550") },
    Case { name: "in-angle-brackets", events: |m| vec![Event::delivery(m), Event::bounce_of(m, "Permanent", "General", &["<accepted@local.test>"])],
        shown: &["bounced", "delivered"], sent_status: "rejected", evidence: "delivered", next_action: Some("correct_address"), reason: Some("550") },
    Case { name: "several-named", events: |m| vec![Event::delivery(m), Event::bounce_of(m, "Permanent", "General", &["gone@elsewhere.example", "accepted@local.test"])],
        shown: &["bounced", "delivered"], sent_status: "rejected", evidence: "delivered", next_action: Some("correct_address"), reason: Some("550") },
];

/// Brings each case's events in one format, twice each, to a mail of its own.
async fn the_table(format: Format) {
    let system = System::start().await;
    for case in CASES {
        let (firm, mail) = mailed(&system, case.name).await;
        let events = (case.events)(&mail);
        if !events.iter().all(|event| event.has(format)) {
            continue;
        }
        for event in events.iter().chain(&events) {
            assert_eq!(system.bring(event.body(format)).await, "recorded", "{}", case.name);
        }
        let one = one(&firm).await;
        let mut shown = [case.shown, &["processed"]].concat();
        shown.sort_unstable();
        assert_eq!(sorted_statuses(&one), shown, "{}: {one:#}", case.name);
        let found = (&one["sent_status"], &one["evidence"], &one["next_action"]);
        let expected = (&json!(case.sent_status), &json!(case.evidence), &json!(case.next_action));
        assert_eq!(found, expected, "{}: {one:#}", case.name);
        let reason = one["reason"].as_str();
        assert_eq!(reason.is_some(), case.reason.is_some(), "{}: {one:#}", case.name);
        assert!(reason.unwrap_or_default().contains(case.reason.unwrap_or_default()), "{}: {one:#}", case.name);

        let row = firm.report("").await.remove(0);
        for field in ["sent_status", "evidence", "next_action", "reason"] {
            assert_eq!(row[field], one[field], "{}: {field}", case.name);
        }
        let waiting = firm.attention().await.len();
        let troubles = !matches!(case.sent_status, "sent" | "opened");
        assert_eq!(waiting, usize::from(troubles), "{}: the work queue", case.name);
    }
}

#[tokio::test]
async fn every_event_is_shown_as_the_table_says_when_published() {
    the_table(Format::Published).await;
}

#[tokio::test]
async fn every_event_is_shown_as_the_table_says_when_published_through_sns() {
    the_table(Format::PublishedInSns).await;
}

#[tokio::test]
async fn every_event_is_shown_as_the_table_says_as_identity_feedback() {
    the_table(Format::Feedback).await;
}

#[tokio::test]
async fn every_event_is_shown_as_the_table_says_as_identity_feedback_through_sns() {
    the_table(Format::FeedbackInSns).await;
}

#[tokio::test]
async fn a_delay_says_until_when() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    system.bring(Event::delay(&mail, "MailboxFull").body(Format::Published)).await;
    assert_eq!(one(&firm).await["wait_until"], mail.after(14 * 3600));
    assert_eq!(firm.attention().await[0]["wait_until"], mail.after(14 * 3600));
}

#[tokio::test]
async fn an_unknown_event_keeps_its_name_and_text() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    system.bring(Event::invented(&mail).body(Format::Published)).await;
    let one = one(&firm).await;
    let shown = one["statuses"].as_array().unwrap().iter().find(|one| one["status"] == "unknown").unwrap();
    let detail = shown["detail"].as_str().unwrap();
    assert!(detail.contains("Teleport") && detail.contains("blue"), "{shown:#}");
}

#[tokio::test]
async fn every_order_and_repetition_is_one_truth() {
    let system = System::start().await;
    let mut truths = Vec::new();
    for (number, order) in permutations(4).into_iter().enumerate() {
        let (firm, mail) = mailed(&system, &format!("order-{number}")).await;
        let events = [
            Event::send(&mail),
            Event::delivery(&mail),
            Event::bounce(&mail, "Permanent", "General"),
            Event::complaint(&mail, "abuse"),
        ];
        for copy in 0..8 {
            for place in &order {
                // The same event's `mail.timestamp` differs from copy to copy, as it does at AWS; nor is it an order.
                let event = events[*place].clone().with_mail("timestamp", json!(mail.after((copy % 3) - 1)));
                let format = if copy % 2 == 0 { Format::Published } else { Format::PublishedInSns };
                assert_eq!(system.bring(event.body(format)).await, "recorded");
            }
        }
        let one = one(&firm).await;
        assert_eq!(sorted_statuses(&one), ["bounced", "complained", "delivered", "processed"], "{order:?}: {one:#}");
        truths.push((
            order,
            [&one["sent_status"], &one["evidence"], &one["next_action"], &one["reason"]].map(Value::clone),
        ));
    }
    for (order, truth) in &truths {
        assert_eq!(truth, &truths[0].1, "{order:?}");
    }
}

fn permutations(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else { return vec![Vec::new()] };
    let shorter = permutations(last);
    let with_last = |order: Vec<usize>| {
        (0..=order.len()).map(move |place| {
            let mut order = order.clone();
            order.insert(place, last);
            order
        })
    };
    shorter.into_iter().flat_map(with_last).collect()
}

#[tokio::test]
async fn both_formats_switched_on_count_once() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    for event in
        [Event::delivery(&mail), Event::bounce(&mail, "Permanent", "General"), Event::complaint(&mail, "abuse")]
    {
        for format in Format::ALL {
            assert_eq!(system.bring(event.body(format)).await, "recorded");
        }
    }
    assert_eq!(sorted_statuses(&one(&firm).await), ["bounced", "complained", "delivered", "processed"]);
}

#[tokio::test]
async fn another_time_is_another_entry_but_processed_stands_once() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    for seconds in [-3, 2, 9] {
        let at = json!(mail.after(seconds));
        for event in [
            Event::send(&mail).with_mail("timestamp", at.clone()),
            Event::delivery(&mail).with("timestamp", at.clone()),
        ] {
            system.bring(event.body(Format::Published)).await;
        }
        system.bring(Event::delay(&mail, "MailboxFull").with("timestamp", at).body(Format::Published)).await;
    }
    let one = one(&firm).await;
    let count = |name| sorted_statuses(&one).iter().filter(|status| *status == name).count();
    assert_eq!((count("processed"), count("delivered"), count("deferred")), (1, 3, 3), "{one:#}");
    let processed = one["statuses"].as_array().unwrap().iter().find(|one| one["status"] == "processed").unwrap();
    assert_eq!(processed["at"], mail.after(-3), "the earliest");
}

#[tokio::test]
async fn odd_times_are_read() {
    let system = System::start().await;
    for (number, (text, read)) in [
        ("2026-11-21T23:05:45.123Z", "2026-11-21T23:05:45.123Z"),
        ("2026-11-21T23:05:45 +0000", "2026-11-21T23:05:45.000Z"),
        ("2026-11-21T23:05:45.123456Z", "2026-11-21T23:05:45.123Z"),
        ("2026-11-21T23:05:45.123", "2026-11-21T23:05:45.123Z"),
        ("2026-11-21T23:05:45", "2026-11-21T23:05:45.000Z"),
        ("2026-11-21T16:05:45-07:00", "2026-11-21T23:05:45.000Z"),
        ("2026-11-21T23:05Z", "2026-11-21T23:05:00.000Z"),
    ]
    .into_iter()
    .enumerate()
    {
        let (firm, mail) = mailed(&system, &format!("time-{number}")).await;
        let event = Event::delivery(&mail).with("timestamp", json!(text));
        assert_eq!(system.bring(event.body(Format::Published)).await, "recorded", "{text}");
        let one = one(&firm).await;
        let delivered = one["statuses"].as_array().unwrap().iter().find(|one| one["status"] == "delivered");
        assert_eq!(delivered.unwrap()["at"], read, "{text}");
    }
}

#[tokio::test]
async fn without_tags_the_message_id_tells_whose_it_is() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    let event = Event::delivery(&mail).with_mail("tags", Value::Null);
    assert_eq!(system.bring(event.body(Format::Published)).await, "recorded");
    assert_eq!(sorted_statuses(&one(&firm).await), ["delivered", "processed"]);
}

#[tokio::test]
async fn with_tags_the_message_id_does_not_matter() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    let event = Event::delivery(&mail).with_mail("messageId", json!("0102-nobody-knows-it"));
    assert_eq!(system.bring(event.body(Format::Published)).await, "recorded");
    assert_eq!(sorted_statuses(&one(&firm).await), ["delivered", "processed"]);
}

#[tokio::test]
async fn an_event_reaches_its_own_recipient_of_a_send_and_no_other() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let to = "accepted@local.test; mailbox-full@local.test";
    firm.send("1", json!({ "to": to, "cc": "delayed@local.test", "bcc": "reject@local.test", "subject": "Four" }))
        .await;
    let history = firm
        .history_when("1", "all said", |history| {
            let names = |position| sorted_statuses(recipient(history, position)).join(" ");
            history["sends"].get(0).is_some()
                && ["to:0", "to:1", "cc:0", "bcc:0"].map(names)
                    == ["processed", "blocked processed", "deferred processed", "dropped processed"]
        })
        .await;
    let status = |position| recipient(&history, position)["sent_status"].clone();
    assert_eq!(["to:0", "to:1", "cc:0", "bcc:0"].map(status), ["sent", "rejected", "delayed", "rejected"]);

    // The Cc's own bounce, which names the first recipient too: it is the Cc's copy that bounced.
    let mail = system.mail("Four", "delayed@local.test").await;
    let bounce = Event::bounce_of(&mail, "Permanent", "General", &["accepted@local.test", "delayed@local.test"]);
    system.bring(bounce.body(Format::Published)).await;
    let history = firm.history("1").await;
    assert_eq!(recipient(&history, "cc:0")["sent_status"], "rejected");
    assert_eq!(recipient(&history, "to:0")["sent_status"], "sent");
}

#[tokio::test]
async fn a_late_failure_and_an_open_both_show() {
    let system = System::start().await;
    for (name, open_first) in [("open-then-bounce", true), ("bounce-then-open", false)] {
        let (firm, mail) = mailed(&system, name).await;
        system.bring(Event::delivery(&mail).body(Format::Published)).await;
        if open_first {
            system.as_browser(&mail.pixel()).await;
            assert_eq!(one(&firm).await["sent_status"], "opened");
        }
        system.bring(Event::bounce(&mail, "Permanent", "General").body(Format::Published)).await;
        if !open_first {
            system.as_browser(&mail.pixel()).await;
        }
        let one = one(&firm).await;
        assert_eq!(sorted_statuses(&one), ["bounced", "delivered", "opened", "processed"], "{name}");
        let found = (&one["sent_status"], &one["evidence"], &one["opens"], &one["next_action"]);
        assert_eq!(
            found,
            (&json!("rejected"), &json!("possibly_opened"), &json!(1), &json!("correct_address")),
            "{name}"
        );
    }
}

#[tokio::test]
async fn what_is_not_ours_is_let_pass() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    let before = firm.history("1").await;
    let foreign = Event::delivery(&mail)
        .with_mail("tags", json!({ "ses:configuration-set": ["other"] }))
        .with_mail("messageId", json!("0102-another-application"));
    // Feedback on a mail of just now may be ours, and is tried again; this one is old.
    let old = foreign.clone().with_mail("timestamp", json!("2026-01-05T10:00:00.000Z"));
    let forged = Event::delivery(&mail)
        .with_mail("tags", json!({ "recipient": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], "r": ["AAAA"] }))
        .with_mail("messageId", json!("0102-another-application"));
    for body in [
        "Successfully validated SNS topic for Amazon SES event publishing.".to_owned(),
        in_sns("Successfully validated SNS topic for Amazon SES event publishing."),
        r#"{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed."}"#
            .to_owned(),
        in_sns(
            r#"{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed."}"#,
        ),
        foreign.body(Format::Published),
        old.body(Format::FeedbackInSns),
        forged.body(Format::Published),
    ] {
        assert_eq!(system.bring(body.clone()).await, "ignored", "{body}");
    }
    assert_eq!(firm.history("1").await, before);
    system.dead_letters(0).await;
}

#[tokio::test]
async fn what_nobody_can_read_ends_among_the_dead_letters() {
    let system = System::start().await;
    let poison =
        ["not JSON at all".to_owned(), "{".to_owned(), String::new(), "[]".to_owned(), in_sns("{\"eventType\":")];
    for body in &poison {
        assert_eq!(system.bring(body.clone()).await, "failed", "{body}");
    }
    system.dead_letters(poison.len()).await;
}

#[tokio::test]
async fn one_poison_among_ten_harms_no_neighbour() {
    let system = std::sync::Arc::new(System::start().await);
    let firm = system.firm("roe");
    let addresses: Vec<String> = (0..9).map(|number| format!("accepted+{number}@local.test")).collect();
    firm.send("1", json!({ "to": addresses, "subject": "Nine" })).await;
    firm.history_with("1", "processed").await;
    let mails: Vec<Mail> = system.mailbox().await;
    let mut bodies: Vec<String> =
        mails.iter().map(|mail| Event::complaint(mail, "abuse").body(Format::PublishedInSns)).collect();
    bodies.insert(4, "poison".to_owned());
    let mut bringing = JoinSet::new();
    for body in bodies {
        let system = std::sync::Arc::clone(&system);
        bringing.spawn(async move { system.bring(body).await });
    }
    let mut outcomes = bringing.join_all().await;
    outcomes.sort();
    assert_eq!(outcomes, [vec!["failed"], vec!["recorded"; 9]].concat());
    firm.history_with("1", "complained").await;
    system.dead_letters(1).await;
}

#[tokio::test]
async fn what_ses_says_travels_once_the_table_is_back() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    // The first attempt fails for sure; the queue tries again.
    system.faults(json!({ "table": { "throttle": 4, "error": 4 } })).await;
    system.bring(Event::delivery(&mail).body(Format::Published)).await;
    until("delivered", async || {
        let answer = firm.get("/v1/invoices/1/emails").await;
        let delivered =
            answer.status == 200 && sorted_statuses(recipient(&answer.json(), "to:0")) == ["delivered", "processed"];
        if delivered { Ok(()) } else { Err(answer.text()) }
    })
    .await;
    system.faults(json!({})).await;
    system.dead_letters(0).await;
}

#[tokio::test]
async fn a_hard_bounce_or_a_complaint_stops_further_mail() {
    let system = System::start().await;
    type Said = fn(&Mail) -> Event;
    let cases: [(&str, Said, Option<&str>); 7] = [
        ("bounced", |mail| Event::bounce(mail, "Permanent", "General"), Some("correct_address")),
        ("suppressed", |mail| Event::bounce(mail, "Permanent", "Suppressed"), Some("correct_address")),
        ("complained", |mail| Event::complaint(mail, "abuse"), Some("do_not_email")),
        ("unsubscribed", Event::subscription, Some("do_not_email")),
        // SES holds these two itself, and a soft bounce passes.
        ("account", |mail| Event::bounce(mail, "Permanent", "OnAccountSuppressionList"), None),
        ("tenant", |mail| Event::bounce(mail, "Permanent", "OnTenantSuppressionList"), None),
        ("full", |mail| Event::bounce(mail, "Transient", "MailboxFull"), None),
    ];
    for (name, said, next_action) in cases {
        let (firm, mail) = mailed(&system, name).await;
        assert_eq!(system.bring(said(&mail).body(Format::Published)).await, "recorded");
        let accepted = firm.send("2", json!({ "to": SILENT, "subject": format!("{name} again") })).await;
        let Some(next_action) = next_action else {
            firm.history_with("2", "processed").await;
            continue;
        };
        let history = firm.history_with("2", "dropped").await;
        let one = recipient(&history, "to:0");
        assert_eq!(sorted_statuses(one), ["dropped"], "{name}");
        let found = (&one["sent_status"], &one["next_action"], &one["evidence"]);
        assert_eq!(found, (&json!("rejected"), &json!(next_action), &json!("none")), "{name}: {one:#}");
        assert!(one["reason"].as_str().unwrap().contains("Not sent"), "{name}: {one:#}");
        assert!(system.mailbox().await.iter().all(|mail| mail.subject != format!("{name} again")), "{name}");
        if name == "bounced" {
            assert!(warns(&accepted, "previously_bounced"), "{accepted:#}");
        }
    }
}

fn warns(accepted: &Value, code: &str) -> bool {
    accepted["recipients"][0]["warnings"].as_array().unwrap().iter().any(|warning| warning["code"] == code)
}

#[tokio::test]
async fn a_delivery_to_a_forwarding_target_that_bounces_does_not_suppress() {
    let system = System::start().await;
    let (firm, mail) = mailed(&system, "roe").await;
    for event in [Event::delivery(&mail), Event::bounce_of(&mail, "Permanent", "General", &["gone@elsewhere.example"])]
    {
        system.bring(event.body(Format::Published)).await;
    }
    let one = one(&firm).await;
    let shown = one["statuses"].as_array().unwrap().iter().find(|one| one["status"] == "bounced_elsewhere").unwrap();
    let detail = shown["detail"].as_str().unwrap();
    assert!(
        detail.to_lowercase().contains("probably forwarded") && detail.contains("gone@elsewhere.example"),
        "{detail}"
    );
    firm.send("2", json!({ "to": SILENT, "subject": "Again" })).await;
    firm.history_with("2", "processed").await;
}

#[tokio::test]
async fn the_simulators_addresses_behave_as_aws_says() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let domain = "simulator.amazonses.com";
    let to: Vec<String> = ["success", "bounce", "complaint", "ooto", "suppressionlist"]
        .map(|name| format!("{name}+1042@{domain}"))
        .to_vec();
    firm.send("1", json!({ "to": to, "subject": "Five" })).await;
    let expected = [
        ("to:0", "sent", "delivered processed"),
        ("to:1", "rejected", "bounced processed"),
        ("to:2", "marked_spam", "complained delivered processed"),
        ("to:3", "sent", "auto_replied delivered processed"),
        ("to:4", "rejected", "dropped processed"),
    ];
    firm.history_when("1", "five fates", |history| {
        history["sends"].get(0).is_some()
            && expected.iter().all(|(position, sent_status, shown)| {
                let one = recipient(history, position);
                one["sent_status"] == *sent_status && sorted_statuses(one).join(" ") == *shown
            })
    })
    .await;
    assert_eq!(firm.attention().await.len(), 3, "auto-replies need nobody");
}
