//! The model's numbers against those of the code, of the template and of what is promised.

use domain::event::{DropCause, EventKind};
use domain::fold::{SentStatus, fold};
use domain::ids::SendId;
use domain::log::Log;
use regex_lite::Regex;
use tests::template::Template;
use tests::workspace;
use tests::written::{at, event, waiting};

use super::properties::is_shown_as_not_sent;
use super::state::{FUNCTION, GIVE_UP, LEASE, LONGEST_PAUSE, LOOK, LOOK_FAILED, Recipient};

/// One tick: the time between two runs of `watch`.
const TICK_SECONDS: u64 = 5 * 60;

fn ticks(ticks: u8) -> u64 {
    u64::from(ticks) * TICK_SECONDS
}

/// A private constant of a crate, in seconds: `const NAME: SignedDuration = SignedDuration::from_mins(5);`.
fn seconds(path: &str, name: &str) -> u64 {
    let text = workspace::read(path);
    let constant =
        Regex::new(&format!(r"const {name}: SignedDuration = SignedDuration::from_(secs|mins|hours)\((\d+)\);"));
    let found = constant.unwrap().captures(&text).unwrap_or_else(|| panic!("{path} has no {name}"));
    let unit = match &found[1] {
        "secs" => 1,
        "mins" => 60,
        _ => 60 * 60,
    };
    unit * found[2].parse::<u64>().unwrap()
}

#[test]
fn the_models_times_are_those_of_the_code() {
    let (send, watch) = ("functions/send/src/lib.rs", "functions/watch/src/lib.rs");
    let template = Template::read();
    let function = template.properties("SendFunction");
    let timeout = template.number(&function["Timeout"]).unwrap();
    let lease = template.number(&function["Environment"]["Variables"]["SEND_LEASE_SECONDS"]).unwrap();

    assert_eq!(lease / TICK_SECONDS, u64::from(LEASE));
    assert!(timeout <= ticks(FUNCTION), "an invocation may cross more than one tick");
    assert!(timeout < lease, "an invocation outlives its claim");

    let of_watch = template.properties("WatchFunction");
    assert_eq!(of_watch["Events"]["EveryFiveMinutes"]["Properties"]["Schedule"], "rate(5 minutes)");
    assert!(template.number(&of_watch["Timeout"]).unwrap() <= TICK_SECONDS, "runs of watch overlap");
    assert_eq!(seconds("shared/table/src/submit.rs", "FIRST_LOOK_AFTER"), ticks(LOOK));
    assert_eq!(seconds(watch, "LOOK_AGAIN_AFTER"), ticks(LOOK));
    assert!(seconds(send, "FIRST_DELAY") <= ticks(LOOK));

    // Of these only the order counts, which is the model's.
    const { assert!(FUNCTION < LEASE && LEASE < LOOK_FAILED && LEASE < GIVE_UP && LEASE < LONGEST_PAUSE) };
    let give_up = seconds(send, "GIVE_UP_AFTER");
    let longest_pause = seconds(watch, "LONGEST_PAUSE");
    assert!(lease < longest_pause && longest_pause < give_up);
    // Whom nobody claims is driven again in each period, so that the alarm sees no pause in the trouble.
    let alarm = template.number(&template.properties("RedrivenAlarm")["Period"]).unwrap();
    assert!(longest_pause + TICK_SECONDS <= alarm);
    assert!(lease < seconds(watch, "LOOK_FAILED_AFTER"));
    assert!(lease < give_up && seconds(send, "LONGEST_DELAY") < give_up);
}

#[test]
fn the_readmes_name_the_windows_size() {
    let template = Template::read();
    let function = template.properties("SendFunction");
    let timeout = template.number(&function["Timeout"]).unwrap();
    let lease = template.number(&function["Environment"]["Variables"]["SEND_LEASE_SECONDS"]).unwrap();
    // SES takes the message between the claim and the end of the invocation; the lease counts from the claim.
    let window = format!("{} to {} minutes", (lease - timeout) / 60, lease / 60);
    for path in ["README.md", "functions/send/README.md"] {
        let words = workspace::read(path).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&window), "{path} does not say how long the window is: {window}");
    }
}

#[test]
fn the_model_shows_what_the_fold_shows() {
    let processed = event(1, EventKind::Processed);
    for cause in [DropCause::GaveUp, DropCause::Refused("MessageRejected".to_owned()), DropCause::Superseded] {
        let dropped = event(2, EventKind::Dropped { cause, detail: None });
        for (is_processed, is_dropped) in [(false, false), (false, true), (true, false), (true, true)] {
            let events = [(is_processed, &processed), (is_dropped, &dropped)];
            let events = events.into_iter().filter(|(is_there, _)| *is_there).map(|(_, event)| event.clone());
            let mut recipient = waiting("1", SendId::new(at(0), 0), 0, "ann@example.com");
            recipient.log = Log::of(events);
            let modelled = Recipient { processed: is_processed, dropped: is_dropped, ..Recipient::new() };
            let wanted = match (is_shown_as_not_sent(&modelled), is_processed) {
                (true, _) => SentStatus::Rejected,
                (false, true) => SentStatus::Sent,
                (false, false) => SentStatus::Queued,
            };
            assert_eq!(fold(&recipient, at(3)).sent_status, wanted, "{:?}", recipient.log);
        }
    }
}
