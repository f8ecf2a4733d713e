//! Addresses are read on the screen as the API reads them.

use serde_json::{Value, json};
use tests::System;
use tests::browser::Browser;

/// What `addresses_on_screen` holds the API to.
const CASES: &str = include_str!("../../../../../functions/web/ui/shared/addresses.cases.json");

/// Given to the form as a portal gives them, one after the other; what its field has made of each.
const READ: &str = "async (send) => {
    const read = [];
    for (const input of INPUTS) {
        send.to = input;
        await send.updateComplete;
        const { chips } = send.renderRoot.querySelector('#to');
        const mailboxes = chips.map(({ name, address }) => ({ name, address }));
        read.push(chips.some(({ fault }) => fault) ? { input, error: true } : { input, mailboxes });
    }
    return read;
}";

#[tokio::test]
async fn the_screen_reads_addresses_as_the_table_says() {
    let Some(browser) = Browser::open().await else { return };
    let system = System::start().await;
    let page = browser.page(&format!("{}/?view=send", system.url())).await;
    page.role("textbox", "To").appears().await;
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() > 100, "only {} cases", cases.len());
    let inputs: Vec<&Value> = cases.iter().map(|case| &case["input"]).collect();
    let read = page.css("invoice-email-send").evaluate(&READ.replace("INPUTS", &json!(inputs).to_string())).await;
    for (case, read) in cases.iter().zip(read.as_array().unwrap()) {
        assert_eq!(read, case);
    }
    assert_eq!(page.requests("/v1/invoices/").len(), 0, "nobody was asked");
    page.finish().await;
}
