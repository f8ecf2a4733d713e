//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use settings::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::http("settings", Settings::from_environment, |settings, request, call| async move {
        settings.handle(request, call).await
    })
    .await
}
