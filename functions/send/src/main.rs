//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use send::Send;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::events("send", Send::from_environment, |send, event, call| async move {
        Ok(send.handle(event, call).await?)
    })
    .await
}
