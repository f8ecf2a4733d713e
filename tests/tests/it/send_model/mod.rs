//! The send protocol as a model, checked in every state that it can come into.
//!
//! Two workers, `watch`, a client who submits, repeats and sends again, the table, its stream, SES and its events:
//! each takes one step at a time, in any order, and anything may fail at any step. Tests elsewhere run the code
//! through histories that somebody thought of, or that a seed chose; this runs through all of them, of a protocol
//! that is written down a second time. So a change of the code of `submit`, `send`, `record` or `watch` that
//! concerns a claim, a lease, `drive`, `due_at` or `settled` is made in [`protocol`] too.
//!
//! What is taken for granted:
//!
//! - A write of one item happens as a whole or not at all, in one order for everybody; an answer may be lost.
//! - An invocation ends at its timeout, and SES takes a request within that time or never.
//! - Clocks agree but for the tick in which a lease ends.
//! - The content of a send is there, as `submit` writes both in one transaction. What cannot be read is treated as
//!   what SES puts off.
//!
//! What happens to a recipient who is settled (news, silence, attention) is left out.

mod constants;
mod properties;
mod protocol;
mod state;

use std::collections::BTreeSet;

use stateright::{Checker, HasDiscoveries, Model};

use self::properties::{
    ENDS, HELD, IN_THE_END, LOOKED_AT, NOT_SENT, ONE_CALL, ONE_MAIL, ONE_SEND, REPLACED, SECOND_MAIL, SENT, SETTLED,
    WINDOW,
};
use self::protocol::{Defect, Faults, Protocol, Ses};

/// With one recipient, who is not sent to again.
const ONE: Protocol = Protocol { replaces: false, faults: Faults::Any, ses: Ses::Works, defects: &[] };
/// With a second one, who may replace the first.
const BOTH: Protocol = Protocol { replaces: true, ..ONE };

/// Goes through all states; a property that fails is shown with the steps that lead there.
fn holds(protocol: Protocol) {
    let checked = protocol.checker().spawn_bfs().join();
    println!("{} states, {} steps deep: {protocol:?}", checked.unique_state_count(), checked.max_depth());
    checked.assert_properties();
}

fn is_found(protocol: Protocol, property: &'static str) -> bool {
    let enough = HasDiscoveries::AnyOf(BTreeSet::from([property]));
    protocol.checker().finish_when(enough).spawn_bfs().join().discovery(property).is_some()
}

#[test]
fn whatever_fails_and_however_often_one_recipient_gets_one_mail_but_through_the_window() {
    holds(ONE);
}

#[test]
fn nor_does_it_matter_when_the_client_sends_again() {
    holds(BOTH);
}

#[test]
fn after_four_faults_of_any_kinds_the_recipient_is_settled() {
    holds(Protocol { faults: Faults::AtMost(4), ..ONE });
}

#[test]
fn after_two_faults_the_recipient_and_who_replaces_it_are_settled() {
    holds(Protocol { faults: Faults::AtMost(2), ..BOTH });
}

#[test]
fn if_ses_never_takes_anything_the_recipient_is_dropped() {
    holds(Protocol { faults: Faults::AtMost(3), ses: Ses::IsDown, ..ONE });
}

#[test]
fn no_single_fault_makes_a_second_mail() {
    for protocol in [ONE, BOTH] {
        for (faults, possible) in [(1, false), (2, true)] {
            let protocol = Protocol { faults: Faults::AtMost(faults), ..protocol };
            assert_eq!(is_found(protocol, SECOND_MAIL), possible, "{protocol:?}");
        }
    }
}

/// What the checker does not find it cannot be trusted with.
#[test]
fn each_defect_is_found() {
    let counted = |faults| Protocol { faults: Faults::AtMost(faults), ..ONE };
    let down = Protocol { ses: Ses::IsDown, ..counted(0) };
    let both_ignore: &[Defect] = &[Defect::ClaimIgnoresLease, Defect::WatchIgnoresLease];
    for (protocol, defects, property) in [
        (BOTH, &[Defect::NoIdempotencyKey][..], ONE_SEND),
        (ONE, &[Defect::ClaimWithoutCondition], ONE_CALL),
        (ONE, &[Defect::ClaimWithoutCondition], ONE_MAIL),
        (ONE, &[Defect::NoLease], ONE_CALL),
        (ONE, &[Defect::NoLease], ONE_MAIL),
        (ONE, &[Defect::ShortLease], ONE_CALL),
        (ONE, &[Defect::ShortLease], WINDOW),
        (ONE, both_ignore, ONE_CALL),
        (ONE, both_ignore, ONE_MAIL),
        (ONE, &[Defect::UnansweredIsReleased], ONE_MAIL),
        (ONE, &[Defect::UnansweredIsProcessed], SENT),
        (ONE, &[Defect::ResultDoesNotSettle], ONE_MAIL),
        (ONE, &[Defect::ResultDoesNotSettle], SETTLED),
        (ONE, &[Defect::ClaimForgetsDue], LOOKED_AT),
        (counted(2), &[Defect::ClaimForgetsDue], IN_THE_END),
        (counted(2), &[Defect::WatchDoesNotComeBack], IN_THE_END),
        (BOTH, &[Defect::ReplacedUnderLease], REPLACED),
        (BOTH, &[Defect::ReplacedUnderLease], NOT_SENT),
        (ONE, &[Defect::DropIgnoresLease], HELD),
        (down, &[Defect::NeverGivesUp], ENDS),
    ] {
        assert!(is_found(Protocol { defects, ..protocol }, property), "{defects:?} passes as: {property}");
    }
}

/// The claim takes `drive` away, and only `watch` brings it back: so whichever of them asks for the lease keeps a
/// second worker out. Both ask.
#[test]
fn either_look_at_the_lease_would_do() {
    for defect in [&[Defect::ClaimIgnoresLease], &[Defect::WatchIgnoresLease]] {
        holds(Protocol { defects: defect, ..ONE });
        holds(Protocol { defects: defect, faults: Faults::AtMost(2), ..ONE });
    }
}
