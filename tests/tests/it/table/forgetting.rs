//! Deleting what is older than a firm wants it kept, and forgetting persons: outcomes stay, and the rest goes.

use domain::address::Address;
use domain::client::{Contact, Profile};
use domain::evidence::{Agent, Facts, HitKind, Method, NetworkClass};
use domain::fold::{SentStatus, View, fold};
use domain::ids::{Client, RecipientKey, SendId};
use domain::invoice::StoredInvoice;
use domain::log::Hit;
use domain::recipient::Recipient;
use domain::settings::Settings;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use table::{ChoreKey, DUE_SHARDS, Due, Expected, Listed, Progress, Submitted, Table};
use tests::written::{at, body, event, firm, send_to, stored, submit, waiting};

use super::{ALL, append, bounced, complained, cost, delivered, start};

const DAY: i64 = 24 * 3_600;
const ANN: &str = "ann@example.com";

fn hit(second: i64, agent: Agent, network: u64) -> Hit {
    let (method, prefetch, network_class) = (Method::Get, false, NetworkClass::Other);
    Hit { at: at(second), link: 0, facts: Facts { agent, method, prefetch, network_class, network } }
}

/// A recipient of a mail of that second, delivered, opened once by a machine and twice by a person, who clicked.
async fn read_by(table: &Table, invoice: &str, address: &str, second: i64) -> RecipientKey {
    let recipient = waiting(invoice, SendId::new(at(second), 1), 0, address);
    assert_eq!(submit(table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
    let key = recipient.key;
    append(table, &key, &[event(second + 1, delivered())]).await;
    for (after, agent) in [(2, Agent::AppleProxy), (60, Agent::Browser), (600, Agent::Browser)] {
        table.hit(&key, HitKind::Open, hit(second + after, agent, 1)).await.unwrap();
    }
    table.hit(&key, HitKind::Click, hit(second + 700, Agent::Browser, 2)).await.unwrap();
    key
}

/// What anybody is shown of a recipient.
fn shown(recipient: &Recipient) -> impl PartialEq + std::fmt::Debug + use<> {
    let View { sent_status, status_at, evidence, opens, clicks, first_opened_at, last_opened_at, .. } =
        fold(recipient, at(100 * DAY));
    (sent_status, status_at, evidence, opens, clicks, first_opened_at, last_opened_at)
}

/// The only chore that is due by then.
async fn chore(table: &Table, now: Timestamp) -> ChoreKey {
    let mut chores = Vec::new();
    for shard in 0..DUE_SHARDS {
        let due = table.due(shard, now, None, ALL).await.unwrap().due;
        chores.extend(due.into_iter().filter_map(|due| match due {
            Due::Chore(chore) => Some(chore),
            Due::Recipient(_) => None,
        }));
    }
    assert_eq!(chores.len(), 1, "{chores:?}");
    chores.remove(0)
}

fn keeping(days: i64) -> Settings {
    Settings { retention_days: Some(days.try_into().unwrap()), ..Settings::default() }
}

#[tokio::test]
async fn what_is_older_than_the_retention_time_goes_and_its_outcome_stays() {
    let (cloud, table) = start().await;
    let (old, new) = (read_by(&table, "1", ANN, 0).await, read_by(&table, "2", ANN, 20 * DAY).await);
    let before = (stored(&table, &old).await, stored(&table, &new).await);
    let (_, asked) = cost(&cloud, table.put_settings(&firm(), keeping(30), Expected::Anything, at(40 * DAY))).await;
    assert_eq!(asked, json!({ "PutItem": 1, "UpdateItem": 1 }));
    let now = at(40 * DAY);
    let chore = chore(&table, now).await;
    assert_eq!(table.carry_on(&chore, now, || false).await.unwrap(), Progress::Done(1));

    let after = stored(&table, &old).await;
    assert_eq!(shown(&after), shown(&before.0));
    assert_eq!(fold(&after, now).opens.human, 2);
    assert!(after.log.opens.distinct().is_empty() && after.log.clicks.distinct().is_empty());
    assert_eq!(stored(&table, &new).await, before.1, "it is not old enough");
    assert!(
        !cloud
            .everything()
            .await
            .contains("opens_count_apple_proxy\":{\"N\":\"1\"},\"opens_first_apple_proxy\":{\"S\":\"17953")
    );

    // Nothing more is collected of what was deleted.
    let (found, asked) = cost(&cloud, table.hit(&old, HitKind::Open, hit(40 * DAY + 1, Agent::Browser, 9))).await;
    assert_eq!((found.unwrap(), asked), (true, json!({ "UpdateItem": 1 })));
    assert_eq!(stored(&table, &old).await, after);

    // The next day it is looked at again, and only at what was not done.
    assert_eq!(self::chore(&table, now + SignedDuration::from_hours(24)).await, chore);
    let later = at(51 * DAY);
    assert_eq!(table.carry_on(&chore, later, || false).await.unwrap(), Progress::Done(1));
    assert_eq!(shown(&stored(&table, &new).await), shown(&before.1));

    // Nobody wants it any more.
    table.put_settings(&firm(), Settings::default(), Expected::Anything, later).await.unwrap();
    assert_eq!(table.carry_on(&chore, later, || false).await.unwrap(), Progress::Done(0));
    for shard in 0..DUE_SHARDS {
        assert_eq!(table.due(shard, Timestamp::MAX, None, ALL).await.unwrap().due, []);
    }
}

#[tokio::test]
async fn a_chore_without_time_goes_on_where_it_stopped() {
    let (_cloud, table) = start().await;
    let mut keys = Vec::new();
    // More than a page of them.
    for number in 0..210 {
        let recipient = waiting(&format!("{number}"), SendId::new(at(number), 1), 0, ANN);
        assert_eq!(submit(&table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
        keys.push(recipient.key);
    }
    table.put_settings(&firm(), keeping(1), Expected::Anything, at(10 * DAY)).await.unwrap();
    let now = at(10 * DAY);
    let chore = chore(&table, now).await;
    assert_eq!(table.carry_on(&chore, now, || true).await.unwrap(), Progress::More);
    let deleted = async || {
        let mut deleted = 0;
        for key in &keys {
            deleted += usize::from(stored(&table, key).await.log.outcome.is_some());
        }
        deleted
    };
    assert_eq!(deleted().await, 200);
    assert_eq!(self::chore(&table, now + SignedDuration::from_secs(1)).await, chore, "the next run goes on");
    let mut runs = 0;
    while table.carry_on(&chore, now, || true).await.unwrap() == Progress::More {
        runs += 1;
        assert!(runs < 20, "no end");
    }
    assert_eq!(deleted().await, 210);
}

#[tokio::test]
async fn nothing_is_left_of_who_is_forgotten_but_the_outcomes() {
    let (cloud, table) = start().await;
    let read = read_by(&table, "1", "Ann Roe <Ann@Example.com>", 0).await;
    let failed = send_to(&table, "2", "Ann Roe <ann@example.com>").await;
    append(&table, &failed, &[event(5, bounced(&[ANN]))]).await;
    let elsewhere = send_to(&table, "3", ANN).await;
    append(&table, &elsewhere, &[event(5, delivered()), event(6, bounced(&["ann@home.example"]))]).await;
    let bob = send_to(&table, "4", "bob@example.com").await;
    append(&table, &bob, &[event(5, delivered())]).await;
    let client: Client = "c1".parse().unwrap();
    let contact = Contact {
        address: ANN.parse().unwrap(),
        name: Some("Ann Roe".to_owned()),
        invited_at: None,
        accepted_at: None,
        login_created_at: None,
    };
    let email = vec!["Ann Roe <ann@example.com>".parse().unwrap(), "bob@example.com".parse().unwrap()];
    let profile = Profile { email, contacts: vec![contact], ..Profile::default() };
    table.put_client(&firm(), &client, profile, Expected::Anything).await.unwrap();
    let matter = StoredInvoice { matter_email: vec![ANN.parse().unwrap()], ..StoredInvoice::default() };
    table.put_invoice(&firm(), &read.invoice, matter, Expected::Anything).await.unwrap();
    let keys = [&read, &failed, &elsewhere, &bob];
    let before = [stored(&table, keys[0]).await, stored(&table, keys[1]).await, stored(&table, keys[2]).await];
    assert!(cloud.everything().await.to_lowercase().contains("ann"));

    let ann: Address = "ANN@example.com".parse().unwrap();
    let now = at(DAY);
    let (chore, asked) = cost(&cloud, table.begin_forgetting(&firm(), &ann, 0xabc, now)).await;
    assert_eq!(asked, json!({ "UpdateItem": 1 }));
    let chore = chore.unwrap();
    // Three recipients, a client, an entry of the suppression list.
    assert_eq!(table.carry_on(&chore, now, || false).await.unwrap(), Progress::Done(5));

    let left: Vec<serde_json::Value> = serde_json::from_str(&cloud.everything().await.to_lowercase()).unwrap();
    for part in ["ann@", "ann roe", "home.example"] {
        let holding: Vec<_> = left.iter().filter(|item| item.to_string().contains(part)).collect();
        // The suppression list's own entry goes with its time.
        let goes = |item: &serde_json::Value| item["expires_at"].is_object();
        assert!(holding.iter().all(|item| goes(item)), "{part}: {holding:#?}");
    }
    for (key, before) in keys.iter().zip(&before) {
        let after = stored(&table, key).await;
        assert_eq!(shown(&after), shown(before));
        assert_eq!(after.mailbox.to_string(), "forgotten-000000000abc@forgotten.invalid");
        assert_eq!(fold(&after, now).next_action, fold(before, now).next_action);
    }
    assert_eq!(stored(&table, &bob).await.mailbox.to_string(), "bob@example.com");
    let client = table.client(&firm(), &client).await.unwrap().unwrap().value;
    assert_eq!((client.email.len(), client.contacts.len()), (1, 0));
    assert_eq!(table.suppressions(&firm(), Listed::Active, None, ALL).await.unwrap().suppressions, []);
    // Somebody else's invoice is as it was, and so is the second request for it.
    assert_eq!(table.carry_on(&chore, now, || false).await.unwrap(), Progress::Done(0));
    let again = table.begin_forgetting(&firm(), &ann, 0xdef, now).await.unwrap();
    assert_eq!(table.carry_on(&again, now, || false).await.unwrap(), Progress::Done(0));
}

#[tokio::test]
async fn what_a_person_asked_for_is_heeded_after_they_are_forgotten() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    append(&table, &key, &[event(5, complained())]).await;
    let ann: Address = ANN.parse().unwrap();
    let chore = table.begin_forgetting(&firm(), &ann, 1, at(DAY)).await.unwrap();
    assert_eq!(table.carry_on(&chore, at(DAY), || false).await.unwrap(), Progress::Done(1));
    let listed = table.suppressions(&firm(), Listed::Active, None, ALL).await.unwrap().suppressions;
    assert_eq!(listed.iter().map(|entry| entry.address.as_str()).collect::<Vec<_>>(), [ANN]);
    assert_eq!(fold(&stored(&table, &key).await, at(DAY)).sent_status, SentStatus::MarkedSpam);
}

#[tokio::test]
async fn whose_mail_is_under_way_is_forgotten_when_it_has_left() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    let ann: Address = ANN.parse().unwrap();
    let chore = table.begin_forgetting(&firm(), &ann, 1, at(10)).await.unwrap();
    assert_eq!(table.carry_on(&chore, at(10), || false).await.unwrap(), Progress::More);
    assert_eq!(stored(&table, &key).await.mailbox.to_string(), ANN, "it has to reach her");
    append(&table, &key, &[event(20, delivered())]).await;
    let due = at(21);
    assert_eq!(self::chore(&table, due).await, chore);
    assert_eq!(table.carry_on(&chore, due, || false).await.unwrap(), Progress::Done(1));
    assert_eq!(stored(&table, &key).await.mailbox.to_string(), "forgotten-000000000001@forgotten.invalid");
}

#[tokio::test]
async fn another_recipient_of_the_same_mail_keeps_the_copy_without_the_person() {
    let (cloud, table) = start().await;
    let send = SendId::new(at(0), 7);
    let (ann, mut bob) = (waiting("1", send, 0, ANN), waiting("1", send, 1, "Bob <bob@example.com>"));
    bob.key.position.index = 1;
    let both = [ann.clone(), bob.clone()];
    assert_eq!(submit(&table, &both, None).await, Submitted::Done);
    for key in [&ann.key, &bob.key] {
        append(&table, key, &[event(5, delivered())]).await;
    }
    let chore = table.begin_forgetting(&firm(), &ann.mailbox.address, 1, at(DAY)).await.unwrap();
    assert_eq!(table.carry_on(&chore, at(DAY), || false).await.unwrap(), Progress::Done(1));
    let content = table.body(&firm(), &ann.key.invoice, send).await.unwrap().unwrap();
    let names: Vec<String> = content.to.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["forgotten-000000000001@forgotten.invalid", "\"Bob\" <bob@example.com>"]);
    assert_eq!(content.message, body(&both).message, "the firm's own words stay");
    assert!(!cloud.everything().await.contains(ANN));
}

#[tokio::test]
async fn a_mail_that_waits_for_somebody_else_keeps_its_to_until_it_has_left() {
    let (_cloud, table) = start().await;
    let send = SendId::new(at(0), 7);
    let (ann, mut bob) = (waiting("1", send, 0, ANN), waiting("1", send, 1, "bob@example.com"));
    bob.key.position.index = 1;
    assert_eq!(submit(&table, &[ann.clone(), bob.clone()], None).await, Submitted::Done);
    append(&table, &ann.key, &[event(5, delivered())]).await;
    let chore = table.begin_forgetting(&firm(), &ann.mailbox.address, 1, at(10)).await.unwrap();
    assert_eq!(table.carry_on(&chore, at(10), || false).await.unwrap(), Progress::More);
    let content = table.body(&firm(), &ann.key.invoice, send).await.unwrap().unwrap();
    assert_eq!(content.to[0].to_string(), ANN, "Bob's copy is still to be composed");
    append(&table, &bob.key, &[event(20, delivered())]).await;
    assert_eq!(table.carry_on(&chore, at(30), || false).await.unwrap(), Progress::Done(1));
}

#[tokio::test]
async fn a_retention_time_that_is_set_while_a_run_ends_is_not_lost() {
    let (_cloud, table) = start().await;
    table.put_settings(&firm(), keeping(30), Expected::Anything, at(0)).await.unwrap();
    let chore = chore(&table, at(0)).await;
    table.put_settings(&firm(), Settings::default(), Expected::Anything, at(1)).await.unwrap();
    // The run has read that nobody wants it; then somebody does, and then the run ends.
    let wanted = async || {
        table.put_settings(&firm(), keeping(10), Expected::Anything, at(2)).await.unwrap();
    };
    let (ended, ()) = tokio::join!(table.carry_on(&chore, at(1), || false), wanted());
    assert_eq!(ended.unwrap(), Progress::Done(0));
    // Whichever came first, it is looked after.
    let far = at(2 * DAY);
    assert_eq!(self::chore(&table, far).await, chore);
}

#[tokio::test]
async fn a_second_run_after_the_end_finds_nothing_to_do_and_leaves_nothing_due() {
    let (_cloud, table) = start().await;
    let key = send_to(&table, "1", ANN).await;
    append(&table, &key, &[event(5, delivered())]).await;
    let chore = table.begin_forgetting(&firm(), &ANN.parse().unwrap(), 1, at(10)).await.unwrap();
    let (one, other) = tokio::join!(table.carry_on(&chore, at(10), || true), table.carry_on(&chore, at(10), || true));
    one.and(other).unwrap();
    while table.carry_on(&chore, at(11), || false).await.unwrap() == Progress::More {}
    for shard in 0..DUE_SHARDS {
        assert_eq!(table.due(shard, Timestamp::MAX, None, ALL).await.unwrap().due, []);
    }
}
