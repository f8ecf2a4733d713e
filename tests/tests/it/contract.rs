//! The description of the API, the template and the running system say the same.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;
use serde_yaml_ng::Value;
use tests::{Answer, System, workspace};

/// The routes that the description has: `GET /v1/attention`.
fn described() -> BTreeSet<String> {
    let openapi = workspace::yaml("infra/openapi.yaml");
    let mut routes = BTreeSet::new();
    for (path, item) in openapi["paths"].as_mapping().unwrap() {
        for method in item.as_mapping().unwrap().keys().filter_map(Value::as_str) {
            if ["get", "head", "post", "put", "patch", "delete"].contains(&method) {
                routes.insert(format!("{} {}", method.to_uppercase(), path.as_str().unwrap()));
            }
        }
    }
    routes
}

/// The routes that the template has, `ANY` and `$default` among them.
fn deployed() -> BTreeSet<String> {
    let template = workspace::yaml("infra/template.yaml");
    let mut routes = BTreeSet::new();
    for resource in template["Resources"].as_mapping().unwrap().values() {
        for event in resource["Properties"]["Events"].as_mapping().into_iter().flat_map(|events| events.values()) {
            if event["Type"] == "HttpApi" {
                let text = |name: &str| event["Properties"][name].as_str().unwrap().to_uppercase();
                let path = event["Properties"]["Path"].as_str().unwrap();
                routes.insert(format!("{} {path}", text("Method")));
            }
        }
    }
    routes
}

fn path_of(route: &str) -> &str {
    route.split_once(' ').unwrap().1
}

#[test]
fn description_and_template_have_the_same_routes() {
    let (described, deployed) = (described(), deployed());
    let any: BTreeSet<&str> = deployed.iter().filter_map(|route| route.strip_prefix("ANY ")).collect();
    for route in &described {
        assert!(deployed.contains(route) || any.contains(path_of(route)), "{route} is described and not deployed");
    }
    for route in deployed.iter().filter(|route| !route.starts_with("ANY ")) {
        assert!(described.contains(route), "{route} is deployed and not described");
    }
    let described_paths: BTreeSet<&str> = described.iter().map(|route| path_of(route)).collect();
    for path in any.into_iter().filter(|path| *path != "$default") {
        assert!(described_paths.contains(path), "{path} is deployed and not described");
    }
    // Whatever else is asked of a path is answered 405 by a function, not 404 by the gateway.
    for path in described_paths {
        assert!(deployed.contains(&format!("ANY {path}")), "{path} has no ANY route");
    }
    assert!(deployed.contains("ANY $default"));
}

#[tokio::test]
async fn the_running_system_knows_every_described_route() {
    let system = System::start().await;
    let firm = system.firm("roe");
    let unknown = firm.get("/v1/nothing").await.problem(404)["detail"].clone();
    for route in described() {
        let (method, path) = route.split_once(' ').unwrap();
        let values = [
            ("{invoice}", "1"),
            ("{client}", "1"),
            ("{send}", "01KAMD4V5T6W7X8Y9Z0A1B2C3D"),
            ("{domain}", "example.com"),
            ("{token}", "x"),
            ("{address}", "ann%40example.com"),
            ("{file}", "invoice-email.js"),
        ];
        let path = values.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
        assert!(!path.contains('{'), "{route} has a parameter that this test does not know");
        let mut request = firm.request(method.parse().unwrap(), &path);
        if method == "POST" {
            request = request.json(&json!({}));
        }
        let answer = Answer::of(request).await;
        assert_ne!(answer.status, 405, "{route}");
        assert!(answer.status < 500, "{route}: {}", answer.status);
        let problem = answer.header("content-type").starts_with("application/problem+json");
        assert!(!(answer.status == 404 && problem && answer.json()["detail"] == unknown), "{route} is not known");
    }
    assert_eq!(
        Answer::of(system.request(Method::GET, "/v1/attention")).await.status,
        200,
        "no token is the firm `demo`"
    );
}

#[test]
fn the_readme_begins_with_what_works_without_anything_else() {
    let readme = workspace::read("README.md");
    let blocks: Vec<&str> = readme.split("```").skip(1).step_by(2).collect();
    let commands: Vec<&str> = blocks.iter().flat_map(|block| block.lines().skip(1)).map(str::trim).collect();
    assert_eq!(commands[..2], ["cargo run", "cargo test --workspace"]);
}
