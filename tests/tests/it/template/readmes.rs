//! Each function's README names its variables and its rights as the template has them.

use std::collections::BTreeSet;

use tests::template::{Template, id};
use tests::workspace;

use super::{differences, privileges, variables};

/// The paragraph, or the row of a table, that begins with a word.
fn passage(readme: &str, word: &str) -> String {
    let begins = |line: &&str| line.starts_with(&format!("{word}:")) || line.starts_with(&format!("| {word} |"));
    let lines = readme.lines().skip_while(|line| !begins(line));
    let of_row = lines.clone().take_while(|line| line.starts_with('|')).take(1);
    let of_paragraph = lines.take_while(|line| !line.is_empty() && !line.starts_with('|'));
    of_row.chain(of_paragraph).collect::<Vec<_>>().join("\n")
}

/// The words in backticks that are of some kind.
fn marked(passage: &str, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    passage.split('`').skip(1).step_by(2).filter(|word| wanted(word)).map(str::to_owned).collect()
}

fn is_variable(word: &str) -> bool {
    word.contains('_') && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Whether it is a service's action by its form: `UpdateItem`.
fn is_action(word: &str) -> bool {
    let name = word.rsplit(':').next().unwrap_or_default();
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// What is wrong in the READMEs.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let mut found = Vec::new();
    for function in workspace::functions() {
        let readme = workspace::read(&format!("functions/{function}/README.md"));
        let of = |what: &str| format!("{what} of {} in its README", id(&function, "Function"));
        let named = marked(&passage(&readme, "Variables"), is_variable);
        let given = variables::given(template, &function).into_keys().collect();
        found.extend(differences(&of("variables"), &named, &given));
        // What the function itself asks for; its log, its mapping and its dead letters are Lambda's business.
        let own = |(action, resource): &(String, String)| {
            let of_service = ["events:", "ses:"].iter().any(|service| action.starts_with(service));
            of_service || (action.starts_with("dynamodb:") && !resource.contains("StreamArn"))
        };
        let given = privileges::given(template.properties(&id(&function, "Role"))).into_iter().filter(own);
        let given = given.map(|(action, _)| action.rsplit(':').next().unwrap().to_owned()).collect();
        let named = marked(&passage(&readme, "Policy"), is_action);
        let named = named.iter().map(|action| action.rsplit(':').next().unwrap().to_owned()).collect();
        found.extend(differences(&of("rights"), &named, &given));
    }
    found
}
