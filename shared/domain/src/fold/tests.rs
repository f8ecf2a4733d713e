//! What the fold makes of logs, whatever the order and repetition of their events.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::address::parse_list;
use crate::event::Event;
use crate::evidence::{Agent, Facts, Method, NetworkClass};
use crate::ids::{Kind, Position, RecipientKey, SendId};
use crate::log::{Hit, Log};
use crate::recipient::Source;
use crate::time::from_millisecond;
use proptest::prelude::*;

mod reading;

const SUBMITTED_MS: i64 = 1_795_300_000_000;

fn at(minutes: i64) -> Timestamp {
    from_millisecond(SUBMITTED_MS + minutes * 60_000)
}

fn recipient(events: impl IntoIterator<Item = Event>) -> Recipient {
    let key = RecipientKey {
        firm: "demo".parse().unwrap(),
        invoice: "1042".parse().unwrap(),
        send: SendId::new(at(0), 1),
        position: Position { kind: Kind::To, index: 0 },
    };
    let mailbox = parse_list("Ann@Example.com").unwrap().remove(0);
    Recipient { log: Log::of(events), ..Recipient::new(key, mailbox, "Invoice 1042", Source::Manual) }
}

fn processed() -> Event {
    Event::new(at(1), EventKind::Processed)
}

fn delivered() -> Event {
    Event::new(at(2), EventKind::Delivered { detail: Some("250 ok".into()) })
}

fn deferred(delay_type: &str) -> Event {
    Event::new(
        at(2),
        EventKind::Deferred { delay_type: delay_type.into(), until: Some(at(840)), detail: Some("451 later".into()) },
    )
}

fn bounce_of(bounce_type: BounceType, sub_type: &str, addresses: &[&str]) -> Event {
    Event::new(
        at(3),
        EventKind::Bounce(Bounce {
            bounce_type,
            sub_type: sub_type.into(),
            feedback_id: Some("f-1".into()),
            addresses: addresses.iter().map(|address| comparison_key(address)).collect(),
            detail: Some("smtp; 550 5.1.1".into()),
        }),
    )
}

fn bounce(bounce_type: BounceType, sub_type: &str) -> Event {
    bounce_of(bounce_type, sub_type, &["ann@example.com"])
}

fn complaint() -> Event {
    let kind = EventKind::Complained { feedback_id: None, feedback_type: Some("abuse".into()), sub_type: None };
    Event::new(at(5), kind)
}

fn dropped(cause: DropCause) -> Event {
    Event::new(at(1), EventKind::Dropped { cause, detail: None })
}

fn hit(minutes: i64, agent: Agent) -> Hit {
    Hit {
        at: at(minutes),
        link: 0,
        facts: Facts { agent, method: Method::Get, prefetch: false, network_class: NetworkClass::Other, network: 1 },
    }
}

fn view(recipient: &Recipient) -> View {
    fold(recipient, at(60))
}

#[test]
fn every_state_has_its_status_and_next_action() {
    use BounceType::{Permanent, Transient, Undetermined};
    use NextAction::*;
    use SentStatus::*;
    let suppressed = |reason| vec![dropped(DropCause::Suppressed(reason))];
    let sent_then = |event: Event| vec![processed(), event];
    let arrived_then = |event: Event| vec![processed(), delivered(), event];
    for (name, events, status, action) in [
        ("nothing yet", vec![], Queued, None),
        ("accepted", vec![processed()], Sent, None),
        ("delivered", vec![processed(), delivered()], Sent, None),
        ("delivery without processed", vec![delivered()], Sent, None),
        ("delayed", sent_then(deferred("General")), Delayed, Some(Wait)),
        ("delayed as spam", sent_then(deferred("SpamDetected")), Delayed, Some(AskToAllow)),
        ("delayed, then delivered", arrived_then(deferred("General")), Sent, None),
        ("hard bounce", sent_then(bounce(Permanent, "General")), Rejected, Some(CorrectAddress)),
        ("hard bounce of no mailbox", sent_then(bounce(Permanent, "NoEmail")), Rejected, Some(CorrectAddress)),
        ("late hard bounce", arrived_then(bounce(Permanent, "General")), Rejected, Some(CorrectAddress)),
        ("SES's list", sent_then(bounce(Permanent, "Suppressed")), Rejected, Some(CorrectAddress)),
        ("account's list", sent_then(bounce(Permanent, "OnAccountSuppressionList")), Rejected, Some(CorrectAddress)),
        ("unsubscribed at SES", sent_then(bounce(Permanent, "UnsubscribedRecipient")), Rejected, Some(DoNotEmail)),
        ("mailbox full", sent_then(bounce(Transient, "MailboxFull")), Rejected, Some(Call)),
        ("mailbox full after delivery", arrived_then(bounce(Transient, "MailboxFull")), Rejected, Some(Call)),
        ("too large", sent_then(bounce(Transient, "MessageTooLarge")), Rejected, Some(AskToAllow)),
        ("content", sent_then(bounce(Transient, "ContentRejected")), Rejected, Some(AskToAllow)),
        ("attachment", sent_then(bounce(Transient, "AttachmentRejected")), Rejected, Some(AskToAllow)),
        ("gave up", sent_then(bounce(Transient, "General")), Rejected, Some(SendAgain)),
        ("a subtype of the future", sent_then(bounce(Transient, "Wormhole")), Rejected, Some(SendAgain)),
        ("undetermined", sent_then(bounce(Undetermined, "Undetermined")), Rejected, Some(SendAgain)),
        ("out of office", arrived_then(bounce(Transient, "General")), Sent, None),
        ("out of office, undetermined", arrived_then(bounce(Undetermined, "Undetermined")), Sent, None),
        ("complaint", arrived_then(complaint()), MarkedSpam, Some(DoNotEmail)),
        ("complaint without delivery", sent_then(complaint()), MarkedSpam, Some(DoNotEmail)),
        ("refused", vec![dropped(DropCause::Refused("MessageRejected".into()))], Rejected, Some(SendAgain)),
        ("rejected", sent_then(dropped(DropCause::Rejected("Bad content".into()))), Rejected, Some(SendAgain)),
        ("rendering", sent_then(dropped(DropCause::RenderingFailure)), Rejected, Some(SendAgain)),
        ("superseded before it left", vec![dropped(DropCause::Superseded)], Rejected, None),
        ("refused although accepted", sent_then(dropped(DropCause::Refused("X".into()))), Sent, None),
        ("suppressed after a bounce", suppressed(SuppressionReason::Bounced), Rejected, Some(CorrectAddress)),
        ("suppressed after a complaint", suppressed(SuppressionReason::Complained), Rejected, Some(DoNotEmail)),
        ("suppressed by wish", suppressed(SuppressionReason::Unsubscribed), Rejected, Some(DoNotEmail)),
    ] {
        let view = view(&recipient(events));
        assert_eq!((view.sent_status, view.next_action), (status, action), "{name}");
        let explained = !matches!(status, Queued | Sent | Opened);
        assert_eq!((view.reason.is_some(), view.reason_code.is_some()), (explained, explained), "{name}");
        assert_eq!(view.rare, Rare::of(status), "{name}");
        let attention = !matches!(status, Sent | Opened);
        assert_eq!(view.attention_since.is_some(), attention, "{name}");
    }
}

#[test]
fn unsubscribing_changes_no_status_but_says_what_to_do() {
    let event = Event::new(at(9), EventKind::Unsubscribed { by: UnsubscribedBy::Link });
    let view = view(&recipient([processed(), delivered(), event]));
    assert_eq!(view.sent_status, SentStatus::Sent);
    assert_eq!(view.next_action, Some(NextAction::DoNotEmail));
    let suppress = Suppress { reason: SuppressionReason::Unsubscribed, since: at(9), certain: true };
    assert_eq!(view.suppress, [suppress]);
}

#[test]
fn a_bounce_of_a_forwarding_target_is_shown_and_changes_nothing() {
    let foreign = bounce_of(BounceType::Permanent, "General", &["carl@elsewhere.example"]);
    let view_delivered = view(&recipient([processed(), delivered(), foreign.clone()]));
    assert_eq!(view_delivered.sent_status, SentStatus::Sent);
    assert_eq!(view_delivered.suppress, []);
    let last = view_delivered.statuses.last().unwrap();
    assert_eq!(last.status, Status::BouncedElsewhere);
    assert!(last.detail.as_ref().unwrap().contains("Probably forwarded"));
    // Without a delivery it is this copy's own bounce, as far as one can tell.
    let own = view(&recipient([processed(), foreign]));
    assert_eq!(own.sent_status, SentStatus::Rejected);
    assert!(own.suppress.iter().all(|suppress| !suppress.certain) && own.suppress.len() == 1);
}

#[test]
fn the_gravest_reason_suppresses_whenever_it_came() {
    let bounced = bounce(BounceType::Permanent, "General");
    let reason = |events: Vec<Event>| view(&recipient(events)).suppress.first().map(|suppress| suppress.reason);
    assert_eq!(reason(vec![bounced.clone()]), Some(SuppressionReason::Bounced));
    assert_eq!(reason(vec![bounced, complaint()]), Some(SuppressionReason::Complained));
    assert_eq!(
        reason(vec![bounce(BounceType::Permanent, "UnsubscribedRecipient")]),
        Some(SuppressionReason::Unsubscribed)
    );
    assert_eq!(reason(vec![bounce(BounceType::Permanent, "OnAccountSuppressionList")]), None);
    assert_eq!(reason(vec![bounce(BounceType::Transient, "General")]), None);
}

#[test]
fn who_unsubscribes_again_is_suppressed_since_then() {
    let wish = |minutes| Event::new(at(minutes), EventKind::Unsubscribed { by: UnsubscribedBy::Link });
    let view = view(&recipient([processed(), wish(9), wish(5)]));
    assert_eq!(view.suppress.first().map(|suppress| suppress.since), Some(at(9)));
    assert_eq!(view.statuses.iter().filter(|entry| entry.status == Status::Unsubscribed).count(), 1);
}

#[test]
fn addresses_are_compared_without_case_and_quotes() {
    let own = bounce_of(BounceType::Permanent, "General", &["\"ANN\"@EXAMPLE.com"]);
    assert_eq!(view(&recipient([processed(), delivered(), own])).sent_status, SentStatus::Rejected);
}

#[test]
fn a_machine_is_no_reader_and_a_reader_is_one() {
    let mut ann = recipient([processed(), delivered()]);
    ann.log.opens.add(hit(3, Agent::AppleProxy));
    let automatic = view(&ann);
    assert_eq!(automatic.sent_status, SentStatus::Sent);
    assert_eq!(automatic.evidence, Evidence::FetchedAutomatically);
    assert_eq!((automatic.opens.human, automatic.opens.automatic), (0, 1));
    assert_eq!(automatic.first_opened_at, None);

    ann.log.opens.add(hit(4, Agent::Browser));
    let opened = view(&ann);
    assert_eq!(opened.sent_status, SentStatus::Opened);
    assert_eq!(opened.evidence, Evidence::PossiblyOpened);
    assert_eq!(opened.first_opened_at, Some(at(4)));
    assert_eq!(opened.status_at, at(4));

    ann.log.clicks.add(Hit { link: 1, ..hit(5, Agent::Browser) });
    assert_eq!(view(&ann).evidence, Evidence::Clicked);
    ann.log.portal_actions.insert(at(6));
    assert_eq!(view(&ann).evidence, Evidence::PortalConfirmed);
    assert_eq!(view(&ann).last_opened_at, Some(at(6)));
}

#[test]
fn neither_hides_the_other() {
    let mut ann = recipient([processed(), delivered(), bounce(BounceType::Permanent, "General")]);
    ann.log.opens.add(hit(2, Agent::Browser));
    let view = view(&ann);
    assert_eq!(view.sent_status, SentStatus::Rejected);
    assert_eq!(view.evidence, Evidence::PossiblyOpened);
    let statuses: Vec<Status> = view.statuses.iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [Status::Processed, Status::Delivered, Status::Opened, Status::Bounced]);
}

#[test]
fn processed_shows_once_at_its_earliest_time() {
    let later = Event::new(at(7), EventKind::Processed);
    let view = view(&recipient([later, processed()]));
    assert_eq!(view.statuses.iter().filter(|entry| entry.status == Status::Processed).count(), 1);
    assert_eq!(view.status_at, at(1));
}

#[test]
fn a_machine_that_fetches_proves_that_the_mail_left() {
    let mut ann = recipient([]);
    ann.log.opens.add(hit(3, Agent::AppleProxy));
    assert_eq!((view(&ann).sent_status, view(&ann).status_at), (SentStatus::Sent, at(3)));
}

#[test]
fn copies_of_one_bounce_show_once_and_the_telling_one_stays() {
    let mut bare = bounce(BounceType::Permanent, "General");
    if let EventKind::Bounce(bounce) = &mut bare.kind {
        bounce.detail = None;
    }
    let view = view(&recipient([bare, bounce(BounceType::Permanent, "General")]));
    assert_eq!(view.statuses.len(), 1);
    assert!(view.reason.unwrap().contains("550 5.1.1"));
}

#[test]
fn what_happens_once_shows_once_at_its_earliest_time() {
    let rejected = |minutes| {
        let cause = DropCause::Rejected("Bad content".into());
        Event::new(at(minutes), EventKind::Dropped { cause, detail: None })
    };
    let unsubscribed = |minutes| Event::new(at(minutes), EventKind::Unsubscribed { by: UnsubscribedBy::Link });
    let view = view(&recipient([processed(), rejected(4), rejected(2), unsubscribed(9), unsubscribed(7)]));
    let shown: Vec<_> = view.statuses.iter().map(|entry| (entry.status, entry.at)).collect();
    assert_eq!(shown, [(Status::Processed, at(1)), (Status::Dropped, at(2)), (Status::Unsubscribed, at(7))]);
    assert!(view.reason.unwrap().contains("Bad content"));
}

#[test]
fn a_day_of_silence_asks_for_a_call() {
    let ann = recipient([processed()]);
    let before = fold(&ann, at(1) + NO_NEWS_AFTER - SignedDuration::from_millis(1));
    assert_eq!((before.next_action, before.attention_since), (None, None));
    let after = fold(&ann, at(1) + NO_NEWS_AFTER);
    assert_eq!((after.next_action, after.attention_since), (Some(NextAction::Call), Some(at(1))));
    assert_eq!(after.sent_status, SentStatus::Sent);
}

#[test]
fn a_delay_says_until_when() {
    assert_eq!(view(&recipient([processed(), deferred("General")])).wait_until, Some(at(840)));
}

#[test]
fn a_delay_whose_end_has_passed_without_a_word_is_not_fine() {
    let ann = recipient([processed(), deferred("General")]);
    let hour = SignedDuration::from_hours(1);
    let waiting = fold(&ann, at(840) + hour - SignedDuration::from_millis(1));
    assert_eq!((waiting.next_action, waiting.wait_until), (Some(NextAction::Wait), Some(at(840))));
    let overdue = fold(&ann, at(840) + hour);
    assert_eq!((overdue.next_action, overdue.wait_until), (Some(NextAction::Call), None));
    assert_eq!((overdue.sent_status, overdue.attention_since), (SentStatus::Delayed, Some(at(2))));
    assert!(overdue.reason.unwrap().contains("has not said how it ended"));
    let endless = |minutes| {
        let kind = EventKind::Deferred { delay_type: "General".into(), until: None, detail: None };
        Event::new(at(minutes), kind)
    };
    let ann = recipient([processed(), endless(60), endless(2)]);
    let day = 24 * 60;
    assert_eq!(fold(&ann, at(3 * day + 1)).next_action, Some(NextAction::Wait));
    assert_eq!(fold(&ann, at(3 * day + 2)).next_action, Some(NextAction::Call), "72 hours after the first");
}

#[test]
fn what_was_sent_again_and_failed_too_says_so() {
    let mut again = recipient([processed(), bounce(BounceType::Permanent, "General")]);
    again.source = Source::Resend;
    again.predecessor = Some((SendId::new(at(-60), 1), Position { kind: Kind::To, index: 0 }));
    let reason = view(&again).reason.unwrap();
    assert_eq!(reason.matches("Sent again after an earlier failure").count(), 1, "{reason}");
    again.source = Source::Manual;
    assert!(!view(&again).reason.unwrap().contains("Sent again"));
}

#[test]
fn the_superseded_and_the_relieved_ask_for_nothing() {
    let mut ann = recipient([processed(), bounce(BounceType::Permanent, "General")]);
    ann.superseded_by = Some(SendId::new(at(9), 2));
    assert_eq!(view(&ann).next_action, None);
    assert!(view(&ann).attention_since.is_some());
    ann.relieved = true;
    assert_eq!(view(&ann).attention_since, None);
}

#[test]
fn an_invoice_counts_each_person_by_the_latest_send() {
    let at_send = |address: &str, send: u128, events: Vec<Event>| {
        let mut recipient = recipient(events);
        recipient.mailbox = parse_list(address).unwrap().remove(0);
        recipient.key.send = SendId::new(at(send.try_into().unwrap()), 1);
        recipient
    };
    let status = |recipients: &[Recipient]| {
        let views: Vec<View> = recipients.iter().map(view).collect();
        invoice_status(recipients.iter().zip(&views)).map(|status| status.sent_status)
    };
    assert_eq!(status(&[]), None);
    let failed = at_send("ann@example.com", 0, vec![bounce(BounceType::Permanent, "General")]);
    let again = at_send("ANN@example.com", 20, vec![delivered()]);
    let mut bob = at_send("bob@example.com", 0, vec![delivered()]);
    assert_eq!(status(&[failed.clone(), bob.clone()]), Some(SentStatus::Rejected));
    assert_eq!(status(&[again.clone(), failed.clone(), bob.clone()]), Some(SentStatus::Sent));
    bob.log.opens.add(hit(3, Agent::Browser));
    assert_eq!(status(&[again, failed.clone(), bob.clone()]), Some(SentStatus::Opened));
    let mut superseded = failed;
    superseded.superseded_by = Some(bob.key.send);
    assert_eq!(status(&[superseded, bob]), Some(SentStatus::Opened));
}

fn any_event() -> impl Strategy<Value = Event> {
    let kind = prop_oneof![
        Just(EventKind::Processed),
        Just(EventKind::Delivered { detail: Some("250 ok".into()) }),
        Just(EventKind::Delivered { detail: None }),
        (prop_oneof![Just("General"), Just("SpamDetected")], prop::option::of(0i64..900)).prop_map(
            |(delay_type, until)| EventKind::Deferred {
                delay_type: delay_type.into(),
                until: until.map(at),
                detail: None
            }
        ),
        (
            prop_oneof![Just(BounceType::Permanent), Just(BounceType::Transient), Just(BounceType::Undetermined)],
            prop_oneof![Just("General"), Just("MailboxFull"), Just("Suppressed"), Just("OnAccountSuppressionList")],
            prop::option::of(prop_oneof![Just("f-1".to_owned()), Just("f-2".to_owned())]),
            prop_oneof![Just(vec![]), Just(vec!["ann@example.com".to_owned()]), Just(vec!["x@y.example".to_owned()])],
            prop::option::of(Just("550 no".to_owned())),
        )
            .prop_map(|(bounce_type, sub_type, feedback_id, addresses, detail)| {
                EventKind::Bounce(Bounce { bounce_type, sub_type: sub_type.into(), feedback_id, addresses, detail })
            }),
        prop::option::of(Just("f-3".to_owned())).prop_map(|feedback_id| EventKind::Complained {
            feedback_id,
            feedback_type: None,
            sub_type: None
        }),
        Just(EventKind::Unsubscribed { by: UnsubscribedBy::Link }),
        Just(EventKind::Dropped { cause: DropCause::GaveUp, detail: None }),
        Just(EventKind::Dropped { cause: DropCause::Rejected("Bad content".into()), detail: None }),
        Just(EventKind::Unknown { name: "New".into(), raw: "{}".into() }),
    ];
    (0i64..30, kind).prop_map(|(minute, kind)| Event::new(at(minute), kind))
}

fn any_hit() -> impl Strategy<Value = Hit> {
    let classes = prop::sample::select(NetworkClass::ALL.to_vec());
    let hits = (0i64..3_000_000, prop::sample::select(Agent::ALL.to_vec()), 0u64..5, classes, 0u8..4);
    hits.prop_map(|(seconds, agent, network, network_class, link)| {
        let mut hit = hit(0, agent);
        // Most of them close to one another.
        hit.at = from_millisecond(SUBMITTED_MS + if seconds % 5 == 0 { seconds } else { seconds % 200 } * 1_000);
        hit.link = link;
        hit.facts.network = network;
        hit.facts.network_class = network_class;
        hit
    })
}

/// The same event, read from two records that differ.
fn copies_of(event: &Event) -> [Event; 2] {
    ["one", "other"].map(|record| event.clone().with_source(Digest::of(record.as_bytes())))
}

#[test]
fn a_fact_has_the_record_of_any_of_its_copies() {
    let told = Digest::of(b"Send");
    let ours = Event::new(at(0), EventKind::Processed);
    for events in [[ours.clone(), processed().with_source(told)], [processed().with_source(told), ours.clone()]] {
        let [StatusEntry { at: first, source, .. }] = view(&recipient(events)).statuses[..] else { panic!("one fact") };
        assert_eq!((first, source), (at(0), Some(told)));
    }
    assert_eq!(view(&recipient([ours])).statuses[0].source, None);
}

#[test]
fn the_first_copy_that_came_stays() {
    let [one, other] = copies_of(&delivered());
    for events in [[one.clone(), other.clone()], [other, one]] {
        let first = events[0].source;
        assert_eq!(view(&recipient(events)).statuses[0].source, first);
    }
}

proptest! {
    #[test]
    fn order_and_repetition_change_nothing(
        (events, shuffled) in prop::collection::vec(any_event(), 0..12)
            .prop_flat_map(|events| {
                let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
                (Just(events), Just(twice).prop_shuffle())
            }),
        (hits, shuffled_hits) in prop::collection::vec(any_hit(), 0..12)
            .prop_flat_map(|hits| (Just(hits.clone()), Just(hits).prop_shuffle())),
    ) {
        let fold_of = |events: Vec<Event>, hits: Vec<Hit>| {
            let mut recipient = recipient(events);
            for hit in hits {
                // The same one goes to the same list, whenever it comes.
                let kind = if hit.facts.network.is_multiple_of(2) { HitKind::Open } else { HitKind::Click };
                recipient.log.hits_mut(kind).add(hit);
            }
            fold(&recipient, at(10_000))
        };
        prop_assert_eq!(fold_of(events, hits), fold_of(shuffled, shuffled_hits));
    }

    #[test]
    fn what_events_were_read_from_decides_nothing(
        (events, shuffled) in prop::collection::vec(any_event(), 0..12).prop_flat_map(|events| {
            let read: Vec<Event> = events.iter().flat_map(copies_of).collect();
            (Just(events), Just(read).prop_shuffle())
        }),
    ) {
        let read = fold(&recipient(shuffled), at(10_000));
        let proved = read.statuses.iter().filter(|entry| entry.source.is_some()).count();
        prop_assert_eq!(proved == 0, events.is_empty());
        let mut stripped = read;
        stripped.statuses.iter_mut().for_each(|entry| entry.source = None);
        prop_assert_eq!(stripped, fold(&recipient(events), at(10_000)));
    }

    #[test]
    fn a_failure_is_never_hidden(events in prop::collection::vec(any_event(), 0..12), hits in prop::collection::vec(any_hit(), 0..4)) {
        let mut ann = recipient(events);
        hits.into_iter().for_each(|hit| ann.log.opens.add(hit));
        let view = fold(&ann, at(10_000));
        let shows = |status| view.statuses.iter().any(|entry| entry.status == status);
        if shows(Status::Complained) {
            prop_assert_eq!(view.sent_status, SentStatus::MarkedSpam);
        } else if shows(Status::Bounced) || shows(Status::Blocked) {
            prop_assert_eq!(view.sent_status, SentStatus::Rejected);
        }
        if view.opens.human > 0 {
            prop_assert!(view.evidence >= Evidence::PossiblyOpened);
            prop_assert!(view.statuses.iter().any(|entry| entry.automatic == Some(false)));
        }
    }
}
