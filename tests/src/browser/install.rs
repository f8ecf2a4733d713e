//! What a journey in a browser needs on the machine: an installed Chromium, and axe-core, which `npm ci` brings.

use std::io::Write;
use std::path::PathBuf;

use lambda::Environment;

use crate::workspace;

/// The names that Chromium and its relatives are installed under.
const NAMES: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "Google Chrome"];

/// Where else than on the `PATH` they are found.
const USUAL_FOLDERS: [&str; 5] =
    ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome", "/Applications/Google Chrome.app/Contents/MacOS"];

/// Where `npm ci` puts axe-core.
const AXE: &str = "functions/web/node_modules/axe-core/axe.min.js";

/// What was found.
#[derive(Debug, Clone)]
pub(super) struct Installed {
    /// The browser's program.
    pub(super) chromium: PathBuf,
    /// The source of axe-core.
    pub(super) axe: PathBuf,
}

/// Looks for both; `None` after having said loudly what lacks, or a panic where `BROWSER_TESTS` is `required`.
pub(super) fn find() -> Option<Installed> {
    let environment = Environment::process();
    match look(&environment) {
        Ok(installed) => Some(installed),
        Err(lacking) => {
            let required = environment.optional("BROWSER_TESTS").is_some_and(|value| value == "required");
            assert!(!required, "BROWSER_TESTS=required, but {lacking}");
            let name = std::thread::current().name().unwrap_or("a journey").to_owned();
            let line = format!("\nSKIPPED, NOT TESTED: {name}: {lacking}\n");
            // Straight to the process's standard error: what `eprintln!` writes is not shown when a test passes.
            std::io::stderr().write_all(line.as_bytes()).ok();
            None
        }
    }
}

fn look(environment: &Environment) -> Result<Installed, String> {
    if !cfg!(unix) {
        return Err("the browser is started through a shell, which this system has none of".to_owned());
    }
    let chromium = chromium(environment)?;
    let axe = workspace::root().join(AXE);
    if !axe.is_file() {
        return Err(format!("there is no {AXE}: run `npm ci` in functions/web"));
    }
    Ok(Installed { chromium, axe })
}

fn chromium(environment: &Environment) -> Result<PathBuf, String> {
    let path = environment.optional("PATH").unwrap_or_default();
    let folders = || std::env::split_paths(&path).chain(USUAL_FOLDERS.iter().map(PathBuf::from));
    let lookup = |program: &str| folders().map(|folder| folder.join(program)).find(|file| file.is_file());
    match environment.optional("CHROMIUM") {
        // A path stands for itself, whatever folder it is joined to.
        Some(named) => lookup(&named).ok_or(format!("CHROMIUM names {named}, which is not there")),
        None => NAMES
            .iter()
            .find_map(|name| lookup(name))
            .ok_or("no Chromium was found: install one, or name it with the variable CHROMIUM".to_owned()),
    }
}
