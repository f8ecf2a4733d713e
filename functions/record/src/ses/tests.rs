//! How SES's records are read, against captured ones.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use proptest::prelude::*;
use serde_json::json;

const MESSAGE_ID: &str = "010f01a2b3c4d5e6-7f8091a2-b3c4-4d5e-8f60-718293a4b5c6-000000";
const FEEDBACK_ID: &str = "010f01a2b3c4e7f8-90a1b2c3-d4e5-4f60-8172-93a4b5c6d7e8-000000";

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../fixtures/", $name, ".json"))).unwrap()
    };
}

fn event(at: &str, kind: EventKind) -> Event {
    Event::new(at.parse().unwrap(), kind)
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn received_at() -> Timestamp {
    "2026-11-20T23:59:59.999Z".parse().unwrap()
}

fn normalised(record: &Value) -> Event {
    normalise(record, received_at()).unwrap().event
}

fn bounce(sub_type: &str, bounce_type: BounceType, addresses: &[&str], detail: Option<&str>) -> EventKind {
    EventKind::Bounce(Bounce {
        bounce_type,
        sub_type: sub_type.to_owned(),
        feedback_id: some(FEEDBACK_ID),
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        detail: detail.map(str::to_owned),
    })
}

#[test]
fn a_record_of_event_publishing_names_its_recipient_twice() {
    let normalised = normalise(&fixture!("send"), received_at()).unwrap();
    assert_eq!(normalised.reference.tag.as_deref(), Some("c2VhbGVkLXJlY2lwaWVudA"));
    assert_eq!(normalised.reference.message_id.as_deref(), Some(MESSAGE_ID));
    assert_eq!(normalised.source_format, SourceFormat::EventPublishing);
    assert_eq!(normalised.sent_at, Some("2026-11-20T09:14:02.318Z".parse().unwrap()));
    assert_eq!(normalised.event, event("2026-11-20T09:14:02.318Z", EventKind::Processed));
}

#[test]
fn a_record_of_identity_feedback_names_its_message_only() {
    let normalised = normalise(&fixture!("feedback_delivery"), received_at()).unwrap();
    assert_eq!(normalised.reference, Reference { tag: None, message_id: some(MESSAGE_ID) });
    assert_eq!(normalised.source_format, SourceFormat::IdentityFeedback);
    assert_eq!(normalised.sent_at, Some("2026-11-20T09:14:02Z".parse().unwrap()));
}

#[test]
fn each_fixture_is_its_event() {
    let no_user = "smtp; 550 5.1.1 <ann@client.test>: Recipient address rejected: no such user here";
    let on_list = "Amazon SES did not send the message to this address because it is on the suppression list for your \
                   account.";
    let ann: &[&str] = &["ann@client.test"];
    let complained =
        EventKind::Complained { feedback_id: some(FEEDBACK_ID), feedback_type: some("abuse"), sub_type: None };
    let delivered = EventKind::Delivered { detail: some("250 2.0.0 OK  1795166044 a640c23a62f3a-queue") };
    for (record, at, kind) in [
        (fixture!("delivery"), "2026-11-20T09:14:04.871Z", delivered.clone()),
        (fixture!("feedback_delivery"), "2026-11-20T09:14:04.871Z", delivered),
        (
            fixture!("delivery_delay"),
            "2026-11-20T10:15:33.604Z",
            EventKind::Deferred {
                delay_type: "TransientCommunicationFailure".to_owned(),
                until: Some("2026-11-20T23:14:02.318Z".parse().unwrap()),
                detail: some("smtp; 421 4.4.1 Connection to mx.client.test timed out"),
            },
        ),
        (fixture!("bounce"), "2026-11-20T09:14:05.402Z", bounce("General", BounceType::Permanent, ann, Some(no_user))),
        (
            fixture!("feedback_bounce"),
            "2026-11-20T09:14:05.402Z",
            bounce("General", BounceType::Permanent, ann, Some(no_user)),
        ),
        (
            fixture!("feedback_bounce_without_dsn"),
            "2026-11-20T09:14:05.402Z",
            bounce("General", BounceType::Permanent, &["ann@client.test", "bob@client.test"], None),
        ),
        (
            fixture!("bounce_mailbox_full"),
            "2026-11-20T23:22:17.090Z",
            bounce("MailboxFull", BounceType::Transient, ann, Some("5.2.2 failed")),
        ),
        (fixture!("bounce_out_of_office"), "2026-11-20T09:15:11Z", bounce("General", BounceType::Transient, ann, None)),
        (
            fixture!("bounce_on_account_suppression_list"),
            "2026-11-20T09:14:02.611Z",
            bounce("OnAccountSuppressionList", BounceType::Permanent, ann, Some(on_list)),
        ),
        (fixture!("complaint"), "2026-11-20T09:31:40Z", complained.clone()),
        (fixture!("feedback_complaint"), "2026-11-20T09:31:40Z", complained),
        (
            fixture!("reject"),
            "2026-11-20T09:14:02.318Z",
            EventKind::Dropped { cause: DropCause::Rejected("Bad content".to_owned()), detail: None },
        ),
        (
            fixture!("rendering_failure"),
            "2026-11-20T09:14:02.318Z",
            EventKind::Dropped {
                cause: DropCause::RenderingFailure,
                detail: some("Attribute 'amount' is not present in the rendering data."),
            },
        ),
        (fixture!("subscription"), "2026-11-20T12:00:08.417Z", EventKind::Unsubscribed { by: UnsubscribedBy::Ses }),
    ] {
        assert_eq!(normalised(&record), event(at, kind), "{record}");
    }
}

#[test]
fn what_is_unknown_is_kept_raw_at_its_own_time() {
    for (record, name, at, said) in [
        (fixture!("open"), "Open", "2026-11-20T11:02:19.745Z", "Thunderbird"),
        (fixture!("click"), "Click", "2026-11-20T11:02:51.130Z", "https://billing.roe.test/invoices/1042"),
        (fixture!("complaint_not_spam"), "not_spam", "2026-11-20T09:31:40Z", "not-spam"),
        (
            json!({
                "eventType": "Inbox Placement",
                "mail": { "timestamp": "2026-11-20T09:14:02.318Z" },
                "inboxPlacement": { "timestamp": "2026-11-20T09:20:00.000Z", "folder": "Promotions" },
            }),
            "Inbox Placement",
            "2026-11-20T09:20:00Z",
            "Promotions",
        ),
        (
            json!({
                "eventType": "Foldering",
                "mail": { "timestamp": "2026-11-20T09:14:02.318Z" },
                "place": { "timestamp": "2026-11-20T09:20:00.000Z", "folder": "Promotions" },
            }),
            "Foldering",
            "2026-11-20T09:20:00Z",
            "Promotions",
        ),
        (
            json!({ "eventType": "Foldering", "mail": { "timestamp": "2026-11-20T09:14:02.318Z" }, "place": "Trash" }),
            "Foldering",
            "2026-11-20T09:14:02.318Z",
            "Trash",
        ),
    ] {
        let event = normalised(&record);
        assert_eq!(event.at, at.parse().unwrap(), "{record}");
        let EventKind::Unknown { name: found, raw } = event.kind else { panic!("{record} is not unknown") };
        assert_eq!(found, name);
        assert!(raw.contains(said), "{raw}");
    }
}

#[test]
fn a_raw_copy_holds_no_token_and_no_readers_ip_address() {
    for record in [fixture!("open"), fixture!("click")] {
        let EventKind::Unknown { raw, .. } = normalised(&record).kind else { panic!("{record} is not unknown") };
        assert!(!raw.contains("c2VhbGVkLXJlY2lwaWVudA") && !raw.contains("198.51.100.80"), "{raw}");
    }
}

#[test]
fn both_formats_give_the_same_event_id_for_the_same_fact() {
    let mut not_spam_feedback = fixture!("feedback_complaint");
    not_spam_feedback["complaint"]["complaintFeedbackType"] = json!("not-spam");
    for (published, feedback) in [
        (fixture!("bounce"), fixture!("feedback_bounce")),
        (fixture!("complaint"), fixture!("feedback_complaint")),
        (fixture!("delivery"), fixture!("feedback_delivery")),
        (fixture!("complaint_not_spam"), not_spam_feedback),
    ] {
        assert_ne!(published["mail"]["timestamp"], feedback["mail"]["timestamp"]);
        assert_eq!(normalised(&published).id(), normalised(&feedback).id());
    }
}

#[test]
fn an_events_own_time_comes_before_its_mails_whatever_its_form() {
    for (text, at) in [
        ("2018-10-08T14:05:45 +0000", "2018-10-08T14:05:45Z"),
        ("2018-10-08T14:05:45.123456Z", "2018-10-08T14:05:45.123Z"),
        ("2018-10-08T14:05:45.123456", "2018-10-08T14:05:45.123Z"),
        ("2018-10-08T14:05:45", "2018-10-08T14:05:45Z"),
        ("2018-10-08T07:05:45-07:00", "2018-10-08T14:05:45Z"),
        // What cannot be read at all leaves the mail's time.
        ("a while ago", "2026-11-20T09:14:02.318Z"),
    ] {
        let mut record = fixture!("delivery");
        record["delivery"]["timestamp"] = json!(text);
        assert_eq!(normalised(&record).at, at.parse().unwrap(), "{text}");
    }
}

#[test]
fn an_event_without_any_time_that_can_be_read_happened_when_it_was_received() {
    for mail in [json!({}), json!({ "timestamp": "soon" }), json!({ "timestamp": 5 }), json!(null)] {
        for (name, key) in [("Send", "send"), ("Delivery", "delivery"), ("Foldering", "foldering")] {
            for payload in [json!({}), json!({ "timestamp": "a while ago" }), json!(null), json!("?")] {
                let record = json!({ "eventType": name, "mail": mail, key: payload });
                let normalised = normalise(&record, received_at()).unwrap();
                assert_eq!((normalised.event.at, normalised.sent_at), (received_at(), None), "{record}");
            }
        }
    }
}

#[test]
fn what_has_no_type_is_no_event() {
    for record in [json!({}), json!([]), json!(null), json!("Send"), json!({ "mail": {} }), json!({ "eventType": "" })]
    {
        assert!(matches!(normalise(&record, received_at()), Err(SesError::NotAnEvent)), "{record}");
    }
    // A type of the wrong type leaves the other key to say it.
    let record =
        json!({ "eventType": 5, "notificationType": "Delivery", "mail": { "timestamp": "2026-11-20T09:14:02Z" } });
    assert_eq!(normalise(&record, received_at()).unwrap().source_format, SourceFormat::IdentityFeedback);
}

#[test]
fn missing_and_wrong_typed_fields_leave_the_event() {
    let at = "2026-11-20T09:14:02.318Z";
    let mail = json!({ "timestamp": at, "tags": "none", "headersTruncated": "false", "destination": 1 });
    let nothing = |name: &str| match name {
        "Bounce" => EventKind::Bounce(Bounce {
            bounce_type: BounceType::Undetermined,
            sub_type: "Undetermined".to_owned(),
            feedback_id: None,
            addresses: vec![],
            detail: None,
        }),
        "Complaint" => EventKind::Complained { feedback_id: None, feedback_type: None, sub_type: None },
        "Delivery" => EventKind::Delivered { detail: None },
        "DeliveryDelay" => EventKind::Deferred { delay_type: "Undetermined".to_owned(), until: None, detail: None },
        "Reject" => EventKind::Dropped { cause: DropCause::Rejected("Undetermined".to_owned()), detail: None },
        "Rendering Failure" => EventKind::Dropped { cause: DropCause::RenderingFailure, detail: None },
        "Subscription" => EventKind::Unsubscribed { by: UnsubscribedBy::Ses },
        _ => EventKind::Processed,
    };
    let wrong = json!({
        "timestamp": 1_795_166_045, "bounceType": 5, "bounceSubType": {}, "feedbackId": [], "bouncedRecipients": "ann",
        "complaintFeedbackType": false, "complaintSubType": {}, "complainedRecipients": 7, "smtpResponse": ["250"],
        "recipients": null, "delayType": 1, "expirationTime": {}, "delayedRecipients": [[], 5, {}], "reason": 0,
        "errorMessage": null, "newTopicPreferences": [],
    });
    for (name, key) in [
        ("Bounce", "bounce"),
        ("Complaint", "complaint"),
        ("Delivery", "delivery"),
        ("DeliveryDelay", "deliveryDelay"),
        ("Reject", "reject"),
        ("Rendering Failure", "failure"),
        ("Send", "send"),
        ("Subscription", "subscription"),
    ] {
        for payload in [json!(null), json!({}), json!([]), json!("?"), wrong.clone()] {
            let record = json!({ "eventType": name, "mail": mail, key: payload });
            let normalised = normalise(&record, received_at()).unwrap();
            assert_eq!(normalised.event, event(at, nothing(name)), "{record}");
            assert_eq!(normalised.reference, Reference::default());
        }
        assert_eq!(normalised(&json!({ "eventType": name, "mail": mail })), event(at, nothing(name)));
    }
}

#[test]
fn an_event_without_mail_keeps_its_own_time() {
    let mut record = fixture!("bounce");
    record.as_object_mut().unwrap().remove("mail");
    let normalised = normalise(&record, received_at()).unwrap();
    assert_eq!((normalised.reference, normalised.sent_at), (Reference::default(), None));
    assert_eq!(normalised.event, self::normalised(&fixture!("bounce")));
}

#[test]
fn unknown_fields_change_nothing() {
    let mut record = fixture!("bounce");
    record["version"] = json!({ "timestamp": "2001-01-01T00:00:00Z" });
    record["bounce"]["tenantName"] = json!("roe");
    record["bounce"]["bouncedRecipients"][0]["score"] = json!([1, 2]);
    record["mail"]["headersTruncated"] = json!("true");
    assert_eq!(normalise(&record, received_at()).unwrap(), normalise(&fixture!("bounce"), received_at()).unwrap());
    // Send has no time of its own: a new field's time is not taken for it.
    let mut record = fixture!("send");
    record["version"] = json!({ "timestamp": "2001-01-01T00:00:00Z" });
    assert_eq!(normalised(&record), normalised(&fixture!("send")));
}

#[test]
fn a_new_bounce_type_is_undetermined_and_a_new_subtype_is_kept() {
    let mut record = fixture!("bounce");
    record["bounce"]["bounceType"] = json!("Ephemeral");
    record["bounce"]["bounceSubType"] = json!("OnTheMoon");
    let EventKind::Bounce(bounce) = normalised(&record).kind else { panic!("a bounce stays one") };
    assert_eq!((bounce.bounce_type, bounce.sub_type.as_str()), (BounceType::Undetermined, "OnTheMoon"));
}

#[test]
fn a_bounce_of_several_people_names_them_all_by_what_they_compare_by() {
    let mut record = fixture!("bounce");
    record["bounce"]["bouncedRecipients"] = json!([
        { "emailAddress": "\"Ann\"@Client.test" },
        { "emailAddress": "Bob Roe <BOB@client.test>", "status": "5.1.1" },
        "carl@client.test",
        { "emailAddress": "", "diagnosticCode": "smtp; 550 no" },
    ]);
    let EventKind::Bounce(bounce) = normalised(&record).kind else { panic!("a bounce stays one") };
    assert_eq!(bounce.addresses, ["ann@client.test", "bob@client.test", "carl@client.test"]);
    assert_eq!(bounce.detail.as_deref(), Some("5.1.1"));
}

#[test]
fn rendering_failures_are_read_under_both_names_but_only_where_ses_writes_them() {
    let mut record = fixture!("rendering_failure");
    let expected = normalised(&record);
    record["eventType"] = json!("RenderingFailure");
    assert_eq!(normalised(&record), expected);
    record["renderingFailure"] = json!({ "errorMessage": "not this one" });
    assert_eq!(normalised(&record), expected);
}

#[test]
fn a_person_who_subscribes_is_not_unsubscribed() {
    let with = |all: bool, status: &str| {
        let mut record = fixture!("subscription");
        let topics = json!([{ "topicName": "invoices", "subscriptionStatus": status }]);
        record["subscription"]["newTopicPreferences"] =
            json!({ "unsubscribeAll": all, "topicSubscriptionStatus": topics });
        normalised(&record).kind
    };
    let unsubscribed = EventKind::Unsubscribed { by: UnsubscribedBy::Ses };
    assert_eq!(with(true, "OptIn"), unsubscribed);
    assert_eq!(with(false, "OptOut"), unsubscribed);
    assert!(matches!(with(false, "OptIn"), EventKind::Unknown { name, .. } if name == "Subscription"));
}

#[test]
fn a_message_id_that_no_index_can_hold_is_none() {
    let mut record = fixture!("delivery");
    record["mail"]["messageId"] = json!("m".repeat(MAX_MESSAGE_ID_BYTES + 1));
    assert_eq!(normalise(&record, received_at()).unwrap().reference.message_id, None);
}

/// Any JSON, rich in the names that matter, so that wrong types turn up in the places that are read.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        prop::sample::select(vec![
            "Bounce",
            "Complaint",
            "Delivery",
            "DeliveryDelay",
            "Send",
            "Reject",
            "Open",
            "Rendering Failure",
            "Subscription",
            "Permanent",
            "Transient",
            "not-spam",
            "2026-11-20T09:14:02.318Z",
            "ann@client.test",
        ])
        .prop_map(str::to_owned),
        ".{0,20}",
    ];
    let key = prop_oneof![
        9 => prop::sample::select(vec![
            "eventType", "notificationType", "mail", "timestamp", "tags", "recipient", "messageId", "bounce", "failure",
            "complaint", "delivery", "deliveryDelay", "subscription", "bouncedRecipients", "delayedRecipients",
            "emailAddress", "diagnosticCode", "status", "complaintFeedbackType", "newTopicPreferences", "ipAddress",
        ])
        .prop_map(str::to_owned),
        1 => ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            4 => prop::collection::btree_map(key.clone(), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_panics(record in any_json()) {
        let _ = normalise(&record, received_at());
    }

    #[test]
    fn any_type_is_an_event_whatever_else_there_is(
        name in prop_oneof![
            prop::sample::select(vec!["Bounce", "Complaint", "Delivery", "DeliveryDelay", "Subscription", "Open"])
                .prop_map(str::to_owned),
            "[A-Za-z ]{0,10}[a-z]",
        ],
        payload in any_json(),
        mail in any_json(),
    ) {
        let mut record = json!({ "eventType": name, "mail": mail });
        record[payload_key(&name)] = payload;
        let event = normalise(&record, received_at()).unwrap().event;
        // What was normalised once is as it will be stored.
        prop_assert_eq!(Event::new(event.at, event.kind.clone()), event);
    }
}
