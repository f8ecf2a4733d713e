//! Faults on demand: how many of the next calls to SES, to the table and to the event bus fail, how events travel, and what
//! goes wrong between the stream and a function.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock;

/// Enough for any test of repeated events; SES itself was seen to send one event eight times.
const MOST_COPIES: u32 = 100;

/// Longer delays only keep a test waiting.
const LONGEST_DELAY_MS: u64 = 3_600_000;

/// What is to go wrong: the body of `PUT /_local/faults`. What is missing is zero, so `{}` ends all faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Plan {
    /// The next calls of SendEmail.
    pub(crate) ses: SesFaults,
    /// The next requests to the table.
    pub(crate) table: TableFaults,
    /// The next calls of PutEvents.
    pub(crate) bus: BusFaults,
    /// The next batches of the stream for functions with windows.
    pub(crate) stream: StreamFaults,
    /// All SES events from now on.
    pub(crate) events: EventFaults,
    /// From now on, one in so many calls of each kind fails, by chance and in any of its ways; 0 is none.
    pub(crate) one_in: u32,
}

/// How many of the next SendEmail calls fail, and how. They are used up in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SesFaults {
    /// Answered 429 TooManyRequestsException; not accepted.
    pub(crate) throttle: u32,
    /// Answered 500 InternalFailure; not accepted.
    pub(crate) error: u32,
    /// Never answered; not accepted.
    pub(crate) hang: u32,
    /// Accepted, with a mail and events, but the connection closes without an answer.
    pub(crate) lose_answer: u32,
}

/// How many of the next table requests fail, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TableFaults {
    /// Answered 400 ProvisionedThroughputExceededException.
    pub(crate) throttle: u32,
    /// Answered 500 InternalServerError.
    pub(crate) error: u32,
}

/// How many of the next PutEvents calls fail, and how. They are used up in the order of the fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BusFaults {
    /// Answered 400 ThrottlingException; no entry is taken.
    pub(crate) throttle: u32,
    /// Answered 500 InternalException; no entry is taken.
    pub(crate) error: u32,
    /// The first entry is refused with InternalFailure, the others are taken.
    pub(crate) refuse: u32,
}

/// What goes wrong between the stream and the functions that read it in windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StreamFaults {
    /// So many of the next batches are delivered twice.
    pub(crate) repeat: u32,
    /// So many of the next invocations do their work and are then taken for failed.
    pub(crate) lose_answer: u32,
}

/// How SES events travel from SES to the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EventFaults {
    /// Further copies of each event, beside the event itself.
    pub(crate) duplicate: u32,
    /// Whether events overtake each other.
    pub(crate) shuffle: bool,
    /// How much later than usual events arrive.
    pub(crate) delay_ms: u64,
}

/// One failing SendEmail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SesFault {
    Throttle,
    Error,
    Hang,
    LoseAnswer,
}

impl SesFault {
    const ALL: [Self; 4] = [Self::Throttle, Self::Error, Self::Hang, Self::LoseAnswer];
}

/// One failing table request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableFault {
    Throttle,
    Error,
}

impl TableFault {
    const ALL: [Self; 2] = [Self::Throttle, Self::Error];
}

/// One failing PutEvents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BusFault {
    Throttle,
    Error,
    RefuseFirst,
}

impl BusFault {
    const ALL: [Self; 3] = [Self::Throttle, Self::Error, Self::RefuseFirst];
}

/// Why a plan is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanError {
    #[error("the body is not a fault plan: {0}")]
    Malformed(#[source] serde_json::Error),
    #[error("the body, and each group of faults in it, must be an object")]
    NoObject,
    #[error("events.duplicate is more than {MOST_COPIES}")]
    TooManyCopies,
    #[error("events.delay_ms is more than {LONGEST_DELAY_MS}")]
    TooLongADelay,
}

impl Plan {
    /// Reads the body of `PUT /_local/faults`.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, PlanError> {
        let value: Value = serde_json::from_slice(body).map_err(PlanError::Malformed)?;
        // Serde would also read a list as a struct, by position.
        let is_plan = |(name, group): (&String, &Value)| name == "one_in" || group.is_object();
        if !value.as_object().is_some_and(|groups| groups.iter().all(is_plan)) {
            return Err(PlanError::NoObject);
        }
        let plan: Self = serde_json::from_value(value).map_err(PlanError::Malformed)?;
        if plan.events.duplicate > MOST_COPIES {
            return Err(PlanError::TooManyCopies);
        }
        if plan.events.delay_ms > LONGEST_DELAY_MS {
            return Err(PlanError::TooLongADelay);
        }
        Ok(plan)
    }
}

/// The faults that are still to come, shared by the stand-ins.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Plan>);

impl Faults {
    /// Replaces all faults.
    pub(crate) fn set(&self, plan: Plan) {
        *self.lock() = plan;
    }

    /// What is left of the plan.
    pub(crate) fn rest(&self) -> Plan {
        *self.lock()
    }

    /// How events travel.
    pub(crate) fn events(&self) -> EventFaults {
        self.lock().events
    }

    /// Uses up the fault of the next SendEmail, if there is one.
    pub(crate) fn next_ses(&self) -> Option<SesFault> {
        let mut plan = self.lock();
        let ses = &mut plan.ses;
        let counted = if use_up(&mut ses.throttle) {
            Some(SesFault::Throttle)
        } else if use_up(&mut ses.error) {
            Some(SesFault::Error)
        } else if use_up(&mut ses.hang) {
            Some(SesFault::Hang)
        } else if use_up(&mut ses.lose_answer) {
            Some(SesFault::LoseAnswer)
        } else {
            None
        };
        counted.or_else(|| by_chance(plan.one_in, &SesFault::ALL))
    }

    /// Uses up the fault of the next table request, if there is one.
    pub(crate) fn next_table(&self) -> Option<TableFault> {
        let mut plan = self.lock();
        let table = &mut plan.table;
        let counted = if use_up(&mut table.throttle) {
            Some(TableFault::Throttle)
        } else if use_up(&mut table.error) {
            Some(TableFault::Error)
        } else {
            None
        };
        counted.or_else(|| by_chance(plan.one_in, &TableFault::ALL))
    }

    /// Uses up the fault of the next PutEvents, if there is one.
    pub(crate) fn next_bus(&self) -> Option<BusFault> {
        let mut plan = self.lock();
        let bus = &mut plan.bus;
        let counted = if use_up(&mut bus.throttle) {
            Some(BusFault::Throttle)
        } else if use_up(&mut bus.error) {
            Some(BusFault::Error)
        } else if use_up(&mut bus.refuse) {
            Some(BusFault::RefuseFirst)
        } else {
            None
        };
        counted.or_else(|| by_chance(plan.one_in, &BusFault::ALL))
    }

    /// Whether the next batch of the stream is delivered twice.
    pub(crate) fn next_batch_is_repeated(&self) -> bool {
        let mut plan = self.lock();
        use_up(&mut plan.stream.repeat) || by_chance(plan.one_in, &[()]).is_some()
    }

    /// Whether the answer to the next batch of the stream is lost.
    pub(crate) fn next_batch_loses_its_answer(&self) -> bool {
        let mut plan = self.lock();
        use_up(&mut plan.stream.lose_answer) || by_chance(plan.one_in, &[()]).is_some()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Plan> {
        // A plan is plain numbers: whatever a panicking holder left is still a plan.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn use_up(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}

/// Once in so many times one of these, each as often as any other.
fn by_chance<T: Copy>(one_in: u32, ways: &[T]) -> Option<T> {
    let drawn = clock::random();
    let one_in = u128::from(one_in);
    if one_in == 0 || !drawn.is_multiple_of(one_in) {
        return None;
    }
    let way = usize::try_from(drawn / one_in % ways.len() as u128).ok()?;
    ways.get(way).copied()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn each_fault_is_used_once_and_the_rest_is_shown() {
        let faults = Faults::default();
        faults.set(Plan::parse(br#"{"ses":{"throttle":1,"hang":1,"lose_answer":1},"table":{"error":1}}"#).unwrap());
        assert_eq!(faults.next_ses(), Some(SesFault::Throttle));
        assert_eq!(faults.rest().ses, SesFaults { hang: 1, lose_answer: 1, ..SesFaults::default() });
        assert_eq!(faults.next_ses(), Some(SesFault::Hang));
        assert_eq!(faults.next_ses(), Some(SesFault::LoseAnswer));
        assert_eq!(faults.next_ses(), None);
        assert_eq!(faults.next_table(), Some(TableFault::Error));
        assert_eq!(faults.next_table(), None);
        assert_eq!(faults.rest(), Plan::default());

        let plan = br#"{"bus":{"refuse":1,"error":1,"throttle":1},"stream":{"repeat":1,"lose_answer":1}}"#;
        faults.set(Plan::parse(plan).unwrap());
        let all = [(); 4].map(|()| faults.next_bus());
        assert_eq!(all, [Some(BusFault::Throttle), Some(BusFault::Error), Some(BusFault::RefuseFirst), None]);
        assert_eq!([(); 2].map(|()| faults.next_batch_is_repeated()), [true, false]);
        assert_eq!([(); 2].map(|()| faults.next_batch_loses_its_answer()), [true, false]);
        assert_eq!(faults.rest(), Plan::default());
    }

    #[test]
    fn an_empty_plan_ends_all_faults() {
        let faults = Faults::default();
        faults
            .set(Plan::parse(br#"{"ses":{"error":9},"events":{"duplicate":2,"shuffle":true,"delay_ms":5}}"#).unwrap());
        assert_eq!(faults.events(), EventFaults { duplicate: 2, shuffle: true, delay_ms: 5 });
        faults.set(Plan::parse(b"{}").unwrap());
        assert_eq!(faults.rest(), Plan::default());
    }

    #[test]
    fn one_in_so_many_fails_by_chance_beside_those_that_are_counted() {
        let faults = Faults::default();
        faults.set(Plan::parse(br#"{"one_in":1,"table":{"error":1}}"#).unwrap());
        assert_eq!(faults.next_table(), Some(TableFault::Error), "what is counted comes first");
        let ways: std::collections::HashSet<_> =
            (0..1_000).map(|_| format!("{:?}", faults.next_ses().expect("each call fails"))).collect();
        assert_eq!(ways.len(), SesFault::ALL.len(), "{ways:?}");
        assert!(faults.next_bus().is_some() && faults.next_batch_is_repeated() && faults.next_batch_loses_its_answer());
        assert_eq!(faults.rest(), Plan { one_in: 1, ..Plan::default() }, "it goes on");

        faults.set(Plan::parse(br#"{"one_in":4}"#).unwrap());
        let failed = (0..10_000).filter(|_| faults.next_table().is_some()).count();
        // Ten standard deviations either way.
        assert!((2_000..3_000).contains(&failed), "{failed}");
    }

    #[test]
    fn what_is_unknown_negative_or_beyond_reason_is_refused() {
        for body in [
            r#"{"sms":{}}"#,
            r#"{"ses":{"throtle":1}}"#,
            r#"{"ses":{"throttle":-1}}"#,
            r#"{"bus":{"hang":1}}"#,
            r#"{"stream":{"repeat":true}}"#,
            r#"{"events":{"duplicate":101}}"#,
            r#"{"events":{"delay_ms":3600001}}"#,
            "[]",
            r#"{"ses":[1]}"#,
            r#"{"one_in":-1}"#,
            r#"{"one_in":{}}"#,
            "",
        ] {
            assert!(Plan::parse(body.as_bytes()).is_err(), "{body}");
        }
    }
}
