//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use submit::Submit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::http("submit", Submit::from_environment, |submit, request, call| async move {
        submit.handle(request, call).await
    })
    .await
}
