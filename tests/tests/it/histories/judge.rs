//! What must hold when a history has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::fate::Fact;
use super::functions::{Function, request};
use super::model::{Expected, Noted, accepted_sends, expected, told};
use super::readings::{announcements, attention, counters, get, report, suppressions};
use super::story::{FIRM, Story};
use super::world::World;

/// A second mail may leave when the lease of the first has ended: 900 seconds after the claim, which comes before SES
/// is asked by the time for which an invocation waits for SES's rate at most.
const SECOND_MAIL_AFTER: SignedDuration = SignedDuration::from_secs(840);

/// Judges a history; the first that does not hold is told.
pub(super) async fn judge(story: &mut Story, world: &World) -> Result<(), String> {
    mails(story, world)?;
    touches(story, world)?;
    let histories = histories(story, world).await?;
    let mut shown = BTreeMap::new();
    for history in histories.values() {
        for send in history["sends"].as_array().unwrap() {
            for recipient in send["recipients"].as_array().unwrap() {
                let name = format!("{} {}", send["send"].as_str().unwrap(), recipient["recipient"].as_str().unwrap());
                shown.insert(name, recipient.clone());
            }
        }
    }
    let names: Vec<String> =
        story.recipients.iter().map(|recipient| format!("{} {}", recipient.key.send, recipient.key.position)).collect();
    let of = |name: &String| shown.get(name).ok_or_else(|| format!("{name} is not in the history"));
    let notes = names.iter().map(|name| of(name).map(noted)).collect::<Result<Vec<_>, _>>()?;
    let mut all = BTreeMap::new();
    for (place, name) in names.iter().enumerate() {
        let recipient = of(name)?;
        check_notes(story, world, place, &notes[place])?;
        let expected = expectation(story, world, place, &notes, suppressed(recipient));
        let found = found(recipient, expected.needs_somebody);
        if found != expected {
            return Err(format!("{name} ({place}) shows\n{found:#?}\nand must show\n{expected:#?}\n{recipient:#}"));
        }
        all.insert(name.clone(), expected);
    }
    if shown.len() != all.len() {
        return Err(format!("{} recipients are shown, and {} were accepted", shown.len(), all.len()));
    }
    report(story, world, &all).await?;
    attention(story, world, &all).await?;
    suppressions(story, world).await?;
    counters(story, world, &all).await?;
    announcements(world, &all, &names)
}

fn expectation(
    story: &Story,
    world: &World,
    place: usize,
    notes: &[Noted],
    suppressed: Option<&'static str>,
) -> Expected {
    let outside = world.door.outside();
    let updates = |invocation: usize| outside.invocations[invocation].updates;
    expected(story, &outside.mailbox, place, notes, suppressed, updates, world.clock.now())
}

/// Everybody was mailed whom somebody asked for, and nobody twice where it could be helped.
fn mails(story: &mut Story, world: &World) -> Result<(), String> {
    let outside = world.door.outside();
    let mails = &outside.mailbox.mails;
    for mail in mails {
        let Some(place) = story.place_of(&mail.key) else {
            return Err(format!("{:?} was mailed, and nobody accepted that", mail.key));
        };
        if story.recipients[place].dropped_at_once {
            return Err(format!("{:?} was on the suppression list, and was mailed", mail.key));
        }
    }
    for recipient in &story.recipients {
        let own: Vec<_> = mails.iter().filter(|mail| mail.key == recipient.key).collect();
        for pair in own.windows(2) {
            let [first, second] = pair else { continue };
            let unknown = first.known_at.is_none_or(|known_at| known_at > second.asked_at);
            if !unknown || second.asked_at.duration_since(first.asked_at) < SECOND_MAIL_AFTER {
                return Err(format!("a second mail that could be helped: {first:#?}\n{second:#?}"));
            }
            story.unavoidable += 1;
        }
    }
    Ok(())
}

/// What somebody did is recorded wherever the table took it, and it took it unless the trouble lasted.
fn touches(story: &Story, world: &World) -> Result<(), String> {
    let outside = world.door.outside();
    for (place, recipient) in story.recipients.iter().enumerate() {
        for touch in recipient.touches.iter().filter(|touch| touch.is_certain) {
            let seen = &outside.invocations[touch.invocation];
            if seen.updates == 0 {
                return Err(format!("{touch:?} of {place} is lost: {:?}", seen.requests));
            }
        }
    }
    Ok(())
}

/// What our own functions noted of a recipient.
fn noted(recipient: &Value) -> Noted {
    let mut noted = Noted::default();
    for status in recipient["statuses"].as_array().unwrap() {
        let detail = status["detail"].as_str().unwrap_or_default();
        match status["status"].as_str().unwrap() {
            "processed" => noted.processed = true,
            "dropped" if detail.contains("sent again before it left") => drop(noted.dropped.insert("superseded")),
            "dropped" if detail.contains("was tried for a day") => drop(noted.dropped.insert("gave_up")),
            "dropped" if detail.contains("The address is not at fault") => drop(noted.dropped.insert("refused")),
            _ => {}
        }
    }
    noted
}

/// Why a recipient was dropped at once, if it was.
fn suppressed(recipient: &Value) -> Option<&'static str> {
    let mut details = recipient["statuses"].as_array().unwrap().iter().filter_map(|status| status["detail"].as_str());
    details.find_map(|detail| match detail {
        "Not sent: an earlier e-mail to this address bounced." => Some("bounced"),
        "Not sent: this person reported an earlier e-mail as spam." => Some("complained"),
        "Not sent: this person asked for no further e-mails." => Some("unsubscribed"),
        _ => None,
    })
}

/// What our own functions noted must be true, and they must have noted how it ended.
fn check_notes(story: &Story, world: &World, place: usize, noted: &Noted) -> Result<(), String> {
    let outside = world.door.outside();
    let recipient = &story.recipients[place];
    let mailbox = &outside.mailbox;
    let mailed = mailbox.mails.iter().any(|mail| mail.key == recipient.key);
    let told = told(mailbox, recipient);
    let wrong = |what: &str| Err(format!("{place} {:?}: {what}: {noted:?}", recipient.key));
    if noted.processed && !mailed {
        return wrong("processed, and SES does not have it");
    }
    if !noted.processed && told.contains(&Fact::Send) {
        return wrong("not processed, though SES said so");
    }
    if noted.dropped.contains("refused") && !mailbox.refused.contains(&recipient.key) {
        return wrong("refused, and SES did not refuse it");
    }
    if noted.dropped.contains("superseded") && story.replacement_of(place).is_none() {
        return wrong("replaced, and nobody replaced it");
    }
    if noted.dropped.contains("gave_up") {
        return wrong("given up within a day");
    }
    if !mailed && !recipient.dropped_at_once && noted.dropped.is_empty() {
        return wrong("neither mailed nor shown as failed");
    }
    Ok(())
}

/// What is shown, in the model's form.
fn found(recipient: &Value, needs_somebody: bool) -> Expected {
    const NAMES: [&str; 20] = [
        "queued",
        "sent",
        "rejected",
        "delayed",
        "marked_spam",
        "opened",
        "none",
        "accepted",
        "delivered",
        "fetched_automatically",
        "possibly_opened",
        "clicked",
        "portal_confirmed",
        "correct_address",
        "wait",
        "call",
        "ask_to_allow",
        "do_not_email",
        "send_again",
        "unknown",
    ];
    let name = |field: &str| {
        recipient[field].as_str().map(|text| *NAMES.iter().find(|name| **name == text).unwrap_or(&"unknown"))
    };
    let count = |field: &str| usize::try_from(recipient[field].as_u64().unwrap()).unwrap();
    let mut statuses: Vec<(String, String)> = recipient["statuses"].as_array().unwrap().iter().map(status).collect();
    statuses.sort();
    Expected {
        sent_status: name("sent_status").unwrap(),
        evidence: name("evidence").unwrap(),
        next_action: name("next_action"),
        statuses,
        opens: [count("opens"), count("automatic_opens")],
        clicks: [count("clicks"), count("automatic_clicks")],
        needs_somebody,
    }
}

fn status(entry: &Value) -> (String, String) {
    let name = entry["status"].as_str().unwrap();
    let automatic = if entry["automatic"] == true { " automatic" } else { "" };
    let at = if matches!(name, "processed" | "dropped" | "unsubscribed") { "" } else { entry["at"].as_str().unwrap() };
    (format!("{name}{automatic}"), at.to_owned())
}

/// The histories of all invoices, which show exactly the sends that were accepted.
async fn histories(story: &mut Story, world: &World) -> Result<BTreeMap<String, Value>, String> {
    let mut histories = BTreeMap::new();
    for (invoice, accepted) in accepted_sends(story) {
        let (route, path) = ("GET /v1/invoices/{invoice}/emails", format!("/v1/invoices/{invoice}/emails"));
        let event = request(FIRM, route, &path, json!({ "invoice": invoice }), None);
        let history = get(story, world, Function::Report, event).await?;
        let sends = history["sends"].as_array().unwrap().iter();
        let shown: BTreeSet<String> = sends.map(|send| send["send"].as_str().unwrap().to_owned()).collect();
        if shown != accepted {
            return Err(format!("{invoice} shows the sends {shown:?}, and {accepted:?} were accepted"));
        }
        histories.insert(invoice, history);
    }
    Ok(histories)
}
