//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use follow::Follow;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::events("follow", Follow::from_environment, |follow, event, call| async move {
        Ok(follow.handle(event, call).await?)
    })
    .await
}
