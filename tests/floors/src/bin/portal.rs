//! The floor of `portal`: one `BatchGetItem`, one `UpdateItem`, and a page.

use floors::Table;
use floors::requests::{BODY, INVOICE, RECIPIENT, note_hit, read_items};
use lambda_http::{Body, Error};

/// As long as what the function makes of it.
const PAGE: &str = include_str!("../../../../functions/portal/templates/invoice.html");

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let table = Table::from_environment();
    let work = || async {
        let keys = [(INVOICE, RECIPIENT), (INVOICE, BODY), ("settings#roe", "-"), (INVOICE, "invoice")];
        read_items(&table, keys).await;
        note_hit(&table, ["clicks", "clicks_first_browser", "clicks_count_browser", "clicks_last_browser"]).await;
    };
    floors::http(work, "text/html; charset=utf-8", || Body::from(PAGE)).await
}
