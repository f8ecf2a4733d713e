//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use portal::Portal;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::http("portal", Portal::from_environment, |portal, request, call| async move {
        portal.handle(request, call).await
    })
    .await
}
