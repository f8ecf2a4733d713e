//! Whether others than the recipient may have the mail.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::evidence::{HitKind, NetworkClass, Period, Verdicts};
use crate::recipient::Recipient;

/// How many networks a person's clicks come from before others may have them. One person has an office, a home and a
/// phone; three networks within days of one another are still common, so that they must be far apart in time.
const FORWARDED_NETWORKS: usize = 3;
const FORWARDED_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// When people's clicks had come from so many networks, over so many days, that the mail was possibly passed on.
pub(super) fn possibly_forwarded_at(recipient: &Recipient, verdicts: &Verdicts) -> Option<Timestamp> {
    let mut networks: BTreeMap<Period, BTreeMap<u64, Timestamp>> = BTreeMap::new();
    let mut clicks: Vec<_> = recipient.log.clicks.distinct().into_iter().collect();
    clicks.sort_by_key(|hit| hit.at);
    for hit in clicks {
        let tells = hit.facts.network != 0 && hit.facts.network_class != NetworkClass::AppleRelay;
        if !tells || verdicts.of(HitKind::Click, &hit).automatic {
            continue;
        }
        let known = networks.entry(Period::of(recipient.submitted_at(), hit.at)).or_default();
        known.entry(hit.facts.network).or_insert(hit.at);
        // Each network counts from when it was first seen: whoever comes back to the office after days is nobody new.
        let (first, last) = (known.values().min(), known.values().max());
        let span = first.zip(last).map(|(first, last)| last.duration_since(*first)).unwrap_or_default();
        if known.len() >= FORWARDED_NETWORKS && span >= FORWARDED_AFTER {
            return Some(hit.at);
        }
    }
    None
}
