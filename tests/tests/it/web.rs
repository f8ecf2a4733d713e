//! The screens as a browser gets them: files, for everybody, without a token.

use regex_lite::Regex;
use reqwest::Method;
use tests::{Answer, System};

const MODULE: &str = "/ui/invoice-email.js";

async fn ask(system: &System, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = system.request(method, path);
    Answer::of(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

async fn get(system: &System, path: &str) -> Answer {
    ask(system, Method::GET, path, &[]).await
}

/// The files of `/ui/` that a text names: `/ui/app-7Q2XPLKD.js` of `src="ui/app-7Q2XPLKD.js"`, `"./app-7Q2XPLKD.js"`.
fn files_in(text: &str) -> Vec<String> {
    let name = Regex::new(r#"["'`](?:/?ui|\.)/([A-Za-z0-9-]+\.(?:js|css))["'`]"#).unwrap();
    name.captures_iter(text).map(|found| format!("/ui/{}", &found[1])).collect()
}

/// All files that a browser loads with one, that one first.
async fn loaded_with(system: &System, first: &str) -> Vec<(String, Answer)> {
    let mut loaded: Vec<(String, Answer)> = Vec::new();
    let mut waiting = vec![first.to_owned()];
    while let Some(path) = waiting.pop() {
        if loaded.iter().all(|(known, _)| *known != path) {
            let answer = get(system, &path).await;
            assert_eq!(answer.status, 200, "{path}");
            waiting.extend(files_in(&answer.text()));
            loaded.push((path, answer));
        }
    }
    loaded
}

#[tokio::test]
async fn the_page_and_all_that_it_loads_are_there() {
    let system = System::start().await;
    let loaded = loaded_with(&system, "/").await;
    let (_, page) = &loaded[0];
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text().starts_with("<!doctype html>"));
    let paths: Vec<&String> = loaded.iter().map(|(path, _)| path).collect();
    assert!(loaded.len() >= 3, "a module and its styles at least: {paths:?}");
    for (path, file) in &loaded[1..] {
        let expected =
            if path.ends_with(".css") { "text/css; charset=utf-8" } else { "text/javascript; charset=utf-8" };
        assert_eq!(
            (file.header("content-type"), file.header("x-content-type-options")),
            (expected, "nosniff"),
            "{path}"
        );
        // Only names that change with the content stand in it.
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{path}");
    }
}

#[tokio::test]
async fn the_page_may_load_what_is_its_own_and_be_framed_by_nobody() {
    let system = System::start().await;
    let page = get(&system, "/").await;
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types lit-html"
    );
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cache-control", "public, no-cache"),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(page.header("permissions-policy").contains("camera=()"));
    let mail = get(&system, "/ui/mail.html").await;
    assert_eq!(
        mail.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
         base-uri 'none'"
    );
    assert_eq!(mail.header("x-frame-options"), "", "portals frame it");
}

#[tokio::test]
async fn a_portal_imports_one_module_that_never_changes_its_name() {
    let system = System::start().await;
    let loaded = loaded_with(&system, MODULE).await;
    assert_eq!(loaded[0].1.header("cache-control"), "public, no-cache", "a deployment shows at once");
    assert!(loaded.len() >= 2, "it points at the bundle");
    for (path, file) in &loaded {
        assert_eq!(file.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin", "{path}");
    }
}

#[tokio::test]
async fn who_has_a_file_is_not_sent_it_again() {
    let system = System::start().await;
    for (path, accepted) in [("/", "identity"), (MODULE, "br"), ("/ui/mail.html", "gzip")] {
        let first = ask(&system, Method::GET, path, &[("accept-encoding", accepted)]).await;
        let tag = first.header("etag");
        assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{path}: {tag}");
        let known = [("accept-encoding", accepted), ("if-none-match", tag)];
        let again = ask(&system, Method::GET, path, &known).await;
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag), "{path}");
        assert_eq!(again.header("cache-control"), first.header("cache-control"), "{path}");
        let other = [("accept-encoding", accepted), ("if-none-match", "\"other\"")];
        assert_eq!(ask(&system, Method::GET, path, &other).await.body, first.body, "{path}");
    }
}

#[tokio::test]
async fn a_browser_gets_the_coding_that_it_asks_for() {
    let system = System::start().await;
    let loaded = loaded_with(&system, MODULE).await;
    // The largest: of a few bytes no coding makes fewer.
    let (path, plain) = loaded.iter().max_by_key(|(_, file)| file.body.len()).unwrap();
    assert_eq!(plain.header("content-encoding"), "");
    let mut tags = vec![plain.header("etag").to_owned()];
    let mut size = plain.body.len();
    for (accepted, coding) in [("gzip", "gzip"), ("gzip, deflate, br;q=0.9", "gzip"), ("gzip, deflate, br, zstd", "br")]
    {
        let packed = ask(&system, Method::GET, path, &[("accept-encoding", accepted)]).await;
        assert_eq!(packed.header("content-encoding"), coding, "{accepted}");
        assert!(packed.header("vary").contains("Accept-Encoding"), "{accepted}");
        assert!(packed.body.len() <= size, "{accepted}: {} after {size}", packed.body.len());
        size = packed.body.len();
        tags.push(packed.header("etag").to_owned());
    }
    tags.dedup();
    assert_eq!(tags.len(), 3, "each coding has a tag of its own: {tags:?}");
}

#[tokio::test]
async fn head_tells_all_but_the_file() {
    let system = System::start().await;
    for path in ["/", MODULE, "/ui/mail.html"] {
        let (get, head) = (get(&system, path).await, ask(&system, Method::HEAD, path, &[]).await);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        for name in ["etag", "content-type", "cache-control", "vary", "content-security-policy"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
}

#[tokio::test]
async fn other_methods_and_other_paths_are_refused() {
    let system = System::start().await;
    for path in ["/", MODULE, "/ui/nothing.js"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = ask(&system, method.clone(), path, &[]).await;
            answer.problem(405);
            assert_eq!(answer.header("allow"), "GET, HEAD", "{method} {path}");
        }
        let answer = ask(&system, Method::OPTIONS, path, &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (204, "GET, HEAD"), "{path}");
    }
    for path in [
        "/ui/nothing.js",
        "/ui/",
        "/ui",
        "/ui//",
        "/ui/..%2f",
        "/ui/..%2findex.html",
        "/ui/%2e%2e%2fsources.sha256",
        "/ui/..%5c..%5cCargo.toml",
        "/ui/%00",
        "/ui/invoice-email.js%00",
        "/ui/invoice-email.js/",
        "/ui/INVOICE-EMAIL.JS",
        "/ui/mail.html%20",
        "/ui/%ff",
        "/ui/%c0%ae%c0%ae%c0%af",
        "/ui/index.html",
        "/ui/sources.sha256",
        "/index.html",
        "/sources.sha256",
        "//",
    ] {
        get(&system, path).await.problem(404);
    }
}

#[tokio::test]
async fn a_token_changes_nothing() {
    let system = System::start().await;
    for path in ["/", MODULE] {
        let plain = get(&system, path).await;
        for token in ["Bearer local:roe", "Bearer local:roe:client-7", "Bearer expired", "Basic x"] {
            let answer = ask(&system, Method::GET, path, &[("authorization", token)]).await;
            assert_eq!((answer.status, &answer.body), (200, &plain.body), "{path} with {token}");
        }
    }
    // Nobody's table is asked.
    assert!(system.requests_of("web").await.is_null());
}
