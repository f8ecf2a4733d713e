//! Requests as API Gateway hands them over, and the answers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use serde_json::{Value, json};

use super::*;
use crate::assets::ASSETS;

const MODULE: &str = "/ui/invoice-email.js";

/// Asks for a path with these headers.
fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let (route_path, parameters) = match path.strip_prefix("/ui/") {
        Some(file) => ("/ui/{file}", json!({ "file": file })),
        None => (path, Value::Null),
    };
    let route_key = if method == "GET" { format!("GET {route_path}") } else { format!("ANY {route_path}") };
    let headers: serde_json::Map<String, Value> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let event = json!({
        "version": "2.0", "routeKey": route_key, "rawPath": path, "rawQueryString": "",
        "headers": headers, "pathParameters": parameters, "isBase64Encoded": false,
        "requestContext": {
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "t" },
            "routeKey": route_key, "stage": "$default",
            "time": "21/Nov/2026:23:05:00 +0000", "timeEpoch": 1_795_302_300_000_u64,
        },
    });
    let request = lambda_http::request::from_str(&event.to_string()).unwrap();
    let web = Web::from_environment(&Environment::of::<String, String>([])).unwrap();
    let call = Call::new(Default::default(), 0);
    // It waits for nothing, so that it is ready at once.
    match pin!(web.handle(request, call)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => response,
        Poll::Pending => panic!("it waits"),
    }
}

/// The status and the headers, sorted; tags change with each build.
fn head(response: &Response<Body>) -> String {
    let headers = response.headers().iter().map(|(name, value)| {
        let value = if name == header::ETAG { "[tag]" } else { value.to_str().unwrap() };
        format!("{name}: {value}")
    });
    let mut lines: Vec<String> = headers.collect();
    lines.sort();
    format!("{}\n{}", response.status().as_u16(), lines.join("\n"))
}

fn tag(response: &Response<Body>) -> &str {
    response.headers()[header::ETAG].to_str().unwrap()
}

/// A module whose name has a hash.
fn hashed_module() -> &'static str {
    let is_hashed = |asset: &&Asset| asset.immutable && asset.path.ends_with(".js") && asset.copies.len() == 3;
    ASSETS.iter().find(is_hashed).map(|asset| asset.path).unwrap()
}

#[test]
fn the_page_may_load_its_own_and_nothing_else() {
    insta::assert_snapshot!(head(&ask("GET", "/", &[])));
}

#[test]
fn the_frame_of_a_mail_may_load_pictures_of_the_mail_and_nothing_else() {
    insta::assert_snapshot!(head(&ask("GET", "/ui/mail.html", &[])));
}

#[test]
fn a_hashed_module_may_be_kept_for_ever_by_anybody() {
    insta::assert_snapshot!(head(&ask("GET", hashed_module(), &[("accept-encoding", "gzip, br")])));
}

#[test]
fn the_module_that_portals_import_is_asked_for_anew() {
    insta::assert_snapshot!(head(&ask("GET", MODULE, &[])));
}

#[test]
fn what_is_not_there_is_a_problem() {
    let answer = ask("GET", "/ui/nothing.js", &[]);
    insta::assert_snapshot!(head(&answer));
    let problem: Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(problem["status"], 404);
    for path in
        ["/ui/", "/ui/../index.html", "/ui/index.html", "/ui/\0", "/ui/sources.sha256", "/ui/ui/mail.html", "/x"]
    {
        assert_eq!(ask("GET", path, &[]).status(), 404, "{path:?}");
    }
}

#[test]
fn each_coding_is_a_file_of_its_own() {
    let path = hashed_module();
    let answers = ["br", "gzip", "identity"].map(|accepted| ask("GET", path, &[("accept-encoding", accepted)]));
    let coding = |answer: &Response<Body>| {
        answer.headers().get("content-encoding").map(|name| name.to_str().unwrap().to_owned())
    };
    assert_eq!(answers.each_ref().map(coding), [Some("br".to_owned()), Some("gzip".to_owned()), None]);
    let [br, gzip, identity] = answers.each_ref().map(|answer| (tag(answer), answer.body().len()));
    assert!(br.1 < gzip.1 && gzip.1 < identity.1, "{br:?} {gzip:?} {identity:?}");
    assert!(br.0 != gzip.0 && gzip.0 != identity.0 && identity.0 != br.0);
}

#[test]
fn who_has_it_is_told_so() {
    let first = ask("GET", MODULE, &[]);
    for known in [tag(&first).to_owned(), format!("\"other\", W/{}", tag(&first)), "*".to_owned()] {
        for method in ["GET", "HEAD"] {
            let again = ask(method, MODULE, &[("if-none-match", &known)]);
            assert_eq!((again.status().as_u16(), again.body().len()), (304, 0), "{method} {known}");
            // What a cache would have to update, and what lets another origin read it.
            for name in ["etag", "cache-control", "vary", "access-control-allow-origin"] {
                assert_eq!(again.headers().get(name), first.headers().get(name), "{name}");
            }
            assert!(!again.headers().contains_key("content-type"));
        }
    }
    assert_eq!(ask("GET", MODULE, &[("if-none-match", "\"other\"")]).status(), 200);
    // The tag is that of the copy that would be sent.
    let path = hashed_module();
    let packed = ask("GET", path, &[("accept-encoding", "br")]);
    assert_eq!(ask("GET", path, &[("if-none-match", tag(&packed))]).status(), 200);
    let both = [("accept-encoding", "br"), ("if-none-match", tag(&packed))];
    assert_eq!(ask("GET", path, &both).status(), 304);
}

#[test]
fn head_is_get_without_the_file() {
    for path in ["/", MODULE, hashed_module()] {
        let (get, of_head) = (ask("GET", path, &[]), ask("HEAD", path, &[]));
        assert_eq!(head(&of_head), head(&get), "{path}");
        assert!(of_head.body().is_empty() && !get.body().is_empty(), "{path}");
    }
}

#[test]
fn other_methods_hear_which_there_are() {
    for path in ["/", MODULE, "/ui/nothing.js"] {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let answer = ask(method, path, &[]);
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()["allow"]),
                (405, &HeaderValue::from_static(METHODS))
            );
        }
        let answer = ask("OPTIONS", path, &[]);
        assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (204, &HeaderValue::from_static(METHODS)));
    }
}
