//! The stream's filters, held against what the code writes: one hands on what is to be sent, the other what is to be
//! counted, and neither anything else.

use local::Pattern;
use tests::template::{Template, list};

use super::records::Written;

/// What is wrong with the filters of the stream.
pub(super) fn findings(template: &Template, written: &[Written]) -> Vec<String> {
    let mut found = of_mapping(template, "SendFromStream", written, |one| one.to_be_sent);
    found.extend(of_mapping(template, "FollowFromStream", written, |one| one.of_recipient));
    found
}

fn of_mapping(template: &Template, id: &str, written: &[Written], wanted: fn(&Written) -> bool) -> Vec<String> {
    let filters = list(&template.properties(id)["FilterCriteria"]["Filters"]);
    let patterns: Result<Vec<_>, _> =
        filters.map(|filter| Pattern::parse(filter["Pattern"].as_str().unwrap_or_default())).collect();
    let Ok(patterns) = patterns else {
        return vec![format!("{id} has a filter that cannot be read: {patterns:?}")];
    };
    let mut found = Vec::new();
    for one in written {
        // Without a filter all is handed on.
        let handed_on = patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(&one.record));
        match (handed_on, wanted(one)) {
            (true, false) => found.push(format!("the filter of {id} hands on {}", one.what)),
            (false, true) => found.push(format!("the filter of {id} passes over {}", one.what)),
            _ => {}
        }
    }
    found
}
