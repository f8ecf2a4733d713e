//! The arrows between crates, and what is deliberately absent.

use std::collections::BTreeMap;

use cargo_metadata::Package;
use tests::workspace::{self, metadata, production, sources};

/// The folder of a crate from the repository's root: `functions/send`.
fn folder(package: &Package) -> String {
    let path = package.manifest_path.parent().unwrap();
    path.strip_prefix(workspace::root().to_str().unwrap()).unwrap().to_string()
}

/// The layer of a crate: it may import lower ones only, and its own only where that is said.
fn layer(folder: &str) -> u8 {
    match folder {
        "shared/domain" => 0,
        _ if folder.starts_with("shared/") => 1,
        _ if folder.starts_with("functions/") => 2,
        // What the fuzzers run is the functions themselves, and no local stack.
        "infra/local" | "tests/floors" | "tests/targets" => 3,
        "tests" => 4,
        _ => panic!("{folder} belongs to no layer"),
    }
}

#[test]
fn imports_run_one_way() {
    let metadata = metadata();
    let folders: BTreeMap<&str, String> =
        metadata.packages.iter().map(|one| (one.name.as_str(), folder(one))).collect();
    assert!(folders.len() >= 12, "{folders:?}");
    for package in &metadata.packages {
        let from = folder(package);
        // Of any kind: a development dependency is an import too.
        for dependency in &package.dependencies {
            let Some(to) = folders.get(dependency.name.as_str()).filter(|_| dependency.path.is_some()) else {
                continue;
            };
            let down = layer(to) < layer(&from);
            let within_shared = layer(to) == 1 && layer(&from) == 1;
            assert!(down || within_shared, "{from} must not import {to}");
        }
    }
}

/// What they would share with functions beyond that, they could not be compared with.
#[test]
fn floors_share_the_clients_settings_with_functions_and_nothing_else() {
    let metadata = metadata();
    let floors = metadata.packages.iter().find(|package| folder(package) == "tests/floors").unwrap();
    let ours = floors.dependencies.iter().filter(|dependency| dependency.path.is_some());
    assert_eq!(ours.map(|dependency| dependency.name.as_str()).collect::<Vec<_>>(), ["lambda"]);
    for (path, text) in sources("tests/floors") {
        for words in text.match_indices("lambda::").map(|(at, _)| &text[at..]) {
            let settings =
                words.starts_with("lambda::aws::{Service, config}") || words.starts_with("lambda::Environment;");
            assert!(settings, "{path}: {}", words.lines().next().unwrap());
        }
    }
    let functions: Vec<String> = workspace::functions().iter().map(|name| format!("{name}-floor")).collect();
    let mut bins: Vec<&str> =
        floors.targets.iter().filter(|target| target.is_bin()).map(|target| target.name.as_str()).collect();
    bins.sort_unstable();
    assert_eq!(bins, functions, "each function has its floor");
}

/// A log's level is that of our own crates; one that is not named would say nothing at DEBUG.
#[test]
fn each_crate_of_the_functions_is_named_where_logs_begin() {
    let log = workspace::read("shared/lambda/src/log.rs");
    let named = log.split("const OUR_CRATES").nth(1).and_then(|rest| rest.split("];").next()).unwrap();
    let metadata = metadata();
    let production: Vec<_> = metadata.packages.iter().filter(|package| layer(&folder(package)) <= 2).collect();
    assert!(production.len() >= 15, "{production:?}");
    for package in &production {
        assert!(named.contains(&format!("\"{}\"", package.name)), "{} is missing in OUR_CRATES", package.name);
    }
    assert_eq!(named.matches('"').count(), 2 * production.len(), "one of OUR_CRATES is none of ours");
}

/// What is asked of a service, and how, stands in one crate for each.
#[test]
fn each_outside_service_is_known_by_one_crate() {
    for (path, text) in ["shared", "functions"].into_iter().flat_map(sources) {
        for (service, owner) in [
            ("aws_sdk_dynamodb", "shared/table/"),
            ("aws_sdk_sesv2", "shared/mail/"),
            ("aws_sdk_eventbridge", "shared/bus/"),
        ] {
            assert!(path.contains(owner) || !text.contains(service), "{path} knows {service}");
        }
    }
}

#[test]
fn the_domain_does_nothing_but_think() {
    let metadata = metadata();
    let domain = metadata.packages.iter().find(|package| package.name.as_str() == "domain").unwrap();
    for dependency in &domain.dependencies {
        let acts = ["aws-", "tokio", "lambda", "hyper", "axum", "reqwest", "tracing", "serde", "rand", "getrandom"];
        let name = dependency.name.as_str();
        let allowed = dependency.kind != cargo_metadata::DependencyKind::Normal;
        assert!(allowed || !acts.iter().any(|word| name.starts_with(word)), "domain imports {name}");
    }
}

/// The lines of a manifest's dependency tables.
fn dependency_lines(manifest: &str) -> Vec<&str> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.contains("dependencies");
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            lines.push(line);
        }
    }
    lines
}

#[test]
fn versions_and_lints_stand_in_one_place() {
    for package in metadata().packages {
        let path = format!("{}/Cargo.toml", folder(&package));
        let manifest = workspace::read(&path);
        for line in dependency_lines(&manifest) {
            let inherited = line.contains(".workspace = true") || line.contains("workspace = true");
            assert!(inherited, "{path}: {line}");
        }
        assert!(manifest.contains("[lints]\nworkspace = true"), "{path} has lints of its own");
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for (path, text) in ["shared", "functions", "infra/local", "tests"].into_iter().flat_map(sources) {
        assert!(text.starts_with("//! "), "{path} does not begin with //!");
    }
}

#[test]
fn no_file_is_called_after_nothing() {
    for (path, _) in ["shared", "functions", "infra/local", "tests"].into_iter().flat_map(sources) {
        let name = path.rsplit('/').next().unwrap();
        for vague in ["util", "common", "helper", "manager", "misc"] {
            assert!(!name.contains(vague), "{path}");
        }
    }
}

#[test]
fn production_code_does_not_know_that_a_local_stack_exists() {
    for (path, text) in ["shared", "functions"].into_iter().flat_map(production) {
        for word in ["local.test", "127.0.0.1:8787", "_local/", "feature = \"local\""] {
            assert!(!text.contains(word), "{path} mentions {word}");
        }
    }
}

#[test]
fn nothing_scans_the_table() {
    for (path, text) in sources("shared/table") {
        assert!(!text.contains(".scan()"), "{path}");
    }
}

#[test]
fn every_function_has_a_thin_main_and_a_readme() {
    for function in workspace::functions() {
        let main = workspace::read(&format!("functions/{function}/src/main.rs"));
        assert!(main.lines().count() <= 40, "functions/{function}/src/main.rs is not thin");
        let readme = workspace::read(&format!("functions/{function}/README.md"));
        assert!(readme.starts_with(&format!("# {function}\n")), "functions/{function}/README.md has another title");
    }
}
