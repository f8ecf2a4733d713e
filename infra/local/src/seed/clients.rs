//! The clients of the firm, and the people there: made up of words, so that a name tells its number and nothing is kept.

/// How many clients there are, as far as the firm has mails for them.
pub(super) const CLIENTS: u64 = 2_000;

const KINDS: [&str; 20] = [
    "Harbor",
    "Northlight",
    "Linden",
    "Orchard",
    "Kestrel",
    "Maple",
    "Quarry",
    "Heron",
    "Juniper",
    "Falcon",
    "Copper",
    "Meadow",
    "Summit",
    "Willow",
    "Granite",
    "Cedar",
    "Beacon",
    "Amber",
    "River",
    "Sterling",
];
const TRADES: [&str; 25] = [
    "Logistics",
    "Energy",
    "Dental",
    "Biotech",
    "Aviation",
    "Bakery",
    "Stone",
    "Estates",
    "Tooling",
    "Media",
    "Textiles",
    "Software",
    "Foods",
    "Shipping",
    "Paper",
    "Optics",
    "Clinics",
    "Studios",
    "Metals",
    "Gardens",
    "Printing",
    "Motors",
    "Advisory",
    "Hotels",
    "Instruments",
];
const FORMS: [&str; 4] = ["Inc.", "Ltd", "GmbH", "Group"];

const FIRST_NAMES: [&str; 40] = [
    "Ann", "Bob", "Carlos", "Dana", "Élodie", "Farid", "Grace", "Hugo", "Ines", "Jürgen", "Karin", "Lee", "Miriam",
    "Noor", "Oscar", "Priya", "Quentin", "Ruth", "Sam", "Tom", "Uma", "Victor", "Wanda", "Xenia", "Yusuf", "Zoë",
    "Anna", "Bruno", "Clara", "David", "Emma", "Felix", "Greta", "Hanna", "Ivan", "Julia", "Kofi", "Laura", "Marcus",
    "Nina",
];
const LAST_NAMES: [&str; 37] = [
    "Lee",
    "Stone",
    "Mena",
    "Whitfield",
    "Marchand",
    "Haddad",
    "Oduya",
    "Bernard",
    "Brandt",
    "Linden",
    "Olsen",
    "Fenwick",
    "Vance",
    "Khan",
    "Meyer",
    "Nair",
    "Dubois",
    "Adler",
    "Keller",
    "Ashworth",
    "Rao",
    "Novak",
    "Kowalska",
    "Petrova",
    "Demir",
    "Jansen",
    "Rossi",
    "Costa",
    "Weber",
    "Murphy",
    "Larsen",
    "Schmidt",
    "Ferrari",
    "Popescu",
    "Mensah",
    "Silva",
    "Becker",
];

/// A client's id, such as `client-0042`.
pub(super) fn id(client: u64) -> String {
    format!("client-{:04}", client + 1)
}

/// A client's name. Each of [`CLIENTS`] has one of its own.
pub(super) fn name(client: u64) -> String {
    let (kind, trade, form) = words(client);
    format!("{kind} {trade} {form}")
}

fn words(client: u64) -> (&'static str, &'static str, &'static str) {
    let kinds = KINDS.len() as u64;
    let trades = TRADES.len() as u64;
    (word(&KINDS, client), word(&TRADES, client / kinds), word(&FORMS, client / (kinds * trades)))
}

fn word(words: &'static [&'static str], number: u64) -> &'static str {
    usize::try_from(number % words.len() as u64).map_or("", |place| words[place])
}

/// A person at a client: name and address. No two people of a client share an address.
pub(super) fn person(client: u64, person: u64) -> (String, String) {
    // There are 40 by 37 pairs of names, and as these have no common divisor, counting both up meets all of them.
    let (first, last) = (word(&FIRST_NAMES, person + client), word(&LAST_NAMES, person));
    let round = person / (FIRST_NAMES.len() * LAST_NAMES.len()) as u64;
    let number = if round == 0 { String::new() } else { format!("{}", round + 1) };
    let (kind, trade, form) = words(client);
    let ascii = |text: &str| -> String {
        let letters = text.to_lowercase().replace(['é', 'ë'], "e").replace('ü', "ue");
        letters.chars().filter(char::is_ascii_alphanumeric).collect()
    };
    let domain = format!("{}-{}-{}", ascii(kind), ascii(trade), ascii(form));
    (format!("{first} {last}"), format!("{}.{}{number}@{domain}.example", ascii(first), ascii(last)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use domain::address::Address;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_addresses_are_told_apart() {
        let names: BTreeSet<String> = (0..CLIENTS).map(name).collect();
        assert_eq!(names.len() as u64, CLIENTS);
        let people: BTreeSet<String> = (0..3_000).map(|number| person(7, number).1).collect();
        assert_eq!(people.len(), 3_000);
        for client in 0..CLIENTS {
            let (_, address) = person(client, client);
            assert!(address.parse::<Address>().is_ok(), "{address}");
        }
        assert_ne!(person(1, 0).1, person(2, 0).1);
    }
}
