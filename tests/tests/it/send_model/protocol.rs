//! The steps of each party, what allows each, and what each does. Their comments name the code that they stand for;
//! faults are steps like any other.

use stateright::Model;

use self::Action::*;
use super::properties::MOST_STEPS;
use super::state::{Client, FUNCTION, GIVE_UP, LEASE, LOOK, LOOK_FAILED, Look, Recipient, State, Step, TWO, Worker};

/// A model of the protocol, as it is or with defects.
#[derive(Debug, Clone, Copy)]
pub(super) struct Protocol {
    /// Whether the client may send again, so that there is a second recipient.
    pub(super) replaces: bool,
    pub(super) faults: Faults,
    pub(super) ses: Ses,
    pub(super) defects: &'static [Defect],
}

/// What may go wrong, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Faults {
    /// Anything, at any time and without end: records and events come at any time, as often as they like or never;
    /// `watch` looks whenever it likes. This shows what never happens.
    Any,
    /// So many, of any kinds, at any steps. That five minutes pass while somebody has something to do is one of them.
    /// This shows what happens in the end.
    AtMost(u8),
}

/// What SES does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ses {
    /// It takes messages or refuses them; that it puts one off is a fault.
    Works,
    /// It puts off all of them, for ever.
    IsDown,
}

/// A defect that the model must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Defect {
    /// `submit` does not remember requests.
    NoIdempotencyKey,
    /// `claim` writes whatever it finds.
    ClaimWithoutCondition,
    /// `claim` does not ask for `lease_until`.
    ClaimIgnoresLease,
    /// `claim` sets no lease.
    NoLease,
    /// The lease ends before the invocation does.
    ShortLease,
    /// An unanswered call is treated as one that was not taken.
    UnansweredIsReleased,
    /// An unanswered call is treated as one that was taken.
    UnansweredIsProcessed,
    /// A result is written to the log only.
    ResultDoesNotSettle,
    /// `claim` takes the recipient out of the `due` index.
    ClaimForgetsDue,
    /// `redrive` does not ask for `lease_until`.
    WatchIgnoresLease,
    /// `watch` writes nothing after it saw a lease.
    WatchDoesNotComeBack,
    /// `supersede` does not ask for `lease_until`.
    ReplacedUnderLease,
    /// `send` tries for ever.
    NeverGivesUp,
    /// `drop_claimed` does not ask for the lease.
    DropIgnoresLease,
}

/// One step of one party. Workers and recipients are named by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Submit,
    SubmitUnanswered,
    ReadToReplace,
    Replace,
    ReplaceIsRefused,
    RecordComes(usize),
    RecordIsRepeated(usize),
    RecordIsGivenUp(usize),
    Claim(usize),
    ClaimUnanswered(usize),
    ClaimIsRefused(usize),
    SesAccepts(usize),
    SesAnswers(usize),
    SesRefuses(usize),
    SesPutsOff(usize),
    AnswerIsLost(usize),
    CallTimesOut { worker: usize, still_on_its_way: bool },
    OrphanIsAccepted(usize),
    OrphanIsLost(usize),
    Write(usize),
    WriteUnanswered(usize),
    WorkerDies { worker: usize, still_on_its_way: bool },
    EventComes(usize),
    EventIsRepeated(usize),
    EventIsLost(usize),
    WatchDrives(usize),
    WatchSees(usize),
    WatchLooksAgain,
    WatchFails(usize),
    WatchDies,
    TimePasses,
}

impl Model for Protocol {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let faults_left = match self.faults {
            Faults::Any => 0,
            Faults::AtMost(faults) => faults,
        };
        vec![State {
            client: Client::Submits,
            recipients: [None; TWO],
            workers: [None; TWO],
            watch: None,
            faults_left,
            steps: 0,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        match state.client {
            Client::Submits => actions.extend([Submit, SubmitUnanswered]),
            Client::Rests => actions.push(ReadToReplace),
            Client::Replaces { settled } => self.of_replacement(state, settled, actions),
            Client::Done => {}
        }
        for index in 0..TWO {
            if let Some(recipient) = &state.recipients[index] {
                self.around(state, index, recipient, actions);
            }
            if let Some(worker) = &state.workers[index] {
                self.of_worker(state, index, worker, actions);
            }
        }
        if state.watch.is_some() {
            actions.extend([WatchLooksAgain, WatchDies]);
        }
        if state.may_pass() {
            actions.push(TimePasses);
        }
        if self.counts() {
            actions.retain(|action| self.cost(state, *action) <= state.faults_left);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = *state;
        self.take(&mut next, action);
        if self.counts() {
            next.faults_left -= self.cost(state, action);
        } else {
            for recipient in next.recipients.iter_mut().flatten() {
                // They may come at any time: nothing to count.
                (recipient.records, recipient.events) = (0, 0);
                recipient.due = recipient.due.map(|_| 0);
            }
        }
        for recipient in next.recipients.iter_mut().flatten().filter(|recipient| recipient.settled) {
            // Nobody asks any more: moments that differ in nothing else are one.
            (recipient.age, recipient.accepted_since) = (0, 0);
        }
        next.workers.sort_unstable();
        if next == *state {
            return None;
        }
        next.steps += u8::from(self.counts());
        Some(next)
    }

    fn within_boundary(&self, state: &State) -> bool {
        state.steps <= MOST_STEPS
    }

    fn properties(&self) -> Vec<stateright::Property<Self>> {
        super::properties::all()
    }
}

impl Protocol {
    fn has(&self, defect: Defect) -> bool {
        self.defects.contains(&defect)
    }

    /// Whether faults are counted; if not, records and events are not either.
    pub(super) fn counts(&self) -> bool {
        self.faults != Faults::Any
    }

    fn lease(&self) -> u8 {
        if self.has(Defect::ShortLease) { FUNCTION } else { LEASE }
    }

    /// How many faults a step is.
    fn cost(&self, state: &State, action: Action) -> u8 {
        let is_fault = match action {
            SubmitUnanswered
            | RecordIsRepeated(_)
            | RecordIsGivenUp(_)
            | ClaimUnanswered(_)
            | AnswerIsLost(_)
            | CallTimesOut { .. }
            | WriteUnanswered(_)
            | WorkerDies { .. }
            | EventIsRepeated(_)
            | EventIsLost(_)
            | WatchFails(_)
            | WatchDies
            // The client may try again, though not for ever.
            | ReplaceIsRefused => true,
            SesPutsOff(_) => self.ses == Ses::Works,
            TimePasses => state.is_busy(),
            _ => false,
        };
        u8::from(is_fault)
    }

    /// What may happen to a recipient without a worker.
    fn around(&self, state: &State, index: usize, recipient: &Recipient, actions: &mut Vec<Action>) {
        let a_worker_is_free = state.workers.iter().any(Option::is_none);
        if self.counts() {
            if recipient.records > 0 {
                actions.push(RecordIsGivenUp(index));
                if a_worker_is_free {
                    actions.push(RecordComes(index));
                }
            }
            if recipient.events > 0 {
                actions.extend([EventComes(index), EventIsLost(index)]);
            }
            actions.push(RecordIsRepeated(index));
            if recipient.accepted > 0 {
                actions.push(EventIsRepeated(index));
            }
        } else {
            // A record of a settled recipient changes nothing: `claim` says so.
            if a_worker_is_free && !recipient.settled {
                actions.push(RecordComes(index));
            }
            if recipient.accepted > 0 {
                actions.push(EventComes(index));
            }
        }
        if recipient.orphan.is_some() {
            actions.extend([OrphanIsAccepted(index), OrphanIsLost(index)]);
        }
        // One run of `watch` ends before the next one begins.
        if recipient.due == Some(0) && state.watch.is_none() {
            if !recipient.settled && (recipient.may_be_free() || self.has(Defect::WatchIgnoresLease)) {
                actions.push(WatchDrives(index));
            }
            if recipient.settled || recipient.may_be_leased() {
                actions.push(WatchSees(index));
            }
            actions.push(WatchFails(index));
        }
    }

    /// What the condition of `supersede` allows.
    fn of_replacement(&self, state: &State, read_as_settled: bool, actions: &mut Vec<Action>) {
        let Some(old) = state.recipients[0] else { return };
        if read_as_settled || (!old.settled && (old.may_be_free() || self.has(Defect::ReplacedUnderLease))) {
            actions.push(Replace);
        }
        if !read_as_settled && (old.settled || old.may_be_leased()) {
            actions.push(ReplaceIsRefused);
        }
    }

    fn of_worker(&self, state: &State, index: usize, worker: &Worker, actions: &mut Vec<Action>) {
        actions.push(WorkerDies { worker: index, still_on_its_way: false });
        match worker.step {
            Step::Claim => self.of_claim(state, index, worker, actions),
            Step::Call => {
                actions.extend([CallTimesOut { worker: index, still_on_its_way: false }, SesPutsOff(index)]);
                if self.ses == Ses::Works {
                    actions.extend([SesAccepts(index), SesRefuses(index)]);
                    actions.push(CallTimesOut { worker: index, still_on_its_way: true });
                    actions.push(WorkerDies { worker: index, still_on_its_way: true });
                }
            }
            Step::Answer => actions.extend([SesAnswers(index), AnswerIsLost(index)]),
            Step::Processed | Step::Dropped | Step::Release | Step::AwaitEvent => {
                actions.extend([Write(index), WriteUnanswered(index)]);
            }
        }
    }

    /// What the condition of `claim` allows.
    fn of_claim(&self, state: &State, index: usize, worker: &Worker, actions: &mut Vec<Action>) {
        let Some(recipient) = state.recipients[worker.recipient] else { return };
        let is_asked_for = recipient.drive && !recipient.settled;
        let may_be_free = recipient.may_be_free() || self.has(Defect::ClaimIgnoresLease);
        if (is_asked_for && may_be_free) || self.has(Defect::ClaimWithoutCondition) {
            actions.extend([Claim(index), ClaimUnanswered(index)]);
        }
        if !is_asked_for || recipient.may_be_leased() {
            actions.push(ClaimIsRefused(index));
        }
    }

    fn take(&self, state: &mut State, action: Action) {
        match action {
            Submit => {
                self.submit(state);
                state.client = if self.replaces { Client::Rests } else { Client::Done };
            }
            SubmitUnanswered => self.submit(state),
            ReadToReplace => state.client = Client::Replaces { settled: state.recipient(0).settled },
            Replace => self.replace(state),
            ReplaceIsRefused => state.client = Client::Rests,

            RecordComes(index) => {
                let recipient = state.recipient(index);
                recipient.records = recipient.records.saturating_sub(1);
                let free = state.workers.iter_mut().find(|worker| worker.is_none());
                *free.expect("asked before") =
                    Some(Worker { recipient: index, step: Step::Claim, holds: false, age: 0 });
            }
            RecordIsRepeated(index) => state.recipient(index).more_records(),
            // After the mapping's retries, or when the stream has kept it for a day.
            RecordIsGivenUp(index) => state.recipient(index).records -= 1,

            Claim(index) => {
                self.claim(state, index);
                self.begin(state, index);
            }
            // The SDK repeats it.
            ClaimUnanswered(index) => self.claim(state, index),
            ClaimIsRefused(index) => {
                let Worker { recipient: of, holds, .. } = *worker(state, index);
                // An earlier attempt of the SDK came through.
                let is_own = holds && !state.recipient(of).settled;
                if is_own { self.begin(state, index) } else { state.workers[index] = None }
            }
            SesAccepts(index) => {
                let worker = worker(state, index);
                worker.step = Step::Answer;
                let of = worker.recipient;
                state.recipient(of).accept();
            }
            SesAnswers(index) => worker(state, index).step = Step::Processed,
            // `SendError::Never`.
            SesRefuses(index) => worker(state, index).step = Step::Dropped,
            // `SendError::Again` or `Later`; that the worker asks again within its time shows nothing new.
            SesPutsOff(index) => worker(state, index).step = Step::Release,
            // `SendError::Unknown`, after which SES may still take the request.
            AnswerIsLost(index) => worker(state, index).step = self.after_unanswered(),
            CallTimesOut { worker: index, still_on_its_way } => {
                worker(state, index).step = self.after_unanswered();
                leave_request(state, index, still_on_its_way);
            }
            OrphanIsAccepted(index) => {
                let recipient = state.recipient(index);
                recipient.orphan = None;
                recipient.accept();
            }
            OrphanIsLost(index) => state.recipient(index).orphan = None,
            Write(index) => {
                self.write(state, index);
                state.workers[index] = None;
            }
            // The SDK repeats it.
            WriteUnanswered(index) => self.write(state, index),
            // Killed, out of time, or the table failed it for good: the record comes again, to another invocation.
            WorkerDies { worker: index, still_on_its_way } => {
                leave_request(state, index, still_on_its_way);
                let of = worker(state, index).recipient;
                state.workers[index] = None;
                state.recipient(of).more_records();
            }

            EventComes(index) => {
                let recipient = state.recipient(index);
                recipient.events = recipient.events.saturating_sub(1);
                recipient.processed = true;
                settle(state, index);
            }
            EventIsRepeated(index) => state.recipient(index).more_events(),
            EventIsLost(index) => state.recipient(index).events -= 1,

            // `Table::redrive` for what `Table::due` named.
            WatchDrives(index) => {
                let recipient = state.recipient(index);
                recipient.drive = true;
                let pause = recipient.pause();
                look_again(state, index, Some(pause));
            }
            WatchSees(index) => {
                let Recipient { settled, lease, .. } = *state.recipient(index);
                state.watch = Some(Look { recipient: index, lease: lease.filter(|_| !settled) });
            }
            WatchLooksAgain => self.watch_looks_again(state),
            // `Table::look_again` with `LOOK_FAILED_AFTER`.
            WatchFails(index) => look_again(state, index, Some(LOOK_FAILED)),
            WatchDies => state.watch = None,
            TimePasses => state.pass(),
        }
    }

    /// `Table::submit`: one transaction, so that it is there or not. The record of the request is part of it.
    fn submit(&self, state: &mut State) {
        let free = if self.has(Defect::NoIdempotencyKey) {
            state.recipients.iter().position(Option::is_none)
        } else {
            Some(0)
        };
        if let Some(free) = free {
            state.recipients[free].get_or_insert_with(Recipient::new);
        }
    }

    /// `Table::submit` with `supersede`, its condition being met. A request that is repeated finds its record, as in
    /// [`Self::submit`].
    fn replace(&self, state: &mut State) {
        let read_as_settled = state.client == Client::Replaces { settled: true };
        let old = state.recipient(0);
        if !read_as_settled {
            old.take_as_not_accepted();
            (old.settled, old.dropped, old.replaced) = (true, true, true);
            (old.drive, old.due) = (false, None);
        }
        state.client = Client::Done;
        state.recipients[1] = Some(Recipient::new());
    }

    /// `Table::claim`, its condition being met.
    fn claim(&self, state: &mut State, index: usize) {
        let of = worker(state, index).recipient;
        let recipient = state.recipient(of);
        recipient.take_as_not_accepted();
        recipient.lease = (!self.has(Defect::NoLease)).then(|| self.lease());
        recipient.drive = false;
        if self.has(Defect::ClaimForgetsDue) {
            recipient.due = None;
        }
        state.take_lease_by(of);
        worker(state, index).holds = true;
    }

    /// What `work_on` does with a claimed recipient.
    fn begin(&self, state: &mut State, index: usize) {
        let of = worker(state, index).recipient;
        let gives_up = state.recipient(of).age > GIVE_UP && !self.has(Defect::NeverGivesUp);
        worker(state, index).step = if gives_up { Step::Dropped } else { Step::Call };
    }

    fn after_unanswered(&self) -> Step {
        match self.defects {
            [Defect::UnansweredIsReleased] => Step::Release,
            [Defect::UnansweredIsProcessed] => Step::Processed,
            _ => Step::AwaitEvent,
        }
    }

    /// What a worker writes in the end.
    fn write(&self, state: &mut State, index: usize) {
        let Worker { recipient: of, step, holds, .. } = *worker(state, index);
        let recipient = state.recipient(of);
        let is_held = holds && !recipient.settled;
        match step {
            Step::Processed => recipient.processed = true,
            Step::Dropped if is_held || self.has(Defect::DropIgnoresLease) => {
                recipient.dropped_late |= !is_held;
                recipient.dropped = true;
            }
            // Whoever settled it, or holds it now, knows more.
            Step::Dropped => return,
            _ => {}
        }
        match step {
            Step::Processed | Step::Dropped if self.has(Defect::ResultDoesNotSettle) => {}
            Step::Processed => settle(state, of),
            Step::Dropped => {
                settle(state, of);
                state.recipient(of).due = None;
            }
            Step::Release if is_held => {
                state.end_lease(of);
                look_again(state, of, Some(LOOK));
            }
            Step::AwaitEvent if is_held => {
                let lease = recipient.lease;
                look_again(state, of, lease);
            }
            Step::Release | Step::AwaitEvent | Step::Claim | Step::Call | Step::Answer => {}
        }
    }

    /// `Table::look_again` after a lease was seen, or `look_for_news`, in which nothing is sent any more.
    fn watch_looks_again(&self, state: &mut State) {
        let Some(Look { recipient, lease }) = state.watch.take() else { return };
        let comes_back = !self.has(Defect::WatchDoesNotComeBack);
        // However soon the lease ends, the next run begins five minutes after this one.
        look_again(state, recipient, lease.filter(|_| comes_back).map(|left| left.max(LOOK)));
    }
}

fn worker(state: &mut State, index: usize) -> &mut Worker {
    state.workers[index].as_mut().expect("only who is there takes steps")
}

/// A write that says when to look again; the stream tells of it, too, while the recipient waits.
fn look_again(state: &mut State, index: usize, due: Option<u8>) {
    let recipient = state.recipient(index);
    recipient.due = due;
    if recipient.drive {
        recipient.more_records();
    }
}

/// What `settle` of the table does for an event that says that the message left, or never will.
fn settle(state: &mut State, index: usize) {
    let recipient = state.recipient(index);
    (recipient.settled, recipient.drive) = (true, false);
    state.end_lease(index);
}

/// The worker's request stays on its way to SES, or it was never taken.
fn leave_request(state: &mut State, index: usize, still_on_its_way: bool) {
    let Worker { recipient: of, age, .. } = *worker(state, index);
    if still_on_its_way {
        state.recipient(of).orphan = Some(age);
    }
}
