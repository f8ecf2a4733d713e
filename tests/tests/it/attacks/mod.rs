//! What somebody does who means harm: requests that no program of good will sends. The system answers each of them, and
//! nothing comes of it.

mod bodies;
mod doors;
mod floods;
mod injections;
mod paths;

use std::time::Duration;

use tests::System;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Far longer than any answer takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends these very bytes, which no HTTP client would, and gives all that is answered until the connection ends.
async fn raw(system: &System, bytes: &[u8]) -> String {
    let mut connection = TcpStream::connect(system.url().trim_start_matches("http://")).await.unwrap();
    // Whoever is refused early may find that nobody reads on.
    let _ = connection.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, connection.read_to_end(&mut answer)).await.expect("the connection ends");
    if let Err(error) = read {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of such an answer.
fn status(answer: &str) -> u16 {
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    status.and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer of HTTP: {answer:?}"))
}
