//! Reading: histories, reports and the work queue, page by page.

use domain::client::{SkipReason, Skipped};
use domain::event::{Event, EventKind};
use domain::fold::Rare;
use domain::ids::{Firm, Kind, Position, RecipientKey, SendId};
use domain::recipient::Recipient;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use table::{NewSend, Page, Place, Selection, Span, Submitted, Table, WholeSend};
use tests::cloud::Cloud;
use tests::written::{at, event, firm, start as begin, submit, waiting};

use super::{ALL, append, attention, bounced, complained, cost, deferred, delivered, dropped, keys, start};

const HOUR: i64 = 60 * 60;
const ANN: &str = "ann@example.com";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Writes a send to one address at a time.
async fn send_at(table: &Table, invoice: &str, when: Timestamp, random: u128, address: &str) -> RecipientKey {
    let recipient = waiting(invoice, SendId::new(when, random), 0, address);
    assert_eq!(submit(table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
    recipient.key
}

#[tokio::test]
async fn a_history_is_the_latest_sends_and_the_places_in_order() {
    let (cloud, table) = start().await;
    let mut expected = Vec::new();
    for number in 0..5u8 {
        let send = SendId::new(at(i64::from(number / 2)), number.into());
        let mut recipients: Vec<Recipient> = (0..3).map(|index| waiting("1", send, index, "a@example.com")).collect();
        recipients[2].key.position = Position { kind: Kind::Cc, index: 0 };
        let written = [recipients[2].clone(), recipients[1].clone(), recipients[0].clone()];
        assert_eq!(submit(&table, &written, None).await, Submitted::Done);
        expected.splice(0..0, recipients);
    }
    // Invoices whose names begin alike have nothing of it.
    send_at(&table, "11", at(9), 0, "b@example.com").await;
    let invoice = "1".parse().unwrap();
    let (history, asked) = cost(&cloud, table.history(&firm(), &invoice, None, 50)).await;
    let history = history.unwrap();
    assert_eq!(asked, json!({ "Query": 1 }));
    assert_eq!((history.recipients, history.older_than.is_some()), (expected.clone(), false));

    let first = table.history(&firm(), &invoice, None, 2).await.unwrap();
    assert_eq!((first.recipients.as_slice(), first.older_than.is_some()), (&expected[..6], true));
    let before = Some(first.recipients[5].key.send);
    let rest = table.history(&firm(), &invoice, before, 50).await.unwrap();
    assert_eq!((rest.recipients.as_slice(), rest.older_than.is_some()), (&expected[6..], false));
    let before = Some(expected[14].key.send);
    let none = table.history(&firm(), &invoice, before, 50).await.unwrap();
    assert_eq!((none.recipients, none.older_than.is_some()), (vec![], false));
    let none = table.history(&"doe".parse().unwrap(), &invoice, None, 50).await.unwrap();
    assert_eq!((none.recipients, none.older_than.is_some()), (vec![], false));
}

#[tokio::test]
async fn a_history_of_more_than_a_megabyte_is_whole() {
    let (cloud, table) = start().await;
    let recipients: Vec<Recipient> =
        (0..40).map(|index| waiting("1", SendId::new(begin(), 0), index, "ann@example.com")).collect();
    assert_eq!(submit(&table, &recipients, None).await, Submitted::Done);
    send_at(&table, "1", at(-HOUR), 0, "ann@example.com").await;
    let raw = |second: i64| EventKind::Unknown { name: second.to_string(), raw: "x".repeat(2000) };
    let events: Vec<Event> = (1..=15).map(|second| Event::new(at(second), raw(second))).collect();
    for recipient in &recipients {
        table.append(&recipient.key, &events, None, at(16)).await.unwrap().unwrap();
    }
    for (most, expected, more) in [(1, 40, true), (50, 41, false)] {
        let (history, asked) = cost(&cloud, table.history(&firm(), &"1".parse().unwrap(), None, most)).await;
        let history = history.unwrap();
        assert_eq!((history.recipients.len(), history.older_than.is_some()), (expected, more));
        assert_eq!(asked, json!({ "Query": 2 }), "an answer ends at 1 MB, which a send does not");
        let whole =
            history.recipients.iter().filter(|recipient| recipient.log.events().count() == events.len()).count();
        assert_eq!(whole, recipients.len());
    }
}

#[tokio::test]
async fn a_whole_send_is_its_own_recipients_in_their_order() {
    let (cloud, table) = start().await;
    let (invoice, send) = ("1".parse().unwrap(), SendId::new(begin(), 5));
    let mut recipients: Vec<Recipient> = (0..4).map(|index| waiting("1", send, index, "a@example.com")).collect();
    recipients[2].key.position = Position { kind: Kind::Cc, index: 0 };
    recipients[3].key.position = Position { kind: Kind::Bcc, index: 0 };
    let written: Vec<Recipient> = recipients.iter().rev().cloned().collect();
    assert_eq!(submit(&table, &written, None).await, Submitted::Done);
    // The sends right before and after it, and the same moment of another invoice.
    let neighbours = [send_at(&table, "1", begin(), 4, ANN).await, send_at(&table, "1", begin(), 6, ANN).await];
    let elsewhere = send_at(&table, "11", begin(), 5, ANN).await;
    let (whole, asked) = cost(&cloud, table.whole_send(&firm(), &invoice, send)).await;
    assert_eq!(asked, json!({ "Query": 1 }));
    assert_eq!(whole.unwrap(), Some(WholeSend { recipients, skipped: None }));
    for key in neighbours.iter().chain([&elsewhere]) {
        let whole = table.whole_send(&firm(), &key.invoice, key.send).await.unwrap().unwrap();
        assert_eq!(keys(&whole.recipients), std::slice::from_ref(key));
    }
    for (firm, invoice, send) in [
        ("doe".parse().unwrap(), invoice.clone(), send),
        (firm(), "2".parse().unwrap(), send),
        (firm(), invoice.clone(), SendId::new(begin(), 7)),
    ] {
        assert_eq!(table.whole_send(&firm, &invoice, send).await.unwrap(), None);
    }
}

#[tokio::test]
async fn whom_a_send_did_not_go_to_belongs_to_it() {
    let (_cloud, table) = start().await;
    let to_nobody = waiting("1", SendId::new(begin(), 0), 0, ANN);
    let (recent, body) = (Default::default(), tests::written::body(std::slice::from_ref(&to_nobody)));
    let skipped = [Skipped { address: ANN.parse().unwrap(), reason: SkipReason::NotInvited, since: None }];
    let finalized = NewSend {
        recipients: std::slice::from_ref(&to_nobody),
        body: &body,
        skipped: &skipped,
        once: None,
        recent: &recent,
        supersedes: None,
        now: begin(),
    };
    assert_eq!(table.submit(finalized).await.unwrap(), Submitted::Done);
    let RecipientKey { invoice, send, .. } = to_nobody.key.clone();
    let whole = table.whole_send(&firm(), &invoice, send).await.unwrap().unwrap();
    assert_eq!((keys(&whole.recipients), whole.skipped), (vec![to_nobody.key], Some(skipped.to_vec())));
}

#[tokio::test]
async fn a_send_of_several_megabytes_is_whole() {
    let (cloud, table) = start().await;
    let recipients: Vec<Recipient> = (0..40).map(|index| waiting("1", SendId::new(begin(), 0), index, ANN)).collect();
    assert_eq!(submit(&table, &recipients, None).await, Submitted::Done);
    let raw = |second: i64| EventKind::Unknown { name: second.to_string(), raw: "x".repeat(2000) };
    let events: Vec<Event> = (1..=30).map(|second| Event::new(at(second), raw(second))).collect();
    for recipient in &recipients {
        table.append(&recipient.key, &events, None, at(31)).await.unwrap().unwrap();
    }
    let (whole, asked) = cost(&cloud, table.whole_send(&firm(), &"1".parse().unwrap(), recipients[0].key.send)).await;
    assert_eq!(asked, json!({ "Query": 3 }), "an answer ends at 1 MB");
    let whole = whole.unwrap().unwrap().recipients;
    assert!(whole.len() == 40 && whole.iter().all(|recipient| recipient.log.events().count() == events.len()));
}

#[tokio::test]
async fn what_was_written_before_the_indexes_is_listed_later() {
    let (cloud, table) = start().await;
    let span = Span { from: begin(), until: at(HOUR) };
    let mut old = waiting("1", SendId::new(at(1), 0), 0, ANN);
    old.client = Some("client-7".to_owned());
    assert_eq!(submit(&table, std::slice::from_ref(&old), None).await, Submitted::Done);
    let new = send_at(&table, "2", at(2), 0, ANN).await;
    cloud.take_away("1", &["rare_pk", "client_pk", "address_pk"]).await;
    let by_address = Selection::Address(ANN.to_owned());
    assert_eq!(report(&cloud, &table, span, &by_address, ALL).await, std::slice::from_ref(&new));
    assert_eq!(report(&cloud, &table, span, &Selection::Unlisted, ALL).await, std::slice::from_ref(&old.key));
    // Whoever has read an older log leaves it alone.
    let stale = table.recipient(&old.key).await.unwrap().unwrap();
    append(&table, &old.key, &[event(2, EventKind::Processed), event(3, dropped())]).await;
    assert!(!table.list(&stale).await.unwrap());
    let fresh = table.recipient(&old.key).await.unwrap().unwrap();
    let (listed, asked) = cost(&cloud, table.list(&fresh)).await;
    assert_eq!((listed.unwrap(), asked), (true, json!({ "UpdateItem": 1 })));
    assert!(!table.list(&fresh).await.unwrap(), "once is enough");
    let rare = Selection::Rare([Rare::Failing].into());
    for selection in [Selection::Client("client-7".parse().unwrap()), rare] {
        assert_eq!(report(&cloud, &table, span, &selection, ALL).await, std::slice::from_ref(&old.key));
    }
    assert_eq!(report(&cloud, &table, span, &by_address, ALL).await, [new, old.key]);
    assert_eq!(report(&cloud, &table, span, &Selection::Unlisted, ALL).await, []);
}

#[tokio::test]
async fn what_stands_where_its_log_does_not_want_it_is_put_there() {
    let (cloud, table) = start().await;
    let key = send_at(&table, "1", at(1), 0, ANN).await;
    let failed = append(&table, &key, &[event(2, EventKind::Processed), event(3, dropped())]).await;
    let (right, asked) = cost(&cloud, table.reindex(failed, at(4))).await;
    assert_eq!((right.unwrap(), asked), (true, json!({})));
    cloud.take_away("1", &["rare_pk", "attention_pk", "attention_sk"]).await;
    let lost = table.recipient(&key).await.unwrap().unwrap();
    let (right, asked) = cost(&cloud, table.reindex(lost.clone(), at(4))).await;
    assert_eq!((right.unwrap(), asked), (true, json!({ "UpdateItem": 1 })));
    let found = table.recipient(&key).await.unwrap().unwrap();
    assert_eq!((found.rare, found.attention_since), (Some(Rare::Failing), Some(at(3))));
    append(&table, &key, &[event(9, complained())]).await;
    assert!(!table.reindex(lost, at(10)).await.unwrap(), "its log has grown since");
}

/// All pages of a listing, each turned by a place that went through bytes, as a cursor does.
async fn all_pages(limit: usize, page: impl AsyncFn(Option<Place>) -> Page) -> Vec<RecipientKey> {
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = page(after).await;
        assert!(page.recipients.len() <= limit);
        found.extend(keys(&page.recipients));
        let Some(next) = page.next else { return found };
        after = Some(Place::from_bytes(&next.to_bytes()).unwrap());
        pages += 1;
        assert!(pages < 50, "no end");
    }
}

/// A report of one query a page, or of one and a read of what it found.
async fn report(cloud: &Cloud, table: &Table, span: Span, selection: &Selection, limit: usize) -> Vec<RecipientKey> {
    let page = async |after: Option<Place>| {
        let (page, asked) = cost(cloud, table.report(&firm(), &span, selection, after.as_ref(), limit)).await;
        let is_all = matches!(selection, Selection::All | Selection::Domain(_) | Selection::Unlisted);
        let with_items = !is_all && asked == json!({ "Query": 1, "BatchGetItem": 1 });
        assert!(asked == json!({ "Query": 1 }) || with_items || asked == json!({}), "{asked}");
        page.unwrap()
    };
    all_pages(limit, page).await
}

#[tokio::test]
async fn a_report_goes_back_in_time_over_the_ends_of_months() {
    let (cloud, table) = start().await;
    let sent = [
        ("2026-09-30T23:59:59.999Z", 0),
        ("2026-10-01T00:00:00Z", 0),
        ("2026-11-30T23:59:59.998Z", 1),
        ("2026-11-30T23:59:59.999Z", 0),
        ("2026-11-30T23:59:59.999Z", u128::MAX),
        ("2026-12-01T00:00:00Z", 0),
        ("2026-12-01T00:00:00.001Z", 0),
    ];
    let mut expected = Vec::new();
    for (number, (when, random)) in sent.into_iter().enumerate() {
        expected.insert(0, send_at(&table, &number.to_string(), time(when), random, "ann@example.com").await);
    }
    let mut foreign = waiting("1", SendId::new(time("2026-11-30T12:00:00Z"), 5), 0, "ann@example.com");
    foreign.key.firm = "roe2".parse::<Firm>().unwrap();
    assert_eq!(submit(&table, std::slice::from_ref(&foreign), None).await, Submitted::Done);

    let all = Selection::default();
    let span = |from: &str, until: &str| Span { from: time(from), until: time(until) };
    let whole = span("2026-09-01T00:00:00Z", "2027-01-01T00:00:00Z");
    for limit in [1, 2, 3, ALL] {
        assert_eq!(report(&cloud, &table, whole, &all, limit).await, expected, "{limit} a page");
    }
    // Its first moment is in, the first one after it is out.
    let november = span("2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z");
    assert_eq!(report(&cloud, &table, november, &all, 2).await, expected[2..6]);
    let moment = span("2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z");
    assert_eq!(report(&cloud, &table, moment, &all, 1).await, expected[2..4]);
    let nothing = span("2026-11-30T23:59:59.999Z", "2026-11-30T23:59:59.999Z");
    assert_eq!(report(&cloud, &table, nothing, &all, 2).await, []);
    // A place of another report, beyond this one's first moment, is its end and no bad request.
    let place = Place::in_report(&expected[6]);
    let (page, asked) = cost(&cloud, table.report(&firm(), &moment, &all, Some(&place), 2)).await;
    assert_eq!((page.unwrap(), asked), (Page { recipients: vec![], next: None }, json!({})));
}

#[tokio::test]
async fn a_report_that_leaves_out_goes_on_after_what_it_left_out() {
    let (cloud, table) = start().await;
    let mut expected = Vec::new();
    for number in 0..9u8 {
        let send = SendId::new(at(number.into()), 0);
        let mut recipient =
            waiting(&number.to_string(), send, 0, if number % 2 == 0 { "Ann@A.example" } else { "b@b.example" });
        recipient.client = (number % 3 != 0).then(|| "client-7".to_owned());
        assert_eq!(submit(&table, std::slice::from_ref(&recipient), None).await, Submitted::Done);
        expected.insert(0, recipient);
    }
    let span = Span { from: begin(), until: at(HOUR) };
    let wanted =
        |test: fn(&Recipient) -> bool| keys(&expected.iter().filter(|one| test(one)).cloned().collect::<Vec<_>>());
    let by_client = Selection::Client("client-7".parse().unwrap());
    let by_address = Selection::Address("ann@a.example".to_owned());
    let by_domain = Selection::Domain("a.example".to_owned());
    for limit in [1, 2, ALL] {
        assert_eq!(report(&cloud, &table, span, &by_client, limit).await, wanted(|one| one.client.is_some()));
        let ann = |one: &Recipient| one.mailbox.address.same_mailbox_key() == "ann@a.example";
        assert_eq!(report(&cloud, &table, span, &by_address, limit).await, wanted(ann));
        assert_eq!(report(&cloud, &table, span, &by_domain, limit).await, wanted(ann));
    }
    let nobody = Selection::Client("client-8".parse().unwrap());
    assert_eq!(report(&cloud, &table, span, &nobody, 2).await, []);
    let early = Span { until: at(3), ..span };
    assert_eq!(report(&cloud, &table, early, &by_address, 2).await, keys(&[expected[6].clone(), expected[8].clone()]));
}

#[tokio::test]
async fn what_is_rare_is_found_among_what_is_not() {
    let (cloud, table) = start().await;
    let span = Span { from: begin(), until: at(HOUR) };
    let mut sent = Vec::new();
    for number in 0..8u8 {
        sent.push(send_at(&table, &number.to_string(), at(number.into()), 0, ANN).await);
    }
    let [queued, accepted, arrived, dropped_one, bounced_one, late, reported, opened] = sent.try_into().unwrap();
    append(&table, &accepted, &[event(1, EventKind::Processed)]).await;
    append(&table, &arrived, &[event(2, EventKind::Processed), event(3, deferred()), event(4, delivered())]).await;
    append(&table, &dropped_one, &[event(3, dropped())]).await;
    append(&table, &bounced_one, &[event(4, EventKind::Processed), event(5, bounced(&[ANN]))]).await;
    append(&table, &late, &[event(5, EventKind::Processed), event(6, deferred())]).await;
    append(&table, &reported, &[event(6, complained())]).await;
    // By itself a delivery lists nobody; the whole log does.
    append(&table, &reported, &[event(5, delivered())]).await;
    append(&table, &opened, &[event(7, EventKind::Processed), event(8, deferred())]).await;
    let rare = |kinds: &[Rare]| Selection::Rare(kinds.iter().copied().collect());
    let failing = [opened, reported, late, bounced_one, dropped_one];
    let both = [failing.as_slice(), std::slice::from_ref(&queued)].concat();
    for limit in [1, 2, 3, ALL] {
        assert_eq!(report(&cloud, &table, span, &rare(&[Rare::Failing]), limit).await, failing, "{limit} a page");
        assert_eq!(report(&cloud, &table, span, &rare(&[Rare::Queued]), limit).await, std::slice::from_ref(&queued));
    }
    for limit in [1, 2, ALL] {
        let page = async |after: Option<Place>| {
            let selection = rare(&[Rare::Queued, Rare::Failing]);
            let (page, asked) = cost(&cloud, table.report(&firm(), &span, &selection, after.as_ref(), limit)).await;
            assert_eq!((&asked["Query"], asked["BatchGetItem"].as_u64() <= Some(1)), (&json!(2), true), "{asked}");
            page.unwrap()
        };
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = page(after).await;
            found.extend(keys(&page.recipients));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, both, "{limit} a page");
    }
}

#[tokio::test]
async fn the_queue_comes_page_by_page_the_oldest_first() {
    let (cloud, table) = start().await;
    // Three of one send are in it since the same moment, across the end of a page.
    let mut recipients: Vec<Recipient> =
        (0..3).map(|index| waiting("1", SendId::new(at(5), 0), index, "ann@example.com")).collect();
    assert_eq!(submit(&table, &recipients, None).await, Submitted::Done);
    for (invoice, second) in [("2", 1), ("3", 9)] {
        recipients.push(waiting(invoice, SendId::new(at(second), 0), 0, "ann@example.com"));
        assert_eq!(submit(&table, &recipients[recipients.len() - 1..], None).await, Submitted::Done);
    }
    let [first, second, third, oldest, newest] = keys(&recipients).try_into().unwrap();
    let expected = [oldest, third, second, first, newest];
    assert_eq!(attention(&table).await, expected);
    for limit in [1, 2, 3] {
        let page = async |after: Option<Place>| {
            let (page, asked) = cost(&cloud, table.attention(&firm(), after.as_ref(), limit)).await;
            assert_eq!(asked, json!({ "Query": 1 }));
            page.unwrap()
        };
        assert_eq!(all_pages(limit, page).await, expected, "{limit} a page");
    }
    // A place stays one when who stood there has left.
    let gone = recipients[2].clone();
    let place = Place::in_attention(&gone.key, at(5));
    table.set_attention(gone, None).await.unwrap();
    let rest = table.attention(&firm(), Some(&place), ALL).await.unwrap();
    assert_eq!((keys(&rest.recipients).as_slice(), rest.next), (&expected[2..], None));
    let last = Place::in_attention(&expected[4], at(9) + SignedDuration::from_millis(1));
    assert_eq!(table.attention(&firm(), Some(&last), ALL).await.unwrap(), Page { recipients: vec![], next: None });
    assert_eq!(table.attention(&"ro".parse().unwrap(), None, ALL).await.unwrap().recipients, []);
}
