//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use web::Web;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::http(
        "web",
        Web::from_environment,
        |web, request, call| async move { web.handle(request, call).await },
    )
    .await
}
