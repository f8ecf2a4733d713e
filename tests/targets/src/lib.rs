//! What must hold of whatever comes from outside, as functions of bytes: each reads its input, does with it what the
//! system does, and panics where a property is broken.
//!
//! libFuzzer calls them with inputs that it makes up (`tests/fuzz`, run by `.ci/fuzz`), and an ordinary test with every
//! input that was ever kept (`tests/fuzz/corpus`), so that what was found once is looked for on every run. Inputs are
//! text: where one needs several parts they stand below each other, separated by a line of `====`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod addresses;
mod answer;
mod cursors;
mod html;
mod items;
mod letter;
mod mime;
mod parts;
mod requests;
mod ses;
mod table;
mod tokens;
mod world;

pub use addresses::addresses;
pub use cursors::cursors;
pub use html::html;
pub use items::items;
pub use mime::mime;
pub use requests::requests;
pub use ses::ses;
pub use tokens::tokens;

/// A target takes any bytes, and panics if something does not hold that must.
pub type Target = fn(&[u8]);

/// All targets by name: that of their corpus's folder and of their program in `tests/fuzz`.
pub const ALL: [(&str, Target); 8] = [
    ("addresses", addresses),
    ("cursors", cursors),
    ("html", html),
    ("items", items),
    ("mime", mime),
    ("requests", requests),
    ("ses", ses),
    ("tokens", tokens),
];
