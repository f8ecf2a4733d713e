//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use report::Report;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::http("report", Report::from_environment, |report, request, call| async move {
        report.handle(request, call).await
    })
    .await
}
