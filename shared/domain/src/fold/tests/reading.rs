//! Who read it: machines, people, and both after one another.
use super::*;

/// A fetch so many seconds after the send.
fn fetch(seconds: i64, agent: Agent, network: u64) -> Hit {
    let mut hit = hit(0, agent);
    hit.at = from_millisecond(SUBMITTED_MS + seconds * 1_000);
    hit.facts.network = network;
    hit
}

fn delivered_to_ann() -> Recipient {
    recipient([processed(), delivered()])
}

/// The rules that opens and clicks were judged by, in order of time.
fn rules(view: &View) -> Vec<&'static str> {
    view.statuses.iter().filter_map(|entry| entry.rule).collect()
}

#[test]
fn apples_prefetch_is_a_machines_and_the_open_after_it_a_persons() {
    let mut ann = delivered_to_ann();
    ann.log.opens.add(fetch(130, Agent::AppleProxy, 1));
    assert_eq!(view(&ann).evidence, Evidence::FetchedAutomatically);
    ann.log.opens.add(fetch(3_600, Agent::Browser, 2));
    ann.log.opens.add(fetch(3_700, Agent::AppleProxy, 3));
    let view = view(&ann);
    assert_eq!(rules(&view), ["apple_mail_privacy", "mail_reader", "apple_mail_privacy"]);
    assert_eq!((view.sent_status, view.opens.human, view.opens.automatic), (SentStatus::Opened, 1, 2));
    assert_eq!((view.first_opened_at, view.last_opened_at), (Some(at(60)), Some(at(60))));
}

#[test]
fn of_a_scanners_burst_over_three_networks_and_a_later_click_only_that_is_a_persons() {
    let mut ann = delivered_to_ann();
    for (seconds, network) in [(0, 1), (3, 2)] {
        ann.log.clicks.add(fetch(130 + seconds, Agent::Browser, network));
    }
    let early = view(&ann);
    assert_eq!((early.evidence, early.clicks.human), (Evidence::Clicked, 2), "two networks are a person's");
    // The third gives the first two away.
    ann.log.clicks.add(fetch(140, Agent::Browser, 3));
    let burst = view(&ann);
    assert_eq!((burst.evidence, burst.clicks.automatic), (Evidence::FetchedAutomatically, 3));
    assert_eq!((burst.sent_status, burst.first_opened_at), (SentStatus::Sent, None));
    ann.log.clicks.add(fetch(3_600, Agent::Browser, 4));
    let fourth = view(&ann);
    assert_eq!(rules(&fourth), ["many_networks", "many_networks", "many_networks", "browser"]);
    assert_eq!((fourth.clicks.human, fourth.first_opened_at), (1, Some(at(60))));
}

#[test]
fn opens_and_clicks_of_one_burst_count_together() {
    let mut ann = delivered_to_ann();
    ann.log.opens.add(fetch(130, Agent::Browser, 1));
    ann.log.clicks.add(fetch(131, Agent::Browser, 2));
    ann.log.clicks.add(fetch(132, Agent::Browser, 3));
    assert_eq!(view(&ann).evidence, Evidence::FetchedAutomatically);
}

#[test]
fn outlooks_and_gmails_proxies_fetch_for_readers() {
    let mut ann = delivered_to_ann();
    let mut outlook = fetch(130, Agent::Browser, 1);
    outlook.facts.network_class = NetworkClass::MicrosoftMail;
    ann.log.opens.add(outlook);
    assert_eq!(rules(&view(&ann)), ["mail_reader"]);
    ann.log.clicks.add(Hit { at: at(5), link: 1, ..outlook });
    assert_eq!(rules(&view(&ann)), ["mail_reader", "microsoft_scanner"]);
    for network in 2..6 {
        ann.log.opens.add(fetch(400, Agent::ImageProxy, network));
    }
    assert_eq!(view(&ann).opens.human, 5, "the proxy's addresses change under one reader");
}

#[test]
fn a_link_preview_in_a_chat_is_no_click() {
    let mut ann = delivered_to_ann();
    ann.log.clicks.add(fetch(200, Agent::Browser, 1));
    ann.log.clicks.add(fetch(260, Agent::Program, 2));
    let view = view(&ann);
    assert_eq!((view.clicks.human, view.clicks.automatic), (1, 1));
    assert_eq!(rules(&view), ["browser", "program"]);
}

#[test]
fn an_out_of_office_notice_and_a_late_bounce_leave_the_open_as_it_is() {
    let mut ann = recipient([processed(), delivered(), bounce(BounceType::Transient, "General")]);
    ann.log.opens.add(fetch(130, Agent::Browser, 1));
    assert_eq!(view(&ann).sent_status, SentStatus::Opened);
    let mut ann = recipient([processed(), delivered(), bounce(BounceType::Permanent, "General")]);
    ann.log.opens.add(fetch(130, Agent::Browser, 1));
    assert_eq!((view(&ann).sent_status, view(&ann).evidence), (SentStatus::Rejected, Evidence::PossiblyOpened));
    let mut ann = recipient([processed(), delivered(), complaint()]);
    ann.log.clicks.add(fetch(130, Agent::Browser, 1));
    assert_eq!((view(&ann).sent_status, view(&ann).evidence), (SentStatus::MarkedSpam, Evidence::Clicked));
}

#[test]
fn clicks_from_several_networks_over_days_were_possibly_others() {
    const DAY: i64 = 24 * 3_600;
    let forwarded = |clicks: &[(i64, u64)]| {
        let mut ann = delivered_to_ann();
        for (seconds, network) in clicks {
            ann.log.clicks.add(fetch(*seconds, Agent::Browser, *network));
        }
        view(&ann).possibly_forwarded_at
    };
    assert_eq!(forwarded(&[(DAY, 1), (2 * DAY, 2), (3 * DAY, 3)]), Some(at(3 * 24 * 60)));
    assert_eq!(forwarded(&[(DAY, 1), (2 * DAY, 2), (9 * DAY, 1)]), None, "an office and a home");
    assert_eq!(forwarded(&[(DAY, 1), (DAY + 3_600, 2), (2 * DAY, 3)]), None, "within a day of one another");
    assert_eq!(forwarded(&[(DAY, 1), (DAY + 60, 2), (DAY + 120, 3), (9 * DAY, 1)]), None, "back at the office");
    assert_eq!(forwarded(&[(DAY, 1), (9 * DAY, 2), (40 * DAY, 3)]), None, "not comparable after a month");
    let mut ann = delivered_to_ann();
    for day in 1..9 {
        ann.log.clicks.add(fetch(day * DAY, Agent::Program, day.unsigned_abs()));
        let mut relayed = fetch(day * DAY + 9, Agent::Browser, 10 + day.unsigned_abs());
        relayed.facts.network_class = NetworkClass::AppleRelay;
        ann.log.clicks.add(relayed);
    }
    assert_eq!(view(&ann).possibly_forwarded_at, None, "machines, and a relay that changes by itself");
}

#[test]
fn the_same_log_gives_two_views_under_two_versions_of_the_rules() {
    let mut ann = delivered_to_ann();
    for network in 1..4 {
        ann.log.clicks.add(fetch(130, Agent::Browser, network));
    }
    let logged = ann.log.clone();
    let under = |ruleset| {
        let view = fold_under(&ann, at(60), ruleset);
        (view.sent_status, view.evidence, view.clicks.human, view.clicks.automatic)
    };
    assert_eq!(under(Ruleset::One), (SentStatus::Opened, Evidence::Clicked, 3, 0));
    assert_eq!(under(Ruleset::Two), (SentStatus::Sent, Evidence::FetchedAutomatically, 0, 3));
    assert_eq!(ann.log, logged);
}

#[test]
fn a_flood_stays_bounded_and_the_first_and_the_last_open_stay_true() {
    let mut ann = delivered_to_ann();
    ann.log.opens.add(fetch(120, Agent::Browser, 1));
    for seconds in 0..100_000 {
        ann.log.opens.add(fetch(200 + seconds, Agent::Program, 2));
    }
    ann.log.opens.add(fetch(200_000, Agent::Browser, 1));
    let view = view(&ann);
    assert_eq!((view.opens.human, view.opens.automatic), (2, 100_000));
    assert_eq!(
        (view.first_opened_at, view.last_opened_at),
        (Some(at(2)), Some(from_millisecond(SUBMITTED_MS + 200_000_000)))
    );
    assert!(view.statuses.len() < 110, "{}", view.statuses.len());
}
