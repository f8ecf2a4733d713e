//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use track::Track;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::http("track", Track::from_environment, |track, request, call| async move {
        track.handle(request, call).await
    })
    .await
}
