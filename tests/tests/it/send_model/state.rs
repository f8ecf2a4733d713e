//! A moment of the model: the recipients' items as far as the protocol reads them, who is at which step, and what SES
//! has.
//!
//! Times are in ticks of five minutes, and an interval is as long as the number of ticks that begin in it. So a
//! lease of fifteen minutes is three, and an invocation of two minutes is none or one. In the tick in which a lease
//! ends it may be found over or not.

/// `SEND_LEASE_SECONDS`.
pub(super) const LEASE: u8 = 3;
/// For how long an invocation of `send` runs at most, and SES may still take its requests.
pub(super) const FUNCTION: u8 = 1;
/// `FIRST_LOOK_AFTER` of `submit`, `LOOK_AGAIN_AFTER` of `watch` at first, and the delay after which `send` wants to be
/// driven again.
pub(super) const LOOK: u8 = 1;
/// `LONGEST_PAUSE` of `watch`: after a while it looks more seldom. Of its length the protocol takes only that it may be
/// longer than a lease, or shorter.
pub(super) const LONGEST_PAUSE: u8 = 4;
/// `LOOK_FAILED_AFTER` of `watch`; longer than a lease.
pub(super) const LOOK_FAILED: u8 = 4;
/// `GIVE_UP_AFTER` of `send`; longer than a lease, which is all that the protocol takes from its length.
pub(super) const GIVE_UP: u8 = 4;

/// Two are as good as many: of records that wait, of events on their way, of mails.
const MANY: u8 = 2;
/// How many workers there are; and how many recipients: one and who replaces it.
pub(super) const TWO: usize = 2;

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct State {
    pub(super) client: Client,
    pub(super) recipients: [Option<Recipient>; TWO],
    /// In order, because workers are all alike: that halves the states.
    pub(super) workers: [Option<Worker>; TWO],
    pub(super) watch: Option<Look>,
    /// How many faults may still happen, where they are counted.
    pub(super) faults_left: u8,
    /// How many steps were taken, where they are counted.
    pub(super) steps: u8,
}

/// Whoever submits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// It wants a send and repeats its request, with the same key, until it is answered.
    Submits,
    /// It is answered, and may wish to send again.
    Rests,
    /// It sends again, and has read the recipient that it replaces: settled or not at that time.
    Replaces { settled: bool },
    /// It has sent again, or cannot in this model.
    Done,
}

/// A recipient: first its item, then what is on its way to it, then what is true of it though nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Recipient {
    pub(super) drive: bool,
    pub(super) settled: bool,
    /// How far `lease_until` is ahead; at 0 it may be over. `None`: it is over, or there is none.
    pub(super) lease: Option<u8>,
    /// How far `due_at` is ahead.
    pub(super) due: Option<u8>,
    /// How long ago it was submitted.
    pub(super) age: u8,
    /// What the log holds: SES accepted it; it was dropped.
    pub(super) processed: bool,
    pub(super) dropped: bool,
    /// It was replaced before it left.
    pub(super) replaced: bool,

    /// Records of the stream that wait for a worker, where they are counted.
    pub(super) records: u8,
    /// Events of SES on their way to `record`, where they are counted.
    pub(super) events: u8,
    /// A request to SES that nobody waits for any more, and since when its invocation runs.
    pub(super) orphan: Option<u8>,

    /// How many messages SES has accepted.
    pub(super) accepted: u8,
    /// How long ago it last did.
    pub(super) accepted_since: u8,
    /// The window: SES had accepted a message, and for the rest of its lease neither answer nor event was written.
    pub(super) lapsed: bool,
    /// The protocol went on as if SES had accepted nothing before the window was over, or knew better.
    pub(super) hasty: bool,
    /// SES accepted a message after the recipient had been replaced as one that had not left.
    pub(super) left_replaced: bool,
    /// Somebody who did not hold it any more wrote that it was dropped over what another one knew.
    pub(super) dropped_late: bool,
}

/// A worker: what one invocation of `send` does for one record, between two of its awaits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Worker {
    pub(super) recipient: usize,
    pub(super) step: Step,
    /// The recipient's `lease_by` is its own.
    pub(super) holds: bool,
    /// How long the invocation runs.
    pub(super) age: u8,
}

/// What a worker waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Step {
    /// `Table::claim`, or the body before it.
    Claim,
    /// `Mailer::send`; SES has not decided.
    Call,
    /// `Mailer::send`; SES has accepted, its answer is on the way.
    Answer,
    /// `Table::append_result` with `processed`.
    Processed,
    /// `Table::drop_claimed`.
    Dropped,
    /// `Table::release`.
    Release,
    /// `Table::await_event`.
    AwaitEvent,
}

/// `Watch::look_at` between its two requests: what `Table::redrive` said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Look {
    pub(super) recipient: usize,
    /// How far the end of the lease is ahead that it saw; `None`: the recipient was settled.
    pub(super) lease: Option<u8>,
}

impl Recipient {
    /// As `submit` writes it.
    pub(super) fn new() -> Self {
        Self {
            drive: true,
            settled: false,
            lease: None,
            due: Some(LOOK),
            age: 0,
            processed: false,
            dropped: false,
            replaced: false,
            records: 1,
            events: 0,
            orphan: None,
            accepted: 0,
            accepted_since: 0,
            lapsed: false,
            hasty: false,
            left_replaced: false,
            dropped_late: false,
        }
    }

    /// Whether the condition on `lease_until` in `claim`, `redrive` and `supersede` may hold.
    pub(super) fn may_be_free(&self) -> bool {
        self.lease.is_none_or(|left| left == 0)
    }

    /// Whether it may not hold.
    pub(super) fn may_be_leased(&self) -> bool {
        self.lease.is_some()
    }

    /// How long `watch` leaves it alone after it has driven it: as long as it has waited.
    pub(super) fn pause(&self) -> u8 {
        self.age.clamp(LOOK, LONGEST_PAUSE)
    }

    pub(super) fn more_records(&mut self) {
        self.records = MANY.min(self.records + 1);
    }

    pub(super) fn more_events(&mut self) {
        self.events = MANY.min(self.events + 1);
    }

    /// SES accepts a message, and publishes a Send event.
    pub(super) fn accept(&mut self) {
        self.accepted = MANY.min(self.accepted + 1);
        self.accepted_since = 0;
        self.left_replaced |= self.replaced;
        self.more_events();
    }

    /// The protocol goes on as if SES had accepted nothing, for neither an answer nor an event has told.
    pub(super) fn take_as_not_accepted(&mut self) {
        if self.accepted > 0 {
            let in_time = self.accepted_since >= LEASE - FUNCTION && !self.processed;
            self.lapsed |= in_time;
            self.hasty |= !in_time;
        }
    }

    fn pass(&mut self) {
        self.lease = self.lease.and_then(|left| left.checked_sub(1));
        self.due = self.due.map(|left| left.saturating_sub(1));
        self.age = (GIVE_UP + 1).min(self.age + 1);
        self.accepted_since = LEASE.min(self.accepted_since + u8::from(self.accepted > 0));
        self.orphan = self.orphan.map(|age| age + 1);
    }
}

impl State {
    pub(super) fn recipient(&mut self, index: usize) -> &mut Recipient {
        self.recipients[index].as_mut().expect("nobody works on who is not there")
    }

    /// Requests to SES for a recipient that may still be taken, or are just answered.
    pub(super) fn calls(&self, index: usize) -> usize {
        let of_workers = self.workers.iter().flatten();
        let of_workers = of_workers
            .filter(|worker| worker.recipient == index && matches!(worker.step, Step::Call | Step::Answer))
            .count();
        of_workers + usize::from(self.recipients[index].is_some_and(|recipient| recipient.orphan.is_some()))
    }

    /// Whether a tick may pass: it does not while an invocation, or a request of it, would outlive its time.
    pub(super) fn may_pass(&self) -> bool {
        let workers = self.workers.iter().flatten().all(|worker| worker.age < FUNCTION);
        let orphans = self.recipients.iter().flatten().filter_map(|recipient| recipient.orphan);
        workers && orphans.into_iter().all(|age| age < FUNCTION)
    }

    pub(super) fn pass(&mut self) {
        self.recipients.iter_mut().flatten().for_each(Recipient::pass);
        self.workers.iter_mut().flatten().for_each(|worker| worker.age += 1);
        if let Some(Look { lease: Some(left), .. }) = &mut self.watch {
            *left = left.saturating_sub(1);
        }
    }

    /// Whether somebody has something to do at once.
    pub(super) fn is_busy(&self) -> bool {
        let waits = |recipient: &Recipient| {
            recipient.records > 0 || recipient.events > 0 || recipient.orphan.is_some() || recipient.due == Some(0)
        };
        self.workers.iter().any(Option::is_some) || self.watch.is_some() || self.recipients.iter().flatten().any(waits)
    }

    /// Nobody has anything to do, now or later.
    pub(super) fn is_over(&self) -> bool {
        !self.is_busy() && self.recipients.iter().flatten().all(|recipient| recipient.due.is_none())
    }

    /// Nobody holds a recipient's lease any more.
    pub(super) fn end_lease(&mut self, index: usize) {
        self.recipient(index).lease = None;
        self.take_lease_by(index);
    }

    /// Whoever held a recipient's lease is not its `lease_by` any more.
    pub(super) fn take_lease_by(&mut self, index: usize) {
        for worker in self.workers.iter_mut().flatten().filter(|worker| worker.recipient == index) {
            worker.holds = false;
        }
    }
}
