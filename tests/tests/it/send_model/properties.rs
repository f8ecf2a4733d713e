//! What must hold in every state, and what must be possible for the rest to mean something.
//!
//! What must happen in the end is said of states, too: where faults are counted, steps are as well, so that no run
//! comes back to where it was; none is endless, and none ends with somebody unsettled. The checker's own
//! `eventually` overlooks runs that join.

use stateright::Property;

use super::protocol::{Protocol, Ses};
use super::state::{Client, Recipient, State, TWO};

/// More steps than any run takes in which faults are counted: a run that comes so far would go on for ever.
pub(super) const MOST_STEPS: u8 = 200;

pub(super) const SENT: &str = "only what SES accepted is shown as sent";
pub(super) const NOT_SENT: &str = "what SES accepted is not shown as not sent, but through the window";
pub(super) const ONE_MAIL: &str = "SES accepts one message, but through the window";
pub(super) const WINDOW: &str = "the window is as long as the lease less the time of a function";
pub(super) const ONE_CALL: &str = "one call at a time";
pub(super) const REPLACED: &str = "what was replaced before it left never leaves";
pub(super) const HELD: &str = "nobody is dropped by who does not hold it";
pub(super) const ONE_SEND: &str = "a repeated request makes no second send";
pub(super) const SETTLED: &str = "who is settled has a result in the log, and the other way round";
pub(super) const LOOKED_AT: &str = "watch will look at whoever is not settled";
pub(super) const IN_THE_END: &str = "in the end everybody is settled";
pub(super) const ENDS: &str = "every run comes to an end";
pub(super) const SECOND_MAIL: &str = "a second mail goes through the window";

fn everybody(state: &State, holds: impl Fn(&Recipient) -> bool) -> bool {
    state.recipients.iter().flatten().all(holds)
}

fn somebody(state: &State, holds: impl Fn(&Recipient) -> bool) -> bool {
    state.recipients.iter().flatten().any(holds)
}

/// As the fold has it: whatever tells that SES has the message voids our own failure to hand it over.
pub(super) fn is_shown_as_not_sent(recipient: &Recipient) -> bool {
    recipient.dropped && !recipient.processed
}

pub(super) fn all() -> Vec<Property<Protocol>> {
    vec![
        Property::always(SENT, |_, state| everybody(state, |one| !one.processed || one.accepted > 0)),
        Property::always(NOT_SENT, |_, state| {
            everybody(state, |one| !is_shown_as_not_sent(one) || one.accepted == 0 || one.lapsed)
        }),
        Property::always(ONE_MAIL, |_, state| everybody(state, |one| one.accepted <= 1 || one.lapsed)),
        Property::always(WINDOW, |_, state| everybody(state, |one| !one.hasty)),
        Property::always(ONE_CALL, |_, state: &State| (0..TWO).all(|index| state.calls(index) <= 1)),
        Property::always(REPLACED, |_, state| everybody(state, |one| !one.left_replaced)),
        Property::always(HELD, |_, state| everybody(state, |one| !one.dropped_late)),
        Property::always(ONE_SEND, |_, state: &State| state.recipients[1].is_none() || state.client == Client::Done),
        Property::always(SETTLED, |_, state| everybody(state, |one| one.settled == (one.processed || one.dropped))),
        Property::always(LOOKED_AT, |_, state| everybody(state, |one| one.settled || one.due.is_some())),
        Property::always(IN_THE_END, |_, state: &State| !state.is_over() || everybody(state, |one| one.settled)),
        Property::always(ENDS, |_, state: &State| state.steps < MOST_STEPS),
        Property::sometimes("somebody is sent to", |model, state| {
            model.ses == Ses::IsDown || somebody(state, |one| one.processed)
        }),
        Property::sometimes("somebody is dropped", |_, state| somebody(state, is_shown_as_not_sent)),
        Property::sometimes("somebody is replaced before the first mail left", |model, state| {
            !model.replaces || somebody(state, |one| one.replaced && one.accepted == 0)
        }),
        Property::sometimes(SECOND_MAIL, |model, state| {
            model.ses == Ses::IsDown || somebody(state, |one| one.accepted > 1)
        }),
    ]
}
