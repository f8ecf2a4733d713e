//! Functions of the template and functions of the workspace: each folder is one function with a binary of its name.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use cargo_metadata::TargetKind;
use serde_json::{Value, json};
use tests::template::{Template, id, list};
use tests::workspace;

use super::{differences, unless};

/// The binaries of the crates under `functions/`.
fn binaries() -> &'static BTreeSet<String> {
    static BINARIES: OnceLock<BTreeSet<String>> = OnceLock::new();
    BINARIES.get_or_init(|| {
        let metadata = workspace::metadata();
        let functions = workspace::root().join("functions");
        let crates = metadata.packages.iter().filter(|one| one.manifest_path.starts_with(functions.to_str().unwrap()));
        let targets = crates.flat_map(|one| &one.targets).filter(|target| target.kind.contains(&TargetKind::Bin));
        targets.map(|target| target.name.clone()).collect()
    })
}

/// What is wrong between template and workspace.
pub(super) fn findings(template: &Template) -> Vec<String> {
    let functions: BTreeSet<String> = workspace::functions().into_iter().collect();
    let deployed: BTreeSet<String> =
        template.of_type("AWS::Serverless::Function").map(|(id, _)| id.to_owned()).collect();
    let mut found = differences("binaries", binaries(), &functions);
    found.extend(differences("functions", &deployed, &functions.iter().map(|name| id(name, "Function")).collect()));
    found.extend(functions.iter().flat_map(|function| of_function(template, function)));
    found.extend(of_ses(template));
    found
}

fn of_function(template: &Template, function: &str) -> Vec<String> {
    let function_id = id(function, "Function");
    let (metadata, properties) =
        (&template.0["Resources"][&function_id]["Metadata"], template.properties(&function_id));
    let binary = &metadata["BuildProperties"]["Binary"];
    let rules = [
        (binary == function, format!("is built from the binary {binary}, not {function}")),
        (metadata["BuildMethod"] == "rust-cargolambda", "is not built by cargo-lambda".to_owned()),
        (
            properties["CodeUri"] == format!("../functions/{function}/"),
            format!("is built in {}", properties["CodeUri"]),
        ),
        (properties["Timeout"].is_u64(), "has no time limit of its own".to_owned()),
        (properties["Description"].is_string(), "does not say what it does".to_owned()),
    ];
    rules.into_iter().filter_map(|(holds, sentence)| unless(holds, || format!("{function_id} {sentence}"))).collect()
}

/// SES tells all that `record` has a word for, and adds nothing to the mails.
fn of_ses(template: &Template) -> Vec<String> {
    let destination = &template.properties("SesEvents")["EventDestination"];
    let kinds = list(&destination["MatchingEventTypes"]).map(|kind| kind.as_str().unwrap_or_default().to_owned());
    // Neither `open` nor `click`: for those SES puts a pixel of its own into each mail and rewrites each link.
    let wanted =
        ["send", "delivery", "bounce", "complaint", "reject", "renderingFailure", "deliveryDelay", "subscription"];
    let mut found = differences("SesEvents", &kinds.collect(), &wanted.map(str::to_owned).into());
    let set = template.properties("ConfigurationSet");
    let rules: [(&str, &Value, Value); 5] = [
        ("SesEvents", &destination["Enabled"], json!(true)),
        ("SesEvents", &destination["SnsDestination"]["TopicARN"], json!({ "!Ref": "EventTopic" })),
        ("ConfigurationSet", &set["DeliveryOptions"]["TlsPolicy"], json!("REQUIRE")),
        ("ConfigurationSet", &set["VdmOptions"]["DashboardOptions"]["EngagementMetrics"], json!("DISABLED")),
        ("ConfigurationSet", &set["ReputationOptions"]["ReputationMetricsEnabled"], json!(true)),
    ];
    found.extend(rules.into_iter().filter_map(|(id, given, wanted)| {
        unless(*given == wanted, || format!("{id} has {given} where {wanted} is meant"))
    }));
    let tracking = !set["TrackingOptions"].is_null();
    found.extend(unless(!tracking, || "ConfigurationSet has SES track opens and clicks under a domain".to_owned()));
    found
}
