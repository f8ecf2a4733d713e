//! What no line of a log may tell: who was written to, who read, and what opens a door.
//!
//! Whoever starts a [`System`](crate::System) or a [`Cloud`](crate::cloud::Cloud) has all lines searched that functions
//! write on the test's own thread until it ends, as the logs of a function would have them at the level `DEBUG`. A line
//! that tells something fails that very test at its end.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};
use std::thread::{self, ThreadId};

use regex_lite::Regex;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What stands for AWS in the test's own process, and has logs of its own.
const STAND_INS: [&str; 2] = ["local", "dynoxide"];

/// What is found by its form.
static FORMS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let form = |name, pattern| (name, Regex::new(pattern).expect("a pattern"));
    vec![
        form("an e-mail address", r"[A-Za-z0-9._%+'-]+(@|%40)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+"),
        form("a link of a mail", r"/[ocup]/[A-Za-z0-9_-]{16,}"),
        form("an authorization", r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/:-]+|\bauthorization\b"),
        form("a key of AWS", r"\b(AKIA|ASIA)[A-Z0-9]{12,}|AWS4-HMAC-SHA256|(?i:aws_secret_access_key)"),
        // 32 bytes, as TOKEN_KEYS has them.
        form("a key of tokens", r"\b[A-Za-z0-9]+:[A-Za-z0-9+/]{43}="),
    ]
});

/// What a sealed token looks like: at least the tag of 16 bytes, a send's 16 and two ids of one character.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9_-]{48,}").expect("a pattern"));

/// What a line tells that it must not, if it does.
#[must_use]
pub fn told(line: &str) -> Option<&'static str> {
    if let Some((name, _)) = FORMS.iter().find(|(_, form)| form.is_match(line)) {
        return Some(name);
    }
    // Digests and the ids of DynamoDB's answers are of one case.
    let is_mixed =
        |text: &str| text.contains(|c: char| c.is_ascii_lowercase()) && text.contains(|c: char| c.is_ascii_uppercase());
    if TOKEN.find_iter(line).any(|found| is_mixed(found.as_str())) {
        return Some("a token");
    }
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || ".:%[]".contains(c)));
    words.map(|word| word.trim_matches('.')).any(is_address).then_some("an IP address")
}

fn is_address(word: &str) -> bool {
    // Where a stand-in listens: the SDK names it when it cannot be reached.
    let is_reader = |address: IpAddr| address != IpAddr::from([127, 0, 0, 1]);
    let address = word.parse::<IpAddr>().ok().or_else(|| word.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.is_some_and(is_reader)
}

/// The lines that told something, by the thread that wrote them.
static TOLD: Mutex<Option<HashMap<ThreadId, Vec<String>>>> = Mutex::new(None);

fn take(thread: ThreadId) -> Vec<String> {
    let mut all = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    all.get_or_insert_default().remove(&thread).unwrap_or_default()
}

/// Searches one line, which the subscriber writes at once.
#[derive(Clone, Copy)]
struct Search;

impl io::Write for Search {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        if let Some(what) = told(&line) {
            let mut all = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
            let lines = all.get_or_insert_default().entry(thread::current().id()).or_default();
            lines.push(format!("{what}: {}", line.trim_end()));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Search {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

/// Fails its test when it ends, if a line told something meanwhile.
#[derive(Debug)]
pub(crate) struct Secrecy(());

impl Secrecy {
    /// Listens from now on.
    pub(crate) fn watch() -> Self {
        static LISTENING: OnceLock<()> = OnceLock::new();
        LISTENING.get_or_init(|| {
            let filter = lambda::log::filter(LevelFilter::DEBUG);
            let filter = filter.with_targets(STAND_INS.map(|name| (name, LevelFilter::OFF)));
            let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Search).with_filter(filter);
            tracing_subscriber::registry().with(layer).init();
        });
        Self(())
    }
}

impl Drop for Secrecy {
    fn drop(&mut self) {
        let lines = take(thread::current().id());
        // A test that fails already says why.
        if !lines.is_empty() && !thread::panicking() {
            panic!("the log of a function tells {}", lines.join("\n"));
        }
    }
}
