//! What the API says at this moment of a mail's recipient: asked over HTTP, as a portal would.

use std::time::Duration;

use domain::ids::RecipientKey;
use serde::Deserialize;

use super::shown_at;

/// A page does not wait longer for the report; faults may make it slow.
const PATIENCE: Duration = Duration::from_secs(3);

/// The statuses that are listed; a log holds hundreds of opens.
const MOST_STATUSES: usize = 30;

/// What is said of one recipient.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// For the colour: `marked_spam`.
    pub(super) sent_status: String,
    pub(super) sent_status_label: String,
    pub(super) evidence: String,
    pub(super) reason: String,
    pub(super) next_action: String,
    pub(super) statuses: Vec<Status>,
    /// How many came after those listed.
    pub(super) more: usize,
}

/// One of its statuses, or several of the same in a row, at the time of the first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) label: String,
    pub(super) at: String,
    pub(super) shown_at: String,
    pub(super) detail: String,
    pub(super) times: usize,
}

#[derive(Deserialize)]
struct History {
    sends: Vec<Send>,
}

#[derive(Deserialize)]
struct Send {
    send: String,
    recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
struct Recipient {
    recipient: String,
    sent_status: String,
    evidence: String,
    reason: Option<String>,
    next_action: Option<String>,
    statuses: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    status: String,
    at: String,
    detail: Option<String>,
    #[serde(default)]
    automatic: bool,
}

/// Asks the API at `url`; the error is a sentence for the page.
pub(super) async fn ask(client: &reqwest::Client, url: &str, key: &RecipientKey) -> Result<Said, String> {
    let request = client.get(format!("{url}{}", history_path(key))).timeout(PATIENCE);
    let request = request.bearer_auth(format!("local:{}", key.firm));
    let response = request.send().await.map_err(|_| "The report does not answer.".to_owned())?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(format!("The report answers {status}."));
    }
    let history: History = response.json().await.map_err(|_| "The report's answer is not readable.".to_owned())?;
    let position = key.position.to_string();
    let mut sends = history.sends.into_iter().filter(|send| send.send == key.send.to_string());
    let recipient = sends.find_map(|send| send.recipients.into_iter().find(|one| one.recipient == position));
    recipient.map(Said::from).ok_or_else(|| "This send is not among the invoice's newest.".to_owned())
}

/// Where the API tells an invoice's history. Ids are made of characters that need no escape.
pub(super) fn history_path(key: &RecipientKey) -> String {
    format!("/v1/invoices/{}/emails", key.invoice)
}

impl From<Recipient> for Said {
    fn from(recipient: Recipient) -> Self {
        let mut statuses: Vec<Status> = Vec::new();
        for status in recipient.statuses.into_iter().map(Status::from) {
            match statuses.last_mut() {
                Some(last) if last.label == status.label && last.detail == status.detail => last.times += 1,
                _ => statuses.push(status),
            }
        }
        let more = statuses.len().saturating_sub(MOST_STATUSES);
        statuses.truncate(MOST_STATUSES);
        Self {
            sent_status_label: sent_status(&recipient.sent_status),
            sent_status: recipient.sent_status,
            evidence: capitalised(&recipient.evidence),
            reason: recipient.reason.unwrap_or_default(),
            next_action: recipient.next_action.as_deref().map(capitalised).unwrap_or_default(),
            statuses,
            more,
        }
    }
}

impl From<Entry> for Status {
    fn from(entry: Entry) -> Self {
        Self {
            label: format!("{}{}", status(&entry.status), if entry.automatic { " (automatic)" } else { "" }),
            shown_at: entry.at.parse().map(shown_at).unwrap_or_else(|_| entry.at.clone()),
            at: entry.at,
            detail: entry.detail.unwrap_or_default(),
            times: 1,
        }
    }
}

fn sent_status(name: &str) -> String {
    if name == "marked_spam" { "Marked Spam".to_owned() } else { capitalised(name) }
}

/// The communications view's words, where they are not the name itself.
fn status(name: &str) -> String {
    match name {
        "bounced" => "Bounce".to_owned(),
        "bounced_elsewhere" => "Bounce elsewhere".to_owned(),
        "blocked" => "Block".to_owned(),
        "auto_replied" => "Auto-reply".to_owned(),
        "complained" => "Spam report".to_owned(),
        "opened" => "Open".to_owned(),
        "clicked" => "Click".to_owned(),
        "portal_confirmed" => "Confirmed in the portal".to_owned(),
        _ => capitalised(name),
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).map(|letter| if letter == '_' { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn names_become_words() {
        for (name, word) in
            [("delivered", "Delivered"), ("complained", "Spam report"), ("as_yet_unknown", "As yet unknown")]
        {
            assert_eq!(status(name), word);
        }
        assert_eq!(
            (sent_status("marked_spam"), sent_status("opened")),
            ("Marked Spam".to_owned(), "Opened".to_owned())
        );
        assert_eq!(capitalised(""), "");
    }

    fn said(statuses: impl Iterator<Item = serde_json::Value>) -> Said {
        let recipient = json!({
            "recipient": "to:0", "sent_status": "sent", "evidence": "fetched_automatically", "reason": null,
            "next_action": "send_again", "statuses": statuses.collect::<Vec<_>>(),
        });
        Said::from(serde_json::from_value::<Recipient>(recipient).unwrap())
    }

    #[test]
    fn the_same_in_a_row_is_one_line() {
        let said =
            said((0..200).map(|number| json!({ "status": "opened", "at": format!("{number}"), "automatic": true })));
        assert_eq!((said.statuses.len(), said.more), (1, 0));
        let line = &said.statuses[0];
        assert_eq!((line.label.as_str(), line.at.as_str(), line.times), ("Open (automatic)", "0", 200));
        assert_eq!((said.evidence.as_str(), said.next_action.as_str()), ("Fetched automatically", "Send again"));
    }

    #[test]
    fn a_long_log_is_cut() {
        let entry = |number: usize| json!({ "status": "clicked", "at": "", "detail": format!("link {number}") });
        let said = said((0..MOST_STATUSES + 2).map(entry));
        assert_eq!((said.statuses.len(), said.more), (MOST_STATUSES, 2));
    }
}
