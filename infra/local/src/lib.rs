//! The local development stack: everything that AWS does for the functions, in one process on loopback.
//!
//! The functions are the very ones that AWS runs; around them stand an embedded table with its stream, a stand-in for
//! SES and one for EventBridge, a queue, and a gateway. Routes, table, indexes, filters, batch sizes, retries and policies are read from
//! `infra/template.yaml`. Nothing is global: any number of stacks run side by side in one process.
//!
//! Invariants: no production crate knows that this one exists, and a request reaches a function only as the event JSON
//! that AWS would write.

mod bus;
mod clock;
mod credentials;
mod database;
mod dead_letters;
mod demo;
mod event_bridge;
mod faults;
mod filter;
mod functions;
mod gateway;
mod invoke;
mod keys;
mod options;
mod pages;
mod policy;
mod queue;
pub mod seed;
mod serve;
mod ses;
mod sns;
mod stack;
mod stream;
mod table_proxy;
mod template;
pub mod verify;

pub use database::DatabaseError;
pub use filter::{Pattern, PatternError};
pub use functions::FunctionsError;
pub use gateway::UnknownFunction;
pub use options::Options;
pub use stack::{Stack, StartError};
pub use table_proxy::TableRequests;
pub use template::TemplateError;
