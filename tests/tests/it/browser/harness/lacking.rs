//! A machine without a browser: journeys are skipped loudly, and CI refuses that.

use std::process::{Command, Output};

/// Runs another journey in a process of its own, where no browser is found.
fn run(browser_tests: &str) -> Output {
    let journey = "browser::harness::finding::what_comes_later_is_waited_for";
    let mut tests = Command::new(std::env::current_exe().unwrap());
    tests.args(["--exact", journey]).env("CHROMIUM", "/nowhere/chromium").env("BROWSER_TESTS", browser_tests);
    tests.output().unwrap()
}

#[test]
fn a_journey_without_a_browser_says_loudly_that_it_was_skipped() {
    let output = run("");
    assert!(output.status.success(), "{output:?}");
    // Not captured, as it is with tests that pass: on the process's own standard error.
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("SKIPPED, NOT TESTED: browser::harness::finding"), "{said}");
    assert!(said.contains("/nowhere/chromium"), "{said}");
}

#[test]
fn a_journey_without_a_browser_fails_where_browsers_are_required() {
    let output = run("required");
    assert!(!output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("1 failed") && told.contains("BROWSER_TESTS=required"), "{told}");
}
