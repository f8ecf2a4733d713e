//! The repository as files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};
use regex_lite::Regex;

/// The repository's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the repository").to_owned()
}

/// A file of the repository as text.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A YAML file of the repository.
pub fn yaml(path: &str) -> serde_yaml_ng::Value {
    serde_yaml_ng::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What cargo knows of the repository's own crates.
pub fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo knows the crates")
}

/// The names of all functions.
pub fn functions() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("functions")).expect("functions");
    let mut names: Vec<String> =
        folders.map(|folder| folder.expect("a folder").file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

/// All Rust files under a folder: their paths and texts.
pub fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.ends_with("node_modules") {
                // Others' code, and thousands of files of it.
            } else if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).expect("it can be read")));
            }
        }
    }
    found
}

/// The same without tests: no file of tests, and nothing below `#[cfg(test)]`, which stands last in a file.
pub fn production(folder: &str) -> Vec<(String, String)> {
    let mut found = sources(folder);
    found.retain(|(path, _)| !path.ends_with("/tests.rs") && !path.contains("/tests/"));
    for (_, text) in &mut found {
        text.truncate(text.find("#[cfg(test)]").unwrap_or(text.len()));
    }
    found
}

/// The metrics that a function's code names: each name like one, in whichever of its files counts something.
pub fn metrics(function: &str) -> BTreeSet<String> {
    // `DropCause::Refused("Compose")` is the one other name of that form beside a metric.
    let other = |name: &str| name == "Compose";
    let name = Regex::new("\"((?:[A-Z][a-z]+)+)\"").expect("a pattern");
    let counting = production(&format!("functions/{function}/src")).into_iter().map(|(_, text)| text);
    let counting: String = counting.filter(|text| text.contains("metric")).collect();
    let names = name.captures_iter(&counting).map(|found| found[1].to_owned());
    names.filter(|name| !other(name)).collect()
}
