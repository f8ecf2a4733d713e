//! The Lambda binary: see the library for what it does.

use std::process::ExitCode;

use record::Record;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    lambda::start::events("record", Record::from_environment, |record, event, call| async move {
        Ok(record.handle(event, call).await?)
    })
    .await
}
