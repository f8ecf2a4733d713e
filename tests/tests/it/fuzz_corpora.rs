//! Every input that was kept for a fuzzer, old findings among them, through its target.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tests::workspace;

/// Records of SES that are seeds as well; `.ci/fuzz` names them, too.
const FIXTURES: &str = "functions/record/fixtures";

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn folders(of: &str) -> BTreeSet<String> {
    let names = files(&workspace::root().join(of)).into_iter().map(|path| path.file_stem().unwrap().to_owned());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn each_target_has_its_corpus_and_its_program() {
    let targets: BTreeSet<String> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders("tests/fuzz/corpus"), targets, "a corpus without a target, or a target without a corpus");
    assert_eq!(
        folders("tests/fuzz/fuzz_targets"),
        targets,
        "a program without a target, or a target without a program"
    );
    let manifest = workspace::read("tests/fuzz/Cargo.toml");
    for name in &targets {
        let program = workspace::read(&format!("tests/fuzz/fuzz_targets/{name}.rs"));
        assert!(program.contains(&format!("targets::{name}(data)")), "{name} runs another target");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not built");
    }
}

#[test]
fn whatever_was_kept_holds() {
    let mut broken = Vec::new();
    for (name, target) in targets::ALL {
        let corpus = files(&workspace::root().join("tests/fuzz/corpus").join(name));
        assert!(!corpus.is_empty(), "the corpus of {name} is empty");
        let fixtures = if name == "ses" { files(&workspace::root().join(FIXTURES)) } else { Vec::new() };
        for path in corpus.into_iter().chain(fixtures) {
            let bytes = std::fs::read(&path).unwrap();
            if std::panic::catch_unwind(|| target(&bytes)).is_err() {
                broken.push(path);
            }
        }
    }
    assert!(broken.is_empty(), "what went wrong stands above, in this order: {broken:#?}");
}

/// The fuzzers are no part of the workspace, so that only the locks say that they run what is tested here.
#[test]
fn fuzzers_are_built_of_the_same_versions() {
    let versions = |lock: &str| -> BTreeSet<(String, String)> {
        let lock = workspace::read(lock);
        let quoted = |line: &str| line.split('"').nth(1).unwrap().to_owned();
        let of = |start: &'static str| lock.lines().filter(move |line| line.starts_with(start)).map(quoted);
        // The file's own version is the one without quotes.
        of("name = \"").zip(of("version = \"")).collect()
    };
    let (own, workspaces) = (versions("tests/fuzz/Cargo.lock"), versions("Cargo.lock"));
    let shared: BTreeSet<&String> = workspaces.iter().map(|(name, _)| name).collect();
    assert!(own.len() > 100, "{own:?}");
    let others: Vec<_> = own.difference(&workspaces).filter(|(name, _)| shared.contains(name)).collect();
    assert!(others.is_empty(), "other versions than the workspace's: {others:?}");
}
