//! The screen reads addresses as the API does: both are held to one table of cases. The browser's tests read it too.

use domain::address::parse_list;
use serde_json::{Value, json};

const CASES: &str = include_str!("../../../functions/web/ui/shared/addresses.cases.json");

#[test]
fn the_api_reads_addresses_as_the_screens_table_says() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() > 100, "only {} cases", cases.len());
    for case in cases {
        let input = case["input"].as_str().unwrap();
        let read = match parse_list(input) {
            Ok(mailboxes) => {
                let mailboxes: Vec<Value> = mailboxes
                    .iter()
                    .map(|mailbox| json!({ "name": mailbox.name, "address": mailbox.address.as_str() }))
                    .collect();
                json!({ "input": input, "mailboxes": mailboxes })
            }
            Err(_) => json!({ "input": input, "error": true }),
        };
        assert_eq!(read, case);
    }
}
