//! Journeys: what people and programs do with the system, over public HTTP, and what they must then see.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod architecture;
mod bad_input;
mod binaries;
mod contract;
mod costs;
mod faults;
mod firms;
mod idempotency;
mod logs;
mod reading;
mod recording;
mod resending;
mod schema;
mod sending;
mod story;
mod suppressions;
mod tracking;
mod watching;
