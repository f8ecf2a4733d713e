//! Putting changes on the event bus, so that those of one recipient are heard in their order.

use std::collections::BTreeSet;
use std::time::Duration;

use bus::{Bus, BusError, Entry, MAX_ENTRIES};
use domain::ids::RecipientKey;
use lambda::Call;
use thiserror::Error;
use tokio::time::Instant;

use crate::announcement::Announcement;
use crate::batch::Step;

/// How long one invocation goes on trying where the bus or the table is busy: what they do not take by then comes again
/// with the batch. It must end well before the function's timeout of 300 s.
pub(crate) const TRYING_BUDGET: Duration = Duration::from_secs(200);
/// The first pause after one of them refused something; each further one is twice as long.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Why an event is not on the bus.
#[derive(Debug, Error)]
pub(crate) enum Unheard {
    #[error("the bus refuses it ({0})")]
    Refused(String),
    #[error("the bus cannot be reached")]
    Bus(#[from] BusError),
    #[error("it cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// One invocation's announcing.
pub(crate) struct Announcing<'a> {
    pub(crate) bus: &'a Bus,
    pub(crate) addresses: bool,
    pub(crate) began: Instant,
}

/// Events that may be under way together: at most one of each recipient.
type Group<'a> = Vec<(&'a Step, Entry)>;

impl Announcing<'_> {
    /// Puts what records ask for on the bus, in their order; fails at the first that the bus does not take. Ones after it
    /// may be there.
    pub(crate) async fn all<'a>(&self, steps: &'a [Step], call: &Call) -> Result<(), (&'a Step, Unheard)> {
        let mut group: Group<'a> = Vec::new();
        let mut recipients: BTreeSet<&RecipientKey> = BTreeSet::new();
        for step in steps {
            let Some(announcement) = &step.announcement else { continue };
            if group.len() == MAX_ENTRIES || recipients.contains(&announcement.recipient) {
                self.group(std::mem::take(&mut group), call).await?;
                recipients.clear();
            }
            recipients.insert(&announcement.recipient);
            group.push((step, self.entry(announcement).map_err(|error| (step, error.into()))?));
        }
        self.group(group, call).await
    }

    fn entry(&self, announcement: &Announcement) -> Result<Entry, serde_json::Error> {
        Ok(Entry { at: announcement.at, detail: announcement.detail(self.addresses)? })
    }

    /// Puts a group on the bus; what it refuses is tried again for as long as there is time.
    async fn group<'a>(&self, mut group: Group<'a>, call: &Call) -> Result<(), (&'a Step, Unheard)> {
        let mut pause = FIRST_PAUSE;
        while let Some((first, _)) = group.first() {
            let entries: Vec<Entry> = group.iter().map(|(_, entry)| entry.clone()).collect();
            let (step, unheard) = match self.bus.put(&entries).await {
                Ok(refused) => {
                    call.metrics.add("Announced", (entries.len() - refused.len()) as u64);
                    let Some(worst) = refused.first() else { return Ok(()) };
                    let why = Unheard::Refused(worst.code.clone());
                    let left: BTreeSet<usize> = refused.iter().map(|refused| refused.index).collect();
                    let numbered = group.into_iter().enumerate();
                    group = numbered.filter(|(index, _)| left.contains(index)).map(|(_, entry)| entry).collect();
                    let Some((step, _)) = group.first() else { return Ok(()) };
                    (*step, why)
                }
                Err(error) => (*first, error.into()),
            };
            if self.began.elapsed() + pause > TRYING_BUDGET {
                return Err((step, unheard));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(())
    }
}
