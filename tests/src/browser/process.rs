//! The browser's process: one for all journeys of a test binary, started by the first.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use tokio::sync::Mutex;

use super::protocol::Connection;

/// One is fast and stable: it starts in a third of a second, and a context of its own in it in a tenth.
static SHARED: Mutex<Option<Arc<Connection>>> = Mutex::const_new(None);

/// The shell hands its own pipes on under the numbers that `--remote-debugging-pipe` speaks on, keeps what the browser
/// writes and shows its end if the browser fails, and removes the profile, as this process may not live to do it.
const LAUNCHER: &str = r#"
    profile="$1"; shift
    "$@" 3<&0 4>&1 </dev/null >"$profile/log" 2>&1 || tail -n 20 "$profile/log" >&2
    rm -rf "$profile"
"#;

const SWITCHES: &[&str] = &[
    "--headless",
    "--remote-debugging-pipe",
    // The pages are our own; root and containers have no sandbox.
    "--no-sandbox",
    // All frames of a page in one process, so that one session sees them all. Sandboxed frames too.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateSandboxedIframes,IsolateOrigins,site-per-process,Translate,MediaRouter,OptimizationHints",
    // Nothing but loopback is reachable, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-breakpad",
    "--disable-search-engine-choice-screen",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--use-mock-keychain",
    "--mute-audio",
    // A page of one journey is not slowed down because another one's is in front.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-ipc-flooding-protection",
    // Containers have little shared memory, and no graphics card.
    "--disable-dev-shm-usage",
    "--disable-gpu",
    // A mouse, which the machine has none of: it hovers (2), and points finely (4).
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    // The same picture on every machine.
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--lang=en-US",
    "about:blank",
];

/// The running browser, or a new one if there is none, or if it has crashed.
pub(super) async fn shared(chromium: &Path) -> Arc<Connection> {
    let mut shared = SHARED.lock().await;
    if let Some(running) = shared.as_ref().filter(|connection| connection.is_open()) {
        return Arc::clone(running);
    }
    let connection = Arc::new(Connection::open(start(chromium)));
    let version = connection.call("", "Browser.getVersion", serde_json::json!({})).await;
    version.unwrap_or_else(|error| panic!("{} does not start: {error}", chromium.display()));
    *shared = Some(Arc::clone(&connection));
    connection
}

fn start(chromium: &Path) -> Child {
    let profile = tempfile::Builder::new().prefix("journeys-").tempdir().expect("a folder for the profile").keep();
    let mut command = Command::new("/bin/sh");
    command.args(["-c", LAUNCHER, "sh"]).arg(&profile).arg(chromium).args(SWITCHES);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.env("TZ", "UTC").env("LANG", "en_US.UTF-8").env("LANGUAGE", "en_US");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    // A signal from the keyboard ends the tests; the browser then goes by itself, and the shell can clean up.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().expect("a shell")
}
