//! What `targets::mime` says must hold, for whatever libFuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::mime(data));
