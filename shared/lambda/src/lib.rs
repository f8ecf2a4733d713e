//! The edge that all functions share: configuration from the environment, the clock, HTTP problems, logs, metrics.
//!
//! Here, and nowhere else in production code, are the clock and the source of randomness read: once per invocation,
//! into a [`Call`] that handlers take as an argument.

pub mod aws;
pub mod body;
mod call;
pub mod cursor;
mod environment;
pub mod log;
pub mod metric;
pub mod parameters;
mod payload;
pub mod problem;
pub mod reply;
pub mod request;
mod roots;
pub mod start;

pub use call::Call;
pub use environment::{Claims, ConfigurationError, Environment, malformed};
pub use request::{Caller, ClientCaller};
