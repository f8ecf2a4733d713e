//! Seeded histories of faults, and each fault by itself, against a reference model.
//!
//! A history is drawn from its seed and happens in one thread, on a virtual clock that moves only when nothing else is
//! left to happen ([`running`]). The functions are called as their triggers call them; each of their requests to the table,
//! SES and the bus passes the [`door`], which numbers it and may spoil it. When all is brought to rest ([`quiet`]), what
//! is read must be what the [`model`] says ([`judge`]).

mod conclusion;
mod database;
mod door;
mod fate;
mod functions;
mod job;
mod judge;
mod mailbox;
mod model;
mod neighbours;
mod quiet;
mod random;
mod readings;
mod running;
mod steps;
mod story;
mod sweep;
mod trouble;
mod world;
