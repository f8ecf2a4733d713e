//! Running one invocation, to its end or as far as its plan lets it come.
//!
//! Time is virtual, and passes only when nothing else is left to happen: the functions' own connections are real, so
//! that the runtime must not move its clock while an answer is on its way. All is in one thread, and loopback hands over
//! within the call that writes; so whoever has yielded often enough without anything moving knows that all wait for time.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep_until};

use super::door::Door;

/// After how many looks in vain nothing moves any more. A request takes some ten hops from a function to its answer,
/// and each of them happens within a look or two.
const QUIET_AFTER: usize = 24;

/// What came of an invocation.
#[derive(Debug, PartialEq)]
pub(super) enum End {
    /// It answered, or failed by itself.
    Returned(Result<Value, String>),
    /// It was killed, or took longer than it may.
    Killed,
}

/// How far an invocation has come.
pub(super) enum Progress {
    Ended(End),
    /// It waits at the request where its plan holds it.
    Held,
}

pub(super) type Working<'a> = Pin<Box<dyn Future<Output = Result<Value, String>> + 'a>>;

/// An invocation under way. Dropping it is the function's death.
pub(super) struct Running<'a> {
    door: &'a Door,
    working: Working<'a>,
    invocation: usize,
    deadline: Instant,
}

impl<'a> Running<'a> {
    pub(super) fn new(door: &'a Door, invocation: usize, limit: Duration, working: Working<'a>) -> Self {
        Self { door, working, invocation, deadline: Instant::now() + limit }
    }

    /// Runs it until it ends or is held.
    pub(super) async fn go_on(&mut self) -> Progress {
        loop {
            let (mut quiet, mut moves) = (0, self.door.moves());
            while quiet < QUIET_AFTER {
                if let Some(result) = self.look().await {
                    return Progress::Ended(End::Returned(result));
                }
                if self.door.is_killed(self.invocation) || Instant::now() >= self.deadline {
                    return Progress::Ended(End::Killed);
                }
                if self.door.is_held(self.invocation) {
                    return Progress::Held;
                }
                tokio::task::yield_now().await;
                let moved = self.door.moves();
                quiet = if moved == moves { quiet + 1 } else { 0 };
                moves = moved;
            }
            if let Some(result) = self.wait().await {
                return Progress::Ended(End::Returned(result));
            }
        }
    }

    /// Lets it do what it can at this moment.
    async fn look(&mut self) -> Option<Result<Value, String>> {
        poll_fn(|context| match self.working.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    /// Waits until something wakes it: as nothing moves, that is time.
    async fn wait(&mut self) -> Option<Result<Value, String>> {
        let mut deadline = Box::pin(sleep_until(self.deadline));
        let mut asked = false;
        poll_fn(|context| {
            if std::mem::replace(&mut asked, true) {
                return Poll::Ready(None);
            }
            if deadline.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            match self.working.as_mut().poll(context) {
                Poll::Ready(result) => Poll::Ready(Some(result)),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }
}

/// Lets everything that is on its way arrive, without time passing.
pub(super) async fn settle_down(door: &Door) {
    let (mut quiet, mut moves) = (0, door.moves());
    while quiet < QUIET_AFTER {
        tokio::task::yield_now().await;
        let moved = door.moves();
        quiet = if moved == moves { quiet + 1 } else { 0 };
        moves = moved;
    }
}
