//! Lists of addresses as people type them.

use domain::address::{
    Address, AddressError, MAX_ADDRESS_BYTES, MAX_LIST_BYTES, MAX_NAME_CHARS, Mailbox, comparison_key, parse_list,
};

/// The most that an error says of a list: an excerpt of eighty characters, each of which may be written as eight.
const MAX_ERROR_BYTES: usize = 1_000;

/// A list of addresses. What is accepted is bounded, cannot end a header, and reads the same when it is written out again.
pub fn addresses(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    compares(&text);
    match parse_list(&text) {
        Ok(mailboxes) => {
            assert!(text.len() <= MAX_LIST_BYTES);
            for mailbox in &mailboxes {
                holds(mailbox);
            }
            let written: Vec<String> = mailboxes.iter().map(Mailbox::to_string).collect();
            for separator in ["; ", ","] {
                let again = parse_list(&written.join(separator));
                assert!(again.is_err() || again.as_ref() == Ok(&mailboxes), "{again:?} is not {mailboxes:?}");
                // Written out it may be longer than what was typed: each quote and backslash takes one more.
                let too_long = matches!(again, Err(AddressError::ListTooLong));
                assert!(again.is_ok() || too_long, "{written:?} is not read: {again:?}");
            }
        }
        Err(error) => {
            let said = error.to_string();
            assert!(said.len() <= MAX_ERROR_BYTES && !said.contains(char::is_control), "{said:?}");
        }
    }
}

fn holds(mailbox: &Mailbox) {
    let address = &mailbox.address;
    let text = address.as_str();
    assert!(text.is_ascii() && !text.contains(|c: char| c.is_control()) && text.len() <= MAX_ADDRESS_BYTES, "{text:?}");
    assert_eq!(format!("{}@{}", address.local_part(), address.domain()), text);
    assert_eq!(address.domain(), address.domain().to_ascii_lowercase());
    assert!(!address.local_part().is_empty() && address.domain().contains('.'), "{text}");
    assert_eq!(text.parse::<Address>().as_ref(), Ok(address));
    assert_eq!(mailbox.to_string().parse::<Mailbox>().as_ref(), Ok(mailbox));
    let key = address.same_mailbox_key();
    assert_eq!(comparison_key(text), key, "of {text:?}");
    assert_eq!(comparison_key(&key), key, "of {text:?}");
    assert_eq!(comparison_key(&text.to_ascii_uppercase()), key, "of {text:?}");
    if let Some(name) = &mailbox.name {
        assert!(!name.is_empty() && !name.contains(char::is_control), "{name:?}");
        assert!(name.chars().count() <= MAX_NAME_CHARS, "{name:?}");
    }
}

/// What SES reports may be anything; two spellings must not be one mailbox because neither could be read.
fn compares(raw: &str) {
    let key = comparison_key(raw);
    // Lower case takes up to three bytes for two, Punycode fewer than six for one.
    assert!(key.len() <= 6 * raw.len() + 8, "{key:?}");
    assert_eq!(comparison_key(raw), key);
    assert_eq!(comparison_key(&format!(" {raw}\n")), key, "of {raw:?}");
}
