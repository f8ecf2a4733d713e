//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use submit::Submit;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::http_and_events(
        "submit",
        Submit::from_environment,
        |submit, request, call| async move { submit.handle(request, call).await },
        |submit, event, call| async move { Ok(submit.handle_event(event, call).await?) },
    )
    .await
}
