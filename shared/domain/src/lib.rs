//! The vocabulary and the rules of invoice e-mail tracking, and nothing that does IO.
//!
//! Everything here is a pure function of its arguments: no clock, no randomness, no AWS, no HTTP, no async. Types
//! are parsed at the edge and cannot be wrong afterwards; they are not serialised, because JSON belongs to the
//! function that speaks it and DynamoDB items to the `table` crate.
//!
//! The heart is [`fold`]: a recipient's [`log::Log`] of events goes in, every status that anyone sees comes out.

pub mod address;
pub mod client;
pub mod digest;
pub mod event;
pub mod evidence;
pub mod facts;
pub mod fold;
pub mod habit;
pub mod ids;
pub mod invoice;
pub mod locale;
pub mod log;
pub mod message;
pub mod outcome;
pub mod reason;
pub mod recipient;
pub mod settings;
pub mod signing;
pub mod tally;
pub mod time;
pub mod token;
pub mod warning;
