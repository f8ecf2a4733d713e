//! What older versions wrote, today's functions read; and a table that lacks what is newer fails with plain words.
//!
//! `fixtures/` has the items of a table as a version of the functions wrote it, one file a version, as DynamoDB JSON.
//! They are written once and never edited: what once stood in somebody's table stands there for years. A test fails as
//! soon as today's functions write an attribute that no fixture knows. Then, and whenever the form of an item changes,
//! a new fixture is written from the [journeys], beside the old ones:
//!
//! ```sh
//! WRITE_FIXTURE=2026-12-01 cargo test -p tests --test it upgrades::writing
//! INSTA_UPDATE=always cargo test -p tests --test it upgrades      # what is read of it; look at the new snapshots
//! ```
//!
//! `2026-11-22-first.json` is from a version before digests, retention, classes of networks and the indexes `rare`,
//! `client` and `address`, and before totals: journeys of the same kind wrote it, run by that version's own functions.

mod acting;
mod fixture;
mod journeys;
mod missing_index;
mod reading;
mod world;
mod writing;
