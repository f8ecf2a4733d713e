//! What a history happens in: a clock, the functions, and all that they call.

use std::cell::OnceCell;
use std::time::Duration;

use domain::token::TokenKeys;
use lambda::Call;
use serde_json::Value;
use tests::template::Template;

use super::database::{Clock, Table};
use super::door::Door;
use super::functions::{Function, Functions, token_keys};
use super::mailbox::Mailbox;
use super::running::{End, Progress, Running, settle_down};
use super::trouble::Plan;

/// The names by which the door knows who asks.
const INSTANCES: [&str; 2] = ["FIRST", "SECOND"];

/// What the functions tell times apart by.
const TICK: Duration = Duration::from_millis(1);

pub(super) struct World {
    pub(super) clock: Clock,
    pub(super) door: Door,
    pub(super) keys: TokenKeys,
    /// Two of each, as Lambda starts another instance where one is at work.
    functions: [OnceCell<Functions>; 2],
    region: String,
}

/// An invocation to be made.
#[derive(Debug, Clone)]
pub(super) struct Invocation {
    pub(super) function: Function,
    pub(super) event: Value,
    pub(super) random: u128,
}

impl World {
    pub(super) async fn create(seed: u64, template: &Template) -> Self {
        let clock = Clock::start();
        let keys = TokenKeys::parse(&token_keys()).unwrap();
        let mailbox = Mailbox::new(TokenKeys::parse(&token_keys()).unwrap(), seed);
        let door = Door::open(clock, Table::create(clock, template), mailbox).await;
        let region = format!("history-{seed}");
        Self { clock, door, keys, functions: [OnceCell::new(), OnceCell::new()], region }
    }

    /// Begins an invocation on one of the instances; its number, and what runs it.
    pub(super) fn begin(&self, instance: usize, invocation: &Invocation, plan: Plan) -> (usize, Running<'_>) {
        let Invocation { function, event, random } = invocation.clone();
        let start = || Functions::start(INSTANCES[instance], self.door.url(), &self.region);
        let functions = self.functions[instance].get_or_init(start);
        let number = self.door.begin(functions.name(), plan);
        let call = Call::new(self.clock.now(), random);
        let working = Box::pin(functions.call(function, event, call));
        (number, Running::new(&self.door, number, function.limit(), working))
    }

    /// Makes an invocation, from its beginning to its end.
    pub(super) async fn run(&self, instance: usize, invocation: &Invocation, plan: Plan) -> (usize, End) {
        let (number, mut running) = self.begin(instance, invocation, plan);
        let end = loop {
            match running.go_on().await {
                Progress::Ended(end) => break end,
                Progress::Held => self.door.release(number),
            }
        };
        drop(running);
        settle_down(&self.door).await;
        (number, end)
    }

    /// Lets a moment pass, so that what comes later has a later time.
    pub(super) async fn tick(&self) {
        tokio::time::advance(TICK).await;
    }

    /// Lets time pass. Nothing stays on its way for longer than a minute.
    pub(super) async fn pass(&self, seconds: u64) {
        if seconds > 60 {
            self.door.let_stragglers_arrive();
        }
        tokio::time::advance(Duration::from_secs(seconds)).await;
        settle_down(&self.door).await;
    }
}
