//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use watch::Watch;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::events("watch", Watch::from_environment, |watch, event, call| async move {
        Ok(watch.handle(event, call).await?)
    })
    .await
}
