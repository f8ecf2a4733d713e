//! The history as the contract shows it.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::rows::tests::{at, deferred, open, sent, with_events};
use crate::tests::KEYS;
use domain::event::EventKind;
use domain::evidence::Agent;
use domain::ids::Kind;

fn asker<'a>(firm: &'a domain::ids::Firm, keys: &'a TokenKeys) -> Asker<'a> {
    const ZONE: &jiff::tz::TimeZone = &jiff::tz::TimeZone::UTC;
    Asker { firm, keys, zone: ZONE, now: at("2026-11-21T12:00:00Z") }
}

fn document(page: &[Folded], next_cursor: Option<String>) -> String {
    let status = invoice_status(page.iter().map(|(recipient, view)| (recipient, view)));
    let nobody = BTreeMap::new();
    let history = History {
        invoice: "1042",
        sent_status: status.map(|status| status.sent_status.as_str()),
        evidence: status.map_or("none", |status| status.evidence.as_str()),
        ruleset: Ruleset::CURRENT.as_str(),
        sends: sends(page, &nobody),
        next_cursor,
    };
    serde_json::to_string(&history).unwrap()
}

#[test]
fn a_history_is_as_the_contract_says() {
    let recipient = sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0);
    let mut recipient = with_events(recipient, vec![("2026-11-21T10:00:01Z", EventKind::Processed)]);
    recipient.log.opens.add(open("2026-11-21T10:00:03Z", Agent::AppleProxy));
    recipient.log.opens.add(open("2026-11-21T11:00:00Z", Agent::Browser));
    recipient.log.opens.add(open("2026-11-21T12:00:00Z", Agent::Browser));
    let page = folded(vec![recipient], at("2026-11-21T13:00:00Z"), Ruleset::CURRENT);
    let send = page[0].0.key.send;
    let details: Vec<&str> = page[0].1.statuses.iter().filter_map(|entry| entry.detail.as_deref()).collect();
    assert_eq!(details.len(), 3);
    let opened = |time: &str, detail: &str, automatic: bool, rule: &str| {
        format!(r#"{{"status":"opened","at":"{time}","detail":"{detail}","automatic":{automatic},"rule":"{rule}"}}"#)
    };
    let expected = [
        r#"{"invoice":"1042","sent_status":"opened","evidence":"possibly_opened","ruleset":"2","sends":[{"#.to_owned(),
        format!(r#""send":"{send}","submitted_at":"2026-11-21T10:00:00.000Z","#),
        r#""subject":"Invoice 1042 from Roe & Partners","source":"manual","sent_by":"anna@firm.com","#.to_owned(),
        r#""tracked":true,"recipients":[{"recipient":"to:0","kind":"to","address":"ann@example.com","#.to_owned(),
        r#""name":null,"sent_status":"opened","evidence":"possibly_opened","opens":2,"automatic_opens":1,"#.to_owned(),
        r#""clicks":0,"automatic_clicks":0,"first_opened_at":"2026-11-21T11:00:00.000Z","#.to_owned(),
        r#""last_opened_at":"2026-11-21T12:00:00.000Z","possibly_forwarded":false,"supersedes":null,"#.to_owned(),
        r#""superseded_by":null,"reason":null,"#.to_owned(),
        r#""next_action":null,"wait_until":null,"statuses":["#.to_owned(),
        r#"{"status":"processed","at":"2026-11-21T10:00:01.000Z","detail":null},"#.to_owned(),
        format!("{},", opened("2026-11-21T10:00:03.000Z", details[0], true, "apple_mail_privacy")),
        format!("{},", opened("2026-11-21T11:00:00.000Z", details[1], false, "mail_reader")),
        opened("2026-11-21T12:00:00.000Z", details[2], false, "mail_reader"),
        r#"]}]}],"next_cursor":null}"#.to_owned(),
    ];
    assert_eq!(document(&page, None), expected.concat());
}

#[test]
fn an_invoice_never_e_mailed_has_an_empty_history() {
    let expected =
        r#"{"invoice":"1042","sent_status":null,"evidence":"none","ruleset":"2","sends":[],"next_cursor":null}"#;
    assert_eq!(document(&[], None), expected);
}

#[test]
fn sends_keep_their_order_and_their_recipients() {
    let recipients = vec![
        sent("1042", "2026-11-21T11:00:00Z", Kind::To, 0),
        sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0),
        sent("1042", "2026-11-21T10:00:00Z", Kind::To, 1),
        with_events(sent("1042", "2026-11-21T10:00:00Z", Kind::Cc, 0), vec![("2026-11-21T10:00:05Z", deferred())]),
    ];
    let mut recipients = folded(recipients, at("2026-11-21T12:00:00Z"), Ruleset::CURRENT);
    recipients[1].0.superseded_by = Some(recipients[0].0.key.send);
    let document: serde_json::Value = serde_json::from_str(&document(&recipients, Some("next".to_owned()))).unwrap();
    let places: Vec<Vec<&str>> = document["sends"]
        .as_array()
        .unwrap()
        .iter()
        .map(|send| send["recipients"].as_array().unwrap().iter().map(|r| r["recipient"].as_str().unwrap()).collect())
        .collect();
    assert_eq!(places, [vec!["to:0"], vec!["to:0", "to:1", "cc:0"]]);
    assert_eq!(document["next_cursor"], "next");
    let [first, second] = [&document["sends"][0], &document["sends"][1]];
    assert_eq!(second["recipients"][0]["superseded_by"], first["send"]);
    assert_eq!(second["recipients"][2]["next_action"], "wait");
    assert_eq!(second["recipients"][2]["wait_until"], "2026-11-22T00:00:05.000Z");
}

#[test]
fn a_page_is_cut_between_sends_only() {
    let with_lines = |hour: &str, index: u8, lines: u32| {
        let events = (0..lines).map(|line| {
            let at = at("2026-11-21T12:00:00Z") + jiff::SignedDuration::from_secs(i64::from(line));
            domain::event::Event::new(at, EventKind::Delivered { detail: None })
        });
        let mut recipient = sent("1042", &format!("2026-11-21T{hour}:00:00Z"), Kind::To, index);
        recipient.log.extend(events);
        recipient
    };
    let page = || {
        let recipients =
            vec![with_lines("11", 0, 3), with_lines("10", 0, 3), with_lines("10", 1, 3), with_lines("09", 0, 1)];
        folded(recipients, at("2026-11-21T12:00:00Z"), Ruleset::CURRENT)
    };
    for (most, kept) in [(10, 4), (9, 3), (8, 1), (3, 1), (1, 1)] {
        let mut page = page();
        assert_eq!((cut(&mut page, most), page.len()), (kept < 4, kept), "{most}");
    }
    assert!(!cut(&mut Vec::new(), 0));
}

#[test]
fn a_cursor_belongs_to_its_invoice() {
    let (firm, keys) = ("firm-a".parse().unwrap(), TokenKeys::parse(KEYS).unwrap());
    let read = |invoice: &str, query: &[(&str, &str)]| {
        let pairs = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        HistoryQuery::read(Ok(invoice.parse().unwrap()), pairs, asker(&firm, &keys))
            .map_err(|errors| errors.into_iter().map(|error| error.pointer).collect::<Vec<_>>())
    };
    let oldest = sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0).key.send;
    let cursor = read("1042", &[]).unwrap().cursor(&keys, oldest);
    assert_eq!(read("1042", &[("cursor", &cursor)]).unwrap().before, Some(oldest));
    assert_eq!(read("1043", &[("cursor", &cursor)]).unwrap_err(), ["cursor"]);
    assert_eq!(read("1042", &[("limit", "51")]).unwrap_err(), ["limit"]);
    assert_eq!(read("1042", &[("from", "2026-11-01")]).unwrap_err(), ["from"]);
}

#[test]
fn the_whole_history_decides_the_status() {
    // What an older page tells about a person counts only where no newer send went to that person.
    let mut bob = sent("1042", "2026-11-20T10:00:00Z", Kind::To, 1);
    bob.mailbox = "bob@example.com".parse().unwrap();
    let older = with_events(bob, vec![("2026-11-20T10:00:05Z", deferred())]);
    let newer = with_events(
        sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0),
        vec![("2026-11-21T10:00:01Z", EventKind::Processed)],
    );
    let all = folded(vec![newer, older], at("2026-11-21T12:00:00Z"), Ruleset::CURRENT);
    let status = |part: &[Folded]| {
        invoice_status(part.iter().map(|(recipient, view)| (recipient, view))).unwrap().sent_status.as_str()
    };
    assert_eq!((status(&all[..1]), status(&all)), ("sent", "delayed"));
}

#[test]
fn an_automatic_e_mail_tells_whom_it_did_not_go_to() {
    let page =
        folded(vec![sent("1042", "2026-11-21T10:00:00Z", Kind::To, 0)], at("2026-11-21T13:00:00Z"), Ruleset::CURRENT);
    let skipped = |address: &str| Skipped {
        address: address.parse().unwrap(),
        reason: domain::client::SkipReason::InvitationPending,
        since: Some(at("2026-11-20T10:00:00Z")),
    };
    let later = SendId::new(at("2026-11-21T11:00:00Z"), 0);
    let known = page[0].0.key.send;
    let all = BTreeMap::from([(known, vec![skipped("ann@example.com")]), (later, vec![skipped("bob@example.com")])]);
    let sends = sends(&page, &all);
    let told: Vec<_> = sends
        .iter()
        .map(|send| (send.source, send.recipients.len(), send.skipped.as_ref().map(|skipped| skipped[0].address)))
        .collect();
    assert_eq!(told, [("automatic", 0, Some("bob@example.com")), ("manual", 1, Some("ann@example.com"))]);
    let json = serde_json::to_value(&sends[0]).unwrap();
    let entry = serde_json::json!({
        "address": "bob@example.com", "reason": "invitation_pending", "since": "2026-11-20T10:00:00.000Z",
    });
    assert_eq!((&json["skipped"][0], &json["subject"]), (&entry, &serde_json::json!("")));
}
