//! The harness of the journeys: a system of its own for each test, and the people and programs that call it.
//!
//! Everything here goes through public HTTP, or through the endpoints under `/_local` that stand for what only AWS
//! can do: show the mails, bring events, break things.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub mod answer;
pub mod api;
pub mod binary;
pub mod browser;
pub mod cloud;
pub mod cost;
pub mod door;
pub mod mail;
pub mod meter;
pub mod payload;
pub mod process;
pub mod runtime_api;
pub mod secrecy;
pub mod ses;
pub mod system;
pub mod template;
pub mod until;
pub mod workspace;
pub mod written;

pub use answer::Answer;
pub use api::{Firm, all_statuses, recipient, sorted_statuses, statuses};
pub use mail::Mail;
pub use system::System;
pub use until::until;
