//! The Chrome DevTools Protocol over the browser's own pipe: messages of JSON, each ended by a NUL byte.
//!
//! <https://chromedevtools.github.io/devtools-protocol/>
//!
//! Messages stay JSON, on purpose. Clients with generated types drop what their copy of the protocol does not foresee,
//! and an error of the console that is dropped for a new value of an enumeration is a test that cannot fail. A pipe
//! needs no port and no library, and the browser ends by itself as soon as this process is gone, however it ended.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Far longer than any command takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is done with a session's events: it gets their names and parameters, one after the other, off the runtime.
pub(super) type Listener = Box<dyn FnMut(&str, &Value) + Send>;

type Answer = Result<Value, String>;

/// A browser that takes commands.
pub(super) struct Connection {
    writer: Mutex<ChildStdin>,
    next_id: AtomicU64,
    incoming: Arc<Incoming>,
}

/// What the reading thread shares with those who wait.
#[derive(Default)]
struct Incoming {
    closed: AtomicBool,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
    listeners: Mutex<HashMap<String, Arc<Mutex<Listener>>>>,
}

impl Connection {
    /// Speaks with a browser that was started with `--remote-debugging-pipe`.
    pub(super) fn open(mut child: Child) -> Self {
        let writer = Mutex::new(child.stdin.take().expect("a pipe to the browser"));
        let output = child.stdout.take().expect("a pipe from the browser");
        let incoming = Arc::<Incoming>::default();
        let reading = Arc::clone(&incoming);
        // A thread of its own: the browser outlives each test, and with it the runtime of each test.
        std::thread::spawn(move || {
            reading.read(output);
            reading.close();
            // Otherwise it would stay as a zombie.
            child.wait().ok();
        });
        Self { writer, next_id: AtomicU64::new(1), incoming }
    }

    /// Whether the browser still runs.
    pub(super) fn is_open(&self) -> bool {
        !self.incoming.closed.load(Ordering::SeqCst)
    }

    /// A command, and its answer; `session` is empty for the browser itself.
    pub(super) async fn call(&self, session: &str, method: &str, parameters: Value) -> Answer {
        let (sender, receiver) = oneshot::channel();
        let id = self.next_id.fetch_add(1, Ordering::SeqCst);
        locked(&self.incoming.waiting).insert(id, sender);
        self.write(id, session, method, parameters);
        if !self.is_open() {
            // Nobody reads any more, or the reader has just looked through those who wait.
            locked(&self.incoming.waiting).remove(&id);
            return Err(format!("{method}: the browser has ended"));
        }
        match tokio::time::timeout(PATIENCE, receiver).await {
            Ok(Ok(answer)) => answer.map_err(|error| format!("{method}: {error}")),
            Ok(Err(_)) => Err(format!("{method}: the browser has ended")),
            Err(_) => Err(format!("{method}: no answer in {PATIENCE:?}")),
        }
    }

    /// A command whose answer nobody needs.
    pub(super) fn tell(&self, session: &str, method: &str, parameters: Value) {
        self.write(self.next_id.fetch_add(1, Ordering::SeqCst), session, method, parameters);
    }

    /// Hands a session's events over from now on.
    pub(super) fn listen(&self, session: &str, listener: Listener) {
        locked(&self.incoming.listeners).insert(session.to_owned(), Arc::new(Mutex::new(listener)));
    }

    /// Forgets a session's listener.
    pub(super) fn stop_listening(&self, session: &str) {
        locked(&self.incoming.listeners).remove(session);
    }

    fn write(&self, id: u64, session: &str, method: &str, parameters: Value) {
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if !session.is_empty() {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        // A browser that has ended is found out by the reader.
        locked(&self.writer).write_all(&bytes).ok();
    }
}

impl Incoming {
    fn read(&self, output: ChildStdout) {
        let mut output = BufReader::with_capacity(1 << 16, output);
        let mut bytes = Vec::new();
        while next_message(&mut output, &mut bytes) {
            let message: Value = serde_json::from_slice(&bytes).expect("the browser writes JSON");
            match message["id"].as_u64() {
                Some(id) => self.answer(id, message),
                None => self.tell_listener(&message),
            }
        }
    }

    fn answer(&self, id: u64, mut message: Value) {
        if let Some(waiting) = locked(&self.waiting).remove(&id) {
            let answer = match message["error"]["message"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(message["result"].take()),
            };
            // Who does not wait any more needs no answer.
            waiting.send(answer).ok();
        }
    }

    fn tell_listener(&self, message: &Value) {
        let session = message["sessionId"].as_str().unwrap_or_default();
        // Taken out of the map first: a listener may send commands.
        let listener = locked(&self.listeners).get(session).cloned();
        if let (Some(listener), Some(method)) = (listener, message["method"].as_str()) {
            (*locked(&listener))(method, &message["params"]);
        }
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // Whoever waits for an answer finds its sender gone.
        locked(&self.waiting).clear();
    }
}

fn next_message(output: &mut impl BufRead, bytes: &mut Vec<u8>) -> bool {
    bytes.clear();
    let found = output.read_until(0, bytes).is_ok() && bytes.pop() == Some(0);
    if !found {
        // What stands behind a broken message is of no use, but must not stop the browser's end.
        std::io::copy(output, &mut std::io::sink()).ok();
    }
    found
}

/// A lock that a test which failed while holding it does not spoil for the others.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
