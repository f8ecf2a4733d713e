//! The dashboard: JSON that CloudWatch can read, about things that there are.

use std::collections::BTreeSet;

use serde_json::Value;
use tests::template::{Template, id, list};
use tests::workspace;

use super::operations::{NAMESPACE, counts};
use super::{differences, unless};

/// The names in `${}`.
fn names(text: &str) -> BTreeSet<&str> {
    text.split("${").skip(1).filter_map(|rest| rest.split('}').next()).collect()
}

/// What is wrong with the dashboard.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let body = template.properties("Dashboard")["DashboardBody"]["!Sub"].as_str().unwrap_or_default();
    // References are texts within it and stay what they are.
    let dashboard: Value = match serde_json::from_str(body) {
        Ok(dashboard) => dashboard,
        Err(error) => return vec![format!("Dashboard is not JSON: {error}")],
    };
    let known = |name: &&str| {
        let of_template = name.split('.').next().unwrap_or_default();
        name.starts_with("AWS::") || !template.0["Resources"][of_template].is_null()
    };
    let unknown = names(body).into_iter().filter(|name| !known(name));
    let mut found: Vec<String> = unknown.map(|name| format!("Dashboard shows {name}, which is not there")).collect();
    let widgets: Vec<&Value> = list(&dashboard["widgets"]).map(|widget| &widget["properties"]).collect();

    let shown = widgets.iter().flat_map(|widget| list(&widget["alarms"])).filter_map(Value::as_str);
    let alarms = template.of_type("AWS::CloudWatch::Alarm").map(|(id, _)| format!("${{{id}.Arn}}")).collect();
    found.extend(differences("alarms of Dashboard", &shown.map(str::to_owned).collect(), &alarms));

    for metric in widgets.iter().flat_map(|widget| list(&widget["metrics"])).filter(|metric| metric[0] == NAMESPACE) {
        let (name, function) = (metric[1].as_str().unwrap_or_default(), metric[3].as_str().unwrap_or_default());
        let function = names(function).into_iter().next().unwrap_or_default();
        let told = metric[2] == lambda::metric::DIMENSION && counts(function, name);
        found.extend(unless(told, || format!("Dashboard shows {name} of {function}, which never tells it")));
    }
    let queries: String = widgets.iter().filter_map(|widget| widget["query"].as_str()).collect();
    for log in workspace::functions().iter().map(|function| id(function, "Log")) {
        let searched = names(&queries).contains(log.as_str());
        found.extend(unless(searched, || format!("Dashboard does not search {log} for errors")));
    }
    found
}
