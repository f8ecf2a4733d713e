//! Journeys in a real browser.

mod application;
mod blocked;
mod clock;
mod communications;
mod embedding;
mod focus;
mod harness;
mod history;
mod hostile;
mod layout;
mod mailbox;
mod portal;
mod proof;
mod queue;
mod report;
mod resending;
mod settings;
mod writing;
