//! Journeys in a real browser.

mod harness;
