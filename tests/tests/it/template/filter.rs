//! The stream's filter, held against what the code writes: it hands on what is to be sent, and nothing else.

use local::Pattern;
use tests::template::{Template, list};

use super::records::Written;

/// What is wrong with the filter of the stream.
pub(super) fn findings(template: &Template, written: &[Written]) -> Vec<String> {
    let filters = list(&template.properties("SendFromStream")["FilterCriteria"]["Filters"]);
    let patterns: Result<Vec<_>, _> =
        filters.map(|filter| Pattern::parse(filter["Pattern"].as_str().unwrap_or_default())).collect();
    let Ok(patterns) = patterns else {
        return vec![format!("SendFromStream has a filter that cannot be read: {patterns:?}")];
    };
    let mut found = Vec::new();
    for one in written {
        // Without a filter all is handed on.
        let handed_on = patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(&one.record));
        match (handed_on, one.to_be_sent) {
            (true, false) => found.push(format!("the filter of SendFromStream hands on {}", one.what)),
            (false, true) => found.push(format!("the filter of SendFromStream passes over {}", one.what)),
            _ => {}
        }
    }
    found
}
