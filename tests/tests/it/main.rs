//! Journeys: what people and programs do with the system, over public HTTP, and what they must then see.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod architecture;
mod bad_input;
mod binaries;
mod contract;
mod costs;
mod faults;
mod finalized;
mod firms;
mod idempotency;
mod log_lines;
mod logs;
mod metrics;
mod reading;
mod recording;
mod resending;
mod schema;
mod sending;
mod story;
mod suppressions;
mod table;
mod template;
mod tracking;
mod watching;
